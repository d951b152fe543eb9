"""`tm check --staged`: the store as a commit of the index would leave it, whatever lies in the work tree."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.check import check, commits
from tmfiles.errors import Problem
from tmfiles.workspace import Workspace

ONE, TWO, THREE = ".tasks/one.yaml", ".tasks/two.yaml", ".tasks/three.yaml"


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store in which two depends on one, committed."""
    made = Store(repo)
    repo.commit("tasks", {ONE: "title: One\n", TWO: "title: Two\ndepends_on: [one]\n"})
    return made


def staged(store: Store, code: int = 1) -> list[str]:
    """Give the rules that a commit of the index would break, by file."""
    data = json.loads(store.do("check", "--staged", "--json", code=code).out)["data"]
    return [f"{Path(one['path']).stem} {one['rule']}" for one in data["problems"]]


def test_nothing_staged_costs_nothing(store: Store) -> None:
    """A commit of code alone is told so, whatever is wrong in the work tree."""
    store.repo.write("code.py", "pass\n")
    store.repo.write(ONE, "title: [\n")
    store.git("add", "code.py")
    assert store.do("check", "--staged").err == "nothing of the store is staged\n"


def test_a_cycle_through_two_staged_files(store: Store) -> None:
    """Neither file is wrong alone."""
    store.repo.write(ONE, "title: One\ndepends_on: [three]\n")
    store.repo.write(THREE, "title: Three\ndepends_on:\n- two\n")
    store.git("add", ".tasks")
    ran = store.do("check", "--staged", code=1)
    assert ran.out == f"{ONE}:2:14: tasks wait for each other: one → three → two → one (cycle)\n"
    assert ran.err == "1 error, 0 warnings\n"


def test_deleting_what_others_depend_on(store: Store) -> None:
    """The problem is told where the link stands, in a file that the commit does not touch."""
    store.git("rm", "--quiet", ONE)
    ran = store.do("check", "--staged", code=1)
    assert ran.out == f"{TWO}:2:14: depends on 'one', which does not exist (missing-dependency)\n"
    store.git("rm", "--quiet", "--cached", TWO)
    assert staged(store, 0) == []


def test_the_work_tree_is_fine_and_the_index_is_broken(store: Store) -> None:
    """What was staged and mended since is judged as staged."""
    store.repo.write(ONE, "title: One\ndue: tomorrow\n")
    store.git("add", ONE)
    store.repo.write(ONE, "title: One\ndue: 2026-12-01\n")
    assert store.do("check").code == 0
    ran = store.do("check", "--staged", code=1)
    assert ran.out.startswith(f"{ONE}:2:1: due 'tomorrow' is not a date")


def test_the_work_tree_is_broken_and_the_index_is_fine(store: Store) -> None:
    """What is being typed is nobody's business yet."""
    store.repo.write(ONE, "title: One, mended\n")
    store.git("add", ONE)
    store.repo.write(ONE, "title: [\n")
    store.do("check", code=1)
    assert staged(store, 0) == []


def test_the_neighbour_lies_otherwise_in_the_work_tree(store: Store) -> None:
    """A neighbour that the commit leaves alone counts as HEAD has it, in both directions."""
    store.repo.write(TWO, "title: Two\n")  # the link is gone here alone
    store.repo.write(ONE, "title: One\ndepends_on: [two]\n")
    store.git("add", ONE)
    store.do("check")
    assert staged(store) == ["one cycle"]
    store.git("checkout", "--quiet", "HEAD", "--", ONE)
    store.repo.write(TWO, "title: Two\ndepends_on: [three]\n")  # and here it leads to nothing
    store.repo.write(ONE, "title: One, and better\n")
    store.git("add", ONE)
    store.do("check", code=1)
    assert staged(store, 0) == []


def test_a_neighbour_that_git_does_not_have(store: Store) -> None:
    """A dependency on a file that nobody has added is missing in the commit."""
    store.repo.write(THREE, "title: Three\n")
    store.repo.write(ONE, "title: One\ndepends_on: [three]\n")
    store.git("add", ONE)
    store.do("check")
    assert staged(store) == ["one missing-dependency"]
    store.git("add", "--intent-to-add", THREE)
    assert staged(store) == ["one missing-dependency"]
    store.git("add", THREE)
    assert staged(store, 0) == []


def test_part_of_a_file_is_staged(store: Store) -> None:
    """Of two hunks, only the one that was chosen with git add -p is judged."""
    text = "title: One\n" + "".join(f"# {n}\n" for n in range(20)) + "status: pending\n"
    store.repo.commit("longer", {ONE: text})
    store.repo.write(ONE, text.replace("One", "First").replace("pending", "paused"))
    done = subprocess.run(["git", "add", "-p"], cwd=store.path, input=b"y\nn\n", capture_output=True, check=True)
    assert b"hunk" in done.stdout
    assert staged(store, 0) == []
    subprocess.run(["git", "add", "-p"], cwd=store.path, input=b"y\n", capture_output=True, check=True)
    store.repo.write(ONE, text)
    assert staged(store) == ["one schema"]


def test_what_was_wrong_before_is_not_held_against_the_commit(store: Store) -> None:
    """A commit beside a broken file passes, moved and longer files too, and says what it leaves."""
    store.repo.commit("broken", {THREE: "title: Three\nstatus: paused\ndepends_on: [gone]\n"})
    store.repo.write(ONE, "title: One\npriority: low\n")
    store.git("add", ".")
    assert store.do("check", "--staged").err == "no new problems; as before: 1 problem, see tm check\n"
    (store.path / ".tasks/old").mkdir()
    store.git("mv", THREE, ".tasks/old/three.yaml")
    store.repo.write(".tasks/old/three.yaml", "# moved\ntitle: Three\nstatus: paused\ndue: never\n")
    store.git("add", ".")
    assert staged(store) == ["three date"]


def test_the_staged_settings_count(store: Store) -> None:
    """A type that the same commit declares is known, and one that it takes away is not."""
    store.repo.write(ONE, "title: One\ntype: spike\n")
    store.git("add", ONE)
    assert staged(store) == ["one type"]
    store.repo.write(".tasks/config.yaml", "version: 1\ntypes: [spike]\n")
    assert staged(store) == ["one type"]
    store.git("add", ".tasks/config.yaml")
    assert staged(store, 0) == []
    store.git("commit", "--quiet", "-m", "spike")
    store.git("rm", "--quiet", "--cached", ".tasks/config.yaml")
    assert staged(store) == ["one type"]


def test_the_policies_of_the_store_count(store: Store) -> None:
    """A step that is not allowed, and too much in progress, are told of the commit that makes them, and of no other."""
    policies = "policies:\n  transitions: {allowed: {pending: [in_progress]}}\n  wip: {per_assignee: 1}\n"
    store.repo.commit("policies", {".tasks/config.yaml": "version: 1\n" + policies})
    store.repo.write(ONE, "title: One\nstatus: completed\n")
    store.git("add", ".")
    assert staged(store) == ["one policy-transition"]
    store.git("commit", "--quiet", "-m", "all the same")
    working = "status: in_progress\nassignee: maria\n"
    store.repo.write(THREE, "title: Three\n" + working)
    store.git("add", ".")
    assert staged(store, 0) == []
    store.repo.write(".tasks/four.yaml", "title: Four\n" + working)
    store.git("add", ".")
    assert staged(store) == ["three policy-wip"]


def test_odd_things_in_the_index(store: Store) -> None:
    """Names, links and modes are judged as those of files that lie there."""
    (store.path / ".tasks/link.yaml").symlink_to("one.yaml")
    for path in (".tasks/short.yml", ".tasks/BIG.yaml", ".tasks/sub/one.yaml", ".tasks/a.yaml/b.yaml"):
        store.repo.write(path, "title: Odd\n")
    for path in (".tasks/.hidden.yaml", ".tasks/templates/bug.yaml", ".tasks/.h/x.yaml", ".tasks/notes.txt"):
        store.repo.write(path, "no task\n")
    store.git("add", ".")
    told = ["BIG id", "a not-a-file", "link symbolic-link", "one duplicate-id", "short file-name", "one duplicate-id"]
    assert sorted(staged(store)) == sorted(told)


def test_a_file_that_git_was_told_not_to_look_at(store: Store) -> None:
    """The bits that hide a change from git status do not hide the index from the check."""
    store.repo.commit("bad link", {TWO: "title: Two\n"})
    store.repo.write(TWO, "title: Two\ndepends_on: [one]\n")
    store.git("update-index", "--assume-unchanged", TWO)
    store.repo.write(ONE, "title: One\ndepends_on: [two]\n")
    store.git("add", ONE)
    store.do("check", code=1)
    assert staged(store, 0) == []


def test_unmerged_files(store: Store) -> None:
    """A file that a merge left open is told, and the rest is judged."""
    store.git("switch", "--quiet", "-c", "side")
    store.repo.commit("theirs", {ONE: "title: Theirs\n"})
    store.git("switch", "--quiet", "main")
    store.repo.commit("ours", {ONE: "title: Ours\n"})
    store.git("-c", "merge.tm.driver=false", "merge", "side", check=False)
    store.repo.write(THREE, "title: Three\n")
    store.git("add", THREE)
    assert "one conflict-markers" in staged(store)


def test_the_first_commit(repo: GitRepo) -> None:
    """On an unborn branch all is new."""
    repo.write(ONE, "title: One\ndepends_on: [two]\n")
    repo.git("add", ".")
    assert staged(Store(repo, init=False)) == ["one missing-dependency"]


def test_another_index(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index that git gives to a hook is the one that is judged."""
    other = store.path / ".git" / "other-index"
    other.write_bytes((store.path / ".git" / "index").read_bytes())
    store.repo.write(ONE, "title: [\n")
    monkeypatch.setenv("GIT_INDEX_FILE", str(other))
    store.git("add", ONE)
    assert staged(store) == ["one yaml"]
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert store.do("check", "--staged").err == "nothing of the store is staged\n"


@pytest.mark.parametrize("place", ["linked", "below", "standalone"])
def test_other_places_of_a_store(place: str, repo: GitRepo) -> None:
    """In a linked work tree, in a folder of the repository, and as a repository of its own."""
    if place == "linked":
        Store(repo)
        repo.git("worktree", "add", "--quiet", "../linked")
        root = GitRepo(repo.path.parent / "linked")
    else:
        root = GitRepo(repo.path / "below")
        root.path.mkdir()
        if place == "standalone":
            Store(root, init=False).do("init", "--standalone")
        else:
            (root.path / ".tasks").mkdir()
    made = Store(root, init=False)
    root.write(ONE, "title: One\ndepends_on: [two]\n")
    made.git("-C", ".tasks", "add", ".")
    assert staged(made) == ["one missing-dependency"]
    root.write(TWO, "title: Two\n")
    made.git("-C", ".tasks", "add", ".")
    assert staged(made, 0) == []


def test_many_staged_files_tell_how_far_it_is(store: Store) -> None:
    """An import by hand, in the index alone, is read a few hundred files at a time, and each step is told."""
    for n in range(600):
        store.repo.write(f".tasks/many/task-{n}.yaml", f"title: Number {n}\n")
    store.git("add", ".tasks")
    shutil.rmtree(store.path / ".tasks/many")
    calls = []
    workspace = Workspace.find(str(store.path), progress=lambda *call: calls.append(call))
    assert commits.staged(workspace).changed == 600
    workspace.close()
    assert ("reading tasks", 500, 600) in calls


def test_ids_and_staged_contradict(store: Store) -> None:
    """A part of a commit cannot be judged."""
    assert "one at a time" in store.do("check", "--staged", "one", code=2).err


def _mutated(rng: random.Random, store: Store) -> None:
    ids = ["a1", "b2", "c3", "d4", "e5"]
    name = rng.choice(ids)
    path = store.path / ".tasks" / rng.choice(["", "sub/"]) / f"{name}.yaml"
    kind = rng.randrange(8)
    if kind == 0:
        path.unlink(missing_ok=True)
    elif kind == 1:
        store.repo.write(".tasks/config.yaml", rng.choice(["version: 1\n", "version: 1\ntypes: [x]\n", "types: 3\n"]))
    else:
        body = f"title: {name}\n"
        if kind > 2:
            body += f"depends_on: [{', '.join(rng.sample(ids, rng.randrange(1, 3)))}]\n"
        body += rng.choice(["", "type: x\n", "status: completed\n", "parent: a1\n", "due: soon\n", "title: again\n"])
        store.repo.write(str(path.relative_to(store.path)), body)


def _same(problem: Problem) -> tuple[str, str, str]:
    return Path(problem.path).name, problem.rule, problem.message


def _rules(problems: list[Problem]) -> list[Any]:
    return sorted((p.path, p.line, p.rule, p.message) for p in problems)


@pytest.mark.parametrize("seed", range(6))
def test_it_says_what_a_checkout_of_the_index_says(seed: int, repo: GitRepo, tmp_path: Path) -> None:
    """After any edits, staged or not, the index is judged as the same files in a store of their own are."""
    rng = random.Random(seed)
    store = Store(repo)
    for step in range(8):
        for _ in range(rng.randrange(1, 5)):
            _mutated(rng, store)
            if rng.random() < 0.5:
                store.git("add", "--all", rng.choice([".tasks", ".tasks/config.yaml"]))
        copy = GitRepo(tmp_path / f"copy{step}")
        copy.path.mkdir()
        copy.git("init", "--quiet")
        store.git("checkout-index", "--all", f"--prefix={copy.path}/")
        base = tmp_path / f"base{step}"
        store.git("worktree", "add", "--quiet", "--detach", str(base))
        with_index, with_head = _checked(copy.path), _checked(base)
        workspace = Workspace.find(str(store.path))
        found = commits.staged(workspace).problems
        workspace.close()
        before, after = Counter(map(_same, with_head)), Counter(map(_same, with_index))
        new = [one for one in with_index if after[_same(one)] > before[_same(one)]]
        assert _rules([one for one in found if one.rule != "used-id"]) == _rules(new)
        if rng.random() < 0.3:
            store.git("commit", "--quiet", "--allow-empty", "-m", "as it is")


def _checked(root: Path) -> list[Problem]:
    workspace = Workspace.find(str(root))
    try:
        return check(workspace)
    finally:
        workspace.close()


def test_a_merge_is_told_what_neither_side_had_wrong(store: Store) -> None:
    """What another branch broke long ago keeps nobody from merging it; a cycle that the two make together does."""
    store.git("switch", "--quiet", "-c", "side")
    store.repo.commit("side", {ONE: "title: One\ndepends_on: [three]\n", THREE: "title: [\n", "code": "side\n"})
    store.git("switch", "--quiet", "main")
    store.repo.commit("main", {"code": "main\n"})
    store.git("merge", "--quiet", "side", check=False)
    store.repo.write("code", "both\n")
    store.git("add", "code")
    assert staged(store, 0) == []
    store.repo.write(THREE, "title: Three\ndepends_on: [two]\n")
    store.git("add", THREE)
    assert staged(store) == ["one cycle"]
