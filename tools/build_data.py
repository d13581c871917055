"""Build `data/smoltldr` and `data/numinamath` from the generators and the rows written by hand.

    python tools/build_data.py                               # what the repository ships (seed 0)
    python tools/build_data.py --seed 7 --out build/fresh    # fresh rows, same rule of who owns what

Deterministic: the same seed writes the same bytes. `data/README.md` lists the checksums of seed 0.
"""

import argparse
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from corpus import maths, maths_far, tldr

ROOT = Path(__file__).resolve().parents[1]
BY_HAND = Path(__file__).parent / "corpus/by_hand"
SIZES = {"train": 2000, "validation": 200, "test": 200, "far": 150}  # far: 50 more rows by hand
FOLDERS = ("smoltldr", "numinamath")


def maths_row(rng: Random, split: str) -> dict:
    problem = maths_far.generate(rng) if split == "far" else maths.generate(rng, split)
    solution = maths.solution(problem)
    messages = [{"role": "user", "content": problem.text}, {"role": "assistant", "content": solution}]
    return {"problem": problem.text, "solution": solution, "messages": messages}


def tldr_row(rng: Random, split: str) -> dict:
    far = split == "far"
    post = tldr.generate(rng, "test" if far else split, far=far)
    return {"prompt": post.prompt, "completion": tldr.reference(post, rng)}


def unique_rows(make: Callable[[Random, str], dict], rng: Random, split: str) -> Iterator[dict]:
    """Rows of the split, no text twice."""
    seen = set()
    while len(seen) < SIZES[split]:
        row = make(rng, split)
        text = next(iter(row.values()))
        if text not in seen:
            seen.add(text)
            yield row


def build(folder: str, seed: int, out: Path) -> dict[str, str]:
    """Write the four splits of one data set; return file name -> sha256."""
    make = {"smoltldr": tldr_row, "numinamath": maths_row}[folder]
    sums = {}
    for split in SIZES:
        lines = [json.dumps(row) for row in unique_rows(make, Random(f"{folder}-{split}-{seed}"), split)]
        if split == "far":
            lines += (BY_HAND / f"{folder}.jsonl").read_text().splitlines()
        path = out / folder / f"{split}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n")
        sums[f"{folder}/{split}.jsonl"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return sums


def write_checksums(sums: dict[str, str], readme: Path) -> None:
    """Put the checksums between the two markers of `data/README.md`."""
    block = "\n".join(f"{digest}  {name}" for name, digest in sums.items())
    fenced = f"<!-- checksums -->\n```\n{block}\n```\n<!-- /checksums -->"
    text = re.sub(
        r"<!-- checksums -->.*<!-- /checksums -->", lambda _: fenced, readme.read_text(), flags=re.DOTALL
    )
    readme.write_text(text)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=ROOT / "data")
    args = parser.parse_args()
    sums = {name: digest for folder in FOLDERS for name, digest in build(folder, args.seed, args.out).items()}
    if (args.out / "README.md").exists() and args.seed == 0:
        write_checksums(sums, args.out / "README.md")
    print("\n".join(f"{digest[:12]}  {name}" for name, digest in sums.items()))


if __name__ == "__main__":
    main()
