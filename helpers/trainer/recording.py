"""Writes a run down while TRL trains: a row of curve.csv a step, sampled completions, checkpoints."""

from __future__ import annotations

import csv
import errno
import functools
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from helpers.files import read_csv, read_lines, write_csv, write_text
from helpers.rewards import text_of
from helpers.runs import COMPLETIONS, CURVE, RECORD
from helpers.trainer.checkpoints import mark_whole
from helpers.trainer.faster import FasterTrainer
from helpers.trainer.looking import sample_prompt
from helpers.trainer.mishaps import Gradients
from helpers.trainer.together import wait_for_all
from helpers.trainer.watching import Watch

# Our column <- TRL's name for it. Lengths in tokens; `truncated` and `dead_groups` are shares from 0 to 1.
LOGGED = {
    "length": "completions/mean_length",
    "truncated": "completions/clipped_ratio",
    "dead_groups": "frac_reward_zero_std",
    "entropy": "entropy",
    "kl": "kl",
    "loss": "loss",
    "grad_norm": "grad_norm",
    "learning_rate": "learning_rate",
    "tokens": "num_tokens",
}


class RecordingTrainer(FasterTrainer):
    """TRL's GRPOTrainer, faster on a processor; and its recorder sees every batch of completions.

    passes: how many times a run that goes on had been through its prompts; set before `train`.
    """

    passes = 0

    def __init__(self, *args: Any, recorder: Recorder, **options: Any) -> None:
        super().__init__(*args, **options)
        self.recorder = recorder
        recorder.sample = functools.partial(sample_prompt, self)

    def _get_train_sampler(self, dataset: Any = None) -> Any:
        """TRL's. It shuffles anew for every pass, with dice of its own: these stand where they stood."""
        sampler = super()._get_train_sampler(dataset)
        for _ in range(self.passes):
            next(iter(sampler))
        return sampler

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        """Sample, score and compare as TRL does; then show the recorder the first process's share."""
        batch = super()._generate_and_score_completions(inputs)
        if self.model.training and self.accelerator.is_main_process:
            self.recorder.saw(self.state.global_step + 1, self._samples(inputs, batch), self._mean_chars())
        return batch

    def _samples(self, inputs: list[dict[str, Any]], batch: dict[str, Any]) -> list[dict[str, Any]]:
        samples = []
        for i, row in enumerate(inputs[: self.recorder.keep]):
            ids = batch["completion_ids"][i][batch["completion_mask"][i].bool()]
            rewards = {name: self._logs["rewards"][name][i] for name in self.reward_func_names}
            samples.append(
                {
                    "step": self.state.global_step + 1,
                    "prompt": text_of(row["prompt"]),
                    "completion": text_of(self._logs["completion"][i]),
                    "token_ids": ids.tolist(),
                    "rewards": {name: _number(value) for name, value in rewards.items()},
                    "advantage": _number(self._logs["advantages"][i]),
                    "gold": row.get(self.recorder.gold_column),
                }
            )
        return samples

    def _mean_chars(self) -> float:
        texts = [text_of(completion) for completion in self._logs["completion"]]
        return sum(map(len, texts)) / len(texts)

    def create_model_card(self, *args: Any, **options: Any) -> None:
        """No model card: run.json says what the run was."""


class Recorder(TrainerCallback):
    """Appends to a run's curve.csv and completions.jsonl, marks checkpoints whole, tells the watcher.

    keep: how many completions a step are written down (whole groups come first in the batch).
    """

    def __init__(
        self,
        folder: Path,
        reward_names: list[str],
        gold_column: str,
        keep: int = 16,
        watch: Watch | None = None,
    ) -> None:
        self.folder, self.names, self.gold_column, self.keep = folder, reward_names, gold_column, keep
        self.watch = watch or Watch()
        self.sample: Callable[[int], list[dict[str, Any]]] | None = None
        self.samples: dict[int, list[dict[str, Any]]] = {}
        self.chars: dict[int, float] = {}
        self.unscored: dict[str, dict[str, int]] = {}
        self.gradients: Gradients | None = None
        self.clock = time.perf_counter()

    @property
    def columns(self) -> list[str]:
        """The columns of curve.csv, in order."""
        spread = [f"{name}_{what}" for name in self.names for what in ("mean", "std")]
        return [
            "step",
            "reward",
            "reward_std",
            *spread,
            "length",
            "length_chars",
            *list(LOGGED)[1:],
            "seconds",
        ]

    def rewind(self, step: int) -> None:
        """Keep what was written up to `step`; 0 starts both files afresh."""
        curve = [row for row in read_csv(self.folder / CURVE) if row["step"] <= step]
        for row in curve:
            row["step"] = int(row["step"])
        write_csv(self.folder / CURVE, curve, self.columns)
        lines = [row for row in read_lines(self.folder / COMPLETIONS) if row["step"] <= step]
        write_text(
            self.folder / COMPLETIONS, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in lines)
        )

    def saw(self, step: int, samples: list[dict[str, Any]], mean_chars: float) -> None:
        """Write down the samples of a step; keep them, and their mean length in characters, for its row."""
        self.chars[step] = mean_chars
        self.samples.setdefault(step, []).extend(samples)
        with (self.folder / COMPLETIONS).open("a", encoding="utf-8", newline="\n") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in samples)

    def on_train_begin(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        """Start the clock, and tell the watcher."""
        if state.is_world_process_zero:
            self.watch.begin(state.max_steps, self.names, read_csv(self.folder / CURVE))
            self._look(args, state.global_step)
        self.clock = time.perf_counter()

    def on_step_begin(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        """A run whose folder was removed ends here: a checkpoint would make the folder anew."""
        if state.is_world_process_zero and not (self.folder / RECORD).is_file():
            raise FileNotFoundError(errno.ENOENT, "removed", str(self.folder / RECORD))

    def on_pre_optimizer_step(
        self, args: Any, state: Any, control: Any, model: Any = None, **rest: Any
    ) -> None:
        """A gradient that is no number stops the run before it reaches the weights."""
        self.gradients = self.gradients or Gradients(vars(args))
        self.gradients.check(model, state.global_step)

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **rest: Any
    ) -> None:
        """Turn TRL's log of a step into a row. The summary that ends the training is no step."""
        if not state.is_world_process_zero or not logs or "loss" not in logs:
            return
        row = self._row(state.global_step, logs)
        with (self.folder / CURVE).open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, self.columns, lineterminator="\n").writerow(row)
        self.watch.step(row, self.samples.pop(state.global_step, []))
        self._look(args, state.global_step)

    def _look(self, args: Any, step: int) -> None:
        """Let the watcher see the prompt that it watches; one process cannot sample while others wait."""
        if args.world_size == 1 and self.sample is not None:
            self.watch.look(step, self.sample)

    def on_save(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        """Every process has written its part of a checkpoint to the end: say so beside it."""
        wait_for_all()
        if state.is_world_process_zero:
            mark_whole(Path(args.output_dir) / f"checkpoint-{state.global_step}")

    def close(self, status: str) -> None:
        """Tell the watcher how it ended: "finished", "interrupted" or "failed"."""
        self.watch.end(status)

    def _row(self, step: int, logs: dict[str, float]) -> dict[str, float | None]:
        now = time.perf_counter()
        seconds, self.clock = now - self.clock, now
        row = {
            "step": step,
            "reward": _number(logs.get("reward")),
            "reward_std": _number(logs.get("reward_std")),
        }
        for name in self.names:
            for what in ("mean", "std"):
                row[f"{name}_{what}"] = _number(logs.get(f"rewards/{name}/{what}"))
        row |= {ours: _number(logs.get(theirs)) for ours, theirs in LOGGED.items()}
        return row | {"length_chars": self.chars.pop(step, None), "seconds": round(seconds, 4)}


def _number(value: Any) -> float | None:
    """A float, or None where there is nothing or NaN."""
    return None if value is None or math.isnan(float(value)) else float(value)
