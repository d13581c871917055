"""Files written whole or not at all, so that a crash never leaves half of one. Standard library only."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from helpers.errors import WorkbookError, one_line

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


def claim(path: Path, new: bool = False) -> bool:
    """Make the folder and prove that it can be written to, before an hour of training finds out.

    new: it must not be there yet; False if another process made it first. Raises WorkbookError.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.mkdir()
        except FileExistsError:
            if new or not path.is_dir():
                raise
        with tempfile.TemporaryFile(dir=path):
            return True
    except OSError as error:
        if new and isinstance(error, FileExistsError):
            return False
        raise WorkbookError(
            f"cannot write to {str(path)!r} ({error.strerror or error}): "
            "choose another folder with out=… (--out on the command line)"
        ) from error


@contextlib.contextmanager
def alone(folder: Path, patience_seconds: float = 2.0) -> Iterator[None]:
    """Hold a folder for this process alone. Raises WorkbookError when another holds it.

    The lock is on the folder itself and ends with the process, however that ends: nothing is left that
    could be stale. Where there are no such locks (Windows, some network drives) nobody is refused.
    """
    if fcntl is None:
        yield
        return
    handle, until = os.open(folder, os.O_RDONLY), time.monotonic() + patience_seconds
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > until:
                    raise WorkbookError(
                        f"another process is training into {str(folder)!r}: wait for it or stop it, "
                        "or choose another out=… (--out on the command line)"
                    ) from error
                time.sleep(0.1)
            except OSError:
                break
        yield
    finally:
        os.close(handle)


def sweep(folder: Path) -> None:
    """Remove what a write that was killed half-way left in a folder: files that `write_text` had begun."""
    for path in folder.glob(".*.????????"):
        if path.is_file() and (folder / path.name[1:-9]).suffix:
            path.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a whole file or nothing: to a temporary file beside it, then renamed over it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any) -> None:
    """Write JSON, whole or not at all; a NaN is a mistake and raises ValueError."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Read JSON. Raises WorkbookError naming the file when it is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", None) or one_line(error, 80)
        raise WorkbookError(f"{path} is not JSON ({reason}): restore it, or remove its folder") from error


def write_csv(path: Path, rows: Iterable[Mapping[str, Any]], columns: list[str]) -> None:
    """Write rows as CSV under these columns, whole or not at all; None is an empty cell."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())


def read_csv(path: Path) -> list[dict[str, float | None]]:
    """Rows of a CSV of numbers; an empty cell is None, a last line cut short by a crash is left out."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if rows and None in rows[-1].values():
        rows.pop()
    try:
        return [{name: float(cell) if cell else None for name, cell in row.items()} for row in rows]
    except (TypeError, ValueError) as error:
        why = one_line(error, 80)
        raise WorkbookError(f"{path} holds something other than numbers ({why}): restore it") from error


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The JSON object of every line; a last line cut short by a crash is left out. No file, no rows."""
    if not path.is_file():
        return []
    *lines, rest = path.read_text(encoding="utf-8").split("\n")
    if rest.strip():
        lines.append(rest)
    rows = []
    for number, line in enumerate(lines):
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            if number < len(lines) - 1:
                raise
    return rows
