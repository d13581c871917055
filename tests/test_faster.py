"""The faster way on a processor: the same odds, the same log-probabilities and gradients as TRL's own."""

from __future__ import annotations

import copy

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import GenerationConfig
from trl import GRPOConfig, GRPOTrainer

from helpers.models import load_model, load_tokenizer, lora_config
from helpers.sizes import SHAPES, parameters
from helpers.tasks import MATH, TLDR
from helpers.trainer import decoding, faster
from helpers.trainer.decoding import Decoder, pick
from helpers.trainer.faster import FasterTrainer, fits, plainly_sampled


@pytest.fixture(scope="module", params=["tiny", "qwen2"])
def policy(request, random_model):
    """A model with a LoRA adapter that has something to say, and its tokenizer."""
    path = "tiny" if request.param == "tiny" else random_model
    torch.manual_seed(0)
    model = get_peft_model(load_model(path), lora_config(path)).eval()
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            weight.data.normal_(0, 0.02)
    return model, load_tokenizer(path)


def prompts_of(tokenizer, task=MATH, groups=3, size=4):
    rows = task.load("train", n=groups)["prompt"]
    return [tokenizer.apply_chat_template(row, add_generation_prompt=True)["input_ids"] for row in rows
            for _ in range(size)]  # fmt: skip


def generated(model, tokenizer, prompts, ends, most, **how):
    """What plain `generate` makes of the same prompts, cut behind the first end token."""
    width = max(map(len, prompts))
    ids = torch.tensor([[0] * (width - len(one)) + one for one in prompts])
    mask = torch.tensor([[0] * (width - len(one)) + [1] * len(one) for one in prompts])
    config = GenerationConfig(max_new_tokens=most, pad_token_id=0, eos_token_id=ends, top_k=0, **how)
    with torch.no_grad():
        rows = model.generate(input_ids=ids, attention_mask=mask, generation_config=config)[
            :, width:
        ].tolist()
    stops = [next((i + 1 for i, token in enumerate(row) if token in ends), most) for row in rows]
    return [row[:stop] for row, stop in zip(rows, stops, strict=True)]


# --- sampling ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", [MATH, TLDR], ids=lambda task: task.name)
def test_greedy_completions_are_those_of_generate(policy, task):
    model, tokenizer = policy
    prompts = prompts_of(tokenizer, task, groups=4, size=2)
    ends = [tokenizer.eos_token_id]
    expected = generated(model, tokenizer, prompts, ends, 40, do_sample=False)
    assert Decoder(model).sample(prompts, ends, 40, temperature=0) == expected


def test_with_the_same_dice_it_draws_what_generate_draws(policy, monkeypatch):
    def multinomial(logits, temperature):
        return torch.multinomial((logits / temperature).softmax(-1), 1).squeeze(1)

    monkeypatch.setattr(decoding, "pick", multinomial)
    monkeypatch.setattr(decoding, "ROW_SHARE", -1)  # ended rows go on using up random numbers in generate
    model, tokenizer = policy
    prompts, ends = prompts_of(tokenizer), [tokenizer.eos_token_id, 17]
    torch.manual_seed(5)
    expected = generated(model, tokenizer, prompts, ends, 30, do_sample=True, temperature=0.9)
    torch.manual_seed(5)
    assert Decoder(model).sample(prompts, ends, 30, 0.9) == expected
    assert len({len(one) for one in expected}) > 1


def test_rows_that_leave_the_batch_change_nothing_for_the_others(policy, monkeypatch):
    model, tokenizer = policy
    prompts = prompts_of(tokenizer, groups=6, size=1)
    usual = Decoder(model).sample(prompts, [], 24, 0)
    ends = [usual[0][3], usual[1][8]]
    monkeypatch.setattr(decoding, "ROW_SHARE", 1.0)
    stops = [next((i + 1 for i, token in enumerate(row) if token in ends), 24) for row in usual]
    assert Decoder(model).sample(prompts, ends, 24, 0) == [
        row[:stop] for row, stop in zip(usual, stops, strict=True)
    ]


def test_sampling_leaves_the_weights_as_they_are(policy):
    model, tokenizer = policy
    before = copy.deepcopy(model.state_dict())
    Decoder(model).sample(prompts_of(tokenizer), [tokenizer.eos_token_id], 8)
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())


@pytest.mark.parametrize("temperature", [0.7, 1.0, 1.5])
def test_pick_draws_each_token_as_often_as_its_odds_say(temperature):
    torch.manual_seed(0)
    logits = torch.tensor([2.0, 0.0, -torch.inf, 1.0, -1.0, -torch.inf])
    count = 40_000
    shares = torch.bincount(pick(logits.expand(count, -1), temperature), minlength=6) / count
    odds = (logits / temperature).softmax(-1)
    assert shares[2] == shares[5] == 0
    assert (shares - odds).abs().max() < 4.5 * (0.25 / count) ** 0.5


def test_odds_that_are_no_numbers_are_told():
    with pytest.raises(FloatingPointError, match="no longer numbers"):  # what a reader sees: trainer.mishaps
        pick(torch.tensor([[0.0, 1.0], [torch.nan, 1.0]]), 1.0)


# --- log-probabilities -------------------------------------------------------------------------------------


def trainer_for(tmp_path, model, tokenizer, kind=FasterTrainer, **options):
    settings = {
        "use_cpu": True,
        "bf16": False,
        "gradient_checkpointing": False,
        "per_device_train_batch_size": 8,
        "num_generations": 4,
        "max_completion_length": 12,
        "report_to": "none",
        **options,
    }
    return kind(
        model=model,
        reward_funcs=list(TLDR.reward_funcs),
        train_dataset=TLDR.load("train", n=8),
        processing_class=tokenizer,
        peft_config=lora_config("tiny") if not hasattr(model, "peft_config") else None,
        args=GRPOConfig(output_dir=str(tmp_path), **settings),
    )


def batch_of(tokenizer, task=MATH, count=9):
    """Prompts padded on the left, completions of 1 to `count` tokens on the right; rows out of order."""
    torch.manual_seed(1)
    prompts = prompts_of(tokenizer, task)
    width = max(map(len, prompts))
    lengths = [1 + (5 * i) % count for i in range(len(prompts))]
    lengths[4] = count
    ids = torch.randint(3, len(tokenizer), (len(prompts), width + count))
    mask = torch.ones_like(ids)
    for i, (prompt, length) in enumerate(zip(prompts, lengths, strict=True)):
        mask[i, : width - len(prompt)] = 0
        ids[i, width - len(prompt) : width] = torch.tensor(prompt)
        mask[i, width + length :] = 0
    order = torch.randperm(len(prompts))
    return (ids * mask)[order], mask[order], count


@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_log_probabilities_entropies_and_gradients_are_those_of_trl(policy, tmp_path, temperature):
    model, tokenizer = copy.deepcopy(policy[0]).train(), policy[1]
    for name, weight in model.named_parameters():
        weight.requires_grad_("lora_" in name)
    trainer = trainer_for(tmp_path, model, tokenizer, temperature=temperature)
    assert trainer.lean
    ids, mask, count = batch_of(tokenizer)
    weigh = torch.randn(len(ids), count, generator=torch.Generator().manual_seed(2))
    found = []
    for lean in (True, False):
        trainer.lean = lean
        trainer.model.zero_grad()
        logps, entropies, _ = trainer._get_per_token_logps_and_entropies(
            trainer.model, ids, mask, count, compute_entropy=True
        )
        (logps * weigh).sum().backward()
        grads = [weight.grad.flatten() for weight in trainer.model.parameters() if weight.grad is not None]
        found.append((logps.detach(), entropies.detach(), torch.cat(grads)))
    for ours, theirs in zip(*found, strict=True):
        assert float((ours - theirs).norm()) < 1e-4 * float(theirs.norm())
    assert (found[0][0] != 0).equal(mask[:, -count:].bool())


# --- where it steps back -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options, lean, plain",
    [
        ({}, True, True),
        ({"bf16": True}, False, True),
        ({"gradient_checkpointing": True}, False, True),
        ({"top_k": 20}, True, False),
        ({"top_p": 0.9}, True, False),
        ({"min_p": 0.1}, True, False),
        ({"repetition_penalty": 1.1}, True, False),
        ({"generation_kwargs": {"no_repeat_ngram_size": 3}}, True, False),
        ({"cache_implementation": "static"}, True, False),
    ],
    ids=str,
)
def test_it_steps_back_for_what_it_does_not_know(tmp_path, options, lean, plain):
    trainer = trainer_for(tmp_path, load_model("tiny"), load_tokenizer("tiny"), **options)
    assert (fits(trainer), plainly_sampled(trainer)) == (lean, plain)


def test_it_steps_back_for_more_logits_than_memory_should_hold(tmp_path, monkeypatch):
    trainer = trainer_for(tmp_path, load_model("tiny"), load_tokenizer("tiny"))
    logits = 8 * 12 * trainer.model.config.vocab_size  # completions x their tokens x vocabulary
    for allowed in (logits, logits - 1):
        monkeypatch.setattr(faster, "LOGITS_LIMIT", allowed)
        assert fits(trainer) == (allowed == logits)


def test_a_model_too_large_to_copy_is_sampled_by_trl(tmp_path, monkeypatch):
    model, tokenizer = load_model("tiny"), load_tokenizer("tiny")
    prompts = prompts_of(tokenizer, TLDR)[:8]
    trainer = trainer_for(tmp_path / "small", model, tokenizer)
    size = 4 * sum(weight.numel() for weight in trainer.model.parameters())
    made = []
    monkeypatch.setattr(faster, "Decoder", lambda model: made.append(model) or Decoder(model))
    for allowed in (size, size - 1):
        monkeypatch.setattr(faster, "COPY_LIMIT_BYTES", allowed)
        model = load_model("tiny")
        trainer = trainer_for(tmp_path / str(allowed), model, tokenizer)
        completions = trainer._generate_single_turn(prompts, None, {}, 4)[0]
        assert trainer.lean and len(completions) == 8 and all(1 <= len(one) <= 12 for one in completions)
        assert len(made) == 1


def test_of_the_real_models_only_smollm_is_copied():
    copied = {name for name, shape in SHAPES.items() if 4 * parameters(shape) <= faster.COPY_LIMIT_BYTES}
    assert copied == {"smollm-135m"}


def test_it_steps_back_for_other_models(tmp_path):
    from tiny_random import make_random_model

    folder = make_random_model(tmp_path / "gpt2", kind="gpt2")
    trainer = trainer_for(tmp_path / "run", load_model(folder), load_tokenizer(folder))
    assert isinstance(trainer, GRPOTrainer) and not trainer.lean
    kept = get_peft_model(load_model("tiny"), LoraConfig(modules_to_save=["norm"], task_type="CAUSAL_LM"))
    assert not trainer_for(tmp_path / "kept", kept, load_tokenizer("tiny")).lean
    dropping = get_peft_model(load_model("tiny"), lora_config("tiny"))
    for module in dropping.modules():
        if hasattr(module, "lora_dropout"):
            module.lora_dropout["default"] = torch.nn.Dropout(0.1)
    assert not trainer_for(tmp_path / "other", dropping, load_tokenizer("tiny")).lean
    half = load_model("tiny").to(torch.bfloat16)
    assert not trainer_for(tmp_path / "half", half, load_tokenizer("tiny")).lean
    warned = load_model("tiny")
    warned.generation_config.suppress_tokens = [5]
    assert not plainly_sampled(trainer_for(tmp_path / "told", warned, load_tokenizer("tiny")))
