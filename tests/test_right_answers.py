"""The exercises of 03 to 05 take a right answer in any clothes: numpy's numbers, a list, other dice."""

from __future__ import annotations

import pytest
from exercise_pages import Exercise
from test_exercises import ALL

ENDS = "means[int(0.025 * draws)], means[int(0.975 * draws)]"
PLACES = "places = chance.choices(range(prompts), k=prompts)"
DRAWN = "drawn = chance.choices(gains, k=len(gains))"
RIGHT = {
    "share_within": [("sum(within) / len(within)", "__import__('numpy').mean(within)")],
    "reward_len_and_name": [("return rewards", "return tuple(rewards)")],
    "my_reward": [
        ("0.5 * length + 0.5 * content", "__import__('numpy').float32(0.5 * length + 0.5 * content)"),
        ("0.5 * length + 0.5 * content", "length * content"),
    ],
    "split_gain": [
        ("return switching, better", "return [switching, better]"),
        ("return switching, better", "return __import__('numpy').array([switching, better])"),
    ],
    "length_by_way": [("sum(found) / len(found)", "__import__('numpy').mean(found)")],
    "faulty_golds": [
        ("reward(solutions, solutions)", "[reward([gold], [gold])[0] for gold in solutions]"),
        ("reward(solutions, solutions)", "reward(completions=solutions, solution=solutions)"),
    ],
    "sums_right": [("if found else 0.0", "if found else 0")],
    "verdict": [("if low <= 0 <= high", "if not (low > 0 or high < 0)")],
    "paired_bootstrap": [
        (f"return sum(differences) / n, {ENDS}", f"return [sum(differences) / n, {ENDS}]"),
        *(("random.Random(seed)", f"random.Random(seed + {dice})") for dice in range(1, 6)),
    ],
    "pass_at_k": [
        ("comb(n - c, k) / comb(n, k)", "__import__('math').prod((n - c - i) / (n - i) for i in range(k))"),
    ],
    "choose_rate": [('return rate, scores[rate]["test"]', 'return [rate, scores[rate]["test"]]')],
    "seed_interval": [
        (f"{PLACES}\n        {DRAWN}", f"{DRAWN}\n        {PLACES}"),
        *(("random.Random(seed)", f"random.Random(seed + {dice})") for dice in range(1, 6)),
    ],
}
CASES = [
    pytest.param(one, *edit, id=f"{one}-{place}")
    for one in ALL
    for place, edit in enumerate(RIGHT.get(one.name, []))
]


@pytest.mark.parametrize(("exercise", "old", "new"), CASES)
def test_a_right_answer_in_other_clothes_passes(
    exercise: Exercise, old: str, new: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exercise.checker()(exercise.spoiled(old, new))
    assert capsys.readouterr().out.startswith("Passed: ")


def test_each_exercise_of_these_notebooks_is_tried() -> None:
    assert {one.name for one in ALL if one.room in ("tldr", "maths", "evaluate")} == set(RIGHT)
