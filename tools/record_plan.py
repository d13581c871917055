"""What is recorded in data/runs: main runs, the baselines that GRPO is held against, reward ablations."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from helpers.baselines.rejection import draw_and_keep  # noqa: E402
from helpers.baselines.supervised import finetune, gold_rows  # noqa: E402
from helpers.rewards import (  # noqa: E402
    reward_accuracy,
    reward_format,
    reward_len_bounded,
    reward_rouge,
)
from helpers.runs import Run  # noqa: E402
from helpers.tasks import get_task  # noqa: E402
from helpers.training import train  # noqa: E402

# Which rewards an ablation trains with. The task's own sum (length; format and accuracy) is the main run.
ABLATIONS: dict[str, tuple[Callable[..., Any], ...]] = {
    "math-format": (reward_format,),
    "math-accuracy": (reward_accuracy,),
    "tldr-bounded": (reward_len_bounded,),
    "tldr-rouge": (reward_len_bounded, reward_rouge),
}
TASKS = ("math", "tldr")
MAIN, BASELINES, ABLATED = "main", "baselines", "ablations"
SEEDS = {MAIN: range(5), BASELINES: range(5), ABLATED: range(3)}


@dataclass(frozen=True)
class Item:
    """One run to record: what trains it, and where it goes. `series` is its name without the seed."""

    series: str
    task: str
    kind: str
    method: str
    seed: int

    @property
    def name(self) -> str:
        """The folder's name."""
        return f"{self.series}-seed{self.seed}"

    def place(self, out: Path) -> Path:
        """The folder it goes to."""
        return out / self.name if self.kind == MAIN else out / self.kind / self.name

    @property
    def completions(self) -> int:
        """How many completions a step are kept: a group, of two seeds of the main runs, to be small."""
        return 8 if self.kind == MAIN and self.seed < 2 else 0


def plan(names: list[str], kinds: list[str], seeds: list[int] | None = None) -> list[Item]:
    """Every item that one of the names begins (all, for no names), seed by seed.

    seeds: those of SEEDS unless given. SystemExit for a name that begins none.
    """
    series = [(f"{task}-tiny", task, MAIN, "grpo") for task in TASKS]
    series += [(f"{t}-{method}", t, BASELINES, method) for t in TASKS for method in ("sft", "rejection")]
    series += [(name, name.split("-")[0], ABLATED, "grpo") for name in ABLATIONS]
    items = [Item(*each, seed) for each in series if each[2] in kinds for seed in seeds or SEEDS[each[2]]]
    items.sort(key=lambda item: item.seed)
    for name in names:
        known = [each[0] for each in series]
        if not any(one.startswith(name) or name.startswith(f"{one}-seed") for one in known):
            raise SystemExit(f"nothing to record is called {name!r}: begin like {', '.join(known)}")
    return [item for item in items if not names or any(item.name.startswith(name) for name in names)]


@lru_cache(maxsize=4)
def training_rows(task: str, method: str, seed: int, steps: int | None) -> tuple[Any, int, dict[str, Any]]:
    """(rows to fine-tune on, completions drawn for them, notes) of a baseline."""
    if method == "sft":
        return gold_rows(get_task(task)), 0, {}
    return draw_and_keep(task, "tiny", steps=steps, seed=seed)


def make(
    series: str, task: str, method: str, seed: int, out: Path, *,
    learning_rate: float | None = None, steps: int | None = None, completions: int = 0,
    notes: dict[str, Any] | None = None,
) -> Run:  # fmt: skip
    """Train one run, of any method, into a fresh folder `out`; learning_rate None is GRPO's own."""
    shutil.rmtree(out, ignore_errors=True)
    if method == "grpo":
        chosen = {} if learning_rate is None else {"learning_rate": learning_rate}
        rewards = ABLATIONS.get(series)
        return train(
            task, "tiny", seed=seed, out=out, steps=steps, reward_funcs=rewards,
            keep_completions=completions, **chosen,
        )  # fmt: skip
    rows, drawn, found = training_rows(task, method, seed, steps)
    return finetune(
        task, "tiny", rows, out=out, method=method, steps=steps, seed=seed, learning_rate=learning_rate,
        completions_drawn=drawn, notes={**found, **(notes or {})},
    )  # fmt: skip
