"""What a GPU of a given size can take: the settings for a T4 (16 GB) as on Colab, and for any other.

Most of it needs no setting. `helpers.models` and `helpers.trainer.settings` pick the number format (fp16 on
a T4, which does not compute in bf16), gradient checkpointing is on wherever there is a GPU, and attention is
PyTorch's own (sdpa), which every GPU has. What is left: how many completions pass through the model at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from helpers.models import ModelSpec, get_model, read_config
from helpers.tasks import Task, get_task

# An estimate, not a measurement: of each token the logits stand in memory about four times (logits, their
# log-softmax, and the gradients of both), in fp32; we let them have a third of the GPU's memory.
COPIES, BYTES, SHARE = 4, 4, 1 / 3
PROMPT_TOKENS = 512  # what we allow for a prompt


def fit_memory(options: dict[str, Any], vocabulary: int, memory_bytes: float) -> dict[str, int]:
    """Batch and accumulation whose logits fit, with the same number of completions a step.

    options: per_device_train_batch_size, gradient_accumulation_steps and max_completion_length of GRPOConfig.
    The batch is halved until it fits. GRPO's step stays the same (all losses but bnpo's: there accumulation
    counts).
    """
    batch = options["per_device_train_batch_size"]
    total = batch * options["gradient_accumulation_steps"]
    each = (PROMPT_TOKENS + options["max_completion_length"]) * vocabulary * COPIES * BYTES
    while batch > 1 and batch % 2 == 0 and batch * each > memory_bytes * SHARE:
        batch //= 2
    return {"per_device_train_batch_size": batch, "gradient_accumulation_steps": total // batch}


def hardware_options(task: str | Task, model: str | Path | ModelSpec) -> dict[str, int]:
    """The options of train() for this machine's GPU; none on a processor. Reads the model's config."""
    import torch

    if not torch.cuda.is_available():
        return {}
    task, spec = get_task(task), get_model(model)
    options = {"max_completion_length": task.max_completion_tokens, **spec.options(task.name)}
    vocabulary = read_config(spec).get_text_config().vocab_size
    return fit_memory(options, vocabulary, torch.cuda.get_device_properties(0).total_memory)
