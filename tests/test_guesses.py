"""The quiz at each "predict": in its place, answerable, and true by what the page shows."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import nbformat
import pytest
from test_exercises import ROOMS

from helpers.widgets.quiz import quiz

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
GUESSES = {room: import_module(f"helpers.guesses.{room}").GUESSES for room in ROOMS.values()}
EACH = [pytest.param(room, number, id=f"{room}-{number}") for room in GUESSES for number in GUESSES[room]]
CALL = re.compile(r"^quiz\(\*GUESSES\[(\d+)\]\)$", re.MULTILINE)
NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?")


def cells(room: str) -> list[nbformat.NotebookNode]:
    """The cells of the stored notebook."""
    number = next(number for number, name in ROOMS.items() if name == room)
    (path,) = NOTEBOOKS.glob(f"{number}_*.ipynb")
    return nbformat.read(path, as_version=4).cells


def shown(room: str, number: int) -> str:
    """Code and printed lines from the quiz before this one to the one after it, and the question in words."""
    page = [cell for cell in cells(room) if "setup" not in cell.metadata.get("tags", [])]
    places = [i for i, cell in enumerate(page) if cell.cell_type == "code" and CALL.search(cell.source)]
    here = next(i for i in places if f"GUESSES[{number}]" in page[i].source)
    before, after = (
        max([0, *(i for i in places if i < here)]),
        min([*(i for i in places if i > here), len(page)]),
    )
    text = [page[here - 1].source]
    for cell in page[before + 1 : after]:
        text += [cell.source] if cell.cell_type == "code" else []
        text += [output.get("text", "") for output in cell.get("outputs", [])]
    return "\n".join(text)


def numbers(text: str) -> set[float]:
    """The sizes of the numbers in a text."""
    return {abs(float(found.replace(",", ""))) for found in NUMBER.findall(text)}


@pytest.mark.parametrize("room", GUESSES)
def test_every_predict_is_followed_by_its_quiz(room: str) -> None:
    page = [cell for cell in cells(room) if "setup" not in cell.metadata.get("tags", [])]
    asked = [
        i for i, cell in enumerate(page) if cell.cell_type == "markdown" and "**Predict:**" in cell.source
    ]
    for i in asked:
        assert CALL.search(page[i + 1].source), f"no quiz after {page[i].id}: {page[i].source[-80:]!r}"
    numbers = [int(n) for cell in page if cell.cell_type == "code" for n in CALL.findall(cell.source)]
    assert numbers == list(GUESSES[room]) == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("room", GUESSES)
def test_the_right_answer_is_not_always_in_the_same_place(room: str) -> None:
    places = [list(answers).index(right) for _, answers, right in GUESSES[room].values()]
    assert max(map(places.count, set(places))) <= max(2, 0.6 * len(places)), places


@pytest.mark.parametrize(("room", "number"), EACH)
def test_a_quiz_can_be_answered_and_says_why(room: str, number: int) -> None:
    question, answers, right = GUESSES[room][number]
    assert question.strip()[-1] in "?…" and len(question) <= 120
    assert len(answers) == 3 and right in answers and all(len(answer) <= 60 for answer in answers)
    assert len(set(answers.values())) == 3 and all(len(why) > 30 for why in answers.values())
    quiz(question, answers, right)


@pytest.mark.parametrize(("room", "number"), EACH)
def test_every_number_that_is_claimed_is_on_the_page(room: str, number: int) -> None:
    """In the right answer, and in what is said about each."""
    _, answers, right = GUESSES[room][number]
    page = numbers(shown(room, number))
    for words in (right, *answers.values()):
        missing = numbers(words) - page
        assert not missing, f"{words!r} claims {missing}, and the cells around the quiz show no such number"
