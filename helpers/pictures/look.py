"""The one look of all pictures, and how a picture reaches the notebook together with its alt text.

The Okabe-Ito palette is safe for colour-blind readers, and lines differ in their dashes too.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes

BLUE, ORANGE, GREEN, PINK, SKY, RED, YELLOW, BLACK = (  # Okabe & Ito (2008), the dark ones first
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000",
)
PALETTE = (BLUE, ORANGE, GREEN, PINK, SKY, RED)
SIZE, DPI = (5.0, 3.0), 72
UNITS = {
    "reward": "reward",
    "length": "length (tokens)",
    "length_chars": "length (characters)",
    "entropy": "entropy (nats a token)",
    "grad_norm": "gradient norm",
    "seconds": "seconds a step",
}
_LOOK = {
    "figure.figsize": SIZE,
    "figure.dpi": DPI,
    "figure.constrained_layout.use": True,
    "axes.prop_cycle": cycler(color=PALETTE) + cycler(linestyle=["-", "--", "-.", ":", "-", "--"]),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#E5E5E5",
    "axes.axisbelow": True,
    "font.size": 10,
    "axes.titlesize": 10,
    "legend.fontsize": 9,
    "legend.frameon": False,
}


@contextmanager
def style() -> Iterator[None]:
    """The workbook's look, for a picture of your own: `with style(): …`, or `@style()` above a function."""
    with plt.rc_context(_LOOK):
        yield
        interactive = plt.isinteractive()
    if interactive:  # Jupyter's backend wakes up with the first figure: rc_context would put it back to sleep
        plt.ion()


def show(axes: Any, text: str) -> None:
    """Display the figure of `axes` (one Axes or an array of them) with `text` as its alt text; close it.

    HTML exports and VS Code read the alt text from the output's metadata. JupyterLab and GitHub ignore that,
    so the same words stand below the picture as its caption.
    """
    from IPython.display import Markdown, display

    figure = np.ravel(np.asarray(axes, dtype=object))[0].figure
    display(figure, metadata={"image/png": {"alt": text, "vscode_altText": text}})
    display(Markdown(f"*{text}*"))
    plt.close(figure)


def legend(ax: Axes) -> Axes:
    """`ax` with a legend, if anything on it has a label."""
    if ax.get_legend_handles_labels()[1]:
        ax.legend()
    return ax


def short(text: str, width: int = 28) -> str:
    """The start of `text` on one line, safe from mathtext: a pair of dollars would start it."""
    line = " ".join(text.split()).replace("$", r"\$")
    return line if len(line) <= width else line[: width - 1] + "…"


def axis_label(name: str) -> str:
    """What to write on the axis of a curve's column, with its unit where it has one."""
    return UNITS.get(name, re.sub(r"_mean$", "", name).replace("_", " "))
