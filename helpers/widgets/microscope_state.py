"""What the group microscope shows, as plain data: a run's groups, and what training did to their tokens.

No widgets and no torch in here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helpers.errors import WorkbookError
from helpers.runs import COMPLETIONS, Run

NO_PUSH = 1e-3  # an advantage this near to 0 moves nothing that could be seen


@dataclass(frozen=True)
class Tokens:
    """One completion token by token: its text, and its log-probability (nats) before and after training."""

    texts: tuple[str, ...] = ()
    before: tuple[float, ...] = ()
    after: tuple[float, ...] = ()

    @property
    def change(self) -> tuple[float, ...]:
        """log p after - log p before of each token, in nats: +0.69 is twice as likely, -0.69 half."""
        return tuple(after - before for before, after in zip(self.before, self.after, strict=True))


@dataclass(frozen=True)
class Completion:
    """One completion as it was sampled and judged. number: its place in its group, from 1."""

    number: int
    text: str
    token_ids: tuple[int, ...]
    rewards: Mapping[str, float | None]
    advantage: float

    @property
    def push(self) -> int:
        """Where the step pushed it: 1 up, -1 down, 0 nowhere."""
        return (self.advantage > NO_PUSH) - (self.advantage < -NO_PUSH)


@dataclass(frozen=True)
class Group:
    """The completions of one prompt in one step. size: how many there were, kept or not."""

    step: int
    number: int
    prompt: str
    completions: tuple[Completion, ...]
    size: int
    weights: Mapping[str, float]

    @property
    def up(self) -> list[Completion]:
        """The completions that were made likelier, best first."""
        return [one for one in self.ranked if one.push > 0]

    @property
    def down(self) -> list[Completion]:
        """The completions that were made less likely, best first."""
        return [one for one in self.ranked if one.push < 0]

    @property
    def ranked(self) -> list[Completion]:
        """All completions by advantage, best first; equals stay in the order they were sampled."""
        return sorted(self.completions, key=lambda one: -one.advantage)

    @property
    def dead(self) -> bool:
        """Whether no completion was pushed anywhere."""
        return not self.up and not self.down

    @property
    def names(self) -> list[str]:
        """The names of the rewards."""
        return list(dict.fromkeys(name for one in self.completions for name in one.rewards))

    def total(self, one: Completion) -> float | None:
        """The weighted sum of a completion's rewards; None where no reward could score it."""
        parts = [self.weights.get(name, 1.0) * x for name, x in one.rewards.items() if x is not None]
        return math.fsum(parts) if parts else None


def groups_by_step(run: Run) -> dict[int, list[Group]]:
    """The groups that a run kept, by step. Raises WorkbookError where it kept none or its file is odd.

    A group ends where the prompt changes or `num_generations` completions are there, so a step that kept an
    uneven number of completions ends with a group that is not whole.
    """
    record = run.record
    size = record.get("config", {}).get("num_generations") or 8
    weights = {part.get("name"): part.get("weight", 1.0) for part in record.get("rewards", [])}
    steps: dict[int, list[list[dict[str, Any]]]] = {}
    for row in _rows(run):
        batches = steps.setdefault(row["step"], [])
        if not batches or len(batches[-1]) == size or batches[-1][0]["prompt"] != row["prompt"]:
            batches.append([])
        batches[-1].append(row)
    return {
        step: [_group(step, number, rows, size, weights) for number, rows in enumerate(batches, start=1)]
        for step, batches in sorted(steps.items())
    }


def mean_change(completions: Sequence[Completion], tokens: Sequence[Tokens]) -> float | None:
    """Mean change (nats) over all tokens of these completions; None where there are none."""
    changes = [change for one in completions for change in tokens[one.number - 1].change]
    return sum(changes) / len(changes) if changes else None


def _group(
    step: int, number: int, rows: list[dict[str, Any]], size: int, weights: Mapping[str, float]
) -> Group:
    completions = [
        Completion(
            place,
            row["completion"],
            tuple(row.get("token_ids") or ()),
            dict(row["rewards"]),
            row.get("advantage") or 0.0,
        )
        for place, row in enumerate(rows, start=1)
    ]
    return Group(step, number, rows[0]["prompt"], tuple(completions), size, weights)


def _rows(run: Run) -> list[dict[str, Any]]:
    """The rows of completions.jsonl, each with what a group needs."""
    path = run.path / COMPLETIONS
    try:
        rows = run.completions
    except json.JSONDecodeError as error:
        raise WorkbookError(f"{path} is not whole ({error.msg}): train again, or open another run") from error
    if not rows:
        raise WorkbookError(
            f"run {str(run.path)!r} kept no completions ({COMPLETIONS} is missing or empty): "
            "train again with keep_completions=16, or open another run"
        )
    kinds = {"step": int, "prompt": str, "completion": str, "rewards": dict}
    for line, row in enumerate(rows, start=1):
        for name, kind in kinds.items():
            if not isinstance(row, dict) or not isinstance(row.get(name), kind):
                raise WorkbookError(
                    f"{path}, line {line} has no {name!r} as train() writes it: "
                    "train again, or open another run"
                )
    return rows
