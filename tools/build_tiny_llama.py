"""Build the embedded model `data/tiny-llama/` from nothing but the generators in `tools/corpus`.

    python tools/build_tiny_llama.py                  # all of it, under an hour on two cores
    python tools/build_tiny_llama.py --phase dilute   # one phase, from what the last one left in build/

Phase 1, `skill`: supervised training on worked solutions, number facts, and summaries of every length.
Phase 2, `dilute`: a short one at a low learning rate that mixes in guesses, slips and untagged answers, so
that the policy has good and bad habits side by side and GRPO can choose.
Phase 3, `measure`: samples of both checkpoints on the test split, for `warmup.json` and the model card.
"""

import argparse
import json
import math
import time
from pathlib import Path
from random import Random

import torch
import torch.nn.functional as F
from corpus import chat, maths
from corpus.warmup import PHASES, maths_batch, tldr_batch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

ROOT = Path(__file__).resolve().parents[1]
CONFIG = dict(
    vocab_size=2048, hidden_size=128, intermediate_size=384, num_hidden_layers=4, num_attention_heads=4,
    num_key_value_heads=4, max_position_embeddings=512, tie_word_embeddings=True,
)  # fmt: skip


def batch_loss(model, tokenizer, documents) -> torch.Tensor:
    """Mean cross-entropy over the completion tokens of (prompt, completion) pairs."""
    prompts = tokenizer([p for p, _ in documents])["input_ids"]
    completions = tokenizer([c for _, c in documents])["input_ids"]
    rows = [p + c for p, c in zip(prompts, completions, strict=True)]
    ids = torch.full((len(rows), max(map(len, rows))), tokenizer.pad_token_id)
    learn = torch.zeros_like(ids, dtype=torch.bool)
    for i, (prompt, row) in enumerate(zip(prompts, rows, strict=True)):
        ids[i, : len(row)] = torch.tensor(row)
        learn[i, max(1, len(prompt)) : len(row)] = True
    hidden = model.model(input_ids=ids[:, :-1], use_cache=False).last_hidden_state
    return F.cross_entropy(model.lm_head(hidden[learn[:, 1:]]), ids[:, 1:][learn[:, 1:]])


def learning_rate(step: int, phase: dict) -> float:
    """One cycle: linear warm-up over the first tenth, then a cosine down to a fiftieth."""
    done, start = step / phase["steps"], 0.1
    if done < start:
        return phase["learning_rate"] * (done / start + 0.02)
    return phase["learning_rate"] * (
        0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (done - start) / (1 - start)))
    )


def train_phase(model, tokenizer, name: str, seed: int) -> dict:
    """Run one phase in place and return its record: steps, seconds, tokens and last losses."""
    phase, rng, start = PHASES[name], Random(f"{name}-{seed}"), time.perf_counter()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.01)
    tail = {"maths": [], "tldr": []}
    for step in range(phase["steps"]):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, phase)
        for task, documents in (("maths", maths_batch(rng, phase)), ("tldr", tldr_batch(rng, phase))):
            loss = batch_loss(model, tokenizer, documents)
            loss.backward()
            tail[task] = [*tail[task][-49:], loss.item()]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if (step + 1) % 50 == 0:
            losses = "  ".join(f"{task} {sum(x) / len(x):.3f}" for task, x in tail.items())
            seconds = time.perf_counter() - start
            print(f"{name} {step + 1:5d}/{phase['steps']}  loss: {losses}  {seconds:.0f} s", flush=True)
        if (step + 1) % 500 == 0 and name == "skill":
            print("   worked answers right:", probe(model, tokenizer), flush=True)
    loss = {task: round(sum(x) / len(x), 4) for task, x in tail.items()}
    seconds, threads = round(time.perf_counter() - start), torch.get_num_threads()
    return {"phase": name, **phase, "loss": loss, "seconds": seconds, "threads": threads}


@torch.no_grad()
def probe(model, tokenizer, count: int = 100) -> dict[str, float]:
    """Share of right answers by kind of problem, one sample each at temperature 1, on validation problems."""
    rng, right = Random(1), {}
    problems = [maths.generate(rng, "validation", kind) for kind in maths.STORIES for _ in range(count // 10)]
    prompts = tokenizer([chat.maths_prompt(p.text) for p in problems], padding=True, return_tensors="pt")
    out = model.generate(**prompts, do_sample=True, max_new_tokens=72, pad_token_id=tokenizer.pad_token_id)
    for problem, ids in zip(problems, out[:, prompts["input_ids"].shape[1] :], strict=True):
        text = tokenizer.decode(ids, skip_special_tokens=True)
        hit = text.endswith((f"<answer>{problem.answer}</answer>", f"answer is {problem.answer}."))
        right.setdefault(problem.kind, []).append(hit)
    print("   e.g.", problems[-1].text, "->", text)
    return {
        "all": sum(map(sum, right.values())) / len(problems),
        **{k: sum(v) / len(v) for k, v in right.items()},
    }


def build_tokenizer(seed: int) -> PreTrainedTokenizerFast:
    """A byte-level BPE with single digits, trained on a sample of the warm-up corpus."""
    rng = Random(f"tokenizer-{seed}")
    phases = [PHASES["skill"], PHASES["dilute"]]
    batches = (make(rng, phase) for _ in range(150) for phase in phases for make in (maths_batch, tldr_batch))
    return chat.build_tokenizer(("".join(d) for batch in batches for d in batch), CONFIG["vocab_size"])


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n")


def save(model, tokenizer, folder: Path, dtype=torch.bfloat16) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    model.to(dtype).save_pretrained(folder)
    model.to(torch.float32)
    tokenizer.save_pretrained(folder)


def measure(skilled: Path, out: Path) -> dict:
    """Both checkpoints on the maths test split: the skilled one is the ceiling; the diluted one's pass@64."""
    from helpers.metrics import score
    from helpers.sampling import load_policy, sample
    from helpers.tasks import MATH

    rows, numbers = MATH.load("test"), {}
    for name, folder, samples in (("ceiling", skilled, 8), ("base", out, 64)):
        tokenizer, model = PreTrainedTokenizerFast.from_pretrained(folder), load_policy(folder)
        drawn = sample(model, tokenizer, MATH, rows, samples, max_new_tokens=64, label=name)
        means = {
            metric: round(float(values.mean()), 4) for metric, values in score(MATH, rows, drawn).items()
        }
        kept = ("accuracy", "format", "length_tokens", f"pass_at_{samples}", "worked")
        numbers[name] = {metric: means[metric] for metric in kept} | {"samples": samples, "n": len(rows)}
    return numbers


def card(record: dict) -> str:
    """The model card, its numbers from the record."""
    skill, dilute = record["phases"]
    rows = "\n".join(
        f"| {name} | {x['accuracy']:.2f} | {x['format']:.2f} | {x['length_tokens']:.1f} | {x['worked']:.2f} |"
        for name, x in (("before dilution (the ceiling)", record["ceiling"]), ("as shipped", record["base"]))
    )
    return (Path(__file__).parent / "tiny_llama_card.md").read_text().format(
        rows=rows, pass_at_64=record["base"]["pass_at_64"], n=record["base"]["n"],
        minutes=(skill["seconds"] + dilute["seconds"]) / 60, skill=skill, dilute=dilute,
        posts=f"{skill['steps'] * skill['posts']:,}", problems=f"{skill['steps'] * skill['problems']:,}",
        drills=f"{skill['steps'] * skill['drills']:,}",
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--phase", choices=("all", "skill", "dilute", "measure"), default="all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--work", type=Path, default=ROOT / "build/tiny-llama", help="for the skilled checkpoint"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "data/tiny-llama")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    skilled, record = args.work / "skilled", args.out / "warmup.json"
    if args.phase in ("all", "skill"):
        tokenizer = build_tokenizer(args.seed)
        ends = dict(
            bos_token_id=None, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id
        )
        model = LlamaForCausalLM(LlamaConfig(**CONFIG, **ends))
        print(f"{model.num_parameters():,} parameters")
        done = [train_phase(model, tokenizer, "skill", args.seed)]
        save(model, tokenizer, skilled, torch.float32)
        write_json(skilled / "warmup.json", {"phases": done})
    if args.phase in ("all", "dilute"):
        tokenizer = PreTrainedTokenizerFast.from_pretrained(skilled)
        model = LlamaForCausalLM.from_pretrained(skilled, dtype=torch.float32)
        phases = json.loads((skilled / "warmup.json").read_text())["phases"]
        done = train_phase(model, tokenizer, "dilute", args.seed)
        save(model, tokenizer, args.out)
        write_json(record, {"phases": [*phases, done]})
    if args.phase in ("all", "measure"):
        numbers = json.loads(record.read_text()) | measure(skilled, args.out)
        write_json(record, numbers)
        (args.out / "README.md").write_text(card(numbers))


if __name__ == "__main__":
    main()
