"""How fast is it on a GPU? The recipe's and the course's settings against ours, and what a run costs.

    python tools/bench_gpu.py                    # everything: about half an hour; make bench-gpu
    python tools/bench_gpu.py --only compare --models smollm-135m
    python tools/bench_gpu.py --stop-after 480   # begin nothing new after 480 s; call it again for the rest
    python tools/bench_gpu.py --quick            # a smoke test, on a processor too: the numbers mean little

The models have the exact shapes of SmolLM-135M and Llama-3.2-1B, and random weights: nothing is downloaded. A
random model hardly ever ends a completion, so each is as long as it may be. The course is Hugging Face's LLM
course, chapter 12. Every measurement is a process of its own: what runs out of memory is noted as that, and
costs nothing else. Results go to build/bench-gpu.json after each; what stands there is not measured again.
What is compared takes turns (--rounds), and the numbers are medians.
"""

import argparse
import dataclasses
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from helpers.ready import calm  # noqa: E402

calm()  # before the libraries that talk at import

from speed import costs, layouts  # noqa: E402
from speed.shapes import config_of, write_model  # noqa: E402

from helpers.costs import SHAPES  # noqa: E402
from helpers.errors import WorkbookError  # noqa: E402
from helpers.files import read_json, write_json  # noqa: E402
from helpers.machine import commit, hardware, versions  # noqa: E402

PLACE = ROOT / "build" / "bench-gpu.json"
PARTS = ("limit", *layouts.PARTS)


@dataclasses.dataclass(frozen=True)
class Point:
    """One measurement: its part and, but for the card's limit, the setting, the model and the round."""

    part: str
    setting: layouts.Setting | None = None
    model: str | None = None
    round: int = 1

    @property
    def name(self) -> str:
        """What it is called in the results."""
        if self.setting is None:
            return self.part
        return f"{self.part} / {self.model} / {self.setting.task} / {self.setting.name} / {self.round}"


def points(parts: list[str], models: list[str], rounds: int, quick: bool) -> Iterator[Point]:
    """What to measure, in this order: everything once, then the comparison again, its settings in turns."""
    if "limit" in parts:
        yield Point("limit")
    for turn in range(1, rounds + 1):
        for part, settings in layouts.PARTS.items():
            if part not in parts or (turn > 1 and part != "compare"):
                continue
            for model in models:
                for setting in settings:
                    yield Point(part, layouts.quick(setting) if quick else setting, model, turn)


def here(asked: dict[str, Any]) -> dict[str, Any]:
    """Measure a point in this process; the first one of a model makes that model's folder."""
    from speed.gpu import measured

    setting = asked["setting"] and layouts.Setting(**asked["setting"])
    folder = asked["folder"] and Path(asked["folder"])
    if folder and not folder.is_dir():
        write_model(config_of(asked["model"], asked["quick"]), folder)
    return measured(asked["part"], setting, folder, asked["seconds"])


def child(asked: dict[str, Any]) -> dict[str, Any]:
    """Measure a point in a process of its own; whatever becomes of that, say so."""
    command = [sys.executable, str(ROOT / "tools" / "bench_gpu.py"), "--point", json.dumps(asked)]
    most = 180 + 10 * asked["seconds"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=most)
        got = json.loads(done.stdout.splitlines()[-1])
        return got | ({"stderr": done.stderr[-2000:]} if "failed" in got and done.stderr else {})
    except subprocess.TimeoutExpired:
        return {"failed": f"took longer than {most:.0f} s"}
    except (IndexError, json.JSONDecodeError):
        said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        return {"failed": f"ended with status {done.returncode}, and said: {said[:200]}"}


def started(place: Path, machine: dict[str, Any]) -> dict[str, Any]:
    """What stands in the results already. Raises WorkbookError when that is of another machine."""
    if not place.is_file():
        return {"machine": machine, "measured": {}}
    found = read_json(place)

    def marks(one: dict[str, Any]) -> list[Any]:
        return [one["quick"], *(one["hardware"].get(name) for name in ("cpu", "gpu"))]

    if marks(found["machine"]) != marks(machine):
        raise WorkbookError(f"{place} was measured on another machine or with --quick: give another --out")
    return found


def bench(args: argparse.Namespace, machine: dict[str, Any]) -> dict[str, Any]:
    """Measure what is not in the results yet, and write them after each measurement."""
    begin, found = time.monotonic(), started(args.out, machine)
    with tempfile.TemporaryDirectory() as place:
        for point in points(args.only, args.models, args.rounds, args.quick):
            old = found["measured"].get(point.name)
            if old and not (args.again and "failed" in old):
                continue
            if time.monotonic() - begin > args.stop_after:
                print("The time is up: call it again for the rest.", flush=True)
                break
            folder = None if point.model is None else Path(place) / point.model
            asked = dataclasses.asdict(point) | {"folder": folder and str(folder)}
            asked |= {"seconds": args.seconds, "quick": args.quick}
            got = (here if args.quick else child)(asked)
            found["measured"][point.name] = dataclasses.asdict(point) | {"seconds": args.seconds} | got
            print(f"{point.name}: {costs.said(got)}", flush=True)
            write_json(args.out, found)
    found["headlines"] = costs.headlines(found["measured"])
    write_json(args.out, found)
    return found


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    listed = {"nargs": "+", "metavar": "NAME"}
    parser.add_argument("--only", choices=PARTS, default=list(PARTS), help=", ".join(PARTS), **listed)
    parser.add_argument("--models", choices=SHAPES, default=list(SHAPES), help=", ".join(SHAPES), **listed)
    parser.add_argument("--seconds", type=float, help="time budget of a measurement (default: 10)")
    parser.add_argument("--rounds", type=int, default=2, help="how often the comparison is made (default: 2)")
    parser.add_argument("--stop-after", type=float, default=float("inf"), help="seconds: begin nothing later")
    parser.add_argument("--again", action="store_true", help="measure anew what failed")
    parser.add_argument("--quick", action="store_true", help="two layers and a few tokens")
    parser.add_argument("--out", type=Path, default=PLACE, help="default: build/bench-gpu.json")
    parser.add_argument("--point", type=json.loads, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.seconds is None:
        args.seconds = 0.1 if args.quick else 10.0
    return args


def main() -> None:
    args = arguments()
    if args.point:
        return print("\n" + json.dumps(here(args.point)))
    import torch

    if not (args.quick or torch.cuda.is_available()):
        raise WorkbookError("no GPU here that torch can use: run this where there is one, or try --quick")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    where = {"hardware": hardware(), "versions": versions(), "commit": commit(ROOT), "quick": args.quick}
    found = bench(args, where)
    print("\n" + costs.table(found["measured"]) + f"\n\nWritten to {args.out}.")


if __name__ == "__main__":
    try:
        main()
    except WorkbookError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(2)
