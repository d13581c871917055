"""The workflow files: who may start them, with what rights, for how long; and the GPU's switch of the model.

actionlint checks them in CI, and here where it is installed.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / ".github" / "workflows"
FILES = sorted(PLACE.glob("*.yml"))

# The one job that may do more than read: it publishes the site, from main alone.
MORE = {("site.yml", "publish"): {"pages": "write", "id-token": "write"}}


def read(name: str) -> dict[str, Any]:
    found = yaml.safe_load((PLACE / name).read_text(encoding="utf-8"))
    found["on"] = found.pop(True)  # YAML takes the key `on` for a truth value
    return found


def steps(job: dict[str, Any]) -> list[dict[str, Any]]:
    return job["steps"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_rights_are_minimal_and_every_job_ends(path):
    found = read(path.name)
    assert found["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in found["on"] and "workflow_run" not in found["on"]
    for name, job in found["jobs"].items():
        assert job["timeout-minutes"] <= 90, name
        assert job.get("permissions", {}) == MORE.get((path.name, name), {}), f"{name} asks for more"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_actions_are_pinned_and_no_script_holds_what_a_stranger_can_write(path):
    for job in read(path.name)["jobs"].values():
        for step in steps(job):
            assert re.search(r"(@v\d+|@[0-9a-f]{40}|:\d+\.\d+\.\d+)$", step.get("uses", "x@v1")), step
            assert "${{" not in step.get("run", ""), f"put it into env: {step}"
            assert "secrets." not in json.dumps(step)


def test_the_site_is_published_from_main_alone_and_only_when_switched_on():
    found = read("site.yml")
    assert found["on"]["push"] == {"branches": ["main"]} and "pull_request" not in found["on"]
    assert found["jobs"]["publish"]["if"] == "vars.PAGES == 'true' && github.ref == 'refs/heads/main'"
    assert [step["run"] for step in steps(found["jobs"]["build"]) if "run" in step] == ["make site"]


def test_the_gpu_runs_main_alone_and_only_where_there_is_a_runner():
    found = read("gpu.yml")
    assert set(found["on"]) == {"workflow_dispatch", "schedule"}, "no push, and no pull request of anyone"
    assert found["on"]["workflow_dispatch"]["inputs"]["steps"]["type"] == "number"
    (job,) = found["jobs"].values()
    assert job["if"] == "vars.GPU_RUNNER != '' && github.ref == 'refs/heads/main'"
    assert job["runs-on"] == "${{ vars.GPU_RUNNER }}"
    checkout = next(step for step in steps(job) if step.get("uses", "").startswith("actions/checkout"))
    assert checkout["with"]["persist-credentials"] is False


def switch() -> str:
    (job,) = read("gpu.yml")["jobs"].values()
    return next(step["run"] for step in steps(job) if step.get("name", "").startswith("Switch the model"))


@pytest.mark.skipif(sys.platform != "linux", reason="the runner is a Linux one")
def test_the_switch_puts_smollm_into_the_training_notebooks(tmp_path):
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    done = subprocess.run(
        ["bash", "-e", "-c", switch()],
        cwd=tmp_path, env={"STEPS": "7", "PATH": "/usr/bin:/bin"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for name in ("03_train_tldr", "04_train_math"):
        cells = json.loads((tmp_path / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
        code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        assert 'MODEL = "smollm-135m"' in code and 'MODEL = "tiny"' not in code and "STEPS = 7 " in code
    for path in (tmp_path / "notebooks").rglob("*.ipynb"):
        if path.parent.name != "notebooks":
            assert path.read_bytes() == (ROOT / path.relative_to(tmp_path)).read_bytes(), path.name


@pytest.mark.skipif(sys.platform != "linux", reason="the runner is a Linux one")
def test_the_switch_fails_when_there_is_nothing_to_switch(tmp_path):
    (tmp_path / "notebooks").mkdir()
    for name in ("03_a", "04_b"):
        (tmp_path / "notebooks" / f"{name}.ipynb").write_text('"MODEL = other"')
    done = subprocess.run(
        ["bash", "-e", "-c", switch()], cwd=tmp_path, env={"STEPS": "7", "PATH": "/usr/bin:/bin"}
    )
    assert done.returncode != 0


def test_actionlint_has_nothing_to_say():
    if (tool := shutil.which("actionlint")) is None:
        pytest.skip("actionlint is not installed here; CI runs it")
    done = subprocess.run([tool, *map(str, FILES)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
