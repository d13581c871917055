"""Models: three names, any path or hub id; settings of their own; what is missing is said."""

from __future__ import annotations

import json
import shutil

import pytest

from helpers.errors import WorkbookError
from helpers.models import (
    LLAMA,
    MODELS,
    SMOLLM,
    SMOLLM2,
    TINY,
    ModelSpec,
    fitting_messages,
    get_model,
    load_model,
    load_tokenizer,
    lora_config,
    prompt_tokens,
)
from helpers.runs import Run
from helpers.sampling import sample
from helpers.tasks import TLDR

TALK = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]


def test_the_recipe_is_the_default_of_the_real_models():
    for spec in (SMOLLM, LLAMA, ModelSpec("other", "a/b")):
        options = spec.options("math")
        assert options["learning_rate"] == 2e-5
        assert options["per_device_train_batch_size"] == options["gradient_accumulation_steps"] == 4
        assert options["num_train_epochs"] == 3
    assert (LLAMA.path, LLAMA.gated) == ("meta-llama/Llama-3.2-1B-Instruct", True)
    assert SMOLLM.path == "HuggingFaceTB/SmolLM-135M-Instruct"
    assert list(MODELS) == ["tiny", "smollm-135m", "llama-3.2-1b", "smollm2-1.7b"]


def test_lora_is_on_every_linear_layer():
    config = lora_config(SMOLLM)
    assert (config.r, config.lora_alpha, config.target_modules) == (16, 32, "all-linear")


def test_a_name_a_path_and_a_hub_id_all_give_a_spec(random_model):
    assert get_model("tiny") is TINY and get_model(TINY) is TINY
    assert get_model(TINY.path) is TINY
    assert get_model("owner/name").path == "owner/name"
    assert get_model(random_model).name == "random-qwen"
    assert get_model(str(random_model)).location == str(random_model)


@pytest.mark.parametrize("name", ["tinny", "./nowhere", "/no/such/folder", "gpt2"])
def test_an_unknown_model_is_named_with_the_choices(name):
    with pytest.raises(WorkbookError, match="tiny, smollm-135m, llama-3.2-1b") as caught:
        get_model(name)
    assert repr(name) in str(caught.value)


def test_a_revision_is_pinned_behind_an_at_sign(tmp_path):
    pinned = get_model("smollm-135m@abc123")
    assert (pinned.path, pinned.revision, pinned.chat) == (SMOLLM.path, "abc123", SMOLLM.chat)
    assert get_model("owner/name@refs/pr/7").revision == "refs/pr/7"
    for text in ("tiny@main", "owner/name@"):
        with pytest.raises(WorkbookError, match=f"'{text}' pins no revision.*smollm-135m@main"):
            get_model(text)
    run = Run(tmp_path)
    for revision, base in ((None, "owner/name"), ("v1", "owner/name@v1")):
        (tmp_path / "run.json").write_text(
            json.dumps({"model": {"path": "owner/name", "revision": revision}})
        )
        assert run.base == base and get_model(run.base).revision == revision


@pytest.fixture(scope="module")
def many_ends(tmp_path_factory, random_model):
    """The random model, declaring a hundred end tokens: its own, which it pads with, and 99 more."""
    folder = tmp_path_factory.mktemp("ends") / "model"
    shutil.copytree(random_model, folder)
    path = folder / "generation_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"eos_token_id": [0, *range(100, 199)]}))
    return folder, {0, *range(100, 199)}


def ended_as_said(ids, truncated, ends):
    """Whether a completion ends at its first end token, whichever it is, and counts as cut off otherwise."""
    return (ids[-1] in ends) != truncated and not ends & set(ids[:-1])


def test_any_end_token_ends_a_completion(many_ends, rows_folder):
    folder, ends = many_ends
    tokenizer, model = load_tokenizer(folder), load_model(folder)
    assert tokenizer.pad_token_id == tokenizer.eos_token_id == 0
    rows = TLDR.load("test", rows_folder, n=4)
    found = sample(model, tokenizer, TLDR, rows, 8, max_new_tokens=6, keep_ids=True)
    ids = [one for group in found.token_ids for one in group]
    cut = [one for group in found.truncated for one in group]
    assert all(ended_as_said(one, flag, ends) for one, flag in zip(ids, cut, strict=True))
    assert any(one[-1] in ends - {0} for one in ids) and any(cut)


@pytest.mark.train
@pytest.mark.parametrize("ours", [True, False], ids=["ours", "TRL's"])
@pytest.mark.parametrize("model, most", [("many", 6), ("one", 64)])
def test_in_training_any_end_token_ends_and_is_trained_on(
    many_ends, random_model, rows_folder, tmp_path, monkeypatch, ours, model, most
):
    """What is recorded of a completion are the tokens of the loss's mask: its end token too, even the pad."""
    from helpers.trainer import faster
    from helpers.training import train

    if not ours:
        monkeypatch.setattr(faster, "fits", lambda trainer: False)
    folder, ends = many_ends if model == "many" else (random_model, {0})
    assert load_tokenizer(folder).pad_token_id == load_tokenizer(folder).eos_token_id == 0
    batch = {"per_device_train_batch_size": 64, "gradient_accumulation_steps": 1}
    run = train(
        "tldr", folder, source=rows_folder, steps=1, keep_completions=64, out=tmp_path / "run",
        max_completion_length=most, **batch,
    )  # fmt: skip
    ids = [row["token_ids"] for row in run.completions]
    cut = [one[-1] not in ends for one in ids]
    assert len(ids) == 64 and any(cut) and not all(cut)
    assert all(
        ended_as_said(one, flag, ends) and len(one) <= most for one, flag in zip(ids, cut, strict=True)
    )
    assert run.curve[0]["truncated"] == pytest.approx(sum(cut) / 64)
    assert model == "one" or {one[-1] for one in ids} & (ends - {0})


def test_licences_and_gates_are_named():
    assert SMOLLM.licence == SMOLLM2.licence == "Apache 2.0" and not (SMOLLM.gated or SMOLLM2.gated)
    assert LLAMA.gated and LLAMA.licence == "Llama 3.2 Community License"
    for spec in (SMOLLM, LLAMA, SMOLLM2):
        assert spec.licence_url.startswith("https://") and spec.url == f"https://huggingface.co/{spec.path}"


def test_a_folder_without_a_model_says_so(tmp_path):
    with pytest.raises(WorkbookError, match=r"no config\.json"):
        get_model(tmp_path)


def test_a_model_without_a_chat_template_is_refused(tmp_path):
    from tiny_random import make_random_model

    folder = make_random_model(tmp_path / "bare", template=None)
    with pytest.raises(WorkbookError, match=r"bare' has no chat template: use its instruction-tuned"):
        load_tokenizer(folder)


def test_a_broken_folder_and_an_unreachable_hub_say_what_to_do(tmp_path, random_model):
    broken = tmp_path / "broken"
    shutil.copytree(random_model, broken)
    (broken / "model.safetensors").unlink()
    with pytest.raises(WorkbookError, match=r"broken'.*not whole"):
        load_model(broken)
    with pytest.raises(WorkbookError, match=r"no-one-here/no-model.*or use model 'tiny'"):
        load_tokenizer("no-one-here/no-model")

    with pytest.raises(WorkbookError, match=r"Llama-3.2-1B-Instruct'.*or use model 'smollm2-1.7b'"):
        load_tokenizer(LLAMA)


@pytest.mark.parametrize("key", ["_attn_implementation", "attn_implementation"])
def test_a_repository_that_names_flash_attention_loads_with_sdpa(tmp_path, random_model, key):
    import torch

    folder = tmp_path / "flash"
    shutil.copytree(random_model, folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {key: "flash_attention_2"}))
    found, plain, tokenizer = load_model(folder), load_model(random_model), load_tokenizer(folder)
    used = {part.config._attn_implementation for part in found.modules() if hasattr(part, "config")}
    assert used == {"sdpa"}
    ids = tokenizer("Hello", return_tensors="pt")["input_ids"].to(found.device)
    with torch.no_grad():
        assert torch.equal(found(ids).logits, plain(ids).logits)


def test_quantize_must_be_known(random_model):
    with pytest.raises(WorkbookError, match=r"quantize='2bit'.*4bit.*8bit"):
        load_model(random_model, quantize="2bit")


def test_padding_is_a_token_the_model_has(random_model):
    tokenizer, model = load_tokenizer(random_model), load_model(random_model)
    assert tokenizer.padding_side == "left"
    assert tokenizer.pad_token_id < model.config.vocab_size


def test_a_refused_system_turn_joins_the_users(random_model):
    tokenizer = load_tokenizer(random_model)
    assert fitting_messages(tokenizer, TALK) == TALK
    tokenizer.chat_template = (
        "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system turns') }}{% endif %}"
        "{% for turn in messages %}{{ turn['content'] }}{% endfor %}"
    )
    joined = fitting_messages(tokenizer, TALK)
    assert joined == [{"role": "user", "content": "Be brief.\n\nHello"}]
    assert prompt_tokens(tokenizer, joined) > 0
