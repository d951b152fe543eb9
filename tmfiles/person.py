"""A person's own settings: one file in the platform's folder for such; knows no store."""

from __future__ import annotations

import os
import sys

from tmfiles.errors import TmError
from tmfiles.settings import PERSON, TABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

KEYS = tuple(key for key, setting in TABLE.items() if PERSON in setting.places)


def path(variables: Mapping[str, str], platform: str = sys.platform, home: str = "") -> str:
    """Give the path of the file, which need not be there: the one that this platform's programs would take."""
    home = home or os.path.expanduser("~")
    if platform == "win32":
        folder = variables.get("APPDATA", "") or os.path.join(home, "AppData", "Roaming")
    elif platform == "darwin":
        folder = os.path.join(home, "Library", "Application Support")
    else:
        folder = variables.get("XDG_CONFIG_HOME", "")
        if not os.path.isabs(folder):  # as the specification says
            folder = os.path.join(home, ".config")
    return os.path.join(folder, "tm", "config.yaml")


def load(file: str) -> dict[str, Any]:
    """Read the settings in the file, checked; nothing where there is none. Raises TmError (`invalid`)."""
    data = _bytes(file)
    return _checked(data, file) if data.strip() else {}


def changed(file: str, key: str, value: Any) -> None:
    """Set one key of the file (None takes it away), and leave all else as it stands there."""
    from tmfiles import codec

    before = _bytes(file)
    after = codec.patch(before, {key: value}, file, {}) if before.strip() else codec.dumps({key: value})
    _checked(after, file)
    try:
        os.makedirs(os.path.dirname(file), exist_ok=True)
        temporary = f"{file}.{os.getpid()}"
        with open(temporary, "wb") as new:
            new.write(after)
        os.replace(temporary, os.path.realpath(file))
    except OSError as error:
        raise TmError(f"cannot write {file}: {error.strerror}", "nothing was changed") from error


def _bytes(file: str) -> bytes:
    try:
        with open(file, "rb") as opened:
            return opened.read()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise TmError(f"cannot read {file}: {error.strerror}", "it is yours: see to its permissions") from error


def _checked(data: bytes, file: str) -> dict[str, Any]:
    from tmfiles import codec, rules

    try:
        doc = codec.loads(data, file, shapes={})
    except TmError as error:
        if all(problem.rule == "empty" for problem in error.problems):
            return {}
        raise
    found = rules.placed(rules.unknown((), doc, KEYS, {}), file, data)
    if found:
        one = found[0]
        raise TmError(f"{file}:{one.line}: {one.message}", f"a person's settings are: {', '.join(KEYS)}", "invalid")
    return {key: TABLE[key].read(value, f"{file}: {key}") for key, value in doc.items()}
