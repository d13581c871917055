"""The site in a real browser: whole, silent, fit for keyboard and screen reader, and asking nobody else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import build_site as tool
import pytest
from axe_playwright_python.sync_playwright import Axe

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["index.html", "search.html"] + [
    path.relative_to(ROOT).with_suffix(".html").as_posix()
    for _, pattern in tool.GROUPS.values()
    for path in sorted(ROOT.glob(pattern))
]
PICTURES = "[...document.images].map(i => ({src: i.src, alt: i.alt, width: i.naturalWidth}))"
HEADINGS = (  # those that show: the theme keeps some for paper
    "[...document.querySelectorAll('main :is(h1,h2,h3,h4,h5,h6)')]"
    ".filter(h => h.offsetParent && !h.closest('#jb-print-docs-body')).map(h => +h.tagName[1])"
)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site, built anew and served; its address."""
    folder = tool.build(tmp_path_factory.mktemp("site") / "pages").parent
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def tab(browser, site: str) -> Iterator:
    """A tab that remembers what went wrong and what was asked of other hosts."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.wrong, page.away = [], []
    page.on("console", lambda said: page.wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on(
        "response", lambda got: page.wrong.append(f"{got.status} {got.url}") if got.status >= 400 else None
    )
    page.on(
        "request", lambda ask: page.away.append(ask.url) if not ask.url.startswith((site, "data:")) else None
    )
    yield page
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_accessible(tab, site: str, name: str) -> None:
    tab.goto(f"{site}/{name}", wait_until="load")
    tab.evaluate("document.querySelectorAll('img').forEach(i => { i.loading = 'eager' })")
    tab.wait_for_function("[...document.images].every(i => i.complete)")
    pictures = tab.evaluate(PICTURES)
    assert [one["src"] for one in pictures if not one["width"]] == [], "missing pictures"
    assert [one["src"] for one in pictures if not one["alt"].strip()] == [], "pictures without alt text"
    levels = tab.evaluate(HEADINGS)
    assert levels[:1] == [1] and levels.count(1) == 1, levels
    assert all(low + 1 >= high for low, high in pairwise(levels)), levels
    assert tab.wrong == [] and tab.away == []  # before axe, which fetches style sheets itself
    violations = Axe().run(tab).response["violations"]
    bad = [
        (one["id"], one["impact"], [node["target"] for node in one["nodes"]][:3])
        for one in violations
        if one["impact"] in ("serious", "critical")
    ]
    assert bad == []


def test_every_picture_of_a_notebook_says_on_the_page_what_it_said_there(tab, site: str) -> None:
    tab.goto(f"{site}/notebooks/00_start_here.html")
    alts = [one["alt"] for one in tab.evaluate(PICTURES)]
    assert "Right answers on 50 problems that training does not use, before and after." in alts


def test_the_search_finds_a_notebook_by_a_word_in_it(tab, site: str) -> None:
    tab.goto(f"{site}/search.html?q=advantage")
    tab.wait_for_selector("#search-results li a")
    links = tab.eval_on_selector_all("#search-results li a", "all => all.map(a => a.href)")
    assert any("/notebooks/00_start_here.html" in link for link in links), links
    assert tab.away == []


def test_the_keyboard_alone_leads_past_the_menus_to_the_text(tab, site: str) -> None:
    tab.goto(f"{site}/notebooks/02_design_rewards.html")
    tab.keyboard.press("Tab")
    first = tab.evaluate("document.activeElement.textContent.trim()")
    assert "main content" in first.lower(), first
    tab.keyboard.press("Enter")
    assert tab.evaluate("location.hash") == "#main-content"
    tab.keyboard.press("Tab")
    assert tab.evaluate("!!document.activeElement.closest('main')")


def test_the_reward_labs_still_pictures_are_on_the_page(tab, site: str) -> None:
    tab.goto(f"{site}/notebooks/02_design_rewards.html")
    assert len(tab.evaluate(PICTURES)) >= 26
    assert "comes alive when you run this cell" in tab.inner_text("main")
