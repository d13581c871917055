"""A real kernel, interrupted or restarted while it trains: the run is kept, and the notebook goes on."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty

import pytest
from faulty import environment, steps_of, wait_for
from jupyter_client.manager import KernelManager

from helpers.runs import load_run

pytestmark = pytest.mark.train
CELL = """
from faulty import FAST, varied
from helpers.training import train
train("tldr", {model!r}, source={source!r}, out={out!r}, steps={steps}, resume={resume},
      reward_funcs=[varied], **FAST).finished
"""


@pytest.fixture
def notebook(tmp_path) -> Iterator[tuple]:
    """A kernel of its own process, as JupyterLab starts it."""
    manager = KernelManager()
    manager.start_kernel(env=environment(), cwd=str(tmp_path))
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def answer(client, message: str, seconds: float = 180) -> dict:
    """What came of a cell."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(Empty):
            reply = client.get_shell_msg(timeout=1)
            if reply["parent_header"].get("msg_id") == message:
                return reply["content"]
    raise AssertionError("the cell did not end")


def cell(model: Path, source: Path, out: Path, steps: int, resume: bool = False) -> str:
    words = {"model": str(model), "source": str(source), "out": str(out), "steps": steps, "resume": resume}
    return CELL.format(**words)


def test_interrupted_the_run_is_kept_and_the_notebook_goes_on(notebook, tmp_path, random_model, rows_folder):
    manager, client = notebook
    out = tmp_path / "run"
    message = client.execute(cell(random_model, rows_folder, out, 5000))
    wait_for(lambda: steps_of(out) >= 3)
    manager.interrupt_kernel()
    reply = answer(client, message)
    assert (reply["status"], reply["ename"]) == ("error", "KeyboardInterrupt")
    run = load_run(out)
    assert run.record["status"] == "interrupted" and (out / "adapter").is_dir()
    reached = len(run.curve)
    assert reached >= 3 and run.column("step") == list(range(1, reached + 1))
    reply = answer(client, client.execute("kept = 1 + 1; assert kept == 2"))
    assert reply["status"] == "ok"
    reply = answer(client, client.execute(cell(random_model, rows_folder, out, reached + 4, resume=True)))
    assert reply["status"] == "ok", reply
    assert load_run(out).finished and len(load_run(out).curve) == reached + 4


def test_restarted_the_run_goes_on_from_its_checkpoint(notebook, tmp_path, random_model, rows_folder):
    manager, client = notebook
    out = tmp_path / "run"
    client.execute(cell(random_model, rows_folder, out, 5000))
    wait_for(lambda: steps_of(out) >= 3)
    manager.restart_kernel(now=True)
    client.wait_for_ready(timeout=60)
    reached = len(load_run(out).curve)
    assert reached >= 3 and load_run(out).record["status"] == "running"
    reply = answer(client, client.execute(cell(random_model, rows_folder, out, reached + 4, resume=True)))
    assert reply["status"] == "ok", reply
    assert load_run(out).finished and len(load_run(out).curve) == reached + 4
