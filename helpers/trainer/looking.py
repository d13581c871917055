"""Ask the model in training about one prompt, now and then, without a trace in the training."""

from __future__ import annotations

import contextlib
import math
import random
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from trl import GRPOTrainer

from helpers.errors import WorkbookError
from helpers.rewards import text_of

COUNT = 4  # completions a look


def sample_prompt(trainer: GRPOTrainer, number: int, count: int = COUNT) -> list[dict[str, Any]]:
    """`count` completions of one training prompt, sampled as training samples, each with its rewards.

    number: the prompt's row in the training data, from 0. Returns dicts with prompt, completion, token_ids
    and rewards, as in completions.jsonl; nothing is trained on them. Every look starts from the same random
    state, and the training's own is put back: a run is the same, step by step, with looks and without. (A
    reward that counts its calls will count these.) Raises WorkbookError for a row that is not there.
    """
    rows = trainer.train_dataset
    if not 0 <= number < len(rows):
        raise WorkbookError(f"watched={number}: choose one of the training prompts, 0 to {len(rows) - 1}")
    if trainer.use_vllm:
        raise WorkbookError("vLLM samples in a process of its own: choose watched=None")
    inputs = [dict(rows[number]) for _ in range(count)]
    prompts = [row["prompt"] for row in inputs]
    with _untouched(trainer):
        ids, _ = trainer._generate_single_turn(*trainer._tokenize_prompts(prompts), count)
        texts = trainer.processing_class.batch_decode(ids, skip_special_tokens=True)
        plain = isinstance(prompts[0], str)
        chats = texts if plain else [[{"role": "assistant", "content": text}] for text in texts]
        paid = trainer._calculate_rewards(inputs, prompts, chats, ids).tolist()
    return [
        {
            "prompt": text_of(prompt),
            "completion": text_of(chat),
            "token_ids": tokens,
            "rewards": {
                name: None if math.isnan(value) else value
                for name, value in zip(trainer.reward_func_names, values, strict=True)
            },
        }
        for prompt, chat, tokens, values in zip(prompts, chats, ids, paid, strict=True)
    ]


@contextlib.contextmanager
def _untouched(trainer: GRPOTrainer) -> Iterator[None]:
    """Within it: random states of their own, and what rewards log goes nowhere."""
    python, numpy = random.getstate(), np.random.get_state()
    logs = trainer._pending_extra_logs, trainer._pending_metrics
    trainer._pending_extra_logs, trainer._pending_metrics = defaultdict(list), defaultdict(list)
    device = trainer.accelerator.device
    try:
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            torch.manual_seed(trainer.args.seed)
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        trainer._pending_extra_logs, trainer._pending_metrics = logs
