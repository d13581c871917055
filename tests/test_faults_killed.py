"""SIGKILL at random moments of a training in a process of its own: it goes on, and the curve is the same."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

import pytest
from faulty import start, steps_of, wait_for

from helpers.runs import load_run

STEPS = 20
pytestmark = pytest.mark.train


def whole_curve(path: Path) -> list[dict[str, float | None]]:
    """Every number of the curve but the time a step took."""
    return [{name: value for name, value in row.items() if name != "seconds"} for row in load_run(path).curve]


def asked(folder: Path, model: Path, rows: Path, name: str) -> dict:
    return {"model": model, "source": rows, "out": folder / name, "steps": STEPS, "cwd": folder}


def finish(ask: dict) -> float:
    """Let a training run to its end; returns the seconds from its first record to its last."""
    process = start(ask)
    wait_for((ask["out"] / "run.json").is_file, process)
    begun = time.monotonic()
    text, _ = process.communicate(timeout=300)
    assert process.returncode == 0, text
    return time.monotonic() - begun


def kill_and_go_on(folder: Path, model: Path, rows: Path, number: int, moment: float) -> tuple[Path, int]:
    """Kill one training `moment` seconds after its first record, and resume it to the end."""
    ask = asked(folder, model, rows, f"killed-{number}")
    process = start(ask)
    wait_for((ask["out"] / "run.json").is_file, process)
    time.sleep(moment)
    process.kill()
    process.communicate()
    reached = steps_of(ask["out"])
    json.loads((ask["out"] / "run.json").read_text())
    process = start({**ask, "resume": True})
    text, _ = process.communicate(timeout=300)
    assert process.returncode == 0, text
    return ask["out"], reached


def check_kills(count: int, folder: Path, model: Path, rows: Path) -> None:
    ask = asked(folder, model, rows, "whole")
    seconds = finish(ask)
    expected, said = whole_curve(ask["out"]), load_run(ask["out"]).completions
    assert len(expected) == STEPS
    dice = random.Random(os.environ.get("FAULTS_SEED", "0"))
    for number in range(count):
        # one moment in each equal part of the time, start and end included
        moment = seconds * (number + dice.random()) / count
        path, reached = kill_and_go_on(folder, model, rows, number, moment)
        print(f"kill {number}: {moment:.2f} of {seconds:.2f} s in, at step {reached}", flush=True)
        assert whole_curve(path) == expected
        assert load_run(path).completions == said
        assert load_run(path).finished
        assert sorted(one.name for one in path.iterdir()) == sorted(one.name for one in ask["out"].iterdir())


def test_two_kills_two_resumes_one_curve(tmp_path, random_model, rows_folder):
    check_kills(2, tmp_path, random_model, rows_folder)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_twenty_kills_twenty_resumes_one_curve(tmp_path, random_model, rows_folder):
    check_kills(20, tmp_path, random_model, rows_folder)
