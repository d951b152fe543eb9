"""One task of another program on its way in: what has a field here is taken, the rest is kept and told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from tmfiles import dates, ids
from tmfiles.errors import TmError
from tmfiles.task import DEFAULTS, SHAPES, UNSAFE

LONGEST_TITLE, LONGEST_NAME, LONGEST_TAG, LONGEST_TYPE = 500, 200, 100, 50


# In text that is not escaped, only line breaks and tabs may stand for themselves.
CLEAN = {code: None for code in (*UNSAFE, 0x2028, 0x2029, 0xFEFF) if code not in (9, 10)}


class UnreadableError(Exception):
    """A value without which there is no task; names the field and says what is wrong with it."""


def is_text(value: object, limit: int = 1 << 62) -> bool:
    """Tell whether a value is text that says something within a number of characters."""
    return isinstance(value, str) and bool(value.strip()) and len(value) <= limit


def moment(value: object) -> str:
    """Read a time as other programs write it, as ours; one without a zone is UTC. Nothing where it is none."""
    text = value.strip() if isinstance(value, str) else ""
    if len(text) == 16 and text[8:9] == "T" and text[15:] == "Z":  # 20261201T000000Z
        text = f"{text[:4]}-{text[4:6]}-{text[6:11]}:{text[11:13]}:{text[13:]}"
    for zone in ("", "Z"):
        try:
            return dates.stamp(dates.instant(text + zone))
        except TmError:
            continue
    return ""


def day(value: object) -> str:
    """Read a date alone as it is, and a time as `moment` does."""
    text = value.strip() if isinstance(value, str) else ""
    try:
        return text if not isinstance(dates.parse(text), datetime) else moment(text)
    except TmError:
        return moment(text)


def compact(value: str, end: bool = False) -> str:
    """Write a date or time as `20261201T000000Z`; a date alone is the start of its day, or with `end` its end."""
    return dates.instant(value, end).astimezone(timezone.utc).strftime("%Y%m%dT%H%M%SZ")


class Incoming:
    """What is left of a foreign task (`rest`), what it is here (`doc`), and what had to be said (`told`).

    Each method takes a value out of `rest` if it can be read as meant; otherwise it stays there, and `finish`
    keeps it in `fields` under the program's name.
    """

    def __init__(self, kind: str, data: Mapping[str, Any]) -> None:
        self.kind = kind
        self.rest = {key: value for key, value in data.items() if value not in (None, "", [], {})}
        self.doc: dict[str, Any] = {}
        self.told: list[tuple[str, str]] = []
        self._tried: set[str] = set()

    def title(self, name: str) -> None:
        """Take the title, on one line of at most 500 characters."""
        raw = self.rest.pop(name, None)
        if raw is None:
            raise UnreadableError(f"{name}: missing or empty, and it is the title")
        if not is_text(raw):
            raise UnreadableError(f"{name}: no text, and it is the title")
        shown = " ".join(raw.replace("\n", " ").translate(UNSAFE).split())
        title = shown or "(no title)"
        if len(title) > LONGEST_TITLE:
            title = title[: LONGEST_TITLE - 1] + "…"
        self.doc["title"] = title
        if title != raw:
            self.rest[name] = raw
            where = f"fields.{self.kind}.{name}"
            self.told.append(("title", f"put on one line of at most 500 characters; whole in {where}"))

    def take(self, name: str, field: str, read: Callable[[Any], Any]) -> bool:
        """Take a value by a function that gives nothing for what it cannot read; say whether it was taken."""
        if name not in self.rest:
            return False
        self._tried.add(name)
        value = read(self.rest[name])
        if value in (None, "", [], {}):
            return False
        del self.rest[name]
        self.doc[field] = value
        return True

    def text(self, name: str, field: str, limit: int = 1 << 62) -> bool:
        """Take text as it is."""
        return self.take(name, field, lambda value: value if is_text(value, limit) else "")

    def time(self, name: str, field: str) -> bool:
        """Take a time."""
        return self.take(name, field, moment)

    def word(self, name: str, field: str, words: Mapping[Any, str], default: str) -> None:
        """Take one of the words that have a meaning here; any other becomes the default, is kept and told."""
        raw = self.rest.pop(name, None)
        key = raw.lower() if isinstance(raw, str) else raw
        known = isinstance(key, (str, int)) and not isinstance(key, bool) and key in words
        self.doc[field] = words[key] if known and key is not None else default
        if raw is not None and not known:
            self.rest[name] = raw
            self.told.append((field, f"{name} {raw!r} is {self.doc[field]} here; kept in fields.{self.kind}.{name}"))

    def type(self, name: str) -> None:
        """Take the type of work; the plain one is not said here."""
        raw = self.rest.get(name)
        word = raw.lower() if isinstance(raw, str) else ""
        if word == DEFAULTS["type"]:
            del self.rest[name]
        else:
            self.take(name, "type", lambda _: word if not ids.invalid(word) and len(word) <= LONGEST_TYPE else "")

    def items(self, name: str, field: str, limit: int = LONGEST_TAG, add: bool = False) -> None:
        """Take a list of texts as a set; what is no text in it stays."""
        raw = self.rest.get(name)
        found = [raw] if isinstance(raw, str) else raw
        if not isinstance(found, list):
            self._tried.add(name)
            return
        good = {one.strip() for one in found if is_text(one, limit)}
        odd = [one for one in found if not is_text(one, limit)]
        del self.rest[name]
        if odd:
            self.odd(name, odd)
        if add:
            good |= set(self.doc.get(field, ()))
        if good:
            self.doc[field] = sorted(good)

    def links(self, name: str, field: str, ours: Callable[[str], str]) -> None:
        """Take ids of other tasks, one or a list of them, as ours."""
        raw = self.rest.get(name)
        found = raw if isinstance(raw, list) else [raw] if name in self.rest else []
        plain = [str(one) for one in found if is_text(one) or (isinstance(one, int) and not isinstance(one, bool))]
        if not found or len(plain) < len(found):
            self._tried.add(name)
            return
        if SHAPES[field] != "str":
            self.doc[field] = sorted({*self.doc.get(field, ()), *(ours(one) for one in plain)})
        elif len(plain) == 1:
            self.doc[field] = ours(plain[0])
        else:
            self._tried.add(name)
            return
        del self.rest[name]

    def said(self, at: object, by: object, text: object) -> bool:
        """Take a comment into the journal; say whether it could be read."""
        time = moment(at)
        if not time or not is_text(text):
            return False
        name = by if is_text(by, LONGEST_NAME) else self.kind
        entry = {"at": time, "by": name, "kind": "comment", "text": text}
        self.doc.setdefault("journal", []).append(entry)
        return True

    def odd(self, name: str, value: Any) -> None:
        """Keep what is left of a value that could not be read whole, and tell it."""
        self.rest[name] = value
        self._tried.add(name)

    def finish(self) -> dict[str, Any]:
        """Give the document; what is left of the source is in `fields` under the program's name."""
        for name in sorted(self._tried & self.rest.keys()):
            self.told.append(("odd-value", f"{name} {self.rest[name]!r}: kept in fields.{self.kind}.{name}"))
        if "journal" in self.doc:
            self.doc["journal"].sort(key=lambda entry: entry["at"])
        if self.rest:
            self.doc["fields"] = {self.kind: dict(sorted(self.rest.items()))}
        return {key: self.doc[key] for key in SHAPES if self.doc.get(key) not in (None, "", [], {})}


def kept(doc: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Give what an import kept of a program's own values, without what it says of links."""
    fields = doc.get("fields")
    found = fields.get(kind) if isinstance(fields, dict) else None
    return {key: value for key, value in found.items() if key != LINKS} if isinstance(found, dict) else {}


def with_kept(data: dict[str, Any], mine: Mapping[str, Any]) -> dict[str, Any]:
    """Give a record with what an import kept aside of it, where it says nothing itself."""
    return {**data, **{key: value for key, value in mine.items() if data.get(key) in (None, "", [], {})}}


LINKS = "unmet_links"  # of fields.<kind>: links that could not be let in
