"""What draws the completions besides the trainer itself: vLLM, or continuous batching in transformers."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from helpers.errors import WorkbookError

MODES = ("colocate", "server")


def engine(options: dict[str, Any]) -> str:
    """A line about who draws the completions; empty where it is the trainer. WorkbookError where it cannot.

    options: of a GRPOConfig, as train takes them, `use_cpu` included.
    """
    if options.get("use_vllm"):
        return _vllm(options)
    if options.get("use_transformers_continuous_batching"):
        if options.get("use_cpu"):
            return (
                "continuous batching draws the completions: made for GPUs, many times slower on a processor"
            )
        return "continuous batching draws the completions"
    return ""


def _vllm(options: dict[str, Any]) -> str:
    mode = options.get("vllm_mode", MODES[0])
    if mode not in MODES:
        raise WorkbookError(f"unknown vllm_mode {mode!r}: choose one of {', '.join(MODES)}")
    if options.get("use_transformers_continuous_batching"):
        raise WorkbookError(
            "use_vllm and use_transformers_continuous_batching both draw the completions: choose one"
        )
    if find_spec("vllm") is None:
        raise WorkbookError(
            "use_vllm=True, but vLLM is not installed: on Linux with an NVIDIA GPU run `pip install -r "
            "requirements-vllm.txt -c constraints-vllm.txt`, or leave use_vllm out"
        )
    if options.get("use_cpu"):
        raise WorkbookError("use_vllm=True needs an NVIDIA GPU, and none is here: leave use_vllm out")
    if mode == MODES[0]:
        return "vLLM draws the completions, on the GPU that trains"
    where = options.get("vllm_server_base_url") or (
        f"{options.get('vllm_server_host', '0.0.0.0')}:{options.get('vllm_server_port', 8000)}"
    )
    return f"vLLM draws the completions, as a server at {where}"
