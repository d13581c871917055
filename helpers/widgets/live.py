"""`train(…, watch=live_view())`: training as it happens, in a notebook; in a terminal the same as text.

The kernel is busy while it trains, so the view has nothing to click: it only shows. Core widgets only, which
JupyterLab, Colab and VS Code have.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from helpers.errors import WorkbookError
from helpers.trainer.watching import Table, TextView
from helpers.widgets.live_state import LiveState


def live_view(watched: int | None = 0) -> LiveView | TextView:
    """A watcher for `train(…, watch=…)`: bar, numbers, curves, the latest group, and one watched prompt.

    watched: which training prompt to watch, counted from 0. Before training, at a quarter, half, three
    quarters and at the end, four completions of it are sampled from the model as it is then; training takes
    the same course, step by step, as without. None watches no prompt, and costs no samples.

    Without a notebook around it (no ipykernel, no ipywidgets) it gives the plain-text view.
    """
    if watched is not None and (isinstance(watched, bool) or not isinstance(watched, int) or watched < 0):
        raise WorkbookError(f"watched={watched!r}: give the number of a training prompt, from 0, or None")
    return LiveView(watched) if _in_notebook() else TextView()


def _in_notebook() -> bool:
    try:
        import ipywidgets  # noqa: F401
        from IPython import get_ipython
    except ImportError:
        return False
    return getattr(get_ipython(), "kernel", None) is not None


class Pace:
    """When is it time again? At most every `least` seconds, and never for more than a `share` of the time."""

    def __init__(self, least: float, share: float, clock: Callable[[], float] = time.perf_counter) -> None:
        self.least, self.share, self.clock = least, share, clock
        self.start = self.last = clock()
        self.spent = 0.0

    def due(self) -> bool:
        """Whether enough time has passed since the last time."""
        now = self.clock()
        return now - self.last >= self.least and self.spent <= self.share * (now - self.start)

    def run(self, job: Callable[[], None]) -> None:
        """Do the job, and count what it cost."""
        before = self.clock()
        job()
        self.last = self.clock()
        self.spent += self.last - before


class LiveView:
    """The view as a watcher (helpers.trainer.watching). `box` holds the widgets, `state` all that is known.

    Numbers are brought up to date twice a second at most, curves as often as 1.5 % of the time allows.
    """

    def __init__(self, watched: int | None = 0) -> None:
        self.watched = watched
        self.state = LiveState()
        self.box: Any = None

    def begin(self, total_steps: int, reward_names: Sequence[str]) -> None:
        """Show the empty view."""
        from IPython.display import display

        from helpers.widgets.live_box import Box

        self.state = LiveState(total_steps, list(reward_names))
        self.curves: Any = None
        self.start = time.perf_counter()
        self.box = Box(self.state, self.watched is not None)
        display(self.box.root)
        self.words, self.pictures = Pace(0.5, 0.005), Pace(0.5, 0.015)
        self.drawn = 0

    def earlier(self, rows: Sequence[dict[str, Any]]) -> None:
        """The steps of a resumed run that were made before."""
        self.state.earlier(rows)

    def step(self, row: dict[str, Any], samples: Sequence[dict[str, Any]]) -> None:
        """Take in a step; show it if it is time again."""
        self.state.add(row, samples)
        first = self.drawn == 0
        if first or self.words.due():
            self.words.run(self._say)
        if first or self.pictures.due():
            self.pictures.run(self._draw)

    def looked(self, step: int, samples: Sequence[dict[str, Any]]) -> None:
        """Show what the model now says to the watched prompt."""
        self.state.looks.append((step, list(samples)))
        self.box.show_watched(self.state)

    def end(self, status: str) -> None:
        """Show everything once more, the last words, and as text what a stored notebook keeps."""
        self.state.status = status
        self._say()
        if not self.state.rows:
            return
        self._draw()
        table = Table(self.state.total, self.state.columns())
        last = f"{self.state.time(time.perf_counter() - self.start)}\n{table.head()}"
        print(f"{last}\n{table.summary(self.state.rows)}".rstrip(), flush=True)

    def _say(self) -> None:
        self.box.show(self.state, time.perf_counter() - self.start)

    def _draw(self) -> None:
        if self.curves is None:
            from helpers.widgets.live_curves import Curves

            self.curves = Curves(self.state)
        self.drawn += 1
        self.box.curves.value = self.curves.draw(self.state)
