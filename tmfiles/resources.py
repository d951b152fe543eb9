"""Where the files lie that come with the program (schemas, hooks); knows nothing of what is in them."""

from __future__ import annotations

from pathlib import Path

from tmfiles.errors import TmError

_PACKAGE = Path(__file__).resolve().parent


def bundled(folder: str) -> dict[str, Path]:
    """Give the YAML files of a folder inside the package, by their stems."""
    return {path.stem: path for path in sorted((_PACKAGE / folder).glob("*.yaml"))}


def find(name: str, package: Path = _PACKAGE) -> Path:
    """Find a file that comes with the program, such as `schemas/task.schema.json`.

    In a wheel it lies in the package's `data`, in a checkout beside the package. Raises TmError if it
    is in neither place.
    """
    places = (package / "data" / name, package.parent / name)
    for place in places:
        if place.is_file():
            return place
    raise TmError(
        f"'{name}' is missing from this installation of tmfiles",
        hint="install it again: pip install --force-reinstall tmfiles",
        code="refused",
    )
