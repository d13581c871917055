"""The benchmark: a quick run writes every number it promises; its small parts are right."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from helpers.pictures.scaling import growth, slopes


@pytest.mark.train
def test_a_quick_run_writes_its_numbers_and_prints_a_table(tmp_path, root):
    place = tmp_path / "bench.json"
    command = [sys.executable, "tools/bench.py", "--quick", "--out", str(place)]
    done = subprocess.run(
        [*command, "--only", "training", "sampling"], cwd=root, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(place.read_text())
    speeds = found["training"]["completions_per_s"]
    assert found["completions_per_s_ratio"] == pytest.approx(speeds["ours"] / speeds["stock"], rel=0.01)
    batch = found["sampling"]["by_batch"]["8"]
    speeds = batch["tokens_per_s"]
    share = speeds["ours"] / max(speeds["bare loop"], speeds["bare loop, our dice"])
    assert found["sampling_share_of_limit"] == pytest.approx(share, rel=0.01)
    assert found["training"]["hardware"]["cores"] >= 1 and found["training"]["quick"] is True
    assert "ours / stock" in done.stdout and "share of the bare loop" in done.stdout
    assert "'loss'" not in done.stdout


@pytest.mark.train
def test_time_to_goal_stops_at_the_goal_and_does_not_count_the_measuring(monkeypatch):
    from speed import goal

    monkeypatch.setattr(goal, "GOAL", {"accuracy": 0.0, "format": 0.0})
    monkeypatch.setattr(goal, "EVERY", 1)
    run = goal.once("ours", 0, 3, problems=4, max_completion_length=8)
    assert (run["steps"], len(run["curve"])) == (1, 1)
    assert run["seconds"] == run["curve"][0]["seconds"] > 0
    monkeypatch.setattr(goal, "GOAL", {"accuracy": 1.1})
    run = goal.once("ours", 0, 2, problems=4, max_completion_length=8)
    assert run["steps"] is None and run["seconds"] is None and len(run["curve"]) == 2


def test_a_sweep_gives_up_rates_that_cannot_win(monkeypatch):
    from speed import goal

    asked = []

    def once(kind, seed, most, patience, learning_rate):
        steps = {1e-3: 20, 3e-3: 12, 3e-4: 60}[learning_rate]
        asked.append((learning_rate, seed, patience))
        return {"learning_rate": learning_rate, "steps": steps if steps <= patience else None}

    monkeypatch.setattr(goal, "once", once)
    found = goal.sweep("stock", [3e-4, 1e-3, 3e-3], [0, 1], 80)
    assert found["best"] == 3e-3 and len(found["runs"]) == len(asked) == 5
    assert asked[0] == (1e-3, 0, 80) and asked[2][2] == 40 and asked[-1] == (3e-4, 0, 24)


def test_the_interval_is_students():
    from speed.goal import interval

    assert interval([1.0, 2.0, 3.0]) == {"mean": 2.0, "ci_low": -0.48, "ci_high": 4.48}


def test_tokens_are_counted_up_to_the_first_end():
    from speed.sampling import made

    rows = torch.tensor([[5, 1, 1, 5], [5, 5, 5, 5], [1, 5, 5, 1]])
    assert made(rows, torch.tensor([1])) == 2 + 4 + 1


def test_growth_is_drawn_and_its_powers_are_right():
    points = [
        {"completions": n, "seconds": 0.1 * n, "memory_mb": 500.0 + 2 * n, "memory_before_mb": 500.0}
        for n in (8, 16, 32)
    ]
    axes = growth({"completions": points})
    assert len(axes) == 2
    np.testing.assert_allclose(axes[0].lines[0].get_ydata(), [0.8, 1.6, 3.2])
    np.testing.assert_allclose(axes[1].lines[0].get_ydata(), [16, 32, 64])
    assert slopes([8, 16, 32], [0.8, 1.6, 3.2]) == pytest.approx([1, 1])
    assert slopes([8, 16, 32], [500, 500, 500]) == pytest.approx([0, 0])
