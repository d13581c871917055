r"""How fast is `reward_accuracy`, next to math-verify called plainly and to TRL's own accuracy reward?

    python tools/bench_rewards.py                # about a minute; make bench-rewards
    python tools/bench_rewards.py --items 1000   # more completions in each round

Three questions: (a) completions like the data's, (b) LaTeX answers, (c) a batch of 64 of which 8 are
hostile. In (a) and (b) the three take turns in one process, every round has new completions, so that no
cache helps, and the table shows medians. "Again" is ours on completions it has just seen. "Differs" counts
verdicts that a fair judge would not share; TRL's reads only LaTeX, so plain text costs it some. In (c) ours
comes first of all and pays for every import; the others have a process of their own and fewer hostile
answers, and are stopped at a limit. The numbers also go to build/bench-rewards.json.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from bench_items import BATCH, HOSTILE, Item, distinct, hostile_batch, latex, like_the_data  # noqa: E402

from helpers.rewards import reward_accuracy  # noqa: E402

Judge = Callable[[list[str], list[str]], list[float | None]]

LIMIT_SECONDS = 40  # for each of the others in (c)


def ours(completions: list[str], solutions: list[str]) -> list[float | None]:
    return reward_accuracy(completions, solution=solutions)


def plain(completions: list[str], solutions: list[str]) -> list[float | None]:
    from math_verify import parse, verify

    pairs = zip(completions, solutions, strict=True)
    return [float(verify(parse(gold), parse(completion))) for completion, gold in pairs]


def trl(completions: list[str], solutions: list[str]) -> list[float | None]:
    from trl.rewards import accuracy_reward

    return accuracy_reward([[{"role": "assistant", "content": text}] for text in completions], solutions)


JUDGES: dict[str, Judge] = {"reward_accuracy": ours, "math_verify": plain, "trl accuracy_reward": trl}


def timed(judge: Judge, items: list[Item]) -> tuple[float, int]:
    """Completions per second in batches of BATCH, and how many verdicts a fair judge would not share."""
    wrong, started = 0, time.perf_counter()
    for start in range(0, len(items), BATCH):
        completions, solutions, fair = map(list, zip(*items[start : start + BATCH], strict=True))
        wrong += sum(pay != due for pay, due in zip(judge(completions, solutions), fair, strict=True))
    return len(items) / (time.perf_counter() - started), wrong


def speeds(items: list[Item], rounds: int, judges: dict[str, Judge]) -> dict[str, dict[str, float]]:
    """Medians over rounds; each round has its own share of `items`, and the judges take turns on it."""
    for judge in judges.values():
        timed(judge, items[:1])  # imports, grammars, workers
    seen: dict[str, list[tuple[float, int]]] = {name: [] for name in [*judges, "again"]}
    for share in (items[number::rounds] for number in range(rounds)):
        for name, judge in judges.items():
            seen[name].append(timed(judge, share))
        seen["again"].append(timed(ours, share))
    return {
        name: {
            "completions_per_second": statistics.median(speed for speed, _ in pairs),
            "differs": sum(wrong for _, wrong in pairs),
            "of": len(items),
        }
        for name, pairs in seen.items()
    }


def bear(name: str, hostile: int) -> dict[str, Any]:
    """Seconds that another judge takes for the batch, in a process of its own, up to LIMIT_SECONDS."""
    command = [sys.executable, str(Path(__file__).resolve()), "--bear", name, "--hostile", str(hostile)]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS, cwd=ROOT)
    except subprocess.TimeoutExpired:
        return {"hostile": hostile, "outcome": f"not done after {LIMIT_SECONDS} s"}
    if run.returncode:
        return {"hostile": hostile, "outcome": "raised " + run.stderr.strip().splitlines()[-1][:60]}
    return {"hostile": hostile, "seconds": float(run.stdout.split()[-1])}


def bear_here(name: str, hostile: int) -> None:
    """The inside of `bear`: imports and grammars first, then the clock."""
    timed(JUDGES[name], hostile_batch([], seed=1))
    started = time.perf_counter()
    timed(JUDGES[name], hostile_batch(HOSTILE[:hostile]))
    print(time.perf_counter() - started)


def show(title: str, result: dict[str, dict[str, float]]) -> None:
    mine = result["reward_accuracy"]["completions_per_second"]
    print(f"\n{title}")
    for name, row in result.items():
        label = "reward_accuracy, again" if name == "again" else name
        times = mine / row["completions_per_second"]
        ratio = f"ours is {times:.1f}x" if name in JUDGES and name != "reward_accuracy" else ""
        print(f"  {label:24}{row['completions_per_second']:>12,.0f} /s  {row['differs']:>4} differ  {ratio}")


def bench(items: int, rounds: int, seed: int) -> dict[str, Any]:
    """All three questions; prints as it goes."""
    started = time.perf_counter()
    _, wrong = timed(ours, hostile_batch(HOSTILE))
    cold = time.perf_counter() - started
    started = time.perf_counter()
    timed(ours, hostile_batch([text + " " for text in HOSTILE[::-1]], seed=2))
    c = {"cold_seconds": cold, "warm_seconds": time.perf_counter() - started, "differs": wrong}
    print(f"(c) a batch of {BATCH} with {len(HOSTILE)} hostile answers, wall seconds")
    print(f"  reward_accuracy, cold: {cold:.2f} s, {wrong} verdicts differ; warm: {c['warm_seconds']:.2f} s")
    for name in list(JUDGES)[1:]:
        for hostile in (1, 2):
            c[f"{name}, {hostile} hostile"] = got = bear(name, hostile)
            outcome = f"{got['seconds']:.2f} s" if "seconds" in got else got["outcome"]
            print(f"  {name}, only {hostile} hostile: {outcome}", flush=True)
    draw = random.Random(seed)
    a = speeds(distinct(like_the_data(draw), items), rounds, JUDGES)
    show(f"(a) {items:,} different completions like the data's, {rounds} rounds, medians", a)
    b = speeds(distinct(latex(draw), items), rounds, JUDGES)
    show(f"(b) {items:,} different LaTeX answers, {rounds} rounds, medians", b)
    return {"seed": seed, "rounds": rounds, "cores": os.cpu_count(), "data": a, "latex": b, "hostile": c}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--items", type=int, default=900, help="completions in (a) and in (b), over all rounds"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--bear", choices=JUDGES, help=argparse.SUPPRESS)
    parser.add_argument("--hostile", type=int, default=1, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.bear:
        return bear_here(args.bear, args.hostile)
    result = bench(args.items, args.rounds, args.seed)
    place = ROOT / "build/bench-rewards.json"
    place.parent.mkdir(exist_ok=True)
    place.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(f"\nWritten to {place.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
