"""How much disk and time a training will take: estimates, before it starts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from helpers.memory import Shape


def disk_bytes(shape: Shape) -> float:
    """What a run leaves on disk at most: three checkpoints (one of them being written) and the adapter, each
    with LoRA's weights in fp32, a checkpoint with two optimizer states more; and 20 MB of samples."""
    return shape.lora * 4 * (3 * 3 + 1) + 20e6


def steps_of(config: Mapping[str, Any], prompts: int, processes: int = 1) -> int:
    """How many optimizer steps a run takes: max_steps, or what its epochs over so many prompts come to."""
    if config.get("max_steps", -1) > 0:
        return config["max_steps"]
    completions = config["per_device_train_batch_size"] * config["gradient_accumulation_steps"] * processes
    each = max(1, prompts * config["num_generations"] // completions)
    return math.ceil(config.get("num_train_epochs", 3) * each)


def minutes(steps: int, seconds_a_batch: float) -> float:
    """Twice the sampling of every step: about half of a step is sampling (measured on the tiny model)."""
    return 2 * steps * seconds_a_batch / 60
