"""Sampling from a small model on a processor, where the calls around each multiplication cost the most.

A `Decoder` is a copy of a Llama's or Qwen2's weights, adapter merged in, laid out so that a token takes few
calls. The model itself is never touched: merged in place and out again, its weights would drift (by 3e-8 each
time), and a resumed run would not repeat the uninterrupted one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional as F

ROW_SHARE = 0.8  # ended rows leave the batch once no more than this share of it still goes on


class Decoder:
    """Draws completions from a model as it is now; make a new one when its weights have changed.

    model: a LlamaForCausalLM or Qwen2ForCausalLM in fp32, bare or inside a PeftModel (see faster.py).
    Layout: q, k and v are one matrix, gate and up another; the weights of each norm are part of the matrix
    behind it; and the two halves that rotary embedding pairs lie side by side, as complex numbers.
    """

    def __init__(self, model: Any) -> None:
        model = model.get_base_model() if hasattr(model, "get_base_model") else model
        body, config = model.get_decoder(), model.config
        self.eps, self.rotary = config.rms_norm_eps, body.rotary_emb
        self.size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        self.heads, self.groups = config.num_attention_heads, config.num_key_value_heads
        with torch.no_grad():
            self.embedding = body.embed_tokens.weight.detach()
            self.head = model.get_output_embeddings().weight * body.norm.weight
            self.layers = [self._layer(layer) for layer in body.layers]

    @torch.inference_mode()
    def sample(
        self, prompts: Sequence[Sequence[int]], ends: Sequence[int], most: int, temperature: float = 1.0
    ) -> list[list[int]]:
        """A completion of each prompt (token ids), of at most `most` tokens, up to and with an end token.

        Drawn from the model's own odds at `temperature`; 0 takes the likeliest token. Prompts that are the
        same are read once. Random numbers come from torch's own generator.
        """
        unique = list(dict.fromkeys(map(tuple, prompts)))
        width = max(map(len, unique))
        asked = torch.tensor([[0] * (width - len(one)) + list(one) for one in unique])
        own = torch.tensor([[False] * (width - len(one)) + [True] * len(one) for one in unique])
        self.turns = self._turns(width + most)
        cache = self._cache(len(unique), width)
        seen = (own[:, None] & torch.ones(width, width, dtype=torch.bool).tril())[:, None]
        logits = self._logits(asked, 0, cache, seen)
        rows = torch.tensor([unique.index(tuple(prompt)) for prompt in prompts])
        wide = self._cache(len(rows), width + most)
        wide[..., :width, :] = cache[:, :, rows]
        seen = F.pad(own[rows], (0, most), value=True)[:, None, None]
        return self._go_on(logits[rows], wide, seen, width, (torch.tensor(ends), most, temperature))

    def _go_on(
        self, logits: torch.Tensor, cache: torch.Tensor, seen: torch.Tensor, start: int, how: tuple
    ) -> list[list[int]]:
        """Token after token, until every row has ended; `start` is the column of the first."""
        ends, most, temperature = how
        drawn = torch.full((len(logits), most), -1)
        rows, going = torch.arange(len(logits)), torch.ones(len(logits), dtype=torch.bool)
        for count in range(most):
            tokens = pick(logits, temperature)
            drawn[rows, count] = torch.where(going, tokens, -1)
            going &= ~torch.isin(tokens, ends)
            left = int(going.sum())
            if not left or count == most - 1:
                break
            if left <= ROW_SHARE * len(rows):
                rows, tokens, seen, cache = rows[going], tokens[going], seen[going], cache[:, :, going]
                going = going[going]
            end = start + count + 1
            logits = self._logits(tokens[:, None], end - 1, cache, seen[..., :end])
        return [row[row >= 0].tolist() for row in drawn]

    def _logits(
        self, tokens: torch.Tensor, start: int, cache: torch.Tensor, seen: torch.Tensor
    ) -> torch.Tensor:
        """Logits (N, vocabulary) after the last of the tokens (N, S), which stand from column `start` on.

        cache: what earlier columns left behind, (layers, 2, N, groups, columns, size); theirs are added.
        seen: (N, 1, S or 1, columns so far), which columns a token may look at.
        """
        end, rotated = start + tokens.shape[1], self.heads + self.groups
        hidden = self.embedding[tokens]
        for weights, (keys, values) in zip(self.layers, cache, strict=True):
            qkv = F.linear(self._normed(hidden), weights["qkv"], weights["qkv_bias"])
            qkv = qkv.view(*tokens.shape, -1, self.size // 2, 2)
            turned = torch.view_as_complex(qkv[:, :, :rotated]) * self.turns[start:end, None]
            turned = torch.view_as_real(turned).flatten(-2).transpose(1, 2)
            keys[:, :, start:end] = turned[:, self.heads :]
            values[:, :, start:end] = qkv[:, :, rotated:].flatten(-2).transpose(1, 2)
            heard = F.scaled_dot_product_attention(
                turned[:, : self.heads],
                keys[:, :, :end],
                values[:, :, :end],
                attn_mask=seen,
                enable_gqa=self.heads != self.groups,
            )
            hidden = hidden + F.linear(heard.transpose(1, 2).flatten(2), weights["out"])
            gate, up = F.linear(self._normed(hidden), weights["gate_up"]).chunk(2, -1)
            hidden = hidden + F.linear(F.silu(gate) * up, weights["down"])
        return F.linear(self._normed(hidden[:, -1]), self.head)

    def _normed(self, hidden: torch.Tensor) -> torch.Tensor:
        return hidden * (hidden.square().mean(-1, keepdim=True) + self.eps).rsqrt()

    def _cache(self, rows: int, columns: int) -> torch.Tensor:
        return torch.zeros(len(self.layers), 2, rows, self.groups, columns, self.size)

    def _turns(self, columns: int) -> torch.Tensor:
        """How far each column turns each pair: (columns, size / 2), complex, of length 1."""
        cos, sin = self.rotary(self.embedding, torch.arange(columns)[None])
        return torch.complex(cos, sin)[0, :, : self.size // 2]

    def _layer(self, layer: Any) -> dict[str, Any]:
        attention, mlp = layer.self_attn, layer.mlp
        parts = [attention.q_proj, attention.k_proj, attention.v_proj]
        matrices = [merged(part) for part in parts]
        matrices[:2] = [self._paired(matrix) for matrix in matrices[:2]]
        biases = [part.bias for part in parts]
        if biases[0] is not None:
            biases[:2] = [self._paired(bias) for bias in biases[:2]]
        return {
            "qkv": torch.cat(matrices) * layer.input_layernorm.weight,
            "qkv_bias": None if biases[0] is None else torch.cat(biases),
            "out": merged(attention.o_proj),
            "gate_up": torch.cat([merged(mlp.gate_proj), merged(mlp.up_proj)])
            * layer.post_attention_layernorm.weight,
            "down": merged(mlp.down_proj),
        }

    def _paired(self, rows: torch.Tensor) -> torch.Tensor:
        """Each head's rows, its two halves interleaved: what is turned together lies together."""
        return rows.unflatten(0, (-1, 2, self.size // 2)).transpose(1, 2).flatten(0, 2)


def merged(linear: Any) -> torch.Tensor:
    """A linear layer's weight, with what its active adapters add to it."""
    names = getattr(linear, "active_adapters", [])
    added = [linear.get_delta_weight(name) for name in names if name in linear.lora_A]
    return sum(added, linear.weight.detach())


def pick(logits: torch.Tensor, temperature: float) -> torch.Tensor:
    """One token a row (N,) from logits (N, vocabulary), each with its own odds; temperature 0: the likeliest.

    One random number a row says how far to walk along the summed odds. `torch.multinomial`, which `generate`
    uses, draws one for every token of the vocabulary to the same end, and takes ten times as long.
    Raises FloatingPointError when the odds are no numbers: the training has gone off to infinity.
    """
    if temperature == 0:
        return logits.argmax(-1)
    summed = (logits / temperature).softmax(-1).cumsum(-1)
    if not summed[:, -1].isfinite().all():
        raise FloatingPointError("the model's odds are no longer numbers")
    where = torch.rand(len(logits), 1, device=logits.device) * summed[:, -1:]
    found = torch.searchsorted(summed, where, right=True).squeeze(1)
    return found.clamp(max=logits.shape[1] - 1)
