"""A hub on this machine: just enough of the protocol to take a model, and to refuse one as hubs do."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Hub(ThreadingHTTPServer):
    """Repositories by name: {"private", "files": {path: bytes}}; `refuse`: path prefix -> HTTP status."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.repos: dict[str, dict[str, Any]] = {}
        self.blobs: dict[str, bytes] = {}
        self.calls: list[str] = []
        self.tokens: set[str] = set()
        self.refuse: dict[str, int] = {}
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Hub

    def log_message(self, *args: Any) -> None:
        """Nothing on stderr."""

    def answer(self, status: int, value: Any) -> None:
        """Send JSON."""
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self) -> bytes:
        """What came, in one piece or in chunks."""
        if self.headers.get("Transfer-Encoding") == "chunked":
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def do_PUT(self) -> None:
        """A large file, in one piece."""
        body = self.body()
        oid = self.path.removeprefix("/blob/")
        assert hashlib.sha256(body).hexdigest() == oid
        self.server.blobs[oid] = body
        self.answer(200, {})

    def do_GET(self) -> None:
        """About a repository."""
        self.body()
        name = self.path.removeprefix("/api/models/").split("?")[0].removesuffix("/revision/main")
        known = name in self.server.repos
        self.answer(200 if known else 404, {"id": name, "sha": "0" * 40, "siblings": []} if known else {})

    def do_POST(self) -> None:
        """Make a repository, sort files into small and large, and commit them."""
        body, hub = self.body(), self.server
        hub.calls.append(self.path)
        hub.tokens.add(self.headers.get("Authorization", ""))
        for prefix, status in hub.refuse.items():
            if self.path.startswith(prefix):
                return self.answer(status, {"error": "the hub's own reason"})
        name = self.path.removeprefix("/api/models/").removeprefix("/").split(".git/")[0]
        if self.path == "/api/repos/create":
            return self.create(json.loads(body))
        if self.path == "/api/validate-yaml":
            return self.answer(200, {"errors": [], "warnings": []})
        if self.path.endswith("/preupload/main"):
            files = [{"path": one["path"], "shouldIgnore": False} for one in json.loads(body)["files"]]
            for one in files:
                one["uploadMode"] = "lfs" if one["path"].endswith(".safetensors") else "regular"
            return self.answer(200, {"files": files})
        if self.path.endswith("/info/lfs/objects/batch"):
            objects = json.loads(body)["objects"]
            for one in objects:
                one["actions"] = {"upload": {"href": f"{hub.url}/blob/{one['oid']}", "header": {}}}
            return self.answer(200, {"transfer": "basic", "objects": objects})
        if self.path.endswith("/commit/main"):
            return self.commit(name.removesuffix("/commit/main"), body)
        return self.answer(404, {"error": f"no {self.path} here"})

    def create(self, asked: dict[str, Any]) -> None:
        """A new repository, or 409."""
        owner = asked.get("organization") or "me"
        name = f"{owner}/{asked['name']}"
        if name in self.server.repos:
            return self.answer(409, {"error": "it exists", "url": f"{self.server.url}/{name}"})
        private = asked.get("visibility") == "private" or asked.get("private") is True
        self.server.repos[name] = {"private": private, "files": {}}
        return self.answer(200, {"url": f"{self.server.url}/{name}"})

    def commit(self, name: str, body: bytes) -> None:
        """Files as lines of JSON."""
        files = self.server.repos[name]["files"]
        for line in map(json.loads, body.decode().splitlines()):
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = self.server.blobs[value["oid"]]
        self.answer(200, {"commitUrl": f"{self.server.url}/{name}/commit/1", "commitOid": "1" * 40})
