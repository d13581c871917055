"""`python -m helpers …`: see the doctor, train, evaluate, report, show examples (and for torchrun)."""

from __future__ import annotations

import argparse
import ast
import sys
from typing import Any

from helpers import reporting
from helpers.after import commands as after
from helpers.errors import WorkbookError
from helpers.launching import give_way, launch, missing_processes

EXAMPLES = """examples:
  python -m helpers doctor math --model tiny                     what would go wrong? status 1 if anything
  python -m helpers train math --model tiny                      under two minutes, two cores
  python -m helpers train tldr --model smollm-135m --source hub  the recipe, on a GPU
  python -m helpers train math --model ./my-model --steps 5 --out runs/mine
  python -m helpers train math --option beta=0.04 --option loss_type=grpo
  python -m helpers evaluate runs/mine --split far
  python -m helpers report --json build/report.json
  python -m helpers report --check                               do the texts say what data/runs says?
  python -m helpers report --add runs.zip --fill                 take in a run made elsewhere, and show it
  python -m helpers chat runs/mine                               ask base and trained side by side
  python -m helpers merge runs/mine                              one model, for plain transformers or vLLM
  python -m helpers push runs/mine owner/name                    to the hub, with a card from the record
  accelerate launch --num_processes 2 -m helpers train math      two processes (torchrun works as well)
  accelerate launch --config_file configs/accelerate/fsdp2.yaml -m helpers train tldr --model llama-3.2-1b
"""


def parser() -> argparse.ArgumentParser:
    """The command line. Building it loads neither torch nor trl, so --help is quick."""
    top = argparse.ArgumentParser(
        prog="python -m helpers",
        description="Train a language model with GRPO, and measure what it learned.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _train_options(commands.add_parser("train", help="train a model on a task, leave a run"))
    _train_options(
        commands.add_parser("doctor", help="say what would go wrong in training, each with its fix")
    )
    one = commands.add_parser("evaluate", help="measure a run before and after, on held-out prompts")
    one.add_argument("run", help="a run's folder, an adapter, or a merged model")
    one.add_argument(
        "--split",
        choices=("validation", "test", "far"),
        default="test",
        help="which prompts (default: test; far: kinds of prompt that no training data has)",
    )
    one.add_argument("--n", type=int, default=200, help="how many prompts (default: 200)")
    one.add_argument(
        "--samples", type=int, default=8, help="completions a prompt at temperature 1 (default: 8)"
    )
    one.add_argument("--seed", type=int, default=0, help="for the sampling (default: 0)")
    _task_options(one)
    reporting.add_command(commands)
    some = commands.add_parser("example", help="show a few completions next to the base model's")
    some.add_argument("run", help="a run's folder, an adapter, or a merged model")
    some.add_argument("--n", type=int, default=3, help="how many rows (default: 3)")
    _task_options(some)
    after.add_commands(commands)
    return top


def _task_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--task", help="tldr or math, where the folder does not say it (a merged model)")
    command.add_argument("--base", help="the base model, where the folder does not say it (a merged model)")
    command.add_argument(
        "--source", help="sample, hub, hub@REVISION or a FOLDER (default: what the run was trained on)"
    )


def _train_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "task", help="tldr (summaries of a given length) or math (worked, tagged, right answers)"
    )
    command.add_argument(
        "--model",
        default="tiny",
        help="tiny, smollm-135m, llama-3.2-1b, smollm2-1.7b, or the path or hub id (owner/name, or "
        "owner/name@revision) of any causal language model with a chat template (default: tiny)",
    )
    command.add_argument("--steps", type=int, help="optimizer steps (default: the model's own number)")
    command.add_argument("--seed", type=int, default=0, help="default: 0")
    command.add_argument(
        "--source",
        default="sample",
        help="sample (ships with the workbook), hub (the real data set), hub@REVISION "
        "or a FOLDER with train.jsonl (default: sample)",
    )
    command.add_argument("--out", help="exactly this folder (default: a new one in runs/)")
    command.add_argument(
        "--resume",
        action="store_true",
        help="go on from the last whole checkpoint; start afresh "
        "where there is none; leave a finished run alone",
    )
    command.add_argument("--lr", type=float, help="learning rate (default: the model's own)")
    command.add_argument(
        "--quantize", choices=("4bit", "8bit"), help="load the base model quantized (bitsandbytes)"
    )
    command.add_argument("--report-to", help="wandb, or another tracker of transformers' (default: none)")
    command.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="any option of trl.GRPOConfig, again and again: --option beta=0.04",
    )


def _options(pairs: list[str]) -> dict[str, Any]:
    """KEY=VALUE pairs as a dict; a value that is no Python literal is text."""
    options = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name.isidentifier():
            raise WorkbookError(f"--option {pair!r} is not KEY=VALUE: write it like --option beta=0.04")
        try:
            options[name] = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            options[name] = text
    return options


def _asked(args: argparse.Namespace) -> tuple[Any, Any, dict[str, Any]]:
    """Task, model and the keywords of `train`; the names are checked before the slow imports."""
    from helpers.models import get_model
    from helpers.tasks import get_task

    task, model, options = get_task(args.task), get_model(args.model), _options(args.option)
    if args.lr is not None:
        options["learning_rate"] = args.lr
    names = ("steps", "seed", "source", "out", "quantize", "report_to")
    return task, model, {**{name: getattr(args, name) for name in names}, **options}


def train_command(args: argparse.Namespace) -> None:
    """Train."""
    task, model, asked = _asked(args)
    from helpers.runs import portable
    from helpers.trainer.together import is_first_process
    from helpers.training import train

    run = train(task, model, resume=args.resume, **asked)
    if is_first_process():
        print(f"now measure it: python -m helpers evaluate {portable(run.path)}")


def doctor_command(args: argparse.Namespace) -> int:
    """Print what the doctor found; status 1 when something red stops."""
    task, model, asked = _asked(args)
    from helpers.doctor import doctor

    report = doctor(task, model, **asked)
    print(report)
    return int(report.level == "red")


def evaluate_command(args: argparse.Namespace) -> None:
    """Measure, and print the table."""
    from helpers.evaluation import evaluate
    from helpers.ledger.report import lines

    names = ("split", "n", "seed", "task", "base", "source")
    result = evaluate(args.run, num_samples=args.samples, **{name: getattr(args, name) for name in names})
    print("\n".join(lines(result)))


def example_command(args: argparse.Namespace) -> None:
    """Show completions."""
    from helpers.evaluation import example_eval

    example_eval(args.run, args.task, args.n, source=args.source, base=args.base)


COMMANDS = {
    "train": train_command,
    "doctor": doctor_command,
    "evaluate": evaluate_command,
    "report": reporting.report_command,
    "example": example_command,
    **after.COMMANDS,
}


def main(words: list[str] | None = None) -> int:
    """Run a command; a known mistake is one line on stderr and status 2, an interruption status 130."""
    from helpers.ready import calm

    args = parser().parse_args(words)
    calm()
    try:
        if args.command == "train" and (count := missing_processes()) > 1:
            return launch(count, sys.argv[1:] if words is None else words)
        return COMMANDS[args.command](args) or 0
    except WorkbookError as error:
        give_way()
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
