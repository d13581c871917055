"""Intervals over seeds and prompts hold what they promise; rows and pairs are read as they were written."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from helpers.errors import WorkbookError
from helpers.ledger.intervals import Interval, change, interval, mean
from helpers.ledger.kinds import OTHER, by_group, equations, kind_of
from helpers.metrics import paired_bootstrap
from helpers.pictures.gallery import as_text, pick, side_by_side
from helpers.rows import read_pairs, read_rows, write_pairs, write_rows
from helpers.runs import Run
from helpers.tasks import read_jsonl


def test_one_seed_agrees_with_the_paired_bootstrap() -> None:
    chance = random.Random(3)
    before = [chance.random() for _ in range(150)]
    after = [value + chance.gauss(0.1, 0.3) for value in before]
    theirs = paired_bootstrap(before, after)
    for ours, other in zip(change([before], [after]), theirs, strict=True):
        assert ours == pytest.approx(other, abs=0.01)


def test_it_covers_the_truth_when_seeds_differ_and_prompts_alone_do_not() -> None:
    """200 experiments whose true mean is 0: prompts and seeds each add noise."""
    chance, wide, narrow = random.Random(5), 0, 0
    for _ in range(200):
        prompts = [chance.gauss(0, 0.5) for _ in range(40)]
        seeds = [chance.gauss(0, 0.2) for _ in range(5)]
        group = [[seed + prompt for prompt in prompts] for seed in seeds]
        both, alone = interval(group, resamples=400), interval(group[:1], resamples=400)
        wide += both.low <= 0 <= both.high
        narrow += alone.low <= 0 <= alone.high
    assert wide >= 170, f"a 95 % interval held the truth in {wide} of 200"  # five seeds: a little narrow
    assert narrow < wide - 20, "one seed's interval must not pass for one over seeds"


def test_two_groups_share_prompts_but_not_seeds() -> None:
    hard = [i / 10 for i in range(50)]  # prompts differ widely, and cancel
    found = interval([[value + 1 for value in hard]] * 3, [hard] * 2)
    assert found == pytest.approx((1, 1, 1))
    assert found.verdict == "up" and interval([hard], [[v + 1 for v in hard]]).verdict == "down"


def test_what_is_missing_is_left_out_and_nothing_is_an_error() -> None:
    assert interval([[1.0, None, 3.0]]).mean == 2 and mean([1.0, None]) == 1 and mean([None]) is None
    assert change([[0.0, None]], [[1.0, 5.0]]) == (1, 1, 1)
    assert interval([[0.0] * 9]).verdict == "inconclusive" and Interval(1, 0, 2).verdict == "inconclusive"
    with pytest.raises(ValueError, match="no prompt"):
        interval([[None]])
    with pytest.raises(ValueError):
        interval([[1.0], [1.0, 2.0]])


def test_rows_and_pairs_come_back(tmp_path: Path) -> None:
    before = {"accuracy": [0.125, float("nan")], "rouge_l": [1 / 3, 1.0], "odd": [1, 2]}
    write_rows(tmp_path, "test", before, before)
    assert (tmp_path / "evaluation_test.csv").read_text().splitlines()[1] == "0,0.125,0.125,0.3333,0.3333"
    rows = read_rows(tmp_path, "test")
    assert rows["accuracy_before"] == [0.125, None] and rows["row"] == [0, 1] and "odd_before" not in rows
    assert read_rows(tmp_path, "far") == {}
    write_pairs(tmp_path, "test", ["a\u2028b", "c"], ["d", "e"])
    assert read_pairs(tmp_path, "test")[0] == {"row": 0, "before": "a\u2028b", "after": "d"}
    with pytest.raises(WorkbookError, match="keeps no completions of split 'far'"):
        read_pairs(tmp_path, "far")


def test_the_gallery_puts_answers_to_one_prompt_side_by_side(tmp_path: Path) -> None:
    for name, after in (("one", ["xx", "xxxx", "x"]), ("two", ["", "x", "x"])):
        (tmp_path / name).mkdir()
        write_pairs(tmp_path / name, "test", ["xxxx", "xxx", ""], after)
    found = {name: Run(tmp_path / name) for name in ("one", "two")}
    entries = side_by_side(found, "test")
    assert entries[0] == {"row": 0, "base": "xxxx", "one": "xx", "two": ""}
    chosen = pick(entries, "one", lambda row, text: len(text))
    places = {title: entry["row"] for title, entry in chosen.items()}
    assert places == {"best": 1, "worst": 2, "most changed": 0}
    text = as_text("best", entries[1], "a  long\nprompt")
    assert text.splitlines()[0] == "best: a long prompt" and text.splitlines()[2].endswith("one: xxxx")
    write_pairs(tmp_path / "two", "test", ["other", "xxx", ""], ["", "", ""])
    with pytest.raises(WorkbookError, match=r"two answered other prompts"):
        side_by_side(found, "test")


def test_kinds_are_read_off_as_the_generator_made_them(root: Path) -> None:
    from corpus import maths, maths_far

    names = {
        "add": "a + b", "sub": "a - b", "mul": "a × b", "add_add": "a + b + c", "add_sub": "a + b - c",
        "sub_sub": "a - b - c", "mul_add": "a × b + c", "mul_sub": "a - b × c", "add_mul": "(a + b) × c",
        "add_div": "(a + b) ÷ c", "far_add": "a + b", "far_sub": "a - b", "far_mul": "a × b",
        "far_back": "a + b", "far_three": OTHER,
    }  # fmt: skip
    chance = random.Random(0)
    problems = [maths.generate(chance, "test") for _ in range(500)]
    problems += [maths_far.generate(chance) for _ in range(200)]
    assert {problem.kind for problem in problems} == set(names)
    for problem in problems:
        assert kind_of(problem.text, maths.solution(problem)) == names[problem.kind], problem.text
    rows = read_jsonl(root / "data" / "numinamath" / "test.jsonl")
    assert OTHER not in {kind_of(row["problem"], row["solution"]) for row in rows}
    assert equations("5 × 5 = 25. 46 - 20 = 26.") == 2
    assert by_group(["b", "a", "b", "c"], [1, 2, 4, None]) == {"a": 2, "b": 2.5}
