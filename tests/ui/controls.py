"""Hands and eyes for widgets on a page: press keys on a control, time what answers, find what collides."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from typing import Any

from jupyter import Notebook
from playwright.sync_api import Locator

HANDLE = ".noUi-handle, input, select, textarea, button"
# Notes when a key goes down and when each watched part of the page has last changed; a picture counts as
# changed once it is decoded. Quiet: nothing has changed any more for as long as asked.
PROBE = """(watched) => {
    window.probe?.observer.disconnect();
    const probe = window.probe = { pressed: null, first: {}, last: {}, at: performance.now() };
    const note = (name) => {
        probe.at = performance.now();
        probe.first[name] ??= probe.at;
        probe.last[name] = probe.at;
    };
    probe.observer = new MutationObserver((records) => {
        for (const { target, attributeName } of records) {
            const element = target instanceof Element ? target : target.parentElement;
            for (const [name, selector] of Object.entries(watched)) {
                if (!element?.closest(selector)) continue;
                if (element.tagName === 'IMG' && attributeName === 'src') {
                    probe.at = performance.now();
                    element.decode().then(() => note(name), () => {});
                } else if (attributeName === null || attributeName === 'style') note(name);
            }
        }
    });
    probe.observer.observe(document.body, {
        subtree: true, childList: true, characterData: true, attributes: true,
        attributeFilter: ['src', 'style'],
    });
    const press = () => {
        probe.pressed = probe.at = performance.now();
        probe.first = {};
        probe.last = {};
    };
    window.probePress && document.removeEventListener('keydown', window.probePress, true);
    window.probePress = press;
    document.addEventListener('keydown', press, true);
}"""
QUIET = """([names, quiet]) => window.probe.pressed !== null && names.every((name) => window.probe.last[name])
    && performance.now() - window.probe.at > quiet"""
# Boxes of what a person sees: the widgets that hold no other widget, and pictures and tables.
COLLISIONS = """(selector) => {
    const root = document.querySelector(selector);
    const all = [...root.querySelectorAll('.jupyter-widgets, img, table')].filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== 'hidden';
    });
    const leaves = all.filter((one) => !all.some((other) => other !== one && one.contains(other)));
    const name = (element) => {
        let box = element;
        const tags = () => [...(box?.classList ?? [])].filter((word) => word.startsWith('t-'));
        while (box && !tags().length) box = box.parentElement;
        const kind = [...element.classList].filter((word) => /^widget-(?!inline)/.test(word)).pop();
        return `${tags().join('.')} ${kind ?? element.tagName} (${element.textContent.trim().slice(0, 30)})`;
    };
    const found = [];
    const seen = (element) => {  // what is left of a box inside all that scroll or cut it
        const { left, right, top, bottom } = element.getBoundingClientRect();
        const box = { left, right, top, bottom };
        for (let outer = element.parentElement; outer && outer !== root; outer = outer.parentElement) {
            if (getComputedStyle(outer).overflow === 'visible') continue;
            const cut = outer.getBoundingClientRect();
            box.left = Math.max(box.left, cut.left);
            box.right = Math.min(box.right, cut.right);
            box.top = Math.max(box.top, cut.top);
            box.bottom = Math.min(box.bottom, cut.bottom);
        }
        return box;
    };
    const boxes = leaves.map((element) => [element, seen(element)]);
    boxes.forEach(([one, a], index) => {
        for (const [other, b] of boxes.slice(index + 1)) {
            const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (width > 1 && height > 1) {
                found.push(`${name(one)} and ${name(other)} overlap, ${width | 0} x ${height | 0} px`);
            }
        }
    });
    const panel = root.closest('.jp-OutputArea-output') ?? root;
    const edge = Math.min(panel.getBoundingClientRect().right, window.innerWidth);
    for (const [element, box] of boxes) {
        if (box.right > edge + 1) found.push(`${name(element)} sticks out by ${(box.right - edge) | 0} px`);
    }
    const cell = root.closest('.jp-Cell') ?? root;
    for (const box of [cell, ...cell.querySelectorAll('.jp-OutputArea-output, .jp-OutputArea-output *')]) {
        const excess = box.scrollWidth - box.clientWidth;
        if (excess > 1 && box.clientWidth && /auto|scroll/.test(getComputedStyle(box).overflowX)) {
            found.push(`${name(box)} has to be scrolled sideways by ${excess} px`);
        }
    }
    for (const label of root.querySelectorAll('.widget-label, .widget-readout, button, option, select')) {
        const box = label.getBoundingClientRect();
        if (box.width && label.scrollWidth > label.clientWidth + 1) found.push(`${name(label)} is cut off`);
    }
    return found;
}"""


def reach(notebook: Notebook, selector: str) -> None:
    """Bring a control into view and put the keyboard's focus on it."""
    control = notebook.page.locator(selector).first
    control.scroll_into_view_if_needed()
    handle = control.locator(HANDLE).first
    (handle if handle.count() else control).focus()


def press(
    notebook: Notebook,
    selector: str,
    key: str,
    watched: dict[str, str],
    quiet_ms: int = 150,
    focus: Locator | None = None,
    seconds: float = 60,
) -> dict[str, Any]:
    """Press `key` on a control and wait until all `watched` (name -> selector) have changed and are at rest.

    focus: which part of the control gets the key, if it has several. Returns, for each name, the milliseconds
    from the key to its first and to its last change.
    """
    reach(notebook, selector) if focus is None else focus.focus()
    notebook.page.evaluate(PROBE, watched)
    notebook.page.keyboard.press(key)
    notebook.page.wait_for_function(QUIET, arg=[list(watched), quiet_ms], timeout=seconds * 1000)
    return notebook.page.evaluate("""() => {
        const since = (times) => Object.fromEntries(
            Object.entries(times).map(([name, at]) => [name, at - window.probe.pressed]));
        return { first: since(window.probe.first), last: since(window.probe.last) };
    }""")


def latencies(
    notebook: Notebook, selector: str, watched: dict[str, str], keys: Sequence[str]
) -> dict[str, Any]:
    """The time (ms) from each key of `keys` until everything watched shows its result, and the median."""
    times = [max(press(notebook, selector, key, watched)["last"].values()) for key in keys]
    return {"median_ms": round(statistics.median(times), 1), "all_ms": [round(time, 1) for time in times]}


def collisions(notebook: Notebook, selector: str) -> str:
    """What overlaps, sticks out of its cell, has to be scrolled sideways or is cut off inside `selector`.

    A line each, so that all of them are read; empty when there is nothing to say.
    """
    notebook.page.locator(selector).first.scroll_into_view_if_needed()
    return "\n".join(notebook.page.evaluate(COLLISIONS, selector))


def text(notebook: Notebook, selector: str) -> str:
    """What a person reads there."""
    return " ".join(notebook.page.locator(selector).first.inner_text().split())


def shows(words: str, value: float | None) -> bool:
    """Does a text show this value, as far as its digits go? None is shown by anything without digits."""
    number = re.search(r"[-+]?\d+(?:\.(\d+))?(%?)", words.replace("−", "-").replace(",", ""))
    if value is None or number is None:
        return value is None and number is None
    shown, scale = float(number[0].rstrip("%")), 100 if number[2] else 1
    return abs(shown - scale * value) <= 0.51 * 10 ** -len(number[1] or "")
