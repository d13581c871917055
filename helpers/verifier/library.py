r"""What math-verify says about two texts, gold first. Runs in worker processes only: it may take for ever.

math-verify is asked about single expressions; lists and matrices are taken apart before (`shapes`), plain
numbers and words are compared exactly (`numerals`). Its answers are checked: the relations (=, <, …) must be
the gold's, no letter may be new, and constants must agree to 12 digits, because it rounds to six decimals.
"""

import re
from functools import lru_cache
from typing import Any

from latex2sympy2_extended import NormalizationConfig
from math_verify import LatexExtractionConfig, parse, verify
from math_verify.errors import TimeoutException

from helpers.text.numerals import decide, named, number, words
from helpers.verifier import shapes
from helpers.verifier.guards import harmless

WARM_UP = [(r"\frac{1}{2}+x^2", r"\sqrt{3}x-1"), ("25x+153+x^{2}", "(x+17)(x+9)")]

_KEEP_UNITS = NormalizationConfig(units=False, malformed_operators=True, nits=True, boxed="none")
_CONFIG = [LatexExtractionConfig(boxed_match_priority=-1, normalization_config=_KEEP_UNITS)]
_RELATIONS = {
    "=": r"=", "<": r"<|\\lt(?![a-z])|>|\\gt(?![a-z])", "≤": r"\\leq?(?![a-z])|\\geq?(?![a-z])",
    "≠": r"\\neq?(?![a-z])", "∈": r"\\in(?![a-z])",
}  # fmt: skip
_DESCENDING = re.compile(r"\s*(>|\\gt(?![a-z])|\\geq?(?![a-z]))\s*")
_LETTER = re.compile(r"(?<![\\A-Za-z])[A-Za-z]+")


def warm_up() -> None:
    """Build grammar and caches once, outside any time limit; about a third of a second."""
    for gold, answer in WARM_UP:
        agrees(gold, answer)


def readable(gold: str) -> bool:
    """Can this cleaned gold be compared at all?"""
    return harmless(gold) and all(_known(named(leaf)[1]) for leaf in shapes.leaves(gold))


def agrees(gold: str, answer: str) -> bool:
    """Is the cleaned `answer` the same as the readable `gold`? False whenever it cannot be trusted."""
    return harmless(answer) and shapes.same(_ascending(gold), _ascending(answer), _equal)


def _known(leaf: str) -> bool:
    return bool(number(leaf)) or words(leaf) is not None or _parse(leaf) is not None


def _ascending(text: str) -> str:
    r"""``5 > x \ge 1`` as ``1 \le x < 5``; everything else as it is."""
    pieces = _DESCENDING.split(text)
    if len(pieces) == 1 or re.search(r"<|\\l(?:t|eq?)(?![a-z])|=|,", text):
        return text
    signs = ["<" if sign in (">", r"\gt") else r"\le " for sign in pieces[1::2]]
    values = pieces[::2][::-1]
    return values[0] + "".join(
        f" {sign} {value}" for sign, value in zip(signs[::-1], values[1:], strict=True)
    )


@lru_cache(maxsize=4096)
def _equal(gold: str, answer: str) -> bool:
    settled = decide(gold, answer)
    if settled is not None:
        return settled
    (gold_name, gold_value), (name, value) = named(gold), named(answer)
    if gold_name and name and gold_name != name:
        return False
    if bool(name) != bool(gold_name) and not _relations(gold if name else answer):
        gold, answer = gold_value, value  # x = 5 and 5
    if _relations(gold) != _relations(answer) or not _letters(answer) <= _letters(gold):
        return False
    left, right = _parse(gold), _parse(answer)
    return left is not None and right is not None and _verified(left, right)


def _relations(text: str) -> list[int]:
    """How many relations of each kind stand in `text`: an answer must have those of the gold."""
    return [len(re.findall(pattern, text)) for pattern in _RELATIONS.values()]


def _letters(text: str) -> set[str]:
    """The letters of a text; math-verify takes X for x."""
    return set("".join(_LETTER.findall(text)))


@lru_cache(maxsize=1024)
def _parse(text: str) -> Any | None:
    """The SymPy object that math-verify reads in `text`; None for what is refused, unreadable or 0/0."""
    if not harmless(text):
        return None
    text = re.sub(r"(?<=\d),(?=\d)", ", ", text)  # 12,34 is a list of two
    try:
        found = parse(f"${text}$", _CONFIG, fallback_mode="no_fallback", parsing_timeout=None)
    except (Exception, TimeoutException):
        return None
    if not found or isinstance(found[0], str):
        return None
    atoms = found[0].atoms() if hasattr(found[0], "atoms") else ()
    return None if any(type(atom).__name__ in ("NaN", "ComplexInfinity") for atom in atoms) else found[0]


def _verified(gold: Any, answer: Any) -> bool:
    try:
        return bool(verify(gold, answer, timeout_seconds=None)) and _close(gold, answer)
    except (Exception, TimeoutException):
        return False


def _close(left: Any, right: Any) -> bool:
    """math-verify rounds to six decimals, and 1/2**98 meets 1/2**99: compare constants to 12 digits."""
    if not all(getattr(side, "is_number", False) for side in (left, right)):
        return True
    if left == right:
        return True  # infinity, too
    difference, scale = abs(left.evalf(20) - right.evalf(20)), abs(left.evalf(20))
    return bool(difference <= scale * 1e-12)
