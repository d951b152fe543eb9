"""`tm commit`: edits by hand in one commit, told field by field, judged whole, and nothing else taken along."""

from __future__ import annotations

import json

import pytest
from conftest import GitRepo
from writing import Store


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store with three tasks, the second waiting for the first."""
    made = Store(repo)
    for name in ("one", "two", "three"):
        made.do("add", name.title(), "--id", name)
    made.do("dep", "add", "two", "one")
    return made


def edit(store: Store, name: str, old: str, new: str) -> None:
    """Change a task's file as an editor does."""
    text = store.file(name).read_text(encoding="utf-8")
    assert old in text
    store.file(name).write_text(text.replace(old, new), encoding="utf-8")


def message(store: Store) -> str:
    """Give the last commit's message without its trailers' random number."""
    lines = store.git("log", "-1", "--format=%B").splitlines()
    return "\n".join(line for line in lines if not line.startswith("Tm-Id"))


def test_one_change_is_told_in_the_subject(store: Store) -> None:
    """A changed field is in the subject; the commit is an ordinary one of tm's, and undo takes it back."""
    before = store.files()
    edit(store, "one", "status: pending", "status: in_progress")
    done = store.do("commit")
    assert done.out == "update one: status pending → in_progress\n"
    assert message(store).splitlines()[0] == "tm: update one: status pending → in_progress"
    assert "Tm-Op: commit" in message(store)
    assert store.status() == ""
    store.assert_sound()
    store.do("undo")
    assert store.files() == before


def test_several_kinds_go_into_one_commit(store: Store) -> None:
    """A new file, a change, a move and a deletion, with settings and templates: one commit, a line each."""
    commits = store.commits()
    (store.path / ".tasks/new.yaml").write_text("title: A new one\n", encoding="utf-8")
    edit(store, "one", "priority: medium", "priority: high")
    (store.path / ".tasks/later").mkdir()
    store.file("two").rename(store.path / ".tasks/later/two.yaml")
    store.file("three").unlink()
    (store.path / ".tasks/config.yaml").write_text("version: 1\ntypes: [spike]\n", encoding="utf-8")
    (store.path / ".tasks/templates").mkdir()
    (store.path / ".tasks/templates/bug.yaml").write_text("type: bug\n", encoding="utf-8")
    (store.path / ".tasks/notes.txt").write_text("not ours\n", encoding="utf-8")
    told = [
        "update .tasks/config.yaml",
        "move two to .tasks/later/two.yaml",
        "add new A new one",
        "update one: priority medium → high",
        "add .tasks/templates/bug.yaml",
        "delete three Three",
    ]
    assert sorted(store.do("commit", "--dry-run").out.splitlines()) == sorted(told)
    assert store.commits() == commits
    store.do("commit")
    assert store.commits() == commits + 1
    assert message(store).splitlines()[0] == "tm: commit 6 changes by hand"
    assert sorted(message(store).splitlines()[2:8]) == sorted(told)
    assert store.status() == "?? .tasks/notes.txt"
    store.assert_sound()


def test_what_is_staged_elsewhere_stays(store: Store) -> None:
    """Code that is staged, in part or whole, is neither committed nor unstaged; staged task files need no more."""
    (store.path / "code.py").write_text("staged\n", encoding="utf-8")
    store.git("add", "code.py")
    (store.path / "code.py").write_text("staged\nnot staged\n", encoding="utf-8")
    edit(store, "one", "priority: medium", "priority: low")
    store.git("add", ".tasks/one.yaml")
    store.git("rm", "--quiet", ".tasks/three.yaml")
    store.do("commit")
    assert store.status() == "AM code.py"
    assert "code.py" not in store.git("show", "--stat", "--format=", "HEAD")
    store.assert_sound()


def test_invalid_files_are_named_and_refused(store: Store) -> None:
    """With one broken file nothing is committed; --valid commits the others and tells what it left."""
    edit(store, "one", "priority: medium", "priority: high")
    edit(store, "two", "status: pending", "status: paused")
    commits = store.commits()
    said = store.do("commit", code=1).err
    assert "1 file is not valid, and nothing was committed" in said
    assert ".tasks/two.yaml:3:1: status 'paused' is not one of" in said
    assert "tm commit --valid" in said
    assert store.commits() == commits
    done = store.do("commit", "--valid")
    assert done.out == "update one: priority medium → high\n"
    assert "left out: .tasks/two.yaml:3:1: status 'paused'" in done.err
    assert store.status() == " M .tasks/two.yaml"
    said = store.do("commit", "--valid").err
    assert "nothing to commit: what is valid is as HEAD has it" in said


def test_the_graph_is_judged_as_the_commit_leaves_it(store: Store) -> None:
    """A cycle, a dependency on nothing, a deletion of what others need: refused; old problems are in nobody's way."""
    with store.file("one").open("a", encoding="utf-8") as file:
        file.write("depends_on: [two]\n")
    assert "(cycle)" in store.do("commit", code=1).err
    edit(store, "one", "depends_on: [two]", "depends_on: [nowhere]")
    assert "(missing-dependency)" in store.do("commit", code=1).err
    edit(store, "one", "depends_on: [nowhere]\n", "")
    store.file("one").unlink()
    edit(store, "three", "priority: medium", "priority: high")
    assert "depends on 'one', which does not exist" in store.do("commit", code=1).err
    assert store.do("commit", "--valid").out == "update three: priority medium → high\n"
    assert store.status() == " D .tasks/one.yaml"
    store.git("commit", "--quiet", "--no-verify", "-am", "break it")
    edit(store, "two", "priority: medium", "priority: low")
    assert store.do("commit").out == "update two: priority medium → low\n"


def test_valid_leaves_what_needs_the_invalid(store: Store) -> None:
    """A file that is fine by itself is left out with the one it depends on."""
    (store.path / ".tasks/new.yaml").write_text("title: New\nstatus: odd\n", encoding="utf-8")
    with store.file("three").open("a", encoding="utf-8") as file:
        file.write("depends_on: [new]\n")
    edit(store, "one", "priority: medium", "priority: high")
    assert store.do("commit", "--valid").out == "update one: priority medium → high\n"


def test_named_tasks_only(store: Store) -> None:
    """Names choose; what they do not name stays changed; a name without a change is refused."""
    edit(store, "one", "priority: medium", "priority: high")
    edit(store, "two", "priority: medium", "priority: high")
    assert store.do("commit", "tw").out == "update two: priority medium → high\n"
    assert store.status() == " M .tasks/one.yaml"
    said = store.do("commit", "two", code=2).err
    assert "two is as HEAD has it" in said
    assert "Changed: one" in said
    store.file("one").unlink()
    edit(store, "two", "depends_on: [one]\n", "")
    assert store.do("commit", "one", "two").out.splitlines() == ["delete one One", "update two: depends_on -one"]
    assert store.status() == ""


def test_a_message_of_ones_own(store: Store) -> None:
    """-m gives the subject; what changed stands below it."""
    edit(store, "one", "priority: medium", "priority: high")
    store.do("commit", "-m", "Plan the week")
    assert message(store).splitlines()[:3] == ["Plan the week", "", "update one: priority medium → high"]


def test_a_store_that_commits_by_hand(store: Store) -> None:
    """With `commit: manual` commands leave their edits to `tm commit`, which needs no other settings."""
    (store.path / ".tasks/config.yaml").write_text("version: 1\ncommit: manual\n", encoding="utf-8")
    commits = store.commits()
    store.do("start", "one")
    store.do("add", "Four", "--id", "four")
    assert store.commits() == commits
    store.do("commit")
    assert (store.commits(), store.status()) == (commits + 1, "")


def test_policies_judge_the_step_from_head(store: Store) -> None:
    """A status set by hand against the allowed transitions is refused, and forced with a word in the commit."""
    text = "version: 1\npolicies: {transitions: {allowed: {pending: [in_progress]}}}\n"
    (store.path / ".tasks/config.yaml").write_text(text, encoding="utf-8")
    store.do("commit")
    edit(store, "one", "status: pending", "status: completed")
    said = store.do("commit", code=1).err
    assert "status pending → completed is not allowed" in said
    assert "--force" in said
    store.do("commit", "--force")
    assert "Tm-Forced: policy-transition" in message(store)


@pytest.mark.parametrize("state", ["detached", "rebase"])
def test_states_of_the_repository(store: Store, state: str) -> None:
    """Where a commit could be lost none is made, and the edit stays as it is."""
    edit(store, "one", "priority: medium", "priority: high")
    if state == "detached":
        store.git("checkout", "--quiet", "--detach")
    else:
        (store.path / ".git/rebase-merge").mkdir()
    said = store.do("commit", code=1).err
    assert "could be lost" in said
    assert store.status() == " M .tasks/one.yaml"


def test_nothing_to_commit(store: Store) -> None:
    """A clean store says so, also as JSON, and makes no commit."""
    commits = store.commits()
    assert store.do("commit").err == "nothing to commit\n"
    assert json.loads(store.do("commit", "--json").out)["data"]["commit"] is None
    assert store.commits() == commits


def test_a_first_commit_of_copied_files(repo: GitRepo) -> None:
    """In a repository without a commit, tasks that were copied in become the root commit, and nothing else does."""
    store = Store(repo, init=False)
    (store.path / ".tasks").mkdir()
    store.file("one").write_text("title: One\n", encoding="utf-8")
    (store.path / "code.py").write_text("x\n", encoding="utf-8")
    store.do("commit")
    assert store.git("ls-tree", "-r", "--name-only", "HEAD") == ".tasks/one.yaml"
    assert store.status() == "?? code.py"


def test_what_was_staged_in_between_is_kept(store: Store) -> None:
    """A version that is only in the index is committed before the one in the file."""
    edit(store, "one", "priority: medium", "priority: high")
    store.git("add", ".tasks/one.yaml")
    edit(store, "one", "priority: high", "priority: critical")
    store.do("commit")
    assert store.subjects("HEAD~2..")[1] == "tm: edit one One (staged)"
    assert (store.status(), store.doc("one")["priority"]) == ("", "critical")


def test_the_projects_hooks_run_when_asked_for(store: Store) -> None:
    """With `run_hooks`, the commit goes through git's hooks: one that refuses leaves everything as it was."""
    (store.path / ".tasks/config.yaml").write_text("version: 1\nrun_hooks: true\n", encoding="utf-8")
    store.do("commit")
    hook = store.path / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntest ! -e refuse\n", encoding="utf-8")
    hook.chmod(0o755)
    edit(store, "one", "priority: medium", "priority: high")
    store.file("three").unlink()
    (store.path / "refuse").touch()
    before = (store.files(), store.status(), store.commits())
    store.do("commit", code=None)
    assert (store.files(), store.status(), store.commits()) == before
    (store.path / "refuse").unlink()
    store.do("commit")
    assert store.status() == ""


def test_an_id_of_another_task_is_not_used_again(store: Store) -> None:
    """A new file under the name of a deleted task is refused; the deleted task itself may come back."""
    text = store.file("three").read_bytes()
    store.do("delete", "three")
    store.file("three").write_text("title: Another matter\n", encoding="utf-8")
    assert "(used-id)" in store.do("commit", code=1).err
    store.file("three").write_bytes(text)
    assert store.do("commit").out == "add three Three\n"


def test_control_signs_stay_out_of_the_message(store: Store) -> None:
    """What a title would do to a terminal, it does not do through `git log` either, whichever command wrote it."""
    title = 'title: "T\\e[31mred\\e]0;own\\a \\u202Eab"\n'
    for name in ("evil", "worse"):
        (store.path / f".tasks/{name}.yaml").write_text(title, encoding="utf-8")
    edit(store, "one", "title: One", title.strip())
    store.do("commit")
    store.do("complete", "evil")
    store.do("update", "evil", "worse", "--priority", "high")
    store.do("undo")
    edit(store, "worse", "title", "status: pending\ntitle")
    store.do("commit", "-m", "say \x1b[31mred")
    said = store.git("log", "--format=%B")
    assert "red]0;own" in said
    assert all(sign.isprintable() or sign == "\n" for sign in said)


def test_a_link_is_a_problem_like_others(store: Store) -> None:
    """A symbolic link, or what else is no file, where a task would be keeps no other file from being committed."""
    (store.path / ".tasks/link.yaml").symlink_to("one.yaml")
    edit(store, "one", "priority: medium", "priority: high")
    said = store.do("commit", code=1).err
    assert ".tasks/link.yaml: a symbolic link is not followed" in said
    assert "tm commit --valid" in said
    done = store.do("commit", "--valid")
    assert done.out == "update one: priority medium → high\n"
    assert "left out: .tasks/link.yaml" in done.err
    edit(store, "two", "priority: medium", "priority: high")
    assert store.do("commit", "two").out == "update two: priority medium → high\n"
    store.file("three").unlink()
    store.file("three").symlink_to("one.yaml")
    assert "(symbolic-link)" in store.do("commit", "three", code=1).err
    assert store.status().splitlines() == [" T .tasks/three.yaml", "?? .tasks/link.yaml"]
