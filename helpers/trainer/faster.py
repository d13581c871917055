"""TRL's GRPOTrainer with less to compute where a small model trains on a processor; elsewhere, TRL's own way.

Two of its methods are replaced, and what they return is the same but for rounding:
- completions are drawn by `helpers.trainer.decoding` from a merged copy of the weights, a prompt read once;
- log-probabilities are computed of the completions' own tokens only. On a processor TRL sends every position
  through the output layer, prompts and padding too, which costs more than the whole model before it. Each
  prompt is read once for all its completions, and short completions are not padded to the longest.
"""

from __future__ import annotations

from typing import Any

import torch
from peft.tuners.lora import Linear
from peft.tuners.tuners_utils import BaseTunerLayer
from peft.utils.other import AuxiliaryTrainingWrapper
from torch.nn import functional as F
from transformers import DynamicCache, LlamaForCausalLM, Qwen2ForCausalLM
from trl import GRPOTrainer

from helpers.trainer.decoding import Decoder

COPY_LIMIT_BYTES = 1e9  # no second copy of a larger model: TRL samples from the one there is
LOGITS_LIMIT = 2**26  # nor logits of a whole batch with more numbers than this: TRL computes them in tiles
OVERRULED = {  # what a model may declare about sampling without a say in it: TRL sets these itself
    *("do_sample", "temperature", "top_k", "top_p", "eos_token_id", "bos_token_id", "pad_token_id"),
    *("max_length", "max_new_tokens", "use_cache", "transformers_version", "_from_model_config"),
    *("output_attentions", "output_hidden_states"),
}
PARTS = 2  # the batch, sorted by length, is computed in this many parts


class FasterTrainer(GRPOTrainer):
    """GRPOTrainer, faster on a processor. It learns the same: same odds, same losses, same numbers logged."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.lean = fits(self)
        self.copied = copies(self)

    def _generate_single_turn(
        self, prompt_ids: list[list[int]], images: Any, multimodal_fields: Any, *rest: Any, **options: Any
    ) -> tuple[list[list[int]], None]:
        """Completions (token ids, end token included) of the prompts, as TRL's own method returns them."""
        if not (self.lean and self.copied and plainly_sampled(self)) or images or multimodal_fields:
            return super()._generate_single_turn(prompt_ids, images, multimodal_fields, *rest, **options)
        how = self.eos_token_ids, self.max_completion_length, self.temperature
        return Decoder(self.model).sample(prompt_ids, *how), None

    def _get_per_token_logps_and_entropies(
        self,
        model: Any,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        logits_to_keep: int,
        batch_size: int | None = None,
        compute_entropy: bool = False,
        compute_aux_loss: bool = False,
        **multimodal: Any,
    ) -> tuple[torch.Tensor, torch.Tensor | None, None]:
        """Log-probabilities and entropies (B, logits_to_keep), 0 where a completion is padded."""
        own = self.lean and not (self._entropy_bonus_enabled or compute_aux_loss)
        readable = (
            input_ids.shape[1] > logits_to_keep + 1
        )  # a prompt of one token leaves nothing to read apart
        if not (own and readable) or any(value is not None for value in multimodal.values()):
            return super()._get_per_token_logps_and_entropies(
                model,
                input_ids,
                attention_mask,
                logits_to_keep,
                batch_size,
                compute_entropy,
                compute_aux_loss,
                **multimodal,
            )
        model = model.get_base_model() if hasattr(model, "get_base_model") else model
        logps, entropies = score(model, input_ids, attention_mask, logits_to_keep, self.temperature)
        return logps, entropies if compute_entropy else None, None


def fits(trainer: GRPOTrainer) -> bool:
    """Whether the faster way is open: one process, a processor, fp32, a Llama or Qwen2, few logits."""
    args, model = trainer.args, trainer.accelerator.unwrap_model(trainer.model)
    if trainer.accelerator.device.type != "cpu" or trainer.accelerator.num_processes > 1:
        return False
    if args.bf16 or args.fp16 or args.gradient_checkpointing or trainer.pad_to_multiple_of:
        return False
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    if type(base) not in (LlamaForCausalLM, Qwen2ForCausalLM):
        return False
    if any(config.peft_type != "LORA" for config in getattr(model, "peft_config", {}).values()):
        return False
    weights = list(model.parameters())
    logits = args.generation_batch_size * trainer.max_completion_length * base.config.vocab_size
    return (
        all(weight.dtype == torch.float32 and weight.device.type == "cpu" for weight in weights)
        and logits <= LOGITS_LIMIT
        and _plain_shape(base)
        and all(_plain_module(module) for module in model.modules())
    )


def copies(trainer: GRPOTrainer) -> bool:
    """Whether the model is small enough for the copy that completions are drawn from."""
    model = trainer.accelerator.unwrap_model(trainer.model)
    return sum(weight.numel() * 4 for weight in model.parameters()) <= COPY_LIMIT_BYTES


def _plain_shape(base: Any) -> bool:
    """Nothing about the model that `helpers.trainer.decoding` does not know."""
    config, head = base.config, base.get_output_embeddings()
    return (
        isinstance(head, torch.nn.Linear)
        and head.bias is None
        and config.hidden_act == "silu"
        and config.rope_parameters.get("rope_type", "default") in ("default", "llama3")
        and config._attn_implementation == "sdpa"
        and not getattr(config, "attention_dropout", 0)
        and not getattr(config, "mlp_bias", False)
        and base.model.layers[0].self_attn.o_proj.bias is None
        and set(getattr(config, "layer_types", None) or ["full_attention"]) == {"full_attention"}
    )


def _plain_module(module: torch.nn.Module) -> bool:
    """No dropout, and of PEFT's layers only LoRA on a linear one, without extras."""
    if isinstance(module, torch.nn.Dropout):
        return module.p == 0
    if not isinstance(module, BaseTunerLayer | AuxiliaryTrainingWrapper):
        return True
    extras = (*module.use_dora.values(), *module.lora_bias.values()) if isinstance(module, Linear) else [True]
    return not (any(extras) or module.merged or module.fan_in_fan_out)


def plainly_sampled(trainer: GRPOTrainer) -> bool:
    """Whether completions are drawn from the policy's own odds, shaped by nothing but the temperature."""
    args = trainer.args
    if trainer.use_vllm or trainer.use_transformers_continuous_batching or trainer.tools:
        return False
    declared = trainer.accelerator.unwrap_model(trainer.model).generation_config.to_diff_dict()
    return (
        trainer.top_p == 1.0
        and not trainer.top_k
        and not trainer.min_p
        and trainer.repetition_penalty == 1.0
        and not args.generation_kwargs
        and args.cache_implementation is None
        and set(declared) <= OVERRULED
    )


def score(
    model: Any, input_ids: torch.Tensor, attention_mask: torch.Tensor, count: int, temperature: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Log-probability and entropy (nats, no gradient) of the last `count` of (B, P + count) tokens.

    Prompts are padded on the left, completions on the right. Both (B, count), 0 where a token is masked.
    """
    width = input_ids.shape[1] - count
    asked, prompt_mask = input_ids[:, :width], attention_mask[:, :width]
    prompts, row_of = torch.cat([asked, prompt_mask], dim=1).unique(dim=0, return_inverse=True)
    # The logits of a prompt's last token are the first completion token's: it is read with the completion.
    read = model.get_decoder()(
        input_ids=prompts[:, : width - 1],
        attention_mask=prompts[:, width:-1],
        past_key_values=DynamicCache(config=model.config),
        use_cache=True,
    ).past_key_values
    lengths = attention_mask[:, width:].sum(1)
    order = lengths.argsort(stable=True)
    parts = []
    for rows in order.chunk(PARTS):
        longest = max(1, int(lengths[rows].max()))
        ids, mask = input_ids[rows, width - 1 : width + longest], attention_mask[rows, : width + longest]
        cache = _expanded(read, row_of[rows], model.config)
        hidden = model.get_decoder()(
            input_ids=ids[:, :-1], attention_mask=mask[:, :-1], past_key_values=cache, use_cache=True
        ).last_hidden_state
        own = mask[:, width:].bool()
        logits = model.get_output_embeddings()(hidden[own]) / temperature
        parts.append([_placed(values, own, count) for values in _measured(logits, ids[:, 1:][own])])
    back = order.argsort()
    logps, entropies = (torch.cat(values)[back] for values in zip(*parts, strict=True))
    return logps, entropies


def _expanded(read: DynamicCache, rows: torch.Tensor, config: Any) -> DynamicCache:
    """What was read of each prompt, once for every completion of it; gradients flow back to the one."""
    cache = DynamicCache(config=config)
    for number, layer in enumerate(read.layers):
        cache.update(layer.keys[rows], layer.values[rows], number)
    return cache


def _measured(logits: torch.Tensor, tokens: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    logps = logits.log_softmax(-1)
    with torch.no_grad():
        entropy = -(logps.exp() * logps).sum(-1)
    return logps.gather(-1, tokens[:, None]).squeeze(-1), entropy


def _placed(values: torch.Tensor, own: torch.Tensor, count: int) -> torch.Tensor:
    """One value for each True of `own` (N, T), at its place in (N, count); 0 elsewhere."""
    placed = values.new_zeros(own.shape).masked_scatter(own, values)
    return F.pad(placed, (0, count - own.shape[1]))
