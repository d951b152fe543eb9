"""What can go wrong, as values: one error class and one problem; knows no exit codes and prints nothing."""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Problem(namedtuple("Problem", "path line column rule message severity", defaults=(0, 0, "", "", "error"))):
    """One thing wrong in one place.

    `path` is relative to the repository or as the user would type it; `line` and `column` count from 1,
    0 where there is none; `rule` is the name `tm check` documents; `severity` is `error` or `warning`.
    """

    __slots__ = ()

    path: str
    line: int
    column: int
    rule: str
    message: str
    severity: str

    def __str__(self) -> str:
        place = self.path
        if self.line:
            place += f":{self.line}:{self.column or 1}"
        return f"{place}: {self.message} ({self.rule})"


class TmError(Exception):
    """A refusal the user can act on: what happened, what to type next, and what kind it is.

    `code` is one of `CODES`; the command line and the server turn it into a number at their edge.
    `problems` holds every problem found, so that all are told at once.
    """

    CODES = ("refused", "not_found", "usage", "invalid", "claimed", "race", "locked", "git", "interrupted")

    def __init__(self, message: str, hint: str = "", code: str = "refused", problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code
        self.problems = tuple(problems)
