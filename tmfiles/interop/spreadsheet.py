"""Tasks as CSV with a header, one column a field, out and back; pure.

Columns are the fields that are one text or a set of texts. A cell with a set holds its items with blanks between;
an item that holds a blank itself stands in double quotes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tmfiles.errors import Problem, TmError
from tmfiles.interop.imported import Entry, Import, sound, text_of
from tmfiles.task import SETS, SHAPES, without_empty

COLUMNS = ("id", *(key for key, shape in SHAPES.items() if shape in ("str", ["str"])))
_ALSO = {"name": "title", "summary": "title", "labels": "tags", "owner": "assignee", "body": "description"}


def written(rows: Iterable[Mapping[str, Any]]) -> Iterator[Sequence[str]]:
    """Give header and cells for documents, each with its id; fields that are no text are left out."""
    yield COLUMNS
    for row in rows:
        yield [_cell(row.get(key)) for key in COLUMNS]


def convert(lines: Iterable[bytes], path: str = "") -> Import:
    """Read a table; raises TmError with every row that cannot be a task, so that nothing comes in by halves.

    A row without an id gets one that follows from its title. What stands in a column that is no field is kept
    in `fields`.
    """
    reader = csv.reader(io.StringIO(text_of(b"".join(lines), path), newline=""), strict=True)
    found: list[tuple[int, dict[str, Any]]] = []
    problems: list[Problem] = []
    try:
        names = _header(next(reader, []), path)
        for row in reader:
            if len(row) > len(names) and any(row[len(names) :]):
                message = f"{len(row)} cells under {len(names)} columns"
                problems.append(Problem(path, reader.line_num, 1, "import", message))
            elif any(cell.strip() for cell in row):
                found.append((reader.line_num, _document(dict(zip(names, row, strict=False)))))
    except csv.Error as error:
        problems.append(Problem(path, reader.line_num, 1, "import", f"not CSV: {error}"))
    tasks = sound(found, path, problems)
    extra = sorted({name for doc in tasks.values() for name in doc.get("fields", {})})
    report = [Entry("kept-aside", "", f"column {name!r} is no field: kept in fields.{name}") for name in extra]
    report += _unblocked(tasks)
    return Import.of(tasks, report)


def _header(cells: Sequence[str], path: str) -> list[str]:
    plain = [" ".join(cell.split()).lower().replace(" ", "_") for cell in cells]
    names = [_ALSO.get(name, name) if _ALSO.get(name) not in plain else name for name in plain]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if "title" in names and not twice:
        return names
    what = f"two columns are called {twice[0]!r}" if twice else "no column is called title"
    hint = f"the first line names the columns, such as {','.join(COLUMNS[:5])}"
    raise TmError(f"{path or 'the input'}: {what}", hint, "invalid")


def _cell(value: Any) -> str:
    if not isinstance(value, list):
        return "" if value is None else str(value)
    out = io.StringIO()
    csv.writer(out, delimiter=" ", lineterminator="").writerow(value)
    return out.getvalue()


def _document(cells: Mapping[str, str]) -> dict[str, Any]:
    doc: dict[str, Any] = {}
    for name, cell in cells.items():
        if not cell.strip() or not name:
            continue
        if name in SETS:
            lines = csv.reader(cell.splitlines(), delimiter=" ", skipinitialspace=True)
            doc[name] = sorted({item for items in lines for item in items if item})
        elif name in COLUMNS:
            doc[name] = cell
        else:
            doc.setdefault("fields", {})[name] = cell
    return without_empty(doc)


def _unblocked(tasks: dict[str, dict[str, Any]]) -> list[Entry]:
    """Take back the status that tables show and files do not hold: blocked by what is still open."""
    told = []
    for task_id, doc in tasks.items():
        if doc.get("status") != "blocked":
            continue
        if any(tasks.get(one, {}).get("status") not in ("completed", "cancelled") for one in doc.get("depends_on", ())):
            doc["status"] = "pending"
            told.append(Entry("status", task_id, "blocked by what it depends on: stored as pending, shown as blocked"))
    return told
