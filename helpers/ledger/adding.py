"""Take a run that was made elsewhere into data/runs, once it is shown to be whole. Standard library only."""

from __future__ import annotations

import math
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from helpers import runs
from helpers.errors import WorkbookError
from helpers.ledger.intervals import mean
from helpers.rows import pairs_path, table_path
from helpers.runs import CURVE, RECORD, Run, load_run, portable

NEEDED: dict[str, type | tuple[type, ...]] = {
    "task": str, "model": dict, "seed": int, "steps": int, "seconds": (int, float), "config": dict,
    "rewards": list, "lora": dict, "commit": str, "versions": dict, "hardware": dict, "evaluation": dict,
}  # fmt: skip
SPLITS = ("test", "far", "validation")
ABSOLUTE = re.compile(r"(/|~|\\\\|[A-Za-z]:[\\/]|file:)")
LARGEST = 20_000_000  # bytes of a file in a zip


def add(source: str | Path) -> str:
    """Copy a run's record, curve and evaluation into data/runs, under its canonical name; says where.

    source: a run's folder, or a zip of one or several, such as an artifact of CI (there, what cannot be added
    is named and left out). Raises WorkbookError for a run that is not finished, not evaluated, not whole,
    names a path of its machine, or is there already.
    """
    path, told, refused = Path(source).expanduser(), [], []
    with tempfile.TemporaryDirectory() as scratch:
        folders = _unpacked(path, Path(scratch)) if path.is_file() else [path]
        for folder in folders:
            try:
                told.append(f"added {_add(load_run(folder))}: show it with `python -m helpers report --fill`")
            except WorkbookError as error:
                if len(folders) == 1:
                    raise
                refused.append(f"left out: {error}")
    if not told:
        raise WorkbookError(f"{str(source)!r} has nothing to add; {'; '.join(refused)}")
    return "\n".join(told + refused)


def _add(run: Run) -> str:
    check_whole(run)
    place = runs.SHIPPED / canonical_name(run)
    if place.exists():
        raise WorkbookError(f"{portable(place)} is there already: remove it first, or add another seed")
    place.mkdir(parents=True)
    for file in files_of(run):
        shutil.copyfile(file, place / file.name)
    load_run(place).add(id=place.name)
    return portable(place)


def files_of(run: Run) -> list[Path]:
    """What of a run goes into data/runs: record, curve, the rows and pairs of each split that it has."""
    found = [run.path / RECORD, run.path / CURVE]
    found += [name(run.path, split) for split in _splits(run) for name in (table_path, pairs_path)]
    return [file for file in found if file.is_file()]


def canonical_name(run: Run) -> str:
    """TASK-MODEL-seedS. WorkbookError for a model whose name is no folder's."""
    if not re.fullmatch(r"[\w.-]+", run.model) or run.model.startswith("."):
        raise WorkbookError(f"model name {run.model!r} cannot name a folder: rename it in {RECORD}")
    return f"{run.task}-{run.model}-seed{run.seed}"


def _unpacked(path: Path, scratch: Path) -> list[Path]:
    """A folder for each run in a zip, with its own files alone: no folders in it, nothing from elsewhere."""
    folders = []
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [name for name in archive.namelist() if name.rsplit("/", 1)[-1] == RECORD]
            if not inside:
                raise WorkbookError(f"{str(path)!r} holds no {RECORD}: give a run's folder, or a zip of one")
            for number, record in enumerate(sorted(inside)):
                start, folder = record.removesuffix(RECORD), scratch / str(number) / _name(record)
                folder.mkdir(parents=True)
                folders.append(folder)
                for item in archive.infolist():
                    name = item.filename.removeprefix(start)
                    if not item.filename.startswith(start) or not name or "/" in name or "\\" in name:
                        continue
                    if item.file_size > LARGEST:
                        raise WorkbookError(f"{name} in {str(path)!r} has over 20 MB: no file of a run has")
                    (folder / name).write_bytes(archive.read(item))
    except (zipfile.BadZipFile, OSError) as error:
        raise WorkbookError(f"cannot read {str(path)!r} ({error}): give a run: a folder, or a zip") from error
    return folders


def _name(record: str) -> str:
    """The name of the folder that a record in a zip is in, for messages."""
    return re.sub(r"[^\w-]", "_", record.split("/")[-2]) if "/" in record else "run"


def _splits(run: Run) -> list[str]:
    return [split for split in SPLITS if split in run.record["evaluation"]]


def check_whole(run: Run) -> None:
    """WorkbookError at the first thing that a record must have and this one has not."""
    record, where = run.record, str(run.path.name)
    if not run.finished:
        raise WorkbookError(f"run {where} is {record.get('status')!r}: finish it with --resume, then add it")
    for name, kind in NEEDED.items():
        if not isinstance(record.get(name), kind) or isinstance(record.get(name), bool):
            raise WorkbookError(f"run {where} has {record.get(name)!r:.40} as {name!r}: train it again")
    if run.task not in ("math", "tldr") or run.method != "grpo":
        raise WorkbookError(f"run {where} is {run.method} on {run.task!r}: add GRPO on tldr or math")
    if "test" not in record["evaluation"]:
        raise WorkbookError(f"run {where} is not evaluated: `python -m helpers evaluate RUN`, then add it")
    for name, text in _texts(record):
        if ABSOLUTE.match(text):
            raise WorkbookError(f"run {where}: {name} is a path of one machine, {text!r:.50}: change it")
    if len(run.curve) != record["steps"]:
        raise WorkbookError(f"run {where} has {len(run.curve)} rows in {CURVE}, but {record['steps']} steps")
    for split in _splits(run):
        _check_rows(run, split)


def _check_rows(run: Run, split: str) -> None:
    """Do the rows of a split average to what the record says?"""
    table, result = run.rows(split), run.record["evaluation"][split]
    if not table:
        name = table_path(run.path, split).name
        raise WorkbookError(f"run {run.path.name} has no {name}: evaluate it again, then add it")
    for column, values in table.items():
        name, _, when = column.rpartition("_")
        if when not in ("before", "after"):
            continue
        said, found = result.get(name, {}).get(when), mean(values)
        if said is None or found is None or not math.isclose(said, found, abs_tol=1e-3, rel_tol=1e-4):
            raise WorkbookError(
                f"run {run.path.name}, {split}: {name} {when} is {said} in {RECORD}, but {found} over its "
                "rows: evaluate it again"
            )


def _texts(value: Any, name: str = RECORD) -> Iterator[tuple[str, str]]:
    """Every text in a record, with where it stands."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, f"{name}: {key}")
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, name)
    elif isinstance(value, str):
        yield name, value
