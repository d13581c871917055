"""Mistakes in the exercises of 08: what is replaced in a solution, by what, and part of the message."""

PLANTED = {
    "layout": [
        ("divmod(total, processes)", "total, 0", "the total is not split"),
        ("if share % size == 0", "", "some completions are lost"),
        ("range(min(most, share), 0, -1)", "range(1, share + 1)", "one at a time always fits"),
        ("range(min(most, share), 0, -1)", "range(min(most, share) - 1, 0, -1)", "`most` itself fits, too"),
        ("return size, share // size", "return share // size, size", "the other way round"),
        ("if left:", "if False:", "one is left over"),
        ("return size, share // size", "return size", "return two numbers"),
    ],
    "weights_gb": [
        ("bits / 8", "bits", "bits were taken for bytes"),
        ("bits / 8", "(bits / 8 + 12)", "frozen weights have no gradient"),
        ("trained * 16", "trained * 4", "there four times"),
        ("trained * 16", "trained * 8", "two averages of every trained weight"),
        ("trained * 16", "4 * trained * bits / 8", "`bits` is about the frozen ones"),
        ("1e9", "2**30", "10**9 bytes"),
    ],
    "ring_mb": [
        ("2 * (processes - 1)", "(processes - 1)", "once more to bring the sums back"),
        ("(processes - 1) * part", "processes * part", "nobody sends its own part"),
        ("trained * 4 / processes", "trained * 4", "one part at a time"),
        ("trained * 4", "trained", "has 4 bytes"),
    ],
}
