"""Exercises of 04_train_math: the parts of a gain and of a length, faulty golds, and work that is shown."""

from collections.abc import Callable
from typing import Any

from helpers.checks.asking import ask, explain, in_order, kindly, same

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
    found = _two(split_gain, before, after)
    swapped = 0.4 * (new_work - new_guess)
    explain(found, (switching, 0.5 - switching), {
        "the two parts are the wrong way round: switching first, then working better":
            (0.5 - switching, switching),
        "the sign is flipped: it is after minus before": (-switching, switching - 0.5),
        "priced with the accuracies after training: switching is what the new mix brings at the *old* skill":
            (swapped, 0.5 - swapped),
        "leaving the guesses costs something too: they were right now and then, so subtract their accuracy":
            (0.4 * old_work, 0.5 - switching),
        "the guesses are left out: they were right now and then, in both parts": (0.2, 0.3),
        "working better is measured on the old mix: the parts must add up to the whole gain, 0.5 here":
            (switching, 0.4 * (new_work - old_work) + 0.6 * (new_guess - old_guess)),
        "the better guesses are forgotten: the parts must add up to the whole gain, 0.5 here":
            (switching, 0.8 * (new_work - old_work)),
        "the changes of the two ways are added as they are: each counts by its share in the new mix":
            (switching, new_work - old_work + new_guess - old_guess),
        "the second number is the whole gain: take the switching off it": (switching, 0.5),
        "an accuracy is the share of that way's answers that is right: divide by their number, not by all":
            (0.4 * (0.2 - 0.1), 0.8 * (0.7 - 0.2) + 0.2 * (0.1 - 0.1)),
        "per cent, not shares: together they are 0.5 here": (100 * switching, 50 - 100 * switching),
        "that is the change of the mix itself, not yet what it is worth in accuracy": (0.4, 0.1),
    })
    found = _two(split_gain, _answers(0, 0, 2, 2), _answers(0, 0, 3, 1))
    hint = f"where nobody works, all of the gain, (0, 0.25), is guessing better; yours gives {found}"
    explain(found, (0.0, 0.25), {hint: found})
    found = _two(split_gain, _answers(1, 1, 0, 2), _answers(3, 1, 0, 0))
    hint = f"where nobody guesses any more it is (0.25, 0.25), and yours gives {found}"
    explain(found, (0.25, 0.25), {hint: found})
    print("Passed: the two parts add up to the gain.")


def _two(split_gain: Callable[..., Any], before: Answers, after: Answers) -> tuple[float, float]:
    found = ask(split_gain, before, after)
    texts_or_one = isinstance(found, str | dict) or not hasattr(found, "__len__")
    assert not texts_or_one and len(found) == 2, f"yours gives {found!r}: return two numbers"
    return tuple(found)


@kindly
def check_length_by_way(length_by_way: Callable[[list[str], list[int]], dict[str, float | None]]) -> None:
    """length_by_way(completions, lengths): mean tokens, {"worked": …, "guess": …}; None for an empty way."""
    texts = [
        "<think>2 + 3 = 5.</think><answer>5</answer>",
        "Not sure, but the answer is 7.",
        "2 + 2 = 4. The answer is 4.",
        "<think>I guess.</think><answer>9</answer>",
        "9 - 1 = 8. The answer is 8.",
    ]
    lengths = [41, 10, 30, 13, 40]
    explain(_by_way(length_by_way, texts, lengths), (37.0, 11.5), {
        "the two ways are swapped": (11.5, 37.0),
        "divided by all completions: divide by the number of this way's": (111 / 5, 23 / 5),
        "a sum, not a mean: divide by the number of this way's completions": (111, 23),
        "all its lengths, not their mean: sum(found) / len(found)": ([41, 30, 40], [10, 13]),
        "the mean over everything, twice: keep each way's lengths apart": (134 / 5, 134 / 5),
        "tags do not tell the ways apart: a tagged completion may be a guess": (27.0, 80 / 3),
        "an answer without tags is worked, too, when it holds an equation": (41.0, 93 / 4),
        "guesses come in many words, with tags and without: what none of them holds is an =": (31.0, 10.0),
        "a median, not a mean: sum(found) / len(found)": (40, 11.5),
        "a mean may lie between two whole numbers: divide with /, and do not round": (37, 11),
        "characters, not tokens: use the lengths you are given":
            (sum(len(texts[i]) for i in (0, 2, 4)) / 3, sum(len(texts[i]) for i in (1, 3)) / 2),
    })
    explain(_by_way(length_by_way, texts[:1], lengths[:1]), (41.0, None), {
        "no guess at all is not a guess of length 0: give None": (41.0, 0.0),
    })
    explain(_by_way(length_by_way, texts[1:2], lengths[1:2]), (None, 10.0), {
        "nothing worked is not a working of length 0: give None": (0.0, 10.0),
    })
    print("Passed: length within each way, so that a change of mix is not taken for deeper thought.")


def _by_way(length_by_way: Callable[..., Any], texts: list[str], lengths: list[int]) -> tuple[Any, Any]:
    found = ask(length_by_way, texts, lengths)
    keys = sorted(found) if isinstance(found, dict) else found
    assert keys == ["guess", "worked"], (
        f'yours gives {keys!r}: return {{"worked": …, "guess": …}}, always both, with None for an empty way'
    )
    for way, value in found.items():
        assert value is None or value == value, f"{way} is nan, not a number: give None for an empty way"
    return found["worked"], found["guess"]


@kindly
def check_faulty_golds(faulty_golds: Callable[..., list[int]]) -> None:
    """faulty_golds(solutions, reward): places of the golds that do not earn 1 as an answer to themselves."""
    golds = ["7", "", "quite clear", "12", "\\boxed{}", "half right"]
    verdicts = [1.0, None, 0.0, 1.0, None, 0.5]
    others = set()  # False for a gold that answered itself, True for one that answered another

    def reward(completions: list[str], solution: list[str], **kwargs: Any) -> list[float | None]:
        if isinstance(completions, str) or isinstance(solution, str):
            raise TypeError("a reward takes lists: reward(solutions, solutions), or [gold] for one of them")
        pairs = list(zip(completions, solution, strict=True))
        others.update(text != gold for text, gold in pairs)
        return [verdicts[golds.index(gold)] if text == gold else 0.0 for text, gold in pairs]

    found = ask(faulty_golds, golds, reward)
    assert isinstance(found, list | tuple), f"yours gives {found!r}: return a list of places"
    assert others, "the reward is never asked: call the parameter, reward(…), and no other"
    everything = [0, 1, 2, 3, 4, 5]
    explain(in_order(found), [1, 2, 4, 5], {
        "only the golds that cannot be read: one that is read, and earns 0 for itself, is faulty as well":
            [1, 4],
        "None is not 0, but it is not 1 either: a gold that cannot be read is faulty": [2],
        "earning a part is not sound either: ask whether the reward is 1": [1, 2, 4],
        "these are the sound ones: return the others": [0, 3],
        "places count from 0": [2, 3, 5, 6],
        "these are the golds themselves: return their places": ["", "\\boxed{}", "half right", "quite clear"],
        "these all failed because they answered another gold: give each one as an answer to itself":
            everything if True in others else None,
        "the reward gives a list, which is never 1: compare what is in it": everything,
        "these are the rewards: return the places of those that are not 1": in_order(verdicts),
        "True or False for each gold: return the places of the faulty ones":
            in_order(one != 1 for one in verdicts),
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
    found = [ask(sums_right, text) for text in texts[:-1]]
    try:
        found.append(ask(sums_right, texts[-1]))
    except AssertionError as error:
        assert "returns None" not in str(error), "a text without any sum earns 0, not None"
        raise
    wrong = next((i for i, (a, b) in enumerate(zip(found, right, strict=True)) if not same(a, b)), 0)
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
        "a number may have several digits: \\d is one of them, \\d+ all": [0.0, 0.5, 0.0, 0.0, 0.0, 0.0],
        "no sum ever holds: findall gives texts, and \"3\" + \"4\" is \"34\": turn them into int": [0.0] * 6,
        f"{texts[wrong]!r} earns {right[wrong]:.2f}, and yours gives {found[wrong]!r}": found,
    })
    assert same(ask(sums_right, "5 + 0 = 5. The answer is 5."), 1.0), "5 + 0 = 5 holds: zero is a number, too"
    print("Passed: steps that hold are paid, and only those.")
