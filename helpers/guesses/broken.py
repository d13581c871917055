"""What 07_when_it_breaks asks beside each exhibit."""

from helpers.guesses import Guess

GUESSES: dict[int, Guess] = {
    1: (
        "Exhibit 1: what was changed?",
        {
            "the length limit is too low": "Most are truncated, yes, but only from step 3 on, and the "
            "entropy is that of babble: the policy broke first, and then ran into the limit.",
            "the learning rate is far too high": "A cliff within three steps, entropy ten times as high, "
            "then silence: the policy was thrown out of the region where it can speak.",
            "the problems are too hard": "Then the reward would be low from the first step on, and the "
            "entropy would stay as it was.",
        },
        "the learning rate is far too high",
    ),
    2: (
        "Exhibit 2: what was changed?",
        {
            "the learning rate is far too high": "Entropy is normal and nothing ever moved: the gradient is "
            "0 from the first step on.",
            "the completions are cut off before they end": "Truncated is 100 % at every step: no answer is "
            "ever finished, so none is ever paid.",
            "the reward function is broken": "It could be, and it would look the same in four curves. The "
            "fifth, truncated, tells the two apart.",
        },
        "the completions are cut off before they end",
    ),
    3: (
        "Exhibit 3: what was changed?",
        {
            "the prompts lack the chat template": "One token a completion: the model ends at once, because "
            "nothing tells it that it is its turn.",
            "the temperature is 0": "Then the completions of a group would be alike, but they would still "
            "be answers of the usual length.",
            "the reward punishes length": "No reward was ever paid here, so none can have taught this: it "
            "is so from the first step on.",
        },
        "the prompts lack the chat template",
    ),
    4: (
        "Exhibit 4: what was changed?",
        {
            "the completions are cut off before they end": "Hardly any is truncated: the answers reach "
            "their ends.",
            "the learning rate is 0": "The gradient itself is 0 or nearly so, whatever rate it would be "
            "multiplied with.",
            "the problems are too hard": "The model answers as it always does, and all eight answers of a "
            "group are wrong: no spread, no gradient.",
        },
        "the problems are too hard",
    ),
    5: (
        "Exhibit 5: what was changed?",
        {
            "all groups are dead": "Fewer groups are dead than in the healthy run: there is spread, and "
            "there is a gradient.",
            "the KL leash is too short": "The gradient is even longer than the healthy run's, and most of "
            "it pulls back: KL stays near 0, and so the policy stays where it was.",
            "the rewards are random": "Then the policy would wander off, and its KL would grow.",
        },
        "the KL leash is too short",
    ),
    6: (
        "Exhibit 6: what was changed?",
        {
            "the learning rate is somewhat too high": "Faster at first, and then the steps are too long for "
            "a policy that is nearly right: it comes apart again.",
            "it was trained on too few problems": "No problem comes twice in 60 steps; and to have seen "
            "one before would make its reward rise, not fall.",
            "the reward changed half-way": "Nothing in GRPO does that by itself; the reward is the same at "
            "every step.",
        },
        "the learning rate is somewhat too high",
    ),
    7: (
        "Exhibit 7: what is wrong?",
        {
            "nothing, it is well trained": "It was nearly as good at the first step, and the length never "
            "came near 50.",
            "the learning rate is too low": "The gradient is 0 in most steps: no rate helps that.",
            "the reward is saturated": "Nearly everything gets full marks from the start: no spread, "
            "nothing left to learn.",
        },
        "the reward is saturated",
    ),
    8: (
        "Exhibit 8: what has the policy learned?",
        {
            "to summarize in 50 characters": "The length is right. But look at ROUGE-L: hardly a word is "
            "left that the reference has, too.",
            "to say anything at all that has 50 characters": "Only length was paid for, and so only length "
            "was kept.",
            "to copy the start of the post": "Then ROUGE-L would not fall so low: names and facts often "
            "stand at the start.",
        },
        "to say anything at all that has 50 characters",
    ),
    9: (
        "Exhibit 9: what has the policy learned?",
        {
            "to work the problems out": "Its true accuracy has fallen to that of a blind guess.",
            "to say that it is not sure, every time": "It pays in full, it is short, and the model knew how "
            "from the start: the nearest hole wins.",
            "to guess better": "Accuracy would have risen, if only a little.",
        },
        "to say that it is not sure, every time",
    ),
}
