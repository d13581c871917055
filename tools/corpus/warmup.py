"""What the embedded model reads in its warm-up: (prompt, completion) pairs, batch by batch, in two phases."""

from collections.abc import Iterator
from random import Random

from . import chat, maths, tldr

# per batch: problems, drills of number facts, posts. guess: share answered by a guess, right with probability
# guess_right; slip: probability that one result of a working is off; tagged: share in the <think> format.
PHASES = {
    "skill": dict(steps=2200, learning_rate=3e-3, problems=40, drills=16, posts=20,
                  guess=0.0, slip=0.0, guess_right=0.0, tagged=0.5),
    "dilute": dict(steps=120, learning_rate=2e-4, problems=48, drills=0, posts=16,
                   guess=0.55, slip=0.12, guess_right=0.08, tagged=0.45),
}  # fmt: skip


def maths_batch(rng: Random, phase: dict) -> list[tuple[str, str]]:
    """Problems of the warm-up part, answered in one of the policy's ways, and drills of single facts."""
    documents = []
    for _ in range(phase["problems"]):
        problem, tagged = maths.generate(rng, "warmup"), rng.random() < phase["tagged"]
        if rng.random() < phase["guess"]:
            completion = maths.guessed(problem, tagged, rng, phase["guess_right"])
        else:
            completion = maths.worked(problem, tagged, rng, phase["slip"])
        documents.append((chat.maths_prompt(problem.text), completion + chat.END))
    return documents + [("", maths.drill(rng) + chat.END) for _ in range(phase["drills"])]


def tldr_batch(rng: Random, phase: dict) -> list[tuple[str, str]]:
    """Posts of the warm-up part, each with a summary of any of its five lengths."""
    posts = [tldr.generate(rng, "warmup") for _ in range(phase["posts"])]
    return [
        (chat.prompt(post.prompt), rng.choice(list(post.summaries.values())) + chat.END) for post in posts
    ]


def maths_documents(rng: Random, phase: dict, batches: int) -> Iterator[tuple[str, str]]:
    """The maths of the first `batches` batches, in a row."""
    for _ in range(batches):
        yield from maths_batch(rng, phase)
