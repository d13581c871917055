"""The failure museum: every exhibit is what its record says, and its flaw is the one it was made for."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import matplotlib

matplotlib.use("agg")

import pytest

from helpers import runs
from helpers.errors import WorkbookError
from helpers.guesses.broken import GUESSES
from helpers.museum import __main__ as command_line
from helpers.museum import exhibits, flawed, pictures
from helpers.museum.exhibits import ALL, EXHIBITS, find_exhibit
from helpers.runs import find_run, list_runs
from helpers.tasks import MATH
from helpers.trainer.records import described, plain
from helpers.widgets.quiz import quiz

ROOT = Path(__file__).resolve().parents[1]
SOURCE = (ROOT / "notebooks/src/07_when_it_breaks.py").read_text(encoding="utf-8")
each = pytest.mark.parametrize("exhibit", ALL, ids=lambda exhibit: exhibit.name)


def test_names_are_unique():
    assert len(EXHIBITS) == len(ALL)
    with pytest.raises(WorkbookError, match=r"no exhibit 'nope' .*: choose one of lr-x30, "):
        find_exhibit("nope")


@each
def test_the_record_is_of_this_exhibit(exhibit):
    """What the code would train today is what the record was trained with."""
    record = exhibit.run.record
    assert record["status"] == "finished" and record["task"] == exhibit.task.name and record["seed"] == 0
    assert record["source"] == "sample"
    change = dict(exhibit.change)
    change["max_steps"] = change.pop("steps", record["config"]["max_steps"])
    for name, value in change.items():
        assert record["config"][name] == value, name
    rewards = exhibit.rewards or [(reward, 1.0) for reward in exhibit.task.reward_funcs]
    assert record["rewards"] == plain(described(*zip(*rewards, strict=True)))
    assert len(exhibit.run.curve) == record["steps"] == record["config"]["max_steps"]
    assert not exhibit.run.adapter.exists()


def test_every_exhibit_hangs_in_the_notebook_with_its_command():
    for exhibit in ALL:
        assert exhibit.name in SOURCE
    assert sorted(map(int, re.findall(r"GUESSES\[(\d)\]", SOURCE))) == sorted(GUESSES)
    for name in re.findall(r"python -m helpers\.museum ([\w-]+)", SOURCE):
        find_exhibit(name)


def test_what_one_sees_before_the_quiz_does_not_give_the_answer_away():
    for part in SOURCE.split("## Exhibit ")[1:]:
        before = part.split("quiz(*")[0]
        assert not [exhibit.name for exhibit in ALL if exhibit.name in before]


# --- the flaws ---------------------------------------------------------------------------------------------


def test_plain_prompts_are_text_and_everything_else_is_as_before():
    rows, whole = flawed.plain(MATH).load("train", n=3), MATH.load("train", n=3)
    assert rows["solution"] == whole["solution"]
    for text, turns in zip(rows["prompt"], whole["prompt"], strict=True):
        assert text == "\n".join(turn["content"] for turn in turns)


def test_the_far_task_offers_far_rows_only():
    assert flawed.far(MATH).load("train")["solution"] == MATH.load("far")["solution"]


def test_short_enough_pays_up_to_the_limit():
    texts = ["x" * 199, "x" * 200, "x" * 201, [{"role": "assistant", "content": "x" * 300}]]
    assert flawed.reward_short_enough(texts) == [1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("text", "full", "cheap"),
    [
        ("<think>Not sure.</think><answer>7</answer>", 1.0, 0.2),
        ("NOT SURE, but the answer is 8.", 1.0, 1.0),
        ("The answer is 8.", 1.0, 1.0),
        ("The answer is 7.", 0.0, 0.0),
        ("", 0.0, 0.0),
    ],
)
def test_doubt_pays_at_least_its_price(text, full, cheap):
    assert flawed.reward_right_or_unsure([text], ["8"]) == [full]
    assert flawed.reward_right_or_unsure([text], ["8"], unsure=0.2) == [cheap]


@pytest.mark.train
def test_a_run_of_the_museum_is_kept_apart(tmp_path, monkeypatch):
    """It trains on plain prompts as on conversations, and no other notebook takes it for a good run."""
    monkeypatch.setattr(runs, "OWN", tmp_path)
    monkeypatch.setattr(exhibits, "OWN", tmp_path)
    run = find_exhibit("no-template").train(steps=2)
    assert run.path.parent == tmp_path / "museum" and run.finished
    assert run.completions[0]["prompt"].startswith(MATH.system_prompt)
    assert all(row["length"] < 8 for row in run.curve), "the model does not know that it is its turn"
    assert list_runs(tmp_path) == [] and find_run("math").label == "shipped record"


# --- what the page shows -----------------------------------------------------------------------------------


def test_beside_draws_each_curve_where_it_has_the_column():
    mine = [{"step": step, "reward": step, "kl": None} for step in range(1, 8)]
    other = [{"step": step, "reward": 1.0} for step in range(1, 4)]
    axes = pictures.beside({"exhibit": mine, "healthy": other}, {"reward": "reward", "kl": "KL (nats)"})
    ill, well = axes[0].lines
    assert ill.get_ydata()[-1] == 5 and list(well.get_xdata()) == [1, 2, 3]
    assert list(axes[1].lines) == [] and axes[1].get_ylabel() == "KL (nats)"
    share = pictures.beside({"one": mine}, {"reward": "dead groups (share)"})[0]
    assert share.get_ylim() == pytest.approx((-0.05, 1.05))
    assert pictures.first(mine, "reward") == 3 and pictures.last(mine, "reward", 2) == 6.5
    assert pictures.last(mine, "kl") != pictures.last(mine, "kl")


def test_a_quiz_judges_every_answer_and_shows_text_as_text():
    asked, choice, verdict = quiz("Why <b>?", {"this": "Because <i>.", "that": "No."}, "this").children
    assert choice.value is None and "Choose one" in verdict.value and "&lt;b&gt;" in asked.value
    choice.value = "that"
    assert "Not this one" in verdict.value and "No." in verdict.value
    choice.value = "this"
    assert "Yes." in verdict.value and "&lt;i&gt;" in verdict.value
    with pytest.raises(WorkbookError, match="is none of the answers: this, that"):
        quiz("?", {"this": "", "that": ""}, "other")


@pytest.mark.parametrize("number", GUESSES)
def test_every_quiz_can_be_answered(number):
    question, answers, right = GUESSES[number]
    assert f"Exhibit {number}:" in question and right in answers and len(answers) == 3
    quiz(question, answers, right)


def test_the_command_lists_and_refuses(capsys):
    assert command_line.main([]) == 0
    assert capsys.readouterr().out.split() == list(EXHIBITS)
    assert command_line.main(["nope"]) == 2
    assert capsys.readouterr().err.startswith("error: no exhibit 'nope'")


def test_listing_does_not_load_torch():
    code = "import helpers.museum.exhibits, sys; print({'torch', 'trl'} & set(sys.modules) or 'none')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "none", done.stdout + done.stderr


# --- do the commands still break what they broke? ----------------------------------------------------------


@pytest.mark.slow
@pytest.mark.train
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", ["lr-x30", "hack-length", "hack-unsure"])
def test_trained_again_it_fails_again(name, tmp_path):
    """By the end of the run every number is where the record has it, give or take chance."""
    again, record = find_exhibit(name).train(out=tmp_path / name).curve, find_exhibit(name).run.curve
    for column, band in (("reward", 0.3), ("dead_groups", 0.3), ("reward_rouge_mean", 0.15)):
        if column in record[0] and not (name == "hack-length" and column == "reward"):
            assert pictures.last(again, column) == pytest.approx(pictures.last(record, column), abs=band)
