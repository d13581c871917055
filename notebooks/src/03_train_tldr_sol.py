# %% [markdown]
# # Exercises · 03 Train a summarizer
#
# Three functions to write. The cell below each one checks it, and names the likely mistake. The hints get
# stronger from one to the next: open one at a time. Back to [the notebook](../03_train_tldr.ipynb). The
# [solutions](../solutions/03_train_tldr.ipynb) are there when you want them.
#
# ## 1 · The share that meets the length
#
# **Goal:** measure how many summaries are near the ideal length.
#
# *Difficulty ●○○○○ · 5 minutes*
#
# A mean length says little: 20 and 80 characters make 50 as well. Give back the share of the summaries whose
# length is at most `k` characters away from `ideal_chars`, on either side.
#
# <details><summary>Hint 1: where to look</summary>
#
# The distance to the ideal is what `reward_len` pays for, with a minus before it.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# `abs(len(text) - ideal_chars)` is the distance of one summary. Count the distances up to `k`, with `k`
# itself, and divide by the number of summaries: 0.5 means half.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `within = [abs(len(text) - ideal_chars) <= k for text in completions]` holds `True` and `False`; in a `sum`
# they count as 1 and 0.
# </details>


# %%
def share_within(completions: list[str], ideal_chars: int = 50, k: int = 10) -> float:
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
# **Goal:** write a length reward that pays only for summaries that keep a fact.
#
# *Difficulty ●●●○○ · 15 minutes*
#
# A slice of the post meets the length and summarizes nothing. Write a reward that also wants a fact: the name
# of the person it is about. It comes in as the column `name`, one a completion.
#
# - The closeness to the length is 1 at `ideal_chars` and falls by equal steps to 0 where it is off by
#   `ideal_chars` or more.
# - It is paid only if the name stands in the summary, as a whole word; else the reward is 0.
# - A post without a name (`None`) cannot be scored: give `None`.
#
# Completions may be plain texts or conversations: `text_of` gives the text of either.
#
# <details><summary>Hint 1: where to look</summary>
#
# Think of the three cases first: no name to look for, a name that is lost, a name that is kept.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# `max(0.0, 1 - abs(len(text) - ideal_chars) / ideal_chars)` is the closeness. `in` will not do for the name:
# "Ann" is also inside "Annual". A regular expression has `\b` for the edge of a word.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# Go through `zip(completions, name)`. With `who` the name, `re.search(rf"\b{re.escape(who)}\b", text)` finds
# it as a whole word. Append `None` if `who is None`, else the closeness if it was found, else `0.0`.
# </details>

# %%
import re

from helpers.rewards import text_of


def reward_len_and_name(
    completions: list, name: list[str | None], *, ideal_chars: int = 50, **kwargs
) -> list[float | None]:
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
#
# ## 3 · Beat `reward_len`
#
# **Goal:** design a reward for length and content, and find out whether it beats `reward_len`.
#
# *Difficulty ●●●●○ · 25 minutes*
#
# `reward_len` taught the length, and the summaries said no more than before. Write a reward that pays for
# length *and* content; the reference summary comes in as the column `reference`. Any design will do that
# keeps three promises:
#
# - it stays between 0 and 1;
# - of two texts of the same length, the one that says more of the reference earns more;
# - of two texts that say the same, the one nearer to `ideal_chars` earns more, at any length.
#
# <details><summary>Hint 1: where to look</summary>
#
# Notebook 02 has a reward for each of the two, both between 0 and 1 and neither ever flat. Import them.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# A sum of two rewards with weights keeps the promises if the weights add up to 1. A product does as long as
# neither factor is 0, and nothing can win it by one of the two alone.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `lengths = reward_len_bounded(completions, ideal_chars=ideal_chars)` and
# `contents = reward_rouge(completions, reference)`; pair them with `zip`. Half of the one and half of the
# other is a start.
# </details>

# %%
from helpers.rewards import reward_len_bounded, reward_rouge


def my_reward(completions: list, reference: list[str], *, ideal_chars: int = 50, **kwargs) -> list[float]:
    """Length and content in one number from 0 to 1, for each completion: more is better."""
    # solution
    lengths = reward_len_bounded(completions, ideal_chars=ideal_chars)
    contents = reward_rouge(completions, reference)
    return [0.5 * length + 0.5 * content for length, content in zip(lengths, contents, strict=True)]


# %%
from helpers.checks.tldr import check_my_reward

check_my_reward(my_reward)

# %% [markdown]
# Now train on it: the same model, seed, posts and number of steps as the recorded run with `reward_len`, so
# that the reward is all that differs. The run goes to a temporary folder.

# %% tags=["nbval-ignore-output"]
from tempfile import TemporaryDirectory
from helpers.runs import SHIPPED, load_run
from helpers.training import train

theirs, folder = load_run(SHIPPED / "tldr-tiny-seed0"), TemporaryDirectory()
mine = train("tldr", "tiny", reward_funcs=my_reward, steps=theirs.record["steps"], seed=0, out=folder.name)

# %% [markdown]
# Measure it on the test posts, exactly as theirs was measured: the settings come out of its record.

# %% tags=["nbval-ignore-output"]
from helpers.metrics import score
from helpers.models import load_tokenizer
from helpers.sampling import load_policy, sample
from helpers.tasks import TLDR

asked = theirs.record["evaluation"]["test"]["settings"]
posts = TLDR.load("test", asked["source"], asked["n"])
options = {name: asked[name] for name in ("num_samples", "temperature", "max_new_tokens", "seed")}
trained = load_policy("tiny", mine.adapter)
drawn = sample(trained, load_tokenizer("tiny"), TLDR, posts, **options, label="yours")
yours = score(TLDR, posts, drawn)

# %% [markdown]
# The leaderboard compares post by post: what your model made of a post, less what theirs made of the same
# one. The brackets hold a 95 % interval of the mean difference. When 0 is inside, the posts could not decide,
# and the verdict is "inconclusive": then nobody has won. (Notebook 05 shows how such an interval is made.)

# %% tags=["nbval-ignore-output"]
from helpers.ledger.intervals import interval
from helpers.ledger.tables import judged

verdicts = {}
print(f"{'':<20}{'yours':>8}{'theirs':>8}   difference")
for name in ("length_error_chars", "within_10_chars", "rouge_l"):
    pair = [[float(value) for value in yours[name]], theirs.rows("test")[f"{name}_after"]]
    found = interval(pair[:1], pair[1:])
    verdicts[name] = judged(name, found)
    means = "".join(f"{sum(column) / len(column):8.3f}" for column in pair)
    print(f"{name:<20}{means}   {found.mean:+.3f} [{found.low:+.3f}, {found.high:+.3f}] {verdicts[name]}")

# %%
assert mine.seed == theirs.seed and mine.record["steps"] == theirs.record["steps"]
assert asked["n"] == len(posts) == len(yours["rouge_l"]) == len(theirs.rows("test")["row"])
before = theirs.rows("test")["length_error_chars_before"]
assert float(yours["length_error_chars"].mean()) < sum(before) / len(before), "no length has been learned"
print("Compared fairly: the same seed, steps, posts and number of samples.")

# %% tags=["nbval-ignore-output"]
if verdicts["rouge_l"] == "better" and verdicts["length_error_chars"] != "worse":
    print("You have won.")
elif "better" in verdicts.values() and "worse" in verdicts.values():
    print("A trade: better in one thing, worse in another.")
else:
    print("Not won: nothing is better for certain.")

# %% [markdown]
# A better ROUGE-L at no worse a length is a win; anything else is none. Do not be surprised if you have not
# won: the solution does not claim to, and notebook 05 has the same comparison on record, with three seeds.
# Before you believe a win, train with `seed=1` as well and put that beside `data/runs/tldr-tiny-seed1`: one
# seed says nothing of others.
