"""The rewards on labelled completions, plain and chat, awkward ones first."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import pickle
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from helpers import rewards
from helpers.errors import WorkbookError
from helpers.rewards import (
    configured,
    reward_accuracy,
    reward_format,
    reward_len,
    reward_len_bounded,
    reward_rouge,
    reward_soft_format,
    reward_token_length,
    text_of,
)
from helpers.text import rouge
from helpers.text.rouge import rouge_l

ALL = {name: func for name, func in vars(rewards).items() if name.startswith("reward_")}
GOLD = "<think>a</think><answer>b</answer>"


def chat(text: str | None) -> list[dict[str, Any]]:
    return [{"role": "assistant", "content": text}]


FORMAT = [  # completion, reward_format, reward_soft_format, why
    ("<think>a<think>b</think></think><answer>c</answer>", 0.0, 0.25, "nested think: only the end is right"),
    ("<think>a<answer>b</answer></think>", 0.0, 0.5, "answer inside think: </think> must come first"),
    ("<answer><think>a</think>b</answer>", 0.0, 0.5, "think inside answer"),
    ("<think>a</think><answer>b</answer", 0.0, 0.75, "cut off in the last tag"),
    ("<think>a</think><answer>b", 0.0, 0.75, "cut off in the answer"),
    ("<think>a</think><answ", 0.0, 0.5, "cut off in the third tag"),
    ("<think>a</think>", 0.0, 0.5, "cut off before the answer"),
    ("<think>a", 0.0, 0.25, "cut off in the reasoning"),
    ("<think", 0.0, 0.0, "cut off in the first tag"),
    ("<think>a</think><think>a</think><answer>b</answer>", 0.0, 0.25, "think twice: no one </think>"),
    ("<think>a</think><answer>b</answer><answer>b</answer>", 0.0, 0.5, "answer twice"),
    ("<think><think>a</think><answer>b</answer>", 0.0, 0.5, "the first doubled: </think> has no one <think>"),
    ("<think>a</think></think><answer>b</answer>", 0.0, 0.5, "the second doubled"),
    ("<think>a</think><answer><answer>b</answer>", 0.0, 0.5, "the third doubled"),
    ("<think>a</think><answer>b</answer></answer>", 0.0, 0.75, "the fourth doubled"),
    (GOLD + GOLD, 0.0, 0.0, "all twice"),
    ("<answer>b</answer><think>a</think>", 0.0, 0.25, "the wrong way round: only </think> is in its place"),
    ("</answer>b<answer></think>a<think>", 0.0, 0.0, "all reversed"),
    ("</think>a<think></answer>b<answer>", 0.0, 0.0, "each pair reversed"),
    ("<think></think><answer></answer>", 1.0, 1.0, "empty: the recipe asks for tags alone"),
    ("<think></think>\n<answer>b</answer>", 1.0, 1.0, "empty reasoning"),
    ("Sure! <think>a</think><answer>b</answer>", 0.0, 0.75, "text before"),
    ("<think>a</think><answer>b</answer> Done.", 0.0, 0.75, "text after"),
    ("<think>a</think> so <answer>b</answer>", 0.0, 0.75, "text between"),
    ("<think>a</think>\n42", 0.0, 0.5, "the answer stands outside"),
    ("<think>a<answer>b</answer>", 0.0, 0.5, "think is never closed"),
    ("<answer>b</answer>", 0.0, 0.25, "no reasoning"),
    ("<Think>a</Think><Answer>b</Answer>", 0.0, 0.0, "tags are lower case"),
    ("< think>a</ think><answer >b</answer >", 0.0, 0.0, "no spaces inside tags"),
    ("<think>a\x00b</think><answer>\x00</answer>", 1.0, 1.0, "NUL inside"),
    ("\x00<think>a</think><answer>b</answer>", 0.0, 0.75, "NUL before is text"),
    ("<think>שלום مرحبا</think><answer>\u202e42</answer>", 1.0, 1.0, "right-to-left text"),
    ("\u202e<think>a</think><answer>b</answer>", 0.0, 0.75, "an override before is text, though invisible"),
    ("<think>\ud800</think><answer>\udfff</answer>", 1.0, 1.0, "lone surrogates"),
    ("<think>6 * 7 = 42.</think><answer>42</answer>", 1.0, 1.0, "as asked"),
    ("<think>\n6 * 7\n= 42.\n</think>\n<answer>\n42\n</answer>\n", 1.0, 1.0, "line breaks (DOTALL)"),
    ("  <think>a</think>  <answer>b</answer>  ", 1.0, 1.0, "white space around and between"),
    ("\u2003<think>a</think>\xa0<answer>b</answer>\x1c", 1.0, 1.0, "white space of every kind"),
    ("<think>5 < 6 and 7 > 2</think><answer>x</answer>", 1.0, 1.0, "other angle brackets"),
    ("The answer is 42.", 0.0, 0.0, "no tags"),
    ("", 0.0, 0.0, "nothing"),
]

ACCURACY = [  # completion, solution, reward, why
    ("<answer>41</answer><answer>42</answer>", r"\boxed{42}", 1.0, "the last answer is the final one"),
    ("<answer>42</answer><answer>41</answer>", r"\boxed{42}", 0.0, "and the first is not"),
    ("<answer><answer>42</answer>", r"\boxed{42}", 1.0, "a doubled tag"),
    ("</answer>42<answer>", r"\boxed{42}", 0.0, "reversed tags hold nothing"),
    ("<think></think><answer>42</answer>", r"\boxed{42}", 1.0, "empty reasoning"),
    ("<think>a</think> 42 <answer></answer>", r"\boxed{42}", 0.0, "the answer stands outside"),
    ("<answer>42\x00</answer>", r"\boxed{42}", 0.0, "NUL"),
    ("<answer>\ud800</answer>", r"\boxed{42}", 0.0, "a lone surrogate"),
    ("<think>שלום</think><answer>42</answer>", r"\boxed{42}", 1.0, "right-to-left reasoning"),
    ("<think>6 * 7 = 42.</think><answer>42</answer>", r"So \boxed{42}.", 1.0, "right and tagged"),
    ("6 * 7 = 42. The answer is 42.", r"So \boxed{42}.", 1.0, "right and untagged counts"),
    ("<think>a</think>\n<answer>\n42\n</answer>", r"\boxed{42}", 1.0, "multiline"),
    ("I guess the answer is 64.", r"\boxed{42}", 0.0, "a wrong guess"),
    ("<think>42</think><answer>41</answer>", r"\boxed{42}", 0.0, "only the final answer counts"),
    ("42", r"\boxed{42}", 0.0, "no statement of an answer"),
    ("<think>42</think><answer>", r"\boxed{42}", 0.0, "truncated"),
    ("<answer>41=42</answer>", r"\boxed{42}", 0.0, "a chain"),
    ("<answer>42=42</answer>", r"\boxed{42}", 0.0, "a chain, though a true one"),
    ("<answer>40 + 2</answer>", r"\boxed{42}", 0.0, "the task is not its answer"),
    ("<answer>-42</answer>", r"\boxed{42}", 0.0, "the other sign"),
    ("<answer>1,234</answer>", "1234", 1.0, "the bare answer as the solution"),
    ("<answer>18</answer>", "16 - 3 = 13\n#### 18", 1.0, "a GSM8K solution"),
    (r"<answer>\sqrt{12}</answer>", r"\boxed{2\sqrt{3}}", 1.0, "LaTeX"),
    ("<answer>42</answer>", None, None, "no solution"),
    ("<answer>42</answer>", "", None, "an empty solution"),
    ("<answer>42</answer>", "We see that the claim is proved.", None, "no answer in the solution"),
    ("We see that the claim is proved.", "We see that the claim is proved.", None, "even when they agree"),
    (r"\boxed{9^{9^{9}}}", r"\boxed{42}", 0.0, "hostile"),
]

CAT = "The cat sat down."
ROUGE = [  # completion, reference, reward, why
    ("x" * 50, CAT, 0.0, "fifty characters, no word of it"),
    ("", CAT, 0.0, "nothing said"),
    (CAT * 3, CAT, 0.5, "said three times: 2 * 4 / (4 + 12)"),
    ("down sat cat the", CAT, 0.25, "every word, in the wrong order: only one is in sequence"),
    ("The cat", CAT, 2 / 3, "half of it: 2 * 2 / (4 + 2)"),
    (CAT, "The cat", 2 / 3, "twice of it: 2 * 2 / (2 + 4)"),
    ("The cat, it seems, sat down", CAT, 0.8, "gaps are allowed: 2 * 4 / (4 + 6)"),
    ("THE CAT SAT DOWN!!", CAT, 1.0, "case and punctuation do not count"),
    ("The cats sat down", CAT, 1.0, "the stem counts"),
    ("the\x00cat\x00sat\x00down", CAT, 1.0, "NUL parts words, as any sign does"),
    ("\ud800 the cat", CAT, 2 / 3, "a lone surrogate is no word"),
    ("\u202eThe cat sat down.", CAT, 1.0, "an invisible override is no word"),
    ("קיצור: החתול ישב", CAT, 0.0, "another script has no word in common"),
    (CAT, None, None, "no reference"),
    (CAT, "", None, "an empty one"),
    (CAT, " …!\n", None, "one without words"),
    ("החתול ישב", "החתול ישב", None, "a script that rouge-score cannot read: nobody can say"),
    (CAT, "word " * 1000, None, "a reference beyond the limit"),
    (CAT, 7, None, "no text at all"),
]


@pytest.mark.parametrize(("completion", "strict", "soft", "why"), FORMAT)
def test_both_formats(completion: str, strict: float, soft: float, why: str) -> None:
    assert reward_format([completion, chat(completion)], prompts=["…"]) == [strict, strict], why
    assert reward_soft_format([completion, chat(completion)], prompts=["…"]) == [soft, soft], why
    assert (soft == 1.0) == (strict == 1.0), "full partial credit means the format is kept, and the other way"


def test_partial_credit_rises_as_a_good_completion_is_written() -> None:
    whole = "<think>6 * 7\n= 42.</think>\n<answer>42</answer>"
    paid = reward_soft_format([whole[:end] for end in range(len(whole) + 1)])
    assert paid == sorted(paid) and sorted(set(paid)) == [0.0, 0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize(("completion", "solution", "reward", "why"), ACCURACY)
def test_reward_accuracy(completion: str, solution: str | None, reward: float | None, why: str) -> None:
    assert reward_accuracy([completion, chat(completion)], [solution, solution]) == [reward, reward], why


@pytest.mark.parametrize(("completion", "reference", "reward", "why"), ROUGE)
def test_reward_rouge(completion: str, reference: Any, reward: float | None, why: str) -> None:
    found = reward_rouge([completion, chat(completion)], reference=[reference] * 2, prompts=["…"])
    assert found == [None if reward is None else pytest.approx(reward)] * 2, why


def test_rouge_is_paid_against_the_completions_own_reference() -> None:
    assert reward_rouge([CAT, CAT, "x"], [CAT, None, CAT]) == [1.0, None, 0.0]


def test_beyond_the_limit_rouge_shrinks_with_what_is_not_compared() -> None:
    padded = CAT + " " * (rouge.MAX_CHARS - len(CAT))
    assert rouge_l(CAT, padded) == 1.0
    assert rouge_l(CAT, padded * 2) == 0.5
    assert rouge_l(CAT, padded + "x" * 10**6) < 0.005
    whole = ("word " * rouge.MAX_CHARS)[: rouge.MAX_CHARS]
    assert rouge_l(whole, whole) == 1.0 and rouge_l(whole + "w", whole) is None


@pytest.mark.parametrize(("length", "reward"), [(50, 0.0), (0, -50.0), (49, -1.0), (51, -1.0), (150, -100.0)])
def test_reward_len_counts_characters(length: int, reward: float) -> None:
    assert reward_len(["x" * length, chat("x" * length)]) == [reward, reward]
    assert reward_len(["x" * length], ideal_chars=length) == [0.0]


BOUNDED = [  # length, ideal_chars, half_chars, reward: half / (half + |ideal - length|)
    (10**6, 50, 25, 25 / 999_975),
    (0, 50, 25, 1 / 3),
    (25, 50, 25, 0.5),
    (75, 50, 25, 0.5),
    (125, 50, 25, 0.25),
    (50, 50, 25, 1.0),
    (0, 0, 1, 1.0),
    (90, 80, 10, 0.5),
    (80, 80, 0.001, 1.0),
]


@pytest.mark.parametrize(("length", "ideal", "half", "reward"), BOUNDED)
def test_reward_len_bounded(length: int, ideal: int, half: float, reward: float) -> None:
    texts = ["x" * length, chat("x" * length)]
    assert reward_len_bounded(texts, ideal_chars=ideal, half_chars=half, prompts=["…"]) == [reward, reward]


def test_the_bounded_length_is_never_flat_never_out_of_bounds_and_ranks_as_reward_len_does() -> None:
    texts = ["x" * length for length in range(2000)]
    paid, plain = reward_len_bounded(texts), reward_len(texts)
    assert all(0 < value <= 1 for value in paid) and paid.count(1.0) == 1
    assert paid[:51] == sorted(set(paid[:51])) and paid[50:] == sorted(set(paid[50:]), reverse=True)
    assert [value == max(paid) for value in paid] == [value == 0 for value in plain]
    assert len(set(paid)) == len(set(plain)), "different errors, different rewards"


@pytest.mark.parametrize("half", [0, -25, float("nan")])
def test_a_bound_without_a_slope_is_refused(half: float) -> None:
    with pytest.raises(WorkbookError, match=r"half_chars=.*above 0"):
        reward_len_bounded(["x"], half_chars=half)


@pytest.mark.parametrize("func", [reward_len, reward_len_bounded], ids=lambda func: func.__name__)
def test_lengths_are_characters_not_bytes_tokens_or_messages(func: Any) -> None:
    best = func(["x" * 50])
    assert func(["é" * 50], completion_ids=[[1, 2, 3]]) == best
    assert func(["\ud800" * 50]) == func(["\x00" * 50]) == func(["ש" * 50]) == best
    assert func([[*chat("a call to a tool"), *chat("x" * 50)]]) == best


@pytest.mark.parametrize(("tokens", "reward"), [(50, 0.0), (49, -0.5), (0, -25.0), (51, -2.0), (60, -200.0)])
def test_reward_token_length_counts_tokens(tokens: int, reward: float) -> None:
    ids = [list(range(tokens))] * 2
    assert reward_token_length(["any text", chat("at all")], completion_ids=ids) == [reward, reward]
    assert reward_token_length(["", ""], ids, ideal_tokens=tokens) == [0.0, 0.0]


def test_no_reward_is_a_negative_zero() -> None:
    found = reward_len(["x" * 50]) + reward_token_length(["x"], [[0] * 50])
    assert [str(value) for value in found] == ["0.0", "0.0"]


# --- what every reward keeps -------------------------------------------------------------------------------


def columns(count: int) -> dict[str, Any]:
    """What TRL passes along with the completions, for a task that has every column."""
    ids = [[1, 2, 3]] * count
    own = {"solution": [r"\boxed{42}"] * count, "reference": [CAT] * count}
    return {"prompts": ["…"] * count, "completion_ids": ids, "trainer_state": None, **own}


HOSTILE = [
    "x" * 10**6,
    "<think>" * 100_000,
    "</think>" * 100_000 + "<think>" * 100_000,
    "<think>a</think>" + " " * 10**6 + "!",
    "<answer>" + "y" * 10**6 + "</answer>",
    " \n" * 500_000,
    "the cat sat down " * 60_000,
    "sensationalizationed " * 50_000,
    "\x00" * 1000,
    "\ud800\udfff" * 1000,
    "\u202e" * 1000,
    None,
]


@pytest.mark.parametrize("name", ALL)
def test_hostile_completions_cost_little_and_break_nothing(name: str) -> None:
    batch = [chat(text) for text in HOSTILE] + [text or "" for text in HOSTILE] + [[]]
    ALL[name]([chat("warm up: <answer>42</answer>")], **columns(1))
    started = time.perf_counter()
    found = ALL[name](batch, **columns(len(batch)))
    assert time.perf_counter() - started < 5, "one completion must not stall a batch"
    assert len(found) == len(batch)
    assert all(value is None or (isinstance(value, float) and abs(value) < 1e7) for value in found)
    assert found[: len(HOSTILE)] == found[len(HOSTILE) : -1], "plain and chat completions earn the same"


@pytest.mark.parametrize("name", ALL)
def test_every_reward_is_a_plain_named_picklable_function(name: str) -> None:
    func = ALL[name]
    assert func.__name__ == func.__qualname__ == name
    assert pickle.loads(pickle.dumps(func)) is func
    kinds = [parameter.kind for parameter in inspect.signature(func).parameters.values()]
    assert kinds[-1] is inspect.Parameter.VAR_KEYWORD, "TRL passes every column: **kwargs comes last"
    assert func([], **columns(0)) == []


@pytest.mark.parametrize("name", ALL)
def test_every_reward_shows_a_hit_and_a_miss(name: str) -> None:
    examples = doctest.DocTestFinder().find(ALL[name], name, globs={})[0].examples
    assert examples, "its docstring has no example"
    paid = [ast.literal_eval(example.want) for example in examples]
    assert any(max(row) > min(row) for row in paid)


HELPERS = Path(rewards.__file__).parent
WITH_EXAMPLES = [
    ".".join(path.relative_to(HELPERS).with_suffix("").parts)
    for path in sorted(HELPERS.rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("room", WITH_EXAMPLES)
def test_the_examples_in_docstrings_are_true(room: str) -> None:
    found = doctest.testmod(importlib.import_module(f"helpers.{room}"), optionflags=doctest.ELLIPSIS)
    assert found.attempted > 0 and found.failed == 0


def test_the_examples_of_these_rooms_were_among_them() -> None:
    assert {"answers", "rewards", "text.rouge"} <= set(WITH_EXAMPLES)


@pytest.mark.parametrize("name", ["solution", "reference", "completion_ids"])
def test_a_missing_column_entry_is_an_error_not_a_silent_cut(name: str) -> None:
    funcs = {"solution": reward_accuracy, "reference": reward_rouge, "completion_ids": reward_token_length}
    with pytest.raises(ValueError, match="shorter"):
        funcs[name](["a", "b"], **{name: ["1"]})


@pytest.mark.train
def test_the_reference_reaches_the_rewards_in_a_real_step(tmp_path, random_model, rows_folder) -> None:
    from helpers.training import train

    seen: list[tuple[str, str]] = []

    def spy(prompts, reference, **kwargs):
        seen.extend((prompt[-1]["content"], gold) for prompt, gold in zip(prompts, reference, strict=True))
        return [0.0] * len(prompts)

    run = train(
        "tldr",
        random_model,
        reward_funcs=[reward_len_bounded, reward_rouge, spy],
        steps=1,
        source=rows_folder,
        out=tmp_path / "run",
        max_completion_length=8,
    )
    assert len(seen) == 16 and {gold for _, gold in seen} == {"My aunt sent me 3 pens."}
    for row in run.completions:
        again = reward_rouge([row["completion"]], [row["gold"]])
        assert [row["rewards"]["reward_rouge"]] == pytest.approx(again), "scored against its own summary"
        assert 0 < row["rewards"]["reward_len_bounded"] <= 1


@pytest.mark.parametrize(
    ("completion", "text"),
    [
        ("plain", "plain"),
        (chat("chat"), "chat"),
        ({"role": "assistant", "content": "one message"}, "one message"),
        ([{"role": "assistant", "content": [{"type": "text", "text": "parts"}]}], "parts"),
        ([{"role": "assistant", "content": [{"type": "image"}, {"type": "text", "text": None}]}], ""),
        ([*chat("a call to a tool"), *chat("the last")], "the last"),
        ([{"role": "assistant", "content": None}], ""),
        ([{"role": "assistant"}], ""),
        ([], ""),
        (None, ""),
    ],
)
def test_text_of(completion: object, text: str) -> None:
    assert text_of(completion) == text


def test_configured_is_named_and_picklable() -> None:
    reward = configured(reward_len, ideal_chars=80)
    assert reward.__name__ == "reward_len[ideal_chars=80]"
    again = pickle.loads(pickle.dumps(reward))
    assert again == reward and again(completions=["x" * 80], ideal_chars=1, prompts=["…"]) == [0.0]
    both = configured(reward_len_bounded, half_chars=10, ideal_chars=80)
    assert both.__name__ == "reward_len_bounded[half_chars=10;ideal_chars=80]" and both(["x" * 90]) == [0.5]
    odd = configured(reward_len, ideal_chars="a/b, c")
    assert not set(odd.__name__) & set("/, "), "TRL builds a metric key from the name"
    with pytest.raises(TypeError, match=r"reward_len has no parameter 'ideal'.*ideal_chars"):
        configured(reward_len, ideal=80)


def test_importing_rewards_is_instant() -> None:
    heavy = "{'torch', 'trl', 'transformers', 'math_verify', 'sympy', 'numpy', 'rouge_score', 'nltk'}"
    code = f"import sys, helpers.rewards; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
