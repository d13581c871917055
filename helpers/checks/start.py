"""Exercises of 00_start_here: advantages by hand, the groups that teach nothing, and a nudge by hand."""

import math
import statistics
from collections.abc import Callable

from helpers.checks.asking import ask, ask_list, explain, in_order, kindly

EPSILON = 1e-4  # added to the standard deviation, as TRL does, so that a dead group gives 0 and not 0/0


@kindly
def check_group_advantages(group_advantages: Callable[[list[float], int], list[float]]) -> None:
    """group_advantages(rewards, group_size): each reward minus its group's mean, over its group's std."""
    rewards, size = [1.0, 0.0, 0.0, 1.0, 2.0, 2.0, 1.0, 2.0], 4
    groups = [rewards[:size], rewards[size:]]
    expected = [value for group in groups for value in _advantages(group, group)]
    centred = [r - statistics.mean(group) for group in groups for r in group]
    found = ask(group_advantages, rewards, size)
    if isinstance(found, list | tuple):
        assert not any(isinstance(one, list | tuple) for one in found), (
            "yours is a list of lists: gather all advantages in one list, with += in place of append"
        )
        assert len(found) != size, (
            "only one group's advantages: return after the loop, and slice out each group in turn"
        )
    found = ask_list(group_advantages, len(rewards), rewards, size)
    explain(found, expected, {
        "the sign is flipped: an answer better than its group gets a positive advantage":
            [-value for value in expected],
        "these are the mean and deviation of all rewards, not the group's: an answer competes with its own "
        "group only": _advantages(rewards, rewards),
        "divided by the deviation of all rewards: slice the group out first, then take its deviation":
            [value / (statistics.stdev(rewards) + EPSILON) for value in centred],
        "measured from the mean of all rewards: slice the group out first, then take its mean":
            [(r - statistics.mean(rewards)) / (statistics.stdev(g) + EPSILON) for g in groups for r in g],
        "brackets are missing: (reward - mean) / (deviation + 1e-4), or only the mean is divided":
            [r - statistics.mean(g) / (statistics.stdev(g) + EPSILON) for g in groups for r in g],
        "the groups lie one after the other: slice them out with rewards[start : start + group_size]":
            [value for part in (rewards[::2], rewards[1::2]) for value in _advantages(part, part)],
        "the mean is still in there: subtract the group's mean from each reward first":
            [r / (statistics.stdev(group) + EPSILON) for group in groups for r in group],
        "not divided by the group's standard deviation yet":
            centred,
        "divided by the variance: take its square root, the standard deviation":
            [(r - statistics.mean(g)) / (statistics.variance(g) + EPSILON) for g in groups for r in g],
        "the deviation with n below the line: here it is the one with n - 1, which is statistics.stdev":
            [(r - statistics.mean(g)) / (statistics.pstdev(g) + EPSILON) for g in groups for r in g],
    })
    _check_no_spread(group_advantages)
    print("Passed: every answer is compared with its own group, and a group that agrees gives zeros.")


def _check_no_spread(group_advantages: Callable[[list[float], int], list[float]]) -> None:
    """A group without spread gives zeros: 1e-4 below the line sees to that."""
    lacking = "two equal rewards give 0 / 0: add 1e-4 to the deviation before you divide by it"
    try:
        found = ask_list(group_advantages, 2, [1.0, 1.0], 2)
    except AssertionError as error:
        cause = error.__cause__ or error.__context__
        assert not isinstance(cause, ZeroDivisionError), f"{lacking} (yours stops with ZeroDivisionError)"
        raise
    assert all(value == value for value in found), f"{lacking} (yours gives {found})"
    explain(found, [0.0, 0.0], {"two equal rewards equal their mean, so both advantages are 0": [1.0, 1.0]})


def _advantages(group: list[float], yardstick: list[float]) -> list[float]:
    mean, std = statistics.mean(yardstick), statistics.stdev(yardstick)
    return [(reward - mean) / (std + EPSILON) for reward in group]


@kindly
def check_dead_groups(dead_groups: Callable[[list[float], int], list[int]]) -> None:
    """dead_groups(rewards, group_size): which groups (0, 1, 2 …) push nothing: all their rewards agree."""
    rewards = [0.0, 0.0, 1.0, 0.0, 1.0, 1.0, -2.0, 2.0, 0.5, 0.5]
    found = ask(dead_groups, rewards, 2)
    assert not isinstance(found, int), f"yours gives {found}: return the numbers of the groups, not a count"
    assert isinstance(found, list | tuple), f"yours gives {found!r}: return a list of group numbers"
    assert not found or not all(isinstance(one, bool) for one in found), (
        f"yours gives {found}: return the numbers of the groups where it is True"
    )
    explain(in_order(found), [0, 2, 4], {
        "only the group where all are wrong: one where all are right has no spread either, and teaches "
        "nothing": [0],
        "only the group where all are right: one where all are wrong has no spread either, and teaches "
        "nothing": [2],
        "yours finds none: 0.0 and 0.0, 1.0 and 1.0, 0.5 and 0.5 are the rewards of three dead groups": [],
        "these are all groups: keep those whose rewards agree": [0, 1, 2, 3, 4],
        "-2 and 2 differ, and push hard: do not ask whether rewards are 0, ask whether they agree":
            [0, 2, 3, 4],
        "these are the rewards: return the groups' numbers": [[0.0, 0.0], [0.5, 0.5], [1.0, 1.0]],
        "the groups overlap here: walk in strides, range(0, len(rewards), group_size)": [0, 4, 8, 9],
        "all wrong and all right, but 0.5 twice is dead as well: compare rewards with each other": [0, 2],
        "a mean of zero is not enough: -2 and 2 differ, and push hard": [0, 3],
        "these are the groups that do teach: return the others": [1, 3],
        "groups count from 0": [1, 3, 5],
        "these are answers: divide by group_size to get the group's number": [0, 4, 8],
        "these are answers: return the group's number once, not each member's place": [0, 1, 4, 5, 8, 9],
    })
    three = ask(dead_groups, [1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 2.0, 2.0, 2.0], 3)
    explain(in_order(three), [2], {
        "1, 0, 1 is no dead group: compare all rewards of a group, not the first with the last": [0, 2],
        "1, 1, 0 is no dead group: compare all rewards of a group, not the first two": [1, 2],
        "these groups have three answers each: use the parameter group_size, not 2": [1, 3, 4],
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
        "they no longer add up to 1: divide each by the sum of the new ones": raised,
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
        "the advantage belongs into the exponent, in brackets: exp(rate * advantage)":
            _shares([p * math.exp(rate) * a for p, a in pairs]),
        "added: multiply the probability by exp(rate * advantage)":
            _shares([p + math.exp(rate * a) for p, a in pairs]),
        "added to the probability, and not divided: multiply by exp(rate * advantage), divide by the new sum":
            [p + rate * a for p, a in pairs],
        "nothing has changed: multiply each probability by exp(rate * advantage)": old,
    })
    explain(ask_list(nudged, 2, [0.25, 0.75], [0.0, 0.0], 1.0), [0.25, 0.75], {})
    print("Passed: the better answers gain, and what they gain the others lose.")


def _shares(values: list[float]) -> list[float]:
    return [value / sum(values) for value in values]
