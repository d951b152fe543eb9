"""What changes, as it does: one stream for each who listens."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response

from tmfiles.web import people
from tmfiles.web.events import Stream

router = APIRouter(tags=["events"])
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events, until either side ends it.",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": 'event: changed\nid: 6c1f0e5b7a9d2c34\ndata: {"version":"6c1f0e5b7a9d2c34",'
                '"head":"0f7d…","all":false,"ids":["design"],"also":["build"]}\n\n',
            }
        },
    }
}


@router.get("/events", response_class=Response, responses=_ANSWERS)
async def events(request: Request, last_event_id: Annotated[str, Header(max_length=64)] = "") -> Response:
    """Tell of every change of a task, whoever makes it and however: here, at a terminal, in an editor, by a pull.

    `hello` begins and gives the store's version. `changed` names in `ids` the tasks whose files changed, came or went,
    and in `also` those that depend on them or belong to them; with `all` it names none, and anything may be different.
    A list without ids means that only history grew. After `reset`, read everything anew. Who comes back with
    `Last-Event-ID` is told what came meanwhile.
    """
    hub = request.app.state.hub
    person = people.who(request)
    listener = await hub.listen(person.name, last_event_id)
    return Stream(hub, listener, lambda: people.still(request))
