"""An exhibit's curves beside those of a healthy run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from helpers.look import BLUE, RED, style

Curve = Sequence[Mapping[str, Any]]


@style()
def beside(
    curves: Mapping[str, Curve], columns: Mapping[str, str], *, smooth: int = 5, marks: Sequence[str] = ()
) -> np.ndarray:
    """Two or three curves, a panel a column. Returns the Axes.

    curves: name -> run.curve, the one to look at first. columns: column -> axis label with its unit. Each
    line is the mean of the last `smooth` steps; a curve without a column has no line there. marks: what
    stands above each panel.
    """
    count = len(columns)
    _, axes = plt.subplots(1, count, figsize=(2.7 * count, 2.9), squeeze=False)
    axes = axes[0]
    looks = ((RED, "-", 2.2), (BLUE, "--", 1.6), ("#777777", ":", 1.6))
    for place, (column, label) in enumerate(columns.items()):
        ax = axes[place]
        for (name, curve), (color, dashes, width) in zip(curves.items(), looks, strict=False):
            rows = [row for row in curve if row.get(column) is not None]
            if rows:
                values = np.array([row[column] for row in rows])
                means = [values[max(0, end - smooth) : end].mean() for end in range(1, len(values) + 1)]
                ax.plot([row["step"] for row in rows], means, color=color, ls=dashes, lw=width, label=name)
        ax.set(xlabel="training step", ylabel=label)
        ax.margins(y=0.08)
        if place < len(marks):
            ax.set_title(marks[place])
    handles, names = axes[0].get_legend_handles_labels()
    axes[0].figure.legend(handles, names, loc="outside upper center", ncols=3)
    return axes


def last(curve: Curve, column: str, count: int = 10) -> float:
    """Mean of a column's last `count` values. NaN where there is none."""
    values = [row[column] for row in curve if row.get(column) is not None][-count:]
    return sum(values) / len(values) if values else float("nan")


def first(curve: Curve, column: str, count: int = 5) -> float:
    """Mean of a column's first `count` values. NaN where there is none."""
    values = [row[column] for row in curve if row.get(column) is not None][:count]
    return sum(values) / len(values) if values else float("nan")
