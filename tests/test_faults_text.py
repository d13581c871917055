"""Hostile text of a model or a data set: shown as text, never run, cut to a length."""

from __future__ import annotations

import re

import pytest
from test_lab import small_bank
from test_live import row as live_row
from test_live import sample
from test_microscope import row, write_run

from helpers.evaluation import _show
from helpers.tasks import TLDR
from helpers.text.safe import printable
from helpers.widgets import samples as bank_of
from helpers.widgets.lab import reward_lab
from helpers.widgets.live_html import group_html, numbers_html, status_html, watched_html
from helpers.widgets.live_state import LiveState
from helpers.widgets.microscope import microscope

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": '<img src=x onerror="alert(1)">',
    "broken out": '"></td></table></div><iframe src="javascript:alert(1)">',
    "attribute": "' onmouseover='alert(1)",
    "latex": r"$$\href{javascript:alert(1)}{x}$$ \(\unicode{x}\) \[\require{html}\]",
    "ansi": "\x1b]0;title\x07\x1b[2J\x1b[31mred\x9b1m",
    "zero": "a\x00b",
    "long": "<b>pens</b> " * 900_000,
}
LONG = 120_000  # characters: more than any page here has without the hostile text


def values(box) -> list[str]:
    """The text of every widget in a box."""
    found = [str(box.value)] if hasattr(box, "value") else []
    return found + [value for child in getattr(box, "children", ()) for value in values(child)]


def harmless(page: str, text: str) -> None:
    """No tag of the text is a tag of the page, nothing of it moves a cursor, and it is not endless."""
    assert not re.search(r"<(script|img|iframe|b>pens)", page)
    assert not re.search(r"<[^>]*\son\w+=", page)
    assert not re.search(r"[\x00\x07\x1b\x9b]", page)
    assert len(page) < LONG


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_the_live_view_shows_it_as_text(text):
    state = LiveState(3, [text[:60]])
    state.add(live_row(), [sample(text, 1.0, text)])
    state.looks.append((0, [sample(text, 0.0, text)]))
    for page in (group_html(state), watched_html(state), status_html(state)):
        harmless(page, text)
    assert "<script" not in numbers_html(state) and "<img" not in numbers_html(state)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_the_microscope_shows_it_as_text(text, tmp_path):
    rows = [row(prompt=text, completion=text, token_ids=[])] * 2
    harmless(microscope(write_run(tmp_path, rows))._page.value, text)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_the_lab_shows_it_as_text(text):
    bank = small_bank([[text, "a" + text], ["c", "dd"]])
    lab = reward_lab(
        "tldr", samples=bank_of.Bank(TLDR, tuple({**one, "prompt": text, "gold": text} for one in bank.rows))
    )
    for section in lab.page.sections:
        for child in section.box.children:
            for value in values(child):
                assert not re.search(r"<(script|img|iframe|b>pens)", value)
                assert len(value) < LONG


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_the_terminal_shows_it_as_text(text, capsys):
    _show([{"prompt": text, "reference": text, "trained": text}])
    said = capsys.readouterr().out
    assert not re.search(r"[\x00\x07\x1b\x9b]", said) and len(said) < 3000


def test_no_widget_typesets_what_others_wrote(root):
    """ipywidgets' HTMLMath and a Markdown output run MathJax; HTML shows dollars as dollars."""
    for path in (root / "helpers" / "widgets").glob("*.py"):
        assert not re.search(r"HTMLMath|Markdown\(|Latex\(", path.read_text(encoding="utf-8")), path.name


def test_printable():
    assert printable("a\tb\nc") == "a\tb\nc"
    assert printable("\x1b[31m\x00\x9b") == "\\x1b[31m\\x00\\x9b"
    assert printable("abcdef", 4) == "abc…" and printable("abcd", 4) == "abcd"
