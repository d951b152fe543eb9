"""What every request must be before it is heard, and what every answer tells the browser to forbid."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request

from tmfiles.errors import TmError
from tmfiles.web import problems

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# Methods that change nothing.
SAFE = ("GET", "HEAD", "OPTIONS")
# Nothing from elsewhere, nothing that stands in the page itself: a text that slipped through could not run.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Safety:
    """Stands before the application: refuses what another site sends, and guards every answer.

    `hosts` are the names this server goes by. A page of another site whose name was made to point here says its own
    in `Host`, so it is none of them.
    """

    def __init__(self, app: App, hosts: Collection[str] = LOOPBACK) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        error = self.refusal(scope["method"], Headers(scope=scope))
        if error is None:
            # The server leaves out what would follow the head.
            method = "GET" if scope["method"] == "HEAD" else scope["method"]
            await self.app({**scope, "method": method}, receive, guarded)
        else:
            await problems.answer(Request(scope), error)(scope, receive, guarded)

    def refusal(self, method: str, headers: Headers) -> TmError | None:
        """Say why a request is refused; nothing where it may pass."""
        host = headers.get("host", "")
        if _name(f"//{host}") not in self.hosts or len(headers.getlist("host")) != 1:
            return TmError(f"this server is not called {host!r}", "tm serve says its address", "forbidden")
        if method in SAFE:
            return None
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        # A browser tells where a page stands that sends something; what tells nothing is no browser.
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return TmError(f"a page of {origin!r} may not change anything here", "", "forbidden")
        if origin is None and site not in (None, "same-origin", "none"):
            return TmError("a page of another site may not change anything here", "", "forbidden")
        return None


def _name(address: str) -> str:
    """Give the name in an address, without its port; empty where it is none."""
    try:
        found = urlsplit(address)
        odd = found.port == 0 or found.username is not None
    except ValueError:
        return ""
    return "" if odd else found.hostname or ""
