"""GRPO from first principles: rewards, advantages, log-probabilities, the loss, and a plain loop around them.

Shapes: N completions (a group, those of one prompt, stand together), F rewards, P prompt and T completion
tokens. `tests/test_grpo.py` holds every number and gradient against TRL 1.16's. Left out: what its defaults
leave out (two-sided clipping, entropy terms, `normalize_then_sum`), and the losses sapo, luspo and vespo.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from helpers.rollouts import sample, score, shuffled, summary

LEVELS = ("token", "sequence")
LOSSES = ("grpo", "dapo", "dr_grpo", "bnpo", "cispo")


def combine_rewards(rewards: Tensor, weights: Sequence[float] | None = None) -> Tensor:
    """R = sum over f of w_f r_f: (N, F) and (F,) -> (N,). Weights of None are all 1.

    NaN stands for a reward that is None, and adds nothing. Where all F are NaN, so is R, which is not 0.
    """
    weights = [1.0] * rewards.shape[-1] if weights is None else weights
    weights = torch.as_tensor(weights, dtype=rewards.dtype, device=rewards.device)
    if rewards.dim() != 2 or weights.shape != rewards.shape[1:]:
        raise ValueError(f"rewards {tuple(rewards.shape)}, weights {tuple(weights.shape)}: give (N, F), (F,)")
    return (rewards * weights).nansum(1).masked_fill(rewards.isnan().all(1), math.nan)


def group_advantages(rewards: Tensor, num_generations: int, scale_rewards: str = "group"):
    """A = (R - the group's mean) / (spread + 1e-4): (N,) -> (N,); num_generations in a row are a group.

    The group's mean is the baseline (GRPO: DeepSeekMath, https://arxiv.org/abs/2402.03300, section 4.1). The
    spread is the standard deviation (over n - 1) of the "group" or of the "batch". "none" does not divide:
    dividing lifts groups that nearly agree (Dr. GRPO, https://arxiv.org/abs/2503.20783). A reward of NaN
    counts in neither mean nor spread, and its A is 0.
    """
    if rewards.dim() != 1 or num_generations < 1 or len(rewards) % num_generations:
        raise ValueError(f"rewards {tuple(rewards.shape)}: give (N,), whole groups of {num_generations}")
    if scale_rewards not in ("group", "batch", "none"):
        raise ValueError(f"scale_rewards={scale_rewards!r}: choose group, batch or none")
    groups = rewards.view(-1, num_generations)
    advantages = groups - groups.nanmean(1, keepdim=True)
    if scale_rewards != "none":
        advantages = advantages / (_spread(groups if scale_rewards == "group" else rewards[None]) + 1e-4)
    return advantages.flatten().nan_to_num(nan=0.0)


def _spread(rows: Tensor) -> Tensor:
    """Each row's standard deviation, NaN left out: (rows, columns) -> (rows, 1)."""
    squares = ((rows - rows.nanmean(1, keepdim=True)) ** 2).nansum(1, keepdim=True)
    return (squares / ((~rows.isnan()).sum(1, keepdim=True) - 1)).sqrt()


class _LogProb(torch.autograd.Function):
    """log p of the chosen token, its slope by hand: 1 at the token chosen, less every token's p.

    Autograd would say g - g p for g (1 - p): the same but for rounding, which shows in the fifth digit once
    the policy is sure of its tokens.
    """

    @staticmethod
    def forward(ctx, logits, chosen):
        logps = logits - logits.logsumexp(-1, keepdim=True)
        ctx.save_for_backward(logps, chosen)
        return logps.gather(-1, chosen)

    @staticmethod
    def backward(ctx, gradient):
        logps, chosen = ctx.saved_tensors
        slope = (-logps.exp()).scatter_add(-1, chosen, torch.ones_like(gradient))
        return slope * gradient, None


def token_logps(
    model: Any, input_ids: Tensor, attention_mask: Tensor, completion_len: int, temperature: float = 1.0
) -> Tensor:
    """log pi(token | all before it) of the last completion_len = T columns: (N, P + T), twice -> (N, T).

    Logits speak of the next token, hence the shift by one. Divided by the temperature that was sampled with,
    they give the odds at which the policy drew. 0 where the mask is 0.
    """
    if input_ids.shape != attention_mask.shape or not 0 < completion_len < input_ids.shape[1]:
        shapes = f"input_ids {tuple(input_ids.shape)}, attention_mask {tuple(attention_mask.shape)}"
        raise ValueError(f"{shapes}, completion_len {completion_len}: give (N, P + T), twice, and T")
    logits = model(input_ids, attention_mask=attention_mask).logits[:, -completion_len - 1 : -1]
    chosen = input_ids[:, -completion_len:, None]
    logps = _LogProb.apply(logits.float() * (1 / temperature), chosen).squeeze(2)
    return logps * attention_mask[:, -completion_len:]


def grpo_loss(
    logps: Tensor, old_logps: Tensor | None, advantages: Tensor, mask: Tensor, *,
    loss_type: str = "dapo", epsilon: float = 0.2, epsilon_high: float | None = None,
    beta: float = 0.0, ref_logps: Tensor | None = None, importance_sampling_level: str = "token",
    max_completion_length: int | None = None, num_items: float | None = None,
    use_bias_correction_kl: bool = True,
) -> Tensor:  # fmt: skip
    """A token's loss is -min(r A, clip(r, 1 - epsilon, 1 + epsilon_high) A), with r = exp(logps - old_logps).

    logps, old_logps, ref_logps, mask (N, T), advantages (N,) -> scalar. old_logps None: this very policy.
    Clipping is PPO's (https://arxiv.org/abs/1707.06347), an upper edge of its own DAPO's. At r = 1 the
    gradient is REINFORCE's, -A grad log pi. Level "sequence" has one r a completion, its tokens' geometric
    mean (GSPO, https://arxiv.org/abs/2507.18071). beta adds k3 = exp(d) - d - 1 with d = ref_logps - logps,
    an estimate of KL (http://joschu.net/blog/kl-approx.html), times r unless use_bias_correction_kl is False
    (DeepSeek-V3.2, https://arxiv.org/abs/2512.02556). loss_type says what the tokens' sum is divided by:

    grpo: each completion by its own length, then by N, so long completions weigh less a token.
    dapo: the batch's tokens (https://arxiv.org/abs/2503.14476); num_items, where these are only a part of it.
    dr_grpo: N * max_completion_length, a constant (https://arxiv.org/abs/2503.20783).
    bnpo: the tokens given here, whether they are the whole batch or a part.
    cispo: as dapo, but r, cut at epsilon_high itself, only weighs A log pi, so that clipped tokens keep a
    gradient (MiniMax-M1, https://arxiv.org/abs/2506.13585).
    """
    if loss_type not in LOSSES or importance_sampling_level not in LEVELS:
        given = f"loss_type={loss_type!r}, importance_sampling_level={importance_sampling_level!r}"
        raise ValueError(f"{given}: choose from {LOSSES}, {LEVELS}")
    if (beta and ref_logps is None) or (loss_type == "dr_grpo" and not max_completion_length):
        raise ValueError("give ref_logps with beta, and max_completion_length with dr_grpo")
    high = epsilon if epsilon_high is None else epsilon_high
    old_logps = logps.detach() if old_logps is None else old_logps
    ref_logps = ref_logps if beta else logps.detach()
    shapes = [tuple(x.shape) for x in (logps, old_logps, ref_logps, mask, advantages)]
    if len(set(shapes[:4])) > 1 or shapes[4] != shapes[0][:1]:
        raise ValueError(f"log-probabilities, mask, advantages {shapes}: give (N, T) but for the last, (N,)")
    logps, old_logps, ref_logps = (x.masked_fill(mask == 0, 0.0) for x in (logps, old_logps, ref_logps))
    mask, advantages = mask.to(logps.dtype), advantages[:, None]
    lengths = mask.sum(1).clamp(min=1)
    log_ratio = logps - old_logps
    if importance_sampling_level == "sequence":
        log_ratio = (log_ratio.sum(1) / lengths)[:, None]
    ratio = log_ratio.exp()
    if loss_type == "cispo":
        losses = -ratio.clamp(max=high).detach() * advantages * logps
    else:
        losses = -torch.min(ratio * advantages, ratio.clamp(1 - epsilon, 1 + high) * advantages)
    if beta:
        kl = (ref_logps - logps).exp() - (ref_logps - logps) - 1
        losses = losses + beta * (kl * ratio if use_bias_correction_kl else kl)
    sums = (losses * mask).sum(1)
    if loss_type == "grpo":
        return (sums / lengths).mean()
    if loss_type == "dr_grpo":
        return sums.sum() / (len(sums) * max_completion_length)
    whole = mask.sum() if num_items is None or loss_type == "bnpo" else num_items
    return sums.sum() / max(float(whole), 1.0)


def train_from_scratch(
    model: Any, tokenizer: Any, rows: Sequence[Mapping[str, Any]], reward_funcs: Sequence[Callable], *,
    steps: int = 40, seed: int = 0, learning_rate: float = 1e-3, prompts_per_step: int = 4,
    num_generations: int = 8, max_completion_length: int = 64, temperature: float = 1.0,
    scale_rewards: str = "group", reward_weights: Sequence[float] | None = None,
    report: Callable[[dict[str, float]], Any] = lambda row: None, **loss: Any,
) -> list[dict[str, float]]:  # fmt: skip
    """Sample, score, compare, step: trains `model` in place and gives its curve, a row a step.

    rows: a conversation as `prompt`, and the columns that the rewards ask for. As in TRL: AdamW, a learning
    rate that falls in a line to 0, gradients cut to norm 1. loss: options of `grpo_loss`; with beta, the
    reference is the model with its adapter (PEFT) off. report: called with each row.
    """
    torch.manual_seed(seed)
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(trained, weight_decay=0.0)
    limits = {"max_completion_length": max_completion_length}
    picks, curve = shuffled(len(rows), prompts_per_step, seed), []
    for step in range(1, steps + 1):
        asked = [rows[i] for i in next(picks) for _ in range(num_generations)]
        prompts = [row["prompt"] for row in asked]
        rollout = sample(model, tokenizer, prompts, temperature=temperature, **limits)
        paid = score(rollout, asked, reward_funcs)
        rewards = combine_rewards(paid, reward_weights)
        advantages = group_advantages(rewards, num_generations, scale_rewards)
        where = (rollout.input_ids, rollout.attention_mask, rollout.mask.shape[1], temperature)
        if loss.get("beta"):
            with torch.no_grad(), model.disable_adapter():
                loss["ref_logps"] = token_logps(model, *where)
        logps = token_logps(model, *where)
        value = grpo_loss(logps, None, advantages, rollout.mask, **limits, **loss)
        optimizer.zero_grad()
        value.backward()
        norm = torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.param_groups[0]["lr"] = learning_rate * (1 - (step - 1) / steps)
        optimizer.step()
        numbers = {"step": step, "reward": rewards.nanmean(), "loss": value, "grad_norm": norm}
        curve.append(summary(rollout, paid, reward_funcs, **numbers))
        report(curve[-1])
    return curve
