"""The log of one work tree: a rotating file of JSON lines below its git directory; loaded only when there is a line.

What is said above `debug` has no text of a task in it: names of commands, codes, ids, commits and times.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from logging.handlers import RotatingFileHandler
from typing import Any

NAME = "log.jsonl"
_SIZE, _OLD = 1_000_000, 3


class _Quiet(RotatingFileHandler):
    """A file that is written where that can be done."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 the library's name
        """Leave the line out."""


def keep(folder: str, level: str, now: str, values: Mapping[str, Any]) -> None:
    """Put a line into the log of a folder; a log that cannot be written stops nothing.

    Processes that write at once each add whole lines; when two turn the file over at once, the oldest goes earlier.
    """
    path = os.path.join(folder, NAME)
    handler = _Quiet(path, maxBytes=_SIZE, backupCount=_OLD, encoding="utf-8", delay=True)
    line = json.dumps({"at": now, "level": level, "pid": os.getpid(), **values}, ensure_ascii=False)
    number = getattr(logging, level.upper())
    try:
        handler.handle(logging.LogRecord("tm", number, "", 0, line, None, None))
    except OSError:
        pass
    finally:
        handler.close()
