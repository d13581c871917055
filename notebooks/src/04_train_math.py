# %% [markdown]
# # 04 · Train a solver of problems
#
# At the end a language model that mostly guesses works its sums out, because you rewarded nothing but
# right answers in the right format; and you know where that skill came from.
#
# **You will…**
# - train with two rewards at once, and watch what becomes of accuracy, format and length;
# - split the gain: how much is switching to a better way to answer, how much is answering better;
# - find out what was in the model before, and what GRPO did *not* teach.
#
# **Minutes:** 30 · **Hardware:** any computer; two processor cores are enough.

# %%
from helpers.models import MODELS, get_model, load_tokenizer
from helpers.sampling import load_policy, sample
from helpers.tasks import MATH

MODEL = "tiny"  # or "smollm-135m", "llama-3.2-1b": the section "The same on SmolLM" says what to expect
STEPS = None  # None: as many as the model's own settings say
SEED = 0
SOURCE = "sample" if MODEL == "tiny" else "hub"
LIMIT = get_model(MODEL).options("math").get("max_completion_length", MATH.max_completion_tokens)

# %% [markdown]
# ## The doctor's first look
#
# As in notebook 03, ask first what would go wrong. The line `pass@1, pass@8` is new: how many answers are
# right at once, and how many problems are solved at least once in eight tries. Where the two are far apart
# there is something to learn; where both are 0, GRPO finds nothing that it could raise.

# %% tags=["nbval-ignore-output"]
from helpers.doctor import doctor

report = doctor("math", MODEL, steps=STEPS, seed=SEED, source=SOURCE)
report

# %%
assert not report.red, "put right first what is red above"
print("Nothing is red: worth starting.")

# %% [markdown]
# ## Before training
#
# The model gets an instruction and a problem.

# %%
problems = MATH.load("test", SOURCE, 100)
for turn in problems[0]["prompt"]:
    print(f"{turn['role']:>7}: {turn['content']}")
print("   gold:", problems[0]["solution"])

# %% [markdown]
# Two rewards judge the answer: `reward_format` pays for the tags, whatever is inside; `reward_accuracy`
# pays for the right number, tags or not. GRPO gets their sum. Here is a problem whose answer is 72,
# answered in four ways.

# %%
from helpers.rewards import reward_accuracy, reward_format

answers = [
    "<think>27 + 40 = 67. 67 + 5 = 72.</think><answer>72</answer>",
    "27 + 40 = 67. 67 + 5 = 72. The answer is 72.",
    "<think>Not sure.</think><answer>64</answer>",
    "Not sure, but the answer is 64.",
]
print("format  accuracy")
for row in zip(reward_format(answers), reward_accuracy(answers, ["72"] * 4), answers, strict=True):
    print("{:6.0f}  {:8.0f}  {}".format(*row))

# %% [markdown]
# Two things vary here: the **format**, and the **way**: *worked*, with at least one equation, or a
# *guess*. Let the model answer the test problems, four times each, and count.

# %% tags=["nbval-ignore-output"]
tokenizer, base = load_tokenizer(MODEL), load_policy(MODEL)
before = sample(base, tokenizer, MATH, problems, num_samples=4, max_new_tokens=LIMIT, label="before")
for text in before.texts[0]:
    print(text)

# %% tags=["nbval-ignore-output"]
from statistics import mean


def table_of_ways(samples):
    """For each way and format: its share of all answers, how many are right, how long they are."""
    flat = [text for texts in samples.texts for text in texts]
    gold = [solution for solution in problems["solution"] for _ in samples.texts[0]]
    tokens = [count for counts in samples.tokens for count in counts]
    judged = list(zip(flat, reward_format(flat), reward_accuracy(flat, gold), tokens, strict=True))
    print(f"{'':<18}{'share':>7}{'right':>7}{'tokens':>8}")
    for way, tagged in ((way, tagged) for way in ("worked", "guess") for tagged in (1.0, 0.0)):
        mine = [row for row in judged if ("=" in row[0]) == (way == "worked") and row[1] == tagged]
        name, share = f"{way}, {'tagged' if tagged else 'untagged'}", len(mine) / len(judged)
        right, length = (mean(row[2] or 0 for row in mine), mean(row[3] for row in mine)) if mine else (0, 0)
        print(f"{name:<18}{share:>7.0%}{right:>7.0%}{length:>8.0f}" if mine else f"{name:<18}{share:>7.0%}")


table_of_ways(before)

# %%
from helpers.metrics import score

scores_before = score(MATH, problems, before)
for name, low, high in (("worked", 0.1, 0.9), ("format", 0.2, 0.7), ("accuracy", 0.1, 0.5)):
    assert MODEL != "tiny" or low < scores_before[name].mean() < high, f"{name} of the base model is unusual"
print("It works and it guesses, with tags and without: GRPO has something to choose from.")

# %% [markdown]
# **Predict:** two rewards of 0 or 1, simply added, and neither mentions length. Will the answers become
# longer or shorter?

# %%
from helpers.guesses.maths import GUESSES
from helpers.widgets.quiz import quiz

quiz(*GUESSES[1])

# %% [markdown]
# And which rises first, format or accuracy? You will see both.
#
# ## Train
#
# The live view now shows the reward with its two parts. Under the curves stands one group of the latest
# step, and beside it one problem that is asked again and again: watch *how* its answers change.

# %% tags=["nbval-ignore-output"]
from helpers.training import train
from helpers.widgets.live import live_view

ask = {"steps": STEPS, "seed": SEED, "source": SOURCE, "keep_completions": 32}
run = train("math", MODEL, watch=live_view(), **ask)

# %%
from helpers.plots import before_after, show, training_curve

curve = [{name: row[name] for name in ("step", "reward", "length")} for row in run.curve]
show(
    training_curve(curve, {"reward": "reward (0 to 2)", "length": "length (tokens)"}),
    "Mean reward and mean completion length at each training step; the thick line is the mean of five steps.",
)

# %% [markdown]
# Reward and length rise. Look at samples, one from each group of a step, with the two rewards they got:

# %% tags=["nbval-ignore-output"]
SIZE, LAST = run.record["config"]["num_generations"], len(run.curve)
for step in (1, LAST // 2, LAST):
    print(f"step {step}: format, accuracy")
    for row in [row for row in run.completions if row["step"] == step][::SIZE]:
        paid = "  ".join(f"{row['rewards'][name] or 0:.0f}" for name in ("reward_format", "reward_accuracy"))
        print(f"  {paid}  {row['completion']}")

# %% [markdown]
# ## Three curves that rise together
#
# The reward is a sum. Take it apart:

# %%
THREE = {
    "reward_format_mean": "format (share)",
    "reward_accuracy_mean": "accuracy (share)",
    "length": "length (tokens)",
}
curve = [{name: row[name] for name in ("step", *THREE)} for row in run.curve]
show(
    training_curve(curve, THREE),
    "Share in the right format, share with the right answer, and mean length, at each training step.",
)


# %% tags=["nbval-ignore-output"]
def first_and_last(name):
    """Means of a column of the curve: its first five steps, its last ten."""
    values = run.column(name)
    return mean(values[:5]), mean(values[-10:])


def halfway(name):
    """The first step whose five-step mean has made half of the way from start to end."""
    values, (start, end) = run.column(name), first_and_last(name)
    means = [mean(values[max(0, i - 4) : i + 1]) for i in range(len(values))]
    there = [(value - start) * (end - start) >= (end - start) ** 2 / 2 for value in means]
    return there.index(True) + 1


for name, label in THREE.items():
    print(f"{label:<18}{'{:6.2f} -> {:6.2f}'.format(*first_and_last(name))}, halfway at step {halfway(name)}")

# %%
rise = {name: first_and_last(name)[1] - first_and_last(name)[0] for name in THREE}
if MODEL == "tiny":
    assert rise["reward_accuracy_mean"] > 0.15, f"accuracy rose by {rise['reward_accuracy_mean']:.2f} only"
    assert rise["reward_format_mean"] > 0.2, f"format rose by {rise['reward_format_mean']:.2f} only"
    assert rise["length"] > 1.5, f"completions grew by {rise['length']:.1f} tokens only"
    assert first_and_last("reward_format_mean")[1] > 0.9 and first_and_last("reward_accuracy_mean")[1] > 0.6
print("Accuracy, format and length have risen together." if min(rise.values()) > 0 else "Not all rose.")

# %% [markdown]
# The lines above say which was first in your run. Length was not rewarded at all: that it rises with
# accuracy tells you that the *way* of answering changes.
#
# Groups in which all eight answers are right and tagged are dead, as you know from 03: they have no
# spread and teach nothing more. **Predict:** what do dead groups and entropy do as the model gets better?

# %%
quiz(*GUESSES[2])

# %%
show(
    training_curve(run.curve, {"dead_groups": "dead groups (share)", "entropy": "entropy (nats)"}),
    "Share of groups whose eight completions all got the same reward, and entropy, at each training step.",
)

# %% tags=["nbval-ignore-output"]
(early, late), (unsure, sure) = first_and_last("dead_groups"), first_and_last("entropy")
print(f"dead groups: {early:.0%} in the first five steps, {late:.0%} in the last ten")
print(f"entropy:     {unsure:.2f} nats a token, then {sure:.2f}")

# %%
assert MODEL != "tiny" or (late > early and sure < 0.5 * unsure)
print("More groups die, and the model grows sure." if late > early and sure < unsure else "Look above.")

# %% [markdown]
# That is what an end looks like: there is one right number, and a model that is sure of it has nothing
# left to compare. More steps on these problems would buy little.
#
# ## Under the microscope
#
# So much for curves. What did training do to the *tokens*? The microscope from 03 shows how the
# log-probability of each token has changed. Below it stands in words what this one step pushed, and what all
# steps together have done. The two may differ: a right answer without tags is pushed up while most of its
# group earn less, and down once they earn more.
#
# **Predict:** an answer has about thirty tokens. Which of them moved most?

# %%
quiz(*GUESSES[3])

# %% tags=["nbval-ignore-output"]
from helpers.widgets.microscope import microscope

scope = microscope(run)
show(
    scope.picture(),
    "Eight answers to one problem from the first step, with their advantages, the best first. Each token "
    "has a colour: blue and underlined is likelier after training, orange and dotted less likely.",
)

# %% tags=["nbval-ignore-output"]
print(scope.words)

# %% tags=["nbval-ignore-output"]
from math import exp

first, others, certain = [], [], []
for step in scope.steps[:10]:
    scope.step = step
    for tokens in scope.tokens:
        first.append(abs(tokens.change[0]))
        others.extend(map(abs, tokens.change[1:]))
        certain.extend(exp(before) > 0.9 for before in tokens.before[1:])

print(f"first token of an answer: moved by {mean(first):.2f} nats, mean of {len(first)}")
print(f"all other tokens:         moved by {mean(others):.2f} nats, mean of {len(others)}")
print(f"other tokens with a probability above 90% before training: {mean(certain):.0%}")

# %%
assert MODEL != "tiny" or mean(first) > 3 * mean(others), "the first token should have moved most"
assert MODEL != "tiny" or mean(certain) > 0.7, "most other tokens should have been certain"
print("The first token moved most." if mean(first) > mean(others) else "It is not the first token.")

# %% [markdown]
# With its first token this model takes a fork: into tags or not, and often into working or guessing. That
# is where training acts. Most of what follows was all but certain once the way was chosen.
#
# A dead group has a story too:

# %% tags=["nbval-ignore-output"]
for step in scope.steps:
    scope.step = step
    if scope.state.dead:
        break
print(f"Step {scope.step}. {scope.words}")

# %% [markdown]
# Scrub through your run: drag the slider, or click it and press the arrow keys. (It needs a running
# notebook.) Find a step that pushed *down* an answer whose number is right: what was wrong with it?

# %% tags=["nbval-ignore-output"]
scope.step = 1
scope

# %% [markdown]
# ## Where the gain comes from
#
# **Predict:** did the model learn to calculate better, or did it only stop guessing?

# %%
quiz(*GUESSES[4])

# %% [markdown]
# Let the trained model answer the same problems.

# %% tags=["nbval-ignore-output"]
trained = load_policy(MODEL, run.adapter)
after = sample(trained, tokenizer, MATH, problems, num_samples=4, max_new_tokens=LIMIT, label="after")
table_of_ways(after)

# %% [markdown]
# Accuracy is a mix: the share of worked answers times how often those are right, plus the share of
# guesses times how often *they* are right. So its gain has two parts. **Switching**: the mix changes, at
# the old skill. **Working better**: each way gets more answers right, in the new mix.
#
# (In this picture and the next, the thin black bars are 95 % intervals of the change: what it might have been
# with other problems. Notebook 05 shows how they are made.)

# %%
import inspect
from helpers.metrics import compare, gain_split

print(inspect.getsource(gain_split))

# %% tags=["nbval-ignore-output"]
table = compare(scores_before, score(MATH, problems, after))
gain = gain_split(table)
print("accuracy: {before:.2f} before, {after:.2f} after".format(**table["accuracy"]))
print("gain: {total:+.2f} = switching {switching:+.2f}, working better {working_better:+.2f}".format(**gain))

# %%
show(
    before_after(
        {name: table[name] for name in ("accuracy", "worked", "accuracy_worked")},
        {"worked": "share worked", "accuracy_worked": "accuracy if worked"},
    ),
    "Accuracy, share of worked answers, and accuracy of the worked answers alone, before and after training.",
)

# %%
assert abs(gain["total"] - table["accuracy"]["diff"]) < 1e-4, "the two parts are the whole gain"
if MODEL == "tiny":
    assert gain["total"] > 0.3, f"accuracy on held-out problems rose by {gain['total']:.2f} only"
    assert gain["switching"] > 0.1, f"switching brought {gain['switching']:.2f} only"
    assert gain["working_better"] > 0.1, f"working better brought {gain['working_better']:.2f} only"
print("Switching and working better add up to the gain.")

# %% tags=["nbval-ignore-output"]
print("The larger part of the gain is", max(("switching", "working_better"), key=gain.get).replace("_", " "))

# %% [markdown]
# ## Longer answers, or deeper thought?
#
# The answers have become longer. It is tempting to say that the model now *thinks* longer. Look at the
# length **within each way**:

# %% tags=["nbval-ignore-output"]
for name, label in (("length_tokens", "all answers"), ("length_worked", "worked"), ("length_guess", "guess")):
    lengths = [table[name][when] for when in ("before", "after")]
    print(f"{label:<12}", " -> ".join("none" if x is None else f"{x:.1f}" for x in lengths), "tokens")

# %%
show(
    before_after(
        {name: table[name] for name in ("length_tokens", "length_worked")},
        {"length_tokens": "all answers (tokens)", "length_worked": "worked ones (tokens)"},
    ),
    "Mean length of all answers before and after training, and of the worked answers alone.",
)

# %%
whole, within = table["length_tokens"]["diff"], table["length_worked"]["diff"]
assert MODEL != "tiny" or whole > 3, f"completions grew by {whole:.1f} tokens only"
assert MODEL != "tiny" or abs(within) < 0.4 * whole, "the length of a worked answer changed a lot"
print("The change of mix did more than the workings did." if abs(within) < whole else "Look at both lines.")

# %% [markdown]
# Short guesses made way for long workings, and the mean grew with them. A worked answer is about as long
# as before: this is a change of habit, not deeper thought.
#
# ## What was there before
#
# Is this model self-taught? Its makers wrote down what they did (`warmup.json`).

# %%
import json
from pathlib import Path

record = Path(get_model("tiny").location) / "warmup.json"
warmup = json.loads(record.read_text(encoding="utf-8"))
for phase in warmup["phases"]:
    print(
        f"phase {phase['phase']!r}: {phase['steps']} steps; guesses among its answers: {phase['guess']:.0%}"
    )
ceiling, start = warmup["ceiling"], warmup["base"]
print(f"after the first phase: accuracy {ceiling['accuracy']:.2f} with one sample")
print(
    f"after the second:      {start['accuracy']:.2f} with one, {start['pass_at_64']:.2f} with the best of 64"
)

# %% [markdown]
# **The honest paragraph.** The skill was taught. In the first phase of its warm-up the model learned from
# worked solutions to calculate, and could do it well: that is the *ceiling* below. The second phase
# *diluted* this on purpose, with guesses, slips and missing tags, until most answers came out wrong. GRPO
# then got a reward and nothing else, no solution and no hint, and *elicited* the skill again. It invents
# nothing: it can only reinforce what some sample gets right. How often that is the case says *pass@64*,
# the share of problems for which at least one of 64 samples of the base model is right. (These numbers are
# from all 200 test problems. You asked 100 of them, four times each, so your "before" may differ a little.)

# %%
curve = [{name: row[name] for name in ("step", "reward_accuracy_mean")} for row in run.curve]
ax = training_curve(curve, {"reward_accuracy_mean": "accuracy (share)"})[0]
if MODEL == "tiny":
    ax.axhline(ceiling["accuracy"], color="black", ls=":", label="before dilution (ceiling)")
    ax.axhline(start["pass_at_64"], color="black", ls="--", label="base model, pass@64")
    ax.legend(loc="lower right")
show(ax, "Accuracy at each training step; lines: the checkpoint before dilution, the base model's pass@64.")

# %% tags=["nbval-ignore-output"]
print(f"accuracy of your trained model: {table['accuracy']['after']:.2f}")

# %%
assert start["pass_at_64"] > start["accuracy"] and ceiling["accuracy"] > start["accuracy"]
assert MODEL != "tiny" or table["accuracy"]["after"] <= start["pass_at_64"] + 0.02
print("What the model does reliably now, it could do now and then before.")

# %% [markdown]
# Hold the large models against this: their warm-up is called pre-training, and much of what GRPO brings
# to light there was read somewhere before.
#
# ## See for yourself
#
# Two test problems, greedy (the likeliest token each time), the base model beside yours:

# %% tags=["nbval-ignore-output"]
from helpers.evaluation import example_eval

examples = example_eval(run, n=2)

# %% [markdown]
# ## The same on SmolLM
#
# One name changes: `MODEL = "smollm-135m"`. The rest follows from it, the data (`SOURCE` becomes `"hub"`,
# the real NuminaMath-TIR) and the settings:

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
    print(f"{name:<28}" + "".join(f"{spec.options('math').get(name, '-')!s:>14}" for spec in MODELS.values()))

# %% [markdown]
# What to expect: *not measured here yet.* Three things are known beforehand. You want a GPU. SmolLM has
# never seen these tags, so at first the format reward may be 0 for whole groups, and a group without
# spread teaches nothing: look at `dead_groups` before anything else. And competition problems are hard
# for a model of this size: where pass@8 is near 0, so is what accuracy can gain. Format is likely to move
# first.
#
# ## Recap
#
# - Two rewards, simply added, and nothing but them: accuracy, format and length rose together.
# - A gain has parts. Split it before you tell a story about it, and look at length within each way of
#   answering.
# - GRPO elicits what a model can do now and then; it makes it reliable. pass@64 tells beforehand what is
#   in reach.
#
# **Exercises:** [four functions that check themselves](exercises/04_train_math.ipynb): the parts of a gain
# and of a length, golds that nobody can earn, and a reward of yours on a board beside the recorded ones.
#
# **Next:** [05_evaluate.ipynb](05_evaluate.ipynb): was it luck?
