"""A store on a branch of its own: one live state for all work trees, and what Git and people can do to it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store, command, environment, run


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a repository with code, and a store on the branch `tasks`, with one task."""
    repo.write("code.py", "pass\n")
    repo.git("add", ".")
    repo.git("commit", "--quiet", "-m", "code")
    made = Store(repo, init=False)
    made.do("init", "--branch", "tasks")
    made.do("add", "One", "--id", "one")
    return made


def ids(folder: Path) -> list[str]:
    """List the tasks as they are seen from a folder."""
    ran = run("-C", str(folder), "list", "--all", "--json")
    assert ran.code == 0, ran
    return sorted(task["id"] for task in json.loads(ran.out)["data"])


def mode(folder: Path) -> tuple[str, str]:
    """Give state and hint of what the doctor says of the mode."""
    data = json.loads(run("-C", str(folder), "doctor", "--json").out)["data"]
    return next((one["state"], one["hint"]) for one in data["findings"] if one["name"] == "mode")


def old_branch(store: Store, *, at: str = "HEAD") -> None:
    """Make a branch `old` that tracks a file under `.tasks/`, without touching a work tree."""
    blob = store.git("hash-object", "-w", "--stdin", stdin=b"title: Old\n")
    inner = store.git("mktree", stdin=f"100644 blob {blob}\tone.yaml\n".encode())
    tree = store.git("mktree", stdin=f"040000 tree {inner}\t.tasks\n".encode())
    store.git("branch", "old", store.git("commit-tree", "-p", at, "-m", "old", tree))


def test_the_branch_holds_tasks_and_the_code_branch_none(store: Store) -> None:
    """Commits of tasks go to their branch; the branch with the code and its status know nothing of them."""
    assert store.git("ls-tree", "-r", "--name-only", "tasks").split() == [".gitattributes", "config.yaml", "one.yaml"]
    assert store.git("log", "--format=%s", "tasks").splitlines()[0] == "tm: add one One"
    assert store.git("log", "--format=%s") == "code"
    assert store.git("status", "--porcelain") == ""
    assert store.git("merge-base", "tasks", "main", check=False) == ""
    assert mode(store.path) == ("ok", "")


def test_a_new_repository(tmp_path: Path) -> None:
    """Where there is no repository one is made, and the branch with the code stays unborn."""
    (tmp_path / "new").mkdir()
    repo = GitRepo(tmp_path / "new")
    ran = run("-C", str(repo.path), "init", "--branch", "todo")
    assert ran.code == 0, ran
    assert f"made a Git repository in {repo.path}" in ran.err
    assert repo.git("for-each-ref", "--format=%(refname)") == "refs/heads/todo"
    assert ids(repo.path) == []


def test_every_work_tree_sees_one_store(tmp_path: Path) -> None:
    """Work trees made before and after, folders below, the store itself: all read and write the same tasks."""
    before, after = tmp_path / "before", tmp_path / "after"
    fresh = GitRepo(tmp_path / "fresh")
    fresh.path.mkdir()
    fresh.git("init", "--quiet")
    fresh.git("commit", "--quiet", "--allow-empty", "-m", "code")
    fresh.git("worktree", "add", "--quiet", str(before))
    assert run("-C", str(before), "init", "--branch", "tasks").code == 0  # from a linked one, for all
    fresh.git("worktree", "add", "--quiet", str(after))
    (after / "below").mkdir()
    for n, folder in enumerate((before, after, after / "below", fresh.path, fresh.path / ".tasks")):
        assert run("-C", str(folder), "add", f"Task {n}", "--id", f"t{n}").code == 0
        assert len(ids(folder)) == n + 1
    assert fresh.git("status", "--porcelain") == ""
    assert len(fresh.git("log", "--format=%s", "tasks").splitlines()) == 7


def test_a_tracked_folder_does_not_hide_the_store(store: Store, tmp_path: Path) -> None:
    """In a work tree of a branch that has tasks of its own, the clone's one store is the one that counts."""
    old_branch(store)
    store.git("worktree", "add", "--quiet", str(tmp_path / "old"), "old")
    assert (tmp_path / "old/.tasks/one.yaml").read_text() == "title: Old\n"
    assert run("-C", str(tmp_path / "old"), "show", "one").out.splitlines()[1] == "title: One"


def test_four_writers_in_four_work_trees(store: Store, tmp_path: Path) -> None:
    """Whoever writes, every commit is on the branch, and every work tree shows the same."""
    trees = [tmp_path / f"tree{n}" for n in range(4)]
    for tree in trees:
        store.git("worktree", "add", "--quiet", str(tree))
    script = 'for n in 1 2 3 4 5; do "$@" add "$TM_AGENT_ID $n" --id "$TM_AGENT_ID-$n" || exit 1; done'
    writers = [
        subprocess.Popen(
            ["sh", "-c", script, "sh", *command()],
            cwd=tree,
            env=environment({"TM_AGENT_ID": f"agent{n}", "TM_LOCK_TIMEOUT": "60"}),
            stdout=subprocess.DEVNULL,
        )
        for n, tree in enumerate(trees)
    ]
    assert [writer.wait(120) for writer in writers] == [0] * 4
    wanted = sorted(["one", *(f"agent{n}-{k}" for n in range(4) for k in range(1, 6))])
    assert [ids(tree) for tree in trees] == [wanted] * 4
    assert len(store.git("log", "--format=%s", "--grep=^tm: add", "tasks").splitlines()) == 21
    assert store.git("-C", ".tasks", "status", "--porcelain") == ""


def test_a_fresh_clone_finds_the_branch(store: Store, tmp_path: Path) -> None:
    """`tm init` alone finds the branch on the remote, says so, and follows it; repeated it changes nothing."""
    GitRepo(tmp_path).git("clone", "--quiet", str(store.path), "clone")
    clone = GitRepo(tmp_path / "clone")
    ran = run("-C", str(clone.path), "init")
    assert ran.code == 0
    assert "found the tasks on the branch 'tasks' of origin" in ran.err
    assert ids(clone.path) == ["one"]
    assert clone.git("rev-parse", "--abbrev-ref", "tasks@{upstream}") == "origin/tasks"
    before = (clone.path / ".git/config").read_bytes(), clone.git("for-each-ref")
    ran = run("-C", str(clone.path), "init", "--branch", "tasks")
    assert (ran.code, ran.out) == (0, f"task store was initialized already: {clone.path}/.tasks\n")
    assert ((clone.path / ".git/config").read_bytes(), clone.git("for-each-ref")) == before


def test_a_branch_that_is_no_store_is_left_alone(repo: GitRepo) -> None:
    """A branch that happens to be called `tasks` is not taken for a store, nor written to."""
    repo.write("code.py", "pass\n")
    repo.git("add", ".")
    repo.git("commit", "--quiet", "-m", "code")
    repo.git("branch", "tasks")
    ran = run("-C", str(repo.path), "init", "--branch", "tasks")
    assert (ran.code, "holds no tasks" in ran.err) == (2, True)
    assert run("-C", str(repo.path), "init").code == 0
    assert repo.git("ls-tree", "-r", "--name-only", "HEAD").split()[0] == ".tasks/.gitattributes"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--branch", "other"), "on the branch 'tasks'"),
        (("--branch", " "), "--branch is blank"),
        (("--branch", "a..b"), "cannot be the name of a branch"),
        (("--branch", "tasks", "--standalone"), "exclude each other"),
    ],
)
def test_what_init_refuses(store: Store, words: tuple[str, ...], told: str) -> None:
    """Another branch, none, a name Git does not take, two ways at once: nothing is changed."""
    before = store.git("for-each-ref")
    if words[1] == "a..b":
        store.git("config", "--unset", "tm.branch")
    ran = store.do("init", *words, code=2)
    assert told in ran.err
    assert store.git("for-each-ref") == before


def test_tracked_tasks_are_not_hidden(repo: GitRepo) -> None:
    """Where the branch with the code has tasks, none are begun on another."""
    store = Store(repo)
    store.do("add", "One", "--id", "one")
    ran = store.do("init", "--branch", "tasks", code=1)
    assert ".tasks/ is tracked" in ran.err
    assert (repo.git("for-each-ref", "--format=%(refname)"), ids(repo.path)) == ("refs/heads/main", ["one"])


def test_a_checkout_cannot_overwrite_the_store(store: Store) -> None:
    """`.tasks/` is excluded only while no ref tracks a path under it: else Git itself refuses the checkout."""
    assert "/.tasks/" in (store.path / ".git/info/exclude").read_text()
    old_branch(store)
    assert mode(store.path) == ("problem", "tm doctor --fix")
    ran = store.do("init")
    assert "it is also in refs/heads/old" in ran.err
    assert "/.tasks/" not in (store.path / ".git/info/exclude").read_text()
    assert mode(store.path)[0] == "note"
    before = (store.path / ".tasks/one.yaml").read_bytes()
    assert (
        "would be overwritten by checkout"
        in subprocess.run(
            ["git", "checkout", "old"], cwd=store.path, capture_output=True, text=True, check=False
        ).stderr
    )
    assert (store.path / ".tasks/one.yaml").read_bytes() == before
    store.git("branch", "-D", "old")
    store.do("doctor", "--fix")
    assert "/.tasks/" in (store.path / ".git/info/exclude").read_text()
    assert store.git("status", "--porcelain") == ""


def test_git_clean_spares_the_store(store: Store) -> None:
    """`git clean -fdx` leaves a work tree in the work tree alone, an edit that is not committed too."""
    (store.path / ".tasks/two.yaml").write_text("title: Two\n")
    store.git("clean", "-fdxq")
    assert ids(store.path) == ["one", "two"]


@pytest.mark.parametrize("how", ["clean -ffdxq", "rm", "worktree remove .tasks", "rm and prune", "emptied"])
def test_a_store_that_is_gone_comes_back(store: Store, how: str) -> None:
    """Whatever took the folder away: a read says where the tasks are, and `tm init` brings back every commit."""
    if how.startswith("rm"):
        shutil.rmtree(store.path / ".tasks")
        if "prune" in how:
            store.git("worktree", "prune")
    elif how == "emptied":
        shutil.rmtree(store.path / ".tasks")
        (store.path / ".tasks").mkdir()
    else:
        store.git(*how.split())
    tip = store.git("rev-parse", "tasks")
    ran = store.do("add", "Two", code=None)
    assert (ran.code in (1, 7), "tm init" in ran.err) == (True, True), ran
    store.do("init")
    assert (ids(store.path), store.git("rev-parse", "tasks")) == (["one"], tip)
    store.do("add", "Two", "--id", "two")
    assert store.git("status", "--porcelain") == ""


def test_files_that_are_gone_are_not_deletions(store: Store) -> None:
    """Task files that HEAD has and the folder has not are damage: the doctor says so, a write deletes none of them."""
    (store.path / ".tasks/one.yaml").unlink()
    assert "tm restore --all" in store.do("doctor", code=1).out
    store.do("add", "Two", "--id", "two")
    assert "one.yaml" in store.git("ls-tree", "--name-only", "tasks")
    store.do("restore", "--all")
    assert ids(store.path) == ["one", "two"]


def test_a_lost_link_is_found_before_a_write(store: Store) -> None:
    """Without its `.git` the folder would be the code's: writes are refused until `tm init` has put it back."""
    (store.path / ".tasks/.git").unlink()
    (store.path / ".tasks/one.yaml").write_text("title: By hand\n")
    assert "its .git is gone" in store.do("add", "Two", code=7).err
    store.do("init")
    assert (store.path / ".tasks/one.yaml").read_text() == "title: By hand\n"
    store.do("add", "Two", "--id", "two")
    assert (store.git("log", "--format=%s"), ids(store.path)) == ("code", ["one", "two"])


def test_a_copy_does_not_write_into_the_original(store: Store, tmp_path: Path) -> None:
    """In a `cp -r` copy the link leads to the original: writes are refused until the copy has a link of its own."""
    copy = tmp_path / "copy"
    shutil.copytree(store.path, copy, symlinks=True)
    tip = store.git("rev-parse", "tasks")
    assert ids(copy) == ["one"]
    ran = run("-C", str(copy), "add", "Lost")
    assert ran.code == 7
    assert "is a copy of a linked work tree" in ran.err
    assert "tm init" in ran.err
    assert (store.git("rev-parse", "tasks"), ids(store.path), ids(copy)) == (tip, ["one"], ["one"])
    assert run("-C", str(copy), "init").code == 0
    assert run("-C", str(copy), "add", "Two", "--id", "two").code == 0
    store.do("add", "Three", "--id", "three")
    assert (ids(copy), ids(store.path)) == (["one", "two"], ["one", "three"])


def test_a_clone_that_was_moved(store: Store, tmp_path: Path) -> None:
    """After `mv` both links lead nowhere: the read says what to type, and that mends them."""
    moved = tmp_path / "moved"
    store.path.rename(moved)
    ran = run("-C", str(moved), "list")
    assert (ran.code, "tm init" in ran.err) == (7, True), ran
    assert run("-C", str(moved), "init").code == 0
    assert run("-C", str(moved), "add", "Two", "--id", "two").code == 0
    assert ids(moved) == ["one", "two"]


def test_the_place_is_read_without_git(store: Store, tmp_path: Path) -> None:
    """A plain list in another work tree starts no process at all, and still finds the store."""
    store.git("worktree", "add", "--quiet", str(tmp_path / "side"))
    assert store.tm("list", cwd=tmp_path / "side").out == "one  pending  -  One\n"
    ran = store.tm("list", cwd=tmp_path / "side", env={"PATH": "/nowhere"})
    assert ran.out == "one  pending  -  One\n"


def test_a_name_that_git_must_read(repo: GitRepo) -> None:
    """A name that stands quoted in the configuration is read as Git reads it."""
    run("-C", str(repo.path), "init", "--branch", "a#b")
    assert '"' in (repo.path / ".git/config").read_text()
    assert run("-C", str(repo.path), "add", "One", "--id", "one").code == 0
    assert ids(repo.path) == ["one"]


def test_a_bare_repository_with_work_trees(store: Store, tmp_path: Path) -> None:
    """Where no main work tree is, the store lies in that in which it was set up, and the others find it."""
    GitRepo(tmp_path).git("clone", "--quiet", "--bare", str(store.path), "bare.git")
    bare = GitRepo(tmp_path / "bare.git")
    for name in ("left", "right"):
        bare.git("worktree", "add", "--quiet", str(tmp_path / name))
    assert run("-C", str(tmp_path / "left"), "init").code == 0
    assert run("-C", str(tmp_path / "right"), "add", "Two", "--id", "two").code == 0
    assert ids(tmp_path / "left") == ["one", "two"]


def test_a_team_that_moves_to_a_branch(repo: GitRepo, tmp_path: Path) -> None:
    """One moves the tasks and shares both branches; another pulls, runs `tm init`, and both go on by `tm sync`."""
    bare = tmp_path / "remote.git"
    repo.git("clone", "--quiet", "--bare", str(repo.path), str(bare))
    repo.git("remote", "add", "origin", str(bare))
    store = Store(repo)
    store.do("add", "One", "--id", "one")
    repo.git("push", "--quiet", "-u", "origin", "main")
    repo.git("clone", "--quiet", str(bare), str(tmp_path / "other"))
    other = Store(GitRepo(tmp_path / "other"))
    ran = store.do("migrate", "--to-branch", "tasks")
    assert "it is also in refs/remotes/origin/main" in ran.err
    repo.git("push", "--quiet")
    store.do("sync")
    assert repo.git("status", "--porcelain") == ""
    other.git("pull", "--quiet")
    assert not (other.path / ".tasks").exists()
    assert "found the tasks on the branch 'tasks' of origin" in other.do("init").err
    other.do("complete", "one")
    other.do("sync")
    store.do("sync")
    assert "status: completed" in store.do("show", "one").out
    assert (other.git("status", "--porcelain"), other.git("rev-parse", "tasks")) == ("", repo.git("rev-parse", "tasks"))
