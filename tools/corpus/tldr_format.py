"""Read the plain-text notation in which the situations of the forum posts are written.

A situation is a block of lines; blank lines separate blocks:

    key: borrow                       its name
    sub: advice, lending              subreddits
    rel: friend, brother/sister       who the other person is (he/she forms after a slash)
    mood: cross                       a group of moods in tldr_words
    obj: bike, tent                   any other key is a slot with its fillings
    title: My {rel} kept my {obj}     title, tiny, short, core, more: texts, split by " / "
    - one beat / another wording      the story, in order
    ? an aside                        may stand anywhere after the first beat

`[a|b]` inside a text means either wording.
"""

import re
from dataclasses import dataclass
from itertools import product

TEXTS = ("title", "tiny", "short", "core", "more")


@dataclass(frozen=True)
class Situation:
    """One situation: its slots with their fillings, and every wording of every text."""

    key: str
    subs: tuple[str, ...]
    rels: tuple[str, ...]
    mood: str
    slots: tuple[tuple[str, tuple[str, ...]], ...]
    beats: tuple[tuple[str, ...], ...]
    asides: tuple[str, ...]
    texts: dict[str, tuple[str, ...]]
    has_place: bool


def expand(text: str) -> tuple[str, ...]:
    """Every wording of `text`: alternatives split by " / ", and each `[a|b]` written out."""
    wordings = []
    for alternative in text.split(" / "):
        pieces = re.split(r"\[([^\]]*)\]", alternative.strip())
        choices = [piece.split("|") if i % 2 else [piece] for i, piece in enumerate(pieces)]
        wordings += ["".join(chosen) for chosen in product(*choices)]
    return tuple(wordings)


def read_situation(block: str) -> Situation:
    """Read one block; a line that is no "name: text", "- beat" or "? aside" raises ValueError."""
    values: dict[str, str] = {}
    texts: dict[str, tuple[str, ...]] = dict.fromkeys(TEXTS, ())
    beats, asides = [], []
    for line in block.strip().splitlines():
        if line.startswith("- "):
            beats.append(expand(line[2:]))
        elif line.startswith("? "):
            asides += expand(line[2:])
        elif ": " not in line:
            raise ValueError(f"cannot read the line {line!r}: write 'name: text', '- beat' or '? aside'")
        else:
            name, text = line.split(": ", 1)
            if name in TEXTS:
                texts[name] += expand(text)
            elif name in values:
                raise ValueError(
                    f"{name!r} stands twice in the situation {values.get('key')!r}: keep one of them"
                )
            else:
                values[name] = text
    own = {name: tuple(text.split(", ")) for name, text in values.items()}
    slots = tuple((n, v) for n, v in own.items() if n not in ("key", "sub", "rel", "mood"))
    has_place = any(all("{town}" in wording for wording in beat) for beat in beats)
    return Situation(
        values["key"],
        own["sub"],
        own["rel"],
        values["mood"],
        slots,
        tuple(beats),
        tuple(asides),
        texts,
        has_place,
    )


def read_situations(*pages: str) -> tuple[Situation, ...]:
    """Read every block of the given texts."""
    return tuple(read_situation(b) for page in pages for b in page.strip().split("\n\n"))
