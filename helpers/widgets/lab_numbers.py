"""From rewards to what GRPO makes of them: totals, advantages, dead groups, who moves the sum. Numpy only.

N completions stand group after group, `group_size` of them a prompt; F rewards judge each. The arithmetic is
that of `GRPOTrainer._generate_and_score_completions` in TRL 1.16, in float32 as there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helpers.errors import WorkbookError

EPS = 1e-4  # TRL adds it to the standard deviation before it divides
SCALES = ("group", "batch", "none")


@dataclass(frozen=True)
class Numbers:
    """What the lab shows, all of it from one rewards matrix and its weights.

    matrix (N, F): rewards, NaN where one cannot score. total (N,): the weighted sum. advantages: an array
    (N,) for each of SCALES. spread (G,): standard deviation of the total inside each group. dead (G,): which
    groups teach nothing. shares, moves (F,): see `shares` and `moves`.
    """

    names: tuple[str, ...]
    weights: tuple[float, ...]
    group_size: int
    batch_groups: int
    matrix: np.ndarray
    total: np.ndarray
    advantages: dict[str, np.ndarray]
    spread: np.ndarray
    dead: np.ndarray
    shares: np.ndarray
    moves: np.ndarray

    @property
    def dead_share(self) -> float:
        """The share of groups that teach nothing."""
        return float(self.dead.mean())

    def members(self, group: int) -> slice:
        """Where a group (0 is the first) stands among the N."""
        return slice(group * self.group_size, (group + 1) * self.group_size)

    def ranking(self, group: int) -> list[int]:
        """The completions of a group, as places among the N, best total first; those without one come
        last."""
        total = self.total[self.members(group)]
        order = np.argsort(np.where(np.isnan(total), np.inf, -total), kind="stable")
        return [group * self.group_size + int(i) for i in order]


def compute(
    names: Sequence[str],
    weights: Sequence[float],
    matrix: np.ndarray,
    group_size: int,
    batch_groups: int = 4,
) -> Numbers:
    """Everything the lab shows, from a rewards matrix (N, F), its weights and the sizes of group and batch.

    batch_groups: how many groups one training step holds; it matters to `scale_rewards="batch"` only.
    """
    matrix = np.asarray(matrix, dtype=np.float32).reshape(len(matrix), len(names))
    total = combine(matrix, weights)
    spread = _std(_grouped(total, group_size), axis=1)
    return Numbers(
        names=tuple(names),
        weights=tuple(float(weight) for weight in weights),
        group_size=group_size,
        batch_groups=batch_groups,
        matrix=matrix,
        total=total,
        advantages={scale: in_batches(total, group_size, scale, batch_groups) for scale in SCALES},
        spread=spread,
        dead=_is_dead(spread),
        shares=shares(matrix, weights, group_size),
        moves=moves(matrix, weights, group_size),
    )


def combine(matrix: np.ndarray, weights: Sequence[float]) -> np.ndarray:
    """(N, F) rewards to (N,) totals: the weighted sum of those that are no NaN, and NaN where all of them
    are."""
    matrix = np.asarray(matrix, dtype=np.float32)
    total = np.nansum(matrix * np.asarray(weights, dtype=np.float32), axis=1, dtype=np.float32)
    total[np.isnan(matrix).all(axis=1)] = np.nan
    return total


def advantages(total: np.ndarray, group_size: int, scale_rewards: str = "group") -> np.ndarray:
    """(N,) totals of one batch to (N,) advantages, as TRL 1.16 computes them; NaN totals get 0.

    The total minus its group's mean; divided by (standard deviation + 1e-4) of the group (`"group"`) or of
    the whole batch (`"batch"`), or by nothing (`"none"`). The deviation is the one with n - 1. Raises
    WorkbookError for another `scale_rewards`, and where groups do not fill the batch.
    """
    if scale_rewards not in SCALES:
        raise WorkbookError(f"scale_rewards={scale_rewards!r}: choose one of {', '.join(SCALES)}")
    groups = _grouped(np.asarray(total, dtype=np.float32), group_size)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        away = groups - _mean(groups, axis=1)[:, None]
        if scale_rewards == "group":
            away = away / (_std(groups, axis=1)[:, None] + np.float32(EPS))
        elif scale_rewards == "batch":
            away = away / (_std(groups.ravel(), axis=0) + np.float32(EPS))
    return np.nan_to_num(away.ravel(), nan=0.0)


def in_batches(total: np.ndarray, group_size: int, scale_rewards: str, batch_groups: int) -> np.ndarray:
    """`advantages` of one batch after another, `batch_groups` groups each: what training steps would see."""
    size = group_size * batch_groups
    batches = [total[start : start + size] for start in range(0, len(total), size)]
    return np.concatenate([advantages(batch, group_size, scale_rewards) for batch in batches])


def dead_groups(total: np.ndarray, group_size: int) -> np.ndarray:
    """(G,) booleans: the groups that teach nothing, whose totals are all the same, or all but one NaN.

    TRL's `frac_reward_zero_std` counts the first kind only.
    """
    return _is_dead(_std(_grouped(np.asarray(total, dtype=np.float32), group_size), axis=1))


def shares(matrix: np.ndarray, weights: Sequence[float], group_size: int) -> np.ndarray:
    """(F,): the part of the total's variance inside a group that comes from each reward; they add up to 1.

    The total is a sum, so its variance in a group is the sum, over the rewards, of the covariance of the
    weighted reward with the total. That covariance, divided by the variance, is the reward's share in the
    group; what is returned is the mean over all groups that are not dead, each counting the same (under
    `scale_rewards="group"` they do). Near 0: drowned. Below 0: the total moves against this reward.
    A reward that is NaN counts as 0, as in the sum. All NaN when every group is dead.
    """
    parts = _weighted(matrix, weights, group_size)
    sums = parts.sum(axis=2)
    alive = ~dead_groups(combine(matrix, weights), group_size)
    if not alive.any():
        return np.full(parts.shape[2], np.nan)
    away = _away(sums)
    covariance = np.nansum(parts * np.where(np.isnan(away), 0.0, away)[..., None], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (covariance / np.nansum(away**2, axis=1)[:, None])[alive].mean(axis=0)


def moves(matrix: np.ndarray, weights: Sequence[float], group_size: int) -> np.ndarray:
    """(F,): the standard deviation of each weighted reward inside its group, root mean square over the
    groups."""
    away = _away(_weighted(matrix, weights, group_size))
    count = np.maximum((~np.isnan(away)).sum(axis=1) - 1, 1)
    return np.sqrt((np.nansum(away**2, axis=1) / count).mean(axis=0))


def _weighted(matrix: np.ndarray, weights: Sequence[float], group_size: int) -> np.ndarray:
    """(G, group_size, F): what each reward adds to each total; NaN in the rows that nothing can score."""
    matrix = np.asarray(matrix, dtype=float)
    parts = np.nan_to_num(matrix * np.asarray(weights, dtype=float), nan=0.0)
    parts[np.isnan(matrix).all(axis=1)] = np.nan
    return parts.reshape(-1, group_size, matrix.shape[1])


def _away(groups: np.ndarray) -> np.ndarray:
    return groups - _mean(groups, axis=1)[:, None]


def _grouped(values: np.ndarray, group_size: int) -> np.ndarray:
    if group_size < 2 or len(values) == 0 or len(values) % group_size:
        raise WorkbookError(
            f"{len(values)} completions do not fill groups of {group_size}: groups have one size, 2 or more"
        )
    return values.reshape(-1, group_size)


def _mean(values: np.ndarray, axis: int) -> np.ndarray:
    """The mean without NaN; NaN where nothing is left."""
    with np.errstate(invalid="ignore", divide="ignore"):
        count = (~np.isnan(values)).sum(axis=axis).astype(values.dtype)
        return np.nansum(values, axis=axis, dtype=values.dtype) / count


def _std(values: np.ndarray, axis: int) -> np.ndarray:
    """The standard deviation (n - 1) without NaN; NaN where fewer than two values are left."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        count = (~np.isnan(values)).sum(axis=axis).astype(values.dtype)
        variance = _mean((values - np.expand_dims(_mean(values, axis), axis)) ** 2, axis)
        return np.sqrt(np.where(count > 1, variance * (count / (count - 1)), np.nan)).astype(values.dtype)


def _is_dead(spread: np.ndarray) -> np.ndarray:
    return np.isnan(spread) | np.isclose(spread, 0.0, rtol=0.0, atol=1e-8)
