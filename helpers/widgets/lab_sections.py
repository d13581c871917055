"""What the lab unfolds: each section a box of widgets, and how to bring it to date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets as widgets

from helpers.errors import WorkbookError, one_line
from helpers.text.safe import SHOWN, printable
from helpers.widgets import lab_tables as tables
from helpers.widgets.canvas import WIDTH, html, says
from helpers.widgets.lab_worst import bad_share_of_best, meaning, offenders


@dataclass(frozen=True)
class Section:
    """One fold of the page: its name in code, on its button and above it, its widgets, what brings it to
    date."""

    name: str
    button: str
    title: str
    box: widgets.Widget
    draw: Callable[[], None]


def sections(page: Any) -> list[Section]:
    """All folds of a lab's page, in order."""
    lab = page.lab
    return [
        _rewards(lab),
        _ranking(lab, page.scale),
        _moves(lab),
        _offenders(lab),
        _own(lab),
        _fresh(lab),
        _code(lab),
    ]


def _rewards(lab: Any) -> Section:
    box = widgets.VBox([controls.row() for controls in lab.controls.values()])
    box.add_class("t-rewards")
    return Section("rewards", "Rewards", "Rewards and weights: add, drop, tune", box, lambda: None)


def _ranking(lab: Any, scale: widgets.Widget) -> Section:
    prompt, table = html("t-prompt"), html("t-ranking")

    def draw() -> None:
        row = lab.bank.rows[lab.group - 1]
        prompt.value = says(f"<b>Prompt of group {lab.group}:</b> {escape(printable(row['prompt'], SHOWN))}")
        table.value = tables.ranking(lab.numbers, lab.bank, lab.group - 1)

    batch = (
        "Under <code>batch</code> the standard deviation is that of one training step: "
        f"{lab.batch_groups} groups that follow each other. The bars beside the curve show the scaling "
        "that is chosen here."
    )
    box = widgets.VBox([scale, widgets.HTML(says(batch)), table, prompt])
    return Section("ranking", "Ranking", "Ranking inside the group, and its advantages", box, draw)


def _moves(lab: Any) -> Section:
    table, dead = html("t-moves"), html("t-dead")

    def draw() -> None:
        table.value = tables.moved(lab.numbers)
        dead.value = tables.dead(lab.numbers)

    words = (
        "<b>Share:</b> the part of the total's variance inside a group that comes from each weighted "
        "reward (its covariance with the total over the total's variance), mean over the groups that are "
        f"not dead. Under {tables.DROWNED:.0%} a reward is drowned. "
        "<b>Spread:</b> its own standard deviation inside groups, times its weight."
    )
    box = widgets.VBox([table, widgets.HTML(says(words)), dead])
    return Section("moves", "What moves it", "What moves the total, and which groups are dead", box, draw)


def _offenders(lab: Any) -> Section:
    words, table = html("t-offenders-words"), html("t-offenders")

    def draw() -> None:
        total = lab.numbers.total
        bad, best = bad_share_of_best(lab.judge, total)
        words.value = says(
            f"<b>Plainly bad</b> means: {meaning(lab.judge)}. Of the best paid quarter ({best} samples) "
            f"<b>{bad}</b> are plainly bad. These have the highest totals:"
        )
        table.value = tables.offending(offenders(lab.judge, total), lab.numbers, lab.bank)

    return Section(
        "offenders", "Offenders", "Worst offenders: high reward, bad text", widgets.VBox([words, table]), draw
    )


def _own(lab: Any) -> Section:
    text = widgets.Textarea(
        placeholder="Type a completion",
        description="completion",
        layout={"width": f"{WIDTH}px", "height": "80px"},
    )
    asked, table = html("t-own-prompt"), html("t-own")
    text.add_class("t-own-text")

    def draw(change: Any = None) -> None:
        row = lab.bank.rows[lab.group - 1]
        asked.value = says(
            f"<b>Prompt of group {lab.group}:</b> {escape(printable(row['prompt'], SHOWN))}<br>"
            f"<b>Gold:</b> {escape(printable(row['gold'], SHOWN))}"
        )
        try:
            table.value = _judged(lab, text.value)
        except WorkbookError as error:
            table.value = says(escape(str(error)))

    text.observe(draw, "value")
    return Section(
        "own", "Your own text", "A completion of your own", widgets.VBox([asked, text, table]), draw
    )


def _judged(lab: Any, text: str) -> str:
    paid = lab.try_text(text)
    values = [float("nan") if value is None else value for value in paid.values()]
    parts = [lab.controls[name].part for name in paid]
    counted = [lab.controls[name].on.value for name in paid]
    total = sum(w.weight * v for w, v, c in zip(parts, values, counted, strict=True) if c and v == v)
    better = sum(bool(other > total) for other in lab.numbers.total[lab.numbers.members(lab.group - 1)])
    made = tables.judged(list(paid), [one.weight for one in parts], values, counted)
    size = f"{len(text)} characters, {len(lab.tokens(text))} tokens"
    return made + says(f"{size}. Total <b>{total:.3f}</b> points: rank {better + 1} in group {lab.group}.")


def _fresh(lab: Any) -> Section:
    button = widgets.Button(description="Sample again", tooltip="Fresh completions from the embedded model")
    status = html("t-fresh-status")
    button.add_class("t-fresh")

    def draw() -> None:
        count = f"{len(lab.bank.texts)} completions of {len(lab.bank.rows)} prompts"
        status.value = status.value or says(
            f"{count}: {escape(lab.bank.source)}. Fresh ones take some seconds."
        )

    def click(_: Any) -> None:
        button.disabled, status.value = True, says("Sampling …")
        try:
            lab.sample_again()
            status.value = says(f"{len(lab.bank.texts)} completions: {escape(lab.bank.source)}.")
        except Exception as error:  # whatever torch has to say, one line of it
            status.value = says(escape(f"no fresh samples ({type(error).__name__}: {one_line(error)})"))
        finally:
            button.disabled = False

    button.on_click(click)
    return Section(
        "fresh", "Fresh samples", "Fresh samples from the model", widgets.VBox([button, status]), draw
    )


def _code(lab: Any) -> Section:
    text = html("t-code")

    def draw() -> None:
        try:
            text.value = f'<pre style="font-size:13px;line-height:1.4">{escape(lab.code(show=False))}</pre>'
        except WorkbookError as error:
            text.value = says(escape(str(error)))

    return Section("code", "Code", "To keep: the Python that makes this reward", widgets.VBox([text]), draw)
