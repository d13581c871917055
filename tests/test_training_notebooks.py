"""The training notebooks notice when training does nothing: no band is so wide that a no-op passes."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
# Not 08: it trains a step or two, to show where things go, and claims nothing of what is learned.
FOUND = sorted(NOTEBOOKS.glob("0[0-7]*.ipynb"))
TRAINING = [path for path in FOUND if "run = train(" in path.read_text("utf-8")]

NO_OP = """
from pathlib import Path
from helpers import runs, training

runs.OWN, really_train = Path({folder!r}), training.train


def train_nothing(*args, **options):
    return really_train(*args, **(options | {{"steps": 5, "learning_rate": 0.0}}))


training.train = train_nothing
"""


def test_the_training_notebooks_are_found():
    assert [path.stem[:2] for path in TRAINING] == ["00", "02", "03", "04"]


@pytest.mark.train
@pytest.mark.parametrize("path", TRAINING, ids=lambda path: path.stem)
def test_a_notebook_fails_when_training_is_a_no_op(path, tmp_path):
    """With five steps at learning rate 0 in place of its own, an assertion on the outcome must fail."""
    notebook = nbformat.read(path, as_version=4)
    setup = next(i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    notebook.cells.insert(setup + 1, nbformat.v4.new_code_cell(NO_OP.format(folder=str(tmp_path))))
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(NOTEBOOKS)}})
    with pytest.raises(CellExecutionError) as failure:
        client.execute()
    assert failure.value.ename == "AssertionError", failure.value
    failed = next(
        cell for cell in notebook.cells if any(o.output_type == "error" for o in cell.get("outputs", []))
    )
    trained = next(
        i for i, cell in enumerate(notebook.cells) if "train(" in cell.source and "run = " in cell.source
    )
    assert notebook.cells.index(failed) > trained, "it failed before it had trained"


@pytest.mark.parametrize(("stored", "code"), [("accuracy 0.91", 0), ("accuracy 0.97", 1)])
def test_nbval_sees_a_table_edited_by_hand(stored, code, tmp_path):
    """With the options of `make test`, a printed number that no cell printed is a failure."""
    cell = nbformat.v4.new_code_cell("print('accuracy', 0.91)", execution_count=1)
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=stored + "\n")]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "table.ipynb")
    nbval = ["--nbval", "--nbval-sanitize-with", str(NOTEBOOKS.parent / "tests/nbval_sanitize.cfg")]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *nbval, "table.ipynb"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120).returncode == code
