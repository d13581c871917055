"""The before/after table of each task, as text and as JSON. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helpers import runs
from helpers.errors import WorkbookError
from helpers.files import write_json
from helpers.runs import Run, list_runs, portable

TASKS = ("tldr", "math")
SHOWN = (
    "accuracy",
    "accuracy_greedy",
    "format",
    "pass_at_8",
    "length_tokens",
    "worked",
    "accuracy_worked",
    "accuracy_guess",
    "length_worked",
    "length_error_chars",
    "within_10_chars",
    "rouge_l",
    "length_chars",
    "distinct",
)


def metrics_of(result: Mapping[str, Any]) -> dict[str, dict[str, float | int | None]]:
    """The metrics of an evaluation, without its settings, rivals and gain."""
    return {name: entry for name, entry in result.items() if isinstance(entry, dict) and "ci_low" in entry}


def measured(task: str, model: str = "tiny", split: str = "test") -> Run | None:
    """The reader's newest finished, evaluated run, else the shipped one of lowest seed, else None."""
    own, shipped = list_runs(), sorted(list_runs(runs.SHIPPED), key=lambda run: run.seed)
    for run in [*own, *shipped]:
        if (
            run.finished
            and (run.task, run.model) == (task, model)
            and split in run.record.get("evaluation", {})
        ):
            return run
    return None


def lines(result: Mapping[str, Any]) -> list[str]:
    """An evaluation as aligned lines of text; "inconclusive" where the interval holds zero."""
    metrics = metrics_of(result)
    table = [f"{'metric':<20}{'before':>9}{'after':>9}{'change':>9}   95 % interval"]
    for name in [name for name in SHOWN if name in metrics]:
        entry = metrics[name]
        numbers = [number(entry[key], sign) for key, sign in (("before", ""), ("after", ""), ("diff", "+"))]
        table.append(f"{name:<20}{numbers[0]:>9}{numbers[1]:>9}{numbers[2]:>9}   {interval(entry)}")
    if "gain" in result:
        gain = result["gain"]
        table.append(
            f"of {gain['total']:+.3f} in accuracy, {gain['switching']:+.3f} is switching from guessing to "
            f"working and {gain['working_better']:+.3f} answering better within each way"
        )
    for name, rival in result.get("rivals", {}).items():
        shown = ", ".join(
            f"{key} {number(rival[key], '')}"
            for key in rival
            if key not in ("diff", "ci_low", "ci_high", "n")
        )
        table.append(f"rival {name}: {shown}")
    return table


def report(model: str = "tiny", split: str = "test", file: str | Path | None = None) -> str:
    """The table of every task with an evaluated run; `file` gets it as JSON. WorkbookError if none."""
    parts, numbers = [], {}
    for task in TASKS:
        run = measured(task, model, split)
        if run is None:
            continue
        result = run.record["evaluation"][split]
        numbers[task] = metrics_of(result)
        settings = result.get("settings", {})
        parts += [
            f"{task} ({run.label}: {portable(run.path)}, seed {run.seed}, {settings.get('n', '?')} prompts "
            f"of split {split!r})",
            *lines(result),
            "",
        ]
    if not numbers:
        raise WorkbookError(
            f"no evaluated run of model {model!r} on split {split!r}: train one and measure it with "
            "`python -m helpers evaluate RUN`"
        )
    if file is not None:
        _write(Path(file), numbers)
    return "\n".join(parts).rstrip()


def _write(path: Path, numbers: dict[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, numbers)
    except OSError as error:
        raise WorkbookError(
            f"cannot write {str(path)!r} ({error.strerror}): choose another --json FILE"
        ) from error


def number(value: float | None, sign: str) -> str:
    """A metric as text: three decimals, one from 10 up, a dash for None. sign: "+" to always show one."""
    if value is None:
        return "-"
    return f"{value:{sign}.1f}" if abs(value) >= 10 else f"{value:{sign}.3f}"


def interval(entry: Mapping[str, Any]) -> str:
    """The 95 % interval of a metric's change; "inconclusive" when it holds zero."""
    low, high = entry["ci_low"], entry["ci_high"]
    if low is None or high is None:
        return "not measured"
    return f"[{number(low, '+')}, {number(high, '+')}]" + ("  inconclusive" if low <= 0 <= high else "")
