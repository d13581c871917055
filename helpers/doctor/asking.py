"""What the model is asked: does its template frame the question, and can the golds be read?"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from helpers.doctor.report import Notes
from helpers.models import PINNED_DATE, prompt_tokens
from helpers.rollouts import reward_columns
from helpers.sampling import end_tokens
from helpers.tasks import Task
from helpers.trainer.records import reward_name

ANSWER = "forty-two"  # stands for any answer, to see what the template writes behind it
ROWS = 200  # golds that are tried
BAD = 0.5  # share of golds that cannot be read: more than this stops


def template(notes: Notes, model: Any, tokenizer: Any, prompt: list[dict[str, str]]) -> None:
    """The chat template hands over to the model, ends its turn with a token that ends a completion, and says
    the same tomorrow."""
    asked = tokenizer.apply_chat_template(prompt, tokenize=False, add_generation_prompt=True)
    bare = tokenizer.apply_chat_template(prompt, tokenize=False, add_generation_prompt=False)
    opening = asked[len(bare) :] if asked.startswith(bare) else asked
    if opening:
        count = prompt_tokens(tokenizer, prompt)
        notes.add("ok", "chat template", f"applied; a prompt of {count} tokens ends in {asked[-20:]!r}")
    else:
        measured = "it adds nothing where the answer begins: the model may go on with the question"
        fix = "add a generation prompt to tokenizer.chat_template, or make sure the model knows none"
        notes.add("yellow", "chat template", measured, fix)
    _ends(notes, model, tokenizer, prompt)
    if str(PINNED_DATE.year) in _without(asked, prompt):
        measured = f"the template writes today's date; here it is always {PINNED_DATE}, so runs repeat"
        notes.add("ok", "reproducibility", measured)


def _ends(notes: Notes, model: Any, tokenizer: Any, prompt: list[dict[str, str]]) -> None:
    known = end_tokens(model, tokenizer)
    if not known:
        fix = "set tokenizer.eos_token and model.generation_config.eos_token_id, and save both again"
        notes.add("red", "end token", "neither model nor tokenizer names one: no answer ever ends", fix)
        return
    names = ", ".join(repr(tokenizer.decode([token])) for token in known)
    turns = [*prompt, {"role": "assistant", "content": ANSWER}]
    after = tokenizer.apply_chat_template(turns, tokenize=False).rpartition(ANSWER)[2]
    if not set(known) & set(tokenizer(after, add_special_tokens=False)["input_ids"]):
        measured = f"the template ends an answer with {after!r}, and none of {names} is in it"
        fix = "end the assistant's turn with the end token in tokenizer.chat_template, or name the token it "
        notes.add("yellow", "end token", measured, fix + "writes in model.generation_config.eos_token_id")
        return
    same = tokenizer.pad_token_id in known
    notes.add("ok", "end token", names + "; it pads as well, which is fine" * same)


def _without(text: str, prompt: list[dict[str, str]]) -> str:
    """The text that the template adds to the messages."""
    for turn in prompt:
        text = text.replace(turn["content"].strip(), "")
    return text


def prompts(notes: Notes, note: str, count: int, lengths: Sequence[int], context: int | None) -> None:
    """What `fitting` left of the prompts; lengths are of those left, in tokens."""
    if note:
        fix = "those are left out: lower max_completion_length to keep more of them"
        notes.add("yellow", "prompts", note, fix)
    else:
        room = f", which a context of {context} tokens has room for" if context else ""
        notes.add("ok", "prompts", f"{min(lengths)} to {max(lengths)} tokens in {count} prompts{room}")


def golds(notes: Notes, task: Task, rows: Any, funcs: Sequence[Callable[..., Any]]) -> None:
    """Each reward that reads the gold must pay the gold itself more than an empty answer."""
    some = rows.select(range(0, len(rows), max(1, len(rows) // ROWS)))
    texts = some[task.gold_column]
    for func in funcs:
        reads = set(inspect.signature(getattr(func, "func", func)).parameters)
        if not reads & {task.gold_column, task.reward_column}:
            continue
        try:
            right, empty = (
                func(**reward_columns(list(some), said, [[0]] * len(texts)))
                for said in (texts, [""] * len(texts))
            )
        except Exception:  # what a reward raises is told once, of real samples
            continue
        pairs = zip(right, empty, strict=True)
        lost = sum(one is None or (two is not None and one <= two) for one, two in pairs) / len(texts)
        name = reward_name(func)
        if lost:
            measured = (
                f"{name} cannot read {lost:.0%} of {len(texts)}: it pays them no more than an empty answer"
            )
            fix = "mend those rows of the data, or drop them: they teach nothing"
            notes.add("red" if lost > BAD else "yellow", "golds", measured, fix)
        else:
            notes.add("ok", "golds", f"{name} reads each of {len(texts)} that were tried")
