"""A picture of what moves between the processes of a training, and what stays where it is."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from helpers.pictures.look import BLUE, GREEN, ORANGE, RED, style

ROOMS = (
    ("weights: a copy", 0.72, "#DCEBF5"),
    ("prompts: its share", 0.50, "#FBF0DA"),
    ("completions: its own", 0.28, "#FBF0DA"),
    ("rewards: of its own", 0.06, "#E2F3EC"),
)


@style()
def moving(processes: int = 2) -> Axes:
    """Boxes for `processes` (2 to 4) and arrows for what they exchange in each step; the Axes."""
    if not 2 <= processes <= 4:
        raise ValueError(f"processes={processes}: 2, 3 or 4 fit on the picture")
    _, ax = plt.subplots(figsize=(2.9 * processes + 1.2, 3.4))
    ax.set(xlim=(0, processes), ylim=(0, 1.12))
    ax.axis("off")
    for number in range(processes):
        ax.text(number + 0.35, 1.02, f"process {number}", ha="center", weight="bold")
        for words, height, colour in ROOMS:
            box = {"boxstyle": "round,pad=0.5", "facecolor": colour, "edgecolor": "#888888"}
            ax.text(number + 0.35, height + 0.07, words, ha="center", va="center", bbox=box)
        if number:
            _arrow(ax, number, 0.79, "gradients,\nmean of all", BLUE, "<->")
            _arrow(ax, number, 0.57, "nothing", ORANGE, "-")
            _arrow(ax, number, 0.13, "all rewards", GREEN, "<->")
    ax.text(0.35, -0.06, "writes the run's folder", ha="center", color=RED)
    return ax


def _arrow(ax: Axes, number: int, height: float, words: str, colour: str, head: str) -> None:
    """Between a process and the one before it."""
    line = {"arrowstyle": head, "color": colour, "linestyle": ":" if head == "-" else "-", "linewidth": 1.5}
    ax.annotate("", (number + 0.04, height), (number - 0.34, height), arrowprops=line)
    ax.text(number - 0.15, height + 0.02, words, ha="center", va="bottom", fontsize=8, color=colour)
