"""A picture of texts token by token, coloured by how much training changed each token's probability."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_hex
from matplotlib.patches import Rectangle

from helpers.pictures.look import BLUE, ORANGE, RED, SKY, style

FULL_NATS = 3.0  # the colour is full where a token became 20 times as likely, or a twentieth
SAME_NATS = 0.1  # nothing is marked where a token is about as likely as before
COLUMNS, CHAR_INCHES, ROW_INCHES = 92, 0.082, 0.27
# Light enough at both ends for black letters; blue and orange differ for colour-blind readers too.
SCALE = LinearSegmentedColormap.from_list("change", [ORANGE, "#F9E0AE", "#FFFFFF", "#BFE0F5", SKY], N=257)


def tint(nats: float) -> str:
    """The background colour of a token whose log-probability changed by so many nats, as #RRGGBB."""
    return to_hex(SCALE((np.clip(nats, -FULL_NATS, FULL_NATS) + FULL_NATS) / (2 * FULL_NATS)))


@style()
def token_strips(
    texts: Sequence[Sequence[str]], changes: Sequence[Sequence[float]], labels: Sequence[str] | None = None
) -> Axes:
    """Texts as rows of tokens on a tint of their change of log-probability, in nats.

    texts, changes: for each text its tokens and their changes. labels: what stands before each text. A line
    under a token says that it became likelier, dots that it became less likely.
    """
    labels = labels or [""] * len(texts)
    boxes = [_lines(tokens, change) for tokens, change in zip(texts, changes, strict=True)]
    rows = sum(map(len, boxes))
    room = max(map(len, labels), default=0) + 1
    size = (COLUMNS + room) * CHAR_INCHES, max(rows, 1) * ROW_INCHES + 0.75
    ax = plt.subplots(figsize=size)[1]
    row = 0
    for label, lines in zip(labels, boxes, strict=True):
        ax.text(-1, row + 0.5, _plain(label), ha="right", va="center", fontsize=9, family="monospace")
        for line in lines:
            for start, text, change in line:
                _box(ax, start, row, text, change)
            row += 1
    ax.set(xlim=(-room, COLUMNS), ylim=(max(rows, 1), 0))
    ax.axis("off")
    colors = plt.cm.ScalarMappable(Normalize(-FULL_NATS, FULL_NATS), SCALE)
    bar = ax.figure.colorbar(
        colors, ax=ax, location="bottom", aspect=60, shrink=0.6, fraction=0.3 / size[1], pad=0.01
    )
    bar.set_label("change of log-probability (nats): underlined = likelier, dotted = less likely", fontsize=9)
    return ax


def _lines(tokens: Sequence[str], changes: Sequence[float]) -> list[list[tuple[int, str, float]]]:
    """Tokens laid out in lines of COLUMNS characters: (first column, text, change) of each."""
    lines: list[list[tuple[int, str, float]]] = [[]]
    column = 0
    for token, change in zip(tokens, changes, strict=True):
        text = token.replace("\n", "↵").replace("\t", "→").replace("\r", "↵")[:COLUMNS] or "▯"
        if column + len(text) > COLUMNS:
            lines.append([])
            column = 0
        lines[-1].append((column, text, change))
        column += len(text)
    return lines


def _box(ax: Axes, start: int, row: int, text: str, change: float) -> None:
    width = len(text)
    ax.add_patch(
        Rectangle((start, row + 0.06), width, 0.84, facecolor=tint(change), edgecolor="white", lw=0.8)
    )
    for place, letter in enumerate(text):
        middle = start + place + 0.5, row + 0.47
        ax.text(*middle, _plain(letter), ha="center", va="center", fontsize=9, family="monospace")
    if abs(change) >= SAME_NATS:
        color, dashes = (BLUE, "-") if change > 0 else (RED, ":")
        ax.plot([start + 0.1, start + width - 0.1], [row + 0.86] * 2, color=color, ls=dashes, lw=1.6)


def _plain(text: str) -> str:
    """Safe from mathtext."""
    return text.replace("$", r"\$")
