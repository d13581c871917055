r"""From the text of a completion to a verdict: what is its final answer, and is it the right one?

`extract` looks in four places, in this order, and takes the *last* hit of the first place that has one:

1. ``<answer>72</answer>``    the format this workbook asks for (a complete pair of tags)
2. ``\boxed{72}``             how worked solutions in NuminaMath end
3. ``#### 72``                how worked solutions in GSM8K end
4. ``the answer is 72``       plain prose, up to the end of its sentence

What it finds may state an answer itself (``<answer>The answer is 72.</answer>``): it takes the words off.

`same_answer` compares plain numbers and words exactly (`helpers.text.numerals`), and leaves other maths to
math-verify, in processes that can be killed (`helpers.verifier`). Nothing in a completion is ever evaluated
as code.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from helpers.text.numerals import decide
from helpers.text.spelling import clean
from helpers.verifier.pool import POOL

MAX_CHARS = 400  # a longer "final answer" is not one
MAX_TEXT = 100_000  # characters of a completion that are searched, counted from its end

Gold = str | int | float | None

_BOX_PARTS = re.compile(r"\\boxed\s{0,9}\{|\\.|[{}]")
_HASHES = re.compile(r"####[ \t]*([^\s#][^\n]*)")
_PROSE = re.compile(r"\banswer(?:[ \t]+is\b|[ \t]*:)[ \t]*:?", re.IGNORECASE)
_PROSE_END = re.compile(r"[.;!?](?=\s|\*|$)|,(?=\s+[a-zA-Z])")
_COAT = re.compile(
    r"(?:[A-Za-z, \t]{0,60}\banswer(?:[ \t]+is\b|[ \t]*:)[ \t]*:?|####)(?!.*####)\s*", re.I | re.DOTALL
)
_WHOLE = re.compile(r"-?[0-9]{1,15}")


def extract(text: str) -> str | None:
    r"""Return the final answer that `text` states, stripped of spaces, or None when it states none.

    An empty ``<answer></answer>`` is None too: the model answered, and said nothing.

    >>> extract("<think>27 + 45 = 72.</think><answer>72</answer>")
    '72'
    >>> extract("27 + 45 = 72.") is None
    True
    """
    found = _stated(text[-MAX_TEXT:])
    return (_without_words(found) if found and not _WHOLE.fullmatch(found) else found) or None


def _stated(text: str) -> str | None:
    """The content of the first of the four places that `text` has; "" when that is empty."""
    for find in (_last_tagged, _last_boxed, _last_hashed, _last_in_prose):
        found = find(text)
        if found is not None:
            return found.strip()
    return None


def _without_words(found: str) -> str:
    r"""``72`` of ``The answer is 72``, ``#### 72`` and ``x = \boxed{72}.``, when nothing comes after it."""
    if found.count("\\boxed") == 1:
        box = _last_boxed(found)
        return box.strip() if box is not None and found.rstrip(" .$*)]\\\n").endswith(box + "}") else found
    return _COAT.sub("", found, count=1).strip() if _COAT.match(found) else found


def _last_tagged(text: str) -> str | None:
    """Content of the last complete pair of answer tags with no such tag inside."""
    start = text.rfind("<answer>", 0, max(text.rfind("</answer>"), 0))
    return None if start < 0 else text[start + len("<answer>") : text.find("</answer>", start)]


def _last_boxed(text: str) -> str | None:
    r"""Content of the complete ``\boxed{…}`` that opens last; braces may nest. One pass, always."""
    if "\\boxed" not in text:
        return None
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


def _last_hashed(text: str) -> str | None:
    hashes = _HASHES.findall(text) if "####" in text else []
    return hashes[-1] if hashes else None


def _last_in_prose(text: str) -> str | None:
    *before, tail = _PROSE.split(text)
    if not before:
        return None
    sentence = _PROSE_END.split(tail.strip().partition("\n")[0], maxsplit=1)[0]
    return sentence.strip(" \t*") or None


def same_answer(gold: Gold, answer: str | None) -> bool | None:
    r"""Is `answer` the same as `gold`? True, False, or None when the gold itself cannot be read.

    Plain numbers are compared exactly: integers, decimals, fractions, mixed numbers, powers of ten,
    thousands, percent, units. A currency sign may be missing on one side, any other unit may not. Against
    a plain number nothing else counts, neither a chain (``4=5``, ``5=5``) nor a sum (``27 + 45``): that is
    the task, and not its answer. Other maths goes to math-verify, the gold first, within limits on length,
    depth and time.

    >>> same_answer("1,234", "1234.0"), same_answer("5", "4=5"), same_answer("0/0", "5")
    (True, False, None)
    """
    return same_answers([gold], [answer])[0]


def same_answers(golds: Sequence[Gold], answers: Sequence[str | None]) -> list[bool | None]:
    """`same_answer` for a whole batch: what math-verify has to judge is judged side by side."""
    cases = [_case(gold, answer) for gold, answer in zip(golds, answers, strict=True)]
    verdicts = [case if isinstance(case, bool | None) else None for case in cases]
    maths = [(index, case) for index, case in enumerate(cases) if isinstance(case, tuple)]
    if maths:
        judged = POOL.judge([question for _, question in maths])
        for (index, _), verdict in zip(maths, judged, strict=True):
            verdicts[index] = verdict
    return verdicts


def _case(gold: Gold, answer: str | None) -> bool | tuple[str, str | None] | None:
    """The verdict where exact rules give one, else the (gold, answer) that math-verify must judge."""
    if isinstance(gold, int | float) and not isinstance(gold, bool) and abs(gold) < 10**300:
        gold = repr(gold + 0)
    if not isinstance(gold, str) or len(gold) > MAX_CHARS:
        return None
    if not isinstance(answer, str) or len(answer) > MAX_CHARS:
        answer = ""
    if _WHOLE.fullmatch(gold) and _WHOLE.fullmatch(answer):
        return int(gold) == int(answer)
    return _settled(gold, answer)


@lru_cache(maxsize=8192)
def _settled(gold: str, answer: str) -> bool | tuple[str, str | None]:
    gold, answer = _cleaned(gold), clean(answer)
    verdict = decide(gold, answer)
    return (gold, answer or None) if verdict is None else verdict


@lru_cache(maxsize=4096)
def _cleaned(gold: str) -> str:
    return clean(gold)
