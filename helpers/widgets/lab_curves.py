"""A reward over length: its own curve where length is all it looks at, else what the samples earn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.errors import WorkbookError
from helpers.widgets.lab_design import Judge, Part

POINTS, BINS, TRIES = 120, 8, 24


@dataclass(frozen=True)
class Curve:
    """One reward against length in `unit`. lengths, rewards (N,): the samples. xs, ys: the line; `exact`
    when it is the reward itself, else the mean of the samples by length. ideal: a length to mark."""

    name: str
    unit: str
    lengths: np.ndarray
    rewards: np.ndarray
    xs: np.ndarray
    ys: np.ndarray
    exact: bool
    ideal: float | None = None


def curve(judge: Judge, one: Part) -> Curve:
    """The curve of one reward. It is exact where filler of the same length earns what the samples earn."""
    return judge.once("curve", one, lambda: _curve(judge, one))


def _curve(judge: Judge, one: Part) -> Curve:
    scores = judge.scores(one)
    ideals = [value for name, value in one.params if name.startswith(("ideal", "target"))]
    ideal = float(ideals[0]) if ideals and isinstance(ideals[0], int | float) else None
    for unit in ("characters", "tokens"):
        lengths = lengths_in(judge, unit)
        if _sees_only_length(judge, one, unit, lengths, scores):
            xs = np.unique(np.linspace(0, _far(lengths, ideal), POINTS).round())
            return Curve(one.name, unit, lengths, scores, xs, _filler(judge, one, unit, xs), True, ideal)
    unit = "tokens" if any(name.endswith("_tokens") for name, _ in one.params) else "characters"
    lengths = lengths_in(judge, unit)
    return Curve(one.name, unit, lengths, scores, *by_length(lengths, scores), exact=False)


def of_total(judge: Judge, total: np.ndarray) -> Curve:
    """The weighted sum of the samples against their length in characters."""
    lengths = lengths_in(judge, "characters")
    return Curve("weighted sum", "characters", lengths, total, *by_length(lengths, total), exact=False)


def lengths_in(judge: Judge, unit: str) -> np.ndarray:
    """(N,) lengths of the samples in characters or tokens."""
    return np.array(
        [len(one) for one in (judge.bank.texts if unit == "characters" else judge.bank.ids)], float
    )


def by_length(lengths: np.ndarray, rewards: np.ndarray, bins: int = BINS) -> tuple[np.ndarray, np.ndarray]:
    """Mean length and mean reward of `bins` equally large parts of the samples, shortest first; no NaN."""
    known = np.isfinite(rewards)
    order = np.argsort(lengths[known], kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    xs, ys = ([float(values[known][part].mean()) for part in parts] for values in (lengths, rewards))
    return np.array(xs), np.array(ys)


def _far(lengths: np.ndarray, ideal: float | None) -> float:
    return 1.25 * max(float(lengths.max()), ideal or 0.0)


def _sees_only_length(judge: Judge, one: Part, unit: str, lengths: np.ndarray, scores: np.ndarray) -> bool:
    """Whether filler earns what real samples of the same length earn, over the range of rewards."""
    some = np.argsort(scores, kind="stable")[np.linspace(0, len(scores) - 1, TRIES).astype(int)]
    try:
        return np.allclose(_filler(judge, one, unit, lengths[some]), scores[some], equal_nan=True)
    except WorkbookError:
        return False


def _filler(judge: Judge, one: Part, unit: str, lengths: np.ndarray) -> np.ndarray:
    sizes = [int(n) for n in lengths]
    if unit == "characters":
        return judge.pay(one, ["x" * n for n in sizes], [[0]] * len(sizes), [0] * len(sizes))
    return judge.pay(one, ["x"] * len(sizes), [[0] * n for n in sizes], [0] * len(sizes))
