"""Text and ledger agree: what a document shows between its markers is what data/runs says."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from helpers import runs
from helpers.__main__ import main
from helpers.errors import WorkbookError
from helpers.files import write_csv, write_json
from helpers.ledger import documents as ledger
from helpers.ledger import figures
from helpers.ledger.adding import add
from helpers.ledger.comparing import ablations, baselines, sweep, worth
from helpers.ledger.real import MISSING
from helpers.ledger.tables import judged, recorded, results
from helpers.pictures import recorded as pictures
from helpers.rows import write_pairs, write_rows

ROOT = Path(__file__).resolve().parents[1]
PAGE = "# A page\n\n<!-- ledger:results -->\nold\n<!-- /ledger -->\n\nMore.\n"
PROMPTS = 20
MATH = {"accuracy": (0.25, 0.75), "format": (0.5, 0.5), "pass_at_8": (0.5, 1.0), "length_tokens": (20, 30)}
TLDR = {
    "length_error_chars": (40, 10), "within_10_chars": (0.25, 0.5), "rouge_l": (0.4, 0.4), "distinct": (1, 1),
}  # fmt: skip


def entry(before: float, after: float) -> dict[str, float]:
    return {
        "before": before, "after": after, "diff": after - before, "ci_low": 0.0, "ci_high": 0.0, "n": PROMPTS,
    }  # fmt: skip


def record(
    folder: Path, name: str, *, cores: int = 2, prompts: int = PROMPTS, shift: float = 0.0, **more
) -> Path:
    """A finished run TASK-…-seedS in which every prompt has the metric's value of MATH or TLDR (+ shift)."""
    task, seed, path = name.split("-")[0], int(name[-1]), folder / name
    metrics = {key: (old, new + shift) for key, (old, new) in (MATH if task == "math" else TLDR).items()}
    path.mkdir(parents=True)
    result = {key: entry(*pair) for key, pair in metrics.items()}
    result["settings"] = {"n": prompts, "num_samples": 8, "temperature": 1.0}
    write_json(
        path / "run.json",
        {
            "id": name, "task": task, "model": {"name": "tiny", "path": "data/tiny-llama"}, "seed": seed,
            "status": "finished", "steps": 2, "seconds": 61.4, "commit": "0123456789abcdef", "rewards": [],
            "hardware": {"cpu": "Some CPU", "cores": cores, "system": "Linux", "gpu": None},
            "lora": {"r": 16},
            "versions": {"torch": "2.13.0", "transformers": "5.17.0", "trl": "1.16.0"},
            "config": {
                "per_device_train_batch_size": 32, "gradient_accumulation_steps": 1, "learning_rate": 1e-3,
            },
            "evaluation": dict.fromkeys(("test", "far"), result), **more,
        },
    )  # fmt: skip
    write_csv(path / "curve.csv", [{"step": 1, "reward": 0.5}, {"step": 2, "reward": 1}], ["step", "reward"])
    for split in ("test", "far"):
        sides = ({key: [pair[i]] * prompts for key, pair in metrics.items()} for i in (0, 1))
        write_rows(path, split, *sides)
        write_pairs(path, split, ["old"] * prompts, ["new"] * prompts)
    return path


# The repository's own documents


def test_every_document_says_what_the_ledger_says() -> None:
    names = [path.relative_to(ROOT).as_posix() for path in ledger.documents()]
    assert {"README.md", "notebooks/src/05_evaluate.py"} <= set(names)
    assert ledger.check() == [], "run `python -m helpers report --fill`"


def test_one_number_edited_by_hand_is_found(tmp_path: Path, monkeypatch, capsys) -> None:
    """In a copy of the documents, with records that have numbers, one digit is changed."""
    shipped = tmp_path / "data" / "runs"
    for seed in (0, 1):
        record(shipped, f"math-tiny-seed{seed}")
    (tmp_path / "notebooks" / "src").mkdir(parents=True)
    for name in ("README.md", "notebooks/src/05_evaluate.py"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    monkeypatch.setattr(runs, "ROOT", tmp_path)
    monkeypatch.setattr(runs, "SHIPPED", shipped)
    assert main(["report", "--fill"]) == 0
    assert main(["report", "--check"]) == 0
    capsys.readouterr()
    for name in ("README.md", "notebooks/src/05_evaluate.py"):
        whole = (tmp_path / name).read_text(encoding="utf-8")
        edited = re.sub(r"(tiny, test: right answers, pass@1 \(share\) \| 0\.25)0", r"\g<1>1", whole, count=1)
        assert edited != whole
        (tmp_path / name).write_text(edited, encoding="utf-8")
        assert main(["report", "--check"]) == 1
        said = capsys.readouterr().out
        assert said.count("\n") == 1 and said.startswith(f"{name}: table 'results' differs")
        (tmp_path / name).write_text(whole, encoding="utf-8")
    record(shipped, "math-tiny-seed2")
    assert main(["report", "--check"]) == 1, "a new run must show"


# Filling


def test_filling_replaces_what_stands_between_the_markers_and_nothing_else(tmp_path: Path) -> None:
    record(tmp_path, "math-tiny-seed0")
    filled = ledger.fill(PAGE, tmp_path)
    assert filled.startswith("# A page\n\n<!-- ledger:results -->\n| Maths |")
    assert filled.endswith("<!-- /ledger -->\n\nMore.\n") and "old" not in filled
    assert ledger.fill(filled, tmp_path) == filled
    record(tmp_path, "math-tiny-seed1")
    assert ledger.fill(filled, tmp_path) != filled, "a new run must show"
    with pytest.raises(WorkbookError, match=r"called 'nonsense'.*results"):
        ledger.fill(PAGE.replace("results", "nonsense"))


def test_in_a_notebooks_source_every_line_stays_markdown(tmp_path: Path) -> None:
    record(tmp_path, "math-tiny-seed0")
    block = "# <!-- ledger:results -->\n# <!-- /ledger -->\n"
    page = f"# %% [markdown]\n# Text.\n#\n{block}#\n# More.\n\n# %%\nx = 1\n"
    filled = ledger.fill(page, tmp_path)
    inside = filled.split("<!-- ledger:results -->\n")[1].split("# <!-- /ledger -->")[0]
    assert len(inside.splitlines()) > 5 and all(line[:1] == "#" for line in inside.splitlines())
    assert "\n# | tiny, test: right answers" in filled and filled.endswith("# %%\nx = 1\n")
    assert ledger.fill(filled, tmp_path) == filled


def test_the_command_fills_a_document(tmp_path: Path, monkeypatch, capsys) -> None:
    record(tmp_path / "runs", "math-tiny-seed0")
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


# Tables


def test_the_results_show_seeds_intervals_origin_and_what_is_not_measured(tmp_path: Path) -> None:
    record(tmp_path, "math-tiny-seed1", shift=0.125)
    record(tmp_path, "math-tiny-seed0")
    text = results(tmp_path)
    # each prompt gains 0.5 in one seed and 0.625 in the other: only the seeds vary
    row = "| 0.250 | 0.812 | +0.562 [+0.500, +0.625] | 0.750 / 0.875 |"
    assert f"| tiny, test: right answers, pass@1 (share) {row}" in text
    assert "| tiny, far: format kept (share) | 0.500 | 0.562 | +0.062 [+0.000, +0.125] inconclusive |" in text
    for name in ("SmolLM-135M", "Llama-3.2-1B"):
        assert f"| {name} | not measured | not measured | not measured | not measured |" in text
    assert "seeds 0, 1: 2 steps of training in 61 / 61 s on 2 cores of Some CPU; torch 2.13.0" in text
    assert "commit 0123456789. 20 prompts a split, 8 completions each" in text and "seeds and prompts" in text
    changed = tmp_path / "math-tiny-seed0" / "run.json"
    changed.write_text(changed.read_text().replace("abcdef", "abcdef-dirty"))
    assert "commit 0123456789 with changes / 0123456789. 20" in results(tmp_path)


def test_a_run_of_a_larger_model_gets_its_rows(tmp_path: Path) -> None:
    record(tmp_path, "math-smollm-135m-seed0", model={"name": "smollm-135m", "path": "x/y"})
    text = results(tmp_path)
    assert "| tiny | not measured |" in text and "| SmolLM-135M, test: format kept (share) | 0.500 |" in text
    assert "prompts alone: one seed says nothing of others" in text


def test_without_runs_nothing_is_claimed(tmp_path: Path) -> None:
    for make in ledger.TABLES.values():
        assert make(tmp_path) in ("*No recorded runs yet: not measured.*\n", MISSING)
    run = record(tmp_path, "math-tiny-seed0")
    (run / "evaluation_test.csv").unlink()
    assert recorded("math", tmp_path) == [], "without rows there is nothing to compute an interval from"


def test_runs_of_different_machines_do_not_share_a_row(tmp_path: Path) -> None:
    record(tmp_path, "math-tiny-seed0")
    record(tmp_path, "math-tiny-seed1", cores=64)
    with pytest.raises(WorkbookError, match=r"math-tiny-seed0, math-tiny-seed1 differ in 'hardware'.*again"):
        results(tmp_path)


def test_baselines_stand_beside_grpo_with_their_cost(tmp_path: Path) -> None:
    record(tmp_path, "math-tiny-seed0")
    told = {"method": "rejection", "completions_drawn": 64, "rows": 9, "seconds_drawing": 10.0}
    record(tmp_path / "baselines", "math-rejection-seed0", shift=-0.25, cores=1, **told)
    text = baselines("math", tmp_path)
    gain = "not measured | +0.250 [+0.250, +0.250] |"
    assert f"| test: right answers, pass@1 (share) | 0.250 | not measured | 0.500 | 0.750 | {gain}" in text
    assert "| completions drawn | 0 | not measured | 64 | 64 |" in text
    assert "| seconds (drawing included) |  | not measured | 71 | 61 |" in text
    assert "1 core of Some CPU" in text and "; and 2 cores of Some CPU" in text
    lines = worth("math", tmp_path).splitlines()
    assert lines[0].endswith("against SFT on gold: not measured.")
    assert "GRPO 0.750, rejection sampling 0.500; difference +0.250 [+0.250, +0.250]: **better**." in lines[1]
    record(tmp_path / "baselines", "math-sft-seed0", method="sft", completions_drawn=0, prompts=10)
    with pytest.raises(ValueError, match="argument"):
        baselines("math", tmp_path)


def test_ablations_and_sweeps_say_what_was_tried(tmp_path: Path) -> None:
    record(tmp_path, "tldr-tiny-seed0")
    record(tmp_path / "ablations", "tldr-rouge-seed0", shift=0.25)
    text = ablations("tldr", tmp_path)
    assert "| Summaries: reward | base | length | bounded length | bounded length + ROUGE-L |" in text
    rouge = "0.400, +0.000 [+0.000, +0.000] inconclusive | not measured | 0.650, +0.250 [+0.250, +0.250] |"
    assert f"| test: ROUGE-L against the reference | 0.400 | {rouge}" in text
    assert text.count("| seeds |  | 1 | 0 | 1 |") == 1
    points = [{"learning_rate": rate, "reward": paid} for rate, paid in ((1e-3, 1.25), (3e-3, 1.5))]
    one = {"criterion": "accuracy + format", "prompts": 100, "samples": 4, "seed": 0, "steps": 60}
    (tmp_path / "baselines").mkdir()
    found = {"math-sft": {**one, "learning_rate": 3e-3, "points": points}}
    write_json(tmp_path / "baselines" / "sweep.json", found)
    assert "| SFT on gold | 1.250 | **1.500** |" in sweep("math", tmp_path)
    assert sweep("tldr", tmp_path).startswith("*No recorded runs")


def test_better_knows_its_direction() -> None:
    from helpers.ledger.intervals import Interval

    up, down, none = Interval(1, 0.5, 2), Interval(-1, -2, -0.5), Interval(0, -1, 1)
    assert [judged("accuracy", one) for one in (up, down, none)] == ["better", "worse", "inconclusive"]
    assert [judged("length_error_chars", one) for one in (up, down)] == ["worse", "better"]
    assert [judged("length_tokens", one) for one in (up, down)] == ["higher", "lower"]


# Adding


def test_a_run_made_elsewhere_is_added_from_a_folder_or_a_zip(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(runs, "SHIPPED", tmp_path / "shipped")
    run = record(tmp_path / "mine", "math-tiny-seed3")
    (run / "adapter").mkdir()
    assert main(["report", "--add", str(run)]) == 0
    assert "math-tiny-seed3: show it with `python -m helpers report --fill`" in capsys.readouterr().out
    kept = sorted(path.name for path in (tmp_path / "shipped" / "math-tiny-seed3").iterdir())
    rows = ["evaluation_far.csv", "evaluation_test.csv", "pairs_far.jsonl", "pairs_test.jsonl"]
    assert kept == ["curve.csv", *rows, "run.json"]
    assert [one.seed for one in recorded("math")] == [3]
    assert main(["report", "--add", str(run)]) == 2
    assert "math-tiny-seed3 is there already" in capsys.readouterr().err
    other = record(tmp_path / "elsewhere", "tldr-20260101-seed4")
    with zipfile.ZipFile(tmp_path / "runs.zip", "w") as archive:
        for file in other.iterdir():
            archive.write(file, f"runs/some-name/{file.name}")
        archive.writestr("runs/some-name/../../evil.csv", "x")
        archive.writestr("runs/half/run.json", '{"task": "math", "model": {"name": "tiny"}, "seed": 0}')
    told = add(tmp_path / "runs.zip").splitlines()
    assert len(told) == 2 and "tldr-tiny-seed4: show it" in told[0]
    assert told[1] == "left out: run half is None: finish it with --resume, then add it"
    assert not list(tmp_path.rglob("evil.csv"))
    assert runs.load_run(tmp_path / "shipped" / "tldr-tiny-seed4").record["id"] == "tldr-tiny-seed4"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": "interrupted"}, r"'interrupted': finish it"),
        ({"evaluation": {}}, r"not evaluated"),
        ({"commit": None}, r"has None as 'commit'"),
        ({"seed": True}, r"has seed=True"),
        ({"steps": 9}, r"2 rows in curve.csv, but 9 steps"),
        ({"source": "/somewhere/rows"}, r"source is a path of one machine, '/somewhere/rows'"),
        ({"model": {"name": "tiny", "path": "C:\\models"}}, r"path is a path of one machine"),
        ({"method": "sft"}, r"sft on 'math'"),
        ({"model": {"name": "../x", "path": "y"}}, r"'../x' cannot name a folder"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_not_whole_is_not_added(change: dict, said: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(runs, "SHIPPED", tmp_path / "shipped")
    with pytest.raises(WorkbookError, match=said):
        add(record(tmp_path, "math-tiny-seed0", **change))
    assert not (tmp_path / "shipped").exists()


def test_a_record_that_its_rows_contradict_is_not_added(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(runs, "SHIPPED", tmp_path / "shipped")
    run = record(tmp_path, "math-tiny-seed0")
    found = json.loads((run / "run.json").read_text())
    found["evaluation"]["far"]["accuracy"]["after"] = 0.95
    write_json(run / "run.json", found)
    with pytest.raises(WorkbookError, match=r"far: accuracy after is 0\.95 in run\.json, but 0\.75 over"):
        add(run)
    (run / "evaluation_far.csv").unlink()
    with pytest.raises(WorkbookError, match=r"no evaluation_far\.csv: evaluate it again"):
        add(run)
    with pytest.raises(WorkbookError, match=r"cannot read .*page'.*a folder, or a zip"):
        (tmp_path / "page").write_text("x")
        add(tmp_path / "page")


def curve(path: Path, values: list[float]) -> None:
    rows = [
        {"step": step, "reward_accuracy_mean": value, "reward_format_mean": value, "reward_len_mean": -value}
        for step, value in enumerate(values, start=1)
    ]
    write_csv(path / "curve.csv", rows, list(rows[0]))


def test_the_picture_is_known_by_its_numbers(tmp_path: Path) -> None:
    """New records make a new name; a missing file and an old name are both said by the check."""
    for seed, values in enumerate(([0.0, 0.5, 1.0], [0.5, 0.5, 0.5])):
        curve(record(tmp_path, f"math-tiny-seed{seed}"), values)
    found = figures.curves(tmp_path)
    assert found == {
        "math": {
            "right answers (share)": [[0.0, 0.25, 0.5], [0.5, 0.5, 0.5]],
            "format kept (share)": [[0.0, 0.25, 0.5], [0.5, 0.5, 0.5]],
        }
    }
    text = figures.training(tmp_path)
    assert "2 seeds" in text and "from 0.250 to 0.500 in 3 steps" in text
    old = figures.name_of(found)
    assert f"({old})" in text
    assert len(figures.missing(tmp_path, tmp_path)) == 1
    pictures.draw(found, tmp_path / old)
    assert figures.missing(tmp_path, tmp_path) == []
    curve(tmp_path / "math-tiny-seed1", [0.5, 0.5, 0.75])
    new = figures.name_of(figures.curves(tmp_path))
    assert new != old and len(figures.missing(tmp_path, tmp_path)) == 1
    pictures.draw(figures.curves(tmp_path), tmp_path / new)
    assert [path.name for path in (tmp_path / new).parent.iterdir()] == [Path(new).name]


def test_the_picture_shows_mean_and_band() -> None:
    maths = {"a": [[0.0, 1.0], [1.0, 1.0]], "b": [[0.2, 0.2]] * 2}
    axes = pictures.training({"math": maths, "tldr": {"c": [[3.0]]}})
    assert [ax.get_title() for ax in axes] == ["Maths", "Summaries"]
    assert axes[0].lines[0].get_ydata().tolist() == [0.5, 1.0]
    assert axes[0].collections[0].get_paths()[0].get_extents().ymin == 0.0


def test_the_stored_picture_is_that_of_the_records() -> None:
    assert (ROOT / figures.name_of(figures.curves())).is_file() and figures.missing() == []
