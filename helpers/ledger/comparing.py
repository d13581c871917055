"""The tables that hold GRPO against its rivals, and rewards against each other. Standard library only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from helpers import runs
from helpers.files import read_json
from helpers.ledger.report import number
from helpers.ledger.tables import (
    ABLATED,
    METHODS,
    METRICS,
    NOT_MEASURED,
    NOTHING,
    SPLITS,
    TITLES,
    Scores,
    commit,
    drawn,
    ends,
    judged,
    machine,
    measured,
    recorded,
    row,
    seconds,
    series,
)
from helpers.runs import Run

MAIN_METRIC = {"math": "accuracy", "tldr": "length_error_chars"}


def methods(task: str, folder: Path | None = None) -> dict[str, list[Run]]:
    """The recorded runs of each method on a task."""
    found = {method: series(f"{task}-{method}", folder) for method in METHODS if method != "grpo"}
    return {**found, "grpo": recorded(task, folder)}


def baselines(task: str, folder: Path | None = None) -> str:
    """Base model, SFT on gold, rejection sampling and GRPO on the same prompts, and what each cost."""
    groups = methods(task, folder)
    if not groups["grpo"]:
        return NOTHING + "\n"
    rivals = [method for method in METHODS if method != "grpo"]
    head = [TITLES[task], "base", *METHODS.values(), *(f"GRPO - {METHODS[rival]}" for rival in rivals)]
    table = [row(head), row(["---"] * len(head))]
    for split in SPLITS:
        scores = {method: Scores(found, split) for method, found in groups.items()}
        for name, label in METRICS[task].items():
            grpo = scores["grpo"]
            cells = [number(grpo.mean(name, "before"), "")]
            cells += [
                number(one.mean(name), "") if one.has(name) else NOT_MEASURED for one in scores.values()
            ]
            for rival in rivals:
                known = scores[rival].has(name)
                cells.append(ends(grpo.over(scores[rival], name)) if known else NOT_MEASURED)
            table.append(row([f"{split}: {label}", *cells]))
    for label, tell in COSTS.items():
        cells = [tell(found) if found else NOT_MEASURED for found in groups.values()]
        table.append(row([label, "0" if label in ZERO else "", *cells, *[""] * len(rivals)]))
    return "\n".join(table) + "\n\n" + _origins(groups.values())


def _origins(groups: Iterable[list[Run]]) -> str:
    """What stands below a table of several series: every machine and commit that is in it."""
    found = [run for group in groups for run in group]
    seeds = ", ".join(dict.fromkeys(str(run.seed) for run in sorted(found, key=lambda run: run.seed)))
    places = "; and ".join(dict.fromkeys(machine(run) for run in found))
    commits = " / ".join(dict.fromkeys(commit(run) for run in found))
    return f"*Seeds {seeds}, on {places}; commit {commits}. {measured(found)}*\n"


def _same(values: Sequence[object]) -> str:
    return " / ".join(dict.fromkeys(map(str, values)))


ZERO = ("completions drawn", "gradient steps")
COSTS: dict[str, Callable[[list[Run]], str]] = {
    "completions drawn": lambda found: _same([drawn(run) for run in found]),
    "rows fine-tuned on": lambda found: " / ".join(
        str(run.record["rows"]) for run in found if "rows" in run.record
    ),
    "gradient steps": lambda found: _same([run.record["steps"] for run in found]),
    "learning rate": lambda found: _same([f"{run.record['config']['learning_rate']:g}" for run in found]),
    "seconds (drawing included)": lambda found: f"{seconds(found):.0f}",
    "seeds": lambda found: str(len(found)),
}


def ablations(task: str, folder: Path | None = None) -> str:
    """GRPO with other rewards: what each makes of every metric, and what of it is change."""
    groups = {label: series(name, folder) for name, label in ABLATED[task].items()}
    first = next((found for found in groups.values() if found), None)
    if first is None:
        return NOTHING + "\n"
    head = [f"{TITLES[task]}: reward", "base", *groups]
    table = [row(head), row(["---"] * len(head))]
    for split in SPLITS:
        scores = {label: Scores(found, split) for label, found in groups.items()}
        base = Scores(first, split)
        for name, label in METRICS[task].items():
            cells = [
                f"{number(one.mean(name), '')}, {ends(one.change(name))}" if one.has(name) else NOT_MEASURED
                for one in scores.values()
            ]
            table.append(row([f"{split}: {label}", number(base.mean(name, "before"), ""), *cells]))
    table.append(row(["seeds", "", *(str(len(found)) for found in groups.values())]))
    return "\n".join(table) + "\n\n" + _origins(groups.values())


def sweep(task: str, folder: Path | None = None) -> str:
    """Which learning rates were tried for each method, on the validation split, and which was best."""
    path = (folder or runs.SHIPPED) / "baselines" / "sweep.json"
    found = read_json(path) if path.is_file() else {}
    found = {method: found[f"{task}-{method}"] for method in METHODS if f"{task}-{method}" in found}
    if not found:
        return NOTHING + "\n"
    rates = sorted({point["learning_rate"] for one in found.values() for point in one["points"]})
    head = [f"{TITLES[task]}: learning rate", *(f"{rate:g}" for rate in rates)]
    table = [row(head), row(["---"] * len(head))]
    for method, one in found.items():
        paid = {point["learning_rate"]: number(point["reward"], "") for point in one["points"]}
        paid[one["learning_rate"]] = f"**{paid[one['learning_rate']]}**"
        table.append(row([METHODS[method], *(paid.get(rate, NOT_MEASURED) for rate in rates)]))
    one = next(iter(found.values()))
    note = f"{one['criterion']} on {one['prompts']} validation prompts, {one['samples']} samples each"
    return "\n".join(table) + f"\n\n*{note}; training seed {one['seed']}, {one['steps']} steps.*\n"


def worth(task: str, folder: Path | None = None) -> str:
    """What GRPO added over its rivals, a line a split and rival, whichever way it came out."""
    groups = methods(task, folder)
    lines = []
    for split in SPLITS if groups["grpo"] else ():
        grpo, name = Scores(groups["grpo"], split), MAIN_METRIC[task]
        for rival in ("sft", "rejection"):
            other = Scores(groups[rival], split)
            if not other.has(name):
                lines.append(f"- {split}, {METRICS[task][name]}, against {METHODS[rival]}: {NOT_MEASURED}.")
                continue
            found = grpo.over(other, name)
            lines.append(
                f"- {split}, {METRICS[task][name]}: GRPO {number(grpo.mean(name), '')}, {METHODS[rival]} "
                f"{number(other.mean(name), '')}; difference {number(found.mean, '+')} "
                f"[{number(found.low, '+')}, {number(found.high, '+')}]: **{judged(name, found)}**."
            )
    return "\n".join(lines) + "\n" if lines else NOTHING + "\n"
