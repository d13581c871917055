"""A Hugging Face cache of our own making: models and data sets that load by their real ids, not downloaded.

`python tools/local_hub.py FOLDER` makes it; `HF_HUB_OFFLINE=1 HF_HOME=FOLDER python -m helpers train …` uses
it. A model has the real one's exact shape, random weights, and a tokenizer of ours whose special tokens stand
at the real ids and whose chat template behaves as the real one's; a data set has the real columns and short
rows.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from helpers.models import ModelSpec, get_model
from helpers.sizes import SHAPES
from helpers.tasks import DATA, TASKS, Task, read_jsonl

COMMIT = hashlib.sha1(b"made here").hexdigest()
LEARNED = 1024  # tokens that our tokenizer learns; up to the real number they are fillers that no text gives
CHATML = (
    "{% for message in messages %}DEFAULT{{ '<|im_start|>' ~ message.role ~ '\\n' ~ message.content ~ "
    "'<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
SAYS = (
    "{% if loop.first and message.role != 'system' %}"
    "{{ '<|im_start|>system\\nSAID<|im_end|>\\n' }}{% endif %}"
)
DATED = (
    "{{ bos_token }}{% if date_string is not defined %}{% if strftime_now is defined %}"
    '{% set date_string = strftime_now("%d %b %Y") %}{% else %}{% set date_string = "26 Jul 2024" %}'
    "{% endif %}{% endif %}{% set own = messages[0].role == 'system' %}"
    "{{ '<|start_header_id|>system<|end_header_id|>\\n\\nCutting Knowledge Date: December 2023\\n"
    "Today Date: ' ~ date_string ~ '\\n\\n' ~ (messages[0].content | trim if own else '') ~ '<|eot_id|>' }}"
    "{% for message in (messages[1:] if own else messages) %}{{ '<|start_header_id|>' ~ message.role ~ "
    "'<|end_header_id|>\\n\\n' ~ message.content | trim ~ '<|eot_id|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}"
)


def make_model(home: Path, model: str, layers: int | None = None) -> Path:
    """Put a model of the real shape into the cache at `home` and return its snapshot's folder.

    model: a name in helpers.sizes.SHAPES. layers: fewer than the real one has, each of full width.
    """
    spec = get_model(model)
    with tempfile.TemporaryDirectory(dir=_folder(home)) as place:
        files = Path(place)
        _weights(spec, layers).save_pretrained(files)
        tokenizer(spec).save_pretrained(files)
        _write_json(files / "generation_config.json", generation(spec))
        return _into_cache(files, home, f"models--{spec.path.replace('/', '--')}")


def tokenizer(spec: ModelSpec) -> Any:
    """A tokenizer of ours with the real one's number of tokens, special tokens and chat behaviour."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    chat, last = spec.chat, SHAPES[spec.name]["vocab_size"]
    ids = {place: token for token, place in chat.specials.items()}
    front = [ids[place] for place in range(len(ids)) if place in ids]
    own = last if front else min(ids)
    vocabulary, merges = _learned(front)
    vocabulary |= {f"<filler {place}>": place for place in range(len(vocabulary), own)}
    bpe = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    names = front or [ids.get(place, f"<|reserved {place}|>") for place in range(own, last)]
    bpe.add_special_tokens([AddedToken(name, normalized=False, special=True) for name in names])
    if chat.bos:  # as Llama's does: text that is no chat gets it in front
        start = {"single": f"{chat.bos} $A", "special_tokens": [(chat.bos, chat.specials[chat.bos])]}
        bpe.post_processor = processors.TemplateProcessing(**start)
    named = {"eos_token": chat.eos, "bos_token": chat.bos or "<|im_start|>"}
    named |= {"pad_token": chat.pad} if chat.pad else {}
    made = PreTrainedTokenizerFast(tokenizer_object=bpe, model_max_length=chat.context, **named)
    says = SAYS.replace("SAID", chat.says) if chat.says else ""
    made.chat_template = DATED if chat.dated else CHATML.replace("DEFAULT", says)
    return made


def generation(spec: ModelSpec) -> dict[str, Any]:
    """What the real generation_config.json says: how completions end, and how Llama's makers sample."""
    chat = spec.chat
    if len(chat.ends) == 1:
        end = chat.specials[chat.eos]
        return {"bos_token_id": chat.specials["<|im_start|>"], "eos_token_id": end, "pad_token_id": end}
    drawn = {"do_sample": True, "temperature": 0.6, "top_p": 0.9}
    return {"bos_token_id": chat.specials[chat.bos], "eos_token_id": chat.end_ids, **drawn}


def config(spec: ModelSpec, layers: int | None = None) -> Any:
    """The LlamaConfig of the real model, or of its first layers."""
    from transformers import LlamaConfig

    ids = {name: value for name, value in generation(spec).items() if name.endswith("_token_id")}
    shape = SHAPES[spec.name] | ({"num_hidden_layers": layers} if layers else {})
    return LlamaConfig(**shape, **ids, tie_word_embeddings=True, rms_norm_eps=1e-5)


def make_data(home: Path, task: Task, rows: int = 100) -> None:
    """Put a data set with the real columns and so many short rows a split into the cache at `home`."""
    from datasets import Dataset
    from datasets.packaged_modules.parquet.parquet import Parquet

    owner, name = task.hub_id.split("/")
    splits = (
        ("train", "validation", "test") if "validation" in task.hub_splits.values() else ("train", "test")
    )
    with tempfile.TemporaryDirectory(dir=_folder(home)) as place:
        files = {}
        for split in splits:
            files[split] = [str(Path(place) / f"{split}.parquet")]
            made = [row(task, number + 1000 * splits.index(split)) for number in range(rows)]
            Dataset.from_list(made).to_parquet(files[split][0])
        builder = Parquet(
            cache_dir=str(home / "datasets"),
            dataset_name=name,
            config_id="default",
            data_files=files,
            hash=COMMIT,
        )
        builder.download_and_prepare()
    there = Path(builder.cache_dir).parents[2]
    there.rename(there.with_name(f"{owner}___{there.name}"))


def row(task: Task, number: int) -> dict[str, Any]:
    """A short row with the columns of the real data set."""
    one, other = 2 + number, 3 + 7 * number % 90
    if task.prompt_column == "prompt":
        post = f"I had {one} pens, then my aunt sent {other} more. What now?"
        prompt = f"SUBREDDIT: r/advice\nTITLE: {one} pens\nPOST: {post}\nTL;DR:"
        return {"prompt": prompt, "completion": f"My aunt sent me {other} pens."}
    problem = f"Ann has {one} pens and gets {other} more. How many has she?"
    solution = f"{one} + {other} = {one + other}. The answer is \\boxed{{{one + other}}}."
    turns = [{"content": problem, "role": "user"}, {"content": solution, "role": "assistant"}]
    return {"problem": problem, "solution": solution, "messages": turns}


def _learned(front: list[str]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Vocabulary and merges of a byte-level BPE learned on our own rows, `front` being its first tokens."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    texts = []
    for task in TASKS.values():
        rows = read_jsonl(DATA / task.folder / "validation.jsonl")
        texts += [one[name] for one in rows for name in task.columns]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    options = {"initial_alphabet": alphabet, "special_tokens": front, "show_progress": False}
    bpe.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=LEARNED, **options))
    model = json.loads(bpe.to_str())["model"]
    return model["vocab"], [tuple(pair) for pair in model["merges"]]


def _weights(spec: ModelSpec, layers: int | None) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    return AutoModelForCausalLM.from_config(config(spec, layers), dtype=torch.bfloat16)


def _folder(home: Path) -> Path:
    home.mkdir(parents=True, exist_ok=True)
    return home


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2), encoding="utf-8")


def _into_cache(files: Path, home: Path, name: str) -> Path:
    """Move files to where the hub's library looks for them: blobs, a snapshot of links, and a ref."""
    place = home / "hub" / name
    shutil.rmtree(place, ignore_errors=True)
    snapshot = place / "snapshots" / COMMIT
    for folder in (place / "blobs", place / "refs", snapshot):
        folder.mkdir(parents=True)
    (place / "refs" / "main").write_text(COMMIT, encoding="utf-8")
    for path in sorted(files.iterdir()):
        blob = place / "blobs" / hashlib.sha256(path.name.encode()).hexdigest()
        shutil.move(path, blob)
        with contextlib.suppress(FileExistsError):
            (snapshot / path.name).symlink_to(Path("../../blobs") / blob.name)
    return snapshot


def main() -> None:
    """Make the whole cache: both models of the recipe and both data sets."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="becomes HF_HOME")
    parser.add_argument("--models", nargs="+", choices=SHAPES, default=["smollm-135m", "llama-3.2-1b"])
    parser.add_argument("--layers", type=int, help="fewer layers than the real model, each of full width")
    asked = parser.parse_args()
    for name in asked.models:
        print(make_model(asked.folder, name, asked.layers))
    for task in TASKS.values():
        make_data(asked.folder, task)


if __name__ == "__main__":
    main()
