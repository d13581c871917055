"""Evaluation: the numbers are right on cases done by hand, and a run is measured before and after."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from datasets import Dataset

from helpers.errors import WorkbookError
from helpers.evaluation import evaluate, example_eval, first_characters, paired_bootstrap, pass_at_k, score
from helpers.ledger.report import lines, metrics_of, report
from helpers.metrics import compare, gain_split
from helpers.models import load_model, load_tokenizer
from helpers.runs import load_run, write_json
from helpers.sampling import Samples, load_policy, sample
from helpers.tasks import MATH, TLDR

RIGHT, WRONG = "<think>1 + 1 = 2.</think><answer>2</answer>", "<think>1 + 1 = 3.</think><answer>3</answer>"
GUESS, LUCKY = "I guess the answer is 5.", "I guess the answer is 2."
GOLD = "1 + 1 = 2. \\boxed{2}"


def samples(*texts: list[str]) -> Samples:
    return Samples(
        list(texts),
        [[len(text.split()) for text in each] for each in texts],
        [[False] * len(each) for each in texts],
    )


def math_rows(count: int) -> Dataset:
    return Dataset.from_list([{"prompt": [{"role": "user", "content": "1 + 1?"}], "solution": GOLD}] * count)


def test_pass_at_k_counts_the_ways():
    assert pass_at_k(8, 0, 8) == 0 and pass_at_k(8, 1, 8) == 1
    assert pass_at_k(4, 2, 1) == pytest.approx(0.5)
    assert pass_at_k(4, 2, 2) == pytest.approx(1 - 1 / 6)
    with pytest.raises(ValueError, match="c=9"):
        pass_at_k(8, 9, 1)


def test_the_bootstrap_is_paired_and_covers():
    rng = np.random.default_rng(0)
    before = rng.normal(size=200)
    diff, low, high = paired_bootstrap(before, before + 0.5)
    assert (diff, low, high) == pytest.approx((0.5, 0.5, 0.5))
    hits = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        before, after = rng.normal(size=100), rng.normal(0.3, size=100)
        _, low, high = paired_bootstrap(before, after, resamples=500, seed=seed)
        hits += low <= 0.3 <= high
    assert 50 <= hits <= 60
    assert paired_bootstrap([1, float("nan")], [2, 9])[0] == 1
    assert np.isnan(paired_bootstrap([], [])[0])


def test_maths_scores_are_what_one_counts_by_hand():
    scores = score(MATH, math_rows(2), samples([RIGHT, WRONG, GUESS, LUCKY], [WRONG, WRONG, RIGHT, WRONG]))
    assert scores["accuracy"].tolist() == [0.5, 0.25]
    assert scores["format"].tolist() == [0.5, 1.0]
    assert scores["pass_at_4"].tolist() == [1.0, 1.0]
    assert scores["majority_of_4"].tolist() == [1.0, 0.0]
    assert scores["worked"].tolist() == [0.5, 1.0]
    assert score(MATH, math_rows(1), [[RIGHT]])["accuracy"].tolist() == [1.0]


def test_the_gain_splits_into_switching_and_working_better():
    before = score(MATH, math_rows(2), samples([RIGHT, WRONG, GUESS, GUESS], [WRONG, GUESS, LUCKY, GUESS]))
    after = score(MATH, math_rows(2), samples([RIGHT, RIGHT, RIGHT, GUESS], [RIGHT, WRONG, RIGHT, RIGHT]))
    table = compare(before, after)
    assert table["accuracy"] == {**table["accuracy"], "before": 0.25, "after": 0.75, "diff": 0.5, "n": 2}
    assert table["accuracy_worked"]["before"] == pytest.approx(1 / 3, abs=1e-6)
    assert table["accuracy_guess"]["before"] == pytest.approx(1 / 5)
    gain = gain_split(table)
    assert gain["total"] == pytest.approx(0.5, abs=1e-5)
    assert gain["switching"] == pytest.approx((7 / 8 - 3 / 8) * (1 / 3 - 1 / 5), abs=1e-5)
    only_guesses = score(MATH, math_rows(1), samples([LUCKY, GUESS]))
    only_work = score(MATH, math_rows(1), samples([RIGHT, RIGHT]))
    gain = gain_split(compare(only_guesses, only_work))
    assert gain["total"] == pytest.approx(0.5)


def test_unreadable_gold_is_left_out():
    rows = Dataset.from_list([{"solution": GOLD}, {"solution": ""}])
    scores = score(MATH, rows, samples([RIGHT, RIGHT], [RIGHT, RIGHT]))
    table = compare(scores, scores)
    assert (table["accuracy"]["n"], table["accuracy"]["before"]) == (1, 1.0)
    assert (table["format"]["n"], table["pass_at_2"]["n"]) == (2, 1)


def test_summary_scores_are_what_one_counts_by_hand():
    rows = Dataset.from_list([{"completion": "the cat sat"}] * 3)
    texts = samples(["the cat sat", "x" * 50], ["the cat sat", "x" * 60], ["y" * 61, "x" * 30])
    scores = score(TLDR, rows, texts)
    assert scores["length_error_chars"].tolist() == [39 / 2, 49 / 2, 31 / 2]
    assert scores["within_10_chars"].tolist() == [0.5, 0.5, 0.0]
    assert scores["rouge_l"].tolist() == [0.5, 0.5, 0.0]
    assert scores["distinct"].mean() == pytest.approx(2 / 3)
    assert score(TLDR, rows, texts, ideal_chars=11)["length_error_chars"][0] == 39 / 2


def test_a_slice_is_the_rival_of_a_summary():
    post = "SUBREDDIT: r/x\nTITLE: t\nPOST: I lost my TL;DR: hat today\nTL;DR:"
    assert first_characters(post, 9) == "I lost my"
    assert first_characters(post, 99) == "I lost my TL;DR: hat today"


@pytest.mark.train
def test_sampling_repeats_and_greedy_does_not_vary(random_model, rows_folder):
    model, tokenizer = load_policy(random_model), load_tokenizer(random_model)
    rows = TLDR.load("test", rows_folder, n=5)
    options = {"max_new_tokens": 8, "batch_size": 7}
    first = sample(model, tokenizer, TLDR, rows, 3, **options)
    assert first == sample(model, tokenizer, TLDR, rows, 3, **options)
    assert first != sample(model, tokenizer, TLDR, rows, 3, seed=1, **options)
    assert [len(each) for each in first.texts] == [3] * 5
    assert all(1 <= count <= 8 for each in first.tokens for count in each)
    greedy = sample(model, tokenizer, TLDR, rows, 2, 0.0, **options)
    assert all(len(set(each)) == 1 for each in greedy.texts)


@pytest.mark.train
def test_a_batch_answers_each_prompt_as_if_it_were_alone(random_model, rows_folder):
    model, tokenizer = load_policy(random_model), load_tokenizer(random_model)
    rows = MATH.load("test", rows_folder, n=4)
    together = sample(model, tokenizer, MATH, rows, 1, 0.0, max_new_tokens=6)
    alone = [
        sample(model, tokenizer, MATH, rows.select([i]), 1, 0.0, max_new_tokens=6).texts[0] for i in range(4)
    ]
    assert together.texts == alone


@pytest.mark.train
def test_a_run_is_measured_before_and_after(short_run, tmp_path, own_runs, capsys):
    folder = tmp_path / "copy"
    shutil.copytree(short_run.path, folder)
    result = evaluate(folder, n=6, num_samples=4, split="far")
    entry = result["length_error_chars"]
    assert set(entry) == {"before", "after", "diff", "ci_low", "ci_high", "n"} and entry["n"] == 6
    assert entry["ci_low"] <= entry["diff"] <= entry["ci_high"]
    assert entry["diff"] == pytest.approx(entry["after"] - entry["before"], abs=1e-5)
    assert entry["diff"] != 0, "the adapter was not used"
    assert {"within_10_chars", "rouge_l", "distinct", "length_error_chars_greedy"} <= set(result)
    assert result["rivals"]["first_50_chars"]["within_10_chars"] >= 0
    assert load_run(folder).record["evaluation"]["far"] == json.loads(json.dumps(result))
    assert result["settings"]["max_new_tokens"] == 12
    said = capsys.readouterr().out
    assert "before" in said and "after" in said
    again = evaluate(folder, n=6, num_samples=4, split="far")
    assert "before" not in capsys.readouterr().out, "the base model's samples were not remembered"
    assert metrics_of(again) == metrics_of(result)
    assert len(list((own_runs / ".cache").iterdir())) == 2
    text = "\n".join(lines(result))
    assert "length_error_chars" in text and "rival first_50_chars" in text


@pytest.mark.train
def test_examples_from_a_run_an_adapter_and_a_merged_model(
    short_run, tmp_path, rows_folder, random_model, capsys
):
    from_run = example_eval(short_run.path, n=2)
    assert set(from_run[0]) == {"prompt", "reference", "base", "trained"}
    assert "reference: My aunt sent me" in capsys.readouterr().out
    options = {"n": 2, "source": rows_folder, "max_new_tokens": 12}
    lone = shutil.copytree(short_run.adapter, tmp_path / "adapter")
    assert example_eval(lone, "tldr", **options) == from_run
    assert example_eval(short_run.adapter, n=2) == from_run
    merged = tmp_path / "merged"
    load_policy(random_model, short_run.adapter).save_pretrained(merged)
    load_tokenizer(random_model).save_pretrained(merged)
    assert example_eval(merged, "tldr", base=random_model, **options) == from_run
    assert "base" not in example_eval(merged, "tldr", **options)[0]
    with pytest.raises(WorkbookError, match=r"merged' does not say.*task='tldr'"):
        example_eval(merged)
    with pytest.raises(WorkbookError, match=r"merged' is a merged model.*base="):
        evaluate(merged, task="tldr", source=rows_folder)


def test_what_cannot_be_evaluated_is_said(tmp_path):
    with pytest.raises(WorkbookError, match=r"nothing to evaluate in .*nowhere'"):
        example_eval(tmp_path / "nowhere")
    write_json(tmp_path / "run.json", {"task": "math", "model": {"name": "tiny", "path": "x"}, "seed": 0})
    with pytest.raises(WorkbookError, match=r"has no adapter/"):
        example_eval(tmp_path)


@pytest.mark.train
def test_an_adapter_of_another_model_is_refused(short_run, tmp_path):
    from tiny_random import make_random_model

    other = make_random_model(tmp_path / "gpt", kind="gpt2")
    with pytest.raises(WorkbookError, match=r"cannot put adapter .* on model .*gpt'"):
        load_policy(other, short_run.adapter)
    assert load_model(other) is not None


def test_the_report_prefers_the_readers_runs(tmp_path, own_runs, monkeypatch):
    monkeypatch.setattr("helpers.runs.SHIPPED", tmp_path / "shipped")
    with pytest.raises(WorkbookError, match=r"no evaluated run.*helpers evaluate"):
        report()
    entry = {"before": 0.2, "after": 0.8, "diff": 0.6, "ci_low": 0.5, "ci_high": 0.7, "n": 200}
    flat = {**entry, "diff": 0.0, "ci_low": -0.1, "ci_high": 0.1}
    for parent, after in ((tmp_path / "shipped", 0.9), (own_runs, 0.8)):
        for task in ("math", "tldr"):
            folder = parent / task
            folder.mkdir(parents=True)
            result = {
                "accuracy": {**entry, "after": after},
                "rouge_l": flat,
                "settings": {"n": 200},
                "rivals": {},
            }
            write_json(
                folder / "run.json",
                {
                    "task": task,
                    "model": {"name": "tiny"},
                    "seed": 0,
                    "status": "finished",
                    "started": "2026",
                    "evaluation": {"test": result},
                },
            )
    shutil.rmtree(own_runs / "tldr")
    text = report(file=tmp_path / "build" / "report.json")
    assert "tldr (shipped record" in text and "math (yours" in text
    assert text.count("inconclusive") == 2
    written = json.loads((tmp_path / "build" / "report.json").read_text())
    assert written["math"]["accuracy"] == entry and set(written) == {"tldr", "math"}
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkbookError, match=r"cannot write .*file/x\.json"):
        report(file=tmp_path / "file" / "x.json")
