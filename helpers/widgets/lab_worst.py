"""Worst offenders: completions that a reward likes and that are plainly bad by a yardstick of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from helpers.rewards import reward_accuracy, reward_format, reward_rouge
from helpers.widgets.lab_design import Judge, part

LOW_ROUGE = 0.1
MEANING = {
    "completion": f"ROUGE-L under {LOW_ROUGE:g} (hardly a word in common with the reference), "
    "or a word twice in a row",
    "solution": "a wrong answer, or not in the format that the prompt asks for",
}


@dataclass(frozen=True)
class Offender:
    """A plainly bad completion: its place among the N, why it is bad, and the share of samples it beats or
    ties."""

    place: int
    why: str
    beats: float


def meaning(judge: Judge) -> str:
    """What "plainly bad" means for this task, in words."""
    return MEANING[judge.bank.task.gold_column]


def faults(judge: Judge) -> list[str]:
    """(N,): what is plainly wrong with each sample, "" where nothing is. No reward of the lab has a say."""
    if judge.bank.task.gold_column == "solution":
        return judge.once("faults", part(reward_accuracy), lambda: _wrong_or_untagged(judge))
    return judge.once("faults", part(reward_rouge), lambda: _off_topic_or_repeating(judge))


def offenders(judge: Judge, total: np.ndarray, most: int = 6) -> list[Offender]:
    """The plainly bad samples with the highest totals, highest first; of a text that comes again, the
    first."""
    bad, seen = faults(judge), set()
    found = []
    for place in np.argsort(np.where(np.isnan(total), np.inf, -total), kind="stable").tolist():
        text = judge.bank.texts[place]
        if bad[place] and text not in seen and not np.isnan(total[place]) and len(found) < most:
            seen.add(text)
            found.append(Offender(place, bad[place], float(np.nanmean(total <= total[place]))))
    return found


def bad_share_of_best(judge: Judge, total: np.ndarray, part_of: int = 4) -> tuple[int, int]:
    """How many of the best paid quarter are plainly bad, and how many that quarter holds."""
    order = np.argsort(np.where(np.isnan(total), np.inf, -total), kind="stable")[: len(total) // part_of]
    bad = faults(judge)
    return sum(bool(bad[place]) for place in order), len(order)


def _wrong_or_untagged(judge: Judge) -> list[str]:
    right, kept = judge.scores(part(reward_accuracy)), judge.scores(part(reward_format))
    return [
        " and ".join(word for word, is_so in (("wrong answer", r == 0), ("format not kept", k == 0)) if is_so)
        for r, k in zip(right, kept, strict=True)
    ]


def _off_topic_or_repeating(judge: Judge) -> list[str]:
    found = []
    for text, rouge in zip(judge.bank.texts, judge.scores(part(reward_rouge)), strict=True):
        words = re.findall(r"\w+", text.lower())
        twice = [word for word, after in pairwise(words) if word == after]
        why = [f"ROUGE-L {rouge:.2f}"] if rouge < LOW_ROUGE else []
        found.append(", ".join(why + ([f"“{twice[0]} {twice[0]}”"] if twice else [])))
    return found
