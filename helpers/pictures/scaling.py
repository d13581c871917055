"""A picture of how a training step grows: seconds and memory against completions, length and model size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from helpers.pictures.look import BLUE, ORANGE, legend, style

NAMES = {
    "completions": "completions a step",
    "length": "tokens a completion",
    "parameters": "parameters of the model",
}


@style()
def growth(sweeps: Mapping[str, Sequence[Mapping[str, float]]]) -> np.ndarray:
    """Two rows of Axes, a column for each sweep: seconds a step above, MB that it adds below, log-log axes.

    sweeps: for each of "completions", "length" and "parameters" its points, dicts with that name, "seconds",
    "memory_mb" (the peak) and "memory_before_mb" (what was taken before the step, and is taken off). The
    dashed line is what twice as much of everything would cost: in proportion.
    """
    columns = len(sweeps)
    axes = plt.subplots(2, columns, figsize=(3.2 * columns, 4.6), squeeze=False)[1]
    for column, (name, points) in enumerate(sweeps.items()):
        xs = np.array([point[name] for point in points], dtype=float)
        seconds = [point["seconds"] for point in points]
        added = [point["memory_mb"] - point["memory_before_mb"] for point in points]
        for ax, values, unit in zip(
            axes[:, column], (seconds, added), ("seconds a step", "MB that the step adds"), strict=True
        ):
            _curve(ax, xs, np.array(values, dtype=float))
            ax.set_xlabel(NAMES.get(name, name))
            if column == 0:
                ax.set_ylabel(unit)
    legend(axes[0, 0])
    return axes.ravel()


def slopes(xs: Sequence[float], ys: Sequence[float]) -> list[float]:
    """Between neighbours: by which power y grows with x (1: in proportion, 0: not at all)."""
    return (np.diff(np.log(ys)) / np.diff(np.log(xs))).tolist()


def _curve(ax: Axes, xs: np.ndarray, ys: np.ndarray) -> None:
    ax.loglog(xs, ys, "o-", color=BLUE, label="measured")
    ax.loglog(xs, ys[-1] * xs / xs[-1], "--", color=ORANGE, label="in proportion")
    ax.set_xticks(xs, [f"{x:,.0f}" if x < 1e5 else f"{x / 1e6:.1f}M" for x in xs])
    ax.minorticks_off()
