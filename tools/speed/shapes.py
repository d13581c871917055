"""Llamas of the recipe's exact shapes with random weights: as large and slow as the real ones, no download.

Their tokenizer is the tiny model's, whose ids are a part of theirs. The weights are random, so an end token
is as rare as any other of the vocabulary: nearly every completion is as long as it may be.
"""

from pathlib import Path
from typing import Any

from helpers.models import compute_dtype, device

# As the config.json of HuggingFaceTB/SmolLM-135M-Instruct and meta-llama/Llama-3.2-1B-Instruct have them.
SHAPES: dict[str, dict[str, Any]] = {
    "smollm-135m": {
        "hidden_size": 576,
        "num_hidden_layers": 30,
        "num_attention_heads": 9,
        "num_key_value_heads": 3,
        "intermediate_size": 1536,
        "vocab_size": 49152,
        "max_position_embeddings": 2048,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0},
    },
    "llama-3.2-1b": {
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
}
QUICK = {"num_hidden_layers": 2, "vocab_size": 2048}  # for a smoke test: the tiny model's vocabulary


def config_of(name: str, quick: bool = False) -> Any:
    """The LlamaConfig of a shape; quick: of its first two layers, with a small vocabulary."""
    from transformers import LlamaConfig

    ids = {"pad_token_id": 0, "eos_token_id": 1, "bos_token_id": None}  # the tiny model's tokenizer's
    shape = SHAPES[name] | (QUICK if quick else {})
    return LlamaConfig(**shape, **ids, tie_word_embeddings=True, rms_norm_eps=1e-5)


def parameters(config: Any) -> int:
    """How many weights such a model has, counting tied ones once; none of them is made."""
    import torch
    from transformers import LlamaForCausalLM

    with torch.device("meta"):
        model = LlamaForCausalLM(config)
        model.tie_weights()
    return sum(weight.numel() for weight in model.parameters())


def write_model(config: Any, folder: Path) -> None:
    """Save a random model to a new folder, in the number format that this machine computes in."""
    import torch
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    with torch.device(device()):
        model = AutoModelForCausalLM.from_config(config, dtype=compute_dtype())
    part = folder.with_name(f"{folder.name}.part")
    model.save_pretrained(part)
    part.rename(folder)
