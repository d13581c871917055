"""Far maths problems: stories, number ranges and step counts that no training and no warm-up problem uses."""

from random import Random

from .maths import OPERATIONS, Problem

NAMES = (
    "Aisha Bjorn Chloe Dmitri Elif Farid Greta Haruto Indira Jonas Kamala Lars Mei Nadia Otto Priya".split()
)

# (kind, story, ranges of the operands, steps as (left, operator, right) where "s" is the last result)
FAR = [
    ("far_add", "The library of {n}'s school lends {a} books in spring and {b} in autumn. What is the yearly total?",
     ((101, 480), (101, 480)), (("a", "+", "b"),)),
    ("far_add", "A theatre welcomes {a} guests on opening night and {b} on the second. Find the number of guests over both nights.",
     ((101, 480), (101, 480)), (("a", "+", "b"),)),
    ("far_sub", "A reservoir holds {a} barrels of water. During a dry week {b} barrels are used. What remains?",
     ((501, 980), (101, 490)), (("a", "-", "b"),)),
    ("far_sub", "{n} needs {a} points to win a tournament and already scored {b}. By how much does the score fall short?",
     ((501, 980), (101, 490)), (("a", "-", "b"),)),
    ("far_mul", "Every carriage of the night express seats {b} travellers. With {a} carriages, what is its capacity?",
     ((3, 9), (31, 79)), (("a", "*", "b"),)),
    ("far_mul", "{n}'s orchard is planted as a grid: {a} lines with {b} trees in every line. Give the number of trees.",
     ((3, 9), (31, 79)), (("a", "*", "b"),)),
    ("far_three", "A market stall starts with {a} melons. A truck delivers {b}, customers carry off {c}, and {d} turn out to be bad. "
     "What is the stock at closing time?", ((101, 300), (51, 99), (31, 49), (3, 9)),
     (("a", "+", "b"), ("s", "-", "c"), ("s", "-", "d"))),
    ("far_three", "{n} bakes {a} trays holding {b} muffins apiece, drops {c} on the floor and then bakes another {d}. "
     "What number of muffins can be served?", ((3, 9), (13, 19), (3, 9), (31, 60)),
     (("a", "*", "b"), ("s", "-", "c"), ("s", "+", "d"))),
    ("far_three", "Three hikers cover {a}, {b} and {c} kilometres. Their guide {n} covers {d} kilometres less than they do jointly. "
     "What distance does the guide cover?", ((101, 150), (101, 150), (51, 99), (11, 49)),
     (("a", "+", "b"), ("s", "+", "c"), ("s", "-", "d"))),
    ("far_back", "After giving away {b} postcards, {n} still owns {a}. What was the size of the collection before?",
     ((101, 480), (101, 480)), (("a", "+", "b"),)),
]  # fmt: skip


def generate(rng: Random) -> Problem:
    """One far problem."""
    kind, story, ranges, plan = rng.choice(FAR)
    operands = tuple(rng.randint(*low_high) for low_high in ranges)
    value = dict(zip("abcd", operands, strict=False))
    equations = []
    for left, operator, right in plan:
        result = OPERATIONS[operator](value[left], value[right])
        equations.append((value[left], operator, value[right], result))
        value["s"] = result
    return Problem(story.format(n=rng.choice(NAMES), **value), kind, operands, tuple(equations))
