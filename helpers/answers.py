r"""From the text of a completion to a verdict: what is its final answer, and is it the right one?

`extract` looks in four places, in this order, and takes the *last* hit of the first place that has one:

1. ``<answer>72</answer>``    the format this workbook asks for (a complete pair of tags)
2. ``\boxed{72}``             how worked solutions in NuminaMath end
3. ``#### 72``                how worked solutions in GSM8K end
4. ``the answer is 72``       plain prose, up to the end of its sentence

`same_answer` compares on an exact path (`fractions.Fraction`, no tolerance) when both sides are plain
numbers, and leaves LaTeX to math-verify (`helpers.verifier`) behind guards. Nothing in a completion is ever
evaluated as code.
"""

import math
import re
import unicodedata
from fractions import Fraction
from functools import lru_cache

from helpers import verifier

MAX_CHARS = 400  # a longer "final answer" is not one
MAX_TEXT = 20_000  # characters of a completion that are searched, counted from its end
MAX_POWER_OF_TEN = 1000  # 1e3 is a number; 1e999999999 is an attack

_TAGGED = re.compile(r"<answer>((?:(?!</?answer>).)*)</answer>", re.DOTALL)
_BOX_PARTS = re.compile(r"\\boxed\s*\{|\\.|[{}]", re.DOTALL)
_HASHES = re.compile(r"####[ \t]*([^\n]+)")
_PROSE = re.compile(r"\banswer(?:[ \t]+is\b|[ \t]*:)[ \t]*:?", re.IGNORECASE)
_PROSE_END = re.compile(r"[.;!?](?=\s|\*|$)|,(?=\s+[a-zA-Z])")


def extract(text: str) -> str | None:
    r"""Return the final answer that `text` states, stripped of spaces, or None when it states none.

    An empty ``<answer></answer>`` is None too: the model answered, and said nothing.

    >>> extract("<think>27 + 45 = 72.</think><answer>72</answer>")
    '72'
    >>> extract("27 + 45 = 72.") is None
    True
    """
    text = text[-MAX_TEXT:]
    if tagged := _TAGGED.findall(text):
        return tagged[-1].strip() or None
    boxed = _last_boxed(text)
    if boxed is not None:
        return boxed.strip() or None
    if hashes := _HASHES.findall(text):
        return hashes[-1].strip() or None
    *_, tail = _PROSE.split(text)  # what follows the last "answer is"; the whole text when there is none
    if tail == text:
        return None
    sentence = _PROSE_END.split(tail.strip().partition("\n")[0])[0]
    return sentence.strip(" \t*") or None


def _last_boxed(text: str) -> str | None:
    r"""Content of the complete ``\boxed{…}`` that opens last; braces may nest. One pass, always."""
    opened: list[int] = []  # where each open brace's content starts; negative for a brace without \boxed
    last = (-1, -1)
    for part in _BOX_PARTS.finditer(text):
        token = part.group()
        if token == "}":
            if opened and (start := opened.pop()) > last[0]:
                last = (start, part.start())
        elif token.endswith("{") and len(token) != 2:  # a bare { or \boxed{, but not an escaped \{
            opened.append(-1 if token == "{" else part.end())
    return text[slice(*last)] if last[0] >= 0 else None


def same_answer(gold: str | int | float | None, answer: str | None) -> bool | None:
    r"""Is `answer` the same as `gold`? True, False, or None when the gold itself cannot be read.

    Exact for integers, decimals, fractions, mixed numbers, powers of ten, thousands separators, signs,
    percent and currency; a currency may be missing on one side, any other unit may not. A chain such as
    ``4=5`` is no answer (``x = 5`` is). Everything else goes to math-verify, the gold first, within limits on
    length, nesting and powers.

    >>> same_answer("1,234", "1234.0")
    True
    >>> same_answer("5", "4=5")
    False
    """
    if isinstance(gold, int | float) and math.isfinite(gold) and abs(gold) < 10**300:
        gold = repr(gold)
    if not isinstance(gold, str):
        return None
    return _verdict(gold, answer)


@lru_cache(maxsize=4096)
def _verdict(gold: str, answer: str | None) -> bool | None:
    if len(gold) > MAX_CHARS:
        return None
    gold_name, gold = _named(_clean(gold))
    exact = number(gold)
    if exact is None and not verifier.readable(gold):
        return None
    if answer is None or len(answer) > MAX_CHARS:
        return False
    name, answer = _named(_clean(answer))
    if name and gold_name and name != gold_name:
        return False
    found = number(answer)
    if exact and found:
        return exact[1] == found[1] and (exact[0] == found[0] or not (exact[0] and found[0]))
    return verifier.agrees(gold, answer)


_DIGIT_LIKE = str.maketrans(
    {"−": "-", "–": "-", "‐": "-", "‑": "-", "﹣": "-", "－": "-", "＋": "+", "，": ",", "．": ".", "／": "/"}
    | {"⁄": "/", "％": "%", "＄": "$", "²": "^2", "³": "^3", "\u00a0": "~", "\u2009": "~", "\u202f": "~"}
)
_SPELLINGS = [
    (re.compile(r",\\!"), ","),
    (re.compile(r"(?<=\d)(?:\\,|\{,\}|~)(?=\d{3}(?!\d))"), ","),
    (re.compile(r"\\[,;: ]|~|\\quad"), " "),
    (re.compile(r"\\!|\\left(?![a-z])|\\right(?![a-z])"), ""),
    (re.compile(r"\\[dtc]frac(?![a-z])"), r"\\frac"),
    (re.compile(r"\\(?:text|textbf|mathrm|mbox)\s*\{([^{}]*)\}"), r" \1 "),
    (re.compile(r"\\([$%])"), r"\1"),
]
_WRAPPERS = [(r"\(", r"\)"), (r"\[", r"\]"), (r"\boxed{", "}"), ("**", "**"), ("$$", "$$"), ("$", "$")]


def _clean(text: str) -> str:
    """One spelling for what is written in many: digits of all alphabets, signs, thousands, wrappers."""
    text = "".join(map(_plain, text[: MAX_CHARS + 1])).translate(_DIGIT_LIKE).strip()
    for _ in range(4):  # $\boxed{72}$. has three coats; nobody honest wears more than four
        text = text.rstrip(". \n\t") if not text.endswith("...") else text
        for left, right in _WRAPPERS:
            if text.startswith(left) and text.endswith(right) and len(text) > len(left) + len(right):
                text = text[len(left) : -len(right)].strip()
                break
    for pattern, plain in _SPELLINGS:
        text = pattern.sub(plain, text)
    return " ".join(text.split())


def _plain(char: str) -> str:
    """ASCII for a digit of any alphabet and for fractions such as ½; other characters as they are."""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if unicodedata.decomposition(char).startswith("<fraction>"):
        return " " + unicodedata.normalize("NFKC", char)
    return char


def _named(text: str) -> tuple[str, str]:
    """Split ``x = 5`` into ("x", "5"); without a single letter in front, the name is empty."""
    match = re.fullmatch(r"([A-Za-z])\s*=\s*([^=]+)", text)
    return (match[1], match[2]) if match else ("", text)


_N = r"(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)"
_LATEX_FRACTION = re.compile(rf"\\frac\s*(?:\{{\s*([+-]?{_N})\s*\}}\s*\{{\s*({_N})\s*\}}|(\d)\s*(\d)(?!\d))")
_NUMBER = re.compile(
    rf"([+-]?)\s*([$€£]?)\s*([+-]?)\s*(?:"
    rf"(?P<whole>\d+)\s+(?P<part>\d+)\s*/\s*(?P<of>\d+)"
    rf"|(?P<top>{_N})\s*/\s*(?P<bottom>{_N})"
    rf"|(?P<plain>{_N})(?:(?:[eE]|\s*(?:\\times|\\cdot|×|\*)\s*10\s*\^)\s*\{{?\s*(?P<power>[+-]?\d{{1,5}})\s*\}}?)?"
    rf")\s*(%?)"
)


def number(text: str) -> tuple[str, Fraction] | None:
    r"""Read a cleaned `text` as (currency sign or "", exact value); None when it is not one plain number.

    >>> number("-$1,234.50")
    ('$', Fraction(-2469, 2))
    >>> number("4=5") is None
    True
    """
    text = _LATEX_FRACTION.sub(lambda m: f" {m[1] or m[3]}/{m[2] or m[4]}", text).strip()
    match = _NUMBER.fullmatch(text)
    if match is None or (match[1] and match[3]):
        return None
    value = _magnitude({name: text.replace(",", "") for name, text in match.groupdict(default="").items()})
    if value is None:
        return None
    value = -value if "-" in (match[1], match[3]) else value
    return match[2], value / 100 if match.group(match.re.groups) else value


def _magnitude(parts: dict[str, str]) -> Fraction | None:
    """The value of the pieces of `_NUMBER`; None for a zero below the line or an absurd power of ten."""
    if parts["plain"]:
        power = int(parts["power"] or 0)
        return Fraction(parts["plain"]) * Fraction(10) ** power if abs(power) <= MAX_POWER_OF_TEN else None
    whole = Fraction(parts["whole"] or 0)
    top, bottom = Fraction(parts["part"] or parts["top"]), Fraction(parts["of"] or parts["bottom"])
    if bottom == 0 or (parts["whole"] and top >= bottom):
        return None
    return whole + top / bottom

