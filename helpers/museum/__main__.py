"""`python -m helpers.museum NAME`: train an exhibit of the failure museum again."""

from __future__ import annotations

import argparse
import sys

from helpers.errors import WorkbookError
from helpers.ready import calm


def main(words: list[str] | None = None) -> int:
    """Train an exhibit, or list them; a known mistake is one line on stderr and status 2."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.museum",
        description="Train an exhibit of the failure museum (notebook 07) again; without a name, list them.",
    )
    parser.add_argument("name", nargs="?", help="which exhibit")
    parser.add_argument("--seed", type=int, default=0, help="default: 0, as recorded")
    parser.add_argument("--out", help="exactly this folder (default: a new one in runs/)")
    args = parser.parse_args(words)
    calm()
    try:
        from helpers.museum.exhibits import EXHIBITS, find_exhibit

        if args.name is None:
            print("\n".join(EXHIBITS))
            return 0
        find_exhibit(args.name).train(seed=args.seed, out=args.out)
    except WorkbookError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
