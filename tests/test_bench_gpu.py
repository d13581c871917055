"""The GPU benchmark, without a GPU: a quick run measures every kind of thing; its bookkeeping is right."""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import Namespace

import bench_gpu
import pytest
from speed import costs, layouts

from helpers.errors import WorkbookError

MACHINE = {"hardware": {"gpu": "one"}, "versions": {}, "commit": None, "quick": False}


def asked(out, **changes):
    """The command line's options, for the card's limit and one model's comparison."""
    usual = {"only": ["limit", "compare"], "models": ["smollm-135m"], "rounds": 2, "seconds": 1.0}
    usual |= {"stop_after": 1e9, "again": False, "quick": False, "out": out}
    return Namespace(**usual | changes)


@pytest.mark.train
def test_a_quick_run_measures_and_prints_a_table(tmp_path, root):
    place = tmp_path / "gpu.json"
    command = [sys.executable, "tools/bench_gpu.py", "--quick", "--models", "smollm-135m", "--rounds", "1"]
    done = subprocess.run(
        [*command, "--out", str(place)], cwd=root, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(place.read_text())
    assert found["machine"]["quick"] and found["machine"]["hardware"]["cores"] >= 1
    assert len(found["measured"]) == 1 + sum(map(len, layouts.PARTS.values()))
    for name, one in found["measured"].items():
        if not ("continuous" in name or "qlora" in name):  # which need a GPU, or packages made for one
            assert "failed" not in one, f"{name}: {one}"
    rows = {row["setting"]: row for row in found["headlines"]["rows"] if row["part"] == "compare"}
    course, ours = rows[layouts.COURSE.name], rows["ours, 16 x 1"]
    ratio = ours["completions_per_s"] / course["completions_per_s"]
    assert ours["times_course"] == pytest.approx(ratio, abs=0.006) and course["times_course"] == 1
    one = found["measured"][f"compare / smollm-135m / tldr / {layouts.COURSE.name} / 1"]
    # No bound above: on a busy processor the large product that stands for the limit may be slow for itself.
    reached = one["completions_per_s"] * one["tflop_a_completion"] / found["measured"]["limit"]["tflops"]
    assert course["share_of_limit"] == pytest.approx(reached, rel=0.01) and reached > 0.01
    assert one["tokens_a_completion"] == pytest.approx(8, abs=1) and 28 < one["tokens_with_prompt"] < 40
    assert "x the course's" in done.stdout and "hours" in done.stdout and "tokens sampled/s" in done.stdout
    assert "'loss'" not in done.stdout


def test_the_shapes_are_those_of_the_models():
    from speed.shapes import config_of, parameters

    assert parameters(config_of("smollm-135m")) == 134_515_008
    assert parameters(config_of("llama-3.2-1b")) == 1_235_814_400


def test_without_a_gpu_it_says_so_in_one_line(root):
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    command = [sys.executable, "tools/bench_gpu.py"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("WorkbookError: no GPU") and len(done.stderr.splitlines()) == 1


def test_a_measurement_is_a_process_of_its_own():
    asked = {"part": "limit", "setting": None, "folder": None, "seconds": 0.05}
    assert bench_gpu.child(asked)["tflops"] > 0
    died = bench_gpu.child({"part": "limit", "seconds": 0.05})
    assert "status 1" in died["failed"] and "KeyError" in died["failed"]


def test_what_runs_out_of_memory_is_noted_as_that(monkeypatch):
    import torch
    from speed import gpu

    def steps(*words):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")

    monkeypatch.setattr(gpu, "steps", steps)
    assert gpu.measured("compare", layouts.RECIPE, None, 1.0) == {"failed": "out of memory"}


def test_what_is_there_is_not_measured_again(tmp_path, monkeypatch):
    out, calls = tmp_path / "gpu.json", []

    def child(point):
        calls.append(point["part"])
        if point["part"] == "limit":
            return {"tflops": 100.0, "dtype": "bfloat16"}
        if point["setting"]["continuous"]:
            return {"failed": "out of memory"}
        return {"completions_per_s": 10.0, "tflop_a_completion": 0.5, "peak_memory_gb": 2.0}

    monkeypatch.setattr(bench_gpu, "child", child)
    every = 1 + 2 * len(layouts.COMPARED)
    bench_gpu.bench(asked(out, stop_after=-1), MACHINE)
    assert calls == []
    bench_gpu.bench(asked(out), MACHINE)
    assert len(calls) == every
    bench_gpu.bench(asked(out), MACHINE)
    assert len(calls) == every
    found = bench_gpu.bench(asked(out, again=True), MACHINE)
    assert len(calls) == every + 2  # one setting failed, in both rounds
    assert found == json.loads(out.read_text()) and found["headlines"]["limit_tflops"] == 100
    with pytest.raises(WorkbookError, match="another machine"):
        bench_gpu.bench(asked(out), MACHINE | {"hardware": {"gpu": "another"}})


def test_rounds_take_turns_and_every_point_has_its_own_name():
    points = list(bench_gpu.points(list(bench_gpu.PARTS), ["smollm-135m"], 2, False))
    names = [point.name for point in points]
    assert names[0] == "limit" and len(set(names)) == len(names)
    again = [point.setting for point in points if point.round == 2]
    assert again == list(layouts.COMPARED)


@pytest.mark.parametrize("setting", [one for part in layouts.PARTS.values() for one in part])
def test_a_setting_holds_whole_groups_also_when_quick(setting):
    for one in (setting, layouts.quick(setting)):
        assert one.completions % layouts.GROUP == 0


def test_a_run_costs_its_rows_times_epochs_times_completions():
    cost = next(one for one in layouts.COSTED if one.task == "math")
    assert layouts.run_hours(cost, 10.0) == pytest.approx(3622 * 3 * 8 / 10 / 3600)
    got = {"part": "cost", "model": "m", "setting": {**vars(cost)}, "peak_memory_gb": 3.0}
    got |= {"completions_per_s": 10.0, "tflop_a_completion": 0.5}
    lost = {"part": "compare", "model": "m", "setting": {**vars(layouts.COURSE)}, "failed": "out of memory"}
    limit = {"setting": None, "tflops": 100.0, "dtype": "bfloat16"}
    table = costs.table({"limit": limit, "a": got, "b": lost})
    assert "2.41 hours" in table and "5.0% of the limit" in table and "3.00 GB" in table
    assert f"{layouts.COURSE.name}" in table and "not measured: out of memory" in table


def test_arithmetic_of_a_completion():
    from speed.gpu import flop

    assert flop(1000, 10, "lora") == flop(1000, 10, "qlora") == 2 * 1000 * 10 * 3
    assert flop(1000, 10, "full") == 2 * 1000 * 10 * 4


def test_a_step_is_timed_over_whole_cycles():
    from types import SimpleNamespace

    from speed.gpu import Budget

    clock = Budget(1.0, 2)
    clock.times = [0.0, 5.0, 9.0, 10.0, 13.0, 14.0, 17.0]
    assert clock.each() == [2.0, 2.0]
    clock, control = Budget(0.0, 2), SimpleNamespace(should_training_stop=False)
    clock.on_train_begin()
    stops = []
    for step in range(1, 5):
        clock.on_step_end(None, SimpleNamespace(global_step=step), control)
        stops.append(control.should_training_stop)
    assert stops == [False, False, False, True]
