"""The index: a pure function of the task files and of HEAD's history, kept in SQLite."""

from tmfiles.index.answers import Index
from tmfiles.index.cache import RACY, Damaged, Entry

__all__ = ["RACY", "Damaged", "Entry", "Index"]
