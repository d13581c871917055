"""What 06_inside_grpo asks before it shows."""

from helpers.guesses import Guess

GUESSES: dict[int, Guess] = {
    1: (
        "A constant is added to every reward. Does the gradient from eight samples change?",
        {
            "no: what is better stays better": "So it is on average, over endlessly many samples. Eight "
            "samples are not the average.",
            "yes: on average it points elsewhere": "On average the constant cancels out: making everything "
            "likelier at once is impossible.",
            "yes: it scatters more": "The constant pushes up whatever happened to be drawn. On average that "
            "cancels out, in a single group it does not.",
        },
        "yes: it scatters more",
    ),
    2: (
        "Against a group with four right in eight, a group with one right pushes…",
        {
            "less, and the division by the spread lifts it": "Undivided its advantages are smaller all "
            "together. Its spread is smaller too, so the division brings it nearer, but not level.",
            "as hard, for the division makes all groups alike": "It makes their spreads alike. The sum of "
            "the sizes of the advantages still differs.",
            "harder: a rare right answer is precious": "That answer itself gets a large advantage. But the "
            "group as a whole, its other seven included, pushes less.",
        },
        "less, and the division by the spread lifts it",
    ),
    3: (
        "Every r is 1, and each completion counts once. What is the loss, and how long its gradient?",
        {
            "both 0: there is nothing to correct yet": "A value of 0 says nothing about the slope: each r "
            "moves as soon as the weights do.",
            "loss 0, gradient not": "The advantages of a group add up to 0, whatever the policy is worth. "
            "Their directions do not.",
            "loss not 0: it measures how bad the policy is": "It measures nothing of the kind: each group's "
            "advantages add up to 0, however well or badly the policy does.",
        },
        "loss 0, gradient not",
    ),
}
