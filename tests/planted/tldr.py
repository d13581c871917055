"""Mistakes in the exercises of 03: what is replaced in a solution, by what, and part of the message."""

CLOSENESS = "max(0.0, 1 - abs(len(text) - ideal_chars) / ideal_chars)"
SUM = "0.5 * length + 0.5 * content"
PLANTED = {
    "share_within": [
        ("sum(within) / len(within)", "sum(within)", "a count, not a share"),
        ("sum(within)", "100 * sum(within)", "per cent"),
        ("<=", "<", "use <="),
        ("<=", ">", "the share that misses"),
        ("abs(len(text) - ideal_chars)", "len(text) - ideal_chars", "too short counts as within"),
        ("<= k", "<= 10", "k is fixed at 10"),
        ("len(text) - ideal_chars", "len(text) - 50", "the parameters are not used"),
        ("len(text)", "len(text.split())", "this counts words"),
    ],
    "reward_len_and_name": [
        ("closeness if kept else 0.0", "closeness + bool(kept)", "a sum can be won by length alone"),
        ("closeness if kept else 0.0", "closeness", "the name is not looked at"),
        (r'rf"\b{re.escape(who)}\b"', "who", 'inside "Annual"'),
        (CLOSENESS, "1 - abs(len(text) - ideal_chars) / ideal_chars", "stop at 0"),
        ("None if who is None", "0.0 if who is None", "return None there"),
        ("text_of(completion)", "completion", "TypeError"),
    ],
    "my_reward": [
        (SUM, "length", "content is not looked at"),
        (SUM, "content", "the length is not looked at"),
        (SUM, "0.5 * length - 0.5 * content", "sign is flipped"),
        (SUM, "0.25 * length + 0.75 * (content == 1.0)", "all or nothing"),
        (SUM, "length + content", "leaves the range from 0 to 1"),
        ("reward_len_bounded(", "__import__('helpers.rewards').rewards.reward_len(", "reward_len does not"),
        ("reward_len_bounded(completions, ideal_chars=ideal_chars)",
         "[max(0, 1 - abs(len(text_of(c)) - ideal_chars) / 100) for c in completions]", "it is flat where"),
        ("reward_rouge(completions, reference)",
         "reward_rouge(completions, reference[:1] * len(completions))", "a reference of its own"),
        ("ideal_chars=ideal_chars", "ideal_chars=50", "the ideal is fixed at 50"),
        ("lengths = reward_len_bounded(completions, ideal_chars=ideal_chars)",
         "lengths = [25 / (25 + abs(len(c) - ideal_chars)) for c in completions]",
         "a chat completion earns something else"),
    ],
}  # fmt: skip
