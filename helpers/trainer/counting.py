"""What training data are like, counted for the record: what is kept as it is, and what was left out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from helpers.rewards import text_of
from helpers.text.safe import CONTROL

HUGE = 100_000  # characters


def counted(prompts: Sequence[Any], golds: Sequence[str], too_long: int) -> dict[str, int]:
    """How many rows there were, and how many of them repeat a prompt, hold control characters, are huge (over
    100,000 characters) or were left out, too long for the model. Odd rows stay in: they are text like any."""
    texts = [text_of(prompt) for prompt in prompts]
    pairs = list(zip(texts, golds, strict=True))
    return {
        "rows": len(texts),
        "repeated": len(texts) - len(set(texts)),
        "control_characters": sum(any(map(CONTROL.search, pair)) for pair in pairs),
        "huge": sum(max(map(len, pair)) > HUGE for pair in pairs),
        "left_out": too_long,
    }


def fingerprint(prompts: Sequence[Any], golds: Sequence[str]) -> str:
    """The SHA-256 of all rows in their order (prompts as text, golds), in hex: which data a run has seen."""
    found = hashlib.sha256()
    for prompt, gold in zip(prompts, golds, strict=True):
        found.update(json.dumps([text_of(prompt), gold]).encode("ascii"))
    return found.hexdigest()
