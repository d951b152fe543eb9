"""A task store in plain files: YAML tasks, JSON Schema, an index, Git as history."""

__version__ = "0.1.0"
