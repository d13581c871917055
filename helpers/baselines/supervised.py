"""The plain rival of GRPO: supervised fine-tuning (SFT), the same LoRA on the same model, shown what to say.

A row of its training data is {"prompt": conversation, "completion": [{"role": "assistant", "content": …}]};
the loss is on the completion alone. `gold_rows` makes such rows from a task's own golds,
`rejection` from the model's own rewarded samples. What it leaves is a run like any other, and
`evaluate` measures it.
"""

from __future__ import annotations

import csv
import re
import time
from pathlib import Path
from typing import Any

from datasets import Dataset
from transformers import PrinterCallback, ProgressCallback, TrainerCallback
from trl import SFTConfig, SFTTrainer

from helpers.answers import extract
from helpers.errors import WorkbookError
from helpers.models import ModelSpec, fitting_messages, get_model, load_model, load_tokenizer, lora_config
from helpers.quiet import quiet
from helpers.runs import CHECKPOINTS, CURVE, RECORD, Run, load_run
from helpers.tasks import Task, get_task
from helpers.trainer.records import begin
from helpers.trainer.running import go
from helpers.trainer.settings import grpo_options, precision

COLUMNS = ["step", "loss", "grad_norm", "learning_rate", "seconds"]
_BOXED = re.compile(r"\\boxed\{((?:[^{}]|\{[^{}]*\})*)\}")
_LAST_SENTENCE = re.compile(r"\s*The answer is \\boxed\{(?:[^{}]|\{[^{}]*\})*\}\.?\s*$")


def gold_text(task: Task, gold: str) -> str:
    r"""What a completion should have been: a summary as it stands, a worked solution in the task's format.

    For maths the closing "The answer is \boxed{…}." goes, any other \boxed{…} loses its box, and what was in
    the last one is the answer. Raises WorkbookError for a solution without an answer.

    >>> gold_text(get_task("math"), r"6 × 7 = 42. The answer is \boxed{42}.")
    '<think>6 × 7 = 42.</think><answer>42</answer>'
    """
    if task.gold_column != "solution":
        return gold
    answer = extract(gold)
    if answer is None:
        raise WorkbookError(f"no answer in the solution {gold[:60]!r}: fix or drop the row")
    steps = _BOXED.sub(r"\1", _LAST_SENTENCE.sub("", gold)).strip()
    return f"<think>{steps}</think><answer>{answer}</answer>"


def gold_rows(task: Task, source: str | Path = "sample") -> Dataset:
    """The training split with its golds, as rows to fine-tune on."""
    rows = task.load("train", source)
    return as_rows(rows["prompt"][:], [gold_text(task, gold) for gold in rows[task.gold_column]])


def as_rows(prompts: list[Any], texts: list[str]) -> Dataset:
    """Conversations and the texts that should answer them, as rows to fine-tune on."""
    said = [[{"role": "assistant", "content": text}] for text in texts]
    return Dataset.from_dict({"prompt": prompts, "completion": said})


def finetune(
    task: str | Task,
    model: str | Path | ModelSpec,
    rows: Dataset,
    *,
    out: str | Path,
    method: str = "sft",
    steps: int | None = None,
    seed: int = 0,
    learning_rate: float = 1e-3,
    source: str | Path = "sample",
    completions_drawn: int = 0,
    notes: dict[str, Any] | None = None,
) -> Run:
    """Fine-tune on rows with the steps, batch, LoRA and optimizer that GRPO has, and return the run.

    steps: as many as GRPO takes unless given; a step is on as many completions as one of GRPO's. method and
    completions_drawn (before this, from the model) go into the record, and so do notes.
    """
    task, spec, folder = get_task(task), get_model(model), Path(out)
    if (folder / RECORD).is_file():
        raise WorkbookError(f"{str(out)!r} already holds a run: choose another out=…")
    if not len(rows):
        raise WorkbookError("no rows to fine-tune on: none was rewarded; draw more completions")
    grpo, _ = grpo_options(task, spec, steps, seed, {})
    batch = grpo["per_device_train_batch_size"] * grpo["gradient_accumulation_steps"]
    config = {
        **{name: grpo[name] for name in ("per_device_train_batch_size", "gradient_accumulation_steps")},
        **{name: grpo[name] for name in ("max_steps", "num_train_epochs") if name in grpo},
        **precision({}),
        "learning_rate": learning_rate,
        "seed": seed,
    }
    with quiet():
        tokenizer = load_tokenizer(spec)
        rows = rows.map(
            lambda row: {"prompt": fitting_messages(tokenizer, row["prompt"])}, load_from_cache_file=False
        )
        asked = {"source": str(source), "quantize": None, "rewards": []}
        asked["config"] = {**config, "max_completion_length": grpo["max_completion_length"]}
        told = {"method": method, "completions_drawn": completions_drawn, "rows": len(rows), **(notes or {})}
        run = begin(folder, task, spec, seed, {**asked, **told}, resume=False)
        print(f"{method} of {spec.name} on {len(rows)} rows, {batch} a step, seed {seed}", flush=True)
        go(_trainer(run, rows, tokenizer, spec, config), folder, spec, resume=False)
    return load_run(folder)


def _trainer(run: Run, rows: Dataset, tokenizer: Any, spec: ModelSpec, config: dict[str, Any]) -> SFTTrainer:
    curve = Curve(run.path)
    trainer = SFTTrainer(
        model=load_model(spec),
        train_dataset=rows,
        processing_class=tokenizer,
        peft_config=lora_config(spec),
        callbacks=[curve],
        args=SFTConfig(
            output_dir=str(run.path / CHECKPOINTS),
            completion_only_loss=True,
            max_length=None,
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            **config,
        ),
    )
    trainer.recorder = curve
    trainer.remove_callback(PrinterCallback)
    trainer.remove_callback(ProgressCallback)
    return trainer


class Curve(TrainerCallback):
    """Appends a row a step to a run's curve.csv; what `running.go` asks of a recorder."""

    def __init__(self, folder: Path) -> None:
        self.path, self.clock = folder / CURVE, time.perf_counter()
        self.unscored: dict[str, dict[str, int]] = {}  # nothing is scored here

    def rewind(self, step: int) -> None:
        """Start the file afresh."""
        with self.path.open("w", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, COLUMNS, lineterminator="\n").writeheader()

    def close(self, status: str) -> None:
        """Nobody watches a fine-tuning: there is nobody to tell."""

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **rest: Any) -> None:
        """Write a step down; the summary that ends the training is no step."""
        if not logs or "loss" not in logs:
            return
        now = time.perf_counter()
        row = {"step": state.global_step, "seconds": round(now - self.clock, 4)}
        row |= {name: logs.get(name) for name in ("loss", "grad_norm", "learning_rate")}
        self.clock = now
        with self.path.open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, COLUMNS, lineterminator="\n").writerow(row)
