"""Seconds of training until the tiny model solves held-out problems: accuracy 0.8 and format 0.95.

Every few steps the model answers validation problems; that time does not count. Ours trains with the tiny
model's own settings, stock with the learning rate that did best in the sweep (data/bench/sweep.json).
"""

import json
import math
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from speed.trainers import Clock, trainer
from transformers import TrainerCallback

from helpers.quiet import quiet
from helpers.rewards import reward_accuracy, reward_format
from helpers.sampling import end_tokens
from helpers.tasks import MATH
from helpers.trainer.decoding import Decoder

GOAL = {"accuracy": 0.8, "format": 0.95}
PROBLEMS, SAMPLES, EVERY = 64, 4, 2
SWEEP = Path(__file__).resolve().parents[2] / "data" / "bench" / "sweep.json"


class ToGoal(TrainerCallback):
    """Measures the model every EVERY steps, outside the clock, and stops the training at the goal."""

    def __init__(self, clock: Clock, problems: int = PROBLEMS, patience: float = math.inf) -> None:
        self.clock, self.rows, self.patience = clock, MATH.load("validation", n=problems), patience
        self.curve: list[dict[str, float]] = []

    def on_step_end(self, args: Any, state: Any, control: Any, model: Any = None, **rest: Any) -> None:
        """After the clock's own note of this step."""
        control.should_training_stop |= state.global_step >= self.patience
        if state.global_step % EVERY and not control.should_training_stop:
            return
        seconds, start = self.clock.times[-1] - self.clock.times[0], time.perf_counter()
        row = {"step": state.global_step, "seconds": round(seconds, 2)}
        self.curve.append(row | measured(model, rest["processing_class"], self.rows))
        control.should_training_stop |= reached(self.curve[-1])
        self.clock.pause += time.perf_counter() - start


def reached(row: dict[str, float]) -> bool:
    """Whether a row of the curve is at the goal."""
    return all(row[name] >= least for name, least in GOAL.items())


def measured(model: Any, tokenizer: Any, rows: Any) -> dict[str, float]:
    """Mean accuracy and format of SAMPLES completions of each problem; the training goes on undisturbed."""
    prompts = [prompt for prompt in rows["prompt"] for _ in range(SAMPLES)]
    golds = [gold for gold in rows["solution"] for _ in range(SAMPLES)]
    asked = tokenizer.apply_chat_template(prompts, add_generation_prompt=True, return_dict=True)["input_ids"]
    with torch.random.fork_rng():
        torch.manual_seed(12345)
        ids = Decoder(model).sample(asked, end_tokens(model, tokenizer), 64)
    texts = tokenizer.batch_decode(ids, skip_special_tokens=True)
    right, formed = reward_accuracy(texts, solution=golds), reward_format(texts)
    return {name: round(sum(paid) / len(paid), 4) for name, paid in (("accuracy", right), ("format", formed))}


def once(
    kind: str, seed: int, most: int, problems: int = PROBLEMS, patience: float = math.inf, **options: Any
) -> dict[str, Any]:
    """One training of at most `most` steps; "seconds" and "steps" are None where the goal was not reached.

    patience: give up after this many steps (the learning rate still falls towards `most`).
    """
    clock, folder = Clock(), Path(tempfile.mkdtemp())
    goal = ToGoal(clock, problems, patience)
    try:
        with quiet():
            trainer(kind, folder, callbacks=[clock, goal], seed=seed, max_steps=most, **options).train()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    last = goal.curve[-1]
    done = reached(last)
    found = {"seconds": last["seconds"] if done else None, "steps": last["step"] if done else None}
    per_step = round(statistics.median(clock.seconds(0)), 3)
    return {"kind": kind, "seed": seed, **options, **found, "seconds_a_step": per_step, "curve": goal.curve}


def sweep(kind: str, rates: list[float], seeds: list[int], most: int) -> dict[str, Any]:
    """Which rate takes the fewest steps to the goal, over all seeds; 1e-3, the tiny model's own, runs first.

    A race: a rate that has taken more steps than the best so far is given up, so that this ends in minutes.
    """
    runs, best, fewest = [], rates[0], math.inf
    for rate in sorted(rates, key=lambda rate: abs(math.log(rate / 1e-3))):
        total = 0
        for seed in seeds:
            left = min(most, fewest - total)
            runs.append(once(kind, seed, most, patience=left, learning_rate=rate))
            print(json.dumps({**runs[-1], "curve": None}), flush=True)
            total += runs[-1]["steps"] or most
            if total >= fewest:
                break
        if total < fewest:
            best, fewest = rate, total
    return {"kind": kind, "most_steps": most, "best": best, "runs": runs}


def interval(values: list[float]) -> dict[str, Any]:
    """Mean of a few values and the 95 % interval of that mean (Student's t)."""
    quantile = {2: 12.71, 3: 4.303, 4: 3.182, 5: 2.776}.get(len(values), 2.0)
    mean = statistics.mean(values)
    half = quantile * statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan
    return {"mean": round(mean, 2), "ci_low": round(mean - half, 2), "ci_high": round(mean + half, 2)}


def time_to_goal(seeds: list[int], most: int) -> dict[str, Any]:
    """Ours and stock in turns, seed by seed. Where a seed does not get there, no mean is given."""
    best = json.loads(SWEEP.read_text(encoding="utf-8"))["best"] if SWEEP.is_file() else None
    options = {"ours": {}, "stock": {} if best is None else {"learning_rate": best}}
    runs = [once(kind, seed, most, **options[kind]) for seed in seeds for kind in options]
    found: dict[str, Any] = {"goal": GOAL, "stock_learning_rate": best, "most_steps": most, "runs": runs}
    for kind in options:
        seconds = [run["seconds"] for run in runs if run["kind"] == kind]
        got = [one for one in seconds if one is not None]
        found[kind] = {"seconds": seconds, "reached": len(got), "of": len(seeds)}
        if len(got) == len(seeds):
            found[kind] |= interval(got)
    return {"time_to_goal_s": {kind: found.pop(kind) for kind in options}, **found}
