"""Calling a reader's function kindly: a blank, a crash and a wrong shape each get a line that helps."""

import math
import traceback
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any


class CheckFailed(AssertionError):
    """What a check says of a wrong answer. A notebook shows its message alone, with no traceback.

    Where the reader's own function has stopped with an error, the line of it that did so stands below.
    """

    def _render_traceback_(self) -> list[str]:  # IPython asks an exception for this
        return [f"Not yet: {self}", *_stopped_at(self.__cause__)]


def kindly(check: Callable[..., None]) -> Callable[..., None]:
    """A check whose AssertionErrors become CheckFailed. An error of the check itself keeps its traceback."""

    @wraps(check)
    def asked(*args: Any, **kwargs: Any) -> None:
        try:
            check(*args, **kwargs)
        except AssertionError as error:
            raise CheckFailed(*error.args) from error.__cause__

    return asked


def _stopped_at(error: BaseException | None) -> list[str]:
    """The line of the reader's cell behind `error`, as one line; nothing where there is none."""
    frames = traceback.extract_tb(error.__traceback__)[1:] if error else []  # the first is `ask` itself
    theirs = [frame for frame in frames if frame.filename == frames[0].filename and frame.line]
    return [f"  line {theirs[-1].lineno} of your cell: {theirs[-1].line}"] if theirs else []


def ask(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What `function` returns. AssertionError when it returns None (still a blank) or stops with an error."""
    name = getattr(function, "__name__", "your function")
    try:
        answer = function(*args, **kwargs)
    except Exception as error:
        shown = ", ".join([*map(_brief, args), *(f"{key}={_brief(value)}" for key, value in kwargs.items())])
        raise AssertionError(f"{name}({shown}) stops with {type(error).__name__}: {error}") from error
    assert answer is not None, f"{name} returns None: replace `# your code here`, and end with a return"
    return answer


def ask_list(function: Callable[..., Any], length: int, *args: Any, **kwargs: Any) -> list[Any]:
    """Like `ask`, for a function that returns one value for each of `length` things."""
    answer = ask(function, *args, **kwargs)
    name = getattr(function, "__name__", "your function")
    assert isinstance(answer, list | tuple), f"{name} returns {_brief(answer)}: return a list"
    found = len(answer)
    values = "1 value" if found == 1 else f"{found} values"
    assert found == length, f"{name} returns {values} for {length} items: return one for each"
    return list(answer)


def chat(text: str) -> list[dict[str, str]]:
    """A completion that is a conversation."""
    return [{"role": "assistant", "content": text}]


def ask_by_keyword(reward: Callable[..., Any], **columns: Any) -> list[Any]:
    """What a reward pays one completion, called by keyword as TRL does it, with columns it may not use.

    AssertionError as from `ask_list`, with what helps where a chat or a column too many has stopped it.
    """
    try:
        return ask_list(reward, 1, **columns)
    except AssertionError as error:
        cause = error.__cause__
        if isinstance(cause, TypeError) and "unexpected keyword" in str(cause):
            hint = "keep **kwargs, which takes the columns that you do not use"
            raise AssertionError(f"{error}; {hint}") from cause
        if not isinstance(cause, AttributeError | TypeError) or "argument" in str(cause):
            raise
        raise AssertionError(
            "a completion can be a conversation, a list with one message, and so can a prompt: text_of takes "
            f"the text out of both. (Yours stops with {type(cause).__name__}: {cause})"
        ) from cause


def same(found: Any, expected: Any, tolerance: float = 1e-3) -> bool:
    """Are two numbers, texts, or sequences of these or None, equal (numbers to within `tolerance`)?"""
    if isinstance(expected, str):
        return found == expected
    if isinstance(expected, Sequence):
        if not isinstance(found, Sequence) or len(found) != len(expected):
            return False
        return all(same(a, b, tolerance) for a, b in zip(found, expected, strict=True))
    if found is None or expected is None:
        return found is expected
    try:
        return math.isclose(found, expected, rel_tol=0, abs_tol=tolerance)
    except TypeError:
        return False


def explain(found: Any, expected: Any, mistakes: dict[str, Any], tolerance: float = 1e-3) -> None:
    """Nothing when `found` is right; else AssertionError with the message of the mistake behind it.

    mistakes: message -> the result that this mistake leads to.
    """
    if same(found, expected, tolerance):
        return
    for message, result in mistakes.items():
        if not same(result, expected, tolerance):
            assert not same(found, result, tolerance), message
    raise AssertionError(f"expected {_brief(expected)}, but yours gives {_brief(found)}")


def in_order(values: Any) -> Any:
    """`values` sorted, for answers whose order does not matter; as they are when they cannot be sorted."""
    try:
        return sorted(values)
    except TypeError:
        return values


def _brief(value: Any, width: int = 100) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple) and any(isinstance(item, float) for item in value):
        start, end = "()" if isinstance(value, tuple) else "[]"
        return f"{start}{', '.join(map(_brief, value))}{end}"
    text = repr(value)
    return text if len(text) <= width else text[: width - 1] + "…"
