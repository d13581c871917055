"""The microscope on a recorded run, and the live view while a model trains, as a reader sees them."""

from __future__ import annotations

import json
import re

import pytest
from controls import collisions, press, shows, text
from jupyter import Notebook, write_notebook

from helpers.runs import SHIPPED, Run, load_run

RECORDED = "math-tiny-seed0"
STEPS = 5
# The view is brought up to date twice a second at most: with this many completions a step takes longer.
LARGE = "per_device_train_batch_size=128"
SCOPE = f"""
from helpers.runs import SHIPPED, load_run
from helpers.widgets.microscope import microscope

scope = microscope(load_run(SHIPPED / "{RECORDED}"))
scope
"""
TRAIN = f"""
from helpers.training import train
from helpers.widgets.live import live_view

ask = dict(steps={STEPS}, {LARGE}, keep_completions=16)
run = train("math", "tiny", out="runs/watched", watch=live_view(), **ask)
"""
OWN = """
own = microscope(run)
own.view.add_class("t-own-run")
own
"""
STOPPED = f"""
stopped = train("tldr", "tiny", steps=500, {LARGE}, out="runs/stopped", watch=live_view())
"""
SCOPE_CELL, TRAIN_CELL, OWN_CELL, STOPPED_CELL = range(4)
# Writes down every step that the live view shows while the cell runs, and every picture of its curves.
SEEN = """() => {
    const seen = window.seen = { steps: [], pictures: new Set() };
    new MutationObserver(() => {
        const step = document.querySelector('.t-live-now')?.dataset.step;
        if (step && seen.steps.at(-1) !== step) seen.steps.push(step);
        const picture = document.querySelector('img.t-live-curves, .t-live-curves img')?.src;
        if (picture) seen.pictures.add(picture);
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""
ROWS = """(box) => [...document.querySelectorAll(`${box} tr.t-scope-completion`)].map((row) => {
    const tokens = [...row.querySelectorAll('.t-scope-token')];
    const rewards = [...row.querySelectorAll('.t-scope-reward')];
    return {
        number: +row.dataset.number,
        advantage: row.querySelector('.t-scope-advantage').innerText,
        rewards: Object.fromEntries(rewards.map((cell) => [cell.dataset.reward, cell.innerText])),
        changes: tokens.map((token) => +token.dataset.change),
        colours: tokens.map((token) => getComputedStyle(token).backgroundColor),
    };
})"""


@pytest.fixture(scope="module")
def training(open_notebook, server) -> Notebook:
    write_notebook(server.workbook / "training.ipynb", [SCOPE, TRAIN, OWN, STOPPED])
    return open_notebook("training.ipynb")


@pytest.fixture(scope="module")
def recorded() -> Run:
    return load_run(SHIPPED / RECORDED)


@pytest.fixture(scope="module")
def scope(training: Notebook) -> Notebook:
    training.start_cell(SCOPE_CELL)
    training.finish_cell()
    training.page.locator(".t-scope-completion .t-scope-token[data-change]").first.wait_for(timeout=60_000)
    return training


def rows_of(run: Run, step: int, group: int) -> list[dict]:
    """What the run wrote down of one group, in the order it was sampled."""
    size = run.record["config"]["num_generations"]
    return [row for row in run.completions if row["step"] == step][(group - 1) * size : group * size]


def check_group(scope: Notebook, run: Run, step: int, group: int, box: str = ".t-scope") -> None:
    """What is on the page is what the run's record says of this group."""
    rows, wanted = scope.page.evaluate(ROWS, box), rows_of(run, step, group)
    assert sorted(row["number"] for row in rows) == list(range(1, len(wanted) + 1))
    for row in rows:
        truth = wanted[row["number"] - 1]
        assert shows(row["advantage"], truth["advantage"])
        assert row["rewards"].keys() == truth["rewards"].keys()
        assert all(shows(row["rewards"][name], value) for name, value in truth["rewards"].items())
    advantages = [wanted[row["number"] - 1]["advantage"] for row in rows]
    assert advantages == sorted(advantages, reverse=True)


def test_the_microscope_shows_each_step_as_recorded(scope: Notebook, recorded: Run) -> None:
    check_group(scope, recorded, 1, 1)
    scope.picture("microscope", ".t-scope")
    for step in (2, 3):
        press(scope, ".t-scope-step", "ArrowRight", {"view": ".t-scope-view", "words": ".t-scope-words"})
        assert text(scope, ".t-scope-step .widget-readout") == str(step)
        check_group(scope, recorded, step, 1)


def test_its_colours_are_the_change_of_each_tokens_probability(scope: Notebook) -> None:
    told = scope.run_new_cell(
        "import json; print(json.dumps([scope.step, scope.group, scope.changes, scope.words]))"
    )
    step, group, changes, words = json.loads(told)
    assert (step, group) == (3, 1)
    for row in scope.page.evaluate(ROWS, ".t-scope"):
        assert row["changes"] == pytest.approx(changes[row["number"] - 1], abs=0.0051)
        assert len(set(row["colours"])) > 1
    assert text(scope, ".t-scope-words") == " ".join(words.split())


def test_its_button_writes_the_numbers_above_the_tokens(scope: Notebook) -> None:
    assert scope.page.locator(".t-scope-view rt").count() == 0
    press(scope, ".t-scope-numbers", "Enter", {"view": ".t-scope-view"})
    tokens = sum(len(row["changes"]) for row in scope.page.evaluate(ROWS, ".t-scope"))
    assert scope.page.locator(".t-scope-view rt").count() == tokens
    scope.picture("microscope_numbers", ".t-scope")
    press(scope, ".t-scope-numbers", "Enter", {"view": ".t-scope-view"})


def test_nothing_of_the_microscope_overlaps(scope: Notebook) -> None:
    assert collisions(scope, ".t-scope") == ""


@pytest.fixture(scope="module")
def watched(training: Notebook, scope, server) -> Run:
    """The run that the second cell trained while the page was watching."""
    training.page.evaluate(SEEN)
    training.start_cell(TRAIN_CELL)
    training.page.locator(".t-live-now[data-step='2']").first.wait_for(timeout=90_000)
    training.page.locator(".t-live").first.scroll_into_view_if_needed()
    training.picture("live_during")
    training.finish_cell(90)
    last = f"() => document.querySelector('.t-live-now')?.dataset.step === '{STEPS}'"
    training.page.wait_for_function(last)
    training.picture("live", ".t-live")
    return load_run(server.workbook / "runs" / "watched")


def test_the_live_view_follows_every_step(training: Notebook, watched: Run) -> None:
    seen = training.page.evaluate("() => ({ ...window.seen, pictures: window.seen.pictures.size })")
    assert seen["steps"] == [str(step) for step in range(STEPS + 1)], "a step is missing, or came late"
    assert seen["pictures"] >= 2, "the curves were drawn only once"


def test_the_live_view_shows_the_numbers_of_the_record(training: Notebook, watched: Run) -> None:
    last = watched.curve[-1]
    cells = training.page.locator(".t-live-now td[data-column]").all()
    found = {cell.get_attribute("data-column"): cell.inner_text() for cell in cells}
    assert {"reward", "reward_std", "length", "entropy", "dead_groups", "truncated"} <= found.keys()
    assert {name for name in last if re.fullmatch(r"reward_\w+_mean", name)} <= found.keys()
    assert {name: words for name, words in found.items() if not shows(words, last[name])} == {}
    assert str(STEPS) in text(training, ".t-live-time")
    assert "inished" in text(training, ".t-live-status")


def test_the_live_view_shows_the_watched_prompt_before_and_after(training: Notebook, watched: Run) -> None:
    sections = training.page.locator(".t-live-watched section[data-step]").all()
    steps = [int(section.get_attribute("data-step")) for section in sections]
    assert {0, STEPS} <= set(steps)
    assert steps == sorted(steps, reverse=True)


def test_nothing_of_the_live_view_overlaps(training: Notebook, watched: Run) -> None:
    assert collisions(training, ".t-live") == ""


def test_the_microscope_opens_the_run_just_trained_group_by_group(training: Notebook, watched: Run) -> None:
    training.start_cell(OWN_CELL)
    training.finish_cell()
    training.page.locator(".t-own-run .t-scope-completion .t-scope-token[data-change]").first.wait_for()
    check_group(training, watched, 1, 1, ".t-own-run")
    press(training, ".t-own-run .t-scope-group", "ArrowRight", {"view": ".t-own-run .t-scope-view"})
    check_group(training, watched, 1, 2, ".t-own-run")
    press(training, ".t-own-run .t-scope-step", "End", {"view": ".t-own-run .t-scope-view"})
    check_group(training, watched, STEPS, 2, ".t-own-run")
    assert collisions(training, ".t-own-run") == ""


def test_stopping_the_kernel_keeps_what_there_is(training: Notebook, watched: Run, server) -> None:
    training.start_cell(STOPPED_CELL)
    view = training.page.locator(".jp-Cell").nth(STOPPED_CELL)
    view.locator(".t-live-now[data-step='2']").wait_for(timeout=60_000)
    training.interrupt()
    training.finish_cell()
    run = load_run(server.workbook / "runs" / "stopped")
    assert len(run.curve) >= 2 and not run.finished
    status = view.locator(".t-live-status").inner_text()
    assert re.search(rf"\b{len(run.curve)}\b", status) and "resume" in status
    view.locator(".t-live").scroll_into_view_if_needed()
    training.picture("live_stopped")


def test_the_browser_has_nothing_to_complain_about(training: Notebook, scope) -> None:
    assert training.complaints == []
    assert training.elsewhere == []
