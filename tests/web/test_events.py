"""Live events: whoever changes a task and however, all who listen are told within a second, and nobody is held up."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx
import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.errors import TmError
from tmfiles.web import events
from tmfiles.web.events import Event, Hub, Stream
from web.serving import Served

# What the design promises, and what a busy machine is given besides.
SECOND, PATIENCE = 1.0, 20.0


class Heard(NamedTuple):
    """One event as a browser gets it, and when."""

    kind: str
    id: str
    data: dict[str, Any]
    at: float


class Ear:
    """One who listens: every event that came, with the time."""

    def __init__(self, response: httpx.Response) -> None:
        self.heard: list[Heard] = []
        self._came = threading.Condition()
        self._response = response
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        fields: dict[str, str] = {}
        try:
            for line in self._response.iter_lines():
                name, _, value = line.partition(": ")
                if not line and "event" in fields:
                    found = Heard(fields["event"], fields["id"], json.loads(fields["data"]), time.monotonic())
                    with self._came:
                        self.heard.append(found)
                        self._came.notify_all()
                fields = {**fields, name: value} if line else {}
        except httpx.HTTPError:
            pass
        with self._came:
            self.heard.append(Heard("end", "", {}, time.monotonic()))
            self._came.notify_all()

    def wait(self, kind: str, task_id: str = "", seconds: float = PATIENCE) -> Heard:
        """Give the first event of a kind, about a task, that has come or comes yet."""

        def found() -> list[Heard]:
            named = [one for one in self.heard if one.kind == kind]
            return [one for one in named if not task_id or one.data["all"] or task_id in one.data["ids"]]

        with self._came:
            assert self._came.wait_for(lambda: bool(found()), seconds), self.heard
            return found()[0]


@contextmanager
def listening(served: Served, last: str = "") -> Iterator[Ear]:
    """Listen at a server while the block runs, which begins when the server has said hello."""
    headers = {"Last-Event-ID": last} if last else {}
    with (
        httpx.Client(base_url=served.address, timeout=httpx.Timeout(30, read=60), trust_env=False) as client,
        client.stream("GET", "/api/v1/events", headers=headers) as response,
    ):
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        ear = Ear(response)
        ear.wait("hello")
        yield ear


def test_every_way_to_change_a_task_is_told(server: Served) -> None:
    """A hand edit, a command, a broken file and a deletion are told by the task; a dependent is named beside it."""
    store = server.store
    with listening(server) as ear:
        began = time.monotonic()
        store.file("design").write_text("title: By hand\n", encoding="utf-8")
        told = ear.wait("changed", "design")
        assert told.data["ids"] == ["design"]
        assert told.data["also"] == ["build"]
        quick = told.at - began
        store.do("update", "build", "--priority", "low")
        assert ear.wait("changed", "build").data["all"] is False
        store.file("broken").write_text("title: [\n", encoding="utf-8")
        ear.wait("changed", "broken")
        store.do("delete", "build")
        versions = [one.id for one in ear.heard]
        assert versions == list(dict.fromkeys(versions))
    if quick > SECOND:  # once more, since it is the clock of a busy machine
        with listening(server) as ear:
            began = time.monotonic()
            store.file("design").write_text("title: By hand again\n", encoding="utf-8")
            quick = ear.wait("changed", "design").at - began
    assert quick < SECOND


def test_a_pull_is_told(server: Served) -> None:
    """What comes by git pull is told like any other edit, and so is history that grows with no file changed."""
    store = server.store
    store.git("clone", "--quiet", ".", "../other")
    other = Store(GitRepo(store.path.parent / "other"))
    other.do("update", "design", "--priority", "low")
    with listening(server) as ear:
        store.git("pull", "--quiet", "../other", "main")
        assert ear.wait("changed", "design").data["head"]
    with listening(server) as ear:
        store.git("commit", "--quiet", "--allow-empty", "--message", "only history")
        told = ear.wait("changed").data
        assert (told["ids"], told["all"], told["head"]) == ([], False, store.git("rev-parse", "HEAD"))


def test_settings_and_many_tasks_are_told_as_all(server: Served) -> None:
    """Where anything may be different no task is named."""
    with listening(server) as ear:
        server.store.do("config", "set", "layout", "flat")
        assert ear.wait("changed").data["all"] is True


def test_who_comes_back_is_told_what_was_missed(server: Served) -> None:
    """With the last event's id a listener gets what came since, and where nobody knows, is told to read all anew."""
    store = server.store
    with listening(server) as ear:
        before = ear.heard[0].id
        store.do("update", "design", "--priority", "low")
        ear.wait("changed", "design")
        store.do("update", "build", "--priority", "low")
        ear.wait("changed", "build")
        last = ear.heard[-1].id
        with listening(server, before) as again:
            again.wait("changed", "build")
            assert [one.id for one in again.heard[1:]] == [one.id for one in ear.heard[1:]]
    with listening(server, last) as again:
        store.do("update", "build", "--priority", "high")
        again.wait("changed", "build")
        assert [one.kind for one in again.heard] == ["hello", *["changed"] * (len(again.heard) - 1)]
    with listening(server, "0123456789abcdef") as again:
        assert again.wait("reset").data["all"] is True


def test_the_server_stops_while_they_listen(store: Store) -> None:
    """A stream ends when the server is told to stop, which does not wait for its listeners."""
    from web.serving import serving

    with serving(store) as served:
        context = listening(served)
        ear = context.__enter__()
        began = time.monotonic()
    ear.wait("end")
    assert time.monotonic() - began < 10
    context.__exit__(None, None, None)


class Still:
    """A watch of a store in which nothing happens but what the test tells."""

    def __init__(self, began: events.Began, told: events.Told) -> None:
        self.began, self.told = began, told

    def start(self) -> None:
        """Say that it has begun."""
        self.began("v0")

    def stop(self) -> None:
        """End."""


def change(number: int) -> dict[str, Any]:
    """Give one difference."""
    return {"version": f"v{number}", "head": "", "all": False, "ids": [f"t{number}"], "also": []}


def test_a_slow_listener_holds_up_nobody() -> None:
    """One that takes nothing costs its queue and no more, others get all, and it is told to read everything anew."""
    watches: list[Still] = []

    async def play() -> None:
        hub = Hub(lambda began, told: watches.append(Still(began, told)) or watches[-1])
        slow, quick = await hub.listen("slow", ""), await hub.listen("quick", "")
        assert [(await one.next(5)).kind for one in (slow, quick)] == ["hello", "hello"]
        for number in range(1, 1001):
            watches[0].told(change(number))
            got = await quick.next(5)
            assert got is not None
            assert got.data["ids"] == [f"t{number}"]
        left = []
        while not left or left[-1] is not None:
            if len(left) > 200:
                break
            try:
                left.append(await slow.next(0.05))
            except (TimeoutError, asyncio.TimeoutError):
                break
        assert len(left) <= 64
        assert left[0].kind == "reset"
        assert left[-1].version == "v1000"
        late = await hub.listen("late", "v960")
        assert [(await late.next(5)).version for _ in range(41)] == ["v1000", *(f"v{n}" for n in range(961, 1001))]
        later = await hub.listen("later", "v600")
        told = await later.next(5)
        assert told is not None
        assert told.kind == "reset"

    asyncio.run(play())


def test_listeners_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither all together nor one alone can take more places than there are, and a place left is free again."""
    monkeypatch.setattr(events, "MOST", 5)
    monkeypatch.setattr(events, "MOST_EACH", 3)

    async def play() -> None:
        hub = Hub(Still)
        mine = [await hub.listen("one", "") for _ in range(3)]
        with pytest.raises(TmError, match="too many listen"):
            await hub.listen("one", "")
        others = [await hub.listen("other", ""), await hub.listen("third", "")]
        with pytest.raises(TmError, match="too many listen"):
            await hub.listen("fourth", "")
        hub.leave(mine[0])
        await hub.listen("fourth", "")
        await hub.close()
        assert await others[0].next(1) is None
        with pytest.raises(TmError, match="about to stop"):
            await hub.listen("fifth", "")

    asyncio.run(play())


@pytest.mark.parametrize("how", ["may no more", "takes nothing", "goes"])
def test_a_stream_ends(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Who is let in no more, takes nothing for long, or goes, is given up, and the place is free."""
    monkeypatch.setattr(events, "_BEAT", 0.05)
    monkeypatch.setattr(events, "_PATIENCE", 0.2)
    sent: list[bytes] = []

    async def play() -> None:
        hub = Hub(Still)
        listener = await hub.listen("one", "")
        stream = Stream(hub, listener, lambda: how != "may no more")

        async def send(message: Any) -> None:
            sent.append(message.get("body", b""))
            if how == "takes nothing" and len(sent) > 2:
                await asyncio.sleep(60)

        async def receive() -> Any:
            await asyncio.sleep(0.3 if how == "goes" else 60)
            return {"type": "http.disconnect"}

        await asyncio.wait_for(stream({"type": "http"}, receive, send), 10)
        assert hub.listeners == 0

    asyncio.run(play())
    assert sent[1].startswith(b"retry: ")
    assert b": still here\n\n" in sent or how != "goes"


def test_an_event_is_one_message() -> None:
    """A title cannot begin another event: what is told is JSON on one line."""
    lines = Event("changed", "v1", {"ids": ["a\nb\r\n\nevent: x"]}).lines().decode().split("\n")
    assert [line.partition(":")[0] for line in lines] == ["event", "id", "data", "", ""]


def test_the_end_waits_for_no_beginning() -> None:
    """Who comes as the server stops, before the watch has anything to tell, holds nothing up, and is let go."""

    class Silent(Still):
        """A watch that never begins."""

        def start(self) -> None:
            """Say nothing."""

    async def play() -> None:
        hub = Hub(Silent)
        coming = asyncio.create_task(hub.listen("late", ""))
        await asyncio.sleep(0)
        await asyncio.wait_for(hub.close(), 5)
        listener = await asyncio.wait_for(coming, 5)
        assert await listener.next(5) is None

    asyncio.run(play())


@pytest.mark.parametrize("ticks", range(6))
def test_one_who_goes_as_an_event_comes_is_let_go(ticks: int) -> None:
    """Whichever comes first by how little, the stream ends at once, and the server need not wait for it to stop."""

    async def play() -> None:
        hub = Hub(Still)
        listener = await hub.listen("one", "")
        going: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
        sent: list[bytes] = []

        async def receive() -> dict[str, str]:
            return await going

        async def send(message: Any) -> None:
            sent.append(message.get("body", b""))

        stream = asyncio.create_task(events.Stream(hub, listener, lambda: True)({"type": "http"}, receive, send))
        while not any(b"hello" in one for one in sent):
            await asyncio.sleep(0)
        going.set_result({"type": "http.disconnect"})
        for _ in range(ticks):
            await asyncio.sleep(0)
        listener.put(events.Event("changed", "v1", {}))
        await asyncio.wait_for(stream, 5)

    asyncio.run(play())
