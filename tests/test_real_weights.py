"""Real weights by the maintainers' hand: the notebook, run in small; its zip; what the README says of it."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from helpers import machine
from helpers.errors import WorkbookError
from helpers.ledger.adding import add
from helpers.ledger.documents import documents
from helpers.ledger.packing import pack
from helpers.ledger.real import real_weights
from helpers.runs import ROOT, SHIPPED, load_run

NOTEBOOK = ROOT / "notebooks" / "extra" / "train_smollm.ipynb"
SMALL = """
TASK, MODEL, SOURCE = "tldr", {model!r}, {rows!r}
SEED, STEPS, PROMPTS, SAMPLES, NEED_GPU = 0, 2, 4, 2, False
KEEP_IN = None
from helpers import runs
from pathlib import Path
runs.OWN = Path("runs")
"""


def settings_of(notebook) -> nbformat.NotebookNode:
    return next(cell for cell in notebook.cells if cell.source.startswith("TASK, MODEL, SOURCE ="))


@pytest.fixture(scope="module")
def place(random_model, rows_folder):
    """A folder in the checkout (a record may name nothing outside it), with a model and rows of our own."""
    if machine.commit(ROOT) is None:
        pytest.skip("not a git checkout")
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        shutil.copytree(random_model, Path(folder) / "random")
        shutil.copytree(rows_folder, Path(folder) / "rows")
        (Path(folder) / "build").symlink_to(ROOT / "build")  # a record names its model from the checkout on
        yield Path(folder)


@pytest.fixture(scope="module")
def packed(place) -> Path:
    """The notebook's zip: every cell as it is stored, but for the settings."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    settings_of(notebook).source = SMALL.format(model="./random", rows="rows")
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(place)}}).execute()
    return place / "real-tldr-seed0.zip"


BOMB = """
import os
from helpers.trainer.recording import Recorder
kept = Recorder.on_save
def gone(self, args, state, control, **rest):
    kept(self, args, state, control, **rest)
    os._exit(9)
Recorder.on_save = gone
"""


@pytest.mark.train
def test_a_run_in_the_drive_outlives_its_machine(place, tmp_path):
    settings = SMALL.format(model="./random", rows="rows")
    settings = settings.replace("KEEP_IN = None", f"KEEP_IN = {str(tmp_path)!r}")
    settings = settings.replace("0, 2, 4, 2", "0, 4, 4, 2")
    for bomb in (BOMB, ""):  # the first machine goes with its first checkpoint; the second has that alone
        notebook = nbformat.read(NOTEBOOK, as_version=4)
        settings_of(notebook).source = settings + bomb
        [cell] = [one for one in notebook.cells if "run = train(" in one.source]
        cell.source = "options |= {'save_steps': 2}\n" + cell.source
        client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(place)}})
        if bomb:
            with pytest.raises(DeadKernelError):
                client.execute()
        else:
            client.execute()
    said = "".join(one.get("text", "") for one in cell.outputs)
    run = load_run(tmp_path / "real-tldr-seed0")
    assert "going on from step 2" in said and run.finished and len(run.curve) == 4


@pytest.mark.train
def test_every_cell_runs_in_small_and_its_zip_is_taken(packed, tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.runs.SHIPPED", tmp_path / "data")
    assert "added" in add(packed)
    run = load_run(tmp_path / "data" / "tldr-random-seed0")
    assert (run.finished, len(run.curve), run.record["source"]) == (True, 2, "rows")
    assert run.record["evaluation"]["test"]["settings"]["n"] == 4
    assert not [name for name in zipfile.ZipFile(packed).namelist() if "safetensors" in name]


def test_the_stored_settings_are_the_real_ones():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    found: dict = {}
    exec(settings_of(notebook).source, found)
    assert (found["MODEL"], found["SOURCE"], found["NEED_GPU"]) == ("smollm-135m", "hub", True)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    for name in ("SEED", "STEPS", "PROMPTS", "SAMPLES", "NEED_GPU", "KEEP_IN"):
        assert code.count(name) > 1, f"the setting {name} is used nowhere"
    assert "colab" in notebook.cells[0].source


def test_without_a_gpu_it_stops_before_it_trains(place):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    settings = SMALL.format(model="./random", rows="rows")
    assert "2, False" in settings
    settings_of(notebook).source = settings.replace("2, False", "2, True")
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    with pytest.raises(Exception, match="no GPU here: on Colab choose Runtime"):
        NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(place)}}).execute()


def test_what_could_not_be_added_is_not_packed(tmp_path):
    shutil.copytree(SHIPPED / "math-tiny-seed0", tmp_path / "run")
    run = load_run(tmp_path / "run")
    assert pack([run], tmp_path / "good.zip").is_file()
    run.add(evaluation={})
    with pytest.raises(WorkbookError, match="is not evaluated"):
        pack([run], tmp_path / "bad.zip")
    assert not (tmp_path / "bad.zip").exists()
    with pytest.raises(WorkbookError, match="choose another place"):
        pack([load_run(SHIPPED / "math-tiny-seed0")], tmp_path / "nowhere" / "x.zip")


@pytest.fixture
def folder(tmp_path) -> Path:
    """data/runs with the tiny model's records alone."""
    for name in ("math-tiny-seed0", "tldr-tiny-seed0"):
        shutil.copytree(SHIPPED / name, tmp_path / name)
    return tmp_path


def as_real(folder: Path, task: str, model: str) -> None:
    shutil.copytree(SHIPPED / f"{task}-tiny-seed0", folder / f"{task}-{model}-seed0")
    run = load_run(folder / f"{task}-{model}-seed0")
    gpu = {**run.record["hardware"], "gpu": "Tesla T4"}
    run.add(model={**run.record["model"], "name": model}, hardware=gpu, source="hub")


def test_without_a_record_of_real_weights_the_readme_says_so_and_how(folder):
    told = real_weights(folder)
    assert told.startswith("**Real weights: not measured yet.**")
    assert "notebooks/extra/train_smollm.ipynb" in told
    assert NOTEBOOK.is_file()


def test_with_a_record_it_shows_it_and_what_is_still_missing(folder):
    as_real(folder, "math", "smollm-135m")
    told = real_weights(folder)
    assert "Real weights: not measured yet" not in told
    found = load_run(folder / "math-smollm-135m-seed0").record["evaluation"]["test"]["accuracy"]
    start = "- SmolLM-135M on maths, real data"
    line = next(line for line in told.splitlines() if line.startswith(start))
    assert f"{found['before']:.3f} before, {found['after']:.3f} after" in line and "Tesla T4" in line
    assert "Not measured yet: SmolLM-135M on summaries" in told
    as_real(folder, "tldr", "smollm-135m")
    assert "- SmolLM-135M on summaries" in real_weights(folder)
    assert "SmolLM-135M on" not in real_weights(folder).split("Not measured yet")[1]


def test_the_readmes_first_screen_holds_the_block():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    at = text.index("<!-- ledger:real-weights -->")
    assert len(text[:at].splitlines()) <= 30 and ROOT / "README.md" in documents()
