r"""Strategies for strings that are nearly right: numbers in all spellings, LaTeX, tags, boxes.

Random text almost never holds a number, let alone a pair of tags; these are made from the pieces
of real answers, so that a few hundred examples reach the corners. `make fuzz` draws from here, too.
"""

from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")

COATS = [
    "{}",
    " {} ",
    "\n{}\n",
    "{}.",
    "**{}**",
    "${}$",
    "$${}$$",
    r"\({}\)",
    r"\[{}\]",
    r"\boxed{{{}}}",
    r"$\boxed{{{}}}$",
]
CHAINS = [
    "{} = {}",
    "{}={}",
    r"{} \neq {}",
    "{}≠{}",
    "{} < {}",
    r"{} \implies {}",
    "{} or {}",
    "{} and {}",
    "{}, {}",
    "{}; {}",
]
CHAINS += [
    "{}\n{}",
    "{} {}",
    "{} ≈ {}",
    r"{}\to {}",
    "{} => {}",
    r"{} \text{{ or }} {}",
    "either {} or {}",
    "not {} but {}",
]
SMALL_WORDS = ["to", "by", "of", "in", "vs", "ft", "at", "km", "hr", "to the", "out of", "feet"]

values = st.one_of(
    st.integers(-10_000_000, 10_000_000).map(Fraction),
    st.integers(-200, 200).map(Fraction),
    st.builds(Fraction, st.integers(-9999, 9999), st.sampled_from([2, 3, 4, 7, 8, 10, 12, 60, 100, 1000])),
)


def spellings(value: Fraction) -> list[str]:
    r"""Ways to write one number: ``1,234``, ``1{,}234``, ``+1234.0``, ``2468/2``, ``\frac{1234}{1}``, …"""
    minus, size = ("-" if value < 0 else ""), abs(value)
    top, bottom = size.numerator, size.denominator
    forms = [
        f"{top}/{bottom}",
        f"{top} / {bottom}",
        rf"\frac{{{top}}}{{{bottom}}}",
        rf"\dfrac{{{2 * top}}}{{{2 * bottom}}}",
    ]
    whole, part = divmod(top, bottom)
    if whole and part:
        forms += [f"{whole} {part}/{bottom}", rf"{whole}\frac{{{part}}}{{{bottom}}}"]
    if 10**12 % bottom == 0:
        forms += _decimals(f"{Decimal(top) / Decimal(bottom):f}")
    forms = [minus + form for form in forms]
    forms += [form.replace("-", "−") for form in forms if minus] or ["+" + form for form in forms]
    return (
        forms
        + [form.translate(FULL_WIDTH) for form in forms[:3]]
        + [form.translate(ARABIC) for form in forms[:1]]
    )


def _decimals(plain: str) -> list[str]:
    whole, _, part = plain.partition(".")
    padded = f"{whole}.{part}0"
    forms = [plain, padded, f"{plain}e0", rf"{plain} \times 10^{{0}}", f"${plain}", rf"\${padded}"]
    grouped = f"{int(whole):,}" + ("." + part if part else "")
    if grouped != plain:
        forms += [
            grouped,
            grouped.replace(",", "{,}"),
            grouped.replace(",", r"\,"),
            "$" + grouped,
            grouped.replace(",", "\u202f"),
        ]
    return forms


@st.composite
def same_number(draw: st.DrawFn) -> tuple[str, str]:
    """Two spellings of one number."""
    forms = st.sampled_from(spellings(draw(values)))
    return draw(forms), draw(forms)


@st.composite
def other_number(draw: st.DrawFn) -> tuple[str, str]:
    """Two numbers that differ, often by little: one more, ten times as much, a digit cut off."""
    value = draw(values)
    near = [
        value + 1,
        value * 10,
        value / 10,
        -value,
        value / 100,
        value + Fraction(1, 1000),
        1 / (value or 3),
        Fraction(int(value) // 10),
    ]
    other = draw(st.sampled_from(near) | values)
    other = other if other != value else value + Fraction(1, 7)
    return draw(st.sampled_from(spellings(value))), draw(st.sampled_from(spellings(other)))


numbers = same_number().map(lambda pair: pair[0])
_leaves = st.sampled_from(["x", "y", r"\pi", "n", r"\sqrt{2}", r"\sqrt{3}", "0.5"]) | st.integers(1, 12).map(
    str
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    shapes = [
        r"\frac{{{}}}{{{}}}",
        "({} + {})",
        "({} - {})",
        r"{} \cdot {}",
        "({})({})",
        "({}, {})",
        "{}, {}",
    ]
    single = [
        r"\sqrt{{{}}}",
        "({})^2",
        "-({})",
        r"\sin({})",
        "({})^{{3}}",
        r"\left({}\right)",
        r"\{{{}\}}",
        "[{}, 99)",
    ]
    return st.one_of(
        st.builds(lambda shape, a, b: shape.format(a, b), st.sampled_from(shapes), inner, inner),
        st.builds(lambda shape, a: shape.format(a), st.sampled_from(single), inner),
    )


expressions = st.recursive(_leaves, _grown, max_leaves=4)  # small, so that the verifier has time for each

_PIECES = [
    *"0123456789.,+-−±×·$%/^_{}()[]|=<>≠≈~!?:;&\"'` \n\t½²٣７xXeiπ√∞°", "\\", r"\frac", r"\frac{1}{2}",
    r"\boxed{", r"\sqrt{", r"\text{", "}}", r"\pi", r"\cdot", r"\times", r"\infty", r"\left(",
    r"\right)", r"\circ", r"\%", r"\$", r"\{", r"\}", r"\,", r"\!", r"\\", r"\pm", r"\cup", r"\in",
    r"\binom{9}{3}", r"\begin{pmatrix}", r"\end{pmatrix}", r"\overline{3}", "10^", "9^{9", "^{99}",
    "1e9", "1e-7", "0/0", "1,234", "999999", "0.000", " or ", " and ", "not ", " cm", " km", " dollars",
    "percent", "pm", "x = ", "the answer is ", "Answer: ", "#### ", "\x00", "\ud800", "\u202e",
    "\u200b", "\u0301", "👍", "nan", "inf", "None", "lambda: 0", "__import__('os')", "**", "$$", r"\(",
    r"\)", "<answer>", "</answer>", "<think>", "</think>",
]  # fmt: skip
fragments = st.lists(st.sampled_from(_PIECES), max_size=12).map("".join)


@st.composite
def broken(draw: st.DrawFn, sound: st.SearchStrategy[str]) -> str:
    """A sound string with one slip: a stretch lost, said twice, or something put in between."""
    text = draw(sound)
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 4)))
    slip = draw(st.sampled_from(["", text[start:end] * 2]) | st.sampled_from(_PIECES))
    return text[:start] + slip + text[end:]


answers = st.one_of(
    numbers, expressions, fragments, broken(numbers), broken(expressions), st.text(max_size=20)
)

_ENDINGS = [
    "<think>{1}</think><answer>{0}</answer>",
    "<answer>{0}</answer>",
    r"{1} \boxed{{{0}}}",
    "{1}\n#### {0}",
    "The answer is {0}. {1}",
]
_ENDINGS += [
    "{1}</think>\n<answer>\n{0}\n</answer>\n",
    "<think>{1}<answer>{0}",
    "</answer>{0}<answer>",
    "<answer><answer>{0}</answer>{1}</answer>",
]
_ENDINGS += [
    "{0}",
    "<think></think><answer></answer>{0}",
    r"\boxed{{\boxed{{{0}}}}}",
    "<answer>{1}</answer><answer>{0}</answer>",
]
completions = st.builds(
    lambda ending, answer, thought: ending.format(answer, thought),
    st.sampled_from(_ENDINGS),
    answers,
    fragments,
)
