# %% [markdown]
# # Exercises · 04 Train a solver of problems
#
# Two functions to write; the cell below each one checks it, and names the likely mistake. Back to [the
# notebook](../04_train_math.ipynb).
#
# ## 1 · Where the gain comes from
#
# *Difficulty: 3 of 5 · 15 minutes.* Each completion is a pair `(worked, right)` of two booleans. You get
# the pairs before and after training. Split the gain in accuracy into two numbers:
#
# - **switching**: the change in the share of worked answers, priced at the *old* accuracies of the two
#   ways;
# - **working better**: the change in the accuracy of each way, at the *new* mix.
#
# Together they are the whole gain. A way that nobody uses has accuracy 0.
#
# <details><summary>Hint</summary>
#
# You need three numbers before and the same three after: the share worked, the accuracy of the worked,
# the accuracy of the guesses. Who switches gains the accuracy of working and gives up that of guessing.
#
# </details>


# %%
def split_gain(before, after):
    """(switching, working better): the two parts of the gain in accuracy."""

    # solution
    def share_and_accuracies(answers):
        work = [right for worked, right in answers if worked]
        guess = [right for worked, right in answers if not worked]
        return len(work) / len(answers), sum(work) / max(1, len(work)), sum(guess) / max(1, len(guess))

    old_share, old_work, old_guess = share_and_accuracies(before)
    new_share, new_work, new_guess = share_and_accuracies(after)
    switching = (new_share - old_share) * (old_work - old_guess)
    better = new_share * (new_work - old_work) + (1 - new_share) * (new_guess - old_guess)
    return switching, better


# %%
from helpers.checks.maths import check_split_gain

check_split_gain(split_gain)

# %% [markdown]
# Try it on a real run, yours or else the recorded one: the first five steps against the last five.

# %% tags=["nbval-ignore-output"]
from helpers.runs import find_run

run = find_run("math")
last = len(run.curve)
pairs = [
    (row["step"], ("=" in row["completion"], row["rewards"]["reward_accuracy"] == 1))
    for row in run.completions
]
early, late = ([pair for step, pair in pairs if low < step <= low + 5] for low in (0, last - 5))
print(f"{run.label}: switching {{:+.2f}}, working better {{:+.2f}}".format(*split_gain(early, late)))

# %% [markdown]
# ## 2 · Length within each way
#
# *Difficulty: 2 of 5 · 10 minutes.* Completions grew longer: because more of them are worked, or because
# the workings grew? Give back the mean length **within each way**. As in the notebook, an answer is
# *worked* when it holds an equation (`=`), and a guess otherwise; tags do not matter.
#
# <details><summary>Hint</summary>
#
# Collect two lists of lengths, one for each way, and average each by its own size. A way without any
# completion has no mean: give `None`, not 0.
#
# </details>


# %%
def length_by_way(completions, lengths):
    """{"worked": mean length, "guess": mean length} of the texts; None for a way that does not occur."""
    # solution
    ways = {"worked": [], "guess": []}
    for text, length in zip(completions, lengths, strict=True):
        ways["worked" if "=" in text else "guess"].append(length)
    return {way: sum(found) / len(found) if found else None for way, found in ways.items()}


# %%
from helpers.checks.maths import check_length_by_way

check_length_by_way(length_by_way)

# %% tags=["nbval-ignore-output"]
for step in (1, last):
    rows = [row for row in run.completions if row["step"] == step]
    lengths = [len(row["token_ids"]) for row in rows]
    found = length_by_way([row["completion"] for row in rows], lengths)
    print(f"step {step}: mean {sum(lengths) / len(lengths):.1f} tokens; within each way {found}")

# %% [markdown]
# A mean over two kinds moves when the mix moves. Before you explain a mean, look at its parts.
