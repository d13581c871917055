"""The progress line: one that updates in a terminal, a few plain ones elsewhere."""

from __future__ import annotations

import io

from helpers.progress import Progress, time_left


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_log_gets_about_ten_lines():
    stream = io.StringIO()
    progress = Progress(40, stream=stream, patience=60)
    for step in range(1, 41):
        progress.update(step, f"reward {step:.1f}")
    progress.close()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 11
    assert lines[0].startswith("step  1/40  reward 1.0  0:00 left")
    assert lines[-1].startswith("step 40/40  reward 40.0  0:00 in all")


def test_nothing_long_is_silent():
    stream = io.StringIO()
    progress = Progress(1000, stream=stream, patience=0)
    for step in (1, 2, 3):
        progress.update(step)
    assert len(stream.getvalue().splitlines()) == 3


def test_a_terminal_gets_one_line_that_updates():
    stream = Terminal()
    progress = Progress(3, stream=stream)
    for step, note in ((1, "a long note"), (2, "short"), (3, "")):
        progress.update(step, note)
    progress.close()
    text = stream.getvalue()
    assert text.count("\r") == 3 and text.count("\n") == 1 and text.endswith("\n")
    assert len(text.split("\r")[2]) >= len(text.split("\r")[1])


def test_a_line_wider_than_the_terminal_is_not_rewritten(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    stream = Terminal()
    progress = Progress(20, stream=stream, lines=2, patience=60)
    for step in range(1, 21):
        progress.update(step, "x" * 40)
    progress.close()
    assert "\r" not in stream.getvalue() and len(stream.getvalue().splitlines()) == 3


def test_what_is_said_in_between_has_a_line_of_its_own(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    stream = Terminal()
    progress = Progress(3, stream=stream)
    progress.update(1)
    progress.say("by the way")
    progress.update(2)
    progress.close()
    lines = stream.getvalue().replace("\r", "").splitlines()
    assert lines[0].startswith("step 1/3") and lines[1] == "by the way" and lines[2].startswith("step 2/3")
    assert len(lines) == 3


def test_time_left():
    assert time_left(30, 10, 20) == "1:00 left"
    assert time_left(3675, 10, 0) == "1:01:15 in all"
