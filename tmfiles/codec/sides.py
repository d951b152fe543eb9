"""Two edits of one file's text made into one: its fields by `merge`, its comments and order line by line."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tmfiles.codec.dump import dumps, normal
from tmfiles.codec.load import loads
from tmfiles.codec.page import Page
from tmfiles.codec.plan import same
from tmfiles.codec.splice import patch
from tmfiles.codec.tree import tree
from tmfiles.errors import TmError
from tmfiles.merge import Merged, both, lines, merge


def merged(base: bytes, ours: bytes, theirs: bytes, path: str = "") -> tuple[bytes, Merged]:
    """Merge two edits of a file; an empty `base` means that both sides made it.

    What the fields are to be is for `merge.merge` to say. Beneath it the texts are merged line by line, so
    that comments, the order of keys and quotes of both sides stay; where both changed the same lines, those of
    the lesser text are taken and the fields spliced in. A comment for which there is no place any more is put
    at the end. The order of the sides means nothing. Raises TmError (`invalid`) when a text can't be read.
    """
    docs = [loads(data, path) if data else {} for data in (base, ours, theirs)]
    result = merge(*docs)
    if ours in (theirs, base) or theirs == base:
        return (ours if theirs == base else theirs), result
    one, other = sorted((ours, theirs))
    for text in (_by_lines(base, one, other), one, other):
        done = _with_fields(text, result.doc, path)
        if done is not None:
            break
    else:
        done = dumps(result.doc)
    return _with_comments(done, _wanted(base, one, other)), result


def _by_lines(base: bytes, one: bytes, other: bytes) -> bytes:
    was, here, there = (data.decode().split("\n") if data else [] for data in (base, one, other))
    return "\n".join(lines(was, here, there, _clash)).encode()


def _clash(one: list[str], other: list[str]) -> list[str]:
    """Keep the lesser version of lines that both changed, or both versions where they are but comments."""
    if all(line.lstrip()[:1] in ("", "#") for line in one + other):
        return both(one, other)
    return min(one, other)


def _with_fields(text: bytes, doc: dict[str, Any], path: str) -> bytes | None:
    """Change a text's fields to those of a document; None where that cannot be done in place."""
    try:
        old = loads(text, path)
        changes = {key: doc.get(key) for key in {**old, **doc} if key not in doc or not same(old.get(key), doc[key])}
        done = patch(text, changes, path) if changes else text
        return done if same(normal(loads(done)), normal(doc)) else None
    except TmError:
        return None


def _wanted(base: bytes, one: bytes, other: bytes) -> Counter[str]:
    """Count the comments that both sides have, or one of them has new."""
    was, here, there = (_comments(data) for data in (base, one, other))
    return (here & there) | (here - was) | (there - was)


def _comments(data: bytes) -> Counter[str]:
    """Count the comments of a text, by their words."""
    text = data.decode("utf-8-sig")
    return Counter(Page(text).comments(tree(text)[0]))


def _with_comments(data: bytes, wanted: Counter[str]) -> bytes:
    """Put comments that have no place at the end of the text, or where that would change it at its beginning."""
    lost = list((wanted - _comments(data)).elements())
    if not lost:
        return data
    doc, newline = loads(data), Page(data.decode("utf-8-sig")).newline.encode()
    block = b"".join(comment.encode() + newline for comment in sorted(lost))
    end = b"" if data.endswith((b"\n", b"\r")) else newline
    bom = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    for text in (data + end + newline + block, bom + block + newline + data[len(bom) :]):
        if same(loads(text), doc):
            return text
    return data
