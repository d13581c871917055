"""The glossary, and the links that the notebooks' terms get to it when they are built."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from glossary import HEADING, anchor, linked, terms

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
SMALL = """# Glossary

### reward
<!-- also: rewards -->
A number.

### KL
A distance.

### dead group
All equal.

### group
Some.

### parameters
<!-- no links: two meanings -->
Numbers.
"""


@pytest.mark.parametrize(
    "text, expected",
    [
        ("A reward, a reward.", "A [reward](g.md#reward), a reward."),
        ("Rewards and a reward.", "[Rewards](g.md#reward) and a reward."),
        ("**reward**", "**[reward](g.md#reward)**"),
        ("KL, but not kl", "[KL](g.md#kl), but not kl"),
        ("just kl", "just kl"),
        ("a dead group in a group", "a [dead group](g.md#dead-group) in a [group](g.md#group)"),
        ("# A title\n\na reward", "# A title\n\na [reward](g.md#reward)"),
        ("| a | b |\na reward", "| a | b |\na [reward](g.md#reward)"),
        ("a group's mean", "a [group](g.md#group)'s mean"),
        ("`reward` [reward](x.md) rewarding reward_len reward-ish", None),
        ("# The reward\n| reward | 1 |\n```\nreward\n```", None),
        ("<!-- ledger:x -->\nreward\n<!-- /ledger -->", None),
        ("<details><summary>Hint</summary>\nreward\n</details>", None),
        ("parameters", None),
        ("![a reward](picture.png) $reward$", None),
    ],
)
def test_the_first_use_in_prose_is_linked(text: str, expected: str | None) -> None:
    assert linked([text], SMALL, "g.md") == [text if expected is None else expected]


def test_a_term_is_linked_once_a_notebook() -> None:
    assert linked(["no term", "a reward", "rewards"], SMALL, "g")[1:] == ["a [reward](g#reward)", "rewards"]


def test_every_term_stands_once_and_is_explained() -> None:
    found = [match["term"] for match in HEADING.finditer(GLOSSARY)]
    assert len(found) > 40 and len({anchor(term) for term in found}) == len(found)
    for part in re.split(r"^### .*\n(?:<!--.*-->\n)?", GLOSSARY, flags=re.MULTILINE)[1:]:
        text = part.split("\n## ")[0].strip()
        assert len(text) > 40 and text.endswith((".", "].", ".)")), text


def test_the_notebooks_it_names_are_there() -> None:
    numbers = {path.name[:2] for path in NOTEBOOKS}
    assert set(re.findall(r"\[(\d\d)\]", GLOSSARY)) <= numbers


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_links_its_terms(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    found = re.findall(r"\]\(\.\./docs/glossary\.md#([\w-]*)\)", text)
    assert len(found) >= 5 and len(set(found)) == len(found)
    assert set(found) <= set(terms(GLOSSARY).values())
