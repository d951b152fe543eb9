"""Many clients of one HTTP server at once, each with a connection that it keeps, and what their requests took."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

# No request may take longer: a server that hangs is an error, not a long wait.
LIMIT = 60.0


class Answer(NamedTuple):
    """What a server answered: 0 for the status when it did not."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Client:
    """One connection to a server on loopback, from an address of its own: a team does not sit at one machine."""

    def __init__(self, port: int, headers: Mapping[str, str], times: Times, address: str = "127.0.0.1") -> None:
        self._port = port
        self._address = address
        self._headers = {"Host": f"127.0.0.1:{port}", **headers}
        self._times = times
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(
        self, kind: str, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request, note under its kind what it took, and give the answer."""
        data = b"" if body is None else json.dumps(body).encode()
        told = {
            **self._headers,
            "Content-Length": str(len(data)),
            "Content-Type": "application/json",
            **(headers or {}),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        began = time.perf_counter()
        try:
            answer = await asyncio.wait_for(
                self._sent(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + data), LIMIT
            )
        except (OSError, EOFError, asyncio.TimeoutError, TimeoutError) as error:
            self.close()
            answer = Answer(0, {}, repr(error).encode())
        self._times.note(kind, answer.status, time.perf_counter() - began, len(answer.body))
        return answer

    async def _sent(self, request: bytes) -> Answer:
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection(
                "127.0.0.1", self._port, local_addr=(self._address, 0), limit=1 << 20
            )
        self._writer.write(request)
        await self._writer.drain()
        status = int((await self._line()).split()[1])
        headers = {}
        while line := await self._line():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = await self._body(status, headers)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, headers, body)

    async def _line(self) -> str:
        assert self._reader is not None
        line = await self._reader.readline()
        if not line.endswith(b"\n"):
            raise EOFError("the connection was closed")
        return line.decode("latin-1").rstrip("\r\n")

    async def _body(self, status: int, headers: Mapping[str, str]) -> bytes:
        assert self._reader is not None
        if status in (204, 304):
            return b""
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return await self._reader.readexactly(int(headers.get("content-length", "0")))
        parts = []
        while size := int(await self._line(), 16):
            parts.append(await self._reader.readexactly(size))
            await self._line()
        await self._line()
        return b"".join(parts)

    def close(self) -> None:
        """Let the connection go; the next request makes another."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


class Times:
    """What requests took, by their kind, and how they were answered."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.statuses: dict[str, Counter[int]] = defaultdict(Counter)
        self.bytes: Counter[str] = Counter()

    def note(self, kind: str, status: int, seconds: float, size: int) -> None:
        """Note one request."""
        self.seconds[kind].append(seconds)
        self.statuses[kind][status] += 1
        self.bytes[kind] += size

    def errors(self, allowed: tuple[int, ...]) -> Counter[int]:
        """Count the answers that are neither a success nor allowed."""
        all_of_them: Counter[int] = sum(self.statuses.values(), Counter())
        return Counter({one: n for one, n in all_of_them.items() if not 200 <= one < 400 and one not in allowed})

    def table(self, lasted: float) -> list[str]:
        """Give the lines of a table of Markdown: how many, how many a second, percentiles in milliseconds."""
        lines = [
            "| | requests | a second | p50 | p95 | p99 | most | KiB each | answers |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        for kind, took in sorted(self.seconds.items()):
            took.sort()
            points = " | ".join(
                f"{1000 * took[min(len(took) - 1, int(len(took) * p))]:,.0f}" for p in (0.5, 0.95, 0.99, 1)
            )
            answers = ", ".join(f"{n:,} × {status}" for status, n in sorted(self.statuses[kind].items()))
            size = self.bytes[kind] / len(took) / 1024
            lines.append(f"| {kind} | {len(took):,} | {len(took) / lasted:,.1f} | {points} | {size:,.1f} | {answers} |")
        return lines


async def together(count: int, seconds: float, one: Callable[[int, float], Awaitable[None]]) -> None:
    """Let so many work at once until the time is over; each is told its number and when to end."""
    end = time.monotonic() + seconds
    await asyncio.gather(*(one(number, end) for number in range(count)))
