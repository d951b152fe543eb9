"""Runs the server in a thread of the test: a real socket, real requests, and nothing to wait for at the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from writing import Store

from tmfiles.config import Environment
from tmfiles.web import app as web
from tmfiles.web import running
from tmfiles.web.log import Log
from tmfiles.web.running import Place


class Served(NamedTuple):
    """A server that runs: its address without a last slash, its application, its store."""

    address: str
    app: Any
    store: Store


ALONE = Place()


@contextmanager
def serving(
    store: Store, environment: Environment = Environment(), how: Place = ALONE, log: Log | None = None
) -> Iterator[Served]:
    """Serve a store on a free port of loopback while the block runs; `how` says what it is called from outside."""
    app = web.make(str(store.path), environment, running.names(how), alone=how.alone, log=log)
    with listening(app, how) as address:
        yield Served(address, app, store)


@contextmanager
def listening(app: Any, how: Place = ALONE) -> Iterator[str]:
    """Run an application on a free port of loopback, and give its address without a last slash."""
    place = running.listening("127.0.0.1", 0)
    server = running.Server(running.config(app, how))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [place]}, daemon=True)
    thread.start()
    try:
        for _ in range(1000):
            if server.started:
                break
            time.sleep(0.005)
        assert server.started
        yield f"http://127.0.0.1:{place.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        place.close()
        assert not thread.is_alive()
