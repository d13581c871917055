"""What the model answers: is it whole, do the rewards tell answers apart, is there anything to learn?"""

from __future__ import annotations

import asyncio
import inspect
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

import numpy as np

from helpers.doctor.report import Notes
from helpers.errors import one_line
from helpers.metrics import score
from helpers.rollouts import reward_columns
from helpers.sampling import Samples
from helpers.tasks import Task
from helpers.trainer.records import reward_name

MOST, SOME = 0.9, 0.1  # notebook 07's doctor calls more than 90 % of groups dead, or of answers truncated
SOLVED = 0.9


def truncated(
    notes: Notes, samples: Samples, limit: int, longer: int, again: Callable[[int], Samples]
) -> float:
    """The share of answers cut off at the limit (tokens); a finding says which limit would do.

    longer: the longest limit that is worth a try; again: draws answers under another limit.
    """
    share = float(np.mean(samples.truncated))
    measured = f"{share:.0%} of {np.size(samples.truncated)} answers run into max_completion_length={limit}"
    if share <= SOME:
        notes.add("ok", "truncated", measured)
        return share
    level, fix = "red" if share > MOST else "yellow", ""
    if longer > limit:
        free = again(longer)
        left = float(np.mean(free.truncated))
        if left <= SOME:
            enough = math.ceil(float(np.quantile(np.concatenate(free.tokens), 0.95)) / 8) * 8
            fix = f"max_completion_length={enough} (19 of 20 answers end by then)"
        else:
            measured += f", and {left:.0%} into {longer}"
    fix = fix or (
        "look at the end token above and at a few answers: a model that never ends one "
        "needs another chat template, or a prompt that asks for less"
    )
    notes.add(level, "truncated", measured, fix)
    return share


def rewards(
    notes: Notes, funcs: Sequence[Callable[..., Any]], rows: Sequence[dict[str, Any]], samples: Samples
) -> np.ndarray | None:
    """Call each reward on the samples as TRL does. What they pay, (rewards, prompts, samples), NaN for None;
    None when one of them is broken. rows: one a prompt."""
    size = len(samples.texts[0])
    each = [row for row in rows for _ in range(size)]
    texts, ids = list(chain(*samples.texts)), list(chain(*samples.token_ids))
    columns = reward_columns(each, texts, ids)
    paid = [_paid(notes, func, columns, len(each)) for func in funcs]
    if any(values is None for values in paid):
        return None
    return np.array(paid).reshape(len(funcs), -1, size)


def _paid(notes: Notes, func: Callable[..., Any], columns: dict[str, Any], count: int) -> np.ndarray | None:
    """What one reward pays for each of `count` completions, and a finding about it; None: it is broken."""
    name = reward_name(func)
    try:
        values = list(_called(func, columns))
    except Exception as error:
        fix = f"mend it: it is called as {name}(prompts=…, completions=…, completion_ids=…, **columns)"
        notes.add("red", "rewards", f"{name} raises {type(error).__name__}: {one_line(error, 100)}", fix)
        return None
    if len(values) != count:
        measured = f"{name} returns {len(values)} values for {count} completions"
        notes.add("red", "rewards", measured, "return a list with one number (or None) for each completion")
        return None
    try:
        numbers = np.array([math.nan if one is None else _number(one) for one in values])
    except (TypeError, ValueError) as error:
        notes.add("red", "rewards", f"{name}: {error}", "return floats, or None for what cannot be scored")
        return None
    _values(notes, name, numbers, any(one is not None and math.isnan(one) for one in values))
    return None if np.isinf(numbers).any() or np.isnan(numbers).all() else numbers


def _number(value: Any) -> float:
    if isinstance(value, str):
        raise TypeError(f"returns the text {value!r:.40}, which is no number")
    return float(value)


def _values(notes: Notes, name: str, paid: np.ndarray, odd: bool) -> None:
    if np.isinf(paid).any():
        notes.add("red", "rewards", f"{name} pays infinity", "bound it: one such answer drowns its group")
    elif np.isnan(paid).all():
        measured = f"{name} scores none of {len(paid)} answers ({'NaN' if odd else 'None'} for each)"
        notes.add("red", "rewards", measured, "see what it expects of its columns, or leave it out")
    elif odd:
        measured = f"{name} pays NaN for {np.isnan(paid).mean():.0%} of {len(paid)} answers"
        notes.add("yellow", "rewards", measured, "return None where it cannot score, and find out why")
    elif np.nanmin(paid) == np.nanmax(paid):
        measured = f"{name} pays {np.nanmax(paid):g} for each of {len(paid)} answers: it teaches nothing"
        notes.add(
            "yellow", "rewards", measured, "let it tell answers apart (part of the pay for part of the way)"
        )
    else:
        low, mean, high = np.nanmin(paid), np.nanmean(paid), np.nanmax(paid)
        notes.add("ok", "rewards", f"{name} pays {low:g} to {high:g}, {mean:.3g} on average")


def _called(func: Callable[..., Any], columns: dict[str, Any]) -> Any:
    """What a reward returns when it is called as TRL calls it; `async` ones in a loop of their own."""
    from transformers import TrainerState

    def nothing(*words: Any) -> None:
        """What a reward logs is not kept."""

    options = {**columns, "trainer_state": TrainerState(), "log_extra": nothing, "log_metric": nothing}
    if not inspect.iscoroutinefunction(func):
        return func(**options)
    with ThreadPoolExecutor(1) as thread:  # a notebook has a loop already
        return thread.submit(lambda: asyncio.run(func(**options))).result()


def groups(notes: Notes, paid: np.ndarray, weights: Sequence[float], right: float | None, cut: float) -> None:
    """How many groups teach: those whose rewards differ. right: pass@1 or None. cut: share truncated."""
    total = np.nansum(np.array(weights)[:, None, None] * paid, axis=0)
    dead = np.isclose(total.std(axis=1), 0)
    share, best = float(dead.mean()), float(total.max(axis=1).mean())
    measured = f"{dead.sum()} of {len(dead)}: all {total.shape[1]} rewards of the group are the same"
    if share <= SOME:
        notes.add("ok", "dead groups", f"{dead.sum()} of {len(dead)}: the others teach")
    else:
        solved = right is not None and right > SOLVED
        why = "saturated, for it is solved already" if solved else "they teach nothing"
        notes.add(
            "red" if share > MOST else "yellow", "dead groups", f"{measured}; {why}", _revive(solved, cut)
        )
    if share <= MOST:
        notes.add("ok", "headroom", f"mean reward {total.mean():.3g}, the best of each group {best:.3g}")


def _revive(solved: bool, cut: float) -> str:
    """What makes groups differ again."""
    if cut > MOST:
        return "let answers end first (truncated, above)"
    if solved:
        return "take harder prompts (source=…), or a reward that still tells right answers apart"
    return "pay for part of the way (like reward_soft_format), or take easier prompts or a stronger model"


def headroom(notes: Notes, task: Task, rows: Any, samples: Samples) -> float | None:
    """pass@1 against pass@k, where the task knows right from wrong: pass@1 comes back, else None."""
    scores = score(task, rows, samples)
    if "accuracy" not in scores or np.isnan(scores["accuracy"]).all():
        return None
    k = len(samples.texts[0])
    once, ever = (float(np.nanmean(scores[name])) for name in ("accuracy", f"pass_at_{k}"))
    what, measured = f"pass@1, pass@{k}", f"{once:.2f} right at once, {ever:.2f} at least once in {k}"
    count = np.size(samples.tokens)
    if ever == 0:
        fix = "take easier prompts or a stronger model: GRPO raises what it finds, and here it finds nothing"
        notes.add("yellow", what, f"{measured}, of {count} answers: nothing right to learn from", fix)
    elif once > SOLVED:
        fix = "take harder prompts (source=…): little is left to learn"
        notes.add("yellow", what, f"{measured}: solved already", fix)
    else:
        notes.add("ok", what, f"{measured}: something to learn")
    return once
