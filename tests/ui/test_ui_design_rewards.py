from __future__ import annotations

import pytest
from jupyter import Notebook


@pytest.fixture(scope="module")
def design(open_notebook) -> Notebook:
    notebook = open_notebook("notebooks/02_design_rewards.ipynb")
    notebook.run_all()
    return notebook


def test_every_cell_runs_without_an_error(design: Notebook) -> None:
    assert design.faults() == []
    assert design.complaints == []
    assert design.elsewhere == []
    design.picture("02")
