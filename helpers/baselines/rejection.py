"""Rejection sampling: draw from the base model what GRPO draws, keep what is rewarded, fine-tune on that.

Also called best-of-n fine-tuning, or one round of expert iteration. Same prompts, same number of completions,
same reward as GRPO; but all are drawn before training begins, and nothing is learned from a bad one.
"""

from __future__ import annotations

import time
from itertools import islice
from pathlib import Path
from typing import Any

from datasets import Dataset

from helpers.baselines.supervised import as_rows
from helpers.errors import WorkbookError
from helpers.models import ModelSpec, get_model, load_tokenizer
from helpers.quiet import quiet
from helpers.rollouts import shuffled
from helpers.sampling import Samples, load_policy, sample
from helpers.tasks import Task, get_task
from helpers.trainer.settings import grpo_options

RULES = {
    "math": "completions with every reward at its maximum of 1",
    "tldr": "the best of each group by the reward, one a prompt",
}


def draw_and_keep(
    task: str | Task,
    model: str | Path | ModelSpec,
    *,
    steps: int | None = None,
    seed: int = 0,
    source: str | Path = "sample",
) -> tuple[Dataset, int, dict[str, Any]]:
    """(rows to fine-tune on, completions drawn, notes for the record) of a base model that samples as GRPO.

    steps: how many steps of GRPO to match; as many as it takes unless given.
    """
    task, spec, start = get_task(task), get_model(model), time.perf_counter()
    options, _ = grpo_options(task, spec, steps, seed, {})
    if "max_steps" not in options:
        raise WorkbookError(f"{spec.name} trains by epochs: say how many steps of GRPO to match with steps=…")
    group = options["num_generations"]
    batch = options["per_device_train_batch_size"] * options["gradient_accumulation_steps"]
    rows = task.load("train", source)
    rows = rows.select(prompts_of_grpo(len(rows), batch // group, options["max_steps"], seed))
    with quiet():
        said = sample(
            load_policy(spec), load_tokenizer(spec), task, rows, group, seed=seed, label="drawing",
            max_new_tokens=options["max_completion_length"],
        )  # fmt: skip
    kept = keep(task, rows, said)
    notes = {"kept": len(kept), "rule": RULES[task.name], "seconds_drawing": time.perf_counter() - start}
    return kept, len(rows) * group, {**notes, "seconds_drawing": round(notes["seconds_drawing"], 2)}


def prompts_of_grpo(count: int, prompts_a_step: int, steps: int, seed: int) -> list[int]:
    """The training rows that GRPO asks for in its steps, in its order."""
    return [row for rows in islice(shuffled(count, prompts_a_step, seed), steps) for row in rows]


def keep(task: Task, rows: Dataset, said: Samples) -> Dataset:
    """What the task's own rewards would keep: see RULES. A text that is kept twice stays twice."""
    prompts, texts = [], []
    for row, many in zip(rows, said.texts, strict=True):
        columns = {name: [row[name]] * len(many) for name in rows.column_names if name != "prompt"}
        paid = [reward(list(many), **columns) for reward in task.reward_funcs]
        if task.name == "tldr":
            best = max(range(len(many)), key=lambda i: sum(each[i] or 0.0 for each in paid))
            chosen = [best]
        else:
            chosen = [i for i in range(len(many)) if all(each[i] == 1.0 for each in paid)]
        prompts += [row["prompt"]] * len(chosen)
        texts += [many[i] for i in chosen]
    return as_rows(prompts, texts)
