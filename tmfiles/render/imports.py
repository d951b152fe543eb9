"""An import's result as text or document; pure."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tmfiles.actions.imports import Brought

_SHOWN = 5


def text(result: Brought, *, everything: bool) -> str:
    """Give the report: counts first, then what had to be settled, by kind; `everything` cuts nothing."""
    verb = "would import" if result.outcome is None else "imported"
    lines = [f"{verb} {len(result.added)} task{'' if len(result.added) == 1 else 's'}"]
    if result.present:
        lines.append(f"here already, and left as they are: {len(result.present)}")
    if result.deleted:
        more = ", …" if len(result.deleted) > _SHOWN else ""
        names = ", ".join(result.deleted[:_SHOWN])
        lines.append(f"deleted here once, and not brought back (--again does): {names}{more}")
    if result.types:
        lines.append(f"types declared in config.yaml: {', '.join(result.types)}")
    for kind, count in sorted(result.counted().items()):
        lines.append(f"{kind}: {count}")
        entries = [str(entry) for entry in result.report if entry.kind == kind]
        lines += [f"  {entry}" for entry in (entries if everything else entries[:_SHOWN])]
        if not everything and count > _SHOWN:
            lines.append(f"  and {count - _SHOWN} more")
    if result.outcome is not None:
        commit = result.outcome.commit
        lines.append(f"commit {commit[:10]}" if commit else "nothing to commit")
    return "\n".join(lines) + "\n"


def document(result: Brought) -> dict[str, Any]:
    """Give the whole result as an object."""
    return {
        "added": list(result.added),
        "present": list(result.present),
        "deleted": list(result.deleted),
        "types": list(result.types),
        "report": [entry._asdict() for entry in result.report],
        "commit": (result.outcome.commit or None) if result.outcome else None,
    }
