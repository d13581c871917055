"""The data is what its README says, is rebuilt byte for byte, and holds out what it claims to hold out."""

import hashlib
import json
import re
from itertools import combinations
from pathlib import Path
from random import Random

import build_data
import pytest
from corpus import tldr, warmup

from helpers.answers import extract, same_answer

ROOT = Path(__file__).resolve().parents[1]

SIZES = {"train": 2000, "validation": 200, "test": 200, "far": 200}
COLUMNS = {"smoltldr": ["prompt", "completion"], "numinamath": ["problem", "solution", "messages"]}


def rows(folder: str, split: str) -> list[dict]:
    return [json.loads(line) for line in (ROOT / "data" / folder / f"{split}.jsonl").read_text().splitlines()]


def operands(problem: str) -> tuple[int, ...]:
    return tuple(sorted(int(n) for n in re.findall(r"\d+", problem)))


@pytest.mark.parametrize("folder", COLUMNS)
def test_sizes_columns_and_unique_texts(folder):
    texts = []
    for split, size in SIZES.items():
        data = rows(folder, split)
        assert len(data) == size
        assert all(list(row) == COLUMNS[folder] for row in data)
        texts += [row[COLUMNS[folder][0]] for row in data]
    assert len(set(texts)) == len(texts), "a text occurs twice, within or across splits"


@pytest.mark.parametrize("folder", COLUMNS)
def test_rebuild_gives_the_same_bytes_and_the_readme_lists_them(folder, tmp_path):
    sums = build_data.build(folder, 0, tmp_path)
    readme = (ROOT / "data/README.md").read_text()
    for name, digest in sums.items():
        assert hashlib.sha256((ROOT / "data" / name).read_bytes()).hexdigest() == digest, (
            f"{name} is not what the tool makes"
        )
        assert f"{digest}  {name}" in readme


@pytest.mark.parametrize("split", SIZES)
def test_every_maths_gold_is_read_and_agrees_with_itself(split):
    for row in rows("numinamath", split):
        gold = extract(row["solution"])
        assert gold is not None and same_answer(gold, gold) is True, row["solution"]
        assert row["messages"] == [
            {"role": "user", "content": row["problem"]},
            {"role": "assistant", "content": row["solution"]},
        ]


def test_generated_equations_are_true():
    for row in rows("numinamath", "train") + rows("numinamath", "far")[:150]:
        for left, op, right, result in re.findall(r"(\d+) ([+×÷-]) (\d+) = (\d+)\.", row["solution"]):
            x, y = int(left), int(right)
            assert {"+": x + y, "-": x - y, "×": x * y, "÷": x / y}[op] == int(result), row["solution"]


def contained(small: set[tuple[int, ...]], text_operands: tuple[int, ...]) -> set[tuple[int, ...]]:
    """Which of the operand tuples in `small` lie within these operands, the whole included."""
    return {
        sub for size in range(2, len(text_operands) + 1) for sub in combinations(text_operands, size)
    } & small


@pytest.fixture(scope="module")
def warmup_maths() -> list[tuple[str, str]]:
    """The first 150 batches of the warm-up: (problem, completion); a drill has no problem."""
    documents = warmup.maths_documents(Random("skill-0"), warmup.PHASES["skill"], batches=150)
    return [(prompt.rsplit("<|user|>", 1)[-1], completion) for prompt, completion in documents]


@pytest.mark.parametrize("held_out", ["test", "validation"])
def test_held_out_operands_occur_in_no_training_and_no_warmup_text(held_out, warmup_maths):
    """Read off the texts: the numbers of every problem, and every equation of a working or a drill."""
    held = rows("numinamath", held_out)
    tuples = {operands(row["problem"]) for row in held}
    equations = {(re.search(r" ([+×÷-]) ", row["solution"])[1], *operands(row["problem"])) for row in held}
    for text in [row["problem"] for row in rows("numinamath", "train")] + [
        problem for problem, _ in warmup_maths
    ]:
        assert not contained(tuples, operands(text)), text
    for completion in [row["solution"] for row in rows("numinamath", "train")] + [
        text for _, text in warmup_maths
    ]:
        for left, operator, right in re.findall(r"(\d+) ([+×÷-]) (\d+) =", completion):
            assert (operator, *sorted((int(left), int(right)))) not in equations, completion


def test_train_operands_occur_in_no_warmup_problem(warmup_maths):
    train = {operands(row["problem"]) for row in rows("numinamath", "train")}
    for problem, _ in warmup_maths:
        assert not contained(train, operands(problem)), problem


def test_the_leak_check_would_see_a_leak():
    assert contained({(12, 45)}, operands("Mia has 45, 7 and 12 apples."))


def test_facts_of_held_out_posts_are_in_no_other_part():
    facts = {part: set() for part in ("warmup", "train", "validation", "test")}
    for part in facts:
        rng = Random(f"facts-{part}")
        facts[part] = {tldr.generate(rng, part).facts for _ in range(3000)}
    for one, other in combinations(facts, 2):
        assert not facts[one] & facts[other]


def test_far_rows_use_stories_that_no_near_row_uses():
    near = {
        " ".join(re.sub(r"\d+|[A-Z]\w+", "#", row["problem"]).split()[:6])
        for row in rows("numinamath", "train")
    }
    far = {
        " ".join(re.sub(r"\d+|[A-Z]\w+", "#", row["problem"]).split()[:6])
        for row in rows("numinamath", "far")
    }
    assert not near & far
    towns = {row["prompt"].split("\n")[0] + row["prompt"].split("\n")[1] for row in rows("smoltldr", "train")}
    assert not towns & {
        row["prompt"].split("\n")[0] + row["prompt"].split("\n")[1] for row in rows("smoltldr", "far")
    }
