"""The group microscope: its numbers are the trainer's own, its words follow from them, its page is safe."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from helpers.errors import WorkbookError
from helpers.pictures.strips import SAME_NATS, tint, token_strips
from helpers.runs import SHIPPED, Run, load_run
from helpers.widgets.microscope import microscope
from helpers.widgets.microscope_html import page, words_html
from helpers.widgets.microscope_state import Completion, Group, Tokens, groups_by_step, mean_change
from helpers.widgets.microscope_words import factor, in_words, number, signed, visible

MATHS, SUMMARIES = SHIPPED / "math-tiny-seed0", SHIPPED / "tldr-tiny-seed0"


def group(
    *rows: tuple[float, dict[str, float | None], int], size: int | None = None, **weights: float
) -> Group:
    """A group by hand: (advantage, rewards, length in tokens) of each completion."""
    completions = [
        Completion(place, f"text {place}", tuple(range(length)), rewards, advantage)
        for place, (advantage, rewards, length) in enumerate(rows, start=1)
    ]
    return Group(1, 1, "a prompt", tuple(completions), size or len(rows), weights)


def write_run(folder: Path, rows: list[dict] | str, **record) -> Run:
    """A run's folder with these completions; `rows` as text goes into the file as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    start = {"task": "tldr", "model": {"name": "tiny", "path": "data/tiny-llama"}, "seed": 0}
    (folder / "run.json").write_text(json.dumps(start | {"config": {"num_generations": 2}} | record))
    text = rows if isinstance(rows, str) else "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "completions.jsonl").write_text(text, encoding="utf-8")
    return load_run(folder)


def row(step: int = 1, prompt: str = "p", **entries) -> dict:
    usual = {"completion": "c", "token_ids": [5, 6], "rewards": {"reward_len": -1.0}, "advantage": 0.5}
    return {"step": step, "prompt": prompt, **usual, **entries}


# Words, worked out from numbers.

BOTH = {"reward_format": 1.0, "reward_accuracy": 1.0}
TABLE = {
    "two rewards agree": (
        group(
            (1.2, BOTH, 37),
            (-0.6, {"reward_format": 0.0, "reward_accuracy": 0.0}, 13),
            (-0.6, BOTH | {"reward_accuracy": 0.0}, 11),
        ),
        [
            "pushed 1 up (advantage +1.20) and 2 down (advantage −0.60)",
            "reward_accuracy (1 for the one pushed up, 0 for both pushed down); reward_format",
            "longer completions: 37 tokens against 12",
        ],
        ["no say", "Against"],
    ),
    "one reward is the same for all": (
        group(
            (0.7, {"reward_format": 1.0, "reward_len": -3.0}, 20),
            (-0.7, {"reward_format": 1.0, "reward_len": -40.5}, 60),
        ),
        [
            "reward_len (mean −3 against −40.5)",
            "reward_format gave all 2 the same (1) and had no say",
            "shorter completions: 20 tokens against 60",
        ],
        ["Against"],
    ),
    "one reward is outweighed": (
        group((0.7, {"a": 10.0, "b": 0.0}, 9), (-0.7, {"a": 0.0, "b": 1.0}, 9)),
        [
            "What told them apart: a (mean 10 against 0)",
            "Against it, but outweighed: b",
            "about equally long",
        ],
        ["no say"],
    ),
    "weights turn a reward round": (
        group((0.7, {"a": 0.0}, 9), (-0.7, {"a": 1.0}, 9), a=-2.0),
        ["What told them apart: a (0 for the one pushed up, 1 for the one pushed down, weight −2)"],
        ["Against"],
    ),
    "a weight of 0": (
        group((0.7, {"a": 1.0, "b": 0.0}, 9), (-0.7, {"a": 0.0, "b": 1.0}, 9), b=0.0),
        ["b has weight 0 and no say"],
        ["Against"],
    ),
    "a reward that scored nobody": (
        group((0.7, {"a": 1.0, "b": None}, 9), (-0.7, {"a": 0.0, "b": None}, 9)),
        ["b could score none of them"],
        [],
    ),
    "one in the middle": (
        group((1.0, {"a": 2.0}, 9), (0.0, {"a": 1.0}, 9), (-1.0, {"a": 0.0}, 9)),
        ["1 up", "1 down", "1 got no push"],
        [],
    ),
    "only a part was kept": (
        group((1.0, {"a": 2.0}, 9), (0.4, {"a": 1.0}, 9), size=8),
        ["pushed 2 up (advantages from +1.00 to +0.40).", "Only 2 of the group's 8 completions were kept"],
        ["told them apart", "down"],
    ),
    "dead, all the same reward": (
        group(*[(0.0, BOTH, 5)] * 4),
        [
            "Nothing was learned",
            "all 4 completions got the same reward, 2 (reward_format 1, reward_accuracy 1)",
            "every advantage is 0",
        ],
        ["pushed 4", "up (", "same text"],
    ),
    "dead, though the parts differ": (
        group((0.0, {"a": 1.0, "b": 0.0}, 5), (0.0, {"a": 0.0, "b": 1.0}, 5)),
        ["the same reward, 1, though its parts differ"],
        [],
    ),
    "dead, nothing could be scored": (
        group(*[(0.0, {"a": None}, 5)] * 3),
        ["Nothing was learned", "no reward could score any of its 3"],
        ["same reward"],
    ),
    "dead, although the rewards differ": (
        group((0.0, {"a": 1.0}, 5), (0.0, {"a": 2.0}, 5)),
        ["advantages are all 0, although its rewards differ"],
        ["the same reward"],
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_words_follow_from_the_numbers(name: str) -> None:
    hand_made, there, absent = TABLE[name]
    words = in_words(hand_made)
    assert [part for part in there if part not in words] == [], words
    assert [part for part in absent if part in words] == [], words
    assert "\n" not in words, "without tokens nothing is said about the whole training"


def test_copies_in_a_dead_group_are_named() -> None:
    same = Completion(1, "again", (1, 2), {"a": 1.0}, 0.0)
    words = in_words(Group(1, 1, "p", (same, Completion(2, "again", (1, 2), {"a": 1.0}, 0.0)), 2, {}))
    assert "all the same text" in words


def test_words_about_training_follow_from_the_tokens() -> None:
    pair = group((0.7, {"a": 1.0}, 2), (-0.7, {"a": 0.0}, 2))
    tokens = (
        Tokens((" yes", "\n"), (math.log(0.25), math.log(0.5)), (math.log(0.75), math.log(0.05))),
        Tokens((" no", "."), (-1.0, -1.0), (-21.0, -1.0)),
    )
    words = in_words(pair, tokens).split("\n")[1]
    assert "those pushed up here less likely (÷3.3 as whole texts, −0.60 nats a token)" in words
    assert "those pushed down less likely (÷1,000,000+ as whole texts, −10.00 nats a token)" in words
    assert "In completion 1, the best here, “␣yes” gained most (×3.0, 25% to 75%)" in words
    assert "“↵” lost most (÷10, 50% to 5%)" in words


def test_words_about_training_with_nothing_to_tell() -> None:
    pair = group((0.7, {"a": 1.0}, 1), (-0.7, {"a": 0.0}, 0))
    still = (Tokens(("x",), (-1.0,), (-1.01,)), Tokens())
    words = in_words(pair, still).split("\n")[1]
    assert "about as likely as before" in words and "every token is about as likely" in words
    assert "pushed down" not in words, "a completion without tokens has no change"
    assert in_words(pair, (Tokens(), Tokens())) == in_words(pair)
    assert mean_change(pair.completions, still) == pytest.approx(-0.01)
    assert mean_change(pair.down, still) is None


def test_numbers_read_well() -> None:
    assert [factor(x) for x in (0.0, math.log(2), -math.log(12), 700.0)] == [
        "×1.0",
        "×2.0",
        "÷12",
        "×1,000,000+",
    ]
    assert [number(x) for x in (1.0, -12.5, 0.25, None, 0.0)] == ["1", "−12.5", "0.25", "none", "0"]
    assert [signed(x) for x in (1.208, -0.724, -0.001)] == ["+1.21", "−0.72", "0.00"]
    assert visible(" a\n\t") == "␣a↵⇥" and visible("") == "▯"


# Groups, out of what a run kept.


def test_groups_end_at_the_prompt_or_when_whole(tmp_path: Path) -> None:
    rows = [row(1, "a"), row(1, "a"), row(1, "a"), row(1, "b"), row(3, "c", advantage=None), row(3, "c")]
    steps = groups_by_step(write_run(tmp_path, rows))
    assert list(steps) == [1, 3], "a step without rows is no step to look at"
    assert [(one.prompt, len(one.completions)) for one in steps[1]] == [("a", 2), ("a", 1), ("b", 1)]
    assert [one.number for one in steps[1]] == [1, 2, 3]
    assert steps[3][0].completions[0].advantage == 0.0


@pytest.mark.parametrize(
    ("rows", "say"),
    [
        ("", "kept no completions"),
        ("not json\n" + json.dumps(row()) + "\n", "not whole"),
        ([{"step": 1, "prompt": "p"}], "line 1 has no 'completion'"),
        ([row(), row(rewards=3)], "line 2 has no 'rewards'"),
        ('["a list"]\n' * 2, "line 1"),
    ],
)
def test_odd_folders_are_named(rows: str, say: str, tmp_path: Path) -> None:
    with pytest.raises(WorkbookError, match=say):
        microscope(write_run(tmp_path, rows))


def test_a_folder_without_a_run_or_its_samples(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError, match="no run in"):
        microscope(tmp_path)
    run = write_run(tmp_path, [row()])
    (run.path / "completions.jsonl").unlink()
    with pytest.raises(WorkbookError, match="kept no completions"):
        microscope(tmp_path)


# The numbers are those of the trainer.


def test_tokens_are_what_the_model_says_directly() -> None:
    """One completion, one plain forward pass of base and merged model, against the microscope."""
    import torch

    from helpers.models import load_tokenizer
    from helpers.sampling import load_policy
    from helpers.tasks import MATH

    scope = microscope(MATHS)
    scope.step = 7
    one = scope.state.completions[2]
    tokenizer = load_tokenizer("tiny")
    messages = MATH.messages({"problem": scope.state.prompt})
    ids = [
        *tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False),
        *one.token_ids,
    ]
    for model, mine in (
        (load_policy("tiny"), scope.tokens[2].before),
        (load_policy("tiny", load_run(MATHS).adapter), scope.tokens[2].after),
    ):
        with torch.inference_mode():
            odds = model(torch.tensor([ids])).logits[0].log_softmax(-1)
        first = len(ids) - len(one.token_ids)
        direct = [odds[place - 1, ids[place]].item() for place in range(first, len(ids))]
        assert mine == pytest.approx(direct, abs=2e-4)
    assert "".join(scope.tokens[2].texts).removesuffix(tokenizer.eos_token) == one.text
    assert scope.changes[2] == list(scope.tokens[2].change)


@pytest.fixture(scope="session")
def watched(tmp_path_factory: pytest.TempPathFactory, random_model: Path, rows_folder: Path):
    """A run at temperature 0.7 whose chat template refuses system turns, and what was computed on the way."""
    from helpers.models import load_tokenizer
    from helpers.rewards import reward_len
    from helpers.trainer.recording import RecordingTrainer
    from helpers.training import train

    folder = tmp_path_factory.mktemp("models") / "refuses"
    shutil.copytree(random_model, folder)
    tokenizer = load_tokenizer(folder)
    refuse = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system turns') }}{% endif %}"
    tokenizer.chat_template = refuse + tokenizer.chat_template
    tokenizer.save_pretrained(folder)
    seen, original = [], RecordingTrainer._get_per_token_logps_and_entropies

    def spy(self, model, input_ids, attention_mask, logits_to_keep, *args, **kwargs):
        found = original(self, model, input_ids, attention_mask, logits_to_keep, *args, **kwargs)
        seen.append((input_ids.tolist(), attention_mask.tolist(), logits_to_keep, found[0].tolist()))
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RecordingTrainer, "_get_per_token_logps_and_entropies", spy)
        run = train(
            "math", folder, steps=2, reward_funcs=[reward_len], source=rows_folder,
            out=tmp_path_factory.mktemp("runs") / "watched",
            max_completion_length=10, learning_rate=0.05, temperature=0.7, num_generations=4,
            per_device_train_batch_size=8, gradient_accumulation_steps=1,
        )  # fmt: skip
    return run, seen[0]


@pytest.mark.train
def test_before_is_what_the_trainer_computed_in_step_1(watched) -> None:
    """LoRA starts at zero, so TRL's own log-probabilities of step 1 are those of the base model."""
    run, (input_ids, _, kept, logps) = watched
    scope = microscope(run)
    assert scope.why_not is None and len(groups_by_step(run)[1]) == 2
    computed = {tuple(ids[-kept:]): row for ids, row in zip(input_ids, logps, strict=True)}  # TRL shuffles
    assert len(computed) == 8
    for number_ in (1, 2):
        scope.step, scope.group = 1, number_
        for one, tokens in zip(scope.state.completions, scope.tokens, strict=True):
            length = len(one.token_ids)
            trained = next(row for ids, row in computed.items() if ids[:length] == one.token_ids)[:length]
            assert sum(tokens.before) == pytest.approx(sum(trained), abs=1e-3)
            assert list(tokens.before) == pytest.approx(trained, abs=2e-4)
    assert max(abs(change) for changes in scope.changes for change in changes) > 1e-4, (
        "training did something"
    )


@pytest.mark.train
def test_the_prompt_is_read_as_training_read_it(watched) -> None:
    from helpers.models import load_tokenizer
    from helpers.tasks import MATH
    from helpers.widgets.microscope_model import prompt_ids

    run, (input_ids, mask, kept, _) = watched
    tokenizer = load_tokenizer(run.record["model"]["path"])
    trained_on = [i for i, seen in zip(input_ids[0][:-kept], mask[0][:-kept], strict=True) if seen]
    assert prompt_ids(tokenizer, MATH, groups_by_step(run)[1][0].prompt) == trained_on


def test_letters_of_several_tokens_are_put_together(random_model: Path) -> None:
    from helpers.models import load_tokenizer
    from helpers.widgets.microscope_model import pieces

    tokenizer = load_tokenizer(random_model)  # knows bytes and a few words: ü takes two tokens, ∑ three
    ids = tuple(tokenizer.encode("für ∑x", add_special_tokens=False))
    texts = pieces(tokenizer, ids)
    assert len(texts) == len(ids) and "".join(texts) == "für ∑x" and "ü" in texts and "∑" in "".join(texts)
    assert texts.count("") >= 2
    cut = pieces(tokenizer, ids[: texts.index("ü")])
    assert len(cut) == texts.index("ü"), "a letter that the limit cut in half still has its tokens"


# The microscope, moved by hand.


@pytest.fixture(scope="module")
def scope():
    return microscope(str(MATHS))


def test_moving_changes_page_and_words(scope) -> None:
    scope.step = 1
    first = (scope.words, scope._page.value, scope._words.value)
    scope.step = 30
    assert scope.step == scope.state.step == 30
    assert all(
        old != new
        for old, new in zip(first, (scope.words, scope._page.value, scope._words.value), strict=True)
    )
    shown = re.sub(r"<[^>]+>", "", scope._words.value.replace("</p><p", "</p>\n<p"))
    assert unescape(shown) == scope.words
    colours = [float(x) for x in re.findall(r'data-change="([^"]+)"', scope._page.value)]
    ranked = [change for one in scope.state.ranked for change in scope.changes[one.number - 1]]
    assert colours == pytest.approx(ranked, abs=0.006)
    for way in (-1, 1):
        marked = sum(way * change >= SAME_NATS for change in ranked)
        name = "t-scope-up" if way > 0 else "t-scope-down"
        table = scope._page.value[scope._page.value.index("<table") :]
        assert table.count(name) == marked, "colour is not the only sign"


def test_numbers_are_written_out_when_asked(scope) -> None:
    scope._numbers.value = True
    assert "<rt>" in scope._page.value
    scope._numbers.value = False
    assert "<rt>" not in scope._page.value


def test_what_is_not_there_cannot_be_chosen(scope) -> None:
    with pytest.raises(WorkbookError, match="step 999 has no completions.*from 1 to 60"):
        scope.step = 999
    for wrong in (0, 2, "x"):
        with pytest.raises(WorkbookError, match="choose 1 to 1"):
            scope.group = wrong


def test_groups_follow_the_step(tmp_path: Path) -> None:
    rows = [row(1, "a")] * 2 + [row(1, "b")] * 2 + [row(1, "c")] * 2 + [row(2, "d")] * 2 + [row(3, "e")] * 4
    view = microscope(write_run(tmp_path, rows))
    assert view._group.max == 3
    view.group = 3
    assert view.state.prompt == "c" and ">c<" in view._page.value
    view.step = 2
    assert (view.group, view.state.prompt, view._group.layout.display) == (1, "d", "none")
    view.step = 3
    assert view._group.layout.display is None and view._group.max == 2
    assert view.state.prompt == "e" and view.state.number == view.group


def test_a_run_of_one_step_has_no_slider_to_break(tmp_path: Path) -> None:
    view = microscope(write_run(tmp_path, [row(4), row(4)]))
    assert view.steps == [4] and view.step == 4 and not hasattr(view._step, "readout")


def test_a_run_without_adapter_opens_and_says_why() -> None:
    view = microscope(load_run(SHIPPED / "math-tiny-seed1"))
    assert view.tokens is None and view.changes is None
    assert "has no adapter" in view.why_not and "has no adapter" in view._status.value
    assert "pushed" in view.words and "Training as a whole" not in view.words
    assert "data-change" not in view._page.value and "t-scope-completion" in view._page.value
    with pytest.raises(WorkbookError, match="no token colours to draw.*has no adapter"):
        view.picture()


def test_a_broken_adapter_and_foreign_tokens_are_explained(tmp_path: Path) -> None:
    broken = write_run(tmp_path / "broken", [row(), row()])
    shutil.copytree(SUMMARIES / "adapter", broken.adapter)
    (broken.adapter / "adapter_model.safetensors").write_bytes(b"half a file")
    view = microscope(broken)
    assert view.tokens is None and "cannot put adapter" in view.why_not
    foreign = write_run(tmp_path / "foreign", [row(token_ids=[5, 10**6]), row()])
    shutil.copytree(SUMMARIES / "adapter", foreign.adapter)
    view = microscope(foreign)
    assert view.tokens is None and "1000000" in view.why_not
    nameless = write_run(tmp_path / "nameless", [row()], model={"name": "tiny"})
    shutil.copytree(SUMMARIES / "adapter", nameless.adapter)
    assert "which model" in microscope(nameless).why_not


def test_completions_without_tokens_stay_on_the_page(tmp_path: Path) -> None:
    run = write_run(tmp_path, [row(token_ids=[]), row(advantage=-0.5)])
    shutil.copytree(SUMMARIES / "adapter", run.adapter)
    view = microscope(run)
    assert [len(one.texts) for one in view.tokens] == [0, 2]
    view._draw()
    assert "cut off at the limit" in view._page.value and view._page.value.count("data-change") == 2


def test_loading_is_announced_before_the_model_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    view = microscope(SUMMARIES)
    assert "Loading the model" in view._status.value and "data-change" not in view._page.value
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda widget: shown.append(view._status.value))
    view._ipython_display_()
    assert "run this cell" in repr(view.view), "a page without widgets shows this line"
    assert "Loading" in shown[0] and view._status.value == "" and "data-change" in view._page.value


def test_what_a_model_writes_never_becomes_html(tmp_path: Path) -> None:
    evil = '<script>alert(1)</script><img src=x onerror="x">&amp;\n'
    rows = [row(prompt=evil, completion=evil, rewards={evil: 1.0})] * 2
    view = microscope(write_run(tmp_path, rows))
    tokens = (Tokens((evil, '"'), (-1.0, -1.0), (-0.5, -2.0)), Tokens((evil,), (-1.0,), (-1.0,)))
    for text in (view._page.value, page(view.state, tokens), page(view.state, tokens, True),
                 words_html(in_words(view.state, tokens))):  # fmt: skip
        assert "<script" not in text and "<img" not in text
        assert "&lt;" in text


def test_training_pulled_the_pushed_up_above_the_pushed_down() -> None:
    """What the notebooks say of the live run holds for the shipped ones."""
    for folder in (MATHS, SUMMARIES):
        view = microscope(folder)
        gaps = []
        for step in view.steps[:10]:
            view.step = step
            if view.state.up and view.state.down:
                up, down = (mean_change(kind, view.tokens) for kind in (view.state.up, view.state.down))
                gaps.append(up - down)
        assert len(gaps) >= 5 and sum(gaps) / len(gaps) > 0


# The picture for pages without widgets.


def test_the_picture_holds_every_token_and_its_mark(scope) -> None:
    scope.step = 1
    ax = scope.picture(rows=2)
    ranked = scope.state.ranked[:2]
    written = "".join(text.get_text() for text in ax.texts)
    for one in ranked:
        assert "".join(scope.tokens[one.number - 1].texts) in written
    marks = [change for one in ranked for change in scope.changes[one.number - 1] if abs(change) >= SAME_NATS]
    assert len(ax.lines) == len(marks)
    assert f"▲ {signed(ranked[0].advantage)}" in written
    plt.close(ax.figure)


def test_pictures_of_odd_texts_can_be_drawn() -> None:
    ax = token_strips([["$", "a\n\tb", ""], [], ["x" * 400]], [[0.0, 9.0, -9.0], [], [1.0]], ["1", "$2", "3"])
    ax.figure.canvas.draw()
    plt.close(ax.figure)
    red, _, blue = (int(tint(5.0)[i : i + 2], 16) for i in (1, 3, 5))
    assert blue > red and tint(3.0) == tint(50.0) and tint(0.0) == "#ffffff"
    red, _, blue = (int(tint(-5.0)[i : i + 2], 16) for i in (1, 3, 5))
    assert red > blue


def test_opening_loads_no_torch() -> None:
    code = (
        "import sys; from helpers.widgets.microscope import microscope;"
        f"print(len(microscope({str(MATHS)!r}).words if 0 else microscope({str(MATHS)!r}).steps), "
        "{'torch', 'trl', 'transformers', 'peft'} & set(sys.modules) or 'none')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=MATHS.parents[2])
    assert done.stdout.strip() == "60 none", done.stdout + done.stderr
