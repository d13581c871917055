"""The recipe's four rewards on labelled completions, plain and chat."""

import pickle
import subprocess
import sys

import pytest

from helpers.rewards import (
    configured,
    reward_accuracy,
    reward_format,
    reward_len,
    reward_token_length,
    text_of,
)


def chat(text: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": text}]


FORMAT = [  # completion, reward, why
    ("<think>6 * 7 = 42.</think><answer>42</answer>", 1.0, "as asked"),
    ("<think>\n6 * 7\n= 42.\n</think>\n<answer>\n42\n</answer>\n", 1.0, "line breaks everywhere (DOTALL)"),
    ("  <think>a</think>  <answer>b</answer>  ", 1.0, "white space around and between"),
    ("<think></think><answer></answer>", 1.0, "empty, yet the tags are there: the recipe asks for no more"),
    ("<think>5 < 6 and 7 > 2</think><answer>x</answer>", 1.0, "other angle brackets"),
    ("<think>a</think>", 0.0, "no answer"),
    ("<answer>b</answer>", 0.0, "no reasoning"),
    ("<think>a</think><answer>b", 0.0, "truncated"),
    ("<think>a<answer>b</answer>", 0.0, "think is never closed"),
    ("<answer>b</answer><think>a</think>", 0.0, "the wrong way round"),
    ("</think>a<think></answer>b<answer>", 0.0, "reversed tags"),
    ("<think><think>a</think></think><answer>b</answer>", 0.0, "nested think"),
    ("<think>a<answer>b</answer></think>", 0.0, "answer inside think"),
    ("<think>a</think><think>a</think><answer>b</answer>", 0.0, "think twice"),
    ("<think>a</think><answer>b</answer><answer>b</answer>", 0.0, "answer twice"),
    ("Sure! <think>a</think><answer>b</answer>", 0.0, "text before"),
    ("<think>a</think><answer>b</answer> Done.", 0.0, "text after"),
    ("<think>a</think> so <answer>b</answer>", 0.0, "text between"),
    ("<think>a</think>\n42", 0.0, "the answer stands outside"),
    ("<Think>a</Think><Answer>b</Answer>", 0.0, "tags are lower case"),
    ("The answer is 42.", 0.0, "no tags"),
    ("", 0.0, "nothing"),
]

ACCURACY = [  # completion, solution, reward, why
    ("<think>6 * 7 = 42.</think><answer>42</answer>", r"So \boxed{42}.", 1.0, "right and tagged"),
    ("6 * 7 = 42. The answer is 42.", r"So \boxed{42}.", 1.0, "right and untagged counts"),
    ("<think>a</think>\n<answer>\n42\n</answer>", r"\boxed{42}", 1.0, "multiline"),
    ("I guess the answer is 64.", r"\boxed{42}", 0.0, "a wrong guess"),
    ("<think>42</think><answer>41</answer>", r"\boxed{42}", 0.0, "only the final answer counts"),
    ("42", r"\boxed{42}", 0.0, "no statement of an answer"),
    ("<think>42</think><answer>", r"\boxed{42}", 0.0, "truncated"),
    ("<answer>41=42</answer>", r"\boxed{42}", 0.0, "a chain"),
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


@pytest.mark.parametrize(("completion", "reward", "why"), FORMAT)
def test_reward_format(completion: str, reward: float, why: str) -> None:
    assert reward_format([completion, chat(completion)], prompts=["…"]) == [reward, reward], why


@pytest.mark.parametrize(("completion", "solution", "reward", "why"), ACCURACY)
def test_reward_accuracy(completion: str, solution: str | None, reward: float | None, why: str) -> None:
    assert reward_accuracy([completion, chat(completion)], [solution, solution]) == [reward, reward], why


@pytest.mark.parametrize(("length", "reward"), [(50, 0.0), (0, -50.0), (49, -1.0), (51, -1.0), (150, -100.0)])
def test_reward_len_counts_characters(length: int, reward: float) -> None:
    assert reward_len(["x" * length, chat("x" * length)]) == [reward, reward]
    assert reward_len(["x" * length], ideal_chars=length) == [0.0]


def test_reward_len_counts_characters_not_bytes_or_tokens() -> None:
    assert reward_len(["é" * 50], completion_ids=[[1, 2, 3]]) == [0.0]


@pytest.mark.parametrize(("tokens", "reward"), [(50, 0.0), (49, -0.5), (0, -25.0), (51, -2.0), (60, -200.0)])
def test_reward_token_length_counts_tokens(tokens: int, reward: float) -> None:
    ids = [list(range(tokens))] * 2
    assert reward_token_length(["any text", chat("at all")], completion_ids=ids) == [reward, reward]
    assert reward_token_length(["", ""], ids, ideal_tokens=tokens) == [0.0, 0.0]


def test_no_reward_is_a_negative_zero() -> None:
    found = reward_len(["x" * 50]) + reward_token_length(["x"], [[0] * 50])
    assert [str(value) for value in found] == ["0.0", "0.0"]


def test_a_missing_column_entry_is_an_error_not_a_silent_cut() -> None:
    with pytest.raises(ValueError, match="shorter"):
        reward_accuracy(["a", "b"], ["1"])
    with pytest.raises(ValueError, match="shorter"):
        reward_token_length(["a", "b"], [[1]])


@pytest.mark.parametrize(
    ("completion", "text"),
    [
        ("plain", "plain"),
        (chat("chat"), "chat"),
        ({"role": "assistant", "content": "one message"}, "one message"),
        ([{"role": "assistant", "content": [{"type": "text", "text": "parts"}]}], "parts"),
        ([*chat("a call to a tool"), *chat("the last")], "the last"),
        ([{"role": "assistant", "content": None}], ""),
        ([], ""),
    ],
)
def test_text_of(completion: object, text: str) -> None:
    assert text_of(completion) == text


def test_configured_is_named_and_picklable() -> None:
    reward = configured(reward_len, ideal_chars=80)
    assert reward.__name__ == "reward_len[ideal_chars=80]"
    again = pickle.loads(pickle.dumps(reward))
    assert again == reward and again(completions=["x" * 80], ideal_chars=1, prompts=["…"]) == [0.0]
    odd = configured(reward_len, ideal_chars="a/b, c")
    assert not set(odd.__name__) & set("/, "), "TRL builds a metric key from the name"
    with pytest.raises(TypeError, match=r"reward_len has no parameter 'ideal'.*ideal_chars"):
        configured(reward_len, ideal=80)


def test_importing_rewards_is_instant() -> None:
    heavy = "{'torch', 'trl', 'transformers', 'math_verify', 'sympy', 'numpy'}"
    code = f"import sys, helpers.rewards; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
