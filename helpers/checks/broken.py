"""Exercises of 07_when_it_breaks: two looks at curves, a hack to mend, and a price for saying "not sure"."""

from collections.abc import Callable

from helpers.checks.asking import ask, ask_list, chat, explain, kindly

Rows = list[dict[str, float]]


def _rows(truncated: float, dead: float, reward: float, count: int = 5) -> Rows:
    return [{"reward": reward, "truncated": truncated, "dead_groups": dead}] * count


@kindly
def check_diagnose(diagnose: Callable[[Rows, float], str]) -> None:
    """diagnose(rows, best): "truncated", "saturated", "dead" or "alive", from the last five rows."""
    words = ("truncated", "saturated", "dead", "alive")

    def same(rows: Rows, best: float, right: str, mistakes: dict[str, str]) -> None:
        found = ask(diagnose, rows, best)
        assert found in words, f"yours gives {found!r}: return one of {', '.join(words)}"
        assert found == right, mistakes.get(found, f"expected {right!r}, but yours gives {found!r}")

    same(_rows(1.0, 1.0, 0.0), 2, "truncated", {
        "dead": "ask for truncated first: completions that never end are the reason why the groups are dead"})
    same(_rows(0.0, 1.0, 1.95), 2, "saturated", {
        "dead": "full marks for everybody is saturated, not dead: compare the reward with 0.9 * best",
        "alive": "no group has spread here: look at dead_groups"})
    same(_rows(0.0, 1.0, 1.0), 2, "dead", {
        "saturated": "half of `best` is not full marks: compare the reward with 0.9 * best, not with 0.9"})
    same(_rows(0.0, 0.5, 1.95), 2, "alive", {
        "saturated": "a high reward alone is no illness: half of the groups still have spread",
        "dead": "half of the groups still have spread: only above 0.9 is it dead"})
    same(_rows(0.0, 0.0, 1.0) + _rows(0.0, 1.0, 0.0, 100) + _rows(0.0, 0.0, 1.0), 2, "alive", {
        "dead": "yours averages the whole run: look at the last five rows"})
    same(_rows(0.0, 0.0, 1.0, 60) + _rows(0.0, 1.0, 0.0), 2, "dead", {
        "alive": "yours looks at the start of the run, or at more than five rows: take the last five"})
    same([*_rows(0.0, 0.0, 1.0, 4), *_rows(0.0, 1.0, 0.0, 1)], 2, "alive", {
        "dead": "one step is chance: take the mean of the last five"})
    same([*_rows(0.0, 1.0, 0.0, 4), *_rows(0.0, 0.75, 0.0, 1)], 2, "dead", {
        "alive": "yours asks each row by itself: their mean is 0.95, and that counts"})
    same(_rows(0.0, 1.0, 0.0, 3), 2, "dead", {
        "alive": "of only three rows the mean is over three: divide by how many there are, not by 5"})
    print("Passed: truncated before dead, saturated apart from dead, and only the last five steps count.")


@kindly
def check_honest_rewards(honest_rewards: Callable[..., list[float]]) -> None:
    """honest_rewards(said, unsure, gold, price, worth): 1 for right, price for doubt, 0 for wrong."""
    said, unsure, gold = [72, 72, 70, 64, None, None], [False, True, False, True, True, False], [72] * 6
    right = [1.0, 1.0, 0.0, 0.2, 0.2, 0.0]
    explain(ask_list(honest_rewards, 6, said, unsure, gold, 0.2, 0.6), right, {
        "a right answer in doubt is paid the price only: ask for the right number first":
            [1.0, 0.2, 0.0, 0.2, 0.2, 0.0],
        "doubt pays in full: that is the hole of exhibit 9": [1.0, 1.0, 0.0, 1.0, 1.0, 0.0],
        "doubt is not paid at all: pay `price` for it": [1.0, 1.0, 0.0, 0.0, 0.0, 0.0],
        "a wrong answer without doubt is paid, too: it gets 0": [1.0, 1.0, 0.2, 0.2, 0.2, 0.2],
        "right and in doubt is paid twice: 1 is the most": [1.0, 1.2, 0.0, 0.2, 0.2, 0.0],
        "no number, in doubt, is paid nothing: doubt is doubt, with a number or without":
            [1.0, 1.0, 0.0, 0.2, 0.0, 0.0],
    })
    explain(ask_list(honest_rewards, 6, said, unsure, gold, 0.4, 0.6), [1.0, 1.0, 0.0, 0.4, 0.4, 0.0], {
        "0.2 is fixed: use the parameter price": right,
    })
    explain(ask_list(honest_rewards, 2, [0, 3], [False, False], [0, 0], 0.2, 0.6), [1.0, 0.0], {
        "the right answer is 0 here, and it is a number: ask `number == right`, not `if number`": [0.0, 0.0],
    })
    for price in (0.6, 1.0):
        try:
            honest_rewards(said, unsure, gold, price, 0.6)
        except ValueError:
            continue
        except AssertionError:
            raise AssertionError("raise ValueError, not assert: an assertion can be switched off") from None
        raise AssertionError(
            f"price {price}, worth 0.6: doubt pays as well as work, so raise ValueError unless price < worth"
        )
    print("Passed: right pays most, doubt pays a little, and a price that is too high is refused.")


@kindly
def check_peak_and_fall(peak_and_fall: Callable[..., tuple[int, float]]) -> None:
    """peak_and_fall(values, window=5): (step at which the best window ends, fall from it to the last one)."""
    values = [0.1, 0.2, 1.0, 0.2, 0.3, 0.6, 0.7, 0.8, 0.7, 0.6, 0.4, 0.2, 0.1, 0.2, 0.4]
    found = ask(peak_and_fall, values)
    assert isinstance(found, list | tuple) and len(found) == 2, (
        f"yours gives {found!r}: return the step and the fall"
    )
    means = [sum(values[end - 5 : end]) / 5 for end in range(5, 16)]
    best, last = max(means), means[-1]
    explain(tuple(found), (10, best - last), {
        "one step is chance: take means of `window` steps": (3, 1.0 - 0.4),
        "that is how many windows came before it: add `window` for the step at its end": (5, best - last),
        "that is where the best window starts: give the step at its end": (6, best - last),
        "the first step is step 1, not 0": (9, best - last),
        "the sign is flipped: a fall is positive": (10, last - best),
        "the last step alone is chance: take the mean of the last window": (10, best - values[-1]),
        "the largest single value is not the best mean: the fall is between two means": (10, 1.0 - last),
        "that is the end itself, not the fall from the best": (10, last),
        "the two are swapped: the step first": (best - last, 10),
    })
    explain(tuple(ask(peak_and_fall, [0.9, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.5])), (8, 0.0), {
        "one step, or two, are no window: the first whole one ends at step `window`": (1, 0.9 - 0.46),
    })
    explain(tuple(ask(peak_and_fall, [0.0, 3.0, 3.0, 0.0, 0.0], window=2)), (3, 3.0), {
        "the window is fixed at 5: use the parameter": (5, 0.0),
    })
    print("Passed: a peak is a stretch, not a step.")


@kindly
def check_reward_mended(reward_mended: Callable[..., list[float | None]]) -> None:
    """reward_mended(completions, reference, *, ideal_chars=50): reward_len_bounded times reward_rouge."""
    gold = "After a month of Hindi I made Diego's whole family laugh."
    texts = [  # the first and the last two from the records of exhibit 8 and of its cured twin
        "After note, month ago, month, month, month, month.",
        gold,
        "After a month of my another I made Nils's whole family laugh.",
    ]
    away, said = [abs(len(text) - 50) for text in texts], [0.2, 1.0, 0.8]  # characters; ROUGE-L
    near = [25 / (25 + chars) for chars in away]
    pairs = list(zip(near, said, strict=True))
    explain(ask_list(reward_mended, 3, texts, [gold] * 3), [n * s for n, s in pairs], {
        "added: babble of fifty characters still earns 1 by its length. Multiply": [n + s for n, s in pairs],
        "averaged: babble of fifty characters still earns a half by its length. Multiply":
            [(n + s) / 2 for n, s in pairs],
        "that is the length alone: the hole is still open": near,
        "that is the content alone: now nobody asks for fifty characters": said,
        "the smaller of the two is safe, too, but it ignores the other one: multiply":
            [min(pair) for pair in pairs],
        "reward_len is 0 at its best and below it elsewhere: times the content it turns everything upside "
        "down. Take reward_len_bounded": [-chars * s for chars, s in zip(away, said, strict=True)],
    })
    explain(ask_list(reward_mended, 2, texts[:2], [None, gold]), [None, near[1]], {
        "None means that the reference has no words, not that the summary is bad: leave it None":
            [0.0, near[1]],
    })
    babble = "Zzz. " * 10  # fifty characters, and not a word of the reference
    explain(ask_list(reward_mended, 2, [babble, gold], [gold] * 2), [0.0, near[1]], {
        "0 content is a bad summary and earns 0; None is only for what cannot be scored: ask `is None`":
            [None, near[1]],
    })
    chats = [chat(text) for text in texts]
    explain(ask_list(reward_mended, 3, chats, [gold] * 3), [n * s for n, s in pairs], {
        "a chat completion is a list of one message: let reward_len_bounded take the length":
            [25 / (25 + 49) * s for s in said],
    })
    found = ask_list(reward_mended, 1, texts[:1], [gold], ideal_chars=25, prompts=["…"])
    explain(found, [0.1], {"the ideal is fixed at 50: hand ideal_chars on to reward_len_bounded": [0.2]})
    print("Passed: it takes both, and neither part pays by itself.")
