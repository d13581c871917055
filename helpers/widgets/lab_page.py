"""The lab's page: what opens at once, what unfolds, and how a change is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import ipywidgets as widgets
from matplotlib import pyplot as plt

from helpers.errors import WorkbookError
from helpers.pictures.look import RED, style
from helpers.widgets import lab_pictures as pictures
from helpers.widgets import lab_tables as tables
from helpers.widgets.canvas import HALF, WIDTH, Picture, html, says
from helpers.widgets.lab_numbers import SCALES
from helpers.widgets.lab_pictures import CurveOn
from helpers.widgets.lab_sections import Section, sections


class Page:
    """The lab's widgets. lab: the RewardLab they belong to. focuses: what the curve can show."""

    def __init__(self, lab: Any, focuses: Sequence[str]) -> None:
        self.lab = lab
        wide, label = {"width": f"{HALF - 5}px"}, {"description_width": "120px"}
        self.focus = widgets.Dropdown(options=focuses, description="curve of", layout=wide, style=label)
        self.group = widgets.IntSlider(
            1, min=1, max=len(lab.bank.rows), description="group (prompt)", layout=wide, style=label
        )
        self.scale = widgets.ToggleButtons(options=SCALES, description="scale_rewards", style=label)
        self.picture = Picture("t-picture", HALF, 270, left=0.16, right=0.97, bottom=0.17, top=0.91)
        self.curve = CurveOn(self.picture.ax)
        self.bars = html("t-bars", HALF)
        self.readout, self.error = html("t-readout"), html("t-error")
        self.controls = widgets.Box(layout={"flex_flow": "row wrap", "width": f"{WIDTH}px"})
        self.sections = sections(self)
        self.openers = {one.name: self._opener(one) for one in self.sections}
        self.widget = self._assemble()
        for control, trait in ((self.group, "value"), (self.scale, "value"), (self.focus, "value")):
            control.observe(lab._changed, trait)

    def _opener(self, section: Section) -> widgets.ToggleButton:
        """The button that unfolds a section, and folds the one that was open."""
        button = widgets.ToggleButton(False, description=section.button, layout={"width": "auto"})
        button.tooltip = section.title
        button.add_class(f"t-open-{section.name}")
        section.box.children = (widgets.HTML(says(f"<b>{section.title}</b>")), *section.box.children)
        section.box.layout.display = "none"

        def toggled(change: Any) -> None:
            section.box.layout.display = "" if change["new"] else "none"
            if change["new"]:
                for name, other in self.openers.items():
                    other.value = name == section.name
                self.lab._changed()

        button.observe(toggled, "value")
        return button

    def _assemble(self) -> widgets.Widget:
        top = widgets.HBox([self.focus, self.group])
        views = widgets.HBox([self.picture.widget, self.bars])
        simple = widgets.VBox([top, self.controls, views, self.readout, self.error])
        openers = widgets.HBox([*self.openers.values()], layout={"flex_flow": "row wrap"})
        more = widgets.VBox([openers, *(one.box for one in self.sections)])
        whole = widgets.VBox([simple, more], layout={"width": f"{WIDTH + 10}px"})
        named = {"t-focus": self.focus, "t-group": self.group, "t-scale": self.scale}
        for name, one in {**named, "t-simple": simple, "t-more": more, "t-lab": whole}.items():
            one.add_class(name)
        return whole

    def draw(self) -> None:
        """Bring to date what is visible: the face, and the section that is open."""
        lab, numbers, group = self.lab, self.lab.numbers, self.group.value - 1
        focused = lab.controls.get(self.focus.value)
        shown = tuple(focused.simple() if focused else ())
        if self.controls.children != shown:
            self.controls.children = shown
        self.curve.show(lab.curve(), numbers.members(group))
        self.picture.send()
        self.bars.value = tables.advantages(numbers, lab.bank, group, self.scale.value)
        aside = focused is not None and not focused.on.value
        note = f" · {escape(focused.name)} is <b>not in the sum</b>" if aside else ""
        self.readout.value = says(tables.readout(numbers, group) + note)
        for one in self.sections:
            if self.openers[one.name].value:
                one.draw()

    def say(self, problem: str) -> None:
        """Show one line about what is wrong, or nothing."""
        self.error.value = (
            f'<div style="color:{RED};line-height:1.5"><b>{escape(problem)}</b></div>' if problem else ""
        )

    def open(self, section: str | None) -> None:
        """Unfold a section by its name; None folds all. Raises WorkbookError when there is no such
        section."""
        if section is not None and section not in self.openers:
            raise WorkbookError(f"no section {section!r}: choose one of {', '.join(self.openers)}")
        for name, opener in self.openers.items():
            opener.value = name == section

    def figure(self) -> Any:
        """The views as one ordinary figure: an array of four Axes."""
        lab, group = self.lab, self.group.value - 1
        with style():
            axes = plt.subplots(2, 2, figsize=(9.5, 6.0))[1].ravel()
            pictures.CurveOn(axes[0]).show(lab.curve(), lab.numbers.members(group))
            pictures.draw_group(axes[1], lab.numbers, lab.bank.texts, group, self.scale.value)
            pictures.draw_shares(axes[2], lab.numbers)
            pictures.draw_dead(axes[3], lab.numbers)
        return axes
