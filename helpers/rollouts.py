"""Rollouts for a hand-written training loop: draw completions from a policy, and ask the rewards about them.

What TRL's trainer does inside its step, in the open: `helpers.grpo.train_from_scratch` goes through here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from helpers.sampling import end_tokens


@dataclass(frozen=True)
class Rollout:
    """N conversations and one completion of each, as tensors: P prompt tokens, then T completion tokens.

    input_ids, attention_mask: (N, P + T), prompts padded on the left, completions on the right.
    mask: (N, T), 1 for a completion's own tokens, up to and with the first end token.
    ended: (N,), False where the completion was truncated. texts: the completions as text.
    """

    input_ids: torch.Tensor
    attention_mask: torch.Tensor
    mask: torch.Tensor
    ended: torch.Tensor
    texts: list[str]

    @property
    def completion_ids(self) -> list[list[int]]:
        """Each completion's tokens, without padding."""
        right = self.input_ids[:, -self.mask.shape[1] :]
        return [row[kept].tolist() for row, kept in zip(right, self.mask.bool(), strict=True)]


def shuffled(count: int, size: int, seed: int) -> Iterator[list[int]]:
    """Which `size` of `count` rows each step takes, without end: all of them once before any comes again.

    The same rows in the same order as TRL's for this seed; as there, a rest that fills no step is left out.
    """
    if not 0 < size <= count:
        raise ValueError(f"{size} prompts a step from {count} rows: give 1 or more, and no more than rows")
    order = torch.Generator().manual_seed(seed)
    while True:
        rows = torch.randperm(count, generator=order).tolist()
        yield from (rows[start : start + size] for start in range(0, count - size + 1, size))


def sample(
    model: Any,
    tokenizer: Any,
    prompts: Sequence[list[dict[str, str]]],
    *,
    max_completion_length: int = 64,
    temperature: float = 1.0,
) -> Rollout:
    """One completion of each conversation, drawn from the policy's own odds (no top-k, no top-p).

    The tokenizer must pad on the left, as `helpers.models.load_tokenizer` makes it: ValueError otherwise.
    """
    if tokenizer.padding_side != "left":
        raise ValueError("a completion starts where its prompt ends: set tokenizer.padding_side = 'left'")
    asked = tokenizer.apply_chat_template(
        list(prompts), add_generation_prompt=True, padding=True, return_dict=True, return_tensors="pt"
    ).to(model.device)
    ends = torch.tensor(end_tokens(model, tokenizer), device=model.device)
    with torch.no_grad():
        input_ids = model.generate(
            input_ids=asked["input_ids"],
            attention_mask=asked["attention_mask"],
            do_sample=True,
            temperature=temperature,
            top_k=0,
            top_p=1.0,
            max_new_tokens=max_completion_length,
            eos_token_id=ends.tolist(),
            pad_token_id=tokenizer.pad_token_id,
        )
    completions = input_ids[:, asked["input_ids"].shape[1] :]
    ended = torch.isin(completions, ends).long()
    mask = (ended.cumsum(1) - ended == 0).long()
    attention_mask = torch.cat([asked["attention_mask"], mask], dim=1)
    texts = [row[kept] for row, kept in zip(completions, mask.bool(), strict=True)]
    texts = tokenizer.batch_decode(texts, skip_special_tokens=True)
    return Rollout(input_ids, attention_mask, mask, ended.any(1), texts)


def score(
    rollout: Rollout,
    rows: Sequence[Mapping[str, Any]],
    reward_funcs: Sequence[Callable[..., Sequence[float | None]]],
) -> torch.Tensor:
    """What each of F rewards pays each of N completions: (N, F), NaN for None. `rows` has one for each.

    Rewards are called as TRL calls them: the whole batch, and every other column of the rows by its name.
    """
    columns = reward_columns(rows, rollout.texts, rollout.completion_ids)
    paid = [[math.nan if one is None else one for one in func(**columns)] for func in reward_funcs]
    return torch.tensor(paid, dtype=torch.float32, device=rollout.mask.device).T


def reward_columns(
    rows: Sequence[Mapping[str, Any]], texts: Sequence[str], completion_ids: Sequence[Sequence[int]]
) -> dict[str, Any]:
    """The keyword arguments of a reward for one row, one text and one list of token ids a completion."""
    own = ("prompt", "completion", "completion_ids")
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0] if name not in own}
    columns["prompts"] = [row["prompt"] for row in rows]
    columns["completions"] = [[{"role": "assistant", "content": text}] for text in texts]
    columns["completion_ids"] = list(completion_ids)
    return columns


def summary(
    rollout: Rollout, paid: torch.Tensor, reward_funcs: Sequence[Any], **numbers: Any
) -> dict[str, float]:
    """A row of a curve: numbers, `{name}_mean` of each reward, `length` in tokens, `truncated` as a share."""
    means = zip(reward_funcs, paid.nanmean(0).tolist(), strict=True)
    return {
        **{name: number.item() if torch.is_tensor(number) else number for name, number in numbers.items()},
        **{f"{func.__name__}_mean": mean for func, mean in means},
        "length": rollout.mask.sum(1).float().mean().item(),
        "truncated": 1 - rollout.ended.float().mean().item(),
    }
