"""A beads export (`issues.jsonl`) as tm documents; knows both vocabularies, reads and writes no files.

Nothing is dropped without a word: what tm has no field for stays in `fields.beads`, under its own name, and
what was decided on the way is in the report. Left out on purpose: issues that beads has deleted (reported),
counters of comments, what bd computes, fractions of seconds, and who made a link and when, where the link has
a field here. `updated_at` is kept where it says more than the other times do.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from tmfiles import dates, ids
from tmfiles.errors import Problem, TmError
from tmfiles.interop import beads_links as linking
from tmfiles.interop import beads_out, frontmatter, jsonl, tongue
from tmfiles.interop.beads_links import keep, moment, text
from tmfiles.interop.imported import Entry, Import
from tmfiles.task import SHAPES, TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Doc = dict[str, Any]
Told = list[tuple[str, str]]  # kind and message of entries about the task at hand

# A hooked issue hangs on an agent's hook: it is being worked on. Deferred and pinned ones are never offered
# as work by bd, so they must not become ready here.
STATUSES = {
    "open": "pending",
    "in_progress": "in_progress",
    "blocked": "blocked",
    "closed": "completed",
    "hooked": "in_progress",
    "deferred": "blocked",
    "pinned": "blocked",
}
SAME = ("open", "in_progress", "blocked", "closed")  # nothing to tell
PRIORITIES = ("critical", "high", "medium", "low", "low")
DERIVED = ("_type", "content_hash", "dependency_count", "dependent_count", "comment_count")
NEVER = "0001-01-01T00:00:00Z"  # Go's zero time: none was set
NAMES = ("assignee", "created_by")
TIMES = {
    "created_at": "created_at",
    "started_at": "started_at",
    "due_at": "due",
    "defer_until": "wait_until",
}
# A key that is understood but has a value that is not is told by itself, any other key by count.
KNOWN = {*NAMES, *TIMES, *beads_out.CONTEXT, "description", "labels", "comments", "estimated_minutes", "closed_at"}

_URL = re.compile(r"https?://\S{1,4000}")


def convert(lines: Iterable[bytes], path: str = "") -> Import:
    """Convert the lines of a beads export, all or nothing.

    The documents follow from the issues alone: the same export gives the same documents again. Raises
    TmError, code `invalid`, with every broken line as a problem of rule `import`.
    """
    report: list[Entry] = []
    rows = _issues(lines, path, report)
    mores = _mores(rows, path)
    found = _converted([issue for _, issue in rows])
    found = found._replace(report=(*report, *found.report), aside="beads")
    if not any(mores.values()):
        return found
    said = list(found.tasks.values())

    def there_and_back(whole: Sequence[Doc]) -> list[Doc]:
        made = beads_out.issues(dict(zip(found.tasks, whole, strict=True)), STATUSES)
        return list(_converted(made).tasks.values())

    docs = tongue.completed(said, [mores[one] for one in found.tasks], there_and_back)
    return Import.of(dict(zip(found.tasks, docs, strict=True)), found.report, aside=found.aside)


def written(tasks: dict[str, Doc]) -> bytes:
    """Write an issue a line, each with what it cannot say itself under a key that bd does not know."""
    made = beads_out.issues(tasks, STATUSES)
    back = _converted([dict(issue) for issue in made]).tasks if made else {}
    for issue, (task_id, doc) in zip(made, tasks.items(), strict=True):
        if more := tongue.differing(back[task_id], doc):
            issue[tongue.MORE] = more
    return "".join(jsonl.line(issue) + "\n" for issue in made).encode()


def _mores(rows: list[tuple[int, Doc]], path: str) -> dict[str, Doc]:
    """Take what went along beside issues out of them, by the id that it is said for."""
    problems: list[Problem] = []
    mores: dict[str, Doc] = {}
    for line, issue in rows:
        mores[issue["id"]] = tongue.taken(issue, path, line, problems)
    if problems:
        raise tongue.refused(problems)
    return mores


def _converted(issues: list[Doc]) -> Import:
    """Convert issues that are sound; the report tells of these alone."""
    report: list[Entry] = []
    dead = {issue["id"] for issue in issues if issue.get("status") == "tombstone"}
    names = _names([issue["id"] for issue in issues if issue["id"] not in dead], report)
    tasks: dict[str, Doc] = {}
    links: dict[str, list[linking.Link]] = {}
    extra: Counter[str] = Counter()
    for issue in issues:
        if issue["id"] in dead:
            report.append(_tombstone(issue))
            continue
        id = names[issue["id"]]
        doc, rest = _task(id, issue, report)
        tasks[id] = doc
        links[id] = linking.links(id, doc, rest.pop("dependencies", []), report)
        extra.update(key for key in rest if key not in KNOWN)
        for key, value in rest.items():
            keep(doc, key, value)
    report += linking.connect(tasks, links, names, dead)
    report += [Entry("kept", "", f"{key}: {n}, kept in fields.beads.{key}") for key, n in sorted(extra.items())]
    types = tuple(sorted({doc["type"] for doc in tasks.values()}.difference(TYPES)))
    return Import({id: _tidy(doc) for id, doc in tasks.items()}, types, tuple(report))


def _issues(lines: Iterable[bytes], path: str, report: list[Entry]) -> list[tuple[int, Doc]]:
    """Read the issues; raise TmError with everything that is broken, before anything is converted."""
    records, problems = jsonl.records(lines, path)
    total = len(records) + len(problems)
    issues: list[tuple[int, Doc]] = []
    first: dict[str, int] = {}
    for number, record in records:
        if record.get("_type", "issue") != "issue":
            what = f"line {number}: {record['_type']} {record.get('key', '')!r} is no issue, left out"
            report.append(Entry("not-an-issue", "", what))
            continue
        id = record.get("id")
        wrong = ""
        if not isinstance(id, str) or not id.strip():
            wrong = "the issue has no id"
        elif id in first:
            wrong = f"issue {id!r} is in line {first[id]} already"
        elif not isinstance(record.get("title"), str) and record.get("status") != "tombstone":
            wrong = f"issue {id!r} has no title"
        if wrong:
            problems.append(Problem(path, number, 1, "import", wrong))
        first.setdefault(str(id), number)
        issues.append((number, record))
    if problems:
        raise TmError(
            f"{len(problems)} of {total} lines are broken; nothing was imported",
            hint="correct these lines, or make the file again: bd export -o issues.jsonl",
            code="invalid",
            problems=sorted(problems, key=lambda problem: problem.line),
        )
    if not issues:
        hint = "name a file of issues, one JSON object a line: bd export -o issues.jsonl"
        raise TmError("no issues found; nothing was imported", hint=hint, code="invalid")
    return issues


def _tombstone(issue: Doc) -> Entry:
    """Tell what is known of an issue that beads has deleted: when, by whom, why, and its links."""
    words = [str(issue[key]) for key in ("deleted_at", "deleted_by", "delete_reason") if issue.get(key)]
    raws = issue.get("dependencies")
    links = [raw for raw in raws if isinstance(raw, dict)] if isinstance(raws, list) else []
    names = [f"{raw.get('type')} {raw.get('depends_on_id')}" for raw in links]
    message = "deleted in beads, left out" + (f" ({', '.join(words)})" if words else "")
    message += f", with its links: {', '.join(names)}" if names else ""
    return Entry("deleted", issue["id"], message)


def _names(originals: list[str], report: list[Entry]) -> dict[str, str]:
    """Map each id of beads to ours: the same, or the nearest valid one that is free."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    tried: Counter[str] = Counter()
    # Valid ids first, so that a clash never takes an id from the issue that had it already.
    for original in sorted(originals, key=lambda id: (bool(ids.invalid(id)), id)):
        base = original if not ids.invalid(original) else _slug(original, 50)
        if ids.invalid(base):
            base = f"bd-{base}".strip("-")
        name = base
        while name in taken:
            tried[base] += 1
            name = f"{base}-{tried[base] + 1}"
        taken.add(name)
        names[original] = name
        if name != original:
            report.append(Entry("id", name, f"is {original!r} in beads, which can't be an id here or is taken"))
    return names


def _slug(words: str, limit: int) -> str:
    """Return the words as small letters and digits with single separators, possibly nothing."""
    slug = re.sub(r"[^a-z0-9._-]+", "-", words.lower())
    slug = re.sub(r"([._-])[._-]+", r"\1", slug)
    return slug.strip("._-")[:limit].strip("._-")


def _tidy(doc: Doc) -> Doc:
    """Put keys into our order, and what was kept of beads into the alphabet's."""
    if "fields" in doc:
        doc["fields"] = {"beads": dict(sorted(doc["fields"]["beads"].items()))}
    return {key: doc[key] for key in SHAPES if key in doc}


def _task(id: str, issue: Doc, report: list[Entry]) -> tuple[Doc, Doc]:
    """Convert one issue but for its links; return the document and what is left of the source."""
    rest = {key: value for key, value in issue.items() if key not in DERIVED and value not in (None, "", [], {}, NEVER)}
    doc: Doc = {}
    if id != rest.pop("id"):
        keep(doc, "id", issue["id"])
    told = _title(doc, rest) + _type(doc, rest) + _priority(doc, rest)
    _same(doc, rest)
    told += _status(doc, rest) + _journal(doc, rest)
    _tags(doc, rest)
    report += [Entry(kind, id, message) for kind, message in told]
    odd = [key for key in rest if key in KNOWN]
    report += [Entry("odd-value", id, f"{key} {rest[key]!r}: kept in fields.beads.{key}") for key in odd]
    return doc, rest


def _title(doc: Doc, rest: Doc) -> Told:
    raw = rest.pop("title", "")
    title = " ".join(part.strip() for part in raw.splitlines() if part.strip())
    if not title:
        title = next(iter(str(rest.get("description", "")).strip().splitlines()), "").strip() or "(no title)"
    if len(title) > 500:
        title = title[:499] + "…"
    doc["title"] = title
    if title == raw:
        return []
    if not raw.strip():
        return [("title", f"has no title in beads, is called {title!r} here")]
    keep(doc, "title", raw)
    return [("title", "title put on one line of at most 500 characters; the whole is in fields.beads.title")]


def _type(doc: Doc, rest: Doc) -> Told:
    raw = rest.pop("issue_type", "task")
    doc["type"] = (_slug(raw, 50) if isinstance(raw, str) else "") or "task"
    if doc["type"] == raw:
        return []
    keep(doc, "issue_type", raw)
    return [("type", f"type {raw!r} is {doc['type']} here; kept in fields.beads.issue_type")]


def _priority(doc: Doc, rest: Doc) -> Told:
    raw = rest.pop("priority", 2)
    number = isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw < len(PRIORITIES)
    doc["priority"] = PRIORITIES[raw] if number else "medium"
    if number and raw < 4:
        return []
    keep(doc, "priority", raw)
    return [("priority", f"priority {raw!r} is {doc['priority']} here; kept in fields.beads.priority")]


def _same(doc: Doc, rest: Doc) -> None:
    """Move what means the same on both sides; what can't be read stays behind."""
    for key in NAMES:
        if text(rest.get(key), 200):
            doc[key] = rest.pop(key)
    for key, ours in TIMES.items():
        _move_time(doc, ours, rest, key)
    if text(rest.get("description")):
        doc["description"] = rest.pop("description")
    if criteria := _criteria(rest):
        doc["criteria"] = criteria
    sections = [(title, rest.pop(key)) for key, title in beads_out.CONTEXT.items() if text(rest.get(key))]
    if sections:
        doc["context"] = frontmatter.gathered(sections)
    minutes = rest.get("estimated_minutes")
    if isinstance(minutes, int) and not isinstance(minutes, bool) and 0 < minutes < 10**6:
        hours, minutes = divmod(rest.pop("estimated_minutes"), 60)
        doc["estimate"] = (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes else "")
    if _URL.fullmatch(str(rest.get("external_ref"))):
        doc["links"] = [rest.pop("external_ref")]


def _move_time(doc: Doc, ours: str, rest: Doc, key: str) -> None:
    if at := moment(rest.get(key)):
        del rest[key]
        doc[ours] = dates.stamp(at)


def _criteria(rest: Doc) -> list[Doc]:
    """Take acceptance criteria that are a plain list, an item a line; any other text is left where it is."""
    criteria = frontmatter.ticked(rest.get("acceptance_criteria"))
    if criteria:
        del rest["acceptance_criteria"]
    return criteria


def _status(doc: Doc, rest: Doc) -> Told:
    raw = rest.pop("status", "open")
    status = STATUSES.get(raw, "pending") if isinstance(raw, str) else "pending"
    if raw == "deferred" and "wait_until" in doc:
        status = "pending"  # the date holds it back, and lets it go
    doc["status"] = status
    told: Told = []
    if status == "completed":
        _move_time(doc, "completed_at", rest, "closed_at")
        if text(rest.get("close_reason")):
            doc["result"] = rest.pop("close_reason")
        if doc.get("completed_at", "9") < doc.get("created_at", ""):
            told.append(("times", f"closed {doc['completed_at']}, before it was created {doc['created_at']}"))
    if raw not in SAME:
        keep(doc, "status", raw)
        told.append(("status", f"status {raw!r} is {status} here; kept in fields.beads.status"))
    if updated := moment(rest.get("updated_at")):
        rest["updated_at"] = dates.stamp(updated)
        if rest["updated_at"] in (doc.get("created_at"), doc.get("completed_at")):
            del rest["updated_at"]
    return told


def _journal(doc: Doc, rest: Doc) -> Told:
    """Turn comments into journal entries, oldest first; those that can't be read are kept as they are."""
    if not isinstance(rest.get("comments"), list):
        return []
    told: Told = []
    entries = []
    for raw in rest.pop("comments"):
        at = moment(raw.get("created_at")) if isinstance(raw, dict) else None
        if at is None or not text(raw.get("text")):
            keep(doc, "comments", [raw])
            told.append(("comment", "a comment without text or time: kept in fields.beads.comments"))
            continue
        by = raw.get("author") if text(raw.get("author"), 200) else "unknown"
        if by != raw.get("author"):
            told.append(("comment", f"the comment of {dates.stamp(at)} names no author"))
        entries.append((at, {"at": dates.stamp(at), "by": by, "kind": "comment", "text": raw["text"]}))
        if raw.keys() - {"id", "issue_id", "author", "text", "created_at"}:
            keep(doc, "comments", [raw])
    if entries:
        doc["journal"] = [entry for _, entry in sorted(entries, key=lambda pair: pair[0])]
    return told


def _tags(doc: Doc, rest: Doc) -> None:
    if not isinstance(rest.get("labels"), list):
        return
    labels = rest.pop("labels")
    if tags := sorted({label.strip() for label in labels if text(label, 100)}):
        doc["tags"] = tags
    if odd := [label for label in labels if not text(label, 100)]:
        rest["labels"] = odd
