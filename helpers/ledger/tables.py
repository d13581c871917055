"""The tables of the ledger, in Markdown, from the rows that the recorded runs keep. Standard library only.

Every interval is computed here again from the rows (helpers.ledger.intervals): over prompts and, where a run
was repeated, over seeds. What was not recorded says "not measured".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from helpers import runs
from helpers.errors import WorkbookError
from helpers.ledger.intervals import Interval, change, interval, mean
from helpers.ledger.report import number
from helpers.runs import Run, list_runs

METRICS: dict[str, dict[str, str]] = {
    "math": {
        "accuracy": "right answers, pass@1 (share)",
        "pass_at_8": "right at least once in 8, pass@8 (share)",
        "format": "format kept (share)",
        "length_tokens": "length (tokens)",
    },
    "tldr": {
        "length_error_chars": "distance from 50 (characters)",
        "within_10_chars": "within 10 characters of 50 (share)",
        "rouge_l": "ROUGE-L against the reference",
        "distinct": "distinct greedy summaries (share)",
    },
}
TITLES = {"math": "Maths", "tldr": "Summaries"}
LOWER_IS_BETTER = {"length_error_chars"}
NO_DIRECTION = {"length_tokens", "length_chars"}
MODELS = {"tiny": "tiny", "smollm-135m": "SmolLM-135M", "llama-3.2-1b": "Llama-3.2-1B"}
SPLITS = ("test", "far")
METHODS = {"sft": "SFT on gold", "rejection": "rejection sampling", "grpo": "GRPO"}
ABLATED = {
    "math": {"math-format": "format", "math-accuracy": "accuracy", "math-tiny": "format + accuracy"},
    "tldr": {
        "tldr-tiny": "length", "tldr-bounded": "bounded length", "tldr-rouge": "bounded length + ROUGE-L",
    },
}  # fmt: skip
NOT_MEASURED = "not measured"
NOTHING = "*No recorded runs yet: not measured.*"


def recorded(task: str, folder: Path | None = None, model: str = "tiny") -> list[Run]:
    """The shipped main runs of a model on a task, by seed: finished, evaluated, with their rows."""
    found = [run for run in list_runs(folder or runs.SHIPPED) if (run.task, run.model) == (task, model)]
    return sorted((run for run in found if _whole(run)), key=lambda run: run.seed)


def series(name: str, folder: Path | None = None) -> list[Run]:
    """The recorded runs NAME-seedS, wherever in data/runs they are, by seed."""
    folder = folder or runs.SHIPPED
    places = [folder, folder / "baselines", folder / "ablations"]
    found = [run for place in places for run in list_runs(place)]
    named = (run for run in found if run.path.name.rsplit("-seed", 1)[0] == name)
    return sorted(filter(_whole, named), key=lambda run: run.seed)


def _whole(run: Run) -> bool:
    return run.finished and bool(run.rows("test"))


class Scores:
    """The rows of several runs on a split: the same prompts in all. Empty where nothing is recorded."""

    def __init__(self, found: Sequence[Run], split: str) -> None:
        self.found = [run.rows(split) for run in found]
        self.count = {len(rows.get("row", [])) for rows in self.found}
        if len(self.count) > 1:
            names = ", ".join(run.path.name for run in found)
            raise WorkbookError(f"{names} were measured on different numbers of prompts: measure them again")

    def has(self, name: str) -> bool:
        """Whether every run has this metric."""
        return bool(self.found) and all(f"{name}_after" in rows for rows in self.found)

    def columns(self, name: str, when: str = "after") -> list[list[float | None]]:
        """A column a run."""
        return [rows[f"{name}_{when}"] for rows in self.found]

    def each(self, name: str, when: str = "after") -> list[float]:
        """The mean of each run."""
        return [mean(column) or 0.0 for column in self.columns(name, when)]

    def mean(self, name: str, when: str = "after") -> float:
        """The mean over runs."""
        each = self.each(name, when)
        return sum(each) / len(each)

    def change(self, name: str) -> Interval:
        """After minus before."""
        return change(self.columns(name, "before"), self.columns(name))

    def over(self, other: Scores, name: str) -> Interval:
        """This after-training minus the other's, on the same prompts."""
        return interval(self.columns(name), other.columns(name))


def row(cells: Iterable[str]) -> str:
    """A line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def ends(found: Interval) -> str:
    """A difference with its interval; "inconclusive" when that holds zero."""
    text = f"{number(found.mean, '+')} [{number(found.low, '+')}, {number(found.high, '+')}]"
    return text + " inconclusive" * (found.verdict == "inconclusive")


def judged(name: str, found: Interval) -> str:
    """ "better", "worse" or "inconclusive"; "higher" or "lower" for a metric that is not good or bad."""
    if found.verdict == "inconclusive":
        return found.verdict
    up = found.verdict == "up"
    if name in NO_DIRECTION:
        return "higher" if up else "lower"
    return "better" if up != (name in LOWER_IS_BETTER) else "worse"


def results(folder: Path | None = None) -> str:
    """Before and after of the main runs, a table a task, every model in it, and what they ran on."""
    parts = [part for task in METRICS for part in _results(task, folder)]
    return "\n".join(parts) if parts else NOTHING + "\n"


def _results(task: str, folder: Path | None) -> list[str]:
    groups = {model: recorded(task, folder, model) for model in MODELS}
    if not any(groups.values()):
        return []
    head = [TITLES[task], "before", "after", "change [95 % interval]", "after, each seed"]
    table = [row(head), row(["---"] * len(head))]
    for model, found in groups.items():
        if not found:
            table.append(row([MODELS[model], *[NOT_MEASURED] * 4]))
            continue
        for split in SPLITS:
            scores = Scores(found, split)
            for name, label in METRICS[task].items():
                if scores.has(name):
                    values = [scores.mean(name, when) for when in ("before", "after")]
                    each = " / ".join(number(value, "") for value in scores.each(name))
                    cells = [*(number(value, "") for value in values), ends(scores.change(name)), each]
                    table.append(row([f"{MODELS[model]}, {split}: {label}", *cells]))
    notes = [f"*{MODELS[model]}: {origin(found)}*" for model, found in groups.items() if found]
    return ["\n".join(table), "", "\n\n".join(notes), ""]


def commit(run: Run) -> str:
    """The commit a run was made at, short, and whether files of the checkout had changed since.

    "unknown" for a run that was made outside a git checkout, such as in a bundle.
    """
    commit = run.record.get("commit") or "unknown"
    return commit[:10] + " with changes" * commit.endswith("-dirty")


def origin(found: Sequence[Run]) -> str:
    """What runs ran on, and what their numbers are. WorkbookError where they differ in it."""
    record = found[0].record
    for name in ("hardware", "versions", "steps"):
        if any(run.record[name] != record[name] for run in found):
            paths = ", ".join(run.path.name for run in found)
            raise WorkbookError(f"{paths} differ in {name!r}: one table cannot show them; record them again")
    seconds = " / ".join(f"{run.record['seconds']:.0f}" for run in found)
    seeds = ", ".join(str(run.seed) for run in found)
    return (
        f"seed{'s' * (len(found) > 1)} {seeds}: {record['steps']} steps of training in {seconds} s on "
        f"{machine(found[0])}; commit {' / '.join(dict.fromkeys(map(commit, found)))}. {measured(found)}"
    )


def machine(run: Run) -> str:
    """The processor and the packages that a run was made with."""
    hardware, versions = run.record["hardware"], run.record["versions"]
    cores = hardware["cores"]
    where = hardware["gpu"] or f"{cores} core{'s' * (cores != 1)} of {hardware['cpu']}"
    return "; ".join(
        [where, ", ".join(f"{name} {versions[name]}" for name in ("torch", "transformers", "trl"))]
    )


def measured(found: Sequence[Run]) -> str:
    """How runs were evaluated, and what their intervals are over."""
    settings = found[0].record["evaluation"]["test"]["settings"]
    seeds = len({run.seed for run in found})
    over = "seeds and prompts" if seeds > 1 else "prompts alone: one seed says nothing of others"
    return (
        f"{settings['n']} prompts a split, {settings['num_samples']} completions each at temperature "
        f"{settings.get('temperature', 1.0):g}. Intervals: 95 %, bootstrap over {over}."
    )


def drawn(run: Run) -> int:
    """How many completions the model sampled in training."""
    if "completions_drawn" in run.record:
        return run.record["completions_drawn"]
    config = run.record["config"]
    batch = config["per_device_train_batch_size"] * config["gradient_accumulation_steps"]
    return batch * run.record["steps"] // config.get("num_iterations", 1)


def seconds(found: Sequence[Run]) -> float:
    """Mean seconds of a training, drawing included."""
    each = [run.record["seconds"] + run.record.get("seconds_drawing", 0.0) for run in found]
    return sum(each) / len(each)
