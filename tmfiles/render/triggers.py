"""Triggers as lines; pure."""

from __future__ import annotations

from tmfiles.render.text import line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.actions.triggers import Trigger


def row(one: Trigger) -> str:
    """Give a trigger's line: name, whose it is, how it stands, where it lies."""
    return f"{one.name:<13}  {one.place:<10}  {one.state:<9}  {line(one.path)}\n"
