"""What 04_train_math asks before it shows."""

from helpers.guesses import Guess

GUESSES: dict[int, Guess] = {
    1: (
        "Two rewards, for tags and for the right number. What becomes of the length of the answers?",
        {
            "shorter: a short answer has less room for mistakes": "Short answers are guesses here, and a "
            "guess is seldom right. The longer way is the one that gets paid.",
            "longer": "Nobody pays for length. But the way that comes out right takes more words, so length "
            "comes along.",
            "about the same: no reward mentions it": "A reward moves whatever goes together with what it "
            "pays. Compare the first steps with the last.",
        },
        "longer",
    ),
    2: (
        "As the model gets better, dead groups and entropy…",
        {
            "both rise: the problems stay hard": "A group is dead when its eight agree, and they agree on "
            "the right answer now. Who agrees is not unsure.",
            "both fall: the model learns from every group": "It grows sure, yes. But a group in which all "
            "eight are right has no spread, and teaches nothing more.",
            "dead groups rise, entropy falls": "Two views of the same thing: there is one right number, and "
            "all eight say it.",
        },
        "dead groups rise, entropy falls",
    ),
    3: (
        "Which tokens of an answer moved most?",
        {
            "the first one": "It is a fork: into tags or not, often into working or guessing. Most of what "
            "follows was all but certain once the way was chosen.",
            "the digits of the result": "They are where an answer comes out right or wrong, but the model "
            "was nearly certain of most of them once the sum stood there.",
            "all of them about equally": "They all get the same advantage, but a token that is certain "
            "already can hardly move.",
        },
        "the first one",
    ),
    4: (
        "Did the model learn to calculate better, or did it stop guessing?",
        {
            "it only stopped guessing": "That is one part. But its worked answers are right more often, too: "
            "compare the column `right` of the two tables.",
            "both": "More of the answers are worked, and more of the worked ones come out right. The next "
            "cells say how much each brings.",
            "it only calculates better": "That is one part. But half of its answers were guesses before, and "
            "there are hardly any left.",
        },
        "both",
    ),
}
