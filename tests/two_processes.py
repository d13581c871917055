"""Trains as one of several processes for test_processes.py, and writes down what this process did.

    torchrun … tests/two_processes.py FOLDER [OPTION=VALUE …]
"""

from __future__ import annotations

import ast
import json
import os
import signal
import sys
from pathlib import Path

import torch

from helpers.__main__ import main
from helpers.errors import WorkbookError
from helpers.rewards import text_of
from helpers.tasks import MATH

FOLDER = Path(sys.argv[1])
OPTIONS = {name: ast.literal_eval(value) for name, _, value in (word.partition("=") for word in sys.argv[2:])}
RANK = int(os.environ.get("RANK", 0))


def reward_seen(prompts, completions, trainer_state, **columns):
    """0 or 1 by the length of a completion; notes each of them, and fails or dies where asked to."""
    step = trainer_state.global_step + 1
    if OPTIONS.get("fail") == [RANK, step]:
        raise WorkbookError(f"process {RANK} fails at step {step}")
    if OPTIONS.get("die") == [RANK, step]:
        os.kill(os.getpid(), signal.SIGKILL)
    paid = [float(len(text_of(one)) % 2) for one in completions]
    with (FOLDER.parent / f"seen-{FOLDER.name}-{RANK}.jsonl").open("a") as file:
        for prompt, one, value in zip(prompts, completions, paid, strict=True):
            line = {"step": step, "prompt": text_of(prompt), "completion": text_of(one), "paid": value}
            file.write(json.dumps({**line, "dice": torch.initial_seed()}) + "\n")
    return paid


def train_command(args) -> None:
    from helpers import runs
    from helpers.training import train

    own = ("fail", "die", "named")
    runs.OWN = FOLDER
    train(
        MATH,
        "tiny",
        reward_funcs=[reward_seen],
        out=FOLDER if OPTIONS.get("named", True) else None,
        **{name: value for name, value in OPTIONS.items() if name not in own},
    )


if __name__ == "__main__":
    from helpers import __main__ as cli

    cli.COMMANDS["train"] = train_command
    sys.exit(main(["train", "math"]))
