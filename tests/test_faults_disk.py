"""A disk that is full, refuses or goes away, and two processes that want one folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from faulty import environment, start, steps_of, varied, wait_for

from helpers.errors import WorkbookError
from helpers.files import alone, claim, sweep, write_text
from helpers.runs import load_run, new_folder
from helpers.trainer.checkpoints import is_whole
from helpers.training import train

pytestmark = pytest.mark.train
SMALL = {"max_completion_length": 8, "save_steps": 1, "reward_funcs": [varied]}


@contextlib.contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """A file system of so many kilobytes, in memory. Skips the test where that takes rights we lack."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk takes root on Linux")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("kilobytes", [60, 300, 700])
def test_a_full_disk_is_one_line_and_what_was_whole_stays(kilobytes, tmp_path, random_model, rows_folder):
    with small_disk(tmp_path / "disk", kilobytes) as disk:
        ask = {"steps": 40, "source": rows_folder, "out": disk / "run", **SMALL}
        with pytest.raises(WorkbookError, match=r"disk/run' \(.*\): free some space.*resume=True") as caught:
            train("tldr", random_model, **ask)
        assert "\n" not in str(caught.value)
        run = load_run(disk / "run")
        assert not run.finished and all(row["reward"] is not None for row in run.curve)
        assert not [path for path in run.path.iterdir() if path.name.startswith(".")]
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        run = train("tldr", random_model, resume=True, **{**ask, "steps": 40})
        assert run.finished and run.column("step") == list(range(1, 41))


class AtStep:
    """A watcher that does something once, at a step."""

    def __init__(self, step: int, deed) -> None:
        self.at, self.deed = step, deed

    def begin(self, total_steps, reward_names):
        pass

    def step(self, row, samples):
        if row["step"] == self.at:
            self.deed()

    def end(self, status):
        pass


def test_a_folder_removed_under_it_is_one_line(tmp_path, random_model, rows_folder):
    out = tmp_path / "run"
    watch = AtStep(2, lambda: shutil.rmtree(out))
    with pytest.raises(WorkbookError, match=r"run' was removed while it was being trained.*train again"):
        train("tldr", random_model, steps=6, source=rows_folder, out=out, watch=watch, **SMALL)
    assert not (out / "run.json").exists() and not (out / "adapter").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of another kind")
def test_a_folder_that_turns_read_only_is_one_line(tmp_path, random_model, rows_folder, monkeypatch):
    """Root may write anywhere, so the refusal is the system's answer to opening the file, given by hand."""
    out = tmp_path / "run"
    real = Path.open

    def refuse() -> None:
        def closed(self, *words, **options):
            if self.name == "curve.csv" and "a" in words:
                raise PermissionError(13, "Permission denied", str(self))
            return real(self, *words, **options)

        monkeypatch.setattr(Path, "open", closed)

    with pytest.raises(WorkbookError, match=r"run' \(Permission denied\): free some space or rights"):
        watch = AtStep(2, refuse)
        train("tldr", random_model, steps=6, source=rows_folder, out=out, watch=watch, **SMALL)
    run = load_run(out)
    assert (run.record["status"], len(run.curve)) == ("failed", 2)
    assert is_whole(out / "checkpoints" / "checkpoint-2")


# --- two at once -------------------------------------------------------------------------------------------


def test_a_second_training_into_one_folder_is_refused(tmp_path, random_model, rows_folder):
    ask = {"model": random_model, "source": rows_folder, "out": tmp_path / "run", "steps": 2000}
    first = start({**ask, "cwd": tmp_path})
    try:
        wait_for(lambda: steps_of(tmp_path / "run") >= 1, first)
        fresh = {"steps": 2, "source": rows_folder, "out": tmp_path / "run", "reward_funcs": [varied]}
        with pytest.raises(WorkbookError, match=r"run' already holds a run"):
            train("tldr", random_model, **fresh)
        with pytest.raises(WorkbookError, match=r"another process is training into .*run'.*out="):
            train("tldr", random_model, resume=True, **fresh)
        assert first.poll() is None
    finally:
        first.kill()
        first.communicate()
    with alone(tmp_path / "run"):  # nothing is left of the lock of a killed process
        assert load_run(tmp_path / "run").record["status"] == "running"
    assert not [path for path in (tmp_path / "run").iterdir() if "lock" in path.name]


def test_a_folder_is_held_by_one_at_a_time(tmp_path):
    claim(tmp_path / "run")
    held = alone(tmp_path / "run", 0.1)
    with alone(tmp_path / "run"), pytest.raises(WorkbookError, match="another process"), held:
        pass
    with alone(tmp_path / "run"):
        pass


def test_many_processes_at_once_get_a_folder_each(tmp_path):
    code = (
        "import sys; from pathlib import Path; from helpers.runs import new_folder\n"
        "sys.stdin.readline()\n"
        "for _ in range(20): print(new_folder('math', 'tiny', 0, Path(sys.argv[1])))"
    )
    ends = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment()}
    together = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], **ends) for _ in range(4)]
    for one in together:
        one.stdin.write("go\n")
        one.stdin.flush()
    found = [line for one in together for line in one.communicate(timeout=60)[0].split()]
    assert len(found) == len(set(found)) == 80
    assert all(Path(path).is_dir() for path in found)


def test_what_a_killed_write_left_is_swept(tmp_path):
    write_text(tmp_path / "run.json", "{}")
    (tmp_path / ".run.json.ab12cd34").write_text("{half")
    (tmp_path / ".gitignore").write_text("*")
    (tmp_path / ".hidden.abcdefgh").mkdir()
    sweep(tmp_path)
    assert sorted(os.listdir(tmp_path)) == [".gitignore", ".hidden.abcdefgh", "run.json"]
    assert new_folder("math", "tiny", 0, tmp_path).is_dir()
