"""Where a picture and text go on a page: core widgets, found by their CSS class."""

from __future__ import annotations

import io

import ipywidgets as widgets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from helpers.pictures.look import DPI, style

WIDTH = 820  # pixels: on a screen of 1280 with the file browser open, a cell's output has 846
HALF = WIDTH // 2


class Picture:
    """A PNG widget whose one Figure, with one Axes `ax`, is drawn on again and again: `send` shows it.

    Making a new figure for each move would take several times as long; so would clearing the axes.
    """

    def __init__(self, name: str, width: int, height: int, **margins: float) -> None:
        with style():
            self.figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, layout="none")
            FigureCanvasAgg(self.figure)
            self.ax = self.figure.subplots()
            self.figure.subplots_adjust(**margins)
        self.widget = widgets.Image(format="png", layout={"width": f"{width}px", "height": f"{height}px"})
        self.widget.add_class(name)

    def send(self) -> None:
        """Draw the figure and put it on the page."""
        with style(), io.BytesIO() as file:
            self.figure.canvas.print_png(file, pil_kwargs={"compress_level": 1})
            self.widget.value = file.getvalue()


def html(name: str, width: int = WIDTH) -> widgets.HTML:
    """A place for text."""
    made = widgets.HTML(layout={"width": f"{width}px", "overflow": "auto"})
    made.add_class(name)
    return made


def says(text: str) -> str:
    """A sentence or two, as HTML."""
    return f'<div style="line-height:1.5;max-width:{WIDTH - 20}px">{text}</div>'
