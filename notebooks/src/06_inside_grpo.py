# %% [markdown]
# # 06 · Inside GRPO
#
# At the end you have read GRPO whole, a loss of forty lines and a loop of thirty: every loss and every
# gradient equals TRL's, and the loop trains the model.
#
# **You will…**
# - build the loss idea by idea, from REINFORCE to a baseline, a group, a clip and a KL term, and see each of
#   them act on real samples;
# - find out whom it favours to divide by a spread, or by a length;
# - hold your loss against TRL's, and train with it.
#
# **Minutes:** 40 · **Hardware:** any computer; two processor cores are enough.

# %% [markdown]
# ## Eight answers to each of eight problems
#
# All that follows happens to these 64 completions. The policy is the embedded model with a fresh LoRA
# adapter, the rewards are those of notebook 04: 1 for the format, 1 for the right number.

# %%
import torch
from peft import get_peft_model

from helpers.models import load_model, load_tokenizer, lora_config
from helpers.rollouts import sample, score
from helpers.tasks import MATH

torch.manual_seed(0)
tokenizer, policy = load_tokenizer("tiny"), get_peft_model(load_model("tiny"), lora_config("tiny"))
weights = [weight for weight in policy.parameters() if weight.requires_grad]
rows = [row for row in MATH.load("train", n=8) for _ in range(8)]

# %% tags=["nbval-ignore-output"]
torch.manual_seed(1)
rollout = sample(policy, tokenizer, [row["prompt"] for row in rows])
paid = score(rollout, rows, MATH.reward_funcs)
print("format  accuracy")
for text, (form, right) in zip(rollout.texts[:8], paid[:8].tolist(), strict=True):
    print(f"{form:6.0f}  {right:8.0f}  {text}")

# %%
from helpers.grpo import combine_rewards

rewards = combine_rewards(paid, [1.0, 1.0])
assert rewards.shape == (64,) and 0.3 < rewards.mean() < 1.7
print("64 completions, one reward each, from 0 to 2.")

# %% [markdown]
# ## What the policy thinks of its own words
#
# Everything in GRPO is made of one quantity: the log-probability of each token that was sampled, given
# all before it. The model computes it for a whole batch at once.

# %%
import inspect

from helpers.grpo import grpo_loss, group_advantages, token_logps, train_from_scratch

print(inspect.getsource(token_logps))

# %% tags=["nbval-ignore-output"]
mask, where = rollout.mask, (rollout.input_ids, rollout.attention_mask, rollout.mask.shape[1])
with torch.no_grad():
    old_logps = token_logps(policy, *where)
for token, logp in list(zip(rollout.completion_ids[0], old_logps[0].tolist()))[:14]:
    print(f"{tokenizer.decode([token])!r:>12}  p = {2.718281828**logp:.3f}")

# %%
assert old_logps.shape == mask.shape and (old_logps <= 0).all() and (old_logps[mask == 0] == 0).all()
print("One log-probability a token; what stands after the end token counts for nothing.")

# %% [markdown]
# ## REINFORCE, and what a baseline is for
#
# [REINFORCE](https://doi.org/10.1007/BF00992696) (1992), from which all the methods below descend, climbs the
# reward with the simplest loss there is: minus reward times log-probability of the completion. What was paid
# becomes more likely.
#
# But all our rewards are 0, 1 or 2. Nothing is ever pushed *down*, and a half-good answer is pushed up in
# a group where it is the worst. So subtract what one could expect anyway, a **baseline**. Cheapest of all:
# the mean of the group.

# %%
from helpers import plots
from helpers.plots import show, style

best = max(range(8), key=lambda group: rewards.view(8, 8)[group].std().item())
mine = slice(8 * best, 8 * best + 8)
centred = group_advantages(rewards, 8, "none")
axes = plots.group_advantages(rewards[mine].tolist(), centred[mine].tolist(), rollout.texts[mine])
axes[1].set_xlabel("reward minus mean (points)")
show(axes, "One group: the reward of each completion, and the same minus the group's mean.")

# %%
assert (centred.view(8, 8).sum(1).abs() < 1e-4).all() and (rewards >= 0).all()
print("No reward is negative. Minus the mean, each group adds up to 0: some go up because others go down.")

# %% [markdown]
# **Predict:** a constant added to every reward changes nothing about what is *better*. Does it change the
# gradient that you get from eight samples?

# %%
from helpers.guesses.inside import GUESSES
from helpers.widgets.quiz import quiz

quiz(*GUESSES[1])

# %% [markdown]
# Measure it. For many samples of two problems, take the gradient of each one's log-probability: the
# direction that makes just this completion more likely. Then form groups of eight, weigh each direction
# by its reward, and look how much the sum scatters from group to group.

# %% tags=["nbval-ignore-output"]
GROUPS = 8


def directions(many):
    """For each completion, the gradient of its log-probability: (N, weights)."""
    found = []
    for i in range(len(many.texts)):
        row = (many.input_ids[i : i + 1], many.attention_mask[i : i + 1], many.mask.shape[1])
        one = token_logps(policy, *row)
        found.append(torch.cat([part.flatten() for part in torch.autograd.grad(one.sum(), weights)]))
    return torch.stack(found)


asked = [rows[8 * best] for _ in range(8 * GROUPS)]
many = sample(policy, tokenizer, [row["prompt"] for row in asked])
their = combine_rewards(score(many, asked, MATH.reward_funcs), [1.0, 1.0])
slopes = directions(many)

# %%
def noise(weight):
    """How far the gradient of a group of 8 is from the mean of all groups, as a multiple of the signal."""
    each = (weight[:, None] * slopes).view(GROUPS, 8, -1).mean(1)
    return ((each - each.mean(0)).norm(dim=1).mean() / signal).item()


centred_all = group_advantages(their, 8, "none") * 8 / 7  # 8/7: explained below
signal = (centred_all[:, None] * slopes).mean(0).norm()  # the mean of all groups, where it is least noisy
found = {
    "reward + 1": noise(their + 1),
    "reward": noise(their),
    "reward - mean": noise(centred_all),
}
with style():
    import matplotlib.pyplot as plt

    ax = plt.subplots()[1]
    ax.bar(list(found), list(found.values()))
    ax.set_ylabel("scatter of a group's gradient\n(multiples of the signal)")
show(ax, "Scatter of the gradient from group to group: for rewards plus 1, rewards, rewards minus mean.")

# %%
assert found["reward + 1"] > 1.5 * found["reward"] and found["reward"] > 0.85 * found["reward - mean"]
print("A constant adds nothing but noise, and the baseline takes it out.")

# %% tags=["nbval-ignore-output"]
for name, value in found.items():
    print(f"{name:<14} scatter = {value:.1f} x the signal")

# %% [markdown]
# PPO (*Proximal Policy Optimization*, 2017), the usual method before GRPO, learns a second model, the
# *critic*, to guess the baseline. GRPO's idea ([DeepSeekMath](https://arxiv.org/abs/2402.03300), 2024) is to
# ask the same question eight times and to let the group be its own critic. One detail: each completion is
# part of its own mean, so everything comes out 7/8 as long (the 8/7 above makes up for it). The direction
# stays.
#
# ## The group, and whom its spread favours
#
# GRPO also divides by the group's standard deviation, to make groups alike.
#
# **Predict:** with a reward of 0 or 1, does a group with one right answer in eight weigh more or less than
# one with four, and what does the division change about it?

# %%
quiz(*GUESSES[2])

# %%
push = {"group": [], "none": []}
for right in range(9):
    group = torch.tensor([1.0] * right + [0.0] * (8 - right))
    for scale in push:
        push[scale].append(group_advantages(group, 8, scale).abs().sum().item())
with style():
    ax = plt.subplots()[1]
    for scale, look, name in (("group", "o-", "divided by the spread"), ("none", "s--", "not divided")):
        ax.plot(range(9), [value / push[scale][4] for value in push[scale]], look, label=name)
    ax.set(xlabel="right answers in a group of 8", ylabel="push of the group\n(1 = four are right)")
    ax.legend(loc="lower center")
show(ax, "Sum of the sizes of all advantages in a group, by how many of its eight completions are right.")

# %%
lone = {scale: values[1] / values[4] for scale, values in push.items()}
assert push["group"][0] == push["group"][8] == 0 and lone["group"] > 1.4 * lone["none"]
print("One right in eight, against four in eight:", *(f"{scale} {x:.2f}" for scale, x in lone.items()))

# %% [markdown]
# The division lifts the groups that nearly agree, the very easy problems as much as the very hard ones.
# That is what [Dr. GRPO](https://arxiv.org/abs/2503.20783) (2025) objects to, and leaves out:
# `scale_rewards="none"`. And where all eight agree there is nothing to lift: a *dead group*. Count yours:

# %% tags=["nbval-ignore-output"]
advantages = group_advantages(rewards, 8)
spread = rewards.view(8, 8).std(1)
print("spread of the eight groups:", " ".join(f"{x:.2f}" for x in spread), f"({(spread == 0).sum()} dead)")

# %%
assert (advantages.view(8, 8)[spread == 0] == 0).all() and advantages.abs().max() < 8**0.5
print("A dead group's advantages are 0, and no advantage reaches the square root of 8.")

# %% [markdown]
# ## The length, and whom it favours
#
# A completion has one advantage, but many tokens. How much does *one token* weigh? Ask autograd: set all
# advantages to 1, and look at the gradient that each token gets.

# %%
def weight_of_a_token(kind):
    """For each completion: minus the gradient of the loss in its first token's log-probability."""
    logps = old_logps.clone().requires_grad_()
    loss = grpo_loss(logps, None, torch.ones(64), mask, loss_type=kind, max_completion_length=64)
    return -torch.autograd.grad(loss, logps)[0][:, 0]


lengths = mask.sum(1)
with style():
    ax = plt.subplots()[1]
    for kind, marker in (("grpo", "o"), ("dapo", "s"), ("dr_grpo", "^")):
        ax.plot(lengths, 1000 * weight_of_a_token(kind), marker, label=kind, alpha=0.7)
    ax.set(xlabel="length of the completion (tokens)", ylabel="weight of a token (thousandths)")
    ax.set_ylim(0)
    ax.legend()
show(ax, "How much each token of the 64 completions weighs, by its completion's length, under three losses.")

# %%
grpo, dapo, fixed = (weight_of_a_token(kind) for kind in ("grpo", "dapo", "dr_grpo"))
assert torch.allclose(grpo * lengths, torch.full((64,), 1 / 64)) and torch.allclose(dapo, dapo[0])
assert torch.allclose(dapo, 1 / lengths.sum()) and torch.allclose(fixed, torch.tensor(1 / (64 * 64)))
print("grpo: every completion weighs the same. dapo and dr_grpo: every token weighs the same.")

# %% [markdown]
# Under `grpo` a long wrong answer is punished less for each of its tokens than a short wrong one, so wrong
# answers can grow: Dr. GRPO's second objection. [DAPO](https://arxiv.org/abs/2503.14476) (2025) makes the
# mirror argument: what a long *right* answer does well is learned too slowly. It divides by the batch's
# tokens, Dr. GRPO by a constant, the largest length allowed. TRL's default is `dapo`.
#
# ## A loss of 0 that teaches
#
# Now put it together: `grpo_loss` on the samples as they are, straight from the policy.

# %%
print(inspect.getsource(grpo_loss))

# %% [markdown]
# **Predict:** the policy is still the one that drew the samples, so every ratio r is 1. Let each completion
# count once (`loss_type="grpo"`). What is the loss, and how long is its gradient?

# %%
quiz(*GUESSES[3])

# %%
loss = grpo_loss(token_logps(policy, *where), old_logps, advantages, mask, loss_type="grpo")
slope = torch.autograd.grad(loss, weights)
length = torch.cat([part.flatten() for part in slope]).norm().item()
by_token = grpo_loss(old_logps, old_logps, advantages, mask, loss_type="dapo").item()
assert abs(loss.item()) < 1e-5 and length > 0.01 and 1e-5 < abs(by_token) < 0.5
print("The loss is 0 to five digits. The gradient is not.")

# %% [markdown]
# Each group's advantages add up to 0, so this loss *is* 0, however well or badly the policy does. Under
# `dapo`, TRL's default, long completions count more: it is near 0, but not 0 (as in 03). Neither is a score;
# all that a loss is good for here is its slope. Walk a little along that slope, and back:

# %%
def logps_at(distance):
    """The log-probabilities after a walk of that length down the gradient; the walk is undone."""
    with torch.no_grad():
        for weight, part in zip(weights, slope):
            weight -= distance / length * part
        logps = token_logps(policy, *where)
        for weight, part in zip(weights, slope):
            weight += distance / length * part
    return logps


def loss_at(logps, epsilon):
    return grpo_loss(logps, old_logps, advantages, mask, loss_type="grpo", epsilon=epsilon).item()


steps = [0.05 * i for i in range(-4, 9)]
walked = [logps_at(step) for step in steps]
heights, unclipped = ([loss_at(logps, epsilon) for logps in walked] for epsilon in (0.2, 1e9))

# %%
with style():
    ax = plt.subplots()[1]
    ax.plot(steps, heights, "o-", label="loss")
    ax.plot(steps, unclipped, ":", label="without the clip")
    ax.plot(steps[:9], [-length * step for step in steps[:9]], "--", label="slope at 0")
    ax.set(xlabel="distance walked down the gradient (length in weight space)", ylabel="loss")
    ax.legend()
show(
    ax,
    "The loss along the gradient: 0 where the policy is, lower ahead, higher behind; it flattens, "
    "and less so without the clip.",
)

# %%
assert heights[3] > 1e-3 > abs(heights[4]) and heights[5] < -1e-3
assert heights[-1] > unclipped[-1] > -length * steps[-1]
print("0 is where you stand. Downhill is ahead; and it gets flatter than the slope promised.")

# %% [markdown]
# ## What clipping cuts
#
# Flatter, for a good part because of the *clip*: without it you get the dotted line. Samples cost time, so
# one takes more than one step on them; but after the first the policy is no longer the one that drew them.
# The ratio r = p now / p then corrects for it, and [PPO](https://arxiv.org/abs/1707.06347)'s clip stops where
# r has moved by more than epsilon = 0.2 in the direction in which there was something to gain.

# %% tags=["nbval-ignore-output"]
optimizer = torch.optim.AdamW(weights, lr=2e-3)
for step in range(1, 4):
    optimizer.zero_grad()
    loss = grpo_loss(token_logps(policy, *where), old_logps, advantages, mask)
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        ratio = (token_logps(policy, *where) - old_logps).exp()[mask.bool()]
    outside = ((ratio < 0.8) | (ratio > 1.2)).float().mean()
    print(f"step {step}: r from {ratio.min():.2f} to {ratio.max():.2f}, {outside:.0%} moved by more than 0.2")

# %%
logps = token_logps(policy, *where).detach().requires_grad_()
loss = grpo_loss(logps, old_logps, advantages, mask)
moving = torch.autograd.grad(loss, logps)[0] != 0
side = advantages[:, None].expand_as(logps)
ratio = (logps - old_logps).exp().detach()
with style():
    _, axes = plt.subplots(1, 2, figsize=(7, 3), sharex=True)
    for ax, up in zip(axes, (True, False)):
        here = mask.bool() & ((side > 0) if up else (side < 0))
        gain = torch.min(ratio * side, ratio.clamp(0.8, 1.2) * side) / side.abs()
        for keep, label in ((moving, "learns"), (~moving, "cut")):
            ax.plot(ratio[here & keep], gain[here & keep], ".", alpha=0.5, label=label)
        ax.set(xlabel="ratio r", title="advantage > 0" if up else "advantage < 0", xlim=(0, 2.5))
    axes[0].set_ylabel("what the loss counts\n(per unit of advantage)")
    axes[1].legend()
show(
    axes,
    "Every token after three steps: where its ratio has gone, and whether it still has a gradient "
    "(a few tokens lie outside).",
)

# %%
cut = mask.bool() & (side != 0) & ~moving
rule = mask.bool() & (((side > 0) & (ratio > 1.2)) | ((side < 0) & (ratio < 0.8)))
assert (cut == rule).all() and cut.sum() > 0
print("Cut is exactly what has gained enough: r > 1.2 where A > 0, r < 0.8 where A < 0.")

# %% [markdown]
# Note what is *not* cut: a good token whose r has fallen, a bad one whose r has risen. Those mistakes may be
# repaired without limit. DAPO raises the upper edge alone (`epsilon_high=0.28`), so that a rare good token
# can grow further. Two later variants: GSPO takes one r for a whole completion; CISPO keeps the gradient of
# what is cut. Each is one line of `grpo_loss`: find them.
#
# With one step for each batch, as the workbook trains, r is 1 and nothing is ever cut.
#
# ## The leash: KL
#
# A reward can be hacked, so one may want the policy to stay near the model it came from, the *reference*
# (here: the adapter switched off). How far has it gone? The KL divergence is the mean of
# -d = log p - log p_ref over the policy's own samples. Three steps on one batch: draw from the new policy,
# and measure.

# %% tags=["nbval-ignore-output"]
moved = sample(policy, tokenizer, [row["prompt"] for row in rows])
there = (moved.input_ids, moved.attention_mask, moved.mask.shape[1])
with torch.no_grad():
    now = token_logps(policy, *there)
    with policy.disable_adapter():
        reference = token_logps(policy, *there)
d = (reference - now)[moved.mask.bool()]
k1, k3, near = -d, d.exp() - d - 1, d.abs() < 0.5
for name, values in (("k1 = -d", k1), ("k3 = exp(d) - d - 1", k3)):
    print(f"{name:<20} mean {values.mean():.3f}, smallest {values.min():+.3f}, largest {values.max():+.3f}")
    print(f"{'':<20} spread {values.std():.3f}, where |d| < 0.5 {values[near].std():.4f}")

# %%
with style():
    ax = plt.subplots()[1]
    for values, marker, name in ((k1, "o", "k1"), (k3, "s", "k3")):
        ax.plot(d, values, marker, ms=3, alpha=0.5, label=name)
    ax.set(xlabel="d = log p_ref - log p (one dot a token)", ylabel="estimate of KL (nats)")
    ax.set(xlim=(-2, 2), ylim=(-2, 4))
    ax.legend()
show(
    ax,
    "Two estimates of the KL divergence, token by token: k1 falls below zero, k3 never does "
    "(a few tokens lie outside).",
)

# %%
assert (k3 >= -1e-6).all() and (k1 < 0).any() and k3.mean() > 0.02 and k3[near].std() < k1[near].std()
print("k1 is negative for some tokens; k3, which GRPO uses, is negative for none.")

# %% [markdown]
# Both have the same mean in the long run. While d is small, [k3](http://joschu.net/blog/kl-approx.html) gets
# there with far less scatter; a token that the reference would have liked much better (d large) makes it
# jump, so a policy that has gone astray is told loudly. `beta` times k3 joins the loss. TRL's default is
# beta = 0: no leash.
#
# ## Yours equals TRL's
#
# Claims are cheap. Take TRL's own trainer, look over its shoulder while it computes a loss, and compute the
# same from the same tokens: two batches, two steps on each (so r is not 1 in every second line), KL on,
# groups of 4.

# %%
from transformers import PrinterCallback
from trl import GRPOConfig, GRPOTrainer

gaps = []


class Watched(GRPOTrainer):
    """TRL's trainer; beside every loss it notes yours, and how far the worst of your gradients is off."""

    def _compute_loss(self, model, inputs):
        theirs = super()._compute_loss(model, inputs)
        parts = ("prompt_ids", "completion_ids"), ("prompt_mask", "completion_mask")
        ids, attention = (torch.cat([inputs[name] for name in pair], 1) for pair in parts)
        mask, old = inputs["completion_mask"], inputs["old_per_token_logps"]
        ref = inputs["ref_per_token_logps"]
        logps = token_logps(model, ids, attention, mask.shape[1])
        mine = grpo_loss(logps, old, inputs["advantages"], mask, beta=0.04, ref_logps=ref)
        trained = [weight for weight in model.parameters() if weight.requires_grad]
        pairs = zip(*(torch.autograd.grad(loss, trained, retain_graph=True) for loss in (mine, theirs)))
        gap = max((one - two).norm() / two.norm().clamp(min=1e-12) for one, two in pairs)
        gaps.append((theirs.item(), mine.item(), gap.item()))
        return theirs


# %% tags=["nbval-ignore-output"]
from tempfile import mkdtemp

from helpers.quiet import quiet
from helpers.trainer.settings import precision

options = {"per_device_train_batch_size": 16, "num_generations": 4, "num_iterations": 2, "max_steps": 4}
options |= {"learning_rate": 2e-3, "beta": 0.04, "max_completion_length": 48, "report_to": "none"}
with quiet():
    config = GRPOConfig(mkdtemp(), **options, **precision({}), save_strategy="no", disable_tqdm=True)
    trainer = Watched(
        model=load_model("tiny"),
        reward_funcs=list(MATH.reward_funcs),
        train_dataset=MATH.load("train", n=64),
        processing_class=tokenizer,
        peft_config=lora_config("tiny"),
        args=config,
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
for theirs, mine, gap in gaps:
    print(f"TRL {theirs:+.6f}   yours {mine:+.6f}   worst gradient of {len(weights)} off by {gap:.0e}")

# %%
assert len(gaps) == 4
assert all(abs(mine - theirs) < 1e-5 and gap < 1e-5 for theirs, mine, gap in gaps)
print("Every loss and every gradient agree to the fifth decimal.")

# %% [markdown]
# ## Train with your own loop
#
# What is left is a loop: sample, score, compare, step.

# %%
print(inspect.getsource(train_from_scratch))

# %% tags=["nbval-ignore-output"]
def tell(row):
    if row["step"] % 5 == 0:
        print("step {step:.0f}: reward {reward:.2f}, length {length:.0f} tokens".format(**row), flush=True)


torch.manual_seed(0)
student = get_peft_model(load_model("tiny"), lora_config("tiny"))
curve = train_from_scratch(student, tokenizer, MATH.load("train"), MATH.reward_funcs, steps=25, report=tell)

# %%
from helpers.runs import SHIPPED, list_runs

recorded = {f"TRL, seed {run.seed}": run.curve[:25] for run in list_runs(SHIPPED) if run.task == "math"}
ax = plots.several_seeds({**recorded, "your loop": curve})
show(ax, "Reward at each training step: your loop, and the first 25 steps of the recorded runs with TRL.")

# %%
first, last = (sum(row["reward"] for row in part) / 5 for part in (curve[:5], curve[-5:]))
assert last > first + 0.4, f"the reward went from {first:.2f} to {last:.2f} only"
print("It learns.")

# %% [markdown]
# The learning rate falls to 0 over your 25 steps, over 60 in the recorded runs: that keeps yours a little
# behind towards the end; the rest is dice. With the same dice and the same steps,
# `tests/test_from_scratch.py` finds the same completions, token by token.
#
# ## Recap
#
# - GRPO is REINFORCE with the group as its baseline, PPO's clip for samples that have aged, and a leash if
#   you want one.
# - The loss value means nothing: on-policy it is 0, or near it where tokens are counted. The gradient is the
#   method.
# - Every division favours somebody: the spread lifts groups that nearly agree, the length lifts short
#   completions.
#
# **Exercises:** [five functions that check themselves](exercises/06_inside_grpo.ipynb): advantages on three
# scales, the clip, a token's weight, the leash, and the slope of a loss that is 0.
#
# **Next:** [07_when_it_breaks.ipynb](07_when_it_breaks.ipynb): nine runs that went wrong, and why.
