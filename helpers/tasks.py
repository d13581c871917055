"""What a model is asked to do: where the rows are, how a row becomes a prompt, and what is rewarded.

`task.load(split)` gives the same columns whatever the source: `prompt`, a conversation
`[{"role", "content"}]`, and the gold column (`completion` for TLDR, `solution` for MATH). TLDR's summary
comes a second time as `reference`, which is what rewards read: TRL passes no column `completion` on to them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import WorkbookError
from helpers.hub import explained
from helpers.rewards import reward_accuracy, reward_format, reward_len

if TYPE_CHECKING:
    from datasets import Dataset

DATA = Path(__file__).resolve().parents[1] / "data"
SPLITS = ("train", "validation", "test", "far")


@dataclass(frozen=True)
class Task:
    """One task. `hub_splits` maps our split names to slices of the data set at `hub_id`."""

    name: str
    hub_id: str
    folder: str
    prompt_column: str
    gold_column: str  # as the source names it
    reward_funcs: tuple[Callable[..., list[float | None]], ...]
    max_completion_tokens: int
    system_prompt: str | None = None
    ideal_chars: int | None = None
    hub_splits: Mapping[str, str] = field(default_factory=dict)
    reward_column: str | None = None  # the gold again, under a name that reaches the rewards

    def messages(self, row: Mapping[str, Any]) -> list[dict[str, str]]:
        """The conversation that asks the model about one row."""
        turns = [] if self.system_prompt is None else [{"role": "system", "content": self.system_prompt}]
        return [*turns, {"role": "user", "content": row[self.prompt_column]}]

    def load(self, split: str = "train", source: str | Path = "sample", n: int | None = None) -> Dataset:
        """The rows of one split as a `datasets.Dataset`: `prompt`, the gold column, and its copy for rewards.

        source: "sample" (this workbook's data), "hub" (the real data set), "hub@REVISION" (as it was at a
        branch, tag or commit of its repository) or a folder with SPLIT.jsonl.
        n: only the first n rows. Raises WorkbookError for what is unknown, missing, empty or out of reach.
        """
        from datasets import Dataset

        if split not in SPLITS:
            raise WorkbookError(f"unknown split {split!r}: choose one of {', '.join(SPLITS)}")
        if n is not None and n < 1:
            raise WorkbookError(
                f"n={n} asks for no rows: give a number of 1 or more, or None for all of them"
            )
        place, at, revision = str(source).partition("@")
        pinned = revision if at else None
        rows = self._hub_rows(split, pinned) if place == "hub" else self._file_rows(split, source)
        rows = rows if n is None else rows[:n]
        golds = [row[self.gold_column] for row in rows]
        columns = {"prompt": [self.messages(row) for row in rows], self.gold_column: golds}
        return Dataset.from_dict(columns | ({self.reward_column: golds} if self.reward_column else {}))

    def _file_rows(self, split: str, source: str | Path) -> list[dict[str, str]]:
        folder = DATA / self.folder if source == "sample" else Path(source).expanduser()
        path = folder / f"{split}.jsonl"
        if not path.is_file():
            fix = (
                "rebuild it with `python tools/build_data.py`"
                if source == "sample"
                else ('give a folder that holds it, or source="sample" or source="hub"')
            )
            raise WorkbookError(f"no file {str(path)!r} for split {split!r} of task {self.name!r}: {fix}")
        return self._checked(read_jsonl(path), str(path))

    def _hub_rows(self, split: str, revision: str | None) -> list[dict[str, str]]:
        from datasets import load_dataset

        if revision == "":
            raise WorkbookError(
                'source="hub@" pins no revision: write a branch, tag or commit of the data set after the @'
            )
        if split not in self.hub_splits:
            raise WorkbookError(f'split {split!r} is not on the hub: use source="sample" for it')
        instead = 'source="sample", which needs no network'
        what = f"data set {self.hub_id!r}"
        with explained(what, self.hub_id, kind="dataset", revision=revision, instead=instead):
            data = load_dataset(self.hub_id, split=self.hub_splits[split], revision=revision)
        missing = [name for name in self.columns if name not in data.column_names]
        if missing:
            raise self._no_column(missing[0], self.hub_id, data.column_names)
        return self._checked(list(data.select_columns(list(self.columns))), self.hub_id)

    @property
    def columns(self) -> tuple[str, str]:
        """The two columns a source must have."""
        return self.prompt_column, self.gold_column

    def _checked(self, rows: list[dict[str, Any]], where: str) -> list[dict[str, Any]]:
        """The rows, once every one of them holds text in both columns."""
        if not rows:
            raise WorkbookError(f"{where!r} is empty: a split needs at least one row")
        for number, row in enumerate(rows, start=1):
            for name in self.columns:
                if name not in row:
                    raise self._no_column(name, f"{where}, row {number}", list(row))
                if not isinstance(row[name], str) or not row[name].strip():
                    raise WorkbookError(
                        f"column {name!r} in {where}, row {number} holds {row[name]!r:.60}: "
                        "it must be text; fix or drop the row"
                    )
        return rows

    def _no_column(self, name: str, where: str, found: list[str]) -> WorkbookError:
        return WorkbookError(
            f"column {name!r} is missing in {where} (found: {', '.join(map(repr, found))}): "
            f"task {self.name!r} needs {self.prompt_column!r} and {self.gold_column!r}"
        )


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """The JSON object of every non-blank line. Raises WorkbookError that names the file and line at fault."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise WorkbookError(
                f"{str(path)!r}, line {number} is not JSON ({error.msg}): each line must be one JSON object"
            ) from error
        if not isinstance(row, dict):
            raise WorkbookError(
                f"{str(path)!r}, line {number} is a {type(row).__name__}: it must be an object"
            )
        rows.append(row)
    return rows


TLDR = Task(
    name="tldr",
    hub_id="mlabonne/smoltldr",
    folder="smoltldr",
    prompt_column="prompt",
    gold_column="completion",
    reward_funcs=(reward_len,),
    max_completion_tokens=96,
    ideal_chars=50,
    hub_splits={"train": "train", "validation": "validation", "test": "test"},
    reward_column="reference",
)

MATH = Task(
    name="math",
    hub_id="AI-MO/NuminaMath-TIR",
    folder="numinamath",
    prompt_column="problem",
    gold_column="solution",
    reward_funcs=(reward_format, reward_accuracy),
    max_completion_tokens=512,
    system_prompt="Reason inside <think></think>, then give the answer inside <answer></answer>.",
    # The recipe trains on 5 % of `train`; there is no validation split, so it comes from the unused part.
    hub_splits={"train": "train[:5%]", "validation": "train[99%:]", "test": "test"},
)

TASKS = {task.name: task for task in (TLDR, MATH)}


def get_task(task: str | Task) -> Task:
    """The task of that name, or the task itself. Raises WorkbookError when there is none."""
    if isinstance(task, Task):
        return task
    if task not in TASKS:
        raise WorkbookError(f"unknown task {task!r}: choose one of {', '.join(TASKS)}")
    return TASKS[task]
