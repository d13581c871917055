"""The command `report`: tables of runs, the documents' tables, runs from elsewhere. Loading it is quick."""

from __future__ import annotations

import argparse
from typing import Any


def add_command(commands: Any) -> None:
    """Tell the command line of report."""
    table = commands.add_parser("report", help="before and after of the newest evaluated run of each task")
    table.add_argument("--model", default="tiny", help="whose runs (default: tiny)")
    table.add_argument("--split", default="test", help="which split's evaluation (default: test)")
    table.add_argument("--json", metavar="FILE", help="write the numbers there as well")
    table.add_argument(
        "--fill",
        nargs="?",
        const="",
        metavar="FILE",
        help="instead, write the tables of the recorded runs (data/runs) between the ledger markers of a "
        "document, such as README.md (default: of every document that has some)",
    )
    table.add_argument(
        "--check",
        action="store_true",
        help="instead, say which tables differ from the recorded runs; status 1 if any does",
    )
    table.add_argument(
        "--add",
        metavar="RUN",
        help="instead, take a finished, evaluated run made elsewhere into data/runs: its folder, or a zip",
    )


def report_command(args: argparse.Namespace) -> int:
    """Print the table of each task, and write it down; or see to the documents' tables and their records."""
    from helpers.ledger.adding import add
    from helpers.ledger.documents import check, documents, fill_file
    from helpers.ledger.figures import curves, missing, name_of
    from helpers.ledger.report import report
    from helpers.runs import ROOT

    if args.add:
        print(add(args.add))
    if args.fill is not None:
        print("\n".join(fill_file(path) for path in ([args.fill] if args.fill else documents())))
        if missing():
            from helpers.pictures.recorded import draw

            draw(curves(), ROOT / name_of(curves()))
    if args.check:
        differences = check()
        print("\n".join(differences) or f"{len(documents())} documents and data/runs agree")
        return int(bool(differences))
    if args.fill is None and not args.add:
        print(report(model=args.model, split=args.split, file=args.json))
    return 0
