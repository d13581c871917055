"""Exercises of 08_scale_up: a layout for several processes, the memory of weights, the traffic of a ring."""

from collections.abc import Callable

from helpers.checks.asking import ask, explain, kindly


@kindly
def check_layout(layout: Callable[[int, int, int], tuple[int, int]]) -> None:
    """layout(total, processes, most): (completions at a time, times) of each process."""
    cases = ((128, 2, 8), (40, 2, 8), (32, 1, 32), (32, 2, 32), (48, 4, 5), (16, 1, 4), (36, 2, 5))
    for total, processes, most in cases:
        share = total // processes
        size = max(n for n in range(1, min(most, share) + 1) if share % n == 0)
        less = max(n for n in range(1, min(most, share)) if share % n == 0)
        found = ask(layout, total, processes, most)
        assert isinstance(found, tuple | list) and len(found) == 2, "return two numbers: (at_a_time, times)"
        explain(list(found), [size, share // size], {
            "the total is not split: each process gets total // processes of it":
                [max(n for n in range(1, min(most, total) + 1) if total % n == 0), total // max(
                    n for n in range(1, min(most, total) + 1) if total % n == 0)],
            "at_a_time is `most` whether it divides the share or not: some completions are lost":
                [min(most, share), share // min(most, share)],
            "one at a time always fits, and is the slowest way: take the largest that divides the share":
                [1, share],
            "`most` itself fits, too: start to count down from min(most, share), not below it":
                [less, share // less],
            "the other way round: first how many at a time, then how many times": [share // size, size],
        })  # fmt: skip
    try:
        layout(33, 2, 8)
    except ValueError:
        pass
    else:
        raise AssertionError("33 completions over 2 processes: one is left over, so raise ValueError")
    print("Passed: every completion has a place, and no process holds more than fits.")


@kindly
def check_weights_gb(weights_gb: Callable[[float, float, int], float]) -> None:
    """weights_gb(parameters, trained, bits): GB (10^9 bytes) of frozen weights and all that training adds."""
    for parameters, trained, bits in ((1e9, 1e7, 4), (1e9, 1e7, 16), (7e9, 4e7, 8), (1e9, 0, 16)):
        right = (parameters * bits / 8 + trained * 16) / 1e9
        explain(ask(weights_gb, parameters, trained, bits), right, {
            "bits were taken for bytes: divide by 8": (parameters * bits + trained * 16) / 1e9,
            "frozen weights have no gradient and no averages: 16 bytes are for trained ones only":
                (parameters * (bits / 8 + 12) + trained * 16) / 1e9,
            "a trained weight is there four times, 4 bytes each: itself, its gradient, Adam's two averages":
                (parameters * bits / 8 + trained * 4) / 1e9,
            "Adam keeps two averages of every trained weight: 16 bytes, not 8":
                (parameters * bits / 8 + trained * 8) / 1e9,
            "trained weights stay in fp32: `bits` is about the frozen ones":
                (parameters + 4 * trained) * bits / 8 / 1e9,
            "a GB is 10**9 bytes here, not 2**30": (parameters * bits / 8 + trained * 16) / 2**30,
        })  # fmt: skip
    print("Passed: frozen weights cost their bits, trained ones 16 bytes.")


@kindly
def check_ring_mb(ring_mb: Callable[[float, int], float]) -> None:
    """ring_mb(trained, processes): MB (10^6 bytes) that each process sends to average fp32 gradients."""
    for trained, processes in ((1e6, 8), (1e6, 2), (11_272_192, 64), (1e6, 1)):
        whole = trained * 4 / 1e6
        right = 2 * (processes - 1) / processes * whole
        explain(ask(ring_mb, trained, processes), right, {
            "the parts go round once to be summed and once more to bring the sums back: twice": right / 2,
            "nobody sends its own part to itself: (processes - 1) / processes, twice": 2 * whole,
            "that is everybody sending everything to everybody: a ring passes on one part at a time":
                2 * (processes - 1) * whole,
            "a gradient in fp32 has 4 bytes": right / 4,
        })  # fmt: skip
    print("Passed: with many processes it is nearly twice the gradient, whether they are 8 or 64.")
