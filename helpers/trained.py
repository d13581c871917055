"""What lies at a path that someone wants to evaluate: a run, an adapter, or a merged model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.errors import WorkbookError
from helpers.files import read_json
from helpers.models import ModelSpec, get_model
from helpers.runs import ADAPTER, RECORD, Run, load_run
from helpers.sampling import load_policy
from helpers.tasks import Task, get_task


@dataclass(frozen=True)
class Trained:
    """What there is to evaluate: a task, the base model (None if unknown), an adapter or a whole model."""

    task: Task
    base: ModelSpec | None
    adapter: Path | None
    merged: ModelSpec | None = None
    run: Run | None = None

    def trained(self) -> Any:
        """The trained model, adapter merged in, ready to sample from."""
        return load_policy(self.merged) if self.merged else load_policy(self.base, self.adapter)

    @property
    def tokenizer_spec(self) -> ModelSpec:
        """Whose tokenizer to use."""
        return self.merged or self.base


def find_trained(
    path: str | Path | Run, task: str | Task | None = None, base: str | Path | ModelSpec | None = None
) -> Trained:
    """What lies at a path: a run, an adapter folder, or a merged model (for these two, name the task).

    base: the model to hold a merged model against; runs and adapters know their own.
    """
    if isinstance(path, Run) or (Path(path) / RECORD).is_file():
        run = path if isinstance(path, Run) else load_run(path)
        if not (run.adapter / "adapter_config.json").is_file():
            raise WorkbookError(
                f"run {str(run.path)!r} has no {ADAPTER}/: finish it with resume=True, or take "
                "another (of the shipped runs only seed 0 brings its adapter)"
            )
        return Trained(
            get_task(task or run.task), get_model(base or run.base), run.adapter, None, run
        )
    folder = Path(path).expanduser()
    is_adapter = (folder / "adapter_config.json").is_file()
    if not is_adapter and not (folder / "config.json").is_file():
        raise WorkbookError(
            f"nothing to evaluate in {str(path)!r}: give the folder of a run (run.json), an adapter "
            "(adapter_config.json) or a whole model (config.json)"
        )
    if task is None:
        if is_adapter and (folder.parent / RECORD).is_file():
            return find_trained(folder.parent, base=base)
        raise WorkbookError(
            f"{str(path)!r} does not say what it was trained for: name it with task='tldr' or 'math'"
        )
    if is_adapter:
        base = base or read_json(folder / "adapter_config.json")["base_model_name_or_path"]
        return Trained(get_task(task), get_model(base), folder)
    return Trained(get_task(task), None if base is None else get_model(base), None, get_model(folder))
