"""`model_card(run)`: a model card in which every number and setting comes from the run's record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from helpers.ledger.report import interval, number
from helpers.ledger.tables import METRICS, SPLITS, TITLES, commit, drawn, machine, row
from helpers.models import ModelSpec, get_model
from helpers.runs import Run
from helpers.tasks import Task, get_task

# The hub's identifiers for the licences our models come under.
LICENCES = {"MIT": "mit", "Apache 2.0": "apache-2.0", "Llama 3.2 Community License": "llama3.2"}
SHOWN = {"before": "", "after": "", "diff": "+"}  # what of a metric, and whether with its sign
SETTINGS = ("learning_rate", "num_generations", "max_completion_length", "beta", "loss_type")
WORKBOOK = "GRPO workbook"
USE = """```python
from transformers import {classes}

tokenizer = AutoTokenizer.from_pretrained("{place}")
{load}
messages = {messages}
inputs = tokenizer.apply_chat_template(
    messages, add_generation_prompt=True, return_dict=True, return_tensors="pt"
)
output = model.generate(**inputs, do_sample=True, temperature=1.0, top_k=0, max_new_tokens={limit})
print(tokenizer.decode(output[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True))
```"""


def model_card(run: Run, repo_id: str | None = None, adapter: bool = False) -> str:
    """The card of a run's merged model, or of its adapter alone, as Markdown with YAML front matter.

    repo_id: where it will stand ("owner/name"); else the card says FOLDER. Raises WorkbookError for a base
    model that is gone.
    """
    from huggingface_hub import ModelCard, ModelCardData

    task, base = get_task(run.task), get_model(run.record["model"]["path"])
    data = ModelCardData(
        language="en",
        **_licence(base),
        library_name="peft" if adapter else "transformers",
        pipeline_tag="text-generation",
        tags=["grpo", "trl", "lora", "grpo-workbook"],
        base_model=None if local(base) else base.path,
        base_model_relation=None if local(base) else "adapter" if adapter else "finetune",
        datasets=[task.hub_id] if run.real_data else None,
    )
    name = (repo_id or run.path.name).split("/")[-1]
    parts = [
        f"# {name}",
        f"{_name(base)}, trained with GRPO on {'summaries' if run.task == 'tldr' else 'maths'}: "
        f"{'LoRA weights to put on it' if adapter else 'LoRA weights merged in'}. Made with the {WORKBOOK}; "
        "this card is written from the record of the run.",
        "## Use",
        _use(task, base, repo_id or "FOLDER", run, adapter),
        *_sections(run, task, base),
    ]
    text = "\n\n".join(parts)
    return str(ModelCard(f"---\n{data.to_yaml()}\n---\n\n{text}\n"))


def local(base: ModelSpec) -> bool:
    """Whether the base model is a folder here, and not on the hub."""
    return Path(base.location).is_dir()


def licence_id(base: ModelSpec) -> str:
    """The hub's name for the base model's licence, "other" for one that it has no name for."""
    return LICENCES.get(base.licence, "other")


def _licence(base: ModelSpec) -> dict[str, str]:
    if licence_id(base) != "other":
        return {"license": licence_id(base)}
    return {"license": "other", "license_name": "as-the-base-model"}


def _name(base: ModelSpec) -> str:
    return f"`{base.name}`" if local(base) else f"[{base.path}](https://huggingface.co/{base.path})"


def _use(task: Task, base: ModelSpec, place: str, run: Run, adapter: bool) -> str:
    classes = "AutoModelForCausalLM, AutoTokenizer"
    load = f'model = AutoModelForCausalLM.from_pretrained("{place}")'
    if adapter:
        load = f'from peft import PeftModel\n\nmodel = AutoModelForCausalLM.from_pretrained("{base.path}")\n'
        load += f'model = PeftModel.from_pretrained(model, "{place}")'
    messages = task.messages({task.prompt_column: "…"})
    limit = run.record["config"].get("max_completion_length", task.max_completion_tokens)
    return USE.format(classes=classes, place=place, load=load, messages=messages, limit=limit)


def _sections(run: Run, task: Task, base: ModelSpec) -> Iterator[str]:
    yield "## Data"
    yield _data(run, task)
    yield "## Rewards"
    yield _rewards(run)
    yield "## Before and after"
    yield from _results(run)
    yield "## Training"
    yield _training(run)
    yield "## Licence"
    yield _terms(base)
    yield "## Limits"
    yield _limits(run)


def _data(run: Run, task: Task) -> str:
    source = run.record.get("source", "sample")
    if source == "sample":
        return f"Prompts that the {WORKBOOK} generates, with the columns of [{task.hub_id}]({_hub(task)})."
    if run.real_data:
        at = f" at `{_cell(source[4:])}`" if source != "hub" else ""
        part = f"slice `{task.hub_splits['train']}`"
        return f"[{task.hub_id}]({_hub(task)}){at}, {part}; its licence: see there."
    return f"Rows of the trainer's own, with the columns `{'` and `'.join(task.columns)}`."


def _hub(task: Task) -> str:
    return f"https://huggingface.co/datasets/{task.hub_id}"


def _rewards(run: Run) -> str:
    lines = [row(["reward", "weight", "parameters"]), row(["---"] * 3)]
    for one in run.record.get("rewards", []):
        params = ", ".join(f"{name}={value}" for name, value in one["params"].items()) or "its defaults"
        lines.append(row([f"`{_cell(one['name'])}`", f"{one['weight']:g}", _cell(params)]))
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|").replace("`", "'")


def _results(run: Run) -> Iterator[str]:
    found = run.record.get("evaluation", {})
    splits = [split for split in (*SPLITS, "validation") if split in found]
    if not splits:
        yield "Not measured yet."
        return
    lines = [row([TITLES[run.task], "before", "after", "change", "95 % interval"]), row(["---"] * 5)]
    for split in splits:
        for name, label in METRICS[run.task].items():
            if name in found[split]:
                entry = found[split][name]
                cells = [number(entry[key], sign) for key, sign in SHOWN.items()]
                lines.append(row([f"{split}: {label}", *cells, interval(entry)]))
    yield "\n".join(lines)
    settings = found[splits[0]].get("settings", {})
    yield (
        f"{settings.get('n', '?')} held-out prompts a split, the same before and after, "
        f"{settings.get('num_samples', '?')} completions each at temperature "
        f"{settings.get('temperature', 1.0):g}; intervals: paired bootstrap over prompts. One seed "
        f"({run.seed}): they say nothing of other seeds."
    )


def _training(run: Run) -> str:
    record = run.record
    config, lora = record["config"], record["lora"]
    settings = ", ".join(f"{name} {config[name]}" for name in SETTINGS if name in config)
    quantized = f"; base model in {record['quantize']} while training" if record.get("quantize") else ""
    return (
        f"GRPO (TRL's `GRPOTrainer`), {record['steps']} steps, {drawn(run)} completions sampled, "
        f"seed {run.seed}: {settings}; LoRA r {lora['r']}, alpha {lora['alpha']} on "
        f"{lora['target_modules']}{quantized}. "
        f"{record['seconds']:.0f} s on {machine(run)}; commit {commit(run)} of the {WORKBOOK}."
    )


def _terms(base: ModelSpec) -> str:
    if licence_id(base) == "llama3.2":
        return (
            "**Built with Llama.** Llama 3.2 is licensed under the Llama 3.2 Community License, Copyright © "
            f"Meta Platforms, Inc. All Rights Reserved. Its text: [{base.path}](https://huggingface.co/{base.path})."
        )
    if licence_id(base) == "other":
        return f"That of the base model, {_name(base)}: {base.licence}."
    return f"{base.licence}, as the base model, {_name(base)}."


def _limits(run: Run) -> str:
    reward = "a length" if run.task == "tldr" else "a format and a right final answer"
    return (
        f"It was trained for {reward}, and that is what moved; whatever the rewards above do not see was "
        "not trained, and may be worse than in the base model. It learned from one kind of prompt, in "
        "English, and has had no training for safety here. It is made for learning how such training works."
    )
