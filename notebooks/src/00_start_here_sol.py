# %% [markdown]
# # Exercises · 00 Start here
#
# Three functions to write. The cell below each one checks it, and names the likely mistake. The hints get
# stronger from one to the next: open one at a time. The [solutions](../solutions/00_start_here.ipynb) are
# there when you want them, and the [notebook](../00_start_here.ipynb) is there to look things up.
#
# > **Note:** Until you have filled a blank, its check stops with a message that says so.
#
# ## 1 · The advantages of many groups
#
# **Goal:** turn the rewards of a whole training step into advantages, group by group.
#
# *Difficulty ●●○○○ · 10 minutes*
#
# A training step holds several problems. Their rewards come in one list: first all of the first group, then
# all of the second, and so on, `group_size` rewards each. Give back one list of advantages, in the same
# order. Each answer competes with its own group only.
#
# <details><summary>Hint 1: where to look</summary>
#
# Section 3 of the notebook computes the advantages of one group, in three lines.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# Walk through the list in strides, `range(0, len(rewards), group_size)`, and slice one group out at a time.
# Mean and standard deviation are those of the slice.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# With `group = rewards[start : start + group_size]`, each reward of the group becomes
# `(reward - mean(group)) / (stdev(group) + 1e-4)`. Gather them with `+=` in one list.
# </details>

# %%
from statistics import mean, stdev


def group_advantages(rewards: list[float], group_size: int) -> list[float]:
    """Reward minus the mean of its group, over (standard deviation of its group + 1e-4), for every reward."""
    # solution
    advantages = []
    for start in range(0, len(rewards), group_size):
        group = rewards[start : start + group_size]
        average, spread = mean(group), stdev(group)
        advantages += [(reward - average) / (spread + 1e-4) for reward in group]
    return advantages


# %%
from helpers.checks.start import check_group_advantages

check_group_advantages(group_advantages)

# %% [markdown]
# ## 2 · Groups that teach nothing
#
# **Goal:** spot the dead groups of a training step.
#
# *Difficulty ●○○○○ · 5 minutes*
#
# When all answers to a problem get the same reward, every advantage is 0 and the model is not nudged at all:
# the group is *dead*. The rewards come in one list, as before. Give back the numbers of the dead groups,
# counting from 0.
#
# <details><summary>Hint 1: where to look</summary>
#
# Do not look for zeros: eight right answers are as silent as eight wrong ones.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# Slice the groups out as in the first exercise. A group is dead when its rewards agree *with each other*.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `len(set(group)) == 1` says whether a group holds one value only, and `enumerate(groups)` counts them
# from 0.
# </details>


# %%
def dead_groups(rewards: list[float], group_size: int) -> list[int]:
    """The numbers (0, 1, 2 …) of the groups whose rewards are all the same, as a list."""
    # solution
    groups = [rewards[start : start + group_size] for start in range(0, len(rewards), group_size)]
    return [number for number, group in enumerate(groups) if len(set(group)) == 1]


# %%
from helpers.checks.start import check_dead_groups

check_dead_groups(dead_groups)

# %% [markdown]
# A problem that is too hard or too easy costs as much time as any other and moves nothing: good training
# problems are those that the model solves sometimes.
#
# ## 3 · A nudge by hand
#
# **Goal:** make the better answers likelier, and keep all probabilities together at 1.
#
# *Difficulty ●●○○○ · 10 minutes*
#
# Take a model that knows three answers and nothing else, each with its probability. A nudge multiplies each
# probability by *e* to the power of `rate` times its advantage: more than 1 for a positive advantage, less
# than 1 for a negative one; `rate` is how strong the nudge is. Then the products are divided by their sum, so
# that they are probabilities again.
#
# <details><summary>Hint 1: where to look</summary>
#
# There are two steps: all the products first, and then the division. The sum is that of the products, not of
# the old probabilities, which is 1.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# `math.exp(x)` is *e* to the power of `x`. `zip(probabilities, advantages)` pairs the two lists.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `raised = [p * exp(rate * a) for p, a in zip(probabilities, advantages)]`, and what you return is each of
# them over `sum(raised)`.
# </details>

# %%
from math import exp


def nudged(probabilities: list[float], advantages: list[float], rate: float) -> list[float]:
    """Each probability times e to the power of (rate * its advantage), all divided by their new sum."""
    # solution
    raised = [p * exp(rate * a) for p, a in zip(probabilities, advantages, strict=True)]
    return [p / sum(raised) for p in raised]


# %%
from helpers.checks.start import check_nudged

check_nudged(nudged)

# %% [markdown]
# Nudge it 25 times. A wrong answer is likely at first, a half-right one less so, and the right one is rare.

# %%
import matplotlib.pyplot as plt
from helpers import plots

names, advantages = ["wrong", "half right", "right"], group_advantages([0.0, 1.0, 2.0], 3)
history = [[0.6, 0.3, 0.1]]
for _ in range(25):
    history.append(nudged(history[-1], advantages, rate=0.2))
with plots.style():
    axes = plt.subplots()[1]
    for name, line in zip(names, zip(*history, strict=True), strict=True):
        axes.plot(line, label=name)
    axes.set(xlabel="nudges", ylabel="probability", ylim=(0, 1))
    axes.legend()
plots.show(axes, "The wrong answer becomes rare, the right one likely; the half-right one rises and falls.")

# %%
half = [step[1] for step in history]
print("right answer:", round(history[0][2], 2), "at first,", round(history[-1][2], 2), "at the end")
print("half-right answer: likeliest after", half.index(max(half)), "nudges, with", round(max(half), 2))
assert history[-1][2] > 0.9 and 0 < half.index(max(half)) < 25

# %% [markdown]
# The half-right answer has an advantage of 0: nothing pushes it. It takes the room that the wrong one leaves,
# and later it leaves its own to the right one. A real model does not keep a list of answers: all of them
# share its weights. But there, too, what one answer gains the others lose.
