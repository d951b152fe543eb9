"""The index: a pure function of the task files and of HEAD's history, kept in SQLite."""

from tmfiles.index.answers import Index
from tmfiles.index.cache import Damaged, Entry

__all__ = ["Damaged", "Entry", "Index"]
