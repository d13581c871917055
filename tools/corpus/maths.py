"""Maths problems of one and two steps, their worked solutions, and the ways in which a small model answers them.

Operands decide the split (`split.part_of`), never the words: whatever the seed, the operands of a test problem,
as a whole or within a longer problem, occur in no training and no warm-up problem.
"""

from dataclasses import dataclass
from itertools import combinations
from random import Random

from .maths_stories import BOYS, GIRLS, STORIES, THINGS
from .split import part_of

SYMBOLS = {"+": "+", "-": "-", "*": "×", "/": "÷"}
OPERATIONS = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__, "/": int.__floordiv__}


@dataclass(frozen=True)
class Problem:
    """One word problem, its operands in reading order, and the equations that solve it."""

    text: str
    kind: str
    operands: tuple[int, ...]
    equations: tuple[
        tuple[int, str, int, int], ...
    ]  # (left, operator, right, result), small enough to do in one go

    @property
    def answer(self) -> int:
        return self.equations[-1][3]


def equation(left: int, operator: str, right: int, result: int) -> str:
    return f"{left} {SYMBOLS[operator]} {right} = {result}."


def split_step(left: int, operator: str, right: int) -> list[tuple[int, str, int]]:
    """A step as one or more equations that a person does in the head: tens first, then ones. `None` is 'so far'."""
    tens, ones = right - right % 10, right % 10
    if operator in "+-" and tens and ones:
        return [(left, operator, tens), (None, operator, ones)]
    return [(left, operator, right)]


def exact(result: int) -> int:
    return result


def work(operands: tuple[int, ...], kind: str, say=exact) -> tuple[tuple[int, str, int, int], ...]:
    """The equations of a problem of this kind. `say` may spoil a result; later steps build on what was said."""
    a, b, *rest = operands
    c = rest[0] if rest else None
    if kind == "mul":
        tens, ones = say(a * (b - b % 10)), say(a * (b % 10))
        return ((a, "*", b - b % 10, tens), (a, "*", b % 10, ones), (tens, "+", ones, say(tens + ones)))
    plans = {
        "add": [(a, "+", b)], "sub": [(a, "-", b)],
        "add_add": [(a, "+", b), (None, "+", c)], "add_sub": [(a, "+", b), (None, "-", c)],
        "sub_sub": [(a, "-", b), (None, "-", c)], "mul_add": [(a, "*", b), (None, "+", c)],
        "mul_sub": [(a, "*", b), (c, "-", None)], "add_mul": [(a, "+", b), (None, "*", c)],
        "add_div": [(a, "+", b), (None, "/", c)],
    }  # fmt: skip
    done, so_far = [], None
    for left, operator, right in plans[kind]:
        left, right = (so_far if left is None else left), (so_far if right is None else right)
        for x, op, y in split_step(left, operator, right):
            x = so_far if x is None else x
            so_far = say(OPERATIONS[op](x, y))
            done.append((x, op, y, so_far))
    return tuple(done)


def plain(rng: Random, low: int, high: int) -> int:
    """A number in low..high that is no multiple of ten."""
    while (number := rng.randint(low, high)) % 10 == 0:
        pass
    return number


def draw_operands(rng: Random, kind: str) -> tuple[int, ...]:
    """Operands that a problem of this kind may have, before the split has its say."""
    if kind == "add":
        return plain(rng, 11, 89), plain(rng, 11, 89)
    if kind == "sub":
        b = plain(rng, 11, 79)
        return plain(rng, b + 2, 99), b
    if kind == "mul":
        return rng.randint(3, 9), plain(rng, 11, 29)
    if kind == "add_add":
        return plain(rng, 11, 49), plain(rng, 11, 39), rng.randint(3, 29)
    if kind == "add_sub":
        a, b = plain(rng, 11, 59), plain(rng, 11, 39)
        return a, b, rng.randint(3, min(49, a + b - 2))
    if kind == "sub_sub":
        b, c = plain(rng, 11, 39), rng.randint(3, 29)
        return plain(rng, b + c + 2, 99), b, c
    if kind in ("mul_add", "mul_sub"):
        a, b = rng.randint(2, 9), rng.randint(3, 12)
        return a, b, (rng.randint(4, 59) if kind == "mul_add" else plain(rng, a * b + 2, a * b + 49))
    if kind == "add_mul":
        a = rng.randint(2, 9)
        return a, rng.randint(2, 11 - a) if a < 9 else 2, rng.randint(3, 9)
    share, groups = rng.randint(2, 12), rng.randint(3, 9)
    a = rng.randint(2, max(2, share * groups - 2))
    return a, share * groups - a, groups


def one_step_pair(pair: tuple[int, ...]) -> bool:
    """Could these two numbers be the operands of a one-step problem?"""
    low, high = sorted(pair)
    if high % 10 == 0 or high < 11:
        return False
    return (low >= 11 and low % 10 != 0) or (3 <= low <= 9 and high <= 29)


def belongs(operands: tuple[int, ...], kind: str, part: str) -> bool:
    """True when the operands are this part's, and no other held-out problem hides among them or in the working."""
    if part_of(("maths", *sorted(operands))) != part:
        return False
    inside = list(combinations(sorted(operands), 2)) if len(operands) > 2 else []
    inside += [tuple(sorted((x, y))) for x, op, y, _ in work(operands, kind) if op == "*"]
    return all(part_of(("maths", *pair)) in (part, "warmup") for pair in filter(one_step_pair, inside))


def generate(rng: Random, part: str, kind: str | None = None) -> Problem:
    """One problem of the given part (train, validation, test or warmup)."""
    kind = kind or rng.choice(list(STORIES))
    while not belongs(operands := draw_operands(rng, kind), kind, part):
        pass
    girl = rng.random() < 0.5
    name = rng.choice(GIRLS if girl else BOYS)
    story = rng.choice(STORIES[kind])
    text = story.format(
        n=name, m=rng.choice([x for x in GIRLS + BOYS if x != name]), t=rng.choice(THINGS),
        s="she" if girl else "he", p="her" if girl else "his", o="her" if girl else "him",
        **dict(zip("abc", operands, strict=False)),
    )  # fmt: skip
    for end in ".?":
        for word in ("she", "he", "her", "his"):
            text = text.replace(f"{end} {word} ", f"{end} {word.capitalize()} ")
    return Problem(text, kind, operands, work(operands, kind))


def working(problem: Problem, rng: Random | None = None, slip: float = 0.0) -> tuple[str, int]:
    """The equations as text and the answer they reach; each result is a little off with probability `slip`."""

    def say(result: int) -> int:
        return max(0, result + rng.choice((-10, -2, -1, 1, 2, 10))) if rng.random() < slip else result

    equations = work(problem.operands, problem.kind, say) if slip else problem.equations
    return " ".join(equation(*step) for step in equations), equations[-1][3]


def worked(problem: Problem, tagged: bool, rng: Random | None = None, slip: float = 0.0) -> str:
    text, answer = working(problem, rng, slip)
    return f"<think>{text}</think><answer>{answer}</answer>" if tagged else f"{text} The answer is {answer}."


def guessed(problem: Problem, tagged: bool, rng: Random, right: float) -> str:
    """A quick answer, right with the given probability, else any number of about that size."""
    answer = problem.answer
    if rng.random() >= right:
        answer = rng.choice([x for x in range(max(1, answer - 30), answer + 31) if x != answer])
    if tagged:
        return f"<think>Not sure.</think><answer>{answer}</answer>"
    return f"Not sure, but the answer is {answer}."


def fact(rng: Random) -> tuple[int, str, int, int]:
    """One equation of the sort that workings are made of; never two operands of a one-step problem."""
    shape = rng.choice(("+t", "+o", "-t", "-o", "x", "xt", "sum", "/"))
    if shape in ("+t", "-t", "+o", "-o"):
        right = rng.randint(1, 9) * (10 if shape[1] == "t" else 1)
        left = rng.randint(2, 130)
        if shape[0] == "-":
            left = max(left, right + 1)
    elif shape == "x":
        left, right = rng.randint(2, 12), rng.randint(2, 12)
    elif shape == "xt":
        left, right = rng.randint(2, 9), rng.choice((10, 20))
    elif shape == "sum":
        k, n = rng.randint(3, 9), plain(rng, 11, 29)
        left, right = k * (n - n % 10), k * (n % 10)
    else:
        right = rng.randint(2, 9)
        left = right * rng.randint(2, 12)
    op = {"x": "*", "xt": "*", "sum": "+", "/": "/"}.get(shape, shape[0])
    if one_step_pair((left, right)):
        return fact(rng)
    return left, op, right, OPERATIONS[op](left, right)


def drill(rng: Random, facts: int = 8) -> str:
    return " ".join(equation(*fact(rng)) for _ in range(facts))


def solution(problem: Problem) -> str:
    """The gold text of the data set: the equations, then the boxed answer."""
    text, answer = working(problem)
    return f"{text} The answer is \\boxed{{{answer}}}."
