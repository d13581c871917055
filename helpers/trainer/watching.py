"""Who watches a training: the numbers that every view shows, the plain-text view, and what keeps a run safe.

A watcher is any object with three methods. `train(…, watch=…)` calls them as training goes on:

    begin(total_steps, reward_names)   before the first step
    step(row, samples)                 after each step: its row of curve.csv, its lines of completions.jsonl
    end(status)                        "finished", "interrupted" or "failed"

Three more things are used if it has them: `watched`, the number of a training prompt, and `looked(step,
samples)`, which gets completions of that prompt from the model as it is then; and `earlier(rows)`, the rows
of a run that is resumed. Nothing here knows about widgets.
"""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Callable, Sequence
from typing import Any, TextIO

from helpers.errors import WorkbookError, one_line
from helpers.progress import Progress

Row = dict[str, Any]
PAUSES = 3  # steps without anything to learn until the plain text says why
LOOKS = 5  # the watched prompt is looked at before training, at its end, and evenly in between


def headings(reward_names: Sequence[str], row: Row | None = None) -> dict[str, str]:
    """Column of curve.csv -> what a view calls it. A lone reward that is the whole sum is not shown twice.

    spread: standard deviation of the rewards of a step. tokens, chars: mean length of a completion.
    entropy: nats a token. dead: share of groups without spread. cut: share of completions cut at the limit.
    """
    parts = {f"{name}_mean": name.removeprefix("reward_") or name for name in reward_names}
    if len(parts) == 1 and row and row.get("reward"):
        whole = math.isclose(row["reward"], row.get(next(iter(parts))) or 0.0, rel_tol=1e-4)
        parts = {} if whole else parts
    return {
        "reward": "reward",
        **parts,
        "reward_std": "spread",
        "length": "tokens",
        "length_chars": "chars",
        "entropy": "entropy",
        "dead_groups": "dead",
        "truncated": "cut",
    }


def pause(row: Row) -> str:
    """Why a step teaches nothing, in one sentence; empty when it teaches something."""
    if row.get("reward") is None:
        return "Nothing is learned: no completion of the last step has a reward."
    if row.get("dead_groups") != 1:
        return ""
    if row.get("length_chars") == 0:
        return "Nothing is learned: every completion of the last step is empty."
    cut = " (and all were cut off at the length limit)" if row.get("truncated") == 1 else ""
    return f"Nothing is learned: in each group of the last step all rewards are equal{cut}."


def shown(column: str, value: float | None) -> str:
    """A number of curve.csv as every view shows it; a dash where nothing was measured."""
    if value is None:
        return "–"
    if column in ("dead_groups", "truncated"):
        return f"{value:.0%}"
    if column in ("length", "length_chars"):
        return f"{value:.1f}"
    if column == "entropy" or abs(value) >= 100:
        return f"{value:.2f}"
    return f"{value:.3f}"


def mean_row(rows: Sequence[Row]) -> Row:
    """The mean of each column over some rows, of those that have a value there."""
    columns = {name: [row[name] for row in rows if row.get(name) is not None] for name in rows[0]}
    return {name: sum(values) / len(values) if values else None for name, values in columns.items()}


def first_and_last(rows: Sequence[Row]) -> dict[str, Row]:
    """How a run began and where it stands: means of its first 5 and last 10 rows (of halves of a short run).

    Empty for fewer than two rows.
    """
    first, last = min(5, len(rows) // 2), min(10, len(rows) // 2)
    if not first:
        return {}
    return {f"first {first}": mean_row(rows[:first]), f"last {last}": mean_row(rows[-last:])}


class Table:
    """The numbers of rows as lines of text under one line of headings."""

    def __init__(self, total: int, names: dict[str, str]) -> None:
        self.names = {column: name if len(name) <= 16 else name[:15] + "…" for column, name in names.items()}
        widths = {"length": 6, "length_chars": 6, "dead_groups": 4, "truncated": 4}
        self.widths = {
            column: max(len(name), widths.get(column, 7)) for column, name in self.names.items()
        }
        self.label = len(f"step {total}/{total}")

    def head(self) -> str:
        """The line of headings."""
        return " " * self.label + self._line(self.names)

    def numbers(self, row: Row) -> str:
        """One row's numbers, without its label."""
        return self._line({column: shown(column, row.get(column)) for column in self.names})[2:]

    def summary(self, rows: Sequence[Row]) -> str:
        """Two lines: how the run began, and where it stands; empty for a run of fewer than two steps."""
        means = first_and_last(rows)
        return "\n".join(f"{label:<{self.label}}  {self.numbers(row)}" for label, row in means.items())

    def _line(self, cells: dict[str, str]) -> str:
        return "".join(f"  {cells[column]:>{width}}" for column, width in self.widths.items())


class TextView:
    """Watches a training in plain text: a line of numbers a step in a terminal, about ten lines elsewhere."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream
        self.rows: list[Row] = []
        self.total, self.reward_names = 0, []
        self.progress: Progress | None = None
        self.table: Table | None = None
        self.paused = False

    def begin(self, total_steps: int, reward_names: Sequence[str]) -> None:
        """Start the clock."""
        self.total, self.reward_names = total_steps, list(reward_names)
        self.progress = Progress(total_steps, stream=self.stream or sys.stdout)

    def earlier(self, rows: Sequence[Row]) -> None:
        """The steps of a resumed run that were made before."""
        self.rows = list(rows)

    def step(self, row: Row, samples: Sequence[dict[str, Any]]) -> None:
        """Show the numbers of one step."""
        if self.table is None:
            self.table = Table(self.total, headings(self.reward_names, row))
            self.progress.say(self.table.head())
        self.rows.append(row)
        self.progress.update(int(row["step"]), self.table.numbers(row))
        last = [pause(one) for one in self.rows[-PAUSES:]]
        if len(last) == PAUSES and all(last) and not self.paused:
            self.paused = True
            self.progress.say(f"{last[-1]} So it was {PAUSES} steps long.")

    def end(self, status: str) -> None:
        """End the line, and say in the same columns how the run began and where it ended."""
        self.progress.close()
        if self.table is not None and (summary := self.table.summary(self.rows)):
            self.progress.say(summary)


class Watch:
    """Stands between a training and its watcher: one that raises is dropped with a line, never the run."""

    def __init__(self, watcher: Any = None) -> None:
        for name in ("begin", "step", "end"):
            if watcher is not None and not callable(getattr(watcher, name, None)):
                raise WorkbookError(
                    f"watch={watcher!r} has no {name}(): give live_view(), an object with begin, step and "
                    "end, or None for plain text"
                )
        self.watcher = TextView() if watcher is None else watcher
        self.begun: tuple[int, list[str]] | None = None
        self.looks: set[int] = set()

    def begin(self, total_steps: int, reward_names: Sequence[str], earlier: Sequence[Row] = ()) -> None:
        """Before the first step; `earlier` are the rows that a resumed run has already."""
        self.begun = total_steps, list(reward_names)
        even = {round(total_steps * look / (LOOKS - 1)) for look in range(LOOKS)}
        self.looks = {len(earlier), *(step for step in even if step > len(earlier))}
        self._tell("begin", *self.begun)
        if earlier and hasattr(self.watcher, "earlier"):
            self._tell("earlier", earlier)

    def step(self, row: Row, samples: Sequence[dict[str, Any]]) -> None:
        """After a step."""
        self._tell("step", row, samples)

    def look(self, step: int, sample: Callable[[int], list[dict[str, Any]]]) -> None:
        """Sample the watched prompt, if the watcher has one and this step is one of those to look at."""
        watched = getattr(self.watcher, "watched", None)
        if watched is None or step not in self.looks or not hasattr(self.watcher, "looked"):
            return
        try:
            samples = sample(watched)
        except Exception as error:
            self.looks = set()
            _say(f"the watched prompt is not shown ({type(error).__name__}: {one_line(error)})")
        else:
            self._tell("looked", step, samples)

    def end(self, status: str) -> None:
        """After the last step, or an interruption, or a failure."""
        if self.begun is not None:
            self._tell("end", status)

    def _tell(self, what: str, *words: Any) -> None:
        """Call the watcher; whatever it raises (an interruption apart), training goes on, in text."""
        if self.watcher is None:
            return
        try:
            getattr(self.watcher, what)(*words)
        except Exception as error:
            dropped, self.watcher = self.watcher, None
            name = type(dropped).__name__
            _say(f"{name} failed ({type(error).__name__}: {one_line(error)}): training goes on without it")
            if what != "end" and not isinstance(dropped, TextView):
                self.watcher = TextView()
                self._tell("begin", *self.begun)


def _say(line: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # a pipe that nobody reads any more
        print(line, flush=True)
