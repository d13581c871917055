"""The lab's pictures on any Axes: the live curve, and the static views that a stored notebook shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from helpers.pictures.look import BLACK, BLUE, ORANGE, PALETTE, RED, SKY, legend, short, style
from helpers.widgets.lab_curves import Curve
from helpers.widgets.lab_numbers import Numbers

UNIT = {
    "group": "standard deviations of the group",
    "batch": "standard deviations of the batch",
    "none": "reward points",
}


class CurveOn:
    """The curve of a reward on one Axes: all samples as dots, those of the chosen group as diamonds.

    A second `show` moves what is there already, which is several times as fast as drawing it afresh.
    """

    def __init__(self, ax: Axes) -> None:
        self.ax, self.kind = ax, None

    def show(self, curve: Curve, members: slice) -> None:
        """Draw this curve, with the samples `members` as the chosen group."""
        kind = (curve.name, curve.unit, curve.exact, curve.ideal is None)
        with style():
            if kind != self.kind:
                self._start(curve)
            self.kind = kind
            self.samples.set_data(curve.lengths, curve.rewards)
            self.line.set_data(curve.xs, curve.ys)
            self.group.set_data(curve.lengths[members], curve.rewards[members])
            if curve.ideal is not None:
                self.ideal.set_xdata([curve.ideal, curve.ideal])
            self.ax.relim()
            self.ax.autoscale_view()

    def _start(self, curve: Curve) -> None:
        ax = self.ax
        ax.clear()
        (self.samples,) = ax.plot([], [], "o", color=SKY, ms=4, alpha=0.4, label="samples")
        dash, what = ("-", "reward") if curve.exact else ("--", "mean by length")
        (self.line,) = ax.plot([], [], dash, color=BLUE, lw=1.8, label=what)
        mark = {"color": ORANGE, "mec": BLACK, "mew": 0.7, "ms": 6, "label": "this group"}
        (self.group,) = ax.plot([], [], "D", **mark)
        if curve.ideal is not None:
            self.ideal = ax.axvline(curve.ideal, color=BLACK, ls=":", lw=1, label="ideal")
        ax.set(xlabel=f"completion length ({curve.unit})", ylabel=f"{curve.name} (points)")
        ax.grid(visible=True, color=rcParams["grid.color"])  # ticks made later would have another look's
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(MaxNLocator(5))
        above = {"loc": "lower center", "bbox_to_anchor": (0.45, 0.98), "borderaxespad": 0.2}
        ax.legend(ncols=4, fontsize=8, columnspacing=1.0, handletextpad=0.4, **above)


def draw_group(ax: Axes, numbers: Numbers, texts: Sequence[str], group: int, scale: str) -> None:
    """The advantages of a group, best total first."""
    places = numbers.ranking(group)
    values = numbers.advantages[scale][places]
    bars = ax.barh(range(len(values)), values, color=[BLUE if value >= 0 else RED for value in values])
    ax.axvline(0, color=BLACK, lw=0.8)
    ax.bar_label(bars, [f"{value:+.2f}" for value in values], padding=2, fontsize=8)
    ax.margins(x=0.28) if np.any(values) else ax.set_xlim(-1, 1)
    ax.grid(axis="y", visible=False)
    names = [short(texts[place], 24) or "(empty)" for place in places]
    ax.set_yticks(range(len(places)), names, fontsize=8)
    ax.invert_yaxis()
    ax.set(xlabel=f"advantage ({UNIT[scale]})")
    ax.set_title(f"group {group + 1}" + (", a dead group" if numbers.dead[group] else ""))


def draw_dead(ax: Axes, numbers: Numbers) -> None:
    """The spread of the total inside each group, smallest first; dead groups have none."""
    spread = np.sort(np.where(numbers.dead, 0.0, numbers.spread))
    dead = int(numbers.dead.sum())
    ax.bar(range(1, len(spread) + 1), spread, color=SKY, label="alive")
    if dead:
        ax.plot(range(1, dead + 1), np.zeros(dead), "x", color=RED, ms=6, label="dead", clip_on=False)
    ax.set(xlabel="groups, smallest spread first", ylabel="standard deviation\nof the total (points)")
    ax.set_title(f"{dead} of {len(spread)} groups are dead ({numbers.dead_share:.0%})")
    ax.grid(axis="x", visible=False)
    legend(ax)


def draw_shares(ax: Axes, numbers: Numbers) -> None:
    """How much of the total's variance inside groups each reward accounts for."""
    known = np.nan_to_num(100 * numbers.shares)
    bars = ax.barh(range(len(known)), known, color=[PALETTE[i % len(PALETTE)] for i in range(len(known))])
    labels = ["-" if np.isnan(share) else f"{share:.1%}" for share in numbers.shares]
    ax.bar_label(bars, labels, padding=3, fontsize=8)
    ax.set_yticks(range(len(known)), numbers.names, fontsize=8)
    ax.set_xlim(min(0, 1.25 * known.min()), max(100, 1.25 * known.max()))
    ax.invert_yaxis()
    ax.axvline(0, color=BLACK, lw=0.8)
    ax.set(xlabel="share of the total's variance\ninside groups (%)", title="what moves the total")
    ax.grid(axis="y", visible=False)
