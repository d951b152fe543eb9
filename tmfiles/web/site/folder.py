"""A folder that holds an exported site and nothing else: written anew without touching what is not the site's."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from tmfiles.errors import TmError

# Says which files of the folder are the site's, and what is in them.
MARKER = ".tm-site.json"


def save(folder: Path, files: Mapping[str, bytes]) -> int:
    """Make the folder hold these files; give how many had to be written.

    An earlier site in it is brought up to date, and files that it does not have any more are removed. Raises TmError,
    with nothing written, where the folder holds anything else, or a file of the site was changed by somebody.
    """
    try:
        known = _known(folder)
        _refuse_others(folder, known)
        new = {name: _hash(data) for name, data in files.items()}
        # Both are told first: whenever this is interrupted, the next run knows what is the site's.
        both = {name: [*known.get(name, ()), *filter(None, [new.get(name)])] for name in {**known, **new}}
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / MARKER, _marker(both))
        count = 0
        for name, data in files.items():
            path = folder / name
            if not path.is_file() or path.read_bytes() != data:
                path.parent.mkdir(parents=True, exist_ok=True)
                _write(path, data)
                count += 1
        for name in known.keys() - new.keys():
            (folder / name).unlink(missing_ok=True)
        _write(folder / MARKER, _marker({name: [one] for name, one in new.items()}))
    except OSError as error:
        raise TmError(
            f"cannot write {error.filename or folder}: {error.strerror}", "another folder", "usage"
        ) from error
    return count


def _known(folder: Path) -> dict[str, list[str]]:
    path = folder / MARKER
    if path.is_symlink() or not path.is_file():
        return {}
    try:
        found = json.loads(path.read_bytes())["files"]
        return {str(name): [str(one) for one in hashes] for name, hashes in found.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TmError(f"{path} is not what tm wrote", "name another folder", "usage") from error


def _refuse_others(folder: Path, known: Mapping[str, list[str]]) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise TmError(f"{folder} is no folder", "name a new one", "usage")
    for above, names, leaves in os.walk(folder):
        for name in (*leaves, *(one for one in names if os.path.islink(os.path.join(above, one)))):
            path = Path(above, name)
            inside = path.relative_to(folder).as_posix()
            if inside == MARKER and not path.is_symlink():
                continue
            if inside not in known or path.is_symlink() or not path.is_file():
                raise TmError(
                    f"{path} is no file of an exported site", "name a new folder, or an earlier site's own", "usage"
                )
            if _hash(path.read_bytes()) not in known[inside]:
                raise TmError(
                    f"{path} was changed since it was exported", "move it away, or name a new folder", "usage"
                )


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _marker(files: Mapping[str, list[str]]) -> bytes:
    told = {"made by": "tm export --format html", "files": {name: files[name] for name in sorted(files)}}
    return (json.dumps(told, indent=0) + "\n").encode()


def _write(path: Path, data: bytes) -> None:
    beside = path.with_name(path.name + ".new")
    beside.write_bytes(data)
    os.replace(beside, path)
