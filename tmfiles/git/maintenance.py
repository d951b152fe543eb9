"""Git's own housekeeping, run in the foreground when it is due; decides nothing itself."""

from __future__ import annotations

from tmfiles.git import process
from tmfiles.git.repository import Repository


def maintain(repo: Repository) -> None:
    """Let git pack what has piled up, if by its own measure that is due."""
    # Detached it would go on in the background after the command has ended.
    stay = ("-c", "gc.autoDetach=false", "-c", "maintenance.autoDetach=false")
    done = process.run(repo.root, *stay, "maintenance", "run", "--auto", "--quiet", accept=process.ANY, terminal=True)
    if done.code and "is not a git command" in done.words:  # git before 2.29
        process.run(repo.root, *stay, "gc", "--auto", "--quiet", terminal=True)
    elif done.code:
        raise process.failure(("maintenance",), done)
