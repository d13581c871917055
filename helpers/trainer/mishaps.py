"""What went wrong, in one line with the way out: a full disk, no memory, a gradient that is no number."""

from __future__ import annotations

import errno
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from helpers.errors import WorkbookError, one_line
from helpers.runs import CHECKPOINTS, RECORD

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
REFUSED = {errno.EACCES, errno.EPERM}
# What torch and safetensors say, in errors that are no OSError, when a file cannot be written to its end.
WRITING = ("no space left", "write failed", "failed writing", "inline_container", "file too large", "quota")
MEMORY = ("out of memory", "can't allocate memory", "not enough memory")
ODDS = ("probability tensor contains",)
OVERFLOWS = 10  # under fp16 the loss is scaled down after an overflow; this many in a row are no such search


def explained(error: BaseException, folder: Path, config: Mapping[str, Any], step: int) -> BaseException:
    """A WorkbookError for what the reader can mend, else the error itself.

    folder: the run's. config: the options it was begun with. step: how many were made.
    """
    if isinstance(error, WorkbookError) or not isinstance(error, Exception):
        return error
    if isinstance(error, FileNotFoundError) and not (folder / RECORD).is_file():
        return WorkbookError(
            f"{str(folder)!r} was removed while it was being trained: nothing of it is left; train again"
        )
    if reason := disk_reason(error):
        return WorkbookError(
            f"cannot write to {str(folder)!r} ({reason}): free some space or rights, then go on with "
            "resume=True (--resume)"
        )
    if isinstance(error, pickle.UnpicklingError):
        return WorkbookError(
            f"a checkpoint in {str(folder / CHECKPOINTS)!r} holds more than numbers, and is not read "
            f"({one_line(error, 60)}): remove it, then go on with resume=True (--resume)"
        )
    if isinstance(error, FloatingPointError) or _says(error, ODDS):
        return WorkbookError(f"after step {step} the model's odds are no longer numbers: {calmer(config)}")
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)) or _says(error, MEMORY):
        return WorkbookError(f"out of memory at step {step + 1} ({one_line(error, 80)}): {smaller(config)}")
    return error


def disk_reason(error: BaseException) -> str | None:
    """Why a disk would not take what was written; None for any other error."""
    if isinstance(error, OSError) and error.errno is not None:
        foreseen = error.errno in FULL or (error.errno in REFUSED and not getattr(error, "__notes__", ()))
        return error.strerror if foreseen else None
    library = type(error).__module__.split(".")[0] in {"safetensors", "safetensors_rust"}
    told = (library or isinstance(error, RuntimeError)) and _says(error, WRITING)
    return one_line(error, 80) if told else None


def _says(error: BaseException, signs: tuple[str, ...]) -> bool:
    return isinstance(error, Exception) and any(sign in str(error).lower() for sign in signs)


def smaller(config: Mapping[str, Any]) -> str:
    """Three settings that need less memory, in the order to try them, beside the values they have."""
    batch, parts = config.get("per_device_train_batch_size", 8), config.get("gradient_accumulation_steps", 1)
    length = config.get("max_completion_length", 256)
    first = f"per_device_train_batch_size={max(1, batch // 2)} with gradient_accumulation_steps={parts * 2}"
    return (
        f"change, in this order, {first} (now {batch} and {parts}: a step stays as large), "
        f"max_completion_length={max(1, length // 2)} (now {length}), model=… (a smaller one, or "
        "quantize='4bit'); train into another out=…"
    )


def calmer(config: Mapping[str, Any]) -> str:
    """Three settings that keep numbers finite, in the order to try them, beside the values they have."""
    rate, norm = config.get("learning_rate", 1e-6), config.get("max_grad_norm", 1.0)
    half = "fp16=False (bf16=True where the GPU has it), " if config.get("fp16") else ""
    last = "" if half else f", beta=0.04 (now {config.get('beta', 0.0):g})"
    return (
        f"change, in this order, {half}learning_rate={rate / 10:.2g} (now {rate:.2g}), "
        f"max_grad_norm={norm / 10:.2g} (now {norm:.2g}){last}; train into another out=…"
    )


class Gradients:
    """Looks at the gradients before the optimizer does: one that is no number never reaches the weights."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.config, self.overflows = config, 0

    def check(self, model: torch.nn.Module, step: int) -> None:
        """Raise WorkbookError for a gradient with NaN or inf; under fp16 the scaler may skip a few such."""
        found = [weight.grad for weight in model.parameters() if weight.grad is not None]
        good = [grad.isfinite().all().to(found[0].device) for grad in found]
        if not good or bool(torch.stack(good).all()):
            self.overflows = 0
            return
        self.overflows += 1
        if self.config.get("fp16") and self.overflows < OVERFLOWS:
            return
        raise WorkbookError(
            f"the gradient of step {step + 1} is no number (inf or NaN), and the weights stay as step {step} "
            f"left them: {calmer(self.config)}"
        )
