"""How sure one can be of a mean over seeds *and* prompts: a bootstrap that draws both anew. Standard library.

A group is a list of columns, one a training seed, each with one value a prompt; the prompts are the same in
all columns. Every resample draws prompts (the same for all columns, so pairs stay together) and seeds (for
each group its own), with replacement.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

Group = Sequence[Sequence[float | None]]
RESAMPLES = 1000  # each end is then good to a few hundredths of the interval's width


class Interval(NamedTuple):
    """A mean (or a difference of means) and the two ends of its 95 % interval."""

    mean: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """ "up" or "down", or "inconclusive" when the interval holds zero."""
        return "up" if self.low > 0 else "down" if self.high < 0 else "inconclusive"


def interval(group: Group, minus: Group = (), resamples: int = RESAMPLES, seed: int = 0) -> Interval:
    """The mean of a group, less that of `minus`, with its interval over seeds and prompts.

    A prompt with a None in any column is left out. With one column a group the interval is over prompts
    alone. Raises ValueError for groups of unequal length, or when no prompt is left.
    """
    rows = [row for row in zip(*group, *minus, strict=True) if None not in row]
    if not rows:
        raise ValueError("no prompt has a value in every column")
    columns = list(zip(*rows, strict=True))
    first, second = columns[: len(group)], columns[len(group) :]
    chance, draws = random.Random(seed + 1), []
    for pick in _picks(len(rows), resamples, seed):
        draws.append(_mean(first, pick, chance) - (_mean(second, pick, chance) if second else 0.0))
    draws.sort()
    whole = [sum(map(sum, part)) / (len(part) * len(rows)) if part else 0.0 for part in (first, second)]
    return Interval(whole[0] - whole[1], draws[int(0.025 * resamples)], draws[int(0.975 * resamples) - 1])


def change(befores: Group, afters: Group) -> Interval:
    """After minus before of the same seeds and prompts, with its interval over both."""
    pairs = zip(befores, afters, strict=True)
    return interval(
        [
            [None if None in pair else pair[1] - pair[0] for pair in zip(*columns, strict=True)]
            for columns in pairs
        ]
    )


def mean(column: Sequence[float | None]) -> float | None:
    """The mean of what there is; None for nothing."""
    known = [value for value in column if value is not None]
    return sum(known) / len(known) if known else None


def _mean(columns: Sequence[Sequence[float]], pick: Callable, chance: random.Random) -> float:
    """The mean of one resample: each drawn seed's column at the drawn prompts."""
    drawn = chance.choices(range(len(columns)), k=len(columns))
    total = sum(drawn.count(i) * sum(pick(columns[i])) for i in set(drawn))
    return total / (len(columns) * len(pick(columns[0])))


@lru_cache(maxsize=8)
def _picks(count: int, resamples: int, seed: int) -> list[Callable]:
    """Draws of `count` places out of as many, as functions of a column; the same for every metric."""
    if count == 1:
        return [lambda column: (column[0],)] * resamples
    chance, places = random.Random(seed), range(count)
    return [itemgetter(*chance.choices(places, k=count)) for _ in range(resamples)]
