"""What a run costs on paper: held against models that are really there."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest

from helpers import costs
from helpers.memory import memory_bytes
from helpers.pictures.moving import moving
from helpers.sizes import shape_on_paper
from helpers.specs import RECIPE


@pytest.fixture(scope="module", params=list(costs.SHAPES))
def built(request):
    """A shape's name and the model itself, without numbers in it."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    with torch.device("meta"):
        model = LlamaForCausalLM(LlamaConfig(**costs.SHAPES[request.param], tie_word_embeddings=True))
    model.tie_weights()
    return request.param, model


def test_parameters_are_those_of_the_model(built):
    name, model = built
    assert costs.parameters(costs.SHAPES[name]) == sum(weight.numel() for weight in model.parameters())


def test_lora_parameters_are_those_that_peft_adds(built):
    import torch
    from peft import get_peft_model

    from helpers.models import lora_config

    name, model = built
    with torch.device("meta"):
        wrapped = get_peft_model(model, lora_config(name))
    assert costs.lora_parameters(costs.SHAPES[name]) == wrapped.get_nb_trainable_parameters()[0]


def test_the_cache_is_what_a_real_one_holds():
    """Keys and values of a Llama of the tiny model's shape, fp32 there and 2 bytes on paper."""
    import torch

    from helpers.models import load_model

    model = load_model("tiny")
    prompt, answer = costs.LENGTHS["tldr"]
    with torch.no_grad():
        read = model(torch.zeros(2, prompt + answer, dtype=torch.long), use_cache=True).past_key_values
    real = sum(part.numel() * 2 for layer in read.layers for part in (layer.keys, layer.values))
    assert costs.memory(model.config.to_dict(), "tldr", 2)["cache"] == real


def test_memory_falls_with_bits_with_gpus_and_with_fewer_completions_at_a_time():
    shape = costs.SHAPES["llama-3.2-1b"]
    whole = costs.memory(shape, "math", 16)
    assert costs.memory(shape, "math", 16, bits=4)["weights"] == whole["weights"] / 4
    halves = costs.memory(shape, "math", 16, split=2)
    assert (halves["weights"], halves["trained"]) == (whole["weights"] / 2, whole["trained"] / 2)
    assert costs.memory(shape, "math", 4)["logits"] == whole["logits"] / 4
    full = costs.memory(shape, "math", 16, tune="full")
    assert full["weights"] == 0 and full["trained"] == 16 * costs.parameters(shape)
    parts = {"weights": 1, "trained": 2, "cache": 10, "activations": 3, "logits": 4}
    assert costs.peak(parts) == 13 and costs.peak(parts | {"logits": 8}) == 14


def test_hours_count_every_completion_once_and_share_them_over_the_gpus():
    size = 1_000_000
    one = costs.hours("tldr", size, tflops=1.0)
    assert one == pytest.approx(2000 * 8 * 3 * 496 * 6 * size / 1e12 / 3600)
    assert costs.hours("tldr", size, 1.0, gpus=64) == pytest.approx(one / 64)
    assert costs.hours("tldr", size, 1.0, tune="full") == pytest.approx(one * 8 / 6)


def test_bytes_on_the_wire():
    assert costs.averaged_bytes(1000, 1) == 0 and costs.averaged_bytes(1000, 2) == 4000
    assert costs.averaged_bytes(1000, 64) == pytest.approx(7875)
    assert costs.gathered_bytes(1000, 2, times=3) == 1500


def test_the_picture_says_what_moves():
    ax = moving(3)
    words = [text.get_text() for text in ax.texts]
    assert words.count("all rewards") == 2 and words.count("weights: a copy") == 3 and "process 2" in words
    height = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert words.count("nothing") == 2 * 3 and words.count("mean of all") == 2
    assert 0 < height["mean of all"] - height["gradients: of its own"] < 0.1
    plt.close(ax.figure)
    with pytest.raises(ValueError, match="processes=9"):
        moving(9)


@pytest.mark.parametrize("task", costs.LENGTHS)
@pytest.mark.parametrize("name", costs.SHAPES)
def test_the_floor_on_paper_is_below_the_estimate_and_not_far_below(name, task):
    shape = costs.SHAPES[name]
    config = {**RECIPE, "max_completion_length": costs.LENGTHS[task][1], "optim": "adamw_8bit"}
    estimate = memory_bytes(shape_on_paper(shape), config, costs.LENGTHS[task][0], gpu=True)["peak"]
    floor = costs.peak(costs.memory(shape, task, RECIPE["per_device_train_batch_size"]))
    assert estimate / 2 < floor < estimate
