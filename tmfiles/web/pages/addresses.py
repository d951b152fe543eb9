"""Where pages lie, for templates that serve both the board and the exported site."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode


class Links:
    """Addresses of the board; `asked` is what the page's own address asks for, `inside` the folds open on it."""

    def __init__(self, path: str = "/graph", asked: dict[str, str] | None = None, inside: Sequence[str] = ()) -> None:
        self.path = path
        self.asked = asked or {}
        self.inside = inside

    def task(self, task_id: str) -> str:
        """Give the address of a task's page."""
        return f"/tasks/{quote(task_id)}"

    def fold(self, name: str) -> str:
        """Give the address of the same graph with one of its folds opened."""
        return f"{self.path}?{urlencode({**self.asked, 'in': [*self.inside, name]}, doseq=True)}"

    def whole(self) -> str:
        """Give the address of the same graph with none opened."""
        return f"{self.path}?{urlencode(self.asked)}" if self.asked else self.path


NOBODY = "nobody"


def chosen(who: str) -> str | None:
    """Give the assignee that a page is asked for: None for all, the empty name for tasks without one."""
    name = who.strip()
    return None if not name else "" if name == NOBODY else name
