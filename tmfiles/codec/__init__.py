"""Task files as bytes and as documents; the only place that knows YAML, and it opens no file."""

from tmfiles.codec.dump import dumps, normal
from tmfiles.codec.load import loads, locate
from tmfiles.codec.splice import patch

__all__ = ["dumps", "loads", "locate", "normal", "patch"]
