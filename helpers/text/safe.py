"""Anyone's text as a terminal may print it: nothing in it moves the cursor, colours or rings."""

from __future__ import annotations

import re

SHOWN = 2000  # characters of anyone's text on a page
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # tabs and line ends are none of them


def printable(text: str, limit: int | None = None) -> str:
    """The text with its control characters written out, cut to `limit` characters.

    >>> printable("a" + chr(27) + "[31mred")
    'a\\\\x1b[31mred'
    """
    cut = limit is not None and len(text) > limit
    text = text[: limit - 1] if cut else text
    return CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text) + "…" * cut
