"""What the doctor found: one finding a line in a shell, a table in a notebook, dicts for a machine."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from html import escape
from typing import Any, TypeVar

from helpers.errors import WorkbookError

LEVELS = ("ok", "yellow", "red")
COLOURS = {"ok": "#0072b2", "yellow": "#7d5800", "red": "#c0392b"}  # the word says it too
OPTIONS = "Give option=value to train(…), or in a shell --option option=value."
Found = TypeVar("Found")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. level: "ok", "yellow" (explains) or "red" (stops).

    measured: what was found, in words. fix: the change that mends it, where something is to be mended.
    """

    level: str
    what: str
    measured: str
    fix: str = ""

    @property
    def line(self) -> str:
        """All of it in one line."""
        return f"{self.level:<6}  {self.what:<15}  {self.measured}" + (
            f"  FIX: {self.fix}" if self.fix else ""
        )


@dataclass(frozen=True, repr=False)
class Report:
    """What the doctor found, the worst first. Prints as a table, and shows as one in a notebook."""

    title: str
    findings: tuple[Finding, ...]

    @property
    def level(self) -> str:
        """The worst level of all findings."""
        return max((finding.level for finding in self.findings), key=LEVELS.index, default="ok")

    @property
    def red(self) -> list[Finding]:
        """What stops: trained like this, it fails or learns nothing."""
        return [finding for finding in self.findings if finding.level == "red"]

    @property
    def yellow(self) -> list[Finding]:
        """What explains: it trains, but know this first."""
        return [finding for finding in self.findings if finding.level == "yellow"]

    @property
    def rows(self) -> list[dict[str, str]]:
        """The findings as dicts: level, what, measured, fix."""
        return [asdict(finding) for finding in self.findings]

    @property
    def verdict(self) -> str:
        """One sentence: is it worth starting?"""
        if self.red:
            return f"{len(self.red)} red: put that right first. {OPTIONS}"
        if self.yellow:
            return f"Nothing red, {len(self.yellow)} yellow: it can train; know this first. {OPTIONS}"
        return "Nothing red, nothing yellow: it can train."

    def __getitem__(self, what: str) -> Finding:
        """The first finding of that name, the worst of its name if there are several. KeyError for none."""
        named = [finding for finding in self.findings if finding.what == what]
        if not named:
            raise KeyError(
                f"the doctor did not look at {what!r}: choose from {[f.what for f in self.findings]}"
            )
        return max(named, key=lambda finding: LEVELS.index(finding.level))

    def __str__(self) -> str:
        return "\n".join([self.title, *(finding.line for finding in self.findings), self.verdict])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td style="color:{COLOURS[one.level]};font-weight:bold">{one.level}</td>'
            f'<td style="text-align:left;white-space:nowrap">{escape(one.what)}</td>'
            f'<td style="text-align:left">{escape(one.measured)}'
            + (f"<br><b>Fix:</b> {escape(one.fix)}" if one.fix else "")
            + "</td></tr>"
            for one in self.findings
        )
        page = f"<p><b>{escape(self.title)}</b></p><table>{rows}</table><p>{escape(self.verdict)}</p>"
        return f'<div class="mathjax_ignore tex2jax_ignore">{page}</div>'  # dollars are dollars


class Notes:
    """Findings as they come in."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def add(self, level: str, what: str, measured: str, fix: str = "") -> None:
        """One more finding."""
        self.findings.append(Finding(level, what, measured, fix))

    def attempt(self, what: str, step: Callable[..., Found], *words: Any) -> Found | None:
        """What the step gives back; None where it raises WorkbookError, and a red finding says so."""
        try:
            return step(*words)
        except WorkbookError as error:
            self.add("red", what, *in_two(str(error)))
            return None


def in_two(message: str) -> tuple[str, str]:
    """A WorkbookError's line as what is wrong and what to do: parted at its last ": " outside brackets.

    >>> in_two("column 'a' is missing (found: 'b'): rename it")
    ("column 'a' is missing (found: 'b')", 'rename it')
    """
    depth, cut = 0, None
    for match in re.finditer(r"[()]|: ", message):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if match[0] == ": " and not depth:
            cut = match.start()
    return (message, "") if cut is None else (message[:cut], message[cut + 2 :])
