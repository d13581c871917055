"""Exercises of 00_start_here: advantages by hand, the groups that teach nothing, and a nudge by hand."""

import math
import statistics
from collections.abc import Callable

from helpers.checks.asking import ask, ask_list, explain, in_order, kindly

EPSILON = 1e-4  # TRL adds it to the standard deviation, so that a dead group gives 0 and not 0/0


@kindly
def check_group_advantages(group_advantages: Callable[[list[float], int], list[float]]) -> None:
    """group_advantages(rewards, group_size): each reward minus its group's mean, over its group's std."""
    rewards, size = [1.0, 0.0, 0.0, 1.0, 2.0, 2.0, 1.0, 2.0], 4
    groups = [rewards[:size], rewards[size:]]
    expected = [value for group in groups for value in _advantages(group, group)]
    centred = [r - statistics.mean(group) for group in groups for r in group]
    found = ask_list(group_advantages, len(rewards), rewards, size)
    explain(found, expected, {
        "the sign is flipped: a completion better than its group gets a positive advantage":
            [-value for value in expected],
        "this is the batch's mean and std, not the group's: a completion competes with its own prompt only":
            _advantages(rewards, rewards),
        "divided by the batch's std, not the group's: slice the group out first, then take its deviation":
            [value / (statistics.stdev(rewards) + EPSILON) for value in centred],
        "the mean is still in there: subtract the group's mean from each reward first":
            [r / (statistics.stdev(group) + EPSILON) for group in groups for r in group],
        "not divided by the group's standard deviation yet":
            centred,
        "divided by the variance: take its square root, the standard deviation":
            [(r - statistics.mean(g)) / (statistics.variance(g) + EPSILON) for g in groups for r in g],
        "divided by the std with n below the line: TRL uses n - 1, which is statistics.stdev":
            [(r - statistics.mean(g)) / (statistics.pstdev(g) + EPSILON) for g in groups for r in g],
    })
    dead = ask_list(group_advantages, 2, [1.0, 1.0], 2)
    explain(dead, [0.0, 0.0], {})
    print("Passed: every completion is compared with its own group, and a dead group gives zeros.")


def _advantages(group: list[float], yardstick: list[float]) -> list[float]:
    mean, std = statistics.mean(yardstick), statistics.stdev(yardstick)
    return [(reward - mean) / (std + EPSILON) for reward in group]


@kindly
def check_dead_groups(dead_groups: Callable[[list[float], int], list[int]]) -> None:
    """dead_groups(rewards, group_size): which groups (0, 1, 2 …) push nothing: all their rewards agree."""
    rewards = [0.0, 0.0, 1.0, 0.0, 1.0, 1.0, -2.0, 2.0, 0.5, 0.5]
    found = ask(dead_groups, rewards, 2)
    assert isinstance(found, list | tuple), (
        f"yours gives {found!r}: return a list of group numbers, not a count"
    )
    explain(in_order(found), [0, 2, 4], {
        "only the group where all are wrong: one where all are right has no spread either, and teaches "
        "nothing": [0],
        "all wrong and all right, but 0.5 twice is dead as well: compare rewards with each other": [0, 2],
        "a mean of zero is not enough: -2 and 2 differ, and push hard": [0, 3],
        "these are the groups that do teach: return the others": [1, 3],
        "groups count from 0": [1, 3, 5],
        "these are completions: divide by group_size to get the group's number": [0, 4, 8],
        "these are completions: return the group's number once, not each member's place": [0, 1, 4, 5, 8, 9],
    })
    print("Passed: a group teaches only when its rewards differ.")


@kindly
def check_nudged(nudged: Callable[[list[float], list[float], float], list[float]]) -> None:
    """nudged(probabilities, advantages, rate): each times exp(rate * advantage), then over their sum."""
    old, advantages, rate = [0.5, 0.3, 0.2], [-1.0, 0.0, 2.0], 0.5
    pairs = list(zip(old, advantages, strict=True))
    raised = [p * math.exp(rate * a) for p, a in pairs]
    explain(ask_list(nudged, 3, old, advantages, rate), _shares(raised), {
        "the sign is flipped: a positive advantage makes an answer likelier":
            _shares([p * math.exp(-rate * a) for p, a in pairs]),
        "they no longer add up to 1: divide each by the sum of all": raised,
        "divided by the largest: divide by the sum, so that they add up to 1":
            [p / max(raised) for p in raised],
        "divided by how many there are: divide by their sum, so that they add up to 1":
            [p / len(raised) for p in raised],
        "the rate is not used: it says how strong the nudge is":
            _shares([p * math.exp(a) for p, a in pairs]),
        "added to the probability, which can then fall below 0: multiply by exp(rate * advantage)":
            _shares([p + rate * a for p, a in pairs]),
        "multiplied by 1 + rate * advantage, which can fall below 0 when the nudge is strong: use exp":
            _shares([p * (1 + rate * a) for p, a in pairs]),
        "the old probabilities are not in there: multiply them, a rare answer is still rare after one nudge":
            _shares([math.exp(rate * a) for a in advantages]),
    })
    explain(ask_list(nudged, 2, [0.25, 0.75], [0.0, 0.0], 1.0), [0.25, 0.75], {})
    print("Passed: the better answers gain, and what they gain the others lose.")


def _shares(values: list[float]) -> list[float]:
    return [value / sum(values) for value in values]
