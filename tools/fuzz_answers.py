"""Try the properties of tests/test_answers_properties.py on new examples until the time is up.

    python tools/fuzz_answers.py                          # two minutes
    python tools/fuzz_answers.py --seconds 3600 --seed 7  # an hour, repeatable

Prints how many examples each property was tried on. A falsifying example is made as small as Hypothesis can
make it and printed as a row to paste into a table of tests/test_answers.py; the exit status is then 1.
"""

import argparse
import functools
import random
import runpy
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from hypothesis import is_hypothesis_test, seed, settings  # noqa: E402

EXAMPLES = 50  # of one property at a time, before it is the next one's turn


class Property:
    """One test of the table, with the number of examples it was tried on and the last of them."""

    def __init__(self, test: Callable[..., None]) -> None:
        self.name, self.tried, self.last, self.fault = test.__name__, 0, {}, ""
        inner = test.hypothesis.inner_test

        @functools.wraps(inner)
        def counted(**arguments: Any) -> None:
            self.tried, self.last = self.tried + 1, arguments
            inner(**arguments)

        test.hypothesis.inner_test = counted
        options = settings(
            max_examples=EXAMPLES, deadline=None, derandomize=False, database=None, print_blob=False
        )
        self.test = options(test)

    def look(self, number: int) -> None:
        """Try EXAMPLES new examples, the same ones for the same number."""
        try:
            seed(number)(self.test)()
        except Exception as error:  # an assertion, or whatever the code under test raised
            self.fault = f"{type(error).__name__}: {(str(error) or 'no message').splitlines()[0]}"

    def row(self) -> str:
        """The last example (Hypothesis ends with the smallest that fails), as a row of a table."""
        return f"    ({', '.join(map(ascii, self.last.values()))}),  # {self.name}: {self.fault:.150}"


def properties() -> list[Property]:
    """Every property of the test file, in a copy of its own: counting and new settings stay here."""
    table = runpy.run_path(str(ROOT / "tests" / "test_answers_properties.py"))
    return [Property(test) for test in table.values() if is_hypothesis_test(test)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, help="a number to repeat a run by (default: a new one)")
    args = parser.parse_args()
    first = random.randrange(10**6) if args.seed is None else args.seed
    print(f"seed {first}, {args.seconds:g} s", flush=True)
    table, ends, number = properties(), time.monotonic() + args.seconds, first
    while time.monotonic() < ends and (left := [prop for prop in table if not prop.fault]):
        for prop in left:
            if time.monotonic() < ends:
                prop.look(number)
                print(prop.row() + "\n" if prop.fault else "", end="", flush=True)
        number += 1
    for prop in table:
        outcome = "FALSIFIED" if prop.fault else "held" if prop.tried else "not tried"
        print(f"{prop.tried:9,}  {outcome:9}  {prop.name}")
    print(f"{sum(prop.tried for prop in table):9,}  examples in all")
    sys.exit(any(prop.fault for prop in table))


if __name__ == "__main__":
    main()
