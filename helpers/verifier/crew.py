"""Who works on what, for how long: the workers of a nursery take turns (see `workers` for the rules)."""

import os
import select
from collections.abc import Iterator

from helpers.verifier.workers import (
    BATCH_SECONDS,
    QUESTION_SECONDS,
    TURN_SECONDS,
    WORKERS,
    Job,
    Verdict,
    Waiting,
    Worker,
)


class Crew:
    """WORKERS workers at a time, and those that have stepped aside."""

    def __init__(self, cpu_seconds: float, requests: int) -> None:
        self.cpu_seconds = cpu_seconds
        self.requests = requests  # the caller's pipe: when it ends during a batch, so do we
        self.idle: list[Worker] = []
        self.busy: list[Worker] = []
        self.aside: list[Worker] = []

    def judge(self, jobs: list[Job]) -> Iterator[tuple[int, Verdict]]:
        """Yield (index, verdict) for every job, in the order in which they are done."""
        waiting, left = Waiting(jobs), max(BATCH_SECONDS, len(jobs) * QUESTION_SECONDS)
        while self._busy(waiting, left):
            for worker in self._speaking():
                if worker.hear():
                    self.busy.remove(worker)
                    yield worker.index, self._finished(worker)
            for worker in list(self.busy):
                lap = worker.lap()
                left -= lap if worker.turns > 1 else 0
                if worker.spent > worker.turn_ends and (waiting or self.aside or left <= 0):
                    worker.pause()
                    self.busy.remove(worker)
                    self.aside.append(worker)
        while self.aside:
            worker = self.aside.pop()
            yield worker.index, worker.bury()

    def _busy(self, waiting: Waiting, left: float) -> bool:
        """Give everybody something to do: first what nobody has begun, then what stepped aside."""
        while len(self.busy) < WORKERS:
            if waiting:
                worker = self.idle.pop() if self.idle else Worker(self.cpu_seconds)
                worker.give(waiting.next(worker))
            elif self.aside and left > 0:
                worker = min(self.aside, key=lambda one: one.spent)
                self.aside.remove(worker)
                worker.resume()
            else:
                break
            self.busy.append(worker)
        return bool(self.busy)

    def _speaking(self) -> list[Worker]:
        sockets = [worker.socket for worker in self.busy]
        ready, _, _ = select.select([self.requests, *sockets], [], [], TURN_SECONDS / 4)
        if self.requests in ready:  # nobody writes to us during a batch: the caller has ended
            self.close()
            os._exit(0)
        return [worker for worker in self.busy if worker.socket in ready]

    def _finished(self, worker: Worker) -> Verdict:
        if not worker.answered():
            return worker.bury()
        self.idle.append(worker)
        return worker.verdict()

    def close(self) -> None:
        for worker in [*self.idle, *self.busy, *self.aside]:
            worker.bury()
        self.idle, self.busy, self.aside = [], [], []
