"""The table of `make bench`, rendered from what data/bench keeps of one run of it. Standard library only."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

from helpers import runs
from helpers.files import read_json
from helpers.ledger.tables import NOT_MEASURED, NOTHING, row

PLACE = "bench/bench.json"
Bench = dict[str, Any]


def speed(folder: Path | None = None) -> str:
    """What `make bench` measured, a line a number, in Markdown. folder: where the runs are (data/runs)."""
    path = (folder or runs.SHIPPED).parent / PLACE
    if not path.is_file():
        return NOTHING + "\n"
    found = read_json(path)
    lines = [row(["what", "measured"]), row(["---"] * 2)]
    lines += [row(pair) for part in (_training, _sampling, _startup, _goal, _growth) for pair in part(found)]
    return "\n".join([*lines, "", _origin(found)]) + "\n"


def _training(found: Bench) -> list[tuple[str, str]]:
    if "training" not in found:
        return [("completions trained on per second", NOT_MEASURED)]
    each, batch = found["training"]["completions_per_s"], found["training"]["completions_a_step"]
    told = ", ".join(f"{name} {speed:.1f}" for name, speed in each.items())
    ratios = f"**{found['completions_per_s_ratio']:.2f}x** stock"
    ratios += f", {found['training']['completions_per_s_ratio_fp32']:.2f}x stock in fp32"
    return [(f"completions trained on per second, {batch} a step", f"{told}: {ratios}")]


def _sampling(found: Bench) -> list[tuple[str, str]]:
    lines = []
    for batch, one in found.get("sampling", {}).get("by_batch", {}).items():
        told = ", ".join(f"{name} {speed:,.0f}" for name, speed in one["tokens_per_s"].items())
        share = f"**{one['share_of_limit']:.2f}x** the faster bare loop"
        lines.append((f"tokens sampled per second, batch {batch}", f"{told}: {share}"))
    return lines or [("tokens sampled per second", NOT_MEASURED)]


def _startup(found: Bench) -> list[tuple[str, str]]:
    names = {"first_plot_of_02": "first plot of 02", "first_step_of_03": "first training step of 03"}
    seconds = found.get("startup_s", {})
    told = ", ".join(f"{label} {seconds[name]:.1f}" for name, label in names.items() if name in seconds)
    return [("seconds from a cold kernel", told or NOT_MEASURED)]


def _goal(found: Bench) -> list[tuple[str, str]]:
    lines = []
    for kind, one in found.get("time_to_goal_s", {}).items():
        told = " / ".join("not reached" if x is None else f"{x:.0f}" for x in one["seconds"])
        if "mean" in one:
            told += f"; mean {one['mean']:.0f} [{one['ci_low']:.0f}, {one['ci_high']:.0f}]"
        lines.append((f"seconds to accuracy 0.8 and format 0.95, {kind}, each seed", told))
    return lines or [("seconds to accuracy 0.8 and format 0.95", NOT_MEASURED)]


def _growth(found: Bench) -> list[tuple[str, str]]:
    lines = []
    for name, points in found.get("growth", {}).get("points", {}).items():
        cells = [f"{one[name]:,}: {one['seconds']:.2f} s, {one['memory_mb']:,.0f} MB" for one in points]
        powers = [
            math.log(two["seconds"] / one["seconds"]) / math.log(two[name] / one[name])
            for one, two in pairwise(points)
        ]
        told = f" (time grows with the power {', '.join(f'{power:.1f}' for power in powers)})" * bool(powers)
        lines.append((f"a step by {name}", "; ".join(cells) + told))
    return lines or [("a step by its size", NOT_MEASURED)]


def _origin(found: Bench) -> str:
    """What stands below the table."""
    part = next(found[name] for name in ("training", "sampling", "startup", "goal") if name in found)
    hardware, versions = part["hardware"], part["versions"]
    packages = ", ".join(f"{name} {versions[name]}" for name in ("torch", "transformers", "trl"))
    cores = f"{hardware['cores']} core{'s' * (hardware['cores'] != 1)}"
    return (
        f"*Stock: TRL's trainer with its own settings, made to run on a processor. {cores} of "
        f"{hardware['cpu']}; {packages}; commit {str(part['commit'])[:10]}. Medians of alternated runs; in "
        "brackets the 95 % interval over seeds (t). Compare the ratios: the seconds are this machine's.*"
    )
