# %% [markdown]
# # 05 · Evaluate what you trained
#
# At the end you have a table of what training changed, with an interval around each number, and you know
# which of its lines you may believe.
#
# **You will…**
# - measure your own runs before and after, on the same held-out prompts, which no training has seen;
# - build the 95 % interval of a difference yourself: the paired bootstrap;
# - hold GRPO against its rivals, supervised fine-tuning and rejection sampling, and rewards against each
#   other;
# - look where an average hides something: other seeds, unfamiliar problems, kinds of problems, single
#   answers.
#
# **Minutes:** 45 · **Hardware:** any computer; two processor cores are enough.

# %% [markdown]
# ## Which runs?
#
# If you trained in notebooks 03 and 04, this page measures *your* newest runs. If not, it takes the
# recorded ones that ship with the workbook, and says so.

# %% tags=["nbval-ignore-output"]
from helpers.runs import find_run

MODEL = "tiny"  # or "smollm-135m", "llama-3.2-1b", once you have trained them
runs = {task: find_run(task, MODEL) for task in ("tldr", "math")}
for task, run in runs.items():
    print(f"{task}: {run.label}, {run.path.name}, seed {run.seed}, {len(run.curve)} steps")

# %%
assert all(run.finished and run.model == MODEL for run in runs.values())
print("Where it says `shipped record`, the numbers below are of a model that somebody else trained.")

# %% [markdown]
# ## How sure is a difference?
#
# Start small: 40 problems that neither training nor warm-up has seen, eight answers to each, from the
# model before and after training.

# %% tags=["nbval-ignore-output"]
from helpers.evaluation import find_trained, sample, score
from helpers.models import load_tokenizer
from helpers.sampling import load_policy

maths = find_trained(runs["math"])
rows = maths.task.load("validation", runs["math"].record["source"], 40)
limit = runs["math"].record["config"]["max_completion_length"]
right = {}
for name, model in (("before", load_policy(maths.base)), ("after", maths.trained())):
    drawn = sample(model, load_tokenizer(maths.base), maths.task, rows, max_new_tokens=limit, label=name)
    right[name] = score(maths.task, rows, drawn)["accuracy"]  # for each problem, the share of 8 that is right

# %% tags=["nbval-ignore-output"]
differences = right["after"] - right["before"]
print("the first ten problems, after minus before:", differences[:10])
print(f"mean of all {len(differences)}: {differences.mean():+.3f}")

# %% [markdown]
# **Predict:** with 40 other problems the mean would have come out differently. By how much: 0.01, 0.1, or
# 0.3?

# %%
from helpers.guesses.evaluate import GUESSES
from helpers.widgets.quiz import quiz

quiz(*GUESSES[1])

# %% [markdown]
# You have no other problems, but you can draw 40 *from these 40*, with replacement: some come twice, some
# not at all. That is the **bootstrap**. Each draw shows one more way in which it could have come out.

# %% tags=["nbval-ignore-output"]
import numpy as np

chance = np.random.default_rng(0)
for _ in range(5):
    print(f"{chance.choice(differences, size=len(differences)).mean():+.3f}", end="  ")

# %% [markdown]
# Do it 2,000 times, and leave out the lowest 2.5 % and the highest 2.5 %: what remains is the **95 %
# interval**.

# %% tags=["nbval-ignore-output"]
means = [chance.choice(differences, size=len(differences)).mean() for _ in range(2000)]
low, high = np.quantile(means, [0.025, 0.975])
print(f"difference {differences.mean():+.3f}, 95 % interval [{low:+.3f}, {high:+.3f}]")

# %%
from helpers.plots import before_after, length_histogram, several_seeds, show

ax = length_histogram(means, what="bootstrap draws")
for end in (low, high):
    ax.axvline(end, color="black", ls="--", lw=1.2)
ax.set_xlabel("mean difference in accuracy (share)")
show(ax, "Mean differences of 2,000 bootstrap draws; the dashed lines enclose 95 % of them.")

# %%
from helpers.metrics import paired_bootstrap

theirs = paired_bootstrap(right["before"], right["after"])
assert max(abs(mine - other) for mine, other in zip((differences.mean(), low, high), theirs)) < 0.03
assert MODEL != "tiny" or 0.02 < (high - low) / 2 < 0.15, "an unusual width"
print("The workbook's paired_bootstrap agrees with your three cells.")

# %% [markdown]
# It is called *paired* because a problem's before and after stay together: each problem is compared with
# itself, so it does not matter that some problems are hard and others easy.
#
# **When the interval holds zero**, the data fit a gain as well as a loss. Then say **inconclusive**, not
# "slightly better".
#
# ## Before and after
#
# Now in earnest: 200 test prompts, eight samples each. The base model answers the same prompts, and
# everything is counted for both.

# %% tags=["nbval-ignore-output"]
from helpers.evaluation import evaluate

results = {task: evaluate(run) for task, run in runs.items()}

# %% tags=["nbval-ignore-output"]
from helpers.ledger.report import lines

print(f"math ({runs['math'].label})\n" + "\n".join(lines(results["math"])))

# %% [markdown]
# `format` and `accuracy` stand apart, because they are different things: an untagged right answer counts
# for accuracy, a wrong answer in tags for format. Their sum, the reward, would not tell you which of the
# two you got. (A dash in the table: nothing was there to be measured, such as guesses where none are left.)

# %%
math = results["math"]
show(
    before_after(
        {name: math[name] for name in ("accuracy", "format", "length_tokens")},
        {"accuracy": "accuracy (share)", "format": "format (share)", "length_tokens": "length (tokens)"},
    ),
    "Accuracy, format and completion length on the test problems before and after; bars: 95 % of the change.",
)

# %%
for name in ("accuracy", "format", "length_tokens"):
    entry = math[name]
    assert entry["ci_low"] <= entry["diff"] <= entry["ci_high"] and entry["n"] >= 99
    assert MODEL != "tiny" or entry["ci_low"] > 0, f"{name} did not rise in {runs['math'].path.name}"
print("Accuracy, format and length: each interval is clear of zero." if MODEL == "tiny" else "See the table.")

# %% tags=["nbval-ignore-output"]
print(f"tldr ({runs['tldr'].label})\n" + "\n".join(lines(results["tldr"])))

# %%
tldr = results["tldr"]
show(
    before_after(
        {name: tldr[name] for name in ("length_error_chars", "within_10_chars", "rouge_l")},
        {
            "length_error_chars": "length error\n(characters)",
            "within_10_chars": "within 10\ncharacters (share)",
            "rouge_l": "ROUGE-L\n(0 to 1)",
        },
    ),
    "Length error, share within ten characters, and ROUGE-L, before and after; bars: 95 % of the change.",
)

# %%
entry = tldr["length_error_chars"]
assert entry["ci_low"] <= entry["diff"] <= entry["ci_high"] and entry["n"] >= 99
assert MODEL != "tiny" or entry["ci_high"] < 0, f"the length error did not fall in {runs['tldr'].path.name}"
print("The length error fell: its interval is clear of zero." if MODEL == "tiny" else "See the table.")

# %% tags=["nbval-ignore-output"]
rouge = tldr["rouge_l"]
verdict = "up" if rouge["ci_low"] > 0 else "down" if rouge["ci_high"] < 0 else "inconclusive"
print(f"ROUGE-L: {verdict}. The reward asked for a length, so nobody promised this one.")

# %% [markdown]
# ## One sample, eight samples, greedy
#
# **pass@1** is the share of samples that are right: the accuracy above. **pass@8** asks whether *any* of
# the eight is. What lies between them is what a model can do now and then, but not reliably.
#
# **Predict:** what does training raise more, pass@1 or pass@8? (Both stand in the table above: guess first,
# and say why.)

# %%
quiz(*GUESSES[2])

# %% tags=["nbval-ignore-output"]
ONE = {"accuracy": "pass@1, mean of 8 samples", "pass_at_8": "pass@8", "accuracy_greedy": "greedy"}
line = "{:<28}{before:.3f} -> {after:.3f}   change {diff:+.3f} [{ci_low:+.3f}, {ci_high:+.3f}]"
for name, label in ONE.items():
    print(line.format(label, **math[name]))

# %%
assert MODEL != "tiny" or math["accuracy"]["diff"] > math["pass_at_8"]["diff"]
assert math["pass_at_8"]["after"] >= math["accuracy"]["after"]
print("pass@1 rose more: what was possible before has become reliable." if MODEL == "tiny" else "See above.")

# %% [markdown]
# *Greedy* takes the likeliest token each time: one answer, without chance. The base model's greedy answer
# hides that it mixes two ways of answering, since the likelier way always wins. It often reads higher,
# too. So report both, and say which is which.
#
# ## The rivals
#
# Before you praise a trained model, ask what costs no training. For the problems: sample eight answers of
# the **base** model and take the majority. For the summaries: cut the post after fifty characters.

# %% tags=["nbval-ignore-output"]
for name, rival in math["rivals"].items():
    print(f"{name}, base model: {rival['before']:.3f}; trained, one sample: {math['accuracy']['after']:.3f}")
for name, rival in tldr["rivals"].items():
    print(f"{name}: length error {rival['length_error_chars']:.1f}, ROUGE-L {rival['rouge_l']:.3f}")
error, rouge = (tldr[name]["after"] for name in ("length_error_chars", "rouge_l"))
print(f"trained, one sample: length error {error:.1f}, ROUGE-L {rouge:.3f}")

# %%
rival = next(iter(tldr["rivals"].values()))
assert rival["length_error_chars"] <= tldr["length_error_chars"]["after"]
print("On length nothing beats the slice. That is the limit of the reward, not the merit of the slice.")

# %% [markdown]
# ## Was it luck? More seeds
#
# The interval above is about *prompts*: with others, where might it have come out? It says nothing about
# *training*: with another seed the model samples other groups and learns along another path. The workbook
# ships recorded runs of several seeds, with the score of every prompt before and after. They are read from
# `data/runs`; nothing is trained or sampled from here to the last section.

# %%
from helpers.ledger.tables import Scores, recorded

records = {task: recorded(task) for task in ("math", "tldr")}
KEY = {"math": ("accuracy", "format", "length_tokens"), "tldr": ("length_error_chars", "rouge_l")}
for task, names in KEY.items():
    print(f"{task:<8}" + "".join(f"{name:>24}" for name in names) + "   (before -> after)")
    for run in records[task]:
        found = [run.record["evaluation"]["test"][name] for name in names]
        cells = [f"{entry['before']:.3f} -> {entry['after']:.3f}" for entry in found]
        print(f"  seed {run.seed}" + "".join(f"{cell:>24}" for cell in cells))

# %%
show(
    several_seeds({f"seed {run.seed}": run.curve for run in records["math"]}),
    "Reward at each training step of the maths task, for each recorded seed.",
)

# %%
show(
    several_seeds({f"seed {run.seed}": run.curve for run in records["tldr"]}),
    "Reward at each training step of the summaries task, for each recorded seed.",
)

# %% [markdown]
# **Predict:** draw prompts *and* seeds anew in every resample. Does the interval get much wider?

# %%
quiz(*GUESSES[3])

# %%
from helpers.pictures.comparisons import forest, grouped_bars
from helpers.ledger.intervals import change

math_test = Scores(records["math"], "test")
befores, afters = (math_test.columns("accuracy", when) for when in ("before", "after"))
spread = {f"seed {run.seed}": change([b], [a]) for run, b, a in zip(records["math"], befores, afters)}
spread["all seeds"] = change(befores, afters)
show(
    forest(spread, "change in accuracy (share), 95 % interval"),
    "Change in accuracy of each recorded seed, interval over prompts; last, over seeds and prompts.",
)

# %%
assert all(one.low <= one.mean <= one.high for one in spread.values())
for name, one in spread.items():
    print(f"{name:<10} {one.mean:+.3f} [{one.low:+.3f}, {one.high:+.3f}]  {one.verdict}")

# %% [markdown]
# Where the seeds agree, drawing them anew adds little; where they do not, one seed's interval is too
# narrow.

# %% [markdown]
# ## Far from home
#
# The test problems come from the same generator as the training problems, with numbers that neither has
# seen. The **far** split does not: larger numbers, more steps, other stories, and fifty rows written by
# hand.
#
# **Predict:** how much of the gain is left there?

# %%
quiz(*GUESSES[4])

# %%
FAR = {"math": ("format", "worked", "accuracy"), "tldr": ("length_error_chars", "rouge_l")}
far = {task: Scores(records[task], "far") for task in FAR}
changes = {f"{task}: {name}": far[task].change(name) for task, names in FAR.items() for name in names}
for label, one in changes.items():
    print(f"{label:<26} {one.mean:+7.3f} [{one.low:+.3f}, {one.high:+.3f}]  {one.verdict}")

# %%
shares = {label: one for label, one in changes.items() if "chars" not in label}
show(
    forest(shares, "change on far prompts (share; ROUGE-L from 0 to 1)"),
    "Change on the far split with 95 % intervals over seeds and prompts: format, worked, accuracy, ROUGE-L.",
)

# %%
assert changes["math: format"].low > 0 and changes["math: worked"].low > 0
assert far["math"].mean("accuracy") < 0.1
print(f"Problems: more in the format, more worked, {far['math'].mean('accuracy'):.3f} of them right.")
rival = records["tldr"][0].record["evaluation"]["far"]["rivals"]["first_50_chars"]
assert changes["tldr: length_error_chars"].high < 0
rouge = far["tldr"].mean("rouge_l")
print(f"Posts: nearer to the length; ROUGE-L {rouge:.3f}, and a plain slice has {rival['rouge_l']:.3f}.")

# %% [markdown]
# The *habits* travel part of the way: the format, working instead of guessing. The *skill* does not: the
# warm-up never taught these numbers and stories, and a reward cannot bring out what is not there.
#
# Here is all that was measured, near and far, from the same records, with intervals over seeds and prompts. (At
# temperature 1, as in training, the model draws by its own odds; towards 0 it becomes greedy.)
#
# <!-- ledger:results -->
# | Maths | before | after | change [95 % interval] | after, each seed |
# | --- | --- | --- | --- | --- |
# | tiny, test: right answers, pass@1 (share) | 0.285 | 0.904 | +0.619 [+0.586, +0.652] | 0.911 / 0.891 / 0.908 / 0.883 / 0.929 |
# | tiny, test: right at least once in 8, pass@8 (share) | 0.845 | 0.991 | +0.146 [+0.099, +0.198] | 0.995 / 0.995 / 0.985 / 0.990 / 0.990 |
# | tiny, test: format kept (share) | 0.397 | 0.996 | +0.599 [+0.571, +0.624] | 0.997 / 0.994 / 0.996 / 0.995 / 0.996 |
# | tiny, test: length (tokens) | 23.8 | 36.4 | +12.7 [+11.6, +13.7] | 36.4 / 36.4 / 36.5 / 36.4 / 36.5 |
# | tiny, far: right answers, pass@1 (share) | 0.001 | 0.001 | -0.001 [-0.003, +0.002] inconclusive | 0.000 / 0.001 / 0.001 / 0.001 / 0.002 |
# | tiny, far: right at least once in 8, pass@8 (share) | 0.010 | 0.004 | -0.006 [-0.021, +0.008] inconclusive | 0.000 / 0.005 / 0.005 / 0.005 / 0.005 |
# | tiny, far: format kept (share) | 0.044 | 0.689 | +0.645 [+0.574, +0.706] | 0.689 / 0.589 / 0.694 / 0.749 / 0.724 |
# | tiny, far: length (tokens) | 17.8 | 28.9 | +11.1 [+9.467, +12.7] | 27.9 / 27.1 / 29.8 / 31.0 / 28.8 |
# | SmolLM-135M | not measured | not measured | not measured | not measured |
# | Llama-3.2-1B | not measured | not measured | not measured | not measured |
#
# *tiny: seeds 0, 1, 2, 3, 4: 60 steps of training in 53 / 69 / 84 / 57 / 55 s on 1 core of AMD EPYC; torch 2.13.0+cpu, transformers 5.17.0, trl 1.16.0; commit 18ddc79502. 200 prompts a split, 8 completions each at temperature 1. Intervals: 95 %, bootstrap over seeds and prompts.*
#
# | Summaries | before | after | change [95 % interval] | after, each seed |
# | --- | --- | --- | --- | --- |
# | tiny, test: distance from 50 (characters) | 40.3 | 12.5 | -27.8 [-30.3, -25.6] | 12.5 / 13.1 / 12.4 / 12.3 / 12.0 |
# | tiny, test: within 10 characters of 50 (share) | 0.213 | 0.513 | +0.300 [+0.271, +0.330] | 0.514 / 0.494 / 0.517 / 0.521 / 0.521 |
# | tiny, test: ROUGE-L against the reference | 0.386 | 0.401 | +0.014 [-0.001, +0.030] inconclusive | 0.401 / 0.394 / 0.406 / 0.401 / 0.402 |
# | tiny, test: distinct greedy summaries (share) | 0.980 | 0.983 | +0.003 [-0.009, +0.015] inconclusive | 0.985 / 0.980 / 0.985 / 0.980 / 0.985 |
# | tiny, far: distance from 50 (characters) | 29.8 | 16.0 | -13.7 [-15.4, -12.1] | 16.4 / 17.1 / 14.4 / 16.2 / 16.1 |
# | tiny, far: within 10 characters of 50 (share) | 0.229 | 0.409 | +0.180 [+0.141, +0.221] | 0.422 / 0.354 / 0.464 / 0.414 / 0.394 |
# | tiny, far: ROUGE-L against the reference | 0.075 | 0.070 | -0.005 [-0.009, +0.000] inconclusive | 0.068 / 0.069 / 0.074 / 0.073 / 0.069 |
# | tiny, far: distinct greedy summaries (share) | 0.935 | 0.947 | +0.012 [-0.020, +0.044] inconclusive | 0.955 / 0.920 / 0.940 / 0.955 / 0.965 |
# | SmolLM-135M | not measured | not measured | not measured | not measured |
# | Llama-3.2-1B | not measured | not measured | not measured | not measured |
#
# *tiny: seeds 0, 1, 2, 3, 4: 40 steps of training in 29 / 39 / 45 / 21 / 37 s on 1 core of AMD EPYC; torch 2.13.0+cpu, transformers 5.17.0, trl 1.16.0; commit 18ddc79502. 200 prompts a split, 8 completions each at temperature 1. Intervals: 95 %, bootstrap over seeds and prompts.*
# <!-- /ledger -->
#
# ## Is reinforcement learning worth it?
#
# GRPO needs a reward and much sampling. Two simpler ways lead from the same base model, with the same LoRA
# and as many gradient steps, to the same test:
#
# - **SFT on gold**: supervised fine-tuning on the training split's own answers (for maths, the worked
#   solution put into the tags). The model is shown each answer, and every token of it is made likelier. It
#   needs someone to write the answers.
# - **Rejection sampling**: draw from the *base* model as many completions as GRPO draws, for the same
#   prompts; keep the rewarded ones; fine-tune on those. Like GRPO, it needs nothing but the reward. For
#   maths, what earned both rewards is kept; for summaries, the best of each group of eight.
#
# What exactly each is shown:

# %%
import inspect

from helpers.baselines import rejection, supervised

print(inspect.getsource(supervised.gold_text))
print(inspect.getsource(rejection.keep))

# %% [markdown]
# **Predict:** order the three by accuracy on the test problems. And by length error on the summaries, where
# the golds have lengths of their own? (Each method trains at a learning rate of its own; further down you see
# who chose it.)

# %%
quiz(*GUESSES[5])

# %%
from helpers.ledger.comparing import methods
from helpers.ledger.tables import METHODS

rivals = {task: methods(task) for task in ("math", "tldr")}
near = {task: {m: Scores(found, "test") for m, found in rivals[task].items()} for task in rivals}
away = {task: {m: Scores(found, "far") for m, found in rivals[task].items()} for task in rivals}
for task, name in (("math", "accuracy"), ("tldr", "length_error_chars")):
    base = near[task]["grpo"].columns(name, "before")[0]
    same = [column == base for one in near[task].values() for column in one.columns(name, "before")]
    assert all(same), "the base model's scores differ: not the same prompts, or not the same samples"
    print(f"{task}: {len(same)} runs, one base model, the same {len(base)} test prompts")

# %%
def bars(task, name):
    """The metric of every method on both splits, the base model's first."""
    splits = {"test": near, "far": away}
    values = {"base": {split: scores[task]["grpo"].mean(name, "before") for split, scores in splits.items()}}
    for method, label in METHODS.items():
        values[label] = {split: scores[task][method].mean(name) for split, scores in splits.items()}
    return values


show(
    grouped_bars(bars("math", "accuracy"), "right answers (share)"),
    "Accuracy of base model, SFT on gold, rejection sampling and GRPO on test and far problems.",
)

# %%
show(
    grouped_bars(bars("tldr", "length_error_chars"), "distance from 50\n(characters)", digits=1),
    "Length error of base model, SFT on gold, rejection sampling and GRPO on test and far posts.",
)

# %% [markdown]
# The bars hide how sure one can be. So subtract, prompt by prompt:

# %%
over = {}
for task, name in (("math", "accuracy"), ("math", "format")):
    for method in ("sft", "rejection"):
        over[f"{name}, over {METHODS[method]}"] = near[task]["grpo"].over(near[task][method], name)
show(
    forest(over, "GRPO minus the rival on test problems (share)"),
    "GRPO minus SFT on gold and minus rejection sampling: accuracy and format, 95 % intervals.",
)

# %%
for label, one in over.items():
    assert one.low <= one.mean <= one.high
    print(f"{label:<32} {one.mean:+.3f} [{one.low:+.3f}, {one.high:+.3f}]  {one.verdict}")

# %% [markdown]
# What GRPO added, as the records have it:
#
# <!-- ledger:worth-math -->
# - test, right answers, pass@1 (share): GRPO 0.904, SFT on gold 0.954; difference -0.049 [-0.071, -0.029]: **worse**.
# - test, right answers, pass@1 (share): GRPO 0.904, rejection sampling 0.911; difference -0.007 [-0.030, +0.017]: **inconclusive**.
# - far, right answers, pass@1 (share): GRPO 0.001, SFT on gold 0.001; difference -0.000 [-0.002, +0.002]: **inconclusive**.
# - far, right answers, pass@1 (share): GRPO 0.001, rejection sampling 0.001; difference +0.000 [-0.001, +0.002]: **inconclusive**.
# <!-- /ledger -->
#
# <!-- ledger:worth-tldr -->
# - test, distance from 50 (characters): GRPO 12.5, SFT on gold 33.8; difference -21.4 [-23.5, -19.3]: **better**.
# - test, distance from 50 (characters): GRPO 12.5, rejection sampling 10.2; difference +2.266 [+1.417, +3.061]: **worse**.
# - far, distance from 50 (characters): GRPO 16.0, SFT on gold 28.7; difference -12.7 [-14.6, -10.7]: **better**.
# - far, distance from 50 (characters): GRPO 16.0, rejection sampling 14.0; difference +2.072 [+1.073, +3.032]: **worse**.
# <!-- /ledger -->
#
# Read it with two things in mind. The golds come from the generator that also warmed this model up: answers
# as clean and as many as these are rare. And the fair rival of GRPO is rejection sampling, which sees the
# same prompts and the same reward: its samples all come from the *untrained* model, GRPO's from a model
# that is already better, and GRPO also learns from the bad ones. What each cost:
#
# <!-- ledger:baselines-math -->
# | Maths | base | SFT on gold | rejection sampling | GRPO | GRPO - SFT on gold | GRPO - rejection sampling |
# | --- | --- | --- | --- | --- | --- | --- |
# | test: right answers, pass@1 (share) | 0.285 | 0.954 | 0.911 | 0.904 | -0.049 [-0.071, -0.029] | -0.007 [-0.030, +0.017] inconclusive |
# | test: right at least once in 8, pass@8 (share) | 0.845 | 0.993 | 0.992 | 0.991 | -0.002 [-0.010, +0.006] inconclusive | -0.001 [-0.011, +0.008] inconclusive |
# | test: format kept (share) | 0.397 | 0.999 | 0.993 | 0.996 | -0.004 [-0.006, -0.001] | +0.002 [-0.000, +0.006] inconclusive |
# | test: length (tokens) | 23.8 | 36.5 | 36.1 | 36.4 | -0.020 [-0.077, +0.038] inconclusive | +0.383 [+0.142, +0.676] |
# | far: right answers, pass@1 (share) | 0.001 | 0.001 | 0.001 | 0.001 | -0.000 [-0.002, +0.002] inconclusive | +0.000 [-0.001, +0.002] inconclusive |
# | far: right at least once in 8, pass@8 (share) | 0.010 | 0.006 | 0.003 | 0.004 | -0.002 [-0.011, +0.008] inconclusive | +0.001 [-0.006, +0.009] inconclusive |
# | far: format kept (share) | 0.044 | 0.781 | 0.647 | 0.689 | -0.092 [-0.159, -0.027] | +0.042 [-0.029, +0.108] inconclusive |
# | far: length (tokens) | 17.8 | 31.6 | 28.5 | 28.9 | -2.701 [-4.472, -0.933] | +0.457 [-1.587, +2.268] inconclusive |
# | completions drawn | 0 | 0 | 1920 | 1920 |  |  |
# | rows fine-tuned on |  | 2000 / 2000 / 2000 / 2000 / 2000 | 253 / 311 / 281 / 267 / 266 |  |  |  |
# | gradient steps | 0 | 60 | 60 | 60 |  |  |
# | learning rate |  | 0.003 | 0.001 | 0.001 |  |  |
# | seconds (drawing included) |  | 82 | 104 | 64 |  |  |
# | seeds |  | 5 | 5 | 5 |  |  |
#
# *Seeds 0, 1, 2, 3, 4, on 1 core of AMD EPYC; torch 2.13.0+cpu, transformers 5.17.0, trl 1.16.0; commit 18ddc79502 / 1e0f30aa9b. 200 prompts a split, 8 completions each at temperature 1. Intervals: 95 %, bootstrap over seeds and prompts.*
# <!-- /ledger -->
#
# <!-- ledger:baselines-tldr -->
# | Summaries | base | SFT on gold | rejection sampling | GRPO | GRPO - SFT on gold | GRPO - rejection sampling |
# | --- | --- | --- | --- | --- | --- | --- |
# | test: distance from 50 (characters) | 40.3 | 33.8 | 10.2 | 12.5 | -21.4 [-23.5, -19.3] | +2.266 [+1.417, +3.061] |
# | test: within 10 characters of 50 (share) | 0.213 | 0.270 | 0.618 | 0.513 | +0.243 [+0.207, +0.278] | -0.105 [-0.139, -0.067] |
# | test: ROUGE-L against the reference | 0.386 | 0.321 | 0.389 | 0.401 | +0.080 [+0.063, +0.097] | +0.012 [-0.001, +0.026] inconclusive |
# | test: distinct greedy summaries (share) | 0.980 | 0.972 | 0.981 | 0.983 | +0.011 [-0.002, +0.026] inconclusive | +0.002 [-0.009, +0.013] inconclusive |
# | far: distance from 50 (characters) | 29.8 | 28.7 | 14.0 | 16.0 | -12.7 [-14.6, -10.7] | +2.072 [+1.073, +3.032] |
# | far: within 10 characters of 50 (share) | 0.229 | 0.259 | 0.469 | 0.409 | +0.151 [+0.109, +0.194] | -0.059 [-0.103, -0.016] |
# | far: ROUGE-L against the reference | 0.075 | 0.073 | 0.071 | 0.070 | -0.002 [-0.007, +0.002] inconclusive | -0.001 [-0.005, +0.004] inconclusive |
# | far: distinct greedy summaries (share) | 0.935 | 0.903 | 0.940 | 0.947 | +0.044 [+0.005, +0.092] | +0.007 [-0.020, +0.031] inconclusive |
# | completions drawn | 0 | 0 | 1280 | 1280 |  |  |
# | rows fine-tuned on |  | 2000 / 2000 / 2000 / 2000 / 2000 | 160 / 160 / 160 / 160 / 160 |  |  |  |
# | gradient steps | 0 | 40 | 40 | 40 |  |  |
# | learning rate |  | 0.03 | 0.003 | 0.002 |  |  |
# | seconds (drawing included) |  | 87 | 128 | 34 |  |  |
# | seeds |  | 5 | 5 | 5 |  |  |
#
# *Seeds 0, 1, 2, 3, 4, on 1 core of AMD EPYC; torch 2.13.0+cpu, transformers 5.17.0, trl 1.16.0; and 2 cores of AMD EPYC; torch 2.13.0+cpu, transformers 5.17.0, trl 1.16.0; commit 18ddc79502 / 1e0f30aa9b. 200 prompts a split, 8 completions each at temperature 1. Intervals: 95 %, bootstrap over seeds and prompts.*
# <!-- /ledger -->
#
# **Who chose the learning rates?**
#
# SFT and rejection sampling got theirs on the validation split, by the task's own reward: the bold one of
# their row. GRPO keeps the rate that it was tuned to before (`helpers/models.py`): 0.001 for maths, which is
# the best of its row, and 0.002 for the summaries, where 0.003 would have been better. So GRPO is tuned a
# little less there than its rivals; at its best, too, it stays behind rejection sampling in this table.
#
# <!-- ledger:sweep-math -->
# | Maths: learning rate | 0.0003 | 0.001 | 0.003 | 0.01 |
# | --- | --- | --- | --- | --- |
# | SFT on gold | 1.905 | 1.958 | **1.960** | 1.867 |
# | rejection sampling | 1.857 | **1.917** | 1.917 | 1.688 |
# | GRPO | 1.748 | **1.897** | 1.712 | 0.000 |
#
# *accuracy + format on 100 validation prompts, 4 samples each; training seed 0, 60 steps.*
# <!-- /ledger -->
#
# <!-- ledger:sweep-tldr -->
# | Summaries: learning rate | 0.0003 | 0.001 | 0.002 | 0.003 | 0.01 | 0.03 | 0.1 |
# | --- | --- | --- | --- | --- | --- | --- | --- |
# | SFT on gold | -40.2 | -36.2 | not measured | -34.7 | -33.9 | **-29.6** | -69.2 |
# | rejection sampling | -27.8 | -12.7 | not measured | **-9.377** | -9.713 | not measured | not measured |
# | GRPO | -33.9 | -15.5 | -13.2 | **-10.7** | -78.0 | not measured | not measured |
#
# *- length_error_chars on 100 validation prompts, 4 samples each; training seed 0, 40 steps.*
# <!-- /ledger -->
#
# ## Which part of the reward did it?
#
# An **ablation** takes one part away and trains again. For maths: only the format, only the accuracy, both.
# For summaries: the length reward that you trained with in notebook 03, the bounded one of notebook 02, and
# that with ROUGE-L on top.
#
# **Predict:** what does the format reward alone do to *accuracy*?

# %%
quiz(*GUESSES[6])

# %%
from helpers.ledger.tables import ABLATED, series

ablated = {
    task: {label: Scores(series(name), "test") for name, label in names.items()}
    for task, names in ABLATED.items()
}
shown = {"before": {name: math_test.mean(name, "before") for name in ("accuracy", "format")}}
for label, scores in ablated["math"].items():
    shown[label] = {name: scores.mean(name) for name in ("accuracy", "format")}
show(
    grouped_bars(shown, "share of test completions"),
    "Accuracy and format before training and after GRPO on format, on accuracy, and on both.",
)

# %%
for task, names in (("math", ("accuracy", "format")), ("tldr", ("length_error_chars", "rouge_l"))):
    for label, scores in ablated[task].items():
        for name in names:
            one = scores.change(name)
            told = f"{one.mean:+7.3f} [{one.low:+.3f}, {one.high:+.3f}]  {one.verdict}"
            print(f"{task}, rewarded for {label:<25} {name:<20} {told}")

# %%
moved = {label: scores.change("rouge_l") for label, scores in ablated["tldr"].items()}
show(
    forest(moved, "change in ROUGE-L on test posts (0 to 1)"),
    "Change in ROUGE-L after GRPO on length, on bounded length, and on bounded length with ROUGE-L.",
)

# %%
assert ablated["math"]["format"].change("format").low > 0
assert ablated["math"]["format + accuracy"].change("accuracy").low > 0
print("What is rewarded rises. What is not rewarded rises only where it comes along by itself: see above.")

# %% [markdown]
# In full, near and far:
#
# <!-- ledger:ablations-math -->
# | Maths: reward | base | format | accuracy | format + accuracy |
# | --- | --- | --- | --- | --- |
# | test: right answers, pass@1 (share) | 0.285 | 0.297, +0.012 [-0.247, +0.377] inconclusive | 0.908, +0.623 [+0.593, +0.650] | 0.904, +0.619 [+0.586, +0.652] |
# | test: right at least once in 8, pass@8 (share) | 0.845 | 0.535, -0.310 [-0.665, +0.090] inconclusive | 0.992, +0.147 [+0.098, +0.200] | 0.991, +0.146 [+0.099, +0.198] |
# | test: format kept (share) | 0.397 | 0.994, +0.597 [+0.570, +0.623] | 0.566, +0.169 [+0.097, +0.248] | 0.996, +0.599 [+0.571, +0.624] |
# | test: length (tokens) | 23.8 | 28.9, +5.171 [-8.743, +13.0] inconclusive | 36.9, +13.1 [+12.1, +14.2] | 36.4, +12.7 [+11.6, +13.7] |
# | far: right answers, pass@1 (share) | 0.001 | 0.001, -0.000 [-0.003, +0.001] inconclusive | 0.001, -0.001 [-0.003, +0.001] inconclusive | 0.001, -0.001 [-0.003, +0.002] inconclusive |
# | far: right at least once in 8, pass@8 (share) | 0.010 | 0.007, -0.003 [-0.020, +0.012] inconclusive | 0.005, -0.005 [-0.020, +0.008] inconclusive | 0.004, -0.006 [-0.021, +0.008] inconclusive |
# | far: format kept (share) | 0.044 | 0.629, +0.585 [+0.522, +0.644] | 0.477, +0.432 [+0.377, +0.484] | 0.689, +0.645 [+0.574, +0.706] |
# | far: length (tokens) | 17.8 | 22.5, +4.730 [-2.344, +9.857] inconclusive | 31.0, +13.2 [+11.9, +14.6] | 28.9, +11.1 [+9.467, +12.7] |
# | seeds |  | 3 | 3 | 5 |
#
# *Seeds 0, 1, 2, 3, 4, on 1 core of AMD EPYC; torch 2.13.0+cpu, transformers 5.17.0, trl 1.16.0; commit 18ddc79502 / 1e0f30aa9b. 200 prompts a split, 8 completions each at temperature 1. Intervals: 95 %, bootstrap over seeds and prompts.*
# <!-- /ledger -->
#
# <!-- ledger:ablations-tldr -->
# | Summaries: reward | base | length | bounded length | bounded length + ROUGE-L |
# | --- | --- | --- | --- | --- |
# | test: distance from 50 (characters) | 40.3 | 12.5, -27.8 [-30.3, -25.6] | 12.5, -27.8 [-30.2, -25.4] | 12.8, -27.5 [-29.8, -25.2] |
# | test: within 10 characters of 50 (share) | 0.213 | 0.513, +0.300 [+0.271, +0.330] | 0.517, +0.304 [+0.269, +0.339] | 0.507, +0.294 [+0.253, +0.333] |
# | test: ROUGE-L against the reference | 0.386 | 0.401, +0.014 [-0.001, +0.030] inconclusive | 0.394, +0.008 [-0.009, +0.023] inconclusive | 0.402, +0.015 [-0.001, +0.030] inconclusive |
# | test: distinct greedy summaries (share) | 0.980 | 0.983, +0.003 [-0.009, +0.015] inconclusive | 0.972, -0.008 [-0.024, +0.007] inconclusive | 0.973, -0.007 [-0.021, +0.010] inconclusive |
# | far: distance from 50 (characters) | 29.8 | 16.0, -13.7 [-15.4, -12.1] | 16.7, -13.0 [-14.7, -11.3] | 16.8, -13.0 [-14.6, -11.4] |
# | far: within 10 characters of 50 (share) | 0.229 | 0.409, +0.180 [+0.141, +0.221] | 0.386, +0.157 [+0.126, +0.188] | 0.389, +0.160 [+0.122, +0.200] |
# | far: ROUGE-L against the reference | 0.075 | 0.070, -0.005 [-0.009, +0.000] inconclusive | 0.069, -0.006 [-0.012, +0.000] inconclusive | 0.069, -0.007 [-0.011, -0.002] |
# | far: distinct greedy summaries (share) | 0.935 | 0.947, +0.012 [-0.020, +0.044] inconclusive | 0.950, +0.015 [-0.018, +0.047] inconclusive | 0.937, +0.002 [-0.039, +0.042] inconclusive |
# | seeds |  | 5 | 3 | 3 |
#
# *Seeds 0, 1, 2, 3, 4, on 1 core of AMD EPYC; torch 2.13.0+cpu, transformers 5.17.0, trl 1.16.0; commit 18ddc79502 / 1e0f30aa9b. 200 prompts a split, 8 completions each at temperature 1. Intervals: 95 %, bootstrap over seeds and prompts.*
# <!-- /ledger -->
#
# ## Where was accuracy won?
#
# One mean over 200 problems hides which ones. Group them: by kind, by length of the gold solution, by how
# often the base model was right.
#
# **Predict:** which kind gains least?

# %%
quiz(*GUESSES[7])

# %%
from helpers.ledger.kinds import by_group, equations, kind_of
from helpers.tasks import read_jsonl
from helpers.runs import ROOT

problems = read_jsonl(ROOT / "data" / "numinamath" / "test.jsonl")[: len(befores[0])]
before = befores[0]
after = [sum(each) / len(each) for each in zip(*afters)]  # mean over seeds, a value a problem
kinds = [kind_of(row["problem"], row["solution"]) for row in problems]
by_kind = {"before": by_group(kinds, before), "after": by_group(kinds, after)}
show(
    grouped_bars(by_kind, "right answers (share)"),
    "Accuracy on test problems by kind, before training and after (mean of the recorded seeds).",
)

# %%
gains = {kind: by_kind["after"][kind] - by_kind["before"][kind] for kind in by_kind["before"]}
least, most = min(gains, key=gains.get), max(gains, key=gains.get)
print(f"most gained: {most} ({gains[most]:+.2f}); least: {least} ({gains[least]:+.2f})")
weights = {kind: kinds.count(kind) / len(kinds) for kind in gains}
assert abs(sum(weights[kind] * gains[kind] for kind in gains) - spread["all seeds"].mean) < 1e-3
print("Weighted by how many problems each kind has, the gains add up to the one number above.")

# %%
steps = [f"{equations(row['solution'])} steps" for row in problems]
by_steps = {"before": by_group(steps, before), "after": by_group(steps, after)}
show(
    grouped_bars(by_steps, "right answers (share)"),
    "Accuracy on test problems by the number of equations in the gold solution, before and after.",
)

# %%
def difficulty(rate):
    """How often the base model was right, of eight samples, as a group's name."""
    groups = {0: "0 of 8", 0.25: "1-2 of 8", 0.5: "3-4 of 8", 1: "5-8 of 8"}
    return next(name for most, name in groups.items() if rate <= most)


hard = [difficulty(rate) for rate in before]
by_rate = {"before": by_group(hard, before), "after": by_group(hard, after)}
show(
    grouped_bars(by_rate, "right answers (share)"),
    "Accuracy after training, grouped by how often the base model was right before.",
)

# %%
for group, rate in by_rate["after"].items():
    print(f"right before in {group}: {hard.count(group):>3} problems, after training {rate:.2f}")
assert sum(hard.count(group) for group in by_rate["after"]) == len(problems)

# %% [markdown]
# > **Note:** the groups of the last picture are made *from* the bars called before, so those say nothing
# > new, and their lowest group is partly bad luck that would pass without any training. The bars called
# > after are honest.
#
# In training, a group without a single right answer has nothing to reinforce. But no model was trained on
# these problems: what won those with "0 of 8" was learned on others, of the same kinds.
#
# ## Look at it
#
# No table replaces reading. First a gallery from the records, seed 0: to one prompt the completion of the
# base model and of each trained one. Not the best of eight, just the first. You see three prompts of each
# task: where GRPO's completion is best, where it is worst, and where it has changed most against the base
# model (in points, or in ROUGE-L). Of a post only the end is shown.

# %%
from helpers.pictures.gallery import as_text, pick, side_by_side
from helpers.rewards import reward_accuracy, reward_format

entries = side_by_side({METHODS[name]: found[0] for name, found in rivals["math"].items()}, "test")


def points(row, text):
    """Right and in the format: 0, 1 or 2, as the reward has it."""
    return reward_accuracy([text], [problems[row]["solution"]])[0] + reward_format([text])[0]


for title, entry in pick(entries, "GRPO", points).items():
    print(as_text(title, entry, problems[entry["row"]]["problem"]) + "\n")

# %%
from helpers.text.rouge import rouge_l

posts = read_jsonl(ROOT / "data" / "smoltldr" / "test.jsonl")
summaries = side_by_side({METHODS[name]: found[0] for name, found in rivals["tldr"].items()}, "test")


def overlap(row, text):
    """ROUGE-L against the reference."""
    return rouge_l(posts[row]["completion"], text)


for title, entry in pick(summaries, "GRPO", overlap).items():
    post = posts[entry["row"]]["prompt"].split("POST:")[1].removesuffix("TL;DR:")
    print(as_text(title, {**entry, "reference": posts[entry["row"]]["completion"]}, post) + "\n")

# %%
best, worst = (pick(entries, "GRPO", points)[name] for name in ("best", "worst"))
assert points(best["row"], best["GRPO"]) >= points(worst["row"], worst["GRPO"])
print(f"points of the best and of the worst: {points(best['row'], best['GRPO']):.0f} and", end=" ")
print(f"{points(worst['row'], worst['GRPO']):.0f} of 2, among {len(entries)} problems")

# %% [markdown]
# And now *your* model, or the recorded one: greedy answers of the base model and of the trained one to the
# same rows. Two test problems, two far ones, two posts.

# %% tags=["nbval-ignore-output"]
from helpers.evaluation import example_eval

gallery = example_eval(runs["math"], n=2)
gallery += example_eval(runs["math"], n=2, split="far", source="sample")
gallery += example_eval(runs["tldr"], n=2)

# %%
assert len(gallery) == 6 and all(example["base"] or example["trained"] for example in gallery)
print("Six rows read. Did the table prepare you for them?")

# %% [markdown]
# ## The verdict
#
# One line for each question, and its last word is computed, not written.

# %%
QUESTIONS = {
    "maths, more right answers": near["math"]["grpo"].change("accuracy"),
    "far maths, more right answers": away["math"]["grpo"].change("accuracy"),
    "maths, more than rejection sampling": near["math"]["grpo"].over(near["math"]["rejection"], "accuracy"),
    "maths, more than SFT on gold": near["math"]["grpo"].over(near["math"]["sft"], "accuracy"),
    "summaries, a smaller length error": near["tldr"]["grpo"].change("length_error_chars"),
    "summaries, a higher ROUGE-L": near["tldr"]["grpo"].change("rouge_l"),
}
for question, one in QUESTIONS.items():
    wanted = "down" if "smaller" in question else "up"
    word = "yes" if one.verdict == wanted else "inconclusive" if one.low <= 0 <= one.high else "no"
    print(f"{question:<38} {one.mean:+8.3f} [{one.low:+.3f}, {one.high:+.3f}]  {word}")

# %%
assert QUESTIONS["maths, more right answers"].verdict == "up"
assert QUESTIONS["summaries, a smaller length error"].verdict == "down"
print("What was rewarded was learned, near home. For the rest, read the last word of each line.")

# %% [markdown]
# > **Note:** the evaluation of your own runs is now in their `run.json`. `python -m helpers report`
# > prints it again.
#
# ## Talk to it, and take it away
#
# Ask both models yourself: edit the prompt, or take another one. Each question stands alone, as in training.

# %% tags=["nbval-ignore-output"]
from helpers.widgets.chat import chat

chat(runs["math"])

# %% [markdown]
# The adapter needs its base model and our code to load it. **Merged**, its weights are added into a copy of
# the base model, and plain transformers loads that folder by path. A **model card** is written beside it,
# from the record of the run.

# %%
import tempfile
from helpers.after.merging import merge
from transformers import AutoModelForCausalLM

with tempfile.TemporaryDirectory() as folder:
    place = merge(runs["math"], f"{folder}/merged")
    print(*sorted(path.name for path in place.iterdir()), sep="\n")
    merged = AutoModelForCausalLM.from_pretrained(place)
    card = (place / "README.md").read_text(encoding="utf-8")

# %%
assert merged.num_parameters() == maths.trained().num_parameters(), "merged, it has the base model's size"
assert f"seed {runs['math'].seed}" in card and "## Limits" in card
print("The merged model is as large as the base model, and its card says how it came about.")

# %% [markdown]
# In a shell: `python -m helpers chat RUN`, `python -m helpers merge RUN`, and `python -m helpers push RUN
# your-name/model-name`, which uploads model and card to the Hugging Face hub, privately unless you add
# `--public`; it wants a token of yours (`hf auth login`).
#
# ## Recap
#
# - Before against after, the same held-out prompts, a paired interval; zero inside it means
#   *inconclusive*.
# - An interval over prompts is not an interval over seeds. Draw both anew.
# - Keep apart what the reward adds up; put a rival beside each number, one that had the same prompts and the
#   same care; look at far rows, at groups of prompts, and at single answers.
#
# **Exercises:** [five functions that check themselves](exercises/05_evaluate.ipynb): a verdict, the bootstrap
# over prompts and then over seeds, pass@k, and a learning rate chosen fairly.
#
# **Next:** [06_inside_grpo.ipynb](06_inside_grpo.ipynb): what happened inside, idea by idea.
