"""Notebook 08 and its exercises: solutions pass, blanks and mistakes get a line of their own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpers.checks import scale

ROOT = Path(__file__).resolve().parents[1]
SOURCE = (ROOT / "notebooks/src/08_scale_up_sol.py").read_text(encoding="utf-8")
CHECKS = {"layout": scale.check_layout, "weights_gb": scale.check_weights_gb, "ring_mb": scale.check_ring_mb}


def function(name: str, old: str = "", new: str = ""):
    """A solution out of the notebook's source, with one edit."""
    code = re.search(rf"^def {name}\(.*?(?=^# %%)", SOURCE, re.DOTALL | re.MULTILINE)[0]
    assert not old or code.count(old) == 1, f"{old!r} is not once in the solution of {name}"
    space: dict = {}
    exec(compile(code.replace(old, new) if old else code, name, "exec"), space)
    return space[name]


@pytest.mark.parametrize("name", CHECKS)
def test_solutions_pass(name, capsys) -> None:
    CHECKS[name](function(name))
    assert capsys.readouterr().out.startswith("Passed: ")


@pytest.mark.parametrize("name", CHECKS)
def test_a_blank_gets_a_line(name) -> None:
    with pytest.raises(AssertionError, match="your code here"):
        CHECKS[name](lambda *words: None)


@pytest.mark.parametrize(
    "name, old, new, message",
    [
        ("layout", "divmod(total, processes)", "total, 0", "the total is not split"),
        ("layout", "if share % size == 0", "", "some completions are lost"),
        ("layout", "range(min(most, share), 0, -1)", "range(1, share + 1)", "one at a time always fits"),
        ("layout", "return size, share // size", "return share // size, size", "the other way round"),
        ("layout", "if left:", "if False:", "one is left over"),
        ("layout", "return size, share // size", "return size", "return two numbers"),
        ("weights_gb", "bits / 8", "bits", "bits were taken for bytes"),
        ("weights_gb", "bits / 8", "(bits / 8 + 12)", "frozen weights have no gradient"),
        ("weights_gb", "trained * 16", "trained * 4", "there four times"),
        ("weights_gb", "trained * 16", "trained * 8", "two averages of every trained weight"),
        ("weights_gb", "trained * 16", "4 * trained * bits / 8", "`bits` is about the frozen ones"),
        ("weights_gb", "1e9", "2**30", "10\\*\\*9 bytes"),
        ("ring_mb", "2 * (processes - 1)", "(processes - 1)", "once more to bring the sums back"),
        ("ring_mb", "(processes - 1) * part", "processes * part", "nobody sends its own part"),
        ("ring_mb", "trained * 4 / processes", "trained * 4", "one part at a time"),
        ("ring_mb", "trained * 4", "trained", "has 4 bytes"),
    ],
)
def test_each_mistake_gets_its_own_line(name, old, new, message) -> None:
    with pytest.raises(AssertionError, match=message):
        CHECKS[name](function(name, old, new))


def test_the_notebook_has_a_cell_for_each_recipe_pair_and_says_what_was_not_run() -> None:
    text = (ROOT / "notebooks/src/08_scale_up.py").read_text(encoding="utf-8")
    for task in ("tldr", "math"):
        for model in ("smollm-135m", "llama-3.2-1b"):
            assert text.count(f'recipe("{task}", "{model}")') == 1
    words = " ".join(text.replace("\n#", " ").replace(">", " ").split())
    assert "have not been run on GPUs by us" in words and "an estimate and no measurement" in words
