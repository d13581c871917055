"""Exercises of 01_explore_datasets: how long summaries are, and test problems that leaked into training."""

from collections.abc import Callable

from helpers.checks.asking import ask, ask_list, explain, in_order


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
