"""What a run needs before its first step, and the mistakes that can be told before a model is loaded."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import WorkbookError
from helpers.files import alone, claim
from helpers.models import ModelSpec, fitting_messages, prompt_tokens
from helpers.runs import CHECKPOINTS, RECORD, list_runs, new_folder
from helpers.tasks import Task
from helpers.trainer.records import reward_name
from helpers.trainer.together import agreed, is_first_process, processes

if TYPE_CHECKING:
    from datasets import Dataset
    from trl import GRPOConfig


def rewards_and_weights(task: Task, funcs: Any, weights: Any) -> tuple[list[Callable[..., Any]], list[float]]:
    """The reward functions and one weight for each. Raises WorkbookError when they do not go together."""
    funcs = list(task.reward_funcs if funcs is None else [funcs] if callable(funcs) else funcs)
    if not funcs:
        raise WorkbookError("reward_funcs=[] leaves nothing to learn from: give at least one reward")
    weights = [1.0] * len(funcs) if weights is None else [float(weight) for weight in weights]
    if len(weights) != len(funcs):
        raise WorkbookError(
            f"reward_weights has {len(weights)} numbers for {len(funcs)} rewards: give one for each"
        )
    names = [reward_name(func) for func in funcs]
    for name in names:
        if names.count(name) > 1:
            raise WorkbookError(f"two rewards are named {name!r}: give each a name of its own (its __name__)")
    return funcs, weights


def run_folder(task: Task, spec: ModelSpec, seed: int, out: str | Path | None, resume: bool) -> Path:
    """Where the run goes. Raises WorkbookError when a run is there already and is not to be resumed."""
    if out is not None:
        folder = Path(out).expanduser()
        if not resume and is_first_process():
            _vacant(folder)
        return folder
    same = (task.name, spec.name, seed, False)
    twins = (run.path for run in list_runs() if (run.task, run.model, run.seed, run.finished) == same)
    return agreed(next(twins, None) if resume else None) or agreed(
        new_folder(*same[:3]) if is_first_process() else None
    )


def _vacant(folder: Path) -> None:
    """Raise WorkbookError when a run is there already."""
    if (folder / RECORD).is_file():
        raise WorkbookError(
            f"{str(folder)!r} already holds a run: choose another out=…, or resume=True to go on "
            "with it (--out and --resume on the command line)"
        )


@contextlib.contextmanager
def claimed(folder: Path, fresh: bool) -> Iterator[None]:
    """Hold the folder alone, and prove it writable; leave no empty one if nothing comes of the run."""
    claim(folder)
    try:
        with alone(folder) if is_first_process() else contextlib.nullcontext():
            if fresh and is_first_process():
                _vacant(folder)
            yield
    finally:
        with contextlib.suppress(OSError):
            folder.rmdir()  # only succeeds while it is empty


def fitting(rows: Dataset, tokenizer: Any, model_config: Any, config: dict[str, Any]) -> tuple[Dataset, str]:
    """The rows whose prompt and completion fit the model's context, and a line about those that do not."""
    rows = rows.map(
        lambda row: {"prompt": fitting_messages(tokenizer, row["prompt"])}, load_from_cache_file=False
    )
    context = getattr(model_config, "max_position_embeddings", None)
    if context is None:
        return rows, ""
    room = context - config["max_completion_length"]
    lengths = [prompt_tokens(tokenizer, prompt) for prompt in rows["prompt"]]
    kept = [i for i, length in enumerate(lengths) if length <= room]
    if not kept:
        raise WorkbookError(
            f"no prompt fits: the shortest has {min(lengths)} tokens, the model's context of {context} "
            f"leaves {room} beside max_completion_length={config['max_completion_length']}: lower that, "
            "or use a model with a longer context"
        )
    if len(kept) == len(rows):
        return rows, ""
    return rows.select(
        kept
    ), f"{len(kept)} of {len(rows)} prompts fit the model's context of {context} tokens"


def enough(rows: Dataset, config: dict[str, Any]) -> None:
    """Raise WorkbookError when one step takes more prompts than there are: TRL would not train at all."""
    if "per_device_train_batch_size" not in config:
        return
    total = config["per_device_train_batch_size"] * config["gradient_accumulation_steps"] * processes()
    need = total // config["num_generations"]
    if len(rows) < need:
        raise WorkbookError(
            f"{len(rows)} training prompts, but one step takes {need}: give more rows, a smaller "
            "per_device_train_batch_size, or a larger num_generations"
        )


def arguments(
    folder: Path, config: dict[str, Any], weights: list[float], report_to: list[str] | str | None
) -> GRPOConfig:
    """TRL's own configuration of a run in a folder. Raises ValueError for what it refuses."""
    from trl import GRPOConfig

    fixed = {
        "output_dir": str(folder / CHECKPOINTS),
        "reward_weights": weights,
        "report_to": report_to or "none",
        "run_name": folder.resolve().name,
        "logging_steps": 1,
        "disable_tqdm": True,
    }
    usual = {"save_total_limit": 2, "save_strategy": "steps", "ddp_find_unused_parameters": False}
    made = GRPOConfig(**{**usual, **config, **fixed})
    if made.device.type == "cpu":  # one of several processes has "cpu:0", where torch can load no checkpoint
        made.__dict__["_setup_devices"] = type(made.device)("cpu")
    return made
