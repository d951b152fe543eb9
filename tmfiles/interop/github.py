"""GitHub issues, as `gh issue list --json …` prints them, as tasks; pure.

The fields are described at https://cli.github.com/manual/gh_issue_list. No program reads such a list, so that there is
no way out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tmfiles.interop import jsonl, tongue
from tmfiles.interop.imported import Import
from tmfiles.interop.incoming import Incoming, is_text
from tmfiles.interop.tongue import Record, Tongue
from tmfiles.task import PRIORITIES, TYPES
from tmfiles.words import ALIASES, plain

KIND = "github"
STATUSES = {"open": "pending", "closed": "completed"}
UNPLANNED = ("NOT_PLANNED", "DUPLICATE")
_DERIVED = ("id", "closed", "updatedAt")


def convert(lines: Iterable[bytes], path: str = "") -> Import:
    """Read a list of issues, all or nothing."""
    rows, problems = jsonl.rows(b"".join(lines), path)
    return tongue.convert(TONGUE, [Record(row, path, line) for line, row in rows], problems)


def _key(data: Mapping[str, Any]) -> str:
    number = data.get("number")
    return str(number) if isinstance(number, int) and not isinstance(number, bool) and 0 < number < 10**12 else ""


def _read(one: Incoming, _ours: Callable[[str], str]) -> None:
    for name in ("number", *_DERIVED):
        one.rest.pop(name, None)
    one.title("title")
    one.take("body", "description", _prose)
    one.word("state", "status", STATUSES, "pending")
    if one.doc["status"] == "completed":
        if one.rest.get("stateReason") in UNPLANNED:
            one.doc["status"] = "cancelled"
            one.doc["reason"] = "duplicate" if one.rest.pop("stateReason") == "DUPLICATE" else "not planned"
        else:
            one.time("closedAt", "completed_at")
    if one.rest.get("stateReason") in ("COMPLETED", "REOPENED"):
        del one.rest["stateReason"]  # which `state` says too
    _label(one, _names(one, "labels", "name"))
    who = _names(one, "assignees", "login")
    if who:
        one.doc["assignee"] = who[0]
    if who[1:]:
        one.doc["participants"] = sorted(set(who[1:]))
    if login := _login(one.rest.get("author")):
        del one.rest["author"]
        one.doc["created_by"] = login
    one.time("createdAt", "created_at")
    one.take("url", "links", lambda value: [value] if is_text(value, 2000) and value.startswith("https://") else None)
    _comment(one)


def _prose(value: Any) -> str:
    return value.replace("\r\n", "\n") if is_text(value) else ""


def _login(value: Any) -> str:
    login = value.get("login") if isinstance(value, dict) else None
    return str(login) if is_text(login, 200) else ""


def _names(one: Incoming, field: str, key: str) -> list[str]:
    """Take the names out of a list of objects; what has none stays."""
    found = one.rest.get(field)
    names = []
    odd = []
    for item in found if isinstance(found, list) else ():
        name = item.get(key) if isinstance(item, dict) else None
        if isinstance(name, str) and is_text(name, 100):
            names.append(name)
        else:
            odd.append(item)
    if isinstance(found, list):
        one.rest.pop(field)
        if odd:
            one.odd(field, odd)
    return names


def _label(one: Incoming, labels: list[str]) -> None:
    """Make tags of labels; one that names a type or a priority says that too."""
    if labels:
        one.doc["tags"] = sorted(set(labels))
    for field, words in (("type", TYPES), ("priority", PRIORITIES)):
        for label in labels:
            before, _, after = plain(label).replace("/", ":").rpartition(":")
            word = ALIASES[field].get(after.strip("_"), after.strip("_"))
            if word in words and before.strip("_") in ("", field, "kind"):
                one.doc.setdefault(field, word)
    one.doc.setdefault("priority", "medium")


def _comment(one: Incoming) -> None:
    found = one.rest.get("comments")
    if not isinstance(found, list):
        return
    del one.rest["comments"]
    odd = [
        item
        for item in found
        if not isinstance(item, dict)
        or not one.said(item.get("createdAt"), _login(item.get("author")), _prose(item.get("body")))
    ]
    if odd:
        one.odd("comments", odd)


TONGUE = Tongue(KIND, _key, lambda key: f"gh-{key}", _read)
