"""From a task, a model and what the reader asks for to the options of a GRPOConfig that fit together."""

from __future__ import annotations

import dataclasses
import difflib
import math
from dataclasses import dataclass
from typing import Any

from helpers.errors import WorkbookError
from helpers.models import ModelSpec
from helpers.tasks import Task
from helpers.trainer.together import processes

LOSSES = ("grpo", "dr_grpo", "dapo", "bnpo", "cispo", "sapo", "luspo", "vespo")
RESERVED = {
    "output_dir": "out=…",
    "logging_steps": "nothing: every step is logged",
    "resume_from_checkpoint": "resume=True",
    "data_seed": "seed=…",
    "hub_token": "`hf auth login`: no secret goes into a record",
}


@dataclass(frozen=True)
class Batch:
    """How one step's completions are laid out. `line` says it in words."""

    per_device: int
    accumulation: int
    num_generations: int
    processes: int
    line: str

    @property
    def total(self) -> int:
        """Completions in one step, over all processes."""
        return self.per_device * self.accumulation * self.processes

    @property
    def options(self) -> dict[str, int]:
        """The same as GRPOConfig options."""
        return {
            "per_device_train_batch_size": self.per_device,
            "gradient_accumulation_steps": self.accumulation,
            "num_generations": self.num_generations,
        }


def fit_batch(
    per_device: int = 4, accumulation: int = 4, num_generations: int = 8, processes: int = 1
) -> Batch:
    """Make batch, accumulation, group size and processes fit together; `.line` says what was chosen.

    per_device x accumulation, as given for one process, is the number of completions a step. It stays the
    same over more processes (it grows to the next multiple only when they do not divide it). Groups must
    fill it exactly, so num_generations is lowered to the nearest divisor, never below 2.
    """
    asked = {
        "per_device_train_batch_size": per_device,
        "gradient_accumulation_steps": accumulation,
        "processes": processes,
    }
    for name, value in asked.items():
        if not isinstance(value, int) or value < 1:
            raise WorkbookError(f"{name}={value!r}: it must be a whole number of 1 or more")
    wanted = per_device * accumulation
    if not isinstance(num_generations, int) or num_generations < 2 or wanted < 2:
        raise WorkbookError(
            f"num_generations={num_generations!r} with {wanted} completions a step: GRPO compares "
            "completions of one prompt, so give both 2 or more"
        )
    total = math.ceil(wanted / processes) * processes
    each = total // processes
    per_device = max(size for size in range(1, min(per_device, each) + 1) if each % size == 0)
    group = _group(total, num_generations)
    line = (
        f"{total} completions a step = {total // group} prompt{'s' * (total > group)} x {group} each "
        f"({processes} process{'es' * (processes > 1)} x batch {per_device} x accumulation "
        f"{each // per_device})"
    )
    changed = [f"num_generations {num_generations} -> {group}"] * (group != num_generations)
    changed += [f"total {wanted} -> {total}"] * (total != wanted)
    return Batch(
        per_device, each // per_device, group, processes, line + "".join(f"; {text}" for text in changed)
    )


def _group(total: int, wanted: int) -> int:
    below = [size for size in range(2, min(wanted, total) + 1) if total % size == 0]
    above = [size for size in range(2, total + 1) if total % size == 0]
    return max(below) if below else min(above)


def grpo_options(
    task: Task, model: ModelSpec, steps: int | None, seed: int, asked: dict[str, Any]
) -> tuple[dict[str, Any], str]:
    """All GRPOConfig options of a run but its folder, and the line that says how its batch is laid out."""
    _check(steps, asked)
    options = {"max_completion_length": task.max_completion_tokens, **model.options(task.name), **asked}
    if steps is not None:
        options["max_steps"] = steps
    elif "num_train_epochs" in asked and "max_steps" not in asked:
        options.pop("max_steps", None)
    if options.get("max_steps", -1) > 0:
        options.pop("num_train_epochs", None)
    line = ""
    if not {"generation_batch_size", "steps_per_generation"} & set(asked):
        batch = fit_batch(
            options.get("per_device_train_batch_size", 8),
            options.get("gradient_accumulation_steps", 1),
            options.get("num_generations", 8),
            processes(),
        )
        options |= batch.options
        line = batch.line
    length = options.get("max_steps", -1)
    options.setdefault("save_steps", max(1, min(50, length // 4)) if length > 0 else 50)
    options["save_steps"] = _on_boundary(options)
    numbers = precision(options)
    if model.gpu_optimizer and not numbers["use_cpu"]:
        options.setdefault("optim", model.gpu_optimizer)
    return {**options, "seed": seed, **numbers}, line


def _on_boundary(options: dict[str, Any]) -> int:
    """save_steps, raised to where fresh completions are due: resumed elsewhere a run takes another path."""
    accumulation = options.get("gradient_accumulation_steps", 1)
    batches = options.get("steps_per_generation") or accumulation
    steps = math.lcm(accumulation, batches * options.get("num_iterations", 1)) // accumulation
    return math.ceil(options["save_steps"] / steps) * steps


def precision(options: dict[str, Any]) -> dict[str, Any]:
    """Number format and device for this machine, where the options leave it open."""
    import torch

    from helpers.models import compute_dtype

    cpu = bool(options.get("use_cpu", not torch.cuda.is_available()))
    chosen: dict[str, Any] = {"use_cpu": cpu, "bf16": False, "fp16": False, "gradient_checkpointing": not cpu}
    if not cpu:
        chosen |= {"bf16": compute_dtype() is torch.bfloat16, "fp16": compute_dtype() is torch.float16}
    return {name: options.get(name, value) for name, value in chosen.items()}


def _check(steps: int | None, asked: dict[str, Any]) -> None:
    """Raise WorkbookError for an option that GRPOConfig lacks, or that TRL would refuse only later."""
    from trl import GRPOConfig

    if steps is not None and (not isinstance(steps, int) or steps < 1):
        raise WorkbookError(f"steps={steps!r}: it must be a whole number of 1 or more")
    known = [item.name for item in dataclasses.fields(GRPOConfig)]
    for name in asked:
        if name in RESERVED:
            raise WorkbookError(f"option {name!r} belongs to the workbook: use {RESERVED[name]}")
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise WorkbookError(
                f"unknown option {name!r}: "
                + (f"did you mean {near[0]!r}?" if near else "it must be an option of trl.GRPOConfig")
            )
    if asked.get("loss_type", LOSSES[0]) not in LOSSES:
        raise WorkbookError(f"unknown loss_type {asked['loss_type']!r}: choose one of {', '.join(LOSSES)}")


def keep_fp32(trainer: Any) -> None:
    """Put the weights that are trained into fp32 where the GPU computes in fp16, such as a T4.

    TRL turns the LoRA weights of a quantized model to bf16, whose gradients fp16's loss scaling cannot take.
    """
    if not trainer.args.fp16:
        return
    for weight in trainer.model.parameters():
        if weight.requires_grad:
            weight.data = weight.data.float()
