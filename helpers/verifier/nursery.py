"""The process that judges: it imports math-verify once, then forks workers from itself.

It reads one line of JSON, a list of [gold, answer], and writes a line [index, verdict] for each, as it comes.
A verdict is true, false, null (the gold cannot be read), or "late", "lost", "unread" (see `workers`). Where
there is no fork (Windows) one process does it all, and the caller ends it when it takes too long.
"""

import gc
import json
import os
import select
import signal
from collections.abc import Iterator
from typing import Any

from helpers.verifier.crew import Crew
from helpers.verifier.workers import Job, verdicts


def main(cpu_seconds: float, fork: bool) -> None:
    """Serve until standard input ends, which it does when the caller ends, however it ends."""
    requests, replies = _own_pipes()
    gc.disable()  # imports are a quarter faster without
    if fork:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # a caller that ignores it hands that down
    try:
        from helpers.verifier import library

        library.warm_up()
    except Exception as problem:
        _send(replies, f"{type(problem).__name__}: {problem}")
        return
    gc.enable()
    gc.freeze()  # what is shared with the workers stays shared
    _send(replies, "ready")
    crew = Crew(cpu_seconds, requests) if fork else None
    for line in _lines(requests, watch=fork):
        jobs = [(index, gold, answer) for index, (gold, answer) in enumerate(json.loads(line))]
        for index, verdict in crew.judge(jobs) if crew else _alone(jobs):
            _send(replies, [index, verdict])
    if crew:
        crew.close()


def _own_pipes() -> tuple[int, int]:
    """Standard input and output for ourselves; what a library reads or prints goes nowhere."""
    requests, replies = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    return requests, replies


def _send(replies: int, message: Any) -> None:
    left = (json.dumps(message) + "\n").encode()
    while left:
        left = left[os.write(replies, left) :]


def _lines(requests: int, watch: bool) -> Iterator[bytes]:
    """One request at a time. `watch`: also end when the caller is gone but someone holds the pipe open."""
    caller, pending = os.getppid(), b""
    while True:
        if watch and not select.select([requests], [], [], 5)[0]:
            if os.getppid() != caller:
                return
            continue
        piece = os.read(requests, 65536)
        if not piece:
            return
        *lines, pending = (pending + piece).split(b"\n")
        yield from lines


def _alone(jobs: list[Job]) -> Iterator[tuple[int, bool | None]]:
    for index, gold, answer in jobs:
        *_, verdict = verdicts(gold, answer)
        yield index, verdict
