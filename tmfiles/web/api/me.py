"""Who is asking, for programs that want to know under which name they act."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from tmfiles.web.desk import Here

router = APIRouter(tags=["users"])


@router.get("/me")
def me(here: Here) -> dict[str, Any]:
    """Tell who asks: the name in commits and tasks, the name to log in with, the role, and by what."""
    person = here.person
    data = {"name": person.name, "email": person.email, "login": person.login, "role": person.role, "by": person.by}
    return {"version": 1, "data": data}
