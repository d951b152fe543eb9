"""Git hooks put in beside what is there, what they do, and that they go without a trace: real git, real commits."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import writing
from conftest import GitRepo
from writing import ROOT, Store

from tmfiles.actions import hooks
from tmfiles.workspace import Workspace

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the hooks are written for a POSIX shell")
ONE, TWO = ".tasks/one.yaml", ".tasks/two.yaml"


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a `tm` that is the first on PATH."""
    tm = writing.program(tmp_path)
    monkeypatch.setenv("PATH", f"{tm.parent}{os.pathsep}{os.environ['PATH']}")
    return tm


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store in which two depends on one, committed."""
    made = Store(repo)
    repo.commit("tasks", {ONE: "title: One\n", TWO: "title: Two\ndepends_on: [one]\n", "code.py": "pass\n"})
    return made


def hook(folder: Path, name: str, text: str, mode: int = 0o755) -> Path:
    """Write a hook of the project's own."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def everything(folder: Path) -> dict[str, Any]:
    """Give all that lies in a folder: bytes, modes and where links lead."""
    return {
        str(path.relative_to(folder)): (stat.S_IMODE(path.lstat().st_mode), _held(path))
        for path in sorted(folder.rglob("*"))
    }


def _held(path: Path) -> str | bytes:
    if path.is_symlink():
        return os.readlink(path)
    return path.read_bytes() if path.is_file() else ""


def commit(store: Store, *args: str, cwd: Path | None = None, code: int = 0) -> str:
    """Run git commit as a user does, and give what it said on standard error."""
    words = ["git", "commit", "--quiet", *(args or ("-m", "a commit"))]
    done = subprocess.run(words, cwd=cwd or store.path, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


EXISTING = {
    "none": None,
    "sh": ("#!/bin/sh\necho mine >> ran\n", 0o755),
    "strict": ("#!/usr/bin/env -S bash -eu\n# with settings\necho mine >> ran\nexit 0\n", 0o700),
    "exec": ("#! /bin/bash -e\nexec sh -c 'echo mine >> ran'\n", 0o755),
    "python": (f"#!{sys.executable}\nopen('ran', 'a').write('mine\\n')\n", 0o755),
    "no end": ("#!/bin/sh\necho mine >> ran", 0o755),
    "switched off": ("#!/bin/sh\necho mine >> ran\n", 0o644),
    "no shebang": ("echo mine >> ran\n", 0o755),
    "only shebang": ("#!/bin/sh", 0o755),
}


@pytest.mark.parametrize("kind", EXISTING)
def test_beside_a_hook_and_without_a_trace(kind: str, store: Store) -> None:
    """A hook that is there runs as before, and is the same file again afterwards, byte for byte, mode for mode."""
    folder = store.path / ".git/hooks"
    if EXISTING[kind]:
        hook(folder, "pre-commit", *EXISTING[kind])
    before, config = everything(folder), (store.path / ".git/config").read_bytes()
    store.do("hooks", "install")
    assert store.do("hooks", "install").err == "the hooks are in already\n"
    store.repo.write("code.py", "pass  # more\n")
    store.git("add", "code.py")
    commit(store)
    runs = kind not in ("none", "switched off", "only shebang")
    assert (store.path / "ran").exists() == runs
    store.repo.write(ONE, "title: One\ndepends_on: [two]\n")
    store.git("add", ONE)
    assert "one → two → one (cycle)" in commit(store, code=1)
    store.git("checkout", "--quiet", "HEAD", ONE)
    store.do("hooks", "uninstall")
    assert everything(folder) == before
    assert (store.path / ".git/config").read_bytes() == config
    assert set(store.status().split("\n")) <= {"", "?? ran"}
    assert store.do("hooks", "uninstall").err == "no hook of tm's is in\n"


def test_a_hook_that_is_a_link(store: Store) -> None:
    """What the link leads to is the project's, and is not written to; the link comes back as it was."""
    script = hook(store.path / "scripts", "check", "#!/bin/sh\necho mine >> ran\n")
    folder = store.path / ".git/hooks"
    folder.mkdir(exist_ok=True)
    (folder / "pre-commit").symlink_to("../../scripts/check")
    before, data = everything(folder), script.read_bytes()
    store.do("hooks", "install")
    store.git("add", "code.py")
    commit(store, "--allow-empty", "-m", "x")
    assert (store.path / "ran").read_text() == "mine\n"
    store.do("hooks", "uninstall")
    assert (everything(folder), script.read_bytes()) == (before, data)


def test_a_hook_gets_its_words_and_its_input(store: Store) -> None:
    """Arguments and standard input reach the hook that was here before, in both ways of standing beside it."""
    folder = store.path / ".git/hooks"
    hook(folder, "post-rewrite", '#!/bin/sh\necho "$1 $(wc -l)" >> ran\n')
    hook(folder, "commit-msg", f"#!{sys.executable}\nimport sys; open('ran', 'a').write(sys.argv[1] + '\\n')\n")
    store.do("hooks", "install")
    commit(store, "--amend", "-m", "again")
    assert (store.path / "ran").read_text().split() == [".git/COMMIT_EDITMSG", "amend", "1"]


def test_a_folder_of_hooks_in_the_work_tree(store: Store) -> None:
    """Where core.hooksPath leads into the project, as husky has it, the hooks go there, under no machine's path."""
    folder = store.path / ".husky/_"
    hook(folder, "h", 'sh "$(dirname "$(dirname "$0")")/$(basename "$0")" "$@"\n', 0o644)
    hook(folder, "pre-commit", '#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n')
    hook(store.path / ".husky", "pre-commit", "echo mine >> ran\n", 0o644)
    store.git("config", "core.hooksPath", ".husky/_")
    before = everything(folder)
    ran = store.do("hooks", "install")
    assert "core.hooksPath is .husky/_" in ran.err
    assert b"tm=tm\n" in (folder / "pre-commit").read_bytes()
    assert not (store.path / ".git/hooks/pre-commit").exists()
    store.repo.write(ONE, "title: [\n")
    store.git("add", ".tasks", "code.py")
    assert f"{ONE}:2:1:" in commit(store, code=1)
    store.git("checkout", "--quiet", "HEAD", ONE)
    commit(store, "--allow-empty", "-m", "x")
    assert (store.path / "ran").read_text() == "mine\n"
    store.do("hooks", "uninstall")
    assert everything(folder) == before
    assert store.git("config", "core.hooksPath") == ".husky/_"


@pytest.mark.parametrize("where", ["elsewhere", "/dev/null"])
def test_hooks_that_are_not_this_repositorys(where: str, store: Store, tmp_path: Path) -> None:
    """A folder that other repositories use too is left alone, and one that is none is told."""
    path = str(tmp_path / "shared") if where == "elsewhere" else where
    store.git("config", "core.hooksPath", path)
    ran = store.do("hooks", "install", code=1)
    assert ("tm check --staged" in ran.err) == (where == "elsewhere")
    assert not (tmp_path / "shared").exists()


def test_a_linked_work_tree(store: Store) -> None:
    """The hooks of all work trees are one folder's; each commit is judged by its own index and files."""
    linked = store.path.parent / "linked"
    store.git("worktree", "add", "--quiet", "-b", "side", str(linked))
    there = Store(GitRepo(linked), init=False)
    there.do("hooks", "install")
    there.repo.write(ONE, "title: One\ndepends_on: [two]\n")
    there.git("add", ONE)
    assert "(cycle)" in commit(there, code=1)
    assert "(cycle)" in commit(there, "-m", "only this", "--", ONE, code=1)
    store.repo.write(ONE, "title: One, mended\n")
    commit(store, "-am", "main is fine")


def test_a_store_below_the_root_and_one_of_its_own(repo: GitRepo) -> None:
    """The hooks find the store where it lies, and judge none that is not there."""
    below = Store(GitRepo(repo.path / "a b"), init=False)
    (below.path / ".tasks").mkdir(parents=True)
    below.repo.write(ONE, "title: One\n")
    below.do("hooks", "install")
    repo.git("add", ".")
    commit(below, cwd=repo.path)
    below.repo.write(ONE, "title: [\n")
    assert "a b" not in commit(below, "-am", "x", cwd=repo.path, code=1).split("\n")[0]
    repo.git("rm", "--quiet", "-rf", "a b/.tasks")
    commit(below, "-m", "no store", cwd=repo.path)
    alone = Store(GitRepo(repo.path / "alone"), init=False)
    alone.path.mkdir()
    alone.do("init", "--standalone")
    alone.do("hooks", "install")
    alone.repo.write(ONE, "title: [\n")
    alone.git("-C", ".tasks", "add", ".")
    assert "one.yaml:2:1" in commit(alone, cwd=alone.path / ".tasks", code=1)


def test_what_is_committed_is_what_is_judged(store: Store) -> None:
    """Staged and mended since, deleted, named on the command line, taken with -a: always as committed."""
    store.do("hooks", "install")
    store.repo.write(ONE, "title: [\n")
    store.git("add", ONE)
    store.repo.write(ONE, "title: One more\n")
    assert "(yaml)" in commit(store, code=1)
    commit(store, "-m", "as it lies there", ONE)
    store.repo.write(ONE, "title: [\n")
    store.repo.write(TWO, "title: Two, and better\ndepends_on: [one]\n")
    store.git("add", TWO)
    commit(store)
    assert "(yaml)" in commit(store, "-am", "x", code=1)
    store.git("checkout", "--quiet", "HEAD", ".")
    store.git("rm", "--quiet", ONE)
    assert "(missing-dependency)" in commit(store, code=1)
    assert store.subjects()[:2] == ["a commit", "as it lies there"]


def test_a_store_whose_files_are_gone(store: Store) -> None:
    """Nothing is committed unseen because the folder is gone; a commit that takes the store away passes."""
    store.do("hooks", "install")
    store.repo.write(ONE, "title: [\n")
    store.git("add", ONE)
    shutil.rmtree(store.path / ".tasks")
    assert "no .tasks/" in commit(store, code=1)
    store.do("hooks", "run", "pre-commit", code=1)
    store.git("rm", "-r", "--quiet", "--cached", ".tasks")
    store.do("hooks", "run", "pre-commit")
    commit(store)


def test_without_tm(store: Store, program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook that finds no tm says one line; a commit of code alone does not even look for it."""
    store.do("hooks", "install")
    program.unlink()
    folders = os.environ["PATH"].split(os.pathsep)
    without = [folder for folder in folders if not os.path.exists(os.path.join(folder, "tm"))]
    monkeypatch.setenv("PATH", os.pathsep.join(without))
    store.repo.write("code.py", "pass  # more\n")
    assert commit(store, "-am", "code") == ""
    store.repo.write(ONE, "title: First\n")
    said = commit(store, "-am", "tasks", code=1)
    assert said.count("\n") == 1
    assert said.startswith("tm: not found, ")
    assert commit(store, "--no-verify", "-am", "x\n\nTm-Completes: one").count("tm: not found") == 1


def test_trailers_name_tasks_that_exist(store: Store) -> None:
    """An id that nobody has is refused, an id that this very commit brings is not, and a comment is no trailer."""
    store.do("hooks", "install")
    said = commit(store, "--allow-empty", "-m", "x\n\ntm-refs: one, three", code=1)
    assert "Tm-Refs names 'three', and there is no such task" in said
    store.repo.write(".tasks/three.yaml", "title: Three\n")
    store.git("add", ".tasks/three.yaml")
    (store.path / ".tasks/three.yaml").unlink()
    commit(store, "-m", "x\n\nTm-Refs: one three")
    commit(store, "--allow-empty", "-m", "x\n\nTm-Refs: gone\n\nis what a trailer looks like")


def test_trailers_act_where_the_settings_say_so(store: Store) -> None:
    """Tasks are completed, started and named once, however often the commit is amended; without the setting nothing."""
    store.do("hooks", "install")
    message = "Do it\n\nTm-Completes: one\nTm-Starts: two\nTm-Refs: two"
    commit(store, "--allow-empty", "-m", message)
    assert store.doc("one").get("status") is None
    store.repo.commit("trailers", {".tasks/config.yaml": "version: 1\ntrailers: true\n"})
    said = commit(store, "--allow-empty", "-m", message)
    assert said == "tm: completed one  One\ntm: started two  Two\ntm: noted on two  Two\n"
    assert store.doc("one")["status"] == "completed"
    assert [entry["text"] for entry in store.doc("two")["journal"]] == ["Named in a commit: Do it"]
    assert store.status() == ""
    assert commit(store, "--amend", "--allow-empty", "-m", message) == ""


def test_what_a_trailer_cannot_do_is_told(store: Store) -> None:
    """The commit stands, the line says why the task stays as it is, and the next trailer is heard."""
    store.do("hooks", "install")
    store.repo.commit("trailers", {".tasks/config.yaml": "version: 1\ntrailers: true\n"})
    said = commit(store, "--allow-empty", "-m", "x\n\nTm-Completes: two\nTm-Starts: one")
    assert said.startswith("tm: Tm-Completes: two: ")
    assert said.endswith("tm: started one  One\n")


def test_the_programs_own_commits_pass(store: Store) -> None:
    """With run_hooks, an edit by a command goes through the hooks like any commit."""
    store.do("hooks", "install")
    store.repo.commit("settings", {".tasks/config.yaml": "version: 1\nrun_hooks: true\ntrailers: true\n"})
    store.tm("complete", "one")
    assert store.subjects()[0] == "tm: complete one One"


def test_another_installer_came_later(store: Store) -> None:
    """The pre-commit framework moves the hook it finds aside and runs it; there it is found, and taken out."""
    folder = store.path / ".git/hooks"
    store.do("hooks", "install")
    before = everything(folder)
    os.replace(folder / "pre-commit", folder / "pre-commit.legacy")
    hook(folder, "pre-commit", '#!/bin/sh\n"$0.legacy" "$@"\n')
    assert store.do("hooks", "install").err == "the hooks are in already\n"
    store.do("hooks", "uninstall")
    assert everything(folder).keys() == (before.keys() - set(hooks.NAMES)) | {"pre-commit"}


def test_an_older_block_is_brought_up_to_date(store: Store) -> None:
    """Installing again renews our lines and leaves what was written around them since."""
    folder = store.path / ".git/hooks"
    store.do("hooks", "install")
    path = folder / "pre-commit"
    path.write_bytes(path.read_bytes().replace(b"check --staged", b"check") + b"echo mine\n")
    found = {one["name"]: one["state"] for one in json.loads(store.do("hooks", "status", "--json").out)["data"]}
    assert found == {name: "outdated" if name == "pre-commit" else "installed" for name in hooks.NAMES}
    store.do("hooks", "install")
    assert path.read_bytes().endswith(b"echo mine\n")
    assert store.do("hooks", "status").out.count("installed") == len(hooks.NAMES)
    store.do("hooks", "uninstall")
    assert path.read_bytes() == b"#!/bin/sh\necho mine\n"


@pytest.mark.parametrize("name", hooks.NAMES)
def test_a_hook_stands_alone(name: str, store: Store) -> None:
    """Each file of hooks/ may be copied as it is: a sound POSIX script, executable in the repository."""
    path = Path(ROOT) / "hooks" / name
    assert os.access(path, os.X_OK)
    subprocess.run(["sh", "-n", path], check=True)
    hook(store.path / ".git/hooks", name, path.read_text(encoding="utf-8"))
    store.repo.write("code.py", "pass  # more\n")
    assert commit(store, "-am", "code") == ""


def test_a_hook_that_is_none(store: Store) -> None:
    """What the hooks call refuses a name that it does not know."""
    assert "no hook 'frob'" in store.do("hooks", "run", "frob", code=2).err


def test_the_workspace_is_left_alone_by_status(store: Store) -> None:
    """Asking changes nothing."""
    before = everything(store.path / ".git/hooks")
    workspace = Workspace.find(str(store.path))
    assert {one.state for one in hooks.status(workspace)} == {"missing"}
    workspace.close()
    assert everything(store.path / ".git/hooks") == before
