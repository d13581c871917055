"""`make site`: the executed notebooks, the exercises and docs/ as pages with search, in build/site/.

    python tools/build_site.py              build/site/index.html; opens from the disk, asks no other host

Nothing is executed: the notebooks' own stored outputs are shown. On the way to Sphinx each notebook gets the
words of its pictures as alt text, a plain link in place of Colab's badge (a picture from elsewhere), and a
line where a widget would be. Sphinx's warnings are errors.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
GROUPS = {
    "NOTEBOOKS": ("Notebooks", "notebooks/*.ipynb"),
    "EXERCISES": ("Exercises", "notebooks/exercises/*.ipynb"),
    "SOLUTIONS": ("Solutions", "notebooks/solutions/*.ipynb"),
    "EXTRA": ("For a GPU", "notebooks/extra/*.ipynb"),
    "DOCS": ("For the room, and to look up", "docs/*.md"),
}
BADGE = re.compile(r"\[!\[Open in Colab\]\([^)]*\)\]\(([^)]*)\)")
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?:|#|mailto:)([^)\s#]+)(#[^)\s]*)?\)")
STILL = "*Something to move: it comes alive when you run this cell in JupyterLab or Colab.*"


def prepare(notebook: NotebookNode) -> NotebookNode:
    """A stored notebook as the site shows it."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = BADGE.sub(r"[Open this page in Colab](\1)", cell.source)
            continue
        if "setup" in cell.metadata.get("tags", []):
            cell.metadata["tags"] = ["remove-cell"]
        cell.outputs = [_still(output) for output in cell.outputs]
        for output in cell.outputs:
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if alt:
                cell.metadata["mystnb"] = {"image": {"alt": alt}}
    return notebook


def _still(output: NotebookNode) -> NotebookNode:
    """An output; where it is only the name of a widget, a line that says so."""
    if output.output_type in ("display_data", "execute_result") and set(output.data) == {"text/plain"}:
        return nbformat.v4.new_output("display_data", {"text/markdown": STILL})
    return output


def stage(source: Path, root: Path = ROOT) -> None:
    """Lay out in `source` what Sphinx reads: the repository's own folders, with an index and the settings."""
    shutil.rmtree(source, ignore_errors=True)
    for _, pattern in GROUPS.values():
        for path in sorted(root.glob(pattern)):
            target = source / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".ipynb":
                nbformat.write(prepare(nbformat.read(path, as_version=4)), target)
            else:
                target.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    shutil.copytree(root / "docs" / "pictures", source / "docs" / "pictures")
    index = (root / "docs/site/index.md").read_text(encoding="utf-8")
    for name, (title, pattern) in GROUPS.items():
        index = index.replace(
            f"@{name}@", _toctree(title, [p.relative_to(root) for p in sorted(root.glob(pattern))])
        )
    (source / "index.md").write_text(index, encoding="utf-8")
    _point_outside(source, root)


def _toctree(title: str, pages: list[Path]) -> str:
    lines = "\n".join(page.with_suffix("").as_posix() for page in pages)
    return f"## {title}\n\n```{{toctree}}\n:maxdepth: 1\n:caption: {title}\n\n{lines}\n```"


def _point_outside(source: Path, root: Path) -> None:
    """Links to files that are no pages here lead to the repository."""
    sys.path.insert(0, str(root / "tools"))
    from build_notebooks import address

    for path in sorted([*source.rglob("*.md"), *source.rglob("*.ipynb")]):

        def lead(match: re.Match, path: Path = path) -> str:
            target = (path.parent / match[2]).resolve()
            if target.exists():
                return match[0]
            inside = target.relative_to(source.resolve()).as_posix()
            return f"[{match[1]}]({address(root)}/blob/main/{inside})"

        path.write_text(LINK.sub(lead, path.read_text(encoding="utf-8")), encoding="utf-8")


def build(out: Path, root: Path = ROOT) -> Path:
    """Make the pages anew in `out`; returns the first one. SystemExit with Sphinx's words if it fails."""
    source = out.with_name(out.name + "-source")
    stage(source, root)
    shutil.rmtree(out, ignore_errors=True)
    options = ["-q", "-W", "--keep-going", "-E", "-b", "html", "-c", str(root / "docs" / "site")]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, str(source), str(out)], capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"Sphinx could not make the pages:\n{done.stderr.strip()}")
    (out / ".nojekyll").touch()  # so that GitHub's pages keep the folders that start with _
    return out / "index.html"


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "site", help="where the pages go")
    first = build(parser.parse_args().out.resolve())
    print(f"{len(list(first.parent.rglob('*.html')))} pages; open {first}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
