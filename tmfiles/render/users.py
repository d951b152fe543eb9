"""Users of the server and their tokens, as documents and lines; pure, and told no secret."""

from __future__ import annotations

from datetime import datetime, timezone

from tmfiles import dates
from tmfiles.render.text import line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    Values = Mapping[str, Any]


def document(user: Values, tokens: Sequence[Values]) -> dict[str, Any]:
    """Give a user with what is known of the tokens."""
    return {**_plain(user), "tokens": [token(one) for one in tokens]}


def token(values: Values) -> dict[str, Any]:
    """Give what is known of a token; `token`, which lets its holder in, is not among it."""
    return {key: value for key, value in _plain(values).items() if key != "user"}


def rows(user: Values, tokens: Sequence[Values]) -> str:
    """Give a user's line, and one for each token below it."""
    known = "password" if user["password"] else "no password" if not tokens else ""
    parts = [user["name"], user["role"], f"{user['full_name']} <{user['email']}>", known]
    found = f"{line('  '.join(filter(None, parts)))}\n"
    for one in map(_plain, tokens):
        told = [one["id"], one["role"], one["label"], f"made {one['made_at'][:10]}"]
        told += [f"holds until {one['expires_at'][:10]}"] if one["expires_at"] else []
        told += [f"used {one['used_at'][:10]}" if one["used_at"] else "never used"]
        found += f"  token {line('  '.join(filter(None, told)))}\n"
    return found


def _plain(values: Values) -> dict[str, Any]:
    """Give values with their times as text; none where there is no such time."""
    times = {"made": "made_at", "expires": "expires_at", "used": "used_at"}
    return {times.get(key, key): _stamp(value) if key in times else value for key, value in values.items()}


def _stamp(seconds: int) -> str | None:
    return dates.stamp(datetime.fromtimestamp(seconds, timezone.utc)) if seconds else None
