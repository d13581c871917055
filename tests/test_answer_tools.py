"""The tools that try the rewards by hand: `make bench-rewards` and `make fuzz`, on a little of everything."""

import random

import bench_rewards
import fuzz_answers
import pytest
from bench_items import BATCH, HOSTILE, distinct, hostile_batch, latex, like_the_data
from hypothesis import given
from hypothesis import strategies as st

from helpers.answers import extract


@pytest.mark.parametrize("source", [like_the_data, latex])
def test_the_bench_feeds_new_answers_and_ours_judges_them_fairly(source) -> None:
    items = distinct(source(random.Random(0)), 120)
    assert len({(extract(completion), extract(solution)) for completion, solution, _ in items}) == 120
    assert 0.2 < sum(fair for *_, fair in items) / 120 < 0.8, "right and wrong answers in a fair mixture"
    assert bench_rewards.timed(bench_rewards.ours, items)[1] == 0


def test_a_bench_of_a_few_items(capsys: pytest.CaptureFixture[str]) -> None:
    judges = {name: bench_rewards.JUDGES[name] for name in ("reward_accuracy", "math_verify")}
    result = bench_rewards.speeds(distinct(latex(random.Random(1)), 8), 2, judges)
    bench_rewards.show("a few", result)
    printed = capsys.readouterr().out
    assert set(result) == {"reward_accuracy", "math_verify", "again"} and "ours is" in printed
    assert all(row["completions_per_second"] > 0 and row["of"] == 8 for row in result.values())


def test_the_hostile_batch_is_a_batch_with_eight_hostile_answers() -> None:
    items = hostile_batch(HOSTILE)
    assert (len(items), len(HOSTILE)) == (BATCH, 8) == (64, 8)
    assert all(text in completion for text, (completion, *_) in zip(HOSTILE, items[::8], strict=True))
    assert [fair for *_, fair in items].count(0.0) >= 8


def test_the_fuzz_runs_every_property_and_prints_what_fails_as_a_row() -> None:
    @given(gold=st.integers(0, 999), answer=st.just("x"))
    def test_small(gold: int, answer: str) -> None:
        assert gold < 500

    table = {prop.name: prop for prop in fuzz_answers.properties()}
    assert "test_equality_is_symmetric" in table and len(table) > 10
    wrong, sound = fuzz_answers.Property(test_small), table["test_extract_finds_a_tagged_answer"]
    wrong.look(3)
    assert wrong.tried > 1 and wrong.row().startswith("    (500, 'x'),  # test_small: AssertionError")
    assert not sound.fault
