"""Run a trainer from its last whole checkpoint; whatever happens, keep what there is and say how it ended."""

from __future__ import annotations

import errno
import shutil
import time
from pathlib import Path

from helpers.errors import WorkbookError
from helpers.models import ModelSpec
from helpers.runs import ADAPTER, CHECKPOINTS, RECORD, load_run, portable
from helpers.trainer.checkpoints import clear_after, last_whole, passes
from helpers.trainer.mishaps import explained
from helpers.trainer.recording import RecordingTrainer
from helpers.trainer.records import end
from helpers.trainer.together import is_first_process, lost_another


def go(trainer: RecordingTrainer, folder: Path, spec: ModelSpec, resume: bool) -> None:
    """Train from the last whole checkpoint or from the start; whatever happens, write down how it ended."""
    checkpoints = folder / CHECKPOINTS
    step, path = (last_whole(checkpoints) if resume else None) or (0, None)
    if is_first_process():
        clear_after(checkpoints, step)
        trainer.recorder.rewind(step)
        if path is not None:
            print(f"going on from step {step}", flush=True)
    trainer.passes = passes(path) if path is not None else 0
    start, status, error = time.perf_counter(), "failed", None
    try:
        trainer.train(resume_from_checkpoint=None if path is None else str(path))
        status = "finished"
    except KeyboardInterrupt as stop:
        status, error = "interrupted", stop
        raise
    except BaseException as failure:
        error = lost_another(failure) or explained(
            failure, folder, vars(trainer.args), trainer.state.global_step
        )
        if error is failure:
            raise
        raise error from failure
    finally:
        if is_first_process():
            _finish(trainer, folder, spec, status, time.perf_counter() - start, error)


def _finish(
    trainer: RecordingTrainer,
    folder: Path,
    spec: ModelSpec,
    status: str,
    seconds: float,
    error: BaseException | None,
) -> None:
    """Save the adapter and the end of the record; checkpoints go once a run is finished."""
    told = "failed"
    try:
        if not (folder / RECORD).is_file():  # removed under it: nothing is put back in its place
            raise FileNotFoundError(errno.ENOENT, "removed", str(folder / RECORD))
        save_adapter(trainer, folder / ADAPTER, portable(spec.location))
        parameters = {"trained": 0, "all": 0}
        for weight in trainer.model.parameters():
            parameters["all"] += weight.numel()
            parameters["trained"] += weight.numel() if weight.requires_grad else 0
        end(load_run(folder), status, seconds, parameters, error, trainer.recorder.unscored)
        told = status
    except Exception as failure:
        line = explained(failure, folder, vars(trainer.args), trainer.state.global_step)
        if error is None and line is not failure:
            raise line from failure
        if error is None or not isinstance(line, (OSError, WorkbookError)):
            raise
        return  # what went wrong first is told
    finally:
        trainer.recorder.close(told)
    if status == "finished":
        shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)
    else:
        print(
            f"{status} after step {trainer.state.global_step}: kept in {portable(folder)}; "
            "go on with resume=True (--resume)",
            flush=True,
        )


def save_adapter(trainer: RecordingTrainer, path: Path, base: str) -> None:
    """Write the LoRA weights to a folder, whole or not at all, naming their base model as `base`."""
    model = trainer.accelerator.unwrap_model(trainer.model)
    model.peft_config["default"].base_model_name_or_path = base
    part = path.with_name(f".{path.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        model.save_pretrained(str(part))
        (part / "README.md").unlink(missing_ok=True)
        shutil.rmtree(path, ignore_errors=True)
        part.rename(path)
    finally:
        shutil.rmtree(part, ignore_errors=True)
