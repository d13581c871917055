"""Text and ledger agree: what a document shows between its markers is what data/runs says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from helpers import ledger
from helpers.__main__ import main
from helpers.errors import WorkbookError

ROOT = Path(__file__).resolve().parents[1]
PAGE = "# A page\n\n<!-- ledger:results -->\nold\n<!-- /ledger -->\n\nMore.\n"


def entry(before: float, after: float, low: float, high: float) -> dict[str, float]:
    ends = {"ci_low": low, "ci_high": high}
    return {"before": before, "after": after, "diff": after - before, **ends, "n": 200}


def record(folder: Path, seed: int, cores: int = 2, **metrics: dict[str, float]) -> None:
    metrics = metrics or {"accuracy": entry(0.25, 0.9, 0.6, 0.7), "format": entry(0.4, 0.41, -0.1, 0.1)}
    (folder / f"math-{seed}").mkdir(parents=True)
    run = {
        "task": "math", "model": {"name": "tiny"}, "seed": seed, "status": "finished", "steps": 40,
        "seconds": 61.4, "commit": "0123456789abcdef",
        "hardware": {"cpu": "Some CPU", "cores": cores, "system": "Linux", "gpu": None},
        "versions": {"torch": "2.13.0", "transformers": "5.17.0", "trl": "1.16.0"},
        "evaluation": {"test": {**metrics, "settings": {"n": 200, "num_samples": 8}}},
    }  # fmt: skip
    (folder / f"math-{seed}" / "run.json").write_text(json.dumps(run))


def test_the_readme_says_what_the_ledger_says() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [match[2] for match in ledger.BLOCK.finditer(text)] == ["results"]
    fix = "README.md and data/runs differ: run `python -m helpers report --fill README.md`"
    assert ledger.fill(text) == text, fix


def test_a_table_shows_every_seed_with_its_interval(tmp_path: Path) -> None:
    record(tmp_path, 1, accuracy=entry(0.25, 0.91, 0.61, 0.71), format=entry(0.4, 0.99, 0.5, 0.6))
    record(tmp_path, 0)
    text = ledger.results(tmp_path)
    assert "after, seed 0 [change] | after, seed 1 [change]" in text
    assert "| test: right answers (share) | 0.250 | 0.900 [+0.600, +0.700] | 0.910 [+0.610, +0.710] |" in text
    assert "0.410 [-0.100, +0.100]  inconclusive | 0.990 [+0.500, +0.600] |" in text
    assert "40 steps of training in 61 / 61 s on 2 cores of Some CPU; torch 2.13.0" in text
    assert "commit 0123456789. 200 prompts" in text
    changed = tmp_path / "math-0" / "run.json"
    changed.write_text(changed.read_text().replace("abcdef", "abcdef-dirty"))
    assert "commit 0123456789 with changes / 0123456789. 200 prompts" in ledger.results(tmp_path)


def test_without_runs_nothing_is_claimed(tmp_path: Path) -> None:
    assert ledger.results(tmp_path) == "*No recorded runs yet: not measured.*\n"


def test_runs_of_different_machines_do_not_share_a_table(tmp_path: Path) -> None:
    record(tmp_path, 0)
    record(tmp_path, 1, cores=64)
    with pytest.raises(WorkbookError, match=r"math-0, math-1 differ in 'hardware'.*record them again"):
        ledger.results(tmp_path)


def test_filling_replaces_what_stands_between_the_markers_and_nothing_else(tmp_path: Path) -> None:
    record(tmp_path, 0)
    filled = ledger.fill(PAGE, tmp_path)
    assert filled.startswith("# A page\n\n<!-- ledger:results -->\n| Maths |")
    assert filled.endswith("<!-- /ledger -->\n\nMore.\n") and "old" not in filled
    assert ledger.fill(filled, tmp_path) == filled
    record(tmp_path, 1)
    assert ledger.fill(filled, tmp_path) != filled, "a new run must show"
    with pytest.raises(WorkbookError, match=r"called 'nonsense'.*results"):
        ledger.fill(PAGE.replace("results", "nonsense"))


def test_the_command_fills_a_document(tmp_path: Path, monkeypatch, capsys) -> None:
    record(tmp_path / "runs", 0)
    monkeypatch.setattr("helpers.runs.SHIPPED", tmp_path / "runs")
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    assert main(["report", "--fill", str(page)]) == 0
    assert "right answers" in page.read_text(encoding="utf-8")
    page.write_text("no markers", encoding="utf-8")
    assert main(["report", "--fill", str(page)]) == 2
    assert "page.md' has no <!-- ledger:results -->" in capsys.readouterr().err
    assert main(["report", "--fill", str(tmp_path / "none.md")]) == 2
    assert "none.md' (No such file or directory): name a text file" in capsys.readouterr().err
