"""A progress line in plain text: one that updates in a terminal, new lines now and then everywhere else."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO


class Progress:
    """Says how far a count has come, with the time left.

    In a terminal one line is rewritten; in a notebook, a pipe, a log or a terminal too narrow for the line
    about `lines` lines are printed, and at least one every `patience` seconds: nothing long is silent.
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
        left = time_left(now - self.start, done - self.first, self.total - done)
        line = "  ".join(part for part in (line, note, left) if part)
        if self.terminal and len(line) < shutil.get_terminal_size().columns:
            self.stream.write("\r" + line.ljust(self.width))
            self.width = len(line)
        elif self._due(done, now):
            self.close()
            self.stream.write(line + "\n")
            self.last = now
        self.stream.flush()

    def say(self, text: str) -> None:
        """Print a line of its own (or several); a line that is being rewritten ends first."""
        self.close()
        self.stream.write(text + "\n")
        self.stream.flush()

    def close(self) -> None:
        """End the line, in a terminal."""
        if self.width:
            self.stream.write("\n")
            self.stream.flush()
            self.width = 0

    def _due(self, done: int, now: float) -> bool:
        return done in (1, self.total) or done % self.every == 0 or now - self.last >= self.patience


def time_left(seconds: float, done: int, to_go: int) -> str:
    """What `done` steps in `seconds` say about the steps still to go, or how long it took in all."""
    return f"{clock(seconds / max(1, done) * to_go)} left" if to_go > 0 else f"{clock(seconds)} in all"


def clock(seconds: float) -> str:
    """Minutes and seconds, and hours where there are any.

    >>> clock(75), clock(3675)
    ('1:15', '1:01:15')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
