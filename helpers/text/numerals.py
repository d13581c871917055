r"""Plain numbers and words, compared exactly (`fractions.Fraction`, no tolerance).

A plain number is an integer, a decimal (``.5``, ``0.\overline{3}``), a fraction, a mixed number, a power of
ten (``1e3``, ``1.5 \times 10^{3}``), one power (``2^{10}``) or one square root that comes out even
(``\sqrt{16}``); with a sign, thousands in groups of three (a comma or a space between them) and a unit.
Decimal commas (``0,5``) are not guessed. Nothing is worked out: ``27 + 45`` is no number, because it is
the task and not its answer.
"""

import math
import re
from fractions import Fraction
from functools import lru_cache

MAX_POWER_OF_TEN = 1000  # 1e3 is a number; 1e999999999 is an attack
MAX_BITS = 20_000  # of a power that is worked out

Quantity = tuple[Fraction, str]  # a value and its unit; "" for a bare number

_N = r"(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,3}(?: \d{3})+(?![\d/]|\s*/)|\d+)(?:\.\d*)?|\.\d+)"
_SIGNED = rf"[+-]?\s*{_N}"
_FRACTION = re.compile(  # \frac{1}{2}, \frac12, \frac{11}2, \frac1{22}
    rf"\\frac\s*(?:\{{\s*({_SIGNED})\s*\}}|(\d))\s*(?:\{{\s*({_SIGNED})\s*\}}|(\d)(?!\d))"
)
_NUMBER = re.compile(
    rf"(?P<sign>[+-]?)\s*(?P<money>(?:US)?[$€£¥₹]|USD|EUR|GBP)?\s*(?P<sign2>[+-]?)\s*(?:"
    rf"(?P<whole>\d+)\s+(?P<part>\d+)\s*/\s*(?P<of>\d+)"
    rf"|(?P<top>{_SIGNED})\s*/\s*(?P<bottom>{_SIGNED})"
    rf"|\\sqrt\s*\{{\s*(?P<square>{_N})\s*\}}"
    rf"|(?P<head>\d*\.\d*)\\overline\s*\{{(?P<cycle>\d+)\}}"
    rf"|(?P<plain>{_N})(?:(?:[eE]|\s*(?:\\times|\\cdot|[*xX])\s*10\s*\^)\s*[{{(]?\s*(?P<power>[+-]?\d{{1,5}})\s*[)}}]?"
    rf"|\s*\^\s*[{{(]?\s*(?P<exponent>[+-]?\d{{1,5}})\s*[)}}]?)?"
    rf")(?P<unit>[^\d.].*)?",
    re.ASCII,
)
_UNIT = re.compile(r"([A-Za-z]+)\.?(?:(?:\s*/\s*|\s+)[A-Za-z]+\.?){0,3}(?:\s*\^\s*\{?\s*[23]\s*\}?)?")
_SHORT = set(re.findall(r"\w+", "m g s h L l cm mm km kg mg ml mL dm lb oz ft in yd mi hr am pm AM PM Hz"))
_NO_UNIT = set(re.findall(r"\w+", "and or not sin cos tan log exp min max mod gcd lcm"))
_SAME_UNIT = {"percent": "%", "per cent": "%", "pct": "%", "degree": "°", "deg": "°", "AM": "am", "PM": "pm"}
_SAME_UNIT |= {
    "dollar": "$",
    "usd": "$",
    "USD": "$",
    "euro": "€",
    "EUR": "€",
    "GBP": "£",
    "yen": "¥",
    "JPY": "¥",
}
_SAME_UNIT |= {"rupee": "₹", "INR": "₹"}
_MAY_BE_MISSING = {"", "%", "$", "€", "£", "¥", "₹"}  # 9% is 0.09; $18 may be written 18

_NAME = r"[A-Za-z](?:_\{?\w{1,3}\}?)?'?(?:\([a-z]\))?|\\(?:theta|alpha|beta|gamma|lambda|phi)(?![A-Za-z])"
_NAMED = re.compile(rf"(?:({_NAME})\s*)?(?:=|\\in(?![a-z]))\s*([^=]+)")
_LABEL = re.compile(
    r"[A-Z]{2,5}|[A-Za-z]|\d+_\{?\d+\}?|\d+(?:\.\d+)?(?:\s*:\s*\d+(?:\.\d+)?)+\s*(?:[apAP]\.?[mM]\.?)?"
)
_WORDS = re.compile(r"(?:\([A-Z]\) )?[^\W_](?:(?:[^\W_]|[ .,:'()/-]){0,58}(?:[^\W_]|\)))?")
_BETWEEN = re.compile(r"\d\s+(?!(?:or|ln|lg)\b)[A-Za-z]{2}\s+\d")  # 3 to 1, 3 ft 2 in: the order counts


def named(text: str) -> tuple[str, str]:
    r"""Split ``x = 5`` into ("x", "5"); without a single name in front, the name is empty.

    >>> named("x = 5"), named("4=5")
    (('x', '5'), ('', '4=5'))
    """
    match = _NAMED.fullmatch(text)
    return (match[1] or "", match[2]) if match else ("", text)


@lru_cache(maxsize=8192)  # a gold is read once
def number(text: str) -> Quantity | None:
    r"""Read a cleaned `text` as (exact value, unit); None when it is not one plain number.

    >>> number("-$1,234.50"), number("10 cm"), number("9%")
    ((Fraction(-2469, 2), '$'), (Fraction(10, 1), 'cm'), (Fraction(9, 100), '%'))
    >>> number("4=5") is None
    True
    """
    if text[:1] + text[-1:] in ("()", "{}"):
        text = text[1:-1]
    if "\\frac" in text:
        text = _FRACTION.sub(lambda m: f" {m[1] or m[2]}/{m[3] or m[4]}", text).strip()
    match = _NUMBER.fullmatch(text)
    if match is None or (match["sign"] and match["sign2"]):
        return None
    parts = match.groupdict(default="")
    unit = _unit(parts["unit"].strip(), parts["money"])
    if unit is None:
        return None
    value = _magnitude(parts)
    if value is None:
        return None
    value = -value if "-" in (match["sign"], match["sign2"]) else value
    return (value / 100 if unit == "%" else value), unit


def _unit(text: str, money: str) -> str | None:
    """One spelling for a unit (hours is hour, dollars is $, cm^{2} is cm^2); None for what is no unit."""
    money = _SAME_UNIT.get(money, money[-1:])
    if not text:
        return money
    if text in _MAY_BE_MISSING or text == "°":
        return text if money in ("", text) else None
    match = _UNIT.fullmatch(text)
    if match is None or match[1].lower() in _NO_UNIT or (len(match[1]) < 3 and match[1] not in _SHORT):
        return None
    words = re.sub(r"[{}.]|(?<=/) | (?=[/^])|(?<=\^) ", "", text).split()
    unit = " ".join(_singular(word) for word in words)
    unit = _SAME_UNIT.get(unit, unit)
    return unit if money in ("", unit) else f"{money} {unit}"


def _singular(word: str) -> str:
    """Hours are an hour, inches an inch; short signs such as ms and Hz stay as they are."""
    return re.sub(r"(?<=ch)es$|(?<=sh)es$|s$", "", word.lower()) if len(word) > 3 else word


def _magnitude(parts: dict[str, str]) -> Fraction | None:
    """The value of the pieces of `_NUMBER`; None for a zero below the line and for what is too large."""
    if parts["plain"]:
        value = _value(parts["plain"])
        if parts["exponent"]:
            return _power(value, int(parts["exponent"]))
        power = int(parts["power"] or 0)
        if abs(power) > MAX_POWER_OF_TEN:
            return None
        return value * Fraction(10) ** power if power else value
    if parts["square"]:
        return _root(_value(parts["square"]))
    if parts["cycle"]:
        head, cycle = parts["head"], parts["cycle"]
        shift = Fraction(1, 10 ** len(head.partition(".")[2]))
        return Fraction(head.removesuffix(".") or 0) + shift * Fraction(int(cycle), 10 ** len(cycle) - 1)
    whole = _value(parts["whole"] or "0")
    top, bottom = _value(parts["part"] or parts["top"]), _value(parts["of"] or parts["bottom"])
    if bottom == 0 or (parts["whole"] and top >= bottom):
        return None
    return whole + top / bottom


def _value(text: str) -> Fraction:
    """Of digits with a sign, thousands and a point, as `_N` reads them."""
    text = text.replace(",", "").replace(" ", "")
    return Fraction(int(text)) if text.isdecimal() else Fraction(text)


def _power(base: Fraction, exponent: int) -> Fraction | None:
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    return base**exponent if base and size * abs(exponent) <= MAX_BITS else None


def _root(square: Fraction) -> Fraction | None:
    root = Fraction(math.isqrt(square.numerator), math.isqrt(square.denominator))
    return root if root**2 == square else None


def words(text: str) -> str | None:
    """A word, a name, a choice such as (B), a ratio or a time in one spelling; None when it is maths.

    Words compare without case, one letter with it: x is not X.

    >>> words("Monday"), words("(B)"), words("3 : 4"), words("2x")
    ('monday', 'B', '3:4', None)
    """
    text = re.sub(r"^\(\s*([A-Za-z])\s*\)$", r"\1", text)
    if text.lower() in ("yes", "no"):
        return text.lower()
    if _LABEL.fullmatch(text):
        return text if text.isalpha() else re.sub(r"[\s{}]|(?<=m)\.$|(?<=[apAP])\.", "", text).lower()
    tokens = [token for token in re.findall(r"[^\W\d_]+", text) if token.lower() not in _NO_UNIT]
    spoken = any(len(token) > 2 or not token.isascii() for token in tokens) or re.match(r"\([A-Z]\) ", text)
    spoken = spoken or _BETWEEN.search(text)
    if not spoken or len(tokens) > 4 or not _WORDS.fullmatch(text):
        return None
    return re.sub(r"[.,\s]+", " ", text).strip().casefold()


def decide(gold: str, answer: str) -> bool | None:
    """Are the cleaned texts the same plain number or the same words? None when that takes mathematics.

    Against a plain number or words only the same counts. A currency or percent sign may be missing on one
    side ($18 and 18, 9% and 0.09), any other unit may not.
    """
    (gold_name, gold), (name, answer) = named(gold), named(answer)
    exact = number(gold)
    said = words(gold) if exact is None else None
    if exact is None and said is None:
        return None
    if name and gold_name and name != gold_name:
        return False
    if exact is None:
        return said == words(answer)
    found = number(answer)
    return found is not None and exact[0] == found[0] and _units_agree(exact[1], found[1])


def _units_agree(one: str, other: str) -> bool:
    return one == other or ("" in (one, other) and {one, other} <= _MAY_BE_MISSING)
