"""The widgets of the live view, and how its state gets into them."""

from __future__ import annotations

import io

import ipywidgets as widgets
from PIL import Image

from helpers.widgets.live_curves import WIDTH
from helpers.widgets.live_html import group_html, numbers_html, status_html, watched_html
from helpers.widgets.live_state import LiveState

HALF = {"flex": "1 1 400px", "min_width": "0", "max_height": "300px", "overflow": "auto"}
COLOURS = {"running": "info", "finished": "success", "interrupted": "warning", "failed": "danger"}


class Box:
    """Bar and time, numbers, curves, the latest group and the watched prompt, last words. Show `root`."""

    def __init__(self, state: LiveState, watches: bool) -> None:
        self.bar = widgets.IntProgress(max=max(1, state.total), layout={"width": "300px"})
        self.time = widgets.Label(state.time(0))
        self.numbers = widgets.HTML()
        size = {"width": f"{WIDTH}px", "height": "auto", "max_width": "calc(100% - 4px)"}
        self.curves = widgets.Image(format="png", value=_blank(), layout=size)
        self.group = widgets.HTML(layout=HALF)
        self.watched = widgets.HTML(layout=HALF)
        self.status = widgets.HTML()
        parts = ("bar", "time", "numbers", "curves", "group", "watched", "status")
        for name in parts:
            getattr(self, name).add_class(f"t-live-{name}")
        texts = [self.group, self.watched] if watches else [self.group]
        self.root = widgets.VBox(
            [
                widgets.HBox([self.bar, self.time]),
                self.numbers,
                self.curves,
                widgets.HBox(texts, layout={"flex_flow": "row wrap"}),
                self.status,
            ]
        )
        self.root.add_class("t-live")
        self.show_watched(state)
        self.show(state, 0.0)

    def show(self, state: LiveState, seconds: float) -> None:
        """Bar, time, numbers, the latest group and the last words."""
        self.bar.value, self.bar.bar_style = state.done, COLOURS[state.status]
        self.time.value = state.time(seconds)
        self.numbers.value = numbers_html(state)
        self.group.value = group_html(state)
        self.status.value = status_html(state)

    def show_watched(self, state: LiveState) -> None:
        """The watched prompt."""
        self.watched.value = watched_html(state)


def _blank() -> bytes:
    """One white pixel: no broken picture before the first step."""
    stream = io.BytesIO()
    Image.new("RGB", (1, 1), "white").save(stream, "png")
    return stream.getvalue()
