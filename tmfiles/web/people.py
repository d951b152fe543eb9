"""Who is asking: on the machine's own address the one person whose machine it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastapi import Request

if TYPE_CHECKING:
    from tmfiles.workspace import Workspace


class Person(NamedTuple):
    """Someone who asks: the name that stands in what they write."""

    name: str


def owner(workspace: Workspace) -> Person:
    """Give the person whose machine this is: as the settings say, or as Git does."""
    return Person(workspace.actor())


def who(request: Request) -> Person:
    """Give the person who sent a request."""
    person: Person = request.app.state.owner
    return person
