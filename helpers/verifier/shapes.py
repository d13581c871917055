r"""Lists, pairs, intervals, sets and matrices, taken apart: the kind of a text and its entries.

math-verify takes ``(1,2)`` for an interval, ``5,5`` for the set of one number and ``1,2`` for a pair when
that suits it. Here brackets mean what they say, and each entry is compared by itself.
"""

import re
from collections.abc import Callable, Iterator

LEAF = ""  # one expression, nothing to take apart
LIST = "list"  # a list without brackets or a set: the order does not matter

_MATRIX = re.compile(r"\\begin\{([pb]?matrix)\}(.*)\\end\{\1\}")
_STEP = re.compile(r"\\[{}]|\\[A-Za-z]+|[()\[\]{},;]|(?<![A-Za-z])(?:and|or)(?![A-Za-z])|.", re.DOTALL)
_PLUS_MINUS = re.compile(r"\\pm(?![A-Za-z])")


def split(text: str) -> tuple[str, list[str]]:
    r"""The kind of `text` and its entries; a plain expression is (LEAF, [itself]).

    >>> split("(1, 2)"), split(r"\{1, 2\}"), split("[0, 1)")
    (('()', ['1', '2']), ('list', ['1', '2']), ('[)', ['0', '1']))
    >>> split(r"1 \pm x")
    ('list', ['1 + x', '1 - x'])
    """
    if matrix := _MATRIX.fullmatch(text):
        rows = [row.split("&") for row in re.split(r"\\\\", matrix[2]) if row.strip()]
        kind = "matrix " + " ".join(str(len(row)) for row in rows)
        return kind, [cell.strip() for row in rows for cell in row]
    entries = _entries(text)
    if len(entries) == 1:
        left, inside, right = _bracketed(text)
        entries = _entries(inside) if left else [text]
        if not all(entries):
            return LEAF, [text]
        if left == "{":
            return LIST, entries
        if len(entries) > 1:
            return left + right, entries
        if len(_PLUS_MINUS.findall(text)) == 1:
            return LIST, [_PLUS_MINUS.sub(sign, text).strip() for sign in "+-"]
        return LEAF, [text]
    return (LIST, entries) if all(entries) else (LEAF, [text])


def _entries(text: str) -> list[str]:
    """`text`, cut at the commas, semicolons, ands and ors that stand outside all brackets."""
    entries, depth = [""], 0
    for step in _STEP.findall(text):
        bracket = step[-1]
        depth += (bracket in "([{") - (bracket in ")]}")
        if depth == 0 and step in (",", ";", "and", "or"):
            entries.append("")
        else:
            entries[-1] += step
    return [entry.strip() for entry in entries]


def _bracketed(text: str) -> tuple[str, str, str]:
    r"""Split ``[0, 1)`` into bracket, inside, bracket; empty when `text` is not one pair of brackets."""
    match = re.fullmatch(r"(\(|\[|\\\{)(.*)(\)|\]|\\\})", text, re.DOTALL)
    if match is None:
        return "", text, ""
    depth = 0
    for char in match[2]:
        depth += (char in "([{") - (char in ")]}")
        if depth < 0:
            return "", text, ""
    return match[1][-1], match[2], match[3][-1]


def leaves(text: str, depth: int = 3) -> Iterator[str]:
    """The expressions in `text` when everything is taken apart, at most `depth` times."""
    kind, entries = split(text)
    if kind == LEAF or depth == 0:
        yield from entries
    else:
        for entry in entries:
            yield from leaves(entry, depth - 1)


def same(gold: str, answer: str, equal: Callable[[str, str], bool], depth: int = 3) -> bool:
    """Are the two of one kind, with entries that `equal` one another? In a LIST their order is free."""
    (gold_kind, golds), (kind, answers) = split(gold), split(answer)
    if gold_kind != kind or len(golds) != len(answers):
        return False
    if kind == LEAF or depth == 0:
        return equal(gold, answer)
    if kind != LIST:
        return all(same(*pair, equal, depth - 1) for pair in zip(golds, answers, strict=True))
    for one in golds:
        found = next((other for other in answers if same(one, other, equal, depth - 1)), None)
        if found is None:
            return False
        answers.remove(found)
    return True
