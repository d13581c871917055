"""The caller's side of the nursery: start it when it is first needed, ask, and never wait for ever.

No signal, no alarm and no lasting thread in the caller. The nursery is a new interpreter (`sys.executable
-m`): it never imports the caller's `__main__`, and works from a notebook, a script on standard input, a
thread or a coroutine. A fork of the caller forgets its parent's nursery and starts its own. The nursery ends
when its standard input does: when the caller ends, in whatever way.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
import warnings
import weakref
from pathlib import Path
from typing import Any

from helpers.verifier.guards import harmless

CPU_SECONDS = 0.6  # processor time for one question; an honest one takes some milliseconds
START_SECONDS = 60  # wall time to import math-verify, on a machine however busy
WALL_SECONDS = 6  # for a batch, and half a second more for each question in it
REMEMBERED = 8192  # verdicts

_MEANING = {"late": False, "lost": False, "unread": None}

Question = tuple[str, str | None]  # a cleaned gold and a cleaned answer, None to ask about the gold alone


class Pool:
    """Judges questions in worker processes; a context manager, which ends them."""

    def __init__(self, cpu_seconds: float = CPU_SECONDS, fork: bool = hasattr(os, "fork")) -> None:
        self.cpu_seconds = cpu_seconds
        self.fork = fork
        self.broken = False
        self._verdicts: dict[Question, bool | None] = {}
        self._reset()
        _pools.add(self)

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._heard = b""

    def judge(self, questions: list[Question]) -> list[bool | None]:
        """True, False, or None when the gold cannot be read, for each question. Never raises, never hangs.

        A question whose processor time ran out is False, and stays so: it would run out again. One that was
        lost otherwise (a machine too busy, a process killed) is False this time, and asked anew next time.
        """
        questions = [_guarded(question) for question in questions]
        if all(one in self._verdicts for one in questions):
            return [self._verdicts.get(one) for one in questions]
        with self._lock:
            new = [one for one in dict.fromkeys(questions) if one[0] and one not in self._verdicts]
            found: dict[Question, bool | None] = {}
            for batch in [new] if self.fork else [[one] for one in new]:
                found |= self._ask(batch) if batch else {}
            return [self._verdicts.get(one, found.get(one)) for one in questions]

    def _ask(self, questions: list[Question]) -> dict[Question, bool | None]:
        """Put one batch to the nursery, and remember what it says."""
        if not self._started():
            return {}
        found: dict[Question, bool | None] = dict.fromkeys(questions, False)
        seconds = WALL_SECONDS + len(questions) / 2
        with _Belt(seconds, self._process):
            try:
                self._write(questions)
                for _ in questions:
                    index, verdict = self._read()
                    found[questions[index]] = _MEANING.get(verdict, verdict)
                    if verdict not in ("lost", "unread"):
                        self._remember(questions[index], found[questions[index]])
            except (OSError, EOFError):
                self._stop()
            except (
                BaseException
            ):  # the reader pressed stop: what is still to come must not meet the next batch
                self._stop()
                raise
        return found

    def _remember(self, question: Question, verdict: bool | None) -> None:
        while len(self._verdicts) >= REMEMBERED:
            del self._verdicts[next(iter(self._verdicts))]
        self._verdicts[question] = verdict

    def _started(self) -> bool:
        """Is there a nursery? Start one if not; where that fails, say so once and leave LaTeX unscored."""
        if self._process is None and not self.broken:
            try:
                self._start()
            except (OSError, EOFError, ValueError) as problem:
                self.broken = True
                self._stop()
                warnings.warn(
                    f"math-verify cannot be started ({problem}): plain numbers are judged as ever, answers "
                    "in LaTeX are left unscored (None). Try: pip install math-verify, then restart Python.",
                    RuntimeWarning,
                    stacklevel=2,
                )
        return self._process is not None

    def _start(self) -> None:
        if not sys.executable:
            raise OSError("Python does not know its own interpreter")
        root = str(Path(__file__).resolve().parents[2])
        paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "helpers.verifier", str(self.cpu_seconds), "fork" * self.fork],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
            env=os.environ | {"PYTHONPATH": paths}, cwd=os.path.abspath(os.sep), start_new_session=True,
        )  # fmt: skip
        try:
            with _Belt(START_SECONDS, self._process):
                said = self._read()
        except BaseException:
            self._stop()
            raise
        if said != "ready":
            raise OSError(said)

    def _write(self, message: Any) -> None:
        left = memoryview((json.dumps(message) + "\n").encode())
        while left:
            left = left[self._process.stdin.write(left) :]

    def _read(self) -> Any:
        while b"\n" not in self._heard:
            piece = self._process.stdout.read(65536)
            if not piece:
                raise EOFError("it ended without a word")
            self._heard += piece
        line, self._heard = self._heard.split(b"\n", 1)
        return json.loads(line)

    def _stop(self) -> None:
        process = self._process
        self._process, self._heard = None, b""
        if process is not None:
            process.stdin.close()  # it ends when it notices, and takes its workers along
            try:
                process.wait(1)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()

    def close(self) -> None:
        """End the nursery and its workers. The next question starts a new one."""
        with self._lock:
            self._stop()

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def forget(self) -> None:
        """In a fork of the caller: the nursery is the parent's. Let go of its pipes, touch nothing else."""
        process = self._process
        self._reset()
        if process is not None:
            process.stdin.close()
            process.stdout.close()
            process.returncode = 0  # not ours to wait for


class _Belt:
    """Kills `process` unless the block ends within `seconds` of wall time; its reader then meets the end."""

    def __init__(self, seconds: float, process: subprocess.Popen[bytes]) -> None:
        self._timer = threading.Timer(seconds, process.kill)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def _guarded(question: Question) -> Question:
    """The question as it may be put: no answer where it is refused, no gold ("") where that is."""
    gold, answer = question
    return gold if harmless(gold) else "", answer if answer and harmless(answer) else None


_pools: "weakref.WeakSet[Pool]" = weakref.WeakSet()


def _forget_all() -> None:
    for pool in list(_pools):
        pool.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)

POOL = Pool()
atexit.register(POOL.close)
