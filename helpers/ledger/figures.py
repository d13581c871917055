"""The picture of the recorded runs: its data, the line that shows it, its file. Standard library only.

The file's name holds a digest of the numbers in the picture (`helpers.pictures.recorded` draws it), so new
records make a new name, and `report --check` sees an old picture as it sees an old table.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from helpers import runs
from helpers.ledger.report import number
from helpers.ledger.tables import NOTHING, recorded

PLACE = "docs/pictures"
WINDOW = 5
# task -> column of the curve -> what it is called in the picture, and the sign that makes it that
SHOWN = {
    "math": {
        "reward_accuracy_mean": ("right answers (share)", 1),
        "reward_format_mean": ("format kept (share)", 1),
    },
    "tldr": {"reward_len_mean": ("distance from 50 characters", -1)},
}
Curves = dict[str, dict[str, list[list[float]]]]


def curves(folder: Path | None = None) -> Curves:
    """task -> label -> for each seed its curve: at each step the mean of the last five. Empty: no records."""
    found: Curves = {}
    for task, columns in SHOWN.items():
        rows = [run.curve for run in recorded(task, folder)]
        rows = [curve for curve in rows if curve and columns.keys() <= curve[0].keys()]
        if rows:
            found[task] = {
                label: [_smooth([sign * row[name] for row in curve]) for curve in rows]
                for name, (label, sign) in columns.items()
            }
    return found


def _smooth(values: list[float]) -> list[float]:
    parts = [values[max(0, end - WINDOW) : end] for end in range(1, len(values) + 1)]
    return [round(sum(part) / len(part), 6) for part in parts]


def name_of(found: Curves) -> str:
    """The picture's file, from the workbook's folder."""
    digest = hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:10]
    return f"{PLACE}/training-{digest}.png"


def training(folder: Path | None = None) -> str:
    """The picture as a line of Markdown, what it shows in its alt text, and its origin below."""
    found = curves(folder)
    if not found:
        return NOTHING + "\n"
    told = []
    for task in found.values():
        for label, each in task.items():
            first, last = (sum(curve[at] for curve in each) / len(each) for at in (0, -1))
            steps = len(each[0])
            told.append(f"{label} goes from {number(first, '')} to {number(last, '')} in {steps} steps")
    seeds = max(len(each) for task in found.values() for each in task.values())
    alt = f"Two pictures of training, {seeds} seeds each: {'; '.join(told)}."
    caption = (
        f"*Training prompts, step by step: the line is the mean over {seeds} seeds, the band reaches from "
        f"the lowest to the highest, each a mean of {WINDOW} steps.*"
    )
    return f"![{alt}]({name_of(found)})\n\n{caption}\n"


def missing(root: Path | None = None, folder: Path | None = None) -> list[str]:
    """A line when the picture of the records as they are has not been drawn; none when it has."""
    found = curves(folder)
    if not found or ((root or runs.ROOT) / name_of(found)).is_file():
        return []
    return [f"{name_of(found)} is not drawn yet: `python -m helpers report --fill` draws it"]
