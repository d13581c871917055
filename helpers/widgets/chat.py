"""`chat(run)`: a box in the notebook that asks the base model and the trained one the same."""

from __future__ import annotations

import html as escaping
from pathlib import Path

import ipywidgets as widgets

from helpers.after.talking import Talk, plain
from helpers.errors import WorkbookError
from helpers.runs import Run
from helpers.widgets.canvas import HALF, WIDTH, html, says


def chat(run: Run | str | Path, temperature: float = 0.0) -> widgets.VBox:
    """A prompt to edit, a button, and both models' answers side by side; what they say is shown as text.

    temperature: 0 is greedy, 1 is how it was sampled in training. The weights are loaded with the first
    question. Raises WorkbookError for a folder that holds no trained run.
    """
    talk = Talk(run, temperature)
    prompt = widgets.Textarea(
        value=talk.prompts[0], rows=7, layout={"width": f"{WIDTH}px", "max_width": "100%"}
    )
    prompt.add_class("t-chat-prompt")
    ask, other = _button("Ask both", "t-chat-ask"), _button("Another prompt", "t-chat-other")
    places = {name: html(f"t-chat-{name}", HALF - 10) for name in ("base", "trained")}
    note = html("t-chat-note")
    turn = iter(range(1, 10**9))

    def answer(_: widgets.Button) -> None:
        ask.disabled, note.value = True, says("<em>thinking …</em>")
        try:
            for name, said in talk.ask(prompt.value).items():
                places[name].value = _framed(name, said)
            note.value = ""
        except WorkbookError as error:
            note.value = says(f"<strong>{escaping.escape(str(error))}</strong>")
        finally:
            ask.disabled = False

    def another(_: widgets.Button) -> None:
        prompt.value = talk.prompts[next(turn) % len(talk.prompts)]

    ask.on_click(answer)
    other.on_click(another)
    for name, place in places.items():
        place.value = _framed(name, "")
    return widgets.VBox([prompt, widgets.HBox([ask, other]), widgets.HBox(list(places.values())), note])


def _button(words: str, name: str) -> widgets.Button:
    made = widgets.Button(description=words)
    made.add_class(name)
    return made


def _framed(name: str, said: str) -> str:
    """One answer under its heading, hostile text and all, as text."""
    text = escaping.escape(plain(said)) if said else "&nbsp;"
    style = "white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.5;margin:4px 0"
    return f'<strong>{name}</strong><div style="{style}">{text}</div>'
