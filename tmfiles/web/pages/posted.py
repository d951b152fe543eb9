"""What a form of a page sends: names with their words, of a size that can be read."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from tmfiles.errors import TmError

_KIND = "application/x-www-form-urlencoded"
# A file of a task has a million bytes at most; the editor sends two of them, each byte as three at worst.
_MOST = 8_000_000


class Posted:
    """A form as it was sent."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def get(self, name: str) -> str:
        """Give the words of a control; nothing where it was not sent."""
        return next((value for key, value in self._pairs if key == name), "")

    def all(self, name: str) -> list[str]:
        """Give the words of every control of a name, in their order, each once."""
        return list(dict.fromkeys(value for key, value in self._pairs if key == name and value))

    def has(self, name: str) -> bool:
        """Tell whether a control was sent, or a box ticked."""
        return any(key == name for key, _ in self._pairs)

    def line(self, name: str) -> str:
        """Give the words of a control of one line."""
        return " ".join(self.get(name).split())


async def posted(request: Request) -> Posted:
    """Read the form of a request; raises TmError for what is none, or too large."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _KIND:
        raise TmError(f"a form is sent as {_KIND}, not as {kind or 'nothing'}", "", "malformed")
    if int(request.headers.get("content-length") or 0) > _MOST:
        raise TmError(f"a form of more than {_MOST // 1_000_000} MB is not read", "", "malformed")
    # The gate may have read it already, to see that it is ours: the framework keeps it for the second who asks.
    form = await request.form()
    pairs = [(key, value) for key, value in form.multi_items() if isinstance(value, str)]
    return Posted(pairs)


# A handler that reads a form takes a parameter of this kind.
Form = Annotated[Posted, Depends(posted)]
