"""GRPO by hand: numbers that can be checked on paper, then loss and every gradient against TRL's trainer."""

from __future__ import annotations

import inspect
import math
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from trl import GRPOConfig, GRPOTrainer

from helpers.grpo import LOSSES, combine_rewards, group_advantages, grpo_loss, token_logps
from helpers.models import TINY, load_model, load_tokenizer, lora_config
from helpers.rewards import text_of
from helpers.tasks import MATH

NAN = math.nan


# --- on paper ----------------------------------------------------------------------------------------------


def t(*rows):
    return torch.tensor(rows, dtype=torch.float64)


def test_rewards_are_weighted_and_none_adds_nothing():
    rewards = t([1.0, 2.0], [NAN, 2.0], [NAN, NAN])
    combined = combine_rewards(rewards, [0.5, 2.0])
    assert combined[:2].tolist() == [4.5, 4.0] and combined[2].isnan()
    assert combine_rewards(rewards[:2]).tolist() == [3.0, 2.0]


def test_the_three_scales_on_two_groups():
    rewards = torch.tensor([0.0, 2.0, 10.0, 14.0], dtype=torch.float64)
    assert group_advantages(rewards, 2, "none").tolist() == [-1.0, 1.0, -2.0, 2.0]
    group = [1 / (math.sqrt(2) + 1e-4), 2 / (math.sqrt(8) + 1e-4)]
    assert group_advantages(rewards, 2) == pytest.approx([-group[0], group[0], -group[1], group[1]])
    spread = rewards.std().item() + 1e-4
    assert group_advantages(rewards, 2, "batch") == pytest.approx([x / spread for x in (-1, 1, -2, 2)])


@pytest.mark.parametrize("scale", ["group", "batch", "none"])
def test_what_cannot_be_scored_or_compared_has_advantage_0(scale):
    rewards = torch.tensor([NAN, 1.0, 3.0, 5.0, 5.0, 5.0, NAN, NAN, NAN, NAN, NAN, 7.0])
    advantages = group_advantages(rewards, 3, scale)
    assert advantages.isfinite().all()
    assert advantages[0] == 0 and advantages[1] == -advantages[2] != 0
    assert advantages[3:].tolist() == [0.0] * 9


def test_a_ratio_outside_the_clip_has_no_gradient_where_it_would_gain():
    logps = torch.log(t([1.1, 1.5, 0.5], [1.1, 1.5, 0.5])).requires_grad_()
    advantages, mask = torch.tensor([1.0, -1.0], dtype=torch.float64), torch.ones(2, 3)
    loss = grpo_loss(logps, torch.zeros_like(logps), advantages, mask, epsilon=0.2)
    assert loss.item() == pytest.approx((-1.1 - 1.2 - 0.5 + 1.1 + 1.5 + 0.8) / 6)
    loss.backward()
    assert logps.grad * 6 == pytest.approx(t([-1.1, 0, -0.5], [1.1, 1.5, 0]).numpy())
    higher = grpo_loss(logps, torch.zeros_like(logps), advantages, mask, epsilon=0.2, epsilon_high=0.4)
    assert higher.item() == pytest.approx((-1.1 - 1.4 - 0.5 + 1.1 + 1.5 + 0.8) / 6)


def test_on_policy_the_loss_is_0_and_its_gradient_is_reinforce():
    logps = t([-1.0, -2.0, -3.0], [-4.0, -5.0, 0.0]).requires_grad_()
    mask = torch.tensor([[1, 1, 1], [1, 1, 0]])
    advantages = torch.tensor([1.0, -1.0], dtype=torch.float64)
    loss = grpo_loss(logps, None, advantages, mask, loss_type="grpo")
    loss.backward()
    assert loss.item() == 0
    assert (logps.grad * 6).tolist() == [[-1, -1, -1], [1.5, 1.5, 0]]


def test_what_each_loss_divides_by():
    logps = torch.zeros(2, 4)
    mask = torch.tensor([[1, 1, 1, 1], [1, 0, 0, 0]])
    advantages = torch.tensor([1.0, -2.0])

    def loss(kind, **options):
        return -grpo_loss(logps, None, advantages, mask, loss_type=kind, **options).item()

    assert loss("grpo") == pytest.approx((4 / 4 - 2 / 1) / 2)
    assert loss("dapo") == loss("bnpo") == pytest.approx((4 - 2) / 5)
    assert loss("dr_grpo", max_completion_length=10) == pytest.approx((4 - 2) / (2 * 10))
    assert loss("dapo", num_items=8) == pytest.approx((4 - 2) / 8)
    assert loss("bnpo", num_items=8) == loss("bnpo")


def test_sequence_level_takes_the_geometric_mean_of_the_ratios():
    logps = torch.log(t([1.0, 1.21, 9.0]))
    mask = torch.tensor([[1, 1, 0]])
    advantages = torch.tensor([1.0], dtype=torch.float64)
    options = {"epsilon": 0.5, "importance_sampling_level": "sequence"}
    loss = grpo_loss(logps, torch.zeros_like(logps), advantages, mask, **options)
    assert loss.item() == pytest.approx(-1.1)


def test_cispo_caps_the_weight_but_keeps_the_gradient():
    logps = torch.log(t([1.5, 0.5])).requires_grad_()
    advantages, mask = torch.tensor([2.0], dtype=torch.float64), torch.ones(1, 2)
    grpo_loss(
        logps, torch.zeros_like(logps), advantages, mask, loss_type="cispo", epsilon_high=1.2
    ).backward()
    assert logps.grad[0].tolist() == pytest.approx([-1.2 * 2 / 2, -0.5 * 2 / 2])


def test_kl_is_k3_and_its_correction_changes_the_gradient_alone():
    logps = torch.log(t([0.5, 0.25])).requires_grad_()
    ref_logps, mask = torch.log(t([0.25, 0.5])), torch.ones(1, 2)
    zero = torch.zeros(1, dtype=torch.float64)
    options = {"beta": 0.5, "ref_logps": ref_logps}
    expected = 0.5 * ((0.5 - math.log(0.5) - 1) + (2 - math.log(2) - 1)) / 2
    gradients = []
    for corrected in (True, False):
        loss = grpo_loss(logps, None, zero, mask, use_bias_correction_kl=corrected, **options)
        assert loss.item() == pytest.approx(expected)
        gradients.append(torch.autograd.grad(loss, logps)[0])
    assert gradients[1][0].tolist() == pytest.approx([0.25 * (1 - 0.5), 0.25 * (1 - 2)])
    assert gradients[0][0].tolist() == pytest.approx([0.25 * math.log(2), 0.25 * math.log(0.5)])


def test_padding_holds_anything():
    logps = t([-1.0, NAN, -math.inf]).requires_grad_()
    mask, advantages = torch.tensor([[1, 0, 0]]), torch.tensor([1.0], dtype=torch.float64)
    loss = grpo_loss(logps, t([-1.5, 7.0, NAN]), advantages, mask, beta=0.1, ref_logps=t([-1.0, NAN, 3.0]))
    loss.backward()
    assert loss.isfinite() and logps.grad.isfinite().all() and logps.grad[0, 1:].tolist() == [0, 0]


def test_a_batch_whose_tokens_are_all_masked_costs_nothing():
    for kind in LOSSES:
        loss = grpo_loss(
            t([-1.0, -2.0]),
            None,
            torch.tensor([1.0], dtype=torch.float64),
            torch.zeros(1, 2),
            loss_type=kind,
            max_completion_length=2,
        )
        assert loss.item() == 0


class Bigram:
    """A model whose next token depends on the last one alone: logits[i] after token i."""

    def __init__(self, logits):
        self.table = logits

    def __call__(self, input_ids, attention_mask):
        return SimpleNamespace(logits=self.table[input_ids])


def test_token_logps_are_shifted_by_one_scaled_and_masked():
    odds = torch.tensor([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7], [0.6, 0.3, 0.1]])
    ids, attention = torch.tensor([[0, 1, 2, 0]]), torch.tensor([[1, 1, 1, 0]])
    logps = token_logps(Bigram(odds.log()), ids, attention, 3)
    assert logps.exp().tolist()[0] == pytest.approx([0.25, 0.7, 1.0])
    hot = token_logps(Bigram(odds.log()), ids, attention, 2, temperature=0.5)
    assert hot.exp().tolist()[0] == pytest.approx([0.49 / (0.01 + 0.04 + 0.49), 1.0])


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: combine_rewards(torch.zeros(4, 2), [1.0]), r"\(4, 2\).*\(1,\)"),
        (lambda: combine_rewards(torch.zeros(4), [1.0]), r"\(N, F\)"),
        (lambda: group_advantages(torch.zeros(6), 4), r"\(6,\).*groups of 4"),
        (lambda: group_advantages(torch.zeros(4, 2), 2), r"\(4, 2\)"),
        (lambda: group_advantages(torch.zeros(4), 2, "std"), r"'std'.*group, batch or none"),
        (lambda: small_loss(loss_type="ppo"), r"'ppo'.*dapo"),
        (lambda: small_loss(importance_sampling_level="word"), r"'word'.*sequence"),
        (lambda: small_loss(loss_type="dr_grpo"), r"max_completion_length"),
        (lambda: small_loss(beta=0.1), r"ref_logps"),
        (lambda: small_loss(mask=torch.ones(2, 2)), r"\(2, 3\).*\(2, 2\).*\(N, T\)"),
        (lambda: small_loss(advantages=torch.ones(2, 3)), r"\(N,\)"),
        (lambda: token_logps(None, torch.zeros(2, 3), torch.zeros(2, 3), 3), r"completion_len 3"),
        (lambda: token_logps(None, torch.zeros(2, 3), torch.zeros(2, 2), 1), r"\(2, 3\).*\(2, 2\)"),
    ],
)
def test_what_does_not_fit_is_one_clear_line(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def small_loss(mask=None, advantages=None, **options):
    mask = torch.ones(2, 3) if mask is None else mask
    advantages = torch.zeros(2) if advantages is None else advantages
    return grpo_loss(torch.zeros(2, 3), None, advantages, mask, **options)


def test_the_whole_of_it_is_readable_in_one_sitting():
    assert len(Path(inspect.getfile(grpo_loss)).read_text(encoding="utf-8").splitlines()) < 200


# --- the frozen batch: real steps of TRL's trainer on the embedded model -----------------------------------


def paid_for_length(completions, completion_ids, flat, **columns):
    """Differs within every group, but for the prompts marked `flat`: theirs is a dead group. One is None."""
    sizes = [len(ids) + len(text_of(one)) / 7 for ids, one in zip(completion_ids, completions, strict=True)]
    paid = [1.0 if dead else size / 10 for dead, size in zip(flat, sizes, strict=True)]
    return [None if i == 2 else reward for i, reward in enumerate(paid)]


def paid_for_digits(completions, flat, **columns):
    """None for some completions, and for the one that the other reward cannot score either."""
    counts = [sum(char.isdigit() for char in text_of(one)) for one in completions]
    paid = [0.5 if dead else 0.1 * count for dead, count in zip(flat, counts, strict=True)]
    return [None if i in (0, 2) else reward for i, reward in enumerate(paid)]


class Frozen(GRPOTrainer):
    """TRL's trainer; it keeps what every loss was computed from, and can be given completions to replay."""

    canned = None

    def __init__(self, *args, **options):
        self.drawn, self.losses = [], []
        super().__init__(*args, **options)

    def _generate_and_score_completions(self, inputs):
        self.rows = inputs
        return super()._generate_and_score_completions(inputs)

    def _generate_single_turn(self, *args, **options):
        if self.canned:
            return self.canned, None
        ids, logps = super()._generate_single_turn(*args, **options)
        self.drawn.append(SimpleNamespace(rows=self.rows, ids=ids))
        return ids, logps

    def _calculate_rewards(self, *args):
        self.paid = super()._calculate_rewards(*args)
        return self.paid

    def _compute_loss(self, model, inputs):
        self.losses.append(SimpleNamespace(inputs=dict(inputs), weights=copied(model)))
        return super()._compute_loss(model, inputs)


def trained(model):
    return [weight for weight in model.parameters() if weight.requires_grad]


def copied(model):
    return [weight.detach().clone() for weight in trained(model)]


def put(model, weights):
    with torch.no_grad():
        for weight, value in zip(trained(model), weights, strict=True):
            weight.copy_(value)


def frozen(folder, *, prompts=3, group=4, parts=1, length=16, temperature=1.0, seed=0):
    """A trainer after two batches of two optimizer steps each.

    At a batch's first step the policy is the one that drew it; at its second the policy has moved on.
    """
    rows = MATH.load("train", n=prompts)
    rows = rows.add_column("flat", [i == 1 for i in range(prompts)])
    config = GRPOConfig(
        output_dir=str(folder),
        per_device_train_batch_size=prompts * group // parts,
        gradient_accumulation_steps=parts,
        num_generations=group,
        num_iterations=2,
        max_completion_length=length,
        temperature=temperature,
        max_steps=4,
        learning_rate=0.003,
        beta=0.05,
        seed=seed,
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        report_to="none",
        save_strategy="no",
        disable_tqdm=True,
    )
    trainer = Frozen(
        model=load_model(TINY).cpu().float(),
        reward_funcs=[paid_for_length, paid_for_digits],
        train_dataset=rows,
        processing_class=load_tokenizer(TINY),
        peft_config=lora_config(TINY),
        args=config,
    )
    trainer.train()
    return trainer


@pytest.fixture(scope="session")
def captured(tmp_path_factory):
    """The trainer that most tests share, with the batches it made."""
    return frozen(tmp_path_factory.mktemp("captured"))


def change(monkeypatch, trainer, **settings):
    for name, value in settings.items():
        monkeypatch.setattr(trainer.args if name == "use_bias_correction_kl" else trainer, name, value)


def replay(trainer, policy):
    """TRL's batch for the frozen completions of one policy, as the trainer is set now, ready for its loss.

    "on": the second batch at its first step. "off": the first batch at its second step.
    """
    before, after = (trainer.losses[i].weights for i in ((2, 2) if policy == "on" else (0, 1)))
    put(trainer.model, before)
    drawn = trainer.drawn[policy == "on"]
    trainer.canned = drawn.ids
    batch = trainer._generate_and_score_completions(drawn.rows)
    trainer.canned = None
    case = SimpleNamespace(batch=batch, rewards=trainer.paid, before=before, after=after)
    with torch.no_grad():
        case.old_logps = token_logps(trainer.model, *tokens(trainer, batch))
        with trainer.model.disable_adapter():
            case.ref_logps = token_logps(trainer.model, *tokens(trainer, batch))
    return case


def tokens(trainer, batch):
    """What `token_logps` asks for."""
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1)
    attention_mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], 1)
    return ids, attention_mask, batch["completion_mask"].shape[1], trainer.temperature


def theirs(trainer, case):
    """TRL's loss and gradients."""
    put(trainer.model, case.after)
    loss = trainer._compute_loss(trainer.model, case.batch)
    return loss, torch.autograd.grad(loss, trained(trainer.model))


def ours(trainer, case, *, weights=(1.0, 1.0), scale_rewards="group", **options):
    """The same by helpers.grpo, which gets tokens, masks and rewards, and nothing else that TRL computed."""
    rewards = combine_rewards(case.rewards, weights)
    advantages = group_advantages(rewards, trainer.num_generations, scale_rewards)
    put(trainer.model, case.after)
    logps = token_logps(trainer.model, *tokens(trainer, case.batch))
    mask = case.batch["completion_mask"]
    loss = grpo_loss(logps, case.old_logps, advantages, mask, ref_logps=case.ref_logps, **options)
    return loss, torch.autograd.grad(loss, trained(trainer.model))


def assert_same(mine, their, tolerance=1e-5):
    """Loss and every gradient within 1e-5. A sum of advantages that cancel has no digits to compare."""
    assert mine[0].item() == pytest.approx(their[0].item(), rel=tolerance, abs=1e-6)
    assert len(mine[1]) == len(their[1]) == 56
    for one, other in zip(mine[1], their[1], strict=True):
        assert (one - other).norm() <= tolerance * other.norm()
        assert (one - other).abs().max() <= tolerance * other.abs().max()


@pytest.fixture(scope="session", params=["on", "off"])
def policy(request):
    """Whether the policy is the one that drew the completions, or has moved on by a step."""
    return request.param


@pytest.mark.train
def test_the_frozen_batches_hold_what_is_hard(captured, policy):
    case = replay(captured, policy)
    mask, rewards = case.batch["completion_mask"], combine_rewards(case.rewards).view(-1, 4)
    ends = [ids[-1] in captured.eos_token_ids for ids in captured.drawn[policy == "on"].ids]
    assert not all(ends) and 0 < mask.sum() < mask.numel()
    assert (case.batch["prompt_mask"] == 0).any()
    assert (rewards == rewards[:, :1]).all(1).any() and not (rewards == rewards[:, :1]).all()
    assert case.rewards.isnan().all(1).any() and case.rewards.isnan().sum() > 2
    _, gradients = theirs(captured, case)
    assert all(gradient.abs().max() > 0 for gradient in gradients)
    with torch.no_grad():
        logps = token_logps(captured.model, *tokens(captured, case.batch))
    moved = (logps - case.batch["old_per_token_logps"]).exp()[mask.bool()]
    assert ((moved < 0.8) | (moved > 1.2)).any() if policy == "off" else (moved - 1).abs().max() < 1e-4


@pytest.fixture(scope="session")
def cases(captured):
    """TRL's batches, made once for each policy and scale."""
    made = {}

    def case(policy, scale):
        if (policy, scale) not in made:
            captured.scale_rewards = scale
            made[policy, scale] = replay(captured, policy)
            captured.scale_rewards = "group"
        return made[policy, scale]

    return case


@pytest.mark.train
@pytest.mark.parametrize("scale", ["group", "batch", "none"])
@pytest.mark.parametrize("kind", LOSSES)
def test_loss_and_every_gradient_equal_trls(captured, cases, policy, kind, scale, monkeypatch):
    """Both importance levels, with KL and without."""
    change(monkeypatch, captured, loss_type=kind)
    case = cases(policy, scale)
    for level in ("token", "sequence"):
        for beta in (0.0, 0.05):
            change(monkeypatch, captured, importance_sampling_level=level, beta=beta)
            options = {"loss_type": kind, "importance_sampling_level": level, "beta": beta}
            options |= {"scale_rewards": scale, "max_completion_length": 16}
            assert_same(ours(captured, case, **options), theirs(captured, case))


@pytest.mark.train
@pytest.mark.parametrize("scale", ["group", "batch", "none"])
def test_advantages_equal_trls(captured, policy, scale, monkeypatch):
    for weights in ([1.0, 1.0], [0.3, 2.0]):
        change(monkeypatch, captured, scale_rewards=scale, reward_weights=torch.tensor(weights))
        case = replay(captured, policy)
        advantages = group_advantages(combine_rewards(case.rewards, weights), 4, scale)
        assert advantages.tolist() == pytest.approx(case.batch["advantages"].tolist(), rel=1e-5, abs=1e-6)


OTHER = [
    {"epsilon": 0.05},
    {"epsilon": 0.1, "epsilon_high": 0.28},
    {"epsilon": 0.1, "epsilon_high": 2.0, "loss_type": "cispo"},
    {"beta": 0.2, "use_bias_correction_kl": False},
    {"beta": 0.2, "use_bias_correction_kl": False, "importance_sampling_level": "sequence"},
    {"loss_type": "dr_grpo", "max_completion_length": 57},
    {"weights": [0.3, 2.0], "loss_type": "grpo"},
    {"epsilon": 0.1, "epsilon_high": 0.15, "importance_sampling_level": "sequence", "loss_type": "grpo"},
]


@pytest.mark.train
@pytest.mark.parametrize("options", OTHER, ids=str)
def test_other_options_equal_trls(captured, policy, options, monkeypatch):
    names = {"epsilon": "epsilon_low", "weights": "reward_weights"}
    asked = {"beta": 0.0, "loss_type": "dapo"} | options
    settings = {names.get(name, name): value for name, value in asked.items()}
    settings.setdefault("epsilon_high", options.get("epsilon", 0.2))
    if "weights" in options:
        settings["reward_weights"] = torch.tensor(options["weights"])
    change(monkeypatch, captured, **settings)
    case = replay(captured, policy)
    assert_same(ours(captured, case, **asked), theirs(captured, case))


@pytest.mark.train
def test_truncated_completions_left_out_equal_trls(captured, policy, monkeypatch):
    change(monkeypatch, captured, mask_truncated_completions=True, beta=0.05)
    case = replay(captured, policy)
    assert (case.batch["completion_mask"].sum(1) == 0).any()
    for kind in LOSSES:
        change(monkeypatch, captured, loss_type=kind)
        options = {"loss_type": kind, "beta": 0.05, "max_completion_length": 16}
        assert_same(ours(captured, case, **options), theirs(captured, case))


SHAPES = [
    {"prompts": 5, "group": 2, "length": 9, "temperature": 1.3, "seed": 5},
    {"prompts": 2, "group": 8, "length": 40, "temperature": 0.7, "seed": 3},
]


@pytest.mark.train
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_other_seeds_shapes_and_temperatures_equal_trls(shape, tmp_path, monkeypatch):
    trainer = frozen(tmp_path, **shape)
    for which, kind in (("on", "grpo"), ("off", "dapo"), ("off", "cispo")):
        change(monkeypatch, trainer, loss_type=kind)
        case = replay(trainer, which)
        assert case.batch["completion_mask"].shape == (shape["prompts"] * shape["group"], shape["length"])
        assert_same(ours(trainer, case, loss_type=kind, beta=0.05), theirs(trainer, case))


@pytest.fixture(scope="session")
def accumulated(tmp_path_factory):
    """A trainer that takes every batch of 12 completions in two parts of 6."""
    return frozen(tmp_path_factory.mktemp("accumulated"), parts=2, seed=7)


def part_by_hand(trainer, inputs, kind, share, num_items=None):
    """Loss and gradients of a part of a batch, and how much of a whole one's it is."""
    logps, mask = token_logps(trainer.model, *tokens(trainer, inputs)), inputs["completion_mask"]
    options = {"loss_type": kind, "max_completion_length": 16, "num_items": num_items}
    loss = share * grpo_loss(logps, inputs["old_per_token_logps"], inputs["advantages"], mask, **options)
    return loss, torch.autograd.grad(loss, trained(trainer.model))


def added(results):
    losses, gradients = zip(*results, strict=True)
    return sum(losses), [sum(parts) for parts in zip(*gradients, strict=True)]


@pytest.mark.train
@pytest.mark.parametrize("kind", LOSSES)
def test_a_batch_in_two_parts_equals_trls_accumulation(accumulated, kind, monkeypatch):
    """TRL adds up what the parts give. Given whole, every loss gives that but bnpo."""
    change(monkeypatch, accumulated, loss_type=kind, beta=0.0)
    parts = [one.inputs for one in accumulated.losses[2:4]]
    counts = [int(part["completion_mask"].sum()) for part in parts]
    assert counts[0] != counts[1] and sum(counts) == parts[0]["num_items_in_batch"]
    case = SimpleNamespace(after=accumulated.losses[2].weights)
    their = [theirs(accumulated, SimpleNamespace(batch=part, after=case.after)) for part in parts]
    share, items = (1.0, sum(counts)) if kind in ("dapo", "cispo") else (0.5, None)
    mine = [part_by_hand(accumulated, part, kind, share, items) for part in parts]
    for one, other in zip(mine, their, strict=True):
        assert_same(one, other)
    whole = {name: torch.cat([part[name] for part in parts]) for name in parts[0] if parts[0][name].dim()}
    if kind == "bnpo":
        assert part_by_hand(accumulated, whole, kind, 1.0)[0].item() != pytest.approx(added(their)[0].item())
    else:
        assert_same(part_by_hand(accumulated, whole, kind, 1.0), added(their))
