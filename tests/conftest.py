"""What every test shares: no network, no pictures on a screen, and where the repository is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Nothing here may depend on the network or on an account; this is set before any library is imported.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("WANDB_MODE", "disabled")
os.environ.setdefault("MPLBACKEND", "agg")

from helpers.ready import calm

calm()


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root folder."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def own_runs(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test writes into the reader's own runs/: each has an empty folder instead."""
    folder = tmp_path_factory.mktemp("own") / "runs"
    monkeypatch.setattr("helpers.runs.OWN", folder)
    return folder


@pytest.fixture(scope="session")
def random_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a random causal language model and a chat template, made by nobody here."""
    from tiny_random import make_random_model

    return make_random_model(tmp_path_factory.mktemp("models") / "random-qwen")


@pytest.fixture(scope="session")
def rows_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 24 small rows a split, which both tasks can read."""
    from tiny_random import write_rows

    return write_rows(tmp_path_factory.mktemp("rows"))


@pytest.fixture(scope="session")
def short_run(tmp_path_factory: pytest.TempPathFactory, random_model: Path, rows_folder: Path):
    """Six steps of GRPO on summaries with the random model. Read it; copy it before you change it."""
    from helpers.training import train

    return train(
        "tldr",
        random_model,
        steps=6,
        source=rows_folder,
        out=tmp_path_factory.mktemp("runs") / "short",
        max_completion_length=12,
        learning_rate=0.01,
        save_steps=2,
    )
