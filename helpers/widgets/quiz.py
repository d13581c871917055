"""A question with its answers to choose from: the choice says whether it is right, and why."""

from __future__ import annotations

import html as escaping
from collections.abc import Mapping

import ipywidgets as widgets

from helpers.errors import WorkbookError
from helpers.widgets.canvas import WIDTH, html, says


def quiz(question: str, answers: Mapping[str, str], right: str) -> widgets.VBox:
    """A question to answer by a click, or by Tab and Space (JupyterLab keeps the arrow keys to itself).

    answers: what one may choose -> what is then said about it. right: the one that is. Raises WorkbookError
    when that is none of them.
    """
    if right not in answers:
        raise WorkbookError(f"right={right!r} is none of the answers: {', '.join(answers)}")
    choice = widgets.ToggleButtons(
        options=list(answers),
        value=None,
        style={"button_width": "auto"},
        layout={"width": f"{WIDTH}px", "max_width": "100%"},
    )
    choice.add_class("t-quiz")
    verdict = html("t-verdict")
    verdict.value = says("<em>Choose one; nothing is counted.</em>")

    def judge(change: dict) -> None:
        chosen = change["new"]
        if chosen is not None:
            word = "<strong>Yes.</strong>" if chosen == right else "<strong>Not this one.</strong>"
            verdict.value = says(f"{word} {escaping.escape(answers[chosen])}")

    choice.observe(judge, "value")
    asked = html("t-question")
    asked.value = says(f"<strong>{escaping.escape(question)}</strong>")
    return widgets.VBox([asked, choice, verdict])
