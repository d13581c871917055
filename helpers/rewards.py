"""The four rewards of the recipe, as TRL calls them: a whole batch in, one number a completion out.

A reward gets `completions`, `completion_ids` and every column of the data set as keyword arguments, and
returns a list with a float per completion, or None where it cannot score (TRL then leaves that completion
out). Completions are plain strings for plain prompts and `[{"role": "assistant", "content": "…"}]` for
conversations: always go through `text_of`, because `len()` of a conversation is 1.

Importing this module loads neither torch nor trl, nor math-verify before `reward_accuracy` needs it.
"""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helpers.answers import extract, same_answer

Completion = str | Sequence[Mapping[str, Any]]

_INSIDE = r"(?:(?!</?(?:think|answer)>).)*"  # any text, but none of the four tags
_FORMAT = re.compile(rf"\s*<think>{_INSIDE}</think>\s*<answer>{_INSIDE}</answer>\s*", re.DOTALL)


def text_of(completion: Completion | Mapping[str, Any]) -> str:
    """The text of a completion, plain or chat (then the content of its last message).

    >>> text_of("hello"), text_of([{"role": "assistant", "content": "hello"}])
    ('hello', 'hello')
    """
    if isinstance(completion, str):
        return completion
    message = completion if isinstance(completion, Mapping) else completion[-1] if completion else {}
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(part.get("text") or "" for part in content)


def reward_len(completions: Sequence[Completion], *, ideal_chars: int = 50, **kwargs: Any) -> list[float]:
    """-|ideal_chars - length|, length in characters: 0 at the ideal, -1 for each character away from it.

    The recipe's `reward_len`; its original took `len(completion)`, which is 1 for every chat completion.

    >>> reward_len(["x" * 50, "x" * 70])
    [0.0, -20.0]
    """
    return [-float(abs(ideal_chars - len(text_of(completion)))) + 0.0 for completion in completions]


def reward_token_length(
    completions: Sequence[Completion],
    completion_ids: Sequence[Sequence[int]],
    *,
    ideal_tokens: int = 50,
    **kwargs: Any,
) -> list[float]:
    """-0.5 for each token missing from ideal_tokens, -2 * excess**2 for too many: too long costs far more.

    Counts **tokens**, from the `completion_ids` that TRL passes (the end token is one of them), not
    characters: 50 tokens make a far longer text than 50 characters, so this and `reward_len` at 50 pull
    in opposite directions. The quadratic side is the recipe's; in a sum it drowns every other reward, as
    notebook 02 shows.

    >>> reward_token_length(["…", "…", "…"], [[7] * 50, [7] * 40, [7] * 60])
    [0.0, -5.0, -200.0]
    """
    excess = [len(ids) - ideal_tokens for _, ids in zip(completions, completion_ids, strict=True)]
    return [-2.0 * over**2 + 0.0 if over >= 0 else 0.5 * over for over in excess]


def reward_format(completions: Sequence[Completion], **kwargs: Any) -> list[float]:
    """1.0 when the whole completion is <think>…</think><answer>…</answer>, else 0.0.

    Exactly one of each tag, in this order; any text, line breaks included, inside the pairs; only white space
    around and between them. As in the recipe it looks at tags alone: empty reasoning passes, and so does a
    wrong answer.

    >>> reward_format(["<think>6 * 7 = 42.</think><answer>42</answer>", "The answer is 42."])
    [1.0, 0.0]
    """
    return [1.0 if _FORMAT.fullmatch(text_of(completion)) else 0.0 for completion in completions]


def reward_accuracy(
    completions: Sequence[Completion], solution: Sequence[str | None], **kwargs: Any
) -> list[float | None]:
    r"""1.0 when the final answer equals the one in `solution`, else 0.0; None when that cannot be read.

    `solution` is the data set's column: a worked text that ends in ``\boxed{…}``, or the bare answer. Where
    the answer stands is `helpers.answers.extract`'s matter; tags are not needed, so an untagged right answer
    counts. Equality is `helpers.answers.same_answer`: exact for numbers, math-verify for the rest. `27 + 45`
    equals 72, and is paid.

    >>> reward_accuracy(["<think>…</think><answer>42</answer>", "I guess 7."], [r"6 * 7 = \boxed{42}", "8"])
    [1.0, 0.0]
    """
    pairs = zip(completions, solution, strict=True)
    return [_paid(text_of(completion), gold) for completion, gold in pairs]


def _paid(text: str, solution: str | None) -> float | None:
    gold = (extract(solution) or solution) if isinstance(solution, str) else solution
    right = same_answer(gold, extract(text))
    return None if right is None else float(right)


@dataclass(frozen=True)
class Configured:
    """A reward with some of its parameters fixed. Made by `configured`; call it like the reward itself."""

    func: Callable[..., list[float | None]]
    params: tuple[tuple[str, Any], ...]

    @property
    def __name__(self) -> str:
        """TRL logs the reward under this name: no slash, comma or space in it, whatever the values are."""
        values = ";".join(f"{key}={value}" for key, value in self.params)
        return re.sub(r"[^\w.;=+\[\]-]", "_", f"{self.func.__name__}[{values}]")

    def __call__(self, *args: Any, **kwargs: Any) -> list[float | None]:
        return self.func(*args, **{**kwargs, **dict(self.params)})


def configured(func: Callable[..., list[float | None]], **params: Any) -> Configured:
    """Fix parameters of a reward, like `functools.partial`, but picklable and with a name TRL can log.

    Raises TypeError for a parameter that `func` does not name.

    >>> short = configured(reward_len, ideal_chars=30)
    >>> short.__name__, short(["x" * 30, "x" * 40])
    ('reward_len[ideal_chars=30]', [0.0, -10.0])
    """
    names = [p.name for p in inspect.signature(func).parameters.values() if p.kind is p.KEYWORD_ONLY]
    for name in params:
        if name not in names:
            choices = ", ".join(names) or "none, it has no keyword-only parameters"
            raise TypeError(f"{func.__name__} has no parameter {name!r} to fix; choose from: {choices}")
    return Configured(func, tuple(sorted(params.items())))
