"""Exercises of 04_train_math: where the gain comes from, and length within each way of answering."""

from collections.abc import Callable

from helpers.checks.asking import ask, explain

Answers = list[tuple[bool, bool]]  # (worked, right) for each completion


def _answers(worked_right: int, worked_wrong: int, guess_right: int, guess_wrong: int) -> Answers:
    kinds = [(True, True), (True, False), (False, True), (False, False)]
    counts = (worked_right, worked_wrong, guess_right, guess_wrong)
    return [kind for kind, count in zip(kinds, counts, strict=True) for _ in range(count)]


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
            (0.4 * old_work, 0.5 - 0.4 * old_work),
        "working better is measured on the old mix: the parts must add up to the whole gain, 0.5 here":
            (switching, 0.4 * (new_work - old_work) + 0.6 * (new_guess - old_guess)),
        "the better guesses are forgotten: the parts must add up to the whole gain, 0.5 here":
            (switching, 0.8 * (new_work - old_work)),
        "that is the change of the mix itself, not yet what it is worth in accuracy": (0.4, 0.1),
    })
    found = ask(split_gain, _answers(0, 0, 2, 2), _answers(0, 0, 3, 1))  # nobody works
    explain(tuple(found), (0.0, 0.25), {})
    print("Passed: the two parts add up to the gain.")


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
