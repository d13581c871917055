"""The ledger: what is written is whole, what is read is what was written, and newest means newest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import files, machine, runs
from helpers.errors import WorkbookError
from helpers.files import claim, read_csv, read_lines, write_csv, write_json, write_text
from helpers.runs import find_run, list_runs, load_run, new_folder, portable


def make(folder: Path, **entries) -> Path:
    folder.mkdir(parents=True)
    record = {
        "task": "math",
        "model": {"name": "tiny"},
        "seed": 0,
        "status": "finished",
        "started": "2026-01-01",
    }
    write_json(folder / "run.json", {**record, **entries})
    return folder


def test_a_run_is_read_as_it_was_written(tmp_path):
    folder = make(tmp_path / "one", seed=3)
    write_csv(folder / "curve.csv", [{"step": 1, "reward": 0.5, "kl": None}], ["step", "reward", "kl"])
    write_text(folder / "completions.jsonl", json.dumps({"step": 1, "completion": "a\u2028b"}) + "\n")
    run = load_run(folder)
    assert (run.task, run.model, run.seed, run.finished, run.label) == ("math", "tiny", 3, True, "yours")
    assert run.curve == [{"step": 1.0, "reward": 0.5, "kl": None}]
    assert run.column("reward") == [0.5]
    assert run.completions[0]["completion"] == "a\u2028b"
    with pytest.raises(WorkbookError, match=r"'rewrd'.*step, reward, kl"):
        run.column("rewrd")
    run.add(evaluation={"test": 1})
    assert load_run(folder).record["evaluation"] == {"test": 1}


def test_no_run_and_no_record_are_said(tmp_path):
    with pytest.raises(WorkbookError, match=r"no run in .*nowhere'.*run\.json"):
        load_run(tmp_path / "nowhere")
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(WorkbookError, match=r"run\.json is not JSON"):
        load_run(tmp_path)
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(WorkbookError, match="no 'task'"):
        load_run(tmp_path)


def test_the_readers_newest_finished_run_comes_first(tmp_path, own_runs, monkeypatch):
    monkeypatch.setattr(runs, "SHIPPED", tmp_path / "shipped")
    with pytest.raises(
        WorkbookError, match=r"no finished run of task 'math' with model 'tiny'.*helpers train math"
    ):
        find_run("math")
    make(tmp_path / "shipped" / "b", seed=2)
    make(tmp_path / "shipped" / "a", seed=1)
    assert (find_run("math").seed, find_run("math").label) == (1, "shipped record")
    make(own_runs / "old", seed=7, started="2026-01-02")
    make(own_runs / "new", seed=8, started="2026-01-03")
    make(own_runs / "half", seed=9, started="2026-01-04", status="interrupted")
    make(own_runs / "other", task="tldr", started="2026-01-05")
    (own_runs / "junk").mkdir()
    (own_runs / "junk" / "run.json").write_text("{")
    assert (find_run("math").seed, find_run("math").label) == (8, "yours")
    assert [run.path.name for run in list_runs()] == ["other", "half", "new", "old"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "run.json"
    write_json(path, {"a": 1})
    with pytest.raises(ValueError):
        write_json(path, {"a": float("nan")})
    monkeypatch.setattr(
        files.os, "replace", lambda *names: (_ for _ in ()).throw(OSError(28, "No space left"))
    )
    with pytest.raises(OSError):
        write_json(path, {"a": 2})
    assert json.loads(path.read_text()) == {"a": 1}
    assert os.listdir(tmp_path) == ["run.json"]


def test_what_a_crash_cut_short_is_left_out(tmp_path):
    (tmp_path / "c.csv").write_text("step,reward\n1,0.5\n2")
    (tmp_path / "c.jsonl").write_text('{"step": 1}\n{"st')
    assert read_csv(tmp_path / "c.csv") == [{"step": 1.0, "reward": 0.5}]
    assert read_lines(tmp_path / "c.jsonl") == [{"step": 1}]
    (tmp_path / "bad.jsonl").write_text('{"st\n{"step": 1}\n')
    with pytest.raises(json.JSONDecodeError):
        read_lines(tmp_path / "bad.jsonl")


def test_a_folder_that_cannot_be_written_to_is_known_at_once(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkbookError, match=r"cannot write to .*file/run'.*--out"):
        claim(tmp_path / "file" / "run")

    def read_only(**options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.tempfile, "TemporaryFile", read_only)
    with pytest.raises(WorkbookError, match=r"Permission denied.*choose another"):
        claim(tmp_path / "run")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_known_at_once(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(WorkbookError, match="Permission denied"):
        claim(tmp_path / "run")


def test_new_folders_never_collide(tmp_path):
    first = new_folder("math", "tiny", 0, tmp_path)
    assert first.is_dir()
    assert new_folder("math", "tiny", 0, tmp_path) != first
    assert first.name.startswith("math-tiny-seed0-")


def test_paths_inside_the_workbook_are_told_from_its_root(tmp_path):
    assert portable(runs.ROOT / "helpers" / "runs.py") == "helpers/runs.py"
    assert portable(tmp_path) == str(tmp_path)
    assert portable("owner/name") == "owner/name"


def test_the_commit_is_told_where_git_is(tmp_path):
    assert machine.commit(tmp_path) is None
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b.c"]
    for words in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "x"]):
        subprocess.run([*git, *words], check=True)
    assert len(machine.commit(tmp_path)) == 40
    assert machine.versions()["trl"] and machine.hardware()["cores"] >= 1


def test_the_ledger_loads_neither_torch_nor_trl():
    code = (
        "import sys, helpers.runs, helpers.ledger.report\n"
        "print([name for name in ('torch', 'trl', 'datasets') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=runs.ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux alone tells a process's own peak")
def test_peak_memory_is_this_process_s_own() -> None:
    """A child of a large process does not inherit its peak, as getrusage would have it."""
    block = b"x" * 300_000_000
    code = "from helpers.machine import peak_memory_mb; print(peak_memory_mb()['process'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert len(block) and float(done.stdout) < 150 < 300 < machine.peak_memory_mb()["process"]
