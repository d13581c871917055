"""The completions that the reward lab judges: shipped ones from `data/samples`, or fresh ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from helpers.errors import WorkbookError
from helpers.files import read_json
from helpers.tasks import DATA, Task, get_task, read_jsonl

SAMPLES = DATA / "samples"
PROMPTS, GROUP = 64, 8
FIX = "rebuild it with `python tools/build_samples.py`"


@dataclass(frozen=True)
class Bank:
    """Groups of sampled completions. rows: one dict a prompt, with `prompt`, `gold`, `completions` (texts)
    and `token_ids` (a list a completion, end token included), every group of the same size."""

    task: Task
    rows: tuple[dict[str, Any], ...]
    source: str = "shipped"

    @property
    def group_size(self) -> int:
        """Completions a prompt."""
        return len(self.rows[0]["completions"])

    @cached_property
    def texts(self) -> list[str]:
        """All completions, group after group: N of them."""
        return [text for row in self.rows for text in row["completions"]]

    @cached_property
    def ids(self) -> list[list[int]]:
        """The token ids of each of the N completions."""
        return [ids for row in self.rows for ids in row["token_ids"]]

    @cached_property
    def golds(self) -> list[str]:
        """The gold of each of the N completions."""
        return [row["gold"] for row in self.rows for _ in row["completions"]]

    def members(self, group: int) -> slice:
        """Where the completions of a group (0 is the first) stand among the N."""
        return slice(group * self.group_size, (group + 1) * self.group_size)

    def call(self, reward: Any, texts: list[str], ids: list[list[int]], groups: list[int]) -> Any:
        """Call a reward as TRL does in `train`: chat completions, token ids, the data set's columns.

        groups: which prompt each completion answers.
        """
        rows = [self.rows[group] for group in groups]
        return reward(
            prompts=[self.task.messages({self.task.prompt_column: row["prompt"]}) for row in rows],
            completions=[[{"role": "assistant", "content": text}] for text in texts],
            completion_ids=ids,
            **{column_of_gold(self.task): [row["gold"] for row in rows]},
            trainer_state=SimpleNamespace(global_step=0, max_steps=1, epoch=0.0),
            log_extra=_ignore,
            log_metric=_ignore,
        )


def _ignore(*args: Any, **kwargs: Any) -> None:
    """Where a reward's own log goes outside of training."""


def column_of_gold(task: Task) -> str:
    """The name under which a reward gets the gold: TRL keeps a column called `completion` to itself."""
    return "reference" if task.gold_column == "completion" else task.gold_column


def load_samples(task: str | Task, folder: str | Path | None = None) -> Bank:
    """The samples that ship with a task. Raises WorkbookError when the file is missing or not whole."""
    task = get_task(task)
    path = Path(folder or SAMPLES) / f"{task.name}.jsonl"
    if not path.is_file():
        raise WorkbookError(f"no samples of task {task.name!r} in {str(path)!r}: {FIX}")
    return bank(task, read_jsonl(path), str(path))


def bank(
    task: str | Task, rows: list[dict[str, Any]], where: str = "samples", source: str = "shipped"
) -> Bank:
    """Rows as a Bank. Raises WorkbookError that names the first row that does not fit."""
    sizes = set()
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or not {"prompt", "gold", "completions", "token_ids"} <= row.keys():
            raise WorkbookError(
                f"row {number} of {where} lacks one of prompt, gold, completions, token_ids: {FIX}"
            )
        if len(row["completions"]) != len(row["token_ids"]):
            raise WorkbookError(
                f"row {number} of {where} has {len(row['completions'])} completions "
                f"and {len(row['token_ids'])} lists of token ids: {FIX}"
            )
        sizes.add(len(row["completions"]))
    if len(sizes) != 1 or min(sizes) < 2:
        raise WorkbookError(f"{where}: every prompt needs the same number of completions, 2 or more; {FIX}")
    return Bank(get_task(task), tuple(rows), source)


def draw(task: str | Task, *, model: str = "tiny", seed: int = 0, prompts: int = PROMPTS) -> Bank:
    """Fresh completions of the first `prompts` training prompts: takes seconds, loads torch."""
    from helpers.models import get_model, load_tokenizer
    from helpers.sampling import load_policy, sample

    task = get_task(task)
    data = task.load("train", n=prompts)
    limit = get_model(model).options(task.name).get("max_completion_length", task.max_completion_tokens)
    drawn = sample(
        load_policy(model),
        load_tokenizer(model),
        task,
        data,
        GROUP,
        max_new_tokens=limit,
        seed=seed,
        keep_ids=True,
    )
    columns = zip(data["prompt"], data[task.gold_column], drawn.texts, drawn.token_ids, strict=True)
    rows = [
        {"prompt": prompt[-1]["content"], "gold": gold, "completions": texts, "token_ids": ids}
        for prompt, gold, texts, ids in columns
    ]
    return bank(task, rows, source=f"fresh, seed {seed}")


def tokens_of(text: str, model: str = "tiny") -> list[int]:
    """The token ids of a text as a completion of the model, end token included. Loads no torch."""
    from tokenizers import Tokenizer

    from helpers.models import get_model

    folder = Path(get_model(model).location)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    end = read_json(folder / "tokenizer_config.json")["eos_token"]
    return [*tokenizer.encode(text, add_special_tokens=False).ids, tokenizer.token_to_id(end)]
