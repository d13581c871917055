"""Exercises of 01_explore_datasets: lengths, leaks, what stands in the box, and what a limit cuts off."""

import re
from collections.abc import Callable

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
    explain(ask_list(summary_lengths, 2, rows, "characters"), characters, {
        "this measures the post: the reference summary is in row[\"completion\"]": list(map(len, prompts)),
        "this counts words whatever the unit: \"characters\" is len(text)": words,
        "this counts characters without the spaces: a space is a character too":
            [len("".join(text.split())) for text in summaries],
    })
    explain(ask_list(summary_lengths, 2, rows, "words"), words, {
        "this counts characters, not words: look at `unit`": characters,
        "two spaces in a row, or a line break, are not a word: text.split() without an argument knows that":
            [len(text.split(" ")) for text in summaries],
        "this counts spaces: there is one word more than gaps": [text.count(" ") for text in summaries],
    })
    print("Passed: characters and words, and you know which is which.")


@kindly
def check_leaked(leaked: Callable[[list[str], list[str]], list[int]]) -> None:
    """leaked(test, train): which test problems (0, 1 …) use the very numbers of some training problem."""
    train = ["Ana has 27 pens and buys 45. How many?", "A box holds 5 rows of 5 cups.", "12 of 30 left."]
    test = [
        "Ana has 27 pens and buys 45. How many?",  # word for word
        "Bo reads 45 pages, then 27 more. How many?",  # the same sum in other words, the other way round
        "Cy has 27 stamps and loses 12. How many?",  # both numbers known, but not together
        "A tray holds 5 rolls. How many on 1 tray?",  # shares a 5
        "Each of 5 cars has 4 wheels.",
        "2 of 120 left.",  # 12 and 30 are not in 120
    ]
    found = ask(leaked, test, train)
    assert isinstance(found, list | tuple), f"yours gives {found!r}: return a list of places in `test`"
    explain(in_order(found), [0, 1], {
        "only the identical text: a new story around the same numbers is the same sum, so compare the "
        "numbers": [0],
        "one shared number is enough for yours: all numbers of the problem must meet in one training problem":
            [0, 1, 2, 3, 4],
        "yours pools the numbers of all training problems: compare with one problem at a time": [0, 1, 2],
        "these are the clean problems: return the others": [2, 3, 4, 5],
    })
    twice = in_order(ask(leaked, ["5 bags of 5, and 7 more."], ["5 bags, and 7 more."]))
    explain(twice, [], {"5, 5, 7 is not 5, 7: a set forgets that a number comes twice, so sort a list": [0]})
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
        explain(ask(boxed, text), gold, {
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
    print("Passed: the last box, down to its own closing brace, and None where there is none.")


def _asked(boxed: Callable[[str], str | None], text: str) -> str | None:
    """What boxed returns, None being an answer here."""
    return ask(lambda: (boxed(text),))[0]


@kindly
def check_cut_off(cut_off: Callable[[list[str], Callable[[str], int], int], float]) -> None:
    """cut_off(texts, count_tokens, limit): the share of texts longer than limit, end token included."""
    texts = ["27 + 5 = 32.", "7 + 5 = 12.", "I guess so.", "no", "100 + 100 + 100 = 300.", "I do not know."]
    pieces = [_pieces(text) for text in texts]  # 8, 7, 4, 1, 16, 5: each digit, word and sign is one

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
    })
    explain(ask(cut_off, texts, len, 100), 0.0, {})
    print("Passed: whatever does not fit with its end token is cut off.")


def _pieces(text: str) -> int:
    return len(re.findall(r"\d|[a-z]+|[^\w\s]", text, re.IGNORECASE))
