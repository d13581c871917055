# %% [markdown]
# # Exercises · 07 When it breaks
#
# Four functions to write. The cell below each one checks it, and names the likely mistake. The hints get
# stronger from one to the next: open one at a time. Back to [the notebook](../07_when_it_breaks.ipynb). The
# [solutions](../solutions/07_when_it_breaks.ipynb) are there when you want them.
#
# ## 1 · The doctor's first look
#
# **Goal:** name the illness from three curves.
#
# *Difficulty ●●○○○ · 10 minutes*
#
# You get the rows of a curve, one dict a step, with `reward`, `truncated` and `dead_groups`. Look at the
# means of the **last five** rows (of all, if there are fewer) and give back one word:
#
# - `"truncated"` when more than 90 % are truncated,
# - else `"saturated"` when more than 90 % of groups are dead and the reward is above 90 % of `best`,
# - else `"dead"` when more than 90 % of groups are dead,
# - else `"alive"`.
#
# <details><summary>Hint 1: where to look</summary>
#
# The order of the questions matters: completions that never end are a *reason* for dead groups.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# `rows[-5:]` is the last five, or all of fewer. Take the three means, then ask, and return at the first yes.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `sum(row["reward"] for row in recent) / len(recent)` is one mean. Full marks are `reward > 0.9 * best`.
# </details>


# %%
def diagnose(rows: list[dict[str, float]], best: float) -> str:
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
# Try it on the museum. Exhibit 9, a hack, comes out *alive* at its last step (and *saturated* at step 53):
# that nobody is right any more, these curves cannot see.

# %%
from helpers.museum.exhibits import ALL

for number, best in ((1, 2), (2, 2), (3, 2), (4, 1), (5, 2), (7, 1), (10, 2)):
    print(f"exhibit {min(number, 9)}: {diagnose(ALL[number - 1].run.curve, best)}")
print(f"exhibit 9, at step 53: {diagnose(ALL[9].run.curve[:53], 2)}")

# %% [markdown]
# ## 2 · The peak, and the fall from it
#
# **Goal:** find the step at which a run should have been stopped.
#
# *Difficulty ●●○○○ · 10 minutes*
#
# You get one curve, a value a step. Look at the means of `window` steps in a row. Give back the step at
# which the best window *ends* (the first step is step 1), and how far the mean of the last `window` steps
# lies below that best one.
#
# <details><summary>Hint 1: where to look</summary>
#
# Exhibit 6 does this in the notebook. A single high step is chance; that is what the window is for.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# The first whole window ends at step `window`, the last one at step `len(values)`. Make a list of all their
# means.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `sum(values[end - window : end]) / window` for each `end` in `range(window, len(values) + 1)`. The place
# of the largest in that list, plus `window`, is the step.
# </details>


# %%
def peak_and_fall(values: list[float], window: int = 5) -> tuple[int, float]:
    """(step at which the best window ends, best mean minus the mean of the last window)."""
    # solution
    means = [sum(values[end - window : end]) / window for end in range(window, len(values) + 1)]
    return means.index(max(means)) + window, max(means) - means[-1]


# %%
from helpers.checks.broken import check_peak_and_fall

check_peak_and_fall(peak_and_fall)

# %% [markdown]
# The run that looked better for a few steps, and the healthy one:

# %%
from helpers.runs import SHIPPED, load_run

watched = {"exhibit 6": ALL[5].run, "healthy": load_run(SHIPPED / "math-tiny-seed0")}
for name, run in watched.items():
    step, fall = peak_and_fall(run.column("reward_accuracy_mean"))
    print(f"{name}: best around step {step} of {len(run.curve)}, and {fall:.2f} lower at the end")

# %% [markdown]
# Even the healthy run has a best window before its end: with 32 completions a step, a little up and down is
# chance. How far is too far? That is what intervals are for.
#
# ## 3 · Mend exhibit 8
#
# **Goal:** change a reward so that a recorded hack no longer pays.
#
# *Difficulty ●●●○○ · 15 minutes*
#
# In exhibit 8 any fifty characters were paid in full. Write a reward that wants both: the length,
# `reward_len_bounded` (0 to 1), **times** the content, `reward_rouge` (0 to 1). Where `reward_rouge` says
# `None`, say `None`. `ideal_chars` goes to the length reward.
#
# <details><summary>Hint 1: where to look</summary>
#
# Both rewards are in `helpers.rewards`, take the whole batch, and give a list. `reward_rouge` wants the
# references as well.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# Why not add? Because in a sum each part pays by itself, and babble of the right length still earns all of
# the first one. A product is 0 where either is 0.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# With `near = reward_len_bounded(completions, ideal_chars=ideal_chars)` and `said = reward_rouge(completions,
# reference)`, pair them up with `zip`: `None if one is None else close * one`.
# </details>

# %%
from helpers.rewards import reward_len_bounded, reward_rouge


def reward_mended(
    completions: list, reference: list[str | None], *, ideal_chars: int = 50, **kwargs
) -> list[float | None]:
    """reward_len_bounded times reward_rouge: 1 for the reference itself at the ideal length, 0 for babble."""
    # solution
    near = reward_len_bounded(completions, ideal_chars=ideal_chars)
    said = reward_rouge(completions, reference)
    return [None if one is None else close * one for close, one in zip(near, said, strict=True)]


# %%
from helpers.checks.broken import check_reward_mended

check_reward_mended(reward_mended)

# %% [markdown]
# Now ask the completions that exhibit 8 left behind. What would have been paid for them, step by step: by the
# length alone, by a sum, by yours?

# %%
rows = ALL[7].run.completions
texts, golds = [row["completion"] for row in rows], [row["gold"] for row in rows]
length, content = reward_len_bounded(texts), reward_rouge(texts, golds)
paid = {
    "length alone": length,
    "mean of length and content": [(one + two) / 2 for one, two in zip(length, content, strict=True)],
    "yours": reward_mended(texts, golds),
}


def around(values: list[float], first: int, last: int) -> float:
    """Mean of what is paid for the completions of these steps."""
    found = [one for one, row in zip(values, rows, strict=True) if first <= row["step"] <= last]
    return sum(found) / len(found)


# %%
import matplotlib.pyplot as plt
from helpers.plots import show, style

with style():
    ax = plt.subplots()[1]
    for name, values in paid.items():
        ax.plot(range(10, 101, 10), [around(values, end - 9, end) for end in range(10, 101, 10)], label=name)
    ax.set(xlabel="training step of exhibit 8", ylabel="paid, mean of ten steps", ylim=(0, 1))
    ax.legend()
show(ax, "What exhibit 8's completions get: by length more and more, by the mean as ever, by yours less.")

# %%
for name, values in paid.items():
    early, late = around(values, 1, 10), around(values, 91, 100)
    print(f"{name:<27} steps 1 to 10: {early:.2f}, steps 91 to 100: {late:.2f}")
assert around(length, 91, 100) > around(length, 1, 10) + 0.2
assert around(paid["yours"], 91, 100) < around(paid["yours"], 1, 10) / 2

# %% [markdown]
# The way that exhibit 8 took would have led downhill under yours. The mean of both hardly notices: what is
# lost in content is won back in length. Whether yours has a hole of its own, only a training with it can
# tell.
#
# ## 4 · A price for the way out
#
# **Goal:** let a model admit doubt without making doubt the best policy.
#
# *Difficulty ●●●○○ · 15 minutes*
#
# Write exhibit 9's reward so that it can be lived with. For each answer you get `said` (the number it
# names, or None), `unsure` (whether it admits doubt) and `gold`. Pay
#
# - 1 for the right number, in doubt or not,
# - `price` for a wrong number *in doubt*, or for no number in doubt,
# - 0 for anything else.
#
# And refuse a price that would make doubt the best policy: `ValueError` unless `price` is below `worth`, the
# share of worked answers that are right.
#
# <details><summary>Hint 1: where to look</summary>
#
# `reward_right_or_unsure`, printed in the notebook, takes the larger of two payments. Here the price is the
# smaller one by force.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# Check the price before the loop. In the loop ask for the right number first: doubt must not make a right
# answer cheaper.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `raise ValueError("…")` if `price >= worth`. Then each answer is paid `1.0 if number == right else price
# if doubt else 0.0`.
# </details>


# %%
def honest_rewards(
    said: list[int | None], unsure: list[bool], gold: list[int], price: float, worth: float
) -> list[float]:
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

# %% [markdown]
# At 0.55 doubt beats its group, although 0.55 is below `worth`: only one of the three others was right. So
# price it *well* below.
