"""Open JupyterLab on your own copies of the notebooks: my_notebooks/, which git ignores.

A copy you have not touched follows the workbook when that changes; a copy you have edited stays yours.
What you add to the command goes to JupyterLab (`make lab ARGS="--no-browser --port 9999"`).
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPIED = ".copied.json"


def copy_notebooks(source: Path, target: Path) -> list[str]:
    """Bring `target` up to date with `source`; returns the edited copies that stay, though older."""
    target.mkdir(exist_ok=True)
    record = target / COPIED
    before = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    after, kept = dict(before), []
    for path in sorted(
        [*source.glob("*.ipynb"), *source.glob("exercises/*.ipynb"), *source.glob("solutions/*.ipynb")]
    ):
        name, copy = path.relative_to(source).as_posix(), target / path.relative_to(source)
        new = path.read_bytes()
        if copy.exists() and _digest(copy.read_bytes()) != before.get(name):
            if before.get(name) != _digest(new):
                kept.append(name)
            continue
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(new)
        after[name] = _digest(new)
    record.write_text(json.dumps(after, indent=1) + "\n", encoding="utf-8")
    return kept


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def main(arguments: list[str]) -> int:
    """Copy, then hand over to JupyterLab."""
    kept = copy_notebooks(ROOT / "notebooks", ROOT / "my_notebooks")
    print("Your notebooks are in my_notebooks/; edit them freely.")
    for name in kept:
        print(
            f"  {name} has a newer version; yours stays. For the new one, delete my_notebooks/{name}."
        )
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--ip=127.0.0.1",
        f"--ServerApp.root_dir={ROOT}",
        "--LabApp.default_url=/lab/tree/my_notebooks",
    ]
    try:
        return subprocess.call([*command, *arguments], cwd=ROOT)
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
