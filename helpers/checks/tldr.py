"""Exercises of 03_train_tldr: meeting a length, keeping a fact, and a reward that wants both."""

from collections.abc import Callable

from helpers.checks.asking import ask, ask_list, explain, kindly, same


@kindly
def check_share_within(share_within: Callable[..., float]) -> None:
    """share_within(completions, ideal_chars=50, k=10): share from ideal - k to ideal + k, both in."""
    lengths = [50, 40, 60, 39, 61, 5, 45, 55, 200]
    distances = [abs(n - 50) for n in lengths]
    found = ask(share_within, ["x" * n for n in lengths])
    explain(found, 5 / 9, {
        "a count, not a share: divide by the number of completions": 5,
        "per cent, not a share: 0.5 means half": 500 / 9,
        "exactly k characters away is still within: use <=, not <": sum(d < 10 for d in distances) / 9,
        "too short counts as within: take the absolute distance": sum(n <= 60 for n in lengths) / 9,
        "too long counts as within: take the absolute distance": sum(n >= 40 for n in lengths) / 9,
        "this is the share that misses: return the other one": sum(d > 10 for d in distances) / 9,
        "this counts words, not characters: use len(text)": 0.0,
    })
    explain(ask(share_within, ["x" * 83, "x" * 90], ideal_chars=80, k=3), 0.5, {
        "the parameters are not used: compare with ideal_chars and k": 0.0,
        "k is fixed at 10: use the parameter": 1.0,
    })
    print("Passed: within k characters on either side, as a share.")


@kindly
def check_reward_len_and_name(reward_len_and_name: Callable[..., list[float | None]]) -> None:
    """reward_len_and_name(completions, name, *, ideal_chars=50): closeness, paid only with the name."""
    starts = ["Ann moved.", "Ann moved.", "She moved.", "Annual report.", "Ann "]
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
        "far too long falls below 0, lower than losing the name: stop at 0 with max(0.0, …)":
            [c * k for c, k in zip(raw, kept, strict=True)],
    })
    names = [None, "Bo"]
    explain(ask_list(reward_len_and_name, 2, ["x" * 50, "Bo.".ljust(50, ".")], names), [None, 1.0], {
        "a post without a name cannot be scored: return None there, 0 would punish the model for it":
            [0.0, 1.0],
        "a post without a name cannot be scored: return None there, not the full reward": [1.0, 1.0],
    })
    chat = [{"role": "assistant", "content": "Ann moved.".ljust(25, ".")}]
    explain(ask_list(reward_len_and_name, 1, [chat], ["Ann"], ideal_chars=25, prompts=["…"]), [1.0], {
        "len() of a chat completion is 1: take text_of(completion) first": [0.0],
        "the ideal is fixed at 50: use the parameter ideal_chars": [0.5],
    })
    print("Passed: neither the length alone nor the name alone pays.")


REFERENCE = "Ann moved to Oslo and misses her old cat."  # 41 characters, 9 words


@kindly
def check_my_reward(my_reward: Callable[..., list[float]]) -> None:
    """my_reward(completions, reference, *, ideal_chars=50): length and content, in any design, in 0 to 1."""

    def paid(*texts: str, **options: int) -> list[float]:
        found = ask_list(my_reward, len(texts), list(texts), [REFERENCE] * len(texts), **options)
        assert all(isinstance(reward, int | float) for reward in found), (
            f"yours gives {found!r}: return a number for each completion"
        )
        return found

    some, most, nothing = "Ann has moved.".ljust(50, "."), REFERENCE.ljust(50, "."), "x" * 50
    low, middle, high = paid(nothing, some, most)
    far = paid(*(REFERENCE.ljust(width, ".") for width in (50, 80, 300, 900)), "Ann moved.", "", nothing * 20)
    assert low != high, "content is not looked at: fifty times x earns as much as the reference"
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
    texts, chats = [REFERENCE] * 2, [[{"role": "assistant", "content": REFERENCE}]]
    first, second = ask_list(my_reward, 2, texts, [REFERENCE, "My bread is burnt."])
    assert first > second, "each completion has a reference of its own: yours compares all with the same one"
    found = ask_list(my_reward, 1, chats, [REFERENCE], prompts=["…"])
    assert same(found, [first]), (
        "a chat completion earns something else than its text: len() of one is 1, so take text_of(completion)"
    )
