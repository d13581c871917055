"""How Sphinx makes pages of notebooks and docs/ (tools/build_site.py): nothing runs, no CDN is asked."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

project = "The GRPO workbook"
author = copyright = "the GRPO workbook's authors; MIT"
language = "en"
extensions = ["myst_nb"]
nb_execution_mode = "off"
nb_merge_streams = True
nb_ipywidgets_js = {}  # the widgets' own scripts would come from a CDN: the pages show still pictures
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]

html_context = {"default_mode": "auto"}  # light or dark, as the reader's system has it
html_theme = "sphinx_book_theme"
html_title = project
html_favicon = "favicon.svg"
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_last_updated_fmt = None
html_theme_options = {
    "repository_url": tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"][
        "Repository"
    ],
    "use_repository_button": True,
    "use_download_button": True,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "show_toc_level": 2,
}
