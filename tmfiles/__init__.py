"""A task store in plain files: YAML tasks, JSON Schema, an index, Git as history.

`docs/reference/python.md` tells how programs use it. Each name is loaded when it is first asked
for, so that the command line pays for none of them.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.errors import Problem, TmError
    from tmfiles.query import Query
    from tmfiles.task import Task
    from tmfiles.workspace import Workspace
    from tmfiles.workspace.write import How

_PLACES = {
    "How": "workspace.write",
    "Problem": "errors",
    "Query": "query",
    "Task": "task",
    "TmError": "errors",
    "Workspace": "workspace",
}
__all__ = ["How", "Problem", "Query", "Task", "TmError", "Workspace", "__version__"]


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value: object = getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
