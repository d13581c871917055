"""What holds for every string: properties of `extract`, `same_answer` and all rewards (Hypothesis).

In `make test` each property is tried on a hundred examples, the same ones every time; `make fuzz` tries new
ones for as long as you give it. The strategies are in near_valid.py.
"""

import json
import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import near_valid as near
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpers import rewards
from helpers.answers import extract, same_answer
from helpers.rewards import configured, reward_accuracy, reward_rouge
from helpers.text.numerals import number
from helpers.text.spelling import clean

settings.register_profile("short", max_examples=100, deadline=None, derandomize=True, database=None)
settings.load_profile("short")

REWARDS = [reward for name, reward in vars(rewards).items() if name.startswith("reward_")]
SPLITS = ["train", "validation", "test", "far"]


@given(near.completions | st.text())
def test_extract_returns_a_part_of_the_text_or_none(text: str) -> None:
    found = extract(text)
    assert found is None or (found and found == found.strip() and found in text)


@given(near.numbers | near.expressions, near.fragments)
def test_extract_finds_a_tagged_answer(answer: str, thought: str) -> None:
    assert extract(f"<think>{thought}</think><answer> {answer}\n</answer>") == answer.strip()


@given(near.answers, near.answers)
def test_same_answer_gives_a_verdict_on_anything(gold: str, answer: str) -> None:
    assert same_answer(gold, answer) in (True, False, None)


@given(near.answers, near.answers, near.answers)
def test_only_the_gold_decides_whether_there_is_a_verdict(gold: str, answer: str, other: str) -> None:
    assert (
        (same_answer(gold, answer) is None)
        == (same_answer(gold, other) is None)
        == (same_answer(gold, None) is None)
    )


@given(near.answers)
def test_an_answer_is_the_same_as_itself(answer: str) -> None:
    assert same_answer(answer, answer) in (True, None)


@given(near.expressions | near.numbers, near.expressions | near.numbers)
def test_equality_is_symmetric(one: str, other: str) -> None:
    there, back = same_answer(one, other), same_answer(other, one)
    assume(None not in (there, back))
    plain = [number(clean(text)) is not None for text in (one, other)]
    assume(plain[0] == plain[1])  # for the gold 0, x - x is work left to do; for the gold x - x, 0 is right
    assert there == back


@given(near.same_number())
def test_one_number_in_two_spellings_is_one_answer(pair: tuple[str, str]) -> None:
    assert same_answer(*pair) is True


@given(near.other_number())
def test_two_numbers_are_two_answers(pair: tuple[str, str]) -> None:
    assert same_answer(*pair) is False


@given(near.numbers | near.expressions, near.numbers | near.expressions, st.sampled_from(near.COATS))
def test_harmless_rewriting_changes_no_verdict(gold: str, answer: str, coat: str) -> None:
    assume("$" not in answer or "$" not in coat)  # $5 in dollar signs is another matter
    assert same_answer(gold, coat.format(answer)) == same_answer(gold, answer)


@given(
    st.lists(st.integers(0, 9999), min_size=2, max_size=2, unique=True),
    st.sampled_from(near.CHAINS),
    st.booleans(),
)
def test_a_chain_is_no_answer(numbers: list[int], chain: str, first: bool) -> None:
    assert same_answer(str(numbers[0 if first else 1]), chain.format(*numbers)) is False


@given(near.values, st.sampled_from(["%", " cm", " km", "^2", "!", "x", "i", "/0", r"^\circ", " or so"]))
def test_nothing_is_dropped_silently(value: Fraction, tail: str) -> None:
    assume(value not in (0, 1, 2))  # 0% is 0, 1^2 is 1, 2! is 2
    assert same_answer(str(value.numerator), f"{value.numerator}{tail}") is False


@given(st.lists(st.integers(1, 99), min_size=2, max_size=2, unique=True), st.sampled_from(near.SMALL_WORDS))
def test_small_words_keep_their_order(numbers: list[int], word: str) -> None:
    one, other = numbers
    assert same_answer(f"{one} {word} {other}", f"{other} {word} {one}") is not True
    assert same_answer(f"{one} {word} {other}", f"{one} {word} {other}") is not False


def scores(
    reward: Callable[..., list[float | None]], rows: list[tuple[str, Any]], chat: bool = False
) -> list[float | None]:
    """What `reward` pays for rows of (completion, gold), called the way TRL calls it."""
    completions = [[{"role": "assistant", "content": text}] if chat else text for text, _ in rows]
    golds = [gold for _, gold in rows]
    ids = [list(text.encode("utf-8", "replace")) for text, _ in rows]
    return reward(
        prompts=golds,
        completions=completions,
        completion_ids=ids,
        solution=golds,
        reference=golds,
        trainer_state=None,
    )


golds = near.completions | near.numbers | st.none()
batches = st.lists(st.tuples(near.completions, golds), max_size=3)


@given(batches)
def test_every_reward_scores_every_completion_by_itself(rows: list[tuple[str, Any]]) -> None:
    for reward in REWARDS:
        paid, name = scores(reward, rows), reward.__name__
        assert len(paid) == len(rows), name
        assert all(score is None or (type(score) is float and math.isfinite(score)) for score in paid), name
        assert paid == scores(reward, rows, chat=True), f"{name}: plain and chat completions differ"
        assert paid[::-1] == scores(reward, rows[::-1]), f"{name}: one completion's pay hangs on another"


@given(st.lists(near.numbers, max_size=3), st.integers(0, 200))
def test_configured_fixes_a_parameter_and_nothing_else(texts: list[str], ideal: int) -> None:
    rows = [(text, text) for text in texts]
    for reward, name in [(rewards.reward_len, "ideal_chars"), (rewards.reward_token_length, "ideal_tokens")]:
        assert scores(configured(reward, **{name: ideal}), rows) == scores(
            partial(reward, **{name: ideal}), rows
        )


def column(root: Path, folder: str, split: str, name: str) -> list[str]:
    lines = (root / "data" / folder / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)[name] for line in lines]


@pytest.mark.parametrize("split", SPLITS)
def test_every_gold_answer_is_right(root: Path, split: str) -> None:
    golds = column(root, "numinamath", split, "solution")
    tagged = [f"<think>…</think><answer>{extract(gold)}</answer>" for gold in golds]
    assert golds and reward_accuracy(golds, solution=golds) == [1.0] * len(golds)
    assert reward_accuracy(tagged, solution=golds) == [1.0] * len(golds)


@pytest.mark.parametrize("split", SPLITS)
def test_every_gold_summary_is_right(root: Path, split: str) -> None:
    golds = column(root, "smoltldr", split, "completion")
    assert golds and reward_rouge(golds, reference=golds) == [1.0] * len(golds)
