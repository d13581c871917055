"""The instructor's kit: the guide says what was measured, the rescue works, the room check sees."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
import room_check
import time_notebooks as timing
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs" / "instructor.md").read_text(encoding="utf-8")
RESCUES = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
RECORD = json.loads(timing.FILE.read_text(encoding="utf-8"))


def test_the_guides_tables_are_what_the_file_says() -> None:
    assert timing.filled(GUIDE, RECORD) == GUIDE, "run: python tools/time_notebooks.py --fill"
    slower = json.loads(json.dumps(RECORD))
    slower["notebooks"]["04_train_math"][2]["seconds"] += 600
    assert timing.filled(GUIDE, slower) != GUIDE


def test_every_notebooks_every_section_was_measured() -> None:
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        now = [row["title"] for row in timing.sections(nbformat.read(path, as_version=4))]
        known = [row["title"] for row in RECORD["notebooks"][path.stem]]
        assert known == now, f"{path.stem} has other sections now: run python tools/time_notebooks.py"


def test_the_plans_keep_their_promise() -> None:
    """90 minutes, four hours and eight hours, breaks and questions left out."""
    for plan, (low, high) in {"90 minutes": (50, 90), "Half a day": (110, 240), "A day": (240, 480)}.items():
        total = re.search(r"\*\*(\d+) minutes\*\*", timing.plan_table(plan, RECORD["notebooks"]))[1]
        assert low <= int(total) <= high, f"{plan}: {total} minutes"


def test_a_section_that_went_away_is_missed() -> None:
    with pytest.raises(SystemExit, match="no longer has"):
        timing.chosen([{"title": "Train"}], ("Before",))


def test_minutes_are_run_read_and_predict() -> None:
    row = {"title": "x", "seconds": 60.0, "words": 300, "lines": 30, "predicts": 1}
    assert timing.minutes(row) == 1 + 2 + 1 + 1


def test_times_are_compared_by_thirds() -> None:
    old = {"00": [{"title": "a", "seconds": 9.0}, {"title": "b", "seconds": 0.1}]}
    assert timing.differences(
        old, {"00": [{"title": "a", "seconds": 11.9}, {"title": "b", "seconds": 0.9}]}
    ) == ["00, all of it: 9.1 s recorded, 12.8 s now"]
    assert (
        timing.differences(old, {"00": [{"title": "a", "seconds": 9.5}, {"title": "b", "seconds": 0.2}]})
        == []
    )


@pytest.mark.parametrize("code", RESCUES, ids=["03", "04"])
def test_a_rescue_gives_a_finished_run_with_all_that_the_pages_use(code: str) -> None:
    names: dict = {}
    exec(code, names)
    run = names["run"]
    assert run.finished and (run.adapter / "adapter_model.safetensors").is_file()
    assert run.completions and len(run.curve) == run.record["steps"]


@pytest.mark.slow
@pytest.mark.parametrize(("stem", "code"), zip(("03_train_tldr", "04_train_math"), RESCUES, strict=True))
def test_the_rest_of_a_notebook_works_with_the_rescued_run(stem: str, code: str) -> None:
    notebook = nbformat.read(ROOT / "notebooks" / f"{stem}.ipynb", as_version=4)
    code_cells = [one for one in notebook.cells if one.cell_type == "code"]
    [cell] = [one for one in code_cells if re.search(r"^run = train\(", one.source, re.MULTILINE)]
    cell.source = code
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(ROOT / "notebooks")}}).execute()


def test_the_room_check_finds_a_damaged_and_a_missing_file(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("runs", "bench"))
    assert "all whole" in room_check.data(tmp_path)
    rows = tmp_path / "data" / "numinamath" / "test.jsonl"
    rows.write_bytes(rows.read_bytes()[:-1])
    with pytest.raises(room_check.Unfit, match=r"numinamath/test.jsonl is missing or damaged"):
        room_check.data(tmp_path)
    rows.unlink()
    with pytest.raises(room_check.Unfit, match=r"numinamath/test.jsonl"):
        room_check.data(tmp_path)


def test_the_room_check_names_a_missing_package(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("no-such-package>=7\n")
    with pytest.raises(room_check.Unfit, match=r"no-such-package>=7.*make setup"):
        room_check.packages(tmp_path)


def test_the_room_check_says_no_with_status_1_and_goes_on(monkeypatch, capsys) -> None:
    def broken() -> str:
        raise room_check.Unfit("the cure")

    monkeypatch.setattr(room_check, "CHECKS", {"first": broken, "second": lambda: "fine"})
    assert room_check.main() == 1
    said = capsys.readouterr().out
    assert "NO  first" in said and "the cure" in said and "ok  second" in said and "Not yet." in said


@pytest.mark.train
def test_the_room_checks_real_steps_pass_here() -> None:
    assert room_check.sampling().startswith("the tiny model answers")
    assert room_check.training() == "one step of training is done"


def test_a_notebooks_minutes_are_the_readmes_and_enough_to_read_it() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        said = int(re.search(r"\*\*Minutes:\*\* (\d+) ", path.read_text(encoding="utf-8"))[1])
        listed = re.search(rf"\(notebooks/{path.name}\)[^|\n]*\| (\d+) \|", readme)
        assert listed and int(listed[1]) == said, f"{path.stem} says {said} minutes, the README does not"
        takes = sum(map(timing.minutes, RECORD["notebooks"][path.stem]))
        assert takes <= 1.1 * said, f"{path.stem} says {said} minutes, the guide {takes:.0f}"
