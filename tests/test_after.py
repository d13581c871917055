"""After training: the merged model stands alone, its card says what the record says, both models answer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.__main__ import main
from helpers.after.cards import model_card
from helpers.after.merging import merge, merged_folder
from helpers.after.talking import LONGEST, Talk, converse, plain
from helpers.errors import WorkbookError
from helpers.files import read_json
from helpers.runs import SHIPPED, load_run

QUESTION = "Emil has 27 books. Omar gives him 49 more. How many books does Emil have now?"
ALONE = """
import sys, json, torch
from transformers import AutoModelForCausalLM, AutoTokenizer
folder, question, out = sys.argv[1:]
tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder).eval()
dtype = str(model.dtype)
inputs = tokenizer.apply_chat_template(
    json.loads(question), add_generation_prompt=True, return_dict=True, return_tensors="pt"
)
with torch.inference_mode():
    text = model.generate(**inputs, do_sample=False, max_new_tokens=64)[0, inputs["input_ids"].shape[1]:]
    exact = model.double()(**inputs).logits
torch.save({"logits": exact, "ids": inputs["input_ids"]}, out)
ours = [name for name in sys.modules if name.split(".")[0] in ("helpers", "peft", "trl")]
print(json.dumps({"class": type(model).__name__, "dtype": dtype, "end": text[-1].item(),
                  "ends": model.generation_config.eos_token_id, "text": tokenizer.decode(text),
                  "ours": ours}))
"""


@pytest.fixture(scope="module")
def run():
    return load_run(SHIPPED / "math-tiny-seed0")


@pytest.fixture(scope="module")
def merged(run, tmp_path_factory) -> Path:
    return merge(run, tmp_path_factory.mktemp("merged") / "model")


def own_copy(run, folder: Path, **entries):
    """The shipped run as the reader's own, with entries of its record changed."""
    copy = folder / "mine"
    shutil.copytree(run.path, copy)
    load_run(copy).add(**entries)
    return load_run(copy)


def test_the_merged_model_is_base_plus_adapter_in_plain_transformers(run, merged, tmp_path):
    import torch

    from helpers.models import TINY, load_tokenizer
    from helpers.sampling import load_adapted
    from helpers.tasks import MATH

    turns = MATH.messages({"problem": QUESTION})
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(merged), json.dumps(turns), "there.pt"],
        cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["ours"] == [] and (said["class"], said["dtype"]) == ("LlamaForCausalLM", "torch.float32")
    there = torch.load(tmp_path / "there.pt")
    inputs = load_tokenizer(TINY).apply_chat_template(
        turns, add_generation_prompt=True, return_dict=True, return_tensors="pt"
    )
    assert torch.equal(there["ids"], inputs["input_ids"])
    adapted = load_adapted(TINY, run.adapter).double()  # else the order of sums alone differs by 1.5e-5
    with torch.inference_mode():
        here = adapted(**inputs).logits
        with adapted.disable_adapter():
            base = adapted(**inputs).logits
    assert (there["logits"] - here).abs().max() < 1e-5
    assert (base - here).abs().max() > 1, "the adapter changes nothing: this test would pass without it"
    ends = said["ends"] if isinstance(said["ends"], list) else [said["ends"]]
    assert said["end"] in ends and "<answer>" in said["text"]


def test_the_merged_folder_is_what_vllm_reads(merged):
    """Not run here: vLLM needs its config, plain safetensors under the base's own names, and a tokenizer."""
    from safetensors import safe_open

    from helpers.models import TINY

    config = read_json(merged / "config.json")
    assert config["architectures"] == ["LlamaForCausalLM"] and "auto_map" not in config
    folders = (merged, Path(TINY.location))
    names = [set(safe_open(folder / "model.safetensors", "pt").keys()) for folder in folders]
    assert names[0] == names[1]
    found = {path.name for path in merged.iterdir()}
    assert {"tokenizer.json", "tokenizer_config.json", "generation_config.json", "README.md"} <= found
    assert not {name for name in found if "adapter" in name or name.endswith(".py")}


def test_merging_leaves_run_and_base_alone_and_refuses_to_overwrite(run, merged, own_runs):
    from helpers.models import TINY

    before = {path: path.stat().st_mtime_ns for path in Path(TINY.location).iterdir()}
    folder = merge(run, dtype="bfloat16")
    assert folder == merged_folder(run) == own_runs / "math-tiny-seed0-merged"
    assert not (run.path / "merged").exists()
    assert before == {path: path.stat().st_mtime_ns for path in Path(TINY.location).iterdir()}
    sizes = [(one / "model.safetensors").stat().st_size for one in (folder, merged)]
    assert 0.4 < sizes[0] / sizes[1] < 0.6
    assert {path.name for path in own_runs.iterdir()} == {folder.name}, "nothing half-made is left"
    with pytest.raises(WorkbookError, match="there already: remove it, or name another"):
        merge(run)
    with pytest.raises(WorkbookError, match="choose one of float32"):
        merge(run, dtype="int8")


def test_an_unfinished_run_is_not_merged(run, tmp_path):
    with pytest.raises(WorkbookError, match="'interrupted': finish it with resume=True"):
        merge(own_copy(run, tmp_path, status="interrupted"))
    with pytest.raises(WorkbookError, match=r"no run in .*\(it has no run\.json\)"):
        merge(tmp_path)


def test_a_base_that_is_gone_is_named(run, tmp_path):
    gone = own_copy(run, tmp_path, model={"name": "x", "path": "nobody/nothing", "revision": None})
    with pytest.raises(WorkbookError, match="nobody/nothing"):
        merge(gone)
    assert not (gone.path / "merged").exists()


def test_the_card_says_what_the_record_says(run):
    from huggingface_hub import ModelCard

    card = ModelCard(model_card(run, "me/sums"))
    data = card.data.to_dict()
    assert (data["license"], data["library_name"]) == ("mit", "transformers")
    assert "base_model" not in data and "datasets" not in data, "neither is on the hub"
    text, record = card.text, run.record
    found = record["evaluation"]["test"]["accuracy"]
    line = next(line for line in text.splitlines() if line.startswith("| test: right answers, pass@1"))
    for value in (found["before"], found["after"], found["ci_low"], found["ci_high"]):
        assert f"{value:.3f}" in line
    assert "inconclusive" in next(line for line in text.splitlines() if "far: right answers, pass@1" in line)
    for said in (
        "# sums", "`reward_format`", "`reward_accuracy`", "60 steps, 1920 completions", "learning_rate 0.001",
        "LoRA r 16, alpha 32", "AMD EPYC", "trl 1.16.0", record["commit"][:10], '"me/sums"', "MIT",
        "## Limits",
    ):  # fmt: skip
        assert said in text, said


def test_the_card_of_a_run_outside_a_checkout_knows_no_commit(run, tmp_path):
    """As in a bundle or an unpacked archive, where there is no git to ask."""
    assert "commit unknown of the" in model_card(own_copy(run, tmp_path, commit=None), "me/sums")


def test_the_card_of_a_real_model_names_base_data_licence_and_reward_parameters(run, tmp_path):
    from huggingface_hub import ModelCard

    llama = {"name": "llama-3.2-1b", "path": "meta-llama/Llama-3.2-1B-Instruct", "revision": None}
    rewards = [{"name": "reward_len|`x", "weight": 0.5, "params": {"ideal_chars": 80}}]
    entries = {"model": llama, "rewards": rewards, "source": "hub", "evaluation": {}, "quantize": "4bit"}
    real = own_copy(run, tmp_path, **entries)
    card = ModelCard(model_card(real, "me/Llama-sums", adapter=True))
    data = card.data.to_dict()
    assert data["license"] == "llama3.2" and data["base_model"] == llama["path"]
    assert data["datasets"] == ["AI-MO/NuminaMath-TIR"] and data["base_model_relation"] == "adapter"
    told = ("Built with Llama", "Not measured yet", "in 4bit", "0.5 | ideal_chars=80", "PeftModel", r"\|'x")
    for said in told:
        assert said in card.text, said
    real.add(model={**llama, "name": "other", "path": "some/other-model"})
    other = ModelCard(model_card(real)).data.to_dict()
    assert (other["license"], other["license_name"]) == ("other", "as-the-base-model")


def test_the_snippet_in_the_card_runs(run, merged, tmp_path):
    """As a reader would: copy it out, put a question and the folder in."""
    text = (merged / "README.md").read_text(encoding="utf-8")
    code = text.split("```python\n")[1].split("```")[0].replace("FOLDER", str(merged)).replace("…", QUESTION)
    seed = "import transformers\ntransformers.set_seed(0)\n"  # it samples, and one in 300 has no tags
    command = [sys.executable, "-c", seed + code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and "<answer>" in done.stdout, done.stdout + done.stderr


@pytest.fixture(scope="module")
def talk(run):
    return Talk(run)


def test_both_models_answer_as_evaluation_has_it(talk, run):
    from helpers.evaluation import example_eval

    example = example_eval(run, n=2)[1]
    assert example["prompt"] == QUESTION and "76</answer>" in example["trained"]
    assert talk.ask(QUESTION) == {"base": example["base"], "trained": example["trained"]}
    assert example["base"] != example["trained"]


def test_a_prompt_without_room_or_words_is_one_line(talk):
    with pytest.raises(WorkbookError, match="1 to 8000 characters, this one 0"):
        talk.ask("  \n")
    with pytest.raises(WorkbookError, match="this one 8001"):
        talk.ask("x" * (LONGEST + 1))
    with pytest.raises(WorkbookError, match="context of .* shorten it"):
        talk.ask("12 pens and " * 600)


def test_a_post_is_asked_as_the_task_has_it():
    tldr = Talk(SHIPPED / "tldr-tiny-seed0")
    assert tldr._shaped("I like pens.") == "POST: I like pens.\n\nTL;DR:"
    assert all(tldr._shaped(prompt.strip()) == prompt.strip() for prompt in tldr.prompts)


def test_with_temperature_each_question_draws_anew_and_the_seed_repeats_it(run):
    first, again = (Talk(run, temperature=1.0, seed=3) for _ in range(2))
    told = [first.ask(QUESTION)["base"] for _ in range(4)]
    assert len(set(told)) > 1 and told == [again.ask(QUESTION)["base"] for _ in range(4)]


def test_the_shell_shows_both_takes_a_test_prompt_and_ends(talk):
    lines, said = iter([QUESTION, "", "quit", "never"]), []
    converse(talk, lambda _: next(lines), said.append)
    assert [line.split(":")[0].strip() for line in said[1:]][:2] == ["base", "trained"]
    assert talk.prompts[0] in said and next(lines) == "never"

    def closed(_):
        raise EOFError

    assert converse(talk, closed, said.append) is None


def test_the_chat_command_by_hand(run, root):
    done = subprocess.run(
        [sys.executable, "-m", "helpers", "chat", str(run.path)],
        input=f"{QUESTION}\n\n", cwd=root, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("trained: ") == 2 and "<answer>76</answer>" in done.stdout


def test_control_characters_do_not_reach_a_terminal():
    assert plain("a\x1b[2Jb\u202e\x07\nc\t") == "a�[2Jb��\nc"
    assert plain(" \n") == "(nothing)"


def test_merge_by_hand(run, tmp_path, capsys):
    assert main(["merge", str(run.path), "--out", str(tmp_path / "m"), "--dtype", "bfloat16"]) == 0
    assert "merged into" in capsys.readouterr().out and (tmp_path / "m" / "config.json").is_file()
    assert main(["merge", str(run.path), "--out", str(tmp_path / "m")]) == 2
    assert "there already" in capsys.readouterr().err


class Hostile(Talk):
    """A run whose model says what no page should do."""

    def ask(self, text: str) -> dict[str, str]:
        return {"base": "<script>alert(1)</script><img src=x onerror=y>", "trained": f"{text} & <b>"}


def test_the_chat_box_shows_what_a_model_says_as_text(run, monkeypatch):
    from helpers.widgets import chat as room

    monkeypatch.setattr(room, "Talk", Hostile)
    prompt, buttons, answers, note = room.chat(run).children
    ask, other = buttons.children
    first = prompt.value
    other.click()
    assert prompt.value != first
    prompt.value = "<i>hi</i>"
    ask.click()
    base, trained = (place.value for place in answers.children)
    assert "&lt;script&gt;" in base and "<script" not in base and "<img" not in base
    assert "&lt;i&gt;hi&lt;/i&gt; &amp; &lt;b&gt;" in trained and note.value == "" and not ask.disabled


def test_the_chat_box_answers_and_says_a_mistake_in_one_line(run):
    from helpers.widgets.chat import chat

    prompt, buttons, answers, note = chat(run).children
    prompt.value = QUESTION
    buttons.children[0].click()
    assert "&lt;answer&gt;76&lt;/answer&gt;" in answers.children[1].value
    prompt.value = " "
    buttons.children[0].click()
    assert "1 to 8000 characters" in note.value and not buttons.children[0].disabled
