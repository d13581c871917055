"""Which checkpoint of a run is whole? One that a crash cut short is never used."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from helpers.errors import WorkbookError
from helpers.files import read_json, write_json

MARK = "whole.json"


def mark_whole(checkpoint: Path) -> None:
    """Write down, last of all, the size of every file of a checkpoint."""
    write_json(checkpoint / MARK, {name: size for name, size in _sizes(checkpoint).items() if name != MARK})


def is_whole(checkpoint: Path) -> bool:
    """Whether the checkpoint is marked and every file still has the size that the mark says."""
    try:
        marked = read_json(checkpoint / MARK)
    except (OSError, WorkbookError):
        return False
    sizes = _sizes(checkpoint)
    return bool(marked) and all(sizes.get(name) == size for name, size in marked.items())


def last_whole(folder: Path) -> tuple[int, Path] | None:
    """The step and path of the newest whole checkpoint in a folder, or None."""
    whole = [(step, path) for step, path in _checkpoints(folder) if is_whole(path)]
    return max(whole) if whole else None


def passes(checkpoint: Path) -> int:
    """How many times the run had been through all its prompts."""
    return int(read_json(checkpoint / "trainer_state.json")["epoch"])


def clear_after(folder: Path, step: int) -> None:
    """Remove the checkpoints that are not whole, and those after `step`."""
    for number, path in _checkpoints(folder):
        if number > step or not is_whole(path):
            shutil.rmtree(path)


def _checkpoints(folder: Path) -> list[tuple[int, Path]]:
    paths = folder.glob("checkpoint-*") if folder.is_dir() else []
    named = [(re.fullmatch(r"checkpoint-(\d+)", path.name), path) for path in paths]
    return [(int(match[1]), path) for match, path in named if match]


def _sizes(folder: Path) -> dict[str, int]:
    return {
        str(path.relative_to(folder)): path.stat().st_size for path in folder.rglob("*") if path.is_file()
    }
