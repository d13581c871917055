"""Rewards that raise, lie or hang, rows and completions that are odd, memory and numbers that run out."""

from __future__ import annotations

import math
import signal
import threading
import time

import pytest
import torch
from faulty import FAST, varied

from helpers.errors import WorkbookError
from helpers.runs import load_run
from helpers.trainer import guarding
from helpers.trainer.guarding import Guard
from helpers.trainer.mishaps import Gradients, disk_reason, explained
from helpers.trainer.recording import RecordingTrainer
from helpers.trainer.watching import TextView, pause
from helpers.training import train
from helpers.widgets.live_state import LiveState

pytestmark = pytest.mark.train


def made(values, name="mine"):
    """A reward that pays `varied`, but at step 2 what `values(list)` makes of it."""

    def reward(completions, trainer_state, **columns):
        paid = varied(completions)
        return values(paid) if trainer_state.global_step == 1 else paid

    reward.__name__ = name
    return reward


@pytest.fixture
def attempt(tmp_path, random_model, rows_folder):
    """Four steps with the rewards."""

    def run(*rewards, **more):
        ask = {"steps": 4, "source": rows_folder, "out": tmp_path / "run", **FAST, **more}
        return train("tldr", ask.pop("model", random_model), reward_funcs=list(rewards), **ask)

    return run


@pytest.mark.parametrize("bad, kind", [(None, "None"), (math.nan, "nan"), (math.inf, "inf"), (-1e300, "inf")])
def test_what_is_no_number_is_skipped_named_and_counted(bad, kind, attempt, capsys):
    run = attempt(made(lambda paid: [bad, *paid[1:]]))
    assert run.finished and run.record["unscored"] == {"mine": {kind: 1}}
    assert all(math.isfinite(row["loss"]) and math.isfinite(row["grad_norm"]) for row in run.curve)
    odd = [row for row in run.completions if row["rewards"]["mine"] is None]
    assert [(row["step"], row["advantage"]) for row in odd] == [(2, 0.0)]
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("mine gave")]
    assert len(said) == (kind != "None")
    for line in said:
        assert f"mine gave {kind} at step 2 for row " in line and "), completion " in line


@pytest.mark.parametrize(
    "values, says",
    [
        (lambda paid: paid[:-1], r"mine returned 7 rewards for 8 completions at step 2: return a list"),
        (lambda paid: None, r"mine returned no list for 8 completions at step 2"),
        (lambda paid: "12345678", r"mine returned no list"),
        (lambda paid: [*paid[:-1], "high"], r"mine gave 'high' at step 2 for row \d+ \(.*\), completion "),
        (lambda paid: [*paid[:-1], [1.0]], r"mine gave \[1.0\] at step 2"),
    ],
    ids=["short", "None", "text", "word", "nested"],
)
def test_what_cannot_be_a_reward_stops_with_one_line(values, says, attempt, tmp_path):
    with pytest.raises(WorkbookError, match=says) as caught:
        attempt(made(values))
    assert "\n" not in str(caught.value)
    record = load_run(tmp_path / "run").record
    assert (record["status"], record["steps"]) == ("failed", 1) and "mine" in record["error"]


def test_a_reward_that_raises_is_placed(attempt, tmp_path):
    def fails(completions, trainer_state, **columns):
        if trainer_state.global_step == 1:
            [1 / len(one[0]["content"].replace(target[0], "")) for one in completions]
        else:
            target[:] = ["nothing to remove"]
        return varied(completions)

    def remembers(completions, trainer_state, **columns):
        if trainer_state.global_step == 1:
            target[:] = [completions[3][0]["content"]]
        return varied(completions)

    target = [""]
    with pytest.raises(ZeroDivisionError) as caught:
        attempt(remembers, fails)
    (note,) = caught.value.__notes__
    assert note.startswith("fails raised it at step 2, for row ")
    assert f"completion {guarding._short(target[0])}" in note
    assert note in load_run(tmp_path / "run").record["error"]


def test_an_async_reward_is_guarded_too(attempt):
    async def later(completions, trainer_state, **columns):
        return [math.inf, *varied(completions)[1:]] if trainer_state.global_step == 1 else varied(completions)

    assert attempt(later).record["unscored"] == {"later": {"inf": 1}}


def test_a_reward_that_hangs_is_named_and_can_be_interrupted(attempt, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(guarding, "PATIENCE_SECONDS", 0.2)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it

    def hangs(completions, trainer_state, **columns):
        if trainer_state.global_step == 1:
            threading.Timer(1.0, signal.raise_signal, [signal.SIGINT]).start()
            while True:
                time.sleep(0.01)
        return varied(completions)

    with pytest.raises(KeyboardInterrupt):
        attempt(hangs)
    said = capsys.readouterr().out
    assert "hangs has been running for 0 s at step 2 (8 completions): wait, or interrupt" in said
    run = load_run(tmp_path / "run")
    assert (run.record["status"], len(run.curve)) == ("interrupted", 1)
    assert not [thread for thread in threading.enumerate() if thread.name.endswith("(_wait)")]


# --- completions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [{}, {"mask_truncated_completions": True}], ids=["", "masked"])
def test_equal_rewards_pause_learning_and_are_named(more, attempt, capsys):
    def equal(completions, **columns):
        return [0.5] * len(completions)

    run = attempt(equal, max_completion_length=1, **more)
    assert run.finished
    assert all(row["dead_groups"] == 1 and row["grad_norm"] == 0 for row in run.curve)
    assert all(math.isfinite(value) for row in run.curve for value in row.values() if value is not None)
    assert capsys.readouterr().out.count("all rewards are equal") == 1
    state = LiveState(4, ["equal"], list(run.curve))
    assert state.last_words().startswith("Nothing is learned: in each group")


@pytest.mark.parametrize(
    "row, words",
    [
        ({"reward": 1.0, "dead_groups": 0.5, "truncated": 1.0}, ""),
        ({"reward": None, "dead_groups": 1.0}, "no completion of the last step has a reward"),
        ({"reward": 0.0, "dead_groups": 1.0, "length_chars": 0.0}, "every completion of the last step is"),
        ({"reward": 0.0, "dead_groups": 1.0, "length_chars": 9.0, "truncated": 1.0}, "all were cut off"),
    ],
)
def test_why_nothing_is_learned(row, words):
    assert words in pause(row) and bool(pause(row)) == bool(words)


def test_a_reward_that_scores_nothing_pauses_learning(attempt):
    run = attempt(lambda completions, **columns: [None] * len(completions))
    assert run.finished and run.record["unscored"] == {"<lambda>": {"None": 32}}
    assert all(row["reward"] is None and row["grad_norm"] == 0 for row in run.curve)
    assert "no completion" in LiveState(4, ["r"], list(run.curve)).last_words()


# --- memory and numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"), MemoryError()]
)
def test_out_of_memory_names_three_settings_in_order(error, attempt, tmp_path):
    def hungry(completions, trainer_state, **columns):
        if trainer_state.global_step == 1:
            raise error
        return varied(completions)

    with pytest.raises(WorkbookError, match="out of memory at step 2") as caught:
        attempt(hungry)
    text = str(caught.value)
    first = "per_device_train_batch_size=4 with gradient_accumulation_steps=2"
    order = [first, "max_completion_length=4", "model="]
    in_order(text, *order)
    assert load_run(tmp_path / "run").record["steps"] == 1


def in_order(text: str, *settings: str) -> None:
    """One line that names these, one after the other."""
    places = [text.index(setting) for setting in settings]
    assert places == sorted(places) and "\n" not in text


@pytest.mark.parametrize("kind", ["qwen2", "gpt2"])
def test_weights_that_left_their_range_are_one_line(kind, attempt, tmp_path):
    """A learning rate far too high: the next odds are no numbers (sampled here, and the library's way)."""
    from tiny_random import make_random_model

    model = make_random_model(tmp_path / "theirs", kind=kind)
    with pytest.raises(WorkbookError, match=r"step \d.*no.* number") as caught:
        attempt(varied, learning_rate=1e31, model=model)
    in_order(str(caught.value), "learning_rate=1e+30 (now 1e+31)", "max_grad_norm=0.1", "beta=")


def test_numbers_that_overflow_stop_before_the_weights(attempt, tmp_path, monkeypatch):
    """A loss that is NaN at step 2, as a sum that left its range makes it."""
    real = RecordingTrainer.compute_loss

    def overflowing(self, *words, **options):
        return real(self, *words, **options) * (math.nan if self.state.global_step == 1 else 1.0)

    monkeypatch.setattr(RecordingTrainer, "compute_loss", overflowing)
    with pytest.raises(WorkbookError, match=r"gradient of step 2 is no number.*as step 1 left") as caught:
        attempt(varied)
    in_order(str(caught.value), "learning_rate=0.001 (now 0.01)", "max_grad_norm=0.1 (now 1)", "beta=")
    from safetensors.torch import load_file

    weights = load_file(load_run(tmp_path / "run").adapter / "adapter_model.safetensors")
    assert all(bool(value.isfinite().all()) for value in weights.values())


def test_half_precision_may_overflow_a_few_times():
    weight = torch.nn.Linear(1, 1)
    gradients = Gradients({"fp16": True, "learning_rate": 1e-5})
    weight.weight.grad = torch.tensor([[math.inf]])
    for _ in range(9):
        gradients.check(weight, 0)
    with pytest.raises(WorkbookError, match=r"in this order, fp16=False \(bf16=True.*learning_rate=1e-06"):
        gradients.check(weight, 0)
    weight.weight.grad = torch.zeros(1, 1)
    gradients.check(weight, 0)
    assert gradients.overflows == 0


def test_other_errors_stay_what_they_are(tmp_path):
    (tmp_path / "run.json").write_text("{}")
    others = (ZeroDivisionError(), FileNotFoundError(2, "no file"), RuntimeError("shapes"))
    for error in (*others, KeyboardInterrupt()):
        assert explained(error, tmp_path, {}, 0) is error
    mine = PermissionError(13, "Permission denied")
    mine.add_note("a reward raised it")
    assert disk_reason(mine) is None


def test_a_guard_keeps_name_and_order():
    guard = Guard([])
    assert guard.around(varied).__name__ == "varied"
    assert TextView().paused is False
