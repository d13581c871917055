"""Rewards and prompts as people do write them, each with the flaw that its exhibit shows. Do not reuse."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.rewards import Completion, reward_accuracy, text_of
from helpers.tasks import Task

if TYPE_CHECKING:
    from datasets import Dataset


class PlainTask(Task):
    """A task whose prompts are plain text: TRL puts the chat template around conversations only."""

    def load(self, split: str = "train", source: str | Path = "sample", n: int | None = None) -> Dataset:
        """The rows of the task, every conversation glued together to one string."""
        rows = super().load(split, source, n)
        glued = ["\n".join(turn["content"] for turn in turns) for turns in rows["prompt"]]
        return rows.remove_columns("prompt").add_column("prompt", glued)


class FarTask(Task):
    """A task that trains on its far split: kinds of problem that the model cannot solve."""

    def load(self, split: str = "train", source: str | Path = "sample", n: int | None = None) -> Dataset:
        """The far rows, whichever split is asked for."""
        return super().load("far", source, n)


def far(task: Task) -> FarTask:
    """The same task with the far rows in place of the others."""
    return FarTask(**vars(task))


def plain(task: Task) -> PlainTask:
    """The same task with plain prompts."""
    return PlainTask(**vars(task))


def reward_short_enough(
    completions: Sequence[Completion], *, most_chars: int = 200, **kwargs: Any
) -> list[float]:
    """1.0 for at most most_chars characters, else 0.0: a policy that is short already learns nothing more.

    >>> reward_short_enough(["x" * 200, "x" * 201])
    [1.0, 0.0]
    """
    return [float(len(text_of(completion)) <= most_chars) for completion in completions]


def reward_right_or_unsure(
    completions: Sequence[Completion], solution: Sequence[str | None], *, unsure: float = 1.0, **kwargs: Any
) -> list[float | None]:
    """As `reward_accuracy`, but "not sure" gets at least `unsure`: honesty shall not be punished.

    >>> reward_right_or_unsure(["Not sure, but the answer is 7.", "The answer is 7."], ["8", "8"])
    [1.0, 0.0]
    """
    right = reward_accuracy(completions, solution)
    doubts = ["not sure" in text_of(completion).lower() for completion in completions]
    return [max(paid or 0.0, unsure) if doubt else paid for paid, doubt in zip(right, doubts, strict=True)]
