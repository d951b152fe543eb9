"""Whether a cache's file is sound, asked without changing it; the cache itself begins anew when it is not."""

from __future__ import annotations

import os
import sqlite3


def unsound(path: str) -> str:
    """Say in words what is wrong with the file; '' when it is sound, or not there yet."""
    if not os.path.lexists(path):
        return ""
    try:
        db = sqlite3.connect(f"file:{_address(path)}?mode=ro", uri=True, timeout=2)
    except sqlite3.Error as error:
        return str(error)
    try:
        (answer,) = db.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        return str(error)
    finally:
        db.close()
    return "" if answer == "ok" else str(answer)


def _address(path: str) -> str:
    from urllib.parse import quote

    return quote(path.replace(os.sep, "/"))
