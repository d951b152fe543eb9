"""The server as it runs for a team: health, figures, a log without secrets, workers, a stop that loses nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from writing import Store, command, environment

from tmfiles.errors import TmError
from tmfiles.web.log import Log
from web.serving import Served, serving
from web.team import SENTENCE, client, gathered, leave, posted, state


@pytest.fixture(autouse=True)
def _left() -> Iterator[None]:
    yield
    leave()


@contextmanager
def process(store: Store, *words: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run `tm serve` as a process of its own, and give its address."""
    with subprocess.Popen(
        command("serve", "--port", "0", *words),
        cwd=store.path,
        env=environment({"TM_LOCK_TIMEOUT": "30"}),
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            assert running.stderr is not None
            found = re.match(r"serving (http\S+?)/ ", running.stderr.readline())
            assert found, running.stderr.read()
            yield found[1], running
        finally:
            running.kill()


def answered(address: str, path: str, token: str = "") -> httpx.Response:
    """Ask a server that may just be beginning."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    end = time.monotonic() + 60
    while True:
        try:
            return httpx.get(f"{address}{path}", headers=headers, timeout=30, trust_env=False)
        except httpx.ConnectError:
            assert time.monotonic() < end


def test_health_is_for_everybody_and_says_little(server: Served) -> None:
    """It answers without login, and says when the store is gone."""
    gathered(server.store)
    got = client(server).get("/healthz")
    assert (got.status_code, got.json()) == (200, {"status": "ok"})
    (server.store.path / ".tasks").rename(server.store.path / "elsewhere")
    got = client(server).get("/healthz")
    assert (got.status_code, got.json()) == (503, {"status": "unavailable"})


def test_figures_are_for_those_who_may_look(server: Served) -> None:
    """Alone at the machine they are open; with users they take a token; requests, writes and tasks are counted."""
    from tmfiles.actions.talk import say
    from tmfiles.web.people import Person

    server.app.state.desk.ask(Person("Ed"), lambda workspace: say(workspace, "comment", "design", "Words"))
    assert client(server).get("/api/v1/nothing/at/all").status_code == 404
    assert client(server).get("/api/v1/tasks/design").status_code == 200
    text = client(server).get("/metrics").text
    assert 'tm_tasks{status="pending"} 1' in text
    assert 'tm_requests_total{method="GET",route="other",status="404"} 1.0' in text
    assert 'tm_requests_total{method="GET",route="/api/v1/tasks/{task_id}",status="200"} 1.0' in text
    assert re.search(r"^tm_lock_wait_seconds_count 1\.0$", text, re.MULTILINE)
    assert re.search(r"^tm_write_seconds_sum 0\.\d+$", text, re.MULTILINE)
    assert "tm_listeners 0.0" in text
    gathered(server.store)
    assert client(server).get("/metrics").status_code == 303
    assert client(server, "tm_wrong").get("/metrics").status_code == 401
    token, _ = state(server.store).make_token("rea")
    again = client(server, token).get("/metrics")
    assert again.status_code == 200
    assert 'route="/metrics",status="200"} 1.0' in again.text
    assert "nothing" not in again.text


def test_the_log_has_a_line_for_each_request_and_no_secret(store: Store, tmp_path: Path) -> None:
    """Who, what and how it went are there; no password, token, cookie or query, and no line that a request forges."""
    gathered(store)
    token, _ = state(store).make_token("ed")
    log = Log(str(tmp_path / "access.log"))
    with serving(store, log=log) as served:
        browser = client(served)
        in_ = posted(browser, "/login", {"name": "ed", "password": SENTENCE, "next": "/?secret=1"})
        browser.get("/?secret=1")
        client(served, token).get("/api/v1/me?token=" + token)
        client(served).get('/api/v1/%0a{"forged":true}')
        name = in_.headers["x-request-id"]
    log.close()
    text = (tmp_path / "access.log").read_text(encoding="ascii")
    cookie = in_.headers["set-cookie"].partition("=")[2].partition(";")[0]
    for secret in (SENTENCE, token, cookie, cookie.partition(".")[0], "secret", "Bearer"):
        assert secret not in text
    lines = [json.loads(line) for line in text.splitlines()]
    assert [(one["method"], one["path"], one["status"], one["user"]) for one in lines] == [
        ("POST", "/login", 303, ""),
        ("GET", "/", 200, "ed"),
        ("GET", "/api/v1/me", 400, "ed"),
        ("GET", '/api/v1/\n{"forged":true}', 401, ""),
    ]
    assert lines[0]["id"] == name
    assert all(one.keys() == lines[0].keys() for one in lines)
    assert lines[1]["client"] == "127.0.0.1"
    assert lines[1]["bytes"] > 1000


def test_the_log_is_turned_over(tmp_path: Path) -> None:
    """A full file is kept under another name and the oldest goes; several who write at once lose no line."""
    path = tmp_path / "access.log"
    logs = [Log(str(path), full=20_000, kept=3) for _ in range(4)]

    def fill(number: int) -> None:
        for count in range(100):
            logs[number].write(worker=number, count=count, words="x" * 100)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fill, range(4)))
    for log in logs:
        log.close()
    files = sorted(one.name for one in tmp_path.iterdir() if not one.name.endswith(".lock"))
    assert files == ["access.log", "access.log.1", "access.log.2", "access.log.3"]
    lines = [json.loads(line) for one in files for line in (tmp_path / one).read_text(encoding="ascii").splitlines()]
    assert len(lines) == 400
    assert all(os.path.getsize(tmp_path / one) < 22_000 for one in files)
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o077 == 0


def test_a_log_that_cannot_be_written_is_refused(store: Store) -> None:
    """The command says so instead of serving without one."""
    assert "cannot write" in store.do("serve", "--port", "0", "--log", "/nowhere/access.log", code=2).err
    with pytest.raises(TmError, match="cannot write"):
        Log("/nowhere/access.log")


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_workers_share_a_store(store: Store, how: signal.Signals) -> None:
    """Several processes answer at one address, see each other's writes and logouts, count together, and stop as one."""
    gathered(store)
    token, _ = state(store).make_token("ada")
    with process(store, "--workers", "2", "--log", str(store.path.parent / "log")) as (address, running):
        answered(address, "/healthz")
        before = workers(running.pid)
        assert len(before) == 2
        with ThreadPoolExecutor(8) as pool:
            for got in pool.map(lambda _: answered(address, "/api/v1/me", token), range(40)):
                assert got.status_code == 200
        counted = sum(
            float(line.rpartition(" ")[2])
            for line in answered(address, "/metrics", token).text.splitlines()
            if line.startswith("tm_requests_total") and 'route="/api/v1/me"' in line
        )
        assert counted == 40
        state(store).revoke("ada")
        assert {answered(address, "/api/v1/me", token).status_code for _ in range(10)} == {401}
        running.send_signal(how)
        assert running.wait(40) == (130 if how == signal.SIGINT else -signal.SIGTERM)
        assert not [one for one in before if alive(one)]
    assert len((store.path.parent / "log").read_text(encoding="ascii").splitlines()) >= 52


@pytest.mark.slow
def test_a_worker_that_dies_is_begun_anew(store: Store) -> None:
    """The server goes on answering, and its workers end when the process that began them is killed."""
    with process(store, "--workers", "2") as (address, running):
        answered(address, "/healthz")
        first = workers(running.pid)
        os.kill(first[0], signal.SIGKILL)
        end = time.monotonic() + 30
        while len({*workers(running.pid)} - {*first}) < 1:
            assert time.monotonic() < end
            time.sleep(0.05)
        assert answered(address, "/healthz").status_code == 200
        last = workers(running.pid)
        running.kill()
        running.wait(10)
        end = time.monotonic() + 30
        while any(alive(one) for one in last):
            assert time.monotonic() < end
            time.sleep(0.05)


def children(parent: int) -> list[int]:
    """Give the processes that a process began."""
    found = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(word) for word in found.read_text().split()] if found.exists() else []


def workers(parent: int) -> list[int]:
    """Give those of them that answer requests."""
    return [one for one in children(parent) if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


def alive(one: int) -> bool:
    """Tell whether a process runs."""
    try:
        return Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        return False


def test_a_stop_waits_for_what_is_under_way(store: Store) -> None:
    """A write that has begun when the server is told to stop is finished and answered."""
    from tmfiles.actions.talk import say

    begun, go = threading.Event(), threading.Event()
    got: list[httpx.Response] = []
    with serving(store) as served:

        @served.app.post("/slow")
        def slow() -> dict[str, bool]:
            from tmfiles.web.people import Person

            begun.set()
            go.wait(20)
            served.app.state.desk.ask(Person("Ed"), lambda workspace: say(workspace, "comment", "design", "Words"))
            return {"done": True}

        asked = threading.Thread(target=lambda: got.append(client(served).post("/slow")))
        asked.start()
        assert begun.wait(20)
        threading.Timer(0.5, go.set).start()
    asked.join(20)
    assert got[0].json() == {"done": True}
    assert [one["text"] for one in store.doc("design")["journal"]] == ["Words"]
    store.assert_sound()
