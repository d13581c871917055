"""Print docs/sheet.md on one page: build/sheet.pdf. Needs Chromium or Chrome, like `make test-ui`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "ui"))

from browser import FLAGS, find_browser  # noqa: E402

STYLE = """
@page { size: A4; margin: 11mm 13mm; }
body { font: 9.7pt/1.35 system-ui, sans-serif; color: #1a1a1a; columns: 2; column-gap: 8mm; }
h1 { column-span: all; font-size: 17pt; color: #00527f; margin: 0 0 2mm; }
h2 { font-size: 11pt; color: #00527f; margin: 3mm 0 1mm; break-after: avoid; }
p, ul, ol { margin: 1mm 0; } ul, ol { padding-left: 4.5mm; } li { margin: .6mm 0; }
pre { background: #f3f3f3; padding: 1.5mm; font-size: 7.4pt; white-space: pre-wrap; }
code { font-size: 92%; } table { border-collapse: collapse; width: 100%; break-inside: avoid; }
td, th { border: .2mm solid #bbb; padding: .6mm 1.2mm; text-align: left; vertical-align: top; }
"""


def page(markdown: str) -> str:
    """The sheet as HTML."""
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>GRPO on one page</title>'
        f"<style>{STYLE}</style></head><body>{body}</body></html>"
    )


def build(out: Path) -> None:
    """Write the PDF."""
    from playwright.sync_api import sync_playwright

    out.parent.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        tab = browser.new_page()
        tab.set_content(page((ROOT / "docs" / "sheet.md").read_text(encoding="utf-8")))
        tab.pdf(path=out, prefer_css_page_size=True, tagged=True)
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=ROOT / "build" / "sheet.pdf", help="default: build/sheet.pdf"
    )
    where = parser.parse_args().out.resolve()
    build(where)
    print(where)
