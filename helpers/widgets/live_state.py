"""What the live view knows, apart from any drawing: from rows and samples to numbers, lines and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from helpers.progress import time_left
from helpers.trainer.watching import Row, first_and_last, headings, pause, shown

Sample = dict[str, Any]


@dataclass
class LiveState:
    """A training as far as it has come. `looks` holds (step, samples) of the watched prompt, oldest first."""

    total: int = 0
    reward_names: Sequence[str] = ()
    rows: list[Row] = field(default_factory=list)
    before: int = 0
    group: list[Sample] = field(default_factory=list)
    looks: list[tuple[int, list[Sample]]] = field(default_factory=list)
    status: str = "running"

    @property
    def done(self) -> int:
        """The last step that was made."""
        return int(self.rows[-1]["step"]) if self.rows else 0

    def earlier(self, rows: Sequence[Row]) -> None:
        """Rows of a resumed run: they belong to the curves, not to the clock."""
        self.rows, self.before = [*rows], int(rows[-1]["step"])

    def add(self, row: Row, samples: Sequence[Sample]) -> None:
        """One more step. Where a step has no samples of its own, the group before stays."""
        self.rows.append(row)
        self.group = first_group(samples) or self.group

    def columns(self) -> dict[str, str]:
        """Column of curve.csv -> heading, as in the plain-text view."""
        return headings(self.reward_names, self.rows[0] if self.rows else None)

    def numbers(self, row: Row | None = None) -> dict[str, str]:
        """Column -> number as text: of the last step, or of `row`."""
        row = row or (self.rows[-1] if self.rows else {})
        return {column: shown(column, row.get(column)) for column in self.columns()}

    def lines(self) -> dict[str, dict[str, str]]:
        """The lines of the table of numbers: the last step, then (two steps or more) how the run began."""
        label = f"step {self.done}" if self.rows else "step 1 is on its way"
        means = list(first_and_last(self.rows).items())
        return {
            label: self.numbers(),
            **{f"mean of the {label}": self.numbers(row) for label, row in means},
        }

    def series(self, column: str) -> tuple[list[float], list[float]]:
        """Steps and values of a column, without the steps where it was not measured."""
        points = [(row["step"], row[column]) for row in self.rows if row.get(column) is not None]
        return [step for step, _ in points], [value for _, value in points]

    def time(self, seconds: float) -> str:
        """How far it is, and the time left; once it has ended, the time it took."""
        where = f"step {self.done} of {self.total}"
        if not self.rows:
            return where
        to_go = self.total - self.done if self.status == "running" else 0
        return f"{where} · {time_left(seconds, self.done - self.before, to_go)}"

    def last_words(self) -> str:
        """How it ended; while it runs, how to stop it."""
        if self.status == "running":
            stop = "Training. To stop it, interrupt the kernel (■): what there is by then is kept."
            return f"{pause(self.rows[-1])} {stop}".strip() if self.rows else stop
        if self.status == "finished":
            return f"Finished after step {self.done}."
        where = f"{self.status.capitalize()} after step {self.done} of {self.total}"
        return f"{where}. What there is has been kept; go on with resume=True."


def first_group(samples: Sequence[Sample]) -> list[Sample]:
    """The first group of a step's samples: the completions of its first prompt, best advantage first."""
    first = samples[0]["prompt"] if samples else None
    group = takewhile(lambda sample: sample["prompt"] == first, samples)
    return sorted(group, key=lambda sample: -(sample.get("advantage") or 0.0))
