"""Time and memory of a step against completions a step, completion length and model size.

Each point is a process of its own, so that its peak memory is its own. The models have random weights, so
that completions hardly ever end by themselves and every one is as long as it may be.
"""

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from helpers.machine import peak_memory_mb

ROOT = Path(__file__).resolve().parents[2]
BASE = {"completions": 32, "length": 64, "width": 128, "layers": 4}
SWEEPS: dict[str, list[dict[str, int]]] = {
    "completions": [{"completions": count} for count in (8, 16, 32, 64, 128)],
    "length": [{"length": length} for length in (16, 32, 64, 128)],
    "parameters": [{"width": width, "layers": layers} for width, layers in ((64, 2), (128, 4), (256, 6))],
}


def model_of(width: int, layers: int) -> Any:
    """A Llama of the tiny model's kind with random weights: heads of 32, three times as wide inside."""
    import torch
    from transformers import AutoConfig, LlamaForCausalLM

    config = AutoConfig.from_pretrained(ROOT / "data" / "tiny-llama")
    config.hidden_size, config.num_hidden_layers, config.intermediate_size = width, layers, 3 * width
    config.num_attention_heads = config.num_key_value_heads = width // 32
    torch.manual_seed(0)
    return LlamaForCausalLM(config).float()


def point(completions: int, length: int, width: int, layers: int, steps: int = 3) -> dict[str, float]:
    """Median seconds of a step and the process's peak memory, here in this process."""
    import speed.trainers as trainers

    model = model_of(width, layers)
    parameters = sum(weight.numel() for weight in model.parameters())
    before = peak_memory_mb()["process"]
    shape = {"per_device_train_batch_size": completions, "max_completion_length": length}
    seconds = trainers.steps("ours", steps, 1, model=model, **shape)
    return {
        "completions": completions,
        "length": length,
        "parameters": parameters,
        "seconds": round(statistics.median(seconds), 4),
        "memory_mb": peak_memory_mb()["process"],
        "memory_before_mb": before,
    }


def growth(sweeps: dict[str, list[dict[str, int]]] = SWEEPS) -> dict[str, list[dict[str, float]]]:
    """Every sweep's points; only what it names differs from BASE."""
    found: dict[str, list[dict[str, float]]] = {}
    for name, changes in sweeps.items():
        for change in changes:
            command = [sys.executable, str(ROOT / "tools" / "bench.py"), "--point", json.dumps(BASE | change)]
            done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
            found.setdefault(name, []).append(json.loads(done.stdout.splitlines()[-1]))
    return found
