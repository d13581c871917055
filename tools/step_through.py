"""`make run`: step through the whole workbook headless, from clean copies, and say what training changed.

Every notebook is executed in order in build/executed/. Progress is visible: a line a section with its
seconds, and what a cell prints while it works for long. The first cell that fails ends it. At the end stands,
per task, a table of before and after, from the runs that notebooks 03 and 04 have just trained;
build/report.json holds the same.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import datetime
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from helpers.ledger.report import lines, metrics_of  # noqa: E402
from helpers.runs import Run, list_runs  # noqa: E402

NEEDED = {
    "tldr": ("length_error_chars", "rouge_l"),
    "math": ("accuracy", "format", "length_tokens"),
}
LONG = 3.0  # seconds after which a cell's own output is shown as it comes


class Stepper(NotebookClient):
    """An nbclient that tells where it is: a line a section, and what long cells print, as they print it."""

    def __init__(self, notebook: NotebookNode, folder: Path, cell_timeout: int) -> None:
        super().__init__(
            notebook,
            timeout=cell_timeout,
            kernel_name="python3",
            record_timing=False,
            extra_arguments=["--IPKernelApp.log_level=40"],
            resources={"metadata": {"path": str(folder)}},
        )
        self.on_cell_start = self._starts
        self.section, self.since, self.cell_since = "", time.perf_counter(), time.perf_counter()

    def _starts(self, cell: NotebookNode, cell_index: int) -> None:
        self.cell_since = time.perf_counter()
        heading = _heading(cell)
        if heading:
            self.close_section()
            self.section, self.since = heading, time.perf_counter()

    def close_section(self) -> None:
        """Print the section that ends here, with its seconds."""
        if self.section:
            print(f"  {self.section[:72]:<72} {time.perf_counter() - self.since:6.1f} s", flush=True)
        self.section = ""

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Keep the output as nbclient does; pass on what a long cell prints."""
        if msg["msg_type"] == "stream" and time.perf_counter() - self.cell_since > LONG:
            for line in msg["content"]["text"].splitlines():
                if line.strip():
                    print(f"    | {line.strip()[:100]}", flush=True)
        return super().process_message(msg, cell, cell_index)


def _heading(cell: NotebookNode) -> str:
    """The first heading of a markdown cell, without its marks, or an empty string."""
    lines = cell.source.splitlines() if cell.cell_type == "markdown" else []
    return next((line.lstrip("# ").strip() for line in lines if line.startswith("#")), "")


def step(path: Path, folder: Path, cell_timeout: int) -> str | None:
    """Execute a clean copy of one notebook in `folder`; returns what went wrong, or None."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = Stepper(notebook, folder, cell_timeout)
    try:
        client.execute()
    except CellExecutionError as error:
        return f"{error.ename}: {error.evalue}\n\nThe cell:\n{_failing(notebook)}"
    except (CellTimeoutError, DeadKernelError) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        client.close_section()
        nbformat.write(notebook, folder / path.name)
    return None


def _failing(notebook: NotebookNode) -> str:
    """The source of the cell that raised, indented."""
    for cell in notebook.cells:
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            return "\n".join("    " + line for line in cell.source.splitlines())
    return ""


def fresh_run(task: str, since: float, folder: Path | None = None) -> Run | None:
    """The newest finished run of a task started at `since` (epoch seconds) or later; evaluated ones first."""
    runs = [run for run in list_runs(folder) if run.task == task and run.finished and _started(run) >= since]
    return next((run for run in runs if results(run)), runs[0] if runs else None)


def _started(run: Run) -> float:
    """When a run started, in seconds since the epoch; 0 where its record does not say."""
    try:
        return datetime.fromisoformat(run.record["started"]).timestamp()
    except (KeyError, ValueError, TypeError):
        return 0.0


def results(run: Run, split: str = "test") -> dict[str, dict]:
    """A run's metrics before and after on one split; empty where it has not been evaluated there."""
    return metrics_of(run.record.get("evaluation", {}).get(split, {}))


def report(since: float, path: Path, folder: Path | None = None) -> list[str]:
    """Print a table a task and write them all to `path`; returns what is missing, a sentence each."""
    found, missing = {}, []
    for task, needed in NEEDED.items():
        run = fresh_run(task, since, folder)
        if run is None:
            missing.append(
                f"task {task}: no finished run was made in this very run (runs/ holds none that new)"
            )
            continue
        found[task] = results(run)
        for split, result in run.record.get("evaluation", {}).items():
            print(f"\n{task}, split {split!r}, before and after training ({run.path.name})")
            print("\n".join(f"  {line}" for line in lines(result)))
        missing += [
            f"task {task}: {run.path.name} was not evaluated for {name}"
            for name in needed
            if name not in found[task]
        ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return missing


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "names", nargs="*", help="numbers (03) or names; all of them, and the report, by default"
    )
    parser.add_argument("--notebooks", type=Path, default=ROOT / "notebooks", help="where the notebooks are")
    parser.add_argument("--build", type=Path, default=ROOT / "build", help="where copies and report.json go")
    parser.add_argument("--cell-timeout", type=int, default=600, help="seconds for one cell")
    args = parser.parse_args()
    since = int(time.time())  # records know whole seconds
    start = time.perf_counter()
    folder = args.build.resolve() / "executed"
    folder.mkdir(parents=True, exist_ok=True)
    chosen = [
        path
        for path in sorted(args.notebooks.glob("[0-9][0-9]_*.ipynb"))
        if not args.names or path.stem in args.names or path.stem[:2] in args.names
    ]
    for number, path in enumerate(chosen, 1):
        print(f"[{number}/{len(chosen)}] {path.stem}", flush=True)
        problem = step(path, folder, args.cell_timeout)
        if problem:
            print(f"\n{path.stem} stops here. {problem}\n\nWhat it printed: {folder / path.name}")
            return 1
    missing = [] if args.names else report(since, args.build / "report.json")
    for line in missing:
        print(line)
    print(f"\n{len(chosen)} notebooks in {time.perf_counter() - start:.0f} s.")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
