"""`train(task, model) -> Run`: TRL's GRPOTrainer and LoRA: recorded, resumable, clear about mistakes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from transformers import PrinterCallback, ProgressCallback

from helpers.models import ModelSpec, get_model, load_model, load_tokenizer, lora_config
from helpers.quiet import quiet
from helpers.runs import CHECKPOINTS, RECORD, Run, load_run, portable
from helpers.tasks import Task, get_task
from helpers.trainer.counting import counted, fingerprint
from helpers.trainer.engines import engine
from helpers.trainer.guarding import Guard
from helpers.trainer.preparing import arguments, claimed, enough, fitting, rewards_and_weights, run_folder
from helpers.trainer.recording import Recorder, RecordingTrainer
from helpers.trainer.records import begin, described, reward_name
from helpers.trainer.rewarding import check_columns
from helpers.trainer.running import go
from helpers.trainer.settings import fit_batch, grpo_options, keep_fp32
from helpers.trainer.together import is_first_process
from helpers.trainer.tracking import tracked, trackers
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
    report_to: str | list[str] | None = None,
    keep_completions: int = 16,
    watch: Any = None,
    **options: Any,
) -> Run:
    """Train a model on a task with GRPO and LoRA, and return the run it leaves on disk.

    reward_funcs: the task's own unless given; their sum, weighted by reward_weights, is the reward.
    steps: optimizer steps; the model's own number (or 3 epochs) unless given.
    source: "sample", "hub", "hub@REVISION" or a folder with train.jsonl.
    out: exactly this folder; else a new one in runs/.
    resume: go on from the last whole checkpoint of `out` (or of this run's newest unfinished twin in runs/);
        start afresh where there is none; leave a finished run alone.
    quantize: "4bit" or "8bit".
    report_to: "wandb", or other trackers that transformers knows; none unless given.
    keep_completions: how many of a step's completions go into completions.jsonl.
    watch: who is told of each step (helpers.trainer.watching), such as live_view(); else plain text.
    options: any further option of trl.GRPOConfig, such as learning_rate, beta or loss_type.

    Raises WorkbookError for what is the reader's to fix. Interrupted, it keeps what there is.
    """
    task, spec = get_task(task), get_model(model)
    funcs, weights = rewards_and_weights(task, reward_funcs, reward_weights)
    watch, report_to = Watch(watch), trackers(report_to)
    config, batch_line = grpo_options(task, spec, steps, seed, options)
    lines = [batch_line, engine(config)]
    folder = run_folder(task, spec, seed, out, resume)
    if resume and (folder / RECORD).is_file() and load_run(folder).finished:
        shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)  # killed before it had cleared up
        print(f"{portable(folder)} is finished: nothing left to do")
        return load_run(folder)
    with quiet(), claimed(folder, fresh=not resume), tracked(report_to):
        tokenizer, rows = load_tokenizer(spec), task.load("train", source)
        check_columns(funcs, rows.column_names)
        weights_here = load_model(spec, quantize)
        found = rows
        rows, note = fitting(rows, tokenizer, weights_here.config, config)
        enough(rows, config)
        if is_first_process():
            asked = {"source": str(source), "quantize": quantize, "config": config}
            seen = found["prompt"], found[task.gold_column]
            asked |= {"rewards": described(funcs, weights), "data": counted(*seen, len(found) - len(rows))}
            asked["data_sha256"] = fingerprint(*seen)
            asked["model_commit"] = getattr(weights_here.config, "_commit_hash", None)  # of the hub
            begin(folder, task, spec, seed, asked, resume)
            say = (f"{task.name} with {spec.name}, seed {seed}, in {portable(folder)}", *lines, note)
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
            args=arguments(folder, config, weights, report_to),
        )
        keep_fp32(trainer)
        trainer.remove_callback(PrinterCallback)
        trainer.remove_callback(ProgressCallback)
        go(trainer, folder, spec, resume)
    return load_run(folder)
