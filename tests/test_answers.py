"""`extract` and `same_answer` on labelled strings, the awkward ones first."""

import asyncio
import random
import subprocess
import sys
import threading
import time

import pytest

from helpers.answers import MAX_CHARS, extract, same_answer, same_answers
from helpers.text import numerals
from helpers.text.numerals import number
from helpers.text.spelling import clean
from helpers.verifier import guards, shapes

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
    ("<answer>5</answer> so </answer> 6", "5", "the first closing tag closes"),
    ("<think></think><answer>72</answer>", "72", "empty reasoning"),
    ("72 <think>…</think><answer></answer>", None, "the answer stands outside"),
    ("<think><answer>7</answer></think><answer>72</answer>", "72", "tags in the reasoning"),
    ("<answer>The answer is 18.</answer>", "18.", "a statement inside the tags"),
    ("<answer>The final answer is: 18</answer>", "18", "a statement with a colon"),
    ("<answer>Answer: **18**</answer>", "**18**", "a label inside the tags"),
    (r"<answer>The answer is $\boxed{18}$.</answer>", "18", "a box inside the tags"),
    (r"<answer>5 + 13 = \boxed{18}</answer>", "18", "a box says which part is the answer"),
    ("<answer>#### 18</answer>", "18", "GSM8K inside the tags"),
    (r"<answer>\boxed{4}, \boxed{5}</answer>", r"\boxed{4}, \boxed{5}", "two boxes are two answers"),
    ("<answer>#### 4\n#### 5</answer>", "#### 4\n#### 5", "two statements are two answers"),
    (r"<answer>\boxed{4} or 5</answer>", r"\boxed{4} or 5", "a box and more"),
    ("<answer>The answer is 4 or 5.</answer>", "4 or 5.", "a choice of answers"),
    ("<answer>the answer is 4\n5</answer>", "4\n5", "nothing after a statement is cut off inside tags"),
    ("<answer>5 + 13 = 18</answer>", "5 + 13 = 18", "a chain stays a chain"),
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
    ("5", "5=5", False, "a chain, even a true one"),
    (r"\sqrt{2}", r"4=\sqrt{2}", False, "a chain to an expression"),
    (r"\sqrt{2}", r"1<\sqrt{2}", False, "a relation to an expression"),
    ("5", "~5", False, "about five"),
    ("1012", "101₂", False, "a lowered digit is a base"),
    ("101_2", "101₂", True, "a base in Unicode"),
    ("72", "⑦②", False, "labels"),
    ("18", r"$\$18$", True, "an escaped dollar inside dollars"),
    ("5", "5 = 4", False, "a chain that begins with the gold"),
    ("5", r"4 \to 5", False, "a chain of another kind"),
    ("72", "27 + 45", False, "the task is not its answer"),
    ("72", "8 * 9", False, "the task is not its answer"),
    ("72", r"\frac{8 \cdot 9}{1}", False, "the task is not its answer"),
    ("10", r"\binom{5}{2}", False, "the task is not its answer"),
    ("120", "5!", False, "the task is not its answer"),
    ("18", "18 dollars", True, "a currency in words"),
    ("$18", "18 USD", True, "a currency by its code"),
    ("18", "USD 18", True, "a currency by its code, in front"),
    ("18", "18$", True, "a currency behind"),
    ("18", "50 cents", False, "cents are another unit"),
    ("18", "18 apples", False, "a unit too many"),
    ("18 apples", "18 apple", True, "a unit and its plural"),
    ("18", "x = 18", True, "a name"),
    ("18", "= 18", True, "a bare equals sign"),
    ("18", "18/1", True, "a fraction over one"),
    ("18", "36/2", True, "a fraction is a number"),
    ("18", "**18**.", True, "bold, full stop"),
    ("18", "`18`", True, "code"),
    ("18", r"\text{18}", True, "text"),
    ("18", "(18)", True, "brackets"),
    ("18", "{18}", True, "braces"),
    ("18", "x = {18}", True, "braces after a name"),
    ("18", "18!", False, "a factorial"),
    ("18", "18?", False, "doubt"),
    ("18", "18, 18", False, "a list"),
    ("18", "--18", False, "two signs"),
    ("18", "18-", False, "a sign behind"),
    ("18", "1.8e1", True, "scientific"),
    ("18", "18 %", False, "percent is not dropped"),
    ("90", "90°", False, "degrees are a unit"),
    ("90", r"90^\circ", False, "degrees are a unit"),
    ("90°", r"90^{\circ}", True, "degrees on both sides"),
    ("90 degrees", "90°", True, "degrees in words"),
    ("9%", "9 percent", True, "percent in words"),
    ("9%", r"9\text{ per cent}", True, "percent in words"),
    ("9%", "9%%", False, "percent of percent"),
    (r"25\%", r"\frac14", True, "percent means a hundredth"),
    ("$9", "900%", False, "a currency is not a percentage"),
    ("10 cm^2", r"10\text{ cm}^{2}", True, "a squared unit"),
    ("10 cm^2", "10 cm", False, "a squared unit"),
    ("60 km/h", r"60 \text{ km/h}", True, "a unit with a slash"),
    ("10 am", "10 AM", True, "half of the day"),
    ("1500", "1.5×10³", True, "scientific in Unicode"),
    ("1500", "1.5 x 10^3", True, "scientific with the letter x"),
    ("1500", r"1.5\cdot10^{3}", True, "scientific with a dot"),
    ("1500", "1.5E+3", True, "scientific with E"),
    ("0.001", "10⁻³", True, "a negative superscript"),
    ("1024", "2^{10}", True, "a power of plain numbers"),
    ("1024", "2^10", True, "a power without braces"),
    ("1024", "2^{11}", False, "another power"),
    ("1/3", r"0.\overline{3}", True, "a repeating decimal"),
    ("0.1", r"0.\overline{1}", False, "a repeating decimal"),
    ("1/6", r"0.1\overline{6}", True, "it repeats later"),
    ("10000", "10 000", True, "a space between thousands"),
    ("1234", "1 234", True, "a space between thousands"),
    ("12345", "12 34 5", False, "spaces elsewhere"),
    ("1000", "1_000", False, "an underscore is no separator"),
    ("1000", "1.000", False, "a point is no separator"),
    ("0.5", "0,5", False, "a decimal comma is not guessed"),
    ("12,345", "12, 345", False, "a list of two"),
    ("5", "5 \ufeff", True, "an invisible mark at the end"),
    ("72", "7\u200b2", False, "an invisible mark inside"),
    ("72", "\u202e27", False, "right to left: the number is 27"),
    ("72", "72\x00", False, "NUL"),
    ("72", "72\ud800", False, "a lone surrogate"),
    ("(B)", r"\text{(B)}", True, "a choice"),
    ("B", "AB", False, "another choice"),
    ("AB", "BA", False, "two points are no product"),
    ("3:4", "3 : 4", True, "a ratio"),
    ("3:4", "4:3", False, "a ratio turned round"),
    ("3:30 pm", "3:30 p.m.", True, "a time"),
    ("3:30 pm", "3:30 am", False, "another time"),
    ("no solution", "No solution.", True, "words"),
    ("July 4", "July 5", False, "a date"),
    (r"\triangle ABC", r"\triangle ABD", False, "a name of points"),
    ("[0, 1)", "[0,1)", True, "an interval"),
    ("[0, 1)", "[0,1]", False, "another end"),
    (r"[0, \infty)", r"[0, +\infty)", True, "infinity"),
    (r"[0, \infty)", r"[0, \infty]", False, "another end"),
    ("(1, 2)", "1, 2", False, "brackets mean what they say"),
    (r"\{1, 2\}", "2, 1", True, "a set is a list without order"),
    (r"\{1, 2\}", "1,,2", False, "an empty entry"),
    ("1, 1, 2", "1, 2, 2", False, "how often counts"),
    ("(1,2), (3,4)", "(3,4),(1,2)", True, "a list of pairs"),
    ("(1,2), (3,4)", "(2,1),(3,4)", False, "a pair turned round"),
    (r"1 \pm \sqrt{2}", r"1-\sqrt{2}, 1+\sqrt{2}", True, "plus or minus is two answers"),
    (r"\pm 3", "3", False, "plus or minus is two answers"),
    ("x=1 or x=2", "x = 2 or x = 1", True, "two solutions"),
    ("x < 5", "5 > x", True, "an inequality turned round"),
    ("1 < x < 5", "5 > x > 1", True, "a longer one"),
    ("x < 5", "x > 5", False, "another inequality"),
    ("x < 5", r"x \le 5", False, "another inequality"),
    ("y=2x+1", "y = 1 + 2x", True, "an equation"),
    ("y=2x+1", "2x - y + 1 = 0", True, "an equation, rearranged"),
    ("y=2x+1", "x=2y+1", False, "another equation"),
    (
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
        r"\begin{pmatrix}1&2\\3&4\end{pmatrix}",
        True,
        "a matrix",
    ),
    (
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
        r"\begin{pmatrix}1&3\\2&4\end{pmatrix}",
        False,
        "transposed",
    ),
    (
        r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}",
        r"\begin{pmatrix}1 & 2\end{pmatrix}",
        False,
        "a column is no row",
    ),
    (r"\binom{10}{3}", "120", True, "a binomial as the gold"),
    ("10!", "3628800", True, "a factorial as the gold"),
    (r"\log_2 3", r"\frac{\ln 3}{\ln 2}", True, "a logarithm"),
    (r"\log_2 3", r"\log_3 2", False, "another logarithm"),
    ("2^{2^5}", "2^{32}", True, "a small tower as the gold"),
    ("x^2+2x+1", "(X+1)^2", False, "letters keep their case in algebra, too"),
    ("2√3", r"\sqrt{12}", True, "a root in Unicode"),
    ("2*sqrt(3)", r"2\sqrt{3}", True, "a root without a backslash"),
    (r"\frac{\pi}{6}", "30°", False, "radians are no degrees"),
    (r"\frac{1}{1-x}", r"\frac{1}{1-x} + 0.0000001", False, "no tolerance in algebra"),
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
    ("4", r"\sqrt{16}", True, "a root that comes out even"),
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


def test_a_batch_says_what_single_calls_say() -> None:
    golds, texts, verdicts, _ = zip(*SAME, strict=True)
    assert same_answers(golds, texts) == list(verdicts)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_hostile_answers_are_wrong_and_quick(text: str) -> None:
    started = time.process_time()
    assert same_answer("72", text) is False
    assert same_answer(r"\sqrt{2}", extract(f"<answer>{text}</answer>")) is False
    same_answer(text, "72")
    assert time.process_time() - started < 1, "an attacker holds up the run"


@pytest.mark.parametrize(
    "text",
    [
        r"\boxed{" * 20_000, r"\boxed" + " " * 100_000, "{" * 100_000, "<answer>" * 20_000,
        "</answer>" * 20_000,
        "<answer>72</answer>" * 5_000, "#### " * 20_000, "####" + " " * 100_000, "the answer is " * 8_000,
        "the answer is " + "a, " * 30_000, "answer" + " " * 100_000, "<answer>" + " " * 100_000 + "</answer>",
        "<answer>" + r"\boxed{" * 14_000 + "</answer>", "<answer>" + "9" * 100_000 + "</answer>",
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_extract_is_quick_on_hostile_text(text: str) -> None:
    started = time.process_time()
    extract(text)
    assert time.process_time() - started < 1


def test_reading_is_quick_on_hostile_answers() -> None:
    """No pattern of the exact path takes off on a text of the greatest length."""
    pieces = [
        "1,",
        "1 ",
        "1,234,",
        "1 234 ",
        "{",
        r"\frac",
        r"\text{",
        "$",
        "* ",
        "x=",
        "a ",
        "1/",
        "-",
        "^{",
        "(1,",
        "&",
    ]
    started = time.process_time()
    for piece in pieces:
        text = (piece * MAX_CHARS)[:MAX_CHARS]
        for one in (text, text[:-1] + "x", "1" + text[1:]):
            same_answer("72", one)
            guards.harmless(clean(one))
    assert time.process_time() - started < 2


def test_random_text_never_raises() -> None:
    draw = random.Random(0)
    alphabet = [*"0123456789.,+-−$%/^{}()=<>_! exX\\½\x00\ud800&", r"\frac", r"\boxed{", "<answer>", r"\sqrt"]
    texts = ["".join(draw.choices(alphabet, k=draw.randint(0, 30))) for _ in range(300)]
    assert set(same_answers(["72"] * 300, [extract(text) for text in texts])) <= {True, False}
    assert set(same_answers(texts, ["72"] * 300)) <= {True, False, None}


def test_same_answer_works_in_threads_and_coroutines() -> None:
    cases = [(r"3\sqrt{3}", r"\sqrt{27}", True), ("5", "9^{9^{9}}", False), (r"\sqrt{5}", "9^{9^{9}}", False)]
    seen: list[bool] = []

    async def reward() -> None:
        seen.extend(same_answer(gold, answer) is verdict for gold, answer, verdict in cases)

    threads = [threading.Thread(target=asyncio.run, args=(reward(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert seen == [True] * 9


def test_plain_numbers_start_no_process_and_load_no_library() -> None:
    code = (
        "import sys; from helpers.answers import same_answer; from helpers.verifier.pool import POOL;"
        "assert same_answer('1,234', '$1234.0'); assert not same_answer('72', '64');"
        "assert not same_answer('72', r'9^{9^{9}}'); assert not same_answer('4', r'\\sin x');"
        "assert POOL._process is None; assert not {'math_verify', 'sympy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_limits_are_exact() -> None:
    assert number(f"1e{numerals.MAX_POWER_OF_TEN}") is not None
    assert number(f"1e{numerals.MAX_POWER_OF_TEN + 1}") is None
    assert number(f"2^{{{numerals.MAX_BITS // 2}}}") is not None
    assert number(f"2^{{{numerals.MAX_BITS // 2 + 1}}}") is None
    assert guards.harmless(f"x^{{{guards.MAX_EXPONENT}}}")
    assert not guards.harmless(f"x^{{{guards.MAX_EXPONENT + 1}}}")
    assert guards.harmless(f"(x+1)^{{{guards.MAX_SUM_EXPONENT}}}")
    assert not guards.harmless(f"(x+1)^{{{guards.MAX_SUM_EXPONENT + 1}}}")
    for bracket in ("()", "{}", "[]"):
        deep = [bracket[0] * depth + "x" + bracket[1] * depth for depth in (0, 1)]
        room = guards.MAX_NESTING - 1
        assert guards.harmless("(" * room + deep[1] + ")" * room)
        assert not guards.harmless("(" * (room + 1) + deep[1] + ")" * (room + 1))
    assert guards.harmless("+".join("x" * (guards.MAX_CHARS // 2)))
    assert not guards.harmless("+".join("x" * (guards.MAX_CHARS // 2 + 1)))
    assert same_answer("72", "72" + " " * (MAX_CHARS - 2)) is True
    assert same_answer("72", "72" + " " * (MAX_CHARS - 1)) is False


@pytest.mark.parametrize(
    "text",
    [
        "9^{9^{9}}", "((x^{99})^{99})^{99}", "9^{99!}", "99999!", r"\binom{20000}{10000}", "3!!",
        r"\sum_{k=1}^{9} k", r"\int_0^1 x dx", "__import__('os')", "prose that has more words", "(" * 5000,
        "{{{}}", "x\x00", "1 2", "", "x," * 17 + "x", r"\foo x", "2^2^2^2",
    ],
    ids=lambda text: ascii(text[:20]),
)  # fmt: skip
def test_what_never_reaches_math_verify(text: str) -> None:
    assert not guards.harmless(text)


def test_shapes_come_apart_and_compare_entry_by_entry() -> None:
    pairs: list[tuple[str, str]] = []
    assert shapes.same("(a, b)", "(c, d)", lambda gold, answer: pairs.append((gold, answer)) or True)
    assert pairs == [("a", "c"), ("b", "d")], "the gold goes first, and the order counts"
    assert shapes.split(r"\frac{1, 2}{3}")[0] == shapes.LEAF, "a comma inside braces divides nothing"
    assert shapes.split("f(1, 2)") == (shapes.LEAF, ["f(1, 2)"])
