"""Exercises of 05_evaluate: verdicts, two bootstraps, a fair choice, and pass@k (Chen et al., 2021)."""

import random
from collections.abc import Callable
from math import comb, isfinite
from numbers import Real
from typing import Any

from helpers.checks.asking import ask, explain, kindly, same

Interval = tuple[float, float, float]


@kindly
def check_paired_bootstrap(paired_bootstrap: Callable[..., Interval]) -> None:
    """paired_bootstrap(before, after, draws=2000, seed=0): (mean difference, 2.5 % point, 97.5 % point)."""
    draw = random.Random(7)
    before = [draw.random() for _ in range(100)]  # prompts differ widely …
    after = [value + 0.1 + draw.gauss(0, 0.08) for value in before]  # … but each gains about 0.1
    found = _three(ask(paired_bootstrap, before, after), "diff, low, high")
    differences = [b - a for a, b in zip(before, after, strict=True)]
    mean = sum(differences) / len(differences)
    spread = _spread(differences) / 10
    diff, low, high = found
    assert not same(diff, -mean), "the sign is flipped: after minus before, so that a gain is positive"
    assert same(diff, mean, 1e-6) or not same(high, mean, 1e-6), "the difference comes first, then low, high"
    assert same(diff, mean, 1e-6), f"the difference of the means is {mean:.4f}, but yours gives {diff:.4f}"
    _enclosed(low, diff, high, "the difference", 100)
    apart = (sum(_spread(values) ** 2 for values in (before, after)) / 100) ** 0.5 / spread
    _judge_width((high - low) / (2 * spread), 1.96 * apart)
    again = _three(ask(paired_bootstrap, before, after, seed=0), "diff, low, high")
    assert same(again, found, 1e-12), "two calls with the same seed differ: draw from random.Random(seed)"
    fewer = _three(ask(paired_bootstrap, before, after, draws=40), "diff, low, high")
    assert not same(fewer, found, 1e-12), "draws is not used: 40 draws give the same interval as 2000"
    print("Passed: each prompt is compared with itself, and the interval is 95 % wide.")


def _three(found: Any, names: str) -> tuple[float, float, float]:
    """`found` as three numbers. AssertionError when it is anything else."""
    found = tuple(found) if hasattr(found, "__len__") and not isinstance(found, str | dict) else found
    assert isinstance(found, tuple) and len(found) == 3, f"yours gives {found!r}: return {names}"
    assert all(isinstance(one, Real) and isfinite(one) for one in found), (
        f"yours gives {found!r}: return three numbers, {names}"
    )
    return found


def _spread(values: list[float]) -> float:
    mean = sum(values) / len(values)
    return (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5


def _enclosed(low: float, middle: float, high: float, name: str, items: int) -> None:
    """AssertionError when the ends do not lie around `middle`; items: how many numbers a draw averages."""
    ends = f"low, {low:.4f}, and high, {high:.4f}, must enclose {name}, {middle:.4f}"
    assert abs(high - low) > 1e-9, (
        "the interval has no width: draw *with* replacement, as random.choices does, and make the one "
        "random.Random(seed) before the loop"
    )
    center = (low + high) / 2
    sums = abs(center - items * middle) < abs(center - middle)
    assert not sums, f"{ends}: these are sums, divide by how many were drawn"
    assert low <= middle <= high, f"{ends}: are the means not sorted, or low and high swapped?"


def _judge_width(width: float, apart: float) -> None:
    """`width`: half the interval in standard errors, 1.96 is right; `apart`: where pairs are torn apart."""
    assert width < 14, "that is the spread of single prompts: average each draw before taking the percentiles"
    assert abs(width / apart - 1) > 0.15, "too wide by far: before and after are drawn apart, keep each pair"
    assert width < 4.5, f"{width / 1.96:.1f} times too wide: draw as many prompts as there are"
    assert width < 2.9, "too wide: cut 2.5 % off each end; the lowest and highest draw of all are no ends"
    assert width < 2.3, "somewhat too wide: draw as many prompts as there are, and cut 2.5 % off each end"
    assert not 1.5 < width < 1.75, "a 90 % interval: cut 2.5 % off each end, not 5 %"
    assert width > 1.75, "too narrow: draw as many prompts as there are, and cut only 2.5 % off each end"


def _first_wrong(found: list[Any], right: list[Any]) -> int:
    return next((place for place, pair in enumerate(zip(found, right, strict=True)) if not same(*pair)), 0)


@kindly
def check_pass_at_k(pass_at_k: Callable[[int, int, int], float]) -> None:
    """pass_at_k(n, c, k): chance that k of n samples, c of them right, hold a right one."""
    cases = [(8, 2, 1), (8, 2, 4), (8, 1, 8), (10, 3, 5), (64, 1, 8)]
    found = [ask(pass_at_k, *case) for case in cases]
    misses = [comb(n - c, k) / comb(n, k) for n, c, k in cases]
    right = [1 - miss for miss in misses]
    wrong = _first_wrong(found, right)
    explain(found, right, {
        "this is the chance that all k miss: subtract it from 1": misses,
        "1 - (1 - c/n)**k draws with replacement, which is biased: count the ways to miss, comb(n - c, k)":
            [1 - (1 - c / n) ** k for n, c, k in cases],
        "that is pass@1 whatever k is: use k": [c / n for n, c, k in cases],
        "k times pass@1 counts samples twice when several are right":
            [min(1.0, k * c / n) for n, c, k in cases],
        "that is the chance that all k are right: count the ways to miss, comb(n - c, k)":
            [comb(c, k) / comb(n, k) for n, c, k in cases],
        "a miss takes all k from the wrong ones: comb(n - c, k), not comb(c, k)":
            [1 - comb(c, k) / comb(n, k) for n, c, k in cases],
        "that is the chance of exactly one right: several are as good":
            [c * comb(n - c, k - 1) / comb(n, k) for n, c, k in cases],
        "a chance from 0 to 1, not per cent": [100 * one for one in right],
        "every chance comes out as 1: // rounds, so divide with /":
            [1 - comb(n - c, k) // comb(n, k) for n, c, k in cases],
        f"pass_at_k{cases[wrong]} is {right[wrong]:.4f}, and yours gives {found[wrong]!r}": found,
    })
    explain(ask(pass_at_k, 8, 0, 4), 0.0, {"with nothing right, nothing passes": 1.0})
    explain(ask(pass_at_k, 8, 6, 4), 1.0, {"with fewer than k wrong, one of k must be right": 0.0})
    print("Passed: the unbiased estimate.")


@kindly
def check_verdict(verdict: Callable[..., str]) -> None:
    """verdict(low, high, lower_is_better=False): "better", "worse" or "inconclusive"."""
    cases = [
        (0.1, 0.3, False), (-0.3, -0.1, False), (-0.01, 0.5, False),
        (-30.0, -25.0, True), (2.0, 3.0, True), (-3.0, 1.0, True),
    ]  # fmt: skip
    words = ("better", "worse", "inconclusive")
    found = [ask(verdict, *case) for case in cases]
    for word in found:
        assert word in words, f"yours gives {word!r}: return one of {', '.join(words)}"
    signs = [(low > 0) - (high < 0) for low, high, _ in cases]
    middles = [1 if low + high > 0 else -1 for low, high, _ in cases]
    turns = [-1 if less else 1 for _, _, less in cases]
    right = [sign * turn for sign, turn in zip(signs, turns, strict=True)]
    numbers = [{"better": 1, "worse": -1, "inconclusive": 0}[word] for word in found]
    wrong = _first_wrong(numbers, right)
    low, high, less = cases[wrong]
    word = {1: "better", -1: "worse", 0: "inconclusive"}[right[wrong]]
    shown = f"[{low}, {high}]{', lower is better,' if less else ''} is {word}, and yours says {found[wrong]}"
    explain(numbers, right, {
        "lower_is_better is not used: a length error that falls is better": signs,
        "better and worse are swapped": [-one for one in right],
        "wherever the middle lies, an interval that holds zero is inconclusive":
            [sign * turn for sign, turn in zip(middles, turns, strict=True)],
        "one end is not enough: inconclusive means low <= 0 <= high": [
            (1 if high > 0 else -1) * turn for (_, high, _), turn in zip(cases, turns, strict=True)],
        "one end is not enough, inconclusive means low <= 0 <= high": [
            (1 if low > 0 else -1) * turn for (low, _, _), turn in zip(cases, turns, strict=True)],
        "worse is never said: the interval may lie below zero as a whole": [abs(one) for one in right],
        shown: numbers,
    })
    for edge in ((0.0, 0.2), (-0.2, 0.0), (0.0, 0.0)):
        assert ask(verdict, *edge) == "inconclusive", (
            f"[{edge[0]}, {edge[1]}] is inconclusive: an end that is zero counts as zero inside, <= and not <"
        )
    print("Passed: one word, and zero inside always means the same one.")


@kindly
def check_choose_rate(choose_rate: Callable[..., tuple[float, float]]) -> None:
    """choose_rate(scores): the rate with the best validation score, and that rate's test score."""
    scores = {
        0.0003: {"validation": 0.62, "test": 0.65},
        0.001: {"validation": 0.30, "test": 0.35},
        0.003: {"validation": 0.90, "test": 0.80},
        0.01: {"validation": 0.87, "test": 0.86},
        0.03: {"validation": 0.70, "test": 0.91},
        0.1: {"validation": 0.55, "test": 0.60},
    }
    found = ask(choose_rate, scores)
    assert isinstance(found, list | tuple) and len(found) == 2, (
        f"yours gives {found!r}: return the rate and the score to report"
    )
    rate, reported = found
    assert isinstance(reported, Real), f"{reported!r} is no number: report the test score of that rate"
    known = isinstance(rate, Real) and any(same(rate, one, 1e-6) for one in scores)
    explain((rate, reported), (0.003, 0.80), {
        "chosen on test: then the number you report is partly luck. Choose by validation": (0.03, 0.91),
        "the validation score was used to choose, and is spoiled: report the test score of that rate":
            (0.003, 0.90),
        "the best test score is another rate's: report the one of the rate that you chose": (0.003, 0.91),
        "the rate and the score are swapped: the rate comes first": (0.80, 0.003),
        "that is the worst on validation: more is better": (0.001, 0.35),
        "max(scores) is the largest rate: it wants a key, which gives the validation score": (0.1, 0.60),
        "that is the smallest rate: choose by the validation score": (0.0003, 0.65),
        "chosen by both together: the test score must not have a say": (0.01, 0.86),
        "report the test score as it is: the validation score has no part in it": (0.003, 0.85),
        f"{rate!r} is none of the rates, which are the keys: give back the rate itself":
            None if known else (rate, reported),
    }, 1e-6)
    print("Passed: validation chooses, test reports.")


@kindly
def check_seed_interval(seed_interval: Callable[..., Interval]) -> None:
    """seed_interval(gains, draws=1000, seed=0): (mean, low, high), prompts and seeds drawn anew."""
    draw = random.Random(3)
    prompts = [draw.gauss(0.3, 0.7) for _ in range(40)]  # some prompts gain more …
    gains = [[one + lean for one in prompts] for lean in (-0.2, -0.08, 0.0, 0.11, 0.16)]  # … and some seeds
    fewer = _three(ask(seed_interval, gains, draws=40), "mean, low, high")
    found = _three(ask(seed_interval, gains, draws=ROUNDS), "mean, low, high")
    middle, low, high = found
    mean = sum(map(sum, gains)) / 200
    assert same(middle, mean, 1e-6), f"the mean gain is {mean:.4f}, but yours gives {middle:.4f}"
    _enclosed(low, middle, high, "the mean", 5)
    times = (high - low) / _width(lambda chance: (_prompts(chance), chance.choices(gains, k=5)))
    assert abs(times - 1) < 0.08, (
        _blame(gains, high - low) or f"{times:.2f} times as wide as it should be: draw prompts, then seeds"
    )
    again = _three(ask(seed_interval, gains, draws=ROUNDS, seed=0), "mean, low, high")
    assert same(again, found, 1e-12), "two calls with the same seed differ: draw from random.Random(seed)"
    assert not same(fewer, found, 1e-12), f"draws is not used: 40 draws give the same interval as {ROUNDS}"
    print("Passed: the interval knows that prompts and seeds could both have been others.")


ROUNDS = 4000  # so many that two right answers with dice of their own differ by 2 % in width


def _prompts(chance: random.Random) -> list[int]:
    return chance.choices(range(40), k=40)


def _width(draw: Callable, cut: float = 0.025) -> float:
    """The width of the interval when each round draws (places, lists) by `draw`; cut: off each end."""
    chance, means = random.Random(0), []
    for _ in range(ROUNDS):
        places, lists = draw(chance)
        means.append(sum(one[place] for one in lists for place in places) / (len(lists) * len(places)))
    means.sort()
    return means[round((1 - cut) * ROUNDS) - 1] - means[round(cut * ROUNDS)]


def _blame(gains: list[list[float]], width: float) -> str:
    """The mistake that makes an interval of this width; "" for none that is known."""
    bag = [[value for one in gains for value in one]]

    def right(chance: random.Random) -> tuple:
        return _prompts(chance), chance.choices(gains, k=5)

    def apart(chance: random.Random) -> tuple:
        return [40 * one + place for one in chance.choices(range(5), k=5) for place in _prompts(chance)], bag

    widths = {
        "a 90 % interval: cut 2.5 % off each end, not 5 %": _width(right, 0.05),
        "a 99 % interval: cut 2.5 % off each end": _width(right, 0.005),
        "only the prompts are drawn: draw the seeds, too": _width(lambda c: (_prompts(c), gains)),
        "only the seeds are drawn: draw the prompts, too":
            _width(lambda c: (range(40), c.choices(gains, k=5))),
        "each seed gets prompts of its own: draw places once a round, the same for every list": _width(apart),
        "all gains are thrown into one bag, as if no two shared a prompt or a seed: draw places":
            _width(lambda c: (c.choices(range(200), k=200), bag)),
        "one seed a round: draw as many as there are": _width(lambda c: (_prompts(c), c.choices(gains, k=1))),
        "one prompt a round: draw as many as there are":
            _width(lambda c: (c.choices(range(40), k=1), c.choices(gains, k=5))),
    }  # fmt: skip
    near = min(widths, key=lambda message: abs(widths[message] - width))
    return near if abs(widths[near] / width - 1) < 0.08 else ""
