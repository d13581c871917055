"""What 00_start_here asks before it shows."""

from helpers.guesses import Guess

GUESSES: dict[int, Guess] = {
    1: (
        "The same question eight times: the same answer eight times?",
        {
            "yes, a program repeats itself": "It would if it always took the likeliest word. This one throws "
            "dice for each word.",
            "only the numbers differ": "The ways differ, too: some answers work the sum out, others guess; "
            "some have the tags, others not.",
            "no, numbers and ways both differ": "Each word is drawn at random, likely words more often, and "
            "one other word early on makes another answer.",
        },
        "no, numbers and ways both differ",
    ),
    2: (
        "What gets 2 points, and what gets none?",
        {
            "2: right and in its tags. None: wrong and without": "One point each, and they do not depend on "
            "each other: a wrong number in the right tags still earns one.",
            "2: worked out. None: guessed": "The reward does not look at how: a lucky guess is paid like a "
            "sum that was worked out.",
            "2: right. None: wrong": "That is one of the two points. The other is for the tags, right or "
            "wrong.",
        },
        "2: right and in its tags. None: wrong and without",
    ),
    3: (
        "What do the eight advantages add up to?",
        {
            "to 8": "The mean was subtracted from each: what one is above it, others are below it.",
            "to 0": "Each is measured from the mean of the eight, and distances from a mean cancel out.",
            "it depends on the rewards": "The rewards shift the mean, and the mean is subtracted: the sum is "
            "the same every time.",
        },
        "to 0",
    ),
    4: (
        "After 25 nudges, the share of right answers is…",
        {
            "about the same: it is told no solutions": "It needs none. Among eight answers some are right "
            "already, and those are made likelier.",
            "lower: nudging breaks what it knew": "That happens when the nudges are too strong, as in "
            "notebook 07. These are small enough.",
            "much higher": "Right answers were there from the start, only too rare. Compare the two shares "
            "below.",
        },
        "much higher",
    ),
    5: (
        "How does it answer your first question now?",
        {
            "it works the sum out, in tags, nearly every time": "Both points in one: that way was paid best, "
            "and the others have become rare.",
            "with the same eight answers, in another order": "Those eight were drawn from the old "
            "probabilities; now other answers are likely.",
            "with the right number and no working": "A guess is cheaper, but it is seldom right: working the "
            "sum out was paid more often.",
        },
        "it works the sum out, in tags, nearly every time",
    ),
}
