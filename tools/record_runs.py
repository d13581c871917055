"""Record the runs that ship in `data/runs/`: the embedded model, both tasks, several seeds, near and far.

    python tools/record_runs.py                         # both tasks, seeds 0, 1 and 2
    python tools/record_runs.py math --seeds 3 4        # more seeds of one task

Each run trains with the tiny model's own settings, through `helpers.training.train` like a reader's, and is
evaluated on the test split and on the far one. Seed 0 keeps its adapter; the others their record and curve.
"""

import argparse
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from helpers.ready import calm  # noqa: E402

calm()  # before the libraries that talk at import

from helpers.evaluation import evaluate  # noqa: E402
from helpers.report import lines  # noqa: E402
from helpers.runs import SHIPPED  # noqa: E402
from helpers.training import train  # noqa: E402


def record(task: str, seed: int, keep_adapter: bool) -> None:
    """Train and measure one run in build/, then move it to data/runs/."""
    work, place = ROOT / f"build/record/{task}-tiny-seed{seed}", SHIPPED / f"{task}-tiny-seed{seed}"
    shutil.rmtree(work, ignore_errors=True)
    run = train(task, "tiny", seed=seed, out=work, keep_completions=8)
    for split in ("test", "far"):
        print(
            "\n".join([f"{task}, seed {seed}, {split}", *lines(evaluate(run, split=split, save=True))]),
            flush=True,
        )
    if not keep_adapter:
        shutil.rmtree(run.adapter)
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(work, place)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "tasks", nargs="*", default=["math", "tldr"], metavar="TASK", help="math, tldr (default: both)"
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    args = parser.parse_args()
    for task in args.tasks:
        for seed in args.seeds:
            record(task, seed, keep_adapter=seed == 0)


if __name__ == "__main__":
    main()
