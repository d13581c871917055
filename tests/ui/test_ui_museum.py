"""Notebook 07 as a reader opens it: every cell runs, and the quiz answers to the keyboard."""

from __future__ import annotations

import pytest
from jupyter import Notebook

from helpers.guesses.broken import GUESSES


@pytest.fixture(scope="module")
def museum(open_notebook) -> Notebook:
    notebook = open_notebook("notebooks/07_when_it_breaks.ipynb")
    notebook.run_all()
    return notebook


def test_every_cell_runs_without_an_error(museum: Notebook) -> None:
    assert museum.faults() == []


def test_a_guess_by_keyboard_is_judged(museum: Notebook) -> None:
    """Space on each button of exhibit 1 gets the words of that answer."""
    museum.page.locator(".t-quiz").first.wait_for(timeout=60_000)
    verdict = museum.page.locator(".t-verdict").first
    _, answers, right = GUESSES[1]
    buttons = museum.page.locator(".t-quiz").first.locator("button")
    for number, answer in enumerate(answers):
        buttons.nth(number).focus()
        museum.page.keyboard.press("Space")
        word = "Yes." if answer == right else "Not this one."
        verdict.get_by_text(word).wait_for()
        assert answers[answer] in verdict.inner_text()
    museum.picture("quiz", ".t-verdict")


def test_the_browser_has_nothing_to_complain_about(museum: Notebook) -> None:
    assert museum.complaints == []
    assert museum.elsewhere == []
