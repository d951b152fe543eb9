"""Templates as text or document; pure."""

from __future__ import annotations

from tmfiles.render.text import line, paragraphs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tmfiles.actions.templates import Template, Variable


def row(one: Template) -> str:
    """Give a template's line: name, where it is from, how many tasks it makes, what it is for."""
    count = f"{len(one.tasks)} task{'' if len(one.tasks) == 1 else 's'}"
    return f"{one.name:<12}  {one.origin:<7}  {count:<8}  {line(one.description)}\n"


def text(one: Template) -> str:
    """Give what a template asks for, then its file."""
    asked = "".join(map(_gap, one.variables))
    return f"{asked}\n{paragraphs(one.text)}" if asked else paragraphs(one.text)


def _gap(one: Variable) -> str:
    value = "…" if one.default is None else line(one.default)
    choices = f" ({line(', '.join(one.choices))})" if one.choices else ""
    return f"# --var {one.name}={value}  {line(one.description)}{choices}\n"


def document(one: Template) -> dict[str, Any]:
    """Give a template as an object."""
    return {
        **{key: value for key, value in one._asdict().items() if key != "text"},
        "variables": [gap._asdict() for gap in one.variables],
    }
