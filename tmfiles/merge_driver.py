"""Git's merge driver for task files, `tm-merge`: three files in, one out; finds no store.

The contract is that of gitattributes(5): called as `tm-merge %O %A %B %L %P` with the common beginning, our
version, theirs, the length of markers and the path, it leaves the result in our version's file and exits 0.
Where it exits otherwise it has changed nothing, and what Git is configured to run next merges by lines.
"""

from __future__ import annotations

import os
import sys

from tmfiles.actions.settling import retitled, settle
from tmfiles.errors import TmError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_USAGE = "usage: tm-merge BASE OURS THEIRS [MARKER-SIZE [PATH]]; Git calls it, once `tm init` has set it up"


def main(arguments: Sequence[str] | None = None) -> int:
    """Merge three files into the second, and give the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not 3 <= len(words) <= 5:
        print(_USAGE, file=sys.stderr)
        return 2
    path = words[4] if len(words) == 5 else words[1]
    try:
        base, ours, theirs = (_read(name) for name in words[:3])
        if not (len(words) == 5 and retitled(base, ours, theirs, path) and _another(base, path)):
            _write(words[1], settle(base, ours, theirs, path)[0])
            return 0
        # Without a beginning the merge by lines cannot but leave markers, and Git the versions to tm resolve.
        _write(words[0], b"")
        why = "it is two tasks that Git took for one that was moved; tm resolve tells them apart"
    except (TmError, OSError) as error:
        why = str(error)
    print(f"tm-merge: {path} is left to a merge by lines: {why}", file=sys.stderr)
    return 1


def _another(base: bytes, path: str) -> bool:
    """Ask git where the beginning lay: under another name it is another task."""
    from tmfiles.git.unmerged import replaced

    before = replaced(os.curdir, base)
    return bool(before) and os.path.basename(before) != os.path.basename(path)


def _read(name: str) -> bytes:
    with open(name, "rb") as file:
        return file.read()


def _write(name: str, data: bytes) -> None:
    """Replace a file whole: what runs after a failure must find it as it was."""
    temporary = f"{name}.tm~"
    try:
        with open(temporary, "wb") as file:
            file.write(data)
        os.replace(temporary, name)
    except OSError:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise


if __name__ == "__main__":
    sys.exit(main())
