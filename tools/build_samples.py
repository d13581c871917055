"""Build `data/samples`: what the embedded model says before any training, for the reward lab of notebook 02.

    python tools/build_samples.py                              # what the repository ships (seed 0)
    python tools/build_samples.py --seed 7 --out build/fresh   # other samples of the same prompts

The first 64 prompts of each task's train split, 8 completions each, temperature 1, cut at the model's own
training limit. The same seed writes the same bytes on one kind of processor; on another one a rounding can
tip a sample. `data/README.md` lists the checksums of seed 0.
"""

import argparse
import hashlib
import json
import re
from pathlib import Path

from helpers.quiet import quiet
from helpers.tasks import TASKS
from helpers.widgets.samples import SAMPLES, draw

README = SAMPLES.parent / "README.md"


def build(task: str, seed: int, out: Path) -> str:
    """Write one task's samples; return their sha256."""
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in draw(task, seed=seed).rows]
    path = out / f"{task}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_checksums(sums: dict[str, str], readme: Path) -> None:
    """Put the checksums between the two markers of `data/README.md`."""
    block = "\n".join(f"{digest}  samples/{task}.jsonl" for task, digest in sums.items())
    fenced = f"<!-- sample checksums -->\n```\n{block}\n```\n<!-- /sample checksums -->"
    pattern = r"<!-- sample checksums -->.*<!-- /sample checksums -->"
    readme.write_text(re.sub(pattern, lambda _: fenced, readme.read_text(), flags=re.DOTALL))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=SAMPLES)
    args = parser.parse_args()
    with quiet():
        sums = {task: build(task, args.seed, args.out) for task in TASKS}
    if args.out == SAMPLES and args.seed == 0:
        write_checksums(sums, README)
    print("\n".join(f"{digest[:12]}  {task}.jsonl" for task, digest in sums.items()))


if __name__ == "__main__":
    main()
