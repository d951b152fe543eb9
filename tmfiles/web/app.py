"""The application: routers, pages and guards put together over one store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.routing import Route, compile_path

from tmfiles import __version__
from tmfiles.config import Environment
from tmfiles.web import gate, health, people, problems
from tmfiles.web.api import describe, events, history, me, reading, store, tasks, verbs
from tmfiles.web.desk import Desk
from tmfiles.web.events import Hub
from tmfiles.web.limits import Limits
from tmfiles.web.log import Log
from tmfiles.web.measures import Measures
from tmfiles.web.pages import adding, board, edits, file, graph, login, past, statistics, task, timeline
from tmfiles.web.pages import list as list_
from tmfiles.web.pages import problems as wrong
from tmfiles.web.pages.page import STATIC
from tmfiles.web.safety import LOOPBACK, Safety
from tmfiles.web.state import State
from tmfiles.web.watching import Watch

API = "/api/v1"
# A router a noun.
NOUNS = (tasks.router, verbs.router, history.router, store.router, events.router, me.router)
# What is sent and means nothing is refused.
STRICT = (Depends(reading.refuse_unknown), Depends(verbs.refuse_key))
# A router a page.
PAGES = (
    board.router,
    list_.router,
    adding.router,
    graph.router,
    timeline.router,
    statistics.router,
    login.router,
    task.router,
    edits.router,
    past.router,
    file.router,
    wrong.router,
)


def make(
    folder: str,
    environment: Environment,
    hosts: Collection[str] = LOOPBACK,
    *,
    alone: bool = True,
    log: Log | None = None,
) -> FastAPI:
    """Make the application of a store, which goes by the names `hosts`; raises TmError where there is no store.

    `alone` says that nobody but this machine can ask: then its owner need not log in where there are no users. `log`
    gets a line for each request.
    """
    measures = Measures()
    desk = Desk(folder, environment, measures.wrote)
    # What FastAPI shows of its own comes from another site, so there is none of that.
    app = FastAPI(
        title="tm",
        version=__version__,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_life,
    )
    app.state.desk = desk
    # What the head of every page can lead to.
    app.state.paths = {getattr(route, "path", "") for router in PAGES for route in router.routes}
    app.state.people = desk.ask(
        people.Person(environment.actor),
        lambda workspace: people.People(State.of(workspace), people.owner(workspace), alone=alone),
    )
    app.state.hub = Hub(lambda began, told: Watch(folder, environment, began, told, desk.share), measures.listeners.set)
    app.add_middleware(gate.Gate, people=app.state.people)
    app.state.measures = measures
    app.add_middleware(Limits)
    app.add_middleware(Safety, hosts=hosts)
    app.add_middleware(health.Witness, measures=measures, log=log)
    problems.install(app)
    for router in NOUNS:
        app.include_router(router, prefix=API, dependencies=STRICT)
    app.state.methods = [
        (compile_path(API + route.path)[0], set(route.methods or ()))
        for router in NOUNS
        for route in router.routes
        if isinstance(route, Route)
    ]
    describe.install(app)
    for router in PAGES:
        app.include_router(router, dependencies=[Depends(gate.form)])
    app.include_router(health.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    yield
    await app.state.hub.close()
    app.state.desk.close()
