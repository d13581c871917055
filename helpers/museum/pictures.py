"""An exhibit's curves beside those of a healthy run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from helpers.pictures.look import BLUE, RED, style
from helpers.plots import running_mean

Curve = Sequence[Mapping[str, Any]]
ROW = 3  # panels in a row
TOPS = {"(share)": 1, "(0 to 1)": 1, "(0 to 2)": 2}  # a label that ends so has its whole range in view


@style()
def beside(curves: Mapping[str, Curve], columns: Mapping[str, str], *, smooth: int = 5) -> np.ndarray:
    """Two or three curves, a panel a column of theirs, three panels a row. Returns the Axes.

    curves: name -> run.curve, the one to look at first. columns: column -> axis label with its unit. Each
    line is the mean of the last `smooth` steps; a curve without a column has no line there.
    """
    wide, count = min(len(columns), ROW), len(columns)
    size = 3.1 * wide, 2.3 * ceil(count / ROW) + 0.5
    axes = np.ravel(plt.subplots(ceil(count / ROW), wide, figsize=size, squeeze=False)[1])
    for ax in axes[count:]:
        ax.axis("off")
    looks = ((RED, "-", 2.2), (BLUE, "--", 1.6), ("#777777", ":", 1.6))
    for place, (column, label) in enumerate(columns.items()):
        ax = axes[place]
        for (name, curve), (color, dashes, width) in zip(curves.items(), looks, strict=False):
            rows = [row for row in curve if row.get(column) is not None]
            if rows:
                means = running_mean(np.array([row[column] for row in rows]), smooth)
                ax.plot([row["step"] for row in rows], means, color=color, ls=dashes, lw=width, label=name)
        ax.set(xlabel="training step", ylabel=label)
        ax.margins(y=0.08)
        for end, top in TOPS.items():
            if label.endswith(end):
                ax.set_ylim(-0.05 * top, 1.05 * top)
    lines = {name: line for ax in axes for line, name in zip(*ax.get_legend_handles_labels(), strict=True)}
    axes[0].figure.legend(lines.values(), lines.keys(), loc="outside upper center", ncols=3)
    return axes[:count]


def last(curve: Curve, column: str, count: int = 10) -> float:
    """Mean of a column's last `count` values. NaN where there is none."""
    return _mean(curve, column, slice(-count, None))


def first(curve: Curve, column: str, count: int = 5) -> float:
    """Mean of a column's first `count` values. NaN where there is none."""
    return _mean(curve, column, slice(count))


def _mean(curve: Curve, column: str, part: slice) -> float:
    values = [row[column] for row in curve if row.get(column) is not None][part]
    return sum(values) / len(values) if values else float("nan")
