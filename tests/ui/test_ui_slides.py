"""The slides in a real browser, and the sheet: one page, no word lost."""

from __future__ import annotations

import re
from pathlib import Path

import build_sheet
import build_slides
import pytest
from axe_playwright_python.sync_playwright import Axe


def violations(page) -> list[tuple]:
    """What axe finds serious or critical."""
    return [
        (one["id"], [node["target"] for node in one["nodes"]][:3])
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return build_slides.build(tmp_path_factory.mktemp("slides"), [])


def test_slides_open_without_a_complaint_or_a_request(pages: list[Path], browser) -> None:
    for path in [*pages, pages[0].with_name("index.html")]:
        page, told, asked = browser.new_page(), [], []
        page.on("console", lambda message, told=told: told.append(message.text))
        page.on("pageerror", lambda error, told=told: told.append(str(error)))
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(path.as_uri())
        broken = "[...document.images].filter(one => !one.complete || !one.naturalWidth).length"
        assert page.evaluate(broken) == 0 and not told, (path.name, told)
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        assert violations(page) == [], path.name
        page.close()


def test_arrow_keys_turn_the_slides(pages: list[Path], browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(pages[3].as_uri())
    seen = "[...document.querySelectorAll('section')].findIndex(s => s.getBoundingClientRect().bottom > 360)"
    for key, expected in (("ArrowRight", 1), ("PageDown", 2), (" ", 3), ("ArrowLeft", 2), ("ArrowUp", 1)):
        page.keyboard.press(key)
        page.wait_for_function(f"{seen} === {expected}", timeout=5000)
    page.close()


def test_nothing_hangs_over_the_edge_of_a_slide(pages: list[Path], browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    for path in pages:
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path.name
    page.close()


def test_the_sheet_is_one_page(tmp_path: Path, browser) -> None:
    tab = browser.new_page()  # `build` starts a browser of its own, and there is one already
    tab.set_content(build_sheet.page((build_sheet.ROOT / "docs" / "sheet.md").read_text(encoding="utf-8")))
    found = tab.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b(?!s)", found)) == 1
    assert "Saying what it did" in tab.inner_text("body")
    assert violations(tab) == []
    tab.close()
