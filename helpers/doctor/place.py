"""Where it is to happen: precision, memory, disk, tracker, versions, and who else is at work here."""

from __future__ import annotations

import importlib
import netrc
import os
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import psutil

from helpers import machine
from helpers.doctor.estimates import disk_bytes
from helpers.doctor.report import Notes
from helpers.errors import WorkbookError, one_line
from helpers.files import claim
from helpers.memory import FACTOR, Shape, memory_bytes
from helpers.ready import missing
from helpers.runs import ROOT, portable
from helpers.trainer.preparing import arguments

LARGE = 50e6  # parameters: a model larger than this wants a GPU
BUSY = 0.5  # of the processor, by others


@dataclass(frozen=True)
class Here:
    """What this machine has: its GPU's name (None without one), whether that computes in bf16 itself, how
    much memory is free (the GPU's, if there is one), cores, torch's threads, and the share of the processor
    that others keep busy."""

    gpu: str | None
    bf16: bool
    free_bytes: float
    cores: int
    threads: int
    busy: float


def look() -> Here:
    """This machine as it is now; takes a third of a second, in which nothing of ours runs."""
    import torch

    busy = psutil.cpu_percent(interval=0.3) / 100
    gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else None
    return Here(
        gpu=gpu,
        bf16=gpu is not None and torch.cuda.is_bf16_supported(including_emulation=False),
        free_bytes=torch.cuda.mem_get_info()[0] if gpu else psutil.virtual_memory().available,
        cores=machine.cores(),
        threads=torch.get_num_threads(),
        busy=busy,
    )


def hardware(notes: Notes, here: Here, shape: Shape) -> None:
    """A GPU where one is needed; threads that fit the cores; others who keep them busy."""
    size = f"{shape.parameters / 1e6:,.1f} million parameters"
    if here.gpu:
        notes.add("ok", "hardware", f"{here.gpu}, for {size}")
    elif shape.parameters > LARGE:
        fix = 'use a GPU (Colab has free ones), or model "tiny", which needs none'
        notes.add("yellow", "hardware", f"no GPU, for {size}: a step takes minutes", fix)
    else:
        notes.add("ok", "hardware", f"no GPU, and {size} need none")
    if here.threads > here.cores:
        fix = f"set OMP_NUM_THREADS={here.cores} before Python starts"
        notes.add("yellow", "processor", f"{here.threads} threads for {here.cores} cores: they wait", fix)
    elif here.busy > BUSY:
        fix = "let the other processes end first, or share the cores out: OMP_NUM_THREADS=1 for each"
        notes.add("yellow", "processor", f"others keep it {here.busy:.0%} busy: both will be slow", fix)
    else:
        notes.add("ok", "processor", f"{here.threads} threads on {here.cores} cores, {here.busy:.0%} busy")


def precision(notes: Notes, here: Here, config: Mapping[str, Any]) -> None:
    """bf16 only where the chip computes in it, fp16 only on a GPU; and whatever TRL itself refuses."""
    kind = next((name for name in ("bf16", "fp16") if config.get(name)), "fp32")
    try:
        arguments(Path("nowhere"), dict(config), [], None)
    except (ValueError, TypeError) as error:
        fix = "leave bf16, fp16 and use_cpu to the workbook" if kind != "fp32" else "correct that option"
        notes.add("red", "precision", f"TRL refuses the options ({one_line(error)})", fix)
        return
    gpu = None if config.get("use_cpu") else here.gpu
    if kind == "fp16" and not gpu:
        notes.add("red", "precision", "fp16 needs a GPU, and none is here", "leave fp16=True out")
    elif kind == "bf16" and not gpu:
        measured = "bf16 on a processor costs time and saves no memory"
        notes.add("yellow", "precision", measured, "leave bf16=True out: fp32")
    elif kind == "bf16" and not here.bf16:
        notes.add("red", "precision", f"{gpu} does not compute in bf16", "bf16=False, fp16=True")
    else:
        notes.add("ok", "precision", f"{kind} on {gpu or 'the processor'}")


def quantization(notes: Notes, quantize: str | None, optim: Any) -> None:
    """bitsandbytes, where something asks for it."""
    asks = f'quantize="{quantize}"' if quantize else f'optim="{optim}"'
    if not quantize and not any(word in str(optim) for word in ("8bit", "bnb")):
        return
    try:
        importlib.import_module("bitsandbytes")
    except Exception as error:  # a broken build can raise anything
        fix = f"pip install bitsandbytes, or leave {asks} out"
        notes.add("red", "quantization", f"{asks} needs bitsandbytes ({one_line(error, 100)})", fix)
    else:
        notes.add("ok", "quantization", f"{asks}: bitsandbytes is here")


def memory(
    notes: Notes, here: Here, shape: Shape, config: Mapping[str, Any], longest: int, quantize: str | None
) -> bool:
    """The estimated peak against what is free. False when it does not fit."""
    gpu = bool(here.gpu) and not config.get("use_cpu")
    free = here.free_bytes if gpu or not here.gpu else psutil.virtual_memory().available
    need = memory_bytes(shape, config, longest, gpu=gpu, quantize=quantize)["peak"]
    measured = f"about {_gb(need)} at its peak (an estimate, to a factor of {FACTOR:g}), {_gb(free)} free"
    level = "red" if need > free else "yellow" if need > free / FACTOR else "ok"
    notes.add(level, "memory", measured, "" if level == "ok" else _smaller(config, gpu and not quantize))
    return level != "red"


def _smaller(config: Mapping[str, Any], may_quantize: bool) -> str:
    rows, turns = config["per_device_train_batch_size"], config["gradient_accumulation_steps"]
    ways = [f"max_completion_length={config['max_completion_length'] // 2}"]
    if rows > 1:
        ways.insert(0, f"per_device_train_batch_size={rows // 2}, gradient_accumulation_steps={turns * 2}")
    return ", or ".join([*ways, *['quantize="4bit"'] * may_quantize])


def disk(notes: Notes, folder: Path, shape: Shape | None) -> None:
    """Can the run's folder be written to, and is there room for what it leaves?"""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    try:
        claim(there)
        free = shutil.disk_usage(there).free
    except (OSError, WorkbookError) as error:
        fix = "choose another folder with out=… (--out in a shell), or free some space"
        notes.add("red", "disk", one_line(error).partition(": choose")[0], fix)
        return
    need = disk_bytes(shape) if shape else 0.0
    level = "red" if free < need else "yellow" if free < 3 * need else "ok"
    fix = "" if level == "ok" else "free some space, or choose another disk with out=… (--out in a shell)"
    where = portable(there)
    measured = (
        f"{_gb(free)} free in {'the workbook' if where == '.' else where!r}, {_gb(need)} needed at most"
    )
    notes.add(level, "disk", measured, fix)


def tracker(notes: Notes, report_to: str | None) -> None:
    """The tracker is known, installed, and asks nobody for a login."""
    from transformers.integrations import integration_utils

    if report_to in (None, "none"):
        notes.add("ok", "tracker", "none: no number leaves this machine")
        return
    known = integration_utils.INTEGRATION_TO_CALLBACK
    if report_to not in known:
        measured = f"report_to={report_to!r} is no tracker that transformers knows"
        notes.add("red", "tracker", measured, f"choose one of {', '.join(known)}, or None")
    elif report_to not in integration_utils.get_available_reporting_integrations():
        fix = f"pip install {report_to.replace('_', '-')}, or leave report_to out"
        notes.add("red", "tracker", f"{report_to} is not installed", fix)
    elif report_to == "wandb":
        _wandb(notes)
    else:
        notes.add("ok", "tracker", f"{report_to} is installed")


def _wandb(notes: Notes) -> None:
    mode = os.environ.get("WANDB_MODE", "online")
    if mode != "online":
        notes.add("ok", "tracker", f"wandb, WANDB_MODE={mode}: no login is needed")
        return
    url = urlparse(os.environ.get("WANDB_BASE_URL", "https://api.wandb.ai"))
    if not (os.environ.get("WANDB_API_KEY") or _login(url.hostname)):
        fix = "set WANDB_MODE=offline in the environment, or run `wandb login` once"
        notes.add("red", "tracker", "wandb would ask for a login: no key is on this machine", fix)
        return
    try:
        socket.create_connection((url.hostname, url.port or 443), timeout=3).close()
    except OSError as error:
        fix = "set WANDB_MODE=offline in the environment, and run `wandb sync` later"
        notes.add("yellow", "tracker", f"{url.hostname} is out of reach ({one_line(error, 80)})", fix)
    else:
        notes.add("ok", "tracker", f"wandb at {url.hostname}, with a key")


def _login(host: str | None) -> bool:
    """Whether a key for this host is where `wandb login` puts it."""
    own = os.environ.get("NETRC")
    for path in [Path(own)] if own else [Path.home() / ".netrc", Path.home() / "_netrc"]:
        try:
            if netrc.netrc(path).authenticators(host or ""):
                return True
        except (OSError, netrc.NetrcParseError):
            continue
    return False


def versions(notes: Notes) -> None:
    """Every package within the ranges that the workbook is tested with."""
    found = machine.versions()
    off = missing(ROOT) if (ROOT / "requirements.txt").is_file() else []
    if off:
        fix = "pip install -r requirements.txt -c constraints.txt"
        notes.add("yellow", "versions", f"outside the tested ranges: {', '.join(off)}", fix)
    else:
        names = ("trl", "transformers", "torch")
        notes.add("ok", "versions", ", ".join(f"{name} {found[name]}" for name in names if name in found))


def _gb(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.0f} MB"
