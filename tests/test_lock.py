"""The lock with hashes says what the constraints say; the page on faults names tests that there are."""

from __future__ import annotations

import ast
import re

import pytest
from packaging.requirements import Requirement
from test_house import ROOT, requirements


def entries() -> dict[str, list[tuple[Requirement, list[str]]]]:
    """Package -> its entries in the lock (one for each kind of machine), each with its hashes."""
    found: dict[str, list[tuple[Requirement, list[str]]]] = {}
    for block in re.split(r"\n(?=\w)", (ROOT / "requirements.lock").read_text(encoding="utf-8").strip()):
        first, *rest = block.replace("\\", "").split("\n")
        one = Requirement(first.strip())
        name = re.sub(r"[-_.]+", "-", one.name).lower()
        found.setdefault(name, []).append((one, [line.strip() for line in rest if line.strip()]))
    return found


def test_every_entry_is_one_version_with_hashes() -> None:
    for name, versions in entries().items():
        for one, hashes in versions:
            assert re.fullmatch(r"==[\w.]+", str(one.specifier)) and one.url is None, name
            assert hashes, name
            assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in hashes), name


def test_the_lock_has_what_is_required_at_the_constraints_versions() -> None:
    lock = entries()
    for name in requirements("requirements.txt") | requirements("requirements-dev.txt"):
        assert name in lock, f"{name} is not in requirements.lock: run `make lock`"
    for name, one in requirements("constraints.txt").items():
        for locked, _ in lock.get(name, []):
            assert str(locked.specifier) == str(one.specifier), f"{name}: run `make lock`"


def test_ci_audits_the_lock() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert re.search(r"pip-audit .*--require-hashes.*-r requirements\.lock", text)


ROWS = re.findall(r"`(test_\w+\.py::\w+)`", (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("line", ROWS)
def test_each_row_of_the_fault_table_has_its_test(line: str) -> None:
    file, name = line.split("::")
    path = next((ROOT / "tests").rglob(file))
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
