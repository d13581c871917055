"""Exercises of 04_train_math: the parts of a gain and of a length, faulty golds, and work that is shown."""

from collections.abc import Callable
from typing import Any

from helpers.checks.asking import ask, explain, in_order, kindly

Answers = list[tuple[bool, bool]]  # (worked, right) for each completion


def _answers(worked_right: int, worked_wrong: int, guess_right: int, guess_wrong: int) -> Answers:
    kinds = [(True, True), (True, False), (False, True), (False, False)]
    counts = (worked_right, worked_wrong, guess_right, guess_wrong)
    return [kind for kind, count in zip(kinds, counts, strict=True) for _ in range(count)]


@kindly
def check_split_gain(split_gain: Callable[[Answers, Answers], tuple[float, float]]) -> None:
    """split_gain(before, after): the gain in accuracy as (switching to work, working better)."""
    before, after = _answers(2, 2, 1, 5), _answers(7, 1, 1, 1)  # worked 0.4 -> 0.8; accuracy 0.3 -> 0.8
    old_work, old_guess, new_work, new_guess = 1 / 2, 1 / 6, 7 / 8, 1 / 2
    switching = 0.4 * (old_work - old_guess)
    found = ask(split_gain, before, after)
    assert isinstance(found, list | tuple) and len(found) == 2, f"yours gives {found!r}: return two numbers"
    swapped = 0.4 * (new_work - new_guess)
    explain(tuple(found), (switching, 0.5 - switching), {
        "the two parts are the wrong way round: switching first, then working better":
            (0.5 - switching, switching),
        "the sign is flipped: it is after minus before": (-switching, switching - 0.5),
        "priced with the accuracies after training: switching is what the new mix brings at the *old* skill":
            (swapped, 0.5 - swapped),
        "leaving the guesses costs something too: they were right now and then, so subtract their accuracy":
            (0.4 * old_work, 0.5 - switching),
        "working better is measured on the old mix: the parts must add up to the whole gain, 0.5 here":
            (switching, 0.4 * (new_work - old_work) + 0.6 * (new_guess - old_guess)),
        "the better guesses are forgotten: the parts must add up to the whole gain, 0.5 here":
            (switching, 0.8 * (new_work - old_work)),
        "that is the change of the mix itself, not yet what it is worth in accuracy": (0.4, 0.1),
    })
    found = ask(split_gain, _answers(0, 0, 2, 2), _answers(0, 0, 3, 1))  # nobody works
    explain(tuple(found), (0.0, 0.25), {})
    print("Passed: the two parts add up to the gain.")


@kindly
def check_length_by_way(length_by_way: Callable[[list[str], list[int]], dict[str, float | None]]) -> None:
    """length_by_way(completions, lengths): mean tokens, {"worked": …, "guess": …}; None for an empty way."""
    texts = [
        "<think>2 + 3 = 5.</think><answer>5</answer>",
        "I guess the answer is 7.",
        "2 + 2 = 4. The answer is 4.",
        "<think>I guess.</think><answer>9</answer>",
        "9 - 1 = 8. The answer is 8.",
    ]
    lengths = [40, 10, 30, 14, 35]
    found = ask(length_by_way, texts, lengths)
    keys = set(found) if isinstance(found, dict) else found
    assert keys == {"worked", "guess"}, f'yours gives {keys!r}: return {{"worked": …, "guess": …}}'
    explain((found["worked"], found["guess"]), (35.0, 12.0), {
        "the two ways are swapped": (12.0, 35.0),
        "divided by all completions: divide by the number of this way's": (105 / 5, 24 / 5),
        "a sum, not a mean: divide by the number of this way's completions": (105, 24),
        "the mean over everything, twice: keep each way's lengths apart": (129 / 5, 129 / 5),
        "tags do not tell the ways apart: a tagged completion may say \"I guess\"": (27.0, 25.0),
        "only untagged guesses are seen: \"I guess\" may stand anywhere in the text": (119 / 4, 10.0),
        "characters, not tokens: use the lengths you are given":
            (sum(len(texts[i]) for i in (0, 2, 4)) / 3, sum(len(texts[i]) for i in (1, 3)) / 2),
    })
    empty = ask(length_by_way, texts[:1], lengths[:1])
    explain((empty["worked"], empty["guess"]), (40.0, None), {
        "no guess at all is not a guess of length 0: give None": (40.0, 0.0),
    })
    print("Passed: length within each way, so that a change of mix is not taken for deeper thought.")


@kindly
def check_faulty_golds(faulty_golds: Callable[..., list[int]]) -> None:
    """faulty_golds(solutions, reward): places of the golds that do not earn 1 as an answer to themselves."""
    golds = ["7", "", "quite clear", "12", "\\boxed{}", "half right"]
    verdicts = [1.0, None, 0.0, 1.0, None, 0.5]

    def reward(completions: list[str], solution: list[str], **kwargs: Any) -> list[float | None]:
        pairs = zip(completions, solution, strict=True)
        return [verdicts[golds.index(gold)] if text == gold else 0.0 for text, gold in pairs]

    found = ask(faulty_golds, golds, reward)
    assert isinstance(found, list | tuple), f"yours gives {found!r}: return a list of places"
    explain(in_order(found), [1, 2, 4, 5], {
        "only the golds that cannot be read: one that is read, and earns 0 for itself, is faulty as well":
            [1, 4],
        "None is not 0, but it is not 1 either: a gold that cannot be read is faulty": [2],
        "earning a part is not sound either: ask whether the reward is 1": [1, 2, 4],
        "these are the sound ones: return the others": [0, 3],
        "places count from 0": [2, 3, 5, 6],
        "these are the golds themselves: return their places": ["", "\\boxed{}", "half right", "quite clear"],
        "these all failed because they answered another gold: give each one as an answer to itself":
            [0, 1, 2, 3, 4, 5],
    })
    print("Passed: what cannot answer itself can be answered by nobody.")


@kindly
def check_sums_right(sums_right: Callable[[str], float]) -> None:
    """sums_right(text): the share of the sums "a + b = c" (also -, × and ÷) that hold; 0 for none."""
    texts = [
        "<think>6 × 7 = 42.</think><answer>42</answer>",
        "3 + 4 = 7. 7 - 2 = 4. The answer is 4.",
        "12 ÷ 4 = 3. 3 × 5 = 15. 15 + 1 = 17.",
        "7 ÷ 2 = 3. The answer is 3.",
        "8 - 3 = 6. 6 + 10 = 16.",
        "Not sure, but the answer is 7.",
    ]
    right = [1.0, 0.5, 2 / 3, 0.0, 0.5, 0.0]
    found = [ask(sums_right, text) for text in texts]
    explain(found, right, {
        "no sum at all earns 0: all([]) is True, but nothing was shown": [1.0, 0.5, 2 / 3, 0.0, 0.5, 1.0],
        "all or nothing: give the share of the sums that hold": [1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        "a count, not a share: divide by the number of sums": [1, 1, 2, 0, 1, 0],
        "the share that fails: count the sums that hold": [0.0, 0.5, 1 / 3, 1.0, 0.5, 0.0],
        "7 ÷ 2 = 3 does not hold: // throws the rest away, ask whether b * c == a":
            [1.0, 0.5, 2 / 3, 1.0, 0.5, 0.0],
        "only the first sum is looked at: re.findall gives all of them": [1.0, 1.0, 1.0, 0.0, 0.0, 0.0],
        "only the last sum is looked at: every step counts": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        "any sum is paid, right or wrong: see whether it holds": [1.0, 1.0, 1.0, 1.0, 1.0, 0.0],
        "× and ÷ are not read: there are four signs": [0.0, 0.5, 0.0, 0.0, 0.5, 0.0],
        "the minus is not read: inside [] a - stands for itself only at the front":
            [1.0, 1.0, 2 / 3, 0.0, 1.0, 0.0],
    })
    print("Passed: steps that hold are paid, and only those.")
