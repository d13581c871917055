"""What a run ran on: commit, versions, hardware, memory. Standard library only."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path

PACKAGES = ("torch", "transformers", "trl", "peft", "accelerate", "datasets", "bitsandbytes", "math-verify")


def commit(folder: Path) -> str | None:
    """The git commit of `folder`, with "-dirty" when files differ from it; None outside a repository.

    Recorded runs do not count: no run depends on another's record.
    """
    try:
        head = _git(folder, "rev-parse", "HEAD")
        tracked = ("--untracked-files=no", "--", ".", ":(exclude)data/runs")
        dirty = _git(folder, "status", "--porcelain", *tracked)
    except (OSError, subprocess.SubprocessError):
        return None
    return f"{head}-dirty" if dirty else head


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *words], capture_output=True, text=True, check=True, timeout=20
    )
    return done.stdout.strip()


def versions() -> dict[str, str]:
    """Python's version and that of every package that can change a result."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def hardware() -> dict[str, str | int | None]:
    """Processor, cores this process may use, and the GPU's name (only asked for once torch is loaded)."""
    return {"cpu": _cpu_name(), "cores": cores(), "system": platform.system(), "gpu": _gpu_name()}


def cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _gpu_name() -> str | None:
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return None
    return torch.cuda.get_device_name(0)


def peak_memory_mb() -> dict[str, float | None]:
    """Peak memory of this process in MB (10^6 bytes): `process` (None on Windows) and `gpu`."""
    process = _peak_process_mb()
    torch = sys.modules.get("torch")
    gpu = None
    if torch is not None and torch.cuda.is_available():
        gpu = round(torch.cuda.max_memory_allocated() / 1e6, 1)
    return {"process": process, "gpu": gpu}


def _peak_process_mb() -> float | None:
    """Linux tells a process's own peak; getrusage starts from the parent's size there, in a child."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        return next(round(int(line.split()[1]) * 1024 / 1e6, 1) for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        pass
    try:
        import resource
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)
