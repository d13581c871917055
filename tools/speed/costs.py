"""From the GPU bench's measurements to its table: medians, shares of the card's limit, what a run costs."""

import statistics
from typing import Any

from speed.layouts import COURSE, Setting, run_hours

from helpers.costs import EPOCHS, ROWS

Measured = dict[str, dict[str, Any]]


def said(got: dict[str, Any]) -> str:
    """One measurement in a few words."""
    if "failed" in got:
        return got["failed"]
    names = ("tflops", "completions_per_s", "tokens_per_s", "peak_memory_gb")
    return ", ".join(f"{got[name]:,} {name}" for name in names if name in got)


def merged(measured: Measured) -> list[dict[str, Any]]:
    """A row for each part, model, task and setting: the median of its rounds, or why there is none."""
    rounds: dict[tuple, list[dict[str, Any]]] = {}
    for one in measured.values():
        if one["setting"] is not None:
            setting = one["setting"]
            key = (one["part"], one["model"], setting["task"], setting["name"])
            rounds.setdefault(key, []).append(one)
    return [_row(*key, found, _limit(measured)) for key, found in rounds.items()]


def _limit(measured: Measured) -> float | None:
    return measured.get("limit", {}).get("tflops")


def _row(
    part: str, model: str, task: str, name: str, found: list[dict[str, Any]], tflops: float | None
) -> dict[str, Any]:
    row: dict[str, Any] = {"part": part, "model": model, "task": task, "setting": name}
    good = [one for one in found if "failed" not in one]
    if not good:
        return row | {"failed": found[0]["failed"]}
    row |= {"rounds": len(good), "peak_memory_gb": max(one["peak_memory_gb"] for one in good)}
    if part == "sampling":
        return row | {"tokens_per_s": statistics.median(one["tokens_per_s"] for one in good)}
    speed = statistics.median(one["completions_per_s"] for one in good)
    row["completions_per_s"] = round(speed, 3)
    if tflops:
        row["share_of_limit"] = round(speed * good[0]["tflop_a_completion"] / tflops, 4)
    if part == "cost":
        row["hours"] = round(run_hours(Setting(**good[0]["setting"]), speed), 4)
    return row


def headlines(measured: Measured) -> dict[str, Any]:
    """What the table says, as numbers: its rows, and how many times the course's speed each setting has."""
    rows = merged(measured)
    course = {
        row["model"]: row["completions_per_s"]
        for row in rows
        if (row["part"], row["setting"]) == ("compare", COURSE.name) and "failed" not in row
    }
    for row in rows:
        if row["part"] in ("compare", "tuning") and "failed" not in row and row["model"] in course:
            row["times_course"] = round(row["completions_per_s"] / course[row["model"]], 2)
    return {"limit_tflops": _limit(measured), "rows": rows}


def table(measured: Measured) -> str:
    """The results, a line each."""
    found = headlines(measured)
    lines = []
    if found["limit_tflops"]:
        kind = measured["limit"]["dtype"]
        lines.append(("a large product of matrices", f"{found['limit_tflops']:,.4g} TFLOP/s in {kind}"))
    for row in found["rows"]:
        name = f"{row['model']}, {row['setting']}"
        if row["part"] == "cost":
            name += f", the run on {row['task']} ({ROWS[row['task']]:,} rows x {EPOCHS} epochs)"
        lines.append((name, _words(row)))
    width = max((len(name) for name, _ in lines), default=0)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in lines) or "Nothing is measured yet."


def _words(row: dict[str, Any]) -> str:
    if "failed" in row:
        return f"not measured: {row['failed']}"
    words = [f"{row['hours']:.3g} hours"] if "hours" in row else []
    if "tokens_per_s" in row:
        words.append(f"{row['tokens_per_s']:,.0f} tokens sampled/s")
    else:
        words.append(f"{row['completions_per_s']:,.2f} completions/s")
    if "times_course" in row:
        words.append(f"{row['times_course']:.2f} x the course's")
    if "share_of_limit" in row:
        words.append(f"{row['share_of_limit']:.1%} of the limit")
    return ", ".join([*words, f"{row['peak_memory_gb']:,.2f} GB"])
