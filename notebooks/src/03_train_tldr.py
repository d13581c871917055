# %% [markdown]
# # 03 · Train a summarizer
#
# At the end you have a language model that you trained to write summaries of fifty characters, and you
# know why that is not the same as writing good ones.
#
# **You will…**
# - train with a reward that looks at nothing but length, and watch reward, length and samples;
# - meet four more signals, each in the cell that defines it: the spread of a group, entropy, the loss,
#   and the weights that moved;
# - hold the trained model against a rival that needs no training at all.
#
# **Minutes:** 30 · **Hardware:** any computer; two processor cores are enough.

# %%
from helpers.models import MODELS, get_model, load_tokenizer
from helpers.sampling import load_policy, sample
from helpers.tasks import TLDR

MODEL = "tiny"  # or "smollm-135m", "llama-3.2-1b": the section "Another model" says what changes
STEPS = None  # None: as many as the model's own settings say
SEED = 0
SOURCE = "sample" if MODEL == "tiny" else "hub"
LIMIT = get_model(MODEL).options("tldr").get("max_completion_length", TLDR.max_completion_tokens)

# %% [markdown]
# ## The doctor's first look
#
# Training takes minutes here and hours elsewhere, so ask first what would go wrong. The doctor samples eight
# groups, pays them, looks around on this machine and trains nothing. *Red* stops: it would fail, or learn
# nothing. *Yellow* explains. Each finding comes with its fix.
#
# Three lines matter most: answers must end before the length limit (`truncated`), groups must not be *dead*,
# which means paid all the same, and the best of a group must be better than the mean (`headroom`).

# %% tags=["nbval-ignore-output"]
from helpers.doctor import doctor

report = doctor("tldr", MODEL, steps=STEPS, seed=SEED, source=SOURCE)
report

# %%
assert not report.red, "put right first what is red above"
print("Nothing is red: worth starting.")

# %% [markdown]
# ## Before training
#
# The task is a forum post that ends in "TL;DR:". The model goes on from there.

# %%
posts = TLDR.load("test", SOURCE, 200)
print(posts[0]["prompt"][-1]["content"])
print("\nWhat a person might write:", posts[0]["completion"])

# %% [markdown]
# The reward is the one you met in notebook 02. It counts characters and reads nothing. (Its description names
# the *recipe*. That is the experiment which this workbook follows: larger models, trained on real posts with
# this reward, and on real problems with the two of notebook 04.)

# %%
import inspect
from helpers.rewards import reward_len

print(inspect.getsource(reward_len))

# %% [markdown]
# Ask the model for one summary of each of the 200 test posts, as it is before training.

# %% tags=["nbval-ignore-output"]
tokenizer, base = load_tokenizer(MODEL), load_policy(MODEL)
drawn = sample(base, tokenizer, TLDR, posts, num_samples=1, max_new_tokens=LIMIT, label="before")
before = [texts[0] for texts in drawn.texts]
for text in before[:4]:
    print(f"{len(text):4} characters   reward {reward_len([text])[0]:6.1f}   {text}")

# %% [markdown]
# **Predict:** the reward is minus the distance to 50 characters. What is the best mean reward that
# training can reach, and what must become of the histogram below on the way?

# %%
from helpers.guesses.tldr import GUESSES
from helpers.widgets.quiz import quiz

quiz(*GUESSES[1])

# %%
from helpers.plots import length_histogram, show

show(
    length_histogram([len(text) for text in before], ideal=50, what="summaries"),
    "Lengths of the base model's summaries of the test posts; the dotted line marks the ideal of 50.",
)

# %%
lengths = sorted(len(text) for text in before)
short, long = lengths[len(lengths) // 10], lengths[-len(lengths) // 10]
assert MODEL != "tiny" or (short < 40 and long > 85), "expected lengths all over the place"
print("Some summaries are much too short, others much too long: there is something to choose from.")

# %% [markdown]
# <details><summary>An answer</summary>
#
# The best reward is 0, for fifty characters every time. A mean length of 50 is not enough for that: a
# model that writes 20 or 80 characters, half of the time each, has the right mean and a reward of −30.
# The histogram has to become *narrow*.
# </details>
#
# ## Train
#
# One step of GRPO is what you did by hand in notebook 00: sample a group of summaries of the same post,
# score them, compare each with its group, nudge the model towards the better ones. `train` hands this to
# TRL's `GRPOTrainer` and writes everything down in a folder, a *run*.
#
# `live_view` shows it as it goes: the numbers of the last step and their curves, then one group of that
# step with the advantages it was trained on, and beside it four summaries of one post that is asked again
# and again. Watch two things, `reward` and `chars`; the other columns are the signals further down (`dead`
# is the share of dead groups, and `cut`, or `cut off`, that of summaries that ran into the length limit).
#
# > **Note:** `tokens` and `chars` are both lengths. TRL counts *tokens*; the reward counts *characters*.

# %% tags=["nbval-ignore-output"]
from helpers.training import train
from helpers.widgets.live import live_view

ask = {"steps": STEPS, "seed": SEED, "source": SOURCE, "keep_completions": 32}
run = train("tldr", MODEL, watch=live_view(), **ask)

# %% [markdown]
# > **Note:** too slow just now? Interrupt the kernel (■). What there is by then is kept, and the
# > same cell with `resume=True` in `train(…)` goes on with it.

# %%
from helpers.plots import group_advantages, training_curve

curve = [{name: row[name] for name in ("step", "reward", "length_chars")} for row in run.curve]
show(
    training_curve(curve, {"reward": "reward (0 is best)", "length_chars": "length (characters)"}),
    "Mean reward and mean length at each training step; the thick line is the mean of the last five steps.",
)

# %% tags=["nbval-ignore-output"]
from statistics import mean, stdev


def first_and_last(name):
    """Means of a column of the curve: its first five steps, its last ten."""
    values = run.column(name)
    return mean(values[:5]), mean(values[-10:])


print("reward: {:6.1f} in the first five steps, {:6.1f} in the last ten".format(*first_and_last("reward")))
print("length: {:6.1f} characters, then {:6.1f}".format(*first_and_last("length_chars")))

# %%
start, end = first_and_last("reward")
assert start < 0 and end <= 0
assert MODEL != "tiny" or end > 0.6 * start, f"the reward went from {start:.1f} to {end:.1f} only"
print("The reward has come much closer to 0." if end > 0.6 * start else "The reward is not close to 0 yet.")

# %% [markdown]
# The reward climbs towards 0 because the lengths draw together near fifty characters; their mean ends a
# little below. See it in the samples: one from each of the four groups of a step, early, halfway and late.


# %% tags=["nbval-ignore-output"]
def samples_of(step):
    """What was sampled in one step: the groups one after the other, eight summaries of a post each."""
    return [row for row in run.completions if row["step"] == step]


SIZE, LAST = run.record["config"]["num_generations"], len(run.curve)
for step in (1, LAST // 2, LAST):
    print(f"step {step}")
    for row in samples_of(step)[::SIZE]:
        print(f"{len(row['completion']):4} characters   {row['completion']}")

# %% [markdown]
# ## Signal 1: the spread of a group
#
# GRPO (Group Relative Policy Optimization) never asks whether a reward is good, only whether it is better
# than the rest of its **group**, the eight summaries of one post. The **advantage** says by how much: the
# reward minus the group's mean, divided by the group's **spread** (its standard deviation).

# %%
group = samples_of(1)[:SIZE]
rewards = [row["rewards"]["reward_len"] for row in group]
advantages = [(reward - mean(rewards)) / (stdev(rewards) + 1e-4) for reward in rewards]
show(
    group_advantages(rewards, advantages, [row["completion"] for row in group]),
    "One group of the first step: each summary with its reward (left) and its advantage (right).",
)

# %%
assert all(abs(mine - row["advantage"]) < 0.01 for mine, row in zip(advantages, group, strict=True))
print("One line of Python, and these are the very advantages that TRL trained with.")

# %% [markdown]
# **Predict:** eight summaries get the same reward. What are their advantages, and what does the model
# learn?

# %%
quiz(*GUESSES[2])

# %%
same = [-3.0] * 8
print([(reward - mean(same)) / (stdev(same) + 1e-4) for reward in same])

# %% [markdown]
# Zero each: where a group has no spread, nothing is pushed up or down, and **nothing is learned**,
# however good or bad the eight are. Such a group is *dead*. So watch the spread as training goes on.


# %%
def spread(step):
    """The standard deviation of the rewards within a group, mean over the groups of a step."""
    rewards = [row["rewards"]["reward_len"] for row in samples_of(step)]
    return mean(stdev(rewards[i : i + SIZE]) for i in range(0, len(rewards), SIZE))


spreads = [{"step": step, "spread": spread(step)} for step in range(1, LAST + 1)]
show(
    training_curve(spreads, {"spread": "spread of a group (characters)"}),
    "Standard deviation of the rewards within a group at each training step.",
)

# %% tags=["nbval-ignore-output"]
print(f"spread of a group: {spreads[0]['spread']:.1f} in step 1, {spreads[-1]['spread']:.1f} in the last")
print(f"dead groups: {mean(run.column('dead_groups')):.0%} of all, over the whole training")

# %%
early, late = (mean(row["spread"] for row in part) for part in (spreads[:5], spreads[-10:]))
assert late > 0, "no group has any spread: nothing is left to compare"
assert MODEL != "tiny" or late < early, "the spread should fall as the lengths gather"
print("The spread has fallen, but the groups still differ." if late < early else "The groups differ.")

# %% [markdown]
# The better the model gets, the more alike its summaries are, and the less there is to compare.
#
# > **Note:** the column `reward_std` that TRL logs is the spread of the *whole batch*. It also holds what
# > tells one post from another, so it can be large while every group is dead. The column `dead_groups`
# > tells that.
#
# ## Signal 2: entropy
#
# Before each token the model has a probability for every token of its vocabulary. **Entropy** says how
# undecided it is: 0 when one token is certain, and the logarithm of their number when all are equally
# likely.

# %%
from math import log


def entropy(probabilities):
    """In nats (natural logarithm)."""
    return -sum(p * log(p) for p in probabilities if p > 0)


print(f"four tokens, all equally likely: {entropy([0.25, 0.25, 0.25, 0.25]):.2f} nats")
print(f"one of the four almost certain:  {entropy([0.97, 0.01, 0.01, 0.01]):.2f} nats")

# %%
show(
    training_curve(run.curve, {"entropy": "entropy (nats a token)"}),
    "Entropy of the model's choice of a token, mean over the sampled tokens of each training step.",
)

# %% tags=["nbval-ignore-output"]
early, late = first_and_last("entropy")
print(f"entropy: {early:.2f} nats a token in the first five steps, {late:.2f} in the last ten")

# %%
assert MODEL != "tiny" or late > 0.3 * early, "the model has stopped making choices: groups of copies"
print("The model still makes choices.")

# %% [markdown]
# A model without choices says the same thing eight times, its groups die and training stops by itself.
# Here entropy has not collapsed: there are many ways to fill fifty characters.
#
# ## Signal 3: the loss, and why 0 is not a fault
#
# Beside the loss you see the **gradient norm**, the length of the gradient: how hard a step pulls at the
# weights.
#
# **Predict:** the reward has climbed. What has the loss done?

# %%
quiz(*GUESSES[3])

# %%
show(
    training_curve(run.curve, {"loss": "loss", "grad_norm": "gradient norm"}),
    "Loss and gradient norm at each step: the loss passes through zero, the gradient norm stays above it.",
)

# %% tags=["nbval-ignore-output"]
print("step      loss   gradient norm")
for row in run.curve[:3] + run.curve[-3:]:
    print(f"{row['step']:4.0f}  {row['loss']:8.4f}  {row['grad_norm']:14.4f}")

# %%
assert min(run.column("grad_norm")) > 0
assert min(map(abs, run.column("loss"))) < 0.1 and max(map(abs, run.column("loss"))) < 1
print("The loss comes close to 0, and the gradient is never 0.")

# %% [markdown]
# No loss you know behaves like this. Here it multiplies each advantage by the token's probability now,
# divided by its probability when it was sampled. Right after sampling this *ratio* is exactly 1. So the
# **value** of the loss is the mean advantage, 0 by construction; its **slope** is another matter, and the
# slope is what training follows:

# %%
import torch

log_probability = torch.tensor([-1.2, -0.7], requires_grad=True)  # two tokens, as they were sampled
ratio = (log_probability - log_probability.detach()).exp()
advantage = torch.tensor([1.0, -1.0])  # the first token is of a good summary, the second of a bad one
loss = -(advantage * ratio).mean()
loss.backward()
print("ratio:", ratio.tolist(), "  loss:", abs(loss.item()), "  slope:", log_probability.grad.tolist())

# %% [markdown]
# A loss of 0, with a slope that makes the first token likelier and the second less likely. Why then is
# the logged loss not 0? Because TRL counts each *token* once, so that long summaries weigh more. You can
# work out both from the samples:

# %% tags=["nbval-ignore-output"]
print("step   by token   in the curve   by summary")
for step in (1, LAST):
    rows = samples_of(step)
    pairs = [(row["advantage"], len(row["token_ids"])) for row in rows]
    by_token = -sum(advantage * tokens for advantage, tokens in pairs) / sum(tokens for _, tokens in pairs)
    by_summary = -mean(advantage for advantage, _ in pairs)
    print(f"{step:4} {by_token:10.4f} {run.curve[step - 1]['loss']:14.4f} {abs(by_summary):12.4f}")

# %%
assert abs(by_summary) < 1e-3
if len(rows) == 32:  # all of the step: a recorded run keeps one group of it
    assert abs(by_token - run.curve[-1]["loss"]) < 1e-3
print("Counted by summary, the loss is 0. It always is.")

# %% [markdown]
# All that its sign tells is which summaries were the better ones of their groups, the shorter (above 0)
# or the longer (below). So the curve above came down past 0: at first those far too long lost to the shorter
# ones; later most were a little short, and the longer ones won. A lower loss is not a better model. Whether
# it learns you see from the reward.
#
# %% [markdown]
# ## Signal 4: the weights that moved
#
# The model's own weights W are frozen. **LoRA** puts two thin matrices beside each of them and trains
# only those: the layer computes with W + (α / r) · B·A, where r is how thin they are and α a fixed number.
# All the A and B of a model are its **adapter**, which the next cell reads from its file. B starts at zero,
# so at first nothing changes. How large is (α / r) · B·A now, against W?
#
# The picture has a row for each layer, and a column for each of its seven matrices, by their usual names:
# q, k, v and o belong to attention, which looks at the other tokens; gate, up and down work on each token by
# itself.

# %%
from safetensors.torch import load_file

lora = load_file(run.adapter / "adapter_model.safetensors")
scale = run.record["lora"]["alpha"] / run.record["lora"]["r"]
moved = {}
for name in [name for name in lora if ".lora_A." in name]:
    module = name.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
    change = scale * lora[name.replace(".lora_A.", ".lora_B.")].float() @ lora[name].float()
    weight = base.get_submodule(module).weight.detach().float().cpu()
    moved[module] = float(change.norm() / weight.norm())

# %%
from helpers.plots import lora_weights_moved

show(
    lora_weights_moved(moved),
    "How far each weight matrix has moved, as a share of its own norm, by layer and kind of module.",
)

# %%
parameters = run.record["parameters"]
assert MODEL != "tiny" or min(moved.values()) > 0.01, "some module has hardly moved"
print(
    f"{len(moved)} weight matrices moved, through {parameters['trained']:,} trained numbers beside "
    f"{parameters['all'] - parameters['trained']:,} frozen ones."
)

# %% [markdown]
# No layer is left out: training bends the model a little everywhere. (The larger the model, the smaller
# the share of trained numbers.)
#
# ## Under the microscope
#
# Moved weights are a means. What they change is the probability of each **token**, and that can be seen:
# let the base model and yours look at the same summary, and take the log-probability of each token after
# training minus before. A change of +0.7 nats says twice as likely, −0.7 half.
#
# **Predict:** go back to the first step, to one post and its eight summaries. Which tokens are likelier
# now, which less likely?

# %%
quiz(*GUESSES[4])

# %% tags=["nbval-ignore-output"]
from helpers.widgets.microscope import microscope

scope = microscope(run)
show(
    scope.picture(),
    "Eight summaries of one post from the first step, with their advantages, the best first. Each token "
    "has a colour: blue and underlined is likelier after training, orange and dotted less likely.",
)

# %% [markdown]
# The microscope also says it in words, worked out from the same numbers: first what this one step pushed,
# then what all steps together have done.

# %% tags=["nbval-ignore-output"]
print(scope.words)

# %% [markdown]
# One group is an anecdote. Here is the mean change over the first ten steps, one group each, of what was
# pushed up at that time and of what was pushed down.

# %% tags=["nbval-ignore-output"]
changes = {1: [], 0: [], -1: []}
for step in scope.steps[:10]:
    scope.step = step
    for summary, tokens in zip(scope.state.completions, scope.tokens, strict=True):
        changes[summary.push].extend(tokens.change)

print(f"pushed up:   {mean(changes[1]):+.2f} nats a token, mean of {len(changes[1])} tokens")
print(f"pushed down: {mean(changes[-1]):+.2f} nats a token, mean of {len(changes[-1])} tokens")

# %%
assert MODEL != "tiny" or mean(changes[1]) > mean(changes[-1]) + 0.1, "up and down should have parted"
print("Up and down have parted." if mean(changes[1]) > mean(changes[-1]) else "They have not parted.")

# %% [markdown]
# What was pushed up need not have become likelier in itself: later steps may have found better summaries
# still, and the probabilities of all possible texts add up to 1. It kept its place better than what was
# pushed down.
#
# Now scrub through your run: drag the slider, or click it and press the arrow keys. Rest the mouse on a
# token for its numbers, or write them all out with the button.
#
# > **Note:** sliders need a running notebook. On a web page you see the picture above and no more.

# %% tags=["nbval-ignore-output"]
scope.step = 1
scope

# %% [markdown]
# ## Meeting the length is not summarizing
#
# The reward reads nothing. So here is a rival that reads nothing either: the first fifty characters of
# the post.
#
# **Predict:** who meets the length better, your model or the slice?

# %%
quiz(*GUESSES[5])

# %%
from helpers.evaluation import first_characters

slices = [first_characters(prompt[-1]["content"], 50) for prompt in posts["prompt"]]
for text in slices[:3]:
    print(f"{len(text):4} characters   {text}")

# %% [markdown]
# To tell a summary from a slice you need a measure that looks at content. **ROUGE-L** takes the longest
# sequence of words that text and reference share, in order but with gaps allowed, and puts it between 0
# and 1.

# %%
from helpers.text.rouge import rouge_l

reference = "Clara never cleans up. Should I buy paper plates?"
for text in (
    reference,
    "Clara never washes up. Do I buy plates?",
    "My housemate Clara and I share a small flat in Lis",
):
    print(f"{rouge_l(reference, text):.2f}   {text}")

# %% tags=["nbval-ignore-output"]
trained = load_policy(MODEL, run.adapter)
drawn = sample(trained, tokenizer, TLDR, posts, num_samples=1, max_new_tokens=LIMIT, label="after")
after = [texts[0] for texts in drawn.texts]

# %% [markdown]
# Four numbers for each: the mean distance to 50 characters, the share within ten of it, ROUGE-L, and the
# share of summaries that are **distinct**. That last one finds a model that answers every post with the
# same fifty characters.

# %% tags=["nbval-ignore-output"]
from helpers.metrics import score


def quality(texts):
    """Mean length error, share within 10 characters, mean ROUGE-L, share of distinct texts."""
    scores = score(TLDR, posts, [[text] for text in texts])
    names = ("length_error_chars", "within_10_chars", "rouge_l", "distinct")
    return [float(scores[name].mean()) for name in names]


print(f"{'':<22}{'length error':>14}{'within 10':>11}{'ROUGE-L':>9}{'distinct':>10}")
for name, texts in {"before": before, "after": after, "first 50 characters": slices}.items():
    print("{:<22}{:>14.1f}{:>11.2f}{:>9.2f}{:>10.2f}".format(name, *quality(texts)))

# %%
both = {"before": [len(text) for text in before], "after": [len(text) for text in after]}
show(
    length_histogram(both, ideal=50, what="summaries"),
    "Lengths of the summaries of the test posts before and after training; the ideal is 50.",
)

# %%
error = {name: quality(texts)[0] for name, texts in (("before", before), ("after", after), ("slice", slices))}
assert error["slice"] <= error["after"], "no model can be nearer to 50 than a text that is cut there"
assert MODEL != "tiny" or error["after"] < 0.5 * error["before"], "the length error is not even halved"
print(f"The slice misses the length by {error['slice']:.1f} characters: nothing is left for a model to win.")

# %% [markdown]
# On length alone the slice beats every model, and it is no summary. The reward never asked for content:
# what the model still says about the post is what it could say before.

# %% tags=["nbval-ignore-output"]
rouge, share = quality(after)[2] - quality(before)[2], quality(after)[3]
print(f"ROUGE-L changed by {rouge:+.2f}, and nobody had asked for it. Distinct summaries: {share:.0%}.")
print(
    "Fewer than half are distinct: this is a hack, not a summarizer."
    if share < 0.5
    else "More than half are distinct: it writes about the posts, it has not found one text for all of them."
)

# %%
assert MODEL != "tiny" or share >= 0.5, "one text for many posts: call it what it is, a hack"
print("Checked: the share of distinct summaries.")

# %% [markdown]
# Read some: here are the four posts whose summaries were furthest from the length before. The measure for
# "is this a good summary?" is still you.

# %% tags=["nbval-ignore-output"]
far_off = sorted(range(len(posts)), key=lambda number: reward_len([before[number]])[0])
for number in far_off[:4]:
    print(f"reference ({len(posts[number]['completion'])}): {posts[number]['completion']}")
    print(f"   before ({len(before[number])}): {before[number]}")
    print(f"    after ({len(after[number])}): {after[number]}\n")

# %% [markdown]
# `example_eval` shows the same for any run, *greedy*: the likeliest token each time. The likeliest
# summary may be the same before and after, since training first moves what comes out when the model
# *samples*.

# %% tags=["nbval-ignore-output"]
from helpers.evaluation import example_eval

examples = example_eval(run, n=2)

# %% [markdown]
# ## The recipe's other length reward
#
# The recipe has a second reward for length, the one in **tokens** that you know from notebook 02. Fifty
# tokens are a much longer text than fifty characters. What does it think of the summaries of your last step?

# %% tags=["nbval-ignore-output"]
from helpers.rewards import reward_token_length

texts, ids = [row["completion"] for row in rows], [row["token_ids"] for row in rows]
print(f"mean reward_len:          {mean(reward_len(texts)):6.1f}   ({mean(map(len, texts)):.0f} characters)")
by_tokens = mean(reward_token_length(texts, ids))
print(f"mean reward_token_length: {by_tokens:6.1f}   ({mean(map(len, ids)):.0f} tokens)")

# %%
assert MODEL != "tiny" or mean(map(len, ids)) < 40, "fifty characters should take far fewer than fifty tokens"
print("What one reward calls right, the other calls far too short: choose one.")

# %% [markdown]
# To train with it, change one line:
#
# ```python
# run = train("tldr", MODEL, reward_funcs=[reward_token_length])
# ```
#
# ## Another model
#
# `MODEL = "smollm-135m"` or `"llama-3.2-1b"` at the top runs this page on a real model and on the real
# data set (`SOURCE` becomes `"hub"`). You want a GPU for that. Each model brings its own settings:

# %%
names = (
    "learning_rate",
    "per_device_train_batch_size",
    "gradient_accumulation_steps",
    "max_steps",
    "num_train_epochs",
)
print(f"{'':<28}" + "".join(f"{name:>14}" for name in MODELS))
for name in names:
    print(f"{name:<28}" + "".join(f"{spec.options('tldr').get(name, '-')!s:>14}" for spec in MODELS.values()))

# %% [markdown]
# The real models train with the recipe's settings: a learning rate of 2e-5, and three epochs, which is three
# times through all posts. To save memory a batch holds only four completions, and the gradients of four such
# batches are added up before each step (*gradient accumulation*): 16 completions a step. A dash stands for a
# setting that is not used.
#
# The tiny model has settings of its own, found by trial: a far higher **learning rate** and so only a few
# **steps**, with a batch of 32 that fits in one go. Do not carry that learning rate over to a large model.
#
# ## Recap
#
# - GRPO learns from differences within a group: no spread, no lesson. A loss of 0 is normal, a spread of
#   0 is not.
# - Reward and length showed that training worked; spread, entropy, gradient and moved weights showed
#   *how*.
# - A reward buys what it measures and nothing else. Put a rival beside every result: a slice meets the
#   length too.
#
# **Exercises:** [exercises/03_train_tldr.ipynb](exercises/03_train_tldr.ipynb), three that check themselves;
# in the last one you train with a reward of your own, and a table says whether it beats `reward_len`.
#
# **Next:** [04_train_math.ipynb](04_train_math.ipynb), where the reward can tell right from wrong.
