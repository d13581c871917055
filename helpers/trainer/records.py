"""What stands in run.json: how a run begins, and how it ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from helpers import machine
from helpers.errors import WorkbookError, one_line
from helpers.files import claim, sweep, write_json
from helpers.models import ModelSpec
from helpers.runs import FORMAT, RECORD, ROOT, Run, load_run, portable
from helpers.tasks import Task
from helpers.trainer.together import processes


def reward_name(func: Callable[..., Any]) -> str:
    """The name TRL logs a reward under."""
    return getattr(func, "__name__", type(func).__name__)


def described(funcs: list[Callable[..., Any]], weights: list[float]) -> list[dict[str, Any]]:
    """Name, weight and, for a configured reward, parameters."""
    described = []
    for func, weight in zip(funcs, weights, strict=True):
        params = dict(getattr(func, "params", ()))
        described.append({"name": reward_name(func), "weight": weight, "params": params})
    return described


def begin(folder: Path, task: Task, spec: ModelSpec, seed: int, asked: dict[str, Any], resume: bool) -> Run:
    """The run's folder with its first record. A resumed run must ask for what it asked for before."""
    claim(folder)
    sweep(folder)
    before: dict[str, Any] = {}
    if resume and (folder / RECORD).is_file():
        before = load_run(folder).record
        _check_same(before, {"task": task.name, "seed": seed, **asked}, folder)
    record = {
        "format": FORMAT,
        "id": folder.resolve().name,
        "status": "running",
        "task": task.name,
        "model": {"name": spec.name, "path": portable(spec.location), "revision": spec.revision},
        "seed": seed,
        "method": "grpo",
        **asked,
        "lora": {"r": spec.lora_r, "alpha": spec.lora_alpha, "target_modules": "all-linear"},
        "commit": machine.commit(ROOT),
        "versions": machine.versions(),
        "hardware": machine.hardware(),
        "processes": processes(),
        "started": before.get("started") or time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "seconds": before.get("seconds", 0.0),
    }
    write_json(folder / RECORD, plain(record))
    return load_run(folder)


def _check_same(before: dict[str, Any], asked: dict[str, Any], folder: Path) -> None:
    """Raise WorkbookError at the first setting that differs from the run's own (but for its length)."""
    asked = plain(asked)
    pairs = [
        (name, before.get(name), asked[name]) for name in ("task", "seed", "source", "quantize", "rewards")
    ]
    free = {"max_steps", "save_steps", "num_train_epochs"}
    pairs += [
        (name, before.get("config", {}).get(name), value)
        for name, value in asked["config"].items()
        if name not in free
    ]
    for name, old, new in pairs:
        if old != new:
            raise WorkbookError(
                f"{str(folder)!r} was begun with {name}={old!r}, not {new!r}: resume it with the "
                "settings it has, or choose another out=…"
            )
    if "data_sha256" in asked and before.get("data_sha256", asked["data_sha256"]) != asked["data_sha256"]:
        raise WorkbookError(
            f"{str(folder)!r} was begun with other rows of data than source={asked['source']!r} gives now: "
            "put the rows back as they were, or choose another out=…"
        )


def plain(value: Any) -> Any:
    """The value as JSON can hold it; what it cannot hold becomes its repr."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else repr(value)


def end(
    run: Run,
    status: str,
    seconds: float,
    parameters: dict[str, int],
    error: BaseException | None,
    unscored: dict[str, dict[str, int]],
) -> None:
    """Write down how a run ended ("finished", "interrupted", "failed"), what it took, what was not scored."""
    entries: dict[str, Any] = {
        "status": status,
        "steps": len(run.curve),
        "seconds": round(run.record["seconds"] + seconds, 2),
        "peak_memory_mb": machine.peak_memory_mb(),
        "parameters": parameters,
        "unscored": plain(unscored),
        "ended": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }
    if error is not None:
        where = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
        entries["error"] = f"{type(error).__name__}: {one_line(error)}{where}"
    run.add(**entries)
