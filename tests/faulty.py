"""For the tests of faults: a training in a process of its own, to be killed, starved or interrupted.

`python tests/faulty.py JSON` trains as the JSON says: model, source, out and further arguments of train(). Of
the rewards here `varied` is the usual one: it depends on the completion alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FAST = {
    "max_completion_length": 8,
    "learning_rate": 0.01,
    "save_steps": 2,
    "per_device_train_batch_size": 8,
    "gradient_accumulation_steps": 1,
    "num_generations": 4,
}


def varied(completions: Any, **columns: Any) -> list[float]:
    """The share of letters: different for most completions."""
    texts = [one[0]["content"] for one in completions]
    return [sum(map(str.isalpha, text)) / (len(text) + 1) for text in texts]


def command(ask: dict[str, Any]) -> list[str]:
    """The command that trains so."""
    return [sys.executable, str(Path(__file__).resolve()), json.dumps(ask, default=str)]


def environment(**more: str) -> dict[str, str]:
    """This process's, with the repository to import from and no network."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    return {**os.environ, "PYTHONPATH": path, "HF_HUB_OFFLINE": "1", **more}


def start(ask: dict[str, Any], **more: str) -> subprocess.Popen[str]:
    """Start a training; its output goes into a pipe."""
    ends = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(command(ask), env=environment(**more), cwd=ask["cwd"], **ends)


def wait_for(found: Any, process: subprocess.Popen[str] | None = None, seconds: float = 120) -> None:
    """Wait until `found()` is true. AssertionError when the process ends before, or time is up."""
    until = time.monotonic() + seconds
    while not found():
        assert process is None or process.poll() is None, process.stdout.read()
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.01)


def steps_of(folder: Path) -> int:
    """How many steps stand in the curve."""
    path = folder / "curve.csv"
    return max(0, path.read_text().count("\n") - 1) if path.is_file() else 0


def main(ask: dict[str, Any]) -> int:
    """Train."""
    from helpers.errors import WorkbookError
    from helpers.ready import calm
    from helpers.training import train

    calm()
    ask.pop("cwd", None)
    try:
        train(ask.pop("task", "tldr"), ask.pop("model"), reward_funcs=[varied], **{**FAST, **ask})
    except WorkbookError as error:
        print(f"error: {error}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
