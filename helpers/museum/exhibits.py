"""What each exhibit changes about a healthy run, where its record is, and how it is trained again.

`python -m helpers.museum NAME` trains an exhibit; `python tools/record_museum.py` made the records that ship.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers import runs
from helpers.errors import WorkbookError
from helpers.museum.flawed import far, plain, reward_right_or_unsure, reward_short_enough
from helpers.rewards import (
    configured,
    reward_accuracy,
    reward_format,
    reward_len,
    reward_len_bounded,
    reward_rouge,
)
from helpers.runs import OWN, Run, load_run, new_folder
from helpers.tasks import MATH, TLDR, Task

FOLDER = "museum"


@dataclass(frozen=True)
class Exhibit:
    """One run that went wrong, or the same run with its cure.

    change: what `train` is given beyond what a healthy run gets. rewards: (reward, weight) each; a weight of
    0 only watches.
    """

    name: str
    task: Task
    change: Mapping[str, Any] = field(default_factory=dict)
    rewards: Sequence[tuple[Callable[..., Any], float]] = ()

    @property
    def run(self) -> Run:
        """The record that ships. WorkbookError where there is none."""
        return load_run(runs.SHIPPED / FOLDER / self.name)

    def options(self) -> dict[str, Any]:
        """What `train` is given beyond task, model, seed and folder."""
        options = dict(self.change)
        if self.rewards:
            options["reward_funcs"] = [reward for reward, _ in self.rewards]
            options["reward_weights"] = [weight for _, weight in self.rewards]
        return options

    def train(self, seed: int = 0, out: str | Path | None = None, **more: Any) -> Run:
        """Train it on the embedded model: the same trainer as every other run. more: further options."""
        from helpers.training import train

        # Not in runs/ itself: there, the other notebooks look for the reader's newest good run.
        folder = out or new_folder(self.name, "tiny", seed, OWN / FOLDER)
        return train(self.task, "tiny", seed=seed, out=folder, **{**self.options(), **more})


_FAST_TLDR = {"learning_rate": 5e-3, "steps": 100}
_UNSURE = [(reward_format, 1.0), (reward_right_or_unsure, 1.0), (reward_accuracy, 0.0)]
_DEARER = [
    (reward_format, 1.0),
    (configured(reward_right_or_unsure, unsure=0.2), 1.0),
    (reward_accuracy, 0.0),
]
ALL = (  # the order of notebook 07: exhibits 1 to 8, 8 cured, 9, 9 cured
    Exhibit("lr-x30", MATH, {"learning_rate": 3e-2, "steps": 30}),
    Exhibit("cut-off", MATH, {"max_completion_length": 6, "steps": 30}),
    Exhibit("no-template", plain(MATH), {"steps": 30}),
    Exhibit("dead-groups", far(MATH), {"steps": 30}, [(reward_accuracy, 1.0)]),
    Exhibit("kl-leash", MATH, {"beta": 10.0}),
    Exhibit("lr-x3", MATH, {"learning_rate": 3e-3, "lr_scheduler_type": "constant"}),
    Exhibit("saturated", TLDR, {}, [(reward_short_enough, 1.0), (reward_len, 0.0)]),
    Exhibit("hack-length", TLDR, _FAST_TLDR, [(reward_len, 1.0), (reward_rouge, 0.0)]),
    Exhibit("hack-length-cured", TLDR, _FAST_TLDR, [(reward_len_bounded, 1.0), (reward_rouge, 2.0)]),
    Exhibit("hack-unsure", MATH, {}, _UNSURE),
    Exhibit("hack-unsure-cured", MATH, {}, _DEARER),
)
EXHIBITS = {exhibit.name: exhibit for exhibit in ALL}


def find_exhibit(name: str) -> Exhibit:
    """The exhibit of that name. WorkbookError that lists them where there is none."""
    if name not in EXHIBITS:
        raise WorkbookError(f"no exhibit {name!r} in the museum: choose one of {', '.join(EXHIBITS)}")
    return EXHIBITS[name]
