"""The workers of a nursery: forks that answer one question after another, take turns, and may be killed.

Time is shared so that a batch ends soon whatever is in it, and a slow honest question is still answered: who
takes longer than TURN_SECONDS steps aside (SIGSTOP) until the quick ones are done; then those share what a
batch may spend (BATCH_SECONDS, in a large one QUESTION_SECONDS a question), least used first. All of it is
processor time, not wall time, where the system can tell (Linux): a busy machine does not turn right answers
into wrong ones. One question ends after `cpu_seconds` in any case: the system itself ends its worker then
(SIGPROF, not handled), because a long calculation inside C code would never look at a Python handler.
"""

import contextlib
import json
import os
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Iterator

WORKERS = max(2, min(4, os.cpu_count() or 1))  # that run at one time
TURN_SECONDS = 0.05
FIRST_TURN_SECONDS = 0.2  # of a new fork, whose first question fills the grammar's caches
BATCH_SECONDS = 0.6  # for all questions of a batch that need more than one turn; in a large batch
QUESTION_SECONDS = 0.01  # this much for each of its questions
MEMORY_BYTES = 2**31  # address space of one worker
LATE = "late"  # cpu_seconds ran out: it would again
LOST = "lost"  # the batch's time ran out, or the worker was killed: next time may be better
UNREAD = "unread"  # lost while it still read the gold

Job = tuple[int, str, str | None]
Verdict = bool | str | None

_READABLE = b"r"
_FINAL = {b"1": True, b"0": False, b"n": None}


def verdicts(gold: str, answer: str | None) -> Iterator[bool | None]:
    """First whether the gold can be read; then whether the answer is the same, None if the gold cannot."""
    from helpers.verifier import library

    readable = library.readable(gold)
    yield readable
    yield (answer is not None and library.agrees(gold, answer)) if readable else None


class Worker:
    """A fork of the nursery at the other end of a socket, and the job it is doing."""

    def __init__(self, cpu_seconds: float) -> None:
        self.socket, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                _work(theirs, cpu_seconds)
            finally:
                os._exit(0)
        theirs.close()
        self.gold, self.fresh = "", True

    def give(self, job: Job) -> None:
        self.index, self.gold, _ = job
        self.heard, self.turns = b"", 1
        self.turn_ends = FIRST_TURN_SECONDS if self.fresh else TURN_SECONDS
        self.fresh = False
        self.start = self.spent = 0.0
        self.start = self._clock()
        with contextlib.suppress(OSError):  # it may have ended: that is heard next
            self.socket.sendall((json.dumps(job[1:]) + "\n").encode())

    def _clock(self) -> float:
        if sys.platform != "linux":
            return time.monotonic()
        try:
            return time.clock_gettime((~self.pid << 3) | 2)  # the processor time of another process
        except OSError:
            return self.start + self.spent  # it has ended

    def lap(self) -> float:
        """Seconds spent on this job since the last call."""
        before, self.spent = self.spent, max(self._clock() - self.start, self.spent)
        return self.spent - before

    def hear(self) -> bool:
        """Take in what it says; True when that was the last of this job: a verdict, or its end."""
        piece = self.socket.recv(16)
        self.heard += piece
        return not piece or self.answered()

    def answered(self) -> bool:
        return self.heard[-1:] in _FINAL

    def verdict(self) -> Verdict:
        return _FINAL[self.heard[-1:]]

    def pause(self) -> None:
        self.turns += 1
        self.turn_ends = self.spent + TURN_SECONDS
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def bury(self) -> Verdict:
        """Kill it, and say what that means for its job: a gold that took all the time cannot be read."""
        os.kill(self.pid, signal.SIGKILL)
        self.socket.close()
        _, status = os.waitpid(self.pid, 0)
        out_of_time = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF
        if _READABLE in self.heard:
            return LATE if out_of_time else LOST
        return None if out_of_time else UNREAD


def _work(connection: socket.socket, cpu_seconds: float) -> None:
    """Answer job after job, each within its processor time, until the nursery is gone."""
    os.closerange(3, connection.fileno())  # the pipes to the caller and to other workers are not ours
    os.closerange(connection.fileno() + 1, 256)
    os.setpgid(0, 0)  # a stopped worker whose nursery dies is then sent SIGHUP and SIGCONT by the system
    for number in (signal.SIGPROF, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGPROF, signal.SIGHUP])
    _limit_memory()
    for line in connection.makefile("r", encoding="ascii"):
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        steps = verdicts(*json.loads(line))
        if next(steps):
            connection.sendall(_READABLE)
        verdict = next(steps)
        signal.setitimer(signal.ITIMER_PROF, 0)
        connection.sendall(b"n" if verdict is None else b"1" if verdict else b"0")


def _limit_memory() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    except (ImportError, ValueError, OSError):
        pass  # a second belt, not to be had everywhere


class Waiting:
    """Jobs not yet begun. One gold's answers go to one worker while they can: it has parsed that gold."""

    def __init__(self, jobs: list[Job]) -> None:
        self.jobs: dict[str, deque[Job]] = {}
        for job in jobs:
            self.jobs.setdefault(job[1], deque()).append(job)

    def __bool__(self) -> bool:
        return bool(self.jobs)

    def next(self, worker: Worker) -> Job:
        gold = (
            worker.gold if worker.gold in self.jobs else max(self.jobs, key=lambda one: len(self.jobs[one]))
        )
        job = self.jobs[gold].popleft()
        if not self.jobs[gold]:
            del self.jobs[gold]
        return job
