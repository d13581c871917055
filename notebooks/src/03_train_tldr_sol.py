# %% [markdown]
# # Exercises · 03 Train a summarizer
#
# Two functions to write; the cell below each one checks it, and names the likely mistake. Back to [the
# notebook](../03_train_tldr.ipynb).
#
# ## 1 · The share that meets the length
#
# *Difficulty: 1 of 5 · 5 minutes.* A mean length says little: 20 and 80 characters make 50 as well. Give
# back the share of the summaries whose length is at most `k` characters away from `ideal_chars`, on
# either side.
#
# <details><summary>Hint</summary>
#
# `abs(len(text) - ideal_chars)` is the distance of one summary. Count the distances up to `k`, with `k`
# itself, and divide by the number of summaries: 0.5 means half.
#
# </details>


# %%
def share_within(completions, ideal_chars=50, k=10):
    """The share of the texts with ideal_chars - k to ideal_chars + k characters, both ends included."""
    # solution
    within = [abs(len(text) - ideal_chars) <= k for text in completions]
    return sum(within) / len(within)


# %%
from helpers.checks.tldr import check_share_within

check_share_within(share_within)

# %% [markdown]
# Hold it against a real run: yours, or else the recorded one.

# %% tags=["nbval-ignore-output"]
from helpers.runs import find_run

run = find_run("tldr")
for step in (1, len(run.curve)):
    texts = [row["completion"] for row in run.completions if row["step"] == step]
    print(f"{run.label}, step {step}: {share_within(texts):.0%} within 10 characters")

# %% [markdown]
# ## 2 · A reward that a slice cannot win
#
# *Difficulty: 3 of 5 · 15 minutes.* A slice of the post meets the length and summarizes nothing. Write a
# reward that also wants a fact: the name of the person it is about. It comes in as the column `name`, one
# a completion.
#
# - The closeness to the length is 1 at `ideal_chars` and falls by equal steps to 0 where it is off by
#   `ideal_chars` or more.
# - It is paid only if the name stands in the summary, as a whole word; else the reward is 0.
# - A post without a name (`None`) cannot be scored: give `None`.
#
# Completions may be plain texts or conversations: `text_of` gives the text of either.
#
# <details><summary>Hint</summary>
#
# `max(0.0, 1 - abs(len(text) - ideal_chars) / ideal_chars)` is the closeness. For whole words use
# `re.search(rf"\b{re.escape(name)}\b", text)`: "Ann" is also inside "Annual".
#
# </details>

# %%
import re

from helpers.rewards import text_of


def reward_len_and_name(completions, name, *, ideal_chars=50, **kwargs):
    """Closeness to ideal_chars (0 to 1) where the completion keeps the name, else 0; None without a name."""
    # solution
    rewards = []
    for completion, who in zip(completions, name, strict=True):
        text = text_of(completion)
        closeness = max(0.0, 1 - abs(len(text) - ideal_chars) / ideal_chars)
        kept = who is not None and re.search(rf"\b{re.escape(who)}\b", text)
        rewards.append(None if who is None else closeness if kept else 0.0)
    return rewards


# %%
from helpers.checks.tldr import check_reward_len_and_name

check_reward_len_and_name(reward_len_and_name)

# %% [markdown]
# The product is what matters: in a sum, a slice would still earn the length. (Some slices do hold the
# name. What would your next fact be?)
