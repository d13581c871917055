# %% [markdown]
# # 05 · Evaluate what you trained
#
# At the end you have a table of what training changed, with an interval around each number, and you know
# which of its lines you may believe.
#
# **You will…**
# - measure your own runs before and after, on the same held-out prompts;
# - build the 95 % interval of a difference yourself: the paired bootstrap;
# - look where an average hides something: rivals, greedy answers, other seeds, unfamiliar problems.
#
# **Minutes:** 30 · **Hardware:** any computer; two processor cores are enough.

# %% [markdown]
# ## Which runs?
#
# If you trained in notebooks 03 and 04, this page measures *your* newest runs. If not, it takes the
# recorded ones that ship with the workbook, and says so.

# %% tags=["nbval-ignore-output"]
from helpers.runs import SHIPPED, find_run, list_runs

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
#
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
from helpers.report import lines

print(f"math ({runs['math'].label})\n" + "\n".join(lines(results["math"])))

# %% [markdown]
# `format` and `accuracy` stand apart, because they are different things: an untagged right answer counts
# for accuracy, a wrong answer in tags for format. Their sum, the reward, would not tell you which of the
# two you got.

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
# **Predict:** what does training raise more, pass@1 or pass@8?

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
# ## Was it luck? Three seeds
#
# The interval above is about *prompts*: with others, where might it have come out? It says nothing about
# *training*: with another seed the model samples other groups and learns along another path. The workbook
# ships recorded runs of seeds 0, 1 and 2. This table is printed from their records.

# %%
shipped = sorted((run for run in list_runs(SHIPPED) if run.model == "tiny"), key=lambda run: run.seed)
records = {task: [run for run in shipped if run.task == task] for task in ("math", "tldr")}
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
    "Reward at each training step of the maths task, for the recorded seeds 0, 1 and 2.",
)

# %%
show(
    several_seeds({f"seed {run.seed}": run.curve for run in records["tldr"]}),
    "Reward at each training step of the summaries task, for the recorded seeds 0, 1 and 2.",
)

# %%
for task, name in (("math", "accuracy"), ("tldr", "length_error_chars")):
    found = [run.record["evaluation"]["test"][name] for run in records[task]]
    after = [entry["after"] for entry in found]
    clear = sum(not entry["ci_low"] <= 0 <= entry["ci_high"] for entry in found)
    print(f"{name}: {min(after):.3f} to {max(after):.3f}; {clear} of {len(after)} intervals clear of zero")

# %% [markdown]
# ## Far from home
#
# The test problems come from the same generator as the training problems, with numbers that neither has
# seen. The **far** split does not: larger numbers, more steps, other stories, and fifty rows written by
# hand.
#
# **Predict:** how much of the gain is left there?

# %%
for task in ("math", "tldr"):
    run = records[task][0]
    print(f"{task}, split far, shipped record of seed {run.seed}")
    print("\n".join(lines(run.record["evaluation"]["far"])) + "\n")

# %%
for split in ("test", "far"):
    found = records["math"][0].record["evaluation"][split]
    cells = ["{} {before:.2f} -> {after:.2f}".format(name, **found[name]) for name in ("format", "accuracy")]
    print(f"{split:>5}: " + ", ".join(cells))

# %%
far = records["math"][0].record["evaluation"]["far"]
assert far["format"]["ci_low"] > 0 and far["worked"]["ci_low"] > 0 and far["accuracy"]["after"] < 0.1
print("Problems: more answers in the format, more of them worked, next to none of them right.")
far = records["tldr"][0].record["evaluation"]["far"]
rival = far["rivals"]["first_50_chars"]
assert far["length_error_chars"]["ci_high"] < 0 and far["rouge_l"]["after"] < rival["rouge_l"]
print("Posts: nearer to the length, and on content even the slice is better.")

# %% [markdown]
# The *habits* travel part of the way: the format, working instead of guessing. The *skill* does not: the
# warm-up never taught these numbers and stories, and a reward cannot bring out what is not there.
#
# ## Look at it
#
# No table replaces reading. Here are greedy answers of the base model and of the trained one to the same
# rows: two test problems, two far ones, two posts.

# %% tags=["nbval-ignore-output"]
from helpers.evaluation import example_eval

gallery = example_eval(runs["math"], n=2)
gallery += example_eval(runs["math"], n=2, split="far", source="sample")
gallery += example_eval(runs["tldr"], n=2)

# %%
assert len(gallery) == 6 and all(example["base"] or example["trained"] for example in gallery)
print("Six rows read. Did the table prepare you for them?")

# %% [markdown]
# > **Note:** the evaluation of your own runs is now in their `run.json`. `python -m helpers report`
# > prints it again.
#
# ## Recap
#
# - Before against after, the same held-out prompts, a paired interval; zero inside it means
#   *inconclusive*.
# - An interval over prompts is not an interval over seeds. Report both.
# - Keep apart what the reward adds up, put a rival beside each number, and look at far rows and at single
#   answers.
#
# **Exercises:** [exercises/05_evaluate.ipynb](exercises/05_evaluate.ipynb): write the bootstrap and
# pass@k yourself.
#
# **Next:** change a reward in 02, train again in 03 or 04, and come back. You have all the tools now.
