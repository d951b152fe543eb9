"""What the tests of sync share: stores that are repositories of their own, and a bare one where they meet."""

from __future__ import annotations

import subprocess
from pathlib import Path

from conftest import GitRepo
from writing import Ran, Store


class Own(Store):
    """A store whose `.tasks/` is a repository of its own: made anew, or cloned from `origin`."""

    def __init__(self, path: Path, origin: Path | None = None) -> None:
        super().__init__(GitRepo(path), init=False)
        self.name = path.name
        if not path.exists():
            path.mkdir()
            if origin:
                subprocess.run(["git", "clone", "--quiet", str(origin), str(path / ".tasks")], check=True)
            self.do("init", *(() if origin else ("--standalone",)))
        self.repo = GitRepo(path / ".tasks")
        self.git = self.repo.git
        self.private = path / ".tasks/.git/tm"

    def as_(self, *args: str, code: int | None = 0) -> Ran:
        """Run tm under this clone's name."""
        return self.do("--as", self.name, *args, code=code)

    def files(self) -> dict[str, bytes]:
        """Give every file of the store with its bytes."""
        return {name: data for name, data in super().files().items() if not name.startswith(".git/")}

    def head(self) -> str:
        """Give the commit of HEAD."""
        return self.git("rev-parse", "HEAD")


def bare(path: Path) -> Path:
    """Make a bare repository."""
    subprocess.run(["git", "init", "--quiet", "--bare", str(path)], check=True)
    return path


def team(folder: Path, names: str, tasks: int = 2) -> list[Own]:
    """Make a store with tasks `task-0`, ..., push it, and clone it for each further name."""
    origin = bare(folder / "origin.git")
    first, *others = names.split()
    store = Own(folder / first)
    for number in range(tasks):
        store.add(f"Task {number}", "--id", f"task-{number}")
    store.git("remote", "add", "origin", "../../origin.git")
    store.do("sync")
    clones = [Own(folder / name, origin) for name in others]
    for clone in clones:
        clone.git("remote", "set-url", "origin", "../../origin.git")
    return [store, *clones]
