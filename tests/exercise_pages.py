"""The exercises as they stand in notebooks/src/NN_*_sol.py, taken apart for the tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import build_notebooks as tool
import jupytext

SOURCES = Path(__file__).resolve().parents[1] / "notebooks" / "src"
HEADING = re.compile(r"^## (\d+) · (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Exercise:
    """One exercise: its words, the cell with its function, and the cell that checks it.

    before: the code cells above its own.
    """

    room: str
    number: int
    title: str
    words: str
    cell: str
    check: str
    before: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.room}-{self.name}"

    @property
    def node(self) -> ast.FunctionDef:
        """The function to write: the one in its cell that holds the blank."""
        found = [node for node in ast.parse(self.cell).body if isinstance(node, ast.FunctionDef)]
        return next(node for node in found if "# solution" in ast.get_source_segment(self.cell, node))

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def solution(self) -> str:
        """The source of the function, answer included."""
        return ast.get_source_segment(self.cell, self.node)

    def function(self, change: Callable[[str], str] = str) -> Callable[..., Any]:
        """The function that this exercise's cell defines once `change` has been at its source."""
        names: dict[str, Any] = {"__name__": f"exercise_{self.room}"}
        for source in (*self.before, change(self.cell)):
            exec(compile(defining(source), str(self), "exec"), names)
        return names[self.name]

    def blank(self) -> Callable[..., Any]:
        """The function as the learner gets it."""
        return self.function(tool.blank)

    def spoiled(self, old: str, new: str) -> Callable[..., Any]:
        """The function with one edit in its solution."""
        assert old in self.solution, f"the solution of {self} does not hold {old!r}"
        return self.function(lambda cell: cell.replace(self.solution, self.solution.replace(old, new)))

    def checker(self) -> Callable[[Callable], None]:
        """The check that the cell below the function calls."""
        names: dict[str, Any] = {}
        for source in (*self.before, self.check):
            exec(compile(defining(source), str(self), "exec"), names)
        return names[f"check_{self.name}"]


def defining(source: str) -> ast.Module:
    """What a cell imports and defines, and nothing that it does."""
    kept = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    return ast.Module([node for node in ast.parse(source).body if isinstance(node, kept)], [])


@cache
def exercises(number: str, room: str) -> tuple[Exercise, ...]:
    """The exercises of notebook `number`, in order."""
    (path,) = SOURCES.glob(f"{number}_*_sol.py")
    cells = jupytext.read(path, fmt="py:percent").cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    found, words, place = [], "", 0
    for cell in cells:
        if cell.cell_type == "markdown":
            parts = HEADING.split(cell.source)
            words = "\x00".join(parts[-3:]) if len(parts) > 1 else words + "\n" + cell.source
            continue
        if "# solution" in cell.source:
            heading, title, text = words.split("\x00")
            check = code[place + 1]
            found.append(Exercise(room, int(heading), title, text, cell.source, check, tuple(code[:place])))
        place += 1
    return tuple(found)
