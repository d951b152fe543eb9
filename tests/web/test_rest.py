"""The interface for programs: the documents of --json, edits held to what was seen, lists in pages."""

from __future__ import annotations

import json
import threading
from typing import Any

import httpx
import pytest
from writing import Store

from tmfiles.web.api.verbs import STEPS
from web.serving import Served

MERGE = {"Content-Type": "application/merge-patch+json"}


def changed(got: httpx.Response, status: int = 200) -> dict[str, Any]:
    """Give the data of an answer, which must have this status."""
    assert got.status_code == status, got.text
    data: dict[str, Any] = got.json()["data"]
    return data


def refused(got: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Give the problem document of an answer, which must be this refusal."""
    body: dict[str, Any] = got.json()
    assert (got.status_code, body["status"], body["code"]) == (status, status, code), got.text
    assert got.headers["content-type"] == "application/problem+json"
    return body


def patch(http: httpx.Client, task_id: str, values: Any, **headers: str) -> httpx.Response:
    """Send a merge patch."""
    return http.patch(
        f"/api/v1/tasks/{task_id}",
        content=json.dumps(values),
        headers={**MERGE, **{key.replace("_", "-"): value for key, value in headers.items()}},
    )


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("tasks", "list"),
        ("tasks?which=ready", "ready"),
        ("tasks?which=blocked", "blocked"),
        ("tasks?which=all&sort=-title", "list --all --sort -title"),
        ("tasks?tag=web&not_priority=low", "list --tag web --not-priority low"),
        ("tasks?status=blocked,pending", "list --status blocked,pending"),
        ("tasks?unassigned=true&has_deps=true", "list --unassigned --has-deps"),
        ("tasks/des", "show des"),
        ("tasks/build/context", "context build"),
        ("tasks/build/dependencies", "dep tree build"),
        ("tasks/design/dependencies?up=true", "dep tree design --up"),
        ("tasks/design/log", "log design"),
        ("tasks/design/blame", "blame design"),
        ("search?q=des*", "search des*"),
        ("next", "next"),
        ("board?by=priority", "board --by priority"),
        ("graph?all=true&critical_path=true", "graph --all --critical-path"),
        ("graph?id=build&down=true", "graph build --down"),
        ("check", "check"),
        ("log?patch=true", "log --patch"),
        ("diff?states=HEAD~1..HEAD", "diff HEAD~1..HEAD"),
        ("undo", "undo --list"),
        ("velocity?weeks=3", "report --velocity --weeks 3"),
        ("phases", "phase list"),
    ],
)
def test_a_reader_gets_the_document_of_the_command(http: httpx.Client, store: Store, path: str, words: str) -> None:
    """What is asked over HTTP is answered, key by key, as the command line answers it with --json."""
    assert http.get(f"/api/v1/{path}").json() == json.loads(store.do(*words.split(), "--json").out)


@pytest.mark.parametrize("op", STEPS)
def test_each_step_is_the_command(http: httpx.Client, store: Store, op: str) -> None:
    """What is done over HTTP is one commit in the person's name, which names the operation, and can be undone."""
    if op in ("reopen", "feedback"):
        store.do("complete", "design")
    if op == "release":
        store.do("claim", "design")
    before, count = store.files(), store.commits()
    done = changed(http.post(f"/api/v1/tasks/design/{op}", json=STEPS[op][1]))
    assert done["changed"] == ["design"]
    assert store.commits() == count + 1
    said = store.git("log", "-1", "--format=%an %(trailers:key=Tm-Op,valueonly) %(trailers:key=Tm-Actor,valueonly)")
    assert said.split() == ["Maria", op, "Maria"]
    changed(http.post("/api/v1/undo"))
    assert store.files() == before
    store.assert_sound()


def test_a_task_is_made_shown_and_deleted(http: httpx.Client, store: Store) -> None:
    """What is made is found where Location says, and what was deleted is found no more, but can come back."""
    got = http.post("/api/v1/tasks", json={"title": "Buy a font", "depends_on": ["des"], "due": "2026-12-01"})
    task = changed(got, 201)["tasks"][0]
    assert (task["status"], task["blocked_by"], task["created_by"]) == ("blocked", ["design"], "Maria")
    where = got.headers["location"]
    assert where == f"/api/v1/tasks/{task['id']}"
    assert http.get(where).headers["etag"] == got.headers["etag"]
    assert changed(http.delete(where))["changed"] == [task["id"]]
    refused(http.get(where), 404, "not_found")
    assert changed(http.post(f"{where}/restore"))["changed"] == [task["id"]]
    store.assert_sound()


def test_a_deletion_leaves_no_link_behind(http: httpx.Client, store: Store) -> None:
    """A task that another waits for goes only with force, which cuts the link in the same commit."""
    assert "build" in refused(http.delete("/api/v1/tasks/design"), 409, "refused")["detail"]
    assert changed(http.delete("/api/v1/tasks/design?force=true"))["changed"] == ["design", "build"]
    assert "depends_on" not in store.doc("build")


def test_a_merge_patch_says_what_is_to_be(http: httpx.Client, store: Store) -> None:
    """A value replaces, null takes away, mappings are merged, and lines that are not named keep their bytes."""
    store.file("design").write_bytes(store.file("design").read_bytes() + b"# a person's own words\n")
    store.do("commit")
    values = {
        "fields": {"customer": "ACME", "size": {"x": 1, "y": 2}},
        "description": "Long.\n",
        "status": "in_progress",
    }
    done = changed(patch(http, "design", values))["tasks"][0]
    assert (done["status"], done["fields"], "started_at" in done) == ("in_progress", values["fields"], True)
    changed(patch(http, "design", {"fields": {"size": {"y": None, "z": 3.5}}, "tags": None, "due": "2026-12-01"}))
    doc = store.doc("design")
    assert doc["fields"] == {"customer": "ACME", "size": {"x": 1, "z": "3.5"}}
    assert (doc["due"], "tags" in doc, doc["description"]) == ("2026-12-01", False, "Long.\n")
    assert b"# a person's own words\n" in store.file("design").read_bytes()
    assert changed(patch(http, "design", {"due": "2026-12-01"}))["unchanged"] == ["design"]


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({}, 400),
        ([], 400),
        ({"title": None}, 400),
        ({"title": 7}, 400),
        ({"titel": "Slip"}, 400),
        ({"journal": []}, 400),
        ({"status": "done"}, 400),
        ({"title": "two\nlines"}, 422),
        ({"due": "someday"}, 422),
        ({"depends_on": ["design"]}, 422),
        ({"depends_on": ["nope"]}, 404),
        ({"depends_on": ["build"]}, 409),
    ],
)
def test_a_patch_that_cannot_be_is_refused(http: httpx.Client, store: Store, values: Any, status: int) -> None:
    """What does not fit the description is 400, what fits and cannot be is 422, 404 or 409; nothing is written."""
    before = (store.files(), store.commits())
    assert patch(http, "design", values).status_code == status
    assert (store.files(), store.commits()) == before


def test_an_edit_is_held_to_what_was_seen(http: httpx.Client, store: Store) -> None:
    """A tag of before refuses the edit, and the refusal has the task as it is and as it was seen."""
    seen = http.get("/api/v1/tasks/design")
    store.do("update", "design", "--title", "Theirs")
    body = refused(patch(http, "design", {"title": "Mine"}, If_Match=seen.headers["etag"]), 412, "changed")
    assert (body["current"]["title"], body["seen"]["title"]) == ("Theirs", "Design")
    assert store.doc("design")["title"] == "Theirs"
    now = http.get("/api/v1/tasks/design").headers["etag"]
    done = patch(http, "design", {"title": "Mine"}, If_Match=f'W/"x", {now}')
    assert changed(done)["tasks"][0]["title"] == "Mine"
    assert done.headers["etag"] == http.get("/api/v1/tasks/design").headers["etag"]
    for path in ("start", "comment"):
        words = {"text": "Words"} if path == "comment" else {}
        refused(http.post(f"/api/v1/tasks/design/{path}", json=words, headers={"If-Match": now}), 412, "changed")
    refused(http.delete("/api/v1/tasks/design", headers={"If-Match": now}), 412, "changed")
    refused(patch(http, "design", {"title": "Mine"}, If_Match="no tag"), 412, "changed")
    assert changed(patch(http, "design", {"title": "Again"}, If_Match="*"))["changed"] == ["design"]


def test_an_edit_by_hand_is_a_change_too(http: httpx.Client, store: Store) -> None:
    """A comment that a person put into the file meanwhile refuses the edit, and no commit holds what was seen then."""
    store.file("design").write_bytes(store.file("design").read_bytes() + b"# one\n")
    seen = http.get("/api/v1/tasks/design").headers["etag"]
    store.file("design").write_bytes(store.file("design").read_bytes() + b"# two\n")
    body = refused(patch(http, "design", {"title": "Mine"}, If_Match=seen), 412, "changed")
    assert body["seen"] is None


def test_what_others_do_to_a_task_is_no_change_of_it(http: httpx.Client) -> None:
    """When a dependency is completed the answer is another, and an edit of what was seen goes on."""
    seen = http.get("/api/v1/tasks/build").headers["etag"]
    changed(http.post("/api/v1/tasks/design/complete"))
    now = http.get("/api/v1/tasks/build", headers={"If-None-Match": seen})
    assert (now.status_code, now.json()["data"]["status"]) == (200, "pending")
    assert changed(patch(http, "build", {"title": "Mine"}, If_Match=seen))["changed"] == ["build"]


def test_of_many_who_saw_the_same_one_writes(server: Served, store: Store) -> None:
    """Eight clients with one tag: one edit is made, seven are told that it was."""
    seen = httpx.get(f"{server.address}/api/v1/tasks/design", trust_env=False).headers["etag"]
    told: list[int] = []

    def write(number: int) -> None:
        with httpx.Client(base_url=server.address, trust_env=False, timeout=60) as http:
            told.append(patch(http, "design", {"title": f"Title {number}"}, If_Match=seen).status_code)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told) == [200] + [412] * 7
    store.assert_sound()


@pytest.mark.parametrize("path", ["tasks", "tasks/design", "check", "openapi.json"])
def test_who_has_the_answer_is_told_so(http: httpx.Client, path: str) -> None:
    """The tag of an answer spares it being sent again, until it is another one."""
    got = http.get(f"/api/v1/{path}")
    if path == "openapi.json":
        assert got.json()["openapi"] == "3.1.0"
        return
    again = http.get(f"/api/v1/{path}", headers={"If-None-Match": f'"x", {got.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", got.headers["etag"])
    head = http.head(f"/api/v1/{path}")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", got.headers["etag"])
    changed(http.post("/api/v1/tasks/design/comment", json={"text": "Words"}))
    later = http.get(f"/api/v1/{path}", headers={"If-None-Match": got.headers["etag"]})
    assert later.status_code == (304 if path == "check" else 200)


def test_pages_lead_from_the_first_to_the_last(http: httpx.Client, store: Store) -> None:
    """All tasks come once, though some come and go between the pages; a cursor is of one question alone."""
    lines = "\n".join(
        json.dumps({"op": "add", "title": f"Task {number:03}", "id": f"t{number:03}"}) for number in range(25)
    )
    (store.path / "lines").write_text(lines, encoding="utf-8")
    store.do("batch", str(store.path / "lines"))
    got = http.get("/api/v1/tasks?sort=id&limit=10&fields=title").json()
    assert got["total"] == 27
    assert all(set(one) == {"id", "title"} for one in got["data"])
    first = [one["id"] for one in got["data"]]
    store.do("delete", "t003")  # before the cursor
    store.do("add", "Late", "--id", "a0")
    refused(http.get(f"/api/v1/tasks?limit=10&cursor={got['next']}"), 422, "usage")
    more, cursor = [], got["next"]
    while cursor:
        page = http.get(f"/api/v1/tasks?sort=id&limit=10&cursor={cursor}").json()
        more += [one["id"] for one in page["data"]]
        cursor = page.get("next")
    assert first + more == ["build", "design", *(f"t{number:03}" for number in range(25))]
    for odd in ("x", "W10", "eyJ9"):
        refused(http.get(f"/api/v1/tasks?cursor={odd}"), 422, "usage")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("stauts=pending", 400),
        ("limit=5&limit=6", 400),
        ("limit=0", 400),
        ("limit=1e3", 400),
        ("mine=1", 400),
        ("tag=", 400),
        ("sort=size", 400),
        ("which=none", 400),
        ("status=done", 422),
        ("tag=nope", 404),
        ("status=pending&which=ready", 422),
        ("due_before=someday", 422),
    ],
)
def test_what_means_nothing_is_refused(http: httpx.Client, query: str, status: int) -> None:
    """A parameter that is unknown, blank, doubled or no value of its kind never becomes an empty list."""
    assert http.get(f"/api/v1/tasks?{query}").status_code == status


def test_a_word_said_again_under_its_key_is_said_once(http: httpx.Client, store: Store) -> None:
    """Under one key a comment stands once; where a key would do nothing it is refused."""
    for _ in range(3):
        got = http.post("/api/v1/tasks/design/comment", json={"text": "Words"}, headers={"Idempotency-Key": "k1"})
        assert got.status_code == 200
    assert len(store.doc("design")["journal"]) == 1
    refused(http.post("/api/v1/tasks", json={"title": "x"}, headers={"Idempotency-Key": "k1"}), 400, "malformed")


def test_criteria_notes_and_links(http: httpx.Client, store: Store) -> None:
    """What must hold is added, met and removed by number; a note is in no commit; a dependency comes and goes."""
    changed(http.post("/api/v1/tasks/design/criteria", json={"text": ["One", "Two"]}))
    changed(http.patch("/api/v1/tasks/design/criteria/2", json={"met": True}))
    changed(http.delete("/api/v1/tasks/design/criteria/1"))
    assert changed(http.get("/api/v1/tasks/design/criteria")) == [{"text": "Two", "met": True}]
    refused(http.delete("/api/v1/tasks/design/criteria/7"), 404, "not_found")
    count = store.commits()
    changed(http.post("/api/v1/tasks/design/note", json={"text": "Ask Li"}))
    note = changed(http.get("/api/v1/tasks/design/note"))
    assert ("Ask Li" in note["text"], note["path"], store.commits()) == (True, "design.md", count)
    changed(http.delete("/api/v1/tasks/build/dependencies/design"))
    assert "depends_on" not in store.doc("build")
    changed(http.put("/api/v1/tasks/build/dependencies/des"))
    refused(http.put("/api/v1/tasks/design/dependencies/build"), 409, "refused")


def test_the_next_task_is_taken_by_whoever_asks(http: httpx.Client, store: Store) -> None:
    """It is claimed; who asks again has it already, and another person's is told whose it is."""
    assert changed(http.post("/api/v1/next", json={"length": "2h"}))["changed"] == ["design"]
    assert changed(http.post("/api/v1/next"))["tasks"][0]["id"] == "design"
    changed(http.post("/api/v1/tasks/design/release"))
    store.do("--as", "li", "claim", "design")
    refused(http.post("/api/v1/next"), 409, "claimed")
    refused(http.post("/api/v1/tasks/design/claim"), 409, "claimed")


def test_many_operations_are_one_commit_or_none(http: httpx.Client, store: Store) -> None:
    """A batch is one commit; with one line wrong nothing is done, and every wrong line is told."""
    count = store.commits()
    operations = [{"op": "add", "title": "Design", "as": "d"}, {"op": "comment", "id": "$d", "text": "Words"}]
    done = changed(http.post("/api/v1/batch", json={"operations": operations}))
    assert (len(done["operations"]), store.commits()) == (2, count + 1)
    assert changed(http.post("/api/v1/batch?dry_run=true", json={"operations": operations}))["commit"] is None
    operations += [{"op": "start", "id": "nope"}, {"op": "start", "id": "$e"}]
    body = refused(http.post("/api/v1/batch", json={"operations": operations}), 422, "invalid")
    assert [one["line"] for one in body["problems"]] == [3, 4]
    assert store.commits() == count + 1


def test_what_is_exported_comes_in_again(http: httpx.Client, store: Store) -> None:
    """Every format is given with its type, and JSON lines bring the same tasks into a store."""
    whole = http.get("/api/v1/export")
    assert (whole.headers["content-type"], len(whole.text.splitlines())) == ("application/x-ndjson", 2)
    for form, kind in (("json", "application/json"), ("csv", "text/csv"), ("markdown", "text/markdown")):
        got = http.get(f"/api/v1/export?format={form}&tag=web")
        assert got.headers["content-type"].startswith(kind)
        assert "Design" in got.text
        assert "Build" not in got.text
    before = store.doc("build")
    changed(http.delete("/api/v1/tasks/build"))
    kind = {"Content-Type": "application/x-ndjson"}
    url = "/api/v1/import/tasks?again=true"
    assert changed(http.post(f"{url}&dry_run=true", content=whole.content, headers=kind))["added"] == ["build"]
    assert changed(http.post(url, content=whole.content, headers=kind))["added"] == ["build"]
    assert store.doc("build") == before


def test_a_broken_file_is_told_and_hides_nothing(http: httpx.Client, store: Store) -> None:
    """A list has the others and the problem; the task itself is 422 with its place; an export is refused."""
    store.repo.write(".tasks/broken.yaml", "title: [\n")
    got = http.get("/api/v1/tasks").json()
    assert (len(got["data"]), [one["path"] for one in got["problems"]]) == (2, [".tasks/broken.yaml"])
    assert refused(http.get("/api/v1/tasks/broken"), 422, "invalid")["problems"][0]["line"] == 2
    refused(http.get("/api/v1/export"), 422, "invalid")
    assert changed(http.get("/api/v1/check"))["errors"] == 1


def test_writers_at_once_lose_nothing(server: Served, store: Store) -> None:
    """Ten threads write and read beside each other: every word is there, and the store is sound."""
    wrong: list[str] = []

    def work(number: int) -> None:
        with httpx.Client(base_url=server.address, trust_env=False, timeout=60) as http:
            for turn in range(4):
                got = http.post("/api/v1/tasks/design/comment", json={"text": f"Words {number} {turn}"})
                seen = http.get("/api/v1/tasks")
                if (got.status_code, seen.status_code) != (200, 200):
                    wrong.append(got.text + seen.text)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert wrong == []
    said = {entry["text"] for entry in store.doc("design")["journal"]}
    assert said == {f"Words {number} {turn}" for number in range(10) for turn in range(4)}
    store.assert_sound()
