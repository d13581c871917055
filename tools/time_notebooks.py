"""How long each section of each notebook takes: measured by the clock, and estimated for the reader.

    python tools/time_notebooks.py             execute all, write data/timings.json, fill docs/instructor.md
    python tools/time_notebooks.py --fill      only write the guide's tables anew from data/timings.json
    python tools/time_notebooks.py --compare   execute all again; say what differs by more than a third

Seconds are the clock's, section by section, on the machine that the file names. Minutes for reading are
an estimate: WORDS_A_MINUTE words of prose, SECONDS_A_LINE of code, a minute for each "Predict".
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from step_through import ROOT, Stepper

from helpers import machine

FILE = ROOT / "data" / "timings.json"
GUIDE = ROOT / "docs" / "instructor.md"
WORDS_A_MINUTE, SECONDS_A_LINE = 150, 2
UNKNOWN = "not measured"
EXERCISE = re.compile(r"^\*Difficulty.*?(\d+) minutes\b", re.MULTILINE)
# Which sections a plan walks through ("*": all), by the start of their headings, and how many exercises.
PLANS: dict[str, list[tuple[str, tuple[str, ...], int]]] = {
    "90 minutes": [
        ("00_start_here", ("*",), 1),
        ("02_design_rewards", ("(start)", "A reward for length", "On real", "A reward for format"), 0),
        ("04_train_math", ("(start)", "Before training", "Train", "Three curves", "Where the gain"), 0),
        ("05_evaluate", ("Before and after", "The verdict"), 0),
    ],
    "Half a day": [
        ("00_start_here", ("*",), 1),
        ("01_explore_datasets", ("(start)", "2 · ", "3 · "), 0),
        ("02_design_rewards", ("*",), 2),
        ("04_train_math", ("*",), 1),
        ("05_evaluate", ("Which runs", "How sure", "Before and after", "The verdict"), 0),
    ],
    "A day": [
        ("00_start_here", ("*",), 2),
        ("01_explore_datasets", ("*",), 1),
        ("02_design_rewards", ("*",), 2),
        ("03_train_tldr", ("*",), 1),
        ("04_train_math", ("*",), 1),
        ("05_evaluate", ("*",), 0),
        ("06_inside_grpo", ("*",), 1),
        ("07_when_it_breaks", ("*",), 1),
    ],
}


class Clock(Stepper):
    """A Stepper that keeps the seconds of each section, and says nothing."""

    def __init__(self, notebook: NotebookNode, folder: Path, cell_timeout: int = 600) -> None:
        super().__init__(notebook, folder, cell_timeout)
        self.seconds: list[float] = []

    def close_section(self) -> None:
        if self.section:
            self.seconds.append(time.perf_counter() - self.since)
        self.section = ""

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        self.cell_since = time.perf_counter()  # so that nothing is passed on
        return super().process_message(msg, cell, cell_index)


def sections(notebook: NotebookNode) -> list[dict]:
    """The sections of a notebook: title, words of prose, lines of code, number of predictions.

    A section starts with a cell that holds a heading, as in `make run`; the first is called "(start)".
    """
    found: list[dict] = []
    for cell in notebook.cells:
        heading = re.search(r"^#+ (.+)$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else None
        if heading:
            title = heading[1].strip() if found else "(start)"
            found.append({"title": title, "words": 0, "lines": 0, "predicts": 0})
        if not found or "setup" in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown":
            found[-1]["words"] += len(re.findall(r"\w+", cell.source))
            found[-1]["predicts"] += cell.source.count("**Predict:**")
        else:
            found[-1]["lines"] += len(cell.source.splitlines())
    return found


def measure(path: Path) -> list[dict]:
    """Execute a notebook in a folder of its own under build/; its sections, with the seconds of each."""
    notebook = nbformat.read(path, as_version=4)
    rows = sections(notebook)
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        clock = Clock(notebook, Path(folder))
        clock.execute()
        clock.close_section()
    return [{**row, "seconds": round(took, 1)} for row, took in zip(rows, clock.seconds, strict=True)]


def measure_all(names: list[str]) -> dict[str, list[dict]]:
    """Every notebook, or those whose number or name is in `names`."""
    found = {}
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        if not names or path.stem in names or path.stem[:2] in names:
            found[path.stem] = measure(path)
            print(f"{path.stem}: {sum(row['seconds'] for row in found[path.stem]):.0f} s", flush=True)
    return found


def minutes(row: dict) -> float:
    """What a section takes in the room: run, read, predict."""
    reading = row["words"] / WORDS_A_MINUTE + row["lines"] * SECONDS_A_LINE / 60
    return row["seconds"] / 60 + reading + row["predicts"]


def chosen(rows: list[dict], starts: tuple[str, ...]) -> list[dict]:
    """The sections whose headings start so. SystemExit for a start that no heading has."""
    if starts == ("*",):
        return rows
    for start in starts:
        if not any(row["title"].startswith(start) for row in rows):
            raise SystemExit(f"A plan asks for a section {start!r} that the notebook no longer has (PLANS)")
    return [row for row in rows if row["title"].startswith(starts)]


def exercise_minutes(stem: str, number: int) -> int:
    """Minutes of a notebook's first exercises, as they stand there."""
    notebook = nbformat.read(ROOT / "notebooks" / "exercises" / f"{stem}.ipynb", as_version=4)
    found = [int(one) for cell in notebook.cells for one in EXERCISE.findall(cell.source)]
    return sum(found[:number])


def plan_table(plan: str, notebooks: dict[str, list[dict]]) -> str:
    """One plan as a table, with the sum of its minutes."""
    lines = [
        "| notebook | sections | runs (min) | read and predict (min) | exercises (min) |",
        "|---|---|---|---|---|",
    ]
    total = [0.0, 0.0, 0.0]
    for stem, starts, number in PLANS[plan]:
        rows = chosen(notebooks[stem], starts)
        run = sum(row["seconds"] for row in rows) / 60
        read = sum(minutes(row) for row in rows) - run
        extra = exercise_minutes(stem, number)
        which = "all" if starts == ("*",) else "; ".join(row["title"] for row in rows)
        lines.append(f"| {stem[:2]} | {which} | {run:.1f} | {read:.0f} | {extra or '–'} |")
        total = [one + other for one, other in zip(total, (run, read, extra), strict=True)]
    lines.append(
        f"| **in all** | **{sum(total):.0f} minutes** | {total[0]:.1f} | {total[1]:.0f} | {total[2]:.0f} |"
    )
    return "\n".join(lines)


def section_table(notebooks: dict[str, list[dict]]) -> str:
    """Every section of every notebook: two cores measured, the rest said to be not measured."""
    lines = [
        "| notebook | section | runs here (s) | in the room (min) | Colab | GPU |",
        "|---|---|---|---|---|---|",
    ]
    for stem, rows in notebooks.items():
        for row in rows:
            cells = (
                stem[:2],
                row["title"].replace("|", "\\|"),
                f"{row['seconds']:.1f}",
                f"{minutes(row):.0f}",
            )
            lines.append(f"| {' | '.join(cells)} | {UNKNOWN} | {UNKNOWN} |")
    return "\n".join(lines)


def filled(guide: str, record: dict) -> str:
    """The guide with its tables between the markers `<!-- timings:NAME -->` and `<!-- /timings -->`."""
    tables = {plan: plan_table(plan, record["notebooks"]) for plan in PLANS}
    tables["sections"] = section_table(record["notebooks"])
    tables["where"] = f"*Measured on {record['where']}; commit {record['commit'][:10]}.*"
    for name, table in tables.items():
        pattern = re.compile(rf"(<!-- timings:{name} -->\n).*?(<!-- /timings -->)", re.DOTALL)
        if not pattern.search(guide):
            raise SystemExit(f"docs/instructor.md has no place for the table {name!r}")
        guide = pattern.sub(lambda match, table=table: f"{match[1]}{table}\n{match[2]}", guide)
    return guide


def machine_here() -> str:
    """What this was measured on, in words."""
    number = machine.cores()
    return f"{number} core{'s' * (number != 1)} of {machine.hardware()['cpu']}"


def differences(old: dict[str, list[dict]], new: dict[str, list[dict]]) -> list[str]:
    """Sections of five seconds or more that took a third more or less than recorded; sums as well."""
    found = []
    for stem, rows in new.items():
        before = {row["title"]: row["seconds"] for row in old[stem]}
        pairs = [(row["title"], before.get(row["title"], 0.0), row["seconds"]) for row in rows]
        pairs.append(("all of it", sum(before.values()), sum(row["seconds"] for row in rows)))
        for title, was, took in pairs:
            if max(was, took) >= 5 and abs(took - was) > was / 3:
                found.append(f"{stem}, {title}: {was:.1f} s recorded, {took:.1f} s now")
    return found


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="numbers (03) or names; all by default")
    parser.add_argument("--fill", action="store_true", help="execute nothing; write the guide's tables")
    parser.add_argument(
        "--compare", action="store_true", help="write nothing; hold new times against the file"
    )
    parser.add_argument(
        "--note", default="", help="a word on the conditions (such as: shared with other work)"
    )
    args = parser.parse_args()
    record = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {"notebooks": {}}
    if not args.fill:
        new = measure_all(args.names)
        if args.compare:
            found = differences(record["notebooks"], new)
            print(
                "\n".join(found) or "Every section of five seconds or more is within a third of the record."
            )
            return int(bool(found))
        record["where"] = ", ".join(filter(None, (machine_here(), args.note)))
        record["commit"] = machine.commit(ROOT) or "unknown"
        record["notebooks"] = dict(sorted((record["notebooks"] | new).items()))
        FILE.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    GUIDE.write_text(filled(GUIDE.read_text(encoding="utf-8"), record), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
