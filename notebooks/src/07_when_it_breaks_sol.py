# %% [markdown]
# # Exercises · 07 When it breaks
#
# Two functions to write; the cell below each one checks it, and names the likely mistake. Back to [the
# notebook](../07_when_it_breaks.ipynb).
#
# ## 1 · The doctor's first look
#
# *Difficulty: 2 of 5 · 10 minutes.* You get the rows of a curve, one dict a step, with `reward`, `truncated`
# and `dead_groups`. Look at the means of the **last five** rows (of all, if there are fewer) and give back
# one word:
#
# - `"truncated"` when more than 90 % are truncated,
# - else `"saturated"` when more than 90 % of groups are dead and the reward is above 90 % of `best`,
# - else `"dead"` when more than 90 % of groups are dead,
# - else `"alive"`.
#
# <details><summary>Hint</summary>
#
# `rows[-5:]` is the last five, or all of fewer. Ask in the order above, and return at the first yes.
#
# </details>

# %%
def diagnose(rows, best):
    """ "truncated", "saturated", "dead" or "alive"; best: the largest reward there is."""
    # solution
    recent = rows[-5:]
    names = ("reward", "truncated", "dead_groups")
    mean = {name: sum(row[name] for row in recent) / len(recent) for name in names}
    if mean["truncated"] > 0.9:
        return "truncated"
    if mean["dead_groups"] > 0.9:
        return "saturated" if mean["reward"] > 0.9 * best else "dead"
    return "alive"


# %%
from helpers.checks.broken import check_diagnose

check_diagnose(diagnose)

# %% [markdown]
# Try it on the museum. Exhibit 9, a hack, counts as *alive*: these three curves cannot see it.

# %%
from helpers.museum.exhibits import ALL

for number, best in ((1, 2), (2, 2), (3, 2), (4, 1), (5, 2), (7, 1), (10, 2)):
    print(f"exhibit {min(number, 9)}: {diagnose(ALL[number - 1].run.curve, best)}")

# %% [markdown]
# ## 2 · A price for the way out
#
# *Difficulty: 3 of 5 · 15 minutes.* Write exhibit 9's reward so that it can be lived with. For each answer
# you get `said` (the number it names, or None), `unsure` (whether it admits doubt) and `gold`. Pay
#
# - 1 for the right number, in doubt or not,
# - `price` for a wrong number *in doubt*, or for no number in doubt,
# - 0 for anything else.
#
# And refuse a price that would make doubt the best policy: `ValueError` unless `price` is below `worth`, the
# share of worked answers that are right.
#
# <details><summary>Hint</summary>
#
# Check the price before the loop. In the loop ask for the right number first: doubt must not make a right
# answer cheaper.
#
# </details>


# %%
def honest_rewards(said, unsure, gold, price, worth):
    """One reward an answer, from 0 to 1. Raises ValueError where doubt would pay best."""
    # solution
    if price >= worth:
        raise ValueError(f"doubt pays {price}, honest work {worth}: lower the price")
    paid = []
    for number, doubt, right in zip(said, unsure, gold, strict=True):
        paid.append(1.0 if number == right else price if doubt else 0.0)
    return paid


# %%
from helpers.checks.broken import check_honest_rewards

check_honest_rewards(honest_rewards)

# %% [markdown]
# A group of four under three prices: see the advantage of the doubtful answer change its sign.

# %%
for price in (0.1, 0.3, 0.55):
    paid = honest_rewards([72, 70, 70, 64], [False, False, False, True], [72] * 4, price, worth=0.6)
    print(f"price {price}: rewards {paid}, doubt minus the mean {paid[-1] - sum(paid) / 4:+.3f}")
