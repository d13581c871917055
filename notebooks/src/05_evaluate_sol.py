# %% [markdown]
# # Exercises · 05 Evaluate what you trained
#
# Two functions to write; the cell below each one checks it, and names the likely mistake. Back to [the
# notebook](../05_evaluate.ipynb).
#
# ## 1 · The paired bootstrap
#
# *Difficulty: 3 of 5 · 15 minutes.* You get one number a prompt before training and one after, in the
# same order. Give back three: the mean difference, after minus before, and the two ends of its 95 %
# interval.
#
# Draw as many prompts as there are, with replacement, and average; do that `draws` times; cut 2.5 % off
# each end. Use `random.Random(seed)`, so that the same seed gives the same interval.
#
# <details><summary>Hint</summary>
#
# Take the difference of each pair first: then the pairs cannot come apart. `chance.choices(differences,
# k=n)` draws with replacement. Sort the means; the ends stand at `int(0.025 * draws)` and `int(0.975 *
# draws)`.
#
# </details>

# %%
import random


def paired_bootstrap(before, after, draws=2000, seed=0):
    """(mean difference, lower end, upper end) of the 95 % interval."""
    # solution
    differences = [new - old for old, new in zip(before, after, strict=True)]
    chance, n = random.Random(seed), len(differences)
    means = sorted(sum(chance.choices(differences, k=n)) / n for _ in range(draws))
    return sum(differences) / n, means[int(0.025 * draws)], means[int(0.975 * draws)]


# %%
from helpers.checks.evaluate import check_paired_bootstrap

check_paired_bootstrap(paired_bootstrap)

# %% [markdown]
# What is the word for a line like this one?

# %%
low, high = paired_bootstrap([0, 1, 0, 1, 1, 0, 0, 1], [1, 1, 0, 1, 0, 1, 0, 1])[1:]
print(f"[{low:+.3f}, {high:+.3f}]", "inconclusive" if low <= 0 <= high else "clear of zero")

# %% [markdown]
# ## 2 · pass@k
#
# *Difficulty: 3 of 5 · 10 minutes.* Of `n` samples of a problem, `c` are right. You pick `k` of the `n`
# at random, without putting any back: what is the chance that at least one right one is among them?
#
# <details><summary>Hint</summary>
#
# Count the ways to miss: `math.comb(n - c, k)` choices hold none of the right ones, out of `math.comb(n,
# k)` in all. `1 - (1 - c / n) ** k` is not the same: it puts each sample back, and comes out too low.
#
# </details>

# %%
from math import comb


def pass_at_k(n, c, k):
    """The chance that k of n samples, c of them right, hold a right one."""
    # solution
    return 1 - comb(n - c, k) / comb(n, k)


# %%
from helpers.checks.evaluate import check_pass_at_k

check_pass_at_k(pass_at_k)

# %%
for k in (1, 2, 4, 8):
    print(f"2 of 8 right: pass@{k} = {pass_at_k(8, 2, k):.2f}, with putting back {1 - (1 - 2 / 8) ** k:.2f}")

# %% [markdown]
# Two lucky samples in eight look poor as pass@1 and perfect as pass@8. What GRPO can reinforce lies
# between.
