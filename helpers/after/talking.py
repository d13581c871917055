"""Talk to a model before and after training: one prompt, two answers, from one set of weights."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from helpers.errors import WorkbookError
from helpers.models import load_tokenizer
from helpers.quiet import quiet
from helpers.runs import Run
from helpers.sampling import load_adapted, sample
from helpers.tasks import Task
from helpers.trained import Trained, find_trained

LONGEST = 8000  # characters of a prompt


@dataclass
class Talk:
    """Base and trained model of a run, ready to answer; the weights are loaded with the first question.

    temperature: 0 is greedy, 1 is how the model was sampled in training. Each question stands alone, as in
    training: neither model remembers the one before.
    """

    run: Run | str | Path
    temperature: float = 0.0
    seed: int = 0
    asked: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.found: Trained = find_trained(self.run)

    @property
    def task(self) -> Task:
        """What the model was trained for."""
        return self.found.task

    @cached_property
    def prompts(self) -> list[str]:
        """Held-out prompts to try: the first 50 of the workbook's own test split."""
        return [prompt[-1]["content"] for prompt in self.task.load("test", "sample", 50)["prompt"]]

    @cached_property
    def _model(self) -> Any:
        with quiet():
            return load_adapted(self.found.base, self.found.adapter), load_tokenizer(self.found.base)

    def ask(self, text: str) -> dict[str, str]:
        """What both say to a text, asked the way the task asks: {"base": …, "trained": …}.

        Raises WorkbookError for an empty text or one that the model has no room for.
        """
        from datasets import Dataset

        text = text.strip()
        if not text or len(text) > LONGEST:
            raise WorkbookError(f"a prompt has 1 to {LONGEST} characters, this one {len(text)}: change it")
        record = self.found.run.record if self.found.run else {}
        limit = record.get("config", {}).get("max_completion_length") or self.task.max_completion_tokens
        turns = self.task.messages({self.task.prompt_column: self._shaped(text)})
        rows = Dataset.from_dict({"prompt": [turns]})
        model, tokenizer = self._model
        self._fits(rows, limit)
        options = {"max_new_tokens": limit, "seed": self.seed + self.asked}
        with quiet():
            trained = sample(model, tokenizer, self.task, rows, 1, self.temperature, **options)
            with model.disable_adapter():
                base = sample(model, tokenizer, self.task, rows, 1, self.temperature, **options)
        self.asked += 1
        return {"base": base.texts[0][0], "trained": trained.texts[0][0]}

    def _shaped(self, text: str) -> str:
        """A text as the rows of the task have it: a post ends where its summary begins."""
        if self.task.name != "tldr" or text.endswith("TL;DR:"):
            return text
        return f"{text if 'POST:' in text else f'POST: {text}'}\n\nTL;DR:"

    def _fits(self, rows: Any, limit: int) -> None:
        from helpers.models import fitting_messages, prompt_tokens

        model, tokenizer = self._model
        context = getattr(model.config, "max_position_embeddings", None)
        used = prompt_tokens(tokenizer, fitting_messages(tokenizer, rows["prompt"][0]))
        if context is not None and used + limit > context:
            raise WorkbookError(
                f"the prompt takes {used} tokens, and the model's context of {context} leaves "
                f"{context - limit} beside an answer of {limit}: shorten it"
            )


def plain(text: str) -> str:
    """A model's text for a terminal: no control characters, so that none can move the cursor or hide text."""
    kept = (char if char.isprintable() or char in "\n\t" else "�" for char in text)
    return "".join(kept).strip() or "(nothing)"


def converse(talk: Talk, read: Any = input, write: Any = print) -> None:
    """Ask for prompts until there are no more, and show both answers. An empty line takes a test prompt."""
    write(f"{talk.task.name}, base against trained. Write a prompt; Enter alone takes one of the test split; "
          "`quit` or Ctrl-D ends.")  # fmt: skip
    turn = 0
    while True:
        try:
            text = read("\nyou> ").strip()
        except EOFError:
            return
        if text in ("quit", "exit"):
            return
        if not text:
            text, turn = talk.prompts[turn % len(talk.prompts)], turn + 1
            write(plain(text))
        try:
            for name, said in talk.ask(text).items():
                write(f"{name:>8}: {plain(said)}")
        except WorkbookError as error:
            write(f"error: {error}")
