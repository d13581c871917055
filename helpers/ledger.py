"""Tables for prose, rendered from the recorded runs in data/runs. Standard library only.

A document holds `<!-- ledger:results -->` … `<!-- /ledger -->`; `fill` writes the table between the two, and
a test fails when text and records differ.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from helpers import runs
from helpers.errors import WorkbookError
from helpers.report import interval, number
from helpers.runs import Run, list_runs

METRICS: dict[str, dict[str, str]] = {
    "math": {
        "accuracy": "right answers (share)",
        "format": "format kept (share)",
        "length_tokens": "length (tokens)",
        "pass_at_8": "right at least once in 8",
    },
    "tldr": {
        "length_error_chars": "distance from 50 (characters)",
        "within_10_chars": "within 10 characters of 50 (share)",
        "rouge_l": "ROUGE-L against the reference",
        "distinct": "distinct greedy summaries (share)",
    },
}
TITLES = {"math": "Maths", "tldr": "Summaries"}
NOTHING = "*No recorded runs yet: not measured.*"
BLOCK = re.compile(r"(<!-- ledger:(\w+) -->\n).*?(<!-- /ledger -->)", re.DOTALL)


def recorded(task: str, folder: Path | None = None) -> list[Run]:
    """The shipped, finished and evaluated runs of the tiny model on a task, by seed."""
    found = [run for run in list_runs(folder or runs.SHIPPED) if (run.task, run.model) == (task, "tiny")]
    found = [run for run in found if run.finished and "test" in run.record.get("evaluation", {})]
    return sorted(found, key=lambda run: run.seed)


def results(folder: Path | None = None) -> str:
    """Before and after of every recorded run, a table a task, in Markdown, and what they ran on."""
    parts = []
    for task in METRICS:
        if found := recorded(task, folder):
            parts += [_table(task, found), "", _origin(task, found), ""]
    return "\n".join(parts) if parts else NOTHING + "\n"


def _table(task: str, found: Sequence[Run]) -> str:
    head = [TITLES[task], "before", *(f"after, seed {run.seed} [change]" for run in found)]
    table = [_row(head), _row(["---"] * len(head))]
    for split in ("test", "far"):
        results = [run.record["evaluation"].get(split, {}) for run in found]
        for name, label in METRICS[task].items():
            entries = [result.get(name) for result in results]
            if all(entries):
                befores = dict.fromkeys(number(entry["before"], "") for entry in entries)
                cells = [f"{number(entry['after'], '')} {interval(entry)}" for entry in entries]
                table.append(_row([f"{split}: {label}", " / ".join(befores), *cells]))
    return "\n".join(table)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _commit(run: Run) -> str:
    """The commit a run was made at, short, and whether files of the checkout had changed since."""
    commit = str(run.record["commit"])
    return commit[:10] + " with changes" * commit.endswith("-dirty")


def _origin(task: str, found: Sequence[Run]) -> str:
    """What stands below a table. WorkbookError where the seeds differ in hardware or versions."""
    record = found[0].record
    for name in ("hardware", "versions"):
        if any(run.record[name] != record[name] for run in found):
            paths = ", ".join(run.path.name for run in found)
            raise WorkbookError(f"{paths} differ in {name!r}: one table cannot show them; record them again")
    settings = record["evaluation"]["test"]["settings"]
    hardware, versions = record["hardware"], record["versions"]
    commits = dict.fromkeys(_commit(run) for run in found)
    seconds = " / ".join(f"{run.record['seconds']:.0f}" for run in found)
    where = hardware["gpu"] or f"{hardware['cores']} cores of {hardware['cpu']}"
    packages = ", ".join(f"{name} {versions[name]}" for name in ("torch", "transformers", "trl"))
    return (
        f"*{record['steps']} steps of training in {seconds} s on {where}; {packages}; "
        f"commit {' / '.join(commits)}. {settings['n']} prompts a split, mean of {settings['num_samples']} "
        f"completions each; in brackets the 95 % interval of the change (paired bootstrap).*"
    )


TABLES = {"results": results}


def fill(text: str, folder: Path | None = None) -> str:
    """The text with a fresh table between each pair of ledger markers. WorkbookError for an unknown table."""

    def fresh(match: re.Match[str]) -> str:
        if match[2] not in TABLES:
            raise WorkbookError(f"no ledger table is called {match[2]!r}: choose from {', '.join(TABLES)}")
        return f"{match[1]}{TABLES[match[2]](folder)}{match[3]}"

    return BLOCK.sub(fresh, text)


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
    return f"filled the tables of {path} from {runs.portable(runs.SHIPPED)}"
