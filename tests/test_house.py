"""The house rules: what stands where, what may look into what, and what must never be committed."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]

# Small rooms that any other room may use, and which room may look into which topic: data walks one way,
# task -> model -> training -> run -> evaluation -> plots.
FLOOR = {"errors", "files", "machine", "progress", "quiet"}
MAY = {
    **{room: set() for room in FLOOR},
    "ready": set(),
    "launching": set(),
    "costs": {"sizes", "specs"},
    "text": set(),
    "verifier": {"text"},
    "answers": {"text", "verifier"},
    "rewards": {"answers", "text"},
    "hub": set(),
    "tasks": {"rewards", "hub"},
    "specs": set(),
    "memory": set(),
    "sizes": {"specs", "memory"},
    "models": {"specs", "hub"},
    "hardware": {"tasks", "models", "memory"},
    "rows": set(),
    "runs": {"rows"},
    "trainer": {"rewards", "tasks", "models", "runs", "text"},
    "training": {"tasks", "models", "runs", "trainer"},
    "sampling": {"tasks", "models"},
    "rollouts": {"sampling"},
    "grpo": {"rollouts"},
    "metrics": {"answers", "rewards", "text", "tasks", "sampling"},
    "trained": {"tasks", "models", "runs", "sampling"},
    "evaluation": {"tasks", "models", "runs", "rows", "sampling", "metrics", "text", "trained"},
    "after": {"ledger", "tasks", "models", "runs", "sampling", "trained"},
    "baselines": {"answers", "tasks", "models", "rollouts", "runs", "sampling", "trainer"},
    "ledger": {"runs", "rows"},
    "reporting": {"ledger", "pictures", "runs"},
    "pictures": {"rows", "runs"},
    "plots": {"pictures"},
    "checks": set(),
    "guesses": set(),
    "museum": {"pictures", "plots", "ready", "rewards", "tasks", "runs", "training"},
    "widgets": {
        "after", "answers", "grpo", "models", "pictures", "plots", "rewards", "runs", "sampling", "tasks",
        "text", "trained", "trainer",
    },
    "doctor": {
        "memory", "metrics", "models", "ready", "rollouts", "runs", "sampling", "tasks", "trainer",
    },
}  # fmt: skip
STANDARD_ONLY = ("runs", "rows", "ledger", "files", "errors", "guesses")
LIGHT = (
    "rewards", "answers", "text.rouge", "plots", "pictures.comparisons", "pictures.gallery", "runs", "checks",
    "ready", "launching", "costs", "specs", "sizes", "memory", "hub",
)  # fmt: skip
CARD = {
    "jupyterlab", "ipywidgets", "matplotlib", "datasets", "transformers", "torch", "trl", "peft",
    "accelerate", "bitsandbytes", "wandb", "math-verify", "nbval",
}  # fmt: skip


@cache
def tracked() -> list[Path]:
    """Every file that is committed, or would be by `git add .`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git checkout")
    return sorted({ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()})


@cache
def texts() -> dict[str, str]:
    """Name and text of every tracked text file."""
    found = {}
    for path in tracked():
        try:
            found[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


def python_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imports(path: Path) -> set[str]:
    """Full names of the modules a file imports, anywhere in it; `from a import b` counts as a and a.b."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name} imports relatively: write `from helpers…`"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def room_of(path: Path) -> str:
    """The room a file of helpers/ belongs to."""
    return path.relative_to(ROOT / "helpers").parts[0].removesuffix(".py")


@cache
def looks_into() -> dict[str, set[str]]:
    """For each room of helpers, the rooms it imports from."""
    rooms = {room_of(path) for path in python_files("helpers")}
    graph: dict[str, set[str]] = {room: set() for room in rooms}
    for path in python_files("helpers"):
        names = {name.split(".")[1] for name in imports(path) if name.startswith("helpers.")}
        graph[room_of(path)] |= (names & rooms) - {room_of(path)}
    return graph


def test_every_room_is_known_and_looks_only_where_it_may() -> None:
    for room, others in looks_into().items():
        if room in ("__init__", "__main__"):
            continue
        assert room in MAY, (
            f"helpers/{room}.py is new: say in MAY (tests/test_house.py) what it may look into"
        )
        extra = others - MAY[room] - FLOOR
        assert not extra, f"helpers/{room}.py imports {', '.join(sorted(extra))}: it may not look in there"


def test_no_room_is_imported_in_a_circle() -> None:
    list(TopologicalSorter(looks_into()).static_order())


def test_no_module_is_imported_in_a_circle() -> None:
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in python_files("helpers")}
    list(TopologicalSorter({name: imports(path) & set(names) for name, path in names.items()}).static_order())


def test_helpers_init_holds_only_a_docstring() -> None:
    body = ast.parse((ROOT / "helpers" / "__init__.py").read_text(encoding="utf-8")).body
    assert len(body) == 1 and isinstance(body[0].value, ast.Constant)


@pytest.mark.parametrize("room", STANDARD_ONLY)
def test_the_ledger_needs_only_the_standard_library(room: str) -> None:
    for path in python_files("helpers"):
        if room_of(path) == room:
            names = {name.split(".")[0] for name in imports(path)}
            assert names <= set(sys.stdlib_module_names) | {"helpers"}, path.name


@pytest.mark.parametrize("room", LIGHT)
def test_light_rooms_load_neither_torch_nor_trl(room: str) -> None:
    heavy = "{'torch', 'trl', 'transformers'}"
    code = f"import helpers.{room}, sys; print({heavy} & set(sys.modules) or 'none')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "none", done.stdout + done.stderr


def test_nothing_is_called_utils() -> None:
    word = "uti" + "ls"
    assert [path for path in tracked() if word in path.relative_to(ROOT).as_posix().lower().split("/")] == []
    assert [path for path in tracked() if path.stem.lower() in (word, word[:-1])] == []


@pytest.mark.parametrize("path", python_files("helpers", "tools"), ids=lambda path: path.name)
def test_modules_and_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 250, "split this module: 250 lines at most"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[1 if ast.get_docstring(node) and len(node.body) > 1 else 0]
            assert node.end_lineno - first.lineno < 45, f"{node.name} has a body of more than 45 lines"


@pytest.mark.parametrize("path", python_files("helpers"), ids=lambda path: path.name)
def test_nothing_is_unfinished_and_nothing_evaluates_text(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\bTODO\b|\bFIXME\b|NotImplementedError", text)
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    assert not {"eval", "exec"} & {call.func.id for call in calls if isinstance(call.func, ast.Name)}


def address() -> str:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]["Repository"]


def test_the_public_address_stands_in_one_place() -> None:
    """Only what is made from pyproject.toml may repeat it: notebooks and the README (make notebooks)."""
    owner = address().removeprefix("https://github.com/")
    made = ("pyproject.toml", "README.md")
    for name, text in texts().items():
        if name not in made and not (name.startswith("notebooks/") and name.endswith(".ipynb")):
            assert f"{owner}" not in text, f"{name} repeats the public address: take it from pyproject.toml"


def test_every_badge_leads_to_a_file() -> None:
    start = "https://colab.research.google.com/github/" + address().removeprefix("https://github.com/")
    for name, text in texts().items():
        if name.startswith(("tests/", "tools/")):
            continue
        for link in re.findall(r"https://colab\.research\.google\.com/github/[^)\s\"\\]+", text):
            assert link.startswith(start + "/blob/main/"), f"{name}: {link} leads to another repository"
            assert (ROOT / link.removeprefix(start + "/blob/main/")).is_file(), (
                f"{name}: {link} leads nowhere"
            )


def test_links_in_markdown_lead_to_files() -> None:
    for name, text in texts().items():
        if name.endswith(".md"):
            for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
                if "://" not in link and not link.startswith("mailto:"):
                    assert ((ROOT / name).parent / link).exists(), f"{name}: {link} leads nowhere"


def requirements(name: str) -> dict[str, Requirement]:
    lines = [line.strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {re.sub(r"[-_.]+", "-", one.name).lower(): one for one in found}


def test_requirements_name_the_cards_packages() -> None:
    assert requirements("requirements.txt").keys() >= CARD


def test_requirements_are_ranges_and_the_lock_is_exact_and_fits_them() -> None:
    lock = requirements("constraints.txt")
    assert all(re.fullmatch(r"==[\w.]+", str(one.specifier)) for one in lock.values())
    for name, wanted in (requirements("requirements.txt") | requirements("requirements-dev.txt")).items():
        assert "==" not in str(wanted.specifier), f"{name}: a pin would reinstall Colab's own"
        version = str(lock[name].specifier).removeprefix("==")
        assert wanted.specifier.contains(version), f"{wanted} excludes the locked {version}"


def test_the_lock_serves_cpu_and_gpu() -> None:
    lock = requirements("constraints.txt")
    assert str(lock["torch"].specifier) == "==2.13.0"
    assert str(lock["transformers"].specifier).startswith("==5.17.")
    assert str(lock["trl"].specifier).startswith("==1.16.")
    assert str(lock["huggingface-hub"].specifier).startswith("==1.")
    assert not [name for name in lock if re.match(r"nvidia|cuda|triton|vllm|grpo-workbook", name)]


def test_ci_calls_the_readmes_test_commands() -> None:
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    fenced = re.findall(r"```[^\n]*\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    for command in ("make test", "make test-ui"):
        for block in (run, "\n".join(fenced)):
            assert re.search(rf"^{command}(?!\S)", block, re.MULTILINE), command
    assert ".ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")


def test_files_are_small_enough_to_clone() -> None:
    sizes = {path: path.stat().st_size for path in tracked()}
    assert [path for path, size in sizes.items() if size > 8e6] == []
    assert sum(sizes.values()) <= 30e6


def test_no_file_names_a_registry_or_this_machine() -> None:
    words = [
        "py" + "pi.org",
        "python" + "hosted",
        "download.py" + "torch",
        "/opt" + "/wheels",
        ".." + "/shared",
    ]
    words += [f"/{folder}/" for folder in ("work", "root", "home", "Users")]
    for name, text in texts().items():
        for word in words:
            if name != "tests/test_house.py" and word in text:
                at = text.index(word)
                pytest.fail(f"{name} names {word!r}: …{text[max(0, at - 40) : at + 40]}…")


@pytest.mark.parametrize("name", [".venv", "build", "runs", "my_notebooks", "wandb"])
def test_what_a_run_leaves_is_ignored(name: str) -> None:
    done = subprocess.run(["git", "check-ignore", "-q", f"{name}/x"], cwd=ROOT)
    if done.returncode == 128:
        pytest.skip("not a git checkout")
    assert done.returncode == 0


def test_no_environment_is_committed_not_even_a_link_to_one() -> None:
    """A committed `.venv` replaces the real one wherever that commit is checked out."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", ".venv"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "", "git would commit .venv: ignore /.venv without a slash, for links too"


def test_stored_notebooks_are_clean() -> None:
    """Executed, without widget state, errors, or warnings on stderr."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")) + sorted(
        (ROOT / "notebooks").glob("solutions/*.ipynb")
    ):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        assert "widgets" not in notebook["metadata"], path.name
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                assert output["output_type"] != "error", f"{path.name}: cell {cell['id']} raised"
                assert output.get("name") != "stderr", f"{path.name}: cell {cell['id']} complains on stderr"
