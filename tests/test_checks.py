"""The exercises: solutions pass, blanks and crashes get a line that helps, each mistake gets its own."""

import inspect
import random
import re
import statistics
import subprocess
import sys
from collections.abc import Callable
from math import comb

import pytest

from helpers.checks import design, evaluate, explore, inside, maths, start, tldr
from helpers.rewards import text_of


def group_advantages(rewards, group_size):
    advantages = []
    for first in range(0, len(rewards), group_size):
        group = rewards[first : first + group_size]
        mean, std = statistics.mean(group), statistics.stdev(group)
        advantages += [(reward - mean) / (std + 1e-4) for reward in group]
    return advantages


def dead_groups(rewards, group_size):
    groups = [rewards[first : first + group_size] for first in range(0, len(rewards), group_size)]
    return [number for number, group in enumerate(groups) if min(group) == max(group)]


def summary_lengths(rows, unit):
    summaries = [row["completion"] for row in rows]
    return [len(text) if unit == "characters" else len(text.split()) for text in summaries]


def leaked(test, train):
    def numbers(problem):
        return sorted(re.findall(r"\d+", problem))

    known = [numbers(problem) for problem in train]
    return [place for place, problem in enumerate(test) if numbers(problem) in known]


def ratio_reward(completions, *, ideal_chars=50, **kwargs):
    lengths = [len(text_of(completion)) for completion in completions]
    return [min(n, ideal_chars) / max(n, ideal_chars) for n in lengths]


def soft_format(completions, **kwargs):
    tags = ["<think>", "</think>", "<answer>", "</answer>"]
    texts = [text_of(completion) for completion in completions]
    return [sum(text.count(tag) == 1 for tag in tags) / 4 for text in texts]


def share_within(completions, ideal_chars=50, k=10):
    within = [abs(len(text) - ideal_chars) <= k for text in completions]
    return sum(within) / len(within)


def reward_len_and_name(completions, name, *, ideal_chars=50, **kwargs):
    rewards = []
    for completion, who in zip(completions, name, strict=True):
        text = text_of(completion)
        closeness = max(0.0, 1 - abs(len(text) - ideal_chars) / ideal_chars)
        kept = who and re.search(rf"\b{re.escape(who)}\b", text)
        rewards.append(None if who is None else closeness if kept else 0.0)
    return rewards


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
    (start.check_group_advantages, group_advantages),
    (start.check_dead_groups, dead_groups),
    (explore.check_summary_lengths, summary_lengths),
    (explore.check_leaked, leaked),
    (design.check_ratio_reward, ratio_reward),
    (design.check_soft_format, soft_format),
    (tldr.check_share_within, share_within),
    (tldr.check_reward_len_and_name, reward_len_and_name),
    (maths.check_split_gain, split_gain),
    (maths.check_length_by_way, length_by_way),
    (evaluate.check_paired_bootstrap, paired_bootstrap),
    (evaluate.check_pass_at_k, pass_at_k),
    (inside.check_clipped_gain, clipped_gain),
    (inside.check_token_weights, token_weights),
]

# Mistakes, each an edit of a solution's source: its number, what is replaced, by what, the message it gets.
PLANTED = [
    (0, "(reward - mean)", "(mean - reward)", "sign is flipped"),
    (0, "mean(group), statistics.stdev(group)", "mean(rewards), statistics.stdev(rewards)",
     "batch's mean and std"),
    (0, "stdev(group)", "stdev(rewards)", "divided by the batch's std, not the group's"),
    (0, "(reward - mean)", "reward", "the mean is still in there"),
    (0, " / (std + 1e-4)", "", "not divided by"),
    (0, "stdev", "variance", "take its square root"),
    (0, "stdev", "pstdev", "n - 1"),
    (0, "std + 1e-4", "std", "ZeroDivisionError"),
    (1, "min(group) == max(group)", "not any(group)", "where all are right has no spread either"),
    (1, "min(group) == max(group)", "sum(group) == 0", "a mean of zero is not enough"),
    (1, "min(group) == max(group)", "set(group) in ({0}, {1})", "0.5 twice is dead"),
    (1, "==", "!=", "these are the groups that do teach"),
    (1, "enumerate(groups)", "enumerate(groups, 1)", "groups count from 0"),
    (1, "max(group)]", "max(group)].__len__()", "not a count"),
    (2, 'row["completion"]', 'row["prompt"]', "this measures the post"),
    (2, 'len(text) if unit == "characters" else ', "", "counts words whatever the unit"),
    (2, ' if unit == "characters" else len(text.split())', "", "counts characters, not words"),
    (2, "split()", 'split(" ")', "two spaces in a row"),
    (3, r're.findall(r"\d+", problem)', "problem", "only the identical text"),
    (3, r'sorted(re.findall(r"\d+", problem))', r're.findall(r"\d+", problem)', "only the identical text"),
    (3, "sorted(", "set(", "a set forgets"),
    (3, "numbers(problem) in known", "set(numbers(problem)) <= set(sum(known, []))", "pools the numbers"),
    (3, "numbers(problem) in known", "set(numbers(problem)) & set(sum(known, []))", "one shared number"),
    (4, "len(text_of(completion))", "len(completion)", "len() of a chat completion is 1"),
    (4, "min(n, ideal_chars) / max(n, ideal_chars)", "n / ideal_chars", "turn the ratio over"),
    (4, "min(n, ideal_chars) / max(n, ideal_chars)", "min(1.0, n / ideal_chars)", "too long costs nothing"),
    (4, "min(n, ideal_chars) / max(n, ideal_chars)", "max(0, 1 - abs(n / ideal_chars - 1))", "not ratios"),
    (4, "min(n, ideal_chars) / max(n, ideal_chars)", "-abs(n - ideal_chars)", "no floor"),
    (4, "min(n, ideal_chars) / max(n, ideal_chars)", "25 / (25 + abs(n - 50))", "that is reward_len_bounded"),
    (4, "min(n, ideal_chars) / max(n, ideal_chars)", "min(n / 50, 50 / n)", "ZeroDivisionError"),
    (4, "ideal_chars) / max(n, ideal_chars)", "50) / max(n, 50)", "use the parameter ideal_chars"),
    (5, "text.count(tag) == 1", "tag in text", "`in` cannot tell once from often"),
    (5, "text.count(tag) == 1", "text.count(tag)", "paid three times"),
    (5, "sum(text.count(tag) == 1 for tag in tags) / 4", "all(text.count(t) == 1 for t in tags)",
     "all or nothing"),
    (5, "sum(text.count(tag) == 1 for tag in tags) / 4",
     'bool(re.fullmatch("<think>.*</think><answer>.*</answer>", text) and text.count("<think>") == 1)',
     "DOTALL is missing"),
    (5, "sum(text.count(tag) == 1 for tag in tags) / 4",
     "__import__('helpers.rewards').rewards.reward_soft_format([text])[0]", "that is reward_soft_format"),
    (5, " / 4", "", "sums to 4"),
    (5, "text_of(completion)", "str(completion[0])", "expected"),
    (6, "sum(within) / len(within)", "sum(within)", "a count, not a share"),
    (6, "sum(within)", "100 * sum(within)", "per cent"),
    (6, "<=", "<", "use <="),
    (6, "<=", ">", "the share that misses"),
    (6, "abs(len(text) - ideal_chars)", "len(text) - ideal_chars", "too short counts as within"),
    (6, "<= k", "<= 10", "k is fixed at 10"),
    (6, "len(text) - ideal_chars", "len(text) - 50", "the parameters are not used"),
    (7, "closeness if kept else 0.0", "closeness + bool(kept)", "a sum can be won by length alone"),
    (7, "closeness if kept else 0.0", "closeness", "the name is not looked at"),
    (7, r'rf"\b{re.escape(who)}\b"', "who", "inside \"Annual\""),
    (7, "max(0.0, 1 - abs(len(text) - ideal_chars) / ideal_chars)",
     "1 - abs(len(text) - ideal_chars) / ideal_chars", "stop at 0"),
    (7, "None if who is None", "0.0 if who is None", "return None there"),
    (7, "text_of(completion)", "completion", "TypeError"),
    (8, "return switching, better", "return better, switching", "the wrong way round"),
    (8, "return switching, better", "return -switching, -better", "sign is flipped"),
    (8, "return switching, better", "return new_share - old_share, 0.1", "the change of the mix itself"),
    (8, " + (1 - new_share) * (new_guess - old_guess)", "", "the better guesses are forgotten"),
    (8, "better = new_share * (new_work - old_work) + (1 - new_share)",
     "better = old_share * (new_work - old_work) + (1 - old_share)", "measured on the old mix"),
    (8, "max(1, len(work))", "len(work)", "ZeroDivisionError"),
    (9, '"I guess" in text', '"<think>" not in text', "tags do not tell the ways apart"),
    (9, '"I guess" in text', 'text.startswith("I guess")', "only untagged guesses"),
    (9, '"I guess" in text', '"I guess" not in text', "swapped"),
    (9, "/ len(found)", "/ len(lengths)", "divided by all completions"),
    (9, "sum(found) / len(found)", "sum(found)", "a sum, not a mean"),
    (9, "else None", "else 0.0", "give None"),
    (9, "append(length)", "append(len(text))", "characters, not tokens"),
    (10, "new - old", "old - new", "sign is flipped"),
    (10, "draw.choices(differences, k=n)", "draw.sample(differences, k=n)", "with* replacement"),
    (10, "sum(draw.choices(differences, k=n)) / n",
     "(sum(draw.choices(after, k=n)) - sum(draw.choices(before, k=n))) / n", "drawn apart"),
    (10, "sum(draw.choices(differences, k=n)) / n", "draw.choice(differences)", "spread of single prompts"),
    (10, "draw = random.Random(seed)", "draw = random.Random()", "same seed differ"),
    (10, "means[int(0.025 * draws)], means[int(0.975 * draws)]",
     "means[int(0.975 * draws)], means[int(0.025 * draws)]", "swapped"),
    (10, "means[int(0.025 * draws)], means[int(0.975 * draws)]",
     "means[int(0.05 * draws)], means[int(0.95 * draws)]", "90 % interval"),
    (11, "1 - comb(n - c, k) / comb(n, k)", "1 - (1 - c / n) ** k", "biased"),
    (11, "1 - comb(n - c, k) / comb(n, k)", "c / n", "pass@1 whatever k is"),
    (11, "1 - comb", "comb", "subtract it from 1"),
    (11, "1 - comb(n - c, k) / comb(n, k)", "comb(c, k) / comb(n, k)", "all k are right"),
    (12, "min(ratio * advantage, clipped * advantage)", "clipped * advantage", "the clipped term alone"),
    (12, "min(ratio * advantage, clipped * advantage)", "ratio * advantage", "not clipped at all"),
    (12, "min(ratio * advantage", "max(ratio * advantage", "take the smaller"),
    (12, "return min(", "return -min(", "sign is flipped"),
    (12, "min(ratio * advantage, clipped * advantage)", "min(ratio, clipped) * advantage", "multiply first"),
    (12, "min(ratio * advantage, clipped * advantage)", "min(ratio, clipped)", "the advantage is missing"),
    (12, "min(max(ratio, 1 - low), 1 + high)", "min(max(ratio, 0.8), 1.2)", "low and high are not used"),
    (12, "1 + high", "1 + low", "low is used for both"),
    (12, "1 - low", "1 - high", "high is used for both"),
    (12, "min(max(ratio, 1 - low), 1 + high)", "min(max(ratio, 1 - high), 1 + low)", "swapped"),
    (12, "return min(ratio * advantage, clipped * advantage)",
     "return min(ratio * advantage, min(max(ratio * advantage, 1 - low), 1 + high))",
     "clip r, then multiply"),
    (13, "1 / (n * length)", "1 / length", "then the N completions are averaged"),
    (13, "1 / (n * length)", "1 / n", "divide by its length, too"),
    (13, "[1 / (n * length) for length in lengths]", "[1 / sum(lengths)] * n",
     "these are the weights of dapo"),
    (13, "[1 / sum(lengths) for _ in lengths]", "[1 / (n * length) for length in lengths]",
     "one mean over all tokens"),
    (13, "1 / sum(lengths)", "1 / (n * sum(lengths))", "by the number of tokens alone"),
    (13, "1 / sum(lengths)", "1 / (n * max(lengths))", "padding does not count"),
    (13, "1 / (n * max_length)", "1 / sum(lengths)", "N * max_length, a constant"),
    (13, "1 / (n * max_length)", "1 / max_length", "N is missing"),
    (13, "1 / (n * max_length)", "1 / (n * max(lengths))", "max_length is not used"),
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
