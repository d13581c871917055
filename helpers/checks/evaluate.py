"""Exercises of 05_evaluate: verdicts, two bootstraps, a fair choice, and pass@k (Chen et al., 2021)."""

import random
from collections.abc import Callable
from math import comb

from helpers.checks.asking import ask, explain, kindly, same

Interval = tuple[float, float, float]


@kindly
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


@kindly
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
    explain([{"better": 1, "worse": -1, "inconclusive": 0}[word] for word in found], right, {
        "lower_is_better is not used: a length error that falls is better": signs,
        "better and worse are swapped": [-one for one in right],
        "wherever the middle lies, an interval that holds zero is inconclusive":
            [sign * turn for sign, turn in zip(middles, turns, strict=True)],
        "one end is not enough: inconclusive means low <= 0 <= high": [
            (1 if high > 0 else -1) * turn for (_, high, _), turn in zip(cases, turns, strict=True)],
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
        0.001: {"validation": 0.80, "test": 0.86},
        0.003: {"validation": 0.90, "test": 0.84},
        0.01: {"validation": 0.85, "test": 0.91},
        0.03: {"validation": 0.30, "test": 0.35},
    }
    found = ask(choose_rate, scores)
    assert isinstance(found, list | tuple) and len(found) == 2, (
        f"yours gives {found!r}: return the rate and the score to report"
    )
    explain(tuple(found), (0.003, 0.84), {
        "chosen on test: then the number you report is partly luck. Choose by validation": (0.01, 0.91),
        "the validation score was used to choose, and is spoiled: report the test score of that rate":
            (0.003, 0.90),
        "the best test score is another rate's: report the one of the rate that you chose": (0.003, 0.91),
        "the rate and the score are swapped: the rate comes first": (0.84, 0.003),
        "that is the worst on validation: more is better": (0.03, 0.35),
        "chosen by both together: the test score must not have a say": (0.01, 0.85),
    }, 1e-6)
    print("Passed: validation chooses, test reports.")


@kindly
def check_seed_interval(seed_interval: Callable[..., Interval]) -> None:
    """seed_interval(gains, draws=1000, seed=0): (mean, low, high), prompts and seeds drawn anew."""
    draw = random.Random(3)
    prompts = [draw.gauss(0.3, 0.7) for _ in range(40)]  # some prompts gain more …
    gains = [[one + lean for one in prompts] for lean in (-0.3, -0.12, 0.0, 0.17, 0.25)]  # … and some seeds
    found = ask(seed_interval, gains)
    assert isinstance(found, list | tuple) and len(found) == 3, (
        f"yours gives {found!r}: return mean, low, high"
    )
    middle, low, high = found
    mean = sum(map(sum, gains)) / 200
    assert same(middle, mean, 1e-6), f"the mean gain is {mean:.4f}, but yours gives {middle:.4f}"
    assert low <= middle <= high, f"low, {low:.4f}, and high, {high:.4f}, must enclose the mean: swapped?"
    right = _width(gains, lambda chance: (_prompts(chance), chance.choices(gains, k=5)))
    times = (high - low) / right
    assert abs(times - 1) < 0.08, (
        _blame(gains, high - low) or f"{times:.2f} times as wide as it should be: draw prompts, then seeds"
    )
    again = ask(seed_interval, gains, seed=0)
    assert same(again, found, 1e-12), "two calls with the same seed differ: draw from random.Random(seed)"
    print("Passed: the interval knows that prompts and seeds could both have been others.")


def _prompts(chance: random.Random) -> list[int]:
    return chance.choices(range(40), k=40)


def _width(gains: list[list[float]], draw: Callable) -> float:
    """The width of the 95 % interval when each round draws (places, lists) by `draw`."""
    chance, means = random.Random(0), []
    for _ in range(1000):
        places, lists = draw(chance)
        means.append(sum(one[place] for one in lists for place in places) / (len(lists) * len(places)))
    means.sort()
    return means[975] - means[25]


def _blame(gains: list[list[float]], width: float) -> str:
    """The mistake that makes an interval of this width; "" for none that is known."""
    everything = [value for one in gains for value in one]
    pooled = [everything]
    widths = {
        "only the prompts are drawn: draw the seeds, too": _width(
            gains, lambda chance: (_prompts(chance), gains)
        ),
        "only the seeds are drawn: draw the prompts, too": _width(
            gains, lambda chance: (range(40), chance.choices(gains, k=5))
        ),
        "all gains are thrown into one bag, as if no two shared a prompt or a seed: draw places": _width(
            pooled, lambda chance: (chance.choices(range(200), k=200), pooled)
        ),
        "one seed a round: draw as many as there are": _width(
            gains, lambda chance: (_prompts(chance), chance.choices(gains, k=1))
        ),
        "one prompt a round: draw as many as there are": _width(
            gains, lambda chance: (chance.choices(range(40), k=1), chance.choices(gains, k=5))
        ),
    }
    near = min(widths, key=lambda message: abs(widths[message] - width))
    return near if abs(widths[near] / width - 1) < 0.08 else ""
