"""Colab: the set-up cell in a clean environment laid out like Colab's, and the settings for its T4."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement

from helpers.hardware import fit_memory, hardware_options
from helpers.models import LLAMA, RECIPE, SMOLLM, compute_dtype
from helpers.ready import HOSTS
from helpers.sizes import SHAPES, shape_on_paper
from helpers.trainer.settings import keep_fp32, precision

ROOT = Path(__file__).resolve().parents[1]
WANTED = [
    Requirement(line)
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]
ABSENT = {"trl": "1.16.2", "bitsandbytes": "0.49.3", "math-verify": "0.9.0", "rouge-score": "0.1.2"}
NEEDS = {
    "trl": ["torch>=2.6", "transformers>=5.0", "numpy", "accelerate>=1.10"],
    "bitsandbytes": ["torch<3,>=2.3", "numpy>=1.17"],
    "math-verify": ["latex2sympy2-extended==1.11.0"],
}
# What the index has and nobody may take: newer versions of what Colab has.
BAIT = {"torch": "2.13.0", "numpy": "99.0", "transformers": "5.99", "matplotlib": "9.9", "accelerate": "1.99"}


def oldest(wanted: Requirement) -> str:
    """The lowest version that a range allows."""
    return next(one.version for one in wanted.specifier if one.operator == ">=")


# What Colab brings: the lowest that the ranges allow, torch with its CUDA tag.
BROUGHT = {one.name: oldest(one) for one in WANTED if one.name not in HOSTS | ABSENT.keys()}
BROUGHT |= {"torch": BROUGHT["torch"] + ".0+cu124", "torchvision": "0.21.0+cu124", "numpy": "1.26.4"}


def folder_name(name: str, version: str) -> str:
    return f"{name.replace('-', '_')}-{version}.dist-info"


def metadata_of(name: str, version: str, needs: list[str]) -> str:
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(
        f"Requires-Dist: {one}\n" for one in needs
    )


def write_wheel(folder: Path, name: str, version: str, needs: list[str]) -> None:
    """A wheel with a module that says its version."""
    info, module = folder_name(name, version), name.replace("-", "_")
    files = {
        f"{module}/__init__.py": f"version = {version!r}\n",
        f"{info}/METADATA": metadata_of(name, version, needs),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"{module}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> Path:
    """A folder of wheels that stands for the package index."""
    folder = tmp_path_factory.mktemp("index")
    for name, version in {**ABSENT, **BAIT, "latex2sympy2-extended": "1.11.0"}.items():
        write_wheel(folder, name, version, NEEDS.get(name, []))
    return folder


@pytest.fixture(scope="module")
def bare_repo(tmp_path_factory) -> Path:
    """The public repository as it would be with this checkout's files, bare, to clone from."""
    place = tmp_path_factory.mktemp("origin")
    work = place / "work"
    shutil.copytree(ROOT / "helpers", work / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements.txt", "constraints.txt"):
        shutil.copy(ROOT / name, work / name)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"]):
        subprocess.run([*git, *command], cwd=work, check=True)
    subprocess.run([*git, "clone", "-q", "--bare", str(work), str(place / "bare.git")], check=True)
    return place / "bare.git"


class Colab:
    """A machine laid out like Colab's: an empty `content`, an environment of its own, older packages."""

    def __init__(self, place: Path, index: Path, repo: Path) -> None:
        self.content, self.index, self.repo = place / "content", index, repo
        (self.content / "sample_data").mkdir(parents=True)
        subprocess.run([sys.executable, "-m", "venv", str(place / "env")], check=True)
        self.python = next(place.glob("env/[bS]*/python*"))
        self.site = next((place / "env").glob("[lL]ib/**/site-packages"))
        here = Path(importlib.metadata.distribution("packaging").locate_file("packaging"))
        shutil.copytree(here, self.site / "packaging")
        for name, version in {**BROUGHT, "packaging": importlib.metadata.version("packaging")}.items():
            info = self.site / folder_name(name, version)
            info.mkdir()
            (info / "METADATA").write_text(metadata_of(name, version, []))
            (info / "INSTALLER").write_text("colab")
            (info / "RECORD").write_text("")
        (self.site / "google" / "colab").mkdir(parents=True)
        (self.site / "google" / "colab" / "__init__.py").write_text("")

    def cell(self, then: str = "", **pip: str) -> subprocess.CompletedProcess:
        """Run the set-up cell of notebook 03, as it is stored, in a fresh kernel's place."""
        notebook = json.loads((ROOT / "notebooks" / "03_train_tldr.ipynb").read_text(encoding="utf-8"))
        first = next("".join(one["source"]) for one in notebook["cells"] if one["cell_type"] == "code")
        ours = re.compile(r"PIP_|PYTHON|GRPO_|VIRTUAL_ENV")
        env = {key: value for key, value in os.environ.items() if not ours.match(key)}
        env |= {"GRPO_WORKBOOK_REPO": self.repo.as_uri(), "PIP_CONFIG_FILE": os.devnull}
        env |= pip or {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.index)}
        return subprocess.run(
            [str(self.python), "-c", f"{first}\n{then}"],
            cwd=self.content, env=env, capture_output=True, text=True, timeout=300,
        )  # fmt: skip

    def installed(self) -> dict[str, str]:
        """Name and version of every package."""
        code = "import importlib.metadata as m; print({d.name: d.version for d in m.distributions()})"
        done = subprocess.run([str(self.python), "-c", code], capture_output=True, text=True, check=True)
        return __import__("ast").literal_eval(done.stdout)


@pytest.fixture(scope="module")
def colab(tmp_path_factory, index, bare_repo) -> Colab:
    return Colab(tmp_path_factory.mktemp("machine"), index, bare_repo)


def test_first_cell_fetches_installs_what_is_missing_and_keeps_the_rest(colab):
    before = colab.installed()
    then = "import helpers.runs, trl, bitsandbytes as b; print(helpers.runs.__file__, trl.version, b.version)"
    done = colab.cell(then)
    assert done.returncode == 0, done.stdout + done.stderr
    fetching, installing, last = done.stdout.splitlines()
    assert fetching.startswith("Fetching the workbook") and installing.startswith("Installing with pip, once")
    assert str(colab.content / "grpo-workbook" / "helpers") in last and last.endswith("1.16.2 0.49.3")
    after = colab.installed()
    assert {name: after[name] for name in before} == before, "something that was there has been changed"
    assert after.keys() - before.keys() == ABSENT.keys() | {"latex2sympy2-extended"}
    for one in WANTED:
        if one.name not in HOSTS:
            assert one.specifier.contains(after[one.name], prereleases=True), one


def test_a_second_run_does_and_says_nothing(colab):
    if not (colab.content / "grpo-workbook").exists():
        colab.cell()
    stamps = {path: path.stat().st_mtime_ns for path in colab.site.iterdir()}
    done = colab.cell(PIP_NO_INDEX="1", PIP_FIND_LINKS="/nowhere")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert stamps == {path: path.stat().st_mtime_ns for path in colab.site.iterdir()}


@pytest.fixture
def fresh(colab, tmp_path) -> Colab:
    """The same machine, before the first cell."""
    env = colab.site
    for name in (*ABSENT, "latex2sympy2-extended"):
        for path in env.glob(f"{name.replace('-', '_')}*"):
            shutil.rmtree(path)
    shutil.rmtree(colab.content / "grpo-workbook", ignore_errors=True)
    return colab


def test_no_network_is_one_clear_line(fresh):
    done = fresh.cell(PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="0")
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("helpers.errors.WorkbookError: pip could not install trl")
    assert last.endswith("are you online?")
    assert fresh.installed()["torch"] == BROUGHT["torch"] and "trl" not in fresh.installed()


def test_a_package_that_wants_a_newer_torch_is_refused_not_obeyed(fresh, index, tmp_path):
    other = tmp_path / "index"
    shutil.copytree(index, other)
    (other / "trl-1.16.2-py3-none-any.whl").unlink()
    write_wheel(other, "trl", "1.16.2", ["torch>=2.9"])
    done = fresh.cell(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(other))
    assert done.returncode != 0 and "pip could not install" in done.stderr.splitlines()[-1]
    after = fresh.installed()
    assert (after["torch"], after["numpy"]) == (BROUGHT["torch"], BROUGHT["numpy"]) and "trl" not in after


T4, A100 = 15_835_660_288, 42_505_273_344  # bytes, as the driver counts a 16 GB and a 40 GB card


@pytest.mark.parametrize(
    ("model", "length", "memory", "batch"),
    [(SMOLLM, 512, T4, 4), (SMOLLM, 96, T4, 4), (LLAMA, 512, T4, 4), (LLAMA, 96, T4, 4),
     (LLAMA, 4096, A100, 2), (LLAMA, 2048, T4, 1), (SMOLLM, 2048, T4, 4), (LLAMA, 512, T4 / 2, 1)],
    ids=["smollm math", "smollm tldr", "llama math", "llama tldr", "long answers on 40 GB", "long answers",
         "long answers of a small model", "llama on 8 GB"],
)  # fmt: skip
def test_a_step_stays_the_same_while_its_batches_shrink(model, length, memory, batch):
    options = {**RECIPE, "max_completion_length": length, "optim": "adamw_8bit"}
    fitted = fit_memory(shape_on_paper(SHAPES[model.name]), options, memory)
    assert fitted == {"per_device_train_batch_size": batch, "gradient_accumulation_steps": 16 // batch}


def a_gpu(monkeypatch, memory: int, bf16: bool) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(
        torch.cuda, "is_bf16_supported", lambda including_emulation=True: bf16 or including_emulation
    )
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: SimpleNamespace(total_memory=memory))


def test_a_t4_computes_in_fp16_with_checkpointing_and_no_flash_attention(monkeypatch, random_model):
    import torch

    a_gpu(monkeypatch, T4, bf16=False)
    assert compute_dtype() is torch.float16
    assert precision({}) == {"use_cpu": False, "bf16": False, "fp16": True, "gradient_checkpointing": True}
    recipe = {"per_device_train_batch_size": 4, "gradient_accumulation_steps": 4}
    assert hardware_options("math", random_model) == recipe
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "helpers").rglob("*.py"))
    assert "flash_attention" not in text and "flash_attn" not in text


def test_on_a_processor_nothing_is_set(random_model):
    assert hardware_options("math", random_model) == {}


@pytest.mark.parametrize(("fp16", "kept"), [(True, "torch.float32"), (False, "torch.bfloat16")])
def test_what_fp16_trains_is_in_fp32(fp16, kept):
    import torch

    layers = torch.nn.ModuleList(torch.nn.Linear(2, 2, bias=False, dtype=torch.bfloat16) for _ in range(2))
    layers[0].requires_grad_(False)
    keep_fp32(SimpleNamespace(args=SimpleNamespace(fp16=fp16), model=layers))
    assert [str(layer.weight.dtype) for layer in layers] == ["torch.bfloat16", kept]
