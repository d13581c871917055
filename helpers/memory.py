"""How much memory a training takes at its peak: an estimate, from the model's shape and the settings.

In bytes, of one process; the doctor, the table of real models and the settings for a GPU all ask here:

    weights      P · b                             P parameters of b bytes (2 on a GPU, 4 on a processor)
    adapters     L · (4 + 4 + s)                   L LoRA parameters and gradients in fp32, optimizer states
    logits       B · (T + 1) · V · (2 b + 6)       of B completions: scores, their gradients, fp32 copies
    activations  B · (Q + T) · N · a · b           N layers, kept for the backward pass
                 B · (Q + T) · (N · h + a) · b     … with gradient checkpointing: a layer's input, one layer
    sampling     G · (Q + T) · N · 2 · v · b       keys and values of the G completions of a step
    peak         weights + adapters + max(logits + activations, sampling), and 0.5 GB of context on a GPU

Q and T are the tokens of the longest prompt and completion, V the vocabulary, h the hidden size, v the width
of a layer's keys. a = 12 h + 4 i is how many numbers a layer of inner size i keeps for each token: two norms,
queries, keys and values before and after their rotation, attention, two residual sums; gate, up, their
product and its input. Attention scores are not counted: none of the kernels that PyTorch chooses for these
models keeps them. It is the worst case, with every completion as long as it may be. Held against measurement
on a processor only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CONTEXT_BYTES = 0.5e9  # what CUDA itself takes
FACTOR = 2.0  # how far a measured peak may lie from the estimate, up or down (tests/test_doctor.py)
QUANTIZED = {"8bit": 1.03, "4bit": 0.56}  # bytes of a weight in a linear layer, its block's scale included


@dataclass(frozen=True)
class Shape:
    """What of a model its memory depends on; counts are of numbers, not bytes."""

    parameters: int
    linear: int  # of these, in the linear layers that LoRA sits on and that are quantized
    lora: int
    layers: int
    hidden: int
    inner: int
    keys: int
    vocabulary: int

    @property
    def kept(self) -> int:
        """Numbers that a layer keeps for each token until the backward pass."""
        return 12 * self.hidden + 4 * self.inner


def shape_of(config: Any, lora_r: int = 16) -> Shape:
    """The shape of a causal language model, by its transformers configuration. Allocates no weights."""
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    out = model.get_output_embeddings()
    linears = [
        part
        for part in model.modules()
        if part is not out and hasattr(part, "weight") and part.weight.dim() == 2
        if not isinstance(part, torch.nn.Embedding)
    ]
    config = config.get_text_config()
    heads = getattr(config, "num_attention_heads", 1)
    size = getattr(config, "head_dim", None) or config.hidden_size // heads
    return Shape(
        parameters=sum(weight.numel() for weight in model.parameters()),
        linear=sum(part.weight.numel() for part in linears),
        lora=sum(lora_r * sum(part.weight.shape) for part in linears),
        layers=config.num_hidden_layers,
        hidden=config.hidden_size,
        inner=getattr(config, "intermediate_size", None) or 4 * config.hidden_size,
        keys=size * (getattr(config, "num_key_value_heads", None) or heads),
        vocabulary=config.vocab_size,
    )


def memory_bytes(
    shape: Shape, config: Mapping[str, Any], prompt_tokens: int, *, gpu: bool, quantize: str | None = None
) -> dict[str, float]:
    """The estimate, part by part (module docstring), with its sum as `peak`.

    config: options of GRPOConfig, as `grpo_options` makes them. prompt_tokens: of the longest prompt.
    """
    width = 2 if gpu else 4
    rows = config.get("per_device_train_batch_size", 8)
    sampled = rows * (config.get("steps_per_generation") or config.get("gradient_accumulation_steps", 1))
    answer = config.get("max_completion_length", 512)
    tokens = prompt_tokens + answer
    small = QUANTIZED[quantize] if quantize else width
    states = 2 if "8bit" in str(config.get("optim", "")) else 8
    checkpointed = config.get("gradient_checkpointing", True)
    numbers = shape.layers * shape.hidden + shape.kept if checkpointed else shape.layers * shape.kept
    parts = {
        "weights": shape.linear * small + (shape.parameters - shape.linear) * width,
        "adapters": shape.lora * (8 + states),
        "logits": rows * (answer + 1) * shape.vocabulary * (2 * width + 6),
        "activations": rows * tokens * numbers * width,
        "sampling": sampled * tokens * shape.layers * 2 * shape.keys * width,
        "context": CONTEXT_BYTES if gpu else 0.0,
    }
    most = max(parts["logits"] + parts["activations"], parts["sampling"])
    return {**parts, "peak": parts["weights"] + parts["adapters"] + most + parts["context"]}
