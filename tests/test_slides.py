"""The slides hold what the notebooks hold: titles, questions, pictures with captions; all in one file."""

from __future__ import annotations

import re
from pathlib import Path

import build_slides
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
PICTURE = new_output(
    "display_data", {"image/png": "AAAA"}, metadata={"image/png": {"alt": 'A "rising" line <3'}}
)


def deck(*cells):
    first = [new_markdown_cell("badge"), new_markdown_cell("# 09 · A title\n\nWords.")]
    return build_slides.deck_of(new_notebook(cells=[*first, *cells]))


def test_sections_questions_and_pictures_become_slides() -> None:
    found = deck(
        new_markdown_cell("## First\n\nSome [words](../x.md).\n\nMore words.\n\n**Predict:** what comes?"),
        new_code_cell("import this", outputs=[PICTURE]),
        new_code_cell("def f(x):\n    return x < 1"),
        new_code_cell("x = 1"),
        new_markdown_cell("<details><summary>An answer</summary>\n\n## Hidden\n\nthat\n</details>"),
    )
    assert [kind for kind, _ in found.slides] == ["title", "text", "ask", "picture", "code"]
    assert found.slides[1][1] == "<h2>First</h2><p>Some words.</p>\n"
    assert found.slides[2][1] == "<h2>Predict</h2><p>What comes?</p>\n"
    assert 'alt="A &quot;rising&quot; line &lt;3"' in found.slides[3][1]
    assert "return x &lt; 1" in found.slides[4][1]
    assert "09 · A title · 5/5" in build_slides.page(found)


def test_html_in_a_notebook_is_shown_and_not_run() -> None:
    found = deck(new_markdown_cell("## <script>alert(1)</script>\n\n<img src=x onerror=alert(1)>"))
    assert "<script>" not in found.slides[1][1] and "<img" not in found.slides[1][1]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_picture_of_a_notebook_is_on_a_slide_with_its_words(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    found = build_slides.deck_of(notebook)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pictures = sum("image/png" in output.get("data", {}) for output in outputs)
    assert [kind for kind, _ in found.slides].count("picture") == pictures
    text = build_slides.page(found)
    assert not re.search(r"""(?:src|href)=["'](?!data:|#)""", text), "something from elsewhere"
    assert not re.search(r'alt=""', text)
    assert sum(kind == "ask" for kind, _ in found.slides) >= 3


def test_the_command_writes_pages_and_an_index(tmp_path: Path) -> None:
    made = build_slides.build(tmp_path, ["00"])
    assert [path.name for path in made] == ["00_start_here.html"]
    assert "00_start_here.html" in (tmp_path / "index.html").read_text(encoding="utf-8")
    with pytest.raises(SystemExit, match="99"):
        build_slides.build(tmp_path, ["99"])
