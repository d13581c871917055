r"""What may reach math-verify: short, flat, of known commands, without towers of powers."""

import math
import re

from helpers.text.numerals import number, words
from helpers.verifier.shapes import leaves

MAX_CHARS = 200
MAX_NESTING = 12
MAX_EXPONENT = 1000  # of a number or a letter
MAX_SUM_EXPONENT = 40  # of a bracket with a letter in it: (x+1)^{1000} has a thousand terms
MAX_LEAVES = 16

_CHARACTERS = re.compile(r"[0-9A-Za-z\s+\-*/^(){}\[\],.|=<>!'\\_]*")
_NOT_MATHS = re.compile(r"\d\s+\d|(?<![\\A-Za-z])[A-Za-z]{4}|(?:(?<![\\A-Za-z])[A-Za-z]{2,}\b.*){3}")
_EXPONENT = re.compile(
    r"\^\s*(\{(?:[^{}]|\{[^{}]*\})*\}|\([^()]*\)|\\[a-zA-Z]+|[+-]?\d+(?![\d^]|\s\^)|[^\s{(\d](?!\s*\^))"
)
_TOWER = re.compile(r"(?<=\^)\{(\d{1,2})\^\{?(\d{1,2})\}?\}")  # the exponent of 2^{2^5}
_COMMANDS = set(
    re.findall(
        r"\w+",
        r"""
    frac sqrt pi cdot times div infty cup cap ln log sin cos tan sec csc cot arcsin arccos arctan mp binom
    le leq ge geq ne neq lt gt in theta alpha beta gamma lambda phi mathbb emptyset overline lfloor rfloor
""",
    )
)
_FACTORIAL = re.compile(r"!|\\binom")
_SHAPES = re.compile(r"\\(?:[{}]|pm(?![A-Za-z])|(?:begin|end)\{[pb]?matrix\}|\\)|[&,;]")


def harmless(text: str) -> bool:
    """Can nothing in `text` run for long? Checked on the text alone, before anything parses it.

    >>> harmless(r"2\\sqrt{3}"), harmless("9^{9^{9}}"), harmless("We see that the claim holds.")
    (True, False, False)
    """
    if not text or len(text) > MAX_CHARS:
        return False
    entries = list(leaves(text))
    return len(entries) <= MAX_LEAVES and all(_harmless(entry) for entry in entries)


def _harmless(text: str) -> bool:
    if number(text) or words(text) is not None:
        return True
    if not text or not _CHARACTERS.fullmatch(text) or _NOT_MATHS.search(text):
        return False
    if not set(re.findall(r"\\([A-Za-z]+)", text)) <= _COMMANDS or re.search(r"\\(?![A-Za-z{}])", text):
        return False
    if _FACTORIAL.search(text) and (max(map(len, re.findall(r"\d+", text)), default=0) > 3 or "!!" in text):
        return False
    return _nesting(text) <= MAX_NESTING and _powers_are_small(text)


def _nesting(text: str) -> float:
    """Deepest level of brackets of any kind; infinite when curly ones do not match."""
    depth = deepest = curly = 0
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        curly += (char == "{") - (char == "}")
        deepest = max(deepest, depth)
        if curly < 0:
            return math.inf
    return deepest if curly == 0 else math.inf


def _powers_are_small(text: str) -> bool:
    """No power in a power but small ones; an exponent, or the product of stacked ones, has a limit."""
    text = _TOWER.sub(lambda match: f"{{{int(match[1]) ** int(match[2])}}}", text)
    exponents = _EXPONENT.findall(text)
    if len(exponents) != text.count("^") or any("^" in exponent or "!" in exponent for exponent in exponents):
        return False
    numbers = [re.findall(r"\d+", exponent) for exponent in exponents]
    sizes = [math.prod(int(digits[:9]) or 1 for digits in found) for found in numbers]
    if not re.search(r"[)}\]!]\s*\^", text):
        return max(sizes, default=1) <= MAX_EXPONENT
    letters = re.search(r"(?<![\\A-Za-z])[A-Za-z]", text)
    return math.prod(sizes) <= (MAX_SUM_EXPONENT if letters else MAX_EXPONENT)
