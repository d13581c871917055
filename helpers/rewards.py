"""The workbook's rewards, as TRL calls them: a whole batch in, one number a completion out.

Four are the recipe's (`reward_len`, `reward_token_length`, `reward_format`, `reward_accuracy`); three mend
what those leave open: `reward_len_bounded` drowns nobody in a sum, `reward_rouge` asks what a summary says,
and `reward_soft_format` pays for half the way.

A reward gets `completions`, `completion_ids` and every column of the data set as keyword arguments, and
returns a list with a float per completion, or None where it cannot score (TRL then leaves that completion
out). Completions are plain strings for plain prompts and `[{"role": "assistant", "content": "…"}]` for
conversations: always go through `text_of`, because `len()` of a conversation is 1.

Importing this module loads neither torch nor trl, nor math-verify or rouge-score before they are needed.
"""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from helpers.answers import extract, same_answers
from helpers.errors import WorkbookError
from helpers.text.rouge import rouge_l

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


def reward_len_bounded(
    completions: Sequence[Completion], *, ideal_chars: int = 50, half_chars: float = 25, **kwargs: Any
) -> list[float]:
    """half_chars / (half_chars + |ideal_chars - length|), in characters: between 0 and 1, never flat.

    1 at the ideal, 0.5 at half_chars away from it on either side, 0.25 at three times that. Closer always
    pays more, so there is something to learn at every length; and no length can cost more than 1, so the
    other rewards of a sum keep their say. Raises WorkbookError when half_chars is not above 0.

    >>> reward_len_bounded(["x" * 50, "x" * 25, "x" * 125])
    [1.0, 0.5, 0.25]
    """
    if not half_chars > 0:
        raise WorkbookError(f"half_chars={half_chars} leaves no slope: give a number of characters above 0")
    away = [abs(ideal_chars - len(text_of(completion))) for completion in completions]
    return [half_chars / (half_chars + chars) for chars in away]


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


def reward_soft_format(completions: Sequence[Completion], **kwargs: Any) -> list[float]:
    """A quarter for each of the four tags that stands exactly once and in its place: 0.0, 0.25, … 1.0.

    <think> opens the completion; </think> comes after <think>; <answer> follows </think> with only white
    space between; </answer> comes after <answer> and ends the completion. So 1.0 is paid for what
    `reward_format` pays and for nothing else, and a completion on its way there earns a part of it.

    >>> reward_soft_format(["<think>…</think><answer>42</answer>", "<think>…</think> 42.", "I guess 42."])
    [1.0, 0.5, 0.0]
    """
    return [_tags_in_place(text_of(completion)) / 4 for completion in completions]


def _tags_in_place(text: str) -> int:
    tags = ("<think>", "</think>", "<answer>", "</answer>")
    think, end_think, answer, end_answer = (text.find(tag) if text.count(tag) == 1 else -1 for tag in tags)
    in_place = (
        think >= 0 and not text[:think].strip(),
        end_think > think >= 0,
        answer > end_think >= 0 and not text[end_think + len("</think>") : answer].strip(),
        end_answer > answer >= 0 and not text[end_answer + len("</answer>") :].strip(),
    )
    return sum(in_place)


def reward_rouge(
    completions: Sequence[Completion], reference: Sequence[str | None], **kwargs: Any
) -> list[float | None]:
    """ROUGE-L F1 against the summary in `reference`, from 0 to 1: words in common, in the same order.

    `reference` is the data set's column (TRL passes no column named `completion` on). With m words in it, n
    in the completion and c in their longest common sequence: 2 * c / (m + n); `rouge_l` (helpers.text.rouge)
    has the limits. None where the reference has no words. Padding lowers it, so length alone cannot win.

    >>> reward_rouge(["My cat sleeps all day.", "x" * 50], ["My cat sleeps all day."] * 2)
    [1.0, 0.0]
    """
    pairs = zip(completions, reference, strict=True)
    return [rouge_l(gold, text_of(completion)) for completion, gold in pairs]


def reward_accuracy(
    completions: Sequence[Completion], solution: Sequence[str | None], **kwargs: Any
) -> list[float | None]:
    r"""1.0 when the final answer equals the one in `solution`, else 0.0; None when that cannot be read.

    `solution` is the data set's column: a worked text that ends in ``\boxed{…}``, or the bare answer. Where
    the answer stands is `helpers.answers.extract`'s matter; tags are not needed, so an untagged right answer
    counts. Equality is `helpers.answers.same_answer`: exact for numbers, math-verify for the rest. For 72 it
    takes neither `27 + 45` nor `72 = 72`.

    >>> reward_accuracy(["<think>…</think><answer>42</answer>", "I guess 7."], [r"6 * 7 = \boxed{42}", "8"])
    [1.0, 0.0]
    """
    pairs = [
        (_gold(gold) if isinstance(gold, str) else gold, extract(text_of(completion)))
        for completion, gold in zip(completions, solution, strict=True)
    ]
    verdicts = same_answers([gold for gold, _ in pairs], [answer for _, answer in pairs])
    return [None if right is None else float(right) for right in verdicts]


@lru_cache(maxsize=4096)
def _gold(solution: str) -> str:
    return extract(solution) or solution


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
