"""The command line: quick help, one line and status 2 for what is known, a traceback for what is not."""

from __future__ import annotations

import subprocess
import sys

import pytest

from helpers import __main__ as cli
from helpers.__main__ import _options, main
from helpers.errors import WorkbookError, one_line
from helpers.runs import load_run


def test_help_names_every_command_and_loads_nothing_slow(root):
    code = (
        "import sys, helpers.__main__ as m\n"
        "try: m.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('torch', 'trl', 'transformers', 'datasets') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    commands = ("train", "evaluate", "report", "example", "merge", "push", "chat")
    for word in (*commands, "--source hub", "torchrun"):
        assert word in done.stdout
    assert done.stdout.strip().endswith("[]")


def test_every_option_of_train_is_explained(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["train", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert stopped.value.code == 0
    for word in (
        "tiny, smollm-135m, llama-3.2-1b",
        "--steps",
        "--seed",
        "sample",
        "hub",
        "FOLDER",
        "--out",
        "last whole checkpoint",
        "--lr",
        "KEY=VALUE",
    ):
        assert word in said


@pytest.mark.parametrize(
    "words, value, fix",
    [
        (["train", "maths"], "'maths'", "tldr, math"),
        (["train", "math", "--model", "tinny"], "'tinny'", "tiny, smollm-135m"),
        (["train", "math", "--model", "./nowhere"], "'./nowhere'", "a folder that holds a model"),
        (["train", "math", "--option", "beta"], "'beta'", "KEY=VALUE"),
        (["evaluate", "runs/nothing"], "'runs/nothing'", "run.json"),
        (["example", "runs/nothing"], "'runs/nothing'", "run.json"),
        (["report", "--model", "nobody"], "'nobody'", "helpers evaluate"),
    ],
    ids=["task", "model", "path", "option", "evaluate", "example", "report"],
)
def test_a_known_mistake_is_one_line_and_status_2(words, value, fix, capsys):
    assert main(words) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ") and said.count("\n") == 1
    assert value in said and fix in said


def test_an_unknown_error_keeps_its_traceback(monkeypatch):
    def broken(args):
        raise ZeroDivisionError("unforeseen")

    monkeypatch.setitem(cli.COMMANDS, "report", broken)
    with pytest.raises(ZeroDivisionError):
        main(["report"])


def test_an_interruption_is_status_130(monkeypatch):
    def stopped(args):
        raise KeyboardInterrupt

    monkeypatch.setitem(cli.COMMANDS, "report", stopped)
    assert main(["report"]) == 130


def test_options_are_python_values_or_text():
    assert _options(["beta=0.04", "loss_type=grpo", "bf16=False"]) == {
        "beta": 0.04,
        "loss_type": "grpo",
        "bf16": False,
    }


def test_a_notebook_shows_a_known_mistake_as_one_line():
    assert WorkbookError("do this")._render_traceback_() == ["WorkbookError: do this"]
    assert one_line(ValueError("first\nsecond")) == "first"
    assert one_line(ValueError()) == "ValueError" and len(one_line(ValueError("x" * 999))) == 200


@pytest.mark.train
def test_train_evaluate_and_example_by_hand(tmp_path, random_model, rows_folder, capsys):
    out = tmp_path / "run"
    words = [
        "train",
        "tldr",
        "--model",
        str(random_model),
        "--steps",
        "2",
        "--seed",
        "4",
        "--lr",
        "0.01",
        "--source",
        str(rows_folder),
        "--out",
        str(out),
        "--option",
        "max_completion_length=8",
    ]
    assert main(words) == 0
    run = load_run(out)
    assert (run.seed, run.record["config"]["learning_rate"], len(run.curve)) == (4, 0.01, 2)
    assert main(words) == 2
    assert "already holds a run" in capsys.readouterr().err
    assert main([*words, "--resume"]) == 0
    assert main(["evaluate", str(out), "--n", "3", "--samples", "2"]) == 0
    assert "length_error_chars" in capsys.readouterr().out
    assert main(["example", str(out), "--n", "1"]) == 0
    assert "trained:" in capsys.readouterr().out
