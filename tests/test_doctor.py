"""The doctor: broken set-ups, each made for real, seen from a shell; it names fault and fix."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from helpers.__main__ import main
from helpers.doctor import doctor
from helpers.doctor.estimates import minutes, steps_of
from helpers.doctor.place import Here, hardware, memory, precision
from helpers.doctor.report import Finding, Notes, Report, in_two
from helpers.memory import FACTOR, Shape, memory_bytes, shape_of
from helpers.models import LLAMA, SMOLLM, TINY
from helpers.rewards import reward_len, reward_rouge
from helpers.tasks import MATH, TASKS, TLDR
from helpers.trainer.settings import grpo_options

SHORT = ["--option", "max_completion_length=8"]
H100 = Here("H100", bf16=True, free_bytes=80e9, cores=16, threads=16, busy=0.0)
T4 = Here("Tesla T4", bf16=False, free_bytes=15e9, cores=2, threads=2, busy=0.0)


@pytest.fixture
def see(capsys):
    """The doctor from a shell: his status, and the one line about a thing."""

    def see(what: str, *words: object) -> tuple[int, str]:
        status = main(["doctor", *map(str, words)])
        said = capsys.readouterr()
        assert said.err == ""
        lines = [line for line in said.out.splitlines() if re.match(rf"\w+ +{re.escape(what)} ", line)]
        assert lines, said.out
        return status, lines[0]

    return see


def rows_of(folder: Path, **columns: str) -> Path:
    """A folder with 16 rows of training data that are all alike but for a number."""
    folder.mkdir(exist_ok=True)
    rows = [{name: text.replace("#", str(i)) for name, text in columns.items()} for i in range(16)]
    (folder / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


@pytest.fixture
def rewarded(monkeypatch):
    """Makes `mine`: the summaries with a reward of the test's own."""

    def rewarded(*funcs) -> str:
        monkeypatch.setitem(TASKS, "mine", dataclasses.replace(TLDR, name="mine", reward_funcs=funcs))
        return "mine"

    return rewarded


# --- nothing broken ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", ["math", "tldr"])
def test_the_tiny_model_is_well_and_nothing_is_left_behind(task, own_runs, capsys):
    assert main(["doctor", task]) == 0
    said = capsys.readouterr().out
    assert "red " not in said
    words = (
        "chat template",
        "end token",
        "truncated",
        "dead groups",
        "memory",
        "minutes",
        "disk",
        "versions",
    )
    for what in words + (("pass@1, pass@8", "golds") if task == "math" else ("headroom",)):
        assert re.search(rf"^(ok|yellow) +{re.escape(what)} ", said, re.MULTILINE), what
    assert not own_runs.exists()


# --- broken set-ups, from a shell --------------------------------------------------------------------------


def test_a_model_without_a_chat_template(tmp_path, see):
    from tiny_random import make_random_model

    model = make_random_model(tmp_path / "plain", template=None)
    status, line = see("chat template", "math", "--model", model, *SHORT)
    assert status == 1 and line.startswith("red")
    assert "has no chat template" in line and "FIX: use its instruction-tuned version" in line


def test_a_template_that_neither_hands_over_nor_ends(tmp_path, see, rows_folder):
    from tiny_random import make_random_model

    template = "{% for turn in messages %}{{ turn['role'] }}: {{ turn['content'] }}\n{% endfor %}"
    model = make_random_model(tmp_path / "loose", template=template)
    words = ("math", "--model", model, "--source", rows_folder, *SHORT)
    line = see("chat template", *words)[1]
    assert line.startswith("yellow") and "adds nothing" in line and "FIX: add a generation prompt" in line
    line = see("end token", *words)[1]
    assert (
        line.startswith("yellow") and "none of '[end]' is in it" in line and "FIX: end the assistant" in line
    )


def test_a_template_that_writes_todays_date(tmp_path, see, rows_folder):
    from tiny_random import TEMPLATE, make_random_model

    model = make_random_model(tmp_path / "dated", template="{{ strftime_now('%d %b %Y') }}\n" + TEMPLATE)
    line = see("reproducibility", "math", "--model", model, "--source", rows_folder, *SHORT)[1]
    assert line.startswith("ok") and "today's date" in line and "always 2024-07-26" in line


def test_no_room_for_an_answer_and_the_fix_that_works(see):
    status, line = see("truncated", "math", "--option", "max_completion_length=4")
    assert status == 1 and line.startswith("red") and "100% of 64 answers" in line
    enough = re.search(r"FIX: (max_completion_length=\d+) ", line)[1]
    status, line = see("truncated", "math", "--option", enough)
    assert status == 0 and line.startswith("ok")


def test_prompts_longer_than_the_context(tmp_path, see, rows_folder):
    from tiny_random import make_random_model

    model = make_random_model(tmp_path / "small", context=40)
    status, line = see("prompts", "math", "--model", model, "--source", rows_folder, *SHORT)
    assert status == 1 and line.startswith("red")
    assert "context of 40" in line and "FIX: lower that, or use a model with a longer context" in line


def raising(completions, **columns):
    return [columns["no_such_column"] for _ in completions]


def constant(completions, **columns):
    return [0.5] * len(completions)


def short_of_one(completions, **columns):
    return [float(len(completion[0]["content"])) for completion in completions][1:]


def not_a_number(completions, **columns):
    return [math.nan if i % 2 else float(i) for i, _ in enumerate(completions)]


def in_words(completions, **columns):
    return ["good"] * len(completions)


def without_end(completions, **columns):
    return [math.inf, *[0.0] * (len(completions) - 1)]


def unable(completions, **columns):
    return [None] * len(completions)


@pytest.mark.parametrize(
    "reward, level, words, fix",
    [
        (raising, "red", "raising raises KeyError: 'no_such_column'", "mend it: it is called as raising("),
        (
            short_of_one,
            "red",
            "short_of_one returns 63 values for 64",
            "return a list with one number (or None) for each",
        ),
        (in_words, "red", "in_words: returns the text 'good'", "return floats, or None"),
        (without_end, "red", "without_end pays infinity", "bound it"),
        (unable, "red", "unable scores none of 64 answers", "see what it expects"),
        (not_a_number, "yellow", "not_a_number pays NaN for 50% of 64", "return None where it cannot score"),
        (constant, "yellow", "constant pays 0.5 for each of 64 answers", "let it tell answers apart"),
    ],
)
def test_a_broken_reward(reward, level, words, fix, rewarded, see, random_model, rows_folder):
    ask = (rewarded(reward), "--model", random_model, "--source", rows_folder, *SHORT)
    status, line = see("rewards", *ask)
    assert line.startswith(level) and words in line and f"FIX: {fix}" in line
    assert status == 1  # the random model's answers are cut off, whatever the reward


def test_a_reward_that_asks_for_a_column_that_is_not_there(monkeypatch, see, random_model, rows_folder):
    monkeypatch.setitem(TASKS, "mine", dataclasses.replace(MATH, name="mine", reward_funcs=(reward_rouge,)))
    status, line = see("rewards", "mine", "--model", random_model, "--source", rows_folder, *SHORT)
    assert status == 1 and "reward_rouge asks for 'reference'" in line and "FIX: give the parameter" in line


def test_a_reward_that_is_always_the_same_leaves_dead_groups(rewarded, see):
    status, line = see("dead groups", rewarded(constant), "--model", "tiny")
    assert status == 1 and line.startswith("red") and "8 of 8" in line and "they teach nothing" in line


def test_an_async_reward_is_awaited(random_model, rows_folder):
    async def slow(completions, trainer_state, log_metric, **columns):
        log_metric("slow", trainer_state.global_step)
        return [float(i) for i, _ in enumerate(completions)]

    ask = {"reward_funcs": [slow], "source": rows_folder, "max_completion_length": 8}
    assert doctor("tldr", random_model, **ask)["rewards"].level == "ok"


def test_golds_that_cannot_be_read(tmp_path, see, random_model):
    source = rows_of(tmp_path / "rows", problem="How many are # pens?", solution="Nobody knows.")
    status, line = see("golds", "math", "--model", random_model, "--source", source, *SHORT)
    assert status == 1 and line.startswith("red")
    assert "reward_accuracy cannot read 100% of 16" in line and "FIX: mend those rows" in line


def test_data_without_the_gold_column(tmp_path, see, random_model):
    source = rows_of(tmp_path / "rows", problem="How many are # pens?", answer="#")
    status, line = see("data", "math", "--model", random_model, "--source", source)
    assert status == 1 and line.startswith("red")
    assert (
        "column 'solution' is missing" in line and "FIX: task 'math' needs 'problem' and 'solution'" in line
    )


def test_a_model_that_never_solves_anything(see, random_model, rows_folder):
    words = ("math", "--model", random_model, "--source", rows_folder, *SHORT)
    status, line = see("pass@1, pass@8", *words)
    assert status == 1 and line.startswith("yellow")
    assert "0.00 at least once in 8" in line and "FIX: take easier prompts or a stronger model" in line
    assert see("dead groups", *words)[1].startswith("red")


def make_perfect_model(folder: Path) -> Path:
    r"""A model that answers \boxed{7} to everything: no layer adds a thing, and each token names the next."""
    import torch
    from tiny_random import _tokenizer, make_random_model
    from transformers import Qwen2Config, Qwen2ForCausalLM

    tokenizer = _tokenizer(None)
    size = 2 * math.ceil(len(tokenizer) / 2)
    make_random_model(folder)
    config = Qwen2Config.from_pretrained(folder, hidden_size=size, vocab_size=size, num_attention_heads=1)
    config.layer_types, config.tie_word_embeddings = ["full_attention"] * config.num_hidden_layers, False
    config.head_dim = size
    model = Qwen2ForCausalLM(config)
    asked, said = (tokenizer(text)["input_ids"] for text in ("[assistant] ", r"\boxed{7}"))
    chain = [asked[-1], *said, tokenizer.eos_token_id]
    assert len(set(chain)) == len(chain)
    with torch.no_grad():
        for layer in model.model.layers:
            layer.self_attn.o_proj.weight.zero_()
            layer.mlp.down_proj.weight.zero_()
        model.model.embed_tokens.weight.copy_(torch.eye(size))
        model.lm_head.weight.zero_()
        for token, after in pairwise(chain):
            model.lm_head.weight[after, token] = 10.0
    model.save_pretrained(folder)
    return folder


def test_a_model_that_is_perfect_already(tmp_path, see):
    source = rows_of(tmp_path / "rows", problem="What is # + 7 - #?", solution=r"It is \boxed{7}.")
    words = ("math", "--model", make_perfect_model(tmp_path / "perfect"), "--source", source)
    words += ("--option", "max_completion_length=16")
    status, line = see("pass@1, pass@8", *words)
    assert line.startswith("yellow") and "1.00 right at once" in line and "FIX: take harder prompts" in line
    status, line = see("dead groups", *words)
    assert (
        status == 1 and line.startswith("red") and "saturated" in line and "FIX: take harder prompts" in line
    )


def test_groups_that_do_not_fill_a_step(see):
    line = see("batch", "math", "--option", "num_generations=7")[1]
    assert line.startswith("yellow") and "num_generations 7 -> 4" in line
    assert "FIX: give a num_generations that divides" in line


def test_precision_that_is_not_here(see):
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    status, line = see("precision", "math", "--option", "bf16=True", "--option", "use_cpu=False")
    assert status == 1 and line.startswith("red") and "TRL refuses" in line and "FIX: leave bf16" in line
    status, line = see("precision", "math", "--option", "fp16=True")
    assert status == 1 and line.startswith("red") and "FIX: leave fp16=True out" in line
    line = see("precision", "math", "--option", "bf16=True")[1]
    assert line.startswith("yellow") and "FIX: leave bf16=True out" in line


def test_a_folder_that_is_a_file(tmp_path, see):
    (tmp_path / "taken").write_text("a file")
    status, line = see("disk", "math", "--out", tmp_path / "taken" / "run")
    assert status == 1 and line.startswith("red") and "cannot write" in line
    assert "FIX: choose another folder with out=" in line


def test_a_disk_that_is_full(tmp_path, see):
    full = tmp_path / "full"
    full.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(full)]
    if os.name == "nt" or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root can make a full disk")
    try:
        status, line = see("disk", "math", "--out", full / "run")
    finally:
        subprocess.run(["umount", str(full)], check=True)
    assert status == 1 and line.startswith("red") and "FIX: free some space" in line


def test_a_folder_that_holds_a_run(tmp_path, see):
    (tmp_path / "run.json").write_text("{}")
    status, line = see("disk", "math", "--out", tmp_path)
    assert status == 1 and line.startswith("red") and "already holds a run" in line and "FIX: " in line


@pytest.fixture
def logged_out(monkeypatch, tmp_path):
    for name in ("WANDB_MODE", "WANDB_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    return tmp_path / "netrc"


def test_wandb_without_a_login(logged_out, monkeypatch, see, tmp_path):
    status, line = see("tracker", "math", "--report-to", "wandb")
    assert status == 1 and line.startswith("red")
    assert "would ask for a login" in line and "FIX: set WANDB_MODE=offline" in line
    monkeypatch.setenv("WANDB_MODE", "offline")
    assert see("tracker", "math", "--report-to", "wandb")[1].startswith("ok")


def test_wandb_that_is_out_of_reach(logged_out, monkeypatch):
    from helpers.doctor.place import tracker

    logged_out.write_text("machine localhost login user password key\n")
    logged_out.chmod(0o600)
    monkeypatch.setenv("WANDB_BASE_URL", "http://localhost:9")
    tracker(notes := Notes(), "wandb")
    assert notes.findings[0].level == "yellow" and "localhost is out of reach" in notes.findings[0].measured


def test_a_tracker_that_is_not_one_or_not_here(see):
    status, line = see("tracker", "math", "--report-to", "paper")
    assert status == 1 and "'paper' is no tracker" in line and "FIX: choose one of" in line
    status, line = see("tracker", "math", "--report-to", "comet_ml")
    assert status == 1 and "comet_ml is not installed" in line and "FIX: pip install comet-ml" in line


def test_bitsandbytes_that_is_missing(monkeypatch, see):
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    for words in (("--quantize", "4bit"), ("--option", "optim=adamw_8bit")):
        status, line = see("quantization", "math", *words)
        assert status == 1 and line.startswith("red") and "needs bitsandbytes" in line
        assert "FIX: pip install bitsandbytes" in line


def test_an_option_that_nobody_knows(see):
    status, line = see("batch", "math", "--option", "learning_rat=1")
    assert status == 1 and line.startswith("red") and "FIX: did you mean 'learning_rate'?" in line


# --- what it says of machines that are not this one --------------------------------------------------------


def one(look, *words) -> Finding:
    look(notes := Notes(), *words)
    return notes.findings[0]


def shape(**sizes) -> Shape:
    from transformers import LlamaConfig

    return shape_of(LlamaConfig(tie_word_embeddings=True, **sizes))


@pytest.fixture(scope="module")
def shapes() -> dict[str, Shape]:
    smollm = dict(hidden_size=576, intermediate_size=1536, num_hidden_layers=30, num_attention_heads=9)
    llama = dict(hidden_size=2048, intermediate_size=8192, num_hidden_layers=16, num_attention_heads=32)
    return {
        "smollm": shape(num_key_value_heads=3, vocab_size=49152, **smollm),
        "llama": shape(num_key_value_heads=8, vocab_size=128256, head_dim=64, **llama),
    }


def on_gpu(task, model) -> dict:
    config, _ = grpo_options(task, model, None, 0, {})
    return config | {"gradient_checkpointing": True, "use_cpu": False, "bf16": False}


def test_the_shapes_count_every_parameter(shapes):
    from safetensors.torch import load_file
    from transformers import AutoConfig

    assert shapes["smollm"].parameters == 134_515_008 and shapes["llama"].parameters == 1_235_814_400
    tiny = shape_of(AutoConfig.from_pretrained(TINY.location))
    stored = load_file(Path(TINY.location) / "model.safetensors")
    assert tiny.parameters == sum(weight.numel() for weight in stored.values())
    record = json.loads((Path(__file__).parents[1] / "data/runs/math-tiny-seed0/run.json").read_text())
    assert tiny.lora == record["parameters"]["trained"]
    assert tiny.parameters + tiny.lora == record["parameters"]["all"]


def test_the_recipes_models_fit_where_the_issue_wants_them(shapes):
    need = {
        (name, task.name, bits): memory_bytes(shapes[name], on_gpu(task, model), 512, gpu=True, quantize=bits)
        for name, model in (("smollm", SMOLLM), ("llama", LLAMA))
        for task in (TLDR, MATH)
        for bits in (None, "8bit", "4bit")
    }
    for (name, task, _), parts in need.items():
        low, high = {"smollm": (0.7e9, 4e9), "llama": (2e9, 16e9)}[name]
        assert low < parts["peak"] < high, (name, parts)
        peaks = [need[name, task, bits]["peak"] for bits in ("4bit", "8bit", None)]
        assert peaks == sorted(peaks) and peaks[0] < peaks[2]


def test_memory_grows_with_the_batch_and_without_checkpointing(shapes):
    config = on_gpu(MATH, LLAMA)
    peak = lambda **change: memory_bytes(shapes["llama"], {**config, **change}, 512, gpu=True)["peak"]  # noqa: E731
    assert peak(per_device_train_batch_size=8) > peak() > peak(per_device_train_batch_size=2)
    assert peak(gradient_checkpointing=False) > 1.5 * peak()
    assert peak(optim="adamw_8bit") < peak()


def test_a_t4_is_told_what_it_lacks(shapes):
    config = on_gpu(MATH, LLAMA)
    assert one(hardware, T4, shapes["llama"]).level == "ok"
    crowded = dataclasses.replace(T4, free_bytes=3e9)
    finding = one(memory, crowded, shapes["llama"], config, 512, None)
    assert finding.level == "red" and "per_device_train_batch_size=2" in finding.fix and "4bit" in finding.fix
    assert one(memory, H100, shapes["llama"], config, 512, None).level == "ok"


def test_bf16_on_a_t4_is_red(monkeypatch):
    monkeypatch.setattr("helpers.doctor.place.arguments", lambda *words: None)  # TRL asks the real machine
    finding = one(precision, T4, on_gpu(MATH, LLAMA) | {"bf16": True})
    assert (finding.level, finding.fix) == ("red", "bf16=False, fp16=True")
    assert one(precision, H100, on_gpu(MATH, LLAMA) | {"bf16": True}).level == "ok"


def test_a_large_model_without_a_gpu_and_a_busy_processor(shapes):
    here = Here(None, bf16=False, free_bytes=16e9, cores=2, threads=2, busy=0.9)
    hardware(notes := Notes(), here, shapes["llama"])
    assert [finding.level for finding in notes.findings] == ["yellow", "yellow"]
    assert "OMP_NUM_THREADS" in notes.findings[1].fix
    hardware(notes := Notes(), dataclasses.replace(here, threads=8, busy=0.0), shapes["llama"])
    assert notes.findings[1].fix == "set OMP_NUM_THREADS=2 before Python starts"


MEASURE = """
import ctypes, gc, json, sys
from helpers.ready import calm
calm()
import datasets, psutil
from transformers import AutoConfig
from helpers.memory import memory_bytes, shape_of
from helpers.machine import peak_memory_mb
from helpers.models import TINY
from helpers.trainer import faster
from helpers.training import train
faster.LOGITS_LIMIT = 0  # TRL's own way, which is the one that the formula is about
train("tldr", "tiny", steps=1, out=sys.argv[1] + "/first")
gc.collect()
ctypes.CDLL(None).malloc_trim(0)  # else up to 600 MB that were freed still count, and are used again
before = psutil.Process().memory_info().rss
how = {"per_device_train_batch_size": 64, "max_completion_length": 128}
run = train("tldr", "tiny", steps=1, out=sys.argv[1] + "/run", **how)
peak = peak_memory_mb()["process"] * 1e6
shape = shape_of(AutoConfig.from_pretrained(TINY.location))
print(json.dumps([peak - before, memory_bytes(shape, run.record["config"], 155, gpu=False)["peak"]]))
"""


@pytest.mark.train
@pytest.mark.skipif(sys.platform != "linux", reason="measured by Linux's VmHWM, after glibc's malloc_trim")
def test_the_estimate_lies_within_its_factor_of_a_measured_peak(root, tmp_path):
    command = [sys.executable, "-c", MEASURE, str(tmp_path)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    measured, estimated = json.loads(done.stdout.splitlines()[-1])
    assert measured / FACTOR < estimated < measured * FACTOR, (measured, estimated)


def test_steps_and_minutes():
    config, _ = grpo_options(MATH, SMOLLM, None, 0, {})
    assert steps_of(config, 1000) == 3 * 500  # 3 epochs of 1,000 prompts, 2 a step
    assert steps_of({**config, "max_steps": 7}, 1000) == 7
    assert minutes(30, 2.0) == 2.0


# --- the report --------------------------------------------------------------------------------------------


def test_a_report_prints_shows_and_counts():
    red = Finding("red", "disk", "no <room>", "make some")
    report = Report("title", (red, Finding("ok", "memory", "plenty"), Finding("yellow", "disk", "slow")))
    assert (report.level, report.red) == ("red", [red]) and report["disk"] is red
    assert str(report).splitlines()[1] == "red     disk             no <room>  FIX: make some"
    assert "1 red: put that right first" in str(report) and str(report) == repr(report)
    assert "no &lt;room&gt;" in report._repr_html_() and "Fix:</b> make some" in report._repr_html_()
    assert report.rows[0] == {"level": "red", "what": "disk", "measured": "no <room>", "fix": "make some"}
    assert Report("title", ()).level == "ok" and "nothing yellow" in str(Report("title", ()))
    with pytest.raises(KeyError, match="did not look at 'moon'"):
        report["moon"]


@pytest.mark.parametrize(
    "message, parts",
    [
        ("no room: make some", ("no room", "make some")),
        ("broken (OSError: gone): mend it", ("broken (OSError: gone)", "mend it")),
        ("only a fact", ("only a fact", "")),
    ],
)
def test_a_known_mistake_is_parted_into_fault_and_fix(message, parts):
    assert in_two(message) == parts


def test_train_and_doctor_take_the_same_options():
    import inspect

    from helpers.training import train

    mine, theirs = (set(inspect.signature(func).parameters) for func in (doctor, train))
    assert theirs - mine == {"resume", "keep_completions", "watch"} and mine - theirs == {"prompts"}


def test_a_right_reward_is_paid_in_the_order_of_its_groups(random_model, rows_folder):
    """The spread is within groups: a reward that only tells prompts apart leaves every group dead."""

    def by_prompt(prompts, completions, **columns):
        return [float(len(prompt[-1]["content"]) + ord(prompt[-1]["content"][7])) for prompt in prompts]

    ask = {"source": rows_folder, "max_completion_length": 8}
    assert doctor("tldr", random_model, reward_funcs=[by_prompt], **ask)["dead groups"].level == "red"
    assert doctor("tldr", random_model, reward_funcs=[reward_len], **ask)["dead groups"].level == "ok"


def test_the_sampled_groups_are_those_of_the_first_step(random_model, rows_folder):
    """A reward sees the prompts that a run with this seed begins with."""
    from helpers.rollouts import shuffled

    seen = []

    def watching(prompts, completions, **columns):
        seen.extend(prompt[-1]["content"] for prompt in prompts)
        return [float(i) for i, _ in enumerate(completions)]

    doctor("tldr", random_model, reward_funcs=[watching], source=rows_folder, max_completion_length=8, seed=3)
    rows = TLDR.load("train", rows_folder)["prompt"]
    first = [rows[i][-1]["content"] for i in next(shuffled(len(rows), 8, 3))]
    assert np.array_equal(seen[::8], first)
