"""Tasks: the same columns whatever the source; every bad input named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from datasets import Dataset

from helpers import tasks
from helpers.errors import WorkbookError
from helpers.tasks import MATH, SPLITS, TASKS, TLDR, get_task


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
@pytest.mark.parametrize("split", SPLITS)
def test_a_split_holds_conversations_and_gold(task, split, rows_folder):
    data = task.load(split, rows_folder)
    copy = {"tldr": ["reference"], "math": []}[task.name]
    assert data.column_names == ["prompt", task.gold_column, *copy]
    assert all(data[name][:] == data[task.gold_column][:] for name in copy)
    assert len(data) == 24
    assert data[0]["prompt"][-1]["role"] == "user"
    assert all(isinstance(gold, str) and gold for gold in data[task.gold_column])


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_the_sample_has_the_sizes_of_the_recipe(task):
    assert [len(task.load(split)) for split in SPLITS] == [2000, 200, 200, 200]


def test_maths_prompts_start_with_the_format_asked_for(rows_folder):
    first = MATH.load("test", rows_folder, n=1)[0]["prompt"]
    assert [turn["role"] for turn in first] == ["system", "user"]
    assert first[0]["content"] == MATH.system_prompt
    assert [turn["role"] for turn in TLDR.load("test", rows_folder, n=1)[0]["prompt"]] == ["user"]


def test_n_takes_the_first_rows(rows_folder):
    assert (
        TLDR.load("test", rows_folder, n=5)["completion"][:]
        == TLDR.load("test", rows_folder)["completion"][:5]
    )
    with pytest.raises(WorkbookError, match="n=0"):
        TLDR.load("test", rows_folder, n=0)


def test_the_hub_gives_the_same_columns(monkeypatch, rows_folder):
    asked = []

    def load_dataset(name, split, revision):
        asked.append((name, split, revision))
        return Dataset.from_list(
            [{"problem": "1 + 1?", "solution": "\\boxed{2}", "messages": [], "extra": 3}] * 4
        )

    monkeypatch.setattr("datasets.load_dataset", load_dataset)
    loaded = [MATH.load(split, "hub") for split in ("train", "validation", "test")]
    assert all(data.features == MATH.load("test", rows_folder).features for data in loaded)
    assert asked == [(MATH.hub_id, part, None) for part in ("train[:5%]", "train[99%:]", "test")]
    MATH.load("test", "hub@5cbe82")
    assert asked[-1] == (MATH.hub_id, "test", "5cbe82")
    with pytest.raises(WorkbookError, match=r'"hub@" pins no revision'):
        MATH.load("test", "hub@")
    with pytest.raises(WorkbookError, match=r"'far' is not on the hub.*sample"):
        MATH.load("far", "hub")


def test_summaries_come_from_the_hub_as_they_are(monkeypatch):
    rows = Dataset.from_list([{"prompt": "POST: x TL;DR:", "completion": "x"}] * 3)
    monkeypatch.setattr("datasets.load_dataset", lambda name, split, revision: rows)
    assert TLDR.load("validation", "hub")[0] == {
        "prompt": [{"content": "POST: x TL;DR:", "role": "user"}],
        "completion": "x",
        "reference": "x",
    }


def test_offline_the_error_says_the_way_out(monkeypatch):
    def load_dataset(name, split, revision):
        raise ConnectionError("Couldn't reach the Hub\nand a second line")

    monkeypatch.setattr("datasets.load_dataset", load_dataset)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with pytest.raises(
        WorkbookError, match=r"mlabonne/smoltldr.*the hub is out of reach.*source=\"sample\""
    ) as caught:
        TLDR.load("train", "hub")
    assert "\n" not in str(caught.value)


def test_a_hub_data_set_without_the_column_is_refused(monkeypatch):
    monkeypatch.setattr("datasets.load_dataset", lambda *_, **__: Dataset.from_list([{"problem": "1?"}]))
    with pytest.raises(WorkbookError, match=r"'solution' is missing in AI-MO/NuminaMath-TIR.*'problem'"):
        MATH.load("train", "hub")


def test_unknown_names_list_the_known_ones(rows_folder):
    with pytest.raises(WorkbookError, match=r"'maths'.*tldr, math"):
        get_task("maths")
    with pytest.raises(WorkbookError, match=r"'dev'.*train, validation, test, far"):
        MATH.load("dev", rows_folder)
    assert get_task("math") is MATH and get_task(TLDR) is TLDR


@pytest.mark.parametrize(
    "text, message",
    [
        ("", r"train\.jsonl' is empty.*at least one row"),
        ("\n\n", r"is empty"),
        ('{"problem": "1?"}\n', r"'solution' is missing in .*row 1 .*'problem'"),
        ('{"problem": "1?", "solution": null}\n', r"'solution' in .*row 1 holds None.*text"),
        ('{"problem": " ", "solution": "1"}\n', r"'problem' in .*row 1 holds ' '"),
        ('{"problem": "1?", "solution": "1"}\n{"prob', r"line 2 is not JSON"),
        ("[1]\n", r"line 1 is a list.*object"),
    ],
    ids=["empty", "blank", "missing column", "null", "blank text", "half a line", "no object"],
)
def test_nothing_half_loaded_is_used(tmp_path, text, message):
    (tmp_path / "train.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(WorkbookError, match=message):
        MATH.load("train", tmp_path)


def test_a_missing_file_says_how_to_get_it(tmp_path, monkeypatch):
    with pytest.raises(WorkbookError, match=r"nowhere/test\.jsonl.*source=\"sample\""):
        MATH.load("test", tmp_path / "nowhere")
    monkeypatch.setattr(tasks, "DATA", tmp_path)
    with pytest.raises(WorkbookError, match=r"build_data\.py"):
        MATH.load("test")


def test_line_separators_inside_text_do_not_split_a_row(tmp_path: Path):
    row = {"prompt": "a\u2028b TL;DR:", "completion": "c\u0085d"}
    (tmp_path / "test.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    assert TLDR.load("test", tmp_path)["completion"][0] == "c\u0085d"
