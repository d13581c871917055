"""Terms of art: docs/glossary.md explains them, and the first use of each in a notebook links there.

The links are made when a notebook is built, so its source stays plain text. Headings, tables, code, links
that are there already, and what the ledger fills in are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

HEADING = re.compile(
    r"^### (?P<term>.+)\n(?P<note><!-- (?:also: (?P<also>.+)|no links: .+) -->\n)?", re.MULTILINE
)
# What prose is not: fenced code, the ledger's tables, comments, tags, code, links, headings, table rows.
NOT_PROSE = re.compile(
    r"```.*?```|<!-- ledger:.*?<!-- /ledger -->|<!--.*?-->|<details>.*?</details>|<[^>\n]+>|`[^`]*`"
    r"|!?\[[^\]]*\]\([^)]*\)|^#+ [^\n]*|^\|[^\n]*|\$[^$\n]+\$",
    re.DOTALL | re.MULTILINE,
)


def anchor(term: str) -> str:
    """The anchor that Markdown renderers give a heading: lower case, hyphens for spaces, no other signs."""
    return re.sub(r"[^\w -]", "", term.lower()).replace(" ", "-")


def terms(glossary: str) -> dict[str, str]:
    """Every word to link -> the anchor of its term, longest first. Terms marked "no links" are left out."""
    found = {}
    for match in HEADING.finditer(glossary):
        if match["note"] and not match["also"]:
            continue
        for word in [match["term"], *(match["also"] or "").split(", ")]:
            if word:
                found[word] = anchor(match["term"])
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


def linked(texts: Sequence[str], glossary: str, place: str) -> list[str]:
    """The Markdown texts of one notebook, in order; each term's first use links to `place`#anchor."""
    words, seen = terms(glossary), set()
    by_case = {word if word != word.lower() else word.lower(): target for word, target in words.items()}
    either = "|".join(
        f"(?i:{re.escape(word)})" if word == word.lower() else re.escape(word) for word in words
    )
    pattern = re.compile(rf"(?<![\w/@-])(?:{either})(?![\w/@-])")

    def link(match: re.Match[str]) -> str:
        word = match[0]
        target = by_case.get(word) or by_case[word.lower()]
        if target in seen:
            return word
        seen.add(target)
        return f"[{word}]({place}#{target})"

    def prose(text: str) -> str:
        parts, at = [], 0
        for other in NOT_PROSE.finditer(text):
            parts += [pattern.sub(link, text[at : other.start()]), other[0]]
            at = other.end()
        return "".join([*parts, pattern.sub(link, text[at:])])

    return [prose(text) for text in texts]


def link_cells(cells: Sequence, glossary: Path, place: str) -> None:
    """Link the terms in a notebook's Markdown cells, in place, but for the badge and the title's cell."""
    pages = [cell for cell in cells if cell.cell_type == "markdown"][2:]
    sources = [cell.source for cell in pages]
    for cell, text in zip(pages, linked(sources, glossary.read_text(encoding="utf-8"), place), strict=True):
        cell.source = text
