# %% [markdown]
# # Exercises · 01 Explore the data sets
#
# Four functions to write. The cell below each one checks it, and names the likely mistake. The hints get
# stronger from one to the next: open one at a time. The [solutions](../solutions/01_explore_datasets.ipynb)
# are there when you want them, and the [notebook](../01_explore_datasets.ipynb) is there to look things up.
#
# > **Note:** Until you have filled a blank, its check stops with a message that says so.
#
# ## 1 · How long is a summary?
#
# **Goal:** measure every summary in the unit that is asked for.
#
# *Difficulty ●○○○○ · 5 minutes*
#
# "Write 50" means nothing without a unit. Give back the length of every row's reference summary, in
# characters or in words.
#
# <details><summary>Hint 1: where to look</summary>
#
# A row is a dictionary. The post is in `row["prompt"]`, and its summary is in `row["completion"]`.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# `len(text)` counts characters, spaces included. `text.split()` cuts at any white space, also at two spaces
# in a row.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# With `texts = [row["completion"] for row in rows]`, return `[len(text.split()) for text in texts]` if
# `unit == "words"`, and the same without `.split()` if it is not.
# </details>

# %%
def summary_lengths(rows: list[dict[str, str]], unit: str) -> list[int]:
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
# **Goal:** find the test problems whose numbers meet in one training problem.
#
# *Difficulty ●●●○○ · 10 minutes*
#
# A test problem has leaked when some training problem has the very same numbers, in any order and in any
# words. Give back the places (0, 1 …) of the leaked problems in `test`. Take care of numbers that come twice.
#
# <details><summary>Hint 1: where to look</summary>
#
# Section 3 of the notebook does it for rows that are dictionaries. Here a problem is a text.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# `re.findall(r"\d+", text)` gives the numbers of a text as strings. Two lists hold the same numbers, however
# often each, when they are equal once sorted. Compare with one training problem at a time.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `tuple(sorted(re.findall(r"\d+", text)))` can be put into a set: make one of all training problems, go
# through `enumerate(test)`, and keep the places whose tuple is in it.
# </details>

# %%
import re


def leaked(test: list[str], train: list[str]) -> list[int]:
    """The places in `test` of the problems with the same numbers as some problem in `train`."""
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

problems = {split: read_jsonl(DATA / MATH.folder / f"{split}.jsonl") for split in ("train", "test", "far")}
train, test = ([row["problem"] for row in problems[split]] for split in ("train", "test"))
planted = train[0].replace("How many", "What number of")
print("leaked:", leaked([*test, planted], train), "in", len(test), "test problems and the planted one")

# %% [markdown]
# ## 3 · What stands in the box?
#
# **Goal:** read the gold out of a worked solution, braces and all.
#
# *Difficulty ●●●○○ · 15 minutes*
#
# A solution ends in `\boxed{…}`, and in there may be braces again: `\boxed{\frac{1}{2}}`. Give back what
# stands between the braces of the *last* box. A text without a box, or with a box that never closes, has no
# gold: give `None`.
#
# <details><summary>Hint 1: where to look</summary>
#
# A regular expression is a trap here: it cannot know which `}` belongs to the box. Read character by
# character instead.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# `text.rfind(r"\boxed{")` says where the last box starts, and −1 means nowhere. From behind its brace count
# how deep you are: start at 1, one more for each `{`, one less for each `}`. At 0 the box is closed.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `start = text.rfind(r"\boxed{") + len(r"\boxed{")`, then `for place in range(start, len(text))`, with
# `depth += {"{": 1, "}": -1}.get(text[place], 0)` inside, and `return text[start:place]` once `depth == 0`.
# Check for −1 before all that.
# </details>

# %%
def boxed(text: str) -> str | None:
    """What stands in the last box of `text`; None where no box is opened, or the last one is not closed."""
    # solution
    opens = text.rfind(r"\boxed{")
    if opens < 0:
        return None
    start, depth = opens + len(r"\boxed{"), 1
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[start:place]
    return None


# %%
from helpers.checks.explore import check_boxed

check_boxed(boxed)

# %% [markdown]
# The notebook read the golds with `extract`. Do the two agree on every row?

# %%
from helpers.answers import extract

for split, some in problems.items():
    agree = sum(boxed(row["solution"]) == extract(row["solution"]) for row in some)
    braces = sum("{" in boxed(row["solution"]) for row in some)
    print(f"{split:>5}: {agree} of {len(some)} agree, {braces} golds hold braces of their own")

# %% [markdown]
# Two golds of `far` would have been cut short by a careless pattern. `extract` knows more places to look
# for an answer, and does one thing that you need not have done: it steps over escaped braces, `\{`.
#
# ## 4 · What a limit cuts off
#
# **Goal:** find out how many texts a limit in tokens would cut off.
#
# *Difficulty ●●○○○ · 10 minutes*
#
# A completion ends with the end token, which counts as well. One that reaches its limit before that is cut
# off: its last words are missing, and those are the answer. Give back the share of the texts that do not fit.
# `count_tokens(text)` gives the number of tokens of a text, without the end token.
#
# <details><summary>Hint 1: where to look</summary>
#
# Section 5 of the notebook ends with a whole completion, token by token. Look at its last one.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# A text takes `count_tokens(text) + 1` tokens. It is cut off when that is *more* than the limit.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `[count_tokens(text) + 1 > limit for text in texts]` holds a `True` for each text that does not fit. `True`
# counts as 1 in a `sum`; divide by `len(texts)`.
# </details>

# %%
from collections.abc import Callable


def cut_off(texts: list[str], count_tokens: Callable[[str], int], limit: int) -> float:
    """The share of the texts (0 to 1) that take more than `limit` tokens, their end token included."""
    # solution
    too_long = [count_tokens(text) + 1 > limit for text in texts]
    return sum(too_long) / len(too_long)


# %%
from helpers.checks.explore import check_cut_off

check_cut_off(cut_off)

# %% [markdown]
# How many tokens does a model need that works like the solutions?

# %%
import matplotlib.pyplot as plt
from helpers import plots
from helpers.models import load_tokenizer

tokenizer = load_tokenizer("tiny")
sizes = {row["solution"]: len(tokenizer(row["solution"])["input_ids"]) for row in problems["train"]}
limits = range(20, 81, 2)
shares = [cut_off(list(sizes), sizes.get, limit) for limit in limits]
with plots.style():
    axes = plt.subplots()[1]
    axes.plot(limits, shares)
    axes.set(xlabel="limit (tokens)", ylabel="share cut off")
plots.show(axes, "The share of worked solutions that a limit cuts off: all of them at 20 tokens, none at 64.")

# %%
for limit in (32, 48, 64):
    print(f"limit {limit}: {cut_off(list(sizes), sizes.get, limit):.0%} cut off")
print("the math task's own limit:", MATH.max_completion_tokens)

# %% [markdown]
# With 32 tokens nobody ever finishes, no answer is ever right, and there is nothing to learn from: measure
# this before you train. (The task's own limit is made for larger models, which say more.)
