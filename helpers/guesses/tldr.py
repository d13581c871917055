"""What 03_train_tldr asks before it shows."""

from helpers.guesses import Guess

GUESSES: dict[int, Guess] = {
    1: (
        "The best mean reward, and the histogram that goes with it?",
        {
            "50, with its middle at 50": "The reward is minus a distance: it cannot rise above 0.",
            "0, with its middle at 50": "Texts far too short and far too long have their middle at "
            "50, too, and are paid badly.",
            "0, with nearly all of it at 50": "Every summary has to meet the length, so the histogram "
            "becomes narrow.",
        },
        "0, with nearly all of it at 50",
    ),
    2: (
        "Eight summaries with the same reward: what is learned?",
        {
            "nothing: every advantage is 0": "The mean is their own reward, and nothing is left.",
            "all eight become less likely: -3 is bad": "Bad is only what is worse than its group.",
            "all eight become likelier: they agree": "Nobody counts votes. Only differences in reward push.",
        },
        "nothing: every advantage is 0",
    ),
    3: (
        "The reward has climbed. What has the loss done?",
        {
            "fallen towards 0, as in any training": "It does not stop there. There is no right answer to "
            "come closer to: this loss is made anew from each step's advantages.",
            "passed through 0: first above it, then below": "Its sign says who won in the groups: at first "
            "the shorter summaries, later the longer ones. It does not say how good they are.",
            "climbed with the reward": "It has no memory of how high the reward was: advantages start from "
            "the mean every time.",
        },
        "passed through 0: first above it, then below",
    ),
    4: (
        "Which tokens of those eight summaries are likelier now?",
        {
            "all of them: the model knows the post now": "What one text gains, others lose. Some must have "
            "become less likely.",
            "those pushed up have gained on those pushed down": "That is what a push is, and it shows in the "
            "mean over ten steps below. One single token may go the other way.",
            "nobody can tell: there were many steps since": "One token may go anywhere. The mean over many "
            "does not: see below.",
        },
        "those pushed up have gained on those pushed down",
    ),
    5: (
        "Who meets the length better, your model or the slice?",
        {
            "the slice": "It is cut there: no model can be nearer.",
            "your model: it was trained for it": "It has come near. But the slice is cut at 50, every time.",
            "both about the same": "The model still throws dice. A pair of scissors does not.",
        },
        "the slice",
    ),
}
