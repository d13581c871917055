"""Does anything grow? 2,000 steps on a small random model: memory, open files, threads, processes.

`python tools/soak.py` trains through `helpers.training.train`, with checkpoints, a reward that asks the
verifier's own processes, and a record, and writes data/bench/soak.json and docs/pictures/soak.png. It ends
with status 1 when memory at the end is over 5 % above that of step 200, or when a file, a process or a
temporary file is left over.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
OUT, PICTURES = ROOT / "data" / "bench", ROOT / "docs" / "pictures"
sys.path.insert(0, str(ROOT / "tests"))


class Gauge:
    """A watcher of a training that reads, every few steps, what the process and its children hold."""

    def __init__(self, every: int) -> None:
        self.every, self.rows, self.process = every, [], psutil.Process()
        self.start = time.perf_counter()

    def begin(self, total_steps: int, reward_names: list[str]) -> None:
        """Nothing yet: the first steps warm up."""

    def step(self, row: dict[str, Any], samples: list[dict[str, Any]]) -> None:
        """One reading, on every `every`-th step."""
        if row["step"] % self.every == 0:
            self.rows.append({"step": row["step"], **self.reading()})
            print(json.dumps(self.rows[-1]), flush=True)

    def end(self, status: str) -> None:
        """Nothing to close."""

    def reading(self) -> dict[str, Any]:
        """Megabytes in memory (own and children's), open files, threads, children, seconds so far."""
        children = self.process.children(recursive=True)
        return {
            "memory_mb": round(self.process.memory_info().rss / 2**20, 1),
            "children_mb": round(sum(child.memory_info().rss for child in children) / 2**20, 1),
            "open_files": self.process.num_fds(),
            "threads": self.process.num_threads(),
            "children": len(children),
            "zombies": sum(child.status() == psutil.STATUS_ZOMBIE for child in children),
            "seconds": round(time.perf_counter() - self.start, 1),
        }


def judged(completions: Any, trainer_state: Any, **columns: Any) -> list[float]:
    """More letters, more reward; and a fresh question for the verifier's processes at every step."""
    from helpers.verifier.pool import POOL

    number = trainer_state.global_step
    if POOL.judge([(f"$\\frac{{{2 * number + 1}}}{{2}}$", f"{number}.5")]) != [True]:
        raise RuntimeError("the verifier does not answer")
    return [float(sum(map(str.isalpha, one[0]["content"]))) for one in completions]


def soak(steps: int, every: int) -> dict[str, Any]:
    """Train, and say what was held along the way and what was left at the end."""
    from tiny_random import make_random_model, write_rows

    from helpers import machine
    from helpers.quiet import quiet
    from helpers.training import train
    from helpers.verifier.pool import POOL

    with tempfile.TemporaryDirectory() as scratch, quiet():
        folder = Path(scratch)
        temporary = _temporary_files_in(folder / "tmp")
        model, rows = make_random_model(folder / "model"), folder / "rows"
        rows.mkdir()
        write_rows(rows)
        gauge = Gauge(every)
        asked = {"max_completion_length": 8, "save_steps": 50, "learning_rate": 1e-3}
        asked |= {"per_device_train_batch_size": 16, "gradient_accumulation_steps": 1}
        ask = {"steps": steps, "source": rows, "out": folder / "run", "reward_funcs": [judged], **asked}
        run = train("math", model, watch=gauge, **ask)
        left = [path.name for path in run.path.rglob("*") if path.name.startswith(".")]
        POOL.close()
        left += sorted(os.listdir(temporary))
        found = {"temporary_files": left, "processes": len(psutil.Process().children(recursive=True))}
    return {
        "steps": steps,
        "model": "random Qwen2, 2 layers, width 32 (tests/tiny_random.py)",
        "options": asked,
        "hardware": machine.hardware(),
        "versions": machine.versions(),
        "commit": machine.commit(ROOT),
        "rows": gauge.rows,
        "left_over": found,
    }


def _temporary_files_in(folder: Path) -> Path:
    """From now on, this process and its children make their temporary files there."""
    folder.mkdir()
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    return folder


def problems(found: dict[str, Any], warm: int) -> list[str]:
    """What grew from the reading of step `warm` to the last, or was left over; empty if nothing did."""
    first = next(row for row in found["rows"] if row["step"] >= warm)
    last = found["rows"][-1]
    told = [
        f"{name}: {first[name]} at step {first['step']}, {last[name]} at step {last['step']}"
        for name in ("open_files", "threads", "children")
        if last[name] > first[name]
    ]
    for name in ("memory_mb", "children_mb"):
        if last[name] > first[name] * 1.05:
            told.append(f"{name}: {first[name]} at step {first['step']}, {last[name]} at step {last['step']}")
    told += ["a zombie"] * any(row["zombies"] for row in found["rows"])
    return told + [f"left over: {name} {value}" for name, value in found["left_over"].items() if value]


def draw(found: dict[str, Any], path: Path) -> None:
    """Memory, and open files, threads and processes, against the step."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    steps = [row["step"] for row in found["rows"]]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
    left.plot(steps, [row["memory_mb"] for row in found["rows"]], label="training")
    left.plot(steps, [row["children_mb"] for row in found["rows"]], "--", label="verifier's processes")
    left.set(xlabel="step", ylabel="resident memory (MiB)", ylim=(0, None))
    for name, style in (("open_files", "-"), ("threads", "--"), ("children", ":")):
        right.plot(steps, [row[name] for row in found["rows"]], style, label=name.replace("_", " "))
    right.set(xlabel="step", ylabel="count", ylim=(0, None))
    for axes in (left, right):
        axes.legend(frameon=False)
    figure.savefig(path, dpi=80, metadata={"Software": None})
    plt.close(figure)


def main(words: list[str] | None = None) -> int:
    """Soak, write, draw, judge."""
    from helpers.files import write_json
    from helpers.ready import calm

    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--steps", type=int, default=2000)
    ask.add_argument("--every", type=int, default=20, help="steps between two readings (default: 20)")
    ask.add_argument("--warm", type=int, default=200, help="the reading to hold the last one against")
    ask.add_argument("--out", type=Path, default=OUT)
    args = ask.parse_args(words)
    calm()
    found = soak(args.steps, args.every)
    args.out.mkdir(parents=True, exist_ok=True)
    write_json(args.out / "soak.json", found)
    draw(found, (PICTURES if args.out == OUT else args.out) / "soak.png")
    told = problems(found, args.warm)
    print("\n".join(told) or f"nothing grew over {args.steps} steps")
    return int(bool(told))


if __name__ == "__main__":
    sys.exit(main())
