"""The trainers that the benchmark holds against each other: the workbook's, and TRL's with stock settings."""

import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from transformers import PrinterCallback, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

from helpers.files import write_json
from helpers.models import get_model, load_model, load_tokenizer, lora_config
from helpers.quiet import quiet
from helpers.runs import RECORD
from helpers.tasks import Task, get_task
from helpers.trainer.recording import Recorder, RecordingTrainer
from helpers.trainer.records import reward_name
from helpers.trainer.settings import grpo_options
from helpers.trainer.watching import Watch

# What TRL's trainer is given to run on a processor, no more: bf16 autocast and gradient checkpointing stay
# on, as they are by default. "stock, fp32" turns both off, which is faster on a processor.
STOCK = {"use_cpu": True}
KINDS = {
    "ours": (RecordingTrainer, {"bf16": False, "gradient_checkpointing": False}),
    "stock": (GRPOTrainer, {}),
    "stock, fp32": (GRPOTrainer, {"bf16": False, "gradient_checkpointing": False}),
}


class Silent:
    """Watches a training and says nothing."""

    def begin(self, *words: Any) -> None: ...

    def step(self, *words: Any) -> None: ...

    def end(self, *words: Any) -> None: ...


class Clock(TrainerCallback):
    """Notes the time after each step; `pause` seconds, spent on something else, do not count."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.pause = 0.0

    def on_train_begin(self, *args: Any, **rest: Any) -> None:
        self.times.append(time.perf_counter())

    def on_step_end(self, *args: Any, **rest: Any) -> None:
        self.times.append(time.perf_counter() - self.pause)

    def seconds(self, warm_up: int) -> list[float]:
        """Seconds of each step after the first `warm_up`."""
        return [end - start for start, end in zip(self.times, self.times[1:], strict=False)][warm_up:]


def trainer(
    kind: str,
    folder: Path,
    task: str = "math",
    model: Any = "tiny",
    callbacks: Sequence[Any] = (),
    rows: Any = None,
    lora: bool = True,
    **options: Any,
) -> GRPOTrainer:
    """A trainer of a kind in KINDS, with the tiny model's batch, lengths and LoRA; options go on top.

    rows: what to train on, the task's own unless given. lora: else every weight of the model is trained.
    """
    spec, asked = get_model("tiny"), get_task(task)
    chosen, _ = grpo_options(asked, spec, None, options.pop("seed", 0), {})
    kept = ("per_device_train_batch_size", "num_generations", "max_completion_length", "max_steps")
    settings = {name: chosen[name] for name in (*kept, "learning_rate", "seed")}
    kind_of_trainer, precision = KINDS[kind]
    quietly = {"report_to": "none", "disable_tqdm": True, "logging_steps": 1, "save_strategy": "no"}
    extra: dict[str, Any] = {"callbacks": list(callbacks)}
    if kind_of_trainer is RecordingTrainer:
        recorder = recorder_in(folder, asked)
        extra = {"callbacks": [recorder, *callbacks], "recorder": recorder}
    made = kind_of_trainer(
        model=load_model(spec) if isinstance(model, str) else model,
        reward_funcs=list(asked.reward_funcs),
        train_dataset=asked.load("train") if rows is None else rows,
        processing_class=load_tokenizer(spec),
        peft_config=lora_config(spec) if lora else None,
        args=GRPOConfig(str(folder), **{**quietly, **STOCK, **settings, **precision, **options}),
        **extra,
    )
    made.remove_callback(PrinterCallback)
    return made


def recorder_in(folder: Path, task: Task) -> Recorder:
    """The recorder that a run of the workbook has: what it writes is part of the time."""
    names = [reward_name(func) for func in task.reward_funcs]
    write_json(folder / RECORD, {})  # a run whose record is gone counts as removed
    recorder = Recorder(folder, names, task.gold_column, watch=Watch(Silent()))
    recorder.rewind(0)
    return recorder


def steps(kind: str, count: int, warm_up: int, **options: Any) -> list[float]:
    """Seconds of each of `count` steps, after `warm_up` others."""
    clock, folder = Clock(), Path(tempfile.mkdtemp())
    try:
        with quiet():
            trainer(kind, folder, callbacks=[clock], max_steps=count + warm_up, **options).train()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return clock.seconds(warm_up)


def training(rounds: int, count: int, **options: Any) -> dict[str, Any]:
    """Completions trained on per second, kind by kind in turns, and the ratios of ours to the others."""
    seconds: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _ in range(rounds):
        for kind in KINDS:
            seconds[kind] += steps(kind, count, 2, **options)
    size = options.get("per_device_train_batch_size", 32)
    medians = {kind: statistics.median(all_of_them) for kind, all_of_them in seconds.items()}
    return {
        "completions_per_s_ratio": round(medians["stock"] / medians["ours"], 3),
        "completions_per_s_ratio_fp32": round(medians["stock, fp32"] / medians["ours"], 3),
        "completions_per_s": {kind: round(size / median, 2) for kind, median in medians.items()},
        "seconds_a_step": {kind: round(median, 4) for kind, median in medians.items()},
        "completions_a_step": size,
        "rounds": rounds,
        "steps_a_round": count,
    }
