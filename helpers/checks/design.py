"""Exercises of 02_design_rewards: bounds for a length, credit for a tag, own words, and even weights."""

import math
import re
import statistics
from collections.abc import Callable
from itertools import chain
from typing import Any

from helpers.checks.asking import ask, ask_by_keyword, ask_list, chat, explain, kindly


@kindly
def check_ratio_reward(ratio_reward: Callable[..., list[float]]) -> None:
    """ratio_reward(completions, *, ideal_chars=50): shorter length over longer, so 1 at the ideal."""
    lengths = [50, 25, 100, 200, 10]
    found = ask_list(ratio_reward, len(lengths), ["x" * n for n in lengths])
    explain(found, [1.0, 0.5, 0.5, 0.25, 0.2], {
        "twice the ideal earns 2 and more: turn the ratio over there, so that the longer length stands below":
            [n / 50 for n in lengths],
        "too short earns more than 1: turn the ratio over there, so that the longer length stands below":
            [50 / n for n in lengths],
        "longer over shorter, so whatever is wrong earns more than 1: turn it over":
            [max(n, 50) / min(n, 50) for n in lengths],
        "that is how far it is from the ideal, which must earn 1 and not 0: return the ratio itself":
            [1 - min(n, 50) / max(n, 50) for n in lengths],
        "this counts words: the length is in characters, len(text)": [1 / 50] * len(lengths),
        "// cuts off what stands behind the point: divide with /": [float(n == 50) for n in lengths],
        "bounded, but too long costs nothing: twice the ideal must cost what half of it does":
            [min(1.0, n / 50) for n in lengths],
        "bounded, but too short costs nothing: half the ideal must cost what twice of it does":
            [min(1.0, 50 / n) for n in lengths],
        "bounded, but in differences, not ratios: half the ideal and twice the ideal must earn the same":
            [max(0.0, 1 - abs(n - 50) / 50) for n in lengths],
        "in differences, not ratios, and below 0 when far too long: divide the shorter length by the longer":
            [1 - abs(n - 50) / 50 for n in lengths],
        "that is reward_len, which has no floor: divide the shorter length by the longer":
            [-abs(n - 50) for n in lengths],
        "that is reward_len_bounded, which counts differences: divide the shorter length by the longer":
            [25 / (25 + abs(n - 50)) for n in lengths],
    })
    explain(ask_by_keyword(ratio_reward, completions=[chat("x" * 25)]), [0.5], {
        "len() of a chat completion is 1: take text_of(completion) first": [1 / 50],
        "str() of a chat completion is more than its text: take text_of(completion)":
            [50 / len(str(chat("x" * 25)))],
    })
    explain(ask_list(ratio_reward, 1, [""]), [0.0], {
        "an empty completion earns 0": [1.0],
        "an empty completion is as far from the ideal as can be: it earns 0, and not None": [None],
    })
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


@kindly
def check_soft_format(soft_format: Callable[..., list[float]]) -> None:
    """soft_format(completions): a quarter for each of the four tags that occurs exactly once."""
    texts = [text for text, _ in SOFT]
    pairs = (_TAGS[:2], _TAGS[2:])
    whole = [float(all(text.count(tag) == 1 for tag in _TAGS)) for text in texts]
    one_line = [float(value and "\n" not in text) for text, value in zip(texts, whole, strict=True)]

    def once(*tags: str) -> list[int]:
        return [sum(text.count(tag) == 1 for tag in tags) for text in texts]

    opening, closing = once("<think>", "<answer>"), once("</think>", "</answer>")
    explain(ask_list(soft_format, len(texts), texts), [reward for _, reward in SOFT], {
        "all or nothing: give a quarter for each tag, so that the first one already pays (/ 4, not // 4)":
            whole,
        "DOTALL is missing, and it is all or nothing: count tags, then line breaks do not matter": one_line,
        "a tag three times is paid three times, and the policy will repeat it for ever: exactly once counts":
            [sum(text.count(tag) for tag in _TAGS) / 4 for text in texts],
        "a tag three times still pays: `in` cannot tell once from often, text.count(tag) == 1 can":
            [sum(tag in text for tag in _TAGS) / 4 for text in texts],
        "the closing tags are not counted: there are four tags, a quarter each": [n / 2 for n in opening],
        "the closing tags earn nothing: there are four tags, a quarter each": [n / 4 for n in opening],
        "the opening tags are not counted: there are four tags, a quarter each": [n / 2 for n in closing],
        "half a point for a pair: give a quarter for each tag, also when its partner is missing":
            [sum(text.count(a) == text.count(b) == 1 for a, b in pairs) / 2 for text in texts],
        "\"think\" is found in \"</think>\" as well: count the tags with their brackets":
            [n / 4 for n in once("think", "/think", "answer", "/answer")],
        "a tag three times loses its own quarter, and takes nothing from the others":
            [0.0 if "<think><think>" in text else reward for text, reward in SOFT],
        "that is reward_soft_format, which asks for places: count each tag, wherever it stands":
            [1.0, 1.0, 0.75, 0.5, 0.0, 0.5, 0.0],
        "this sums to 4: a quarter for each tag, so that the best is 1": once(*_TAGS),
        "per cent, not a share: a quarter is 0.25": [25 * n for n in once(*_TAGS)],
        "nothing is found in any: completion[0] of a plain string is one letter, text_of gives the text":
            [0.0] * len(texts),
    })
    explain(ask_by_keyword(soft_format, completions=[chat(texts[0])], prompts=["…"]), [1.0], {
        "a chat completion has no tags, its content has: take text_of(completion) first": [0.0],
    })
    print("Passed: every tag pays once. (The order is not paid: what would a policy do with that?)")


POST = "TITLE: Many old maps\nPOST: My old map of Oslo is torn. Can a torn map be mended?"


@kindly
def check_reward_own_words(reward_own_words: Callable[..., list[float]]) -> None:
    """reward_own_words(completions, prompts): the share of a completion's words that its prompt has, too."""
    texts = ["my map is torn", "It is torn, my Oslo map mended!", "An new an map", "map map map glue"]
    words = [re.findall(r"\w+", text.lower()) for text in texts]
    known = set(re.findall(r"\w+", POST.lower()))
    right = [_share(word in known for word in each) for each in words]
    found = ask_list(reward_own_words, len(texts), texts, [POST] * len(texts))
    cased = [re.findall(r"\w+", text) for text in texts]
    explain(found, right, {
        "that is the share of the post's words: divide by the number of the summary's own":
            [_share(word in each for word in known) for each in words],
        "that is the share of what is invented: return the other one": [1 - share for share in right],
        "\"An\" is inside \"Many\", and yours finds it there: compare whole words, with the post's in a set":
            [_share(word in POST.lower() for word in each) for each in words],
        "\"My\" and \"my\" are one word: put both texts into small letters":
            [_share(word in set(re.findall(r"\w+", POST)) for word in each) for each in cased],
        "only the summary is in small letters: put the post into small letters as well":
            [_share(word in set(re.findall(r"\w+", POST)) for word in each) for each in words],
        "only the post is in small letters: put the summary into small letters as well":
            [_share(word in known for word in each) for each in cased],
        "a full stop is not part of a word: re.findall(r\"\\w+\", text) leaves it out, split() does not":
            [_share(word in set(POST.lower().split()) for word in text.lower().split()) for text in texts],
        "a word that comes three times counts three times: keep the summary's words in a list":
            [_share(word in known for word in set(each)) for each in words],
        "this counts letters, not words: split the text with re.findall(r\"\\w+\", text)":
            [_share(letter in known for letter in text.lower()) for text in texts],
        "a count, not a share: divide by the number of the summary's words":
            [sum(word in known for word in each) for each in words],
        "per cent, not a share: 1 means all of them": [100 * share for share in right],
    })
    explain(ask_list(reward_own_words, 2, ["", "…"], [POST] * 2), [0.0, 0.0], {
        "a completion without a word earns 0, not 1: saying nothing is no summary": [1.0, 1.0],
        "a completion without a word earns 0, not None: None is for what cannot be judged": [None, None],
    })
    two = ask_list(reward_own_words, 2, ["torn map", "torn map"], ["a torn page", "a torn old map"])
    explain(two, [0.5, 1.0], {
        "every completion has a prompt of its own: go through zip(completions, prompts)": [0.5, 0.5],
        "a word of any post counts as known: make a new set for each prompt": [1.0, 1.0],
    })
    columns = {"completions": [chat("old content")], "prompts": [chat(POST)], "completion_ids": [[7]]}
    explain(ask_by_keyword(reward_own_words, **columns), [0.5], {
        "str() of a conversation has \"role\" and \"content\" in it as well: take text_of": [1.0],
        "str() of a conversation holds more than its text: take text_of": [0.8],
    })
    print("Passed: nothing is paid that the post does not say. (Is everything paid that it should?)")


def _share(truths: Any) -> float:
    values = list(truths)
    return sum(values) / len(values)


@kindly
def check_even_weights(even_weights: Callable[[dict[str, list[list[float]]]], dict[str, float]]) -> None:
    """even_weights(parts): 1 / the mean standard deviation within a group, for each; 0 for a dead one."""
    parts = {"steep": [[0.0, 10.0, 20.0], [110.0, 130.0, 150.0], [200.0, 200.0, 320.0]],
             "flat": [[0.1, 0.2, 0.3], [0.5, 0.9, 0.7], [0.9, 0.9, 1.5]]}  # fmt: skip
    found = ask(even_weights, parts)
    assert isinstance(found, dict) and set(found) == set(parts), (
        f"yours gives {found!r}: return a dictionary with a weight for each name"
    )

    def weights(spread: Callable[[list[list[float]]], float]) -> list[float]:
        return [1 / spread(groups) for groups in parts.values()]

    def mean_of(measure: Callable[[list[float]], float]) -> Callable[[list[list[float]]], float]:
        return lambda groups: statistics.mean(map(measure, groups))

    right = weights(mean_of(statistics.stdev))
    explain([found[name] for name in parts], right, {
        "that is the spread itself, so the loudest gets louder: divide 1 by it":
            [1 / weight for weight in right],
        "the spread over all groups in one list: one prompt's mean against another's teaches nothing":
            weights(lambda groups: statistics.stdev(list(chain(*groups)))),
        "the spread of the groups' means: inside a group is what counts":
            weights(lambda groups: statistics.stdev(map(statistics.mean, groups))),
        "one over the mean reward: it is the spread that moves a total, a constant moves nothing":
            weights(lambda groups: statistics.mean(list(chain(*groups)))),
        "from the lowest to the highest, not the standard deviation":
            weights(mean_of(lambda group: max(group) - min(group))),
        "the variance, not its square root: take the standard deviation":
            weights(mean_of(statistics.variance)),
        "the std with n below the line: advantages take n - 1, which is statistics.stdev":
            weights(mean_of(statistics.pstdev)),
        "only the first group is looked at: take the mean over all groups":
            weights(lambda groups: statistics.stdev(groups[0])),
        "the sum over the groups, not the mean: twice as many prompts must not halve the weight":
            weights(lambda groups: sum(map(statistics.stdev, groups))),
        "the largest of the groups' deviations: take their mean":
            weights(lambda groups: max(map(statistics.stdev, groups))),
        "the mean of 1 / deviation: take the mean of the deviations first, and then 1 over it":
            [1 / spread for spread in weights(mean_of(lambda group: 1 / statistics.stdev(group)))],
        "these add up to 1, which makes the spreads alike, but not 1: leave out the last division":
            [weight / sum(right) for weight in right],
    }, tolerance=5e-3)  # 1e-4 more below the line is no mistake here; beside a dead part it is
    _check_dead_part(even_weights)
    print("Passed: every part moves the total equally far, and a dead one is left out.")


def _check_dead_part(even_weights: Callable[[dict[str, list[list[float]]]], dict[str, float]]) -> None:
    weights = ask(even_weights, {"dead": [[1.0, 1.0], [0.0, 0.0]], "alive": [[0.0, 2.0], [0.0, 2.0]]})
    assert "dead" in weights, "a reward that never varies is left out: keep its name, with the weight 0"
    explain(weights["dead"], 0.0, {
        "a reward that never varies has no say at any weight: give it 0": 1.0,
        "a reward that never varies gets an infinite weight: give it 0": math.inf,
        "1e-4 below the line makes a reward that never varies the weightiest of all: give it 0": 1e4,
        "a reward that never varies can be weighed, and its weight is 0, not None": None,
    })
    explain(weights.get("alive"), 2**-0.5, {
        "a reward that never varies takes the others' weight as well: judge each part by its own spread": 0.0,
    })
