"""How likely a model found each token of a group, before training and after. torch is loaded when asked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from helpers.errors import WorkbookError
from helpers.models import fitting_messages, load_tokenizer
from helpers.runs import Run
from helpers.sampling import load_adapted
from helpers.tasks import Task
from helpers.trained import find_trained
from helpers.widgets.microscope_state import Group, Tokens

TOGETHER = 8  # completions in one forward pass


def without_colours(run: Run) -> str | None:
    """Why the tokens of this run cannot be coloured, as far as its folder tells; None when they can."""
    try:
        find_trained(run)
    except WorkbookError as error:
        return str(error)
    except (KeyError, TypeError):
        return f"run {str(run.path)!r} does not say which model it trained"
    return None


def group_tokens(run: Run, group: Group) -> tuple[Tokens, ...]:
    """Each completion's tokens with their log-probabilities (nats) before and after training.

    Before is the base model, after is the same with the run's adapter, both at the temperature of training.
    One forward pass each, over the prompt as training tokenized it. A completion without token ids (TRL masks
    those cut off at the limit when told to) has no tokens. Raises WorkbookError when the model cannot be had.
    """
    found, config = find_trained(run), run.record.get("config", {})
    weights = found.adapter / "adapter_model.safetensors"
    stamp = weights.stat().st_mtime if weights.is_file() else 0.0
    tokenizer, model = _loaded(found.base.path, found.adapter, stamp)
    prompt = prompt_ids(tokenizer, found.task, group.prompt, config.get("chat_template_kwargs"))
    kept = [one for one in group.completions if one.token_ids]
    highest = max((max(one.token_ids) for one in kept), default=0)
    if highest >= model.get_input_embeddings().num_embeddings:
        raise WorkbookError(
            f"run {str(run.path)!r} has token {highest}, which model {found.base.path!r} does not know: "
            "the model's folder is not the one that was trained; put it back, or train again"
        )
    ids = list(dict.fromkeys(one.token_ids for one in kept))  # copies are looked at once
    temperature = config.get("temperature") or 1.0
    known = {
        one: Tokens(pieces(tokenizer, one), before, after)
        for one, before, after in _logps(model, prompt, ids, temperature)
    }
    return tuple(known.get(one.token_ids, Tokens()) for one in group.completions)


def prompt_ids(tokenizer: Any, task: Task, prompt: str, options: dict[str, Any] | None = None) -> list[int]:
    """The token ids of a recorded prompt, as in training: the whole conversation, up to the model's turn.

    A run records the last turn. Where the chat template refuses a system turn, that turn holds it already.
    """
    asked = task.messages({task.prompt_column: prompt})
    if len(fitting_messages(tokenizer, asked)) < len(asked):
        asked = [{"role": "user", "content": prompt}]
    options = options if isinstance(options, dict) else {}
    return tokenizer.apply_chat_template(asked, add_generation_prompt=True, return_dict=False, **options)


def pieces(tokenizer: Any, ids: tuple[int, ...]) -> tuple[str, ...]:
    """The text that each token adds. A character of several tokens comes with its last; before it ""."""
    texts, start, read = [], 0, 0
    for end in range(1, len(ids) + 1):
        old, new = (
            tokenizer.decode(ids[start:stop], skip_special_tokens=False, clean_up_tokenization_spaces=False)
            for stop in (read, end)
        )
        if new.endswith("\ufffd") and end < len(ids):
            texts.append("")
            continue
        texts.append(new[len(old) :])
        start, read = read, end
    return tuple(texts)


@lru_cache(maxsize=2)
def _loaded(base: str, adapter: Path, stamp: float) -> tuple[Any, Any]:
    """Tokenizer and model with its adapter. stamp: when the adapter was written: a new one is read."""
    from helpers.quiet import quiet

    with quiet():
        return load_tokenizer(base), load_adapted(base, adapter)


def _logps(
    model: Any, prompt: list[int], ids: list[tuple[int, ...]], temperature: float
) -> Iterator[tuple[tuple[int, ...], tuple[float, ...], tuple[float, ...]]]:
    """For each completion: its ids, and the log-probabilities of its tokens before and after training."""
    import torch

    for first in range(0, len(ids), TOGETHER):
        part = ids[first : first + TOGETHER]
        with torch.inference_mode():
            after = _one_pass(model, prompt, part, temperature)
            with model.disable_adapter():
                before = _one_pass(model, prompt, part, temperature)
        for one, old, new in zip(part, before, after, strict=True):
            yield one, tuple(old[: len(one)]), tuple(new[: len(one)])


def _one_pass(
    model: Any, prompt: list[int], ids: list[tuple[int, ...]], temperature: float
) -> list[list[float]]:
    """Log-probabilities of completions (padded on the right) of one prompt, which the model reads once."""
    import torch

    from helpers.grpo import token_logps

    longest = max(map(len, ids))
    rows = [[prompt[-1], *one, *[0] * (longest - len(one))] for one in ids]
    mask = [[1] * (1 + len(one)) + [0] * (longest - len(one)) for one in ids]
    inputs = [torch.tensor(table, device=model.device) for table in (rows, mask)]
    read = model(torch.tensor([prompt[:-1]], device=model.device), use_cache=True, logits_to_keep=1)
    read.past_key_values.batch_repeat_interleave(len(ids))

    def going_on(tokens: Any, attention_mask: Any, **options: Any) -> Any:
        mask = torch.cat([attention_mask.new_ones(len(tokens), len(prompt) - 1), attention_mask], dim=1)
        return model(tokens, attention_mask=mask, past_key_values=read.past_key_values, **options)

    return token_logps(going_on, *inputs, longest, temperature).tolist()
