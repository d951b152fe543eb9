"""One store that is served: opened anew for each request, as the one who asks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Annotated, NamedTuple, TypeVar

from fastapi import Depends, Request

from tmfiles.config import Environment
from tmfiles.web import people
from tmfiles.web.people import Person
from tmfiles.web.together import Looks
from tmfiles.workspace import Workspace

Answer = TypeVar("Answer")
# So many requests that only look are at work at once.
READERS = 4
LOOKING = ("GET", "HEAD")
# Told of each write: seconds waited for the lock, and seconds it was held.
Wrote = Callable[[float, float], None]


class Desk:
    """The store that requests come to: where it is, and what holds for each of them."""

    def __init__(self, folder: str, environment: Environment, wrote: Wrote | None = None) -> None:
        self.folder = folder
        self._wrote = wrote
        self._looks = Looks()
        # More at once would only wait for each other in turns of the interpreter's; writers wait for the lock anyway.
        self.readers = threading.BoundedSemaphore(READERS)
        # A name of a request would make the second one of a kind one that was done before.
        self.environment = environment._replace(request="")

    def ask(self, person: Person, what: Callable[[Workspace], Answer], request: str = "") -> Answer:
        """Open the store as it is now and give what is asked of it; raises TmError.

        The cache belongs to the thread that opened it, so all that is asked of it happens in here. `request` names
        what is asked for, so that it is done once however often it is asked.
        """
        author = (person.name, person.email) if person.email else None
        environment = self.environment._replace(actor=person.name, author=author, request=request)
        with Workspace.find(self.folder, environment) as workspace:
            workspace.timed = self._wrote
            self.share(workspace)
            return what(workspace)

    def close(self) -> None:
        """Let go of what serves several requests."""
        self._looks.close()

    def share(self, workspace: Workspace) -> None:
        """Let a store, opened just now, look at its files together with others."""
        workspace.store = self._looks.store(workspace.store)


class Visit(NamedTuple):
    """One request at the desk: who sent it, and the request itself."""

    desk: Desk
    person: Person
    request: Request

    def ask(self, what: Callable[[Workspace], Answer], request: str = "") -> Answer:
        """Ask the store, as `Desk.ask`."""
        if self.request.method not in LOOKING:
            return self.desk.ask(self.person, what, request)
        with self.desk.readers:
            return self.desk.ask(self.person, what, request)


def visit(request: Request) -> Visit:
    """Give the visit that a request is; raises TmError (`unauthorized`) where nobody is let in."""
    person = people.who(request)
    if person == people.NOBODY:
        raise people.unknown()
    return Visit(request.app.state.desk, person, request)


# A handler that asks the store takes a parameter of this kind.
Here = Annotated[Visit, Depends(visit)]
