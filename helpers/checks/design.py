"""Exercises of 02_design_rewards: a length reward with bounds, and a format reward with partial credit."""

from collections.abc import Callable
from typing import Any

from helpers.checks.asking import ask_list, explain


def _chat(text: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": text}]


def check_ratio_reward(ratio_reward: Callable[..., list[float]]) -> None:
    """ratio_reward(completions, *, ideal_chars=50): shorter length over longer, so 1 at the ideal."""
    lengths = [50, 25, 100, 200, 10]
    found = ask_list(ratio_reward, len(lengths), ["x" * n for n in lengths])
    explain(found, [1.0, 0.5, 0.5, 0.25, 0.2], {
        "twice the ideal earns 2 and more: turn the ratio over when the text is too long, min(n/ideal, "
        "ideal/n)":
            [n / 50 for n in lengths],
        "too short earns more than 1: turn the ratio over there, min(n/ideal, ideal/n)":
            [50 / n for n in lengths],
        "bounded, but too long costs nothing: twice the ideal must cost what half of it does":
            [min(1.0, n / 50) for n in lengths],
        "bounded, but too short costs nothing: half the ideal must cost what twice of it does":
            [min(1.0, 50 / n) for n in lengths],
        "bounded, but in differences, not ratios: half the ideal and twice the ideal must earn the same":
            [max(0.0, 1 - abs(n - 50) / 50) for n in lengths],
        "that is reward_len, which has no floor: divide the shorter length by the longer":
            [-abs(n - 50) for n in lengths],
        "that is reward_len_bounded, which counts differences: divide the shorter length by the longer":
            [25 / (25 + abs(n - 50)) for n in lengths],
    })
    explain(ask_list(ratio_reward, 1, [_chat("x" * 25)]), [0.5], {
        "len() of a chat completion is 1: take text_of(completion) first": [1 / 50],
    })
    explain(ask_list(ratio_reward, 1, [""]), [0.0], {"an empty completion earns 0": [1.0]})
    found = ask_list(ratio_reward, 2, ["x" * 80, "x" * 40], ideal_chars=80, prompts=["…"] * 2)
    explain(found, [1.0, 0.5], {
        "the ideal is fixed at 50: use the parameter ideal_chars": [0.625, 0.8],
    })
    print("Passed: between 0 and 1, the same for half as for twice, and safe on an empty text.")


SOFT = [  # completion, reward
    ("<think>a</think><answer>b</answer>", 1.0),
    ("<think>\na\n</think>\n<answer>\nb\n</answer>", 1.0),
    ("<think>a</think><answer>b", 0.75),
    ("<think>a</think>", 0.5),
    ("no tags at all", 0.0),
    ("<think><think><think>a</think><answer>b</answer>", 0.75),
    ("<answer>b", 0.25),
]
_TAGS = ("<think>", "</think>", "<answer>", "</answer>")


def check_soft_format(soft_format: Callable[..., list[float]]) -> None:
    """soft_format(completions): a quarter for each of the four tags that occurs exactly once."""
    texts = [text for text, _ in SOFT]
    whole = [float(all(text.count(tag) == 1 for tag in _TAGS)) for text in texts]
    one_line = [float(value and "\n" not in text) for text, value in zip(texts, whole, strict=True)]
    pairs = [("think", "answer"), ("<think>", "<answer>"), ("</think>", "</answer>")]
    counts: list[Any] = [[sum(text.count(tag) == 1 for tag in some) / 2 for text in texts] for some in pairs]
    explain(ask_list(soft_format, len(texts), texts), [reward for _, reward in SOFT], {
        "all or nothing: give a quarter for each tag, so that the first tag already pays": whole,
        "DOTALL is missing, and it is all or nothing: count tags, then line breaks do not matter": one_line,
        "a tag three times is paid three times, and the policy will repeat it for ever: exactly once counts":
            [sum(text.count(tag) for tag in _TAGS) / 4 for text in texts],
        "a tag three times still pays: `in` cannot tell once from often, text.count(tag) == 1 can":
            [sum(tag in text for tag in _TAGS) / 4 for text in texts],
        "the closing tags are not counted: there are four tags, a quarter each": counts[1],
        "the opening tags are not counted: there are four tags, a quarter each": counts[2],
        "that is reward_soft_format, which asks for places: count each tag, wherever it stands":
            [1.0, 1.0, 0.75, 0.5, 0.0, 0.5, 0.0],
        "this sums to 4: a quarter for each tag, so that the best is 1":
            [sum(text.count(tag) == 1 for tag in _TAGS) for text in texts],
    })
    explain(ask_list(soft_format, 1, [_chat(texts[0])], prompts=["…"]), [1.0], {
        "a chat completion has no tags, its content has: take text_of(completion) first": [0.0],
    })
    print("Passed: every tag pays once. (The order is not paid: what would a policy do with that?)")
