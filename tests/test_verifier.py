"""math-verify in processes that can be killed: from everywhere, never for ever, and nothing left behind."""

import asyncio
import inspect
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.answers import same_answer, same_answers
from helpers.verifier import crew, guards, pool, workers
from helpers.verifier.pool import POOL, Pool

GOLD, RIGHT, WRONG = r"2\sqrt{3}", r"\sqrt{12}", r"\sqrt{13}"
SUM = "+".join("abcdefgh")
STUCK = [
    f"({SUM})^{{39}}({SUM}+{i})" for i in range(8)
]  # passes the guards; its terms are counted in millions
POSIX = pytest.mark.skipif(os.name != "posix", reason="a fork, signals and /proc-like tools are needed")
PATIENCE = 60  # wall seconds, on a machine that does other things

NURSERY = """
import os, sys
sys.path.insert(0, sys.argv[1]) if len(sys.argv) > 1 else None
from helpers.answers import same_answer
from helpers.verifier.pool import POOL
assert same_answer(r"2\\sqrt{3}", r"\\sqrt{12}") is True
print(POOL._process.pid, flush=True)
"""


@pytest.fixture(scope="module")
def only_pool() -> Iterator[Pool]:
    with Pool() as pool:
        yield pool


@pytest.fixture
def own(only_pool: Pool) -> Pool:
    """A pool for the tests of this file that remembers nothing; its process may be running already."""
    only_pool._verdicts.clear()
    return only_pool


def alive(pid: int) -> bool:
    """Does this process run? One that has ended and waits to be buried does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return state.strip()[:1] not in ("", "Z")


def ended(pids: list[int]) -> bool:
    """Do all of these processes end by themselves, soon?"""
    until = time.monotonic() + PATIENCE
    while any(alive(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def children(pid: int) -> list[int]:
    done = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    return [int(child) for child, parent in rows if int(parent) == pid]


def test_verdicts(own: Pool) -> None:
    assert own.judge([(GOLD, RIGHT), (GOLD, WRONG), ("0/0", "1"), (GOLD, None)]) == [True, False, None, False]
    assert own.judge([]) == []


def test_the_stuck_inputs_pass_the_guards() -> None:
    assert all(guards.harmless(text) for text in STUCK)


@POSIX
def test_a_stuck_worker_is_killed_and_replaced(own: Pool) -> None:
    assert own.judge([(GOLD, RIGHT)]) == [True]
    before = children(own._process.pid)
    started = time.monotonic()
    assert own.judge([(SUM, STUCK[0])]) == [False]
    assert time.monotonic() - started < PATIENCE / 2
    gone = set(before) - set(children(own._process.pid))
    assert len(gone) == 1 and ended(list(gone)), "the stuck worker lives on"
    assert own.judge([(f"{GOLD}+x", f"x+{RIGHT}")]) == [True], "nobody took its place"


@POSIX
def test_a_batch_with_stuck_answers_ends_soon_and_the_others_are_right(own: Pool) -> None:
    """Two seconds of wall time is the promise; the bound here leaves room for a machine that is busy."""
    questions = [(GOLD, RIGHT) if i % 8 else (SUM, STUCK[i // 8]) for i in range(64)]
    questions = [(gold, answer + f"+{i}-{i}" * bool(i % 8)) for i, (gold, answer) in enumerate(questions)]
    started = time.monotonic()
    verdicts = own.judge(questions)
    assert time.monotonic() - started < 8
    assert verdicts == [bool(i % 8) for i in range(64)]
    assert not any(gold == SUM for gold, _ in own._verdicts), "what the batch had no time for is no fact"


@POSIX
def test_the_batch_budget_leaves_room_for_a_cold_start() -> None:
    """What eight stuck answers may cost in processor time, by the constants: well under two seconds."""
    spent = max(workers.BATCH_SECONDS, 64 * workers.QUESTION_SECONDS)
    assert (8 * workers.TURN_SECONDS + spent) / 2 <= 0.6
    assert pool.CPU_SECONDS <= workers.BATCH_SECONDS


@POSIX
@pytest.mark.parametrize(("stage", "verdict"), [("gold", None), ("answer", workers.LATE)])
def test_a_calculation_in_c_is_ended_too(
    stage: str, verdict: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One huge power keeps the interpreter from looking at signals; a gold that needs one cannot be read."""

    def verdicts(gold: str, answer: str) -> Iterator[bool]:
        yield stage == "answer" or bool(7 ** (7**10))
        yield bool(7 ** (7**10))

    monkeypatch.setattr(workers, "verdicts", verdicts)
    crowd = crew.Crew(cpu_seconds=0.2, requests=os.pipe()[0])
    started = time.monotonic()
    assert list(crowd.judge([(0, "x", "y")])) == [(0, verdict)]
    assert time.monotonic() - started < PATIENCE / 2
    crowd.close()


def test_without_fork_the_caller_ends_what_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "WALL_SECONDS", 3)
    with Pool(fork=False) as single:
        assert single.judge([(GOLD, RIGHT), (SUM, STUCK[0]), (GOLD, WRONG)]) == [True, False, False]
        assert single.judge([(f"{GOLD}+x", f"x+{RIGHT}")]) == [True]


def test_what_time_decided_by_the_clock_on_the_wall_is_asked_anew(
    own: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "WALL_SECONDS", 0)
    question = (GOLD, RIGHT)
    assert own.judge([question])[0] in (True, False)
    assert own._verdicts.get(question) is not False, "a busy machine is no fact about numbers"
    monkeypatch.undo()
    assert own.judge([question]) == [True]


def test_repeated_questions_are_free(own: Pool) -> None:
    assert own.judge([(GOLD, RIGHT)] * 3) == [True] * 3
    own.close()
    assert own.judge([(GOLD, RIGHT)]) == [True]
    assert own._process is None, "a known verdict started a process"


def test_the_memory_of_verdicts_is_bounded(own: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "REMEMBERED", 3)
    own.judge([("x", f"x+{i}") for i in range(6)])
    assert len(own._verdicts) == 3


def test_the_gold_goes_first() -> None:
    """math-verify is not symmetric: the library must see the gold as the gold."""
    source = "import sys; from helpers.verifier import library; seen = []\n"
    source += "library.verify = lambda gold, target, **_: seen.append((str(gold), str(target)))\n"
    source += "library.agrees('a+b+1', 'a+b+2'); assert seen == [('a + b + 1', 'a + b + 2')], seen"
    subprocess.run([sys.executable, "-c", source], check=True, capture_output=True)


def test_it_cannot_start_one_warning_and_no_lost_run(monkeypatch: pytest.MonkeyPatch) -> None:
    for missing in ("", "/no/such/python"):
        monkeypatch.setattr(sys, "executable", missing)
        with Pool() as broken:
            with pytest.warns(RuntimeWarning, match="math-verify cannot be started") as told:
                assert broken.judge([(GOLD, RIGHT)]) == [None]
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                assert broken.judge([(GOLD, WRONG)]) == [None]
            assert len(told) == 1


def test_threads_and_coroutines_side_by_side(own: Pool) -> None:
    seen: list[object] = []

    def work(number: int) -> None:
        seen.extend(own.judge([(f"x+{number}", f"{number}+x"), (f"x+{number}", f"x-{number + 1}")]))

    async def reward(number: int) -> None:
        work(number)
        await asyncio.to_thread(work, number + 50)

    crowd = [threading.Thread(target=work, args=(number,)) for number in range(1, 7)]
    for thread in crowd:
        thread.start()
    asyncio.run(reward(10))
    for thread in crowd:
        thread.join(PATIENCE)
    assert seen.count(True) == 8 and seen.count(False) == 8


@POSIX
def test_alarms_and_handlers_are_untouched(own: Pool) -> None:
    rang = []
    before = {number: signal.getsignal(number) for number in signal.valid_signals()}
    old = signal.signal(signal.SIGALRM, lambda *_: rang.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 300)
        assert own.judge([(GOLD, RIGHT), (SUM, STUCK[0])]) == [True, False]
        assert 200 < signal.getitimer(signal.ITIMER_REAL)[0] <= 300, "somebody else's alarm was changed"
        signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
        assert own.judge([(SUM, text) for text in STUCK[1:4]]) == [False] * 3
        assert rang, "the alarm went off unheard"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    assert {number: signal.getsignal(number) for number in signal.valid_signals()} == before


@POSIX
def test_an_exception_from_a_handler_gets_out_and_the_next_batch_is_right(own: Pool) -> None:
    class Stop(Exception):
        pass

    def stop(*_: object) -> None:
        raise Stop

    own.judge([(GOLD, RIGHT)])
    old = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(Stop):
            own.judge([(SUM, text) for text in STUCK])
            time.sleep(1)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    assert own.judge([(GOLD, WRONG), ("x+1", "1+x")]) == [False, True]


@POSIX
def test_workers_that_stepped_aside_end_with_their_nursery(own: Pool) -> None:
    """They are stopped, and read no end of input: killing the nursery must not leave them there for ever."""
    own.judge([(GOLD, RIGHT)])
    nursery = own._process.pid
    batch = threading.Thread(target=own.judge, args=([(SUM, text) for text in STUCK],))
    batch.start()
    until = time.monotonic() + PATIENCE
    while len(crowd := children(nursery)) < 5 and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(nursery, signal.SIGKILL)
    batch.join(PATIENCE)
    assert len(crowd) >= 5 and ended([nursery, *crowd])


@POSIX
def test_a_nursery_killed_from_outside_is_replaced(own: Pool) -> None:
    own.judge([(GOLD, RIGHT)])
    os.kill(own._process.pid, signal.SIGKILL)
    own.judge([("x", "y")])
    assert own.judge([("x+1", "1+x")]) == [True]


def _in_a_child(queue: "multiprocessing.SimpleQueue[object]") -> None:
    queue.put(same_answers([GOLD, GOLD, "x+2"], [RIGHT, WRONG, "2+x"]))


@pytest.mark.parametrize("way", multiprocessing.get_all_start_methods())
def test_multiprocessing(way: str) -> None:
    assert same_answer(GOLD, f"{RIGHT}+0") is True  # the parent's pool is running
    context = multiprocessing.get_context(way)
    queue = context.SimpleQueue()
    child = context.Process(target=_in_a_child, args=(queue,))
    child.start()
    assert queue.get() == [True, False, True]
    child.join(PATIENCE)
    assert child.exitcode == 0
    assert same_answer("x+3", "3+x") is True, "the child took the parent's nursery along"


@POSIX
def test_a_fork_leaves_its_parents_nursery_alone(own: Pool) -> None:
    own.judge([(GOLD, RIGHT)])
    nursery = own._process.pid
    pid = os.fork()
    if pid == 0:
        fine = own._process is None and own.judge([("x+4", "4+x")]) == [True] and own._process.pid != nursery
        os._exit(0 if fine else 7)
    assert own.judge([("x+5", "5+x")]) == [True]
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert own._process.pid == nursery and own.judge([("x+6", "6+x")]) == [True]


@POSIX
@pytest.mark.parametrize("end", ["", "os._exit(3)", "os.kill(os.getpid(), 9)", "raise SystemExit(1)"])
def test_nothing_is_left_behind(end: str, root: Path) -> None:
    """From standard input, as in `python - < script`; however the caller ends, busy workers included."""
    code = f"""{NURSERY}
import threading, time
threading.Thread(target=POOL.judge, args=([({SUM!r}, {STUCK[0]!r})],), daemon=True).start()
time.sleep(0.2)
print(os.popen(f"ps -o pid= --ppid {{POOL._process.pid}}").read().split(), flush=True)
{end}
"""
    done = subprocess.run(
        [sys.executable, "-", str(root)], input=code, capture_output=True, text=True, cwd="/"
    )
    nursery, crowd = done.stdout.splitlines()
    pids = [int(nursery), *map(int, crowd.strip("[]").replace("'", "").split(","))]
    assert len(pids) > 1 and ended(pids), done.stderr


def test_a_hostile_folder_is_not_imported(tmp_path: Path, root: Path) -> None:
    mark = tmp_path / "imported"
    for name in ("random", "sympy", "math_verify", "helpers", "json", "select", "antlr4", "pkgutil"):
        (tmp_path / f"{name}.py").write_text(f"open({str(mark)!r}, 'w').close()\nraise SystemExit(9)\n")
    code = f"import sys; sys.path[:] = [p for p in sys.path if p]; sys.argv = ['', {str(root)!r}]\n{NURSERY}"
    done = subprocess.run(
        [sys.executable, "-P", "-"], input=code, capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert not mark.exists()


def test_what_a_library_prints_goes_nowhere() -> None:
    """Chatter from a worker neither reaches the reader's notebook nor passes for a verdict."""
    code = "from helpers.verifier import library, nursery\n"
    code += "real = library.readable\nlibrary.readable = lambda gold: print('[0, true]') or real(gold)\n"
    code += "nursery.main(cpu_seconds=5, fork=False)"
    done = subprocess.run(
        [sys.executable, "-c", code], input='[["x", "y"], ["x", "x"]]\n', capture_output=True, text=True
    )
    assert done.stdout.split("\n") == ['"ready"', "[0, false]", "[1, true]", ""] and done.stderr == ""


def test_no_signal_is_set_in_the_caller() -> None:
    """`signal` belongs to the caller: neither this side nor what it imports may touch it."""
    for module in (pool, guards):
        assert "signal" not in set(vars(module)), inspect.getfile(module)
    assert POOL.fork is hasattr(os, "fork")
