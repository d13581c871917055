"""A design: which rewards, with which parameters and weights; and what they pay the samples."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np

from helpers.errors import WorkbookError, one_line
from helpers.rewards import (
    Configured,
    configured,
    reward_accuracy,
    reward_format,
    reward_len,
    reward_len_bounded,
    reward_rouge,
    reward_soft_format,
    reward_token_length,
)
from helpers.tasks import Task
from helpers.widgets.samples import Bank

Reward = Callable[..., Any]
LENGTHS = (reward_len, reward_len_bounded, reward_token_length)
CHOICES: dict[str, tuple[Reward, ...]] = {
    "solution": (reward_format, reward_accuracy, reward_soft_format, *LENGTHS),
    "completion": (*LENGTHS, reward_rouge),
}


def choices(task: Task) -> tuple[Reward, ...]:
    """The workbook's rewards that can judge this task."""
    return CHOICES[task.gold_column]


def name_of(reward: Reward) -> str:
    """The plain name of a reward, without parameters."""
    plain = reward.func if isinstance(reward, Configured) else reward
    return getattr(plain, "__name__", type(plain).__name__)


@dataclass(frozen=True)
class Parameter:
    """One keyword-only parameter of a reward. kind: "int", "float", "bool", "choice" or "text"; `low`, `high`
    and `step` for numbers, `options` for a choice."""

    name: str
    default: Any
    kind: str
    low: float = 0
    high: float = 0
    step: float = 1
    options: tuple[Any, ...] = ()


def parameters(reward: Reward) -> list[Parameter]:
    """What can be moved about a reward: its keyword-only parameters, read from its signature.

    Raises WorkbookError for one without a default, because there is no value to start from.
    """
    plain = reward.func if isinstance(reward, Configured) else reward
    try:
        hints = get_type_hints(plain)
    except Exception:  # a reader's annotation may name what is not there: the default says enough
        hints = {}
    found = []
    for parameter in inspect.signature(plain).parameters.values():
        if parameter.kind is not parameter.KEYWORD_ONLY:
            continue
        if parameter.default is parameter.empty:
            raise WorkbookError(
                f"{name_of(plain)} has no default for {parameter.name!r}: give it one to start from"
            )
        found.append(_parameter(parameter.name, parameter.default, hints.get(parameter.name)))
    return [parameter for parameter in found if parameter is not None]


def _parameter(name: str, default: Any, hint: Any) -> Parameter | None:
    if get_origin(hint) is Literal:
        return Parameter(name, default, "choice", options=get_args(hint))
    if isinstance(default, bool):
        return Parameter(name, default, "bool")
    if isinstance(default, str):
        return Parameter(name, default, "text")
    if not isinstance(default, int | float) or not math.isfinite(default):
        return None  # a thing that no control can show keeps its default
    if isinstance(default, int) and hint is not float:
        low = 1 if default > 0 else min(4 * default, 0)
        return Parameter(name, default, "int", low, max(4 * abs(default), 10))
    size = abs(default) or 1.0
    step = 10.0 ** math.floor(math.log10(size) - 1)
    low = step if default > 0 else -4 * size
    return Parameter(name, float(default), "float", low, 4 * size, step)


@dataclass(frozen=True)
class Part:
    """One reward of the sum: the function, all its parameters, its weight."""

    func: Reward
    params: tuple[tuple[str, Any], ...] = ()
    weight: float = 1.0

    @property
    def reward(self) -> Reward:
        """What goes into `train`: the function itself, or with its parameters fixed."""
        return configured(self.func, **dict(self.params)) if self.params else self.func

    @property
    def name(self) -> str:
        """The plain name."""
        return name_of(self.func)


def part(reward: Reward, weight: float = 1.0) -> Part:
    """A reward, configured or not, as a Part with every parameter spelled out."""
    given = dict(reward.params) if isinstance(reward, Configured) else {}
    plain = reward.func if isinstance(reward, Configured) else reward
    if not callable(plain):
        raise WorkbookError(f"{plain!r} is no reward: give a function of completions and **kwargs")
    spelled = {parameter.name: parameter.default for parameter in parameters(plain)} | given
    return Part(plain, tuple(spelled.items()), float(weight))


class Judge:
    """What rewards pay the N samples of a bank; each is asked once for each setting of its parameters."""

    def __init__(self, bank: Bank, remember: int = 256) -> None:
        self.bank, self.remember = bank, remember
        self._known: dict[Any, Any] = {}

    def scores(self, one: Part) -> np.ndarray:
        """(N,) rewards, NaN for None. Raises WorkbookError, one line, for a reward that fails."""
        groups = [group for group in range(len(self.bank.rows)) for _ in range(self.bank.group_size)]
        return self.once("scores", one, lambda: self.pay(one, self.bank.texts, self.bank.ids, groups))

    def matrix(self, parts: Sequence[Part]) -> np.ndarray:
        """(N, F) rewards, a column a part."""
        return np.stack([self.scores(one) for one in parts], axis=1)

    def once(self, what: str, one: Part, make: Callable[[], Any]) -> Any:
        """`make()`, or what it gave the last time for this reward with these parameters."""
        key = (what, id(one.func), repr(one.params))  # the lab keeps its functions, so ids last
        if key not in self._known:
            if len(self._known) >= self.remember:
                self._known.pop(next(iter(self._known)))
            self._known[key] = make()
        return self._known[key]

    def pay(self, one: Part, texts: list[str], ids: list[list[int]], groups: list[int]) -> np.ndarray:
        """What a reward pays any texts with any token ids, as answers to the prompts of `groups`."""
        try:
            paid = list(self.bank.call(one.reward, texts, ids, groups))
            numbers = np.array(
                [np.nan if value is None else float(value) for value in paid], dtype=np.float32
            )
        except Exception as error:
            raise WorkbookError(
                f"{one.name} fails ({type(error).__name__}: {one_line(error, 140)}): "
                "mend it, move its parameters, or take it out of the sum"
            ) from error
        if len(numbers) != len(texts):
            raise WorkbookError(
                f"{one.name} returned {len(numbers)} rewards for {len(texts)} completions: "
                "it must return one for each"
            )
        return numbers


def by_name(parts: Mapping[str, Any], name: str) -> str:
    """The name, if there is such a reward. Raises WorkbookError that lists the ones there are."""
    if name not in parts:
        raise WorkbookError(
            f"no reward {name!r} in this lab: choose one of {', '.join(parts)}, or give it in extra=[…]"
        )
    return name
