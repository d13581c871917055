"""What kind of problem a maths row is: read off its text and its gold solution. Standard library only.

Meant for the workbook's own problems: how many numbers the text gives says how many steps there are, the
signs of the worked solution say which. (A worked step may itself be split, tens first and then ones, so
counting equations alone would not do.) What fits none of the ten kinds, such as three steps, is OTHER.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

OTHER = "other"
_KINDS = {
    (2, "+"): "a + b", (2, "-"): "a - b", (2, "×+"): "a × b", (2, "×"): "a × b",
    (3, "+"): "a + b + c", (3, "+-"): "a + b - c", (3, "-"): "a - b - c",
    (3, "×+"): "a × b + c", (3, "×-"): "a - b × c", (3, "+×"): "(a + b) × c", (3, "+÷"): "(a + b) ÷ c",
}  # fmt: skip


def kind_of(problem: str, solution: str) -> str:
    """The kind of a problem, as a formula, or OTHER.

    >>> kind_of("Mia has 30 nuts and eats 12. How many are left?", r"30 - 10 = 20. 20 - 2 = 18. \\boxed{18}")
    'a - b'
    """
    numbers = len(re.findall(r"\d[\d,.]*\d|\d", problem))
    signs = "".join(dict.fromkeys(re.findall(r"(?<=\d) ([+×÷-]) (?=\d)", solution)))
    return _KINDS.get((numbers, signs), OTHER)


def equations(solution: str) -> int:
    """How many equations a worked solution has: its length in steps."""
    return solution.count("=")


def by_group(groups: Sequence[str], values: Iterable[float | None]) -> dict[str, float]:
    """The mean of the values of each group, in the order of the groups' names; None is left out."""
    found: dict[str, list[float]] = {name: [] for name in sorted(set(groups))}
    for name, value in zip(groups, values, strict=True):
        if value is not None:
            found[name].append(value)
    return {name: sum(each) / len(each) for name, each in found.items() if each}
