"""Exercises of 03_train_tldr: meeting a length, keeping a fact, and a reward that wants both."""

from collections.abc import Callable
from math import isfinite
from numbers import Real

from helpers.checks.asking import ask, ask_by_keyword, ask_list, chat, explain, kindly, same


@kindly
def check_share_within(share_within: Callable[..., float]) -> None:
    """share_within(completions, ideal_chars=50, k=10): share from ideal - k to ideal + k, both in."""
    lengths = [50, 40, 60, 39, 61, 5, 45, 55, 200, 250, 58]
    texts = [("word " * 50)[:length] for length in lengths]
    distances = [abs(n - 50) for n in lengths]
    within = [distance <= 10 for distance in distances]
    explain(ask(share_within, texts), 6 / 11, {
        "a count, not a share: divide by the number of completions": 6,
        "per cent, not a share: 0.5 means half": 600 / 11,
        "True or False for each text: return one number, the share of them that is True": within,
        "exactly k characters away is still within: use <=, not <": sum(d < 10 for d in distances) / 11,
        "too short counts as within: take the absolute distance": sum(n <= 60 for n in lengths) / 11,
        "too long counts as within: take the absolute distance": sum(n >= 40 for n in lengths) / 11,
        "this is the share that misses: return the other one": 5 / 11,
        "this counts words, not characters: use len(text)":
            sum(abs(len(text.split()) - 50) <= 10 for text in texts) / 11,
        "only the first text is counted: return after the loop, not in it": 1 / 11,
        "this is the mean distance: count the distances up to k": sum(distances) / 11,
        "none is within? Compare the length of each text, not their mean or their number, and divide with /":
            0.0,
    })
    explain(ask(share_within, ["x" * n for n in (83, 90, 52, 48, 51, 42, 59)], ideal_chars=80, k=3), 1 / 7, {
        "the parameters are not used: compare with ideal_chars and k": 5 / 7,
        "k is fixed at 10: use the parameter": 2 / 7,
        "the ideal is fixed at 50: use the parameter ideal_chars": 3 / 7,
    })
    print("Passed: within k characters on either side, as a share.")


@kindly
def check_reward_len_and_name(reward_len_and_name: Callable[..., list[float | None]]) -> None:
    """reward_len_and_name(completions, name, *, ideal_chars=50): closeness, paid only with the name."""
    starts = ["Ann moved.", "I met Ann too.", "She moved.", "Annual report.", "Ann "]
    widths = [50, 25, 50, 50, 250]
    summaries = [text.ljust(width, ".") for text, width in zip(starts, widths, strict=True)]
    close, kept = [1.0, 0.5, 1.0, 1.0, 0.0], [1, 1, 0, 0, 1]
    raw = [1 - abs(len(text) - 50) / 50 for text in summaries]
    found = ask_list(reward_len_and_name, 5, summaries, ["Ann"] * 5)
    explain(found, [c * k for c, k in zip(close, kept, strict=True)], {
        "a sum can be won by length alone, without the name: multiply":
            [c + k for c, k in zip(close, kept, strict=True)],
        "an average can be won by length alone, without the name: multiply":
            [(c + k) / 2 for c, k in zip(close, kept, strict=True)],
        "the name is not looked at: pay 0 when the summary lost it": close,
        "the length is not looked at: multiply by the closeness": kept,
        "\"Ann\" is inside \"Annual\", and yours pays for it: match whole words, "
        "re.search(rf\"\\b{name}\\b\", text)":
            [1.0, 0.5, 0.0, 1.0, 0.0],
        "the name does not always stand at the front: use re.search, not re.match": [1.0, 0.0, 0.0, 0.0, 0.0],
        "no name is ever found: keep its capital letter, and write the r in rf\"\\b…\", or \\b is no edge":
            [0.0] * 5,
        "minus the distance is not the closeness, which is 1 at the ideal and 0 at twice the ideal":
            [-abs(len(text) - 50) * k for text, k in zip(summaries, kept, strict=True)],
        "far too long falls below 0, lower than losing the name: stop at 0 with max(0.0, …)":
            [c * k for c, k in zip(raw, kept, strict=True)],
    })
    _own_name(reward_len_and_name)
    print("Passed: neither the length alone nor the name alone pays.")


def _own_name(reward_len_and_name: Callable[..., list[float | None]]) -> None:
    """Every completion has a name, or none; and a completion may be a conversation."""
    texts, names = ["x" * 50, "Bo.".ljust(50, ".")], [None, "Bo"]
    explain(ask_list(reward_len_and_name, 2, texts, names), [None, 1.0], {
        "a post without a name cannot be scored: return None there, 0 would punish the model for it":
            [0.0, 1.0],
        "a post without a name cannot be scored: return None there, not the full reward": [1.0, 1.0],
        "each completion has a name of its own: go through zip(completions, name)": [None, None],
        "\"Bo.\" holds the name, too: split() leaves the full stop on the word, \\b in a pattern does not":
            [None, 0.0],
    })
    one = {"completions": [chat("Ann moved.".ljust(25, "."))], "name": ["Ann"], "prompts": ["…"]}
    explain(ask_by_keyword(reward_len_and_name, **one, ideal_chars=25), [1.0], {
        "len() of a chat completion is 1: take text_of(completion) first": [0.0],
        "the ideal is fixed at 50: use the parameter ideal_chars": [0.5],
    })


REFERENCE = "Ann moved to Oslo and misses her old cat."  # 41 characters, 9 words


@kindly
def check_my_reward(my_reward: Callable[..., list[float]]) -> None:
    """my_reward(completions, reference, *, ideal_chars=50): length and content, in any design, in 0 to 1."""

    def paid(*texts: str, **options: int) -> list[float]:
        found = ask_list(my_reward, len(texts), list(texts), [REFERENCE] * len(texts), **options)
        assert all(isinstance(reward, Real) and isfinite(reward) for reward in found), (
            f"yours gives {found!r}: return a number for each completion"
        )
        return found

    some, most, nothing = "Ann has moved.".ljust(50, "."), REFERENCE.ljust(50, "."), "x" * 50
    low, middle, high = paid(nothing, some, most)
    far = paid(*(REFERENCE.ljust(width, ".") for width in (50, 80, 300, 900)), "Ann moved.", "", nothing * 20)
    assert low != high, (
        "fifty times x earns as much as the reference: content is not looked at, or length alone wins a max()"
    )
    assert low < high, "the sign is flipped: of two texts of the same length, the reference must earn more"
    assert low < middle < high, "all or nothing: a text that says half of it must earn something in between"
    assert len(set(far[:4])) > 1, "the length is not looked at: 50 characters and 900 earn the same"
    assert min(low, *far) >= 0 and max(high, *far) <= 1, (
        "it leaves the range from 0 to 1: reward_len_bounded stays in it (reward_len does not), and so does "
        "a sum whose weights add up to 1"
    )
    assert far[2] > far[3], (
        "it is flat where a text is far too long: 300 characters must earn more than 900 that say the same, "
        "or there is nothing to learn from there"
    )
    assert far[0] > far[1] > far[2], "of two texts that say the same, the one nearer to 50 must earn more"
    _own_reference(my_reward)
    near, off = paid(REFERENCE.ljust(80, "."), REFERENCE.ljust(50, "."), ideal_chars=80)
    assert near > off, "the ideal is fixed at 50: pass the parameter ideal_chars on"
    print("Passed: length and content both count, at any length. Whether it wins, the leaderboard says.")


def _own_reference(my_reward: Callable[..., list[float]]) -> None:
    first, second = ask_list(my_reward, 2, [REFERENCE] * 2, [REFERENCE, "My bread is burnt."])
    assert first > second, "each completion has a reference of its own: yours compares all with the same one"
    one = {"completions": [chat(REFERENCE)], "reference": [REFERENCE], "prompts": ["…"]}
    assert same(ask_by_keyword(my_reward, **one), [first]), (
        "a chat completion earns something else than its text: len() of one is 1, so take text_of(completion)"
    )
