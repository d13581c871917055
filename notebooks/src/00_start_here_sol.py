# %% [markdown]
# # Exercises · 00 Start here
#
# Two functions to write; the cell below each one checks it, and names the likely mistake. Back to [the
# notebook](../00_start_here.ipynb).
#
# ## 1 · The advantages of many groups
#
# *Difficulty: 2 of 5 · 10 minutes.* A training step holds several problems. Their rewards come in one list:
# first all of the first group, then all of the second, and so on. Give back one list of advantages, in the
# same order. Each answer competes with its own group only.
#
# <details><summary>Hint</summary>
#
# Walk through the list with `range(0, len(rewards), group_size)` and slice one group out at a time. As in
# the notebook: subtract `mean(group)`, divide by `stdev(group) + 1e-4`.
#
# </details>

# %%
from statistics import mean, stdev


def group_advantages(rewards, group_size):
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
# *Difficulty: 1 of 5 · 5 minutes.* When all answers to a problem get the same reward, every advantage is 0
# and the model is not nudged at all. Give back the numbers of those groups, counting from 0.
#
# <details><summary>Hint</summary>
#
# Do not look for zeros: eight right answers are as silent as eight wrong ones. Compare the rewards of a
# group with each other, for example with `set`.
#
# </details>


# %%
def dead_groups(rewards, group_size):
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
