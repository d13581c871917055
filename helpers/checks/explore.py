"""Exercises of 01_explore_datasets: lengths, leaks, what stands in the box, and what a limit cuts off."""

import re
from collections.abc import Callable
from typing import Any

from helpers.checks.asking import ask, ask_list, explain, in_order, kindly


@kindly
def check_summary_lengths(summary_lengths: Callable[[list[dict[str, str]], str], list[int]]) -> None:
    """summary_lengths(rows, unit): the length of each row's reference summary, in "characters" or "words"."""
    rows = [
        {"prompt": "POST: My cat\nsleeps all day.\nTL;DR:", "completion": "Cat sleeps a lot."},
        {"prompt": "POST: Moved to Oslo.\nTL;DR:", "completion": "New  city,  cold\nflat."},
    ]
    summaries = [row["completion"] for row in rows]
    prompts = [row["prompt"] for row in rows]
    characters = list(map(len, summaries))
    words = [len(text.split()) for text in summaries]
    for unit in ("characters", "words"):
        other = "words" if unit == "characters" else "characters"
        if _asked(summary_lengths, rows, other) is not None:
            assert _asked(summary_lengths, rows, unit) is not None, (
                f"nothing comes back for the unit {unit!r}: look how yours compares `unit`, and for a return"
            )
    explain(ask_list(summary_lengths, 2, rows, "characters"), characters, {
        "this measures the post: the reference summary is in row[\"completion\"]": list(map(len, prompts)),
        "this counts words whatever the unit: \"characters\" is len(text)": words,
        "this counts characters without the spaces: a space is a character too":
            [len("".join(text.split())) for text in summaries],
        "the spaces are gone: a space is a character too": [len(text.replace(" ", "")) for text in summaries],
        "this counts what a row has, a prompt and a completion: take row[\"completion\"] first": [2, 2],
        "both lengths at once: give back the one in `unit`": list(zip(characters, words, strict=True)),
    })
    explain(ask_list(summary_lengths, 2, rows, "words"), words, {
        "this measures the post, in words: the reference summary is in row[\"completion\"]":
            [len(text.split()) for text in prompts],
        "these are the words themselves: count them with len": [text.split() for text in summaries],
        "this counts characters, not words: look at `unit`": characters,
        "two spaces in a row, or a line break, are not a word: text.split() without an argument knows that":
            [len(text.split(" ")) for text in summaries],
        "this counts spaces: there is one word more than gaps": [text.count(" ") for text in summaries],
    })
    print("Passed: characters and words, and you know which is which.")


TRAIN = [
    "Ana has 27 pens and buys 45. How many?",
    "A box holds 5 rows of 5 cups.",
    "12 of 30 left.",
    "Al bakes 27 rolls in the morning and 45 at noon.",  # once more, so that a place can come twice
]
TEST = [
    "Ana has 27 pens and buys 45. How many?",  # word for word
    "Bo reads 27 pages, then 45 more. How many?",  # the same sum in other words
    "Di picks 45 plums and 27 pears. How many?",  # and the other way round
    "Cy has 27 stamps and loses 12. How many?",  # both numbers known, but not together
    "A tray holds 5 rolls. How many on 1 tray?",  # shares a 5
    "Each of 5 cars has 4 wheels.",  # as characters, 5 and 4 are in 45
    "20 of 31 left.",  # the digits of 12 and 30
    "Ed has 60 cents and finds 12.",  # as much as 27 + 45
]


@kindly
def check_leaked(leaked: Callable[[list[str], list[str]], list[int]]) -> None:
    """leaked(test, train): which test problems (0, 1 …) use the very numbers of some training problem."""
    found = ask(leaked, TEST, TRAIN)
    assert isinstance(found, list | tuple), f"yours gives {found!r}: return a list of places in `test`"
    assert not found or not all(isinstance(one, bool) for one in found), (
        f"yours gives {found}: return the places where it is True"
    )
    explain(in_order(found), [0, 1, 2], {
        "only the identical text: a new story around the same numbers is the same sum, so compare the "
        "numbers": [0],
        "the same numbers in another order are the same sum: sort them before you compare": [0, 1],
        "one shared number is enough for yours: all numbers of the problem must meet in one training problem":
            [0, 1, 2, 3, 4, 5, 7],
        "yours pools the numbers of all training problems: compare with one problem at a time": [0, 1, 2, 3],
        "these are the clean problems: return the others": [3, 4, 5, 6, 7],
        "yours compares digits: 20 and 31 are not 12 and 30, r\"\\d+\" keeps a number together":
            [0, 1, 2, 6],
        "5 and 4 are no numbers of \"27 … 45\": find them with re.findall, and not inside the text":
            [0, 1, 2, 5],
        "60 and 12 are not 27 and 45, though their sums are: compare the numbers": [0, 1, 2, 7],
        "a place comes twice where two training problems have its numbers: once is enough":
            [0, 0, 1, 1, 2, 2],
        "places count from 0": [1, 2, 3],
        "these are the places in `train`: return those in `test`": [0, 3],
        "these are the problems: return their places": sorted(TEST[:3]),
        "yours finds none, not even the one that is in `train` word for word": [],
    })
    more = in_order(ask(leaked, ["5 bags of 5, and 7 more.", "5 bags."], ["5 bags, and 7 more."]))
    inside = "5 alone is not 5, 7: all numbers must agree, none may be missing and none left over"
    explain(more, [], {
        "5, 5, 7 is not 5, 7: a set forgets that a number comes twice, so sort a list": [0],
        inside: [0, 1],
        f"{inside} (7 is)": [1],
    })
    print("Passed: a leak shows in the numbers, not in the words.")


BOXES = [  # text, what stands in its last box
    (r"20 + 5 = 25. The answer is \boxed{25}.", "25"),
    (r"What is left is \boxed{\frac{1}{2}}.", r"\frac{1}{2}"),
    (r"First \boxed{3}, then {4}, so \boxed{5} of the set {1, 2}.", "5"),
]


@kindly
def check_boxed(boxed: Callable[[str], str | None]) -> None:
    r"""boxed(text): what stands in the last \boxed{…} of a text, or None."""
    for text, gold in BOXES:
        boxes = re.findall(r"\\boxed\{[^}]*\}", text)
        greedy = re.search(r"\\boxed\{(.*)\}", text)
        found = _asked(boxed, text)
        assert found is not None, (
            "boxed returns None: replace `# your code here`, and end with a return. (If you have: is the "
            "backslash in a raw string, r\"\\boxed{\", and is what you find returned and not printed?)"
        )
        explain(found, gold, {
            "a number: give the text as it stands, a gold may be a fraction": 25 if gold == "25" else gold,
            "nothing is in there: the box is open where you start, so its depth is 1 and not 0": "",
            "the last brace belongs to \\frac: cut the text at the box's own brace, and do not strip":
                gold.strip("{}"),
            "the first box, not the last: a solution may box a step on its way":
                boxes[0][7:-1] if boxes[1:] else gold,
            "it stops at the first closing brace, which belongs to \\frac: count how deep you are":
                boxes[-1][7:-1],
            "it runs on to the last closing brace of the whole text: stop where the box closes":
                text[text.rfind(r"\boxed{") + 7 : text.rfind("}")],
            "from the first box to the last brace: a greedy .* takes all it can get": greedy and greedy[1],
            "only what stands inside the braces: leave \\boxed{ and } away": rf"\boxed{{{gold}}}",
            "the closing brace is still there": gold + "}",
            "the opening brace is still there": "{" + gold,
        })
    for text in ("The answer is 25.", r"\frac{1}{2} is left.", r"The answer is \boxed{25"):
        found = _asked(boxed, text)
        reason = "no box at all" if "boxed" not in text else "a box that never closes"
        assert found is None, f"{reason} is no gold: return None there, yours gives {found!r}"
    found = _asked(boxed, r"At first \boxed{3}, in the end \boxed{25")
    assert found is None, f"the last box never closes, and an earlier one is no answer: yours gives {found!r}"
    print("Passed: the last box, down to its own closing brace, and None where there is none.")


def _asked(function: Callable[..., Any], *args: Any) -> Any:
    """What a function returns, None being an answer here."""
    try:
        return ask(function, *args)
    except AssertionError as error:
        if error.__cause__:  # it has stopped
            raise
        return None


@kindly
def check_cut_off(cut_off: Callable[[list[str], Callable[[str], int], int], float]) -> None:
    """cut_off(texts, count_tokens, limit): the share of texts longer than limit, end token included."""
    texts = ["27 + 5 = 32.", "7 + 5 = 12.", "I guess so.", "no", "100 + 100 + 100 = 300.", "I do not know.",
             "I do not know what I should say to you", "ok", "certainly"]  # fmt: skip
    pieces = [_pieces(text) for text in texts]  # 8, 7, 4, 1, 16, 5, 10, 1, 1: a digit, word or sign is one

    def share(fits: Callable[[int, str], bool]) -> float:
        return sum(not fits(count, text) for count, text in zip(pieces, texts, strict=True)) / len(texts)

    limit = 8
    right = share(lambda count, text: count + 1 <= limit)
    explain(ask(cut_off, texts, _pieces, limit), right, {
        "this is the share that fits: return the other one": 1 - right,
        "a count, not a share: divide by the number of texts": right * len(texts),
        "per cent, not a share: 0.5 means half": 100 * right,
        "the end token is forgotten: a text takes count_tokens(text) + 1":
            share(lambda count, text: count <= limit),
        "a text that takes exactly the limit still fits: use >, not >=":
            share(lambda count, text: count + 1 < limit),
        "this counts characters: use count_tokens": share(lambda count, text: len(text) + 1 <= limit),
        "this counts words: use count_tokens": share(lambda count, text: len(text.split()) + 1 <= limit),
        "0 says that all fit: is `limit` in there, and is it / and not //, without round()?": 0.0,
        "one True or False for each text: return the share of the True ones": [n + 1 > limit for n in pieces],
        "these are the texts: return their share": [text for text in texts if _pieces(text) + 1 > limit],
        "the share of the tokens: a text that is cut off counts as one, by however much":
            sum(max(0, n + 1 - limit) for n in pieces) / sum(n + 1 for n in pieces),
        "divided by the limit: divide by the number of texts": right * len(texts) / limit,
    })
    explain(ask(cut_off, texts, len, 100), 0.0, {
        "the limit is fixed: use the parameter": sum(len(text) + 1 > limit for text in texts) / len(texts),
    })
    print("Passed: whatever does not fit with its end token is cut off.")


def _pieces(text: str) -> int:
    return len(re.findall(r"\d|[a-z]+|[^\w\s]", text, re.IGNORECASE))
