# %% [markdown]
# # Exercises · 04 Train a solver of problems
#
# Four functions to write, and one of them trains. The cell below each one checks it, and names the likely
# mistake. The hints get stronger from one to the next: open one at a time. Back to [the
# notebook](../04_train_math.ipynb). The [solutions](../solutions/04_train_math.ipynb) are there when you
# want them.
#
# ## 1 · Where the gain comes from
#
# **Goal:** split a gain in accuracy into switching to a better way and working better.
#
# *Difficulty ●●●○○ · 15 minutes*
#
# Each completion is a pair `(worked, right)` of two booleans. You get the pairs before and after training.
# Split the gain into two numbers:
#
# - **switching**: the change in the share of worked answers, priced at the *old* accuracies of the two
#   ways;
# - **working better**: the change in the accuracy of each way, at the *new* mix.
#
# Together they are the whole gain. A way that nobody uses has accuracy 0.
#
# <details><summary>Hint 1: where to look</summary>
#
# You need three numbers before and the same three after: the share worked, the accuracy of the worked,
# the accuracy of the guesses.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# Who switches gains the accuracy of working and gives up that of guessing. So the price of switching is the
# *difference* of the two old accuracies. Working better has two terms, one for each way.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `switching = (new_share - old_share) * (old_work - old_guess)`, and the other part is `new_share *
# (new_work - old_work)` plus the same for the guesses, whose share is `1 - new_share`. `sum(right) / max(1,
# len(right))` is an accuracy that survives an empty list.
# </details>


# %%
def split_gain(before: list[tuple[bool, bool]], after: list[tuple[bool, bool]]) -> tuple[float, float]:
    """(switching, working better): the two parts of the gain in accuracy; pairs are (worked, right)."""

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
# **Goal:** tell a change of mix from longer workings.
#
# *Difficulty ●●○○○ · 10 minutes*
#
# Completions grew longer: because more of them are worked, or because the workings grew? Give back the mean
# length **within each way**. As in the notebook, an answer is *worked* when it holds an equation (`=`), and a
# guess otherwise; tags do not matter.
#
# <details><summary>Hint 1: where to look</summary>
#
# The lengths are given, in tokens; the texts only say which way each completion took.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# Collect two lists of lengths, one for each way, and average each by its own size. A way without any
# completion has no mean: give `None`, not 0.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `ways = {"worked": [], "guess": []}`; in a loop over `zip(completions, lengths)` append to
# `ways["worked" if "=" in text else "guess"]`; then `sum(found) / len(found) if found else None` for each.
# </details>


# %%
def length_by_way(completions: list[str], lengths: list[int]) -> dict[str, float | None]:
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
#
# ## 3 · A gold that cannot be earned
#
# **Goal:** find the golds that no answer can satisfy, before you train on them.
#
# *Difficulty ●○○○○ · 5 minutes*
#
# A real data set holds golds that the reward cannot read (it gives `None`), and others that it reads but
# takes for nothing (it gives 0, whatever the answer). Either wastes a group at every visit. There is a simple
# test: let each gold answer *itself*. A sound one earns 1.
#
# <details><summary>Hint 1: where to look</summary>
#
# `reward_accuracy(completions, solution)` takes two lists. Nobody says that they must come from different
# places.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# Call the reward once, with the golds as completions and as solutions. Then ask of each reward whether it is
# 1: everything else is faulty, `None` as much as 0.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `enumerate(reward(solutions, solutions))` gives places and rewards; keep the places where the reward is
# `!= 1`.
# </details>

# %%
from collections.abc import Callable


def faulty_golds(solutions: list[str], reward: Callable[..., list[float | None]]) -> list[int]:
    """The places (0, 1, 2 …) of the golds that do not earn 1 when they answer themselves."""
    # solution
    paid = reward(solutions, solutions)
    return [place for place, one in enumerate(paid) if one != 1]


# %%
from helpers.checks.maths import check_faulty_golds

check_faulty_golds(faulty_golds)

# %% [markdown]
# Some golds as one meets them, and then the workbook's own.

# %%
from helpers.rewards import reward_accuracy
from helpers.tasks import MATH

met = [
    r"27 + 45 = 72. The answer is \boxed{72}.",
    "Both sides are even, which completes the proof.",
    r"There is no such number: \boxed{}",
    r"The slope is \boxed{\frac{1}{0}}.",
    r"Two roots: \boxed{3, 5}",
]
for place in faulty_golds(met, reward_accuracy):
    print("faulty:", met[place], "->", reward_accuracy([met[place]], [met[place]])[0])
for split in ("train", "validation", "test", "far"):
    golds = MATH.load(split)["solution"]
    print(f"{split}: {len(faulty_golds(golds, reward_accuracy))} of {len(golds)} golds are faulty")

# %% [markdown]
# The proof is the dangerous one. `None` is left out of the group; 0 says that all eight answers are wrong,
# and a table of accuracies counts them so.
#
# ## 4 · Beat the reference
#
# **Goal:** pay for work that is shown and right, train with it, and compare honestly.
#
# *Difficulty ●●●●○ · 20 minutes*
#
# The notebook's reward pays a wrong answer nothing, even when all its steps but one were right. Pay for the
# steps: write a function that gives the share of the sums in a text that hold. A sum is two whole numbers
# with one of the signs `+`, `-`, `×`, `÷` between them, an equals sign, and a whole number. Where there is
# no sum the share is 0. (Never hand a model's text to `eval`.)
#
# <details><summary>Hint 1: where to look</summary>
#
# `re.findall` with four pairs of brackets gives four texts a sum: number, sign, number, result.
# </details>
#
# <details><summary>Hint 2: the way</summary>
#
# The pattern is `r"(\d+) ([-+×÷]) (\d+) = (\d+)"`. Turn the three numbers into `int`. For `÷` ask whether
# `b * c == a`: 7 ÷ 2 is not 3.
# </details>
#
# <details><summary>Hint 3: nearly the code</summary>
#
# `{"+": a + b == c, "-": a - b == c, "×": a * b == c, "÷": b * c == a}[sign]` says whether one sum holds.
# Count those, and divide by how many sums there are, if there are any.
# </details>

# %%
import re


def sums_right(text: str) -> float:
    """The share of the sums "a + b = c" (also with -, × and ÷) in a text that hold; 0 where there is none."""
    # solution
    found, holds = re.findall(r"(\d+) ([-+×÷]) (\d+) = (\d+)", text), 0
    for first, sign, second, result in found:
        a, b, c = int(first), int(second), int(result)
        holds += {"+": a + b == c, "-": a - b == c, "×": a * b == c, "÷": b * c == a}[sign]
    return holds / len(found) if found else 0.0


# %%
from helpers.checks.maths import check_sums_right

check_sums_right(sums_right)

# %% [markdown]
# And the reward that uses it: a right answer earns 1, any other at most a half, for its sums.

# %%
from helpers.rewards import text_of


def reward_steps(completions, solution, **kwargs):
    """1 for a right answer, else half of the share of its sums that hold; None for an unreadable gold."""
    right = reward_accuracy(completions, solution)
    shares = [sums_right(text_of(completion)) for completion in completions]
    return [None if paid is None else max(paid, share / 2) for paid, share in zip(right, shares, strict=True)]


said = ["40 + 30 = 70. 70 + 5 = 75. The answer is 75.", "40 + 30 = 70. 70 + 5 = 77. The answer is 77."]
said += ["1 + 1 = 2. The answer is 7.", "Not sure, but the answer is 75."]
for text, paid in zip(said, reward_steps(said, ["75"] * 4), strict=True):
    print(f"{paid:.2f}  {text}")

# %% [markdown]
# The third line is a hole: a sum that has nothing to do with the problem earns a half. Will the policy find
# it, or will it find the way to 1 first? Say what you expect before you look.

# %% [markdown]
# Train it: the same model, seed and number of steps as the reference. This takes about a minute on two
# cores, measuring included. (`out=mkdtemp()` keeps it apart, so that notebook 05 goes on with the run that
# you trained in 04.)

# %% tags=["nbval-ignore-output"]
from tempfile import mkdtemp
from helpers.evaluation import evaluate
from helpers.rewards import reward_format
from helpers.training import train

SEEDS = (0,)  # the reference has 0 to 4; with (0, 1, 2) you wait three times as long, and know more
STEPS = 60  # as many as the reference had
mine = [
    train("math", "tiny", reward_funcs=[reward_format, reward_steps], seed=seed, steps=STEPS, out=mkdtemp())
    for seed in SEEDS
]
for run in mine:
    evaluate(run, save=True)

# %% [markdown]
# The board: the same 200 held-out problems for both, each compared with itself. In brackets stands the **95 %
# interval**: with other problems (and other seeds, if you took several) the difference might have come out
# anywhere in there. Notebook 05 builds it. While it holds zero, the honest word is **inconclusive**.

# %% tags=["nbval-ignore-output"]
from helpers.ledger.tables import Scores, recorded

reference = [run for run in recorded("math") if run.seed in SEEDS]
board = {"reference": Scores(reference, "test"), "yours": Scores(mine, "test")}
for name in sorted(board, key=lambda name: -board[name].mean("accuracy")):
    print(f"{name:<10} accuracy {board[name].mean('accuracy'):.3f}, format {board[name].mean('format'):.3f}")
gap = board["yours"].over(board["reference"], "accuracy")
words = {"up": "yours is better", "down": "the reference is better", "inconclusive": "inconclusive"}
print(f"yours - reference: {gap.mean:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]  {words[gap.verdict]}")

# %%
from helpers.pictures.comparisons import forest
from helpers.plots import show

gaps = {name: board["yours"].over(board["reference"], name) for name in ("accuracy", "worked", "format")}
show(
    forest(gaps, "yours minus the reference (share), 95 % interval"),
    "Your reward minus the reference on held-out problems: accuracy, share worked, format, with intervals.",
)

# %%
asked = {len(run.rows("test")["row"]) for run in [*mine, *reference]}
assert asked == {200} and {run.record["steps"] for run in reference} == {STEPS}
assert board["yours"].mean("accuracy") > 0.7 and gap.low <= gap.mean <= gap.high
print("Same problems, same number of steps, same seeds.")

# %% [markdown]
# In these sixty steps the hole is not found: the model hardly ever samples a sum that has nothing to do
# with its problem, and what is never sampled cannot be reinforced. Nor is there much to win: at the end
# nearly every answer of the reference is worked, and most of its sums hold.
#
# Now try a reward of your own. And be fair to the reference: the best of ten rewards, chosen on this board,
# is partly the luckiest of ten. Choose with `evaluate(run, split="validation")`, and come to the board
# once.
