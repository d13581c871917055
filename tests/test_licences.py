"""What a reader may do with each part is said, as in pyproject.toml; how to cite, how to contribute."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_code_text_data_and_models_each_have_the_projects_licence() -> None:
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    said = dict(
        re.findall(r"^\| (code|text|data|models): .*\| \[([\w-]+)\]\(\.\./LICENSE\) \|$", page, re.MULTILINE)
    )
    assert said == dict.fromkeys(("code", "text", "data", "models"), PROJECT["license"])
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith(f"{PROJECT['license']} License")
    card = (ROOT / "data" / "tiny-llama" / "README.md").read_text(encoding="utf-8")
    assert f"license: {PROJECT['license'].lower()}" in card


def test_every_folder_of_data_is_named_under_some_licence() -> None:
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8") + (
        ROOT / "data" / "README.md"
    ).read_text()
    for folder in (path for path in (ROOT / "data").iterdir() if path.is_dir()):
        assert folder.name in page, f"data/{folder.name} has no licence"


def test_the_citation_file_is_whole() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= cited.keys()
    assert cited["cff-version"] == "1.2.0" and cited["type"] == "software"
    assert all(author.get("name") or author.get("family-names") for author in cited["authors"])
    assert (cited["version"], cited["license"]) == (PROJECT["version"], PROJECT["license"])


def test_contributing_takes_five_lines_whose_commands_exist() -> None:
    page = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert re.findall(r"^(\d)\. ", page, re.MULTILINE) == list("12345")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([a-z-]+)", page):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target} is no target"
