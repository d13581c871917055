"""What 02_design_rewards asks before it shows."""

from helpers.guesses import Guess

GUESSES: dict[int, Guess] = {
    1: (
        "What does it pay for an empty text, and for 300 characters?",
        {
            "0 and -250": "An empty text is 50 characters short, and each of them costs a point.",
            "-50 and -50": "It does not stop at the price of an empty text: nothing bounds it below.",
            "-50 and -250": "A point for each character too few or too many, without a floor.",
        },
        "-50 and -250",
    ),
    2: (
        "What does it pay a chat completion of exactly 50 characters?",
        {
            "0, it meets the length": "It would, if `len` saw the text. It sees a list.",
            "-49": "The list has one message, so its length is 1: 49 too few, whatever the text.",
            "it stops with an error": "That would be kinder. A list has a length too, so nothing complains.",
        },
        "-49",
    ),
    3: (
        "How many of the eight come within 10 points of the best reward?",
        {
            "one": "Only one, by chance: they go from 20 characters to 181.",
            "about half of them": "Nothing has told this model to write 50 characters yet.",
            "none": "Their lengths are all over the place, and one of them is near 50.",
        },
        "one",
    ),
    4: (
        "Which of these three real summaries does it like best?",
        {
            "164 characters, 48 tokens": "The name says tokens, but the code takes `len` of the text: far "
            "over 50, and each character too many makes the next one dearer.",
            "58 characters, 17 tokens": "Nearest to 50 characters, but 8 too many cost twice their square, "
            "128.",
            "34 characters, 9 tokens": "It counts characters, and each one missing costs half a point, 8 in "
            "all. Of 58, fewer are too many than are missing here, but they cost 128.",
        },
        "34 characters, 9 tokens",
    ),
    5: (
        "What does it pay at twice that distance?",
        {
            "0, like anything too long": "The cosine is 0 only at 100 characters away. Beyond that it rises.",
            "less than 0": "Half a cosine plus a half never falls below 0. It comes back up.",
            "1, as at the ideal": "A cosine is a wave: at twice the distance stands its next hill.",
        },
        "1, as at the ideal",
    ),
    6: (
        "What does it teach about summaries of 180 and 240 characters?",
        {
            "nothing": "Both earn 0: without a difference there is no better one.",
            "that shorter is better": "It is, but both earn the same 0, and so they are not told.",
            "that both are bad": "Being bad is no news in a group where all are: only differences teach.",
        },
        "nothing",
    ),
    7: (
        'What do length and content pay fifty times "x"?',
        {
            "nothing, both": "Length counts characters, and there are fifty of them.",
            "full marks for length, nothing for content": "Fifty characters are all that length asks for; "
            "with the reference it shares no word.",
            "a little for each": "It meets one of them perfectly, and the other not at all.",
        },
        "full marks for length, nothing for content",
    ),
    8: (
        "Which of the two moves the total further?",
        {
            "content, a little": "Content lies between 0 and 1. Token length moves by several points.",
            "both about the same": "They would if both were bounded. Token length has a cliff.",
            "token length, more than thirty times as far": "See the bars: content moves the total by a "
            "fraction of a point.",
        },
        "token length, more than thirty times as far",
    ),
    9: (
        "How many of the seven does it judge wrongly?",
        {
            "one: the reasoning on two lines": "That is one. It also lets extra text and extra tags pass.",
            "two: the reasoning on two lines, the wrong order": "It does see the order: the pattern asks for "
            "<think> first.",
            "four: two lines, extra text, both kinds of extra tags": "The dot stops at the line break, and "
            "`search` and `.*` let the others pass.",
        },
        "four: two lines, extra text, both kinds of extra tags",
    ),
    10: (
        "What is left when `re.DOTALL` and `re.fullmatch` are in?",
        {
            "text around the tags": "fullmatch is content only with the whole text.",
            "doubled tags and five answers": "`.*` matches anything, and so it matches tags as well.",
            "nothing": "`.*` still matches anything, tags included.",
        },
        "doubled tags and five answers",
    ),
    11: (
        "Where does each reward start to pay?",
        {
            "soft: the first tag; strict: the last character": "Soft pays a quarter for each tag, "
            "strict only for the whole.",
            "both with the last tag": "That is the strict one. The soft one pays a quarter for each tag.",
            "soft: the first tag; strict: half-way": "The strict one knows no half: it is 1 or 0.",
        },
        "soft: the first tag; strict: the last character",
    ),
    12: (
        "How many of the seven does comparing strings get right?",
        {
            "five": "It also fails the answer without tags and the gold that cannot be read.",
            "three": "72, 71 and 4=5. Another spelling, no tags or no gold: it fails all of these.",
            "all but the last": "1,234 and 1234 are the same number, and not the same string.",
        },
        "three",
    ),
    13: (
        "What does that pay a model that is asked many of these?",
        {
            "nothing: they cannot be scored": "That would be None, and fair. This recipe pays 1 instead.",
            "full marks, whatever it says": "The curve looks splendid and says nothing about right or wrong.",
            "it depends on what it says": "The answer is not even looked at when the gold cannot be read.",
        },
        "full marks, whatever it says",
    ),
    14: (
        "Which of 5, 4=5, 1=2=5 and 5=4 does math-verify, called plainly, take for 5?",
        {
            "only 5": "A chain that ends in 5 passes as well, although 4=5 is false.",
            "5 and the chains that end in 5": "It takes the last part of a chain: 4=5 and 1=2=5 pass.",
            "all four": "5=4 ends in 4, and does not pass.",
        },
        "5 and the chains that end in 5",
    ),
    15: (
        "Do a kept format and a right answer go together?",
        {
            "yes: who keeps the format is right": "Two of the three that keep it are wrong.",
            "no: all four combinations occur": "Among eight answers: both, neither, and either without the "
            "other.",
            "no: who keeps the format is wrong": "One of the eight keeps it and is right.",
        },
        "no: all four combinations occur",
    ),
    16: (
        "How long does the real reward take, and what of the eighth?",
        {
            "seven seconds, one a tower; the eighth is paid": "It turns a tower away before anyone computes.",
            "under a second; the eighth is paid": "Limits turn the towers away, and the eighth is judged.",
            "under a second; nobody is paid": "One hostile answer must not cost the others their reward.",
        },
        "under a second; the eighth is paid",
    ),
    17: (
        "The totals are 1, 1, 0, 1, 0, 1, 0 and 2. Which way is a 1 pushed?",
        {
            "up": "The group's mean is 0.75, and 1 is above it. The 2 is pushed up further.",
            "down: it has only half of what was possible": "It is compared with its group, and not with "
            "what was possible. The mean is 0.75.",
            "nowhere: only the best is pushed up": "The best is pushed hardest, but whatever is above the "
            "mean, 0.75, is pushed up.",
        },
        "up",
    ),
    18: (
        "Every reward times 100, or 1000 added: what of the advantages?",
        {
            "100 times as large; 1000 more": "The mean takes the 1000 away, the deviation the 100.",
            "100 times as large; unchanged": "The standard deviation is 100 times as large as well.",
            "unchanged, both times": "Mean and deviation change along, and nothing is left of it.",
        },
        "unchanged, both times",
    ),
    19: (
        "Which advantages does the naive length reward give to chat completions?",
        {
            "the same as for plain strings": "It measures 1 for every chat completion.",
            "0 to each of them": "All earn the same: no spread, no advantage, nothing learned.",
            "none: it divides by zero": "What is added to the deviation prevents that.",
        },
        "0 to each of them",
    ),
    20: (
        "In how many of the 64 groups is there nothing to learn?",
        {
            "in none": "No group has eight summaries of the same length, so each has a spread.",
            "in about a quarter": "For that, all eight of a group would have to be equally long.",
            "in most": "A length reward that lives on a few values would do that. This one has many.",
        },
        "in none",
    ),
    21: (
        "What part of the spread is content's, next to each of the two?",
        {
            "half each time: the weights are equal": "Equal weights are no equal say: the spreads differ.",
            "hardly any, then more than a third": "Next to reward_len it is drowned, next to the bounded one "
            "it counts.",
            "more than a third each time": "reward_len moves by dozens of points, content by less than one.",
        },
        "hardly any, then more than a third",
    ),
    22: (
        "Which names will the run hold?",
        {
            "only the total reward": "Then nobody could say later what was paid for.",
            "reward_1 and reward_2": "A number says nothing, and a reward has a name of its own.",
            "each reward with its parameters": "The bounded length with ideal and slope, and content.",
        },
        "each reward with its parameters",
    ),
}
