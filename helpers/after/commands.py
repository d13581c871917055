"""The commands for what comes after training: merge, push, chat. Loading this loads nothing slow."""

from __future__ import annotations

import argparse
from typing import Any


def add_commands(commands: Any) -> None:
    """Tell the command line of merge, push and chat."""
    one = commands.add_parser("merge", help="write base and adapter as one model that needs none of our code")
    one.add_argument("run", help="a finished run's folder")
    one.add_argument("--out", help="where to (default: RUN/merged)")
    one.add_argument(
        "--dtype", choices=("float32", "bfloat16", "float16"), default="float32", help="default: float32"
    )
    one = commands.add_parser("push", help="upload the merged model and its card to the Hugging Face hub")
    one.add_argument("run", help="a finished run's folder")
    one.add_argument("repo", metavar="OWNER/NAME", help="where to")
    one.add_argument("--adapter", action="store_true", help="the LoRA weights alone")
    one.add_argument("--public", action="store_true", help="for all to see (default: private)")
    one.add_argument("--update", action="store_true", help="into a repository that is there already")
    one = commands.add_parser("chat", help="ask base and trained model the same, side by side")
    one.add_argument("run", help="a run's folder, or an adapter in one")
    one.add_argument("--temperature", type=float, default=0.0, help="default: 0, greedy")


def merge_command(args: argparse.Namespace) -> None:
    """Merge, and say where the model is."""
    from helpers.after.merging import merge
    from helpers.runs import portable

    folder = merge(args.run, args.out, dtype=args.dtype)
    print(f"merged into {portable(folder)}: from_pretrained takes it by path; its card is README.md")


def push_command(args: argparse.Namespace) -> None:
    """Push, and say where the model is."""
    from helpers.after.pushing import push

    what = "adapter" if args.adapter else "merged"
    url = push(args.run, args.repo, what=what, private=not args.public, update=args.update)
    print(f"pushed to {url}" + ("" if args.update else " (public)" if args.public else " (private)"))


def chat_command(args: argparse.Namespace) -> None:
    """Talk until there are no more prompts."""
    from helpers.after.talking import Talk, converse

    converse(Talk(args.run, args.temperature))


COMMANDS = {"merge": merge_command, "push": push_command, "chat": chat_command}
