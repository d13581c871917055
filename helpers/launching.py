"""One command, several processes: `accelerate launch --num_processes N` on processors, as on GPUs.

Without GPUs accelerate starts one process whatever N says, and tells nobody. Its own command line knows.
"""

from __future__ import annotations

import logging
import os
import time

LAUNCHERS = {"launch", "accelerate-launch"}
WAIT = 6.0  # seconds that a process which failed leaves the first one to fail for the same reason, and say so


def missing_processes() -> int:
    """How many processes `accelerate launch` was asked for, where it started this one alone; 1 elsewhere."""
    alone = "WORLD_SIZE" not in os.environ and "ACCELERATE_USE_CPU" in os.environ
    if not alone or "MASTER_ADDR" not in os.environ:  # accelerate sets the address for several processes only
        return 1
    import psutil

    parent = psutil.Process().parent()
    return asked_processes(parent.cmdline()) if parent else 1


def asked_processes(words: list[str]) -> int:
    """The --num_processes of a command line of accelerate's; 1 without it, and for another program."""
    start = next((i for i, word in enumerate(words) if os.path.basename(word) in LAUNCHERS), None)
    if start is None:
        return 1
    from accelerate.commands.launch import launch_command_parser

    return launch_command_parser().parse_known_args(words[start + 1 :])[0].num_processes or 1


def launch(count: int, words: list[str]) -> int:
    """Run `python -m helpers WORDS` in `count` processes here; 0, or the status of the first that failed.

    When one fails, torch's launcher ends the others.
    """
    from torch.distributed.elastic.multiprocessing.api import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.run import main

    logging.getLogger("torch.distributed").setLevel(logging.CRITICAL)
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // count)))
    try:
        main(["--standalone", "--nproc_per_node", str(count), "-m", "helpers", *words])
    except ChildFailedError as error:
        status = error.get_first_failure()[1].exitcode
        return status if status > 0 else 128 - status
    except SignalException:
        return 130
    return 0


def give_way() -> None:
    """In a process that failed and is not the first: wait a little. What ends all is then said once."""
    if int(os.environ.get("RANK", 0)):
        time.sleep(WAIT)
