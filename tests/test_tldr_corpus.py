"""The generator of forum posts keeps its promises: lengths, disjoint facts, true summaries, clean English."""

import re
from random import Random

import pytest

from tools.corpus import tldr
from tools.corpus.split import PARTS, part_of
from tools.corpus.tldr_format import read_situation
from tools.corpus.tldr_words import FAR, NEAR


def draw(far: bool, n: int = 500) -> list[tldr.Post]:
    rng = Random(7)
    return [tldr.generate(rng, PARTS[i % len(PARTS)], far) for i in range(n)]


POSTS = {far: draw(far) for far in (False, True)}
both = pytest.mark.parametrize("far", [False, True], ids=["near", "far"])


def body(post: tldr.Post) -> str:
    return post.prompt.split("\nPOST: ")[1].removesuffix("\nTL;DR:")


def texts(post: tldr.Post) -> list[str]:
    return [post.prompt, *post.summaries.values()]


@both
def test_posts_have_the_layout_and_60_to_120_words(far: bool) -> None:
    for post in POSTS[far]:
        layout = r"SUBREDDIT: r/\S+\nTITLE: [^\n]+\nPOST: [^\n]+\nTL;DR:"
        assert re.fullmatch(layout, post.prompt), post.prompt
        assert 60 <= len(body(post).split()) <= 120


@both
def test_summaries_have_the_lengths_of_their_levels(far: bool) -> None:
    for post in POSTS[far]:
        assert list(post.summaries) == list(tldr.LENGTHS)
        for level, (low, high) in tldr.LENGTHS.items():
            assert low <= len(post.summaries[level]) <= high, post.summaries[level]


@both
def test_every_fact_stands_in_the_post(far: bool) -> None:
    for post in POSTS[far]:
        missing = [fact for fact in post.facts[1:] if fact.lower() not in body(post).lower()]
        assert not missing, (missing, post.prompt)


@both
def test_summaries_name_only_what_the_post_names(far: bool) -> None:
    words = FAR if far else NEAR
    known = {name for name, _ in words.names} | set(words.towns)
    slots = {s.key: [v for _, values in s.slots for v in values] for s in (tldr.FAR if far else tldr.NEAR)}
    for post in POSTS[far]:
        said = " ".join(post.summaries.values())
        inside = {w for w in known if re.search(rf"\b{w}\b", said)}
        assert inside <= set(post.facts), (inside, post.prompt)
        used = [v for v in slots[post.facts[0]] if re.search(rf"\b{re.escape(v)}\b", said)]
        assert all(v.lower() in body(post).lower() for v in used), (used, post.prompt)


def test_facts_decide_the_part() -> None:
    rng = Random(3)
    for part in PARTS:
        assert all(part_of(tldr.generate(rng, part).facts) == part for _ in range(50))


def test_same_seed_same_posts() -> None:
    first, again = ([tldr.generate(Random(s), "test") for s in range(50)] for _ in range(2))
    assert first == again
    assert len({post.prompt for post in first}) == 50


def test_references_spread_over_all_lengths() -> None:
    rng = Random(5)
    lengths = sorted(len(tldr.reference(post, rng)) for post in POSTS[False])
    assert lengths[25] < 35 and lengths[-25] > 130
    assert 45 < lengths[len(lengths) // 2] < 90


def test_held_out_summaries_differ() -> None:
    rng = Random(11)
    posts = [tldr.generate(rng, "test") for _ in range(200)]
    assert len({post.summaries["medium"] for post in posts}) > 190


@both
def test_english_is_clean(far: bool) -> None:
    for post in POSTS[far]:
        for text in texts(post):
            assert not re.search(r"[{}\[\]|]|  | / | [.,?!]|\.\.|\?\.", text), text
            assert not re.search(r"\b[Aa] (?!u(?:ku|ni))[aeiou]|\b[Aa]n [^aeiouh]", text), text
            assert not re.search(r"[.?!] [a-z]", text), text
            assert not re.search(r"\b(\w+) \1\b", text), text


def test_far_shares_no_names_towns_openings_situations_or_objects() -> None:
    assert not {n for n, _ in NEAR.names} & {n for n, _ in FAR.names}
    assert not set(NEAR.towns) & set(FAR.towns)
    assert not (set(NEAR.openings) - {""}) & set(FAR.openings)
    assert not {s.key for s in tldr.NEAR} & {s.key for s in tldr.FAR}
    near = {v for s in tldr.NEAR for slot, values in s.slots if slot != "dur" for v in values}
    assert not {v for s in tldr.FAR for slot, values in s.slots if slot != "dur" for v in values} & near


def test_there_is_variety() -> None:
    assert len(tldr.NEAR) >= 30 and len(tldr.FAR) >= 8
    assert len(NEAR.names) >= 60 and len(NEAR.towns) >= 40
    vocabulary = {w for post in POSTS[False] for t in texts(post) for w in re.findall(r"[a-z']+", t.lower())}
    assert len(vocabulary) <= 1500


def test_mistakes_are_named() -> None:
    with pytest.raises(ValueError, match=r"unknown part 'dev'.*warmup"):
        tldr.generate(Random(0), "dev")
    with pytest.raises(ValueError, match="cannot read the line 'oops'"):
        read_situation("key: a\noops")
    with pytest.raises(ValueError, match="'obj' stands twice in the situation 'a'"):
        read_situation("key: a\nobj: b\nobj: c")
