"""What agents are told of working with a store, in one place for all who tell them."""

from __future__ import annotations

WORKFLOW = """\
- Find: `tm ready`, `tm list`, `tm search WORDS`; before you begin: `tm context ID --brief`.
- Take: `tm next --claim` or `tm claim ID`, then `tm start ID`. What another holds is refused with exit code 5: take
  another task.
- Record: `tm progress ID TEXT`, `tm discover ID TEXT`. Work that you find and leave for later:
  `tm add TITLE --source ID`. What must come first: `tm dep add ID OTHER`.
- Finish: `tm complete ID --summary TEXT` says which tasks became ready by it. If you stop before: `tm release ID`.
- Several at once, in one commit: `tm batch FILE`. A mistake: `tm undo`. Every command has `--help` and `--json`.
- Each command commits the files of its tasks and nothing else. Sharing the commits is the user's decision, not yours.
"""
