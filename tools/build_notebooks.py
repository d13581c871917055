"""Turn notebooks/src/NN_verb_noun.py (jupytext py:percent) into executed notebooks, solutions and exercises.

    python tools/build_notebooks.py             build and execute every notebook
    python tools/build_notebooks.py 03 04       only these numbers (or names)
    python tools/build_notebooks.py --texts     execute only those whose code has changed, else keep outputs
    python tools/build_notebooks.py --check     execute nothing; fail where a notebook and its source differ

`NN_verb_noun_sol.py` holds the exercises of notebook NN with their answers. It becomes
solutions/NN_verb_noun.ipynb (executed) and exercises/NN_verb_noun.ipynb, in which a `# solution` line
replaces the rest of its cell by `# your code here`. `extra_verb_noun.py` becomes extra/verb_noun.ipynb,
never executed here, for it wants a GPU and the network. Every notebook starts with a Colab badge and the
set-up cell (notebooks/src/_setup.py; a cell `# %% setup` in the source marks another place for it), both made
from the address in pyproject.toml. Building twice gives the same bytes, as far as the cells print the same.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from glossary import link_cells
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode
from public_address import address, colab_link, point

ROOT = Path(__file__).resolve().parents[1]
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
SOLUTION = re.compile(r"^([ \t]*)# solution[^\n]*\n.*", re.MULTILINE | re.DOTALL)
FOLDERS = ("solutions", "exercises", "extra")
WIDGET = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class Page:
    """One notebook to make: from which source, to which file; blank: not executed, and without answers."""

    source: Path
    target: Path
    blank: bool = False


def pages(out: Path, names: list[str] | None = None) -> list[Page]:
    """The notebooks that out/src asks for, in order. SystemExit for a name that no source has."""
    found = []
    for source in sorted([*(out / "src").glob("[0-9][0-9]_*.py"), *(out / "src").glob("extra_*.py")]):
        stem = source.stem.removesuffix("_sol")
        if names and not any(stem == name or stem.split("_")[0] == name for name in names):
            continue
        if stem.startswith("extra_"):
            found.append(Page(source, out / "extra" / f"{stem.removeprefix('extra_')}.ipynb", blank=True))
        elif source.stem.endswith("_sol"):
            found += [
                Page(source, out / "solutions" / f"{stem}.ipynb"),
                Page(source, out / "exercises" / f"{stem}.ipynb", blank=True),
            ]
        else:
            found.append(Page(source, out / f"{stem}.ipynb"))
    if names and not found:
        raise SystemExit(f"no source in {out / 'src'} is called {' or '.join(names)}")
    return found


def make(page: Page, out: Path, where: str) -> NotebookNode:
    """The notebook a page's source describes, not executed: badge, cells, set-up as the first code cell."""
    notebook = jupytext.read(page.source, fmt="py:percent")
    cells = [cell for cell in notebook.cells if cell.metadata.get("title") != "setup"]
    link = colab_link(f"notebooks/{page.target.relative_to(out).as_posix()}", where)
    badge = f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({link})"
    setup = (out / "src" / "_setup.py").read_text(encoding="utf-8").strip().replace("@REPOSITORY@", where)
    first = next((i for i, cell in enumerate(cells) if cell.cell_type == "code"), len(cells))
    cells.insert(first, nbformat.v4.new_code_cell(setup, metadata={"tags": ["setup"]}))
    cells.insert(0, nbformat.v4.new_markdown_cell(badge))
    glossary = out.parent / "docs" / "glossary.md"
    if page.target.parent == out and glossary.is_file():
        link_cells(cells, glossary, "../docs/glossary.md")
    for number, cell in enumerate(cells):
        cell.id = f"{page.source.stem[:2]}-{number:03d}"
        tags = cell.metadata.get("tags")
        cell.metadata = NotebookNode({"tags": tags} if tags else {})
        if page.blank and cell.cell_type == "code":
            cell.source = blank(cell.source, f"{page.source.name}, cell {cell.id}")
    made = nbformat.v4.new_notebook(cells=cells, metadata=METADATA)
    made.nbformat_minor = 5
    nbformat.validate(made)
    return made


def blank(source: str, name: str = "cell") -> str:
    """A solution cell as the learner gets it. SystemExit when what is left is no Python."""
    left = SOLUTION.sub(r"\1# your code here", source)
    if left != source:
        try:
            compile(left, name, "exec")
        except SyntaxError as error:
            raise SystemExit(
                f"{name}: without its solution the cell is no Python ({error.msg}): "
                "give the function a docstring above `# solution`"
            ) from None
    return left


def execute(
    notebook: NotebookNode, folder: Path, cell_timeout: int = 600, timeout: int = 1500
) -> NotebookNode:
    """Run every cell in a fresh kernel that works in `folder`; keep outputs that mean the same again.

    cell_timeout, timeout: seconds for one cell and for the whole notebook.
    """
    client = NotebookClient(
        notebook,
        timeout=cell_timeout,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--IPKernelApp.log_level=40"],  # not a word about transport encryption
        resources={"metadata": {"path": str(folder)}},
    )
    asyncio.run(asyncio.wait_for(client.async_execute(), timeout))
    notebook.metadata = NotebookNode(METADATA)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET, None)
    return notebook


def save(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook with one line end at its end, the same bytes on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text_of(notebook), encoding="utf-8", newline="\n")


def text_of(notebook: NotebookNode) -> str:
    """A notebook as it stands in its file."""
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def carry(stored: Path, made: NotebookNode) -> bool:
    """Give `made` the outputs of the notebook stored there; False where their code differs."""
    if not stored.is_file():
        return False
    old, new = (
        [cell for cell in notebook.cells if cell.cell_type == "code"]
        for notebook in (nbformat.read(stored, as_version=4), made)
    )
    if [(cell.id, cell.source) for cell in old] != [(cell.id, cell.source) for cell in new]:
        return False
    for theirs, ours in zip(old, new, strict=True):
        ours.outputs, ours.execution_count = theirs.outputs, theirs.execution_count
    return True


def build(out: Path, names: list[str] | None = None, where: str | None = None, texts: bool = False) -> None:
    """Make, execute and save; one line a notebook says how long it took.

    texts: execute only notebooks whose code has changed.
    """
    where = where or address()
    for page in pages(out, names):
        start = time.perf_counter()
        notebook = make(page, out, where)
        if not page.blank and not (texts and carry(page.target, notebook)):
            page.target.parent.mkdir(parents=True, exist_ok=True)
            try:
                execute(notebook, page.target.parent)
            except (CellExecutionError, CellTimeoutError, TimeoutError) as error:
                raise SystemExit(f"{page.source.name}: {type(error).__name__}: {error}") from None
        save(notebook, page.target)
        print(f"{page.target.relative_to(out)}: {time.perf_counter() - start:.0f} s", flush=True)
    if out == ROOT / "notebooks" and (ROOT / "README.md").exists():
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        (ROOT / "README.md").write_text(point(readme, where), encoding="utf-8", newline="\n")


def problems(out: Path, where: str | None = None) -> list[str]:
    """What is out of step between sources and notebooks, a plain sentence each."""
    where = where or address()
    wanted = pages(out)
    found = [line for page in wanted for line in compare(page, out, where)]
    known = {page.target for page in wanted}
    for path in sorted(
        [*out.glob("*.ipynb"), *(path for name in FOLDERS for path in out.glob(f"{name}/*.ipynb"))]
    ):
        if path not in known:
            found.append(f"{path.relative_to(out)} has no source in src/: remove it, or write its source")
    return found


def compare(page: Page, out: Path, where: str) -> list[str]:
    """Where one committed notebook differs from its source (outputs aside; an exercise in any byte)."""
    name = f"{page.target.relative_to(out).as_posix()}"
    if not page.target.exists():
        return [f"{name} is missing: {page.source.name} asks for it"]
    made, text = make(page, out, where), page.target.read_text(encoding="utf-8")
    if page.blank:
        return [] if text == text_of(made) else [f"{name} is not what {page.source.name} generates"]
    stored = nbformat.reads(text, as_version=4)
    if len(stored.cells) != len(made.cells):
        return [f"{name} has {len(stored.cells)} cells, {page.source.name} says {len(made.cells)}"]
    if stored.metadata != made.metadata:
        return [f"{name} has metadata of its own"]
    keys = ("id", "cell_type", "source", "metadata")
    for ours, theirs in zip(made.cells, stored.cells, strict=True):
        if any(ours.get(key) != theirs.get(key) for key in keys):
            return [f"{name}, cell {ours.id}, differs from {page.source.name}"]
        if ours.cell_type == "code" and ours.source.strip() and not theirs.get("execution_count"):
            return [f"{name}, cell {ours.id}, has not been executed"]
    return []


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "names", nargs="*", help="numbers (03) or names (03_train_tldr); all of them by default"
    )
    parser.add_argument("--texts", action="store_true", help="execute only what has other code now")
    parser.add_argument("--check", action="store_true", help="execute nothing, only compare")
    parser.add_argument("--out", type=Path, default=ROOT / "notebooks", help="the folder that holds src/")
    parser.add_argument("--address", help="the public address, in place of pyproject.toml's")
    args = parser.parse_args()
    if not args.check:
        build(args.out.resolve(), args.names, args.address, args.texts)
        return 0
    found = problems(args.out.resolve(), args.address)
    readme = ROOT / "README.md"
    if readme.exists() and point(readme.read_text(encoding="utf-8"), address()) != readme.read_text(
        encoding="utf-8"
    ):
        found.append("README.md points elsewhere than pyproject.toml")
    for line in found:
        print(line)
    print("Out of step: run `make notebooks`." if found else "Notebooks and exercises match their sources.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
