"""Who listens to what changes, and how each is told: server-sent events; knows no store and no file.

A listener that does not keep up is told at last that it has missed something, and reads everything anew: it holds up
nobody, and costs no more than its queue.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter, deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from starlette.responses import Response

from tmfiles.errors import TmError

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

# Of one worker: listeners, those of one caller, and events that one who comes back is told.
MOST, MOST_EACH, KEPT = 200, 20, 500
_QUEUE = 64
# Seconds: between two signs of life, until a listener that takes nothing is given up, until a browser comes back.
_BEAT, _PATIENCE, _RETRY = 15.0, 30.0, 2


class Event(NamedTuple):
    """One thing to tell: its kind, the version of the store that it leads to, and the rest."""

    kind: str
    version: str
    data: dict[str, Any]

    def lines(self) -> bytes:
        """Give the event as it is sent."""
        text = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))
        return f"event: {self.kind}\nid: {self.version}\ndata: {text}\n\n".encode()


class Watching(Protocol):
    """What finds out what changes."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End."""


Began = Callable[[str], None]
Told = Callable[[dict[str, Any]], None]


class Listener:
    """One who is told: what waits to be sent."""

    def __init__(self, caller: str) -> None:
        self.caller = caller
        self._waiting: asyncio.Queue[Event | None] = asyncio.Queue(_QUEUE)

    def put(self, event: Event) -> None:
        """Let an event wait; where too many do, one that says so takes their place."""
        if self._waiting.full():
            self._clear()
            event = reset(event.version)
        self._waiting.put_nowait(event)

    def end(self) -> None:
        """Let what listens end, whatever waits."""
        self._clear()
        self._waiting.put_nowait(None)

    async def next(self, seconds: float) -> Event | None:
        """Give what is to be sent next, None at the end; raises TimeoutError when there is nothing for so long."""
        return await asyncio.wait_for(self._waiting.get(), seconds)

    def _clear(self) -> None:
        while not self._waiting.empty():
            self._waiting.get_nowait()


def reset(version: str) -> Event:
    """Give the event that tells to read everything anew."""
    return Event("reset", version, {"version": version, "all": True, "ids": [], "also": []})


class Hub:
    """All who listen at one worker. The watch begins with the first of them, and lasts until the worker ends."""

    def __init__(self, watch: Callable[[Began, Told], Watching], counted: Callable[[int], None] | None = None) -> None:
        self._make = watch
        self._counted = counted  # told how many listen whenever that changes
        self._watch: Watching | None = None
        self._starting = asyncio.Lock()
        self._listeners: set[Listener] = set()
        self._told: deque[Event] = deque(maxlen=KEPT)
        self._first = ""
        self._version = ""
        self._began = asyncio.Event()
        self.closed = False

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    async def listen(self, caller: str, last: str) -> Listener:
        """Let one more listen, and tell it what came since the version it has seen last; raises TmError."""
        if self.closed:
            raise TmError("the server is about to stop", "come back in a moment", "locked")
        each = Counter(one.caller for one in self._listeners)[caller]
        if len(self._listeners) >= MOST or each >= MOST_EACH:
            raise TmError("too many listen already", "close other windows, or ask now and then instead", "too_many")
        made = Listener(caller)
        self._listeners.add(made)
        self._count()
        try:
            await self._started()
        except BaseException:
            self.leave(made)
            raise
        made.put(Event("hello", self._version, {"version": self._version}))
        for event in self._missed(last):
            made.put(event)
        return made

    async def _started(self) -> None:
        async with self._starting:
            if self._watch is None:
                loop = asyncio.get_running_loop()
                watch = self._make(
                    lambda version: _safely(loop, self._begin, version), lambda data: _safely(loop, self._tell, data)
                )
                await asyncio.to_thread(watch.start)
                self._watch = watch
        await asyncio.wait_for(self._began.wait(), _PATIENCE)

    def _missed(self, last: str) -> list[Event]:
        """Give what came after a version; that everything is to be read anew where nobody knows what came."""
        if not last or last == self._version:
            return []
        versions = [self._first, *(event.version for event in self._told)] if self._first else []
        if last not in versions:
            return [reset(self._version)]
        at = len(versions) - 1 - versions[::-1].index(last)
        return list(self._told)[at:]

    def _begin(self, version: str) -> None:
        self._first = self._version = version
        self._began.set()

    def _tell(self, data: dict[str, Any]) -> None:
        if len(self._told) == KEPT:
            self._first = self._told[0].version
        self._version = str(data["version"])
        event = Event("changed", self._version, data)
        self._told.append(event)
        for one in self._listeners:
            one.put(event)

    def leave(self, listener: Listener) -> None:
        """Tell one no more."""
        self._listeners.discard(listener)
        self._count()

    def _count(self) -> None:
        if self._counted is not None:
            self._counted(len(self._listeners))

    async def close(self) -> None:
        """Let all who listen end, and the watch with them."""
        self.closed = True
        for one in self._listeners:
            one.end()
        self._began.set()  # whoever waits for that waits no more
        async with self._starting:  # a watch that is about to begin would go on by itself
            if self._watch is not None:
                await asyncio.to_thread(self._watch.stop)


def _safely(loop: asyncio.AbstractEventLoop, what: Callable[[Any], None], value: Any) -> None:
    """Do something in the loop's own thread, if it still runs."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(what, value)


class Stream(Response):
    """The answer that does not end: events as they come, and a sign of life where none do.

    `still` tells now and then whether this caller may still listen.
    """

    media_type = "text/event-stream"

    def __init__(self, hub: Hub, listener: Listener, still: Callable[[], bool]) -> None:
        super().__init__()
        del self.headers["content-length"]
        self.headers["Cache-Control"] = "no-store"
        self.headers["X-Accel-Buffering"] = "no"  # a proxy is to pass each event on at once
        self._hub = hub
        self._listener = listener
        self._still = still

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 Starlette's signature
        """Send until the listener goes, the server stops, or the caller may no more."""
        gone = asyncio.create_task(_disconnected(receive))
        sending = asyncio.create_task(self._send(send))
        try:
            await asyncio.wait((gone, sending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.leave(self._listener)
            # Before Python 3.12 a cancelled wait may go on, where what it waits for comes in the same moment.
            self._listener.end()
            for task in (gone, sending):
                task.cancel()
            for found in await asyncio.gather(gone, sending, return_exceptions=True):
                if isinstance(found, Exception) and not isinstance(found, (TimeoutError, OSError)):
                    raise found

    async def _send(self, send: Send) -> None:
        async def put(body: bytes, *, more: bool = True) -> None:
            message = {"type": "http.response.body", "body": body, "more_body": more}
            await asyncio.wait_for(send(message), _PATIENCE)

        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await put(f"retry: {_RETRY * 1000}\n\n".encode())
        while True:
            try:
                event = await self._listener.next(_BEAT)
            except (TimeoutError, asyncio.TimeoutError):  # two names before Python 3.11
                if not await asyncio.to_thread(self._still):
                    break
                await put(b": still here\n\n")
                continue
            if event is None:
                break
            await put(event.lines())
        await put(b"", more=False)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
