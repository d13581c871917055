"""The public address, kept in pyproject.toml, and what is made from it: Colab links, `git clone`."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COLAB = "https://colab.research.google.com/github/{owner}/blob/main/{path}"


def address(root: Path = ROOT) -> str:
    """The repository's public address, from the one place where it stands."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"][
        "Repository"
    ]


def colab_link(path: str, where: str) -> str:
    """Where Colab opens the notebook at `path` (from the repository's root) of the repository at `where`."""
    return COLAB.format(owner=where.removeprefix("https://github.com/").removesuffix(".git"), path=path)


def point(readme: str, where: str) -> str:
    """The README with its Colab links and its `git clone` line pointing at the public address."""
    link = re.compile(
        r"https://colab\.research\.google\.com/github/[^)\s]*?/blob/[^/\s]+/(notebooks/[^)\s]+\.ipynb)"
    )
    readme = link.sub(lambda match: colab_link(match[1], where), readme)
    return re.sub(
        r"git clone (--depth 1 )?https://\S+", lambda match: f"git clone {match[1] or ''}{where}", readme
    )
