"""What 05_evaluate asks before it shows."""

from helpers.guesses import Guess

GUESSES: dict[int, Guess] = {
    1: (
        "With 40 other problems, how far from this mean might you have landed?",
        {
            "about 0.01": "That is less than single draws differ from each other: look at the five below.",
            "about 0.3": "Single problems differ by that much and more, but a mean of 40 evens out most "
            "of it.",
            "up to about 0.1": "The interval below has its ends somewhat nearer than that, for this model "
            "and these 40.",
        },
        "up to about 0.1",
    ),
    2: (
        "What does training raise more, pass@1 or pass@8?",
        {
            "pass@1": "One right answer in eight was there for most problems before. What training changes "
            "is how reliable it is.",
            "pass@8": "It stood high from the start, so there was little room. And GRPO reinforces what "
            "some sample gets right already.",
            "both alike": "They can move alike only where pass@8 has room to rise.",
        },
        "pass@1",
    ),
    3: (
        "Seeds drawn anew as well: does the interval get much wider?",
        {
            "yes, several times": "It would, had the seeds ended far apart. Look at the five lines: their "
            "means lie close together.",
            "hardly: here the seeds agree": "What other seeds bring differs less than what other prompts "
            "bring. It has to be measured; it is not a law.",
            "no, more runs always make it narrower": "More runs even out the dice of each, but seeds drawn "
            "anew add what they disagree about.",
        },
        "hardly: here the seeds agree",
    ),
    4: (
        "On far problems, how much of the gain is left?",
        {
            "about half of everything": "Habits and skill part ways here: the one travels, the other does "
            "not.",
            "nothing at all": "The format and the habit of working are both up, with intervals clear of "
            "zero.",
            "the format and the working, not the accuracy": "It does what it was rewarded for, in form. But "
            "these numbers and stories it has never learned to handle.",
        },
        "the format and the working, not the accuracy",
    ),
    5: (
        "Which of the three has the most right answers on the test problems?",
        {
            "SFT on gold": "It is shown clean worked answers, more of them than anybody else. On the "
            "summaries it comes last: there the golds have lengths of their own.",
            "GRPO": "It learns from good and bad answers alike, but only from its own. And it is shown no "
            "solution.",
            "rejection sampling": "It comes close to GRPO: with these runs the difference is inconclusive.",
        },
        "SFT on gold",
    ),
    6: (
        "The format reward alone: what does it do to accuracy?",
        {
            "it raises it: tags bring working along": "In one of the three recorded seeds they did. In the "
            "others the tags went around guesses.",
            "it depends on the seed": "Tags are paid around a guess as much as around a working, so chance "
            "decides which way goes along. With three seeds: inconclusive.",
            "nothing: it does not look at numbers": "It looks at tags alone, but tags and ways of answering "
            "go together in this model, and the way decides how often it is right.",
        },
        "it depends on the seed",
    ),
    7: (
        "Which kind of problem gains least?",
        {
            "a - b × c": "That one gains most: it was among the lowest before, and there was much to win.",
            "a × b": "It was the lowest before and is the lowest after, but the distance between is not the "
            "smallest.",
            "a × b + c": "It was among the highest before and has the second lowest accuracy after: little "
            "room, and not all of it used.",
        },
        "a × b + c",
    ),
}
