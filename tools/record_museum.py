"""Record the failure museum of notebook 07 in `data/runs/museum/`: every exhibit, seed 0.

    python tools/record_museum.py                  # all of them (a quarter of an hour on two cores)
    python tools/record_museum.py lr-x30           # this one

Each trains in build/ through `python -m helpers.museum`'s own code, and is moved once it is whole; the
adapter stays behind, four completions a step are kept.
"""

import argparse
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from helpers.ready import calm  # noqa: E402

calm()  # before the libraries that talk at import

from helpers.museum.exhibits import EXHIBITS, FOLDER, find_exhibit  # noqa: E402
from helpers.runs import SHIPPED  # noqa: E402


def record(name: str) -> None:
    """Train one exhibit in build/, then move it to data/runs/museum/."""
    work, place = ROOT / "build" / FOLDER / name, SHIPPED / FOLDER / name
    shutil.rmtree(work, ignore_errors=True)
    run = find_exhibit(name).train(out=work, keep_completions=4)
    shutil.rmtree(run.adapter)
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(work, place)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which exhibits (default: all)")
    for name in parser.parse_args().names or EXHIBITS:
        record(name)


if __name__ == "__main__":
    main()
