"""Documents and their tables: `fill` renders them from data/runs, `check` says where they differ.

A document holds `<!-- ledger:results -->` … `<!-- /ledger -->`; the table called results goes between the
two. In a notebook's source (py:percent) both markers stand in markdown, and every line keeps its `# `.
Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from helpers import runs
from helpers.errors import WorkbookError
from helpers.ledger.benchmarks import speed
from helpers.ledger.comparing import ablations, baselines, sweep, worth
from helpers.ledger.figures import missing, training
from helpers.ledger.real import real_weights
from helpers.ledger.tables import results

BLOCK = re.compile(
    r"^(?P<prefix>(?:# )?)<!-- ledger:(?P<name>[\w-]+) -->\n(?P<body>.*?)^(?P=prefix)<!-- /ledger -->",
    re.DOTALL | re.MULTILINE,
)
TABLES: dict[str, Callable[[Path | None], str]] = {
    "results": results,
    "speed": speed,
    "training": training,
    "real-weights": real_weights,
    **{
        f"{make.__name__}-{task}": partial(make, task)
        for make in (baselines, ablations, sweep, worth)
        for task in ("math", "tldr")
    },
}
PLACES = ("README.md", "data/README.md", "docs/*.md", "notebooks/src/*.py")


def documents(root: Path | None = None) -> list[Path]:
    """Every document of the workbook that holds a table of the ledger."""
    found = [path for place in PLACES for path in sorted((root or runs.ROOT).glob(place))]
    return [path for path in found if BLOCK.search(path.read_text(encoding="utf-8"))]


def _fresh(match: re.Match[str], folder: Path | None, known: dict[str, str] | None = None) -> str:
    """What should stand between the markers. known: tables rendered before, by name."""
    name, known = match["name"], {} if known is None else known
    if name not in TABLES:
        raise WorkbookError(f"no ledger table is called {name!r}: choose from {', '.join(TABLES)}")
    if name not in known:
        known[name] = TABLES[name](folder)
    lines = known[name].strip("\n").split("\n")
    return "".join((match["prefix"] + line).rstrip() + "\n" for line in lines)


def fill(text: str, folder: Path | None = None) -> str:
    """The text with a fresh table between each pair of ledger markers. WorkbookError for an unknown table."""

    def whole(match: re.Match[str]) -> str:
        start, end = f"<!-- ledger:{match['name']} -->\n", "<!-- /ledger -->"
        return match["prefix"] + start + _fresh(match, folder) + match["prefix"] + end

    return BLOCK.sub(whole, text)


def fill_file(path: str | Path) -> str:
    """Fill a document in place; returns a line that says what happened. WorkbookError without markers."""
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
        if not BLOCK.search(text):
            raise WorkbookError(f"{str(path)!r} has no <!-- ledger:results --> … <!-- /ledger --> to fill")
        file.write_text(fill(text), encoding="utf-8", newline="\n")
    except OSError as error:
        raise WorkbookError(f"cannot fill {str(path)!r} ({error.strerror}): name a text file") from error
    return f"filled the tables of {runs.portable(path)} from {runs.portable(runs.SHIPPED)}"


def check(root: Path | None = None, folder: Path | None = None) -> list[str]:
    """A line for each table that differs from the records; none when all agree."""
    found, known, root = [], {}, root or runs.ROOT
    for path in documents(root):
        for match in BLOCK.finditer(path.read_text(encoding="utf-8")):
            new, old = _fresh(match, folder, known).splitlines(), match["body"].splitlines()
            if new != old:
                pairs = zip([*old, ""], [*new, ""], strict=False)
                line = next((i for i, (a, b) in enumerate(pairs, start=1) if a != b), len(old))
                found.append(
                    f"{path.relative_to(root).as_posix()}: table {match['name']!r} differs from the records "
                    f"in its line {line}: fill it with `python -m helpers report --fill`"
                )
    return found + (missing(root, folder) if "training" in known else [])
