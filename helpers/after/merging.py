"""`merge(run)`: the base model with the trained LoRA weights added in; a folder that needs none of our code.

Plain transformers loads it by path; so does whatever reads transformers' folders, such as vLLM.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from helpers import runs
from helpers.after.cards import model_card
from helpers.errors import WorkbookError
from helpers.files import claim, write_text
from helpers.models import load_tokenizer, read_weights
from helpers.quiet import quiet
from helpers.runs import RECORD, Run, load_run, portable
from helpers.sampling import attach, end_tokens
from helpers.trained import Trained, find_trained

DTYPES = ("float32", "bfloat16", "float16")


def merge(run: Run | str | Path, out: str | Path | None = None, *, dtype: str = "float32") -> Path:
    """Write the merged model, its tokenizer, generation config and card to a folder, and return that folder.

    out: where to; by default RUN/merged, for a shipped record runs/NAME-merged. dtype: of the stored weights;
    "float32" rounds nothing, "bfloat16" and "float16" take half the space. The sum is always formed in
    float32, on the processor, from the base model's own weights, also where training had quantized them.
    Raises WorkbookError for an unfinished run, a folder in use, or a base model out of reach.
    """
    import torch

    if dtype not in DTYPES:
        raise WorkbookError(f"dtype={dtype!r} is unknown: choose one of {', '.join(DTYPES)}")
    found = trained_run(run)
    folder = merged_folder(found.run) if out is None else Path(out).expanduser()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WorkbookError(
            f"{portable(folder)} is there already: remove it, or name another folder with out=… (--out)"
        )
    with quiet():
        tokenizer = load_tokenizer(found.base)
        base = read_weights(found.base, torch.float32)
        weights = attach(base, found.adapter, found.base).merge_and_unload(safe_merge=True)
        weights.generation_config.eos_token_id = end_tokens(weights, tokenizer)
        weights.generation_config.pad_token_id = tokenizer.pad_token_id
        part = folder.with_name(f".{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        claim(part)
        weights.to(getattr(torch, dtype)).save_pretrained(part)
        tokenizer.save_pretrained(part)
    write_text(part / "README.md", model_card(found.run))
    if folder.exists():
        folder.rmdir()
    part.rename(folder)
    return folder


def trained_run(run: Run | str | Path) -> Trained:
    """The finished run that a path names, with its adapter and base. WorkbookError for anything else."""
    if not isinstance(run, Run) and not (Path(run).expanduser() / RECORD).is_file():
        raise WorkbookError(f"no run in {str(run)!r} (it has no {RECORD}): give a folder that train() wrote")
    found = find_trained(run if isinstance(run, Run) else load_run(run))
    if not found.run.finished:
        raise WorkbookError(
            f"run {found.run.path.name} is {found.run.record.get('status')!r}: finish it with resume=True"
        )
    return found


def merged_folder(run: Run) -> Path:
    """Where the merged model of a run is by default: a shipped record stays as it is."""
    own = run.label == "yours"
    return run.path / "merged" if own else runs.OWN / f"{run.path.name}-merged"
