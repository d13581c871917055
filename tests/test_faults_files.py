"""Files that are old, new, edited or hostile: run folders, checkpoints, adapters, rows of data."""

from __future__ import annotations

import json
import pickle
import shutil
import struct
from pathlib import Path

import pytest
from faulty import FAST, varied

from helpers.errors import WorkbookError
from helpers.evaluation import evaluate
from helpers.runs import FORMAT, list_runs, load_run
from helpers.sampling import check_adapter, load_policy
from helpers.trainer.checkpoints import last_whole, mark_whole
from helpers.trainer.counting import counted, fingerprint
from helpers.training import train

pytestmark = pytest.mark.train


class Bomb:
    """Whoever unpickles it leaves a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.write_text, (self.path, "it ran")


@pytest.fixture
def folder(short_run, tmp_path):
    """A copy of a whole run, to be tampered with."""
    return Path(shutil.copytree(short_run.path, tmp_path / "copy"))


def edited(folder: Path, **entries) -> Path:
    record = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**record, **entries}))
    return folder


# --- run folders -------------------------------------------------------------------------------------------


def test_an_older_record_is_read(folder):
    record = json.loads((folder / "run.json").read_text())
    assert record.pop("format") == FORMAT
    older = {name: record[name] for name in ("task", "model", "seed")}
    (folder / "run.json").write_text(json.dumps(older))
    run = load_run(folder)
    assert not run.finished and len(run.curve) == 6


@pytest.mark.parametrize(
    "entries, says",
    [
        ({"format": FORMAT + 1}, r"format 2, and this workbook reads up to 1.*update the workbook"),
        ({"format": "x"}, r"format 'x'"),
        ({"seed": "0"}, r"seed='0', where a int belongs"),
        ({"seed": True}, r"seed=True"),
        ({"model": "tiny"}, r"model='tiny', where a dict belongs"),
        ({"model": {}}, r"does not name its model"),
        ({"config": []}, r"config=\[\], where a dict belongs"),
        ({"seconds": "long"}, r"seconds='long', where a float belongs"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_a_newer_or_edited_record_is_refused_with_the_reason(entries, says, folder):
    edited(folder, **entries)
    with pytest.raises(WorkbookError, match=says) as caught:
        load_run(folder)
    assert "run.json" in str(caught.value) and "\n" not in str(caught.value)
    assert list_runs(folder.parent) == []


@pytest.mark.parametrize("text", [b"{half", b"[]", b"\xff\xfe\x00", b"[" * 100_000, b""])
def test_a_record_that_is_none_is_refused(text, folder):
    (folder / "run.json").write_bytes(text)
    with pytest.raises(WorkbookError, match=r"run\.json (is not JSON|holds no record)"):
        load_run(folder)


def test_an_edited_curve_is_refused_with_the_reason(folder):
    path = folder / "curve.csv"
    path.write_text(path.read_text().replace("\n2,", "\ntwo,"))
    with pytest.raises(WorkbookError, match=r"curve\.csv holds something other than numbers.*'two'"):
        _ = load_run(folder).curve


def test_an_edited_unfinished_record_is_not_resumed_as_another(folder, random_model, rows_folder):
    edited(folder, status="interrupted", task="math")
    with pytest.raises(WorkbookError, match=r"begun with task='math', not 'tldr'"):
        train("tldr", random_model, steps=6, source=rows_folder, out=folder, resume=True, **FAST)


# --- checkpoints and adapters ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["optimizer.pt", "scheduler.pt", "rng_state.pth"])
def test_a_checkpoint_with_code_in_it_is_not_run(name, tmp_path, random_model, rows_folder):
    def stops(completions, trainer_state, **columns):
        if stops.at == trainer_state.global_step:
            raise KeyboardInterrupt
        return varied(completions)

    stops.at = 3
    ask = {"steps": 4, "source": rows_folder, "out": tmp_path / "run", "reward_funcs": [stops], **FAST}
    with pytest.raises(KeyboardInterrupt):
        train("tldr", random_model, **ask)
    step, checkpoint = last_whole(tmp_path / "run" / "checkpoints")
    (checkpoint / name).write_bytes(pickle.dumps(Bomb(tmp_path / "bang")))
    mark_whole(checkpoint)
    stops.at = None
    with pytest.raises(WorkbookError, match=r"holds more than numbers, and is not read.*remove it"):
        train("tldr", random_model, resume=True, **ask)
    assert step == 2 and not (tmp_path / "bang").exists()


def header(folder: Path) -> None:
    weights = folder / "adapter_model.safetensors"
    weights.write_bytes(struct.pack("<Q", 2**60) + weights.read_bytes()[8:])


def pickled(folder: Path) -> None:
    (folder / "adapter_model.safetensors").unlink()
    (folder / "adapter_model.bin").write_bytes(pickle.dumps(Bomb(folder / "bang")))


def shapes(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "adapter_model.safetensors")
    name = sorted(weights)[0]
    save_file({**weights, name: weights[name][:1].contiguous()}, folder / "adapter_model.safetensors")


def config(**entries):
    def change(folder: Path) -> None:
        path = folder / "adapter_config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **entries}))

    return change


CODE = config(auto_mapping={"base_model_class": "Bomb", "parent_library": "bang"})


@pytest.mark.parametrize(
    "tamper, says",
    [
        (header, r"cannot put adapter"),
        (pickled, r"adapter_model\.bin can run code when it is read, and is not read"),
        (shapes, r"cannot put adapter"),
        (CODE, r"asks for code of its own \('bang'\), which is never run"),
        (config(peft_type="PREFIX_TUNING"), r"is not LoRA"),
    ],
    ids=["header", "pickle", "shapes", "code", "kind"],
)
def test_a_tampered_adapter_is_refused(tamper, says, folder, random_model):
    tamper(folder / "adapter")
    (folder / "adapter" / "bang.py").write_text(f"open({str(folder / 'adapter' / 'bang')!r}, 'w')")
    with pytest.raises(WorkbookError, match=says) as caught:
        load_policy(random_model, folder / "adapter")
    assert "\n" not in str(caught.value)
    with pytest.raises(WorkbookError, match=says):
        evaluate(folder, n=1, num_samples=1)
    assert not (folder / "adapter" / "bang").exists()


def test_an_adapter_that_is_not_there_is_not_looked_for_elsewhere(tmp_path):
    with pytest.raises(WorkbookError, match="adapter_config.json"):
        check_adapter(tmp_path / "owner" / "name")


# --- rows of data ------------------------------------------------------------------------------------------


def rows(folder: Path, *odd: dict) -> Path:
    usual = [{"prompt": f"TITLE: {i} pens\nTL;DR:", "completion": f"{i} pens"} for i in range(6)]
    text = "".join(json.dumps(row) + "\n" for row in [*usual, *odd])
    folder.mkdir()
    (folder / "train.jsonl").write_text(text)
    return folder


@pytest.mark.parametrize("bad", ["", " \n", None, 7, ["a"]])
@pytest.mark.parametrize("column", ["prompt", "completion"])
def test_rows_without_text_are_named_and_refused(bad, column, tmp_path, random_model):
    source = rows(tmp_path / "data", {"prompt": "a", "completion": "b", column: bad})
    with pytest.raises(WorkbookError, match=rf"column '{column}' in .*train\.jsonl, row 7 holds"):
        train("tldr", random_model, steps=1, source=source, out=tmp_path / "run")


def test_odd_rows_are_handled_and_counted(tmp_path, random_model):
    same = {"prompt": "TITLE: 0 pens\nTL;DR:", "completion": "0 pens"}
    control = {"prompt": "a\x00b\x1b[31mc\x7f", "completion": "d"}
    huge = {"prompt": "pen " * 250_000, "completion": "e"}
    gold = {"prompt": "TITLE: the last", "completion": "pen " * 250_000}
    source = rows(tmp_path / "data", same, control, huge, gold)
    ask = {"steps": 5, "source": source, "out": tmp_path / "run", "reward_funcs": [varied]}
    run = train("tldr", random_model, **{**FAST, **ask})
    assert run.finished
    wanted = {"rows": 10, "repeated": 1, "control_characters": 1, "huge": 2, "left_out": 1}
    assert run.record["data"] == wanted


def test_counting_by_hand():
    prompts = [[{"role": "user", "content": text}] for text in ("a\tb\n", "a\tb\n", "\x9b")]
    found = counted(prompts, ["x", "y", "z" * 100_001], 2)
    assert found == {"rows": 3, "repeated": 1, "control_characters": 1, "huge": 1, "left_out": 2}


def test_a_fingerprint_sees_every_row_its_order_and_its_columns():
    def of(*pairs):
        return fingerprint([[{"role": "user", "content": text}] for text, _ in pairs], [g for _, g in pairs])

    one, two = ("a", "b"), ("c", "d")
    assert of(one, two) == of(one, two) and len(of(one)) == 64
    others = [of(two, one), of(one), of(("ab", ""), two), of(one, ("c", "\ud800"))]
    assert len({of(one, two), *others}) == 5
