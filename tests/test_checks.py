"""The exercises of 04 to 06, until they stand in tests/test_exercises.py: solutions, blanks and mistakes."""

import inspect
import random
import subprocess
import sys
from collections.abc import Callable
from math import comb

import pytest

from helpers.checks import evaluate, inside, maths


def split_gain(before, after):
    def share_and_accuracies(answers):
        work = [right for worked, right in answers if worked]
        guess = [right for worked, right in answers if not worked]
        return len(work) / len(answers), sum(work) / max(1, len(work)), sum(guess) / max(1, len(guess))

    old_share, old_work, old_guess = share_and_accuracies(before)
    new_share, new_work, new_guess = share_and_accuracies(after)
    switching = (new_share - old_share) * (old_work - old_guess)
    better = new_share * (new_work - old_work) + (1 - new_share) * (new_guess - old_guess)
    return switching, better


def length_by_way(completions, lengths):
    ways = {"worked": [], "guess": []}
    for text, length in zip(completions, lengths, strict=True):
        ways["guess" if "I guess" in text else "worked"].append(length)
    return {way: sum(found) / len(found) if found else None for way, found in ways.items()}


def paired_bootstrap(before, after, draws=2000, seed=0):
    differences = [new - old for old, new in zip(before, after, strict=True)]
    draw = random.Random(seed)
    n = len(differences)
    means = sorted(sum(draw.choices(differences, k=n)) / n for _ in range(draws))
    return sum(differences) / n, means[int(0.025 * draws)], means[int(0.975 * draws)]


def pass_at_k(n, c, k):
    return 1 - comb(n - c, k) / comb(n, k)


def clipped_gain(ratio, advantage, low=0.2, high=0.2):
    clipped = min(max(ratio, 1 - low), 1 + high)
    return min(ratio * advantage, clipped * advantage)


def token_weights(lengths, loss_type, max_length):
    n = len(lengths)
    if loss_type == "grpo":
        return [1 / (n * length) for length in lengths]
    if loss_type == "dapo":
        return [1 / sum(lengths) for _ in lengths]
    return [1 / (n * max_length) for _ in lengths]


EXERCISES: list[tuple[Callable, Callable]] = [
    (maths.check_split_gain, split_gain),
    (maths.check_length_by_way, length_by_way),
    (evaluate.check_paired_bootstrap, paired_bootstrap),
    (evaluate.check_pass_at_k, pass_at_k),
    (inside.check_clipped_gain, clipped_gain),
    (inside.check_token_weights, token_weights),
]

# Mistakes, each an edit of a solution's source: its number, what is replaced, by what, the message it gets.
PLANTED = [
    (0, "return switching, better", "return better, switching", "the wrong way round"),
    (0, "return switching, better", "return -switching, -better", "sign is flipped"),
    (0, "return switching, better", "return new_share - old_share, 0.1", "the change of the mix itself"),
    (0, " + (1 - new_share) * (new_guess - old_guess)", "", "the better guesses are forgotten"),
    (0, "better = new_share * (new_work - old_work) + (1 - new_share)",
     "better = old_share * (new_work - old_work) + (1 - old_share)", "measured on the old mix"),
    (0, "max(1, len(work))", "len(work)", "ZeroDivisionError"),
    (1, '"I guess" in text', '"<think>" not in text', "tags do not tell the ways apart"),
    (1, '"I guess" in text', 'text.startswith("I guess")', "only untagged guesses"),
    (1, '"I guess" in text', '"I guess" not in text', "swapped"),
    (1, "/ len(found)", "/ len(lengths)", "divided by all completions"),
    (1, "sum(found) / len(found)", "sum(found)", "a sum, not a mean"),
    (1, "else None", "else 0.0", "give None"),
    (1, "append(length)", "append(len(text))", "characters, not tokens"),
    (2, "new - old", "old - new", "sign is flipped"),
    (2, "draw.choices(differences, k=n)", "draw.sample(differences, k=n)", "with* replacement"),
    (2, "sum(draw.choices(differences, k=n)) / n",
     "(sum(draw.choices(after, k=n)) - sum(draw.choices(before, k=n))) / n", "drawn apart"),
    (2, "sum(draw.choices(differences, k=n)) / n", "draw.choice(differences)", "spread of single prompts"),
    (2, "draw = random.Random(seed)", "draw = random.Random()", "same seed differ"),
    (2, "means[int(0.025 * draws)], means[int(0.975 * draws)]",
     "means[int(0.975 * draws)], means[int(0.025 * draws)]", "swapped"),
    (2, "means[int(0.025 * draws)], means[int(0.975 * draws)]",
     "means[int(0.05 * draws)], means[int(0.95 * draws)]", "90 % interval"),
    (3, "1 - comb(n - c, k) / comb(n, k)", "1 - (1 - c / n) ** k", "biased"),
    (3, "1 - comb(n - c, k) / comb(n, k)", "c / n", "pass@1 whatever k is"),
    (3, "1 - comb", "comb", "subtract it from 1"),
    (3, "1 - comb(n - c, k) / comb(n, k)", "comb(c, k) / comb(n, k)", "all k are right"),
    (4, "min(ratio * advantage, clipped * advantage)", "clipped * advantage", "the clipped term alone"),
    (4, "min(ratio * advantage, clipped * advantage)", "ratio * advantage", "not clipped at all"),
    (4, "min(ratio * advantage", "max(ratio * advantage", "take the smaller"),
    (4, "return min(", "return -min(", "sign is flipped"),
    (4, "min(ratio * advantage, clipped * advantage)", "min(ratio, clipped) * advantage", "multiply first"),
    (4, "min(ratio * advantage, clipped * advantage)", "min(ratio, clipped)", "the advantage is missing"),
    (4, "min(max(ratio, 1 - low), 1 + high)", "min(max(ratio, 0.8), 1.2)", "low and high are not used"),
    (4, "1 + high", "1 + low", "low is used for both"),
    (4, "1 - low", "1 - high", "high is used for both"),
    (4, "min(max(ratio, 1 - low), 1 + high)", "min(max(ratio, 1 - high), 1 + low)", "swapped"),
    (4, "return min(ratio * advantage, clipped * advantage)",
     "return min(ratio * advantage, min(max(ratio * advantage, 1 - low), 1 + high))",
     "clip r, then multiply"),
    (5, "1 / (n * length)", "1 / length", "then the N completions are averaged"),
    (5, "1 / (n * length)", "1 / n", "divide by its length, too"),
    (5, "[1 / (n * length) for length in lengths]", "[1 / sum(lengths)] * n",
     "these are the weights of dapo"),
    (5, "[1 / sum(lengths) for _ in lengths]", "[1 / (n * length) for length in lengths]",
     "one mean over all tokens"),
    (5, "1 / sum(lengths)", "1 / (n * sum(lengths))", "by the number of tokens alone"),
    (5, "1 / sum(lengths)", "1 / (n * max(lengths))", "padding does not count"),
    (5, "1 / (n * max_length)", "1 / sum(lengths)", "N * max_length, a constant"),
    (5, "1 / (n * max_length)", "1 / max_length", "N is missing"),
    (5, "1 / (n * max_length)", "1 / (n * max(lengths))", "max_length is not used"),
]


def spoiled(number: int, old: str, new: str) -> Callable:
    """The solution of an exercise with one edit in its source."""
    solution = EXERCISES[number][1]
    source = inspect.getsource(solution)
    assert old in source, f"{solution.__name__} does not hold {old!r}"
    names = dict(globals())
    exec(source.replace(old, new), names)
    return names[solution.__name__]


@pytest.mark.parametrize(("check", "solution"), EXERCISES, ids=lambda f: f.__name__)
def test_solutions_pass(check: Callable, solution: Callable, capsys: pytest.CaptureFixture[str]) -> None:
    check(solution)
    assert capsys.readouterr().out.startswith("Passed: ")


@pytest.mark.parametrize(("check", "solution"), EXERCISES, ids=lambda f: f.__name__)
def test_blanks_and_crashes_get_a_line_that_helps(check: Callable, solution: Callable) -> None:
    def blank(*args, **kwargs):
        """As the exercise ships."""

    def crash(*args, **kwargs):
        return {}["nowhere"]

    with pytest.raises(AssertionError, match=r"blank returns None: replace `# your code here`"):
        check(blank)
    with pytest.raises(AssertionError, match=r"crash\(.*\) stops with KeyError: 'nowhere'"):
        check(crash)
    for nonsense in (7, "text", [], {}, [None] * 8, object()):
        with pytest.raises(AssertionError) as caught:
            check(lambda *args, answer=nonsense, **kwargs: answer)
        assert str(caught.value), "a bare assert tells nobody anything"


@pytest.mark.parametrize(("number", "old", "new", "message"), PLANTED)
def test_planted_mistakes_get_their_own_message(number: int, old: str, new: str, message: str) -> None:
    with pytest.raises(AssertionError) as caught:
        EXERCISES[number][0](spoiled(number, old, new))
    assert message in str(caught.value)


def test_checks_are_plain_python() -> None:
    rooms = ", ".join(f"helpers.checks.{check.__module__.rsplit('.', 1)[-1]}" for check, _ in EXERCISES)
    heavy = "{'torch', 'trl', 'transformers', 'numpy', 'matplotlib'}"
    code = f"import sys, {rooms}; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
