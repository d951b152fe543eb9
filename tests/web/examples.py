"""Makes the examples of answers that the description of the interface shows, from a store of their own."""

from __future__ import annotations

import json
from typing import Any

import httpx

NOW = "2026-11-22T10:00:00Z"


def made(http: httpx.Client) -> dict[str, Any]:
    """Give every example by the name of its document, and refusals by their numbers."""

    def ask(method: str, path: str, body: Any = None, **headers: str) -> Any:
        content = {} if body is None else {"content": json.dumps(body)}
        kind = "application/merge-patch+json" if method == "PATCH" and "criteria" not in path else "application/json"
        return http.request(method, f"/api/v1{path}", headers={"Content-Type": kind, **headers}, **content).json()

    title = "Sessions expire while the user is typing"
    found = {
        "changed": ask(
            "POST",
            "/tasks",
            {"title": title, "id": "a1b2", "priority": "high", "tags": ["auth"], "criteria": [{"text": "It is kept"}]},
        )
    }
    ask("POST", "/tasks", {"title": "Write the docs", "id": "c3d4", "depends_on": ["a1b2"], "estimate": "2h"})
    ask("POST", "/tasks/a1b2/note", {"text": "Ask Li about the second handler"})
    found["batch"] = ask("POST", "/batch", {"operations": [{"op": "comment", "id": "a1b2", "text": "Seen twice"}]})
    for name, path in {
        "list": "/tasks",
        "search": "/search?q=sessions",
        "details": "/tasks/a1b2",
        "tree": "/tasks/c3d4/dependencies",
        "criteria": "/tasks/a1b2/criteria",
        "note": "/tasks/a1b2/note",
        "log": "/tasks/a1b2/log?limit=1",
        "blame": "/tasks/a1b2/blame",
        "diff": "/diff?states=HEAD~1..HEAD",
        "undoable": "/undo?limit=1",
        "next": "/next",
        "context": "/tasks/c3d4/context",
        "board": "/board?by=priority",
        "graph": "/graph?critical_path=true",
        "check": "/check",
        "metrics": "/metrics?period=month",
        "report": "/report",
        "velocity": "/velocity?weeks=2",
        "phases": "/phases",
        "schema": "/schemas/custom",
    }.items():
        found[name] = ask("GET", path)
    found["import"] = http.post(
        "/api/v1/import/markdown", content="- [ ] Buy a font\n", headers={"Content-Type": "text/markdown"}
    ).json()
    for one in (
        ask("POST", "/tasks", {"name": "Write"}),
        ask("GET", "/tasks/e5f6"),
        ask("POST", "/tasks/c3d4/start"),
        ask("DELETE", "/tasks/c3d4", **{"If-Match": '"0123456789abcdef01234567-0123456789ab"'}),
        ask("GET", "/tasks?status=don"),
        http.post("/api/v1/tasks", content="title=Write", headers={"Content-Type": "text/plain"}).json(),
        http.get("/api/v1/tasks", headers={"Host": "evil.example"}).json(),
    ):
        found[str(one["status"])] = one
    return found
