"""Tokens per second: our sampler, plain `generate` with the adapter beside the model, and a bare loop.

The bare loop is the practical limit of the library's own model: the adapter is merged; nothing happens but
the forward pass with its cache and the draw, once with torch's own dice and once with ours: the faster of the
two is the limit. All read the same prompts, 8 completions each, and draw freely.
"""

import copy
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from peft import get_peft_model
from transformers import DynamicCache, GenerationConfig

from helpers.models import load_model, load_tokenizer, lora_config
from helpers.sampling import end_tokens
from helpers.tasks import MATH
from helpers.trainer.decoding import Decoder, pick

GROUP = 8
LOOPS = ("bare loop", "bare loop, our dice")  # torch.multinomial is most of a small model's time: try both


def adapted() -> Any:
    """The tiny model with a LoRA adapter that changes something."""
    torch.manual_seed(0)
    model = get_peft_model(load_model("tiny"), lora_config("tiny")).eval()
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            weight.data.normal_(0, 0.01)
    return model


def ways(batch: int, most: int) -> dict[str, Callable[[], int]]:
    """Each way to sample, as a function that returns how many tokens it made (up to the first end token)."""
    model, tokenizer = adapted(), load_tokenizer("tiny")
    plain = copy.deepcopy(model).merge_and_unload().eval()
    ends = torch.tensor(end_tokens(plain, tokenizer))
    prompts = [row for row in MATH.load("train", n=batch // GROUP)["prompt"] for _ in range(GROUP)]
    asked = tokenizer.apply_chat_template(prompts, add_generation_prompt=True, return_dict=True)["input_ids"]
    padded = tokenizer.pad({"input_ids": asked}, return_tensors="pt")
    how = GenerationConfig(
        max_new_tokens=most, do_sample=True, temperature=1.0, top_k=0, top_p=1.0,
        pad_token_id=tokenizer.pad_token_id, eos_token_id=ends.tolist(),
    )  # fmt: skip

    def generate() -> int:
        with torch.inference_mode():
            rows = model.generate(**padded, generation_config=how)
        return made(rows[:, padded["input_ids"].shape[1] :], ends)

    def ours() -> int:
        return sum(map(len, Decoder(model).sample(asked, ends.tolist(), most)))

    def loop(draw: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[], int]:
        return lambda: bare(plain, padded, ends, most, draw)

    return {
        "ours": ours,
        "generate": generate,
        "bare loop": loop(lambda logits: torch.multinomial(logits.softmax(-1), 1)),
        "bare loop, our dice": loop(lambda logits: pick(logits, 1.0)[:, None]),
    }


@torch.inference_mode()
def bare(model: Any, asked: Any, ends: torch.Tensor, most: int, draw: Callable[..., torch.Tensor]) -> int:
    """The loop itself, over a model without an adapter."""
    tokens, mask, cache, drawn = (
        asked["input_ids"],
        asked["attention_mask"],
        DynamicCache(config=model.config),
        [],
    )
    ended = torch.zeros(len(tokens), dtype=torch.bool)
    for _ in range(most):
        out = model(input_ids=tokens, attention_mask=mask, past_key_values=cache, logits_to_keep=1)
        tokens = draw(out.logits[:, -1])
        drawn.append(tokens)
        ended |= torch.isin(tokens[:, 0], ends)
        if ended.all():
            break
        mask = torch.cat([mask, torch.ones_like(tokens)], 1)
    return made(torch.cat(drawn, 1), ends)


def made(rows: torch.Tensor, ends: torch.Tensor) -> int:
    """How many tokens there are up to and with the first end token of each row."""
    ended = torch.isin(rows, ends).int()
    return int((ended.cumsum(1) - ended == 0).sum())


def sampling(batches: tuple[int, ...], rounds: int, most: int = 64) -> dict[str, Any]:
    """Median tokens per second at each batch size, the ways in turns, and our share of the faster loop's."""
    found: dict[str, Any] = {}
    for batch in batches:
        runs, speeds = ways(batch, most), {}
        for _ in range(rounds + 1):
            for name, run in runs.items():
                start = time.perf_counter()
                count = run()
                speeds.setdefault(name, []).append(count / (time.perf_counter() - start))
        medians = {name: round(statistics.median(each[1:])) for name, each in speeds.items()}
        found[str(batch)] = {
            "tokens_per_s": medians,
            "share_of_limit": round(medians["ours"] / max(medians[name] for name in LOOPS), 3),
            "times_generate": round(medians["ours"] / medians["generate"], 3),
        }
    shares = [one["share_of_limit"] for one in found.values()]
    return {"sampling_share_of_limit": min(shares), "by_batch": found, "rounds": rounds}
