"""`extract` and `same_answer` on labelled strings, the awkward ones first; then speed and threads."""

import random
import signal
import subprocess
import sys
import threading
import time

import pytest

from helpers import answers, verifier
from helpers.answers import extract, number, same_answer

EXTRACTED = [  # text, the final answer, why
    ("<think>27 + 45 = 72.</think><answer>72</answer>", "72", "the format we ask for"),
    ("<answer>\n72\n</answer>", "72", "line breaks inside"),
    ("<answer>7</answer> no: <answer>72</answer>", "72", "the last complete pair wins"),
    ("<answer>72</answer><answer>99", "72", "a truncated pair is not complete"),
    ("<answer>7<answer>72</answer></answer>", "72", "nested: the inner pair is complete"),
    ("</answer>72<answer>", None, "reversed tags"),
    ("<answer></answer> The answer is 72.", None, "an empty pair says nothing"),
    ("<answer>72</answer> \\boxed{99}", "72", "tags come before a box"),
    ("<ANSWER>72</ANSWER>", None, "tags are lower case"),
    (r"So \boxed{\frac{1}{2}}.", r"\frac{1}{2}", "braces nest"),
    (r"\boxed{7}, hence \boxed{72}", "72", "the last box"),
    (r"\boxed{\boxed{72}}", "72", "a box in a box"),
    (r"\boxed{7} and \boxed{99", "7", "a truncated box is not complete"),
    (r"\boxed {72}", "72", "a space before the brace"),
    (r"\boxed{\{1, 2\}}", r"\{1, 2\}", "escaped braces do not nest"),
    (r"\boxed{72} and then 15 more", "72", "a later number does not matter"),
    (r"\boxed{}", None, "an empty box"),
    ("48/2 = 24\n#### 72", "72", "the GSM8K way"),
    ("The answer is 72.", "72", "prose"),
    ("27 + 40 = 67. 67 + 5 = 72. The answer is 72.", "72", "worked, untagged"),
    ("I guess the answer is 64.", "64", "a guess is an answer"),
    ("The answer is 3.5.", "3.5", "a point inside a number is not the end"),
    ("The answer is 5, because 2 + 3 = 5.", "5", "a clause after it"),
    ("The answer is 1,234.", "1,234", "a comma inside a number"),
    ("Answer: **72**", "72", "a colon and bold"),
    ("The answer is 7. No, the answer is 72.", "72", "the last one in prose"),
    ("27 + 45 = 72.", None, "no statement of an answer"),
    ("", None, "nothing"),
]

SAME = [  # gold, answer, verdict, why
    ("72", "72", True, "itself"),
    ("72", "72.0", True, "a decimal"),
    ("72", "072", True, "a leading zero"),
    ("72", "72.", True, "a full stop"),
    ("72", "**72**", True, "bold"),
    ("72", r"$\boxed{72}$", True, "wrapped twice"),
    ("72", "7 2", False, "two numbers"),
    ("720", "72", False, "cut short"),
    ("1234", "1,234", True, "thousands"),
    ("1,234", "1234", True, "thousands in the gold"),
    ("1234", "1{,}234", True, "LaTeX thousands"),
    ("1234", r"1\,234", True, "a thin space"),
    ("1234", "12,34", False, "not thousands"),
    ("123", "1,23", False, "not thousands"),
    ("18", "$18", True, "dollars"),
    ("18", r"\$18.00", True, "escaped dollars"),
    ("$18", "18", True, "the currency may be missing"),
    ("$18", "€18", False, "another currency"),
    ("-5", "-$5", True, "minus before the currency"),
    ("-5", "$-5", True, "minus after the currency"),
    ("-5", "−5", True, "Unicode minus"),
    ("5", "+5", True, "plus"),
    ("5", "-5", False, "the other sign"),
    ("1000", "1e3", True, "scientific"),
    ("1500", r"1.5 \times 10^{3}", True, "scientific in LaTeX"),
    ("0.0015", "1.5e-3", True, "a negative power"),
    ("3/2", "1 1/2", True, "mixed"),
    ("3/2", r"1\frac{1}{2}", True, "mixed in LaTeX"),
    ("3/2", "1½", True, "mixed in Unicode"),
    ("21/2", "10 1/2", True, "the space matters"),
    ("101/2", "10 1/2", False, "the space matters"),
    ("1/2", "0.5", True, "fraction and decimal"),
    ("1/2", r"\frac12", True, "fraction without braces"),
    ("-1/2", r"\frac{-1}{2}", True, "a sign above the line"),
    ("1/3", "0.3333333333", False, "exact means exact"),
    ("0.0000001", "0.0000002", False, "no tolerance"),
    ("72", "７２", True, "full-width digits"),
    ("42", "٤٢", True, "Arabic digits"),
    ("9", "9%", False, "percent is not dropped"),
    ("9", r"9\%", False, "percent is not dropped"),
    ("9%", r"9\%", True, "percent on both sides"),
    ("0.09", "9%", True, "percent means a hundredth"),
    ("10 cm", "10 cm", True, "a unit"),
    ("10 cm", "10 km", False, "another unit"),
    ("10", "10 km", False, "a unit too many"),
    ("10 cm", "10", False, "a unit missing"),
    ("5", "4=5", False, "a chain"),
    ("5", "1=2=5", False, "a longer chain"),
    ("5", r"4 \neq 5", False, "a chain of another kind"),
    ("5", "4<5", False, "a chain of another kind"),
    ("5", "x = 5", True, "a name is no chain"),
    ("x=5", "y=5", False, "another name"),
    ("5", "4 or 5", False, "both ways"),
    ("5", "4,5", False, "a list"),
    ("5", "5,5", False, "a list of one thing"),
    ("5", "5 5", False, "said twice"),
    ("5", r"\pm 5", False, "both signs"),
    ("5", "not 5", False, "denied"),
    ("5", "5/0", False, "no number"),
    ("72", "", False, "nothing"),
    ("72", None, False, "no answer"),
    (r"2\sqrt{3}", r"\sqrt{12}", True, "math-verify: roots"),
    ("x^2+2x+1", "(x+1)^2", True, "math-verify: algebra"),
    ("4", r"\sqrt{16}", True, "math-verify: against a number"),
    (r"\pi", "3.14159", False, "an approximation"),
    (r"\frac{1}{2^{99}}", "1/2^{98}", False, "math-verify alone says yes"),
    ("101_2", "101_3", False, "another base"),
    ("(1, 2)", "(2,1)", False, "a pair has an order"),
    ("1, 2", "2, 1", True, "a list has none"),
    (r"\text{Monday}", "monday", True, "a word"),
    ("A", "(A)", True, "a choice"),
    ("x", "X", False, "letters keep their case"),
    (72, "72", True, "a number as the gold"),
    (0.5, "1/2", True, "a number as the gold"),
    (None, "5", None, "no gold"),
    ("", "5", None, "an empty gold"),
    ("0/0", "0/0", None, "not a value"),
    ("1/0", "1", None, "not a value"),
    ("We see that the claim holds.", "5", None, "prose is not a gold"),
    ("1" * 500, "1" * 500, None, "longer than any answer"),
    (float("nan"), "nan", None, "not a value"),
]

HOSTILE = [
    "9^{9^{9}}",
    r"\boxed{9^{9^{9}}}",
    "9^9^9",
    "9**9**9",
    "((9^{99})^{99})^{99}",
    "9^{999999999}",
    "9^{99!}",
    "99999!",
    r"\binom{20000}{10000}",
    "1e999999999",
    "1e-999999999",
    "(" * 5000 + "72" + ")" * 5000,
    "{" * 5000 + "72" + "}" * 5000,
    r"\frac{1}{" * 500 + "72" + "}" * 500,
    " ".join(map(str, range(20_000))),
    "72\x00",
    "\ud800",
    "\u202e27",
    "7" * 100_000,
    "1," * 200,
    "1 " * 200,
    "__import__('os').system('true')",
    r"\sum_{k=1}^{10^{9}} k",
    r"\int_0^1 x^x dx",
]


@pytest.mark.parametrize(("text", "expected", "why"), EXTRACTED)
def test_extract(text: str, expected: str | None, why: str) -> None:
    assert extract(text) == expected, why


@pytest.mark.parametrize(("gold", "answer", "verdict", "why"), SAME)
def test_same_answer(gold: object, answer: str | None, verdict: bool | None, why: str) -> None:
    assert same_answer(gold, answer) is verdict, why


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_hostile_answers_are_wrong_and_quick(text: str) -> None:
    same_answer(r"\sqrt{2}", "x+1")  # math-verify is loaded before the clock starts
    started = time.process_time()
    assert same_answer("72", text) is False
    assert same_answer(r"\sqrt{2}", extract(f"<answer>{text}</answer>")) is False
    same_answer(text, "72")
    assert time.process_time() - started < 2, "an attacker holds up the run"


@pytest.mark.parametrize("text", [r"\boxed{" * 20_000, "<answer>" * 20_000, "{" * 100_000, "#### " * 20_000])
def test_extract_is_quick_on_hostile_text(text: str) -> None:
    started = time.process_time()
    extract(text)
    assert time.process_time() - started < 2


def test_random_text_never_raises() -> None:
    draw = random.Random(0)
    alphabet = [*"0123456789.,+-−$%/^{}()=<>_! exX\\½\x00\ud800", r"\frac", r"\boxed{", "<answer>", r"\sqrt"]
    for _ in range(300):
        text = "".join(draw.choices(alphabet, k=draw.randint(0, 30)))
        assert same_answer("72", extract(text)) in (True, False)
        assert same_answer(text, "72") in (True, False, None)


def test_same_answer_works_in_a_thread() -> None:
    seen: list[object] = []
    cases = [(r"3\sqrt{3}", r"\sqrt{27}"), ("5", "9^{9^{9}}"), (r"\sqrt{5}", r"9^{9^{9}}")]
    thread = threading.Thread(target=lambda: seen.extend(same_answer(*case) for case in cases))
    thread.start()
    thread.join(timeout=30)
    assert seen == [True, False, False]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarms on this system")
def test_an_outer_alarm_survives() -> None:
    before = signal.signal(signal.SIGALRM, lambda *_: None)
    try:
        signal.setitimer(signal.ITIMER_REAL, 60)
        assert same_answer(r"5\sqrt{3}", r"\sqrt{75}") is True
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0, "math-verify cleared somebody else's alarm"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_plain_numbers_never_reach_math_verify() -> None:
    code = (
        "import sys; from helpers.answers import same_answer; assert same_answer('1,234', '$1234.0');"
        "assert not same_answer('72', '64'); assert 'math_verify' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_limits_are_exact() -> None:
    assert number(f"1e{answers.MAX_POWER_OF_TEN}") is not None
    assert number(f"1e{answers.MAX_POWER_OF_TEN + 1}") is None
    assert verifier.harmless(f"2^{{{verifier.MAX_EXPONENT}}}")
    assert not verifier.harmless(f"2^{{{verifier.MAX_EXPONENT + 1}}}")
    assert verifier.harmless("(" * verifier.MAX_NESTING + "x" + ")" * verifier.MAX_NESTING)
    assert not verifier.harmless("(" * (verifier.MAX_NESTING + 1) + "x" + ")" * (verifier.MAX_NESTING + 1))


def test_the_gold_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    library = verifier._library()
    monkeypatch.setattr(library, "_verify", lambda gold, target, **_: seen.append((str(gold), str(target))))
    assert same_answer("a+1", "b+2") is False
    assert seen == [("a + 1", "b + 2")], "math-verify is not symmetric"
