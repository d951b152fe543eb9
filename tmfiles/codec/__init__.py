"""Task files as bytes and as documents; the only place that knows YAML, and it opens no file."""

from __future__ import annotations

from tmfiles.codec.load import loads, locate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.codec.dump import dumps, foreign, normal
    from tmfiles.codec.sides import merged
    from tmfiles.codec.splice import patch
    from tmfiles.codec.tidy import tidied

__all__ = ["dumps", "foreign", "loads", "locate", "merged", "normal", "patch", "tidied"]


def __getattr__(name: str) -> object:
    """Import what writes only when it is asked for: a reader that meets a changed file is in a hurry."""
    if name in ("dumps", "foreign", "normal"):
        from tmfiles.codec import dump

        return getattr(dump, name)
    if name == "merged":
        from tmfiles.codec.sides import merged

        return merged
    if name == "tidied":
        from tmfiles.codec.tidy import tidied

        return tidied
    if name == "patch":
        from tmfiles.codec.splice import patch

        return patch
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
