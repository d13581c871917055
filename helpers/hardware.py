"""What a GPU of a given size can take: the settings for a T4 (16 GB) as on Colab, and for any other.

Most of it needs no setting. `helpers.models` and `helpers.trainer.settings` pick the number format (fp16 on
a T4, which does not compute in bf16), gradient checkpointing is on wherever there is a GPU, and attention is
PyTorch's own (sdpa), which every GPU has. What is left: how many completions pass through the model at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from helpers.memory import FACTOR, Shape, memory_bytes, shape_of
from helpers.models import ModelSpec, get_model, read_config
from helpers.tasks import Task, get_task

PROMPT_TOKENS = 512  # what we allow for a prompt


def fit_memory(shape: Shape, options: dict[str, Any], total_bytes: float) -> dict[str, int]:
    """Batch and accumulation that fit a GPU of total_bytes, with the same number of completions a step.

    options: of GRPOConfig: per_device_train_batch_size, gradient_accumulation_steps, max_completion_length.
    The batch is halved until the estimate of `helpers.memory` fits with the factor that the doctor asks for,
    or is 1. GRPO's step stays the same (all losses but bnpo's: there accumulation counts).
    """
    batch = options["per_device_train_batch_size"]
    total = batch * options["gradient_accumulation_steps"]

    def needed(rows: int) -> float:
        tried = {**options, "per_device_train_batch_size": rows, "gradient_accumulation_steps": total // rows}
        return FACTOR * memory_bytes(shape, tried, PROMPT_TOKENS, gpu=True)["peak"]

    while batch > 1 and batch % 2 == 0 and needed(batch) > total_bytes:
        batch //= 2
    return {"per_device_train_batch_size": batch, "gradient_accumulation_steps": total // batch}


def hardware_options(task: str | Task, model: str | Path | ModelSpec) -> dict[str, int]:
    """The options of train() for this machine's GPU; none on a processor. Reads the model's config."""
    import torch

    if not torch.cuda.is_available():
        return {}
    task, spec = get_task(task), get_model(model)
    options = {
        "max_completion_length": task.max_completion_tokens,
        "optim": spec.gpu_optimizer,
        **spec.options(task.name),
    }
    shape = shape_of(read_config(spec), spec.lora_r)
    return fit_memory(shape, options, torch.cuda.get_device_properties(0).total_memory)
