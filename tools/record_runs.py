"""Record the runs that ship in data/runs: main runs, baselines and reward ablations of the embedded model.

    python tools/record_runs.py                       # everything that is not there yet
    python tools/record_runs.py math                  # what begins with "math" (a second process may do tldr)
    python tools/record_runs.py math-sft --again      # some of it, afresh
    python tools/record_runs.py --only main --seeds 0 # by kind: main, baselines, ablations; by seed
    python tools/record_runs.py --sweep               # learning rates of all methods, nothing else
    python tools/record_runs.py --trial --seeds 0 1   # in small, into build/trial, in minutes

Each run is trained like a reader's, by helpers.training or helpers.baselines, evaluated on the test
and the far split, and moved to data/runs when it is whole. A baseline without a learning rate gets its sweep
first. Run it from a clean checkout: the commit goes into every record. Then: python -m helpers report --fill
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from helpers.ready import calm  # noqa: E402

calm()  # before the libraries that talk at import

from record_plan import ABLATED, BASELINES, MAIN, Item, make, plan  # noqa: E402
from record_sweep import sweep  # noqa: E402

from helpers.evaluation import evaluate  # noqa: E402
from helpers.ledger.report import lines  # noqa: E402
from helpers.rows import pairs_path  # noqa: E402
from helpers.runs import SHIPPED, load_run  # noqa: E402

SPLITS = ("test", "far")
TRIAL = {"steps": 3, "n": 24, "num_samples": 8}


def whole(place: Path) -> bool:
    """Whether a finished run with both evaluations and their rows is there."""
    if not (place / "run.json").is_file():
        return False
    run = load_run(place)
    return run.finished and all(
        split in run.record.get("evaluation", {}) and run.rows(split) for split in SPLITS
    )


def record(item: Item, out: Path, trial: bool) -> None:
    """Train and measure one run in build/, then move it to its place."""
    work, rate = ROOT / "build" / ("trial-record" if trial else "record") / item.name, None
    if item.kind == BASELINES:
        rate = sweep(item.task, item.method, out, trial=trial)
    sizes = {"steps": TRIAL["steps"]} if trial else {}
    run = make(
        item.series, item.task, item.method, item.seed, work,
        learning_rate=rate, completions=item.completions, **sizes,
    )  # fmt: skip
    counts = {name: TRIAL[name] for name in ("n", "num_samples")} if trial else {}
    for split in SPLITS:
        result = evaluate(run, split=split, save=True, **counts)
        print("\n".join([f"{item.name}, {split}", *lines(result)]), flush=True)
    if item.seed or item.kind == ABLATED:
        for split in SPLITS:
            pairs_path(work, split).unlink()
    if item.seed or item.kind != MAIN:
        shutil.rmtree(run.adapter)
    if not item.completions:
        (work / "completions.jsonl").unlink(missing_ok=True)
    place = item.place(out)
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(work, place)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="how names begin (default: all)")
    parser.add_argument("--only", nargs="+", choices=(MAIN, BASELINES, ABLATED), help="which kinds")
    parser.add_argument("--seeds", type=int, nargs="+", help="default: 0-4; 0-2 for ablations")
    parser.add_argument("--again", action="store_true", help="also what is there already")
    parser.add_argument("--sweep", action="store_true", help="sweep learning rates, record no runs")
    parser.add_argument("--trial", action="store_true", help="few steps and prompts, into build/trial")
    args = parser.parse_args()
    out = ROOT / "build" / "trial" if args.trial else SHIPPED
    if args.sweep:
        for task in ("math", "tldr"):
            for method in ("sft", "rejection", "grpo"):
                name = f"{task}-{method}"
                if not args.names or any(name.startswith(each) for each in args.names):
                    best = sweep(task, method, out, trial=args.trial, again=args.again)
                    print(f"{name}: best learning rate {best:g}", flush=True)
        return
    for item in plan(args.names, args.only or [MAIN, BASELINES, ABLATED], args.seeds):
        if whole(item.place(out)) and not args.again:
            print(f"{item.name} is there", flush=True)
        else:
            record(item, out, args.trial)


if __name__ == "__main__":
    main()
