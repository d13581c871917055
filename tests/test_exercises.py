"""The exercises: each says what it takes, its blank gets a kind line, its solution passes, and each planted
mistake gets a message of its own."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib import import_module

import pytest
from exercise_pages import HEADING, SOURCES, Exercise, exercises

from helpers.checks.asking import CheckFailed

# Each notebook, and what its files are called in helpers/checks, helpers/guesses and tests/planted.
ROOMS = {
    "00": "start", "01": "explore", "02": "design", "03": "tldr", "04": "maths", "05": "evaluate",
    "06": "inside", "07": "broken", "08": "scale",
}  # fmt: skip

ALL = [one for number, room in ROOMS.items() for one in exercises(number, room)]
PLANTED = {room: import_module(f"planted.{room}").PLANTED for room in ROOMS.values()}
MISTAKES = [
    pytest.param(one, *mistake, id=f"{one}-{mistake[2][:30]}")
    for one in ALL
    for mistake in PLANTED[one.room].get(one.name, [])
]
each = pytest.mark.parametrize("exercise", ALL, ids=str)


@pytest.mark.parametrize(("number", "room"), ROOMS.items(), ids=ROOMS.values())
def test_a_notebook_has_three_to_five_exercises_in_order(number: str, room: str) -> None:
    found = exercises(number, room)
    assert [one.number for one in found] == list(range(1, len(found) + 1)) and 3 <= len(found) <= 5
    (path,) = SOURCES.glob(f"{number}_*_sol.py")
    text = path.read_text(encoding="utf-8").replace("\n# ", "\n")
    assert len(HEADING.findall(text)) == text.count("# solution") == len(found)
    assert set(PLANTED[room]) == {one.name for one in found}


@each
def test_it_has_a_goal_a_difficulty_and_three_hints(exercise: Exercise) -> None:
    words = exercise.words.strip()
    assert re.match(r"\*\*Goal:\*\* [^\n]{10,100}\.\n", words), "the goal, in one line, comes first"
    (stars, minutes) = re.findall(r"^\*Difficulty (\S+) · (\d+) minutes\*$", words, re.MULTILINE)[0]
    assert re.fullmatch("●+○*", stars) and len(stars) == 5 and 3 <= int(minutes) <= 30
    hints = re.findall(r"<details><summary>(.*?)</summary>\n\n(.+?)\n\s*</details>", words, re.DOTALL)
    assert [title for title, _ in hints] == [
        "Hint 1: where to look", "Hint 2: the way", "Hint 3: nearly the code"
    ]  # fmt: skip
    assert "`" in hints[2][1] and words.count("<details>") == 3


@each
def test_its_function_comes_with_types_and_a_docstring(exercise: Exercise) -> None:
    node = exercise.node
    named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    assert named and all(one.annotation for one in named) and node.returns
    assert len(ast.get_docstring(node) or "") > 20
    assert "# solution" not in (ast.get_docstring(node) or "")


@each
def test_the_next_cell_checks_it(exercise: Exercise) -> None:
    assert exercise.check.rstrip().endswith(f"check_{exercise.name}({exercise.name})")
    assert exercise.checker().__module__ == f"helpers.checks.{exercise.room}"


@each
def test_the_solution_passes(exercise: Exercise, capsys: pytest.CaptureFixture[str]) -> None:
    exercise.checker()(exercise.function())
    assert capsys.readouterr().out.startswith("Passed: ")


@each
def test_blanks_and_crashes_get_a_line_that_helps(exercise: Exercise) -> None:
    check = exercise.checker()

    def crash(*args, **kwargs):
        return {}["nowhere"]

    with pytest.raises(CheckFailed, match=rf"{exercise.name} returns None: replace `# your code here`"):
        check(exercise.blank())
    with pytest.raises(CheckFailed, match=r"crash\(.*\) stops with KeyError: 'nowhere'"):
        check(crash)
    for nonsense in (7, "text", [], {}, [None] * 8, object()):
        with pytest.raises(CheckFailed) as caught:
            check(lambda *args, answer=nonsense, **kwargs: answer)
        assert str(caught.value), "a bare assert tells nobody anything"


@pytest.mark.parametrize(("exercise", "old", "new", "message"), MISTAKES)
def test_a_planted_mistake_gets_its_own_message(exercise: Exercise, old: str, new: str, message: str) -> None:
    with pytest.raises(CheckFailed) as caught:
        exercise.checker()(exercise.spoiled(old, new))
    assert message in str(caught.value)


@each
def test_at_least_three_different_mistakes_are_known(exercise: Exercise) -> None:
    assert len({message for _, _, message in PLANTED[exercise.room][exercise.name]}) >= 3


CELL = """from math import log
from helpers.checks.start import check_nudged
def nudged(probabilities, advantages, rate):
    return [log(p - p) for p in probabilities]
check_nudged(nudged)"""


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("log(p - p)", "p / 2",
         ["Not yet: expected [0.2644, 0.2616, 0.474], but yours gives [0.25, 0.15, 0.1]"]),
        (
            "return [log(p - p) for p in probabilities]", "pass",
            ["Not yet: nudged returns None: replace `# your code here`, and end with a return"],
        ),
        (
            "", "",
            [
                "Not yet: nudged([0.5, 0.3, 0.2], [-1, 0, 2], 0.5) stops with ValueError: math domain error",
                "  line 4 of your cell: return [log(p - p) for p in probabilities]",
            ],
        ),
    ],
    ids=["wrong", "blank", "crash"],
)  # fmt: skip
def test_a_notebook_shows_the_message_and_no_traceback(old: str, new: str, shown: list[str]) -> None:
    code = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        f"InteractiveShell.instance(colors='nocolor').run_cell({CELL.replace(old, new)!r})"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == shown


def test_checks_are_plain_python() -> None:
    rooms = ", ".join(f"helpers.checks.{room}" for room in ROOMS.values())
    heavy = "{'torch', 'trl', 'transformers', 'numpy', 'matplotlib'}"
    code = f"import sys, {rooms}; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
