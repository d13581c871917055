"""Load models and tokenizers, the real ones and the tiny one through the same few lines.

`helpers.specs` says which there are. A path or a hub id of any other causal language model with a chat
template works too, as long as transformers knows its architecture and has sdpa for it, PyTorch's own
attention, and its weights are safetensors: nothing is unpickled, and no code of a repository is run. sdpa is
what every model gets, also one whose config names FlashAttention.
"""

from __future__ import annotations

import datetime
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import WorkbookError
from helpers.hub import explained
from helpers.specs import LLAMA, MODELS, RECIPE, ROOT, SMOLLM, SMOLLM2, TINY, Chat, ModelSpec, get_model

if TYPE_CHECKING:
    import torch
    from peft import LoraConfig
    from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

__all__ = [
    "LLAMA", "MODELS", "RECIPE", "ROOT", "SMOLLM", "SMOLLM2", "TINY", "Chat", "ModelSpec", "compute_dtype",
    "device", "fitting_messages", "get_model", "load_model", "load_tokenizer", "lora_config", "prompt_tokens",
    "read_config", "read_weights",
]  # fmt: skip

# Where a chat template writes today's date, it writes this one: a prompt must not change from day to day.
# It is what Llama 3.2's own template falls back to.
PINNED_DATE = datetime.date(2024, 7, 26)
_NOW = re.compile(r"""strftime_now\((['"])(.*?)\1\)""")


def load_tokenizer(model: str | Path | ModelSpec) -> PreTrainedTokenizerBase:
    """The model's tokenizer, padding on the left. Raises WorkbookError when it has no chat template."""
    from transformers import AutoTokenizer

    spec = get_model(model)
    vocabulary = read_config(spec).get_text_config().vocab_size
    with _reading(spec):
        tokenizer = AutoTokenizer.from_pretrained(
            spec.location, padding_side="left", revision=spec.revision, trust_remote_code=False
        )
    if tokenizer.chat_template is None:
        raise WorkbookError(
            f"model {spec.path!r} has no chat template: use its instruction-tuned version, "
            "or set tokenizer.chat_template and save the tokenizer again"
        )
    if isinstance(tokenizer.chat_template, str):
        tokenizer.chat_template = _dated(tokenizer.chat_template)
    if tokenizer.pad_token is None or tokenizer.pad_token_id >= vocabulary:
        # Some have none, and some tokenizer classes bring one that the model never had.
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def _dated(template: str) -> str:
    """The chat template with PINNED_DATE where it asks for today's."""
    return _NOW.sub(lambda match: repr(PINNED_DATE.strftime(match[2])), template)


def load_model(model: str | Path | ModelSpec, quantize: str | None = None) -> PreTrainedModel:
    """The model's weights on the best device here: fp32 on a CPU, bf16 or fp16 on a GPU, or quantized.

    quantize: None, "4bit" or "8bit" (bitsandbytes). Raises WorkbookError for what cannot be read.
    """
    spec = get_model(model)
    if quantize is None:
        return read_weights(spec, compute_dtype()).to(device())
    options = {"quantization_config": _quantization(quantize), "device_map": {"": device()}}
    return read_weights(spec, compute_dtype(), **options)


def read_config(spec: ModelSpec) -> PreTrainedConfig:
    """What the model's config.json says. Raises WorkbookError when it cannot be read."""
    from transformers import AutoConfig

    with _reading(spec):
        return AutoConfig.from_pretrained(spec.location, revision=spec.revision, trust_remote_code=False)


def read_weights(spec: ModelSpec, dtype: torch.dtype, **options: Any) -> PreTrainedModel:
    """The model as it is stored, in `dtype`, on the CPU or where the options say (those of from_pretrained).

    Whatever attention its config names, it gets sdpa. Raises WorkbookError for what cannot be read.
    """
    from transformers import AutoModelForCausalLM

    # The config is read on its own: else the attention that it names would win over the one asked for.
    options |= {"config": read_config(spec), "attn_implementation": "sdpa", "dtype": dtype}
    options |= {"revision": spec.revision, "trust_remote_code": False, "use_safetensors": True}
    with _reading(spec):
        weights, told = AutoModelForCausalLM.from_pretrained(
            spec.location, output_loading_info=True, **options
        )
        if lacking := sorted(told["missing_keys"]):
            raise OSError(f"{len(lacking)} of its weights are missing, {lacking[0]} first")
    return weights


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


def _reading(spec: ModelSpec) -> explained:
    """Within it, whatever keeps a model from being loaded is one line."""
    what = f"model {spec.path!r}"
    if spec.is_folder:
        return explained(what, folder=spec.location)
    instead = "model 'smollm2-1.7b'" if spec.gated else "model 'tiny'"
    return explained(what, spec.path, revision=spec.revision, instead=instead)
