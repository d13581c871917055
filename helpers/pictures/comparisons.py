"""Pictures that hold methods, rewards or groups of prompts against each other: numbers in, Axes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from helpers.pictures.look import BLACK, BLUE, GREEN, ORANGE, PALETTE, SIZE, SKY, style

COLORS = {
    "base": SKY, "before": SKY, "after": BLUE,
    "SFT on gold": ORANGE, "rejection sampling": GREEN, "GRPO": BLUE,
}  # fmt: skip
HATCHES = ("", "//", "..", "xx", "\\\\", "++")


@style()
def grouped_bars(
    values: Mapping[str, Mapping[str, float]], ylabel: str, *, digits: int = 2, ax: Axes | None = None
) -> Axes:
    """Bars by group and series: {"base": {"test": 0.3, "far": 0.0}, "GRPO": {…}}.

    Hatches tell the series apart, too. A group that a series lacks has no bar there. Where there are few
    bars, their numbers stand above them.
    """
    groups = list(dict.fromkeys(group for series in values.values() for group in series))
    size = max(SIZE[0], 0.75 * len(groups) + 1), SIZE[1]
    ax = plt.subplots(figsize=size)[1] if ax is None else ax
    places, width = np.arange(len(groups)), 0.8 / len(values)
    for number, (name, series) in enumerate(values.items()):
        heights = [series.get(group, np.nan) for group in groups]
        color = COLORS.get(name, PALETTE[number % len(PALETTE)])
        at = places + (number - (len(values) - 1) / 2) * width
        bars = ax.bar(at, heights, width, color=color, hatch=HATCHES[number], edgecolor="white", label=name)
        if len(groups) * len(values) <= 8:
            texts = ["" if np.isnan(height) else f"{height:.{digits}f}" for height in heights]
            ax.bar_label(bars, texts, padding=2, fontsize=8)
    long = max(map(len, groups)) > 8 and len(groups) > 3
    ax.set_xticks(places, groups, rotation=30 if long else 0, ha="right" if long else "center")
    ax.set_ylabel(ylabel)
    ax.margins(y=0.12)
    ax.grid(axis="x", visible=False)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.2), ncols=len(values))
    return ax


@style()
def forest(
    intervals: Mapping[str, Sequence[float]], xlabel: str, *, ax: Axes | None = None
) -> Axes:
    """Differences with their 95 % intervals, one a line, against zero: {"name": (mean, low, high), …}.

    Where the interval holds zero the dot is empty: inconclusive.
    """
    ax = plt.subplots(figsize=(SIZE[0], 0.4 * len(intervals) + 1.1))[1] if ax is None else ax
    for place, (mean, low, high) in enumerate(intervals.values()):
        clear = low > 0 or high < 0
        ax.plot([low, high], [place, place], "-", color=BLUE, lw=2)
        ax.plot([mean], [place], "o", color=BLUE, mfc=BLUE if clear else "white", ms=7)
    ax.axvline(0, color=BLACK, lw=1, ls="--")
    ax.set_yticks(range(len(intervals)), list(intervals))
    ax.set_ylim(len(intervals) - 0.5, -0.5)
    ax.set_xlabel(xlabel)
    ax.grid(axis="y", visible=False)
    return ax
