# %% [markdown]
# # Exercises · 05 Evaluate what you trained
#
# Five functions to write. The cell below each one checks it, and names the likely mistake. The hints get
# stronger from one to the next: open one at a time. Back to [the notebook](../05_evaluate.ipynb). The
# [solutions](../solutions/05_evaluate.ipynb) are there when you want them.
#
# ## 1 · Read a verdict
#
# **Goal:** turn an interval into one word.
#
# *Difficulty ●○○○○ · 5 minutes*
#
# You get the two ends of the 95 % interval of a difference, after minus before. Say `"better"` or `"worse"`
# when the whole interval lies on one side of zero, and `"inconclusive"` when it holds zero; an end that *is*
# zero counts as holding it. For some metrics less is more: a length error that falls is better.
#
# <details><summary>Hint 1: where to look</summary>
#
# The difference itself is not among the parameters, and you do not need it.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# Ask for *inconclusive* first. What remains is either all above zero or all below.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `low <= 0 <= high` is inconclusive. Otherwise it is better when `(low > 0) != lower_is_better`: up, or else
# down and meant to go down.
# </details>


# %%
def verdict(low: float, high: float, lower_is_better: bool = False) -> str:
    """ "better", "worse" or "inconclusive", from the ends of the interval of after minus before."""
    # solution
    if low <= 0 <= high:
        return "inconclusive"
    return "better" if (low > 0) != lower_is_better else "worse"


# %%
from helpers.checks.evaluate import check_verdict

check_verdict(verdict)

# %% [markdown]
# Three lines of the notebook's tables, from the recorded runs:

# %%
from helpers.ledger.tables import Scores, recorded

for task, name, less in (
    ("math", "accuracy", False),
    ("tldr", "length_error_chars", True),
    ("tldr", "rouge_l", False),
):
    one = Scores(recorded(task), "test").change(name)
    print(f"{task}: {name:<20} [{one.low:+.3f}, {one.high:+.3f}]  {verdict(one.low, one.high, less)}")

# %% [markdown]
# ## 2 · The paired bootstrap
#
# **Goal:** say how sure a difference is, from nothing but the prompts you have.
#
# *Difficulty ●●●○○ · 15 minutes*
#
# You get one number a prompt before training and one after, in the same order. Give back three: the mean
# difference, after minus before, and the two ends of its 95 % interval.
#
# Draw as many prompts as there are, with replacement, and average; do that `draws` times; cut 2.5 % off
# each end. Use `random.Random(seed)`, so that the same seed gives the same interval.
#
# <details><summary>Hint 1: where to look</summary>
#
# The second section of the notebook does it in three cells, with numpy. *Paired* means that a prompt's before
# and after never part.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# Take the difference of each pair first: then the pairs cannot come apart. `chance.choices(differences, k=n)`
# draws with replacement.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `means = sorted(sum(chance.choices(differences, k=n)) / n for _ in range(draws))`, and the ends stand at
# `means[int(0.025 * draws)]` and `means[int(0.975 * draws)]`.
# </details>

# %%
import random


def paired_bootstrap(
    before: list[float], after: list[float], draws: int = 2000, seed: int = 0
) -> tuple[float, float, float]:
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
# Eight prompts, four right before and five after. What is the word?

# %%
low, high = paired_bootstrap([0, 1, 0, 1, 1, 0, 0, 1], [1, 1, 0, 1, 0, 1, 0, 1])[1:]
print(f"[{low:+.3f}, {high:+.3f}]", verdict(low, high))

# %% [markdown]
# ## 3 · pass@k
#
# **Goal:** estimate, from n samples, how often one of k would be right.
#
# *Difficulty ●●●○○ · 10 minutes*
#
# Of `n` samples of a problem, `c` are right. You pick `k` of the `n` at random, without putting any back:
# what is the chance that at least one right one is among them?
#
# <details><summary>Hint 1: where to look</summary>
#
# It is easier to count the ways to miss: all `k` picked from the `n - c` wrong ones.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# `math.comb(n, k)` counts the ways to pick `k` of `n`. `1 - (1 - c / n) ** k` is not the same: it puts each
# sample back, and comes out too low.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# One minus `comb(n - c, k) / comb(n, k)`. Where fewer than `k` are wrong, `comb` gives 0 by itself.
# </details>

# %%
from math import comb


def pass_at_k(n: int, c: int, k: int) -> float:
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
#
# ## 4 · Choose a learning rate fairly
#
# **Goal:** choose on validation, report on test.
#
# *Difficulty ●●○○○ · 10 minutes*
#
# For each learning rate you get two scores, on validation and on test prompts; more is better. Choose the
# rate, and give it back with the number that may be printed in a table.
#
# <details><summary>Hint 1: where to look</summary>
#
# Which of the two scores was looked at to choose? That one is spoiled: part of why it is the highest is luck.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# The best *validation* score says which rate. The *test* score of just that rate is what you report, even
# where another rate's is higher.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `max(scores, key=lambda rate: scores[rate]["validation"])` is the rate.
# </details>


# %%
def choose_rate(scores: dict[float, dict[str, float]]) -> tuple[float, float]:
    """(learning rate, score to report); scores: rate -> {"validation": score, "test": score}."""
    # solution
    rate = max(scores, key=lambda rate: scores[rate]["validation"])
    return rate, scores[rate]["test"]


# %%
from helpers.checks.evaluate import check_choose_rate

check_choose_rate(choose_rate)

# %% [markdown]
# How much does it matter? Ten rates that are all exactly as good: the true accuracy is 0.8, and each is
# measured on 40 validation and 40 test prompts. Play that 2,000 times, reporting by three rules.

# %%
chance = random.Random(0)


def measured() -> float:
    """A share of 40 prompts, each right with a chance of 0.8."""
    return sum(chance.random() < 0.8 for _ in range(40)) / 40


reported = {"chosen on validation, test reported": [], "validation reported": [], "chosen on test": []}
for _ in range(2000):
    scores = {rate: {"validation": measured(), "test": measured()} for rate in range(10)}
    rate, fair = choose_rate(scores)
    best = max(one["test"] for one in scores.values())
    for found, value in zip(reported.values(), (fair, scores[rate]["validation"], best), strict=True):
        found.append(value)
means = {rule: sum(found) / len(found) for rule, found in reported.items()}
for rule, mean in means.items():
    print(f"{rule:<36} {mean:.3f} on average; the truth is 0.800")

# %%
from helpers.plots import length_histogram, show

axes = length_histogram(reported["chosen on test"], what="games, chosen on test")
axes.axvline(0.8, color="black", ls="--", lw=1.2)
axes.set_xlabel("reported accuracy (share); dashed: the truth")
show(axes, "Accuracies reported when the best of ten equal rates is chosen on test: nearly all above 0.8.")

# %%
assert abs(means["chosen on validation, test reported"] - 0.8) < 0.01
assert means["validation reported"] > 0.87 and means["chosen on test"] > 0.87
print("Who chooses and reports on the same prompts reports the luck as well.")

# %% [markdown]
# ## 5 · Prompts and seeds
#
# **Goal:** an interval that says what another training seed might have brought.
#
# *Difficulty ●●●●○ · 15 minutes*
#
# For each training seed you get a list of gains, one for each prompt; the prompts are the same in all lists.
# Draw anew what could have been otherwise: in each of `draws` rounds, **first** as many prompts as there are,
# **then** as many seeds as there are, both with replacement. The prompts drawn are the same for every seed of
# that round: average the drawn seeds' gains at the drawn prompts.
#
# Give back the mean gain and the ends of the 95 % interval. Use `random.Random(seed)`.
#
# <details><summary>Hint 1: where to look</summary>
#
# This is exercise 2 with one more thing to draw. Draw *places* rather than values: then the same prompts
# can be looked up for every seed.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# `chance.choices(range(prompts), k=prompts)` draws places. After that `chance.choices(gains, k=len(gains))`
# draws whole lists, some twice and some not at all.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# One round is `sum(one[place] for one in drawn for place in places) / (len(drawn) * len(places))`, with
# `places` and `drawn` from the second hint. Sort the rounds and cut as in exercise 2.
# </details>


# %%
def seed_interval(gains: list[list[float]], draws: int = 1000, seed: int = 0) -> tuple[float, float, float]:
    """(mean gain, lower end, upper end), over prompts and seeds; gains: a list a seed, a value a prompt."""
    # solution
    chance, prompts, means = random.Random(seed), len(gains[0]), []
    for _ in range(draws):
        places = chance.choices(range(prompts), k=prompts)
        drawn = chance.choices(gains, k=len(gains))
        means.append(sum(one[place] for one in drawn for place in places) / (len(drawn) * prompts))
    means.sort()
    middle = sum(map(sum, gains)) / (len(gains) * prompts)
    return middle, means[int(0.025 * draws)], means[int(0.975 * draws)]


# %%
from helpers.checks.evaluate import check_seed_interval

check_seed_interval(seed_interval)

# %% [markdown]
# Where seeds agree it changes little. Take a run where they do not: rewarded for the *format* alone, one of
# three recorded seeds became more accurate, and two became less so.

# %%
from helpers.ledger.tables import series
from helpers.pictures.comparisons import forest

alone = Scores(series("math-format"), "test")
gains = [
    [new - old for old, new in zip(*pair, strict=True)]
    for pair in zip(alone.columns("accuracy", "before"), alone.columns("accuracy"), strict=True)
]
found = {f"seed {place} alone": seed_interval([one]) for place, one in enumerate(gains)}
found["all seeds"] = seed_interval(gains)
for name, (middle, low, high) in found.items():
    print(f"{name:<13} {middle:+.3f} [{low:+.3f}, {high:+.3f}]  {verdict(low, high)}")

# %%
from helpers.ledger.intervals import Interval

show(
    forest({name: Interval(*one) for name, one in found.items()}, "change in accuracy (share)"),
    "Change in accuracy after training on format alone: each seed by itself, and all with seeds drawn anew.",
)

# %% [markdown]
# Each seed by itself is sure of itself, and they contradict each other. With three seeds nobody can say more
# than *inconclusive*. This is why the workbook's tables have five where it matters.
