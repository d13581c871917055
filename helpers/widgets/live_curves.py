"""The small curves of the live view: one figure that is drawn again and again, cheaply, into PNG bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter
from PIL import Image

from helpers.pictures.look import DPI, PALETTE, short, style
from helpers.widgets.live_state import LiveState

WIDTH, HEIGHT = 840, 190  # pixels
PLACES = ((0.045, 0.21), (0.315, 0.12), (0.495, 0.12), (0.675, 0.12), (0.855, 0.125))  # left, width
EDGES = (0, 0.272, 0.453, 0.635, 0.815, 1)  # where one panel's part of the picture ends and the next begins
DASHES = ("-", "--", "-.", ":")
TIGHT = {"fontsize": 7.5, "handlelength": 1.5, "columnspacing": 0.7, "handletextpad": 0.3, "borderpad": 0.1}


def panels(state: LiveState) -> dict[str, dict[str, str]]:
    """Title with unit -> the lines in that panel, column -> name. A lone line needs no name."""
    columns = state.columns()
    names = list(columns)
    rewards = {column: columns[column] for column in names[: names.index("reward_std")]}
    return {
        "reward": rewards,
        "spread of the reward": {"reward_std": ""},
        "length (tokens)": {"length": ""},
        "entropy (nats a token)": {"entropy": ""},
        "shares": {"dead_groups": "dead", "truncated": "cut"},
    }


class Curves:
    """Five panels: reward with its parts, spread, length, entropy, shares of dead groups and truncation.

    A panel's frame and numbers are drawn anew when a value leaves it; otherwise only the lines are.
    """

    @style()
    def __init__(self, state: LiveState) -> None:
        self.lines: dict[str, Line2D] = {}
        self.background: Any = None
        self.figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, layout="none")
        self.canvas = FigureCanvasAgg(self.figure)
        self.axes = [
            self._panel(place, title, names, state.total)
            for place, (title, names) in zip(PLACES, panels(state).items(), strict=True)
        ]
        self.axes[-1].set_ylim(-0.03, 1.03)
        self.axes[-1].yaxis.set_major_formatter(PercentFormatter(1.0))

    def draw(self, state: LiveState) -> bytes:
        """The curves so far, as a PNG."""
        for column, line in self.lines.items():
            line.set_data(*state.series(column))
        grown = [_fit(ax, [value for line in ax.lines for value in line.get_ydata()]) for ax in self.axes]
        self._frames(grown)
        for line in self.lines.values():
            line.axes.draw_artist(line)
        stream = io.BytesIO()
        Image.fromarray(np.asarray(self.canvas.buffer_rgba())[:, :, :3]).save(stream, "png", compress_level=1)
        return stream.getvalue()

    def _frames(self, grown: Sequence[bool]) -> None:
        """All but the lines, which are animated: as before, but for the panels whose limits have grown."""
        if self.background is None:
            self.canvas.draw()
            grown = [True]
        else:
            self.canvas.restore_region(self.background)
            pixels, renderer = np.asarray(self.canvas.buffer_rgba()), self.canvas.get_renderer()
            for ax, left, right, new in zip(self.axes, EDGES[:-1], EDGES[1:], grown, strict=True):
                if new:
                    pixels[:, round(left * WIDTH) : round(right * WIDTH)] = 255
                    ax.draw(renderer)
        if any(grown):
            self.background = self.canvas.copy_from_bbox(self.figure.bbox)

    def _panel(self, place: tuple[float, float], title: str, names: Mapping[str, str], total: int) -> Axes:
        ax = self.figure.add_axes([place[0], 0.2, place[1], 0.64])
        ax.tick_params(labelsize=8, length=2)
        ax.set(xlim=(0, max(1, total)), xticks=[0, total])
        ax.set_xlabel("step", fontsize=8, labelpad=-8)
        ax.yaxis.set_major_locator(MaxNLocator(3))
        for i, (column, name) in enumerate(names.items()):
            look = {"color": PALETTE[i % len(PALETTE)], "ls": DASHES[i % len(DASHES)], "lw": 1.6 if i else 2}
            (self.lines[column],) = ax.plot([], [], label=short(name, 14), animated=True, **look)
        if len(names) == 1:
            ax.set_title(title, fontsize=9, pad=4)
        else:
            ax.legend(loc="lower center", bbox_to_anchor=(0.5, 0.98), ncol=3, **TIGHT)
        return ax


def _fit(ax: Axes, values: Sequence[float]) -> bool:
    """Whether the limits had to grow to hold the values; they grow with air to spare, and never shrink."""
    if not values:
        return False
    low, high = min(values), max(values)
    bottom, top = (high, low) if ax.get_autoscaley_on() else ax.get_ylim()  # on: nothing drawn yet
    if bottom <= low and high <= top and bottom < top:
        return False
    air = 0.25 * (max(high, top) - min(low, bottom)) or 0.1 * abs(high) or 0.1
    ax.set_ylim(low - air if low <= bottom else bottom, high + air if high >= top else top)
    return True
