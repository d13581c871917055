"""Which browser the tests of tests/ui drive: Chromium or Chrome, as it is installed here.

`python tests/ui/browser.py` prints its path, or one line that says how to get one.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
HINT = (
    "The browser tests found no browser: install Chromium (Debian or Ubuntu: `apt-get install chromium`; "
    "elsewhere Chrome will do), or name one in the environment variable CHROMIUM."
)
# No sandbox, since containers have no room for one; the rest keeps the browser from asking the network.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_browser() -> str:
    """The path of a browser: what CHROMIUM names, else one that is installed, else playwright's own.

    FileNotFoundError, in one line that says what to do, when there is none.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        found = shutil.which(named)
        if not found:
            raise FileNotFoundError(f"CHROMIUM names {named}, which is no program here.")
        return found
    found = next((path for name in NAMES if (path := shutil.which(name))), None) or _playwrights_own()
    if not found:
        raise FileNotFoundError(HINT)
    return found


def _playwrights_own() -> str | None:
    """The browser that `playwright install chromium` put in place, if it did."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    try:
        print(find_browser())
    except FileNotFoundError as missing:
        sys.exit(str(missing))
