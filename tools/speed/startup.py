"""Start-up: seconds from starting a kernel to notebook 02's first plot and to 03's first training step."""

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from jupyter_client import KernelManager

ROOT = Path(__file__).resolve().parents[2]
FIRST_STEP = """
from helpers.training import train
class Stop:
    def begin(self, *words): pass
    def step(self, *words): print("first step", flush=True)
    def end(self, *words): pass
import tempfile
train("tldr", "tiny", steps=1, watch=Stop(), out=tempfile.mkdtemp() + "/run")
"""


def cells(name: str) -> list[str]:
    """The code cells of a notebook."""
    page = json.loads(next((ROOT / "notebooks").glob(f"{name}_*.ipynb")).read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in page["cells"] if cell["cell_type"] == "code"]


def seconds_until(codes: list[str], sign: str) -> float:
    """Start a kernel, run the code cell by cell; seconds until `sign`: "image/png", or a printed text."""
    start = time.perf_counter()
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(ROOT / "notebooks"), extra_arguments=["--IPKernelApp.log_level=40"])
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        for code in codes:
            asked = client.execute(code)
            while True:
                message = client.get_iopub_msg(timeout=300)
                content = message["content"]
                if sign in content.get("data", {}) or sign in content.get("text", ""):
                    return time.perf_counter() - start
                if message["msg_type"] == "error":
                    raise RuntimeError("\n".join(content["traceback"]))
                mine = message["parent_header"].get("msg_id") == asked
                if mine and message["msg_type"] == "status" and content["execution_state"] == "idle":
                    break
        raise RuntimeError(f"no {sign!r} came of {len(codes)} cells")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def startup(rounds: int) -> dict[str, Any]:
    """Median seconds of both, in turns. The disk's own cache is warm after the first round."""
    setup = [f"import sys; sys.path.insert(0, {str(ROOT)!r})"]
    asked = {
        "first_plot_of_02": (setup + cells("02"), "image/png"),
        "first_step_of_03": ([*setup, FIRST_STEP], "first step"),
    }
    found: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(rounds):
        for name, words in asked.items():
            found[name].append(seconds_until(*words))
    medians = {name: round(statistics.median(each), 2) for name, each in found.items()}
    return {"startup_s": medians, "rounds": rounds, "python": sys.version.split()[0]}
