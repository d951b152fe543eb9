"""The application: routers, pages and guards put together over one store."""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection

import uvicorn
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from tmfiles import __version__
from tmfiles.config import Environment
from tmfiles.errors import TmError
from tmfiles.web import people, problems
from tmfiles.web.api import tasks
from tmfiles.web.desk import Desk
from tmfiles.web.pages import front
from tmfiles.web.pages.page import STATIC
from tmfiles.web.safety import LOOPBACK, Safety

API = "/api/v1"
# A router a page.
PAGES = (front.router,)
# How long, in seconds, requests that are under way may take once the server is told to stop.
_GRACE = 5


def make(folder: str, environment: Environment, hosts: Collection[str] = LOOPBACK) -> FastAPI:
    """Make the application of a store, which goes by the names `hosts`; raises TmError where there is no store."""
    desk = Desk(folder, environment)
    # What FastAPI shows of its own comes from another site, so there is none of that.
    app = FastAPI(title="tm", version=__version__, openapi_url=f"{API}/openapi.json", docs_url=None, redoc_url=None)
    app.state.desk = desk
    # What the head of every page can lead to.
    app.state.paths = {getattr(route, "path", "") for router in PAGES for route in router.routes}
    app.state.owner = desk.ask(people.Person(environment.actor), people.owner)
    app.add_middleware(Safety, hosts=hosts)
    problems.install(app)
    for router in (tasks.router,):
        app.include_router(router, prefix=API)
    for router in PAGES:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def serve(folder: str, environment: Environment, host: str, port: int, told: Callable[[str], None]) -> None:
    """Serve a store until interrupted; `told` gets the address once it can be asked.

    Raises TmError where there is no store, and for an address that cannot be had.
    """
    if host not in LOOPBACK:
        known = ", ".join(LOOPBACK)
        raise TmError(f"{host!r} is no address of this machine alone", f"tm serve takes one of: {known}", "usage")
    app = make(folder, environment)
    with listening(host, port) as place:
        name = f"[{host}]" if ":" in host else host
        told(f"http://{name}:{place.getsockname()[1]}/")
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=_GRACE, server_header=False)
        uvicorn.Server(config).run(sockets=[place])


def listening(host: str, port: int) -> socket.socket:
    """Give a socket that listens; raises TmError (`usage`) where the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    place = socket.socket(family, socket.SOCK_STREAM)
    try:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind((host, port))
        place.listen(128)
    except (OSError, OverflowError) as error:
        place.close()
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise TmError(f"cannot listen on port {port}: {reason}", "any free one: tm serve --port 0", "usage") from error
    return place
