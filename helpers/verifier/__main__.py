"""Where a nursery starts: ``python -P -m helpers.verifier 0.2 fork``. Nothing of the caller is imported."""

import sys

if __name__ == "__main__":
    # The folder that holds `helpers` came first (PYTHONPATH): no file in it may pass for a library.
    sys.path.append(sys.path.pop(0))
    from helpers.verifier import nursery

    nursery.main(cpu_seconds=float(sys.argv[1]), fork=sys.argv[2] == "fork")
