"""What 08_scale_up asks before it shows."""

from helpers.guesses import Guess

GUESSES: dict[int, Guess] = {
    1: (
        "What has to travel between the processes at every step?",
        {
            "weights and completions": "All start from the same weights and make the same step, so the "
            "copies stay equal unsent; and each process trains on what it has sampled itself.",
            "gradients and rewards": "The mean of the gradients makes the step. And a group may lie in two "
            "processes, so its advantages need the rewards of all.",
            "prompts and gradients": "Gradients, yes. But all shuffle the prompts with the same seed and "
            "take their own part.",
        },
        "gradients and rewards",
    ),
    2: (
        "How many tokens does the recipe's run on maths read and write?",
        {
            "about 6 million": "Three epochs, and eight completions for every problem, each with its prompt: "
            "it adds up to ten times as much.",
            "about 60 million": "Tens of thousands of completions, each of several hundred tokens with its "
            "prompt.",
            "about 600 million": "Then each completion would have thousands of tokens, and 512 is the limit.",
        },
        "about 60 million",
    ),
    3: (
        "From the most memory to the least?",
        {
            "logits, weights, cache, adapters": "A number for each token of the vocabulary, at each place of "
            "each completion, and as many gradients: that is more than all the weights.",
            "weights, logits, cache, adapters": "There are many weights, but they stand there once. The "
            "logits grow with completions, with length and with the vocabulary.",
            "weights, cache, adapters, logits": "It looks as if the logits were a by-product. But each is a "
            "number for every token of a large vocabulary, and has a gradient.",
        },
        "logits, weights, cache, adapters",
    ),
}
