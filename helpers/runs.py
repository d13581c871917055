"""The ledger: what a run was, on what, and what came of it. Standard library only.

A run is a folder: `run.json` (the record), `curve.csv` (one row a step), `completions.jsonl` (samples as
training went on) and `adapter/` (the trained LoRA weights). A reader's own runs are in `runs/`; the recorded
ones that ship with the workbook are in `data/runs/`.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from helpers.errors import WorkbookError
from helpers.files import claim, read_csv, read_json, read_lines, write_json
from helpers.rows import read_rows

ROOT = Path(__file__).resolve().parents[1]
OWN = ROOT / "runs"
SHIPPED = ROOT / "data" / "runs"
RECORD, CURVE, COMPLETIONS, ADAPTER, CHECKPOINTS = (
    "run.json",
    "curve.csv",
    "completions.jsonl",
    "adapter",
    "checkpoints",
)
FORMAT = 1  # of run.json; older records have none and are read as they are
TYPES: dict[str, tuple[type, ...]] = {
    "task": (str,), "model": (dict,), "seed": (int,), "status": (str,), "started": (str,), "steps": (int,),
    "seconds": (float, int), "config": (dict,), "rewards": (list,), "evaluation": (dict,),
}  # fmt: skip


@dataclass(frozen=True)
class Run:
    """One run on disk. `record` is run.json as it is now; curve and completions are read when asked for."""

    path: Path

    @property
    def record(self) -> dict[str, Any]:
        """run.json, read afresh: an evaluation may have been added since."""
        return read_json(self.path / RECORD)

    @cached_property
    def curve(self) -> list[dict[str, float | None]]:
        """One dict a step, numbers as floats, None where a value was not measured."""
        return read_csv(self.path / CURVE)

    @cached_property
    def completions(self) -> list[dict[str, Any]]:
        """The samples kept during training: step, prompt, completion, token_ids, rewards, advantage."""
        return read_lines(self.path / COMPLETIONS)

    def column(self, name: str) -> list[float | None]:
        """One column of the curve, a value a step. Raises WorkbookError that lists the columns there are."""
        found = list(self.curve[0]) if self.curve else []
        if name not in found:
            raise WorkbookError(f"no column {name!r} in {self.path / CURVE}: choose from {', '.join(found)}")
        return [row[name] for row in self.curve]

    @property
    def adapter(self) -> Path:
        """The folder with the trained LoRA weights."""
        return self.path / ADAPTER

    @property
    def label(self) -> str:
        """Whose run this is: "yours" or "shipped record"."""
        return "shipped record" if SHIPPED.resolve() in self.path.resolve().parents else "yours"

    @property
    def task(self) -> str:
        """The task's name."""
        return self.record["task"]

    @property
    def model(self) -> str:
        """The model's name."""
        return self.record["model"]["name"]

    @property
    def base(self) -> str:
        """The model that was trained: a folder, or a hub id with the revision it was pinned to, if any."""
        model = self.record["model"]
        return f"{model['path']}@{model['revision']}" if model.get("revision") else model["path"]

    @property
    def real_data(self) -> bool:
        """Whether it was trained on the real data set of the hub (source "hub" or "hub@REVISION")."""
        return self.record.get("source", "sample").partition("@")[0] == "hub"

    @property
    def seed(self) -> int:
        """The training seed."""
        return self.record["seed"]

    @property
    def method(self) -> str:
        """What trained it: "grpo", "sft" or "rejection" (sampling)."""
        return self.record.get("method", "grpo")

    def rows(self, split: str) -> dict[str, list[float | None]]:
        """Each prompt's scores in the evaluation on a split, by column (`accuracy_after`); {} without any."""
        return read_rows(self.path, split)

    @property
    def finished(self) -> bool:
        """Whether training got to its last step."""
        return self.record.get("status") == "finished"

    def add(self, **entries: Any) -> None:
        """Set entries of the record on disk, all of them or none."""
        write_json(self.path / RECORD, {**self.record, **entries})


def load_run(path: str | Path) -> Run:
    """The run in a folder. Raises WorkbookError when there is no readable run.json in it."""
    folder = Path(path).expanduser()
    if not (folder / RECORD).is_file():
        raise WorkbookError(
            f"no run in {str(path)!r} (it has no {RECORD}): give a folder that train() wrote, "
            "such as one under runs/ or data/runs/"
        )
    run = Run(folder)
    _check(run.record, folder / RECORD)
    return run


def _check(record: Any, path: Path) -> None:
    """Raise WorkbookError for a record that a newer workbook wrote, or that a hand has broken."""
    if not isinstance(record, dict):
        raise WorkbookError(f"{path} holds no record: restore it, or train again")
    written = record.get("format", 0)
    if not isinstance(written, int) or written > FORMAT:
        raise WorkbookError(
            f"{path} has format {written!r}, and this workbook reads up to {FORMAT}: it is of a newer one; "
            "update the workbook to read it"
        )
    missing = [name for name in ("task", "model", "seed") if name not in record]
    if missing:
        raise WorkbookError(f"{path} has no {missing[0]!r}: it is not a run's record; train again")
    for name, kinds in TYPES.items():
        value = record.get(name, kinds[0]())
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise WorkbookError(
                f"{path} has {name}={value!r:.60}, where a {kinds[0].__name__} belongs: correct it by hand, "
                "or train again"
            )
    if not isinstance(record["model"].get("name"), str):
        raise WorkbookError(f"{path} does not name its model: correct it by hand, or train again")


def list_runs(folder: str | Path | None = None) -> list[Run]:
    """Every run in a folder (default: the reader's own), newest first; what holds no run is left out."""
    found = []
    for path in sorted(Path(folder or OWN).glob(f"*/{RECORD}")):
        try:
            found.append(load_run(path.parent))
        except WorkbookError:
            continue
    return sorted(found, key=lambda run: run.record.get("started", ""), reverse=True)


def find_run(task: str, model: str = "tiny") -> Run:
    """The reader's newest finished run of a task and model, else the shipped one (its lowest seed)."""
    task, model = getattr(task, "name", task), getattr(model, "name", model)
    own = [run for run in list_runs() if _fits(run, task, model)]
    shipped = sorted((run for run in list_runs(SHIPPED) if _fits(run, task, model)), key=lambda run: run.seed)
    if not own and not shipped:
        raise WorkbookError(
            f"no finished run of task {task!r} with model {model!r}: "
            f"make one with `python -m helpers train {task} --model {model}`"
        )
    return (own or shipped)[0]


def _fits(run: Run, task: str, model: str) -> bool:
    return run.finished and run.task == task and run.model == model


def new_folder(task: str, model: str, seed: int, parent: Path | None = None) -> Path:
    """A new, empty folder for a run: TASK-MODEL-seedS-DATE-TIME. Two processes at once get one each."""
    stem = f"{task}-{model}-seed{seed}-{time.strftime('%Y%m%d-%H%M%S')}"
    parent = parent or OWN
    for count in itertools.count(1):
        path = parent / (stem if count == 1 else f"{stem}-{count}")
        if not path.exists() and claim(path, new=True):
            return path


def portable(path: str | Path) -> str:
    """A path as a record may hold it: relative to the workbook if inside it, so that it is true elsewhere."""
    whole = Path(path).expanduser().resolve()
    return whole.relative_to(ROOT).as_posix() if whole.exists() and whole.is_relative_to(ROOT) else str(path)
