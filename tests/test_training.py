"""Training: real GRPO for a few steps on a model nobody here made; recorded, resumed, refused in one line."""

from __future__ import annotations

import json
import math
import re
import shutil

import pytest
import torch

from helpers.errors import WorkbookError
from helpers.models import SMOLLM, TINY
from helpers.rewards import configured, reward_format, reward_len, reward_rouge
from helpers.runs import load_run
from helpers.tasks import MATH, TLDR
from helpers.trainer import checkpoints
from helpers.trainer.settings import fit_batch, grpo_options
from helpers.training import train

FAST = {"max_completion_length": 12, "learning_rate": 0.01, "save_steps": 2}


def longer(completions, trainer_state, **columns):
    """A reward that can stop the training: whoever sets `stop_at` has it raise `stop_with` at that step."""
    if longer.stop_with is not None and trainer_state.global_step >= longer.stop_at:
        raise longer.stop_with
    return [float(len(completion[0]["content"])) for completion in completions]


longer.stop_at, longer.stop_with = 0, None


@pytest.fixture
def stop(monkeypatch):
    def at(step: int, error: BaseException) -> None:
        monkeypatch.setattr(longer, "stop_at", step)
        monkeypatch.setattr(longer, "stop_with", error)

    return at


def copy_of(run, folder):
    shutil.copytree(run.path, folder)
    return folder


# --- what a run leaves behind ------------------------------------------------------------------------------


@pytest.mark.train
def test_a_run_leaves_record_curve_samples_and_adapter(short_run):
    assert sorted(path.name for path in short_run.path.iterdir()) == [
        "adapter",
        "completions.jsonl",
        "curve.csv",
        "run.json",
    ]
    record = short_run.record
    assert (record["status"], record["steps"], record["seed"], record["task"]) == ("finished", 6, 0, "tldr")
    assert record["rewards"] == [{"name": "reward_len", "weight": 1.0, "params": {}}]
    assert record["config"]["learning_rate"] == 0.01
    assert record["versions"]["trl"] and record["hardware"]["cores"] >= 1
    assert record["seconds"] > 0 and record["peak_memory_mb"]["process"] != 0
    assert 0 < record["parameters"]["trained"] < record["parameters"]["all"]
    assert (short_run.adapter / "adapter_model.safetensors").is_file()


@pytest.mark.train
def test_the_curve_has_a_row_a_step(short_run):
    assert short_run.column("step") == [1, 2, 3, 4, 5, 6]
    row = short_run.curve[0]
    assert list(row)[:3] == ["step", "reward", "reward_std"]
    assert {
        "reward_len_mean",
        "reward_len_std",
        "length",
        "length_chars",
        "truncated",
        "dead_groups",
        "entropy",
        "loss",
        "grad_norm",
        "learning_rate",
        "seconds",
    } <= set(row)
    assert row["reward"] == row["reward_len_mean"] < 0
    assert 0 < row["length"] <= 12 and 0 <= row["truncated"] <= 1
    assert row["kl"] is None
    assert row["grad_norm"] > 0


@pytest.mark.train
def test_samples_hold_what_was_paid_for_what(short_run):
    samples = short_run.completions
    assert len(samples) == 6 * 16
    for row in samples:
        assert row["rewards"]["reward_len"] == -abs(50 - len(row["completion"]))
        assert 1 <= len(row["token_ids"]) <= 12
    group = samples[:8]
    assert len({row["prompt"] for row in group}) == 1
    rewards = [row["rewards"]["reward_len"] for row in group]
    mean = sum(rewards) / 8
    spread = math.sqrt(sum((reward - mean) ** 2 for reward in rewards) / 7)
    for row, reward in zip(group, rewards, strict=True):
        assert row["advantage"] == pytest.approx((reward - mean) / (spread + 1e-4), abs=1e-3)
    first = [row["rewards"]["reward_len"] for row in samples if row["step"] == 1]
    assert sum(first) / 16 == pytest.approx(short_run.curve[0]["reward"], abs=1e-3)


@pytest.mark.train
def test_training_moved_the_adapter(short_run):
    from safetensors.torch import load_file

    weights = load_file(short_run.adapter / "adapter_model.safetensors")
    assert max(float(value.abs().max()) for name, value in weights.items() if "lora_B" in name) > 1e-4


@pytest.mark.train
@pytest.mark.parametrize("kind", ["qwen2", "gpt2"])
def test_a_model_that_no_one_here_made_trains_for_five_steps(kind, tmp_path, rows_folder, capsys):
    from tiny_random import make_random_model

    model = make_random_model(tmp_path / "theirs", kind=kind)
    run = train(
        "math", str(model), steps=5, source=rows_folder, out=tmp_path / "run", max_completion_length=8
    )
    assert run.finished and len(run.curve) == 5
    assert run.record["config"]["learning_rate"] == 2e-5
    assert [reward["name"] for reward in run.record["rewards"]] == ["reward_format", "reward_accuracy"]
    said = capsys.readouterr()
    assert "16 completions a step = 2 prompts x 8 each" in said.out
    head, line = (next(one for one in said.out.splitlines() if key in one) for key in ("spread", "step 5/5"))
    assert head.split()[:3] == ["reward", "format", "accuracy"]
    assert float(line.split()[2]) == pytest.approx(run.curve[-1]["reward"], abs=6e-4)
    assert said.err == ""


@pytest.mark.train
def test_weights_and_configured_rewards_are_recorded(tmp_path, random_model, rows_folder):
    run = train(
        MATH,
        random_model,
        reward_funcs=[configured(reward_len, ideal_chars=20), reward_format],
        reward_weights=[1, 0.5],
        steps=1,
        source=rows_folder,
        out=tmp_path / "run",
        beta=0.04,
        loss_type="grpo",
        keep_completions=2,
        **FAST,
    )
    first = run.record["rewards"][0]
    assert (first["params"], first["weight"]) == ({"ideal_chars": 20}, 1.0)
    assert run.curve[0]["kl"] is not None
    assert set(run.completions[0]["rewards"]) == {first["name"], "reward_format"}
    assert len(run.completions) == 2


# --- interrupted, broken, resumed --------------------------------------------------------------------------


@pytest.mark.train
def test_resumed_runs_repeat_the_uninterrupted_one(tmp_path, random_model, rows_folder, stop, capsys):
    ask = {"reward_funcs": [longer], "steps": 6, "source": rows_folder, **FAST}
    whole = train("tldr", random_model, out=tmp_path / "whole", **ask)
    stop(5, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        train("tldr", random_model, out=tmp_path / "parts", **ask)
    half = load_run(tmp_path / "parts")
    seconds = half.record["seconds"]
    assert (half.record["status"], len(half.curve)) == ("interrupted", 5)
    assert (half.adapter / "adapter_model.safetensors").is_file()
    assert "go on with resume=True" in capsys.readouterr().out
    (tmp_path / "parts" / "checkpoints" / "checkpoint-4" / "optimizer.pt").write_bytes(b"half")
    stop(99, KeyboardInterrupt())
    run = train("tldr", random_model, out=tmp_path / "parts", resume=True, **ask)
    assert "going on from step 2" in capsys.readouterr().out
    assert run.finished and run.record["seconds"] > seconds > 0
    assert run.column("step") == [1, 2, 3, 4, 5, 6]
    assert run.column("reward") == pytest.approx(whole.column("reward"), abs=1e-4)
    assert [row["token_ids"] for row in run.completions] == [row["token_ids"] for row in whole.completions]
    assert not (run.path / "checkpoints").exists()


@pytest.mark.train
def test_resumed_in_a_later_pass_it_asks_the_same_prompts(tmp_path, random_model, rows_folder, stop):
    few = tmp_path / "rows"  # 6 prompts, 2 a step: three steps are a pass, and each has an order of its own
    few.mkdir()
    lines = (rows_folder / "train.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (few / "train.jsonl").write_text("".join(lines[:6]), encoding="utf-8")
    ask = {"reward_funcs": [longer], "steps": 8, "source": few, **FAST, "save_steps": 1}
    ask |= {"per_device_train_batch_size": 8, "gradient_accumulation_steps": 1, "num_generations": 4}
    stop(99, KeyboardInterrupt())
    whole = train("tldr", random_model, out=tmp_path / "whole", **ask)
    asked = [row["prompt"] for row in whole.completions]
    assert len(set(asked[:24])) == len(set(asked[24:48])) == 6 and asked[:24] != asked[24:48]
    for at in (3, 4, 7):  # the end of a pass, the second pass, the third
        stop(at, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            train("tldr", random_model, out=tmp_path / f"to-{at}", **ask)
        stop(99, KeyboardInterrupt())
        run = train("tldr", random_model, out=tmp_path / f"to-{at}", resume=True, **ask)
        assert [row["prompt"] for row in run.completions] == asked
        assert run.column("grad_norm") == pytest.approx(whole.column("grad_norm"), rel=1e-6)


@pytest.mark.train
def test_resume_leaves_a_finished_run_alone(short_run, tmp_path, random_model, rows_folder, capsys):
    folder = copy_of(short_run, tmp_path / "copy")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (folder / "checkpoints" / "checkpoint-6").mkdir(parents=True)  # killed before it cleared up
    (folder / "checkpoints" / "checkpoint-6" / "optimizer.pt").write_bytes(b"half")
    run = train("tldr", random_model, steps=6, source=rows_folder, out=folder, resume=True, **FAST)
    assert run.finished and "nothing left to do" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.train
def test_resume_with_nothing_there_starts_afresh(tmp_path, random_model, rows_folder):
    run = train("tldr", random_model, steps=1, source=rows_folder, out=tmp_path / "new", resume=True, **FAST)
    assert run.finished and run.column("step") == [1]


@pytest.mark.train
def test_an_unknown_error_keeps_its_traceback_and_the_run(tmp_path, random_model, rows_folder, stop):
    stop(1, ZeroDivisionError("by me"))
    with pytest.raises(ZeroDivisionError, match="by me"):
        train(
            "tldr",
            random_model,
            reward_funcs=[longer],
            steps=3,
            source=rows_folder,
            out=tmp_path / "r",
            **FAST,
        )
    record = load_run(tmp_path / "r").record
    assert (record["status"], record["steps"]) == ("failed", 1)
    assert record["error"].startswith("ZeroDivisionError: by me (longer raised it at step 2, for row ")


@pytest.mark.train
def test_a_full_disk_is_one_line(tmp_path, random_model, rows_folder, stop):
    stop(1, OSError(28, "No space left on device"))
    with pytest.raises(WorkbookError, match=r"r' \(No space left on device\): free some space.*resume=True"):
        train(
            "tldr",
            random_model,
            reward_funcs=[longer],
            steps=3,
            source=rows_folder,
            out=tmp_path / "r",
            **FAST,
        )


def test_only_whole_checkpoints_count(tmp_path):
    assert checkpoints.last_whole(tmp_path / "none") is None
    for step in (2, 4, 10):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        (folder / "weights").write_text("x" * step)
        checkpoints.mark_whole(folder)
    assert checkpoints.last_whole(tmp_path)[0] == 10
    (tmp_path / "checkpoint-10" / "weights").write_text("x")
    (tmp_path / "checkpoint-12").mkdir()
    assert checkpoints.last_whole(tmp_path)[0] == 4
    checkpoints.clear_after(tmp_path, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-2"]


# --- bad input: the value and the fix, and nothing lost ----------------------------------------------------


@pytest.mark.train
def test_a_folder_that_holds_a_run_is_not_overwritten(short_run, random_model):
    before = (short_run.path / "run.json").read_bytes()
    with pytest.raises(WorkbookError, match=r"short' already holds a run.*resume=True"):
        train("tldr", random_model, steps=1, out=short_run.path)
    assert (short_run.path / "run.json").read_bytes() == before


@pytest.mark.train
def test_a_run_is_not_resumed_as_another(short_run, tmp_path, random_model, rows_folder):
    folder = copy_of(short_run, tmp_path / "copy")
    record = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**record, "status": "interrupted"}))
    changed = {**FAST, "learning_rate": 0.5}
    with pytest.raises(WorkbookError, match=r"begun with learning_rate=0\.01, not 0\.5"):
        train("tldr", random_model, steps=6, source=rows_folder, out=folder, resume=True, **changed)
    with pytest.raises(WorkbookError, match=r"begun with task='tldr', not 'math'"):
        train("math", random_model, steps=6, source=rows_folder, out=folder, resume=True, **FAST)


@pytest.mark.train
def test_a_run_is_not_resumed_on_other_rows(short_run, tmp_path, random_model, rows_folder):
    folder, other = copy_of(short_run, tmp_path / "copy"), tmp_path / "rows"
    record = json.loads((folder / "run.json").read_text())
    assert re.fullmatch("[0-9a-f]{64}", record["data_sha256"])
    shutil.copytree(rows_folder, other)
    lines = (other / "train.jsonl").read_text().splitlines()
    (other / "train.jsonl").write_text("\n".join([*lines[1:], lines[0]]) + "\n")
    (folder / "run.json").write_text(json.dumps({**record, "status": "interrupted", "source": str(other)}))
    ask = {"steps": 6, "source": other, "out": folder, "resume": True}
    with pytest.raises(WorkbookError, match="was begun with other rows of data than source="):
        train("tldr", random_model, **ask, **FAST)
    older = {name: value for name, value in record.items() if name != "data_sha256"}
    (folder / "run.json").write_text(json.dumps({**older, "status": "interrupted", "source": str(other)}))
    assert train("tldr", random_model, **ask, **FAST).finished, "an older record does not say which rows"


@pytest.mark.parametrize(
    "ask, message",
    [
        ({"task": "maths"}, r"'maths'.*tldr, math"),
        ({"model": "tinny"}, r"'tinny'.*smollm-135m"),
        ({"steps": 0}, r"steps=0.*1 or more"),
        ({"reward_funcs": []}, r"reward_funcs=\[\]"),
        ({"reward_weights": [1, 2, 3]}, r"3 numbers for 1 rewards"),
        ({"task": "math", "reward_funcs": [reward_rouge]}, r"reward_rouge asks for 'reference'.*solution"),
        ({"reward_funcs": [reward_len, reward_len]}, r"two rewards are named 'reward_len'"),
        ({"learning_rte": 1}, r"'learning_rte'.*'learning_rate'"),
        ({"max_prompt_length": 1}, r"'max_prompt_length'"),
        ({"loss_type": "ppo"}, r"'ppo'.*dapo"),
        ({"output_dir": "x"}, r"'output_dir'.*out="),
        ({"num_generations": 1}, r"num_generations=1.*2 or more"),
        ({"per_device_train_batch_size": 0}, r"per_device_train_batch_size=0"),
        ({"source": "/no/such/folder"}, r"/no/such/folder/train\.jsonl"),
        ({"max_completion_length": 5000}, r"no prompt fits.*max_completion_length=5000"),
        ({"per_device_train_batch_size": 400}, r"24 training prompts, but one step takes 200"),
        ({"quantize": "2bit"}, r"'2bit'.*4bit"),
        ({"watch": "live"}, r"watch='live' has no begin\(\): give live_view\(\)"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_bad_input_is_one_line_and_leaves_no_folder(ask, message, tmp_path, random_model, rows_folder):
    usual = {
        "task": "tldr",
        "model": random_model,
        "source": rows_folder,
        "steps": 1,
        "out": tmp_path / "run",
    }
    with pytest.raises(WorkbookError, match=message) as caught:
        train(**{**usual, **ask})
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_no_permission_to_write_is_one_line(tmp_path, random_model, rows_folder):
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkbookError, match=r"cannot write to .*file/run'.*--out"):
        train("tldr", random_model, steps=1, source=rows_folder, out=tmp_path / "file" / "run")


def test_an_empty_split_is_one_line(tmp_path, random_model):
    (tmp_path / "train.jsonl").write_text("")
    with pytest.raises(WorkbookError, match=r"train\.jsonl' is empty"):
        train("tldr", random_model, steps=1, source=tmp_path, out=tmp_path / "run")


# --- settings ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask, layout",
    [
        ((4, 4, 8, 1), (4, 4, 8, 16)),
        ((4, 4, 8, 2), (4, 2, 8, 16)),
        ((4, 4, 8, 8), (2, 1, 8, 16)),
        ((32, 1, 8, 2), (16, 1, 8, 32)),
        ((4, 4, 6, 1), (4, 4, 4, 16)),
        ((4, 4, 8, 3), (3, 2, 6, 18)),
        ((7, 1, 4, 1), (7, 1, 7, 7)),
        ((1, 2, 8, 1), (1, 2, 2, 2)),
    ],
)
def test_batches_fit_and_their_total_stays(ask, layout):
    batch = fit_batch(*ask)
    assert (batch.per_device, batch.accumulation, batch.num_generations, batch.total) == layout
    assert batch.total % batch.num_generations == 0
    assert str(batch.total) in batch.line
    assert ("->" in batch.line) == (batch.num_generations != ask[2] or batch.total != ask[0] * ask[1])


def test_each_model_brings_its_settings():
    recipe, _ = grpo_options(MATH, SMOLLM, None, 0, {})
    assert (recipe["learning_rate"], recipe["num_train_epochs"]) == (2e-5, 3)
    assert (recipe["per_device_train_batch_size"], recipe["gradient_accumulation_steps"]) == (4, 4)
    tiny, line = grpo_options(TLDR, TINY, 7, 3, {})
    assert (tiny["max_steps"], tiny["seed"]) == (7, 3) and "prompts x" in line
    assert "num_train_epochs" not in tiny
    epochs, _ = grpo_options(TLDR, TINY, None, 0, {"num_train_epochs": 2})
    assert epochs["num_train_epochs"] == 2 and "max_steps" not in epochs


def test_checkpoints_fall_where_fresh_completions_are_due():
    def steps_between(**ask):
        return grpo_options(MATH, SMOLLM, 40, 0, ask)[0]["save_steps"]

    assert steps_between() == 10
    assert steps_between(num_iterations=3) == 12
    assert steps_between(steps_per_generation=16, save_steps=2) == 4


@pytest.mark.skipif(torch.cuda.is_available(), reason="says what a machine without a GPU uses")
def test_without_a_gpu_there_is_no_half_precision():
    options, _ = grpo_options(MATH, SMOLLM, 1, 0, {})
    assert (options["use_cpu"], options["bf16"], options["fp16"]) == (True, False, False)
    assert options["gradient_checkpointing"] is False


@pytest.mark.train
def test_four_bits_train_too(tmp_path, random_model, rows_folder):
    run = train(
        "tldr", random_model, steps=1, source=rows_folder, out=tmp_path / "run", quantize="4bit", **FAST
    )
    assert run.finished and run.record["quantize"] == "4bit"
