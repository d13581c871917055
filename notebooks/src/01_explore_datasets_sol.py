# %% [markdown]
# # Exercises · 01 Explore the data sets
#
# Two functions to write; the cell below each one checks it, and names the likely mistake. Back to [the
# notebook](../01_explore_datasets.ipynb).
#
# ## 1 · How long is a summary?
#
# *Difficulty: 1 of 5 · 5 minutes.* "Write 50" means nothing without a unit. Give back the length of every
# row's reference summary, in the unit that is asked for.
#
# <details><summary>Hint</summary>
#
# The summary is in `row["completion"]`. `len(text)` counts characters, spaces included; `text.split()` cuts
# at any white space, also at two spaces in a row.
#
# </details>

# %%
def summary_lengths(rows, unit):
    """The length of each row's reference summary; unit is "characters" or "words"."""
    # solution
    texts = [row["completion"] for row in rows]
    if unit == "words":
        return [len(text.split()) for text in texts]
    return [len(text) for text in texts]


# %%
from helpers.checks.explore import check_summary_lengths

check_summary_lengths(summary_lengths)

# %% [markdown]
# Try it on the real rows: how many words do the characters make?

# %%
from statistics import mean

from helpers.tasks import DATA, TLDR, read_jsonl

rows = read_jsonl(DATA / TLDR.folder / "test.jsonl")
for unit in ("characters", "words"):
    print(f"{mean(summary_lengths(rows, unit)):.1f} {unit} in the mean summary")

# %% [markdown]
# ## 2 · Find the leaks
#
# *Difficulty: 3 of 5 · 10 minutes.* A test problem has leaked when some training problem has the very same
# numbers, in any order and in any words. Give back the places (0, 1 …) of the leaked problems in `test`.
# Take care of numbers that come twice.
#
# <details><summary>Hint</summary>
#
# `re.findall(r"\d+", text)` gives the numbers of a text as strings. Two lists hold the same numbers,
# however often each, when they are equal once sorted. Compare with one training problem at a time.
#
# </details>

# %%
import re


def leaked(test, train):
    """The places in `test` (a list of texts) of problems with the same numbers as some text in `train`."""
    # solution
    seen = {tuple(sorted(re.findall(r"\d+", text))) for text in train}
    return [place for place, text in enumerate(test) if tuple(sorted(re.findall(r"\d+", text))) in seen]


# %%
from helpers.checks.explore import check_leaked

check_leaked(leaked)

# %% [markdown]
# And on the real rows, with one leak planted at the end:

# %%
from helpers.tasks import MATH

paths = [DATA / MATH.folder / f"{split}.jsonl" for split in ("train", "test")]
train, test = ([row["problem"] for row in read_jsonl(path)] for path in paths)
planted = train[0].replace("How many", "What number of")
print("leaked:", leaked([*test, planted], train), "in", len(test), "test problems and the planted one")
