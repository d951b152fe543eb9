"""By what a client knows what it has seen: tags of tasks and of answers, and the headers that name them.

The tag of a task has two parts: the mark of its file, and a digest of all that is told of it, which other tasks and the
time change too. A reader who has both has the answer; a writer who has the first edits what it has seen.
"""

from __future__ import annotations

import hashlib
import re

from tmfiles.render import documents
from tmfiles.workspace import View
from tmfiles.workspace.seen import mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_TAG = re.compile(r'(W/)?"([!#-~]*)"')


def of_text(text: bytes) -> str:
    """Give the tag of an answer that is no task."""
    return f'"{hashlib.blake2b(text, digest_size=12).hexdigest()}"'


def of_task(view: View, document: Mapping[str, Any]) -> str:
    """Give the tag of a task as it is told now."""
    told = hashlib.blake2b(documents.compact(document).encode(), digest_size=6).hexdigest()
    return f'"{mark(view, document["id"])}-{told}"'


def is_known(tag: str, header: str | None) -> bool:
    """Tell whether `If-None-Match` names the tag, or any."""
    return header is not None and (header.strip() == "*" or tag in [f'"{text}"' for _, text in _TAG.findall(header)])


def seen(header: str | None) -> tuple[str, ...] | None:
    """Give the marks of the versions that `If-Match` names; None where any will do.

    What is no tag names none, and a weak one never matches (RFC 9110, 13.1.1): then nothing is written.
    """
    if header is None or header.strip() == "*":
        return None
    return tuple(text.partition("-")[0] for weak, text in _TAG.findall(header) if not weak)
