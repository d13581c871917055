"""Secrets in the environment stay there; JupyterLab opens on this machine alone, with its token."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from faulty import environment, start, wait_for

from helpers.errors import WorkbookError
from helpers.trainer.settings import grpo_options

SECRETS = {
    "HF_TOKEN": "hf_PLANTEDplantedPLANTEDplanted01",
    "WANDB_API_KEY": "0123456789abcdef0123456789abcdefplanted0",
    "MY_PASSWORD": "planted-correct-horse-battery",
}


def places(folder: Path, secret: str) -> list[str]:
    """Files under a folder that hold a secret, in their bytes or in their names."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if secret.encode() in path.read_bytes() or secret in path.name]


@pytest.mark.train
@pytest.mark.parametrize("report_to", [None, "wandb"])
def test_no_secret_reaches_a_run_a_log_or_a_tracker(report_to, tmp_path, random_model, rows_folder):
    ask = {"model": random_model, "source": rows_folder, "out": tmp_path / "run", "steps": 4}
    home = {"HOME": str(tmp_path / "home"), "WANDB_DIR": str(tmp_path), "WANDB_MODE": "offline"}
    process = start({**ask, "report_to": report_to, "cwd": tmp_path}, **SECRETS, **home)
    said, _ = process.communicate(timeout=240)
    assert process.returncode == 0, said
    assert (list(tmp_path.glob("wandb/offline-run-*")) != []) == (report_to == "wandb")
    for secret in SECRETS.values():
        assert secret not in said
        assert places(tmp_path, secret) == []


@pytest.mark.train
def test_no_secret_is_in_a_checkpoint(tmp_path, random_model, rows_folder):
    ask = {"model": random_model, "source": rows_folder, "out": tmp_path / "run", "steps": 2000}
    process = start({**ask, "cwd": tmp_path}, **SECRETS)
    wait_for(lambda: list(tmp_path.glob("run/checkpoints/*/whole.json")), process)
    process.kill()
    process.communicate()
    for secret in SECRETS.values():
        assert places(tmp_path, secret) == []


def test_a_token_is_no_option():
    from helpers.models import TINY
    from helpers.tasks import TLDR

    with pytest.raises(WorkbookError, match=r"'hub_token' belongs to the workbook: use `hf auth login`"):
        grpo_options(TLDR, TINY, 1, 0, {"hub_token": "hf_secret"})


def test_the_search_finds_what_is_planted(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "log").write_bytes(b"\x00hf_planted\xff")
    assert places(tmp_path, "hf_planted") == [str(tmp_path / "a" / "log")]


def test_shipped_files_hold_no_token(root):
    """What a hub, a tracker or a notebook server hands out as a secret has a look of its own."""
    looks = re.compile(rb"\bhf_[A-Za-z]{30,}\b|[?&]token=[0-9a-f]{32,}")
    for folder in ("notebooks", "data/runs", "docs"):
        for path in (root / folder).rglob("*"):
            assert not path.is_file() or not looks.search(path.read_bytes()), path


def test_jupyterlab_opens_on_this_machine_alone_with_a_token(tmp_path, root):
    """Started as `make lab` starts it; the copies of the notebooks go where they always go."""
    kept = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "tools/lab.py", "--no-browser", "--allow-root", f"--port={_free_port()}"]
    log = (tmp_path / "log").open("w+")
    server = subprocess.Popen(command, stdout=log, stderr=log, cwd=root, env=environment(**kept))
    try:
        port, token = _address(tmp_path / "log", server)
        assert _status(port, "/api/contents") == 403
        assert _status(port, "/api/contents?token=wrong") == 403
        assert _status(port, f"/api/contents?token={token}") == 200
        with pytest.raises(OSError), socket.create_connection((_outside(), port), timeout=2):
            pass
    finally:
        for path in (tmp_path / "RUNTIME").glob("jpserver-*.json"):
            subprocess.run(["kill", path.stem.removeprefix("jpserver-")], check=False)
        server.wait(20)


def _address(log: Path, server: subprocess.Popen) -> tuple[int, str]:
    for _ in range(600):
        found = re.search(r"http://127\.0\.0\.1:(\d+)/lab\S*\?token=([0-9a-f]{32,})", log.read_text())
        if found:
            return int(found[1]), found[2]
        assert server.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _status(port: int, path: str) -> int:
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code


def _outside() -> str:
    """An address of this machine that others could reach; another loopback one where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return probe.getsockname()[0]
        except OSError:
            return "127.0.0.2"
