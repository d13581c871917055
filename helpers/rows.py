"""What an evaluation leaves beside its table: one row a prompt, and a few completions to read.

`evaluation_SPLIT.csv` holds each prompt's means over its samples, before and after (`accuracy_before`, …);
`pairs_SPLIT.jsonl` the first sampled completion of some prompts, before and after. From the first, any
interval over prompts can be computed again. Standard library only.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from helpers.errors import WorkbookError
from helpers.files import read_csv, read_lines, write_csv, write_text

KEPT = (
    "accuracy", "format", "pass_at_8", "worked", "accuracy_greedy", "length_tokens",
    "length_error_chars", "within_10_chars", "rouge_l", "length_chars", "distinct",
)  # fmt: skip
PAIRS = 50


def table_path(folder: Path, split: str) -> Path:
    """Where a run keeps the rows of a split's evaluation."""
    return folder / f"evaluation_{split}.csv"


def pairs_path(folder: Path, split: str) -> Path:
    """Where a run keeps completions of a split's prompts."""
    return folder / f"pairs_{split}.jsonl"


def write_rows(
    folder: Path, split: str, before: Mapping[str, Iterable[float]], after: Mapping[str, Iterable[float]]
) -> None:
    """Write the scores of both models (one value a prompt), to four decimals; NaN is an empty cell."""
    table: dict[str, list[Any]] = {}
    for name in (name for name in KEPT if name in before and name in after):
        table[f"{name}_before"] = [_cell(value) for value in before[name]]
        table[f"{name}_after"] = [_cell(value) for value in after[name]]
    columns = {"row": list(range(len(next(iter(table.values()))))), **table}
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    write_csv(table_path(folder, split), rows, list(columns))


def _cell(value: float) -> float | int | None:
    value = float(value)
    if math.isnan(value):
        return None
    return int(value) if value == int(value) else round(value, 4)


def write_pairs(folder: Path, split: str, before: Sequence[str], after: Sequence[str]) -> None:
    """Write the completions of the first prompts."""
    pairs = zip(before[:PAIRS], after[:PAIRS], strict=True)
    rows = [{"row": i, "before": old, "after": new} for i, (old, new) in enumerate(pairs)]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    write_text(pairs_path(folder, split), text)


def read_rows(folder: Path, split: str) -> dict[str, list[float | None]]:
    """The table by column; empty when there is none."""
    rows = read_csv(table_path(folder, split))
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}


def read_pairs(folder: Path, split: str) -> list[dict[str, Any]]:
    """The completions. Raises WorkbookError when the run has none of this split."""
    found = read_lines(pairs_path(folder, split))
    if not found:
        raise WorkbookError(
            f"{folder.name} keeps no completions of split {split!r}: take seed 0, or measure it again"
        )
    return found
