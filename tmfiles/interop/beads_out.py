"""Tasks as issues of a beads export; knows both vocabularies, and not what an issue cannot hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tmfiles import dates
from tmfiles.interop import frontmatter
from tmfiles.interop.incoming import kept, with_kept

Doc = dict[str, Any]

STATUSES = {"pending": "open", "cancelled": "closed", "completed": "closed"} | {
    "in_progress": "in_progress",
    "blocked": "blocked",
}
PRIORITIES = {"critical": 0, "high": 1, "medium": 2, "low": 3}
LINKS = {"depends_on": "blocks", "parent": "parent-child", "source": "discovered-from", "related": "related"}
CONTEXT = {"design": "Design", "acceptance_criteria": "Acceptance criteria", "notes": "Notes"}
# Of what an import kept, those that say how a link or the id was; the fields here count.
_SAID = ("links", "id", "title", "dependencies", "comments")


def issues(tasks: Mapping[str, Doc], words: Mapping[str, str]) -> list[Doc]:
    """Give an issue for each task, in their order; `words` are ours for statuses of theirs."""
    return [_issue(task_id, doc, words) for task_id, doc in tasks.items()]


def _issue(task_id: str, doc: Doc, words: Mapping[str, str]) -> Doc:
    mine = {key: value for key, value in kept(doc, "beads").items() if key not in _SAID}
    status, priority = doc.get("status", "pending"), doc.get("priority", "medium")
    data = {
        "id": task_id,
        "title": doc["title"],
        "description": doc.get("description"),
        "status": STATUSES[status],
        "priority": 4 if priority == "low" and mine.get("priority") == 4 else PRIORITIES[priority],
        "issue_type": doc.get("type", "task"),
        "assignee": doc.get("assignee"),
        "created_by": doc.get("created_by"),
        **_times(doc, status),
        "labels": doc.get("tags"),
        **frontmatter.of_context(doc, CONTEXT, "design"),
        "dependencies": _dependencies(task_id, doc),
        "comments": _comments(task_id, doc),
    }
    links = doc.get("links", ())
    if len(links) == 1 and links[0].startswith(("https://", "http://")):
        data["external_ref"] = links[0]
    if doc.get("criteria"):
        data["acceptance_criteria"] = frontmatter.boxes(doc["criteria"])
    if doc.get("estimate"):
        data["estimated_minutes"] = dates.duration(doc["estimate"]) // 60
    if status == "completed":
        data["close_reason"] = doc.get("result")
    if words.get(str(mine.get("status"))) == status:
        data["status"] = mine["status"]
    return {key: value for key, value in with_kept(data, mine).items() if value not in (None, "", [], {})}


def _times(doc: Doc, status: str) -> Doc:
    names = {"created_at": "created_at", "started_at": "started_at", "due": "due_at", "wait_until": "defer_until"}
    found = {
        theirs: dates.stamp(dates.instant(doc[ours], end=ours == "due"))
        for ours, theirs in names.items()
        if doc.get(ours)
    }
    if status in ("completed", "cancelled") and doc.get("completed_at"):
        found["closed_at"] = dates.stamp(dates.instant(doc["completed_at"]))
    # Theirs must have one; of ours, Git knows it.
    known = [found[key] for key in ("created_at", "closed_at") if key in found]
    return {**found, "updated_at": kept(doc, "beads").get("updated_at") or (max(known) if known else None)}


def _dependencies(task_id: str, doc: Doc) -> list[Doc]:
    made = []
    for field, kind in LINKS.items():
        value = doc.get(field, [])
        made += [
            {"issue_id": task_id, "depends_on_id": to, "type": kind}
            for to in (value if isinstance(value, list) else [value])
        ]
    return made


def _comments(task_id: str, doc: Doc) -> list[Doc]:
    return [
        {"id": n, "issue_id": task_id, "author": one["by"], "text": one["text"], "created_at": _moment(one["at"])}
        for n, one in enumerate(doc.get("journal", ()), 1)
    ]


def _moment(text: str) -> str:
    return dates.stamp(dates.instant(text))
