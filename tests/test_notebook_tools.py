"""The tools around the notebooks: the build, the copies, the walk-through and the set-up cell."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
WHERE = "https://github.com/someone/grpo-workbook"
SOURCE = """# %% [markdown]
# # A sample
#
# > **Note:** two cells.

# %% tags=["nbval-ignore-output"]
print("first")
print("second")

# %% [markdown]
# ## The end

# %%
2 + 2
"""
ANSWERS = '''# %% [markdown]
# # Exercises

# %%
def double(x):
    """Twice x."""
    # solution
    y = 2 * x
    return y

# %%
assert callable(double)
'''


def load(name: str):
    """A script of tools/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


tool = load("build_notebooks")
lab = load("lab")
stepper = load("step_through")


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A folder like notebooks/ with one source and its exercises; the set-up cell does nothing here."""
    out = tmp_path / "notebooks"
    (out / "src").mkdir(parents=True)
    (out / "src" / "07_try_it.py").write_text(SOURCE)
    (out / "src" / "07_try_it_sol.py").write_text(ANSWERS)
    (out / "src" / "_setup.py").write_text('address = "@REPOSITORY@"\n')
    return out


@pytest.fixture
def built(sample: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample, built without kernels: each code cell counts as executed."""

    def pretend(notebook, folder, **options):
        for count, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), 1):
            cell.execution_count = count

    monkeypatch.setattr(tool, "execute", pretend)
    tool.build(sample, where=WHERE)
    return sample


def test_a_notebook_starts_with_badge_and_set_up(built: Path) -> None:
    cells = nbformat.read(built / "07_try_it.ipynb", as_version=4).cells
    assert [cell.cell_type for cell in cells] == ["markdown", "markdown", "code", "code", "markdown", "code"]
    assert "github/someone/grpo-workbook/blob/main/notebooks/07_try_it.ipynb" in cells[0].source
    assert cells[2].source == f'address = "{WHERE}"'
    assert cells[3].metadata == {"tags": ["nbval-ignore-output"]}


def test_a_cell_named_setup_marks_the_place(sample: Path) -> None:
    (sample / "src" / "07_try_it.py").write_text("# %% [markdown]\n# # T\n\n# %% setup\n\n# %%\n1\n")
    cells = tool.make(tool.pages(sample)[0], sample, WHERE).cells
    assert [cell.source[:7] for cell in cells[1:]] == ["# T", "address", "1"]


def test_ids_are_stable_and_building_twice_gives_the_same_bytes(built: Path) -> None:
    files = sorted(built.rglob("*.ipynb"))
    assert len(files) == 3
    before = [path.read_bytes() for path in files]
    tool.build(built, where=WHERE)
    assert before == [path.read_bytes() for path in files]
    cells = nbformat.read(files[0], as_version=4).cells
    assert [cell.id for cell in cells] == [f"07-{number:03d}" for number in range(len(cells))]


@pytest.mark.train
def test_execution_keeps_outputs_and_gives_the_same_bytes_twice(sample: Path) -> None:
    tool.build(sample, ["07"], WHERE)
    path = sample / "07_try_it.ipynb"
    first = path.read_bytes()
    outputs = [cell.outputs for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert outputs[1][0]["text"] == "first\nsecond\n"
    assert outputs[2][0]["data"] == {"text/plain": "4"}
    assert tool.problems(sample, WHERE) == []
    tool.build(sample, ["07_try_it"], WHERE)
    assert path.read_bytes() == first


def test_blanks_keep_the_head_and_lose_the_answer(built: Path) -> None:
    exercise = nbformat.read(built / "exercises" / "07_try_it.ipynb", as_version=4)
    solution = nbformat.read(built / "solutions" / "07_try_it.ipynb", as_version=4)
    blanks = [cell.source for cell in exercise.cells if cell.cell_type == "code"]
    assert blanks[1] == 'def double(x):\n    """Twice x."""\n    # your code here'
    assert blanks[2] == "assert callable(double)"
    assert all(
        not cell.outputs and cell.execution_count is None for cell in exercise.cells if "outputs" in cell
    )
    assert "return y" in solution.cells[3].source


def test_a_blank_that_is_no_python_says_what_to_add() -> None:
    with pytest.raises(SystemExit, match="docstring above"):
        tool.blank("def f(x):\n    # solution\n    return x")


def test_in_step_means_no_problems(built: Path) -> None:
    assert tool.problems(built, WHERE) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("src/07_try_it.py", "2 + 2", "2 + 3", "07_try_it.ipynb, cell 07-005, differs from 07_try_it.py"),
        ("src/_setup.py", "address", "place", "07_try_it.ipynb, cell 07-002, differs"),
        ("07_try_it.ipynb", "2 + 2", "2 + 3", "07_try_it.ipynb, cell 07-005, differs from 07_try_it.py"),
        ("07_try_it.ipynb", "nbval-ignore-output", "nbval-skip", "07_try_it.ipynb, cell 07-003, differs"),
        ("solutions/07_try_it.ipynb", "2 * x", "3 * x", "solutions/07_try_it.ipynb, cell 07-003, differs"),
        ("exercises/07_try_it.ipynb", "your code", "some code", "exercises/07_try_it.ipynb is not what"),
        (
            "07_try_it.ipynb",
            '"execution_count": 3',
            '"execution_count": null',
            "cell 07-005, has not been executed",
        ),
    ],
)
def test_check_catches_an_edit(built: Path, name: str, old: str, new: str, says: str) -> None:
    path = built / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert any(says in line for line in tool.problems(built, WHERE))


def test_check_catches_a_missing_and_a_stray_notebook(built: Path) -> None:
    (built / "07_try_it.ipynb").rename(built / "08_stray.ipynb")
    found = tool.problems(built, WHERE)
    assert any("07_try_it.ipynb is missing" in line for line in found)
    assert any("08_stray.ipynb has no source" in line for line in found)


def test_check_catches_another_address(built: Path) -> None:
    assert any("cell 07-000" in line for line in tool.problems(built, WHERE.replace("someone", "other")))


def test_a_name_that_no_source_has_is_an_error(sample: Path) -> None:
    with pytest.raises(SystemExit, match="99"):
        tool.pages(sample, ["99"])


def test_the_readme_points_at_the_one_address() -> None:
    text = "git clone https://github.com/a/b\n[x](https://colab.research.google.com/github/a/b/blob/x/notebooks/00_a.ipynb)"
    assert tool.point(text, WHERE) == (
        f"git clone {WHERE}\n[x](https://colab.research.google.com/github/someone/grpo-workbook/blob/main/"
        "notebooks/00_a.ipynb)"
    )


def test_your_edited_copy_stays_and_an_untouched_one_follows(built: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    assert lab.copy_notebooks(built, mine) == []
    touched, followed = mine / "07_try_it.ipynb", mine / "exercises" / "07_try_it.ipynb"
    touched.write_text("mine")
    assert lab.copy_notebooks(built, mine) == []
    for name in ("07_try_it.ipynb", "exercises/07_try_it.ipynb"):
        (built / name).write_text("newer")
    assert lab.copy_notebooks(built, mine) == ["07_try_it.ipynb"]
    assert (touched.read_text(), followed.read_text()) == ("mine", "newer")


def record(folder: Path, name: str, task: str, started: float, **more) -> None:
    """A finished run on disk, as far as the report reads it."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(started))
    entry = {"before": 0.2, "after": 0.9, "diff": 0.7, "ci_low": 0.6, "ci_high": 0.8, "n": 200}
    metrics = {name: entry for names in stepper.NEEDED.values() for name in names}
    (folder / name).mkdir(parents=True)
    (folder / name / "run.json").write_text(
        json.dumps(
            {
                "task": task,
                "model": {"name": "tiny"},
                "seed": 0,
                "status": "finished",
                "started": stamp,
                "evaluation": {"test": metrics},
                **more,
            }
        )
    )


def test_the_report_holds_both_tasks(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    record(tmp_path / "runs", "a", "tldr", time.time())
    record(tmp_path / "runs", "b", "math", time.time())
    assert stepper.report(int(time.time()) - 5, tmp_path / "build" / "report.json", tmp_path / "runs") == []
    found = json.loads((tmp_path / "build" / "report.json").read_text())
    assert found["math"]["accuracy"] == {
        "before": 0.2,
        "after": 0.9,
        "diff": 0.7,
        "ci_low": 0.6,
        "ci_high": 0.8,
        "n": 200,
    }
    assert "rouge_l" in found["tldr"] and "before and after" in capsys.readouterr().out


def test_an_old_run_or_one_without_evaluation_is_missing(tmp_path: Path) -> None:
    record(tmp_path / "runs", "a", "tldr", time.time() - 3600)
    record(tmp_path / "runs", "b", "math", time.time(), evaluation={})
    missing = stepper.report(int(time.time()) - 5, tmp_path / "report.json", tmp_path / "runs")
    assert missing[0].startswith("task tldr: no finished run")
    assert "task math: b was not evaluated for accuracy" in missing


@pytest.mark.train
def test_a_failing_cell_stops_the_walk_and_is_shown(sample: Path, tmp_path: Path, capsys) -> None:
    (sample / "src" / "07_try_it.py").write_text(
        "# %% [markdown]\n# ## Boom\n\n# %%\nx = 1\nassert x == 2, 'one'\n"
    )
    notebook = tool.make(tool.pages(sample)[0], sample, WHERE)
    tool.save(notebook, sample / "07_try_it.ipynb")
    problem = stepper.step(sample / "07_try_it.ipynb", tmp_path, cell_timeout=60)
    assert "AssertionError: one" in problem and "    assert x == 2" in problem
    assert "Boom" in capsys.readouterr().out


def run_setup(cell: str, folder: Path, address: str, *more: str) -> subprocess.CompletedProcess:
    """The set-up cell in a bare process in `folder`, which cannot see this checkout."""
    guard = (
        "import sys\nsys.path = [p for p in sys.path if p != '']\nsys.meta_path = [f for f in sys.meta_path "
        "if 'editable' not in str(f).lower()]\n"
    )
    script = "\n".join([guard, *more, cell, "import helpers.ready; print(helpers.ready.__file__)"])
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**env, "GRPO_WORKBOOK_REPO": address, "PYTHONSAFEPATH": "1"},
        timeout=120,
    )


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A git repository that stands for the public one: the workbook's frame with nothing to install."""
    place = tmp_path / "origin"
    (place / "helpers").mkdir(parents=True)
    for name in ("ready.py", "rewards.py", "errors.py"):
        shutil.copy(ROOT / "helpers" / name, place / "helpers" / name)
    (place / "helpers" / "__init__.py").write_text("")
    (place / "requirements.txt").write_text("# nothing\npackaging\n")
    (place / "constraints.txt").write_text("packaging==1.0\n")
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"]):
        subprocess.run([*git, *command], cwd=place, check=True)
    return place


@pytest.fixture(scope="session")
def cell() -> str:
    return (ROOT / "notebooks" / "src" / "_setup.py").read_text(encoding="utf-8")


def test_the_set_up_cell_is_short(cell: str) -> None:
    assert len(cell.strip().splitlines()) <= 20


def test_in_an_empty_folder_it_fetches_the_workbook_and_once_only(cell, origin: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    first = run_setup(cell, empty, origin.as_uri())
    assert first.returncode == 0, first.stderr
    told, where = first.stdout.splitlines()
    assert told.startswith("Fetching the workbook") and Path(where).is_relative_to(empty / "grpo-workbook")
    again = run_setup(cell, empty, "file:///nowhere")
    assert again.returncode == 0 and len(again.stdout.splitlines()) == 1, again.stderr


def test_from_notebooks_it_finds_the_checkout_and_prints_nothing(cell, origin: Path) -> None:
    inner = origin / "notebooks" / "solutions"
    inner.mkdir(parents=True)
    done = run_setup(cell, inner, "file:///nowhere")
    assert done.stdout.splitlines() == [str(origin / "helpers" / "ready.py")], done.stderr


def test_a_vs_code_kernel_says_where_its_notebook_is(cell, origin: Path, tmp_path: Path) -> None:
    done = run_setup(
        cell,
        tmp_path.parent,
        "file:///nowhere",
        f"__vsc_ipynb_file__ = {str(origin / 'notebooks' / '00_a.ipynb')!r}",
    )
    assert done.stdout.splitlines() == [str(origin / "helpers" / "ready.py")], done.stderr


def test_another_package_called_helpers_is_not_ours(cell, origin: Path, tmp_path: Path) -> None:
    (tmp_path / "other" / "helpers").mkdir(parents=True)
    (tmp_path / "other" / "helpers" / "__init__.py").write_text("theirs = True\n")
    done = run_setup(
        cell, origin, "file:///nowhere", f"sys.path.insert(0, {str(tmp_path / 'other')!r})", "import helpers"
    )
    assert done.stdout.splitlines() == [str(origin / "helpers" / "ready.py")], done.stderr


def test_without_git_the_reader_is_told(cell, tmp_path: Path) -> None:
    done = run_setup(cell, tmp_path, "file:///nowhere", "import shutil; shutil.which = lambda name: None")
    assert done.returncode != 0 and "git is missing: install it" in done.stderr


def test_an_address_that_does_not_answer_is_named(cell, tmp_path: Path) -> None:
    done = run_setup(cell, tmp_path, "file:///nowhere")
    assert done.returncode != 0 and "git could not fetch file:///nowhere" in done.stderr
    assert not (tmp_path / "grpo-workbook").exists()


def test_what_is_installed_is_not_missing() -> None:
    from helpers.ready import missing

    assert missing(ROOT) == []


def test_missing_packages_are_installed_around_the_torch_that_is_there(tmp_path: Path, monkeypatch) -> None:
    from helpers import ready

    (tmp_path / "requirements.txt").write_text("# a comment\ntorch>=2\nno-such-thing>=3\njupyterlab>=99\n")
    (tmp_path / "constraints.txt").write_text("no-such-thing==3.1\ntorch==1.0\n")
    calls = {}

    def pip(command, **options):
        calls["command"], calls["pins"] = (
            command,
            Path(command[command.index("-c") + 1]).read_text().splitlines(),
        )
        return subprocess.CompletedProcess(command, 1, "", "noise\nERROR: no such thing anywhere")

    monkeypatch.setattr(ready.subprocess, "run", pip)
    with pytest.raises(
        ready.WorkbookError, match="could not install no-such-thing>=3: ERROR: no such thing anywhere"
    ):
        ready.install_missing(tmp_path)
    assert calls["command"][-1] == "no-such-thing>=3"
    import torch

    assert f"torch=={torch.__version__}" in calls["pins"]
    assert "no-such-thing==3.1" not in calls["pins"]


def test_without_a_torch_the_lock_holds_but_the_kernel_stays(tmp_path: Path, monkeypatch) -> None:
    from helpers import ready

    monkeypatch.setattr(ready, "_installed", {"ipython": "9.0", "trl": "1.0"}.get)
    (tmp_path / "constraints.txt").write_text("# lock\ntorch==2.13.0\nIPython==9.18\ntrl==1.16.0\n")
    assert ready._pins(tmp_path) == ["torch==2.13.0", "trl==1.16.0", "ipython==9.0"]
