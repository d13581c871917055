"""The learning rate of each method and task, chosen on the validation split by the reward of the task.

The same grid and the same criterion for all three methods. A best value at an end of what was tried is not
trusted: the grid goes on there. GRPO's own rate stands in helpers/models.py; its sweep tries that rate too,
and so shows where it lies.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from record_plan import ROOT, make

from helpers.evaluation import evaluate
from helpers.files import write_json
from helpers.machine import commit, hardware
from helpers.models import TINY
from helpers.tasks import get_task
from helpers.trainer.settings import grpo_options

GRID = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
START = (3e-4, 1e-3, 3e-3, 1e-2)
CRITERION = {"math": "accuracy + format", "tldr": "- length_error_chars"}


def criterion(task: str, result: dict[str, Any]) -> float:
    """The task's reward as the evaluation has it: see CRITERION."""
    if task == "math":
        return round(result["accuracy"]["after"] + result["format"]["after"], 6)
    return -result["length_error_chars"]["after"]


def next_rate(points: dict[float, float], start: tuple[float, ...] = START) -> float | None:
    """What to try next, given the reward of each rate tried: the start, then on where the best is an end."""
    for rate in start:
        if rate not in points:
            return rate
    best = max(points, key=points.__getitem__)
    ends = {min(points): -1, max(points): 1}
    place = GRID.index(best) + ends[best] if best in ends else -1
    return GRID[place] if 0 <= place < len(GRID) else None


def sweep(task: str, method: str, out: Path, *, trial: bool = False, again: bool = False) -> float:
    """The best learning rate of a method on a task; measures what is not in build/sweep/ yet."""
    steps, n, samples = (2, 16, 2) if trial else (None, 100, 4)
    folder = ROOT / "build" / ("trial-sweep" if trial else "sweep")
    path = folder / f"{task}-{method}.json"
    folder.mkdir(parents=True, exist_ok=True)
    options = grpo_options(get_task(task), TINY, steps, 0, {})[0]
    batch = options["per_device_train_batch_size"] * options["gradient_accumulation_steps"]
    head = {"split": "validation", "prompts": n, "samples": samples, "seed": 0}
    head |= {"steps": options["max_steps"], "batch": batch}
    head |= {"criterion": CRITERION[task]}
    found = {} if again else _known(path, out)
    points = found["points"] if all(found.get(key) == value for key, value in head.items()) else []
    start = START[1:3] if trial else START
    if method == "grpo" and not trial:
        start = (*start, options["learning_rate"])
    rates = {point["learning_rate"]: point["reward"] for point in points}
    while (rate := None if trial and len(rates) >= 2 else next_rate(rates, start)) is not None:
        run = make(path.stem, task, method, 0, folder / path.stem, learning_rate=rate, steps=steps)
        result = evaluate(run, split="validation", n=n, num_samples=samples, save=False)
        after = {name: entry["after"] for name, entry in result.items() if "after" in entry}
        names = ("accuracy", "format", "length_error_chars", "rouge_l")
        point = {"learning_rate": rate, "reward": criterion(task, result)}
        points.append(point | {name: after[name] for name in names if name in after})
        points[-1]["seconds"] = run.record["seconds"]
        rates[rate] = point["reward"]
        print(f"{path.stem}, learning rate {rate:g}: {CRITERION[task]} = {point['reward']:.4f}", flush=True)
        points.sort(key=lambda point: point["learning_rate"])
        where = {"commit": commit(ROOT), "hardware": hardware()}
        best = max(rates, key=rates.__getitem__)
        write_json(path, {**head, "learning_rate": best, "points": points, **where})
    gather(folder, out)
    return max(rates, key=rates.__getitem__)


def _known(path: Path, out: Path) -> dict[str, Any]:
    """What has been measured of a sweep: in build/sweep, or else in what is committed."""
    committed = out / "baselines" / "sweep.json"
    if path.is_file():
        return json.loads(path.read_text(encoding="utf-8"))
    return json.loads(committed.read_text(encoding="utf-8")).get(path.stem, {}) if committed.is_file() else {}


def gather(folder: Path, out: Path) -> None:
    """All sweeps there are, in one file; whoever writes last, of two processes, writes them all."""
    place = out / "baselines" / "sweep.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    before = json.loads(place.read_text(encoding="utf-8")) if place.is_file() else {}
    found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}
    write_json(place, dict(sorted({**before, **found}.items())))
