"""Who is asking, for programs that want to know under which name they act."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from tmfiles.web.api.describe import described
from tmfiles.web.desk import Here
from tmfiles.web.users import ROLES

router = APIRouter(tags=["users"])
_ROLES = {"type": "string", "enum": list(ROLES)}
_SHAPE = {
    "type": "object",
    "required": ["name", "email", "login", "role", "by"],
    "properties": {
        **{key: {"type": "string"} for key in ("name", "email", "login")},
        "role": _ROLES,
        "by": {"type": "string", "enum": ["session", "token", "local"]},
    },
}
_EXAMPLE = {"name": "Maria", "email": "maria@example.org", "login": "maria", "role": "editor", "by": "token"}


@router.get("/me", **described(_SHAPE, _EXAMPLE))
def me(here: Here) -> dict[str, Any]:
    """Tell who asks: the name in commits and tasks, the name to log in with, the role, and by what."""
    person = here.person
    data = {"name": person.name, "email": person.email, "login": person.login, "role": person.role, "by": person.by}
    return {"version": 1, "data": data}
