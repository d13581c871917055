"""Where the weights come from, how they are loaded, and the settings each model trains with.

`TINY` ships with the workbook and trains on a laptop's processor; `SMOLLM` and `LLAMA` are the recipe's
models and want a GPU. A path or a hub id of any other causal language model with a chat template works too.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import WorkbookError, one_line

if TYPE_CHECKING:
    import torch
    from peft import LoraConfig
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

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
class ModelSpec:
    """A model by name. `path` is a folder (relative to the workbook if it ships with it) or a hub id.

    settings: GRPOConfig options for every task; task_settings: further ones, by task name.
    """

    name: str
    path: str
    revision: str | None = None
    gated: bool = False
    licence: str = "see its model card"
    lora_r: int = 16
    lora_alpha: int = 32
    settings: Mapping[str, Any] = field(default_factory=lambda: dict(RECIPE))
    task_settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def location(self) -> str:
        """What `from_pretrained` is given: an absolute folder when there is one, else the hub id."""
        for folder in (Path(self.path).expanduser(), ROOT / self.path):
            if folder.is_dir():
                return str(folder.resolve())
        return self.path

    def options(self, task_name: str) -> dict[str, Any]:
        """The GRPOConfig options of this model for a task."""
        return {**self.settings, **self.task_settings.get(task_name, {})}


TINY = ModelSpec(
    "tiny", "data/tiny-llama", licence="MIT", settings=TINY_SETTINGS, task_settings=TINY_BY_TASK
)
SMOLLM = ModelSpec("smollm-135m", "HuggingFaceTB/SmolLM-135M-Instruct", licence="Apache 2.0")
LLAMA = ModelSpec(
    "llama-3.2-1b", "meta-llama/Llama-3.2-1B-Instruct", gated=True, licence="Llama 3.2 Community License"
)
MODELS = {spec.name: spec for spec in (TINY, SMOLLM, LLAMA)}


def get_model(model: str | Path | ModelSpec) -> ModelSpec:
    """The spec for a name in MODELS, a folder, or a hub id ("owner/name"). Raises WorkbookError otherwise."""
    if isinstance(model, ModelSpec):
        return model
    text = str(model)
    if text in MODELS:
        return MODELS[text]
    for known in MODELS.values():
        if text == known.path:
            return known
    folder = Path(text).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise WorkbookError(
                f"no config.json in {text!r}: a model folder is what `save_pretrained` writes"
            )
        return ModelSpec(folder.resolve().name, str(folder))
    if text.count("/") == 1 and text[0] not in "./~" and not isinstance(model, Path):
        return ModelSpec(text.split("/")[1], text)
    raise WorkbookError(
        f"unknown model {text!r}: choose one of {', '.join(MODELS)}, "
        "a folder that holds a model, or a hub id like 'owner/name'"
    )


def load_tokenizer(model: str | Path | ModelSpec) -> PreTrainedTokenizerBase:
    """The model's tokenizer, padding on the left. Raises WorkbookError when it has no chat template."""
    from transformers import AutoConfig, AutoTokenizer

    spec = get_model(model)
    with _explained(spec):
        tokenizer = AutoTokenizer.from_pretrained(spec.location, revision=spec.revision, padding_side="left")
        vocabulary = (
            AutoConfig.from_pretrained(spec.location, revision=spec.revision).get_text_config().vocab_size
        )
    if tokenizer.chat_template is None:
        raise WorkbookError(
            f"model {spec.path!r} has no chat template: use its instruction-tuned version, "
            "or set tokenizer.chat_template and save the tokenizer again"
        )
    if tokenizer.pad_token is None or tokenizer.pad_token_id >= vocabulary:
        tokenizer.pad_token = (
            tokenizer.eos_token
        )  # some tokenizer classes bring a pad token the model never had
    return tokenizer


def load_model(model: str | Path | ModelSpec, quantize: str | None = None) -> PreTrainedModel:
    """The model's weights on the best device here: fp32 on a CPU, bf16 or fp16 on a GPU, or quantized.

    quantize: None, "4bit" or "8bit" (bitsandbytes).
    """
    from transformers import AutoModelForCausalLM

    spec = get_model(model)
    options: dict[str, Any] = {"revision": spec.revision, "dtype": compute_dtype()}
    if quantize is not None:
        options["quantization_config"] = _quantization(quantize)
        options["device_map"] = {"": device()}
    with _explained(spec):
        weights = AutoModelForCausalLM.from_pretrained(spec.location, **options)
    return weights if quantize is not None else weights.to(device())


def lora_config(model: str | Path | ModelSpec) -> LoraConfig:
    """LoRA on every linear layer, with the model's rank and alpha (16 and 32 unless it says otherwise)."""
    from peft import LoraConfig

    spec = get_model(model)
    return LoraConfig(
        r=spec.lora_r, lora_alpha=spec.lora_alpha, target_modules="all-linear", task_type="CAUSAL_LM"
    )


def device() -> torch.device:
    """This process's GPU if there is one, else the CPU."""
    import torch

    if not torch.cuda.is_available():
        return torch.device("cpu")
    return torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))


def compute_dtype() -> torch.dtype:
    """fp32 on a CPU; on a GPU bf16 where the chip computes in it, else fp16."""
    import torch

    if not torch.cuda.is_available():
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16


def fitting_messages(
    tokenizer: PreTrainedTokenizerBase, messages: list[dict[str, str]] | str
) -> list[dict[str, str]] | str:
    """The conversation as this model's template can take it: a refused system turn joins the user's.

    Plain text stays as it is: no template is put around it, by us or by TRL.
    """
    from jinja2 import TemplateError

    if isinstance(messages, str) or messages[0]["role"] != "system":
        return messages
    try:
        tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        return messages
    except TemplateError:
        user = {"role": "user", "content": f"{messages[0]['content']}\n\n{messages[1]['content']}"}
        return [user, *messages[2:]]


def prompt_tokens(tokenizer: PreTrainedTokenizerBase, messages: list[dict[str, str]] | str) -> int:
    """How many tokens a conversation, or a plain text, takes, up to where the model starts to answer."""
    if isinstance(messages, str):
        return len(tokenizer(messages)["input_ids"])
    return len(tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False))


def _quantization(bits: str) -> Any:
    from transformers import BitsAndBytesConfig

    if bits == "8bit":
        return BitsAndBytesConfig(load_in_8bit=True)
    if bits == "4bit":
        return BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=compute_dtype(),
        )
    raise WorkbookError(f"quantize={bits!r} is unknown: choose '4bit', '8bit' or None")


class _explained:
    """Turns a failed download or a broken folder into one line that says what to do."""

    def __init__(self, spec: ModelSpec) -> None:
        self.spec = spec

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if not isinstance(error, OSError):
            return
        spec = self.spec
        fix = "check the name and the network, or use MODEL = 'tiny', which needs none"
        if Path(spec.location).is_dir():
            fix = "the folder is not whole: save the model and its tokenizer there again"
        elif spec.gated:
            fix = "accept its licence on its hub page and run `hf auth login`, or use MODEL = 'smollm-135m'"
        raise WorkbookError(f"cannot load model {spec.path!r} ({one_line(error, 120)}): {fix}") from error
