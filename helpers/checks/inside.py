"""Exercises of 06_inside_grpo: the clip (PPO), and what a token weighs (GRPO, DAPO, Dr. GRPO)."""

from collections.abc import Callable

from helpers.checks.asking import ask, ask_list, explain


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
