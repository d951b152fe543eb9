"""The server as processes: where it listens, how its workers begin and end."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI

from tmfiles.config import Environment
from tmfiles.errors import TmError
from tmfiles.web import app as web
from tmfiles.web import limits, measures
from tmfiles.web.log import Log
from tmfiles.web.safety import LOOPBACK
from tmfiles.web.state import State
from tmfiles.workspace import Workspace

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

# How long, in seconds, requests that are under way may take once the server is told to stop: a write that waits for
# others is to end one way or the other.
GRACE = 20
MOST_WORKERS = 32
# Seconds until a thread that computes gives way to one that has something to answer.
_SWITCH = 0.001
# A worker that ends by itself sooner than this after it began would always do so, and is not begun anew.
_SHORTEST = 5.0


class Place(NamedTuple):
    """How a server is reached: its address, and what it is called from outside.

    `proxy` is the public address of the reverse proxy before it, whose word is taken for who asks where it comes from
    one of `trusted`; `names` are further names that it goes by. `log` is the file that gets a line for each request,
    `-` for standard error.
    """

    host: str = "127.0.0.1"
    port: int = 0
    proxy: str = ""
    trusted: tuple[str, ...] = LOOPBACK
    names: tuple[str, ...] = ()
    log: str = ""

    @property
    def alone(self) -> bool:
        """Whether nobody but this machine can ask."""
        return self.host in LOOPBACK and not self.proxy


class Server(uvicorn.Server):
    """A server that lets those who listen to events go when it stops, instead of waiting for them."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then all else: what is under way is finished."""
        hub = getattr(getattr(self.config.app, "state", None), "hub", None)
        if hub is not None:
            await hub.close()
        await super().shutdown(sockets)


def config(app: FastAPI, place: Place) -> uvicorn.Config:
    """Give what the server is to be like."""
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE,
        server_header=False,
        **limits.PROTOCOL,
        # Whoever could say where a request comes from could be anybody: only the proxy's word counts.
        proxy_headers=bool(place.proxy),
        forwarded_allow_ips=list(place.trusted),
    )


def serve(folder: str, environment: Environment, place: Place, told: Callable[[str], None], workers: int = 1) -> None:
    """Serve a store until interrupted; `told` gets the address once it can be asked.

    Raises TmError where there is no store, for an address that cannot be had, and where others than this machine could
    ask and nobody is there to log in.
    """
    if not 0 < workers <= MOST_WORKERS:
        raise TmError(f"{workers} workers are no crew", f"1 to {MOST_WORKERS}", "usage")
    _refuse_open(folder, environment, place)
    with listening(place.host, place.port) as door:
        name = f"[{place.host}]" if ":" in place.host else place.host
        if place.log:
            Log(place.log).close()  # refused now rather than by each worker
        told(place.proxy or f"http://{name}:{door.getsockname()[1]}/")
        if workers == 1:
            work(folder, environment, place, door)
        else:
            Crew(folder, environment, place, door, workers).run()


def _refuse_open(folder: str, environment: Environment, place: Place) -> None:
    with Workspace.find(folder, environment) as workspace:
        known = workspace.repository is not None and State.of(workspace).has_users()
    if not place.alone and not known:
        where = f"behind {place.proxy}" if place.proxy else f"on {place.host}"
        said = f"{where} others could ask, and there is nobody to log in"
        raise TmError(said, "make a user first: tm user add NAME, then tm user passwd NAME", "usage")


def work(folder: str, environment: Environment, place: Place, door: socket.socket) -> None:
    """Answer what comes in at a socket until told to stop."""
    sys.setswitchinterval(_SWITCH)
    log = Log(place.log) if place.log else None
    app = web.make(folder, environment, names(place), alone=place.alone, log=log)
    try:
        Server(config(app, place)).run(sockets=[door])
    finally:
        if log is not None:
            log.close()


def names(place: Place) -> set[str]:
    """Give the names that requests may ask for the server by."""
    found = {*LOOPBACK, *place.names}
    if place.host not in LOOPBACK:
        found |= {place.host, socket.gethostname()}
    if place.proxy:
        found.add(urlsplit(place.proxy).hostname or "")
    return {name.lower() for name in found}


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


class Crew:
    """Several workers at one socket, which share nothing but the store; one that dies is begun anew."""

    def __init__(self, folder: str, environment: Environment, place: Place, door: socket.socket, workers: int) -> None:
        plain = environment._replace(
            variables=dict(os.environ if environment.variables is None else environment.variables)
        )
        self._what = (folder, plain, place, door)
        self._workers = workers
        self._context = multiprocessing.get_context("spawn")
        self._running: dict[BaseProcess, float] = {}
        self._stopped_by = 0

    def run(self) -> None:
        """Keep so many at work until told to stop; raises TmError when they cannot begin."""
        counted = measures.shared()
        before = {one: signal.signal(one, self._stop) for one in (signal.SIGINT, signal.SIGTERM)}
        try:
            while not self._stopped_by:
                while len(self._running) < self._workers:
                    self._begin()
                multiprocessing.connection.wait([one.sentinel for one in self._running], 0.2)
                self._bury()
        finally:
            self._end()
            for one, handler in before.items():
                signal.signal(one, handler)
            del os.environ[measures.FOLDER]
            counted.cleanup()
        signal.raise_signal(self._stopped_by)

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        self._stopped_by = number

    def _begin(self) -> None:
        made = self._context.Process(target=_worker, args=self._what, name="tm-worker", daemon=True)
        made.start()
        self._running[made] = time.monotonic()

    def _bury(self) -> None:
        for one, began in list(self._running.items()):
            if one.is_alive():
                continue
            del self._running[one]
            measures.gone(one.pid or 0)
            # One that was killed, for want of memory say, is not at fault.
            ended = (one.exitcode or 0) >= 0 and time.monotonic() - began < _SHORTEST
            if ended and not self._stopped_by:
                raise TmError(f"a worker ended with exit code {one.exitcode} as it began", "its trace is above", "bug")

    def _end(self) -> None:
        for one in self._running:
            one.terminate()
        for one in self._running:
            one.join(GRACE + 5)
            if one.is_alive():
                one.kill()
                one.join()


def _worker(folder: str, environment: Environment, place: Place, door: socket.socket) -> None:
    """Be one of several workers; end when the one that began them is gone."""
    above = multiprocessing.parent_process()

    def follow() -> None:
        if above is not None:
            above.join()
            os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=follow, name="tm-follow", daemon=True).start()
    with suppress(KeyboardInterrupt):  # of a terminal, which interrupts all of them
        work(folder, environment, place, door)
