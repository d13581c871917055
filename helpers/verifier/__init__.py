r"""math-verify behind guards, in worker processes that can be killed.

Why all this: the policy under GRPO tries everything. Called plainly, math-verify hangs on
``\boxed{9^{9^{9}}}``, pays for chains (``4=5`` for 5) and for near misses (``1/2^{98}`` for ``1/2^{99}``).
Its own time limit uses SIGALRM: main thread only, and it clears an alarm that somebody else set.

- `guards` refuses what is long, deep or towering before anything parses it.
- `shapes` takes lists, pairs, intervals and matrices apart, so that each entry is compared by itself.
- `library` asks math-verify about what is left. It runs in workers only.
- `pool` is the caller's side: one line of JSON out, verdicts back.
- `nursery` is the other side: it imports math-verify once and forks workers; those that run too long it
  replaces.
"""
