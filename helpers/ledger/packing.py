"""Pack runs into a zip that `python -m helpers report --add` takes. Standard library only."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

from helpers.errors import WorkbookError
from helpers.ledger.adding import canonical_name, check_whole, files_of
from helpers.runs import Run


def pack(found: Sequence[Run], file: str | Path) -> Path:
    """Write record, curve and evaluation of each run into a zip, a folder a run; no weights.

    Raises WorkbookError for a run that could not be added, and for a place that cannot be written to.
    """
    for run in found:
        check_whole(run)
    path = Path(file).expanduser()
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for run in found:
                for one in files_of(run):
                    archive.write(one, f"{canonical_name(run)}/{one.name}")
    except OSError as error:
        raise WorkbookError(f"cannot write {str(file)!r} ({error.strerror}): choose another place") from error
    return path
