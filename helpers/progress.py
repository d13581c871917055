"""A progress line in plain text: one that updates in a terminal, new lines now and then everywhere else."""

from __future__ import annotations

import sys
import time
from typing import TextIO


class Progress:
    """Says how far a count has come, with the time left.

    In a terminal one line is rewritten; in a notebook, a pipe or a log about `lines` lines are printed, and
    one at least every `patience` seconds, so that nothing long is ever silent.
    """

    def __init__(
        self,
        total: int,
        label: str = "step",
        lines: int = 10,
        stream: TextIO | None = None,
        patience: float = 4.0,
    ) -> None:
        self.total = max(1, total)
        self.label = label
        self.stream = stream or sys.stdout
        self.patience = patience
        self.every = max(1, total // lines)
        self.terminal = self.stream.isatty()
        self.start = self.last = time.monotonic()
        self.first: int | None = None
        self.width = 0

    def update(self, done: int, note: str = "") -> None:
        """Tell that `done` of the total are behind us; `note` is shown beside it."""
        now = time.monotonic()
        if self.first is None:
            self.first = done - 1
        line = f"{self.label} {done:>{len(str(self.total))}}/{self.total}"
        line = "  ".join(part for part in (line, note, self._left(done, now)) if part)
        if self.terminal:
            self.stream.write("\r" + line.ljust(self.width))
            self.width = len(line)
        elif self._due(done, now):
            self.stream.write(line + "\n")
            self.last = now
        self.stream.flush()

    def close(self) -> None:
        """End the line, in a terminal."""
        if self.terminal and self.width:
            self.stream.write("\n")
            self.stream.flush()

    def _left(self, done: int, now: float) -> str:
        if done >= self.total:
            return f"{_clock(now - self.start)} in all"
        return f"{_clock((now - self.start) / max(1, done - self.first) * (self.total - done))} left"

    def _due(self, done: int, now: float) -> bool:
        return done in (1, self.total) or done % self.every == 0 or now - self.last >= self.patience


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
