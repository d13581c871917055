r"""math-verify behind guards: it judges LaTeX, and only what is short, flat and harmless reaches it.

Why guards: the policy under GRPO tries everything. Called plainly, math-verify hangs on
``\boxed{9^{9^{9}}}``, pays for chains (``4=5`` for 5) and for near misses (``1/2^{98}`` for ``1/2^{99}``).
Its time limit uses SIGALRM, which works in the main thread only and clears an alarm that somebody else set;
so here the limits on the text come first, and the time limit is a second belt, worn only where it can do no
harm.
"""

import logging
import math
import os
import re
import signal
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

MAX_CHARS = 200
MAX_NESTING = 12
MAX_EXPONENT = 1000
SECONDS = 10  # time limit of one parse or one comparison, where a limit can be set

_CHARACTERS = re.compile(r"[0-9A-Za-z\s+\-*/^(){}\[\],.|=<>\\]*")
_NOT_MATHS = re.compile(r"\d\s+\d|\*\*|(?<![\\A-Za-z])[A-Za-z]{4}|(?:(?<![\\A-Za-z])[A-Za-z]{2,}\b.*){2}")
_EXPONENT = re.compile(r"\^\s*(\{(?:[^{}]|\{[^{}]*\})*\}|\\[a-zA-Z]+|[^\s{](?!\s*\^))")
_COMMANDS = set(re.findall(r"\w+", """
    frac sqrt pi cdot times div infty cup cap ln log sin cos tan sec csc cot arcsin arccos arctan pm mp
    le leq ge geq ne neq lt gt in theta alpha beta gamma lambda phi circ mathbb emptyset
"""))
_RELATION = re.compile(r"[=<>,]|\\(?:leq?|geq?|neq?|lt|gt|in)(?![a-zA-Z])")
_WORD = re.compile(r"[A-Za-z]{1,30}|\([A-Z]\)|\d+_\{?\d+\}?")  # Monday, a choice (B), a number in base two


def readable(text: str) -> bool:
    """Can this gold be compared at all? A word or a letter can; anything else must parse.

    >>> readable(r"2\\sqrt{3}"), readable("Monday")
    (True, True)
    >>> readable("We see that the claim holds.")
    False
    """
    return bool(_WORD.fullmatch(text)) or _parse(text) is not None


def agrees(gold: str, answer: str) -> bool:
    """Is the LaTeX `answer` equal to the LaTeX `gold`? False whenever the answer cannot be trusted.

    >>> agrees(r"2\\sqrt{3}", r"\\sqrt{12}")
    True
    >>> agrees(r"\\frac{1}{2^{99}}", r"\\frac{1}{2^{98}}")
    False
    """
    if _as_word(gold) == _as_word(answer):
        return True
    if _WORD.fullmatch(gold) or _RELATION.findall(gold) != _RELATION.findall(answer):
        return False
    left, right = _parse(gold), _parse(answer)
    if left is None or right is None:
        return False
    library = _library()
    return _guarded(lambda limit: library.equal(left, right, limit) and _close(left, right), default=False)


def _as_word(text: str) -> str:
    """Words compare without case, single letters with it (x is not X); a choice (A) is A."""
    text = re.sub(r"^\(([A-Z])\)$|_\{(\d+)\}$", lambda m: m[1] or f"_{m[2]}", text)
    return text.casefold() if len(text) > 1 and text.isalpha() else re.sub(r"(?<!\d) | (?!\d)", "", text)


def harmless(text: str) -> bool:
    """Short, flat, of known commands and without towers of powers: nothing in it can run for long."""
    if not text or len(text) > MAX_CHARS or not _CHARACTERS.fullmatch(text) or _NOT_MATHS.search(text):
        return False
    if not set(re.findall(r"\\([A-Za-z]+)", text)) <= _COMMANDS:
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
    """No power in a power; an exponent, or the product of stacked ones, is at most MAX_EXPONENT."""
    exponents = _EXPONENT.findall(text)
    if len(exponents) != text.count("^") or any("^" in exponent for exponent in exponents):
        return False
    numbers = [re.findall(r"\d+", exponent) for exponent in exponents]
    sizes = [math.prod(int(digits[:9]) or 1 for digits in found) for found in numbers]
    stacked = re.search(r"[)}\]]\s*\^", text)
    return (math.prod(sizes) if stacked else max(sizes, default=1)) <= MAX_EXPONENT


@lru_cache(maxsize=1024)
def _parse(text: str) -> Any | None:
    """The SymPy object that math-verify reads in `text`; None for what is refused, unreadable or 0/0."""
    if not harmless(text):
        return None
    found = _guarded(lambda seconds: _library().parse(text, seconds), default=[])
    if not found or isinstance(found[0], str):
        return None
    atoms = found[0].atoms() if hasattr(found[0], "atoms") else ()
    return None if any(type(atom).__name__ in ("NaN", "ComplexInfinity") for atom in atoms) else found[0]


def _close(left: Any, right: Any) -> bool:
    """math-verify rounds to six decimals, and 1/2**98 meets 1/2**99: compare constants to 12 digits."""
    if not all(getattr(side, "is_number", False) for side in (left, right)):
        return True
    difference, scale = abs(left.evalf(20) - right.evalf(20)), abs(left.evalf(20))
    return bool(difference <= scale * 1e-12)


class _Library:
    """math-verify, imported on first use (about a second): `import helpers.rewards` stays instant."""

    def __init__(self) -> None:
        from latex2sympy2_extended import NormalizationConfig
        from math_verify import LatexExtractionConfig, parse, verify

        logging.getLogger("math_verify").setLevel(logging.CRITICAL)  # it warns at each time limit
        keep_units = NormalizationConfig(units=False, malformed_operators=True, nits=True, boxed="none")
        self._config = [LatexExtractionConfig(boxed_match_priority=-1, normalization_config=keep_units)]
        self._parse, self._verify = parse, verify
        self.parse("x+1", None)  # builds the grammar, outside any time limit

    def parse(self, text: str, seconds: int | None) -> list[Any]:
        text = re.sub(r"(?<=\d),(?=\d)", ", ", text)  # 12,34 is a list of two; thousands took the exact path
        return self._parse(
            f"${text}$", extraction_config=self._config, fallback_mode="no_fallback", parsing_timeout=seconds
        )

    def equal(self, gold: Any, answer: Any, seconds: int | None) -> bool:
        return bool(self._verify(gold, answer, timeout_seconds=seconds))


@lru_cache(maxsize=1)
def _library() -> _Library:
    return _Library()


def _guarded(call: Callable[[int | None], Any], default: Any) -> Any:
    """Run `call(time limit)`; whatever goes wrong inside math-verify is `default`, never an exception."""
    from math_verify.errors import TimeoutException  # a BaseException, so `except Exception` misses it

    try:
        return call(_time_limit())
    except (Exception, TimeoutException):
        return default


def _time_limit() -> int | None:
    """SECONDS where SIGALRM is ours to use: POSIX, the main thread, and nobody else's alarm is ticking."""
    if os.name != "posix" or threading.current_thread() is not threading.main_thread():
        return None
    return None if signal.getitimer(signal.ITIMER_REAL)[0] else SECONDS
