"""A server that plays the Hugging Face hub on this machine: what a repository answers is up to the test."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "c" * 40


@dataclass
class Repo:
    """A repository: its files, or the status and the hub's own code with which it refuses.

    token: what a request must bear; else 401, or 403 with another token. asked: what it was asked for.
    waits: how many seconds pass before it answers. stalls: a file that stops coming half-way for that long.
    """

    folder: Path | None = None
    status: int = 200
    code: str = ""
    message: str = ""
    token: str | None = None
    waits: float = 0.0
    stalls: str = ""
    asked: list[str] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """Answers /REPO/resolve/REVISION/FILE, and /api/KIND/REPO alone or with /revision/… or /tree/… behind."""

    protocol_version = "HTTP/1.1"
    repos: dict[str, Repo]

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, *words: object) -> None:
        """Not on stderr."""

    def _answer(self, body: bool) -> None:
        parts = self.path.split("?")[0].strip("/").split("/")
        api = parts[0] == "api"
        parts = parts[2:] if api else parts
        parts = parts[1:] if parts[0] == "datasets" else parts
        repo = self.repos.get("/".join(parts[:2]))
        if repo is None:
            return self._refuse(401, "RepoNotFound")  # what the hub says to whom is not logged in
        repo.asked.append(f"{self.command} {self.path}")
        if not repo.stalls:
            time.sleep(repo.waits)
        if repo.token is not None and self.headers.get("Authorization") != f"Bearer {repo.token}":
            known = "Authorization" in self.headers
            return self._refuse(403 if known else 401, "GatedRepo", "Access to this model is restricted")
        if repo.status != 200:
            return self._refuse(repo.status, repo.code, repo.message)
        revision = parts[3] if len(parts) > 3 else "main"
        if revision not in ("main", COMMIT):
            return self._refuse(404, "RevisionNotFound")
        if api:
            return self._send(self._listing(repo, parts).encode(), body)
        path = repo.folder / "/".join(parts[4:])
        if not path.is_file():
            return self._refuse(404, "EntryNotFound")
        return self._send(path.read_bytes(), body, repo.waits if path.name == repo.stalls else 0)

    def _listing(self, repo: Repo, parts: list[str]) -> str:
        files = sorted(path for path in repo.folder.iterdir() if path.is_file())
        if "tree" in parts:
            return json.dumps(
                [{"type": "file", "path": p.name, "size": p.stat().st_size, "oid": "0" * 40} for p in files]
            )
        name = "/".join(parts[:2])
        return json.dumps(
            {"id": name, "modelId": name, "sha": COMMIT, "siblings": [{"rfilename": p.name} for p in files]}
        )

    def _send(self, content: bytes, body: bool, waits: float = 0) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", f'"{hashlib.sha1(content).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if body:
            half = len(content) // 2
            self.wfile.write(content[:half])
            time.sleep(waits)
            with contextlib.suppress(ConnectionError):  # whoever asked may be gone by then
                self.wfile.write(content[half:])

    def _refuse(self, status: int, code: str = "", message: str = "") -> None:
        self.send_response(status)
        for name, value in (("X-Error-Code", code), ("X-Error-Message", message), ("Content-Length", "0")):
            if value:
                self.send_header(name, value)
        self.end_headers()


@contextmanager
def fake_hub(repos: dict[str, Repo]) -> Iterator[str]:
    """Serve these repositories; gives the address for HF_ENDPOINT."""
    handler = type("Serving", (Handler,), {"repos": repos})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
