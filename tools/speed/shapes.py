"""Llamas of the recipe's exact shapes with random weights: as large and slow as the real ones, no download.

Their tokenizer is the tiny model's, whose ids are a part of theirs. The weights are random, so an end token
is as rare as any other of the vocabulary: nearly every completion is as long as it may be.
"""

from pathlib import Path
from typing import Any

from helpers import sizes
from helpers.models import compute_dtype, device

SHAPES = {name: sizes.SHAPES[name] for name in ("smollm-135m", "llama-3.2-1b")}
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
