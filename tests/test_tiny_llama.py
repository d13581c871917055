"""The embedded model is what its card says: a small, true Llama that plain transformers loads by path."""

import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "data/tiny-llama"


@pytest.fixture(scope="module")
def tokenizer():
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(FOLDER)


@pytest.fixture(scope="module")
def model():
    import torch
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(FOLDER, dtype=torch.float32)


def test_it_is_a_small_true_llama_without_code_of_its_own(model):
    assert type(model).__name__ == "LlamaForCausalLM"
    assert model.num_parameters() <= 3_000_000
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 8_000_000
    assert not list(FOLDER.glob("*.py")) and not list(FOLDER.glob("*.bin"))
    config = json.loads((FOLDER / "config.json").read_text())
    assert "auto_map" not in config and config["dtype"] == "bfloat16"


def test_every_digit_is_a_token_and_text_survives_the_round_trip(tokenizer):
    assert tokenizer.tokenize("1234") == ["1", "2", "3", "4"]
    text = "<think>27 × 3 = 81.</think><answer>81</answer> naïve 🙂"
    assert tokenizer.decode(tokenizer(text)["input_ids"], skip_special_tokens=True) == text


def test_tags_are_single_tokens_that_stay_visible(tokenizer):
    for tag in ("<think>", "</think>", "<answer>", "</answer>"):
        assert len(tokenizer.tokenize(tag)) == 1
        assert tag not in tokenizer.all_special_tokens


def test_chat_template_has_three_roles_and_an_end(tokenizer):
    turns = [{"role": role, "content": role.upper()} for role in ("system", "user", "assistant")]
    text = tokenizer.apply_chat_template(turns, tokenize=False)
    assert text == "<|system|>SYSTEM<|end|><|user|>USER<|end|><|assistant|>ASSISTANT<|end|>"
    assert tokenizer.apply_chat_template(turns[:2], tokenize=False, add_generation_prompt=True).endswith(
        "<|assistant|>"
    )
    assert tokenizer.eos_token == "<|end|>" and tokenizer.pad_token != tokenizer.eos_token


def test_the_prompts_of_the_warm_up_are_those_of_the_tasks(tokenizer):
    """The model was warmed up on exactly the prompts that training uses."""
    from corpus import chat

    from helpers.tasks import MATH, TLDR

    row = {"problem": "What is 2 + 3?", "prompt": "POST: hello\nTL;DR:"}
    for task, expected in ((MATH, chat.maths_prompt(row["problem"])), (TLDR, chat.prompt(row["prompt"]))):
        assert (
            tokenizer.apply_chat_template(task.messages(row), tokenize=False, add_generation_prompt=True)
            == expected
        )


def test_the_card_and_the_record_say_the_same():
    record, card = json.loads((FOLDER / "warmup.json").read_text()), (FOLDER / "README.md").read_text()
    assert [phase["phase"] for phase in record["phases"]] == ["skill", "dilute"]
    for name, metric in (
        ("ceiling", "accuracy"),
        ("base", "accuracy"),
        ("base", "pass_at_64"),
        ("base", "format"),
    ):
        assert f"{record[name][metric]:.2f}" in card, f"{name} {metric} is not in the card"
