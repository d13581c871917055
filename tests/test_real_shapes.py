"""The recipe's four pairs, two models on two data sets, from a hub cache of our own making: no download.

The models have the real ones' exact shapes, the data sets their columns; the loading code is the real one, by
the real ids. Only completions are shorter than the recipe's: 8 tokens, for a processor. `make test` trains
two of the pairs, each model and each data set once, with two layers of full width; `make test-slow` trains
the other two as well, and all four with all layers.
"""

from __future__ import annotations

import datetime
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import local_hub
import pytest
from transformers import LlamaConfig

from helpers.memory import shape_of
from helpers.models import LLAMA, SMOLLM, SMOLLM2, fitting_messages, get_model, load_tokenizer
from helpers.runs import load_run
from helpers.sizes import LENGTHS, SHAPES, expected, lora_parameters, parameters, shape_on_paper
from helpers.tasks import TASKS, get_task

PAIRS = list(itertools.product(("smollm-135m", "llama-3.2-1b"), ("tldr", "math")))
QUICK = [("smollm-135m", "math"), ("llama-3.2-1b", "tldr")]
ASKED = [{"role": "user", "content": "How many are 2 and 2?"}]


def made(home: Path, layers: int | None) -> Path:
    """A cache with both models and both data sets."""
    for name in ("smollm-135m", "llama-3.2-1b"):
        local_hub.make_model(home, name, layers)
    for task in TASKS.values():
        local_hub.make_data(home, task)
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """The cache with models of two layers."""
    return made(tmp_path_factory.mktemp("hub"), 2)


def train(root: Path, home: Path, model: str, task: str, out: Path, seconds: float):
    """The README's command, for two steps; returns the run."""
    command = [sys.executable, "-m", "helpers", "train", task, "--model", model, "--source", "hub"]
    short = ["--steps", "2", "--option", "max_completion_length=8", "--out", str(out)]
    env = {**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [*command, *short], cwd=root, env=env, capture_output=True, text=True, timeout=seconds
    )
    assert done.returncode == 0, done.stderr
    return load_run(out)


def check(run, model: str, task: str, layers: int) -> None:
    """It was the recipe, on this model, and it learned without a number going wrong."""
    config, spec = run.record["config"], get_model(model)
    wanted = {"learning_rate": 2e-5, "per_device_train_batch_size": 4, "gradient_accumulation_steps": 4}
    wanted |= {"num_generations": 8, "max_steps": 2, "max_completion_length": 8}
    assert {name: config[name] for name in wanted} == wanted
    assert run.record["model"] == {"name": model, "path": spec.path, "revision": None}
    assert run.record["model_commit"] == local_hub.COMMIT
    assert run.record["lora"] == {"r": 16, "alpha": 32, "target_modules": "all-linear"}
    assert (run.task, run.record["source"], run.record["status"]) == (task, "hub", "finished")
    shape = SHAPES[model] | {"num_hidden_layers": layers}
    trained = lora_parameters(shape, 16)
    assert run.record["parameters"] == {"trained": trained, "all": trained + parameters(shape)}
    assert [row["step"] for row in run.curve] == [1, 2]
    for row in run.curve:
        assert 1 <= row["length"] <= 8 and 0 <= row["truncated"] <= 1 and row["grad_norm"] >= 0
    assert len(run.completions) == 32 and len({row["prompt"] for row in run.completions}) == 4
    adapter = json.loads((run.adapter / "adapter_config.json").read_text())
    assert (adapter["r"], adapter["lora_alpha"]) == (16, 32)
    kinds = {name.rpartition(".")[2] for name in adapter["target_modules"]}
    assert kinds == {f"{name}_proj" for name in ("q", "k", "v", "o", "gate", "up", "down")}
    assert adapter["base_model_name_or_path"] == spec.path


@pytest.mark.train
@pytest.mark.parametrize(
    "model, task", [pytest.param(*pair, marks=[] if pair in QUICK else pytest.mark.slow) for pair in PAIRS]
)
def test_a_pair_of_the_recipe_runs_two_steps(root, home, tmp_path, model, task):
    run = train(root, home, model, task, tmp_path / "run", 300)
    check(run, model, task, layers=2)
    if task == "tldr":  # every length is rewarded otherwise, so there is something to learn
        assert all(row["grad_norm"] > 0 for row in run.curve)


@pytest.mark.slow
@pytest.mark.train
@pytest.mark.timeout(2000)
@pytest.mark.parametrize("model, task", PAIRS)
def test_with_all_layers_too(root, tmp_path, model, task):
    home = tmp_path / "hub"
    local_hub.make_model(home, model)
    local_hub.make_data(home, get_task(task))
    run = train(root, home, model, task, tmp_path / "run", 1800)
    check(run, model, task, SHAPES[model]["num_hidden_layers"])


@pytest.fixture
def stopped(monkeypatch):
    """train, with nothing loaded and nothing trained: gives what TRL's trainer would be built with."""
    import helpers.training

    class Stop(Exception):
        pass

    found = {}

    class Trainer:
        def __init__(self, **options):
            found.update(options)
            raise Stop

    class Weights:
        def __init__(self, spec):
            self.config = local_hub.config(spec)

    monkeypatch.setattr(helpers.training, "RecordingTrainer", Trainer)
    monkeypatch.setattr(helpers.training, "load_model", lambda spec, quantize=None: Weights(spec))
    monkeypatch.setattr(helpers.training, "load_tokenizer", local_hub.tokenizer)
    rows = lambda task, split, revision: [local_hub.row(task, number) for number in range(40)]  # noqa: E731
    monkeypatch.setattr("helpers.tasks.Task._hub_rows", rows)

    def run(task, model, folder):
        with pytest.raises(Stop):
            helpers.training.train(task, model, source="hub", out=folder)
        return found

    return run


@pytest.mark.parametrize("model, task", PAIRS)
def test_a_pair_resolves_to_exactly_the_recipe(stopped, tmp_path, model, task):
    built = stopped(task, model, tmp_path / "run")
    args, lora = built["args"], built["peft_config"]
    assert args.learning_rate == 2e-5 and args.num_train_epochs == 3 and args.max_steps == -1
    assert args.per_device_train_batch_size == 4 and args.gradient_accumulation_steps == 4
    assert args.num_generations == 8 and args.generation_batch_size == 16
    assert args.max_completion_length == {"tldr": 96, "math": 512}[task]
    assert (args.temperature, args.top_p, args.top_k, args.beta) == (1.0, 1.0, 0, 0.0)
    assert args.report_to == [] and args.loss_type == "dapo"
    assert (lora.r, lora.lora_alpha, lora.target_modules, lora.task_type) == (
        16,
        32,
        "all-linear",
        "CAUSAL_LM",
    )
    assert [func.__name__ for func in built["reward_funcs"]] == {
        "tldr": ["reward_len"],
        "math": ["reward_format", "reward_accuracy"],
    }[task]


@pytest.mark.parametrize(
    "bf16, optim, kind", [(True, "adamw_8bit", "bf16"), (False, "adamw_8bit", "fp16")], ids=["bf16", "T4"]
)
def test_a_gpu_gets_its_format_and_the_8bit_optimizer(monkeypatch, bf16, optim, kind):
    import torch

    from helpers.models import TINY
    from helpers.trainer.settings import grpo_options

    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda including_emulation=True: bf16)
    options, _ = grpo_options(get_task("math"), SMOLLM, None, 0, {})
    assert options["optim"] == optim and options["gradient_checkpointing"] and not options["use_cpu"]
    assert {name: options[name] for name in ("bf16", "fp16")} == {"bf16": bf16, "fp16": not bf16}
    assert options[kind] is True
    chosen, _ = grpo_options(get_task("math"), SMOLLM, None, 0, {"optim": "adamw_torch"})
    assert chosen["optim"] == "adamw_torch"
    assert "optim" not in grpo_options(get_task("math"), TINY, None, 0, {})[0]
    monkeypatch.undo()
    if not torch.cuda.is_available():
        assert "optim" not in grpo_options(get_task("math"), SMOLLM, None, 0, {})[0]


@pytest.fixture
def tokenizers(home, monkeypatch):
    """The tokenizers of the cache, loaded as the workbook loads them."""
    monkeypatch.setattr("helpers.specs.ModelSpec.location", property(lambda spec: str(snapshot(home, spec))))
    return {spec.name: load_tokenizer(spec) for spec in (SMOLLM, LLAMA)}


def snapshot(home: Path, spec) -> Path:
    return home / "hub" / f"models--{spec.path.replace('/', '--')}" / "snapshots" / local_hub.COMMIT


@pytest.mark.parametrize("spec", [SMOLLM, LLAMA], ids=lambda spec: spec.name)
def test_special_tokens_stand_where_the_real_ones_do(tokenizers, spec):
    found, chat = tokenizers[spec.name], spec.chat
    assert len(found) == SHAPES[spec.name]["vocab_size"]
    for token, place in chat.specials.items():
        assert found.convert_tokens_to_ids(token) == place
        assert found(token, add_special_tokens=False)["input_ids"] == [place]
    assert found.eos_token == chat.eos and found.pad_token == (chat.pad or chat.eos)
    ids = found.apply_chat_template(ASKED, add_generation_prompt=True, return_dict=False)
    assert (
        found.decode(found(ASKED[0]["content"], add_special_tokens=False)["input_ids"]) == ASKED[0]["content"]
    )
    if chat.bos:
        assert ids.count(chat.specials[chat.bos]) == 1  # once, though the tokenizer adds it to plain text too
        assert found("plain")["input_ids"][0] == chat.specials[chat.bos]
    spoken = found.apply_chat_template([*ASKED, {"role": "assistant", "content": "4"}], return_dict=False)
    assert chat.specials[chat.eos] in spoken[-2:]


def test_end_tokens_and_their_ids():
    assert LLAMA.chat.end_ids == [128001, 128008, 128009] and SMOLLM.chat.end_ids == [2]
    assert SMOLLM.chat.pad == SMOLLM.chat.eos and LLAMA.chat.pad is None


def test_llamas_prompt_is_the_same_on_every_day(tokenizers, monkeypatch):
    text = tokenizers["llama-3.2-1b"].apply_chat_template(ASKED, tokenize=False)
    assert "Today Date: 26 Jul 2024\n" in text
    raw = local_hub.tokenizer(LLAMA)
    today = datetime.datetime.now().strftime("%d %b %Y")
    assert f"Today Date: {today}" in raw.apply_chat_template(ASKED, tokenize=False)  # what is pinned
    other = tokenizers["llama-3.2-1b"].apply_chat_template(ASKED, tokenize=False, date_string="1 Jan 2030")
    assert "Today Date: 1 Jan 2030\n" in other


def test_smollm2_says_its_own_system_turn_only_where_there_is_none():
    made = local_hub.tokenizer(SMOLLM2)
    alone = made.apply_chat_template(ASKED, tokenize=False)
    assert alone.startswith(f"<|im_start|>system\n{SMOLLM2.chat.says}<|im_end|>\n<|im_start|>user\n")
    given = [{"role": "system", "content": "Be brief."}, *ASKED]
    assert SMOLLM2.chat.says not in made.apply_chat_template(given, tokenize=False)
    assert fitting_messages(made, given) == given


@pytest.mark.parametrize("spec", [SMOLLM, LLAMA, SMOLLM2], ids=lambda spec: spec.name)
def test_counts_are_those_of_the_real_model_built_without_memory(spec):
    import torch
    from peft import get_peft_model
    from transformers import LlamaForCausalLM

    from helpers.models import lora_config

    with torch.device("meta"):
        model = LlamaForCausalLM(local_hub.config(spec))
        model.tie_weights()
        assert sum(weight.numel() for weight in model.parameters()) == parameters(SHAPES[spec.name])
        added = get_peft_model(model, lora_config(spec), autocast_adapter_dtype=False)
    counted = sum(weight.numel() for weight in added.parameters() if weight.requires_grad)
    assert counted == lora_parameters(SHAPES[spec.name], 16)
    assert (
        model.config._attn_implementation == "sdpa"
        and model.config.max_position_embeddings == spec.chat.context
    )


def test_what_is_expected_is_an_estimate_within_the_limits_of_the_recipe():
    for task in LENGTHS:
        assert expected(SMOLLM, task).memory_gb < 4 and expected(LLAMA, task).memory_gb < 16
        for spec in (SMOLLM, LLAMA, SMOLLM2):
            whole, eight, four = (expected(spec, task, kind) for kind in (None, "8bit", "4bit"))
            assert four.memory_gb <= eight.memory_gb <= whole.memory_gb
            weights = 2 * whole.parameters / 1e9
            assert whole.memory_gb > weights and not whole.measured
        assert expected(LLAMA, task, "4bit").memory_gb < expected(LLAMA, task).memory_gb - 1
    # The Hugging Face course trains SmolLM on summaries for one epoch in about an hour: a third of our three.
    assert 0.5 < expected(SMOLLM, "tldr").hours / 3 < 2


@pytest.mark.parametrize("spec", [SMOLLM, LLAMA, SMOLLM2], ids=lambda spec: spec.name)
def test_a_shape_on_paper_is_the_shape_of_its_config(spec):
    config = LlamaConfig(**SHAPES[spec.name], tie_word_embeddings=True)
    assert shape_on_paper(SHAPES[spec.name], spec.lora_r) == shape_of(config, spec.lora_r)


@pytest.mark.parametrize("model, task", PAIRS)
def test_the_readme_gives_the_command_and_the_estimate(root, model, task):
    text = (root / "README.md").read_text(encoding="utf-8")
    assert f"\npython -m helpers train {task} --model {model} --source hub\n" in text
    for spec in (SMOLLM, LLAMA, SMOLLM2):
        found = [expected(spec, name) for name in ("tldr", "math")]
        cells = " | ".join(f"{one.memory_gb} GB, {one.hours:.0f} h" for one in found)
        assert f"]({spec.licence_url}){', gated' if spec.gated else ''} | {cells} |\n" in text
