"""What the GPU bench holds against each other: how a step is laid out, at which lengths, and what is trained.

Lengths of prompts (helpers.sizes) are round figures of ours, not counted: the real data sets are not
downloaded.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

from helpers.costs import GROUP, LENGTHS, completions


@dataclass(frozen=True)
class Setting:
    """One way to lay out a step. kind: who trains, by its name in speed.trainers.KINDS.

    drawn_ahead: optimizer steps that the completions of one call of the sampler serve.
    tune: "lora" and "qlora" (rank 16, alpha 32, all linear layers), or "full" (fp32 weights, bf16 autocast).
    continuous: TRL's use_transformers_continuous_batching; it takes half of the free memory unless `blocks`,
    the number of its blocks of 256 tokens, is given. prompt, answer: tokens, the task's usual unless given.
    """

    name: str
    batch: int
    accumulation: int
    kind: str = "ours"
    task: str = "tldr"
    drawn_ahead: int = 1
    checkpointing: bool = False
    tune: str = "lora"
    continuous: bool = False
    prompt: int = 0
    answer: int = 0
    blocks: int = 0

    @property
    def completions(self) -> int:
        """Completions of one optimizer step."""
        return self.batch * self.accumulation

    @property
    def tokens(self) -> tuple[int, int]:
        """Tokens of a prompt and of a completion."""
        usual = LENGTHS[self.task]
        return self.prompt or usual[0], self.answer or usual[1]

    @property
    def options(self) -> dict[str, Any]:
        """The same as GRPOConfig options."""
        store = {"num_blocks": self.blocks, "max_batch_tokens": 256} if self.blocks else None
        return {
            "per_device_train_batch_size": self.batch,
            "gradient_accumulation_steps": self.accumulation,
            "steps_per_generation": self.accumulation * self.drawn_ahead,
            "num_generations": GROUP,
            "max_completion_length": self.tokens[1],
            "gradient_checkpointing": self.checkpointing,
            "use_transformers_continuous_batching": self.continuous,
            "transformers_continuous_batching_config": store,
        }


RECIPE = Setting("recipe, 4 x 4", 4, 4, "stock", checkpointing=True)
COURSE = Setting("course, 8 x 2", 8, 2, "stock", checkpointing=True)
OURS = Setting("ours, 64 x 1", 64, 1)
COMPARED = (
    RECIPE,
    COURSE,
    Setting("ours, 16 x 1", 16, 1),
    OURS,
    Setting("ours, 64 x 4", 64, 4),
    Setting("ours, 64 x 1, drawn for 4 steps at once", 64, 1, drawn_ahead=4),
    Setting("ours, 64 x 1, continuous batching", 64, 1, continuous=True),
)
TUNED = tuple(dataclasses.replace(OURS, name=f"{OURS.name}, {tune}", tune=tune) for tune in ("qlora", "full"))
COSTED = tuple(
    dataclasses.replace(one, task=task)
    for task in LENGTHS
    for one in (RECIPE, Setting("ours, 32 x 2", 32, 2))
)
DRAWN = tuple(
    Setting(f"{way}, {batch} at once", batch, 1, "stock", continuous=way != "generate")
    for batch in (64, 256)
    for way in ("generate", "continuous batching")
)
PARTS: dict[str, tuple[Setting, ...]] = {
    "compare": COMPARED,
    "tuning": TUNED,
    "cost": COSTED,
    "sampling": DRAWN,
}


def quick(setting: Setting) -> Setting:
    """The same with one group or two a step, and a few tokens."""
    small = {"batch": min(setting.batch, GROUP), "accumulation": min(setting.accumulation, 2)}
    ahead = min(setting.drawn_ahead, 2)
    return dataclasses.replace(setting, **small, drawn_ahead=ahead, prompt=24, answer=8, blocks=32)


def run_hours(setting: Setting, completions_per_s: float) -> float:
    """Hours of one of the recipe's runs: every row of the task's data set, 8 completions each, 3 epochs."""
    return completions(setting.task) / completions_per_s / 3600
