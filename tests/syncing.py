"""What the tests of sync share: stores that are repositories of their own, and a bare one where they meet."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from conftest import GitRepo
from writing import Ran, Store


class Clone(Store):
    """One person's store, who is called as its folder."""

    def __init__(self, path: Path) -> None:
        super().__init__(GitRepo(path), init=False)
        self.name = path.name

    def as_(self, *args: str, code: int | None = 0) -> Ran:
        """Run tm under this clone's name."""
        return self.do("--as", self.name, *args, code=code)

    def head(self) -> str:
        """Give the commit of HEAD."""
        return self.git("rev-parse", "HEAD")


class Own(Clone):
    """A store whose `.tasks/` is a repository of its own: made anew, or cloned from `origin`."""

    def __init__(self, path: Path, origin: Path | None = None) -> None:
        super().__init__(path)
        if not path.exists():
            path.mkdir()
            if origin:
                subprocess.run(["git", "clone", "--quiet", str(origin), str(path / ".tasks")], check=True)
            self.do("init", *(() if origin else ("--standalone",)))
        self.repo = GitRepo(path / ".tasks")
        self.git = self.repo.git
        self.private = path / ".tasks/.git/tm"

    def files(self) -> dict[str, bytes]:
        """Give every file of the store with its bytes."""
        return {name: data for name, data in super().files().items() if not name.startswith(".git/")}


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


def edit(store: Clone, chance: random.Random, number: int) -> str:
    """Do one thing at random, as people and programs do; give the words it wrote, if it could be done just now."""
    ids = [one["id"] for one in json.loads(store.do("list", "--all", "--json").out)["data"]]
    one, mark = chance.choice(ids), f"{store.name}-{number}"
    verb = chance.choice(("start", "complete", "cancel", "reopen"))
    orders = {
        "status": (verb, one, *(() if verb == "reopen" else ("--force",))),
        "reopen": ("reopen", one),
        "title": ("update", one, "--title", f"Title-{mark}"),
        "tag": ("update", one, "--tag", f"tag-{mark.lower()}"),
        "untag": ("update", one, "--untag", chance.choice(store.doc(one).get("tags") or ["none"]))
        if store.file(one).exists()
        else ("release", one),
        "priority": ("update", one, "--priority", chance.choice(("critical", "high", "low"))),
        "comment": ("comment", one, f"Said-{mark}"),
        "describe": ("update", one, "--description", f"Described-{mark}"),
        "criterion": ("criteria", "add", one, f"Asked-{mark}"),
        "add": ("add", f"Made-{mark}"),
        "delete": ("delete", one),
        "archive": ("archive", one),
        "depend": ("dep", "add", one, chance.choice(ids)),
        "claim": ("claim", one),
        "undo": ("undo",),
    }
    what = chance.choice([*orders, "by hand"])
    if what == "by hand":
        if not store.file(one).exists():
            return ""
        with store.file(one).open("a", encoding="utf-8") as file:
            file.write(f"\n# Remarked-{mark}\n")
        return f"Remarked-{mark}" if not store.as_("commit", code=None).code else ""
    done = store.as_(*orders[what], code=None)
    assert done.code in (0, 1, 2, 5), done
    return orders[what][-1] if not done.code and orders[what][-1].lower().endswith(mark.lower()) else ""


def meet(store: Clone) -> None:
    """Sync, and mend what two sound sides made together."""
    told = json.loads(store.as_("sync", "--json", code=None).out)
    assert "data" in told, told
    mend(store, told["data"]["troubles"])


def mend(store: Clone, troubles: Sequence[Any]) -> None:
    """Type the first of the commands that are told for each trouble."""
    for trouble in troubles:
        store.as_(*trouble["commands"][0].split()[1:], code=None)


def assert_equal(clones: Sequence[Clone]) -> None:
    """All clones are at one commit, hold the same bytes, and are sound."""
    assert len({clone.head() for clone in clones}) == 1
    assert len({str(sorted(clone.files().items())) for clone in clones}) == 1
    for clone in clones:
        status = clone.git("status", "--porcelain", "--untracked-files=all")
        if status:
            raise AssertionError(f"{clone.name}: {status}")
        assert clone.leftovers() == []
        clone.do("check")


def ending(real: Callable[..., Any]) -> Callable[..., Any]:
    """Give a step that ends the program when it is done, as a kill does."""

    def last(*args: Any, **named: Any) -> Any:
        real(*args, **named)
        raise SystemExit(9)

    return last
