"""The table of `make bench` says what its record says, and "not measured" where that says nothing."""

import json

from helpers.ledger.benchmarks import PLACE, speed

MACHINE = {
    "hardware": {"cores": 2, "cpu": "Slow One"},
    "versions": {"torch": "2.13.0", "transformers": "5.17.0", "trl": "1.16.0"},
    "commit": "0123456789abcdef",
}
FOUND = {
    "completions_per_s_ratio": 2.5,
    "training": {
        "completions_per_s": {"ours": 50.0, "stock": 20.0, "stock, fp32": 25.0},
        "completions_per_s_ratio_fp32": 2.0,
        "completions_a_step": 32,
        **MACHINE,
    },
    "sampling": {
        "by_batch": {"32": {"tokens_per_s": {"ours": 9000, "bare loop": 6000}, "share_of_limit": 1.5}}
    },
    "startup_s": {"first_plot_of_02": 2.75},
    "time_to_goal_s": {
        "ours": {"seconds": [9.6, None]},
        "stock": {"seconds": [30.0], "mean": 30.0, "ci_low": 20.0, "ci_high": 40.0},
    },
    "growth": {
        "points": {
            "completions": [
                {"completions": 8, "seconds": 0.25, "memory_mb": 1600.4},
                {"completions": 32, "seconds": 1.0, "memory_mb": 1700.0},
            ]
        }
    },
}


def table(tmp_path, found):
    place = tmp_path / PLACE
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps(found), encoding="utf-8")
    return speed(tmp_path / "runs")


def test_every_number_is_on_its_line(tmp_path):
    lines = table(tmp_path, FOUND).splitlines()
    for words in (
        (
            "per second, 32 a step",
            "ours 50.0, stock 20.0, stock, fp32 25.0: **2.50x** stock, 2.00x stock in fp32",
        ),
        ("sampled per second, batch 32", "ours 9,000, bare loop 6,000: **1.50x** the faster bare loop"),
        ("cold kernel", "first plot of 02 2.8"),
        ("ours, each seed", "10 / not reached"),
        ("stock, each seed", "30; mean 30 [20, 40]"),
        (
            "a step by completions",
            "8: 0.25 s, 1,600 MB; 32: 1.00 s, 1,700 MB (time grows with the power 1.0)",
        ),
    ):
        assert any(all(word in line for word in words) for line in lines), words
    assert (
        "2 cores of Slow One; torch 2.13.0, transformers 5.17.0, trl 1.16.0; commit 0123456789." in lines[-1]
    )


def test_what_is_missing_is_not_measured(tmp_path):
    assert speed(tmp_path / "runs") == "*No recorded runs yet: not measured.*\n"
    rest = {"training": FOUND["training"], "completions_per_s_ratio": 2.5}
    assert table(tmp_path, rest).count("not measured") == 4
