# %% [markdown]
# # Exercises · 02 Design rewards
#
# Four functions to write. The cell below each one checks it, and names the likely mistake. The hints get
# stronger from one to the next: open one at a time. The [solutions](../solutions/02_design_rewards.ipynb) are
# there when you want them, and the [notebook](../02_design_rewards.ipynb) is there to look things up.
#
# > **Note:** Until you have filled a blank, its check stops with a message that says so.

# %%
from helpers.plots import reward_curve, show
from helpers.rewards import reward_soft_format, text_of

# %% [markdown]
# ## 1 · A length reward with bounds
#
# **Goal:** write a length reward between 0 and 1 that treats half and twice alike.
#
# *Difficulty ●○○○○ · 10 minutes*
#
# `reward_len` has no floor, so in a sum a long text can drown everything else. Pay the shorter of the two
# lengths (the completion's and the ideal) divided by the longer. At the ideal that is 1; half the ideal and
# twice the ideal earn the same. (So it bounds another way than `reward_len_bounded`, which counts
# differences.)
#
# <details><summary>Hint 1: where to look</summary>
#
# Length is counted in `reward_len`: look how it gets at the text, for plain and chat completions alike.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# `min` and `max` of the length and `ideal_chars` say which is shorter and which is longer. So no `if` is
# needed, and an empty text divides nothing by zero.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# With `lengths = [len(text_of(completion)) for completion in completions]`, each `n` of them earns
# `min(n, ideal_chars) / max(n, ideal_chars)`.
# </details>

# %%
def ratio_reward(completions: list, *, ideal_chars: int = 50, **kwargs) -> list[float]:
    """Shorter length over longer length, in characters: 1.0 at the ideal, towards 0 on both sides."""
    # solution
    lengths = [len(text_of(completion)) for completion in completions]
    return [min(n, ideal_chars) / max(n, ideal_chars) for n in lengths]


# %%
from helpers.checks.design import check_ratio_reward

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
# **Goal:** pay a quarter for each of the four tags, wherever it stands.
#
# *Difficulty ●●○○○ · 10 minutes*
#
# `reward_soft_format` pays for tags in their places. Do places matter? Write a reward that does without: a
# quarter for each of the four tags `<think>`, `</think>`, `<answer>`, `</answer>` that occurs **exactly
# once**, wherever it stands.
#
# <details><summary>Hint 1: where to look</summary>
#
# Tags are plain text. You need to know how often each occurs, and no regular expression for it.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# `text.count(tag) == 1` is `True` for exactly once, and `True` counts as 1 in a `sum`.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# For each `text`: `sum(text.count(tag) == 1 for tag in tags) / 4`, with the four tags in a list `tags` and
# the text from `text_of`.
# </details>

# %%
def soft_format(completions: list, **kwargs) -> list[float]:
    """A quarter for each of the four tags that occurs exactly once: 0.0, 0.25, 0.5, 0.75 or 1.0."""
    # solution
    tags = ["<think>", "</think>", "<answer>", "</answer>"]
    texts = [text_of(completion) for completion in completions]
    return [sum(text.count(tag) == 1 for tag in tags) / 4 for text in texts]


# %%
from helpers.checks.design import check_soft_format

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
#
# ## 3 · In the post's own words
#
# **Goal:** pay a summary for the share of its words that the post has, too.
#
# *Difficulty ●●●○○ · 15 minutes*
#
# A summary should not invent things. `reward_rouge` needs a reference to notice; the post itself is always
# there. TRL passes it to every reward as `prompts`, one for each completion, and `text_of` takes the text out
# of a prompt as well.
#
# - A word is what `re.findall(r"\w+", …)` finds, in small letters.
# - Each word of the completion counts, as often as it comes. It is known when the post has it, as a whole
#   word.
# - A completion without a word earns 0.
#
# <details><summary>Hint 1: where to look</summary>
#
# Split *both* texts into words in the same way. If you look for a word in the text itself, "an" is found in
# "many".
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# Put the words of the post into a `set`, and keep those of the completion in a list. Go through
# `zip(completions, prompts)`, and think of the list that is empty.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `words = re.findall(r"\w+", text_of(completion).lower())`, and the same for the prompt in a `set` called
# `known`. A completion earns `sum(word in known for word in words) / len(words)` if there are `words`,
# else 0.
# </details>

# %%
import re


def reward_own_words(completions: list, prompts: list, **kwargs) -> list[float]:
    """The share of a completion's words that its prompt has, too: 0.0 to 1.0, and 0.0 without a word."""
    # solution
    rewards = []
    for completion, prompt in zip(completions, prompts, strict=True):
        words = re.findall(r"\w+", text_of(completion).lower())
        known = set(re.findall(r"\w+", text_of(prompt).lower()))
        rewards.append(sum(word in known for word in words) / len(words) if words else 0.0)
    return rewards


# %%
from helpers.checks.design import check_reward_own_words

check_reward_own_words(reward_own_words)

# %% [markdown]
# How faithful are the 512 real summaries, and what beats them?

# %%
from statistics import mean

from helpers.plots import length_histogram
from helpers.tasks import DATA, read_jsonl

samples = read_jsonl(DATA / "samples" / "tldr.jsonl")
paid = [reward_own_words(row["completions"], [row["prompt"]] * 8) for row in samples]
percent = [100 * share for group in paid for share in group]
axes = length_histogram(percent, unit="% of the words", what="summaries", bins=20)
axes.set_xlabel("words of a summary that its post has (%)")
show(axes, "How many words of the model's summaries stand in the post: most of them, in most summaries.")

# %%
post = samples[0]["prompt"]
print(f"the model, on average: {mean(percent) / 100:.2f}")
for text in ("I I I I I I I I I I", "post", "My manager is good."):
    print(f"{text!r}: {reward_own_words([text], [post])[0]:.2f}")

# %% [markdown]
# Whoever says one known word, or a known word ten times, invents nothing and is paid in full; and so is a
# sentence whose words are all there, but not what it says. The reward sees that nothing is *added*. That
# enough is *said* is another reward's business: together they are worth more than either.
#
# ## 4 · The same say for everyone
#
# **Goal:** find weights with which every reward of a sum moves it equally far.
#
# *Difficulty ●●●○○ · 15 minutes*
#
# In a sum the part with the largest spread decides, and what counts is the spread *inside* the groups. You
# get the rewards of each part, group by group. Give every part the weight 1 / (the mean of its groups'
# standard deviations). A part that never varies inside a group has nothing to say at any weight: give it 0.
#
# <details><summary>Hint 1: where to look</summary>
#
# The bars of the section "A sum is won by the loudest" are standard deviations of one group. Take them for
# every group, then their mean.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# One part after the other: `mean(stdev(group) for group in groups)` is its spread. Two prompts with different
# means make no spread in this sense; put all completions into one list, and they would.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `spreads = {name: mean(stdev(group) for group in groups) for name, groups in parts.items()}`, and then
# `{name: 1 / spread if spread else 0.0 for name, spread in spreads.items()}`.
# </details>

# %%
from statistics import mean, stdev


def even_weights(parts: dict[str, list[list[float]]]) -> dict[str, float]:
    """For each part (name -> groups of rewards) the weight that gives it a mean spread of 1 in a group.

    0.0 for a part that never varies inside a group.
    """
    # solution
    spreads = {name: mean(stdev(group) for group in groups) for name, groups in parts.items()}
    return {name: 1 / spread if spread else 0.0 for name, spread in spreads.items()}


# %%
from helpers.checks.design import check_even_weights

check_even_weights(even_weights)

# %% [markdown]
# Try it on the 64 groups of real summaries: length without a floor, content, and your own words.

# %%
from helpers.rewards import reward_len, reward_rouge

parts = {
    "reward_len": [reward_len(row["completions"]) for row in samples],
    "reward_rouge": [reward_rouge(row["completions"], [row["gold"]] * 8) for row in samples],
    "reward_own_words": paid,
}
weights = even_weights(parts)
for name, groups in parts.items():
    spread, weight = mean(map(stdev, groups)), weights[name]
    print(f"{name:>16}: spread {spread:6.3f}, weight {weight:6.3f}, the product {spread * weight:.3f}")

# %%
from matplotlib import pyplot as plt
from helpers.plots import style

with style():
    axes = plt.subplots(1, 2, figsize=(7, 2.6))[1]
    both = {"as they are": dict.fromkeys(parts, 1), "weighted": weights}
    for ax, (title, factors) in zip(axes, both.items()):
        spreads = [factors[name] * mean(map(stdev, groups)) for name, groups in parts.items()]
        ax.bar([name.removeprefix("reward_") for name in parts], spreads)
        ax.set_title(title)
    axes[0].set_ylabel("mean spread in a group (reward)")
show(axes, "Left: length moves the total, the others are hardly seen. Right: three bars of height 1.")

# %% [markdown]
# In a training: `train(…, reward_funcs=[…], reward_weights=list(weights.values()))`. The weights are those of
# *these* completions. As the policy meets the length its spread shrinks, and content comes to count for more.
