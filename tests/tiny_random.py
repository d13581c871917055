"""A model that no one here made: random weights, its own tokenizer and chat template, in seconds.

`python tests/tiny_random.py FOLDER` writes one, to try `--model FOLDER` by hand.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

TEMPLATE = (
    "{% for turn in messages %}[{{ turn['role'] }}] {{ turn['content'] }}[end]\n{% endfor %}"
    "{% if add_generation_prompt %}[assistant] {% endif %}"
)
TEXTS = [
    "SUBREDDIT: r/advice TITLE: My neighbour sings at night POST: I like him but I need sleep. TL;DR:",
    "A baker has 27 loaves, bakes 40 more and sells 12. How many are left? 27 + 40 = 67. 67 - 12 = 55.",
    "<think>I add first.</think><answer>55</answer> The answer is 55. I guess the answer is 64.",
]


def make_random_model(
    folder: Path, *, kind: str = "qwen2", template: str | None = TEMPLATE, context: int = 1024
) -> Path:
    """Write a random 2-layer causal language model ("qwen2" or "gpt2") and its tokenizer to a folder."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel, Qwen2Config, Qwen2ForCausalLM

    tokenizer = _tokenizer(template)
    torch.manual_seed(0)
    ids = {"eos_token_id": tokenizer.eos_token_id, "bos_token_id": None, "vocab_size": len(tokenizer)}
    if kind == "gpt2":
        model = GPT2LMHeadModel(GPT2Config(n_embd=32, n_layer=2, n_head=2, n_positions=context, **ids))
    else:
        model = Qwen2ForCausalLM(
            Qwen2Config(
                hidden_size=32,
                intermediate_size=64,
                num_hidden_layers=2,
                num_attention_heads=2,
                num_key_value_heads=1,
                max_position_embeddings=context,
                **ids,
            )
        )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def write_rows(folder: Path, count: int = 24) -> Path:
    """Write `count` rows a split with the columns of both tasks, as JSON lines."""
    for start, split in enumerate(("train", "validation", "test", "far")):
        rows = []
        for i in range(count):
            a, b = 2 + i, 3 + 7 * start
            rows.append(
                {
                    "problem": f"Ann has {a} pens and gets {b} more. How many pens has she?",
                    "solution": f"{a} + {b} = {a + b}. \\boxed{{{a + b}}}",
                    "prompt": f"TITLE: {a} pens\nPOST: I had {a} pens, my aunt sent {b} more, why?\nTL;DR:",
                    "completion": f"My aunt sent me {b} pens.",
                }
            )
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{split}.jsonl").write_text(text, encoding="utf-8")
    return folder


def _tokenizer(template: str | None):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        TEXTS,
        trainers.BpeTrainer(
            vocab_size=320, initial_alphabet=alphabet, special_tokens=["[end]"], show_progress=False
        ),
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="[end]")
    tokenizer.chat_template = template
    return tokenizer


if __name__ == "__main__":
    print(make_random_model(Path(sys.argv[1])))
