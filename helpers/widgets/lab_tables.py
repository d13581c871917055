"""The lab's tables and bars as HTML, every text from a model or a reader escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from helpers.pictures.look import BLUE, RED, SKY
from helpers.text.safe import SHOWN, printable
from helpers.widgets.lab_numbers import SCALES, Numbers
from helpers.widgets.lab_pictures import UNIT
from helpers.widgets.lab_worst import Offender
from helpers.widgets.samples import Bank

DROWNED = 0.05
ONE_LINE = "overflow:hidden;white-space:nowrap;text-overflow:ellipsis;max-width:{width}px"


def number(value: float, digits: int = 2) -> str:
    """A number as the tables write it; None for NaN, as a reward says it."""
    return "None" if np.isnan(value) else f"{value:.{digits}f}"


def signed(value: float) -> str:
    """An advantage as the tables write it; what rounds to nothing has no minus."""
    return f"{round(float(value), 2) + 0.0:+.2f}"


def breakable(name: str) -> str:
    """A name as HTML that may break after each underscore, so that many columns fit."""
    return escape(name).replace("_", "_<wbr>")


def table(head: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """A table; the last `left` columns hold text, the others numbers. Cells are HTML: escape texts first."""
    sides = ["right"] * (len(head) - left) + ["left"] * left

    def line(cells: Sequence[str], tag: str) -> str:
        pairs = zip(cells, sides, strict=True)
        where = "padding:2px 8px;vertical-align:top"
        made = (f'<{tag} style="{where};text-align:{side}">{cell}</{tag}>' for cell, side in pairs)
        return f"<tr>{''.join(made)}</tr>"

    body = "".join(line(row, "td") for row in rows)
    look = "border-collapse:collapse;font-size:13px;line-height:1.35"
    return f'<table style="{look}">{line(head, "th")}{body}</table>'


def bar(value: float, low: float, high: float, width: int = 90) -> str:
    """A horizontal bar from 0 to `value`, on a scale from low <= 0 to high >= 0, `width` pixels for all of
    it."""
    scale = width / (high - low) if high > low else 0.0
    value = 0.0 if np.isnan(value) else float(value)
    start, size = (min(value, 0.0) - low) * scale, abs(value) * scale
    fill = f"margin-left:{start:.0f}px;width:{size:.0f}px;background:{BLUE if value >= 0 else RED}"
    return f'<div style="width:{width}px"><div style="height:11px;margin-top:3px;{fill}"></div></div>'


def readout(numbers: Numbers, group: int) -> str:
    """The line under the picture."""
    total = numbers.total[numbers.members(group)]
    everything = numbers.total[np.isfinite(numbers.total)]
    mean = number(float(everything.mean())) if len(everything) else "None"
    best = "None" if np.isnan(total).all() else number(float(np.nanmax(total)))
    return (
        f"mean total <b>{mean}</b> points over {len(numbers.total)} samples · "
        f"dead groups <b>{int(numbers.dead.sum())} of {len(numbers.dead)}</b> ({numbers.dead_share:.0%}) · "
        f"group {group + 1}: best {best}, spread {number(float(numbers.spread[group]))} points"
    )


def advantages(numbers: Numbers, bank: Bank, group: int, scale: str) -> str:
    """The group at a glance: advantage as number and bar, and the start of the text, best total first."""
    places = numbers.ranking(group)
    values = numbers.advantages[scale][places]
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    rows = []
    for place, value in zip(places, values, strict=True):
        start = escape(printable(bank.texts[place], SHOWN)) or "(empty)"
        text = f'<div style="{ONE_LINE.format(width=215)}">{start}</div>'
        rows.append([signed(value), bar(float(value), low, high), text])
    dead = " A dead group: nothing to learn." if numbers.dead[group] else ""
    made = table(["adv.", "", f"group {group + 1}, best first"], rows, left=2)
    return f'{made}<div style="padding:2px 8px;line-height:1.4">advantage in {UNIT[scale]}.{dead}</div>'


def ranking(numbers: Numbers, bank: Bank, group: int) -> str:
    """One group, best total first: each reward, the total, the advantage under each scaling, the text."""
    head = [
        "rank",
        *map(breakable, numbers.names),
        "total",
        *(f"adv. {scale}" for scale in SCALES),
        "completion",
    ]
    inside = {scale: numbers.advantages[scale][numbers.members(group)] for scale in SCALES}
    rows = []
    for rank, place in enumerate(numbers.ranking(group), start=1):
        cells = [str(rank), *(number(float(value)) for value in numbers.matrix[place])]
        cells.append(f"<b>{number(float(numbers.total[place]))}</b>")
        for scale, values in inside.items():
            value = float(numbers.advantages[scale][place])
            ends = min(0.0, float(values.min())), max(0.0, float(values.max()))
            cells.append(f"{signed(value)}{bar(value, *ends, width=70)}")
        rows.append([*cells, escape(printable(bank.texts[place], SHOWN))])
    return table(head, rows)


def moved(numbers: Numbers) -> str:
    """How much each reward moves the total, with a word where one is drowned."""
    rows = []
    ends = min(0.0, *np.nan_to_num(numbers.shares)), max(1.0, *np.nan_to_num(numbers.shares))
    each = zip(numbers.names, numbers.weights, numbers.shares, numbers.moves, strict=True)
    for name, weight, share, move in each:
        cells = [f"{weight:g}", f"{move:.3g}", "-" if np.isnan(share) else f"{share:.1%}", escape(name)]
        rows.append([*cells, bar(float(share), *ends, width=150), verdict_on(float(share))])
    return table(["weight", "spread (points)", "share", "reward", "", ""], rows, left=3)


def verdict_on(share: float) -> str:
    """A word for a share."""
    if np.isnan(share):
        return "every group is dead"
    if share < 0:
        return "the total moves against it"
    return "drowned by the others" if share < DROWNED else ""


def dead(numbers: Numbers, height: int = 90) -> str:
    """A column for each group, smallest spread first: the standard deviation of its total; a dead group has
    none."""
    spread = np.where(numbers.dead, 0.0, np.nan_to_num(numbers.spread))
    order, top = np.argsort(spread, kind="stable"), max(float(spread.max()), 1e-12)
    columns = []
    for group in order.tolist():
        size, color = (4, RED) if numbers.dead[group] else (max(1, height * spread[group] / top), SKY)
        tip = f"group {group + 1}: {'dead' if numbers.dead[group] else f'{spread[group]:.3g} points'}"
        columns.append(f'<div title="{tip}" style="flex:1;height:{size:.0f}px;background:{color}"></div>')
    look = f"display:flex;align-items:flex-end;gap:2px;height:{height}px;width:640px"
    words = (
        f"<b>{int(numbers.dead.sum())} of {len(spread)}</b> groups are dead ({numbers.dead_share:.0%}). Each "
        "column is a group, its height the standard deviation of the total inside it, from 0 to "
        f"{spread.max():.3g} points; dead groups are short red stubs at the left."
    )
    return f'<div style="{look}">{"".join(columns)}</div><div style="line-height:1.5">{words}</div>'


def offending(found: Sequence[Offender], numbers: Numbers, bank: Bank) -> str:
    """High reward, plainly bad text."""
    rows = []
    for one in found:
        total = number(float(numbers.total[one.place]))
        text = escape(printable(bank.texts[one.place], SHOWN))
        rows.append([total, f"{one.beats:.0%}", escape(one.why), text])
    return table(["total (points)", "no worse than", "why it is bad", "completion"], rows, left=2)


def judged(
    names: Sequence[str], weights: Sequence[float], values: Sequence[float], in_sum: Sequence[bool]
) -> str:
    """Each reward's verdict on one text."""
    rows = []
    for name, weight, value, counted in zip(names, weights, values, in_sum, strict=True):
        adds = [f"{weight:g}", number(weight * value, 3)] if counted else ["not in the sum", ""]
        rows.append([number(value, 3), *adds, escape(name)])
    return table(["reward (points)", "weight", "adds", "by"], rows)
