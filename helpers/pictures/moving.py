"""A picture of what moves between the processes of a training, and what stays where it is."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from helpers.pictures.look import BLUE, GREEN, ORANGE, RED, style

ROOMS = (  # what each process holds, the colour of its box; what travels, and in which colour
    ("weights: a copy", "#FBF0DA", "nothing", ORANGE),
    ("prompts: its share", "#FBF0DA", "nothing", ORANGE),
    ("completions: its own", "#FBF0DA", "nothing", ORANGE),
    ("rewards: of its own", "#E2F3EC", "all rewards", GREEN),
    ("gradients: of its own", "#DCEBF5", "mean of all", BLUE),
)


@style()
def moving(processes: int = 2) -> Axes:
    """Boxes for `processes` (2 to 4) and arrows for what they exchange in each step; the Axes."""
    if not 2 <= processes <= 4:
        raise ValueError(f"processes={processes}: 2, 3 or 4 fit on the picture")
    _, ax = plt.subplots(figsize=(2.9 * processes + 1.2, 3.8))
    ax.set(xlim=(0, processes), ylim=(-0.05, 1.12))
    ax.axis("off")
    for number in range(processes):
        ax.text(number + 0.35, 1.02, f"process {number}", ha="center", weight="bold")
        for place, (words, fill, travels, colour) in enumerate(ROOMS):
            height = 0.88 - 0.2 * place
            box = {"boxstyle": "round,pad=0.5", "facecolor": fill, "edgecolor": "#888888"}
            ax.text(number + 0.35, height, words, ha="center", va="center", bbox=box)
            if number:
                _arrow(ax, number, height, travels, colour, "-" if travels == "nothing" else "<->")
    ax.text(0.35, -0.07, "writes the run's folder", ha="center", color=RED)
    return ax


def _arrow(ax: Axes, number: int, height: float, words: str, colour: str, head: str) -> None:
    """Between a process and the one before it."""
    line = {"arrowstyle": head, "color": colour, "linestyle": ":" if head == "-" else "-", "linewidth": 1.5}
    ax.annotate("", (number + 0.04, height), (number - 0.34, height), arrowprops=line)
    ax.text(number - 0.15, height + 0.02, words, ha="center", va="bottom", fontsize=8, color=colour)
