"""What a fresh kernel needs before its first import: the packages, and some quiet.

The set-up cell of every notebook calls `get_ready(root)`. Nothing here loads torch, transformers or trl.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import logging
import os
import re
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

from packaging.requirements import Requirement

from helpers.errors import WorkbookError

# What hosts or tests a notebook from outside: whoever runs a cell has a host already.
HOSTS = {"jupyterlab", "nbclient", "nbval"}
# What a running kernel stands on cannot be swapped under it; nor is a torch that is here, with what is built
# against it (Colab has its own).
KEPT = (
    "torch",
    "torchvision",
    "torchaudio",
    "numpy",
    "ipykernel",
    "ipython",
    "jupyter-client",
    "jupyter-core",
    "traitlets",
    "comm",
    "tornado",
    "pyzmq",
    "psutil",
    "debugpy",
    "matplotlib-inline",
)
QUIET = {
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
    "DATASETS_VERBOSITY": "error",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRL_EXPERIMENTAL_SILENCE": "1",
    "BITSANDBYTES_NOWELCOME": "1",
    "WANDB_SILENT": "true",
}
OFFLINE = re.compile(r"NewConnection|NameResolution|ConnectionError|timed out|from versions: none")
NOISY = ("bitsandbytes", "trl", "peft", "transformers", "accelerate", "torch", "datasets", "huggingface_hub")


def get_ready(root: str | Path) -> None:
    """Make this kernel ready for the workbook at `root`; prints only when it has to install something."""
    calm()
    install_missing(Path(root))


def calm() -> None:
    """Silence what libraries say when they are imported; your own environment settings win."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    for package in NOISY:
        warnings.filterwarnings("ignore", module=rf"{package}(\.|$)")
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)


def missing(root: Path) -> list[str]:
    """The lines of `root`/requirements.txt that no installed package satisfies (HOSTS left out)."""
    lines = [line.strip() for line in (root / "requirements.txt").read_text(encoding="utf-8").splitlines()]
    wanted = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return [str(one) for one in wanted if one.name not in HOSTS and not _satisfied(one)]


def install_missing(root: Path) -> None:
    """Install what is missing with pip, into this kernel, without a restart.

    What is in KEPT stays as it is. WorkbookError with pip's own reason when pip fails.
    """
    lines = missing(root)
    if not lines:
        return
    print("Installing with pip, once, which takes a few minutes:", ", ".join(lines), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "pins.txt"
        pins.write_text("\n".join(_pins(root)), encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            "-c",
            str(pins),
        ]
        done = subprocess.run([*command, *lines], capture_output=True, text=True)
    if done.returncode:
        raise WorkbookError(f"pip could not install {', '.join(lines)}: {_reason(done.stderr)}")
    importlib.invalidate_caches()


def _reason(said: str) -> str:
    """Why pip failed, in a line: it reaches no index, or what it calls an error."""
    if OFFLINE.search(said):
        return "it finds no package index; are you online?"
    errors = [line for line in said.splitlines() if "ERROR" in line]
    return errors[0] if errors else " ".join(said.split())[-300:]


def _satisfied(wanted: Requirement) -> bool:
    version = _installed(wanted.name)
    return version is not None and wanted.specifier.contains(version, prereleases=True)


def _pins(root: Path) -> list[str]:
    """Constraints for pip: what stays as it is and, where there is no torch yet, the lock for the rest."""
    keep = {name: version for name in KEPT if (version := _installed(name))}
    text = (root / "constraints.txt").read_text(encoding="utf-8")
    lock = [] if "torch" in keep else [line for line in text.splitlines() if "==" in line]
    rest = [line for line in lock if re.sub(r"[-_.]+", "-", line.split("==")[0]).lower() not in keep]
    return rest + [f"{name}=={version}" for name, version in keep.items()]


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
