# %% [markdown]
# # 02 · Design rewards
#
# At the end there are rewards that you trust, for length, content, format and right answers, because you have
# watched the obvious version of each one fail.
#
# **You will…**
#
# - write each reward the obvious way, plot it past its range, and find its flaw,
# - import the real one, read its source, plot it again, and assert that the flaw is gone,
# - turn the rewards of a group into advantages, and see which rewards teach and which teach nothing,
# - design a reward of your own in the reward lab, and train on exactly that.
#
# **Minutes:** 55 · **Hardware:** any computer. The real completions are recorded; a model runs in the last
# section only, for ten steps.

# %% [markdown]
# ## A reward for length
#
# A *reward* is a function: a batch of completions goes in, one number for each comes out, and more is
# better. Say that a summary should be 50 characters long. The obvious reward takes off a point for every
# character too many or too few.
#
# **Predict:** what does it pay for an empty text, and what for one of 300 characters?

# %%
from helpers.guesses.design import GUESSES
from helpers.widgets.quiz import quiz

quiz(*GUESSES[1])

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
quiz(*GUESSES[2])

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
# The real reward goes through `text_of` first. ("The recipe", in its docstring and below, is the
# experiment that this workbook follows: two larger models, each on two tasks. Notebook 08 comes to it.)

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
# `data/samples` holds what the tiny model says before GRPO: eight completions each of 64 training prompts,
# with their token ids and the gold. Here are the eight summaries of one post.

# %%
from helpers.tasks import DATA, read_jsonl

post = read_jsonl(DATA / "samples" / "tldr.jsonl")[46]
texts = post["completions"]
for text in sorted(texts, key=len)[:: len(texts) // 4]:
    print(f"{len(text):4d} characters  {text}")

# %% [markdown]
# **Predict:** how many of these summaries come within 10 points of the best reward, 0?

# %%
quiz(*GUESSES[3])

# %%
lengths = [len(text) for text in texts]
ax = reward_curve(lambda n: reward_len(["x" * int(n)])[0], range(301), ideal=50, samples=lengths)
show(ax, "The reward's peak at 50 characters, with the model's summaries before GRPO as dots on it.")

# %%
by_chars = reward_len(texts)
print(f"{len(texts)} summaries, {min(lengths)} to {max(lengths)} characters")
print(f"mean reward {sum(by_chars) / len(texts):.1f}; {sum(r >= -10 for r in by_chars)} earn -10 or more")
assert max(by_chars) - min(by_chars) > 20

# %% [markdown]
# The rewards differ from summary to summary, and differences are all that GRPO (Group Relative Policy
# Optimization) learns from.
#
# The target is a parameter. `configured` fixes it, and gives the result a name that shows up in the training
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
# ## A reward for tokens
#
# Models read and write *tokens*, pieces of words, and their limits count tokens. The recipe's second length
# reward asks for 50 of them: half a point off for each one missing, twice the square of the excess for too
# many. In the cell below it has a mistake: the parameter says tokens, the code counts characters.
#
# **Predict:** which of these three real summaries does it like best?

# %%
quiz(*GUESSES[4])

# %%
def naive_token_length(completions, *, ideal_tokens=50, **kwargs):
    excess = [len(text_of(completion)) - ideal_tokens for completion in completions]
    return [-2.0 * over**2 if over >= 0 else 0.5 * over for over in excess]


# %%
from helpers.plots import rewards_scatter

tokens = [len(ids) for ids in post["token_ids"]]
naive = naive_token_length(texts)
ax = rewards_scatter(tokens, naive, xlabel="length (tokens)", ylabel="naive token reward")
show(ax, "The short summaries earn nearly 0; those of about 50 tokens earn tens of thousands below it.")

# %%
for chars, count, paid in sorted(set(zip(lengths, tokens, naive))):
    print(f"{chars:3d} characters, {count:2d} tokens: {paid:6.0f}")
assert tokens[naive.index(max(naive))] < 35, "it was supposed to like 50 tokens"

# %% [markdown]
# It says tokens, pays for characters, and raises no error: what comes nearest to 50 tokens is among the
# worst. TRL passes the token ids as well, as `completion_ids`; the real reward counts those.

# %%
from helpers.rewards import reward_token_length

print(inspect.getsource(reward_token_length))

# %%
def of_tokens(n):
    return reward_token_length(["…"], [[0] * int(n)])[0]


ax = reward_curve(of_tokens, range(101), unit="tokens", ideal=50, samples=tokens)
show(ax, "Up to 50 tokens it rises too gently to be seen here, then it falls off ever faster: a cliff.")

# %%
assert reward_token_length(["…"] * 4, [[0] * n for n in (40, 50, 51, 60)]) == [-5.0, 0.0, -2.0, -200.0]
print("10 tokens missing:", of_tokens(40), " 10 too many:", of_tokens(60), " 50 too many:", of_tokens(100))

# %% [markdown]
# Too long costs far more than too short, and the cost explodes past the range. (One of the eight summaries is
# over the edge, by two tokens.)
#
# ## A length reward with a bound
#
# Say that a reward should stay between 0 and 1. Half a wave of a cosine falls smoothly from 1 at the ideal to
# 0, here at 100 characters away from it.
#
# **Predict:** what does it pay at twice that distance?

# %%
quiz(*GUESSES[5])

# %%
import math


def cosine_len(completions, *, ideal_chars=50, width_chars=100, **kwargs):
    away = [abs(ideal_chars - len(text_of(completion))) for completion in completions]
    return [0.5 + 0.5 * math.cos(math.pi * chars / width_chars) for chars in away]


ax = reward_curve(lambda n: cosine_len(["x" * int(n)])[0], range(151), ideal=50)
show(ax, "Over the range it was made for: a smooth hill with its top, 1, at 50 characters.")

# %%
ax = reward_curve(lambda n: cosine_len(["x" * int(n)])[0], range(401), ideal=50)
show(ax, "Past its range it climbs back: 0 at 150 characters, and 1 again at 250.")

# %%
for n in (50, 150, 250):
    print(f"{n} characters earn {cosine_len(['x' * n])[0]:.2f}")
assert cosine_len(["x" * 250]) == [1.0], "200 characters too long, and paid in full"

# %% [markdown]
# A completion of 250 characters is paid in full, and a policy that wanders past the valley climbs the wrong
# hill. So clamp it: 0 from 150 characters on.
#
# **Predict:** one summary has 180 characters and one has 240. What does the clamped one teach about them?

# %%
quiz(*GUESSES[6])

# %%
from helpers.rewards import reward_len_bounded


def clamped_len(completions, *, ideal_chars=50, width_chars=100, **kwargs):
    away = [min(width_chars, abs(ideal_chars - len(text_of(completion)))) for completion in completions]
    return [0.5 + 0.5 * math.cos(math.pi * chars / width_chars) for chars in away]


ax = None
for reward in (cosine_len, clamped_len, reward_len_bounded):
    ax = reward_curve(lambda n, f=reward: f(["x" * int(n)])[0], range(401), label=reward.__name__, ax=ax)
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
show(ax, "The cosine climbs back, the clamped one lies flat from 150 on, the bounded one falls without end.")

# %%
two = ["x" * 180, "x" * 240]
print("clamped:", clamped_len(two), " bounded:", [round(paid, 3) for paid in reward_len_bounded(two)])
paid = reward_len_bounded(["x" * n for n in range(1001)])
assert clamped_len(two) == [0.0, 0.0] and min(paid) > 0 and max(paid) == paid[50] == 1
assert paid[:51] == sorted(set(paid[:51])) and paid[50:] == sorted(set(paid[50:]), reverse=True)

# %% [markdown]
# Where a reward is flat all completions earn the same, and there is nothing to learn. `reward_len_bounded`
# is never flat, never climbs back, and stays between 0 and 1 for texts of any length:

# %%
print(inspect.getsource(reward_len_bounded))

# %% [markdown]
# ## A reward for content
#
# **ROUGE-L** measures what a summary says: the longest sequence of words that it shares with a reference, in
# order but with gaps allowed, as a number from 0 to 1. Each row of the data set has such a reference.
#
# **Predict:** next to the real summaries stands a text of fifty times "x". What do length and content pay it?

# %%
quiz(*GUESSES[7])

# %%
from helpers.rewards import reward_rouge

references = [post["gold"]] * len(texts)
ours, who = [*texts, "x" * 50], [*["the model"] * len(texts), "fifty times x"]
by_length, by_content = reward_len_bounded(ours), reward_rouge(ours, [*references, references[0]])
xlabel, ylabel = "reward_len_bounded (50 characters)", "reward_rouge"
ax = rewards_scatter(by_length, by_content, xlabel=xlabel, ylabel=ylabel, groups=who)
show(ax, "Fifty times x earns most for length and nothing for content; each real summary earns some of both.")

# %%
print(f"fifty times x: length {by_length[-1]:.2f}, content {by_content[-1]:.2f}")
print(f"the model:     length up to {max(by_length[:-1]):.2f}, content up to {max(by_content[:-1]):.2f}")
assert by_length[-1] == 1 and by_content[-1] == 0 < min(by_content[:-1])

# %% [markdown]
# Length alone is won by rubbish; content is not, as there is a reference to compare with.
#
# ### A sum is won by the loudest
#
# So add them up, as TRL does with several rewards: content and, first, the recipe's token length. The eight
# summaries answer one post, and what a model learns from them is which are *better than the others*. How far
# a reward moves the total, up and down, is its standard deviation.
#
# **Predict:** which of the two moves the total further, and how much further?

# %%
quiz(*GUESSES[8])

# %%
import statistics
from matplotlib import pyplot as plt
from helpers.plots import style


@style()
def spreads(content, **by_length):
    axes = plt.subplots(1, len(by_length), figsize=(3.3 * len(by_length), 2.6), squeeze=False)[1][0]
    for ax, (name, length) in zip(axes, by_length.items()):
        parts = {"length": length, "content": content, "total": [a + b for a, b in zip(length, content)]}
        bars = ax.bar(list(parts), [statistics.stdev(part) for part in parts.values()])
        ax.bar_label(bars, fmt="%.2f")
        ax.margins(y=0.15)
        ax.set_title(name)
    axes[0].set_ylabel("standard deviation (reward)")
    return axes


content = reward_rouge(texts, references)
steep = reward_token_length(texts, post["token_ids"])
ax = spreads(content, reward_token_length=steep)
show(ax, "Length moves the total by several points, content by a fraction of one: its bar is hardly seen.")

# %%
def ranking(rewards):
    return sorted(range(len(rewards)), key=rewards.__getitem__, reverse=True)


both = [a + b for a, b in zip(steep, content)]
print("summaries 0 to 7, best first, by length:", ranking(steep))
print("            by the sum, content included:", ranking(both))
for size in (100, min(tokens)):
    print(f"weight 0.001: {0.001 * of_tokens(size):+.3f} for {size} tokens")
assert statistics.stdev(content) < 0.03 * statistics.stdev(both) and ranking(both) == ranking(steep)

# %% [markdown]
# The penalty eats the sum: content changes nothing in the order. A weight only moves the trouble: with 0.001
# a text of 100 tokens still loses 5 points, and the shortest summary, which lacks 43 of its 50 tokens, loses
# next to nothing. A bound mends it.

# %%
bounded = reward_len_bounded(texts)
ax = spreads(content, reward_token_length=steep, reward_len_bounded=bounded)
show(ax, "Left the steep sum, right the bounded one: there content moves it about as far as length.")

# %%
both = [a + b for a, b in zip(bounded, content)]
print("summaries 0 to 7, best first, by length:", ranking(bounded))
print("            by the sum, content included:", ranking(both))
assert statistics.stdev(content) > 0.2 * statistics.stdev(both) and ranking(both) != ranking(bounded)

# %% [markdown]
# Now content has a say (here it pulls the other way: the longer summaries say more, so the total spreads less
# than length alone). Compare the spreads on real completions before you add rewards up. In a training the
# sum is `train(…, reward_funcs=[reward_len_bounded, reward_rouge])`, and `reward_weights=[1.0, 2.0]` counts
# content twice.

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
# **Predict:** look at `naive_format`, below. Which of the seven does it judge wrongly?

# %%
quiz(*GUESSES[9])

# %%
import re


def naive_format(completions, **kwargs):
    pattern = r"<think>.*</think>\s*<answer>.*</answer>"
    return [1.0 if re.search(pattern, text_of(completion)) else 0.0 for completion in completions]


# %%
import numpy as np


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
quiz(*GUESSES[10])

# %%
def better_format(completions, **kwargs):
    pattern = r"<think>.*</think>\s*<answer>.*</answer>"
    return [1.0 if re.fullmatch(pattern, text_of(c), re.DOTALL) else 0.0 for c in completions]


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
ax = grid(wanted, columns | {"wanted": should})
show(ax, "The better regex still pays for doubled tags; the real reward pays each case as wanted.")

# %%
assert reward_format(cases) == reward_format([chat(case) for case in cases]) == list(should)
print("the real reward:", reward_format(cases))

# %% [markdown]
# Now the model's own maths before GRPO. `data/runs` ships recorded trainings, samples included, and step 1
# samples before the first update. Tagged and untagged ways to answer stand side by side.

# %%
from helpers.runs import SHIPPED, load_run

recorded = load_run(SHIPPED / "math-tiny-seed0")
answers = [row for row in recorded.completions if row["step"] == 1]
said = [row["completion"] for row in answers]
for text, reward in sorted(set(zip(said, reward_format(said))), key=lambda pair: (-pair[1], pair[0]))[::3]:
    print(f"{reward:.0f}  {text}")

# %%
rewards = reward_format(said)
print(f"{sum(rewards):.0f} of {len(said)} keep the format")
assert rewards == [row["rewards"]["reward_format"] for row in answers], "the record disagrees"

# %% [markdown]
# All or nothing is hard on a beginner: a model that never keeps the whole format sees zeros only.
# `reward_soft_format` pays a quarter for each tag that stands once and in its place.
#
# **Predict:** a good completion is cut short, character by character. Where does each reward start to pay?

# %%
quiz(*GUESSES[11])

# %%
from helpers.rewards import reward_soft_format

whole = cases[0]
cuts = range(len(whole) + 1)
ax = reward_curve(lambda n: reward_soft_format([whole[: int(n)]])[0], cuts, label="reward_soft_format")
reward_curve(lambda n: reward_format([whole[: int(n)]])[0], cuts, label="reward_format", ax=ax)
show(ax, "The soft reward climbs four steps, one a tag; the strict one is 0 up to the last character.")

# %%
soft = reward_soft_format(cases)
print(dict(zip(wanted, soft)))
assert [paid == 1 for paid in soft] == [paid == 1 for paid in should], "in full only for what is wanted"
assert reward_soft_format([whole[:-1]]) == [0.75] and reward_format([whole[:-1]]) == [0.0]

# %% [markdown]
# Each step is something to climb, and the top is the same. It has a price: a lone `<think>` is paid, too.

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
# **Predict:** how many of the seven does comparing strings, as `naive_accuracy` does below, get right?

# %%
quiz(*GUESSES[12])

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
quiz(*GUESSES[13])

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
# The other miss is an equation. **Predict:** which of `5`, `4=5`, `1=2=5` and `5=4` does math-verify, called
# plainly, take for 5?

# %%
quiz(*GUESSES[14])

# %%
chains = ["5", "4=5", "1=2=5", "5=4"]
plain = [float(verify(parse("$5$"), parse(f"${chain}$"))) for chain in chains]
print(dict(zip(chains, plain)))
assert plain[1] == plain[2] == 1.0, "math-verify has changed its mind about chains"

# %% [markdown]
# The real reward compares plain numbers exactly (as fractions, without tolerance), hands other maths to
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
quiz(*GUESSES[15])

# %%
right = reward_accuracy(said, [row["gold"] for row in answers])
pairs = list(zip(reward_format(said), right))
print({f"format {f:.0f}, right {r:.0f}": pairs.count((f, r)) for f in (0, 1) for r in (0, 1)})
assert right == [row["rewards"]["reward_accuracy"] for row in answers], "the record disagrees"

# %% [markdown]
# Format and correctness are two things, so they are two rewards, and the workbook reports them apart.
#
# ### One answer that stops the training
#
# A policy tries thousands of answers, and some are hostile without meaning to be. `9^{9^{9}}` is a number of
# 370 million digits. math-verify is told here to give up after one second; without that, and in a thread,
# where its clock cannot run, it goes on until somebody kills it.
#
# **Predict:** the gold is `2\sqrt{3}`, and seven of eight answers are such towers. How long does the real
# reward take, and does it pay the eighth?

# %%
quiz(*GUESSES[16])

# %%
import logging
import time

logging.getLogger("math_verify").setLevel(logging.CRITICAL)


def seconds(call):
    start = time.perf_counter()
    return call(), time.perf_counter() - start


# %% tags=["nbval-ignore-output"]
tower, gold = "9^{9^{9}}", r"2\sqrt{3}"
batch = [tagged(tower)] * 7 + [tagged(r"\sqrt{12}")]
plainly, slow = seconds(lambda: verify(parse(f"${gold}$"), parse(f"${tower}$"), timeout_seconds=1))
reward_accuracy([tagged(r"\sqrt{8}")], [r"2\sqrt{2}"])  # the first call starts the workers
ours, fast = seconds(lambda: reward_accuracy(batch, [gold] * 8))
with style():
    ax = plt.subplots(figsize=(5, 1.6))[1]
    bars = ax.barh(["plainly: one tower", "real: all eight"], [slow, fast])
    ax.bar_label(bars, fmt="%.3f", padding=2)
    ax.set(xlabel="seconds", xlim=(0, 1.25 * slow))
show(ax, "math-verify alone uses up its second for one tower; the real reward judges all eight in far less.")

# %%
print("the real reward:", ours)
assert ours == [0.0] * 7 + [1.0] and fast < 0.9 < slow, "one answer may not hold up the others"

# %% [markdown]
# Limits on length, depth and powers turn most such answers away before anyone computes. What passes them is
# judged in a worker process; one that takes too long is killed and replaced, its verdict is "wrong", and the
# training goes on.
#
# ### What even the real ones pay
#
# A reward sees what it measures, and nothing else.

# %%
print("reward_len:        ", reward_len(["x" * 50]), "for fifty times x")
print("reward_soft_format:", reward_soft_format(["<think>"]), "for one tag and nothing else")
print("reward_rouge:      ", reward_rouge(["Ann is never ill."], ["Ann is always ill."]), "for the opposite")
print("reward_accuracy:   ", reward_accuracy(["I guess the answer is 72."], ["72"]), "for a lucky guess")

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


lively = next(group for group in groups(recorded) if len({total(row) for row in group}) > 1)
print("step", int(lively[0]["step"]), "·", lively[0]["prompt"])

# %% [markdown]
# **Predict:** the total is format plus accuracy, and the eight totals are 1, 1, 0, 1, 0, 1, 0 and 2. Which
# way is a completion with 1 point pushed?

# %%
quiz(*GUESSES[17])

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
print(f"totals {rewards}, mean {statistics.mean(rewards)}")
print(f"our three lines and TRL's log agree; the advantages sum to {abs(sum(advantages(rewards))):.2f}")

# %% [markdown]
# Only the comparison counts: what is above the mean goes up, what is below goes down.
#
# **Predict:** what happens to the advantages if you multiply every reward by 100, or add 1000?

# %%
quiz(*GUESSES[18])

# %%
for change in (lambda r: 100 * r, lambda r: r + 1000):
    assert np.allclose(advantages([change(reward) for reward in rewards]), advantages(rewards), atol=1e-3)
print("the same advantages: neither scale nor offset of a single reward matters")

# %% [markdown]
# That is why a negative reward such as `reward_len` works as well as a positive one. What does matter is
# the *spread* within the group. **Predict:** which advantages does the naive length reward from the top of
# this page give to a group of real chat completions?

# %%
quiz(*GUESSES[19])

# %%
group = [chat(text) for text in texts]
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

show(
    training_curve(recorded.curve, {"dead_groups": "share of dead groups"}),
    "The share of groups without spread at each step of the recorded maths training.",
)

# %%
dead = recorded.column("dead_groups")
first, last = (sum(part) / len(part) for part in (dead[:5], dead[-5:]))
print(f"share of dead groups: {first:.2f} in the first five steps, {last:.2f} in the last five")
assert last > first

# %% [markdown]
# A reward runs dry as the model masters it; prompts that are neither too easy nor too hard keep it alive.

# %% [markdown]
# ## The reward lab
#
# Now all of this under your hands. The lab judges 512 completions that the tiny model wrote before any
# training, 8 each for 64 prompts, with the rewards of this page, and shows what GRPO would make of them.
#
# **Predict:** it opens with `reward_len` alone. In how many of the 64 groups is there nothing to learn?

# %%
quiz(*GUESSES[20])

# %%
from helpers.widgets.lab import reward_lab

views = "the curve and the samples, one group's advantages, who moves the total, and each group's spread"
show(reward_lab("tldr").figure(), f"The lab's views of reward_len at 50 characters: {views}.")

# %%
print(f"dead groups: {reward_lab('tldr').numbers.dead_share:.0%}")
assert reward_lab("tldr").numbers.dead_share < 0.1

# %% [markdown]
# Lengths differ in every group, so a length reward always has something to teach.
#
# Here is the lab itself (it needs a running kernel). Drag `ideal_chars` and go through the groups. The
# buttons below unfold the rest: more rewards and their weights, the ranking of a group, what moves the total,
# plainly bad texts that are paid well, a text of your own, fresh samples, and the code of what you have made.

# %%
lab = reward_lab("tldr")
lab

# %% [markdown]
# What a hand can do, code can do too. **Predict:** add content with the same weight. What part of the total's
# spread inside the groups is its, next to `reward_len`, and what part next to the bounded one?

# %%
quiz(*GUESSES[21])

# %%
lab.add("reward_rouge")
steep = dict(zip(lab.numbers.names, lab.numbers.shares))
lab.drop("reward_len")
lab.add("reward_len_bounded")
lab.focus = "reward_len_bounded"
bounded = dict(zip(lab.numbers.names, lab.numbers.shares))
show(lab.figure(), f"The bounded length reward and ROUGE-L: {views}.")

# %%
for shares in (steep, bounded):
    print({name: f"{share:.1%}" for name, share in shares.items()})
assert steep["reward_rouge"] < 0.01 and bounded["reward_rouge"] > 0.2

# %% [markdown]
# The lab says it over all groups: content is drowned by the one, and has its say beside the other.
#
# You like it? Then keep the code.

# %%
code = lab.code()

# %%
kept = {}
exec(code, kept)
assert [f.__name__ for f in kept["reward_funcs"]] == [f.__name__ for f in lab.reward_funcs]
print("it runs:", *(f.__name__ for f in kept["reward_funcs"]), sep="\n  ")

# %% [markdown]
# ## Use your own
#
# Rewards are passed in the open: `train("math", "tiny", reward_funcs=[reward_format, reward_accuracy,
# my_reward])` trains on their sum, with any function of the shape you have seen here. Every column of the
# data set arrives as a keyword argument; `**kwargs` takes those you do not use. `reward_lab("math",
# extra=[my_reward])` puts yours into the lab, with a slider for each keyword-only parameter.

# %%
import sys

print("torch was needed for this page so far:", "torch" in sys.modules)

# %% [markdown]
# ### Train on it
#
# What you designed goes straight into `train`. Ten steps teach the tiny model little; notebook 03 trains in
# earnest, and says what the lines mean. This run goes to a temporary folder, so that later notebooks do not
# take it for yours.
#
# **Predict:** the run writes down what it was trained on. Which names will it hold?

# %%
quiz(*GUESSES[22])

# %% tags=["nbval-ignore-output"]
import tempfile
from helpers.training import train

out = tempfile.mkdtemp() + "/designed"
designed = {"reward_funcs": lab.reward_funcs, "reward_weights": lab.reward_weights}
run = train("tldr", "tiny", **designed, steps=10, out=out)

# %%
names = [held["name"] for held in run.record["rewards"]]
parts = {f"{name}_mean": name.split("[")[0] for name in names}
show(training_curve(run.curve, parts), "The mean of each reward of the design, over the ten steps.")

# %%
for held in run.record["rewards"]:
    print(f"{held['name']}: weight {held['weight']}, {held['params']}")
assert names == [f.__name__ for f in lab.reward_funcs]
assert [held["weight"] for held in run.record["rewards"]] == lab.reward_weights
assert len(run.curve) == 10 and all(column in run.curve[0] for column in parts)

# %% [markdown]
# ## Recap
#
# - Plot a reward past its range and on real completions before you train on it; a wrong one raises no
#   error.
# - Go through `text_of`, name the unit, match the whole text, say `None` where you cannot judge.
# - In a sum the part with the largest spread decides: keep rewards bounded, and never flat.
# - Advantages compare within a group: no spread, no learning.
#
# **Exercises:** [exercises/02_design_rewards.ipynb](exercises/02_design_rewards.ipynb), four that check
# themselves: a length reward in ratios, a format reward that counts tags, a reward for the post's own words,
# and weights that give every reward of a sum the same say.
#
# **Next:** [03_train_tldr.ipynb](03_train_tldr.ipynb) trains on `reward_len`.
