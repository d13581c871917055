"""What 01_explore_datasets asks before it shows."""

from helpers.guesses import Guess

GUESSES: dict[int, Guess] = {
    1: (
        "The posts are about equally long. And their summaries?",
        {
            "about equally long, too": "Look at the histogram: they go from 14 characters to 200.",
            "the longest is about twice the shortest": "That is nearly true of the posts, in words. The "
            "summaries differ far more.",
            "the longest is more than ten times the shortest": "From 14 to 200 characters: some name the "
            "trouble in a few words, others tell the story.",
        },
        "the longest is more than ten times the shortest",
    ),
    2: (
        "How does a solution multiply 7 by 19?",
        {
            "7 × 20, less 7": "A good trick, but these solutions know only one way: by tens and ones.",
            "7 × 10 and 7 × 9, added up": "Tens and ones apart, as in the subtraction: every equation is a "
            "small one.",
            "at once: 7 × 19 = 133": "Then the hard part would happen out of sight. A small model needs "
            "small steps.",
        },
        "7 × 10 and 7 × 9, added up",
    ),
    3: (
        "In what share of the rows can the gold be read?",
        {
            "in all": "All rows of all four splits, fractions and decimals included. The rows were made that "
            "way, and this cell checks it.",
            "in nearly all: fractions cannot be read": "Look at the last line below: the split far has "
            "fractions and decimals, and they are read.",
            "in about half": "Then a reward could judge only every second row, and the rest would teach "
            "nothing.",
        },
        "in all",
    ),
    4: (
        "No test problem occurs word for word in train. Is that enough?",
        {
            "yes, the texts are all new": "A new text can hold an old sum: put another name in, and the "
            "answer can still be remembered.",
            "no, an old sum may hide in new words": "So compare what the answer depends on: the numbers, in "
            "any order.",
            "no, it needs other operations, too": "That would test something that was never practised. It is "
            "what the split far is for.",
        },
        "no, an old sum may hide in new words",
    ),
    5: (
        "How many words of a row occur nowhere in train?",
        {
            "none in test rows, many in far rows": "The median test row has none. In far it is 30 % of the "
            "words of a post, and 60 % of those of a problem.",
            "some in both, more in far": "Test rows come from the same templates: new names and numbers are "
            "put together, and the words around them are old.",
            "none in either": "The far rows come from other situations, and these have words of their own.",
        },
        "none in test rows, many in far rows",
    ),
    6: (
        "How many tokens is 2026?",
        {
            "one": "There would have to be a token for every number. This tokenizer has one for every digit.",
            "two: 20 and 26": "Other tokenizers cut like that. This one keeps digits apart, so that sums can "
            "be done digit by digit.",
            "four": "A digit is a token, and always the same one: 2 is token 22, first or third.",
        },
        "four",
    ),
    7: (
        "50 characters of summary, 50 of a worked solution: how many tokens?",
        {
            "about 13 for both": "True of the summary. But a solution is full of digits and signs, and each "
            "of them is a token.",
            "about 13 and about 36": "Words take few tokens, and digits take one each: the same length "
            "in characters is almost three times as long in tokens.",
            "about 50 for both": "Then a token would be a character: that is the dotted line, and no text "
            "lies on it.",
        },
        "about 13 and about 36",
    ),
}
