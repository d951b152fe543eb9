"""The index: a pure function of the task files and of HEAD's history, kept in SQLite."""

from tmfiles.index.answers import OF_HISTORY, Index
from tmfiles.index.cache import RACY, Damaged, Entry

__all__ = ["OF_HISTORY", "RACY", "Damaged", "Entry", "Index"]
