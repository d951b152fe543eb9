"""How tasks are said in another program's records, both ways, and what its records cannot say; opens no file.

What a record has no room for goes along under the one key `tm`: those fields, and the id, that reading the record
alone would not bring back. Coming in again, such a field counts as long as what the record itself says of it is
what it said when it went out: what somebody changed there since then wins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tmfiles import codec, ids, rules
from tmfiles.errors import Problem, TmError
from tmfiles.interop.imported import Entry, Import, made_id
from tmfiles.interop.incoming import Incoming, UnreadableError
from tmfiles.task import SHAPES

Doc = dict[str, Any]
Names = Mapping[str, str]
MORE = "tm"
OWN = "own"  # in it: keys of a person's own


class Record(NamedTuple):
    """One task as another program has it, and where it lies."""

    data: dict[str, Any]
    path: str
    line: int


def same(tasks: Mapping[str, Doc]) -> dict[str, str]:
    """Give each task its own id as the other program's."""
    return {task_id: task_id for task_id in tasks}


class Tongue(NamedTuple):
    """One program's way to say a task.

    `key(data)` is its name for a task, "" where there is none; `own(key)` is ours for it, of itself;
    `read` takes a record apart, `write`, where there is a way out, makes one; both get a function from one side's ids
    to the other's. `keys(tasks)` are its names for tasks of ours. `again` gives a record as it is once its file was
    written and read.
    """

    kind: str
    key: Callable[[Mapping[str, Any]], str]
    own: Callable[[str], str]
    read: Callable[[Incoming, Callable[[str], str]], None]
    keys: Callable[[Mapping[str, Doc]], dict[str, str]] = same
    write: Callable[[str, Doc, Callable[[str], str]], dict[str, Any]] | None = None
    again: Callable[[dict[str, Any]], dict[str, Any]] = dict


def plain_id(key: str) -> str:
    """Give the id that follows from another program's: the same in small letters, else one made from it."""
    low = key.lower()
    return made_id(key) if ids.invalid(low) else low


def convert(tongue: Tongue, records: Sequence[Record], problems: Iterable[Problem] = ()) -> Import:
    """Convert records, all or nothing; links may still name what is nowhere.

    Raises TmError with the `problems` there are already and those of each record.
    """
    wrong = list(problems)
    names, sound = _names(tongue, records, wrong)
    bare = [dict(record.data) for record in sound]
    mores = [
        taken(data, record.path, record.line, wrong) if tongue.write else {}
        for data, record in zip(bare, sound, strict=True)
    ]
    read = [_read(tongue, data, names, record, wrong) for data, record in zip(bare, sound, strict=True)]
    docs = [doc for doc, _ in read]
    if not wrong and any(mores):
        ours = [names[tongue.key(data)] for data in bare]
        docs = _with_more(tongue, docs, mores, ours, names)
    tasks: dict[str, Doc] = {}
    report: list[Entry] = []
    counts: Counter[str] = Counter()
    for record, doc, (_, told) in zip(sound, docs, read, strict=True):
        task_id = names[tongue.key(record.data)]
        wrong += [Problem(record.path, record.line, 1, "import", words) for words in faults(doc)]
        report += [Entry(what, task_id, words) for what, words in told]
        aside = doc.get("fields", {}).get(tongue.kind, {}) if isinstance(doc.get("fields"), dict) else {}
        counts.update(list(aside) if isinstance(aside, dict) else ())
        tasks[task_id] = doc
    if wrong:
        raise refused(wrong)
    if not tasks:
        raise TmError("no tasks found; nothing was imported", "name a file or folder that holds some", "invalid")
    where = f"fields.{tongue.kind}"
    report += [Entry("kept", "", f"{key}: {n}, kept in {where}.{key}") for key, n in sorted(counts.items())]
    return Import.of(tasks, report, aside=tongue.kind)


def refused(problems: Sequence[Problem]) -> TmError:
    """Give the error for a source that does not come in because of these problems."""
    paths = sorted({problem.path for problem in problems})
    where = paths[0] if len(paths) == 1 and paths[0] else "the input" if len(paths) < 2 else f"{len(paths)} files"
    in_order = sorted(problems, key=lambda one: (one.path, one.line, one.column))
    return TmError(f"{where} cannot be imported", "nothing came in", "invalid", in_order)


def written(tongue: Tongue, tasks: Mapping[str, Doc]) -> list[dict[str, Any]]:
    """Say tasks in another program's records, in their order, each with what it cannot say itself."""
    keys = tongue.keys(tasks)
    names = {key: task_id for task_id, key in keys.items()}
    records = _records(tongue, tasks, keys)
    for (task_id, doc), data in zip(tasks.items(), records, strict=True):
        one = Incoming(tongue.kind, tongue.again(data))
        tongue.read(one, _through(names, tongue.own))
        more = differing(one.finish(), doc)
        if tongue.own(keys[task_id]) != task_id:
            more = {"id": task_id, **more}
        if more:
            data[MORE] = more
    return records


def differing(said: Doc, meant: Doc) -> Doc:
    """Give the fields that a document holds otherwise than another, None for those it has not, and its own keys."""
    more = {key: meant.get(key) for key in SHAPES if said.get(key) != meant.get(key)}
    own = {key: value for key, value in meant.items() if key not in SHAPES}
    return {**more, OWN: own} if own else more


def completed(said: Sequence[Doc], mores: Sequence[Doc], write: Callable[[Sequence[Doc]], Sequence[Doc]]) -> list[Doc]:
    """Put what went along beside records back into their documents.

    `write` says documents as records and reads these again: where a field comes out of that as the record has it
    now, nobody changed it there, and what went along counts.
    """
    whole = [_joined(doc, more) for doc, more in zip(said, mores, strict=True)]
    docs = []
    for doc, more, sent in zip(said, mores, write(whole), strict=True):
        unchanged = {key: value for key, value in more.items() if key == OWN or sent.get(key) == doc.get(key)}
        docs.append(_joined(doc, unchanged))
    return docs


def _joined(doc: Doc, more: Doc) -> Doc:
    fields = {key: value for key, value in {**doc, **more}.items() if key in SHAPES and value is not None}
    return {**fields, **more.get(OWN, {})}


def _records(tongue: Tongue, tasks: Mapping[str, Doc], keys: Names) -> list[dict[str, Any]]:
    theirs = _through(keys, lambda task_id: task_id)
    if tongue.write is None:
        raise AssertionError(f"{tongue.kind} has no way out")
    return [
        {key: value for key, value in tongue.write(task_id, doc, theirs).items() if value not in (None, "", [], {})}
        for task_id, doc in tasks.items()
    ]


def _through(names: Names, otherwise: Callable[[str], str]) -> Callable[[str], str]:
    return lambda name: names[name] if name in names else otherwise(name)


def _names(tongue: Tongue, records: Sequence[Record], wrong: list[Problem]) -> tuple[dict[str, str], list[Record]]:
    """Give our id for each of theirs, and the records that have one of their own."""
    names: dict[str, str] = {}
    taken: dict[str, Record] = {}
    sound = []
    for record in records:
        key = tongue.key(record.data)
        more = record.data.get(MORE)
        carried = more.get("id") if isinstance(more, dict) and is_ours(more) and tongue.write else None
        task_id = carried if isinstance(carried, str) and not ids.invalid(carried) else tongue.own(key) if key else ""
        words = ""
        if not key:
            words = "this task has no id"
        elif key in names or task_id in taken:
            there = taken[task_id if task_id in taken else names[key]]
            place = f"{there.path}:{there.line}" if there.path else f"line {there.line}"
            words = f"the id {key!r} ({task_id} here) is in {place} already"
        if words:
            wrong.append(Problem(record.path, record.line, 1, "import", words))
            continue
        names[key] = task_id
        taken[task_id] = record
        sound.append(record)
    return names, sound


def is_ours(more: object) -> bool:
    """Tell whether a value under our key is what an export puts there."""
    return isinstance(more, dict) and not more.keys() - {*SHAPES, "id", OWN} and isinstance(more.get(OWN, {}), dict)


def taken(data: dict[str, Any], path: str, line: int, problems: list[Problem]) -> Doc:
    """Take out of a record what went along beside it, if any did; what no document may hold is a problem."""
    if not is_ours(data.get(MORE)):
        return {}
    more: Doc = data.pop(MORE)
    found = faults(_joined({"title": "none"}, more))
    problems += [Problem(path, line, 1, "import", f"{MORE}: {words}") for words in found]
    return {} if found else more


def _read(
    tongue: Tongue, data: dict[str, Any], names: Names, record: Record, wrong: list[Problem]
) -> tuple[Doc, list[tuple[str, str]]]:
    one = Incoming(tongue.kind, data)
    try:
        tongue.read(one, _through(names, tongue.own))
    except UnreadableError as error:
        wrong.append(Problem(record.path, record.line, 1, "import", str(error)))
        return {"title": "none"}, []
    return one.finish(), one.told


def _with_more(tongue: Tongue, docs: list[Doc], mores: list[Doc], ours: list[str], names: Names) -> list[Doc]:
    keys = {task_id: key for key, task_id in names.items()}

    def there_and_back(whole: Sequence[Doc]) -> list[Doc]:
        found = []
        for data in _records(tongue, dict(zip(ours, whole, strict=True)), keys):
            one = Incoming(tongue.kind, tongue.again(data))
            tongue.read(one, _through(names, tongue.own))
            found.append(one.finish())
        return found

    return completed(docs, mores, there_and_back)


def faults(doc: Doc) -> list[str]:
    """Say what keeps a document from being a task file."""
    types = [doc["type"]] if isinstance(doc.get("type"), str) else []
    found = [one.message for one in rules.file_problems(doc, "", types=types) if one.severity == "error"]
    if not found:
        try:
            codec.dumps(doc)
        except TmError as error:
            found.append(error.message)
    return found
