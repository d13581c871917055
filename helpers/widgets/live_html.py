"""The live view's page: plain HTML from its state. Every text that a model or a person wrote is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from helpers.pictures.look import BLUE, RED
from helpers.text.safe import printable
from helpers.widgets.live_state import LiveState, Sample

HINTS = {
    "reward": "mean over the step's completions; its parts stand beside it",
    "reward_std": "standard deviation of the step's rewards",
    "length": "mean length of a completion in tokens",
    "length_chars": "mean length of a completion in characters",
    "entropy": "how undecided the model is, in nats a token",
    "dead_groups": "share of groups whose completions all got the same reward: they teach nothing",
    "truncated": "share of completions cut off at the length limit",
}
LONGER = {"dead_groups": "dead groups", "truncated": "cut off"}  # there is room for it here
PART = "mean of this reward over the step's completions, before its weight"
STYLE = f"""<style>
.t-live, .t-live .widget-label {{background:#fff; color:#111}}
.t-live-page {{background:#fff; color:#111; font-size:13px; line-height:1.4; padding:2px 8px}}
.t-live-page table {{border-collapse:collapse}}
.t-live-page th, .t-live-page td {{padding:1px 8px; text-align:right; vertical-align:top; white-space:nowrap;
  font-variant-numeric:tabular-nums; border-top:1px solid #ddd}}
.t-live-page thead th {{border-top:0; font-weight:600; white-space:normal; vertical-align:bottom}}
.t-live-page th[title] {{cursor:help}}
.t-live-page .t-live-now td {{font-size:16px; font-weight:600}}
.t-live-page .t-live-text {{text-align:left; white-space:pre-wrap; overflow-wrap:anywhere; width:99%;
  font-family:monospace; font-size:12px}}
.t-live-page .t-live-prompt {{max-height:51px; overflow-y:auto; white-space:pre-wrap; overflow-wrap:anywhere;
  border-left:3px solid #999; padding-left:8px; margin:2px 0 4px; font-size:12px}}
.t-live-up {{color:{BLUE}}} .t-live-down {{color:{RED}}}
</style>"""
LONGEST = 400  # characters of a text that are shown


def numbers_html(state: LiveState) -> str:
    """The table of numbers: the last step, large; below it how the run began and where it stands."""
    heads = "".join(
        f'<th scope="col" title="{escape(HINTS.get(column, PART))}">{escape(LONGER.get(column, name))}</th>'
        for column, name in state.columns().items()
    )
    lines = []
    for i, (label, numbers) in enumerate(state.lines().items()):
        cells = "".join(f'<td data-column="{escape(column)}">{text}</td>' for column, text in numbers.items())
        kind = "t-live-mean" if i else "t-live-now"
        lines.append(
            f'<tr class="{kind}" data-step="{state.done}"><th scope="row">{label}</th>{cells}</tr>'
        )
    table = f"<table><thead><tr><th></th>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    return f'{STYLE}<div class="t-live-page" style="overflow-x:auto">{table}</div>'


def group_html(state: LiveState) -> str:
    """The first group of the latest step: what was rewarded, and what the step pushed up (+) and down (−)."""
    if not state.group:
        return _page("<b>Latest group</b>: none yet")
    step = state.group[0].get("step", state.done)
    head = f"<b>Latest group</b>: step {step}, one prompt, {len(state.group)} completions, best first"
    return _page(head + _prompt(state.group) + _table(state.group, advantages=True))


def watched_html(state: LiveState) -> str:
    """The watched prompt: completions of each look, the newest first."""
    if not state.looks:
        return _page("<b>Watched prompt</b>: sampled before training, then at ¼, ½, ¾ and at the end")
    parts = []
    for step, samples in reversed(state.looks):
        when = f"after step {step}" if step else "before training"
        table = _table(samples, advantages=False)
        parts.append(f'<section data-step="{step}"><b>{when}</b>{table}</section>')
    head = "<b>Watched prompt</b>: the same prompt over time; training learns nothing from these samples"
    return _page(head + _prompt(state.looks[0][1]) + "".join(parts))


def status_html(state: LiveState) -> str:
    """The last words."""
    weight = "normal" if state.status == "running" else "600"
    return _page(f'<div role="status" style="font-weight:{weight}">{escape(state.last_words())}</div>')


def _page(inside: str) -> str:
    return f'<div class="t-live-page">{inside}</div>'


def _prompt(samples: Sequence[Sample]) -> str:
    text = escape(_cut(samples[0]["prompt"]))
    return f'<div class="t-live-prompt" tabindex="0" role="region" aria-label="prompt">{text}</div>'


def _table(samples: Sequence[Sample], advantages: bool) -> str:
    names = list(samples[0]["rewards"])
    heads = "".join(f"<th>{escape(name.removeprefix('reward_') or name)}</th>" for name in names)
    heads += "<th>advantage</th>" * advantages + '<th class="t-live-text">completion</th>'
    rows = "".join(_row(sample, names, advantages) for sample in samples)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _row(sample: Sample, names: Sequence[str], advantages: bool) -> str:
    cells = "".join(f"<td>{_number(sample['rewards'][name])}</td>" for name in names)
    if advantages:
        value = sample.get("advantage") or 0.0
        kind = "t-live-up" if value > 0 else "t-live-down" if value < 0 else ""
        cells += f'<td class="{kind}">{value:+.2f}</td>'.replace("-", "−", 1) if value else "<td>0</td>"
    return f'<tr>{cells}<td class="t-live-text">{escape(_cut(sample["completion"]))}</td></tr>'


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def _cut(text: str) -> str:
    return printable(text, LONGEST)
