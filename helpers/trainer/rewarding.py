"""Do the rewards get what they ask for? Said before anything is sampled."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from helpers.errors import WorkbookError
from helpers.trainer.records import reward_name

# What GRPOTrainer passes to every reward besides the columns of the data set (TRL 1.16).
GIVEN = {"prompts", "completions", "completion_ids", "trainer_state", "log_extra", "log_metric"}


def check_columns(funcs: Sequence[Callable[..., Any]], columns: Iterable[str]) -> None:
    """Raise WorkbookError when a reward has a parameter, without a default, that nobody passes.

    columns: the data set's; TRL passes each of them to every reward by its name, but for the prompt.
    """
    columns = set(columns) - {"prompt"}
    for func in funcs:
        asked = getattr(func, "func", func)  # a configured reward has its own parameters fixed
        fixed = set(dict(getattr(func, "params", ())))
        try:
            parameters = inspect.signature(asked).parameters.values()
        except (TypeError, ValueError):
            continue
        named = [one for one in parameters if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
        needed = [one.name for one in named if one.default is one.empty]
        lacking = [name for name in needed if name not in GIVEN | columns | fixed]
        if lacking:
            raise WorkbookError(
                f"{reward_name(func)} asks for {', '.join(map(repr, lacking))}, and the data set has no such "
                f"column (it has {', '.join(sorted(columns)) or 'none'}): give the parameter a default, fix "
                "it with configured(…), or rename the column"
            )
