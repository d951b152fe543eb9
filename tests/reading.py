"""What the tests of the read path share: a store of plain files, and everything a view has to say of it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tmfiles.query import SORTS, Query
from tmfiles.task import LINKS
from tmfiles.workspace import View, Workspace


@contextmanager
def opened(root: Path) -> Iterator[Workspace]:
    """Open the store of a folder, and close it."""
    workspace = Workspace.find(str(root))
    try:
        yield workspace
    finally:
        workspace.close()


def answers(view: View) -> dict[str, Any]:
    """Give all that a view says of its store, comparable with what another says."""
    index = view.index
    ids = index.ids()
    said: dict[str, Any] = {f"sort {key}": view.rows(Query(sort=key)) for key in ("", *SORTS, "-due", "-updated")}
    said |= {status: view.rows(Query(statuses=(status,))) for status in ("pending", "blocked", "completed")}
    said |= {kind: index.links(kind) for kind in LINKS}
    said |= {what: index.names(what) for what in ("tag", "assignee", "file", "field")}
    said |= {f"below {name}": view.rows(Query(files=(name,))) for name in index.names("file")}
    said |= {f"field {name}": index.having("field", name) for name in index.names("field")}
    said |= {f"search {text}": view.rows(Query(text=text)) for text in ("t* -two", '"a" aa*', "maria", "it")}
    said["mine"] = view.rows(Query(mine=True, actor="agent-7", now="2026-01-01T00:00:00Z"))
    said |= {f"tag {tag}": view.rows(Query(tags=(tag,))) for tag in index.names("tag")}
    said["files"] = {task_id: index.files(task_id) for task_id in ids}
    said["blockers"] = {task_id: view.graph.blockers(task_id) for task_id in ids}
    said["changes"] = {task_id: view.change(task_id) for task_id in ids}
    said["problems"] = sorted(view.problems())
    said["statuses"] = index.statuses()
    said["twins"] = index.twins()
    said["config"] = view.config
    return said


def fresh(root: Path) -> dict[str, Any]:
    """Give the answers of a full read, without any cache."""
    with opened(root) as workspace, tempfile.TemporaryDirectory() as private:
        workspace.private = private
        return answers(workspace.read())


def cached(root: Path) -> dict[str, Any]:
    """Give the answers of the store's own cache, as a process that begins now finds it."""
    with opened(root) as workspace:
        return answers(workspace.read())


def titles(root: Path) -> dict[str, str]:
    """Give the titles of all readable tasks by id, as a process that begins now sees them."""
    with opened(root) as workspace:
        return {row.id: row.title for row in workspace.read().rows(Query())}


def open_to_all(folder: Path, mode: int = 0o755) -> None:
    """Let other users reach a test's folder: those above it, which the tests' runner makes, are its own user's."""
    top = Path(tempfile.gettempdir()).resolve()
    folder.chmod(mode)
    for above in folder.resolve().parents:
        if above == top or top not in above.parents:
            break
        above.chmod(0o755)


def tm(root: Path, *words: str, **how: Any) -> subprocess.CompletedProcess[str]:
    """Run `tm` as a process in a folder."""
    return subprocess.run(command(words), cwd=root, capture_output=True, text=True, check=False, **how)


def command(words: Sequence[str]) -> list[str]:
    """Give the argument list that runs `tm`, from this source tree, in any folder."""
    source = str(Path(__file__).parent.parent)
    start = f"import sys; sys.path.insert(0, {source!r}); from tmfiles.cli.boundary import main; sys.exit(main())"
    return [sys.executable, "-c", start, *words]
