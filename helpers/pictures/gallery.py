"""Recorded completions side by side: the base model's and those of each trained one, to the same prompt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from helpers.errors import WorkbookError
from helpers.rows import read_pairs
from helpers.runs import Run

Entry = dict[str, Any]


def side_by_side(found: Mapping[str, Run], split: str) -> list[Entry]:
    """One dict a prompt: "row" in its split, "base", and a completion under the name of each run.

    Each is the first of the eight that were sampled, not the best of them. Raises WorkbookError where a run
    kept none, or where runs do not share a base model's completions.
    """
    kept = {name: read_pairs(run.path, split) for name, run in found.items()}
    first = next(iter(kept.values()))
    for name, pairs in kept.items():
        if [(pair["row"], pair["before"]) for pair in pairs] != [(p["row"], p["before"]) for p in first]:
            raise WorkbookError(f"{name} answered other prompts, or from another base: measure it again")
    return [
        {"row": pair["row"], "base": pair["before"], **{name: kept[name][i]["after"] for name in kept}}
        for i, pair in enumerate(first)
    ]


def pick(entries: Sequence[Entry], name: str, score: Callable[[int, str], float]) -> dict[str, Entry]:
    """The best and the worst completion of the run `name`, and the one whose score rose or fell the most.

    score: (row, text) -> how good. Ties go to the first row.
    """

    def after(entry: Entry) -> float:
        return score(entry["row"], entry[name])

    def moved(entry: Entry) -> float:
        return abs(after(entry) - score(entry["row"], entry["base"]))

    return {
        "best": max(entries, key=after),
        "worst": min(entries, key=after),
        "most changed": max(entries, key=moved),
    }


def as_text(title: str, entry: Entry, prompt: str) -> str:
    """An entry as plain lines, the prompt shortened to its end."""
    lines = [f"{title}: {' '.join(prompt.split())[-160:]}"]
    lines += [f"  {name:>18}: {' '.join(text.split())}" for name, text in entry.items() if name != "row"]
    return "\n".join(lines)
