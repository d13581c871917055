"""What the Hugging Face hub, its cache or a model's files can refuse: one line each, with the way out."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from helpers.errors import WorkbookError, one_line

DISK = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS}
LOGIN = "run `hf auth login` (in Colab: the secret HF_TOKEN)"


class explained:
    """A context manager: within it, what goes wrong with reading `what` becomes one WorkbookError.

    what: how the line calls it, like "model 'owner/name'". repo: its id on the hub, or else folder: its path.
    kind: "model" or "dataset". instead: what needs none of this, for the end of the line.
    An error that is nobody's fault here (a TypeError, say) keeps its traceback.
    """

    def __init__(
        self,
        what: str,
        repo: str | None = None,
        *,
        folder: str | Path = "",
        kind: str = "model",
        revision: str | None = None,
        instead: str = "",
    ) -> None:
        self.what, self.repo, self.folder, self.kind = what, repo, Path(folder), kind
        self.revision, self.instead = revision, instead

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None or isinstance(error, WorkbookError) or not _foreseen(error):
            return
        why, fix = self._of_files(error) or (self._of_hub(error) if self.repo else None) or self._other(error)
        rest = f", or use {self.instead}" if self.instead else ""
        raise WorkbookError(f"cannot load {self.what}: {why}: {fix}{rest}") from error

    @property
    def url(self) -> str:
        """The page of the repository."""
        return f"https://huggingface.co/{'datasets/' if self.kind == 'dataset' else ''}{self.repo}"

    def _of_files(self, error: BaseException) -> tuple[str, str] | None:
        """What is wrong with files that are there."""
        text = " ".join(str(one) for one in _chain(error))
        if "out of memory" in text.lower() or isinstance(error, MemoryError):
            return "it does not fit into memory", "quantize='4bit' (--quantize 4bit) takes a quarter"
        if isinstance(error, OSError) and error.errno in DISK:
            return (
                f"the cache cannot be written to ({error.strerror})",
                "free some space, or set HF_HOME to a folder",
            )
        if "trust_remote_code" in text or "requires you to execute" in text:
            way = f"choose a {self.kind} that needs no code of its own"
            return "it comes with code of its own, which the workbook never runs", way
        if type(error).__name__ == "SafetensorError" or type(error) is Exception:
            return f"a file of it is damaged ({one_line(error, 80)})", self._again()
        return None

    def _of_hub(self, error: BaseException) -> tuple[str, str] | None:
        """What the hub said, or that it could not be asked."""
        names = {base.__name__ for one in _chain(error) for base in type(one).__mro__}
        status = next((s for one in _chain(error) if (s := _status(one))), None)
        if "GatedRepoError" in names:
            return self._gated(status)
        if "RevisionNotFoundError" in names:
            return f"it has no revision {self.revision!r}", f"take one that {self.url}/commits names"
        if status == 401 and _token():
            return "the hub does not accept the token that is set here", f"{LOGIN} with a valid one"
        if "RepositoryNotFoundError" in names or ("DatasetNotFoundError" in names and not _offline()):
            return (
                "the hub has none of this name, or it is private",
                f"check the spelling; if it is private, {LOGIN}",
            )
        if status == 429:
            return (
                "the hub answers 429, too many requests",
                "wait a few minutes, or " + LOGIN + ", which gives more",
            )
        if status and status != 404:
            return (
                f"the hub answers {status}",
                "try again later; https://status.huggingface.co says how it is",
            )
        if _offline():
            return self._missing("HF_HUB_OFFLINE=1 is set")
        if names & {"ConnectError", "ConnectTimeout", "ReadTimeout", "TransportError", "ConnectionError"}:
            return self._missing("the hub is out of reach")
        return None

    def _gated(self, status: int | None) -> tuple[str, str]:
        if status == 401 or not _token():
            return "it is gated, and you are not logged in", f"accept its licence on {self.url}, then {LOGIN}"
        return (
            "it is gated, and your token has no access",
            f"accept its licence on {self.url} and wait for the answer",
        )

    def _missing(self, why: str) -> tuple[str, str]:
        if self.kind == "dataset":  # datasets keeps a cache of its own, which `hf download` does not fill
            return why, "load it once with a network (HF_HUB_OFFLINE unset)"
        there = "only a part of it is in the cache" if self._cached() else "it is not in the cache"
        pin = f" --revision {self.revision}" if self.revision else ""
        fix = f"once with a network (HF_HUB_OFFLINE unset), `hf download {self.repo}{pin}`"
        return f"{why}, and {there}", fix

    def _other(self, error: BaseException) -> tuple[str, str]:
        if "load the model" in str(error) or "named model.safetensors" in str(error):
            names = self._names()
            if any(name.endswith((".bin", ".pt", ".pth")) for name in names):
                why = "its weights are no safetensors but a pickle, which can run code when it is opened"
                return why, "choose a repository that has model.safetensors, or save the model again as such"
            return "it is not whole (model.safetensors is missing)", self._again()
        return f"it is not whole ({one_line(error, 120)})", self._again()

    def _again(self) -> str:
        if self.repo is None:
            return "save the model and its tokenizer there again"
        return f"`hf cache rm {self.kind}/{self.repo}`, and load it again"

    def _cached(self) -> list[Path]:
        """The files of it that are in the hub's cache."""
        from huggingface_hub.constants import HF_HUB_CACHE

        folder = Path(HF_HUB_CACHE) / f"{self.kind}s--{self.repo.replace('/', '--')}"
        wanted = self.revision or "main"
        ref = folder / "refs" / wanted
        commit = ref.read_text(encoding="utf-8").strip() if ref.is_file() else wanted
        return [path for path in folder.glob(f"snapshots/{commit}/*") if path.exists()]

    def _names(self) -> list[str]:
        """The names of its files."""
        if self.repo is None:
            return [path.name for path in self.folder.glob("*")]
        from huggingface_hub import list_repo_files

        try:
            return list_repo_files(self.repo, revision=self.revision, repo_type=self.kind)
        except (OSError, ValueError):
            return [path.name for path in self._cached()]


def _foreseen(error: BaseException) -> bool:
    """Whether files, the hub or the network can be the cause (of tokenizers: a bare Exception)."""
    if isinstance(error, (OSError, ValueError, RuntimeError, MemoryError)) or type(error) is Exception:
        return True
    return type(error).__name__ == "SafetensorError" or type(error).__module__.startswith("httpx")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and what led to it."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = at.__cause__ or at.__context__


def _status(error: BaseException) -> int | None:
    return getattr(getattr(error, "response", None), "status_code", None)


def _token() -> str | None:
    from huggingface_hub import get_token

    return get_token()


def _offline() -> bool:
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")
