"""A real JupyterLab and a real browser, started once for all tests of this folder (`make test-ui`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import FLAGS, find_browser
from jupyter import Notebook, Server, copy_workbook, serve

WINDOW = {"width": 1280, "height": 800}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.ui)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    workbook = copy_workbook(tmp_path_factory.mktemp("workbook"))
    with serve(workbook, tmp_path_factory.mktemp("jupyter")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def open_notebook(browser, server: Server) -> Iterator[Callable[[str], Notebook]]:
    """Opens a notebook in a tab of a fresh profile; closed when the module's tests are done."""
    contexts = []

    def open_one(name: str) -> Notebook:
        contexts.append(browser.new_context(viewport=WINDOW))
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        return Notebook(page, server, name).open()

    yield open_one
    for context in contexts:
        context.close()
