"""The installed plugins as text and as a document; pure."""

from __future__ import annotations

from tmfiles.render.text import line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from typing import Any

    from tmfiles.plugins import Installed


def documents(found: Installed, ours: Mapping[str, AbstractSet[str]]) -> list[dict[str, Any]]:
    """Give each plugin with what it gives and what is wrong; `ours` are the names of tm's own by kind."""
    return [
        {
            **plugin._asdict(),
            "gives": [
                {"kind": one.kind, "name": one.name, "words": one.words, "hidden": one.name in ours[one.kind]}
                for one in found.given
                if one.plugin == plugin.name
            ],
            "problems": [words for name, words in found.faults if name == plugin.name],
        }
        for plugin in found.plugins
    ]


def text(listed: Sequence[Mapping[str, Any]]) -> str:
    """Give a paragraph a plugin."""
    return "\n".join("".join(_paragraph(one)) for one in listed)


def _paragraph(one: Mapping[str, Any]) -> list[str]:
    rows = [f"{one['name']}  {line(one['package'])} {line(one['version'])}\n"]
    wide = max((len(given["name"]) for given in one["gives"]), default=0)
    for given in one["gives"]:
        words = "hidden: tm has its own" if given["hidden"] else line(given["words"])
        rows.append(f"  {given['kind']:8}  {given['name']:{wide}}  {words}".rstrip() + "\n")
    return [*rows, *(f"  left out: {line(words)}\n" for words in one["problems"])]
