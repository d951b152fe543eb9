"""How much, how often and how long: what one who asks may take of a server that others ask too."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from uvicorn.protocols.http.h11_impl import H11Protocol

from tmfiles.errors import TmError
from tmfiles.web import problems
from tmfiles.web.safety import App, Message, Receive, Scope, Send

# Bytes of a body; an import of ten thousand tasks has five million.
SIZE = 16 << 20
# Requests a second from one address, and how many at once above that.
RATE, BURST = 200.0, 400.0
# Seconds for a request's head, and for its body.
HEAD, BODY = 10.0, 30.0
# So many connections at once: more are told to come again.
CONNECTIONS = 1000
_ADDRESSES = 10_000


class Limits:
    """Stands before the application: refuses what is too large, too slow or too often."""

    def __init__(
        self, app: App, *, size: int = SIZE, rate: float = RATE, burst: float = BURST, seconds: float = BODY
    ) -> None:
        self.app = app
        self.size = size
        self.seconds = seconds
        self.bucket = Bucket(rate, burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        error = self._refusal(scope)
        if error is None:
            await self.app(scope, self._measured(receive), send)
        else:
            await problems.answer(Request(scope), error, {"Connection": "close"})(scope, receive, send)

    def _refusal(self, scope: Scope) -> TmError | None:
        address = (scope.get("client") or ("",))[0]
        if not self.bucket.take(address):
            return TmError("too many requests at once from one address", "ask again in a second", "too_many")
        length = Headers(scope=scope).get("content-length", "0")
        # What is no number is refused by the protocol.
        return self._too_large() if length.isdecimal() and int(length) > self.size else None

    def _too_large(self) -> TmError:
        return TmError(f"the body has more than {self.size:,} bytes", "send it in parts", "too_large")

    def _measured(self, receive: Receive) -> Receive:
        """Give what is received with its bytes counted and its time limited, until all of it is there."""
        loop = asyncio.get_running_loop()
        end, count, whole = 0.0, 0, False

        async def measured() -> Message:
            nonlocal end, count, whole
            if whole:  # what comes then is only that the client has gone
                return await receive()
            end = end or loop.time() + self.seconds
            try:
                message = await asyncio.wait_for(receive(), max(0.0, end - loop.time()))
            except asyncio.TimeoutError as error:
                words = f"the body did not arrive within {self.seconds:g} seconds"
                raise TmError(words, "send it at once", "slow") from error
            if message["type"] == "http.request":
                count += len(message.get("body", b""))
                whole = not message.get("more_body", False)
                if count > self.size:
                    raise self._too_large()
            return message

        return measured


class Bucket:
    """Lets each name take so many a second, and so many more at once after it took none for a while."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self.burst = burst
        self._clock = clock
        self._held: dict[str, tuple[float, float]] = {}

    def take(self, name: str) -> bool:
        """Take one; False where there is none left."""
        now = self._clock()
        left, then = self._held.pop(name, (self.burst, now))
        left = min(self.burst, left + (now - then) * self.rate)
        while len(self._held) >= _ADDRESSES:  # who came first is forgotten first
            del self._held[next(iter(self._held))]
        self._held[name] = (left - 1 if left >= 1 else left, now)
        return left >= 1


class Impatient(H11Protocol):
    """The protocol of a connection, which ends where the head of a request does not arrive in time."""

    _ends: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait on where a head has begun and is not whole yet; bytes of a body have a limit of their own."""
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            self._wait()
        else:
            self._stop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._ends is None:
            self._ends = self.loop.call_later(HEAD, self.transport.close)

    def _stop(self) -> None:
        if self._ends is not None:
            self._ends.cancel()
            self._ends = None


# What uvicorn is told.
PROTOCOL: dict[str, Any] = {
    "http": Impatient,
    "ws": "none",
    "limit_concurrency": CONNECTIONS,
    "h11_max_incomplete_event_size": 64 << 10,
}
