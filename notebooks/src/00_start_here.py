# %% [markdown]
# # 00 · Start here
#
# At the end of this page you have asked a language model one question eight times, told it which answers
# you like, and watched it change.
#
# **You will…**
# - sample eight answers from a real language model, and score them;
# - compare each answer with the other seven, in three lines of Python;
# - nudge the model for under a minute, and measure what that did.
#
# **Minutes:** 20 · **Hardware:** any computer; two processor cores are enough.

# %%
MODEL = "tiny"

from helpers.answers import extract
from helpers.models import load_tokenizer
from helpers.sampling import load_policy, sample
from helpers.tasks import MATH

tokenizer, model = load_tokenizer(MODEL), load_policy(MODEL)
print(f"{model.num_parameters():,} parameters")

# %% [markdown]
# `"tiny"` is a true language model, only very small. It ships with this workbook and has read nothing but
# short forum posts and sums. Here is a question for it, with the instruction that comes before every
# question.

# %%
problem = MATH.load("test").select([0])
instruction, question = problem[0]["prompt"]
print("Instruction:", instruction["content"])
print("Question:   ", question["content"])
print("Right:      ", extract(problem[0]["solution"]))

# %% [markdown]
# ## 1 · Sample
#
# **Predict:** you ask the same question eight times. Do you get the same answer eight times?

# %%
from helpers.guesses.start import GUESSES
from helpers.widgets.quiz import quiz

quiz(*GUESSES[1])

# %% tags=["nbval-ignore-output"]
answers = sample(model, tokenizer, MATH, problem, num_samples=8).texts[0]
for number, answer in enumerate(answers, 1):
    print(f"{number}. {answer}")

# %%
assert len(answers) == 8
assert len(set(answers)) > 1, "eight times the very same answer"

# %% [markdown]
# You do not: the model draws each next word at random, likely words more often, and so it has several ways
# to answer. It may guess or work the sum out, and it may or may not follow the instruction.
#
# ## 2 · Score
#
# A **reward** is a number that says how much you like an answer. This one gives a point for the right
# number and a point for following the instruction: `<think></think>` and `<answer></answer>` are *tags*, and
# an answer gets that point when it consists of just these two pairs, with whatever is inside.
#
# **Predict:** which of your eight answers get 2 points, and which get none?

# %%
quiz(*GUESSES[2])

# %% tags=["nbval-ignore-output"]
from helpers.rewards import reward_accuracy, reward_format

right = reward_accuracy(answers, solution=[problem[0]["solution"]] * 8)
followed = reward_format(answers)
rewards = [one + other for one, other in zip(right, followed, strict=True)]
for reward, answer in zip(rewards, answers, strict=True):
    print(f"{reward:.0f}  {answer}")

# %%
assert set(rewards) <= {0.0, 1.0, 2.0}
assert len(set(rewards)) > 1, "all eight have the same reward: there is nothing to compare"

# %% [markdown]
# Nobody told the reward *how* to solve the problem; it only looks at what came out.
#
# ## 3 · Compare
#
# Is 1 point good? That depends on the other seven answers. An **advantage** is an answer's reward, measured
# from the mean of its group, in standard deviations of its group.

# %%
from statistics import mean, stdev

average = mean(rewards)
spread = stdev(rewards)
advantages = [(reward - average) / (spread + 1e-4) for reward in rewards]

# %% [markdown]
# (The `1e-4` is for the day when all rewards agree: then every advantage is 0, and not 0/0.)
#
# **Predict:** what do the eight advantages add up to?

# %%
quiz(*GUESSES[3])

# %%
from helpers import plots

labels = [f"{number}. {answer}" for number, answer in enumerate(answers, 1)]
axes = plots.group_advantages(rewards, advantages, labels)
plots.show(axes, "Eight answers to one problem: on the left each one's reward, on the right its advantage.")

# %%
print(f"The advantages add up to {abs(sum(advantages)):.3f}.")
assert abs(sum(advantages)) < 1e-6
assert advantages[rewards.index(max(rewards))] > 0 > advantages[rewards.index(min(rewards))]

# %% [markdown]
# They add up to nothing, because they are measured from the mean: an answer only wins when another one
# loses.
#
# ## 4 · Nudge
#
# Training now makes small changes to the model: every answer with a positive advantage becomes a little
# more likely, word by word, and every answer with a negative one a little less. Before that, find out how
# often the model is right as it is, on problems that training does not use.

# %% tags=["nbval-ignore-output"]
few = MATH.load("test", n=50)


def share_right(model):
    """The share of right answers: 50 problems, 4 answers each."""
    texts = sample(model, tokenizer, MATH, few, num_samples=4).texts
    pairs = zip(texts, few["solution"], strict=True)
    return mean(mark for four, gold in pairs for mark in reward_accuracy(four, solution=[gold] * 4))


before = share_right(model)
print(f"Right before training: {before:.0%}")

# %% [markdown]
# **Predict:** what will that share be after 25 nudges, each from 4 new problems with 8 answers each?
#
# This takes under a minute on two cores. In the table a nudge is called a *step*, a problem a *prompt* and an
# answer a *completion*. `reward` is the mean reward of that step's 32 completions, and `format` (the tags)
# and `accuracy` (the number) are its two parts: watch these. (The rest is for notebook 03.)

# %%
quiz(*GUESSES[4])

# %% tags=["nbval-ignore-output"]
from tempfile import TemporaryDirectory
from helpers.training import train

folder = TemporaryDirectory()  # this run is for looking at; it goes away with the kernel
run = train(MATH, MODEL, steps=25, out=folder.name)

# %%
axes = plots.training_curve(run.curve, {"reward": "mean reward (0 to 2 points)"})
plots.show(axes, "Mean reward of a step (thin), of five steps (thick), and one standard deviation around it.")

# %%
curve = run.column("reward")
if MODEL == "tiny":
    assert mean(curve[-5:]) - mean(curve[:5]) > 0.4, "the reward has not gone up"

# %% [markdown]
# The model collects more points at the end than at the start (compare the last two lines of the table),
# although it never saw a solution. (No reward is above 2, though the band is: it is drawn as wide above
# the line as below.)
#
# **Predict:** how does it answer your first question now?

# %%
quiz(*GUESSES[5])

# %% tags=["nbval-ignore-output"]
trained = load_policy(MODEL, run.adapter)
answers = sample(trained, tokenizer, MATH, problem, num_samples=8).texts[0]
right = reward_accuracy(answers, solution=[problem[0]["solution"]] * 8)
rewards = [one + other for one, other in zip(right, reward_format(answers), strict=True)]
for reward, answer in zip(rewards, answers, strict=True):
    print(f"{reward:.0f}  {answer}")

# %% [markdown]
# (`run.adapter` is where training has put what it changed; notebook 03 looks into it.) One question proves
# little, so ask the 50 again.

# %% tags=["nbval-ignore-output"]
after = share_right(trained)
print(f"Right before training: {before:.0%}, after it: {after:.0%}")

# %%
import matplotlib.pyplot as plt

with plots.style():
    axes = plt.subplots()[1]
    axes.bar(["before", "after"], [100 * before, 100 * after], color=["#56B4E9", "#0072B2"])
    axes.set(ylabel="right answers (%)", ylim=(0, 100))
plots.show(axes, "Right answers on 50 problems that training does not use, before and after.")

# %%
if MODEL == "tiny":
    assert after - before > 0.15, "training has not made the answers better"

# %% [markdown]
# The model answers problems that it was not trained on better than before.
#
# > **Note:** the reward added no knowledge. This model could already do sums when you met it, but often it
# > did not bother: you changed how often it does. Notebook 04 takes that apart.
#
# ## What you have done
#
# - **Sample** a group of answers to one problem; **score** each with a reward.
# - **Compare** within the group: reward minus mean, over standard deviation, is the advantage.
# - **Nudge** the model towards answers with a positive advantage, and repeat. This is all of GRPO, *Group
#   Relative Policy Optimization*: the group is your eight answers, "policy" is the model, and "relative" is
#   the comparison.
#
# **Exercises:** [three functions that check themselves](exercises/00_start_here.ipynb): the advantages of
# several groups at once, the groups from which nothing can be learned, and a nudge by hand.
#
# **Next:** [01 · Explore the data sets](01_explore_datasets.ipynb) shows what the model is asked, and what
# it sees.
