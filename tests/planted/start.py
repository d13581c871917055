"""Mistakes in the exercises of 00: what is replaced in a solution, by what, and part of the message."""

PLANTED = {
    "group_advantages": [
        ("(reward - average)", "(average - reward)", "sign is flipped"),
        ("mean(group), stdev(group)", "mean(rewards), stdev(rewards)", "batch's mean and std"),
        ("stdev(group)", "stdev(rewards)", "divided by the batch's std, not the group's"),
        ("(reward - average)", "reward", "the mean is still in there"),
        (" / (spread + 1e-4)", "", "not divided by"),
        ("stdev(group)", "stdev(group) ** 2", "take its square root"),
        ("stdev(group)", "stdev(group) * ((len(group) - 1) / len(group)) ** 0.5", "n - 1"),
        ("spread + 1e-4", "spread", "ZeroDivisionError"),
    ],
    "dead_groups": [
        ("len(set(group)) == 1", "not any(group)", "where all are right has no spread either"),
        ("len(set(group)) == 1", "sum(group) == 0", "a mean of zero is not enough"),
        ("len(set(group)) == 1", "set(group) in ({0}, {1})", "0.5 twice is dead"),
        ("==", "!=", "these are the groups that do teach"),
        ("enumerate(groups)", "enumerate(groups, 1)", "groups count from 0"),
        ("return [number", "return [number * group_size", "divide by group_size"),
        ("== 1]", "== 1].__len__()", "not a count"),
    ],
    "nudged": [
        ("exp(rate * a)", "exp(-rate * a)", "sign is flipped"),
        ("p / sum(raised)", "p", "no longer add up to 1"),
        ("sum(raised)", "max(raised)", "divided by the largest"),
        ("sum(raised)", "len(raised)", "divided by how many"),
        ("exp(rate * a)", "exp(a)", "the rate is not used"),
        ("p * exp(rate * a)", "p + rate * a", "added to the probability"),
        ("exp(rate * a)", "(1 + rate * a)", "multiplied by 1 + rate * advantage"),
        ("p * exp(rate * a)", "exp(rate * a)", "the old probabilities are not in there"),
    ],
}
