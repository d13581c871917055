"""The controls of one reward: in the sum or not, its weight, and one for each of its parameters."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from helpers.errors import WorkbookError
from helpers.widgets.canvas import HALF
from helpers.widgets.lab_design import Parameter, Part, parameters

WIDE = {"width": f"{HALF - 5}px"}
LABEL = {"description_width": "120px"}
LOWEST, HIGHEST = -4, 1  # powers of ten of a weight


def css(name: str) -> str:
    """A name as part of a CSS class."""
    return re.sub(r"\W", "_", name)


class Controls:
    """The controls of one reward, and the Part that they stand for."""

    def __init__(self, one: Part, on: bool, changed: Callable[[Any], None]) -> None:
        self.func, self.name, self.given = one.func, one.name, dict(one.params)
        self.on = widgets.Checkbox(on, description=f"{one.name} is in the sum", indent=False, layout=WIDE)
        self.weight = widgets.FloatLogSlider(
            1.0,
            min=LOWEST,
            max=HIGHEST,
            step=0.1,
            description="weight",
            readout_format=".3g",
            layout=WIDE,
            style=LABEL,
        )
        self.params = {known.name: _control(known, self.given[known.name]) for known in parameters(one.func)}
        self.set_weight(one.weight)
        for key, control in {"on": self.on, "weight": self.weight, **self.params}.items():
            control.add_class(f"t-{css(self.name)}-{css(key)}")
            control.observe(changed, "value")

    @property
    def part(self) -> Part:
        """What the controls say now."""
        params = self.given | {name: control.value for name, control in self.params.items()}
        return Part(self.func, tuple(params.items()), float(f"{self.weight.value:.6g}"))

    def set_weight(self, weight: float) -> None:
        """Move the weight. Raises WorkbookError for one that the slider does not hold."""
        if not 10.0**LOWEST <= weight <= 10.0**HIGHEST:
            raise WorkbookError(
                f"weight={weight!r} for {self.name}: give a number from {10.0**LOWEST:g} to "
                f"{10.0**HIGHEST:g}; to count it as nothing, drop it; "
                "to turn it round, write the minus into the reward"
            )
        self.weight.value = weight

    def set_param(self, name: str, value: Any) -> None:
        """Move a parameter; a range that is too narrow grows. Raises WorkbookError for an unknown one."""
        if name not in self.params:
            known = ", ".join(self.params) or "none"
            raise WorkbookError(f"{self.name} has no parameter {name!r} to move; it has: {known}")
        control = self.params[name]
        before = control.value
        try:
            if hasattr(control, "max"):
                control.max, control.min = max(control.max, value), min(control.min, value)
            control.value = value
            fits = control.value == value
        except Exception:  # a trait says in its own words what it does not take
            fits = False
        if not fits:
            control.value = before
            raise WorkbookError(f"{name}={value!r} for {self.name}: it must be of the kind of {before!r}")

    def simple(self) -> list[widgets.Widget]:
        """What the lab's face shows of it: parameters and weight."""
        return [*self.params.values(), self.weight]

    def row(self) -> widgets.Widget:
        """All of it, for the list of all rewards."""
        columns = [self.on, self.weight], list(self.params.values())
        return widgets.HBox([widgets.VBox(column, layout={"width": f"{HALF}px"}) for column in columns])


def _control(known: Parameter, value: Any) -> widgets.Widget:
    options = {"description": known.name, "layout": WIDE, "style": LABEL}
    if known.kind == "bool":
        return widgets.Checkbox(bool(value), **options)
    if known.kind == "choice":
        return widgets.Dropdown(options=known.options, value=value, **options)
    if known.kind == "text":
        return widgets.Text(value, continuous_update=False, **options)
    kind = widgets.IntSlider if known.kind == "int" else widgets.FloatSlider
    low, high = min(known.low, value), max(known.high, value)
    shown = {} if known.kind == "int" else {"readout_format": ".3g"}
    return kind(value, min=low, max=high, step=known.step, **shown, **options)
