"""What a run costs, on paper: tokens, operations, bytes, hours. Plain arithmetic; nothing is measured here.

`bench-gpu` (tools/) and notebook 08 count with the same functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpers import sizes
from helpers.sizes import LENGTHS, ROWS, lora_parameters, parameters
from helpers.specs import RECIPE

# The recipe's two, of those whose shapes are known.
SHAPES = {name: sizes.SHAPES[name] for name in ("smollm-135m", "llama-3.2-1b")}
GROUP, EPOCHS = RECIPE["num_generations"], RECIPE["num_train_epochs"]  # completions a prompt; passes
TRAINED_BYTES = 16  # a trained weight in fp32: itself, its gradient, and Adam's two averages, 4 bytes each


def flop(size: int, tokens: float, tune: str = "lora") -> float:
    """Floating-point operations that a completion with its prompt takes of the model, sampling included.

    2 x parameters x tokens to sample; as much again for the log-probabilities, and backward as much (LoRA:
    frozen weights need no gradient) or twice as much (full). Left out: attention's scores, and what is
    computed twice, as gradient checkpointing does.
    """
    return 2 * size * tokens * (1 + (3 if tune == "full" else 2))


def completions(task: str) -> int:
    """Completions of one of the recipe's runs: every row of the task's data set, GROUP each, EPOCHS times."""
    return ROWS[task] * GROUP * EPOCHS


def memory(
    shape: Mapping[str, Any], task: str, rows: int, bits: int = 16, tune: str = "lora", split: int = 1
) -> dict[str, float]:
    """Bytes on each GPU, by what they hold; a floor: the libraries need room of their own.

    rows: completions on this GPU at a time. bits: of a frozen weight (16, 8 or 4). split: over how many GPUs
    weights, gradients and optimizer are split (FSDP2, ZeRO-3). Activations are one hidden state a layer, as
    gradient checkpointing keeps them; the logits are there in fp32 twice, as themselves and as a gradient.
    """
    hidden, layers = shape["hidden_size"], shape["num_hidden_layers"]
    size = shape.get("head_dim") or hidden // shape["num_attention_heads"]
    prompt, answer = LENGTHS[task]
    trained = parameters(shape) if tune == "full" else lora_parameters(shape)
    tokens = rows * (prompt + answer)
    kept = 0 if tune == "full" else parameters(shape) * bits / 8
    return {
        "weights": kept / split,
        "trained": trained * TRAINED_BYTES / split,
        "cache": tokens * layers * 2 * shape["num_key_value_heads"] * size * 2,
        "activations": tokens * layers * hidden * 2,
        "logits": rows * answer * shape["vocab_size"] * 4 * 2,
    }


def peak(parts: Mapping[str, float]) -> float:
    """The larger of the two moments: sampling (the cache) or training (activations and logits)."""
    return parts["weights"] + parts["trained"] + max(parts["cache"], parts["activations"] + parts["logits"])


def averaged_bytes(trained: int, processes: int, each: int = 4) -> float:
    """Bytes a process sends so that all have the mean gradient: a ring passes each part round twice."""
    return 2 * (processes - 1) / processes * trained * each


def gathered_bytes(weights: float, processes: int, times: int) -> float:
    """Bytes a process receives when `weights` bytes are split over all and are put together `times` times."""
    return (processes - 1) / processes * weights * times


def hours(task: str, size: int, tflops: float, gpus: int = 1, tune: str = "lora") -> float:
    """Hours of one of the recipe's runs, at `tflops` TFLOP/s *reached* by each of `gpus` GPUs, none idle."""
    total = completions(task) * flop(size, sum(LENGTHS[task]), tune)
    return total / (tflops * 1e12 * gpus) / 3600
