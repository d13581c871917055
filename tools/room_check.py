"""`make room-check`: is this machine fit for the workbook? A line a question, each with its cure.

Nothing is downloaded. The last steps are the real thing: the tiny model answers and takes a step of training.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import sys
import tempfile
import time
import webbrowser
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

FREE_GB, CORES = 1, 2
LISTED = re.compile(r"^([0-9a-f]{64})  (\S+)$", re.MULTILINE)


class Unfit(Exception):
    """What is wrong with this machine, and what to do, in one line."""


def python() -> str:
    """Python's version."""
    if sys.version_info < (3, 11):  # noqa: UP036 (somebody may run this without make)
        raise Unfit("Python is older than 3.11: install a newer one, then make PYTHON=python3.12 setup")
    return f"Python {sys.version.split()[0]}"


def room(root: Path = ROOT) -> str:
    """Processor cores and free disk."""
    from helpers.machine import cores

    free = shutil.disk_usage(root).free / 1e9
    if free < FREE_GB:
        raise Unfit(
            f"{free:.1f} GB free on this disk: make room for {FREE_GB} GB, or copy the folder elsewhere"
        )
    slow = "" if cores() >= CORES else " (one core: training takes about twice the guide's minutes)"
    return f"{cores()} cores, {free:.0f} GB free{slow}"


def packages(root: Path = ROOT) -> str:
    """What requirements.txt asks for."""
    from helpers.ready import missing

    lines = missing(root)
    if lines:
        raise Unfit(f"missing or of another version: {', '.join(lines)}. Type: make setup")
    return "all packages are here"


def data(root: Path = ROOT) -> str:
    """Every file that data/README.md lists is there, and whole."""
    listed = LISTED.findall((root / "data" / "README.md").read_text(encoding="utf-8"))
    for digest, name in listed:
        path = root / "data" / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise Unfit(f"data/{name} is missing or damaged: copy the folder again, or git checkout -- data")
    return f"{len(listed)} data files, all whole"


def browser() -> str:
    """A browser that JupyterLab can open, and a port for it to listen on."""
    with socket.socket() as one:
        try:
            one.bind(("127.0.0.1", 0))
        except OSError as error:
            raise Unfit(
                f"no port on 127.0.0.1 can be opened ({error}): a firewall forbids it; ask who runs it"
            ) from None
    try:
        return f"JupyterLab would open {webbrowser.get().name}"
    except webbrowser.Error:
        names = ("chromium", "google-chrome", "firefox")
        found = next((name for name in names if shutil.which(name)), None)
        if not found:
            raise Unfit(
                "no browser found: install one, or open the link that make lab prints elsewhere"
            ) from None
        return f"{found} is here; open the link that make lab prints in it"


def sampling() -> str:
    """The tiny model answers a question."""
    from helpers.models import load_tokenizer
    from helpers.sampling import load_policy, sample
    from helpers.tasks import MATH

    few = MATH.load("test").select([0])
    answers = sample(load_policy("tiny"), load_tokenizer("tiny"), MATH, few, num_samples=2).texts[0]
    if not any(answer.strip() for answer in answers):
        raise Unfit("the tiny model says nothing: data/tiny-llama is damaged; copy the folder again")
    return f"the tiny model answers: {answers[0].splitlines()[0][:50]}"


def training() -> str:
    """One step of GRPO moves the model."""
    from helpers.training import train

    with tempfile.TemporaryDirectory() as folder:
        run = train("math", "tiny", steps=1, out=folder)
        if not run.finished or not run.adapter.is_dir():
            raise Unfit("one step of training left nothing: run make test-unit, and report what it says")
    return "one step of training is done"


CHECKS: dict[str, Callable[[], str]] = {
    "Python": python,
    "machine": room,
    "packages": packages,
    "data": data,
    "browser": browser,
    "sampling": sampling,
    "training": training,
}


def main() -> int:
    """Ask everything; status 1 when something is wrong."""
    from helpers.ready import calm

    calm()
    os.chdir(ROOT)
    wrong, start = 0, time.perf_counter()
    for name, check in CHECKS.items():
        since = time.perf_counter()
        try:
            words, mark = check(), "ok"
        except Unfit as problem:
            words, mark, wrong = str(problem), "NO", wrong + 1
        except Exception as problem:
            words, mark, wrong = f"{type(problem).__name__}: {problem}", "NO", wrong + 1
        print(f"{mark}  {name:<9} {words}  ({time.perf_counter() - since:.0f} s)", flush=True)
    print(
        f"{'This machine is fit.' if not wrong else 'Not yet.'} {time.perf_counter() - start:.0f} s in all."
    )
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
