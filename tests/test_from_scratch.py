"""The plain loop: with TRL's dice it is TRL, completion by completion; with its own it learns as well."""

from __future__ import annotations

import pytest
import torch
from peft import get_peft_model
from trl import GRPOConfig, GRPOTrainer

from helpers import rollouts
from helpers.grpo import train_from_scratch
from helpers.models import TINY, load_model, load_tokenizer, lora_config
from helpers.rewards import reward_format, text_of
from helpers.tasks import MATH
from helpers.training import train


def with_adapter(seed=0):
    """The embedded model with the LoRA weights that TRL starts from with this seed."""
    torch.manual_seed(seed)
    return get_peft_model(load_model(TINY), lora_config(TINY))


def trained(model):
    return [weight for weight in model.parameters() if weight.requires_grad]


class Witness:
    """The task's rewards, remembering which completions they were asked about."""

    def __init__(self):
        self.seen = []

    def reward_seen(self, completions, completion_ids, **columns):
        self.seen.append((columns["prompts"], [list(ids) for ids in completion_ids]))
        return [len(text_of(one)) / 100 for one in completions]

    @property
    def rewards(self):
        return [*MATH.reward_funcs, self.reward_seen]


class SameDice(GRPOTrainer):
    """TRL's trainer, drawing completions from a stream of random numbers that nothing else draws from."""

    def _generate_single_turn(self, *args, **options):
        elsewhere = torch.get_rng_state()
        torch.set_rng_state(self.dice)
        try:
            return super()._generate_single_turn(*args, **options)
        finally:
            self.dice = torch.get_rng_state()
            torch.set_rng_state(elsewhere)


def dice(seed):
    elsewhere = torch.get_rng_state()
    torch.manual_seed(seed)
    state = torch.get_rng_state()
    torch.set_rng_state(elsewhere)
    return state


SAME = [
    {"steps": 4, "seed": 1},
    {"steps": 3, "seed": 2, "num_generations": 4, "temperature": 0.8, "beta": 0.1, "loss_type": "grpo"},
    {
        "steps": 3,
        "seed": 3,
        "scale_rewards": "batch",
        "reward_weights": [1.0, 2.0, 0.5],
        "loss_type": "dr_grpo",
    },
]


@pytest.mark.train
@pytest.mark.parametrize("options", SAME, ids=str)
def test_with_the_same_dice_it_is_trl_completion_by_completion(options, tmp_path):
    ask = {"num_generations": 8, "max_completion_length": 32, "learning_rate": 1e-3, **options}
    theirs, mine = Witness(), Witness()
    config = GRPOConfig(
        output_dir=str(tmp_path),
        per_device_train_batch_size=2 * ask["num_generations"],
        max_steps=ask.pop("steps"),
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        report_to="none",
        save_strategy="no",
        logging_steps=1,
        disable_tqdm=True,
        **ask,
    )
    trainer = SameDice(
        model=load_model(TINY).cpu(),
        reward_funcs=theirs.rewards,
        train_dataset=MATH.load("train"),
        processing_class=load_tokenizer(TINY),
        peft_config=lora_config(TINY),
        args=config,
    )
    trainer.dice = dice(ask["seed"])
    model = with_adapter(ask["seed"]).cpu()
    for weight, other in zip(trained(model), trained(trainer.model), strict=True):
        assert torch.equal(weight, other)
    trainer.train()
    curve = train_from_scratch(
        model,
        load_tokenizer(TINY),
        MATH.load("train"),
        mine.rewards,
        steps=config.max_steps,
        prompts_per_step=2,
        **ask,
    )
    assert mine.seen == theirs.seen and len(curve) == config.max_steps
    logged = [row for row in trainer.state.log_history if "reward" in row]
    for row, log in zip(curve, logged, strict=True):
        assert row["reward"] == pytest.approx(log["reward"], abs=1e-5)
        assert row["loss"] == pytest.approx(log["loss"], rel=1e-3, abs=1e-5)
        assert row["grad_norm"] == pytest.approx(log["grad_norm"], rel=1e-3)
        assert row["length"] == pytest.approx(log["completions/mean_length"])
        assert row["truncated"] == pytest.approx(log["completions/clipped_ratio"])
        assert row["reward_accuracy_mean"] == pytest.approx(log["rewards/reward_accuracy/mean"])
    for weight, other in zip(trained(model), trained(trainer.model), strict=True):
        assert (weight - other).abs().max() < 1e-4


@pytest.mark.train
def test_it_learns_and_tells(tmp_path):
    told = []
    model = with_adapter()
    base = {name: w.clone() for name, w in model.named_parameters() if not w.requires_grad}
    curve = train_from_scratch(
        model, load_tokenizer(TINY), MATH.load("train"), MATH.reward_funcs, steps=10, report=told.append
    )
    assert told == curve and [row["step"] for row in curve] == list(range(1, 11))
    rewards = [row["reward"] for row in curve]
    assert sum(rewards[-3:]) / 3 > sum(rewards[:3]) / 3 + 0.3
    for row in curve:
        assert row["reward"] == pytest.approx(row["reward_format_mean"] + row["reward_accuracy_mean"])
        assert 1 <= row["length"] <= 64 and 0 <= row["truncated"] <= 1
    assert all(torch.equal(w, base[name]) for name, w in model.named_parameters() if name in base)


# --- rollouts ----------------------------------------------------------------------------------------------


def test_rows_come_in_shuffled_rounds_of_whole_steps():
    picks = rollouts.shuffled(7, 3, seed=4)
    steps = [next(picks) for _ in range(4)]
    for first, second in (steps[:2], steps[2:]):
        assert len({*first, *second}) == 6 and max(*first, *second) < 7
    assert steps[:2] != steps[2:]
    assert next(rollouts.shuffled(7, 3, seed=5)) != steps[0]
    with pytest.raises(ValueError, match=r"8 prompts a step from 7 rows"):
        next(rollouts.shuffled(7, 8, seed=0))


def test_a_rollout_ends_at_the_end_token_or_at_the_limit(random_model):
    tokenizer = load_tokenizer(random_model)
    torch.manual_seed(0)
    prompts = [[{"role": "user", "content": "Hi" * n}] for n in (1, 9)] * 20
    rollout = rollouts.sample(load_model(random_model), tokenizer, prompts, max_completion_length=60)
    width = rollout.mask.shape[1]
    assert rollout.input_ids.shape == rollout.attention_mask.shape and width == 60
    assert rollout.ended.any() and not rollout.ended.all()
    for ids, kept, ended, text in zip(
        rollout.completion_ids, rollout.mask, rollout.ended, rollout.texts, strict=True
    ):
        assert len(ids) == kept.sum() and kept.tolist() == sorted(kept.tolist(), reverse=True)
        assert (ids[-1] == tokenizer.eos_token_id) == bool(ended) == (len(ids) < width or bool(ended))
        assert tokenizer.eos_token_id not in ids[:-1]
        assert text == tokenizer.decode(ids, skip_special_tokens=True)
    assert (rollout.attention_mask[0, :-width] == 0).any() and rollout.attention_mask[1, 0] == 1


def test_rewards_are_asked_as_trl_asks():
    rollout = rollouts.Rollout(
        torch.tensor([[5, 6, 7], [5, 8, 1]]),
        torch.ones(2, 3),
        torch.tensor([[1, 1], [1, 0]]),
        torch.tensor([False, True]),
        ["ab", "c"],
    )
    rows = [
        {"prompt": [1], "gold": "x", "completion": "no"},
        {"prompt": [2], "gold": "y", "completion": "no"},
    ]

    def asked(prompts, completions, completion_ids, gold, **rest):
        assert (prompts, completion_ids, gold, rest) == ([[1], [2]], [[6, 7], [8]], ["x", "y"], {})
        assert [text_of(one) for one in completions] == ["ab", "c"]
        return [None, 3]

    paid = rollouts.score(rollout, rows, [asked, reward_format])
    assert paid.shape == (2, 2) and paid[0, 0].isnan() and paid[:, 1].tolist() == [0, 0] and paid[1, 0] == 3


def test_prompts_padded_on_the_right_are_refused(random_model):
    tokenizer = load_tokenizer(random_model)
    tokenizer.padding_side = "right"
    with pytest.raises(ValueError, match=r"padding_side = 'left'"):
        rollouts.sample(None, tokenizer, [[{"role": "user", "content": "Hi"}]])


# --- over three seeds --------------------------------------------------------------------------------------


def smooth(curve, window=8):
    rewards = [row["reward"] for row in curve]
    return [sum(rewards[i : i + window]) / window for i in range(len(rewards) - window + 1)]


@pytest.mark.slow
@pytest.mark.train
@pytest.mark.timeout(1800)
def test_over_three_seeds_it_lifts_the_maths_reward_as_far_as_trl(tmp_path):
    mine, theirs = [], []
    for seed in range(3):
        rows = MATH.load("train")
        mine.append(
            train_from_scratch(with_adapter(seed), load_tokenizer(TINY), rows, MATH.reward_funcs, seed=seed)
        )
        theirs.append(train(MATH, TINY, steps=40, seed=seed, out=tmp_path / str(seed)).curve)
    for one, others in ((mine, theirs), (theirs, mine)):
        for curve in one:
            assert smooth(curve)[-1] > smooth(curve)[0] + 0.3
            for step, reward in enumerate(smooth(curve)):
                band = [smooth(other)[step] for other in others]
                assert min(band) - 0.15 <= reward <= max(band) + 0.15
