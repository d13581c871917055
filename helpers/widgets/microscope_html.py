"""The group microscope's page: plain HTML from plain data. All text of others is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from helpers.pictures.look import BLUE, RED
from helpers.pictures.strips import FULL_NATS, SAME_NATS, tint
from helpers.text.safe import SHOWN, printable
from helpers.widgets.microscope_state import Completion, Group, Tokens
from helpers.widgets.microscope_words import factor, number, signed, visible

STYLE = f"""<style>
.t-scope-page {{background:#fff; color:#111; font-size:13px; line-height:1.5; padding:4px 8px}}
.t-scope-page table {{border-collapse:collapse; width:100%; font-size:13px}}
.t-scope-page th, .t-scope-page td {{padding:2px 6px; text-align:right; vertical-align:top;
  border-top:1px solid #ddd; white-space:nowrap}}
.t-scope-page thead .t-scope-text {{font-family:inherit; font-size:13px}}
.t-scope-page th {{font-weight:600; border-top:0; vertical-align:bottom; white-space:normal}}
.t-scope-page .t-scope-text {{text-align:left; white-space:normal; width:99%; line-height:1.7;
  font-family:monospace; font-size:12px; overflow-wrap:anywhere}}
.t-scope-prompt {{max-height:5.5em; overflow-y:auto; white-space:pre-wrap; overflow-wrap:anywhere;
  border-left:3px solid #999; padding-left:8px; margin:2px 0 6px}}
.t-scope-legend .t-scope-token {{padding:0 6px; margin-right:4px}}
.t-scope-token {{color:#111; border-radius:2px; margin-right:1px; text-underline-offset:3px}}
.t-scope-up {{text-decoration:underline solid 2px {BLUE}}}
.t-scope-down {{text-decoration:underline dotted 2px {RED}}}
.t-scope-page i {{font-style:normal; color:#999}}
.t-scope-page rt {{font-size:9px; color:#333}}
.t-scope-advantage, .t-scope-page th:first-child {{font-variant-numeric:tabular-nums}}
</style>"""


def page(group: Group, tokens: Sequence[Tokens] | None, numbers: bool = False) -> str:
    """One group: its prompt, the legend, and a row a completion, best advantage first.

    tokens: None draws the texts without colours. numbers: write each token's change (nats) above it.
    """
    rows = [
        _row(group, one, None if tokens is None else tokens[one.number - 1], numbers) for one in group.ranked
    ]
    kept = len(group.completions)
    count = f"{kept} completions" if kept >= group.size else f"{kept} of {group.size} completions were kept"
    head = (
        f"<b>Step {group.step}, group {group.number}</b>: one prompt, {count}."
        '<div class="t-scope-prompt" tabindex="0" role="region" aria-label="prompt">'
        f"{escape(printable(group.prompt, SHOWN))}</div>"
    )
    table = f"<table>{_head(group)}<tbody>{''.join(rows)}</tbody></table>"
    return f'{STYLE}<div class="t-scope-page">{head}{"" if tokens is None else legend()}{table}</div>'


def words_html(words: str) -> str:
    """The sentences, a paragraph a line."""
    lines = "".join(f'<p style="margin:3px 0">{escape(line)}</p>' for line in words.split("\n"))
    return f'<div role="status" style="font-size:14px;line-height:1.45;padding:4px 8px">{lines}</div>'


def legend() -> str:
    """What the colours and the lines under the tokens mean."""
    scale = "".join(
        _token(signed(nats, 1), nats, "", False)
        for nats in (-FULL_NATS, -1.0, -0.3, 0.0, 0.3, 1.0, FULL_NATS)
    )
    return (
        '<div class="t-scope-legend">Change of a token\'s log-probability by the whole training, in nats: '
        f'<span style="font-family:monospace;font-size:12px">{scale}</span><br>'
        "blue, line below: likelier; orange, dots below: less likely; "
        f"neither: less than {SAME_NATS} (+0.7 is twice as likely, +2.3 ten times). "
        "<i>␣</i> is a space, <i>↵</i> a new line.</div>"
    )


def _head(group: Group) -> str:
    names = "".join(f'<th scope="col">{_breakable(name)}{_weight(group, name)}</th>' for name in group.names)
    return (
        '<thead><tr><th scope="col">no.</th><th scope="col">advantage</th>'
        f'{names}<th scope="col">length<br>(tokens)</th>'
        '<th scope="col" class="t-scope-text">completion</th></tr></thead>'
    )


def _breakable(name: str) -> str:
    return escape(name).replace("_", "_<wbr>")


def _weight(group: Group, name: str) -> str:
    weight = group.weights.get(name, 1.0)
    return "" if weight == 1 else f"<br>(weight {number(weight)})"


def _row(group: Group, one: Completion, tokens: Tokens | None, numbers: bool) -> str:
    way, color = (("·", "#555"), ("▲", BLUE), ("▼", RED))[one.push]
    rewards = "".join(
        f'<td class="t-scope-reward" data-reward="{escape(name)}">{number(one.rewards.get(name))}</td>'
        for name in group.names
    )
    return (
        f'<tr class="t-scope-completion" data-number="{one.number}"><td>{one.number}</td>'
        f'<td class="t-scope-advantage"><span style="color:{color}" aria-hidden="true">{way}</span> '
        f"{signed(one.advantage)}</td>{rewards}<td>{len(one.token_ids) or '–'}</td>"
        f'<td class="t-scope-text">{_text(one, tokens, numbers)}</td></tr>'
    )


def _text(one: Completion, tokens: Tokens | None, numbers: bool) -> str:
    if tokens is None or not tokens.texts:
        masked = " <i>(no tokens were recorded: cut off at the limit and left out)</i>"
        return (_shown(one.text) or "<i>(empty)</i>") + ("" if one.token_ids else masked)
    rows = zip(tokens.texts, tokens.change, tokens.before, tokens.after, strict=True)
    return "".join(
        _token(text, change, _tooltip(change, old, new), numbers) for text, change, old, new in rows
    )


def _tooltip(change: float, before: float, after: float) -> str:
    return f"{signed(change)} nats ({factor(change)}): log p {signed(before)} before, {signed(after)} after"


def _token(text: str, nats: float, title: str, numbers: bool) -> str:
    kind = "" if abs(nats) < SAME_NATS else " t-scope-up" if nats > 0 else " t-scope-down"
    named = f' title="{escape(title)}" data-change="{nats:+.2f}"' if title else ""
    span = f'<span class="t-scope-token{kind}" style="background:{tint(nats)}"{named}>{_shown(text)}</span>'
    if not numbers:
        return span + "<wbr>"
    return f"<ruby>{span}<rt>{signed(nats, 1) if kind else '&nbsp;'}</rt></ruby><wbr>"


def _shown(text: str) -> str:
    """Escaped, white space visible and grey, with a real break after a line's end."""
    shown = escape(visible(printable(text, SHOWN))) if text else "▯"
    shown = shown.replace("↵", "<i>↵</i><br>")
    for mark in "␣⇥":
        shown = shown.replace(mark, f"<i>{mark}</i>")
    return shown
