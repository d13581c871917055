"""Trackers: none unless asked for; one that would ask for a login, or is not there, is a line early on."""

from __future__ import annotations

import contextlib
import netrc
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

from helpers.errors import WorkbookError

UNSEEN = {"azure_ml", "flyte"}  # transformers does not say whether these are installed


def trackers(report_to: str | list[str] | None) -> list[str]:
    """The trackers asked for, each ready to go without a question. Raises WorkbookError for one that is not.

    report_to: None or "none", a name, names with commas between, or a list; "all": whatever is installed.
    """
    asked = report_to.split(",") if isinstance(report_to, str) else list(report_to or [])
    names = [name.strip() for name in asked if name.strip() not in ("", "none")]
    if not names:
        return []
    from transformers.integrations.integration_utils import INTEGRATION_TO_CALLBACK as KNOWN
    from transformers.integrations.integration_utils import get_available_reporting_integrations

    here = get_available_reporting_integrations()
    names = here if names == ["all"] else names
    for name in names:
        if name not in KNOWN:
            raise WorkbookError(f"unknown tracker {name!r}: choose from {', '.join(sorted(KNOWN))}, or None")
        if name not in here and name not in UNSEEN:
            raise WorkbookError(
                f"report_to={name!r}: its package is not installed: install it with pip, or choose from "
                f"{', '.join(here) or 'none'}"
            )
    if "wandb" in names:
        _check_wandb()
    return names


@contextlib.contextmanager
def tracked(names: list[str]) -> Iterator[None]:
    """Ends, with the training, the wandb run that the training began: the next one gets a run of its own."""
    if "wandb" not in names:
        yield
        return
    import wandb

    before = wandb.run
    try:
        yield
    finally:
        if before is None and wandb.run is not None:
            wandb.finish()


def _check_wandb() -> None:
    """Raise WorkbookError where wandb would ask for a key."""
    import wandb

    settings = wandb.setup().settings
    if settings.mode != "online" or settings.api_key or settings.identity_token_file:
        return
    files = [os.environ.get("NETRC"), Path.home() / ".netrc", Path.home() / "_netrc"]
    for file in filter(None, files):
        with contextlib.suppress(OSError, netrc.NetrcParseError):
            if netrc.netrc(str(file)).authenticators(urlparse(settings.base_url).hostname or ""):
                return
    wandb.teardown()  # else it would remember today's settings, whatever the reader changes now
    raise WorkbookError(
        "report_to='wandb', but no key for it is here: run `wandb login` first, or set WANDB_MODE=offline "
        "(it writes to wandb/, and `wandb sync` uploads that later)"
    )
