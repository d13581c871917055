"""Models: three names, any path or hub id; settings of their own; what is missing is said."""

from __future__ import annotations

import shutil

import pytest

from helpers.errors import WorkbookError
from helpers.models import (
    LLAMA,
    MODELS,
    SMOLLM,
    TINY,
    ModelSpec,
    fitting_messages,
    get_model,
    load_model,
    load_tokenizer,
    lora_config,
    prompt_tokens,
)

TALK = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]


def test_the_recipe_is_the_default_of_the_real_models():
    for spec in (SMOLLM, LLAMA, ModelSpec("other", "a/b")):
        options = spec.options("math")
        assert options["learning_rate"] == 2e-5
        assert options["per_device_train_batch_size"] == options["gradient_accumulation_steps"] == 4
        assert options["num_train_epochs"] == 3
    assert (LLAMA.path, LLAMA.gated) == ("meta-llama/Llama-3.2-1B-Instruct", True)
    assert SMOLLM.path == "HuggingFaceTB/SmolLM-135M-Instruct"
    assert list(MODELS) == ["tiny", "smollm-135m", "llama-3.2-1b"]


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


def test_a_folder_without_a_model_says_so(tmp_path):
    with pytest.raises(WorkbookError, match=r"no config\.json"):
        get_model(tmp_path)


def test_a_model_without_a_chat_template_is_refused(tmp_path):
    from tiny_random import make_random_model

    folder = make_random_model(tmp_path / "bare", template=None)
    with pytest.raises(WorkbookError, match=r"bare' has no chat template: use its instruction-tuned"):
        load_tokenizer(folder)


def test_a_broken_folder_and_an_unreachable_hub_say_what_to_do(tmp_path, random_model, monkeypatch):
    broken = tmp_path / "broken"
    shutil.copytree(random_model, broken)
    (broken / "model.safetensors").unlink()
    with pytest.raises(WorkbookError, match=r"broken'.*not whole"):
        load_model(broken)
    with pytest.raises(WorkbookError, match=r"no-one-here/no-model.*MODEL = 'tiny'"):
        load_tokenizer("no-one-here/no-model")

    def refused(*args, **options):
        raise OSError("403: gated")

    monkeypatch.setattr("transformers.AutoTokenizer.from_pretrained", refused)
    with pytest.raises(WorkbookError, match=r"403.*accept its licence.*hf auth login"):
        load_tokenizer(LLAMA)


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
