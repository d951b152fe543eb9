"""The JSON Schemas of a store, with what its settings declare worked in."""

from __future__ import annotations

from tmfiles import custom, policies, schema
from tmfiles.query import unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tmfiles.workspace import Workspace

KINDS = (*schema.KINDS, "custom")


def of(workspace: Workspace, kind: str) -> dict[str, Any]:
    """Give a schema by its kind; raises TmError (code `usage`) for one that is not there."""
    if kind not in KINDS:
        raise unknown("schema", kind, KINDS)
    config = workspace.read().config
    fields = custom.of(config.declared).declared
    if kind == "custom":
        return schema.standalone(fields)
    if kind != "task":
        return schema.text(kind)
    about = policies.types(config.declared)
    return schema.of_store({name: about.get(name, "") for name in config.all_types}, fields)
