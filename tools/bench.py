"""How fast is it? Training, sampling, start-up, seconds to a goal, and growth: ratios measured in one run.

    python tools/bench.py                            # everything: about 20 minutes on two cores; make bench
    python tools/bench.py --only training sampling   # parts of it
    python tools/bench.py --quick                    # a smoke test: the numbers mean little
    python tools/bench.py --sweep                    # everything; first finds stock's best learning rate anew

What is compared takes turns in one run; the numbers are medians. They go to build/bench.json, together with
the machine; build/bench-growth.png shows the growth. Close other programs first: they are measured too. The
sweep of stock's learning rate is kept in data/bench/sweep.json.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from helpers.ready import calm  # noqa: E402

calm()  # before the libraries that talk at import

from helpers.files import read_json, write_json  # noqa: E402
from helpers.machine import commit, hardware, versions  # noqa: E402

PARTS = ("training", "sampling", "startup", "goal", "growth")
PLACE, PICTURE = ROOT / "build" / "bench.json", ROOT / "build" / "bench-growth.png"
HEADLINES = ("completions_per_s_ratio", "sampling_share_of_limit", "startup_s", "time_to_goal_s")
RATES, SEEDS = [3e-4, 1e-3, 2e-3, 3e-3], [0, 1]


def measure(part: str, quick: bool) -> dict[str, Any]:
    """The numbers of one part."""
    if part == "training":
        from speed.trainers import training

        return training(1, 1, max_completion_length=16) if quick else training(3, 6)
    if part == "sampling":
        from speed.sampling import sampling

        return sampling((8,), 1, 16) if quick else sampling((32, 128), 7)
    if part == "startup":
        from speed.startup import startup

        return startup(1 if quick else 3)
    if part == "goal":
        from speed.goal import time_to_goal

        return time_to_goal([0], 2) if quick else time_to_goal([0, 1, 2], 80)
    from speed.growth import SWEEPS, growth

    return {"points": growth({"completions": SWEEPS["completions"][:2]} if quick else SWEEPS)}


def table(found: dict[str, Any]) -> list[tuple[str, str]]:
    """What was measured, a line each: what, and how much."""
    from helpers.pictures.scaling import slopes

    lines = []
    if "completions_per_s_ratio" in found:
        each = found["training"]["completions_per_s"]
        lines += [
            (f"completions trained on per second, {kind}", f"{speed:.1f}") for kind, speed in each.items()
        ]
        lines += [("ours / stock", f"{found['completions_per_s_ratio']:.2f}")]
        lines += [
            (
                "ours / stock in fp32, no checkpointing",
                f"{found['training']['completions_per_s_ratio_fp32']:.2f}",
            )
        ]
    for batch, one in found.get("sampling", {}).get("by_batch", {}).items():
        speeds = ", ".join(f"{name} {speed:,}" for name, speed in one["tokens_per_s"].items())
        lines += [(f"tokens sampled per second, batch {batch}", speeds)]
        lines += [(f"share of the bare loop, batch {batch}", f"{one['share_of_limit']:.0%}")]
    for name, seconds in found.get("startup_s", {}).items():
        lines += [(f"seconds from a cold kernel to {name.replace('_', ' ')}", f"{seconds:.1f}")]
    for kind, one in found.get("time_to_goal_s", {}).items():
        text = f"{one['mean']} [{one['ci_low']}, {one['ci_high']}]" if "mean" in one else str(one["seconds"])
        lines += [
            (f"seconds to the goal, {kind}", f"{text}, reached by {one['reached']} of {one['of']} seeds")
        ]
    for name, points in found.get("growth", {}).get("points", {}).items():
        for one in points:
            text = f"{one['seconds']:.2f} s, {one['memory_mb']:,.0f} MB"
            lines += [
                (f"a step of {one[name]:,} {name if name != 'length' else 'tokens a completion'}", text)
            ]
        powers = slopes([one[name] for one in points], [one["seconds"] for one in points])
        lines += [("  its time grows with the power", ", ".join(f"{power:.2f}" for power in powers))]
    return lines


def find_rate() -> None:
    """Stock's best learning rate, into data/bench/sweep.json."""
    from speed.goal import SWEEP, sweep

    SWEEP.parent.mkdir(parents=True, exist_ok=True)
    note = (
        "Rates are compared by steps. The seconds are of a machine that may have done other work meanwhile."
    )
    where = {"note": note, "hardware": hardware(), "versions": versions()}
    write_json(SWEEP, sweep("stock", RATES, SEEDS, 80) | where)


def bench(parts: list[str], quick: bool, sweep: bool, place: Path) -> dict[str, Any]:
    """Measure the parts; what an earlier run wrote about other parts stays, each with its own machine."""
    found = read_json(place) if place.is_file() else {}
    for part in parts:
        start = time.perf_counter()
        if part == "goal" and sweep:
            find_rate()
        got = measure(part, quick)
        found |= {name: got.pop(name) for name in HEADLINES if name in got}
        took = round(time.perf_counter() - start, 1)
        where = {"commit": commit(ROOT), "hardware": hardware(), "versions": versions()}
        found[part] = {**got, **where, "took_s": took, "quick": quick}
        print(f"{part}: {took:.0f} s", flush=True)
        write_json(place, found)
    return found


def picture(found: dict[str, Any], path: Path) -> None:
    """Draw the growth."""
    import matplotlib

    matplotlib.use("agg")
    from helpers.pictures.scaling import growth

    growth(found["growth"]["points"])[0].figure.savefig(path, dpi=100)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=", ".join(PARTS)
    )
    parser.add_argument("--quick", action="store_true", help="few and short steps")
    parser.add_argument("--sweep", action="store_true", help="find stock's best learning rate first (slow)")
    parser.add_argument("--out", type=Path, default=PLACE, help="where to write (default: build/bench.json)")
    parser.add_argument("--point", type=json.loads, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.point:
        from speed.growth import point

        return print(json.dumps(point(**args.point)))
    args.out.parent.mkdir(parents=True, exist_ok=True)
    found = bench(args.only, args.quick, args.sweep, args.out)
    lines = table(found)
    width = max(len(name) for name, _ in lines)
    print("\n" + "\n".join(f"{name:<{width}}  {value}" for name, value in lines))
    if "growth" in args.only:
        picture(found, args.out.with_name(PICTURE.name))
    print(f"\nWritten to {args.out}.")


if __name__ == "__main__":
    main()
