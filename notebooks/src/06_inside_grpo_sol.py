# %% [markdown]
# # Exercises · 06 Inside GRPO
#
# Five functions to write. The cell below each one checks it, and names the likely mistake. The hints get
# stronger from one to the next: open one at a time. Back to [the notebook](../06_inside_grpo.ipynb). The
# [solutions](../solutions/06_inside_grpo.ipynb) are there when you want them.
#
# ## 1 · Three scales
#
# **Goal:** compute advantages by hand, on each of the three scales that TRL knows.
#
# *Difficulty ●●○○○ · 10 minutes*
#
# Rewards come in one list, group after group. Subtract from each the mean of its own group. Then divide by
# the standard deviation (the one with n - 1) plus 1e-4: of the `"group"`, of the whole `"batch"`, or, for
# `"none"`, do not divide at all.
#
# <details><summary>Hint 1: where to look</summary>
#
# `group_advantages` in `helpers/grpo.py` does the same with tensors. The mean is the group's whatever the
# scale.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# Slice out a group at a time, `rewards[start : start + group_size]`. Only the divisor depends on `scale`.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `divisor = {"group": stdev(group) + 1e-4, "batch": stdev(rewards) + 1e-4, "none": 1.0}[scale]`, and each
# reward becomes `(reward - mean(group)) / divisor`.
# </details>

# %%
from statistics import mean, stdev


def scaled_advantages(rewards: list[float], group_size: int, scale: str) -> list[float]:
    """Reward minus its group's mean, over (spread + 1e-4); scale: "group", "batch" or "none"."""
    # solution
    advantages = []
    for start in range(0, len(rewards), group_size):
        group = rewards[start : start + group_size]
        divisor = {"group": stdev(group) + 1e-4, "batch": stdev(rewards) + 1e-4, "none": 1.0}[scale]
        advantages += [(reward - mean(group)) / divisor for reward in group]
    return advantages


# %%
from helpers.checks.inside import check_scaled_advantages

check_scaled_advantages(scaled_advantages)

# %% [markdown]
# Two groups: one has a single right answer in eight, the other has four. What does the first
# answer of each get?

# %%
rewards = [1.0] + [0.0] * 7 + [1.0] * 4 + [0.0] * 4
for scale in ("group", "batch", "none"):
    found = scaled_advantages(rewards, 8, scale)
    print(f"{scale:<6} the lone right answer {found[0]:.2f}, one of four {found[8]:.2f}")

# %% [markdown]
# On every scale the rare right answer gets more; dividing by its own group's small spread adds to that.
#
# ## 2 · The clip
#
# **Goal:** cut off the gain of a token that has gained enough.
#
# *Difficulty ●●○○○ · 10 minutes*
#
# For one token with ratio r and advantage A, give back what PPO counts: the smaller of r A and of clip(r) A,
# where clip keeps r between `1 - low` and `1 + high`.
#
# <details><summary>Hint 1: where to look</summary>
#
# The section on clipping says what is cut: r > 1.2 where A > 0, r < 0.8 where A < 0. Nothing else.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# Multiply first, then take the smaller one: with a negative advantage the order of the two turns round.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `min(max(ratio, 1 - low), 1 + high)` is the clipped ratio.
# </details>


# %%
def clipped_gain(ratio: float, advantage: float, low: float = 0.2, high: float = 0.2) -> float:
    """What a token counts for: min(r A, clip(r) A)."""
    # solution
    clipped = min(max(ratio, 1 - low), 1 + high)
    return min(ratio * advantage, clipped * advantage)


# %%
from helpers.checks.inside import check_clipped_gain

check_clipped_gain(clipped_gain)

# %% [markdown]
# Four corners. In which two has the token lost its gradient?

# %%
for advantage in (1.0, -1.0):
    for ratio in (0.5, 1.5):
        print(f"A = {advantage:+.0f}, r = {ratio}: {clipped_gain(ratio, advantage):+.2f}")

# %% [markdown]
# ## 3 · What a token weighs
#
# **Goal:** read off the loss what each division does to a long completion.
#
# *Difficulty ●●●○○ · 10 minutes*
#
# You get the lengths of N completions, in tokens. Give back, for each completion, the weight of one of its
# tokens in the loss: under `"grpo"` (each completion's tokens are averaged, then the completions), `"dapo"`
# (all tokens of the batch are averaged) and `"dr_grpo"` (the sum over all tokens is divided by N times
# `max_length`).
#
# <details><summary>Hint 1: where to look</summary>
#
# The last lines of `grpo_loss` hold all three divisions.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# Write down the sum, and read off what stands before one token's term. For `"grpo"`: (1 / N) times (1 / its
# own length).
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# The other two are the same for every token: `1 / sum(lengths)` for `"dapo"`, `1 / (n * max_length)` for
# `"dr_grpo"`.
# </details>


# %%
def token_weights(lengths: list[int], loss_type: str, max_length: int) -> list[float]:
    """The weight of a token of each completion; loss_type: "grpo", "dapo" or "dr_grpo"."""
    # solution
    n = len(lengths)
    if loss_type == "grpo":
        return [1 / (n * length) for length in lengths]
    if loss_type == "dapo":
        return [1 / sum(lengths) for _ in lengths]
    return [1 / (n * max_length) for _ in lengths]


# %%
from helpers.checks.inside import check_token_weights

check_token_weights(token_weights)

# %% [markdown]
# A wrong answer of 60 tokens and one of 10, each with advantage -1. What is the whole answer charged?

# %%
for loss_type in ("grpo", "dapo", "dr_grpo"):
    charged = [n * weight for n, weight in zip((60, 10), token_weights([60, 10], loss_type, 64))]
    print(f"{loss_type:<8} the long one {charged[0]:.2f}, the short one {charged[1]:.2f}")

# %% [markdown]
# Under `grpo` both are charged the same, however many mistakes the long one had room for.
#
# ## 4 · The leash, token by token
#
# **Goal:** estimate a KL divergence from samples, without ever going below zero.
#
# *Difficulty ●●○○○ · 10 minutes*
#
# For each token you get its log-probability under the policy that drew it, and under the reference. Give back
# k3 for each: exp(d) - d - 1, where d is log p_ref - log p.
#
# <details><summary>Hint 1: where to look</summary>
#
# The section on the leash has k1 and k3 in one line, for tensors.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# `zip` the two lists, and mind the order in the difference: the reference comes first.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# With `d = ref - logp` for a pair, its value is `exp(d) - d - 1`.
# </details>

# %%
from math import exp, log


def kl_estimates(logps: list[float], ref_logps: list[float]) -> list[float]:
    """k3 of each token, in nats: exp(d) - d - 1 with d = ref_logps - logps."""
    # solution
    gaps = [ref - logp for logp, ref in zip(logps, ref_logps, strict=True)]
    return [exp(d) - d - 1 for d in gaps]


# %%
from helpers.checks.inside import check_kl_estimates

check_kl_estimates(kl_estimates)

# %% [markdown]
# A policy and a reference with three tokens each, so that the true KL divergence can be written down. Draw
# 2,000 tokens from the policy and let the estimates settle.

# %%
import random

import matplotlib.pyplot as plt
from helpers.plots import show, style

policy, reference = [0.6, 0.3, 0.1], [0.5, 0.3, 0.2]
true = sum(p * log(p / q) for p, q in zip(policy, reference))
drawn = random.Random(0).choices(range(3), weights=policy, k=2000)
k3 = kl_estimates([log(policy[token]) for token in drawn], [log(reference[token]) for token in drawn])
k1 = [log(policy[token] / reference[token]) for token in drawn]
with style():
    ax = plt.subplots()[1]
    for values, name in ((k1, "k1"), (k3, "k3")):
        ax.plot(range(20, 2001, 20), [sum(values[:n]) / n for n in range(20, 2001, 20)], label=name)
    ax.axhline(true, color="black", ls="--", lw=1.2, label="true KL")
    ax.set(xlabel="tokens drawn", ylabel="mean estimate (nats)")
    ax.legend()
show(ax, "Running means of k1 and k3 over 2,000 tokens, and the true KL: k3 settles sooner.")

# %%
assert min(k3) >= 0 > min(k1) and stdev(k3) < stdev(k1) / 2
print(f"true KL {true:.3f}")
for name, values in (("k1", k1), ("k3", k3)):
    print(f"{name}: mean {mean(values):.3f}, spread {stdev(values):.3f}")

# %% [markdown]
# ## 5 · Zero, and yet a slope
#
# **Goal:** see with one weight why the loss is 0 while its gradient is not.
#
# *Difficulty ●●●○○ · 15 minutes*
#
# Take a policy with a single weight, and completions of one token each. For each completion you get its
# advantage and its *slope*: how fast its log-probability grows with the weight. The loss is the mean of -r
# A. On the policy that drew the samples every r is 1, and r grows just as fast as the log-probability.
#
# Give back two numbers: the loss, and the slope of the loss in the weight.
#
# <details><summary>Hint 1: where to look</summary>
#
# r is exp(log p now - log p then). At the start its value is 1, and its slope is that of log p.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# The loss needs the advantages alone. For the slope, each completion's advantage is multiplied by its own
# slope *before* the mean is taken.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `-sum(advantages) / n` is the loss, and `-sum(a * s for a, s in zip(advantages, slopes)) / n` its slope.
# </details>


# %%
def loss_and_slope(advantages: list[float], slopes: list[float]) -> tuple[float, float]:
    """(loss, its slope in the weight), on-policy; slopes: of each completion's log-probability."""
    # solution
    n = len(advantages)
    return -sum(advantages) / n, -sum(a * s for a, s in zip(advantages, slopes, strict=True)) / n


# %%
from helpers.checks.inside import check_loss_and_slope

check_loss_and_slope(loss_and_slope)

# %% [markdown]
# Now with a policy that one can see through. It says the right word with probability 1 / (1 + exp(-w)). Of
# eight samples at w = -0.5, three were right. Draw the loss around that weight, and your slope on top.

# %%
start, right = -0.5, [1.0] * 3 + [0.0] * 5
advantages = scaled_advantages(right, 8, "group")


def chance(w: float, good: float) -> float:
    """The probability of the right word (good = 1), or of the other one."""
    return 1 / (1 + exp(-w if good else w))


slopes = [1 - chance(start, 1) if good else -chance(start, 1) for good in right]
loss, slope = loss_and_slope(advantages, slopes)
weights = [start + step / 50 for step in range(-50, 51)]
losses = [
    -mean(chance(w, good) / chance(start, good) * a for good, a in zip(right, advantages)) for w in weights
]

# %%
with style():
    ax = plt.subplots()[1]
    ax.plot(weights, losses, label="loss, by its definition")
    ax.plot(weights, [loss + slope * (w - start) for w in weights], "--", label="your loss and slope")
    ax.plot([start], [loss], "ko")
    ax.set(xlabel="weight w", ylabel="loss")
    ax.legend()
show(ax, "The loss crosses zero at the weight that drew the samples, and your line touches it there.")

# %%
measured = (losses[51] - losses[49]) / (weights[51] - weights[49])
assert abs(loss) < 1e-9 and abs(slope - measured) < 1e-3
print(f"loss {abs(loss):.3f}, slope {slope:.3f}; measured along the curve: {measured:.3f}")

# %% [markdown]
# The curve goes on falling below zero, and that is no better than zero was: after the next samples the
# advantages are new, and the loss starts at 0 again.
