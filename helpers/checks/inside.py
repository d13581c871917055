"""Exercises of 06_inside_grpo: advantages, the clip (PPO), a token's weight (Dr. GRPO), KL, and the loss."""

import statistics
from collections.abc import Callable
from math import exp

from helpers.checks.asking import ask, ask_list, explain, kindly

EPSILON = 1e-4


@kindly
def check_scaled_advantages(scaled_advantages: Callable[[list[float], int, str], list[float]]) -> None:
    """scaled_advantages(rewards, group_size, scale): over the spread of the group, of the batch, or not."""
    rewards = [1.0, 0.0, 0.0, 0.0, 2.0, 1.0, 2.0, 1.0]
    groups = [rewards[:4], rewards[4:]]
    centred = [r - statistics.mean(group) for group in groups for r in group]
    spreads = [statistics.stdev(group) + EPSILON for group in groups for _ in group]
    whole, whole_mean = statistics.stdev(rewards) + EPSILON, statistics.mean(rewards)
    by_group = [value / spread for value, spread in zip(centred, spreads, strict=True)]
    by_batch = [value / whole for value in centred]
    size = len(rewards)
    explain(ask_list(scaled_advantages, size, rewards, 4, "group"), by_group, {
        "divided by the batch's std, not the group's: with scale \"group\" each group has its own": by_batch,
        "not divided yet: with scale \"group\" each is divided by its group's std": centred,
        "the sign is flipped: better than the group's mean is positive": [-value for value in by_group],
        "the batch's mean was subtracted: the baseline is the group's own, whatever the scale":
            [(r - whole_mean) / spread for r, spread in zip(rewards, spreads, strict=True)],
        "the std with n below the line: use n - 1, which is statistics.stdev":
            [(r - statistics.mean(g)) / (statistics.pstdev(g) + EPSILON) for g in groups for r in g],
        "divided by the variance: take its square root":
            [value / ((spread - EPSILON) ** 2 + EPSILON)
             for value, spread in zip(centred, spreads, strict=True)],
    })
    explain(ask_list(scaled_advantages, size, rewards, 4, "batch"), by_batch, {
        "the scale is not used: with \"batch\" one std of all rewards divides": by_group,
        "with \"batch\" the divisor is the batch's, the mean is still the group's":
            [(r - whole_mean) / whole for r in rewards],
    })
    explain(ask_list(scaled_advantages, size, rewards, 4, "none"), centred, {
        "with \"none\" nothing divides: minus the group's mean is all": by_group,
        "with \"none\" the mean is still subtracted": rewards,
        "with \"none\" nothing divides, not the batch's std either": by_batch,
    })
    explain(ask_list(scaled_advantages, 2, [1.0, 1.0], 2, "group"), [0.0, 0.0], {})
    print("Passed: the baseline is always the group's own, the yardstick is a choice.")


@kindly
def check_clipped_gain(clipped_gain: Callable[..., float]) -> None:
    """clipped_gain(ratio, advantage, low=0.2, high=0.2): min(r A, clip(r) A)."""
    cases = [(r, a) for a in (2.0, -2.0) for r in (0.5, 0.9, 1.1, 1.5)]
    found = [ask(clipped_gain, *case) for case in cases]
    clipped = [min(max(r, 0.8), 1.2) * a for r, a in cases]
    plain = [r * a for r, a in cases]
    right = [min(pair) for pair in zip(plain, clipped, strict=True)]
    explain(found, right, {
        "the clipped term alone: a bad token whose ratio has risen must still be pushed down": clipped,
        "the ratio is not clipped at all": plain,
        "the larger of the two: take the smaller, PPO never counts on a gain it is not sure of":
            [max(pair) for pair in zip(plain, clipped, strict=True)],
        "the sign is flipped: give the gain, not the loss": [-value for value in right],
        "the smaller ratio, then times the advantage: multiply first, a negative advantage turns them round":
            [min(r, min(max(r, 0.8), 1.2)) * a for r, a in cases],
        "the advantage is missing": [min(r, min(max(r, 0.8), 1.2)) for r, _ in cases],
        "clip r A itself? clip r, then multiply": [min(r * a, min(max(r * a, 0.8), 1.2)) for r, a in cases],
    })
    wide = [ask(clipped_gain, r, a, low=0.3, high=0.4) for r, a in cases]
    edges = [min(r * a, min(max(r, 0.7), 1.4) * a) for r, a in cases]
    explain(wide, edges, {
        "low and high are not used: the edges are 1 - low and 1 + high": right,
        "low is used for both edges": [min(r * a, min(max(r, 0.7), 1.3) * a) for r, a in cases],
        "high is used for both edges": [min(r * a, min(max(r, 0.6), 1.4) * a) for r, a in cases],
        "low and high are swapped": [min(r * a, min(max(r, 0.6), 1.3) * a) for r, a in cases],
    })
    print("Passed: what has gained enough counts no more, what has gone wrong counts in full.")


@kindly
def check_token_weights(token_weights: Callable[[list[int], str, int], list[float]]) -> None:
    """token_weights(lengths, loss_type, max_length): the weight of a token of each completion."""
    lengths, limit = [2, 3, 5], 8
    n, total = len(lengths), sum(lengths)
    own, shared = [1 / length for length in lengths], [1 / total] * n
    fixed = [1 / (n * limit)] * n
    mean = [1 / (n * length) for length in lengths]
    explain(ask_list(token_weights, n, lengths, "grpo", limit), mean, {
        "1 / its own length is the mean within a completion: then the N completions are averaged": own,
        "these are the weights of dapo: grpo averages each completion by itself first": shared,
        "the weight of a whole completion: divide by its length, too": [1 / n] * n,
    })
    explain(ask_list(token_weights, n, lengths, "dapo", limit), shared, {
        "dapo does not average completions: one mean over all tokens of the batch": mean,
        "divided by N as well: dapo divides by the number of tokens alone": [1 / (n * total)] * n,
        "every length is taken for the longest: padding does not count": [1 / (n * max(lengths))] * n,
    })
    explain(ask_list(token_weights, n, lengths, "dr_grpo", limit), fixed, {
        "divided by the tokens there are: dr_grpo divides by N * max_length, a constant": shared,
        "N is missing: N completions of max_length tokens": [1 / limit] * n,
        "max_length is not used: that is the longest completion here": [1 / (n * max(lengths))] * n,
    })
    print("Passed: grpo weighs completions alike, dapo and dr_grpo weigh tokens alike.")


@kindly
def check_kl_estimates(kl_estimates: Callable[[list[float], list[float]], list[float]]) -> None:
    """kl_estimates(logps, ref_logps): exp(d) - d - 1 of each token, with d = ref_logps - logps."""
    logps, reference = [-1.0, -0.5, -2.0, -0.1], [-1.0, -1.0, -0.8, -0.4]
    gaps = [ref - logp for logp, ref in zip(logps, reference, strict=True)]
    right = [exp(d) - d - 1 for d in gaps]
    explain(ask_list(kl_estimates, 4, logps, reference), right, {
        "d is the wrong way round: log p_ref minus log p": [exp(-d) + d - 1 for d in gaps],
        "that is k1, which falls below zero for single tokens": [-d for d in gaps],
        "that is k2, half of d squared: near k3 for small d only": [d * d / 2 for d in gaps],
        "the 1 is missing: where both agree the estimate must be 0": [exp(d) - d for d in gaps],
        "the d is missing: exp(d) - d - 1": [exp(d) - 1 for d in gaps],
        "the sign is flipped: a KL divergence is never negative": [-value for value in right],
    })
    print("Passed: zero where both agree, and above zero everywhere else.")


@kindly
def check_loss_and_slope(loss_and_slope: Callable[[list[float], list[float]], tuple[float, float]]) -> None:
    """loss_and_slope(advantages, slopes): minus the mean advantage, minus the mean of advantage * slope."""
    advantages, slopes = [1.5, -0.5, -0.5, 0.5], [0.6, -0.4, 0.2, 0.3]
    products = [a * s for a, s in zip(advantages, slopes, strict=True)]
    loss, slope = -sum(advantages) / 4, -sum(products) / 4
    found = ask(loss_and_slope, advantages, slopes)
    assert isinstance(found, list | tuple) and len(found) == 2, (
        f"yours gives {found!r}: return the loss and its slope"
    )
    explain(tuple(found), (loss, slope), {
        "the sign is flipped: a loss falls where the reward rises": (-loss, -slope),
        "the sign of the slope is flipped: what was good must become likelier on the way down":
            (loss, -slope),
        "a mean times a mean is not the mean of products: multiply each advantage by its own slope":
            (loss, -sum(advantages) / 4 * sum(slopes) / 4),
        "sums, not means: divide by the number of completions": (loss * 4, slope * 4),
        "the slope is a sum: divide it by the number of completions, too": (loss, slope * 4),
        "the slope is not 0 because the loss is: each r moves, in its own direction": (loss, 0.0),
        "the two are swapped: the loss first": (slope, loss),
    })
    explain(tuple(ask(loss_and_slope, [1.0, -1.0], [0.5, -0.5])), (0.0, -0.5), {
        "a group's advantages add up to 0, and so the loss is 0; the slope is not": (0.0, 0.0),
    })
    print("Passed: the loss says nothing, its slope says everything.")
