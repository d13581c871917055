"""The Python that makes a design's rewards, to keep: imports, `configured(…)`, weights, the call of
`train`."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
import types
from collections.abc import Callable, Sequence
from typing import Any

from helpers.errors import WorkbookError
from helpers.widgets.lab_design import Part

OWN = ("__main__", "builtins", None)  # modules that nothing can be imported from


def code(task: str, parts: Sequence[Part], scale_rewards: str = "group", *, train: bool = False) -> str:
    """Python that makes the same rewards in a fresh kernel.

    A reward of the reader's own is written out, together with what it uses. train: with the call of `train`
    live; else it stands there as a comment, because it takes a while. Raises WorkbookError for a reward whose
    source is nowhere.
    """
    imports: dict[str, None] = {}
    sources: dict[str, str] = {}
    for one in parts:
        _bring(one.name, one.func, imports, sources)
    if any(one.params for one in parts):
        imports["from helpers.rewards import configured"] = None
    lines = [_line(one) for one in parts]
    weights = ", ".join(repr(one.weight) for one in parts)
    blocks = ["\n".join(_sorted(imports)), *sources.values()]
    blocks.append(
        "reward_funcs = [\n"
        + "".join(f"    {line},\n" for line in lines)
        + f"]\nreward_weights = [{weights}]"
    )
    blocks.append(_train(task, scale_rewards, train))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _line(one: Part) -> str:
    if not one.params:
        return one.name
    return f"configured({one.name}, {', '.join(f'{name}={value!r}' for name, value in one.params)})"


def _train(task: str, scale_rewards: str, live: bool) -> str:
    more = "" if scale_rewards == "group" else f", scale_rewards={scale_rewards!r}"
    call = f'run = train("{task}", "tiny", reward_funcs=reward_funcs, reward_weights=reward_weights{more})'
    lines = ["from helpers.training import train", "", call]
    return "\n".join(lines if live else [f"# {line}".rstrip() for line in lines])


def _sorted(imports: dict[str, None]) -> list[str]:
    """Plain imports first; names of one module on one line."""
    plain = sorted(line for line in imports if not line.startswith("from "))
    modules: dict[str, set[str]] = {}
    for line in imports:
        if line.startswith("from "):
            module, names = line.removeprefix("from ").split(" import ")
            modules.setdefault(module, set()).add(names)
    return plain + [
        f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(modules.items())
    ]


def _bring(name: str, thing: Any, imports: dict[str, None], sources: dict[str, str]) -> None:
    """Make `name` mean `thing`: by an import where there is a module to import from, else by its source."""
    if name in sources:
        return
    if isinstance(thing, types.ModuleType):
        imports[f"import {thing.__name__}" + ("" if thing.__name__ == name else f" as {name}")] = None
        return
    module, own = getattr(thing, "__module__", None), getattr(thing, "__name__", None)
    if module not in OWN and own is not None and getattr(inspect.getmodule(thing), own, None) is thing:
        imports[f"from {module} import {own}" + ("" if own == name else f" as {name}")] = None
    elif inspect.isfunction(thing) or inspect.isclass(thing):
        text = sources[name] = _source(name, thing)  # known already, should it use itself
        for used, value in _used(text, vars(sys.modules[module])):
            _bring(used, value, imports, sources)
        sources[name] = sources.pop(name)  # after all that it uses
    else:
        if isinstance(thing, re.Pattern):
            imports["import re"] = None
        sources[name] = f"{name} = {_literal(name, thing)}"


def _source(name: str, thing: Callable[..., Any]) -> str:
    try:
        text = textwrap.dedent(inspect.getsource(thing)).strip()
    except (OSError, TypeError) as error:
        raise WorkbookError(
            f"no source of {name} is to be found: define it in a notebook cell or in a module of yours"
        ) from error
    if name == "<lambda>" or not text.startswith(("def ", "class ", "@", "async def ")):
        raise WorkbookError(f"{name} has no definition of its own to write out: define it with def")
    return text


def _literal(name: str, thing: Any) -> str:
    """A value as Python. Raises WorkbookError for one that cannot be written down."""
    text = repr(thing)
    try:
        if not isinstance(thing, re.Pattern):
            ast.literal_eval(text)
    except (ValueError, SyntaxError) as error:
        raise WorkbookError(
            f"{name} is a {type(thing).__name__}, which code() cannot write out: make it inside your reward"
        ) from error
    return text


def _used(source: str, known: dict[str, Any]) -> list[tuple[str, Any]]:
    """The global names that a source reads, in annotations and decorators too, with what they mean."""
    nodes = list(ast.walk(ast.parse(source)))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    read = dict.fromkeys(node.id for node in names if node.id not in own)
    return [(name, known[name]) for name in read if name in known]
