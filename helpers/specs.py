"""The models of the workbook: where each comes from, its licence, how its chat works, its settings.

`TINY` ships with the workbook and trains on a laptop's processor. `SMOLLM` and `LLAMA` are the recipe's
models, `SMOLLM2` stands in for Llama where its licence has not been accepted; these three want a GPU.
Nothing here loads torch or transformers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers.errors import WorkbookError

ROOT = Path(__file__).resolve().parents[1]

# The recipe: 4 x 4 = 16 completions a step, that is 2 prompts with 8 completions each.
RECIPE: dict[str, Any] = {
    "learning_rate": 2e-5,
    "per_device_train_batch_size": 4,
    "gradient_accumulation_steps": 4,
    "num_train_epochs": 3,
    "num_generations": 8,
}
# The tiny model's own, found by measurement: one this small needs a learning rate 50 to 100 times higher.
TINY_SETTINGS: dict[str, Any] = {
    "learning_rate": 1e-3,
    "per_device_train_batch_size": 32,
    "gradient_accumulation_steps": 1,
    "max_steps": 60,
    "num_generations": 8,
    "max_completion_length": 64,
}
TINY_BY_TASK: dict[str, dict[str, Any]] = {"tldr": {"learning_rate": 2e-3, "max_steps": 40}}


@dataclass(frozen=True)
class Chat:
    """How a model's conversations are written down, read off its own files on the hub.

    specials: token -> id of those that matter here. bos: the token that a prompt starts with, if any. eos:
    the end token that the tokenizer names; ends: all that generation_config.json names, each of which ends a
    completion. pad: what the tokenizer pads with; None where it says nothing (we then pad with eos). Padding
    with an end token is harmless: which tokens are a completion's own is kept as a mask, by position.
    context: the longest sequence in tokens. says: a system turn that the template adds where you give none.
    dated: whether the template writes today's date, which `load_tokenizer` pins.
    """

    specials: Mapping[str, int]
    bos: str | None
    eos: str
    ends: tuple[str, ...]
    pad: str | None
    context: int
    says: str | None = None
    dated: bool = False

    @property
    def end_ids(self) -> list[int]:
        """The ids of the end tokens, lowest first."""
        return sorted(self.specials[token] for token in self.ends)


@dataclass(frozen=True)
class ModelSpec:
    """A model by name. `path` is a folder (relative to the workbook if it ships with it) or a hub id.

    revision: a branch, tag or commit of the hub; None is the newest of its main branch.
    settings: GRPOConfig options for every task; task_settings: further ones, by task name.
    gpu_optimizer: the optimizer where there is a GPU; None, and on a processor: TRL's own (AdamW).
    """

    name: str
    path: str
    revision: str | None = None
    gated: bool = False
    licence: str = "see its model card"
    licence_url: str | None = None
    lora_r: int = 16
    lora_alpha: int = 32
    settings: Mapping[str, Any] = field(default_factory=lambda: dict(RECIPE))
    task_settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    gpu_optimizer: str | None = "adamw_8bit"
    chat: Chat | None = None

    @property
    def location(self) -> str:
        """What `from_pretrained` is given: an absolute folder when there is one, else the hub id."""
        for folder in (Path(self.path).expanduser(), ROOT / self.path):
            if folder.is_dir():
                return str(folder.resolve())
        return self.path

    @property
    def is_folder(self) -> bool:
        """Whether the model lies on this disk, outside the hub's cache."""
        return Path(self.location).is_dir()

    @property
    def url(self) -> str:
        """Its page on the hub."""
        return f"https://huggingface.co/{self.path}"

    def options(self, task_name: str) -> dict[str, Any]:
        """The GRPOConfig options of this model for a task."""
        return {**self.settings, **self.task_settings.get(task_name, {})}


TINY = ModelSpec(
    "tiny",
    "data/tiny-llama",
    licence="MIT",
    settings=TINY_SETTINGS,
    task_settings=TINY_BY_TASK,
    gpu_optimizer=None,
)
_SMOL_TOKENS = {"<|endoftext|>": 0, "<|im_start|>": 1, "<|im_end|>": 2}
_SMOL_CHAT = Chat(
    specials=_SMOL_TOKENS,
    bos=None,  # the tokenizer names <|im_start|>, and its template writes it before every turn
    eos="<|im_end|>",
    ends=("<|im_end|>",),
    pad="<|im_end|>",
    context=2048,
)
SMOLLM = ModelSpec(
    "smollm-135m",
    "HuggingFaceTB/SmolLM-135M-Instruct",
    licence="Apache 2.0",
    licence_url="https://www.apache.org/licenses/LICENSE-2.0",
    chat=_SMOL_CHAT,
)
LLAMA = ModelSpec(
    "llama-3.2-1b",
    "meta-llama/Llama-3.2-1B-Instruct",
    gated=True,
    licence="Llama 3.2 Community License",
    licence_url="https://www.llama.com/llama3_2/license/",
    chat=Chat(
        specials={
            "<|begin_of_text|>": 128000,
            "<|end_of_text|>": 128001,
            "<|start_header_id|>": 128006,
            "<|end_header_id|>": 128007,
            "<|eom_id|>": 128008,
            "<|eot_id|>": 128009,
        },
        bos="<|begin_of_text|>",
        eos="<|eot_id|>",
        ends=("<|end_of_text|>", "<|eom_id|>", "<|eot_id|>"),
        pad=None,
        context=131072,
        dated=True,
    ),
)
# Why this one stands in for Llama: nobody has to ask for it, its licence is permissive, it is a Llama to the
# code (the very same classes) of like size (1.7 billion parameters to Llama's 1.2), and its makers tuned it
# on instructions and preferences, not with rewards for maths: what GRPO adds is GRPO's. An ungated copy of
# Llama itself would still be under Llama's licence.
SMOLLM2 = ModelSpec(
    "smollm2-1.7b",
    "HuggingFaceTB/SmolLM2-1.7B-Instruct",
    licence="Apache 2.0",
    licence_url="https://www.apache.org/licenses/LICENSE-2.0",
    chat=dataclasses.replace(
        _SMOL_CHAT, context=8192, says="You are a helpful AI assistant named SmolLM, trained by Hugging Face"
    ),
)
MODELS = {spec.name: spec for spec in (TINY, SMOLLM, LLAMA, SMOLLM2)}


def get_model(model: str | Path | ModelSpec) -> ModelSpec:
    """The spec for a name in MODELS, a folder, or a hub id ("owner/name"). Raises WorkbookError otherwise.

    "name@revision" and "owner/name@revision" pin a branch, a tag or a commit of the hub.
    """
    if isinstance(model, ModelSpec):
        return model
    text = str(model)
    for known in MODELS.values():
        if text in (known.name, known.path):
            return known
    folder = Path(text).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise WorkbookError(
                f"no config.json in {text!r}: a model folder is what `save_pretrained` writes"
            )
        return ModelSpec(folder.resolve().name, str(folder))
    if "@" in text and not isinstance(model, Path):
        return _pinned(text)
    if text.count("/") == 1 and text[0] not in "./~" and not isinstance(model, Path):
        return ModelSpec(text.split("/")[1], text)
    raise WorkbookError(
        f"unknown model {text!r}: choose one of {', '.join(MODELS)}, "
        "a folder that holds a model, or a hub id like 'owner/name'"
    )


def _pinned(text: str) -> ModelSpec:
    name, _, revision = text.partition("@")
    spec = get_model(name)
    if spec.is_folder or not revision:
        raise WorkbookError(
            f"{text!r} pins no revision: write a branch, tag or commit of the hub after the @, like "
            f"'{SMOLLM.name}@main'; a folder has none"
        )
    return dataclasses.replace(spec, revision=revision)
