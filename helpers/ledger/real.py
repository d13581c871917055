"""Whether real weights have been measured yet, for the README's first screen. Standard library only."""

from __future__ import annotations

from pathlib import Path

from helpers.ledger.comparing import MAIN_METRIC
from helpers.ledger.report import number
from helpers.ledger.tables import METRICS, MODELS, TITLES, Scores, ends, machine, recorded
from helpers.runs import Run

NOTEBOOK = "notebooks/extra/train_smollm.ipynb"
MISSING = (
    "**Real weights: not measured yet.** Every result below is the tiny model's. With a GPU you can "
    f"contribute the first record of a real one: [one notebook]({NOTEBOOK}), one click on Colab, trains "
    "SmolLM-135M on real data and packs it.\n"
)


def real_weights(folder: Path | None = None) -> str:
    """A line for each recorded real model and task, and what is missing; that nothing is measured, if so."""
    models = [model for model in MODELS if model != "tiny"]
    groups = {(model, task): recorded(task, folder, model) for model in models for task in METRICS}
    if not any(groups.values()):
        return MISSING
    lines = [_line(model, task, found) for (model, task), found in groups.items() if found]
    missing = [_name(*key) for key, found in groups.items() if not found]
    told = f"Not measured yet: {', '.join(missing)}; [one notebook]({NOTEBOOK}) makes such a record."
    return "\n".join(["**Real weights:**", "", *lines, *(["", told] if missing else [])]) + "\n"


def _name(model: str, task: str) -> str:
    return f"{MODELS[model]} on {TITLES[task].lower()}"


def _line(model: str, task: str, found: list[Run]) -> str:
    metric, scores = MAIN_METRIC[task], Scores(found, "test")
    before, after = (number(scores.mean(metric, when), "") for when in ("before", "after"))
    data = "real data" if found[0].real_data else "the workbook's data"
    return (
        f"- {_name(model, task)}, {data}: {METRICS[task][metric]} {before} before, {after} after "
        f"({ends(scores.change(metric))}), {found[0].record['steps']} steps, "
        f"{len(found)} seed{'s' * (len(found) > 1)}, on {machine(found[0])}"
    )
