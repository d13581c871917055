# %% [markdown]
# # 07 · When it breaks
#
# At the end you can look at the curves of a training that went wrong, name the cause, and know the cure.
#
# **You will…**
# - walk through a museum of nine failed runs: curves first, then your guess, then the cause;
# - meet two rewards that were *hacked*: they rose to the top while what they stood for fell to nothing;
# - break a run with your own hands, and write the lines that sound the alarm.
#
# **Minutes:** 35 · **Hardware:** any computer; two processor cores are enough.

# %% [markdown]
# ## What health looks like
#
# Every exhibit is a real run of the embedded model, trained by the same `train` as in 03 and 04, with one
# cause built in (and sometimes fewer or more steps). Beside it hangs the recorded run that went well. Look at
# that one first. Every line is a mean of five steps: the step itself and the four before it.

# %%
from helpers.museum.exhibits import ALL
from helpers.museum.pictures import beside, first, last
from helpers.plots import show
from helpers.runs import SHIPPED, load_run

healthy = {task: load_run(SHIPPED / f"{task}-tiny-seed0") for task in ("math", "tldr")}
VITAL = {
    "reward": "reward (0 to 2)",
    "dead_groups": "dead groups (share)",
    "truncated": "truncated (share)",
    "entropy": "entropy (nats)",
    "grad_norm": "gradient norm",
}
show(
    beside({"healthy": healthy["math"].curve}, VITAL),
    "A healthy run on maths: reward, dead groups, truncated completions, entropy and gradient norm "
    "by step, means of the last five.",
)

# %%
curve = healthy["math"].curve
assert last(curve, "reward") > first(curve, "reward") + 0.5 and last(curve, "truncated") < 0.05
assert first(curve, "dead_groups") < 0.3 and last(curve, "entropy") < first(curve, "entropy")
print("Reward up; entropy slowly down; few dead groups at first, more at the end; nothing truncated.")

# %% [markdown]
# Five pulses, and each has a sentence to remember:
#
# | curve | what it tells |
# |---|---|
# | reward | is anything learned? It cannot tell *what* |
# | dead groups | share of groups whose completions were all paid the same: no spread, nothing to learn |
# | truncated | share of completions cut off at the length limit before their end token |
# | entropy | how unsure the policy is of its next token, in nats |
# | gradient norm | how hard the step pushes, before it is cut to 1 |
#
# One helper for the whole visit: it hangs an exhibit beside its healthy twin.


# %%
def look(number, columns=VITAL):
    """Show exhibit `number` beside the healthy run of the same task."""
    curve = ALL[number - 1].run.curve
    twin = healthy[ALL[number - 1].task.name].curve
    names = ", ".join(label.split(" (")[0] for label in columns.values())
    show(
        beside({f"exhibit {number}": curve, "healthy": twin}, columns),
        f"Exhibit {number} beside a healthy run, by training step, means of the last five: {names}.",
    )
    return curve


def said(number, count=3):
    """The last completions that were kept, with what each reward paid."""
    for row in ALL[number - 1].run.completions[-count:]:
        paid = "  ".join(f"{name.removeprefix('reward_')} {x:.2f}" for name, x in row["rewards"].items())
        print(f"{paid}  |  {row['completion'][:90]!r}")


# %% [markdown]
# ## Exhibit 1

# %%
curve = look(1)

# %% [markdown]
# **Predict:** what was changed? Look at all five before you choose.

# %%
from helpers.guesses.broken import GUESSES
from helpers.widgets.quiz import quiz

quiz(*GUESSES[1])

# %% [markdown]
# <details><summary><b>The cause and the cure</b></summary>
#
# The learning rate is thirty times too high: `learning_rate=0.03`, in place of 0.001 for this model. Two
# steps are enough to throw the policy out of the region where it speaks at all. It then babbles to the limit
# (truncated), is unsure of every token (entropy), is paid nothing, and so all groups die and the gradient is
# 0: **there is no way back**, because nothing it says is ever better than anything else it says.
#
# *Cure:* a lower rate. Start from one that is known to work for a model of this size, and warm up. When a
# reward falls off a cliff within ten steps, look here first.
#
# *Again:* `python -m helpers.museum lr-x30`
# </details>

# %%
assert last(curve, "entropy") > 5 * first(healthy["math"].curve, "entropy") and last(curve, "reward") < 0.01
assert [row["truncated"] > 0.5 for row in curve] == [step >= 3 for step in range(1, len(curve) + 1)]
said(1, 2)

# %% [markdown]
# ## Exhibit 2

# %%
curve = look(2)

# %% [markdown]
# **Predict:** the reward is 0 from the first step to the last. Which of the other curves says why?

# %%
quiz(*GUESSES[2])

# %% [markdown]
# <details><summary><b>The cause and the cure</b></summary>
#
# Every completion is cut off after six tokens (`max_completion_length=6`), before it can close a tag or name
# an answer. The text looks fine as far as it goes, so reading two samples would have told you; so would the
# line `truncated`, which stands at 100 % from step one.
#
# *Cure:* a higher `max_completion_length`, or a prompt that asks for less. Real models
# often answer at more length than the limit allows, and then GRPO trains on nothing.
#
# *Again:* `python -m helpers.museum cut-off`
# </details>

# %%
assert all(row["truncated"] == 1 and row["grad_norm"] == 0 for row in curve)
print(f"truncated: {last(curve, 'truncated'):.0%}")
said(2)

# %% [markdown]
# ## Exhibit 3

# %%
curve = look(3, {**VITAL, "length": "length (tokens)"})

# %% [markdown]
# **Predict:** again no reward and no gradient, but nothing is truncated. One more curve, the length. What was
# changed?

# %%
quiz(*GUESSES[3])

# %% [markdown]
# <details><summary><b>The cause and the cure</b></summary>
#
# The prompts were plain strings, and TRL puts the chat template around *conversations* only. Without its
# header tokens this model does not know that it is its turn: it ends at once, with one token, the end token.
# (A larger model would go on writing the problem, or answer in the voice of somebody's blog: less plain to
# see, and just as wrong.)
#
# *Cure:* prompts as `[{"role": "user", "content": …}]`. Before every training, print one prompt as the model
# gets it, decoded from its token ids.
#
# *Again:* `python -m helpers.museum no-template`
# </details>

# %%
from helpers.models import load_tokenizer
from helpers.tasks import MATH

tokenizer = load_tokenizer("tiny")
turns = MATH.load("train", n=1)["prompt"][0]
bare = tokenizer("\n".join(turn["content"] for turn in turns))["input_ids"]
print("exhibit 3:", repr(tokenizer.decode(bare)))
whole = tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_dict=False)
print("healthy:  ", repr(tokenizer.decode(whole)))
assert last(curve, "length", len(curve)) < 2 and last(curve, "reward", len(curve)) == 0

# %% [markdown]
# ## Exhibit 4

# %%
right = {"reward_accuracy_mean": "right answers (share)", "length": "length (tokens)"}
curve = look(4, right | {name: VITAL[name] for name in list(VITAL)[1:]})

# %% [markdown]
# **Predict:** the completions come to an end by themselves, and entropy does not collapse. And yet nothing
# moves. What was changed?

# %%
quiz(*GUESSES[4])

# %% [markdown]
# <details><summary><b>The cause and the cure</b></summary>
#
# The problems are too hard: numbers and stories that this model has never handled (the *far* split), paid for
# right answers only. Nearly all groups have eight wrong answers, so nearly all are dead. GRPO learns from
# differences, and there are none. More steps would not help.
#
# *Cure:* look at pass@8 before you train. Where it is near 0, take easier problems first, a larger group, or
# a reward that pays for parts of the way. The mirror image, problems so easy that all eight are right, is
# just as dead.
#
# *Again:* `python -m helpers.museum dead-groups`
# </details>

# %%
dead = sum(row["dead_groups"] for row in curve) / len(curve)
assert dead > 0.9 and last(curve, "reward") < 0.1 and last(curve, "length") > 10
assert sum(row["grad_norm"] == 0 for row in curve) > 0.5 * len(curve)
print(f"{dead:.0%} of all groups were dead")
said(4)

# %% [markdown]
# ## Exhibit 5

# %%
curve = look(5, {**VITAL, "kl": "KL to the start (nats)"})

# %% [markdown]
# **Predict:** there is spread, there is a gradient. The reward still does not move. One new curve: KL, how
# far the policy has gone from where it began.

# %%
quiz(*GUESSES[5])

# %% [markdown]
# <details><summary><b>The cause and the cure</b></summary>
#
# The leash is too short: `beta=10`. What the reward pulls forward, the KL term pulls back, and it weighs far
# more. The policy stays where it is: its KL never gets away from 0, and at most comes to 0.009 nats a token.
# Three steps without a leash in 06 came to several times that. (The healthy run has no leash either, so its
# KL is not logged.)
#
# *Cure:* `beta=0` (TRL's default), or 0.001 to 0.05. Whether a leash is too short you see in two curves
# together: KL flat near 0, reward flat.
#
# *Again:* `python -m helpers.museum kl-leash`
# </details>

# %%
rise = last(curve, "reward") - first(curve, "reward")
twin = last(healthy["math"].curve, "reward") - first(healthy["math"].curve, "reward")
assert last(curve, "kl") < 0.02 and first(curve, "grad_norm") > 0 and rise < twin / 2
most = max(row["kl"] for row in curve)
print(f"KL: at most {most:.3f} nats a token, {last(curve, 'kl'):.3f} at the end")

# %% [markdown]
# ## Exhibit 6

# %%
curve = look(6, {"reward_accuracy_mean": "right answers (share)", **VITAL})

# %% [markdown]
# **Predict:** for the first steps this is the better run, and then it falls. What was changed?

# %%
quiz(*GUESSES[6])

# %% [markdown]
# <details><summary><b>The cause and the cure</b></summary>
#
# The learning rate again, this time only three times too high (0.003), and it stays there: the healthy run's
# falls in a line to 0. The policy learns faster than the healthy one, is soon sure of itself, and then every
# step still pushes as hard: what it could do comes apart. Had you looked at the first steps only, you would
# have called this the better setting.
#
# *Cure:* a lower rate, and one that falls; stop at the best held-out score, and never choose a learning rate
# by its first steps.
#
# *Again:* `python -m helpers.museum lr-x3`
# </details>

# %%
best = max(range(5, len(curve) + 1), key=lambda end: last(curve[:end], "reward_accuracy_mean", 5))
peak, end = (last(curve[:stop], "reward_accuracy_mean", 5) for stop in (best, len(curve)))
assert peak > end + 0.15
print(f"accuracy {peak:.2f} around step {best} of {len(curve)}, {end:.2f} in the last five steps")

# %% [markdown]
# ## Exhibit 7
#
# Summaries now, and a reward from 0 to 1. The healthy run comes near 50 characters. (It had
# another reward, on another scale: no line of it in the first panel.)

# %%
curve = look(
    7,
    {
        "reward_short_enough_mean": "reward (0 to 1)",
        "dead_groups": "dead groups (share)",
        "grad_norm": "gradient norm",
        "length_chars": "length (characters)",
    },
)

# %% [markdown]
# **Predict:** the reward is nearly perfect. What is wrong with that?

# %%
quiz(*GUESSES[7])

# %% [markdown]
# <details><summary><b>The cause and the cure</b></summary>
#
# The reward is *saturated*: 1 for anything of at most 200 characters, and nearly all summaries were that
# short from the start. Where everybody gets full marks there is no spread, and nobody is asked to come nearer
# to 50.
#
# *Cure:* a reward with a slope where your samples *are*. Plot it over them before training (notebook 02), and
# count the dead groups they would make.
#
# *Again:* `python -m helpers.museum saturated`
# </details>

# %%
assert first(curve, "reward") > 0.8 and last(curve, "dead_groups") > 0.8
assert sum(row["grad_norm"] == 0 for row in curve) > 0.5 * len(curve)
for name, rows in (("exhibit 7", curve), ("healthy", healthy["tldr"].curve)):
    print(f"{name}: {last(rows, 'length_chars'):.0f} characters at the end, where 50 were wanted")

# %% [markdown]
# ## Exhibit 8: the first hack
#
# The reward asks for 50 characters. ROUGE-L, which words a summary shares with the reference, was watched and
# not paid for. This exhibit hangs beside its *cured* twin: the same learning rate and steps, another reward.

# %%
curve, cured = ALL[7].run.curve, ALL[8].run.curve
show(
    beside(
        {"exhibit 8": curve, "cured": cured},
        {"length_chars": "length (characters)", "reward_rouge_mean": "ROUGE-L (0 to 1)"},
    ),
    "Exhibit 8 and its cured twin by step, means of the last five: length, and "
    "ROUGE-L against the reference.",
)
start, end = first(curve, "reward"), last(curve, "reward")
print(f"reward of exhibit 8, where 0 is perfect: {start:.1f} in the first five steps, {end:.1f} at the end")

# %% [markdown]
# **Predict:** what has the policy learned? (Your boss would have seen the left panel.)

# %%
quiz(*GUESSES[8])

# %% [markdown]
# <details><summary><b>The cause and the cure</b></summary>
#
# `reward_len` looks at nothing but length, so nothing but length is safe. Pushed hard (100 steps at a
# learning rate of 0.005), the policy finds that *any* fifty characters do. The reward is nearly perfect, and
# the summaries are babble. In notebook 03 the same reward did little harm, because 40 gentler steps left the
# words alone: **a hole does not have to be found to be there.**
#
# *Cure:* pay for what you want. The cured twin has the same rate and steps, and is paid
# `reward_len_bounded` (length, from 0 to 1) plus twice `reward_rouge` (content, from 0 to 1). That holds
# content where it was (0.37). It does not heal what so high a rate breaks: read the samples.
#
# *Again:* `python -m helpers.museum hack-length`, and `hack-length-cured`
# </details>

# %%
assert last(curve, "reward") > first(curve, "reward") / 3, "the reward should have come close to 0"
assert abs(last(curve, "length_chars") - 50) < 6
assert last(curve, "reward_rouge_mean") < first(curve, "reward_rouge_mean") / 2
held = [mean(cured, "reward_rouge_mean") for mean in (first, last)]
assert held[1] > held[0] - 0.02
print("ROUGE-L of the cured twin: {:.2f} in the first five steps, {:.2f} in the last ten".format(*held))
for number in (8, 9):
    print("exhibit 8" if number == 8 else "cured")
    said(number)

# %% [markdown]
# ## Exhibit 9: the second hack
#
# Somebody wanted an honest model: whoever says that they are not sure shall not be punished. This is the
# accuracy reward they wrote; the format is paid as always. True accuracy was watched.

# %%
import inspect
from helpers.museum.flawed import reward_right_or_unsure

print(inspect.getsource(reward_right_or_unsure))

# %%
curve, cured = ALL[9].run.curve, ALL[10].run.curve
show(
    beside(
        {"exhibit 9": curve, "cured": cured},
        {"reward": "reward (0 to 2)", "reward_accuracy_mean": "true accuracy (share)"},
    ),
    "Exhibit 9 and its cured twin by step, means of the last five: reward, and true accuracy.",
)

# %% [markdown]
# **Predict:** the untrained model begins about half of its answers with "Not sure". What will it have learned
# after sixty steps?

# %%
quiz(*GUESSES[9])

# %% [markdown]
# <details><summary><b>The cause and the cure</b></summary>
#
# The policy has found the hole: "Not sure" pays in full, always, and costs four tokens; working pays when it
# comes out right. After some thirty steps it is hardly ever sure of anything. The reward is perfect, the
# accuracy is that of a blind guess, and nearly all groups are dead: it will stay there.
#
# *Cure:* price the way out below the way through. The cured twin pays 0.2 for "not sure": more than a wrong
# answer, less than honest work is worth on average. One number changed. What the number should be you can
# read off samples *before* training: it must lie well below the share of worked answers that are right.
#
# *Again:* `python -m helpers.museum hack-unsure`, and `hack-unsure-cured`
# </details>

# %%
assert last(curve, "reward") > 1.9 and last(curve, "dead_groups") > 0.8
assert last(curve[:40], "reward_accuracy_mean") < 0.1 and last(curve, "reward_accuracy_mean") < 0.1
assert last(cured, "reward_accuracy_mean") > 0.7
for number in (10, 11):
    print("exhibit 9" if number == 10 else "cured")
    said(number)

# %% [markdown]
# A reward that rises is not good news. It is news. Watch something beside it that it does *not* pay for:
# a second reward with weight 0 costs one line, as in these two exhibits.
#
# ## Break it yourself
#
# Twelve steps of exhibit 1, live. (Runs of the museum go to `runs/museum/`, where notebook 05 does not look
# for runs to praise.)

# %% tags=["nbval-ignore-output"]
mine = ALL[0].train(steps=12)

# %%
assert first(mine.curve, "reward", 1) > 0.3 and last(mine.curve, "reward", 3) < 0.1
assert last(mine.curve, "dead_groups", 3) > 0.9
print("Broken within twelve steps, as on the wall.")

# %% [markdown]
# Could it have been stopped? You know by now what to look for. An alarm takes three lines:


# %%
def alarm(rows):
    """What is wrong with the last five steps; empty while all is well."""
    means = {name: last(rows, name, 5) for name in ("truncated", "dead_groups")}
    signs = {"truncated": "everything is truncated", "dead_groups": "no group has spread"}
    return ", ".join(sign for name, sign in signs.items() if means[name] > 0.9)


wall = {f"exhibit {min(n, 9)}": ALL[n - 1].run.curve for n in (1, 2, 3, 4, 5, 6, 7, 8, 10)}
wall |= {f"healthy, {task}": run.curve for task, run in healthy.items()}
rung = {}
for name, rows in wall.items():
    rung[name] = next((step for step in range(5, len(rows) + 1) if alarm(rows[:step])), None)
    told = "silent" if rung[name] is None else f"{alarm(rows[: rung[name]])}, at step {rung[name]}"
    print(f"{name}: {told}")
assert sum(step is not None and step <= 10 for step in rung.values()) == 5

# %% [markdown]
# It is quick where the run is dead from the start, and it leaves the healthy in peace. It is silent, or late,
# for the leash, for the rate that was good at first, and for both hacks: the alarm cannot see those. For them
# there is held-out evaluation (05), a watched reward, and reading samples.
#
# ## First aid
#
# | you see | look at | likely cause |
# |---|---|---|
# | reward falls off a cliff, entropy jumps | learning rate | far too high |
# | reward 0, truncated 100 % | `max_completion_length` | answers never end |
# | reward 0, length 1 or endless | one decoded prompt | chat template missing |
# | reward flat, dead groups 100 % | pass@8, the reward on samples | too hard, too easy, or saturated |
# | reward flat, KL near 0 | `beta` | leash too short |
# | reward good, then worse | learning rate, its schedule | too high, or too long |
# | reward high, samples bad | what is *not* paid for | a hack |
#
# ## Recap
#
# - Dead groups and truncated alone find five of the nine in the first ten steps; entropy, KL and samples help
#   with the rest.
# - A perfect reward can be a perfect failure. Watch what you do not pay for, and read samples.
# - The nearest hole wins: price every way out below the way through.
#
# **Exercises:** [four functions that check themselves](exercises/07_when_it_breaks.ipynb): two looks at
# curves, a reward to mend, and a price for doubt.
#
# **Next:** [08 · Scale up](08_scale_up.ipynb): two processes, and what a run on many GPUs would cost.
# Or change a reward in 02, train again in 03 or 04, and measure it in 05: you have all the tools now.
