"""The group microscope: scrub through a run, one group at a time, and see what training did to each token."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from matplotlib.axes import Axes

from helpers.errors import WorkbookError
from helpers.pictures.strips import token_strips
from helpers.runs import Run, load_run
from helpers.widgets.microscope_html import page, words_html
from helpers.widgets.microscope_model import group_tokens, without_colours
from helpers.widgets.microscope_state import Group, Tokens, groups_by_step
from helpers.widgets.microscope_words import in_words, signed


def microscope(run: Run | str | Path) -> Microscope:
    """Look into a recorded run: a slider over its steps, one over the groups of a step.

    run: what `train` returned, or the folder of a run. A run without its adapter opens too, without colours.
    Raises WorkbookError when the folder holds no run, or no completions.
    """
    return Microscope(run if isinstance(run, Run) else load_run(run))


class _View(widgets.VBox):
    def __repr__(self) -> str:
        """What a page without widgets shows in its place."""
        return "The group microscope: run this cell to move it."


class Microscope:
    """What `microscope` returns. It displays itself as the last line of a cell; without a screen, set `.step`
    and `.group` (the place of the group in its step, from 1) and read `.words`, `.tokens` and `.changes`."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._groups = groups_by_step(run)
        self._known: dict[tuple[int, int], tuple[Tokens, ...]] = {}
        self._why_not = without_colours(run)
        self.view = self._build()
        self._draw(load=False)  # the model comes when the page is shown: the first time takes seconds

    @property
    def steps(self) -> list[int]:
        """The steps that have completions."""
        return list(self._groups)

    @property
    def step(self) -> int:
        """The step that is shown; set it to move there. WorkbookError for a step without completions."""
        return self._step.value

    @step.setter
    def step(self, value: int) -> None:
        if value not in self._groups:
            steps = self.steps
            raise WorkbookError(
                f"step {value!r} has no completions in this run: "
                f"choose one of the {len(steps)} steps from {steps[0]} to {steps[-1]} (see .steps)"
            )
        self._step.value = value

    @property
    def group(self) -> int:
        """Which group of the step is shown, from 1; set it to move there."""
        return min(self._group.value, len(self._groups[self.step]))

    @group.setter
    def group(self, value: int) -> None:
        count = len(self._groups[self.step])
        if value not in range(1, count + 1):
            raise WorkbookError(f"group {value!r} of step {self.step} is not there: choose 1 to {count}")
        self._group.value = value

    @property
    def state(self) -> Group:
        """The group that is shown, as plain data."""
        return self._groups[self.step][self.group - 1]

    @property
    def tokens(self) -> tuple[Tokens, ...] | None:
        """The tokens of each completion, in the order sampled; None without them (see .why_not)."""
        key = (self.step, self.group)
        if key not in self._known and self._why_not is None:
            try:
                self._known[key] = group_tokens(self.run, self.state)
            except WorkbookError as error:
                self._why_not = str(error)
        return self._known.get(key) if self._why_not is None else None

    @property
    def changes(self) -> list[list[float]] | None:
        """log p after - log p before (nats) of each token of each completion; None without them."""
        return None if self.tokens is None else [list(one.change) for one in self.tokens]

    @property
    def why_not(self) -> str | None:
        """Why the tokens have no colours; None when they have."""
        return self._why_not

    @property
    def words(self) -> str:
        """What the step pushed up and down, and what training as a whole did, worked out from the numbers."""
        return in_words(self.state, self.tokens)

    def picture(self, rows: int | None = None) -> Axes:
        """The group as a picture, best completions first, for pages that show no widgets. rows: how many."""
        if self.tokens is None:
            raise WorkbookError(f"no token colours to draw: {self._why_not}")
        shown = [one for one in self.state.ranked if self.tokens[one.number - 1].texts][:rows]
        tokens = [self.tokens[one.number - 1] for one in shown]
        labels = [f"{' ▲▼'[one.push]} {signed(one.advantage)}" for one in shown]
        return token_strips([one.texts for one in tokens], [one.change for one in tokens], labels)

    def _ipython_display_(self) -> None:
        """Show the page at once, and the colours when the model is there."""
        from IPython.display import display

        display(self.view)
        self._draw()

    def _build(self) -> widgets.VBox:
        slider = widgets.SelectionSlider if len(self.steps) > 1 else widgets.Dropdown  # one stop is no slider
        wide = widgets.Layout(width="430px")
        self._step = slider(options=self.steps, description="step", layout=wide)
        most = max(map(len, self._groups.values()))
        narrow = widgets.Layout(width="260px")
        self._group = widgets.IntSlider(1, min=1, max=max(2, most), description="group", layout=narrow)
        self._numbers = widgets.ToggleButton(False, description="numbers (nats)")
        self._status, self._words, self._page = widgets.HTML(), widgets.HTML(), widgets.HTML()
        named = {"step": self._step, "group": self._group, "numbers": self._numbers, "status": self._status,
                 "words": self._words, "view": self._page}  # fmt: skip
        for name, widget in named.items():
            widget.add_class(f"t-scope-{name}")
        for widget in (self._step, self._group, self._numbers):
            widget.observe(self._moved, "value")
        controls = widgets.HBox([self._step, self._group, self._numbers])
        controls.layout.flex_flow = "row wrap"
        box = _View([controls, self._status, self._words, self._page])
        box.add_class("t-scope")
        return box

    def _moved(self, change: Any) -> None:
        self._draw()

    def _draw(self, load: bool = True) -> None:
        count = len(self._groups[self.step])
        self._group.layout.display = "none" if count < 2 else None
        if count > 1 and self._group.max != count:
            self._group.max = count  # moves the value along, which draws again where it changes
        tokens = self.tokens if load else None
        note = self._why_not and f"The tokens have no colours: {self._why_not}."
        if not load and not note:
            note = "Loading the model for the colours of the tokens …"
        self._status.value = f'<span style="padding:0 8px">{escape(note)}</span>' if note else ""
        self._words.value = words_html(in_words(self.state, tokens))
        self._page.value = page(self.state, tokens, self._numbers.value)
