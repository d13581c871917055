# %% [markdown]
# # Exercises · 02 Design rewards
#
# Two rewards of your own. Write the function, run the check below it; its message names the likely mistake.
# The [solutions](../solutions/02_design_rewards.ipynb) are there when you want them, and the
# [notebook](../02_design_rewards.ipynb) is there to look things up.
#
# > **Note:** Until you have filled a blank, its check stops with a message that says so.

# %%
from helpers.checks.design import check_ratio_reward, check_soft_format
from helpers.plots import reward_curve, show
from helpers.rewards import reward_soft_format, text_of

# %% [markdown]
# ## 1 · A length reward with bounds
#
# *Difficulty: 1 of 5 · 10 minutes.* `reward_len` has no floor, so in a sum a long text can drown everything
# else. Write a reward between 0 and 1: the shorter of the two lengths (the completion's and the ideal)
# divided by the longer. At the ideal it is 1; half the ideal and twice the ideal earn the same. (So it bounds
# another way than `reward_len_bounded`, which counts differences.)
#
# <details><summary>Hint</summary>
#
# `len(text_of(completion))` is the length, for plain and chat completions alike. `min` and `max` of it and
# `ideal_chars` say which is shorter and which is longer, so no `if` is needed, and an empty text divides
# nothing by zero.
# </details>

# %%
def ratio_reward(completions, *, ideal_chars=50, **kwargs):
    """Shorter length over longer length, in characters: 1.0 at the ideal, towards 0 on both sides."""
    # solution
    lengths = [len(text_of(completion)) for completion in completions]
    return [min(n, ideal_chars) / max(n, ideal_chars) for n in lengths]


# %%
check_ratio_reward(ratio_reward)

# %% [markdown]
# Plot it past its range: six times the ideal.

# %%
ax = reward_curve(lambda n: ratio_reward(["x" * int(n)])[0], range(301), ideal=50)
show(ax, "A steep rise to 1 at 50 characters, then a slow decline that stays above 0.")

# %%
print([ratio_reward(["x" * n])[0] for n in (0, 25, 50, 100, 200)])

# %% [markdown]
# ## 2 · A format reward with partial credit
#
# *Difficulty: 2 of 5 · 10 minutes.* `reward_soft_format` pays for tags in their places. Do places matter?
# Write a reward that does without: a quarter for each of the four tags `<think>`, `</think>`, `<answer>`,
# `</answer>` that occurs **exactly once**, wherever it stands.
#
# <details><summary>Hint</summary>
#
# `text.count(tag) == 1` is `True` for exactly once, and `True` counts as 1 in a `sum`.
# </details>

# %%
def soft_format(completions, **kwargs):
    """A quarter for each of the four tags that occurs exactly once: 0.0, 0.25, 0.5, 0.75 or 1.0."""
    # solution
    tags = ["<think>", "</think>", "<answer>", "</answer>"]
    texts = [text_of(completion) for completion in completions]
    return [sum(text.count(tag) == 1 for tag in tags) / 4 for text in texts]


# %%
check_soft_format(soft_format)

# %% [markdown]
# Now let a policy write the tags in the wrong order, and cut its completion short, character by character.

# %%
wrong = "</answer>42<answer></think>6 * 7<think>"
cuts = range(len(wrong) + 1)
ax = reward_curve(lambda n: soft_format([wrong[: int(n)]])[0], cuts, label="soft_format")
reward_curve(lambda n: reward_soft_format([wrong[: int(n)]])[0], cuts, label="reward_soft_format", ax=ax)
show(ax, "soft_format climbs to 1 although every tag is in the wrong place; reward_soft_format stays at 0.")

# %%
print("soft_format:", soft_format([wrong]), " reward_soft_format:", reward_soft_format([wrong]))

# %% [markdown]
# Without the order, nonsense is paid in full, and a policy that happens on it has no reason to leave. That is
# what the places in `reward_soft_format` are for.
