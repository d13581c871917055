"""Completions from a model: load it, adapter merged in; sample in batches; remember the base model's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import WorkbookError, one_line
from helpers.files import read_json, write_json
from helpers.models import ModelSpec, fitting_messages, get_model, load_model, prompt_tokens
from helpers.progress import Progress
from helpers.tasks import Task

if TYPE_CHECKING:
    from datasets import Dataset
    from peft import PeftModel
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


@dataclass(frozen=True)
class Samples:
    """Completions by prompt and sample: `texts`, their lengths in `tokens` (end token included), and which
    of them were `truncated` at the limit; `token_ids` only where they were asked for. Each is a list with,
    for every prompt, a list over its samples."""

    texts: list[list[str]]
    tokens: list[list[int]]
    truncated: list[list[bool]]
    token_ids: list[list[list[int]]] | None = None


def load_policy(model: str | Path | ModelSpec, adapter: str | Path | None = None) -> PreTrainedModel:
    """A model ready to sample from: the base, or with an adapter's LoRA weights merged into a fresh copy."""
    if adapter is None:
        return load_model(get_model(model)).eval()
    return load_adapted(model, adapter).merge_and_unload().eval()


def load_adapted(model: str | Path | ModelSpec, adapter: str | Path) -> PeftModel:
    """The model with an adapter beside it, as in training; `with it.disable_adapter()` it is the base."""
    spec = get_model(model)
    return attach(load_model(spec), adapter, spec)


def attach(weights: PreTrainedModel, adapter: str | Path, spec: ModelSpec) -> PeftModel:
    """Loaded weights with an adapter on them. WorkbookError when it was trained on another model."""
    from peft import PeftModel
    from safetensors import SafetensorError

    check_adapter(Path(adapter))
    try:
        return PeftModel.from_pretrained(weights, str(adapter)).eval()
    except (OSError, ValueError, TypeError, RuntimeError, SafetensorError) as error:
        raise WorkbookError(
            f"cannot put adapter {str(adapter)!r} on model {spec.path!r} "
            f"({one_line(error, 120)}): give the model it was trained on"
        ) from error


def check_adapter(folder: Path) -> None:
    """Raise WorkbookError unless a folder holds LoRA weights in safetensors, and nothing asks for code."""
    weights = folder / "adapter_model.safetensors"
    if not (folder / "adapter_config.json").is_file() or not weights.is_file():
        pickled = [path.name for path in folder.glob("adapter_model.*") if path != weights]
        why = f"{pickled[0]} can run code when it is read, and is not read; " if pickled else ""
        raise WorkbookError(
            f"cannot put adapter {str(folder)!r} on a model: {why}give a folder with adapter_config.json and "
            "adapter_model.safetensors"
        )
    config = read_json(folder / "adapter_config.json")
    if not isinstance(config, dict) or config.get("peft_type") != "LORA":
        raise WorkbookError(f"cannot put adapter {str(folder)!r} on a model: it is not LoRA; train one")
    library = (config.get("auto_mapping") or {}).get("parent_library") or "transformers"
    if library.split(".")[0] != "transformers":
        raise WorkbookError(
            f"adapter {str(folder)!r} asks for code of its own ({library!r:.60}), which is never run: "
            "give an adapter without auto_mapping"
        )


def sample(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    task: Task,
    dataset: Dataset,
    num_samples: int = 8,
    temperature: float = 1.0,
    *,
    max_new_tokens: int | None = None,
    seed: int = 0,
    batch_size: int = 128,
    label: str | None = None,
    keep_ids: bool = False,
) -> Samples:
    """`num_samples` completions of every prompt; temperature 0 is greedy. The same seed gives the same texts.

    Nothing but temperature shapes the distribution (no top-k, no top-p), as in training. Prompts of like
    length share a batch. label: what a progress line calls this; None prints nothing. keep_ids: keep the
    token ids, end token included, too.
    """
    prompts = [fitting_messages(tokenizer, prompt) for prompt in dataset["prompt"]]
    lengths = [prompt_tokens(tokenizer, prompt) for prompt in prompts]
    order = sorted(range(len(prompts)), key=lambda i: lengths[i])
    jobs = [i for i in order for _ in range(num_samples)]
    batches = [jobs[start : start + batch_size] for start in range(0, len(jobs), batch_size)]
    progress = Progress(len(batches), f"{label}: batch", lines=3) if label else None
    found: list[list[tuple[str, list[int], bool]]] = [[] for _ in prompts]
    for number, batch in enumerate(batches, start=1):
        options = {"temperature": temperature, "max_new_tokens": max_new_tokens or task.max_completion_tokens}
        results = _complete(model, tokenizer, [prompts[i] for i in batch], seed + 1000 * number, **options)
        for i, result in zip(batch, results, strict=True):
            found[i].append(result)
        if progress:
            progress.update(number)
    if progress:
        progress.close()
    texts, ids, truncated = ([[one[k] for one in each] for each in found] for k in range(3))
    tokens = [[len(one) for one in each] for each in ids]
    return Samples(texts, tokens, truncated, ids if keep_ids else None)


def _complete(
    model: Any, tokenizer: Any, prompts: list[Any], seed: int, *, temperature: float, max_new_tokens: int
) -> list[tuple[str, list[int], bool]]:
    """One completion each: its text, its token ids, and whether it hit the limit."""
    import torch
    from transformers import GenerationConfig

    torch.manual_seed(seed)
    ends = end_tokens(model, tokenizer)
    drawn = {"do_sample": True, "temperature": temperature, "top_k": 0, "top_p": 1.0}
    how = GenerationConfig(
        max_new_tokens=max_new_tokens,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=ends,
        **(drawn if temperature > 0 else {"do_sample": False}),
    )
    inputs = tokenizer.apply_chat_template(
        prompts, add_generation_prompt=True, padding=True, return_dict=True, return_tensors="pt"
    ).to(model.device)
    with torch.inference_mode():
        rows = model.generate(
            input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], generation_config=how
        )
    return [_cut(tokenizer, row[inputs["input_ids"].shape[1] :].tolist(), ends) for row in rows]


def _cut(tokenizer: Any, ids: list[int], ends: list[int]) -> tuple[str, list[int], bool]:
    stop = next((i for i, token in enumerate(ids) if token in ends), None)
    ids = ids if stop is None else ids[: stop + 1]
    return tokenizer.decode(ids, skip_special_tokens=True), ids, stop is None


def end_tokens(model: Any, tokenizer: Any) -> list[int]:
    """Every token that ends a completion: what the model declares, and the tokenizer's own."""
    declared = model.generation_config.eos_token_id
    declared = [] if declared is None else [declared] if isinstance(declared, int) else list(declared)
    own = tokenizer.eos_token_id
    return declared if own is None or own in declared else [own, *declared]


def remembered(folder: Path, key: dict[str, Any], make: Callable[[], Samples]) -> Samples:
    """The samples that this key made before, from a file in `folder`; else make them and keep them there.

    The key must hold all that they depend on. A folder that cannot be written to only costs the time again.
    """
    path = folder / (hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:32] + ".json")
    try:
        return Samples(**read_json(path))
    except (OSError, TypeError, WorkbookError):
        samples = make()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_json(path, asdict(samples))
    except OSError:
        pass
    return samples


def fingerprint(spec: ModelSpec, model: PreTrainedModel) -> str:
    """What identifies the weights: a hash of the folder's model files, or the hub's commit."""
    folder = Path(spec.location)
    if not folder.is_dir():
        return f"{spec.path}@{getattr(model.config, '_commit_hash', None)}"
    total = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in {".safetensors", ".bin", ".json", ".jinja"}:
            total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()
