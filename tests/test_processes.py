"""Two real processes on this processor: they learn together, keep one ledger, and end together."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.launching import asked_processes, missing_processes
from helpers.rewards import text_of
from helpers.rollouts import shuffled
from helpers.runs import Run, load_run
from helpers.tasks import MATH
from helpers.trainer.checkpoints import last_whole

pytestmark = pytest.mark.train
ROOT = Path(__file__).resolve().parents[1]
ENV = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
STEPS = 4


def start(out: Path, *words: str, count: int = 2) -> subprocess.CompletedProcess:
    """Train in `count` processes with a reward that notes what each of them saw."""
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc_per_node={count}"]
    command = [*torchrun, str(ROOT / "tests" / "two_processes.py"), str(out), *words]
    return subprocess.run(command, env=ENV, cwd=out.parent, capture_output=True, text=True, timeout=500)


def seen(out: Path, rank: int) -> list[dict]:
    path = out.parent / f"seen-{out.name}-{rank}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of two processes, which the first one named."""
    out = tmp_path_factory.mktemp("two") / "run"
    done = start(out, f"steps={STEPS}", "save_steps=2", "named=False")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("in all") == 1, "both processes told the reader about the steps"
    (folder,) = out.iterdir()
    return folder


def test_each_prompt_is_drawn_by_one_process_and_together_they_see_what_one_would(two: Path) -> None:
    rows, parts = MATH.load("train"), [seen(two.parent, rank) for rank in (0, 1)]
    for step, places in zip(range(1, STEPS + 1), shuffled(len(rows), 4, 0), strict=False):
        drawn = [[line["prompt"] for line in part if line["step"] == step] for part in parts]
        assert not set(drawn[0]) & set(drawn[1]), "a prompt's group is split between the processes"
        assert [len(part) for part in drawn] == [16, 16]
        expected = [text_of(rows[place]["prompt"]) for place in places]
        assert sorted(drawn[0] + drawn[1]) == sorted(expected * 8)


def test_rewards_are_gathered_and_one_ledger_is_written(two: Path) -> None:
    run, parts = load_run(two), [seen(two.parent, rank) for rank in (0, 1)]
    paid = [[line["paid"] for part in parts for line in part if line["step"] == n + 1] for n in range(STEPS)]
    assert run.column("reward") == pytest.approx([sum(values) / 32 for values in paid])
    assert run.column("step") == list(range(1, STEPS + 1)) and run.finished
    assert run.record["processes"] == 2 and run.record["config"]["per_device_train_batch_size"] == 16
    kept = [line["completion"] for line in run.completions]
    assert kept == [line["completion"] for line in parts[0]], "only the first process's samples are kept"
    assert not (two / "checkpoints").exists()


def test_each_process_rolls_its_own_dice(two: Path) -> None:
    dice = [{line["dice"] for line in seen(two.parent, rank)} for rank in (0, 1)]
    assert dice == [{0}, {1}]


@pytest.mark.slow
def test_a_run_whose_process_is_killed_goes_on_as_if_nothing_had_happened(two: Path) -> None:
    out = two.parent.parent / "killed"
    settings = (f"steps={STEPS}", "save_steps=2")
    done = start(out, *settings, "die=[1, 4]")
    assert done.returncode and last_whole(out / "checkpoints")[0] == 2 and not load_run(out).finished
    done = start(out, *settings, "resume=True")
    assert done.returncode == 0 and "going on from step 2" in done.stdout, done.stdout + done.stderr
    same(load_run(out), load_run(two))


def same(run: Run, other: Run) -> None:
    columns = [name for name in other.curve[0] if name != "seconds"]
    assert [[row[name] for name in columns] for row in run.curve] == [
        [row[name] for name in columns] for row in other.curve
    ]
    assert run.completions == other.completions


@pytest.mark.parametrize("rank", [0, 1])
def test_when_one_process_fails_both_end_and_one_line_says_why(tmp_path: Path, rank: int) -> None:
    done = start(tmp_path / "run", "steps=3", f"fail=[{rank}, 2]")
    assert done.returncode
    assert done.stderr.count("error: ") <= 2 and done.stderr.count(f"process {rank} fails at step 2") == 1
    assert not load_run(tmp_path / "run").finished
    assert "Traceback" not in done.stderr.split("torch/distributed/run.py")[0].split("elastic")[0]


# --- accelerate launch ------------------------------------------------------------------------------------


def test_the_number_of_processes_is_read_off_accelerates_own_command_line(monkeypatch) -> None:
    assert asked_processes(["python", "/bin/accelerate", "launch", "--num_processes", "2", "-m", "x"]) == 2
    assert asked_processes(["accelerate-launch", "--num-processes=3", "-m", "x", "--num_processes", "9"]) == 3
    assert asked_processes(["accelerate", "launch", "-m", "x", "--num_processes", "9"]) == 1
    assert asked_processes(["bash", "-c", "something"]) == 1
    for name in ("WORLD_SIZE", "ACCELERATE_USE_CPU", "MASTER_ADDR"):
        monkeypatch.delenv(name, raising=False)
    assert missing_processes() == 1


def test_accelerate_launch_trains_in_two_processes_without_a_gpu(tmp_path: Path) -> None:
    """Without GPUs accelerate starts one process, whatever is asked for; the workbook starts the others."""
    done = launched("--steps", "2", "--out", "run", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 processes x batch 16" in done.stdout and done.stdout.count("now measure it") == 1
    assert load_run(tmp_path / "run").record["processes"] == 2
    again = launched("--steps", "2", "--out", "run", folder=tmp_path)
    assert again.returncode and again.stderr.count("error: 'run' already holds a run") == 1


def launched(*words: str, folder: Path, count: int = 2) -> subprocess.CompletedProcess:
    launch = [sys.executable, "-m", "accelerate.commands.accelerate_cli", "launch"]
    command = [*launch, "--num_processes", str(count), "-m", "helpers", "train", "math", *words]
    return subprocess.run(command, env=ENV, cwd=folder, capture_output=True, text=True, timeout=500)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_two_processes_learn_like_one_with_the_same_total_batch(tmp_path: Path, seed: int) -> None:
    ends = []
    for count in (1, 2):
        words = ("--steps", "20", "--seed", str(seed), "--out", f"run{count}")
        done = launched(*words, folder=tmp_path, count=count)
        assert done.returncode == 0, done.stdout + done.stderr
        run = load_run(tmp_path / f"run{count}")
        rewards = run.column("reward")
        ends.append(sum(rewards[-5:]) / 5)
        print(f"seed {seed}, {count} processes: {sum(rewards[:3]) / 3:.3f} -> {ends[-1]:.3f}")
        assert run.record["processes"] == count and ends[-1] > sum(rewards[:3]) / 3 + 0.3
    assert abs(ends[0] - ends[1]) < 0.3
