"""What was tried against the server, and what happened: docs/explanation/web-safety.md tells it row by row."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from writing import Store

from tmfiles.task import SHAPES
from tmfiles.web import limits
from tmfiles.web.limits import Bucket, Limits
from web.serving import Served

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`{{7*7}}${7*7}"
TEXTS = ("title", "assignee", "context", "description", "phase", "specialty", "result", "reason")
FORMS = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "")
TRAVERSALS = (
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..%5cwindows%5cwin.ini",
    "%2fetc%2fpasswd",
    "design%00.yaml",
    "design.yaml",
    "config.yaml",
    "templates%2ffeature",
    ".git%2fconfig",
    "con",
    "-C%2ftmp",
    "--output=x",
)


@pytest.fixture
def unchanged(store: Store) -> Iterator[None]:
    """Hold that a test leaves the store, its history and the folder above it as they were."""
    above = sorted(path.name for path in store.path.parent.iterdir())
    before = (store.files(), store.commits(), store.status())
    yield
    assert (store.files(), store.commits(), store.status()) == before
    assert sorted(path.name for path in store.path.parent.iterdir()) == above


def refused(got: httpx.Response, *statuses: int) -> None:
    """Hold that an answer is a refusal in its form, and names no file of the machine."""
    assert got.status_code in statuses, (got.status_code, got.text)
    assert got.headers["content-type"].startswith(("application/problem+json", "text/html"))
    assert "root:" not in got.text
    assert "[core]" not in got.text


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("kind", FORMS)
def test_a_form_of_another_site_is_no_request(http: httpx.Client, kind: str) -> None:
    """What a page may send without asking first is refused: by its origin, and without one by its type."""
    body = b'{"title": "Theirs"}'
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", "http://localhost.evil.example"):
        refused(http.post("/api/v1/tasks", content=body, headers={"Content-Type": kind, "Origin": origin}), 403)
    headers = {"Content-Type": kind} if kind else {}
    refused(http.post("/api/v1/tasks", content=body, headers=headers), 415)
    refused(http.post("/api/v1/batch", content=body, headers=headers), 415)
    refused(http.patch("/api/v1/tasks/design", content=body, headers={"Content-Type": "application/json"}), 415)


@pytest.mark.usefixtures("unchanged")
def test_another_site_may_not_ask_first(http: httpx.Client) -> None:
    """A preflight gets no leave, and no answer lets another site read it."""
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "PATCH"}
    got = http.request("OPTIONS", "/api/v1/tasks/design", headers=asked)
    assert got.status_code == 405
    for answer in (got, http.get("/api/v1/tasks", headers={"Origin": "https://evil.example"})):
        assert [name for name in answer.headers if name.startswith("access-control")] == []
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost:99999", "a@localhost", "[::1", ""]
)
def test_a_rebound_name_is_not_ours(server: Served, host: str) -> None:
    """A name that was made to point here is refused reading and writing, whatever else it says."""
    for method in ("GET", "POST"):
        got = httpx.request(
            method, f"{server.address}/api/v1/tasks", headers={"Host": host}, json={"title": "x"}, trust_env=False
        )
        refused(got, 403)


@pytest.mark.usefixtures("unchanged")
def test_two_names_are_none(server: Served) -> None:
    """A request that says Host twice, or names another in its first line, gets no answer as ours."""
    for head in (
        "GET /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
        "GET http://evil.example/api/v1/tasks HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        "GET /api/v1/tasks HTTP/1.1\r\n\r\n",
    ):
        said = raw(server, head.encode())
        assert said.startswith((b"HTTP/1.1 403", b"HTTP/1.1 400")), said


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("text", TRAVERSALS)
def test_no_id_leads_out_of_the_store(server: Served, text: str) -> None:
    """An id is looked up among the ids there are: it never becomes a path, of any verb."""
    for method, path, body in (
        ("GET", f"tasks/{text}", None),
        ("GET", f"tasks/{text}/log", None),
        ("DELETE", f"tasks/{text}?force=true", None),
        ("POST", f"tasks/{text}/start", {}),
        ("POST", f"tasks/{text}/note", {"text": "x"}),
        ("POST", f"tasks/{text}/restore", {}),
        ("PUT", f"tasks/design/dependencies/{text}", None),
        ("GET", f"schemas/{text}", None),
        ("GET", f"../../static/{text}", None),
    ):
        # As it stands: a client that tidies the path would test itself.
        head = f"{method} /api/v1/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        data = b"" if body is None else json.dumps(body).encode()
        head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        said = raw(server, head.encode() + data)
        assert re.match(rb"HTTP/1\.1 4\d\d", said), (path, said)
        assert b"root:" not in said
        assert b"[core]" not in said


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("text", ["../x", "a/b", "/etc/x", "con", "config", "a..b", "x.yaml", "A", "a" * 65])
def test_no_new_id_is_a_path(http: httpx.Client, text: str) -> None:
    """A task is made under no name that is a path, a device or our own; an import brings none either."""
    refused(http.post("/api/v1/tasks", json={"title": "x", "id": text}), 400, 422)
    kind = {"Content-Type": "application/x-ndjson"}
    for line in ({"id": text, "title": "x"}, {"id": "fine", "title": "x", "_path": f"../{text}/fine.yaml"}):
        got = http.post("/api/v1/import/tasks", content=json.dumps(line), headers=kind)
        assert got.status_code in (422, 409), got.text


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "text", ["--output=/tmp/x", "-h", "HEAD:.git/config", "HEAD^{/x}", "$(id)", "HEAD\0", "@{u}", "a..b..c", ":/x"]
)
def test_no_revision_is_an_option(http: httpx.Client, text: str) -> None:
    """What is to name a commit reaches Git as a name, never as an option or a file."""
    refused(http.get("/api/v1/diff", params={"states": text}), 404, 422)
    refused(http.post("/api/v1/tasks/design/restore", json={"at": text}), 404, 409, 422)
    refused(http.post("/api/v1/undo", json={"commit": text}), 400)
    refused(http.get("/api/v1/log", params={"since": text}), 422)


@pytest.mark.usefixtures("unchanged")
def test_what_is_too_large_is_not_read(server: Served, http: httpx.Client) -> None:
    """A length that is too large is refused before a byte of it, and chunks as soon as they are too many."""
    head = "POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    said = raw(server, f"{head}Content-Length: {limits.SIZE + 1}\r\n\r\n".encode())
    assert said.startswith(b"HTTP/1.1 413"), said

    def endless() -> Iterator[bytes]:
        for _ in range(limits.SIZE // (1 << 20) + 2):
            yield b" " * (1 << 20)

    got = http.post("/api/v1/tasks", content=endless(), headers={"Content-Type": "application/json"})
    refused(got, 413)
    said = raw(server, b"GET /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * (1 << 17) + b"\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 400"), said


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"title": ' * 5_000,
        b"[" + b"0," * 300_000 + b"0]",
        b'{"title": "x", "title": "y"}',
        b'{"title": NaN}',
        b'{"title": "\\ud800"}',
        b'{"title": "\xff"}',
        b'{"title": ' + b"9" * 10_000 + b"}",
        b"",
        b"\xef\xbb\xbf{}",
        b"title=x",
    ],
    ids=[
        "deep",
        "deep keys",
        "many",
        "twice",
        "NaN",
        "surrogate",
        "no UTF-8",
        "long number",
        "nothing",
        "mark",
        "form",
    ],
)
def test_what_is_no_sound_json_is_malformed(http: httpx.Client, body: bytes) -> None:
    """However deep, long or odd: it is told as such, at once, and the server goes on."""
    begin = time.monotonic()
    refused(http.post("/api/v1/tasks", content=body, headers={"Content-Type": "application/json"}), 400)
    assert time.monotonic() - begin < 20
    assert http.get("/api/v1/tasks/design").status_code == 200


@pytest.mark.usefixtures("unchanged")
def test_who_sends_slowly_is_let_go(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A head that does not end and a body that does not come each end the connection; others are heard meanwhile."""
    monkeypatch.setattr(limits, "HEAD", 0.5)
    with limited(store, seconds=0.5) as served:
        slow = [socket.create_connection(where(served), timeout=20) for _ in range(20)]
        for one in slow:
            one.sendall(b"POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        assert httpx.get(f"{served.address}/api/v1/tasks", trust_env=False).status_code == 200
        assert [one.recv(100) for one in slow] == [b""] * 20
        for one in slow:
            one.close()
        head = b"POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        assert raw(served, head + b"Content-Length: 9\r\n\r\n{").startswith(b"HTTP/1.1 408")


@pytest.mark.usefixtures("unchanged")
def test_who_asks_too_often_is_told_when_to_come_again(store: Store) -> None:
    """Above the burst there is 429 with Retry-After, for what would change something too."""
    with limited(store, rate=1, burst=5) as served, httpx.Client(base_url=served.address, trust_env=False) as http:
        got = [http.get("/api/v1/tasks") for _ in range(12)]
        statuses = [one.status_code for one in got]
        assert (statuses[:5], statuses[-1]) == ([200] * 5, 429)
        assert got[-1].headers["retry-after"] == "1"
        refused(http.post("/api/v1/tasks", json={"title": "x"}), 429)


def test_each_address_has_its_own_share() -> None:
    """What one takes another is not lacking; after a while there is as much again, and no more is remembered."""
    now = 0.0
    bucket = Bucket(10, 2, lambda: now)
    assert [bucket.take("a") for _ in range(3)] == [True, True, False]
    assert bucket.take("b")
    now = 0.1
    assert [bucket.take("a"), bucket.take("a")] == [True, False]
    now = 60.0
    assert [bucket.take("a") for _ in range(3)] == [True, True, False]
    for number in range(20_000):
        bucket.take(str(number))
    assert len(bucket._held) <= 10_000


def test_a_script_in_every_text_is_text(http: httpx.Client) -> None:
    """Each field takes it as words and gives it back as JSON that no browser takes for a page."""
    words = dict.fromkeys(TEXTS, SCRIPT)
    sets = {key: [SCRIPT] for key in ("tags", "files", "links", "participants")}
    values: dict[str, Any] = {**words, **sets, "criteria": [{"text": SCRIPT}], "fields": {SCRIPT: SCRIPT}}
    got = http.patch(
        "/api/v1/tasks/design",
        content=json.dumps(values),
        headers={"Content-Type": "application/merge-patch+json"},
    )
    assert got.status_code == 200, got.text
    assert http.post("/api/v1/tasks/design/comment", json={"text": SCRIPT}).status_code == 200
    assert {key for key in TEXTS if SHAPES[key] != "str"} == set()
    for path in ("tasks/design", "tasks", "board", "graph", "log?patch=true", "tasks/design/blame", "search?q=alert"):
        got = http.get(f"/api/v1/{path}")
        assert got.headers["content-type"] == "application/json"
        assert got.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in got.headers["content-security-policy"]
        got.json()
    for path in ("export?format=csv", "export?format=markdown", "export"):
        assert not http.get(f"/api/v1/{path}").headers["content-type"].startswith("text/html")
    got = http.get(f"/api/v1/tasks/{SCRIPT.replace('/', '')[:20]}")
    refused(got, 400)
    assert got.headers["content-type"] == "application/problem+json"


@pytest.mark.usefixtures("unchanged")
def test_a_guessed_tag_finds_nothing(http: httpx.Client, store: Store) -> None:
    """A tag that is a blob of the repository, or the beginning of one, neither passes nor gives the blob away."""
    (store.path / "secret").write_text("title: secret\n", encoding="utf-8")
    blob = store.git("hash-object", "-w", "secret")
    (store.path / "secret").unlink()
    for tag in (f'"{blob}"', f'"{blob[:24]}-000000000000"', '""', '"-"', '"*"', "W/*"):
        got = http.delete("/api/v1/tasks/design", headers={"If-Match": tag})
        refused(got, 412)
        assert got.json()["seen"] is None
        assert "secret" not in got.text


@pytest.mark.usefixtures("unchanged")
def test_the_server_says_nothing_of_itself(http: httpx.Client, store: Store) -> None:
    """Neither an answer nor a refusal names a folder of the machine, a version of a library, or a line of code."""
    for path in (
        "/api/v1/tasks",
        "/api/v1/tasks/nope",
        "/api/v1/nope",
        "/nope",
        "/api/v1/tasks?limit=x",
        "/static/nope",
    ):
        got = http.get(path)
        assert "server" not in got.headers
        assert str(store.path) not in got.text
        assert "Traceback" not in got.text
        assert "site-packages" not in got.text


def test_the_page_tells_of_every_attack() -> None:
    """Each row names a test that is here, and each test here is in a row."""
    page = (Path(__file__).parents[2] / "docs" / "explanation" / "web-safety.md").read_text(encoding="utf-8")
    here = set(re.findall(r"^def (test_\w+)", Path(__file__).read_text(encoding="utf-8"), re.MULTILINE))
    told = set(re.findall(r"`(test_\w+)`", page))
    assert here - told == {"test_the_page_tells_of_every_attack"}
    others = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [name for name in told if f"def {name}(" not in others] == []


def where(served: Served) -> tuple[str, int]:
    """Give the address of a server, to connect to."""
    host, _, port = served.address.removeprefix("http://").partition(":")
    return host, int(port)


def raw(served: Served, data: bytes) -> bytes:
    """Send bytes as they are and give what comes back, until the server ends it or has said its head."""
    with socket.create_connection(where(served), timeout=20) as place:
        place.sendall(data)
        said = b""
        while b"\r\n\r\n" not in said and (more := place.recv(65_536)):
            said += more
        return said


@contextmanager
def limited(store: Store, **how: Any) -> Iterator[Served]:
    """Serve a store within other limits."""
    from tmfiles.config import Environment
    from tmfiles.web import app as web
    from web.serving import listening

    app = web.make(str(store.path), Environment())
    for one in app.user_middleware:
        if one.cls is Limits:
            one.kwargs.update(how)
    with listening(app) as address:
        yield Served(address, app, store)
