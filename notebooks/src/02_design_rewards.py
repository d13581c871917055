# %% [markdown]
# # 02 · Design rewards
#
# At the end there are four rewards that you trust, two for length, one for format and one for right
# answers, because you have watched the naive version of each one fail.
#
# **You will…**
#
# - write each reward the obvious way, plot it past its range, and find its flaw,
# - import the real one, read its source, plot it again, and assert that the flaw is gone,
# - turn the rewards of a group into advantages, and see which rewards teach and which teach nothing.
#
# **Minutes:** 30 · **Hardware:** any computer. No model runs here: the real completions are from a recorded
# run.

# %% [markdown]
# ## A reward for length
#
# A *reward* is a function: a batch of completions goes in, one number for each comes out, and more is
# better. Say that a summary should be 50 characters long. The obvious reward takes off a point for every
# character too many or too few.
#
# **Predict:** what does it pay for an empty text, and what for one of 300 characters?

# %%
from helpers.plots import reward_curve, show


def naive_len(completions, *, ideal_chars=50, **kwargs):
    return [-abs(ideal_chars - len(completion)) for completion in completions]


ax = reward_curve(lambda n: naive_len(["x" * int(n)])[0], range(301), ideal=50)
show(ax, "A peak of 0 at 50 characters; the reward falls by one a character on both sides, without a floor.")

# %%
for n in (0, 50, 100, 300):
    print(f"{n:3d} characters earn {naive_len(['x' * n])[0]}")

# %% [markdown]
# Plotting past the range shows that there is no floor: the longer the text, the worse, without end.
#
# So far the completions were plain strings. When the prompt is a conversation, TRL (the library that trains
# in this workbook) passes each completion as a conversation too: a list with one message.
#
# **Predict:** what does the naive reward pay a chat completion of exactly 50 characters?

# %%
def chat(text):
    return [{"role": "assistant", "content": text}]


ax = reward_curve(lambda n: naive_len(["x" * int(n)])[0], range(301), label="plain string")
reward_curve(lambda n: naive_len([chat("x" * int(n))])[0], range(301), label="chat completion", ax=ax)
show(ax, "The plain string's peak at 50, and for chat completions a flat line: every length earns the same.")

# %%
paid = {naive_len([chat("x" * n)])[0] for n in range(301)}
print("len(a chat completion of 50 characters):", len(chat("x" * 50)))
print("all that chat completions of 0 to 300 characters can earn:", paid)
assert paid == {-49}

# %% [markdown]
# `len` counts the messages, so every completion earns the same, and a model cannot learn from that.
#
# The real reward goes through `text_of` first.

# %%
import inspect
from helpers.rewards import reward_len, text_of

print(inspect.getsource(text_of))
print(inspect.getsource(reward_len))

# %%
ax = reward_curve(lambda n: reward_len(["x" * int(n)])[0], range(301), label="plain string")
reward_curve(lambda n: reward_len([chat("x" * int(n))])[0], range(301), label="chat completion", ax=ax)
show(ax, "Now both lines lie on each other, with their peak of 0 at 50 characters.")

# %%
for n in range(301):
    assert reward_len(["x" * n]) == reward_len([chat("x" * n)]) == [-abs(50 - n)]
print("plain and chat completions of 0 to 300 characters earn the same")

# %% [markdown]
# ## On real completions
#
# `data/runs` ships recorded training runs of the tiny model, samples included. Step 1 samples before the
# first update, so its completions are what the model says before GRPO. Each row holds the prompt, the
# completion, its token ids, and what it earned.

# %%
from helpers.runs import SHIPPED, list_runs

recorded = {run.task: run for run in list_runs(SHIPPED) if (run.model, run.seed) == ("tiny", 0)}
print({task: f"{run.label}, {len(run.curve)} steps" for task, run in sorted(recorded.items())})
summaries = [row for row in recorded["tldr"].completions if row["step"] == 1]
texts = [row["completion"] for row in summaries]
for text in sorted(texts, key=len)[:: len(texts) // 4]:
    print(f"{len(text):4d} characters  {text}")

# %% [markdown]
# **Predict:** how many of these summaries come within 10 points of the best reward, 0?

# %%
lengths = [len(text) for text in texts]
ax = reward_curve(lambda n: reward_len(["x" * int(n)])[0], range(301), ideal=50, samples=lengths)
show(ax, "The reward's peak at 50 characters, with the model's summaries before GRPO as dots on it.")

# %%
by_chars = reward_len(texts)
print(f"{len(texts)} summaries, {min(lengths)} to {max(lengths)} characters")
print(f"mean reward {sum(by_chars) / len(texts):.1f}; {sum(r >= -10 for r in by_chars)} earn -10 or more")
assert by_chars == [row["rewards"]["reward_len"] for row in summaries], "the record disagrees"
assert max(by_chars) - min(by_chars) > 20

# %% [markdown]
# The rewards differ from summary to summary, and differences are all that GRPO (Group Relative Policy
# Optimization) learns from.
#
# The target is a parameter. `configured` fixes it and gives the result a name that shows up in the training
# curves.

# %%
from helpers.rewards import configured

ax = None
for ideal in (30, 50, 80):
    reward = configured(reward_len, ideal_chars=ideal)
    ax = reward_curve(lambda n, f=reward: f(["x" * int(n)])[0], range(151), label=reward.__name__, ax=ax)
show(ax, "Three peaks of the same shape, at 30, 50 and 80 characters.")

# %%
longer = configured(reward_len, ideal_chars=80)
print(longer.__name__, longer([chat("x" * 50), chat("x" * 80)]))
assert longer([chat("x" * 50), chat("x" * 80)]) == [-30.0, 0.0]

# %% [markdown]
# Move the target yourself (this needs a running kernel): the dots are the same real summaries.

# %% tags=["nbval-ignore-output"]
import io
import statistics
import ipywidgets as widgets
from matplotlib import pyplot as plt

slider = widgets.IntSlider(80, min=10, max=200, step=10, description="ideal_chars")
picture, mean = widgets.Image(format="png", layout={"width": "360px"}), widgets.Label()


def draw(change=None):
    reward, file = configured(reward_len, ideal_chars=slider.value), io.BytesIO()
    ax = reward_curve(lambda n: reward(["x" * int(n)])[0], range(301), ideal=slider.value, samples=lengths)
    ax.figure.savefig(file, format="png")
    plt.close(ax.figure)
    picture.value = file.getvalue()
    mean.value = f"mean reward {statistics.mean(reward(texts)):.1f}"


slider.observe(draw, "value")
draw()
widgets.VBox([slider, picture, mean])

# %%
for slider.value in (30, 50, 100, 150, 200):
    print(f"ideal_chars {slider.value:3d}: {mean.value}")
slider.value = 80
print(f"median length of the summaries: {statistics.median(lengths):.0f} characters")

# %% [markdown]
# The mean reward is highest for targets near the length that the model writes anyway: those leave the least
# to learn.

# %% [markdown]
# ## A reward for tokens
#
# Models read and write *tokens*, pieces of words, and their limits count tokens. The recipe's second length
# reward asks for 50 of them: half a point off for each one missing, twice the square of the excess for too
# many.
#
# **Predict:** 50 tokens of a summary, roughly how many characters is that?

# %%
from helpers.plots import rewards_scatter

tokens = [len(row["token_ids"]) for row in summaries]
ax = rewards_scatter(tokens, lengths, xlabel="length (tokens)", ylabel="length (characters)")
show(ax, "Characters grow with tokens along a line, several characters a token.")

# %%
per_token = sum(lengths) / sum(tokens)
print(f"{per_token:.2f} characters a token")
assert per_token > 1.5

# %% [markdown]
# Characters and tokens are two units, and a reward that mixes them up still runs without an error. Here is
# that mistake: the parameter says tokens, the code counts characters.

# %%
def naive_token_length(completions, *, ideal_tokens=50, **kwargs):
    excess = [len(text_of(completion)) - ideal_tokens for completion in completions]
    return [-2.0 * over**2 if over >= 0 else 0.5 * over for over in excess]


ax = reward_curve(lambda n: naive_token_length(["x" * int(n)])[0], range(151), ideal=50)
show(ax, "A flat roof up to 50, then a cliff that falls ever faster; the axis counts characters, not tokens.")

# %% [markdown]
# **Predict:** which of the real summaries does it like best, one near 50 tokens or one near 50 characters?

# %%
naive = naive_token_length(texts)
best = naive.index(max(naive))
print(f"paid best: {lengths[best]} characters, {tokens[best]} tokens")
print(f"paid worst: {max(lengths)} characters earn {min(naive):.0f}")
assert tokens[best] < 35, "it was supposed to like 50 tokens"

# %% [markdown]
# It says tokens and pays for characters. TRL passes the token ids as well, as `completion_ids`; the real
# reward counts those.

# %%
from helpers.rewards import reward_token_length

print(inspect.getsource(reward_token_length))

# %%
def of_tokens(n):
    return reward_token_length(["…"], [[0] * int(n)])[0]


ax = reward_curve(of_tokens, range(101), unit="tokens", ideal=50, samples=tokens)
show(ax, "The same roof and cliff, now over tokens, with the real summaries as dots on it.")

# %%
assert reward_token_length(["…"] * 4, [[0] * n for n in (40, 50, 51, 60)]) == [-5.0, 0.0, -2.0, -200.0]
print("10 tokens missing:", of_tokens(40), " 10 too many:", of_tokens(60), " 50 too many:", of_tokens(100))

# %% [markdown]
# Too long costs far more than too short, and the cost explodes past the range.
#
# **Predict:** can one summary please both length rewards, 50 characters *and* 50 tokens?

# %%
by_tokens = reward_token_length(texts, [row["token_ids"] for row in summaries])
xlabel, ylabel = "reward_len (50 characters)", "reward_token_length (50 tokens)"
ax = rewards_scatter(by_chars, by_tokens, xlabel=xlabel, ylabel=ylabel)
show(ax, "Each real summary by both rewards: no dot reaches the corner where both are 0.")

# %%
short, long = round(50 / per_token), round(50 * per_token)
print(f"50 characters are about {short} tokens, and reward_token_length pays {of_tokens(short)}")
print(f"50 tokens are about {long} characters, and reward_len pays {reward_len(['x' * long])[0]}")
assert max(chars + toks for chars, toks in zip(by_chars, by_tokens)) < -5

# %% [markdown]
# "50 tokens" and "50 characters" contradict each other, so a training takes one of the two; notebook 03
# takes `reward_len`.

# %% [markdown]
# ### A sum is won by the loudest
#
# TRL adds up several rewards. Say that a right answer earns 1 and a wrong one 0, and `reward_token_length`
# is added to keep answers near 50 tokens.
#
# **Predict:** how many tokens too many undo a right answer?

# %%
ax = reward_curve(lambda n: 1 + of_tokens(n), range(30, 71), unit="tokens", label="right answer")
reward_curve(lambda n: 0 + of_tokens(n), range(30, 71), unit="tokens", label="wrong answer", ax=ax)
show(ax, "Two lines that cannot be told apart: being right makes no visible difference to the sum.")

# %%
print("right, 51 tokens:", 1 + of_tokens(51), "  wrong, 50 tokens:", 0 + of_tokens(50))
assert 1 + of_tokens(51) < 0 + of_tokens(50)

# %% [markdown]
# One token too many already costs more than being right earns. A weight brings the two to one scale.

# %%
weight = 0.001
ax = reward_curve(lambda n: 1 + weight * of_tokens(n), range(30, 71), unit="tokens", label="right answer")
reward_curve(lambda n: weight * of_tokens(n), range(30, 71), unit="tokens", label="wrong answer", ax=ax)
show(ax, "With the weight the lines are apart: right answers earn more at every length shown.")

# %%
worst_right = min(1 + weight * of_tokens(n) for n in range(30, 71))
print(f"the worst right answer of 30 to 70 tokens earns {worst_right:.2f}, the best wrong one 0.00")
assert worst_right > 0

# %% [markdown]
# In a training that is `train(…, reward_weights=[1.0, 0.001])`; before you add rewards up, plot each over
# the range that completions really have.

# %% [markdown]
# ## A reward for format
#
# The second task is maths, and the prompt asks for reasoning in `<think></think>` and then an answer in
# `<answer></answer>`. The obvious check is a regular expression. These cases say what it should pay.

# %%
wanted = {
    "as asked": ("<think>6 * 7 = 42.</think><answer>42</answer>", 1),
    "two lines of reasoning": ("<think>6 * 7\n= 42.</think>\n<answer>42</answer>", 1),
    "text around the tags": ("Sure! <think>6 * 7</think><answer>42</answer> Bye.", 0),
    "doubled tags": ("<think><think>6 * 7</think><answer>42</answer>", 0),
    "five answers": ("<think>6 * 7</think>" + "<answer>42</answer>" * 5, 0),
    "wrong order": ("<answer>42</answer><think>6 * 7</think>", 0),
    "no tags": ("6 * 7 = 42. The answer is 42.", 0),
}
cases, should = zip(*wanted.values())

# %% [markdown]
# **Predict:** which of the seven does this one judge wrongly?

# %%
import re


def naive_format(completions, **kwargs):
    pattern = r"<think>.*</think>\s*<answer>.*</answer>"
    return [1.0 if re.search(pattern, text_of(completion)) else 0.0 for completion in completions]


# %%
import numpy as np
from helpers.plots import style


@style()
def grid(names, columns):
    """What each reward (columns) pays each case (rows); bold and marked where it is not the last column's."""
    table = np.array(list(columns.values()), dtype=float).T  # None becomes nan
    ax = plt.subplots(figsize=(6, 0.38 * len(table) + 0.9))[1]
    ax.imshow(np.nan_to_num(table, nan=0.5), cmap="Blues", vmin=0, vmax=2.5, aspect="auto")
    for (row, column), value in np.ndenumerate(table):
        wrong = not np.array_equal(value, table[row, -1], equal_nan=True)
        text = "None" if np.isnan(value) else f"{value:g}"
        ax.text(column, row, f"✗ {text}" if wrong else text, ha="center", va="center",
                weight="bold" if wrong else "normal")
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(table)), names)
    ax.grid(visible=False)
    ax.set_xlabel("who judges (in the cells: reward)")
    return ax


# %%
ax = grid(wanted, {"naive": naive_format(cases), "wanted": should})
show(ax, "The naive regex fails reasoning on two lines, and pays for text around the tags and extra tags.")

# %%
def misjudged(found):
    return [name for name, got, want in zip(wanted, found, should) if got != want]


print(misjudged(naive_format(cases)))
assert "two lines of reasoning" in misjudged(naive_format(cases)), "DOTALL is missing, so it must fail"

# %% [markdown]
# In a regular expression `.` stops at a line break unless it is told `re.DOTALL`, and `re.search` is
# content with a match anywhere inside the text.
#
# **Predict:** `re.DOTALL` and `re.fullmatch` mend that; what is left?

# %%
def better_format(completions, **kwargs):
    pattern = r"<think>.*</think>\s*<answer>.*</answer>"
    return [1.0 if re.fullmatch(pattern, text_of(c), re.DOTALL) else 0.0 for c in completions]


ax = grid(wanted, {"naive": naive_format(cases), "better": better_format(cases), "wanted": should})
show(ax, "The better regex judges lines and surroundings rightly, but still pays for doubled tags.")

# %%
print(misjudged(better_format(cases)))
assert misjudged(better_format(cases)) == ["doubled tags", "five answers"]

# %% [markdown]
# `.*` also matches tags, so the tags may repeat. The real pattern allows any text inside a pair *except*
# the four tags.

# %%
from helpers import rewards as room
from helpers.rewards import reward_format

print(room._INSIDE, room._FORMAT.pattern, sep="\n")
print(inspect.getsource(reward_format))

# %%
columns = {"naive": naive_format(cases), "better": better_format(cases), "real": reward_format(cases)}
show(grid(wanted, columns | {"wanted": should}), "The real reward pays each of the seven cases as wanted.")

# %%
assert reward_format(cases) == reward_format([chat(case) for case in cases]) == list(should)
print("the real reward:", reward_format(cases))

# %% [markdown]
# Now the model's own maths before GRPO, again from step 1 of the recorded run: it mixes tagged and untagged
# ways to answer.

# %%
answers = [row for row in recorded["math"].completions if row["step"] == 1]
said = [row["completion"] for row in answers]
for text, reward in sorted(set(zip(said, reward_format(said))), key=lambda pair: (-pair[1], pair[0]))[::3]:
    print(f"{reward:.0f}  {text}")

# %%
rewards = reward_format(said)
print(f"{sum(rewards):.0f} of {len(said)} keep the format")
assert rewards == [row["rewards"]["reward_format"] for row in answers], "the record disagrees"

# %% [markdown]
# ## A reward for right answers
#
# A right answer earns 1, a wrong one 0. The obvious check compares two strings. Each case has a completion,
# the data set's solution, and what it should pay.

# %%
def tagged(answer):
    return f"<think>…</think><answer>{answer}</answer>"


unreadable = "We see that the claim holds."
wanted = {
    "72 for 72": (tagged("72"), r"\boxed{72}", 1),
    "71 for 72": (tagged("71"), r"\boxed{72}", 0),
    "1,234 for 1234": (tagged("1,234"), r"\boxed{1234}", 1),
    "0.50 for 1/2": (tagged("0.50"), r"\boxed{1/2}", 1),
    "4=5 for 5": (tagged("4=5"), r"\boxed{5}", 0),
    "72, without tags": ("27 + 45 = 72. The answer is 72.", r"\boxed{72}", 1),
    "no number in the gold": (tagged("42"), unreadable, None),
}
cases, golds, should = zip(*wanted.values())

# %% [markdown]
# The last one has a solution (the *gold*) that states no answer: nobody can say whether 42 is right, so the
# reward should be `None`, "cannot be scored". That is another thing than 0, "wrong".
#
# **Predict:** how many of the seven does comparing strings get right?

# %%
def naive_accuracy(completions, solution, **kwargs):
    found = [re.search(r"<answer>(.*)</answer>", text_of(completion)) for completion in completions]
    golds = [re.search(r"\\boxed\{(.*)\}", text) for text in solution]
    return [float(bool(f and g) and f[1] == g[1]) for f, g in zip(found, golds)]


ax = grid(wanted, {"naive": naive_accuracy(cases, golds), "wanted": should})
show(ax, "Comparing strings fails 1,234, one half, the untagged answer and the gold that cannot be read.")

# %%
print(misjudged(naive_accuracy(cases, golds)))
assert {"1,234 for 1234", "0.50 for 1/2"} <= set(misjudged(naive_accuracy(cases, golds)))

# %% [markdown]
# Right answers come in many spellings. The library math-verify reads them, and older recipes call it like
# this; a gold that it cannot read they pay with 1, "to be on the safe side".
#
# **Predict:** what does that do to a model that is asked many unreadable questions?

# %%
from math_verify import parse, verify


def older_accuracy(completions, solution, **kwargs):
    rewards = []
    for completion, gold in zip(completions, solution):
        found = re.search(r"<answer>(.*)</answer>", text_of(completion))
        answer, gold = parse(rf"\boxed{{{found[1]}}}" if found else text_of(completion)), parse(gold)
        rewards.append(float(verify(gold, answer)) if gold else 1.0)
    return rewards


columns = {"naive": naive_accuracy(cases, golds), "older": older_accuracy(cases, golds)}
ax = grid(wanted, columns | {"wanted": should})
show(ax, "The older recipe reads all spellings, and pays for 4=5 and for the unreadable gold.")

# %%
print(misjudged(older_accuracy(cases, golds)))
assert older_accuracy([tagged("anything")], [unreadable]) == [1.0], "whatever the model says"

# %% [markdown]
# On an unreadable gold every answer is paid in full: the reward praises whatever the model happens to say.
#
# The other miss is an equation. **Predict:** which of these does math-verify, called plainly, take for 5?

# %%
chains = ["5", "4=5", "1=2=5", "5=4"]
plain = [float(verify(parse("$5$"), parse(f"${chain}$"))) for chain in chains]
print(dict(zip(chains, plain)))
assert plain[1] == plain[2] == 1.0, "math-verify has changed its mind about chains"

# %% [markdown]
# The real reward takes plain numbers on an exact path (fractions, no tolerance), hands the rest to
# math-verify behind guards, takes no chain for an answer, and says `None` where the gold cannot be read.

# %%
from helpers.answers import same_answer
from helpers.rewards import reward_accuracy

print(inspect.getsource(reward_accuracy))
print(inspect.getsource(same_answer))

# %%
columns |= {"real": reward_accuracy(cases, golds), "wanted": should}
show(grid(wanted, columns), "The real reward pays each of the seven cases as wanted, None for the last.")

# %%
assert reward_accuracy(cases, golds) == reward_accuracy([chat(c) for c in cases], golds) == list(should)
assert reward_accuracy([tagged(chain) for chain in chains], ["5"] * 4) == [1.0, 0.0, 0.0, 0.0]
print("the real reward:", reward_accuracy(cases, golds))

# %% [markdown]
# A data set can be wrong too. The cheapest test of a reward and its data: every gold, given as the answer,
# must earn 1.

# %%
from helpers.tasks import DATA, MATH, read_jsonl

golds = [row["solution"] for row in read_jsonl(DATA / MATH.folder / "train.jsonl")]
earned = reward_accuracy(golds, golds)
print(f"{earned.count(1.0)} of {len(earned)} golds earn 1.0, {earned.count(None)} cannot be read")
assert set(earned) == {1.0}

# %% [markdown]
# And the model's own answers. **Predict:** do a kept format and a right answer go together?

# %%
right = reward_accuracy(said, [row["gold"] for row in answers])
kept = reward_format(said)
table = np.array([[sum(k == i and r == j for k, r in zip(kept, right)) for j in (0, 1)] for i in (0, 1)])
with style():
    ax = plt.subplots(figsize=(4, 2.4))[1]
    for j, (label, mark) in enumerate({"wrong": "//", "right": ""}.items()):
        left, rows = table[:, 0] * j, ["untagged", "tagged"]
        ax.barh(rows, table[:, j], left=left, label=label, hatch=mark, edgecolor="white")
    ax.set_xlabel("number of completions")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
show(ax, "Right and wrong answers among the untagged and the tagged completions of step 1.")

# %%
print("untagged: {} wrong, {} right;  tagged: {} wrong, {} right".format(*table.ravel()))
assert right == [row["rewards"]["reward_accuracy"] for row in answers], "the record disagrees"

# %% [markdown]
# Format and correctness are two things, so they are two rewards, and the workbook reports them apart.
#
# ### What even the real ones pay
#
# A reward sees what it measures, and nothing else.

# %%
print("reward_len:     ", reward_len(["x" * 50]), "for fifty times x")
print("reward_format:  ", reward_format(["<think></think><answer></answer>"]), "for empty tags")
print("reward_accuracy:", reward_accuracy(["The answer is 27 + 45."], ["72"]), "for not working it out")

# %% [markdown]
# > **Note:** A model that is trained on a reward finds such gaps if they are near. That is called *reward
# > hacking*, and it is why notebook 03 looks at the summaries themselves and not only at their reward.

# %% [markdown]
# ## What a reward teaches
#
# GRPO samples a *group*: several completions of one prompt. An *advantage* says how much better than its
# group a completion did: its reward minus the group's mean, divided by the group's standard deviation.
# Training makes completions with a positive advantage more likely, and the others less.

# %%
def advantages(rewards):
    mean, std = statistics.mean(rewards), statistics.stdev(rewards)
    return [(reward - mean) / (std + 1e-4) for reward in rewards]


# %%
def groups(run):
    rows, size = run.completions, run.record["config"]["num_generations"]
    return [rows[first : first + size] for first in range(0, len(rows), size)]


def total(row):
    return sum(row["rewards"].values())


lively = next(group for group in groups(recorded["math"]) if len({total(row) for row in group}) > 1)
print("step", int(lively[0]["step"]), "·", lively[0]["prompt"])

# %% [markdown]
# **Predict:** the total is format plus accuracy. Which completions will be pushed up?

# %%
from helpers.plots import group_advantages

rewards = [total(row) for row in lively]
show(
    group_advantages(rewards, advantages(rewards), [row["completion"] for row in lively]),
    "Rewards of a group of completions, and their advantages: those above the group's mean are positive.",
)

# %%
logged = [row["advantage"] for row in lively]
assert np.allclose(advantages(rewards), logged, atol=1e-3), "TRL computes something else"
print(f"our three lines and TRL's log agree; the advantages sum to {abs(sum(advantages(rewards))):.2f}")

# %% [markdown]
# Only the comparison counts: what is above the mean goes up, what is below goes down.
#
# **Predict:** what happens to the advantages if you multiply every reward by 100, or add 1000?

# %%
for change in (lambda r: 100 * r, lambda r: r + 1000):
    assert np.allclose(advantages([change(reward) for reward in rewards]), advantages(rewards), atol=1e-3)
print("the same advantages: neither scale nor offset of a single reward matters")

# %% [markdown]
# That is why a negative reward such as `reward_len` works as well as a positive one. What does matter is
# the *spread* within the group. **Predict:** the naive length reward from the top of this page, on a group
# of real chat completions?

# %%
group = [chat(row["completion"]) for row in groups(recorded["tldr"])[0]]
flat, names = naive_len(group), [text_of(completion) for completion in group]
show(
    group_advantages(flat, advantages(flat), names),
    "Every completion earns the same reward, and every advantage is zero.",
)

# %%
print("naive:", set(advantages(flat)), " real:", [f"{a:+.1f}" for a in advantages(reward_len(group))])
assert set(advantages(flat)) == {0.0} and max(advantages(reward_len(group))) > 0.5

# %% [markdown]
# A group without spread is a *dead group*: no advantage, no nudge, nothing learned. It also happens to a
# good reward, when all completions are right (or all wrong).

# %%
from helpers.plots import training_curve

run = recorded["math"]
show(
    training_curve(run.curve, {"dead_groups": "share of dead groups"}),
    "The share of groups without spread at each step of the recorded maths training.",
)

# %%
dead = run.column("dead_groups")
first, last = (sum(part) / len(part) for part in (dead[:5], dead[-5:]))
print(f"share of dead groups: {first:.2f} in the first five steps, {last:.2f} in the last five")
assert last > first

# %% [markdown]
# A reward runs dry as the model masters it; prompts that are neither too easy nor too hard keep it alive.
#
# One last look at the cliff of `reward_token_length`. Seven completions differ in length by a little, and
# one runs away. **Predict:** can the advantages still tell the seven apart?

# %%
sizes = [20, 25, 30, 35, 40, 45, 50, 96]
steep = reward_token_length(["…"] * 8, [[0] * n for n in sizes])
show(
    group_advantages(steep, advantages(steep), [f"{n} tokens" for n in sizes]),
    "One very negative reward: its advantage is far below zero, and the other seven look the same.",
)

# %%
print([f"{a:+.3f}" for a in advantages(steep)])
with_it, without = advantages(steep), advantages(steep[:-1])
print(f"best minus worst of the seven: {with_it[6] - with_it[0]:.3f} with the runaway in the group")
print(f"                               {without[6] - without[0]:.3f} without it")
assert with_it[6] - with_it[0] < 0.05 < 1 < without[6] - without[0]

# %% [markdown]
# One runaway sets the standard deviation for the whole group, and the differences you wanted to teach
# vanish.
#
# ## Use your own
#
# Rewards are passed in the open: `train("math", "tiny", reward_funcs=[reward_format, reward_accuracy,
# my_reward])` trains on their sum, with any function of the shape you have seen here. Every column of the
# data set arrives as a keyword argument; `**kwargs` takes those you do not use.

# %%
import sys

print("torch was needed for this page:", "torch" in sys.modules)

# %% [markdown]
# ## Recap
#
# - Plot a reward past its range and on real completions before you train on it; a wrong one raises no
#   error.
# - Go through `text_of`, name the unit, match the whole text, say `None` where you cannot judge, and mind
#   the scale in a sum.
# - Advantages compare within a group: no spread, no learning; one outlier drowns the rest.
#
# **Exercises:** [exercises/02_design_rewards.ipynb](exercises/02_design_rewards.ipynb), a length reward
# with bounds and a format reward with partial credit.
#
# **Next:** [03_train_tldr.ipynb](03_train_tldr.ipynb) trains on `reward_len`.
