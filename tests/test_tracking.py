"""Trackers: none by default, no question ever, and the same name and numbers there as in the ledger."""

from __future__ import annotations

import os
import pty
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helpers.errors import WorkbookError
from helpers.runs import load_run
from helpers.trainer.recording import LOGGED
from helpers.trainer.tracking import trackers

ROOT = Path(__file__).resolve().parents[1]
BLOCK = 32768  # wandb's file is a leveldb log: blocks of this size after a header of 7 bytes


def bare(home: Path, **more: str) -> dict[str, str]:
    """An environment in which wandb knows no key and no mode."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WANDB", "NETRC"))}
    return {**kept, "HOME": str(home), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **more}


def test_nothing_is_tracked_and_nothing_left_behind_by_default(tmp_path, random_model, rows_folder) -> None:
    here = tmp_path / "here"
    here.mkdir()
    words = ["train", "tldr", "--model", str(random_model), "--source", str(rows_folder), "--steps", "1"]
    more = ["--option", "max_completion_length=8", "--out", str(tmp_path / "run")]
    done = subprocess.run(
        [sys.executable, "-m", "helpers", *words, *more],
        cwd=here, env=bare(tmp_path), capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert list(here.iterdir()) == [] and load_run(tmp_path / "run").finished


@pytest.mark.parametrize("terminal", [False, True], ids=["closed", "terminal"])
def test_wandb_without_a_key_is_one_line_and_never_a_question(tmp_path, terminal) -> None:
    """In a terminal wandb would ask; nobody answers here, so a question would never end."""
    command = [sys.executable, "-m", "helpers", "train", "math", "--report-to", "wandb"]
    main, child = pty.openpty()
    place = {"stdin": child, "stdout": child} if terminal else {"stdin": subprocess.DEVNULL}
    start = time.monotonic()
    done = subprocess.run(
        command, cwd=tmp_path, env=bare(tmp_path), stderr=subprocess.PIPE, text=True, timeout=200, **place
    )
    os.close(child)
    os.close(main)
    assert done.returncode == 2 and time.monotonic() - start < 190
    assert done.stderr.count("error: ") == 1 and "WANDB_MODE=offline" in done.stderr
    assert not (tmp_path / "runs").exists() and not (tmp_path / "wandb").exists()


def test_wandb_offline_has_the_runs_name_and_every_number_of_its_curve(
    tmp_path, random_model, rows_folder
) -> None:
    """Two trainings in one process, as in a notebook: each is a run of its own."""
    code = (
        "import os\nfrom helpers.training import train\n"
        "from helpers.errors import WorkbookError\n"
        "ask = dict(steps=2, report_to='wandb', max_completion_length=8, beta=0.1)\n"
        "try: train('tldr', MODEL, source=ROWS, out='first', **ask)\n"
        "except WorkbookError as error: print('refused')\n"
        "os.environ['WANDB_MODE'] = 'offline'\n"
        "for name in ('first', 'second'): train('tldr', MODEL, source=ROWS, out=name, **ask)\n"
    )
    code = code.replace("MODEL", repr(str(random_model))).replace("ROWS", repr(str(rows_folder)))
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path, env=bare(tmp_path), capture_output=True, text=True, timeout=500,
    )  # fmt: skip
    assert done.returncode == 0 and "refused" in done.stdout, done.stdout + done.stderr
    written = [history(path) for path in sorted((tmp_path / "wandb").glob("offline-run-*/*.wandb"))]
    assert sorted(name for name, _ in written) == ["first", "second"]
    for name, rows in written:
        run = load_run(tmp_path / name)
        assert [row["train/global_step"] for row in rows] == run.column("step") == [1, 2]
        theirs = {**LOGGED, "reward": "reward", "reward_std": "reward_std"}
        theirs |= {f"reward_len_{what}": f"rewards/reward_len/{what}" for what in ("mean", "std")}
        theirs.pop("length_chars", None)
        columns = set(run.curve[0]) - {"step", "seconds", "length_chars"}
        assert columns == set(theirs), "a column of the curve that no tracker gets"
        for column, key in theirs.items():
            assert run.column(column) == pytest.approx([row[f"train/{key}"] for row in rows]), column


def history(path: Path) -> tuple[str, list[dict[str, float]]]:
    """The run's name and the rows of numbers in a file of wandb's."""
    import json

    from wandb.proto.wandb_internal_pb2 import Record

    name, rows = "", []
    for data in blobs(path.read_bytes()):
        record = Record.FromString(data)
        if record.WhichOneof("record_type") == "run":
            name = record.run.display_name or name
        if record.WhichOneof("record_type") == "history":
            items = record.history.item
            row = {item.key or "/".join(item.nested_key): json.loads(item.value_json) for item in items}
            if "train/loss" in row:
                rows.append(row)
    return name, rows


def blobs(data: bytes):
    """The records of a leveldb log: each in one piece, or in a first, middle and last one."""
    place, whole = 7, b""
    while place + 7 <= len(data):
        if BLOCK - place % BLOCK < 7:
            place += BLOCK - place % BLOCK
            continue
        _, size, kind = struct.unpack("<IHB", data[place : place + 7])
        whole += data[place + 7 : place + 7 + size]
        place += 7 + size
        if kind in (1, 4):
            yield whole
            whole = b""


def test_unknown_and_missing_trackers_are_named_before_anything_is_loaded() -> None:
    assert trackers(None) == trackers("none") == trackers([]) == []
    with pytest.raises(WorkbookError, match=r"unknown tracker 'wnadb': choose from .*tensorboard.*wandb"):
        trackers("wnadb")


def test_any_tracker_that_transformers_knows_is_passed_through(monkeypatch) -> None:
    where = "transformers.integrations.integration_utils.get_available_reporting_integrations"
    monkeypatch.setattr(where, lambda: ["wandb"])
    with pytest.raises(WorkbookError, match="'trackio': its package is not installed"):
        trackers("trackio")
    monkeypatch.setattr(where, lambda: ["trackio", "tensorboard"])
    assert trackers("trackio, tensorboard") == ["trackio", "tensorboard"] == trackers("all")


def test_a_tracker_is_handed_to_the_trainer_with_the_runs_name(
    monkeypatch, tmp_path, random_model, rows_folder
) -> None:
    """A tracker of our own in transformers' table gets the numbers of every step."""
    from transformers import TrainerCallback
    from transformers.integrations import integration_utils

    from helpers.training import train

    told = []

    class Fake(TrainerCallback):
        def on_log(self, args, state, control, logs=None, **rest):
            told.append((args.run_name, state.global_step, logs.get("reward")))

    monkeypatch.setitem(integration_utils.INTEGRATION_TO_CALLBACK, "fake", Fake)
    monkeypatch.setattr(integration_utils, "get_available_reporting_integrations", lambda: ["fake"])
    ask = {"source": rows_folder, "out": tmp_path / "named", "max_completion_length": 8}
    run = train("tldr", random_model, steps=2, report_to="fake", **ask)
    assert told[:2] == [("named", n + 1, reward) for n, reward in enumerate(run.column("reward"))]
