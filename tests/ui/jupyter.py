"""A JupyterLab server of its own, and one of its notebooks in a browser tab."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "build" / "ui"
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},  # every cell is on the page
}
EMPTY_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="117" height="20"/>'
PARTS = ("helpers", "data", "notebooks", "requirements.txt", "constraints.txt", "pyproject.toml")


def copy_workbook(folder: Path) -> Path:
    """A copy of what the notebooks use, so that nothing they write lands in the reader's own folders."""
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_*"))
        else:
            shutil.copy2(source, folder / name)
    return folder


class Server:
    """The address and the token of a running JupyterLab."""

    def __init__(self, workbook: Path, port: int, token: str) -> None:
        self.workbook, self.token, self.port = workbook, token, port
        self.address = f"http://127.0.0.1:{port}"

    def link(self, name: str) -> str:
        return f"{self.address}/lab/tree/{name}?token={self.token}&reset"


@contextmanager
def serve(workbook: Path, private: Path):
    """JupyterLab on `workbook`, with folders of its own under `private`; yields a Server."""
    server = Server(workbook, _free_port(), secrets.token_hex(8))
    settings = private / "settings"
    for name, values in SETTINGS.items():
        path = settings / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")
    folders = {
        f"JUPYTER_{kind}_DIR": str(private / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")
    } | {"JUPYTERLAB_SETTINGS_DIR": str(settings), "JUPYTERLAB_WORKSPACES_DIR": str(private / "workspaces")}
    environment = {key: value for key, value in os.environ.items() if key != "MPLBACKEND"} | folders
    environment |= {"IPYTHONDIR": str(private / "ipython"), "PYTHONPATH": str(workbook)}
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
        *(f"--port={server.port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={workbook}"),
        *(f"--IdentityProvider.token={server.token}", "--LabApp.expose_app_in_browser=True"),
    ]
    log = private / "server.log"
    with log.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(command, cwd=workbook, env=environment, stdout=stream, stderr=stream)
        try:
            _wait_until_up(server, process, log)
            yield server
        finally:
            process.terminate()  # JupyterLab ends its kernels before itself
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _wait_until_up(server: Server, process: subprocess.Popen, log: Path, seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urlopen(f"{server.address}/api/status?token={server.token}", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


def write_notebook(path: Path, cells: Sequence[str]) -> None:
    """A notebook with these code cells, none of them run."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


class Notebook:
    """One notebook, open in a tab; collects what the browser complains about."""

    def __init__(self, page: Page, server: Server, name: str) -> None:
        self.page, self.server, self.name = page, server, name
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.route(lambda link: not link.startswith(server.address), self._answer_for_another_host)

    def _hear(self, message) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def _answer_for_another_host(self, route) -> None:
        """Nothing leaves this machine; the Colab badge is a picture elsewhere, and an empty one stands in."""
        if route.request.url.endswith("/colab-badge.svg"):
            route.fulfill(content_type="image/svg+xml", body=EMPTY_PICTURE)
        else:
            self.elsewhere.append(route.request.url)
            route.abort()

    def open(self) -> Notebook:
        """Wait until the notebook is on the page and its kernel is there."""
        self.page.goto(self.server.link(self.name), wait_until="commit")
        ready = "() => window.jupyterapp?.shell?.currentWidget?.context?.isReady"
        self.page.wait_for_function(ready, timeout=60_000)
        self.page.evaluate("""async () => {
            const panel = window.jupyterapp.shell.currentWidget;
            await panel.context.ready;
            await panel.sessionContext.ready;
            await panel.sessionContext.session.kernel.info;
        }""")
        return self

    def run_all(self, seconds: float = 300) -> None:
        """Run every cell, and wait until the last one is done."""
        self.page.evaluate("""() => {
            window.ranAll = null;
            const done = window.jupyterapp.commands.execute('notebook:run-all-cells');
            done.then(() => { window.ranAll = true; });
        }""")
        self.page.wait_for_function("() => window.ranAll", timeout=seconds * 1000)

    def start_cell(self, number: int) -> None:
        """Run one cell, and do not wait for it: `finish_cell` does."""
        self.page.evaluate(
            """(number) => {
            const { content } = window.jupyterapp.shell.currentWidget;
            content.deselectAll();
            content.activeCellIndex = number;
            window.ranCell = null;
            const done = window.jupyterapp.commands.execute('notebook:run-cell');
            done.then(() => { window.ranCell = true; });
        }""",
            number,
        )

    def finish_cell(self, seconds: float = 60) -> None:
        """Wait until the cell that was started is done."""
        self.page.wait_for_function("() => window.ranCell", timeout=seconds * 1000)

    def interrupt(self) -> None:
        """The square button: stop what the kernel does."""
        self.page.evaluate("""() => {
            const { sessionContext } = window.jupyterapp.shell.currentWidget;
            return sessionContext.session.kernel.interrupt();
        }""")

    def cells(self) -> list[dict[str, Any]]:
        """The notebook as JupyterLab holds it now, outputs included."""
        return self.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells")

    def faults(self) -> list[str]:
        """What cells raised or wrote on stderr, and code cells that did not run."""
        found = []
        for number, cell in enumerate(self.cells()):
            if cell["cell_type"] != "code" or not "".join(cell["source"]).strip():
                continue
            if cell["execution_count"] is None:
                found.append(f"cell {number} did not run")
            for output in cell["outputs"]:
                if output["output_type"] == "error":
                    found.append(f"cell {number}: {output['ename']}: {output['evalue']}")
                elif output.get("name") == "stderr":
                    found.append(f"cell {number} on stderr: {''.join(output['text'])[:300]}")
        return found

    def run_new_cell(self, code: str, seconds: float = 60) -> str:
        """Add a cell with `code`, run it, and return what it printed; AssertionError if it raised."""
        last = self.page.evaluate(
            """(code) => {
            const model = window.jupyterapp.shell.currentWidget.content.model.sharedModel;
            model.insertCell(model.cells.length, { cell_type: 'code', source: code });
            return model.cells.length - 1;
        }""",
            code,
        )
        self.start_cell(last)
        self.finish_cell(seconds)
        outputs = self.cells()[last]["outputs"]
        raised = [f"{one['ename']}: {one['evalue']}" for one in outputs if one["output_type"] == "error"]
        assert not raised, f"{raised[0]} in the cell:\n{code}"
        return "".join("".join(one["text"]) for one in outputs if one.get("name") == "stdout")

    def picture(self, name: str, selector: str | None = None) -> Path:
        """A screenshot in build/ui: of the window, or of all that `selector` finds, however tall."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        path, window = PICTURES / f"{name}.png", self.page.viewport_size
        if selector is None:
            self.page.screenshot(path=path)
            return path
        found = self.page.locator(selector).first
        tall = int(found.bounding_box()["height"]) + 200  # the bars above and below the notebook
        self.page.set_viewport_size({"width": window["width"], "height": max(tall, window["height"])})
        found.screenshot(path=path)
        self.page.set_viewport_size(window)
        return path
