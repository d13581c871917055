"""The one kind of error that is the reader's to fix: a single line that names the value and the way out."""


class WorkbookError(ValueError):
    """A known mistake. Its message is one line: what was given, and what to do instead.

    The command line prints the line and exits with status 2; a notebook shows the line alone.
    Anything that is not a WorkbookError keeps its traceback, because nobody foresaw it.
    """

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback."""
        return [f"{type(self).__name__}: {self}"]


def one_line(error: BaseException, limit: int = 200) -> str:
    """The first line of an error's message, cut to `limit` characters, for quoting inside another."""
    text = str(error).strip() or type(error).__name__
    first = text.splitlines()[0].strip()
    return first if len(first) <= limit else first[: limit - 1] + "…"
