"""Slides for a workshop, made from the notebooks' own cells and pictures: build/slides/NN_name.html.

    python tools/build_slides.py            every notebook, and index.html
    python tools/build_slides.py 03 04      only these

A notebook's title, each of its sections with its first words, each "Predict" as a question to ask the room,
short functions, and every picture with its caption become a slide each. A page is one file that needs no
network: arrow keys turn it, and the browser's print makes a PDF of it, a slide a page.
"""

from __future__ import annotations

import argparse
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from markdown_it import MarkdownIt
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
WORDS, LINES = 70, 12
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
html {{ scroll-snap-type: y proximity; font: 1.5rem/1.45 system-ui, sans-serif; color: #1a1a1a; }}
html {{ background: #fff; }}
body {{ margin: 0; }}
section {{ min-height: 100vh; box-sizing: border-box; padding: 4vh 8vw; scroll-snap-align: start;
  display: flex; flex-direction: column; justify-content: center; border-bottom: 1px solid #ddd; }}
h1, h2 {{ color: #00527f; line-height: 1.2; margin: 0 0 .6em; }}
h1 {{ font-size: 2.6rem; }} h2 {{ font-size: 1.5rem; }}
.ask p {{ font-size: 2.1rem; }}
img {{ max-width: 100%; width: auto; height: 66vh; object-fit: contain; align-self: center; }}
figure {{ margin: 0; display: flex; flex-direction: column; }}
figcaption, footer {{ color: #555; font-size: 1.1rem; }}
pre {{ background: #f5f5f5; padding: 1em; overflow-x: auto; font-size: .9rem; }}
a {{ color: #00527f; }}
@media print {{ section {{ break-after: page; height: 100vh; }} @page {{ size: 13.33in 7.5in; margin: 0; }} }}
</style>
</head>
<body>
<main>
{slides}
</main>
<script>
addEventListener("keydown", event => {{
  const keys = {{ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1}};
  const way = keys[event.key];
  if (!way) return;
  event.preventDefault();
  const all = [...document.querySelectorAll("section")];
  const now = all.findIndex(one => one.getBoundingClientRect().bottom > innerHeight / 2);
  all[Math.max(0, Math.min(all.length - 1, now + way))].scrollIntoView();
}});
</script>
</body>
</html>
"""
TEXT = MarkdownIt("commonmark", {"html": False})


@dataclass
class Deck:
    """The slides of one notebook: (kind, HTML) pairs, and the section that the next one belongs to."""

    title: str = ""
    section: str = ""
    slides: list[tuple[str, str]] = field(default_factory=list)

    def add(self, kind: str, body: str, heading: str | None = None) -> None:
        """One more slide, under the heading of its section unless another is given."""
        heading = f"<h2>{html.escape(heading or self.section)}</h2>" if kind != "title" else ""
        self.slides.append((kind, heading + body))


def plain(markdown: str) -> str:
    """Markdown with the words of its links only: a slide is looked at, not clicked."""
    return re.sub(r"(?<!!)\[([^\]]*)\]\([^)]*\)", r"\1", markdown)


def paragraphs(markdown: str) -> Iterator[str]:
    """The blocks of a cell that belong on slides: no folded answers, comments or tables of the ledger."""
    text = re.sub(
        r"<details>.*?</details>|<!-- ledger.*?<!-- /ledger -->|<!--.*?-->", "", markdown, flags=re.S
    )
    for part in re.split(r"\n\s*\n", plain(text)):
        if part.strip() and not part.startswith((">", "|", "![")):
            yield part.strip()


def text_slides(deck: Deck, cell: NotebookNode) -> None:
    """A slide for each section that begins here, with its first words, and one for each question."""
    fresh = False
    for part in paragraphs(cell.source):
        heading = re.match(r"##+ (.+)", part)
        if heading:
            deck.section, fresh = heading[1], True
            part = part[heading.end() :].strip()
        if part.startswith("**Predict:**"):
            question = part.removeprefix("**Predict:**").strip()
            deck.add("ask", TEXT.render(question[:1].upper() + question[1:]), "Predict")
        elif part and fresh and len(part.split()) <= WORDS:
            deck.add("text", TEXT.render(part))
            fresh = False


def code_slides(deck: Deck, cell: NotebookNode) -> None:
    """A slide for each picture of the cell; one for its code, when that is a short function."""
    code = cell.source.strip()
    if re.match(r"(@\w.*\n)?def ", code) and code.count("\n") < LINES:
        deck.add("code", f'<pre tabindex="0"><code>{html.escape(code)}</code></pre>')
    for output in cell.get("outputs", []):
        picture = output.get("data", {}).get("image/png")
        if picture:
            alt = html.escape(output.metadata.get("image/png", {}).get("alt", ""), quote=True)
            image = f'<img src="data:image/png;base64,{picture.strip()}" alt="{alt}">'
            deck.add("picture", f"<figure>{image}<figcaption>{alt}</figcaption></figure>")


def deck_of(notebook: NotebookNode) -> Deck:
    """The slides of a notebook: its second cell (after the badge) is the title."""
    first = notebook.cells[1].source
    deck = Deck(title=re.search(r"^# (.+)", first, re.M)[1])
    deck.add("title", TEXT.render(plain(first)))
    for cell in notebook.cells[2:]:
        if "setup" not in cell.metadata.get("tags", []):
            (text_slides if cell.cell_type == "markdown" else code_slides)(deck, cell)
    return deck


def page(deck: Deck) -> str:
    """The deck as one HTML page."""
    count = len(deck.slides)
    slides = "\n".join(
        f'<section class="{kind}" aria-label="Slide {number} of {count}">{body}'
        f"<footer>{html.escape(deck.title)} · {number}/{count}</footer></section>"
        for number, (kind, body) in enumerate(deck.slides, start=1)
    )
    return PAGE.format(title=html.escape(deck.title), slides=slides)


def build(out: Path, names: list[str]) -> list[Path]:
    """Write the pages and their index; returns the paths of the pages. SystemExit for an unknown name."""
    paths = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    chosen = [path for path in paths if not names or path.stem[:2] in names or path.stem in names]
    if not chosen:
        raise SystemExit(f"no notebook is called {' or '.join(names)}")
    out.mkdir(parents=True, exist_ok=True)
    made, links = [], []
    for path in chosen:
        deck = deck_of(nbformat.read(path, as_version=4))
        made.append(out / f"{path.stem}.html")
        made[-1].write_text(page(deck), encoding="utf-8")
        links.append(
            f'<li><a href="{path.stem}.html">{html.escape(deck.title)}</a>, {len(deck.slides)} slides</li>'
        )
        print(f"{path.stem}: {len(deck.slides)} slides")
    index = f"<section><h1>The GRPO workbook: slides</h1><ul>{''.join(links)}</ul></section>"
    (out / "index.html").write_text(PAGE.format(title="Slides", slides=index), encoding="utf-8")
    return made


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="numbers (03) or names; all of them by default")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "slides", help="default: build/slides")
    args = parser.parse_args()
    build(args.out.resolve(), args.names)


if __name__ == "__main__":
    main()
