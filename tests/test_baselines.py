"""The rivals of GRPO: the same prompts, LoRA and steps; the loss on the completion; the record of a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import record_plan
import record_sweep
from record_sweep import GRID, START, criterion, next_rate

from helpers.baselines.rejection import draw_and_keep, keep, prompts_of_grpo
from helpers.baselines.supervised import finetune, gold_rows, gold_text
from helpers.errors import WorkbookError
from helpers.evaluation import evaluate
from helpers.ledger.tables import ABLATED, METHODS
from helpers.rewards import reward_accuracy, reward_format
from helpers.runs import SHIPPED, list_runs
from helpers.sampling import Samples
from helpers.tasks import MATH, TLDR


@pytest.mark.parametrize(
    ("gold", "text"),
    [
        (r"6 × 7 = 42. The answer is \boxed{42}.", "<think>6 × 7 = 42.</think><answer>42</answer>"),
        (r"So \boxed{1800} people.", "<think>So 1800 people.</think><answer>1800</answer>"),
        (r"Thus $\boxed{\frac{1}{2}}$.", r"<think>Thus $\frac{1}{2}$.</think><answer>\frac{1}{2}</answer>"),
    ],
)
def test_a_gold_solution_is_put_into_the_format(gold: str, text: str) -> None:
    assert gold_text(MATH, gold) == text
    assert gold_text(TLDR, "A summary.") == "A summary."


def test_every_gold_of_the_training_split_earns_both_rewards() -> None:
    golds = MATH.load("train")["solution"][:]
    texts = [gold_text(MATH, gold) for gold in golds]
    assert set(reward_format(texts)) == {1.0} and set(reward_accuracy(texts, golds)) == {1.0}
    with pytest.raises(WorkbookError, match="no answer in the solution"):
        gold_text(MATH, "I do not know.")


def test_the_prompts_are_those_that_grpo_sampled() -> None:
    """Against the completions kept in a recorded run of GRPO: the first prompt of each of its steps."""
    run = next(run for run in list_runs(SHIPPED) if (run.task, run.seed, run.model) == ("math", 0, "tiny"))
    config, rows = run.record["config"], MATH.load("train")
    a_step = config["per_device_train_batch_size"] * config["gradient_accumulation_steps"]
    a_step //= config["num_generations"]
    order = prompts_of_grpo(len(rows), a_step, len(run.curve), run.seed)
    asked = {row["step"]: row["prompt"] for row in reversed(run.completions)}
    prompts = rows["prompt"][:]
    for step, prompt in asked.items():
        assert prompts[order[(int(step) - 1) * a_step]][-1]["content"] == prompt
    assert len(asked) == len(run.curve) and len(set(order)) == len(order)
    assert len(prompts_of_grpo(5, 2, 4, 0)) == 8, "more prompts than there are rows: a new round"


def test_only_what_is_rewarded_is_kept(rows_folder: Path) -> None:
    rows = MATH.load("train", rows_folder, 2)  # 2 + 3 = 5, 3 + 3 = 6
    right, untagged = "<think>2 + 3 = 5.</think><answer>5</answer>", "The answer is 5."
    said = [[right, untagged, "<think></think><answer>7</answer>", right], ["6"] * 4]
    kept = keep(MATH, rows, Samples(said, [[1] * 4] * 2, [[False] * 4] * 2))
    assert [row[0]["content"] for row in kept["completion"]] == [right, right]
    rows = TLDR.load("train", rows_folder, 2)
    said = [["x", "x" * 49, "x" * 80], ["", "x" * 60, "y" * 60]]
    kept = keep(TLDR, rows, Samples(said, [[1] * 3] * 2, [[False] * 3] * 2))
    assert [row[0]["content"] for row in kept["completion"]] == ["x" * 49, "x" * 60]
    assert kept["prompt"][1][-1]["content"] == rows["prompt"][1][-1]["content"]


@pytest.mark.train
def test_fine_tuning_leaves_a_run_that_evaluate_measures(random_model, rows_folder, tmp_path) -> None:
    rows = gold_rows(TLDR, rows_folder)
    options = {"steps": 6, "learning_rate": 0.02, "source": rows_folder, "notes": {"kept": 3}}
    run = finetune("tldr", random_model, rows, out=tmp_path / "sft", completions_drawn=5, **options)
    assert run.finished and run.method == "sft" and len(run.curve) == run.record["steps"] == 6
    assert (run.record["completions_drawn"], run.record["rows"], run.record["kept"]) == (5, 24, 3)
    losses = run.column("loss")
    assert losses[-1] < losses[0] - 0.1, f"nothing was learned: {losses}"
    result = evaluate(run, n=4, num_samples=2, save=True)
    assert result["length_chars"]["diff"] != 0, "the adapter was not used"
    assert len(run.rows("test")["rouge_l_after"]) == 4
    with pytest.raises(WorkbookError, match="already holds a run"):
        finetune("tldr", random_model, rows, out=tmp_path / "sft", **options)
    with pytest.raises(WorkbookError, match="none was rewarded"):
        finetune("tldr", random_model, rows.select([]), out=tmp_path / "none", **options)


@pytest.mark.train
def test_the_loss_is_on_the_completion_and_its_end_alone(rows_folder, tmp_path) -> None:
    from helpers.baselines.supervised import _trainer
    from helpers.models import TINY, load_tokenizer
    from helpers.trainer.records import begin

    tokenizer, rows = load_tokenizer(TINY), gold_rows(MATH, rows_folder).select([0])
    asked = {"source": "x", "quantize": None, "config": {}, "rewards": []}
    run = begin(tmp_path / "run", MATH, TINY, 0, asked, resume=False)
    options = {"max_steps": 1, "use_cpu": True, "bf16": False, "gradient_checkpointing": False}
    trainer = _trainer(run, rows, tokenizer, TINY, options)
    batch = next(iter(trainer.get_train_dataloader()))
    learned = batch["labels"][0][batch["labels"][0] != -100].tolist()
    text = rows["completion"][0][0]["content"]
    assert tokenizer.decode(learned) == text + tokenizer.eos_token
    assert "How many pens" in tokenizer.decode(batch["input_ids"][0])


@pytest.mark.train
def test_rejection_sampling_draws_what_grpo_draws(tmp_path) -> None:
    kept, drawn, notes = draw_and_keep("tldr", "tiny", steps=1)
    assert drawn == 32 and len(kept) == 4 and notes["kept"] == 4 and notes["seconds_drawing"] > 0


def test_the_plan_names_what_the_tables_show() -> None:
    items = record_plan.plan([], ["main", "baselines", "ablations"], [0, 1])
    shown = {f"{task}-{method}" for task in ("math", "tldr") for method in METHODS if method != "grpo"}
    shown |= {name for names in ABLATED.values() for name in names}
    assert {item.series for item in items} == shown and len(items) == 2 * len(shown)
    places = {item.place(Path("runs")).as_posix() for item in items}
    wanted = {"runs/math-tiny-seed0", "runs/baselines/math-sft-seed1", "runs/ablations/tldr-rouge-seed0"}
    assert wanted <= places
    some = record_plan.plan(["math-s", "tldr-tiny-seed1"], ["main", "baselines"], [0, 1])
    assert [item.name for item in some] == ["math-sft-seed0", "tldr-tiny-seed1", "math-sft-seed1"]
    names = ["math-tiny", "math-sft", "math-format"]
    counts = [len(record_plan.plan(names, [kind])) for kind in record_plan.SEEDS]
    assert counts == [5, 5, 3]
    with pytest.raises(SystemExit, match="'maths'"):
        record_plan.plan(["maths"], ["main"], [0])


def test_a_sweep_goes_on_where_its_best_is_an_end() -> None:
    def tried(best: float) -> list[float]:
        points: dict[float, float] = {}
        while (rate := next_rate(points)) is not None:
            points[rate] = -abs(GRID.index(rate) - GRID.index(best))
        return sorted(points)

    assert tried(1e-3) == list(START) and tried(3e-3) == list(START)
    assert tried(1e-2) == [*START, 3e-2] and tried(1e-5) == [*GRID[:3], *START]
    assert tried(1e-1) == list(GRID[3:]), "nothing comes after the last"
    between = {**dict.fromkeys(START, 0.0), 2e-3: 1.0}
    assert next_rate(between) is None, "a rate of its own, between those of the grid, is no end"
    entry = {"accuracy": {"after": 0.5}, "format": {"after": 0.75}, "length_error_chars": {"after": 12.0}}
    assert criterion("math", entry) == 1.25 and criterion("tldr", entry) == -12


def test_a_sweep_starts_from_what_is_committed(tmp_path: Path) -> None:
    known = {"tldr-sft": {"points": [{"learning_rate": 1e-3}]}}
    assert record_sweep._known(tmp_path / "build" / "tldr-sft.json", tmp_path) == {}
    (tmp_path / "baselines").mkdir()
    (tmp_path / "baselines" / "sweep.json").write_text(json.dumps(known), encoding="utf-8")
    assert record_sweep._known(tmp_path / "tldr-sft.json", tmp_path) == known["tldr-sft"]
    assert record_sweep._known(tmp_path / "math-sft.json", tmp_path) == {}
    (tmp_path / "tldr-sft.json").write_text("{}", encoding="utf-8")
    assert record_sweep._known(tmp_path / "tldr-sft.json", tmp_path) == {}, "what is in build is newer"
