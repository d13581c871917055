"""`train(task, model) -> Run`: TRL's GRPOTrainer and LoRA: recorded, resumable, clear about mistakes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from datasets import Dataset
from transformers import PrinterCallback, ProgressCallback
from trl import GRPOConfig

from helpers.errors import WorkbookError
from helpers.files import alone, claim
from helpers.models import (
    ModelSpec,
    fitting_messages,
    get_model,
    load_model,
    load_tokenizer,
    lora_config,
    prompt_tokens,
)
from helpers.quiet import quiet
from helpers.runs import CHECKPOINTS, RECORD, Run, list_runs, load_run, new_folder, portable
from helpers.tasks import Task, get_task
from helpers.trainer.counting import counted
from helpers.trainer.guarding import Guard
from helpers.trainer.recording import Recorder, RecordingTrainer
from helpers.trainer.records import begin, described, reward_name
from helpers.trainer.rewarding import check_columns
from helpers.trainer.running import go
from helpers.trainer.settings import fit_batch, grpo_options, is_first_process, processes
from helpers.trainer.watching import Watch

__all__ = ["fit_batch", "train"]


def train(
    task: str | Task,
    model: str | Path | ModelSpec,
    *,
    reward_funcs: Sequence[Callable[..., Any]] | None = None,
    reward_weights: Sequence[float] | None = None,
    steps: int | None = None,
    seed: int = 0,
    source: str | Path = "sample",
    out: str | Path | None = None,
    resume: bool = False,
    quantize: str | None = None,
    report_to: str | None = None,
    keep_completions: int = 16,
    watch: Any = None,
    **options: Any,
) -> Run:
    """Train a model on a task with GRPO and LoRA, and return the run it leaves on disk.

    reward_funcs: the task's own unless given; their sum, weighted by reward_weights, is the reward.
    steps: optimizer steps; the model's own number (or 3 epochs) unless given.
    source: "sample", "hub" or a folder with train.jsonl. out: exactly this folder; else a new one in runs/.
    resume: go on from the last whole checkpoint of `out` (or of this run's newest unfinished twin in runs/);
        start afresh where there is none; leave a finished run alone.
    quantize: "4bit" or "8bit". report_to: "wandb" or another tracker that transformers knows.
    keep_completions: how many of a step's completions go into completions.jsonl.
    watch: who is told of each step (helpers.trainer.watching), such as live_view(); else plain text.
    options: any further option of trl.GRPOConfig, such as learning_rate, beta or loss_type.

    Raises WorkbookError for what is the reader's to fix. Interrupted, it keeps what there is.
    """
    task, spec = get_task(task), get_model(model)
    funcs, weights = _rewards(task, reward_funcs, reward_weights)
    watch = Watch(watch)
    config, batch_line = grpo_options(task, spec, steps, seed, options)
    folder = _folder(task, spec, seed, out, resume)
    if resume and (folder / RECORD).is_file() and load_run(folder).finished:
        print(f"{portable(folder)} is finished: nothing left to do")
        return load_run(folder)
    with quiet(), _claimed(folder, fresh=not resume):
        tokenizer, rows = load_tokenizer(spec), task.load("train", source)
        check_columns(funcs, rows.column_names)
        weights_here = load_model(spec, quantize)
        found = rows
        rows, note = _fitting(rows, tokenizer, weights_here.config, config)
        _enough(rows, config)
        if is_first_process():
            asked = {"source": str(source), "quantize": quantize, "config": config}
            data = counted(found["prompt"], found[task.gold_column], len(found) - len(rows))
            asked |= {"rewards": described(funcs, weights), "data": data}
            begin(folder, task, spec, seed, asked, resume)
            say = (f"{task.name} with {spec.name}, seed {seed}, in {portable(folder)}", batch_line, note)
            print("\n".join(line for line in say if line), flush=True)
        names = [reward_name(func) for func in funcs]
        recorder = Recorder(folder, names, task.gold_column, keep_completions, watch)
        guard = Guard(rows["prompt"])
        recorder.unscored = guard.unscored
        trainer = RecordingTrainer(
            model=weights_here,
            reward_funcs=[guard.around(func) for func in funcs],
            train_dataset=rows,
            processing_class=tokenizer,
            peft_config=lora_config(spec),
            callbacks=[recorder],
            recorder=recorder,
            args=_arguments(folder, config, weights, report_to),
        )
        trainer.remove_callback(PrinterCallback)
        trainer.remove_callback(ProgressCallback)
        go(trainer, folder, spec, resume)
    return load_run(folder)


def _rewards(task: Task, funcs: Any, weights: Any) -> tuple[list[Callable[..., Any]], list[float]]:
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


def _folder(task: Task, spec: ModelSpec, seed: int, out: str | Path | None, resume: bool) -> Path:
    """Where the run goes. Raises WorkbookError when a run is there already and is not to be resumed."""
    if out is not None:
        folder = Path(out).expanduser()
        if not resume and is_first_process():
            _vacant(folder)
        return folder
    if processes() > 1:
        raise WorkbookError(
            "several processes need one folder that they all know: name it with out=… (--out)"
        )
    if resume:
        for run in list_runs():
            if (run.task, run.model, run.seed, run.finished) == (task.name, spec.name, seed, False):
                return run.path
    return new_folder(task.name, spec.name, seed)


def _vacant(folder: Path) -> None:
    """Raise WorkbookError when a run is there already."""
    if (folder / RECORD).is_file():
        raise WorkbookError(
            f"{str(folder)!r} already holds a run: choose another out=…, or resume=True to go on "
            "with it (--out and --resume on the command line)"
        )


@contextlib.contextmanager
def _claimed(folder: Path, fresh: bool) -> Iterator[None]:
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


def _fitting(rows: Dataset, tokenizer: Any, model_config: Any, config: dict[str, Any]) -> tuple[Dataset, str]:
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


def _enough(rows: Dataset, config: dict[str, Any]) -> None:
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


def _arguments(
    folder: Path, config: dict[str, Any], weights: list[float], report_to: str | None
) -> GRPOConfig:
    fixed = {
        "output_dir": str(folder / CHECKPOINTS),
        "reward_weights": weights,
        "report_to": report_to or "none",
        "run_name": folder.resolve().name,
        "logging_steps": 1,
        "disable_tqdm": True,
    }
    usual = {"save_total_limit": 2, "save_strategy": "steps", "ddp_find_unused_parameters": False}
    return GRPOConfig(**{**usual, **config, **fixed})
