"""What several processes that train together settle among themselves."""

from __future__ import annotations

import os
from typing import TypeVar

from helpers.errors import WorkbookError, one_line

Value = TypeVar("Value")


def processes() -> int:
    """How many processes train together: what `accelerate launch` says, else 1."""
    return int(os.environ.get("WORLD_SIZE", 1))


def is_first_process() -> bool:
    """Whether this process is the one that writes."""
    return int(os.environ.get("RANK", 0)) == 0


def agreed(value: Value) -> Value:
    """The first process's value, in every process."""
    if processes() == 1:
        return value
    import torch
    from accelerate import PartialState
    from accelerate.utils import broadcast_object_list

    PartialState(cpu=not torch.cuda.is_available())  # else each process without a GPU counts as alone
    return broadcast_object_list([value])[0]


def wait_for_all() -> None:
    """Go on once every process has come here."""
    if processes() > 1:
        from accelerate import PartialState

        PartialState().wait_for_everyone()


def lost_another(error: BaseException) -> WorkbookError | None:
    """The line for an exchange that broke off because another process had ended; None for other errors."""
    signs = ("closed by peer", "reset by peer", "broken pipe", "remote process", "timed out waiting")
    if processes() == 1 or not any(sign in str(error).lower() for sign in signs):
        return None
    return WorkbookError(
        f"another process of this run has ended ({one_line(error, 60)}): its own line says why; "
        "then go on with resume=True (--resume)"
    )
