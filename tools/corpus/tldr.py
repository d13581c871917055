"""Forum posts with reference summaries of five lengths, from facts drawn at random.

The facts of a post (situation, person, place, objects, mood ...) decide, through a hash, which
part of the data may use them. So no two parts share a combination of facts, whatever the seed.
"""

import random
import re
from dataclasses import dataclass

from . import (
    tldr_situations_far,
    tldr_situations_home,
    tldr_situations_leisure,
    tldr_situations_work,
    tldr_words,
)
from .split import PARTS, part_of
from .tldr_format import Situation, read_situations
from .tldr_words import Words

NEAR = read_situations(tldr_situations_home.PAGE, tldr_situations_work.PAGE, tldr_situations_leisure.PAGE)
FAR = read_situations(tldr_situations_far.PAGE)

POST_WORDS = (60, 120)
LENGTHS = {"tiny": (10, 25), "short": (25, 45), "medium": (42, 62), "long": (80, 120), "full": (130, 200)}
SHARES = {"tiny": 0.06, "short": 0.24, "medium": 0.30, "long": 0.25, "full": 0.15}
SENTENCE_START = re.compile(r"(?:^|[.?!] )[a-z]")
PRONOUNS = {
    "he": {"he": "he", "He": "He", "him": "him", "his": "his", "His": "His"},
    "she": {"he": "she", "He": "She", "him": "her", "his": "her", "His": "Her"},
}


@dataclass(frozen=True)
class Post:
    """A post: the prompt up to "TL;DR:", a summary for each level in LENGTHS, and its facts."""

    prompt: str
    summaries: dict[str, str]
    facts: tuple[str, ...]


class _Filling(dict):
    """Slot values; `{a_obj}` is the value of `obj` with its article."""

    def __missing__(self, name: str) -> str:
        value = self[name.removeprefix("a_")] if name.startswith("a_") else None
        if value is None:
            raise KeyError(name)
        return ("an " if value[0] in "aeio" else "a ") + value


def generate(rng: random.Random, part: str, far: bool = False) -> Post:
    """Draw a post of `part`; with `far`, one of the situations, names and places kept for the far test."""
    if part not in PARTS:
        raise ValueError(f"unknown part {part!r}: choose one of {', '.join(PARTS)}")
    words, situations = (tldr_words.FAR, FAR) if far else (tldr_words.NEAR, NEAR)
    while True:
        situation = _choice(rng, situations)
        filling = _draw(rng, situation, words)
        facts = (situation.key, *(v for k, v in filling.items() if k not in PRONOUNS["he"]))
        if not far and part_of(facts) != part:
            continue
        body = _body(rng, situation, words, filling)
        summaries = _summaries(rng, situation, filling)
        if body and summaries:
            title = _write(filling, _choice(rng, situation.texts["title"]))
            sub = _choice(rng, situation.subs)
            return Post(f"SUBREDDIT: r/{sub}\nTITLE: {title}\nPOST: {body}\nTL;DR:", summaries, facts)


def reference(post: Post, rng: random.Random) -> str:
    """The summary a person might have left: its level drawn with the shares in SHARES."""
    return post.summaries[rng.choices(tuple(SHARES), tuple(SHARES.values()))[0]]


def _write(filling: _Filling, *texts: str) -> str:
    """The texts as one line: slots filled, every sentence with its capital."""
    line = " ".join(text for text in texts if text).format_map(filling)
    return SENTENCE_START.sub(lambda match: match[0].upper(), line)


def _choice(rng: random.Random, items: tuple):
    return items[int(rng.random() * len(items))]


def _draw(rng: random.Random, situation: Situation, words: Words) -> _Filling:
    """Fill every slot of the situation."""
    name, pronoun = _choice(rng, words.names)
    rel = _choice(rng, situation.rels).split("/")[-1 if pronoun == "she" else 0]
    filling = _Filling(
        PRONOUNS[pronoun],
        rel=rel,
        n=name,
        town=_choice(rng, words.towns),
        dur=_choice(rng, tldr_words.DURATIONS),
        mood=_choice(rng, tldr_words.MOODS[situation.mood]),
    )
    for slot, values in situation.slots:
        value = _choice(rng, values)
        filling[slot] = value.format_map(filling) if "{" in value else value
    return filling


def _body(rng: random.Random, situation: Situation, words: Words, filling: _Filling) -> str | None:
    """The text of the post, or None where it is shorter or longer than POST_WORDS."""
    sentences = [_choice(rng, beat) for beat in situation.beats]
    if not situation.has_place:
        sentences.insert(_choice(rng, (0, 1, 1)), _choice(rng, tldr_words.PLACES))
    if rng.random() < 0.5 and situation.asides:
        sentences.insert(2 + int(rng.random() * (len(sentences) - 1)), _choice(rng, situation.asides))
    feeling, opening = _choice(rng, tldr_words.FEELINGS), _choice(rng, words.openings)
    sentences.insert(_choice(rng, (len(sentences), len(sentences), len(sentences) - 1)), feeling)
    sentences += [_choice(rng, tldr_words.QUESTIONS), _choice(rng, tldr_words.THANKS)]
    body = _write(filling, opening, *sentences)
    return body if POST_WORDS[0] <= body.count(" ") + 1 <= POST_WORDS[1] else None


def _summaries(rng: random.Random, situation: Situation, filling: _Filling) -> dict[str, str] | None:
    """A summary for each level, or None where some level has no wording of the right length."""
    texts = situation.texts
    asks, short_asks = tldr_words.ASKS, tldr_words.SHORT_ASKS
    forms = {
        "tiny": ((texts["tiny"],),),
        "short": ((texts["short"],),),
        "medium": ((texts["core"],), (texts["core"],), (texts["core"],), (texts["tiny"], short_asks)),
        "long": ((texts["core"], texts["more"]), (texts["core"], short_asks), (texts["short"], asks)),
        "full": ((texts["core"], texts["more"], asks),),
    }
    summaries = {}
    for level, (low, high) in LENGTHS.items():
        for _ in range(12):
            text = _write(filling, *[_choice(rng, pool) for pool in _choice(rng, forms[level])])
            if low <= len(text) <= high:
                summaries[level] = text
                break
        else:
            return None
    return summaries
