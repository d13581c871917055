"""The reward lab without a browser: samples, numbers by hand and by TRL, controls, code."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

from helpers.errors import WorkbookError
from helpers.rewards import configured, reward_accuracy, reward_format, reward_len, reward_token_length
from helpers.tasks import MATH, TASKS, TLDR
from helpers.widgets import lab_numbers as numbers
from helpers.widgets import samples as bank_of
from helpers.widgets.lab import SUM, reward_lab
from helpers.widgets.lab_code import code
from helpers.widgets.lab_curves import curve
from helpers.widgets.lab_design import Judge, choices, parameters, part
from helpers.widgets.lab_tables import signed
from helpers.widgets.lab_worst import bad_share_of_best, faults, offenders

NAN = float("nan")
SECTIONS = ("rewards", "ranking", "moves", "offenders", "own", "fresh", "code")


def small_bank(texts: list[list[str]], task=TLDR) -> bank_of.Bank:
    rows = [
        {
            "prompt": f"p{i}",
            "gold": "A cat sat.",
            "completions": group,
            "token_ids": [[5] * len(t) for t in group],
        }
        for i, group in enumerate(texts)
    ]
    return bank_of.bank(task, rows)


def by_vowels(completions, *, vowel: str = "a", **kwargs):
    return [float(one[-1]["content"].count(vowel)) for one in completions]


def none_for_short(completions, **kwargs):
    return [None if len(one[-1]["content"]) < 40 else 1.0 * len(one[-1]["content"]) for one in completions]


def breaks(completions, *, fuse: int = 3, **kwargs):
    if fuse > 5:
        raise RuntimeError("boom\nand a second line")
    return [float(fuse)] * len(completions)


# --- the samples that ship


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.name)
def test_the_shipped_samples_fit_their_task(task) -> None:
    bank, data = bank_of.load_samples(task), task.load("train", n=64)
    assert len(bank.rows) >= 64 and {len(row["completions"]) for row in bank.rows} == {8}
    assert [row["prompt"] for row in bank.rows] == [prompt[-1]["content"] for prompt in data["prompt"]]
    assert [row["gold"] for row in bank.rows] == list(data[task.gold_column])
    assert (bank_of.SAMPLES / f"{task.name}.jsonl").stat().st_size < 300_000


@pytest.mark.parametrize("task", TASKS)
def test_the_token_ids_of_the_samples_decode_to_their_texts(task: str) -> None:
    from helpers.models import load_tokenizer

    bank, tokenizer = bank_of.load_samples(task), load_tokenizer("tiny")
    assert tokenizer.batch_decode(bank.ids, skip_special_tokens=True) == bank.texts
    assert all(tokenizer.eos_token_id not in ids[:-1] and len(ids) <= 64 for ids in bank.ids)
    ended = [ids[-1] == tokenizer.eos_token_id for ids in bank.ids]
    assert all(end or len(ids) == 64 for end, ids in zip(ended, bank.ids, strict=True))
    assert statistics.mean(ended) > 0.9
    assert bank_of.tokens_of("The answer is 42.") == [
        *tokenizer.encode("The answer is 42."),
        tokenizer.eos_token_id,
    ]


def test_the_readme_lists_the_samples_checksums(root) -> None:
    import hashlib

    readme = (root / "data/README.md").read_text()
    for task in TASKS:
        digest = hashlib.sha256((bank_of.SAMPLES / f"{task}.jsonl").read_bytes()).hexdigest()
        assert f"{digest}  samples/{task}.jsonl" in readme


def test_broken_samples_are_named_in_one_line(tmp_path) -> None:
    with pytest.raises(WorkbookError, match=r"no samples of task 'tldr'.*build_samples\.py"):
        bank_of.load_samples("tldr", tmp_path)
    (tmp_path / "tldr.jsonl").write_text('{"prompt": "p", "gold": "g", "completions": ["a", "b"]}\n')
    with pytest.raises(WorkbookError, match="row 1 of .* lacks one of"):
        bank_of.load_samples("tldr", tmp_path)
    row = {"prompt": "p", "gold": "g", "completions": ["a", "b"], "token_ids": [[1], [2]]}
    with pytest.raises(WorkbookError, match="row 2 of .* 2 completions and 1 lists"):
        bank_of.bank("tldr", [row, row | {"token_ids": [[1]]}])
    with pytest.raises(WorkbookError, match="the same number"):
        bank_of.bank("tldr", [row, row | {"completions": ["a"], "token_ids": [[1]]}])
    assert len(bank_of.bank("tldr", [row]).texts) == 2


# --- numbers, by hand


def test_the_total_is_the_weighted_sum_without_none() -> None:
    matrix = np.array([[1.0, 2.0], [NAN, 3.0], [NAN, NAN]])
    assert numbers.combine(matrix, [1.0, 0.5]).tolist()[:2] == [2.0, 1.5]
    assert np.isnan(numbers.combine(matrix, [1.0, 0.5])[2])


def test_advantages_by_hand() -> None:
    total = [1.0, 3.0, 10.0, 30.0]
    by_group, batch_std = 1 / (statistics.stdev([1, 3]) + 1e-4), statistics.stdev(total) + 1e-4
    assert numbers.advantages(total, 2, "none").tolist() == [-1, 1, -10, 10]
    assert numbers.advantages(total, 2)[:2] == pytest.approx([-by_group, by_group])
    assert numbers.advantages(total, 2, "batch") == pytest.approx(
        [value / batch_std for value in (-1, 1, -10, 10)]
    )
    assert numbers.advantages([NAN, 1.0, 3.0, NAN], 4, "none").tolist() == [0, -1, 1, 0]
    with pytest.raises(WorkbookError, match="scale_rewards='all'"):
        numbers.advantages(total, 2, "all")
    with pytest.raises(WorkbookError, match="3 completions do not fill groups of 2"):
        numbers.advantages(total[:3], 2)


def test_a_batch_is_as_large_as_a_training_step() -> None:
    total = np.arange(12.0)
    found = numbers.in_batches(total, 2, "batch", 2)
    assert found[:4].tolist() == numbers.advantages(total[:4], 2, "batch").tolist()
    assert found[8:].tolist() == numbers.advantages(total[8:], 2, "batch").tolist()


def test_dead_groups_have_no_spread_or_nobody_to_compare_with() -> None:
    total = np.array([1.0, 1.0, 1.0, 2.0, NAN, 2.0, NAN, NAN])
    assert numbers.dead_groups(total, 2).tolist() == [True, False, True, True]
    made = numbers.compute(["r"], [1.0], total[:, None], 2)
    assert made.dead_share == 0.75
    assert made.ranking(1) == [3, 2] and made.ranking(2) == [5, 4], "best first, None last"


def test_shares_split_the_variance_and_show_who_drowns() -> None:
    quiet, loud = np.array([0.0, 1, 0, 1] * 4), np.array([0.0, 0, 50, 50] * 4)
    shares = numbers.shares(np.stack([quiet, loud], 1), [1, 1], 4)
    assert shares.sum() == pytest.approx(1) and shares[0] == pytest.approx(1 / 2501)
    assert numbers.shares(np.stack([quiet, loud], 1), [1, 0.02], 4) == pytest.approx([0.5, 0.5])
    assert numbers.moves(np.stack([quiet, loud], 1), [1, 0.02], 4) == pytest.approx(
        [statistics.stdev(quiet[:4])] * 2
    )
    against = numbers.shares(np.stack([quiet, -3 * quiet], 1), [1, 1], 4)
    assert against == pytest.approx([-0.5, 1.5]), "the total moves against the first"
    assert np.isnan(numbers.shares(np.ones((8, 2)), [1, 1], 4)).all(), "every group is dead"


def test_a_group_where_nobody_differs_does_not_count_in_the_shares() -> None:
    matrix = np.array([[0.0, 5], [1, 5], [3, 3], [3, 3]])
    assert numbers.shares(matrix, [1, 1], 2).tolist() == [1.0, 0.0]
    matrix[0] = NAN
    assert np.isnan(numbers.shares(matrix, [1, 1], 2)).all()


@pytest.mark.parametrize("scale", numbers.SCALES)
def test_the_from_scratch_room_computes_the_same(scale: str) -> None:
    import torch

    from helpers.grpo import combine_rewards, group_advantages

    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(32, 3)).astype(np.float32)
    matrix[[3, 7, 8], 1], matrix[[5, 30]] = NAN, NAN
    theirs = group_advantages(combine_rewards(torch.tensor(matrix), [1.0, 0.3, 2.0]), 8, scale)
    ours = numbers.advantages(numbers.combine(matrix, [1.0, 0.3, 2.0]), 8, scale)
    assert ours == pytest.approx(theirs.numpy(), abs=1e-5)


# --- numbers, held against TRL's


def trl_advantages(lab, out) -> tuple[np.ndarray, float]:
    """What GRPOTrainer makes of the lab's first batch: the same completions, through TRL's own code."""
    from trl import GRPOConfig, GRPOTrainer

    from helpers.models import load_model, load_tokenizer

    class Replay(GRPOTrainer):
        def _generate_single_turn(self, prompt_ids, *args):
            return [list(ids) for ids in lab.bank.ids[: len(prompt_ids)]], None

    count, size = lab.batch_groups, lab.bank.group_size
    rows = lab.task.load("train", n=count)
    args = GRPOConfig(
        output_dir=str(out),
        use_cpu=True,
        bf16=False,
        report_to="none",
        per_device_train_batch_size=count * size,
        num_generations=size,
        max_completion_length=64,
        scale_rewards=lab.scale_rewards,
        reward_weights=lab.reward_weights,
    )
    trainer = Replay(
        model=load_model("tiny"),
        reward_funcs=lab.reward_funcs,
        train_dataset=rows,
        processing_class=load_tokenizer("tiny"),
        args=args,
    )
    trainer.model.train()
    batch = trainer._generate_and_score_completions([row for row in rows for _ in range(size)])
    return batch["advantages"].numpy(), trainer._metrics["train"]["frac_reward_zero_std"][-1]


DESIGNS = {
    "math": [reward_format, reward_accuracy, configured(reward_token_length, ideal_tokens=20)],
    "tldr": [configured(reward_len, ideal_chars=80), none_for_short],
}


@pytest.mark.train
@pytest.mark.parametrize("scale", numbers.SCALES)
@pytest.mark.parametrize("task", TASKS)
def test_the_advantages_are_those_of_trl(task: str, scale: str, tmp_path) -> None:
    lab = reward_lab(task, rewards=DESIGNS[task], weights=[1.0, 0.5, 0.01][: len(DESIGNS[task])])
    lab.scale_rewards = scale
    theirs, dead = trl_advantages(lab, tmp_path)
    ours = lab.numbers.advantages[scale][: len(theirs)]
    assert ours == pytest.approx(theirs, rel=1e-4, abs=1e-4) and np.abs(ours).max() > 0.5
    if scale == "group":
        assert lab.numbers.dead[: lab.batch_groups].mean() == dead


@pytest.mark.train
@pytest.mark.parametrize("scale", numbers.SCALES)
def test_a_completion_that_nothing_can_score_gets_what_trl_gives_it(scale: str, tmp_path) -> None:
    lab = reward_lab("tldr", rewards=[none_for_short])
    lab.scale_rewards = scale
    theirs, _ = trl_advantages(lab, tmp_path)
    ours, none = lab.numbers.advantages[scale][: len(theirs)], np.isnan(lab.numbers.total[: len(theirs)])
    assert none.any() and not none.all()
    assert ours == pytest.approx(theirs, rel=1e-4, abs=1e-4) and not ours[none].any()


# --- what can be moved


def test_controls_come_from_the_signature() -> None:
    def reward(
        completions, *, n: int = 50, share: float = 0.5, on: bool = True, mode: str = "x", odd=None, **kwargs
    ):
        return [0.0] * len(completions)

    kinds = {one.name: one.kind for one in parameters(reward)}
    assert kinds == {"n": "int", "share": "float", "on": "bool", "mode": "text"}
    n, share = parameters(reward)[:2]
    assert (n.low, n.high, share.low, share.high) == (1, 200, 0.01, 2.0)

    def needs(completions, *, target, **kwargs):
        return []

    with pytest.raises(WorkbookError, match="no default for 'target'"):
        parameters(needs)


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.name)
def test_every_control_moves_what_it_should(task) -> None:
    lab = reward_lab(task)
    for name, controls in lab.controls.items():
        lab.add(name)
        assert lab.problem == "" and name in lab.numbers.names
        for key, control in controls.params.items():
            before, control.value = lab.numbers.total, control.value + 1
            assert dict(controls.part.params)[key] == control.value
            assert not np.array_equal(before, lab.numbers.total), f"{name}.{key} moves nothing"
        before, controls.weight.value = lab.numbers.total, 0.5
        place = lab.numbers.names.index(name)
        assert lab.numbers.weights[place] == lab.reward_weights[place] == 0.5
        assert not np.array_equal(before, lab.numbers.total)
    assert {one.__name__ for one in choices(task)} == set(lab.controls)
    lab.drop("reward_len")
    assert "reward_len" not in lab.numbers.names


def test_a_slider_moves_numbers_picture_and_text() -> None:
    lab = reward_lab("tldr")
    before, slider = lab.page.picture.widget.value, lab.controls["reward_len"].params["ideal_chars"]
    slider.value = 80
    texts = lab.bank.texts
    mean = statistics.mean(reward_len(texts, ideal_chars=80))
    assert f"<b>{mean:.2f}</b> points over 512 samples" in lab.page.readout.value
    assert lab.page.picture.widget.value != before
    assert lab.page.curve.ideal.get_xdata() == [80.0, 80.0]
    lab.group = 5
    assert "group 5: best" in lab.page.readout.value
    assert all(signed(value) in lab.page.bars.value for value in lab.numbers.advantages["group"][32:40])
    lab.scale_rewards = "none"
    assert all(signed(value) in lab.page.bars.value for value in lab.numbers.advantages["none"][32:40])
    lab.focus = "reward_rouge"
    assert "not in the sum" in lab.page.readout.value


@pytest.mark.parametrize("task", TASKS)
def test_every_section_shows_something_and_follows(task: str) -> None:
    lab = reward_lab(task, rewards=[reward_len])
    boxes = {one.name: one.box for one in lab.page.sections}
    assert tuple(boxes) == SECTIONS and all(box.layout.display == "none" for box in boxes.values())

    def shown(name: str) -> str:
        return "".join(
            getattr(child, "value", "") for child in boxes[name].children if hasattr(child, "value")
        )

    for name in ("ranking", "moves", "offenders", "own", "code"):
        lab.open(name)
        assert [key for key, box in boxes.items() if box.layout.display != "none"] == [name]
        before = shown(name)
        lab.set("reward_len", ideal_chars=60 + 10 * SECTIONS.index(name), weight=0.5)
        assert lab.problem == "" and shown(name) != before, name
    lab.open(None)
    with pytest.raises(WorkbookError, match="no section 'nothing'"):
        lab.open("nothing")


def test_weights_and_parameters_from_code() -> None:
    lab = reward_lab("tldr", rewards=[configured(reward_len, ideal_chars=70)], weights=[0.5])
    assert [one.__name__ for one in lab.reward_funcs] == ["reward_len[ideal_chars=70]"]
    lab.set("reward_len", ideal_chars=900, weight=0.33333)
    assert lab.reward_weights == [0.33333] and lab.reward_funcs == [configured(reward_len, ideal_chars=900)]
    for wrong, words in (
        (dict(name="reward_len", weight=0), "weight=0 for reward_len"),
        (dict(name="reward_len", weight=-1.0), "weight=-1.0"),
        (dict(name="reward_len", ideal_chars="many"), "ideal_chars='many'"),
        (dict(name="reward_len", ideal_chars=80.5), "ideal_chars=80.5"),
        (dict(name="reward_len", ideal_tokens=5), "has no parameter 'ideal_tokens'"),
        (dict(name="reward_wit"), "no reward 'reward_wit'"),
    ):
        with pytest.raises(WorkbookError, match=re.escape(words)):
            lab.set(**wrong)
    assert lab.reward_weights == [0.33333] and lab.reward_funcs == [configured(reward_len, ideal_chars=900)]
    for bad, words in (
        ({"group": 65}, "1 to 64"),
        ({"scale_rewards": "x"}, "group, batch, none"),
        ({"focus": "x"}, "no reward"),
    ):
        with pytest.raises(WorkbookError, match=words):
            setattr(lab, *next(iter(bad.items())))


def test_a_lab_that_cannot_start_says_why() -> None:
    with pytest.raises(WorkbookError, match="2 weights for 1 rewards"):
        reward_lab("tldr", rewards=[reward_len], weights=[1, 2])
    with pytest.raises(WorkbookError, match="two rewards are named 'reward_len'"):
        reward_lab("tldr", rewards=[reward_len, configured(reward_len, ideal_chars=3)])
    with pytest.raises(WorkbookError, match="unknown task"):
        reward_lab("chess")
    with pytest.raises(WorkbookError, match="batch_groups=0"):
        reward_lab("tldr", batch_groups=0)
    assert list(reward_lab("tldr", rewards=by_vowels, extra=breaks).controls)[:2] == ["by_vowels", "breaks"]


def test_only_what_changed_is_asked_again() -> None:
    calls = []

    def counted(completions, *, n: int = 1, **kwargs):
        calls.append(len(completions))
        return [float(n)] * len(completions)

    lab = reward_lab("tldr", rewards=[reward_len, counted])
    asked = calls.count(512)
    lab.set("reward_len", ideal_chars=33)
    lab.group = 7
    assert calls.count(512) == asked == 1
    lab.set("counted", n=2)
    assert calls.count(512) == 2


# --- curves, offenders, texts of one's own


def test_a_curve_is_exact_where_length_is_all_that_counts() -> None:
    judge = Judge(bank_of.load_samples("tldr"))
    chars, tokens = curve(judge, part(reward_len)), curve(judge, part(reward_token_length))
    assert (chars.exact, chars.unit, chars.ideal) == (True, "characters", 50.0)
    assert chars.ys.tolist() == [-abs(50 - x) for x in chars.xs] and chars.xs.max() > chars.lengths.max()
    assert (tokens.exact, tokens.unit) == (True, "tokens")
    vowels = curve(judge, part(by_vowels))
    assert not vowels.exact and len(vowels.xs) == 8 and (np.diff(vowels.xs) >= 0).all()


def test_offenders_are_plainly_bad_and_well_paid() -> None:
    judge = Judge(bank_of.load_samples("math"))
    total = judge.scores(part(reward_format))
    found, bad = offenders(judge, total), faults(judge)
    assert found and all(one.why == bad[one.place] == "wrong answer" for one in found), "tagged, and wrong"
    assert all(total[one.place] == 1.0 for one in found)
    right = reward_accuracy(judge.bank.texts, judge.bank.golds)
    assert all(("wrong" in why) == (paid == 0) for why, paid in zip(bad, right, strict=True))
    count, of = bad_share_of_best(judge, total)
    assert of == 128 and 0 < count < of
    tidy = small_bank([["A cat sat.", "A cat sat sat."], ["Nothing of it", "The cat sat."]])
    assert [bool(why) for why in faults(Judge(tidy))] == [False, True, True, False]


def test_a_text_of_ones_own() -> None:
    lab = reward_lab("math")
    lab.group = 2
    gold = lab.bank.rows[1]["gold"]
    assert lab.try_text(f"<think>…</think><answer>{gold}</answer>")["reward_format"] == 1.0
    assert lab.try_text(gold)["reward_accuracy"] == 1.0
    assert lab.try_text("x")["reward_accuracy"] == 0.0
    lab.open("own")
    text = next(child for child in lab.page.sections[4].box.children if "t-own-text" in child._dom_classes)
    table = next(child for child in lab.page.sections[4].box.children if "t-own" in child._dom_classes)
    text.value = "<script>alert(1)</script> & so on"
    assert "33 characters" in table.value


def test_texts_are_escaped() -> None:
    evil = '<img src=x onerror="alert(1)">'
    bank = small_bank([[evil, evil + "b"], ["c", "dd"]])
    lab = reward_lab(
        "tldr", samples=bank_of.Bank(TLDR, tuple({**row, "prompt": evil, "gold": evil} for row in bank.rows))
    )
    for section in SECTIONS:
        lab.open(section)
    values = [lab.page.bars.value] + [
        c.value for s in lab.page.sections for c in s.box.children if hasattr(c, "value")
    ]
    assert not any("<img" in str(value) for value in values)
    assert sum("&lt;img" in str(value) for value in values) >= 3


# --- rewards that fail


def test_a_failing_reward_shows_one_line_and_leaves_the_last_picture() -> None:
    lab = reward_lab("tldr", extra=[breaks])
    lab.add("breaks")
    before, numbers_before = lab.page.picture.widget.value, lab.numbers
    lab.set("breaks", fuse=9)
    assert lab.problem.startswith("breaks fails (RuntimeError: boom)") and "\n" not in lab.problem
    assert "breaks fails" in lab.page.error.value
    assert lab.page.picture.widget.value == before and lab.numbers is numbers_before
    lab.set("breaks", fuse=2)
    assert lab.problem == lab.page.error.value == ""
    lab.drop("breaks")
    lab.drop("reward_len")
    assert "tick at least one" in lab.problem


@pytest.mark.parametrize(
    ("paid", "words"),
    [([1.0], "returned 1 rewards for 512"), (["a"] * 512, "ValueError"), (None, "TypeError")],
)
def test_rewards_of_the_wrong_shape_are_told_apart(paid, words: str) -> None:
    def odd(completions, **kwargs):
        return paid

    lab = reward_lab("tldr", extra=[odd])
    lab.add("odd")
    assert words in lab.problem


def test_none_and_nan_are_left_out_as_trl_does() -> None:
    lab = reward_lab("tldr", rewards=[none_for_short])
    assert np.isnan(lab.numbers.total).any()
    for section in SECTIONS:
        lab.open(section)
        assert lab.problem == ""
    lab.figure()

    def nothing(completions, **kwargs):
        return [float("nan")] * len(completions)

    empty = reward_lab("tldr", rewards=[nothing])
    for section in SECTIONS:
        empty.open(section)
    assert empty.problem == "" and empty.numbers.dead.all() and not empty.numbers.advantages["group"].any()
    assert "64 of 64" in empty.page.readout.value


# --- what is kept


def test_the_printed_code_runs_and_makes_the_same_rewards(capsys) -> None:
    lab = reward_lab("tldr", extra=[by_vowels])
    lab.set("reward_len", ideal_chars=33, weight=0.25)
    lab.add("reward_len_bounded", weight=2, half_chars=12)
    lab.add("by_vowels", vowel="é'\"")
    text = lab.code()
    assert capsys.readouterr().out.strip() == text.strip()
    space: dict = {}
    exec(text, space)
    assert [one.__name__ for one in space["reward_funcs"]] == [one.__name__ for one in lab.reward_funcs]
    assert space["reward_weights"] == lab.reward_weights == [0.25, 1.0, 2.0]
    chats = [[{"role": "assistant", "content": text}] for text in lab.bank.texts]
    paid = [one(completions=chats, completion_ids=lab.bank.ids) for one in space["reward_funcs"]]
    assert np.array(paid, dtype=np.float32).T.tolist() == lab.numbers.matrix.tolist()
    assert "# run = train(" in text and "\nrun = train(" in lab.code(train=True)
    lab.scale_rewards = "batch"
    assert 'scale_rewards="batch"' in lab.code().replace("'", '"')


def test_the_code_of_a_notebooks_own_reward_needs_nothing_else() -> None:
    script = textwrap.dedent("""
        import re as regex
        from collections.abc import Sequence
        from helpers.rewards import text_of
        from helpers.widgets.lab import reward_lab

        LIMIT = 3
        WORD = regex.compile(r"\\w+")

        def words(text: str) -> list:
            return WORD.findall(text)

        def reward_words(completions: Sequence, *, most: int = 7, **kwargs):
            text = "shadows nothing"
            return [-float(abs(most - len(words(text_of(one)))) > LIMIT) for one in completions]

        text = object()
        if __name__ == "__main__":
            lab = reward_lab("tldr", rewards=[reward_words])
            lab.set("reward_words", most=9)
            lab.code()
    """)
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.py"
        path.write_text(script)
        root = Path(__file__).resolve().parents[1]
        path.write_text(f"import sys; sys.path.insert(0, {str(root)!r})\n" + script)
        printed = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, timeout=120)
    assert printed.returncode == 0, printed.stderr
    space: dict = {}
    exec(printed.stdout, space)
    assert space["reward_funcs"][0](["one two", "a b c d e f g h i"]) == [-1.0, -0.0]
    assert space["reward_funcs"][0].__name__ == "reward_words[most=9]"


def test_a_reward_without_a_source_is_named() -> None:
    with pytest.raises(WorkbookError, match="lambda"):
        code("tldr", [part(lambda completions, **kwargs: [0.0] * len(completions))])


@pytest.mark.train
def test_a_designed_reward_trains_and_the_record_holds_it(random_model, rows_folder, tmp_path) -> None:
    from helpers.training import train

    lab = reward_lab("tldr", extra=[by_vowels])
    lab.set("reward_len", ideal_chars=33, weight=0.25)
    lab.add("by_vowels", vowel="e")
    run = train(
        "tldr",
        random_model,
        steps=2,
        source=rows_folder,
        out=tmp_path / "run",
        max_completion_length=12,
        reward_funcs=lab.reward_funcs,
        reward_weights=lab.reward_weights,
        scale_rewards=lab.scale_rewards,
    )
    held = {one["name"]: (one["params"], one["weight"]) for one in run.record["rewards"]}
    assert held == {
        "reward_len[ideal_chars=33]": ({"ideal_chars": 33}, 0.25),
        "by_vowels[vowel=e]": ({"vowel": "e"}, 1.0),
    }
    assert len(run.curve) == 2 and run.column("reward_len[ideal_chars=33]_mean")[0] is not None


def test_fresh_samples_take_the_place_of_the_shipped_ones(monkeypatch) -> None:
    lab = reward_lab("tldr")
    fresh = small_bank([["aaa", "bb"], ["c", "dd"]])
    monkeypatch.setattr("helpers.widgets.lab.draw", lambda task, **options: fresh)
    button = lab.page.sections[5].box.children[1]
    lab.group = 60
    button.click()
    assert lab.bank is fresh and lab.group == 2 and len(lab.numbers.total) == 4 and lab.problem == ""

    def fails(task, **options):
        raise OSError("no room\nat all")

    monkeypatch.setattr("helpers.widgets.lab.draw", fails)
    button.click()
    assert "no fresh samples (OSError: no room)" in lab.page.sections[5].box.children[2].value
    assert not button.disabled


@pytest.mark.train
def test_fresh_samples_come_from_the_model() -> None:
    bank = bank_of.draw("math", seed=3, prompts=2)
    assert len(bank.texts) == 16 and bank.task is MATH and "seed 3" in bank.source
    assert bank.rows[0]["prompt"] == bank_of.load_samples("math").rows[0]["prompt"]


def test_the_static_figure_shows_the_same_views() -> None:
    from matplotlib import pyplot as plt

    lab = reward_lab("tldr")
    axes = lab.figure()
    assert [axes[0].get_xlabel(), axes[2].get_title()] == [
        "completion length (characters)",
        "what moves the total",
    ]
    bars = axes[1].containers[0].datavalues
    assert bars == pytest.approx(sorted(lab.numbers.advantages["group"][:8], reverse=True))
    plt.close("all")


def test_the_lab_opens_without_torch(root) -> None:
    heavy = "{'torch', 'trl', 'transformers', 'datasets'}"
    script = "import sys; from helpers.widgets.lab import reward_lab; reward_lab('math'); "
    script += f"print({heavy} & set(sys.modules) or 'none')"
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True)
    assert done.stdout.strip() == "none", done.stdout + done.stderr


def test_a_slider_move_is_quick() -> None:
    lab = reward_lab("tldr")
    slider, seconds = lab.controls["reward_len"].params["ideal_chars"], []
    for value in range(30, 60):
        start = time.process_time()
        slider.value = value
        seconds.append(time.process_time() - start)
    assert statistics.median(seconds) < 0.15, (
        "the processor's time alone; the browser test measures the whole way"
    )


def test_the_weighted_sum_has_a_curve_too() -> None:
    lab = reward_lab("math")
    lab.focus = SUM
    assert lab.problem == "" and lab.curve().rewards.tolist() == lab.numbers.total.tolist()


def test_a_stored_notebook_keeps_one_line_of_the_lab() -> None:
    bundle = reward_lab("math")._repr_mimebundle_()
    assert bundle["text/plain"] == "<the reward lab of math: it comes alive when this cell is run>"
    assert "application/vnd.jupyter.widget-view+json" in bundle
