"""What a model or a data set says, in a real browser: shown as text, never run, never typeset."""

from __future__ import annotations

import pytest
from jupyter import Notebook, write_notebook

# Each of them would leave a mark in the page if any part of it were run, loaded or typeset.
HOSTILE = (
    "<script>window.taken = 'script'</script>",
    "<img class=taken src=x onerror=\"window.taken = 'image'\">",
    '"></td></table></div><iframe class=taken srcdoc="<b>in</b>"></iframe>',
    "<style class=taken>* {display: none !important}</style>",
    r"$$\href{javascript:taken}{x} \text{taken}$$ \(a^2\) \[b^2\] $c^2$",
    "\x1b]0;taken\x07\x1b[31mred\x00",
)
MARKS = "script.taken, img.taken, iframe.taken, style.taken, img[src='x'], mjx-container, .MathJax"
START = f"""
import json
from pathlib import Path

HOSTILE = {HOSTILE!r}
usual = {{"step": 1, "prompt": HOSTILE[0], "token_ids": [], "rewards": {{"reward_len": -1}}, "advantage": 1}}
rows = [usual | {{"completion": text}} for text in HOSTILE]
print(len(rows))
"""
SCOPE = """
from helpers.runs import load_run
from helpers.widgets.microscope import microscope

folder = Path("runs/hostile")
folder.mkdir(parents=True)
model = {"name": "tiny", "path": "data/tiny-llama"}
start = {"task": "tldr", "model": model, "seed": 0, "config": {"num_generations": 6}}
(folder / "run.json").write_text(json.dumps(start))
(folder / "completions.jsonl").write_text("".join(json.dumps(row) + "\\n" for row in rows))
microscope(load_run(folder))
"""
LIVE = """
from helpers.widgets.live import live_view

view = live_view()
view.begin(2, [HOSTILE[1]])
usual = {"reward": -1.5, "reward_std": 0.25, "length": 11.5, "length_chars": 40.0, "entropy": 0.5}
for step in (1, 2):
    view.looked(step, rows)
    view.step({"step": step, **usual, HOSTILE[1] + "_mean": -1.5, "dead_groups": 0.2, "truncated": 0.5}, rows)
view.end("finished")
"""
LAB = """
from helpers.tasks import TLDR
from helpers.widgets import samples
from helpers.widgets.lab import reward_lab

said = [{"prompt": HOSTILE[0], "gold": HOSTILE[1], "completions": list(HOSTILE), "token_ids": [[5]] * 6}] * 2
reward_lab("tldr", samples=samples.bank(TLDR, said))
"""
DOCTOR = """
from helpers.doctor.report import Notes, Report

notes = Notes()
for text in HOSTILE:
    notes.add("yellow", "hostile", text, text)
Report(HOSTILE[0], tuple(notes.findings))
"""
QUIZ = """
from helpers.widgets.quiz import quiz

quiz(HOSTILE[4] + HOSTILE[0], {HOSTILE[1]: HOSTILE[3], HOSTILE[4]: HOSTILE[2]}, HOSTILE[1])
"""
SHOWN = {"microscope": SCOPE, "live view": LIVE, "lab": LAB, "doctor": DOCTOR, "quiz": QUIZ}


@pytest.fixture(scope="module")
def notebook(open_notebook, server) -> Notebook:
    write_notebook(server.workbook / "hostile.ipynb", [START, *SHOWN.values()])
    opened = open_notebook("hostile.ipynb")
    opened.page.on("dialog", lambda dialog: opened.complaints.append(f"dialog: {dialog.message}"))
    opened.run_all()
    opened.page.wait_for_timeout(3000)  # time for whatever might run or be typeset late
    return opened


@pytest.mark.parametrize("number, name", enumerate(SHOWN, start=1), ids=lambda value: str(value))
def test_it_is_there_as_text(notebook, number, name):
    cell = notebook.page.locator(".jp-Notebook .jp-CodeCell").nth(number).locator(".jp-Cell-outputArea")
    shown = " ".join(cell.inner_text().split())
    assert "window.taken = 'script'" in shown or "window.taken = 'image'" in shown, shown[:500]


def test_nothing_of_it_runs_loads_or_is_typeset(notebook):
    assert notebook.faults() == []
    assert notebook.page.evaluate("() => window.taken") is None
    cells = notebook.page.locator(".jp-Notebook .jp-CodeCell")
    for number, name in enumerate(SHOWN, start=1):
        found = cells.nth(number).locator(f".jp-OutputArea :is({MARKS})")
        assert found.evaluate_all("all => all.map(one => one.outerHTML)") == [], name
    assert "taken" not in notebook.page.title()
    assert notebook.complaints == [] and notebook.elsewhere == []
