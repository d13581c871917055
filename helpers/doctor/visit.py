"""`doctor(task, model) -> Report`: what `train` would be asked, tried on a few samples first."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from helpers import runs
from helpers.doctor import answers, asking, place
from helpers.doctor.estimates import minutes, steps_of
from helpers.doctor.report import LEVELS, Notes, Report
from helpers.memory import shape_of
from helpers.models import ModelSpec, get_model, load_model, load_tokenizer, prompt_tokens, read_config
from helpers.quiet import quiet
from helpers.rollouts import shuffled
from helpers.sampling import Samples, sample
from helpers.tasks import Task, get_task
from helpers.trainer.preparing import enough, fitting, rewards_and_weights, run_folder
from helpers.trainer.rewarding import check_columns
from helpers.trainer.settings import grpo_options, processes

ROWS = 500  # prompts that are measured, evenly spaced over all
LONG_MINUTES = 8 * 60
LONGER = 256  # tokens: how far an answer that was cut off may go on, or four times the limit


def doctor(
    task: str | Task,
    model: str | Path | ModelSpec,
    *,
    reward_funcs: Sequence[Callable[..., Any]] | None = None,
    reward_weights: Sequence[float] | None = None,
    steps: int | None = None,
    seed: int = 0,
    source: str | Path = "sample",
    out: str | Path | None = None,
    quantize: str | None = None,
    report_to: str | None = None,
    prompts: int = 8,
    **options: Any,
) -> Report:
    """What would go wrong if `train` were called like this, each with its fix, from a few samples.

    Takes what `train` takes. prompts: how many groups are sampled, with num_generations completions each.
    Nothing is trained, and nothing is left on disk. Mistakes that `train` would raise are red findings here;
    only a task or a model that nobody knows raises WorkbookError.
    """
    task, spec, notes = get_task(task), get_model(model), Notes()
    with quiet():
        here = place.look()
        rewards = notes.attempt("rewards", rewards_and_weights, task, reward_funcs, reward_weights)
        planned = notes.attempt("batch", grpo_options, task, spec, steps, seed, options)
        folder = runs.OWN / task.name  # only asked for room: the doctor leaves nothing behind
        if out is not None:
            folder = notes.attempt("disk", run_folder, task, spec, seed, out, False)
        place.versions(notes)
        place.tracker(notes, report_to)
        place.quantization(notes, quantize, options.get("optim"))
        config, line = planned or ({}, "")
        if config:
            place.precision(notes, here, config)
            _batch(notes, line, options)
        case = _Case(notes, task, spec, config, seed, quantize, rewards)
        fits = case.prepare(source, here)
        if folder:
            place.disk(notes, folder, case.shape)
        if fits:
            case.sample_and_judge(prompts)
    worst_first = sorted(notes.findings, key=lambda finding: -LEVELS.index(finding.level))
    return Report(f"The doctor on {task.name} with {spec.name}:", tuple(worst_first))


def _batch(notes: Notes, line: str, asked: dict[str, Any]) -> None:
    """What `fit_batch` made of the batch, and whether it is what was asked for."""
    if "->" in line and "num_generations" in asked:
        fix = "give a num_generations that divides the completions of a step, or change the batch"
        notes.add("yellow", "batch", line, fix)
    else:
        notes.add("ok", "batch", line or "laid out by your own options")


class _Case:
    """One task and one model, as they are loaded step by step."""

    def __init__(
        self,
        notes: Notes,
        task: Task,
        spec: ModelSpec,
        config: dict[str, Any],
        seed: int,
        quantize: str | None,
        rewards: tuple[list[Callable[..., Any]], list[float]] | None,
    ) -> None:
        self.notes, self.task, self.spec, self.config = notes, task, spec, config
        self.seed, self.quantize, self.rewards = seed, quantize, rewards
        self.tokenizer: Any = None
        self.rows: Any = None
        self.shape: Any = None
        self.context: int | None = None
        self.longest = 0
        self.total = 0

    def prepare(self, source: str | Path, here: place.Here) -> bool:
        """Tokenizer, rows and shape; True when the model can be loaded and sampled."""
        self.tokenizer = self.notes.attempt("chat template", load_tokenizer, self.spec)
        rows = self.notes.attempt("data", self.task.load, "train", source)
        if self.tokenizer is None:
            return False
        shape = read_config(self.spec)
        self.shape = shape_of(shape, self.spec.lora_r)
        place.hardware(self.notes, here, self.shape)
        if rows is None or not self.config:
            return False
        self.notes.attempt("batch", enough, rows, self.config)
        self.rewards = self.rewards and self.notes.attempt("rewards", self._checked, rows)
        self.total = len(rows)
        some = rows.select(range(0, len(rows), max(1, len(rows) // ROWS)))
        found = self.notes.attempt("prompts", fitting, some, self.tokenizer, shape, self.config)
        if found is None:
            return False
        self.rows, note = found
        self.context = getattr(shape, "max_position_embeddings", None)
        lengths = [prompt_tokens(self.tokenizer, prompt) for prompt in self.rows["prompt"]]
        self.longest = max(lengths)
        asking.prompts(self.notes, note, len(self.rows), lengths, self.context)
        where = (here, self.shape, self.config, self.longest, self.quantize)
        broken = any(one.what == "quantization" for one in self.notes.findings if one.level == "red")
        return place.memory(self.notes, *where) and not broken

    def _checked(self, rows: Any) -> tuple[list[Callable[..., Any]], list[float]]:
        """The rewards, once each is known to get what it asks for."""
        check_columns(self.rewards[0], rows.column_names)
        return self.rewards

    def sample_and_judge(self, prompts: int) -> None:
        """Load the model, let it answer a few prompts, and look at the answers and at what they are paid."""
        notes, config, rewards = self.notes, self.config, self.rewards
        model = notes.attempt("model", load_model, self.spec, self.quantize)
        if model is None:
            return
        model.eval()
        count = min(prompts, len(self.rows))
        few = self.rows.select(next(shuffled(len(self.rows), count, self.seed)))
        asking.template(notes, model, self.tokenizer, few[0]["prompt"])
        if rewards:
            asking.golds(notes, self.task, self.rows, rewards[0])
        limit = config["max_completion_length"]
        samples = self._draw(model, few, config["num_generations"], limit)
        room = (self.context or 10**9) - self.longest
        longer = min(room, max(LONGER, 4 * limit))

        def again(most: int) -> Samples:
            return self._draw(model, few, config["num_generations"], most, timed=False)

        cut = answers.truncated(notes, samples, limit, longer, again)
        right = answers.headroom(notes, self.task, few, samples)
        paid = answers.rewards(notes, rewards[0], list(few), samples) if rewards else None
        if paid is not None:
            answers.groups(notes, paid, rewards[1], right, cut)

    def _draw(self, model: Any, few: Any, size: int, limit: int, timed: bool = True) -> Samples:
        """`size` answers of each prompt, in batches as large as a step's, with a finding about the time."""
        config = self.config
        batch = config["per_device_train_batch_size"] * config["gradient_accumulation_steps"]
        start = time.perf_counter()
        samples = sample(
            model,
            self.tokenizer,
            self.task,
            few,
            size,
            config.get("temperature", 1.0),
            max_new_tokens=limit,
            seed=self.seed,
            batch_size=batch,
            keep_ids=True,
        )
        if timed:
            seconds = (time.perf_counter() - start) / -(-len(few) * size // batch)
            self._minutes(seconds)
        return samples

    def _minutes(self, seconds: float) -> None:
        steps = steps_of(self.config, self.total, processes())
        took = minutes(steps, seconds)
        about = f"about {took:.0f}" if took >= 1 else "less than 1"
        measured = f"{about} for {steps} steps (an estimate: twice this sampling, {seconds:.1f} s a step)"
        if took > LONG_MINUTES:
            self.notes.add("yellow", "minutes", measured, "fewer steps=…, or a faster machine")
        else:
            self.notes.add("ok", "minutes", measured)
