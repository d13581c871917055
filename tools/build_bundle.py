"""`make bundle`: everything that a room without network needs, in one folder for a USB stick.

    python tools/build_bundle.py                 build/bundle/grpo-workbook/: what is committed, and wheels/
    python tools/build_bundle.py --fits wheels   do these wheels fit this Python? (make setup asks)

In the unpacked folder `make run` and `make lab` install from wheels/ and ask no index. The wheels are those
of constraints.txt, for the system, processor and Python that gathered them: make one bundle for each kind of
machine in the room. pip takes them from where it is set up to look; torch is the build installed here.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = "grpo-workbook"
# What the editable install builds itself with; everything else stands in the requirements.
BUILDER = "setuptools>=77"
RECORD = "made_for.json"
START = """The GRPO workbook, with all that it installs: nothing here asks a network.

Made for {made_for}.
Copy this folder from the stick to the disk first. Then, in the copy:

    make room-check     five minutes: is this machine fit?
    make lab            JupyterLab on your own copies of the notebooks

Without make:

    python3 -m venv .venv
    .venv/bin/python -m pip install --no-index --find-links wheels -r requirements.txt -r requirements-dev.txt -c constraints.txt
    .venv/bin/python -m pip install --no-index --find-links wheels --no-deps -e .
    .venv/bin/python -m jupyterlab notebooks

On Windows: py -m venv .venv, and .venv\\Scripts\\python in place of .venv/bin/python.
"""  # noqa: E501


def this_machine() -> dict[str, str]:
    """What wheels depend on: the Python, the system and the processor."""
    return {
        "python": f"{platform.python_implementation()} {sys.version_info[0]}.{sys.version_info[1]}",
        "system": platform.system(),
        "processor": platform.machine(),
    }


def misfit(wheels: Path) -> str | None:
    """One line about why the wheels of a bundle cannot serve this Python, or None."""
    record = wheels / RECORD
    if not record.is_file():
        return None  # a folder of somebody's own: pip will say what is missing
    made_for, here = json.loads(record.read_text(encoding="utf-8")), this_machine()
    if made_for == here:
        return None
    return (
        f"The wheels in {wheels.name}/ were made for {', '.join(made_for.values())}, and this is "
        f"{', '.join(here.values())}: make a bundle on a machine like this one, name another Python "
        f"(make PYTHON=python3.x run), or delete {wheels.name}/ to install from the network."
    )


def collect_wheels(requirements: list[Path], constraints: Path, wheels: Path, *extra: str) -> int:
    """Put the wheels of `requirements` and all that they need into `wheels`; returns how many.

    What is published as source only is built here. SystemExit with pip's own reason when pip fails.
    """
    wheels.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "pins.txt"
        pins.write_text(constraints.read_text(encoding="utf-8") + _torch_pin(), encoding="utf-8")
        files = [word for path in requirements for word in ("-r", str(path))]
        command = [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "-q",
            "--disable-pip-version-check",
            "-w",
            str(wheels),
        ]
        done = subprocess.run([*command, *files, "-c", str(pins), *extra], capture_output=True, text=True)
    if done.returncode:
        reasons = [line for line in done.stderr.splitlines() if "ERROR" in line] or [
            done.stderr.strip()[-300:]
        ]
        raise SystemExit(f"pip could not gather the wheels: {reasons[-1]}")
    (wheels / RECORD).write_text(json.dumps(this_machine(), indent=1) + "\n", encoding="utf-8")
    return len(list(wheels.glob("*.whl")))


def _torch_pin() -> str:
    """A CPU build of torch that is installed stays one: without its tag pip may take gigabytes of CUDA."""
    try:
        version = metadata.version("torch")
    except metadata.PackageNotFoundError:
        return ""
    return f"\ntorch=={version}\n" if version.endswith("+cpu") else ""


def copy_committed(target: Path, root: Path = ROOT) -> None:
    """The files of the last commit, data and model among them. SystemExit outside a git checkout."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "committed.tar"
        command = ["git", "-C", str(root), "archive", "--format=tar", "-o", str(archive), "HEAD"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"A bundle is made from a git checkout: {done.stderr.strip()}")
        shutil.unpack_archive(archive, target, **({"filter": "data"} if sys.version_info >= (3, 12) else {}))


def build(out: Path, root: Path = ROOT) -> Path:
    """Make the bundle anew in `out`; returns its folder."""
    target = out / NAME
    wheels = target / "wheels"
    kept = out / "wheels"  # what an earlier build gathered is not gathered again
    if wheels.is_dir():
        shutil.rmtree(kept, ignore_errors=True)
        wheels.rename(kept)
    shutil.rmtree(target, ignore_errors=True)
    copy_committed(target, root)
    files = [target / "requirements.txt", target / "requirements-dev.txt"]
    reuse = ("--find-links", str(kept)) if kept.is_dir() else ()
    number = collect_wheels(files, target / "constraints.txt", wheels, *reuse, BUILDER)
    shutil.rmtree(kept, ignore_errors=True)
    made_for = ", ".join(this_machine().values())
    (target / "OFFLINE.txt").write_text(START.format(made_for=made_for), encoding="utf-8")
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(f"{target}: {number} wheels for {made_for}; {size / 1e6:,.0f} MB. Copy the folder to the stick.")
    return target


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bundle", help="where the bundle goes")
    parser.add_argument("--fits", type=Path, metavar="WHEELS", help="build nothing; check a folder of wheels")
    args = parser.parse_args()
    if args.fits:
        problem = misfit(args.fits)
        print(problem or "", end="\n" if problem else "", file=sys.stderr)
        return int(problem is not None)
    build(args.out.resolve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
