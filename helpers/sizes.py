"""How large the real models are, and what the recipe takes of them: counts; estimates of memory and hours.

`SHAPES` holds what the config.json of each says; everything else is arithmetic on it, written out below.
Nothing was measured on a GPU: memory and hours of `expected` are estimates, and it says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from helpers.memory import Shape, memory_bytes
from helpers.specs import LLAMA, RECIPE, SMOLLM, SMOLLM2, ModelSpec

SHAPES: dict[str, dict[str, Any]] = {
    SMOLLM.name: {
        "hidden_size": 576,
        "num_hidden_layers": 30,
        "num_attention_heads": 9,
        "num_key_value_heads": 3,
        "head_dim": 64,
        "intermediate_size": 1536,
        "vocab_size": 49152,
        "max_position_embeddings": 2048,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0},
    },
    LLAMA.name: {
        "hidden_size": 2048,
        "num_hidden_layers": 16,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "head_dim": 64,
        "intermediate_size": 8192,
        "vocab_size": 128256,
        "max_position_embeddings": 131072,
        "rope_parameters": {
            "rope_type": "llama3",
            "rope_theta": 500000.0,
            "factor": 32.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8192,
        },
    },
    SMOLLM2.name: {
        "hidden_size": 2048,
        "num_hidden_layers": 24,
        "num_attention_heads": 32,
        "num_key_value_heads": 32,
        "head_dim": 64,
        "intermediate_size": 8192,
        "vocab_size": 49152,
        "max_position_embeddings": 8192,
        "rope_parameters": {"rope_type": "default", "rope_theta": 130000.0},
    },
}
# Tokens of a prompt and of the longest completion. The prompts' are round figures of ours, not counted: the
# real data sets are not downloaded. 96 is the Hugging Face course's; 512 the workbook's own for problems.
LENGTHS = {"tldr": (400, 96), "math": (150, 512)}
# Rows of mlabonne/smoltldr's `train`; 5 % of the 72,441 of AI-MO/NuminaMath-TIR's `train`.
ROWS = {"tldr": 2000, "math": 72441 * 5 // 100}

# For one layer to sample one more token of a batch this small: the calls take the time.
SECONDS_A_LAYER = 1e-3
FLOP_A_SECOND = 1e13  # sustained in the large products of training


@dataclass(frozen=True)
class Expected:
    """What the recipe takes of a model on a task: counts, then estimates (10^9 bytes; hours of one GPU)."""

    parameters: int
    lora_parameters: int
    memory_gb: float
    hours: float
    measured: bool = False


def linear_layers(shape: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Inputs and outputs of each linear layer of one block, where LoRA sits."""
    hidden, inner, head = shape["hidden_size"], shape["intermediate_size"], shape["head_dim"]
    asked, kept = shape["num_attention_heads"] * head, shape["num_key_value_heads"] * head
    attention = [(hidden, asked), (hidden, kept), (hidden, kept), (asked, hidden)]
    return [*attention, (hidden, inner), (hidden, inner), (inner, hidden)]


def parameters(shape: Mapping[str, Any]) -> int:
    """Weights of a Llama of this shape, its input and output embedding being one."""
    block = sum(a * b for a, b in linear_layers(shape)) + 2 * shape["hidden_size"]
    return shape["num_hidden_layers"] * block + (shape["vocab_size"] + 1) * shape["hidden_size"]


def lora_parameters(shape: Mapping[str, Any], rank: int = 16) -> int:
    """Weights that LoRA adds on every linear layer."""
    return shape["num_hidden_layers"] * rank * sum(a + b for a, b in linear_layers(shape))


def shape_on_paper(shape: Mapping[str, Any], rank: int = 16) -> Shape:
    """What memory depends on, for a shape as config.json gives it; `memory.shape_of` asks a real config."""
    return Shape(
        parameters=parameters(shape),
        linear=shape["num_hidden_layers"] * sum(a * b for a, b in linear_layers(shape)),
        lora=lora_parameters(shape, rank),
        layers=shape["num_hidden_layers"],
        hidden=shape["hidden_size"],
        inner=shape["intermediate_size"],
        keys=shape["num_key_value_heads"] * shape["head_dim"],
        vocabulary=shape["vocab_size"],
    )


def expected(model: ModelSpec, task: str, quantize: str | None = None) -> Expected:
    """Memory and hours of the recipe on one GPU in 16 bits: estimates, every completion at its longest.

    memory: the estimate of `helpers.memory`, with gradient checkpointing and the 8-bit optimizer.
    hours = steps x (completion's tokens x layers x 1 ms + 6 x parameters x tokens / 10^13 FLOP a second).
    There is one figure of others to check it on: the Hugging Face course's hour for SmolLM on an A10G.
    """
    shape = shape_on_paper(SHAPES[model.name], model.lora_r)
    prompt, answer = LENGTHS[task]
    config = {**RECIPE, "max_completion_length": answer, "optim": model.gpu_optimizer}
    memory = memory_bytes(shape, config, prompt, gpu=True, quantize=quantize)["peak"]
    completions = RECIPE["per_device_train_batch_size"] * RECIPE["gradient_accumulation_steps"]
    steps = ROWS[task] * RECIPE["num_generations"] * RECIPE["num_train_epochs"] / completions
    learning = 6 * shape.parameters * completions * (prompt + answer) / FLOP_A_SECOND
    seconds = answer * shape.layers * SECONDS_A_LAYER + learning
    hours = round(steps * seconds / 3600, 1)
    return Expected(shape.parameters, shape.lora, round(memory / 1e9, 1), hours)
