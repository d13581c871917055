"""From completions to numbers: per-prompt scores, their difference, and how sure one can be of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import comb
from typing import Any

import numpy as np

from helpers.answers import extract
from helpers.rewards import reward_accuracy, reward_format
from helpers.sampling import Samples
from helpers.tasks import Task
from helpers.text.rouge import rouge_l

Scores = dict[str, np.ndarray]

# Metrics of one way of answering: the sum of the first over all samples, divided by the sum of the second.
# `worked` is the share of completions that hold an equation (a "="); the others are guesses.
RATIOS = {
    "accuracy_worked": ("right_worked", "worked"),
    "accuracy_guess": ("right_guess", "guess"),
    "length_worked": ("tokens_worked", "worked"),
    "length_guess": ("tokens_guess", "guess"),
}
PARTS = {"right_worked", "right_guess", "tokens_worked", "tokens_guess", "guess"}


def pass_at_k(n: int, c: int, k: int) -> float:
    """The chance that at least one of k samples is right, when c of n are: 1 - C(n-c, k) / C(n, k)."""
    if not 0 <= c <= n or not 1 <= k <= n:
        raise ValueError(f"pass_at_k(n={n}, c={c}, k={k}): c must lie in 0..n and k in 1..n")
    return 1.0 - comb(n - c, k) / comb(n, k)


def paired_bootstrap(
    before: Sequence[float],
    after: Sequence[float],
    *,
    before_weight: Sequence[float] | None = None,
    after_weight: Sequence[float] | None = None,
    resamples: int = 4000,
    seed: int = 0,
    level: float = 0.95,
) -> tuple[float, float, float]:
    """Mean difference (after - before) with its percentile interval, resampling prompts, the same for both.

    before, after: one value a prompt, in the same order; a prompt with a NaN is left out. With weights the
    means are sum(values) / sum(weights), for shares of a part of the samples. NaN where nothing is left.
    """
    columns = [np.asarray(before, float), np.asarray(after, float)]
    columns += [
        np.ones_like(columns[0]) if w is None else np.asarray(w, float) for w in (before_weight, after_weight)
    ]
    data = np.stack(columns)
    data = data[:, ~np.isnan(data).any(axis=0)]
    n = data.shape[1]
    if n == 0:
        return float("nan"), float("nan"), float("nan")
    draws = np.random.default_rng(seed).integers(0, n, size=(resamples, n))
    sums = data[:, draws].sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        diffs = sums[1] / sums[3] - sums[0] / sums[2]
        point = float(data[1].sum() / data[3].sum() - data[0].sum() / data[2].sum())
    tail = (1 - level) / 2
    diffs = diffs[np.isfinite(diffs)]
    if not len(diffs):
        return point, float("nan"), float("nan")
    low, high = np.quantile(diffs, [tail, 1 - tail])
    return point, float(low), float(high)


def score(
    task: Task, rows: Any, completions: Samples | list[list[str]], *, ideal_chars: int | None = None
) -> Scores:
    """Every metric of a task, one value a prompt (the mean over its samples): arrays of shape (prompts,).

    rows: what `task.load` gave. completions: Samples, or texts by prompt (then lengths in tokens are NaN).
    """
    if not isinstance(completions, Samples):
        completions = Samples(
            completions,
            [[float("nan")] * len(each) for each in completions],
            [[False] * len(each) for each in completions],
        )
    gold = rows[task.gold_column]
    if task.gold_column == "solution":
        scores = _math_scores(gold, completions)
    else:
        scores = _summary_scores(gold, completions, ideal_chars or task.ideal_chars or 50)
    scores["length_tokens"] = _means(completions.tokens)
    scores["length_chars"] = _means([[len(text) for text in each] for each in completions.texts])
    scores["truncated"] = _means(completions.truncated)
    return scores


def _means(values: Sequence[Sequence[float]]) -> np.ndarray:
    return np.array([np.mean(np.asarray(each, float)) for each in values])


def _math_scores(gold: Sequence[str], samples: Samples) -> Scores:
    texts, tokens = np.array(samples.texts, dtype=object), np.array(samples.tokens, float)
    right = np.array(
        [
            [np.nan if paid is None else paid for paid in reward_accuracy(list(each), [answer] * len(each))]
            for each, answer in zip(texts, gold, strict=True)
        ],
        float,
    )
    worked = np.array([["=" in text for text in each] for each in texts], float)
    k = texts.shape[1]
    return {
        "accuracy": right.mean(axis=1),
        "format": _means([reward_format(list(each)) for each in texts]),
        f"pass_at_{k}": np.array(
            [np.nan if np.isnan(each).any() else pass_at_k(k, int(each.sum()), k) for each in right]
        ),
        f"majority_of_{k}": np.array([_majority(*pair) for pair in zip(texts, right, strict=True)]),
        "worked": worked.mean(axis=1),
        "guess": (1 - worked).mean(axis=1),
        "right_worked": (right * worked).mean(axis=1),
        "right_guess": (right * (1 - worked)).mean(axis=1),
        "tokens_worked": (tokens * worked).mean(axis=1),
        "tokens_guess": (tokens * (1 - worked)).mean(axis=1),
    }


def _majority(texts: Sequence[str], right: Sequence[float]) -> float:
    """Whether the answer given most often is right (the first such on a tie); no answer at all is wrong."""
    answers = [extract(text) for text in texts]
    counts = Counter(answer for answer in answers if answer is not None)
    return float(right[answers.index(counts.most_common(1)[0][0])]) if counts else 0.0 * float(right[0])


def _summary_scores(gold: Sequence[str], samples: Samples, ideal: int) -> Scores:
    errors = [[abs(ideal - len(text)) for text in each] for each in samples.texts]
    counts = Counter(each[0].strip() for each in samples.texts)
    return {
        "length_error_chars": _means(errors),
        "within_10_chars": _means([[error <= 10 for error in each] for each in errors]),
        "rouge_l": _means(
            [
                [rouge_l(reference, text) for text in each]
                for reference, each in zip(gold, samples.texts, strict=True)
            ]
        ),
        # 1 / (how many prompts got this very text): the mean is the share of distinct first completions
        "distinct": np.array([1 / counts[each[0].strip()] for each in samples.texts]),
    }


def compare(before: Scores, after: Scores) -> dict[str, dict[str, float | int | None]]:
    """For every metric before, after, diff and its 95 % interval; n counts prompts, None stands for NaN."""
    table = {name: _entry(before[name], after[name]) for name in before if name not in PARTS}
    for name, (part, whole) in RATIOS.items():
        if part in before:
            table[name] = _entry(before[part], after[part], before[whole], after[whole])
    return table


def _entry(before: np.ndarray, after: np.ndarray, *weights: np.ndarray) -> dict[str, float | int | None]:
    before_weight, after_weight = weights or (np.ones_like(before), np.ones_like(after))
    used = ~np.isnan(np.stack([before, after, before_weight, after_weight])).any(axis=0)
    diff, low, high = paired_bootstrap(before, after, before_weight=before_weight, after_weight=after_weight)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = [
            part[used].sum() / whole[used].sum()
            for part, whole in ((before, before_weight), (after, after_weight))
        ]
    numbers = dict(
        zip(("before", "after", "diff", "ci_low", "ci_high"), [*means, diff, low, high], strict=True)
    )
    clean = {name: round(float(value), 6) if np.isfinite(value) else None for name, value in numbers.items()}
    return {**clean, "n": int(used.sum())}


def gain_split(table: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """The gain in accuracy as a sum: `switching` from guesses to working, at the base model's skill in each,
    and `working_better`, the change of skill within each way, at the trained model's mix."""
    mix = [table["worked"][when] for when in ("before", "after")]
    skill = [[table[f"accuracy_{way}"][when] for when in ("before", "after")] for way in ("worked", "guess")]
    (worked0, worked1), (guess0, guess1) = [_filled(*pair) for pair in skill]
    switching = (mix[1] - mix[0]) * (worked0 - guess0)
    better = mix[1] * (worked1 - worked0) + (1 - mix[1]) * (guess1 - guess0)
    return {"total": switching + better, "switching": switching, "working_better": better}


def _filled(before: float | None, after: float | None) -> tuple[float, float]:
    """A way that is never used on one side keeps the skill of the other: its weight there is 0 anyway."""
    known = next((value for value in (before, after) if value is not None), 0.0)
    return known if before is None else before, known if after is None else after
