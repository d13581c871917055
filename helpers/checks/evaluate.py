"""Exercises of 05_evaluate: the paired bootstrap, and pass@k without its bias (Chen et al., 2021)."""

import random
from collections.abc import Callable
from math import comb

from helpers.checks.asking import ask, explain, same

Interval = tuple[float, float, float]


def check_paired_bootstrap(paired_bootstrap: Callable[..., Interval]) -> None:
    """paired_bootstrap(before, after, draws=2000, seed=0): (mean difference, 2.5 % point, 97.5 % point)."""
    draw = random.Random(7)
    before = [draw.random() for _ in range(100)]  # prompts differ widely …
    after = [value + 0.1 + draw.gauss(0, 0.08) for value in before]  # … but each gains about 0.1
    found = ask(paired_bootstrap, before, after)
    assert isinstance(found, list | tuple) and len(found) == 3, (
        f"yours gives {found!r}: return diff, low, high"
    )
    differences = [b - a for a, b in zip(before, after, strict=True)]
    mean = sum(differences) / len(differences)
    spread = (sum((value - mean) ** 2 for value in differences) / len(differences)) ** 0.5 / 10
    diff, low, high = found
    assert not same(diff, -mean), "the sign is flipped: after minus before, so that a gain is positive"
    assert same(diff, mean, 1e-6), f"the difference of the means is {mean:.4f}, but yours gives {diff:.4f}"
    assert low <= diff <= high, f"low, {low:.4f}, and high, {high:.4f}, must enclose the difference: swapped?"
    _judge_width((high - low) / (2 * spread))
    again = ask(paired_bootstrap, before, after, seed=0)
    assert same(again, found, 1e-12), "two calls with the same seed differ: draw from random.Random(seed)"
    print("Passed: each prompt is compared with itself, and the interval is 95 % wide.")


def _judge_width(width: float) -> None:
    """`width`: half the interval in standard errors; 1.96 is right for 95 %."""
    assert width > 0.05, "the interval has no width: draw prompts *with* replacement, random.choices does"
    assert width < 14, "that is the spread of single prompts: average each draw before taking the percentiles"
    assert width < 3.2, "too wide by far: before and after are drawn apart, but a pair must stay together"
    assert width < 2.3, "somewhat too wide: draw as many prompts as there are, and cut 2.5 % off each end"
    assert not 1.5 < width < 1.75, "a 90 % interval: cut 2.5 % off each end, not 5 %"
    assert width > 1.75, "too narrow: draw as many prompts as there are, and cut only 2.5 % off each end"


def check_pass_at_k(pass_at_k: Callable[[int, int, int], float]) -> None:
    """pass_at_k(n, c, k): chance that k of n samples, c of them right, hold a right one."""
    cases = [(8, 2, 1), (8, 2, 4), (8, 1, 8), (10, 3, 5), (64, 1, 8)]
    found = [ask(pass_at_k, *case) for case in cases]
    misses = [comb(n - c, k) / comb(n, k) for n, c, k in cases]
    explain(found, [1 - miss for miss in misses], {
        "this is the chance that all k miss: subtract it from 1": misses,
        "1 - (1 - c/n)**k draws with replacement, which is biased: count the ways to miss, comb(n - c, k)":
            [1 - (1 - c / n) ** k for n, c, k in cases],
        "that is pass@1 whatever k is: use k": [c / n for n, c, k in cases],
        "k times pass@1 counts samples twice when several are right":
            [min(1.0, k * c / n) for n, c, k in cases],
        "that is the chance that all k are right: count the ways to miss, comb(n - c, k)":
            [comb(c, k) / comb(n, k) for n, c, k in cases],
    })
    explain(ask(pass_at_k, 8, 0, 4), 0.0, {"with nothing right, nothing passes": 1.0})
    explain(ask(pass_at_k, 8, 6, 4), 1.0, {"with fewer than k wrong, one of k must be right": 0.0})
    print("Passed: the unbiased estimate.")
