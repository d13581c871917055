"""The README's picture of the recorded runs, drawn into a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from helpers.pictures.look import PALETTE, style

TITLES = {"math": "Maths", "tldr": "Summaries"}


@style()
def training(curves: Mapping[str, Mapping[str, Sequence[Sequence[float]]]]) -> np.ndarray:
    """One panel a task; a line (mean over seeds) and a band (lowest to highest) a label. Returns the Axes.

    curves: task -> label -> for each seed its curve, one value a step (`helpers.ledger.figures.curves`).
    """
    axes = np.ravel(plt.subplots(1, len(curves), figsize=(4.2 * len(curves), 3.1), squeeze=False)[1])
    for ax, (task, labels) in zip(axes, curves.items(), strict=True):
        for (label, each), color in zip(labels.items(), PALETTE, strict=False):
            values = np.array(each)
            steps = np.arange(1, values.shape[1] + 1)
            ax.fill_between(steps, values.min(0), values.max(0), color=color, alpha=0.2, lw=0)
            ax.plot(steps, values.mean(0), color=color, lw=2, label=label)
        ax.set(title=TITLES.get(task, task), xlabel="training step", ylim=(0, None))
        ax.legend() if len(labels) > 1 else ax.set_ylabel(next(iter(labels)))
    return axes


def draw(curves: Mapping[str, Mapping[str, Sequence[Sequence[float]]]], path: Path) -> None:
    """Write the picture to `path` (PNG) and take older ones of its kind away."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure = training(curves)[0].figure
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
    for old in path.parent.glob("training-*.png"):
        if old != path:
            old.unlink()
