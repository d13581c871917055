# %% [markdown]
# # 01 · Explore the data sets
#
# At the end of this page you know both data sets as well as the model does: row by row, split by split, and
# token by token.
#
# **You will…**
# - read posts and problems as a person would, and measure them;
# - prove that the test rows are new to the model, in what matters and not only in their wording;
# - follow one row from a line of text to the numbers that go into the model.
#
# **Minutes:** 25 · **Hardware:** any computer. Nothing is trained here.
#
# ## 1 · Posts to be summarized
#
# The first task is called `tldr`: "too long; didn't read". A row is a forum post, and a summary that a
# reader might leave below it.

# %%
import textwrap

from helpers.tasks import DATA, MATH, TLDR, read_jsonl

SPLITS = ("train", "validation", "test", "far")
posts = {split: read_jsonl(DATA / TLDR.folder / f"{split}.jsonl") for split in SPLITS}
first = posts["train"][0]
for line in first["prompt"].split("\n"):
    print(textwrap.fill(line, 90))
print("\nSummary:", textwrap.fill(first["completion"], 90))

# %% [markdown]
# The post ends with `TL;DR:` because that is where the model goes on writing. The rows were made for this
# workbook, with the columns of the data set
# [mlabonne/smoltldr](https://huggingface.co/datasets/mlabonne/smoltldr).
#
# **Predict:** the posts are all about equally long. Are the summaries, too?

# %%
from helpers.guesses.explore import GUESSES
from helpers.widgets.quiz import quiz

quiz(*GUESSES[1])

# %%
from helpers import plots

bodies = [row["prompt"].split("POST:")[1].removesuffix("TL;DR:") for row in posts["train"]]
words = [len(body.split()) for body in bodies]
axes = plots.length_histogram(words, unit="words", what="posts", bins=max(words) - min(words))
plots.show(axes, "How many words the training posts have.")

# %%
characters = [len(row["completion"]) for row in posts["train"]]
axes = plots.length_histogram(characters, unit="characters", what="summaries", ideal=50)
plots.show(axes, "How many characters their summaries have; the dotted line is the target of notebook 03.")

# %%
from statistics import median

print(f"posts:     {min(words)} to {max(words)} words, median {median(words):.0f}")
print(f"summaries: {min(characters)} to {max(characters)} characters, median {median(characters):.0f}")
close = sum(40 <= length <= 60 for length in characters) / len(characters)
print(f"within 10 characters of 50: {close:.0%}")
assert max(characters) > 10 * min(characters)

# %% [markdown]
# They are not: the longest summary is more than ten times the shortest, so a model that learns from them
# writes summaries of every length, and a reward for one length has something to choose from.
#
# ## 2 · Problems to be solved
#
# The second task is `math`. A row is a problem and a worked solution, whose answer stands in a box.

# %%
problems = {split: read_jsonl(DATA / MATH.folder / f"{split}.jsonl") for split in SPLITS}
for row in problems["train"][0], problems["train"][2]:
    print("Problem: ", row["problem"])
    print("Solution:", row["solution"], end="\n\n")

# %% [markdown]
# `\boxed{…}` is how mathematicians on the web mark a final answer; the columns are those of
# [AI-MO/NuminaMath-TIR](https://huggingface.co/datasets/AI-MO/NuminaMath-TIR). The kind of a problem can be
# read off its row: how many numbers it gives, and which operations its solution takes.
#
# **Predict:** the first solution takes 25 away in two steps, tens first. How does a solution multiply 7 by
# 19?

# %%
quiz(*GUESSES[2])

# %%
import re
from collections import Counter


def kind(row):
    """Such as "2 numbers: +": how many numbers the problem gives, and the operations of its solution."""
    operations = dict.fromkeys(re.findall(r" ([-+×÷]) ", row["solution"]))
    count = len(re.findall(r"\d+", row["problem"]))
    return f"{count} numbers: {' '.join(operations)}"


kinds = Counter(kind(row) for row in problems["train"])
times = next(row for row in problems["train"] if kind(row) == "2 numbers: × +")
print(times["problem"], "\n" + times["solution"])

# %% [markdown]
# It multiplies tens and ones apart as well, and adds them up: every equation is small enough to do in the
# head.

# %%
import matplotlib.pyplot as plt

names = sorted(kinds, reverse=True)
with plots.style():
    axes = plt.subplots()[1]
    axes.barh(names, [kinds[name] for name in names], color="#0072B2")
    axes.set(xlabel="number of training problems")
plots.show(axes, "How many training problems there are of each kind.")

# %%
print(f"{len(kinds)} kinds, with {min(kinds.values())} to {max(kinds.values())} problems each")
steps = Counter(row["solution"].count("=") for row in problems["train"])
print("equations in a solution:", {count: steps[count] for count in sorted(steps)})
assert len(kinds) == 10 and set(steps) == {2, 3, 4}

# %% [markdown]
# The kinds are about equally common, and their solutions take two to four equations, so there are easy and
# hard problems among them.
#
# The boxed answer is the **gold**: what the model's answer is compared with. If a program cannot read the
# gold, it cannot say who is right.
#
# **Predict:** in what share of the rows can it be read?

# %%
quiz(*GUESSES[3])

# %%
from helpers.answers import extract, same_answer

for split, rows in problems.items():
    golds = [extract(row["solution"]) for row in rows]
    read = sum(same_answer(gold, gold) is True for gold in golds)
    print(f"{split:>10}: {read} of {len(rows)} golds can be read, such as {', '.join(golds[-3:])}")
    assert read == len(rows)

# %% [markdown]
# All of them, fractions and decimals included, so every answer to every row can be marked.
#
# ## 3 · Why the test rows must be new
#
# Training uses `train`. What the model has learned is measured on `test`, and a score there only means
# something when the answers cannot be remembered. (`validation` is for choosing settings, so that `test`
# stays unseen.)
#
# **Predict:** no test problem occurs word for word in `train`. Is that enough?

# %%
quiz(*GUESSES[4])

# %%
train_texts = {row["problem"] for row in problems["train"]}
same = sum(row["problem"] in train_texts for row in problems["test"])
print(f"test problems that are in train word for word: {same} of {len(problems['test'])}")
assert same == 0

# %% [markdown]
# It is not: put "Mia" for "Tom", and the text is new but the sum is old. What matters is the numbers, in
# any order.


# %%
def numbers(row):
    """The numbers of a problem, from small to large."""
    return tuple(sorted(int(digits) for digits in re.findall(r"\d+", row["problem"])))


train_numbers = {numbers(row) for row in problems["train"]}
renamed = {"problem": problems["train"][0]["problem"].replace("many", "very many")}
assert renamed["problem"] not in train_texts and numbers(renamed) in train_numbers  # this leak is seen
leaks = sum(numbers(row) in train_numbers for row in problems["test"])
print(f"test problems whose numbers meet in one train problem: {leaks} of {len(problems['test'])}")
assert leaks == 0

# %% [markdown]
# The check catches a planted leak, and finds none in the test rows: a right answer there has been worked
# out, or guessed, but not remembered.
#
# For a post, what matters is who did what, and where. The title says what, and words with a capital letter
# inside a sentence say who and where.


# %%
def facts(row):
    """The title of a post with the names of its people and places."""
    title, body = row["prompt"].split("\nPOST:")
    return title.split("TITLE: ")[1], tuple(sorted(set(re.findall(r"(?<=[a-z,] )[A-Z][a-z]+", body))))


train_facts = {facts(row) for row in posts["train"]}
train_titles = {title for title, _ in train_facts}
print("for example:", facts(first))
titles = sum(facts(row)[0] in train_titles for row in posts["test"])
leaks = sum(facts(row) in train_facts for row in posts["test"])
print(f"test posts whose title is in train: {titles} of {len(posts['test'])}")
print(f"test posts whose title, people and places are in one train post: {leaks} of {len(posts['test'])}")
assert titles > 0 and leaks == 0

# %% [markdown]
# The same things happen in both splits, but never to the same people in the same places.
#
# > **Note:** the rows that the tiny model read before you met it are kept apart in the same way.
# > `tests/test_data.py` proves it for every number and every fact.
#
# ## 4 · How far is far?
#
# Test rows are new, but they come from the same templates as the training rows. The split `far` does not:
# other situations, other stories, larger numbers, more steps; its last 50 rows were written by hand.

# %%
for row in (problems["far"][0], problems["far"][-1], posts["far"][-1]):
    print(textwrap.fill(row.get("problem") or row["prompt"].replace("\n", " "), 90), "\n")

# %% [markdown]
# **Predict:** which share of the words in a `test` row, and in a `far` row, occurs nowhere in `train`?

# %%
quiz(*GUESSES[5])


# %%
def spell(row):
    """The words of a row, in small letters."""
    return re.findall(r"[a-z]+", (row.get("problem") or row["prompt"]).lower())


def new_words(rows, split):
    """For each row of a split, the share of its words that no training row has, in per cent."""
    known = {word for row in rows["train"] for word in spell(row)}
    return [100 * sum(word not in known for word in spell(row)) / len(spell(row)) for row in rows[split]]


shares = {split: new_words(posts, split) for split in ("test", "far")}
axes = plots.length_histogram(shares, unit="% of the words", what="posts", bins=20)
axes.set_xlabel("words of a post that no training post has (%)")
plots.show(axes, "New words in the posts of the test split and of the far split.")

# %%
for name, rows in (("posts", posts), ("problems", problems)):
    test, far = (median(new_words(rows, split)) for split in ("test", "far"))
    print(f"{name:>8}: new words in the median test row {test:.0f} %, in the median far row {far:.0f} %")
    assert test == 0 < far

# %% [markdown]
# A test row says something new in old words and a far row needs new words, too: `test` measures what was
# learned, and `far` whether it carries over.
#
# ## 5 · From a row to a prompt
#
# `load` turns rows into what training takes: a `prompt`, which is a conversation, and the gold.

# %%
row = MATH.load("train", n=1)[0]
for turn in row["prompt"]:
    print(turn)
print(row["solution"])

# %% [markdown]
# A model does not read conversations; it reads one long text. A **chat template** says how to write the
# turns down. It belongs to the model, so the model finds what it was trained on.

# %%
from helpers.models import load_tokenizer

tokenizer = load_tokenizer("tiny")
text = tokenizer.apply_chat_template(row["prompt"], tokenize=False, add_generation_prompt=True)
print(text.replace("<|end|>", "<|end|>\n"))

# %% [markdown]
# (The line breaks are only for you.) The text stops where the assistant's turn begins: what the model
# writes from there is its **completion**.
#
# The model does not read letters either. A **tokenizer** cuts the text into tokens, pieces that it has a
# number for.
#
# **Predict:** a common word is one token. How many tokens is 2026?

# %%
quiz(*GUESSES[6])


# %%
def pieces(text):
    """The tokens of a text, between bars."""
    return "|".join(tokenizer.decode([token]) for token in tokenizer(text)["input_ids"])


print(pieces(text.split("<|user|>")[1]))
print(pieces("In 2026 there was a <think> in a kaleidoscope."))
print("2026 is", tokenizer("2026")["input_ids"])

# %%
assert len(tokenizer("2026")["input_ids"]) == 4
assert len(tokenizer("<think>")["input_ids"]) == 1 < len(tokenizer("kaleidoscope")["input_ids"])

# %% [markdown]
# Four, one for each digit, so that the model can do sums digit by digit as you do; a tag such as `<think>`
# is a single token, and a word the tokenizer has not met comes in pieces.
#
# One token is for the model to say that it is done: `<|end|>`. Training sets a limit, so many tokens and no
# more; a completion that reaches it without `<|end|>` has been cut off.

# %%
print("end token:", tokenizer.eos_token, "with the number", tokenizer.eos_token_id)
print("a whole completion:", pieces("<think>27 + 40 = 67. 67 + 5 = 72.</think><answer>72</answer><|end|>"))

# %% [markdown]
# ## 6 · Characters are not tokens
#
# A rule such as "50 long" needs a unit.
#
# **Predict:** how many tokens has a summary of 50 characters? And a worked solution of 50 characters?

# %%
quiz(*GUESSES[7])

# %%
texts = {
    "summaries": [row["completion"] for row in posts["test"]],
    "worked solutions": [row["solution"] for row in problems["test"]],
}
in_characters = [len(text) for some in texts.values() for text in some]
in_tokens = [len(tokenizer(text)["input_ids"]) for some in texts.values() for text in some]
labels = [name for name, some in texts.items() for text in some]
axes = plots.rewards_scatter(
    in_characters, in_tokens, xlabel="length (characters)", ylabel="length (tokens)", groups=labels
)
axes.plot([0, 100], [0, 100], color="black", lw=1, ls=":")
plots.show(axes, "Length in tokens against length in characters; on the dotted line a token is a character.")

# %%
for name, some in texts.items():
    rate = sum(map(len, some)) / sum(len(tokenizer(text)["input_ids"]) for text in some)
    print(f"{name}: {rate:.1f} characters a token, so 50 characters are about {50 / rate:.0f} tokens")
    assert rate > 1.2

# %% [markdown]
# Words take few tokens and digits take many, so "50 characters" and "50 tokens" are different wishes:
# notebook 02 has a reward for each.
#
# > **Note:** another model has another tokenizer. A number in tokens is only true for the model it was
# > counted with; a number in characters is true for all.
#
# ## 7 · The same from the hub
#
# Everything after `load` is the same for the real data sets; they are one argument away, and need a
# network:
#
# ```python
# TLDR.load("train", source="hub")
# MATH.load("test", source="hub")
# ```
#
# Each split here is cut from one there, as follows: `train[:5%]` is the first 5 % of the rows of `train`, and
# `train[99%:]` the last 1 %.

# %%
for task in (TLDR, MATH):
    print(f"{task.hub_id:>22}: {dict(task.hub_splits)}")
assert TLDR.load("test").column_names == ["prompt", "completion", "reference"]
assert MATH.load("test").column_names == ["prompt", "solution"]

# %% [markdown]
# `reference` is the summary a second time: TRL, the library that trains here, hands columns to rewards under
# their names, but keeps the name `completion` for what the model writes.
#
# Your own rows work as well: `TLDR.load("train", source="a/folder")` reads `a/folder/train.jsonl`.
#
# ## What you have seen
#
# - Two data sets: posts with summaries of every length, and problems whose gold can always be read.
# - A test row is new in its **facts** or its **numbers**; a far row is new in its words and stories, too.
# - A row becomes a **prompt** through the chat template and **tokens** through the tokenizer; a length
#   needs its unit.
#
# **Exercises:** [four functions that check themselves](exercises/01_explore_datasets.ipynb): lengths in two
# units, a search for leaks, what stands in the box, and what a limit cuts off.
#
# **Next:** [02 · Design rewards](02_design_rewards.ipynb) turns what you want from a completion into a
# number.
