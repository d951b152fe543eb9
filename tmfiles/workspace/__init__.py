"""One store and its repository as a whole: the read path and the one funnel every write takes."""

from tmfiles.workspace.place import Workspace
from tmfiles.workspace.view import View

__all__ = ["View", "Workspace"]
