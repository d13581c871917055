"""Rewards under watch: what they return is checked, no number is skipped and counted, what breaks is named.

The policy: None, NaN and an infinite reward leave the completion unscored (TRL gives it advantage 0 when no
reward scores it) and are counted in run.json; a wrong length or anything else that is no number stops the run
with one line; an exception stops it and keeps its traceback, with a note on where it happened. A reward that
takes long is named while it runs.
"""

from __future__ import annotations

import contextlib
import inspect
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from helpers.errors import WorkbookError
from helpers.rewards import text_of
from helpers.trainer.records import reward_name

PATIENCE_SECONDS = 30.0  # a reward that runs for longer is named, then again after twice the time
SEARCH_SECONDS = 10.0  # spent at most on finding the completion that a reward fails on
LARGEST = 3.4e38  # rewards become float32 numbers
SHOWN = 80  # characters of a text in a message


class Guard:
    """Stands around a training's rewards. `unscored`: reward -> "None", "nan" or "inf" -> how often."""

    def __init__(self, prompts: Sequence[Any], patience: float | None = None) -> None:
        self.prompts, self.patience = prompts, patience or PATIENCE_SECONDS
        self.unscored: dict[str, Counter[str]] = {}
        self.told: set[tuple[str, str]] = set()

    def around(self, func: Any) -> Any:
        """The same reward, guarded, under the same name; a reward model (no function) stays as it is."""
        if isinstance(func, str) or hasattr(func, "config"):
            return func
        name = reward_name(func)
        if any(map(inspect.iscoroutinefunction, (func, getattr(type(func), "__call__", None)))):  # noqa: B004

            async def guarded(**given: Any) -> list[float | None]:
                with self._timed(name, given), self._placed(name, given):
                    paid = await func(**given)
                return self._checked(name, paid, given)
        else:

            def guarded(**given: Any) -> list[float | None]:
                with self._timed(name, given), self._placed(name, given, func):
                    paid = func(**given)
                return self._checked(name, paid, given)

        guarded.__name__ = name
        return guarded

    def _checked(self, name: str, paid: Any, given: dict[str, Any]) -> list[float | None]:
        """The rewards as TRL may have them. Raises WorkbookError for what is not one number a completion."""
        count = len(given["completions"])
        try:
            paid = None if isinstance(paid, (str, bytes, dict)) else list(paid)
        except TypeError:
            paid = None
        if paid is None or len(paid) != count:
            got = "no list" if paid is None else f"{len(paid)} rewards"
            raise WorkbookError(
                f"{name} returned {got} for {count} completions at {_step(given)}: return a list with one "
                "number, or None, for each completion"
            )
        return [self._number(name, i, value, given) for i, value in enumerate(paid)]

    def _number(self, name: str, i: int, value: Any, given: dict[str, Any]) -> float | None:
        """A finite number, or None, counted, for what cannot be learned from."""
        try:
            number = math.nan if value is None else float(value)
        except (TypeError, ValueError) as error:
            raise WorkbookError(
                f"{name} gave {value!r:.40} at {_step(given)} for {self.place(i, given)}: a reward is a "
                "number, or None where it cannot tell"
            ) from error
        if abs(number) < LARGEST:
            return number
        kind = "None" if value is None else "nan" if math.isnan(number) else "inf"
        self.unscored.setdefault(name, Counter())[kind] += 1
        if kind != "None" and (name, kind) not in self.told:
            self.told.add((name, kind))
            _say(
                f"{name} gave {kind} at {_step(given)} for {self.place(i, given)}: it is skipped, as None "
                "is, and the next ones are only counted (unscored in run.json)"
            )
        return None

    def place(self, i: int, given: dict[str, Any]) -> str:
        """Which row of the training data, and which completion, as words."""
        prompt, completion = given["prompts"][i], given["completions"][i]
        row = next((number for number, one in enumerate(self.prompts) if one == prompt), None)
        where = f"prompt {_short(prompt)}" if row is None else f"row {row} ({_short(prompt)})"
        return f"{where}, completion {_short(completion)}"

    @contextlib.contextmanager
    def _placed(self, name: str, given: dict[str, Any], func: Any = None) -> Iterator[None]:
        """Adds to an exception in it which reward, row and completion it came from."""
        try:
            yield
        except Exception as error:
            i = None if func is None else culprit(func, given, type(error))
            count = len(given["completions"])
            where = f"a batch of {count} completions" if i is None else self.place(i, given)
            error.add_note(f"{name} raised it at {_step(given)}, for {where}")
            raise

    @contextlib.contextmanager
    def _timed(self, name: str, given: dict[str, Any]) -> Iterator[None]:
        """Says, while the reward in it takes long, which one it is."""
        done = threading.Event()
        words = f"at {_step(given)} ({len(given['completions'])} completions)"
        thread = threading.Thread(target=self._wait, args=(done, name, words), daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _wait(self, done: threading.Event, name: str, words: str) -> None:
        start, wait = time.monotonic(), self.patience
        while not done.wait(wait):
            spent = time.monotonic() - start
            wait = spent
            _say(f"{name} has been running for {spent:.0f} s {words}: wait, or interrupt; the run is kept")


def culprit(func: Callable[..., Any], given: dict[str, Any], kind: type[Exception]) -> int | None:
    """The first completion on which the reward alone fails likewise; None if none does, or time is up."""
    until, count = time.monotonic() + SEARCH_SECONDS, len(given["completions"])
    for i in range(count):
        one = {
            key: [value[i]] if isinstance(value, list) and len(value) == count else value
            for key, value in given.items()
        }
        try:
            func(**one)
        except kind:
            return i
        except Exception:
            continue
        if time.monotonic() > until:
            return None
    return None


def _step(given: dict[str, Any]) -> str:
    return f"step {given['trainer_state'].global_step + 1}"


def _short(text: Any) -> str:
    text = repr(text_of(text))
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _say(line: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # a pipe that nobody reads any more
        print(line, flush=True)
