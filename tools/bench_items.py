r"""What `make bench-rewards` feeds to the judges: completions like the data's, LaTeX answers, hostile ones.

Every item is a completion, the data set's solution and what a fair judge pays for it.
"""

import json
import random
from collections.abc import Iterator
from pathlib import Path

from helpers.answers import extract

ROOT = Path(__file__).resolve().parents[1]

Item = tuple[str, str, float]  # a completion, the data set's solution, what a fair judge pays

BATCH = 64
HOSTILE = [  # the first two are what the others have to bear, too
    r"9^{9^{9}}", r"\binom{20000}{10000}", r"(a+b+c+d+e+f)^{50}", "(" * 5000 + "72" + ")" * 5000,
    r"((x+1)^{30}+1)^{30}", "1e999999999", r"\sum_{k=1}^{10^{9}} k", ", ".join(map(str, range(20_000))),
]  # fmt: skip
RIGHT = [
    "{0}",
    "{0}.0",
    "${0}",
    r"\${0}.00",
    "{0}.",
    "+{0}",
    "**{0}**",
    r"\boxed{{{0}}}",
    "{0:,}",
    "x = {0}",
    "0{0}",
]
WRONG = [
    "{1}",
    "{1}.0",
    "-{1}",
    "${1}",
    "{0}0",
    "{0}.5",
    "{0}%",
    "{0}/7",
    "{1}, {0}",
    "{1} = {0}",
    "1{0}",
    "{0}-{1}",
]
LATEX = [  # gold, the same, another; with numbers to fill in
    (r"\frac{{{0}}}{{{1}}}\sqrt{{3}}", r"\frac{{{0}\sqrt{{3}}}}{{{1}}}", r"\frac{{{1}}}{{{0}}}\sqrt{{3}}"),
    (r"{0}\pi", r"\pi \cdot {0}", r"{1}\pi"),
    (r"x^2 + {0}x + {1}", r"{1} + {0} x + x^{{2}}", r"x^2 + {1}x + {0}"),
    (r"({0}, {1})", r"\left({0},{1}\right)", r"({1}, {0})"),
    (r"[{0}, \infty)", r"\left[{0},\infty\right)", r"({0}, \infty)"),
    (r"\frac{{\pi}}{{{0}}}", r"\pi/{0}", r"\frac{{\pi}}{{{1}}}"),
    (r"{0} + {1}\sqrt{{2}}", r"{1}\sqrt{{2}} + {0}", r"{1} + {0}\sqrt{{2}}"),
]


def wrapped(answer: str) -> str:
    return f"<think>Let us see.</think><answer>{answer}</answer>"


def like_the_data(draw: random.Random) -> Iterator[Item]:
    """Recorded completions and the data's golds in many spellings, in turns, without end."""
    files = sorted((ROOT / "data/runs").glob("math-*/completions.jsonl"))
    recorded = [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    lines = (ROOT / "data/numinamath/train.jsonl").read_text(encoding="utf-8").splitlines()
    solutions = [json.loads(line)["solution"] for line in lines]
    while True:
        row = draw.choice(recorded)  # fair is what was paid then
        yield row["completion"], row["gold"], row["rewards"]["reward_accuracy"]
        solution = draw.choice(solutions)
        gold, right = int(extract(solution) or 0), draw.random() < 0.5
        answer = draw.choice(RIGHT if right else WRONG).format(gold, gold + draw.randint(1, 999))
        yield wrapped(answer), solution, float(right)


def latex(draw: random.Random) -> Iterator[Item]:
    r"""Roots, multiples of pi, polynomials, pairs and intervals, with numbers drawn anew each time."""
    while True:
        one, two = draw.sample(range(3, 1000, 2), 2)
        gold, same, other = (text.format(one, two) for text in draw.choice(LATEX))
        right = draw.random() < 0.5
        yield wrapped(rf"$\boxed{{{same if right else other}}}$"), rf"Hence \boxed{{{gold}}}.", float(right)


def distinct(items: Iterator[Item], count: int) -> list[Item]:
    """The first `count` items of which no two hold the same answer to the same gold."""
    found: dict[tuple[str | None, str | None], Item] = {}
    while len(found) < count:
        completion, solution, fair = next(items)
        found.setdefault((extract(completion), extract(solution)), (completion, solution, fair))
    return list(found.values())


def hostile_batch(hostile: list[str], seed: int = 0) -> list[Item]:
    r"""BATCH items in the course's format: the hostile ones spread among LaTeX answers and numbers."""
    draw = random.Random(seed)
    good = [
        next(latex(draw)) if number % 2 else (wrapped("72"), r"\boxed{72}", 1.0) for number in range(BATCH)
    ]
    for number, text in enumerate(hostile):
        place = number * BATCH // len(hostile)
        good[place] = wrapped(rf"$\boxed{{{text}}}$"), good[place][1], 0.0  # the others look for LaTeX
    return good
