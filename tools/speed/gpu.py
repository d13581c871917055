"""One measurement of the GPU bench in this process: the card's limit, a setting's steps, or its sampling.

On a machine without a GPU the same is measured of the processor, for a smoke test.
"""

import itertools
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from speed.layouts import Setting
from speed.shapes import parameters
from speed.trainers import Clock, trainer
from transformers import AutoConfig

from helpers.costs import GROUP, flop
from helpers.errors import one_line
from helpers.machine import peak_memory_mb
from helpers.models import compute_dtype, device, load_model, load_tokenizer
from helpers.quiet import quiet
from helpers.tasks import get_task
from helpers.trainer.settings import precision


class Budget(Clock):
    """Notes the time after each step, the GPU's work included; stops after `seconds`, once warm.

    cycle: optimizer steps from one sampling to the next. The first cycle warms up and does not count.
    """

    def __init__(self, seconds: float, cycle: int) -> None:
        super().__init__()
        self.budget, self.cycle = seconds, cycle

    def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        wait()
        super().on_step_end()
        done = state.global_step
        whole = done % self.cycle == 0 and done > self.cycle
        control.should_training_stop |= whole and self.times[-1] - self.times[self.cycle] >= self.budget

    def each(self) -> list[float]:
        """Seconds of a step, a mean of each cycle after the first."""
        marks = self.times[:: self.cycle][1:]
        return [(end - start) / self.cycle for start, end in itertools.pairwise(marks)]


def wait() -> None:
    """Until the GPU has done what it was asked."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def peak_gb() -> float:
    """Peak memory in GB (10^9 bytes): what torch allocated on the GPU, else this process's."""
    if torch.cuda.is_available():
        return round(torch.cuda.max_memory_allocated() / 1e9, 2)
    return round(peak_memory_mb()["process"] / 1e3, 2)


def timed(work: Callable[[], Any], seconds: float) -> list[float]:
    """Seconds of each call, for so many seconds; the first call warms up and does not count."""
    work()
    wait()
    found: list[float] = []
    while not found or sum(found) < seconds:
        start = time.perf_counter()
        work()
        wait()
        found.append(time.perf_counter() - start)
    return found


def limit(seconds: float) -> dict[str, Any]:
    """Tera floating-point operations per second of a large product of matrices: the chip's practical limit.

    Random numbers, in the format that the training computes in: bf16 on a GPU that knows it.
    """
    size = 8192 if torch.cuda.is_available() else 512
    one, other = (torch.randn(size, size, device=device(), dtype=compute_dtype()) for _ in range(2))
    each = timed(lambda: one @ other, seconds)
    return {
        "tflops": round(2 * size**3 / statistics.median(each) / 1e12, 4),
        "size": size,
        "dtype": str(compute_dtype()).removeprefix("torch."),
        "calls": len(each),
    }


def rows_of(setting: Setting) -> Any:
    """The task's rows, each asked for in plain text of about as many tokens as the setting's prompts have."""
    tokenizer, rows = load_tokenizer("tiny"), get_task(setting.task).load("train", n=512)
    length = setting.tokens[0]

    def ask(row: dict[str, Any]) -> dict[str, Any]:
        ids = tokenizer(row["prompt"][-1]["content"])["input_ids"]
        return {"prompt": tokenizer.decode((ids * (length // len(ids) + 1))[:length])}

    return rows.map(ask, load_from_cache_file=False)


def made(setting: Setting, folder: Path, place: Path, callbacks: list[Any]) -> Any:
    """The setting's trainer of the model in a folder."""
    model = load_model(folder, "4bit" if setting.tune == "qlora" else None)
    if setting.tune == "full":
        model = model.float()
    options = precision({}) | setting.options | {"max_steps": 1000}
    rows, lora = rows_of(setting), setting.tune != "full"
    return trainer(setting.kind, place, setting.task, model, callbacks, rows=rows, lora=lora, **options)


def steps(setting: Setting, folder: Path, seconds: float) -> dict[str, Any]:
    """Completions trained on per second, and the arithmetic of one of them."""
    clock = Budget(seconds, setting.drawn_ahead)
    with tempfile.TemporaryDirectory() as place, quiet():
        one = made(setting, folder, Path(place), [clock])
        one.train()
    logs = [row for row in one.state.log_history if "num_tokens" in row]
    drawn = -(-len(clock.times[1:]) // setting.drawn_ahead) * setting.completions * setting.drawn_ahead
    tokens = logs[-1]["num_tokens"] / drawn
    size = parameters(AutoConfig.from_pretrained(folder))
    step = statistics.median(clock.each())
    return {
        "completions_per_s": round(setting.completions / step, 3),
        "seconds_a_step": round(step, 4),
        "cycles": len(clock.each()),
        "tokens_a_completion": round(logs[-1]["completions/mean_length"], 1),
        "tokens_with_prompt": round(tokens, 1),
        "parameters": size,
        "tflop_a_completion": round(flop(size, tokens, setting.tune) / 1e12, 6),
    }


def draws(setting: Setting, folder: Path, seconds: float) -> dict[str, Any]:
    """Tokens per second of TRL's own sampling, `generate` or continuous batching, without training."""
    with tempfile.TemporaryDirectory() as place, quiet():
        one = made(setting, folder, Path(place), [])
        asked = one.train_dataset["prompt"][: setting.batch // GROUP]
        ids = [row for row in load_tokenizer("tiny")(list(asked))["input_ids"] for _ in range(GROUP)]
        counts: list[int] = []

        def work() -> None:
            completions, _ = one._generate_single_turn(ids, None, {}, GROUP)
            counts.append(sum(map(len, completions)))
            if len(completions) < len(ids):
                raise RuntimeError(f"{len(completions)} completions came of {len(ids)} prompts")

        each = timed(work, seconds)
    speeds = [count / second for count, second in zip(counts[1:], each, strict=True)]
    return {"tokens_per_s": round(statistics.median(speeds), 1), "calls": len(each)}


def measured(part: str, setting: Setting | None, folder: Path | None, seconds: float) -> dict[str, Any]:
    """The numbers of one measurement, or {"failed": why} when it could not be made."""
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
    try:
        if part == "limit":
            return limit(seconds)
        found = (draws if part == "sampling" else steps)(setting, folder, seconds)
    except Exception as error:
        if isinstance(error, torch.OutOfMemoryError) or "out of memory" in str(error).lower():
            return {"failed": "out of memory"}
        return {"failed": f"{type(error).__name__}: {one_line(error)}"}
    return found | {"peak_memory_gb": peak_gb()}
