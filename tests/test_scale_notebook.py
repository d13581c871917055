"""Notebook 08: a cell for each recipe pair, and what was not run is called so."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_notebook_has_a_cell_for_each_recipe_pair_and_says_what_was_not_run() -> None:
    text = (ROOT / "notebooks/src/08_scale_up.py").read_text(encoding="utf-8")
    for task in ("tldr", "math"):
        for model in ("smollm-135m", "llama-3.2-1b"):
            assert text.count(f'recipe("{task}", "{model}")') == 1
    words = " ".join(text.replace("\n#", " ").replace(">", " ").split())
    assert "have not been run on GPUs by us" in words and "an estimate and no measurement" in words
