"""What a task file, a configuration and the whole graph must fulfil beyond the schema; reads no file itself."""

from __future__ import annotations

import re
from collections import namedtuple

from tmfiles import dates, formats, graph, repeats, schema
from tmfiles.errors import Problem, TmError
from tmfiles.task import CLOSED, LINKS, SETS, SHAPES, TYPES
from tmfiles.words import ALIASES, distance, suggestion, tolerance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    Pointer = tuple[str | int, ...]

# Every rule there is, by its severity and what it says in one line. Those down to `duplicate-id` are reported
# where files are read; the rest here.
RULES = {
    "yaml": ("error", "text that is not YAML; the message says what to quote or to indent"),
    "duplicate-key": ("error", "a key that is there twice, of which readers would take one or the other"),
    "anchor": ("error", "an anchor, an alias or a merge key: write the value out"),
    "tag": ("error", "a YAML tag such as !!str: leave it out"),
    "several-documents": ("error", "more than one document in a file: one task is one file"),
    "encoding": ("error", "bytes that are not UTF-8, or a NUL among them"),
    "too-large": ("error", "a file of over 1 MiB: put the bulk beside it and link to it"),
    "too-deep": ("error", "nesting over 20 levels"),
    "conflict-markers": ("error", "the markers of an unfinished merge: keep what you want of both sides"),
    "not-a-mapping": ("error", "a file that is not `key: value` lines"),
    "empty": ("error", "a file that holds nothing, or comments alone"),
    "id": ("error", "a file name that cannot be an id"),
    "file-name": ("error", "a file that ends in .yml: tasks end in .yaml"),
    "not-a-file": ("error", "a folder or a device with the name of a task"),
    "symbolic-link": ("error", "a symbolic link, which is not followed"),
    "unreadable": ("error", "a file or a folder that the system does not let tm read"),
    "duplicate-id": ("error", "two files with one id"),
    "used-id": (
        "error",
        "an id that another task had, which was deleted: what names the old one would mean the new",
    ),
    "schema": ("error", "a value has another form than its field: see schemas/task.schema.json"),
    "unknown-key": ("warning", "a key that the format does not know; it is kept as it is"),
    "near-miss-key": ("error", "a key within two letters of a known one, which would be ignored silently"),
    "date": ("error", "a date or time that cannot be read, or a time without its zone"),
    "duration": ("error", "a span of working time that cannot be read"),
    "type": ("error", "a type that is neither built in nor declared in config.yaml"),
    "self": ("error", "a task that depends on, belongs to or comes from itself"),
    "repeat": ("warning", "the same item twice in a set"),
    "interval": ("warning", "a `repeat` that cannot be read: completing the task is refused until it can"),
    "cut-off": ("warning", "text that ends before a '#', which begins a comment: quote all of it, if it is part of it"),
    "times-order": ("warning", "times in an order that cannot be, such as completed before it was started"),
    "closed-criteria": ("warning", "a completed task with criteria that are not met"),
    "field": ("error", "a custom field that is not as config.yaml declares it"),
    "phase": ("error", "a phase that config.yaml, which declares some, does not: no gate would hold the task"),
    "setting": ("error", "a declaration in config.yaml that cannot hold"),
    "agent": ("error", "a registration below .tasks/.agents/ that cannot be read"),
    "message": ("error", "a message below .tasks/.messages/ that cannot be read"),
    "policy-require": ("error", "a key that a policy asks for is missing; here and below, `level` may say warning"),
    "policy-transition": ("error", "a status that a policy does not let follow the one before"),
    "policy-wip": ("error", "more tasks in progress than a policy allows"),
    "policy-criteria": ("error", "a task completed with unmet criteria, where a policy forbids it"),
    "newer-version": ("error", "a store made by a newer tm"),
    "missing-dependency": ("error", "a dependency that does not exist: the task waits for ever"),
    "missing-parent": ("error", "a parent that does not exist"),
    "missing-link": ("warning", "a related or source task that does not exist"),
    "cycle": ("error", "tasks that depend on each other in a circle, so that none can be done first"),
    "parent-cycle": ("error", "tasks that are each other's parents"),
    "closed-open": ("warning", "a completed task that depends on one that is still open"),
    "cancelled-dependency": ("warning", "an open task that depends on a cancelled one, which no longer blocks it"),
}

CONFIG_KEYS = (
    "version",
    "types",
    "layout",
    "commit",
    "run_hooks",
    "trailers",
    "compat",
    "features",
    "fields",
    "policies",
    "phases",
    "limit",
)
# A line of plain text with a comment behind it that may be none: `title: Fix #12`.
_COMMENT = re.compile(
    r"^(title|context|description|result|reason):[ \t]+([^'\"|>\[{#&*!\s][^\r\n]*?)[ \t]+(#\w\S*)", re.MULTILINE
)
_DATES = ("due", "wait_until", "created_at", "started_at", "completed_at")
_DURATIONS = ("estimate", "actual")
# The mappings inside a task, and which of their keys are times.
_INSIDE = {"criteria": (), "journal": ("at",), "claim": ("at", "until"), "feedback": ()}
_ORDER = (
    ("created_at", "completed_at", "completed_at is before created_at"),
    ("started_at", "completed_at", "completed_at is before started_at"),
)


class Finding(namedtuple("Finding", "id pointer rule message severity")):
    """A problem before it has a place: which task, and the keys and numbers that lead to the value."""

    __slots__ = ()

    id: str
    pointer: Pointer
    rule: str
    message: str
    severity: str


def file_problems(
    doc: Mapping[str, Any], path: str, data: bytes | None = None, types: Collection[str] = (), task_id: str = ""
) -> list[Problem]:
    """List everything wrong with one task file, in the order of its lines.

    `data` is the file's text, for lines and columns; `types` are those that config.yaml adds; `task_id`
    is the file's own id, without which `self` cannot be checked.
    """
    problems = schema.problems(doc, path, data)
    findings = [*_keys(doc), *_times(doc), *_type(doc, types), *_sets(doc), *unmet(doc), *_cut_off(doc, data)]
    if task_id:
        findings += _self(doc, task_id)
    return in_order(problems + placed(findings, path, data))


def _cut_off(doc: Mapping[str, Any], data: bytes | None) -> Iterator[Finding]:
    """Find text like `Fix #12`, of which YAML reads `Fix`; a comment with a blank behind its '#' is one on purpose."""
    if data is None or b" #" not in data:
        return
    for name, text, comment in _COMMENT.findall(data.decode("utf-8-sig", "replace")):
        if doc.get(name) == text.rstrip():
            told = f"{name} ends before {schema.shown(comment)}, which is a comment"
            yield finding((name,), "cut-off", f"{told}: put quotes around the text, or a blank after the #")


def config_problems(doc: Mapping[str, Any], path: str, data: bytes | None = None) -> list[Problem]:
    """List everything wrong with config.yaml, in the order of its lines."""
    version = doc.get("version")
    if isinstance(version, int) and version > formats.newest():
        # What a newer format allows is not for this one to judge.
        message = f"made by a newer tm: this store has format {version}, this tm knows {formats.newest()}; upgrade tm"
        return placed([finding(("version",), "newer-version", message)], path, data)
    findings = unknown((), doc, CONFIG_KEYS, {})
    return in_order(schema.problems(doc, path, data, "config") + placed(findings, path, data))


def graph_problems(
    statuses: Mapping[str, str | None],
    depends_on: Mapping[str, Sequence[str]],
    parents: Mapping[str, str],
    others: Mapping[str, Iterable[tuple[str, str]]] | None = None,
) -> list[Finding]:
    """List everything wrong between tasks.

    `statuses` has every task, None for one whose file cannot be read; `depends_on` and `parents` may
    leave out tasks that have none. `others` gives, for a task, pairs of key (`related` or `source`) and id.
    """
    findings: list[Finding] = []
    for id, names in depends_on.items():
        for at, name in enumerate(names):
            findings += _dependency(id, at, name, statuses)
    for id, parent in parents.items():
        if parent not in statuses:
            message = f"parent '{parent}' does not exist"
            findings.append(finding(("parent",), "missing-parent", message, id))
    for id, links in (others or {}).items():
        findings += _links(id, links, statuses)
    for cycle in graph.cycles(depends_on):
        findings.append(_cycle(cycle, "cycle", "tasks wait for each other", depends_on))
    for cycle in graph.cycles({id: (parent,) for id, parent in parents.items()}):
        findings.append(_cycle(cycle, "parent-cycle", "tasks are each other's parents", {}))
    return findings


def finding(pointer: Pointer, rule: str, message: str, id: str = "") -> Finding:
    """Make a finding of a rule, with its severity."""
    return Finding(id, pointer, rule, message, RULES[rule][0])


def placed(findings: Sequence[Finding], path: str, data: bytes | None) -> list[Problem]:
    """Turn findings into problems of a file, each where it stands."""
    places = schema.positions(data, [found.pointer for found in findings])
    return [
        Problem(path, *place, found.rule, found.message, found.severity)
        for place, found in zip(places, findings, strict=True)
    ]


def in_order(problems: list[Problem]) -> list[Problem]:
    """Give problems by line; those without a place come last."""
    return sorted(problems, key=lambda problem: (not problem.line, problem.line, problem.column))


def _mappings(doc: Mapping[str, Any]) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    """Give the mappings inside a task whose keys are known, each with its place."""
    for key in _INSIDE:
        value = doc.get(key)
        if isinstance(value, dict):
            yield (key,), value
        elif isinstance(value, list):
            yield from (((key, at), item) for at, item in enumerate(value) if isinstance(item, dict))


def _keys(doc: Mapping[str, Any]) -> Iterator[Finding]:
    if not doc.keys() <= SHAPES.keys():
        yield from unknown((), doc, tuple(SHAPES), ALIASES["key"])
    for pointer, mapping in _mappings(doc):
        shape = SHAPES[str(pointer[0])]
        known = shape[0] if isinstance(shape, list) else shape
        if not mapping.keys() <= known.keys():
            yield from unknown(pointer, mapping, tuple(known), {})


def unknown(
    pointer: Pointer, mapping: Mapping[str, Any], known: Sequence[str], aliases: Mapping[str, str]
) -> list[Finding]:
    """List the keys that are none of the known ones: slips as errors, the rest as warnings."""
    findings = []
    where = f" in {pointer[0]}" if pointer else ""
    for key in mapping:
        if key in known:
            continue
        slip = [name for name in known if distance(key.lower(), name, tolerance(name)) <= tolerance(name)]
        meant = suggestion(key, slip or known, aliases)
        rule = "near-miss-key" if slip else "unknown-key"
        findings.append(finding((*pointer, key), rule, f"unknown key {schema.shown(key)}{where}{meant}"))
    return findings


def _times(doc: Mapping[str, Any]) -> list[Finding]:
    findings = []
    for pointer, value, rule in _spans(doc):
        try:
            if rule == "date":
                dates.parse(value)
            else:
                dates.duration(value)
        except TmError as error:
            findings.append(finding(pointer, rule, f"{schema.label(pointer)} {error.message}; {error.hint}"))
    if isinstance(doc.get("repeat"), str):
        try:
            repeats.interval(doc["repeat"])
        except TmError as error:
            findings.append(finding(("repeat",), "interval", f"repeat {error.message}; {error.hint}"))
    if not findings:
        findings += _order(doc)
    return findings


def _spans(doc: Mapping[str, Any]) -> Iterator[tuple[Pointer, str, str]]:
    """Give every date and duration of a task with its place and rule; other types are the schema's to tell."""
    for keys, rule in ((_DATES, "date"), (_DURATIONS, "duration")):
        for key in keys:
            if isinstance(doc.get(key), str):
                yield (key,), doc[key], rule
    for pointer, mapping in _mappings(doc):
        for key in _INSIDE[str(pointer[0])]:
            if isinstance(mapping.get(key), str):
                yield (*pointer, key), mapping[key], "date"


def _order(doc: Mapping[str, Any]) -> Iterator[Finding]:
    for earlier, later, message in _ORDER:
        if later not in doc:
            continue
        first, second = doc.get(earlier), doc[later]
        if not isinstance(first, str) or not isinstance(second, str):
            continue
        # A date alone may be any time of its day, so it is early at its start and late at its end.
        if dates.instant(second, end=True) < dates.instant(first):
            yield finding((later,), "times-order", f"{message}: {second}, {first}")


def _type(doc: Mapping[str, Any], types: Collection[str]) -> list[Finding]:
    name = doc.get("type")
    if not isinstance(name, str) or name in TYPES or name in types:
        return []
    if not schema.accepts({"title": name, "type": name}):
        return []  # the schema tells
    known = [*TYPES, *(added for added in types if added not in TYPES)]
    meant = suggestion(name, known, ALIASES["type"])
    message = f"type '{name}' is not one of {', '.join(known)}{meant or '; config.yaml can add it under types'}"
    return [finding(("type",), "type", message)]


def _sets(doc: Mapping[str, Any]) -> Iterator[Finding]:
    for key in SETS:
        items = doc.get(key)
        if not isinstance(items, list) or len(items) < 2:
            continue
        seen = set()
        for at, item in enumerate(items):
            if isinstance(item, str):
                if item in seen:
                    yield finding((key, at), "repeat", f"{key} names {schema.shown(item)} twice")
                seen.add(item)


def unmet(doc: Mapping[str, Any]) -> list[Finding]:
    """Tell the criteria that a completed task does not meet."""
    items = doc.get("criteria")
    if doc.get("status") != "completed" or not isinstance(items, list):
        return []
    unmet = [at for at, item in enumerate(items) if isinstance(item, dict) and item.get("met") is not True]
    if not unmet:
        return []
    message = f"completed with {len(unmet)} of {len(items)} criteria not met"
    return [finding(("criteria", unmet[0]), "closed-criteria", message)]


def _self(doc: Mapping[str, Any], task_id: str) -> Iterator[Finding]:
    for key in LINKS:
        value = doc.get(key)
        if value == task_id:
            yield finding((key,), "self", f"{key} names the task itself, '{task_id}'")
        elif isinstance(value, list) and task_id in value:
            yield finding((key, value.index(task_id)), "self", f"{key} names the task itself, '{task_id}'")


def _dependency(id: str, at: int, name: str, statuses: Mapping[str, str | None]) -> Iterator[Finding]:
    pointer = ("depends_on", at)
    if name not in statuses:
        yield finding(pointer, "missing-dependency", f"depends on '{name}', which does not exist", id)
        return
    own, other = statuses.get(id), statuses[name]
    if own == "completed" and graph.blocks(other) and other is not None:
        yield finding(pointer, "closed-open", f"is completed, but depends on '{name}', which is {other}", id)
    if own is not None and own not in CLOSED and other == "cancelled":
        message = f"depends on '{name}', which is cancelled and no longer blocks it"
        yield finding(pointer, "cancelled-dependency", message, id)


def _links(id: str, links: Iterable[tuple[str, str]], statuses: Mapping[str, str | None]) -> Iterator[Finding]:
    numbers: dict[str, int] = {}
    for key, name in links:
        at = numbers.get(key, 0)
        numbers[key] = at + 1
        if name not in statuses:
            pointer = (key, at) if isinstance(SHAPES[key], list) else (key,)
            yield finding(pointer, "missing-link", f"{key} names '{name}', which does not exist", id)


def _cycle(cycle: Sequence[str], rule: str, what: str, depends_on: Mapping[str, Sequence[str]]) -> Finding:
    first, second = cycle[0], cycle[1]
    pointer: Pointer = ("depends_on", depends_on[first].index(second)) if depends_on else ("parent",)
    return finding(pointer, rule, f"{what}: {' → '.join(cycle)}", first)
