"""What a reward lab has to show, worked out afresh: the shipped samples, the rewards, plain arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from statistics import fmean, stdev
from typing import Any

from helpers.rewards import configured
from helpers.tasks import DATA, read_jsonl

GROUP, BATCH = 8, 32  # completions of a prompt; completions of a training step


@cache
def samples(task: str) -> list[dict[str, Any]]:
    """One dict a prompt: prompt, gold, completions, token_ids."""
    return list(read_jsonl(DATA / "samples" / f"{task}.jsonl"))


def pay(task: str, reward: Callable[..., Any], **params: Any) -> list[float]:
    """What a reward pays each shipped completion, group after group, called as TRL calls it."""
    rows = samples(task)
    golds = [row["gold"] for row in rows for _ in row["completions"]]
    chats = [[{"role": "assistant", "content": text}] for row in rows for text in row["completions"]]
    made = configured(reward, **params) if params else reward
    ids = [ids for row in rows for ids in row["token_ids"]]
    return made(completions=chats, completion_ids=ids, reference=golds, solution=golds)


def total(task: str, design: Sequence[tuple[Callable[..., Any], Mapping[str, Any], float]]) -> list[float]:
    """The weighted sum for each completion; design: (reward, its parameters, its weight)."""
    columns = [[weight * paid for paid in pay(task, reward, **params)] for reward, params, weight in design]
    return [sum(parts) for parts in zip(*columns, strict=True)]


def groups(totals: Sequence[float], size: int = GROUP) -> list[list[float]]:
    return [list(totals[start : start + size]) for start in range(0, len(totals), size)]


def dead(totals: Sequence[float]) -> int:
    """How many groups have no spread."""
    return sum(stdev(group) < 1e-6 for group in groups(totals))


def advantages(totals: Sequence[float], group: int, scale: str) -> list[float]:
    """Of one group (the first is 1), in the order sampled: TRL's formula, by hand."""
    mine = groups(totals)[group - 1]
    step = groups(totals, BATCH)[(group - 1) * GROUP // BATCH]
    by = {"group": stdev(mine) + 1e-4, "batch": stdev(step) + 1e-4, "none": 1.0}[scale]
    return [(value - fmean(mine)) / by for value in mine]
