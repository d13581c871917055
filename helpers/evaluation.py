"""Before against after: base model and trained one on the same held-out prompts, and the trivial rivals."""

from __future__ import annotations

import shutil
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers import runs
from helpers.errors import WorkbookError
from helpers.machine import versions
from helpers.metrics import compare, gain_split, paired_bootstrap, pass_at_k, score
from helpers.models import ModelSpec, compute_dtype, device, load_tokenizer
from helpers.quiet import quiet
from helpers.rows import write_pairs, write_rows
from helpers.runs import Run
from helpers.sampling import Samples, fingerprint, load_policy, remembered, sample
from helpers.tasks import Task
from helpers.text.safe import printable
from helpers.trained import Trained, find_trained

if TYPE_CHECKING:
    from datasets import Dataset

__all__ = [
    "Trained",
    "evaluate",
    "example_eval",
    "find_trained",
    "first_characters",
    "paired_bootstrap",
    "pass_at_k",
    "sample",
    "score",
]


def evaluate(
    run: Run | str | Path,
    *,
    split: str = "test",
    n: int = 200,
    num_samples: int = 8,
    seed: int = 0,
    task: str | Task | None = None,
    base: str | Path | ModelSpec | None = None,
    source: str | Path | None = None,
    temperature: float = 1.0,
    max_new_tokens: int | None = None,
    save: bool | None = None,
) -> dict[str, Any]:
    """Measure before and after training on the same n held-out prompts, and write it into the run's record.

    Each metric is {"before", "after", "diff", "ci_low", "ci_high", "n"}: the mean over prompts of num_samples
    completions at `temperature`, and the paired bootstrap 95 % interval of the difference; names that end in
    `_greedy` are of one completion without chance. Beside them "rivals", "settings" and, for maths, "gain".
    The base model's samples are remembered in runs/.cache under all that they depend on.
    save: into run.json, each prompt's scores and some completions into files beside it (helpers.rows);
        by default for the reader's own runs, not for shipped ones.
    """
    found = find_trained(run, task, base)
    if found.base is None:
        raise WorkbookError(f"{str(run)!r} is a merged model: name the one it came from with base=…")
    record = found.run.record if found.run else {}
    source = source or record.get("source", "sample")
    limit = (
        max_new_tokens
        or record.get("config", {}).get("max_completion_length")
        or found.task.max_completion_tokens
    )
    rows = found.task.load(split, source, n)
    settings = {
        "split": split,
        "source": str(source),
        "n": len(rows),
        "num_samples": num_samples,
        "seed": seed,
        "temperature": temperature,
        "max_new_tokens": limit,
        "ideal_chars": _ideal(record, found.task),
    }
    start = time.perf_counter()
    with quiet():
        before, after = _both(found, rows, settings)
    ideal = settings["ideal_chars"]
    scores = [
        {**score(found.task, rows, many, ideal_chars=ideal), **_greedy(found.task, rows, one, ideal)}
        for many, one in (before, after)
    ]
    result: dict[str, Any] = compare(*scores)
    result["rivals"] = _rivals(found.task, rows, result, ideal)
    if "accuracy" in result:
        result["gain"] = gain_split(result)
    result["settings"] = {**settings, "seconds": round(time.perf_counter() - start, 2)}
    if found.run is not None and (save or (save is None and found.run.label == "yours")):
        write_rows(found.run.path, split, *scores)
        write_pairs(found.run.path, split, *[[each[0] for each in many.texts] for many, _ in (before, after)])
        found.run.add(evaluation={**found.run.record.get("evaluation", {}), split: result})
    return result


def _ideal(record: dict[str, Any], task: Task) -> int | None:
    """The length that the run's own reward_len asked for, else the task's."""
    for reward in record.get("rewards", []):
        if reward["name"].startswith("reward_len") and "ideal_chars" in reward["params"]:
            return reward["params"]["ideal_chars"]
    return task.ideal_chars


def _both(found: Trained, rows: Dataset, settings: dict[str, Any]) -> list[tuple[Samples, Samples]]:
    """(samples, greedy) of the base model and of the trained one, on the same prompts with the same seed."""
    tokenizer, base = load_tokenizer(found.tokenizer_spec), load_policy(found.base)
    options = {name: settings[name] for name in ("num_samples", "temperature", "max_new_tokens", "seed")}
    many = {"before": options, "before, greedy": {**options, "num_samples": 1, "temperature": 0.0}}
    where = {
        "device": str(device()),
        "dtype": str(compute_dtype()),
        "versions": versions(),
        "weights": fingerprint(found.base, base),
        "prompts": rows["prompt"][:],
    }

    def draw(model: Any, name: str, chosen: dict[str, Any]) -> Samples:
        return sample(model, tokenizer, found.task, rows, label=name, **chosen)

    before = [
        remembered(runs.OWN / ".cache", {**where, **chosen}, lambda n=name, c=chosen: draw(base, n, c))
        for name, chosen in many.items()
    ]
    trained = found.trained()
    after = [draw(trained, name.replace("before", "after"), chosen) for name, chosen in many.items()]
    return [tuple(before), tuple(after)]


def _greedy(task: Task, rows: Dataset, samples: Samples, ideal: int | None) -> dict[str, Any]:
    """The greedy completion's scores. How many of them are distinct is told of greedy ones alone."""
    scores = score(task, rows, samples, ideal_chars=ideal)
    kept = (
        "accuracy",
        "format",
        "length_tokens",
        "length_chars",
        "length_error_chars",
        "within_10_chars",
        "rouge_l",
        "truncated",
    )
    named = {f"{name}_greedy": scores[name] for name in kept if name in scores}
    return {**named, **({"distinct": scores["distinct"]} if "distinct" in scores else {})}


def _rivals(task: Task, rows: Dataset, result: dict[str, Any], ideal: int | None) -> dict[str, Any]:
    """What costs no training: for maths the majority of the samples, for summaries a slice of the post."""
    if task.gold_column == "solution":
        return {name: result.pop(name) for name in list(result) if name.startswith("majority_of_")}
    texts = [[first_characters(prompt[-1]["content"], ideal)] for prompt in rows["prompt"]]
    scores = score(task, rows, texts, ideal_chars=ideal)
    kept = ("length_error_chars", "within_10_chars", "rouge_l", "length_chars", "distinct")
    return {f"first_{ideal}_chars": {name: round(float(scores[name].mean()), 6) for name in kept}}


def first_characters(post: str, count: int) -> str:
    """The first characters of a post's body, cut: it meets any length and summarizes nothing."""
    body = post.split("POST:", 1)[-1].rsplit("TL;DR:", 1)[0]
    return body.strip()[:count]


def example_eval(
    path: str | Path | Run,
    task: str | Task | None = None,
    n: int = 3,
    *,
    split: str = "test",
    source: str | Path | None = None,
    base: str | Path | ModelSpec | None = None,
    max_new_tokens: int | None = None,
) -> list[dict[str, str]]:
    """Show what a trained model does on n sample rows of its own task, next to the base model (both greedy).

    path: a run, an adapter, or a merged model (for that, name the task; base adds the model it came from).
    Prints each row and returns them: {"prompt", "reference", "base", "trained"}.
    """
    found = find_trained(path, task, base)
    record = found.run.record if found.run else {}
    rows = found.task.load(split, source or record.get("source", "sample"), n)
    limit = (
        max_new_tokens
        or record.get("config", {}).get("max_completion_length")
        or found.task.max_completion_tokens
    )
    with quiet():
        tokenizer = load_tokenizer(found.tokenizer_spec)
        models = {"base": load_policy(found.base)} if found.base else {}
        models["trained"] = found.trained()
        said = {
            name: sample(model, tokenizer, found.task, rows, 1, 0.0, max_new_tokens=limit).texts
            for name, model in models.items()
        }
    examples = []
    for i, row in enumerate(rows):
        example = {"prompt": row["prompt"][-1]["content"], "reference": row[found.task.gold_column]}
        examples.append(example | {name: texts[i][0] for name, texts in said.items()})
    _show(examples)
    return examples


def _show(examples: list[dict[str, str]]) -> None:
    width = min(100, shutil.get_terminal_size((100, 24)).columns)
    for number, example in enumerate(examples, start=1):
        print(f"--- {number} of {len(examples)} " + "-" * 20)
        for name, text in example.items():
            flat = printable(textwrap.shorten(" ".join(text[:6000].split()), 600, placeholder=" …"))
            print(textwrap.fill(flat, width, initial_indent=f"{name:>9}: ", subsequent_indent=" " * 11))
