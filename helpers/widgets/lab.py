"""`reward_lab(task)`: design a reward by hand and see what it would teach, before any training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from helpers.errors import WorkbookError
from helpers.tasks import Task, get_task
from helpers.widgets import lab_code
from helpers.widgets.lab_controls import Controls
from helpers.widgets.lab_curves import Curve, curve, of_total
from helpers.widgets.lab_design import Judge, Part, Reward, by_name, choices, name_of, part
from helpers.widgets.lab_numbers import SCALES, Numbers, compute
from helpers.widgets.lab_page import Page
from helpers.widgets.samples import Bank, draw, load_samples, tokens_of

SUM = "weighted sum"


def reward_lab(
    task: str | Task,
    *,
    rewards: Sequence[Reward] | None = None,
    weights: Sequence[float] | None = None,
    extra: Sequence[Reward] = (),
    samples: Bank | None = None,
    batch_groups: int = 4,
) -> RewardLab:
    """The reward lab of a task; the last line of a cell shows it.

    rewards, weights: the sum to start from, the task's own unless given. extra: rewards of your own to
    choose from besides the workbook's. samples: the completions to judge, those that ship with the task
    unless given. batch_groups: groups in one training step, for `scale_rewards="batch"` (4 for the tiny
    model: 4 x 8 = 32).

    Raises WorkbookError for what does not go together.
    """
    task = get_task(task)
    start, extra = _listed(task.reward_funcs if rewards is None else rewards), _listed(extra)
    numbers = [1.0] * len(start) if weights is None else list(weights)
    if batch_groups < 1:
        raise WorkbookError(f"batch_groups={batch_groups}: a training step has 1 group or more")
    if not start or len(numbers) != len(start):
        raise WorkbookError(
            f"{len(numbers)} weights for {len(start)} rewards: give one for each, and a reward at least"
        )
    names = [name_of(reward) for reward in [*start, *extra]]
    for name in names:
        if names.count(name) > 1:
            raise WorkbookError(
                f"two rewards are named {name!r}: the lab tells them apart by name, so rename one"
            )
    chosen = [part(*pair) for pair in zip(start, numbers, strict=True)]
    spare = [part(reward) for reward in extra]
    spare += [part(reward) for reward in choices(task) if name_of(reward) not in names]
    return RewardLab(task, chosen, spare, samples or load_samples(task), batch_groups)


def _listed(rewards: Reward | Sequence[Reward]) -> list[Reward]:
    return [rewards] if callable(rewards) else list(rewards)


class RewardLab:
    """A lab. `reward_funcs`, `reward_weights` and `scale_rewards` go straight into `train(…)`; `code()`
    prints the Python that makes the same. `numbers` is what the views show. Whatever a hand can do, code can
    do too: `set`, `add`, `drop`, `group`, `focus`, `scale_rewards`, `try_text`, `sample_again`, `open`."""

    def __init__(
        self, task: Task, chosen: list[Part], spare: list[Part], bank: Bank, batch_groups: int
    ) -> None:
        self.task, self.judge, self.batch_groups = task, Judge(bank), batch_groups
        self.problem, self._quiet, self._fresh = "", False, 0
        parts = [(one, True) for one in chosen] + [(one, False) for one in spare]
        self.controls = {one.name: Controls(one, on, self._changed) for one, on in parts}
        self.numbers = self._compute()
        self.page = Page(self, [*self.controls, SUM])
        self._changed()

    # what there is now

    @property
    def bank(self) -> Bank:
        """The samples that are judged."""
        return self.judge.bank

    @property
    def parts(self) -> list[Part]:
        """The rewards in the sum."""
        return [controls.part for controls in self.controls.values() if controls.on.value]

    @property
    def reward_funcs(self) -> list[Reward]:
        """For `train(reward_funcs=…)`."""
        return [one.reward for one in self.parts]

    @property
    def reward_weights(self) -> list[float]:
        """For `train(reward_weights=…)`."""
        return [one.weight for one in self.parts]

    def code(self, *, train: bool = False, show: bool = True) -> str:
        """Print, and return, the Python that makes the same rewards. train: with the call of `train` live."""
        text = lab_code.code(self.task.name, self.parts, self.scale_rewards, train=train)
        if show:
            print(text)
        return text

    def curve(self) -> Curve:
        """The curve in the picture: of the reward in focus, or of the weighted sum."""
        if self.focus == SUM:
            return of_total(self.judge, self.numbers.total)
        return curve(self.judge, self.controls[self.focus].part)

    # what can be moved

    def set(self, name: str, *, weight: float | None = None, **params: Any) -> None:
        """Move a reward's weight and parameters, as its sliders do."""
        controls = self.controls[by_name(self.controls, name)]
        self._quiet = True
        try:
            for key, value in params.items():
                controls.set_param(key, value)
            if weight is not None:
                controls.set_weight(weight)
        finally:
            self._quiet = False
            self._changed()

    def add(self, name: str, weight: float | None = None, **params: Any) -> None:
        """Put a reward into the sum."""
        self.set(name, weight=weight, **params)
        self.controls[name].on.value = True

    def drop(self, name: str) -> None:
        """Take a reward out of the sum."""
        self.controls[by_name(self.controls, name)].on.value = False

    @property
    def group(self) -> int:
        """The group in view; the first is 1."""
        return self.page.group.value

    @group.setter
    def group(self, number: int) -> None:
        if not 1 <= number <= len(self.bank.rows):
            raise WorkbookError(f"group={number}: there are groups 1 to {len(self.bank.rows)}")
        self.page.group.value = number

    @property
    def focus(self) -> str:
        """Whose curve the picture shows: a reward's name, or "weighted sum"."""
        return self.page.focus.value

    @focus.setter
    def focus(self, name: str) -> None:
        self.page.focus.value = name if name == SUM else by_name(self.controls, name)

    @property
    def scale_rewards(self) -> str:
        """How advantages are scaled: "group", "batch" or "none"."""
        return self.page.scale.value

    @scale_rewards.setter
    def scale_rewards(self, scale: str) -> None:
        if scale not in SCALES:
            raise WorkbookError(f"scale_rewards={scale!r}: choose one of {', '.join(SCALES)}")
        self.page.scale.value = scale

    def open(self, section: str | None) -> None:
        """Unfold one section of the page by name, or fold all with None."""
        self.page.open(section)

    def try_text(self, text: str) -> dict[str, float | None]:
        """What each reward of the lab pays `text` as an answer to the prompt of the group in view."""
        ids, paid = self.tokens(text), {}
        for name, controls in self.controls.items():
            value = self.judge.pay(controls.part, [text], [ids], [self.group - 1])[0]
            paid[name] = None if np.isnan(value) else float(value)
        return paid

    def tokens(self, text: str) -> list[int]:
        """The embedded model's token ids of a text, end token included."""
        return tokens_of(text)

    def sample_again(self, seed: int | None = None) -> None:
        """Judge fresh completions of the same prompts by the embedded model: loads torch, takes seconds."""
        self._fresh = self._fresh + 1 if seed is None else seed
        self.use(draw(self.task, seed=self._fresh, prompts=len(self.bank.rows)))

    def use(self, bank: Bank) -> None:
        """Judge these samples from now on."""
        self.judge = Judge(bank)
        self.page.group.max = len(bank.rows)
        self._changed()

    # how a change reaches the page

    def _compute(self) -> Numbers:
        parts = self.parts
        if not parts:
            raise WorkbookError("no reward is in the sum: tick at least one")
        matrix = self.judge.matrix(parts)
        names, weights = [one.name for one in parts], [one.weight for one in parts]
        return compute(names, weights, matrix, self.bank.group_size, self.batch_groups)

    def _changed(self, change: Any = None) -> None:
        """Compute and draw afresh; on a mistake say it in one line and leave the last picture."""
        if self._quiet:
            return
        try:
            self.numbers = self._compute()
            self.page.draw()
            self.problem = ""
        except WorkbookError as error:
            self.problem = str(error)
        self.page.say(self.problem)

    def figure(self) -> Any:
        """The same views as an ordinary picture: an array of Axes, for `plots.show(axes, alt text)`."""
        return self.page.figure()

    def __repr__(self) -> str:
        return f"<the reward lab of {self.task.name}: it comes alive when this cell is run>"

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return {**(self.page.widget._repr_mimebundle_(**options) or {}), "text/plain": repr(self)}
