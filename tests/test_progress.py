"""The progress line: one that updates in a terminal, a few plain ones elsewhere."""

from __future__ import annotations

import io

from helpers.progress import Progress


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
