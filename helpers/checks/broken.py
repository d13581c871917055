"""Exercises of 07_when_it_breaks: a diagnosis from the curves, and a price for saying "not sure"."""

from collections.abc import Callable

from helpers.checks.asking import ask, ask_list, explain

Rows = list[dict[str, float]]


def _rows(truncated: float, dead: float, reward: float, count: int = 5) -> Rows:
    return [{"reward": reward, "truncated": truncated, "dead_groups": dead}] * count


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
    same(_rows(0.0, 0.0, 1.0, 60) + _rows(0.0, 1.0, 0.0), 2, "dead", {
        "alive": "yours averages the whole run: look at the last five rows"})
    same(_rows(0.0, 1.0, 0.0, 60) + _rows(0.0, 0.0, 1.0), 2, "alive", {
        "dead": "yours looks at the start of the run, or at all of it: take the last five rows"})
    same([*_rows(0.0, 0.0, 1.0, 4), *_rows(0.0, 1.0, 0.0, 1)], 2, "alive", {
        "dead": "one step is chance: take the mean of the last five"})
    print("Passed: truncated before dead, saturated apart from dead, and only the last five steps count.")


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
    for price in (0.6, 1.0):
        try:
            honest_rewards(said, unsure, gold, price, 0.6)
        except ValueError:
            continue
        raise AssertionError(
            f"price {price}, worth 0.6: doubt pays as well as work, so raise ValueError unless price < worth"
        )
    print("Passed: right pays most, doubt pays a little, and a price that is too high is refused.")
