"""What schemathesis must be told: how text of our other types is sent."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson", "text/csv", "text/markdown")
def text(_context: Any, value: Any) -> bytes:
    """Send text as it is."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
