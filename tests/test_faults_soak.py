"""A long training holds no more at its end than near its start: a short one here, the long one on record."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import soak
from faulty import environment

KEPT = soak.OUT / "soak.json"


def reading(step: int, **entries) -> dict:
    memory = {"memory_mb": 500.0, "children_mb": 80.0}
    return {"step": step, **memory, "open_files": 30, "threads": 4, "children": 3, "zombies": 0, **entries}


def found(last: dict, **left) -> dict:
    nothing = {"temporary_files": [], "processes": 0}
    return {"rows": [reading(100), reading(200), last], "left_over": {**nothing, **left}}


@pytest.mark.parametrize(
    "entries, word",
    [
        ({"memory_mb": 525.0}, None),
        ({"memory_mb": 526.0}, "memory_mb: 500.0 at step 200, 526.0 at step 300"),
        ({"children_mb": 90.0}, "children_mb"),
        ({"open_files": 31}, "open_files: 30 at step 200, 31 at step 300"),
        ({"threads": 5}, "threads"),
        ({"children": 4}, "children"),
        ({"zombies": 1}, "a zombie"),
    ],
)
def test_what_grows_is_named(entries, word):
    told = soak.problems(found(reading(300, **entries)), 200)
    assert len(told) == (word is not None) and all(word in line for line in told)


def test_what_is_left_over_is_named():
    told = soak.problems(found(reading(300), temporary_files=["tmpx"], processes=1), 200)
    assert told == ["left over: temporary_files ['tmpx']", "left over: processes 1"]


@pytest.mark.train
@pytest.mark.skipif(sys.platform == "win32", reason="counts file descriptors")
def test_a_short_soak_leaves_nothing(tmp_path, root):
    command = [sys.executable, "tools/soak.py", "--steps", "30", "--every", "10", "--warm", "20"]
    done = subprocess.run(
        [*command, "--out", str(tmp_path)], cwd=root, env=environment(), capture_output=True, text=True
    )
    told = json.loads((tmp_path / "soak.json").read_text())
    assert [row["step"] for row in told["rows"]] == [10, 20, 30], done.stdout + done.stderr
    assert all(row["children"] >= 1 for row in told["rows"])  # the verifier's processes were there
    assert [line for line in soak.problems(told, 20) if "_mb" not in line] == []
    assert (tmp_path / "soak.png").stat().st_size > 5000


def test_the_recorded_soak_was_long_and_nothing_grew():
    told = json.loads(KEPT.read_text())
    assert told["steps"] >= 2000 and told["rows"][-1]["step"] >= 2000
    assert soak.problems(told, 200) == []
