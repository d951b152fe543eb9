"""`tm sync` where the repository holds nothing but tasks: what comes, what goes, what is settled, what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import GitRepo
from syncing import Own, bare, team
from writing import Store

from tmfiles.sync import meeting as meetings

_MADE: list[Path] = []


@pytest.fixture
def pair(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Own]:
    """Give two clones of one store: made once, and copied for each test."""
    if not _MADE:
        _MADE.append(tmp_path_factory.mktemp("team"))
        team(_MADE[0], "ann ben")
    shutil.copytree(_MADE[0], tmp_path, dirs_exist_ok=True)
    return [Own(tmp_path / "ann"), Own(tmp_path / "ben")]


def synced(store: Own, *args: str, code: int = 0) -> Any:
    """Sync, and give the document."""
    return json.loads(store.as_("sync", "--json", *args, code=code).out)["data"]


def test_a_new_store_is_pushed_and_then_in_step(tmp_path: Path) -> None:
    """The first sync makes the remote's branch and remembers it as upstream; the second has nothing to do."""
    (store,) = team(tmp_path, "ann")
    assert store.git("rev-parse", "--abbrev-ref", "@{upstream}") == "origin/main"
    assert store.do("sync").out == "in step with origin/main\n"
    assert store.git("rev-parse", "origin/main") == store.head()


def test_two_clones_meet_field_by_field(pair: list[Own]) -> None:
    """Every field both changed is merged, a deletion gives way to a change, and the trees are the same bytes."""
    ann, ben = pair
    ann.as_("update", "task-0", "--title", "By ann", "--tag", "a")
    ann.as_("delete", "task-1")
    ben.as_("update", "task-0", "--title", "By ben", "--tag", "b")
    ben.as_("comment", "task-1", "Still needed")
    assert synced(ann)["sent"] == 2
    told = synced(ben)
    assert {one["id"]: one["how"] for one in told["settled"]} == {
        "task-0": "merged field by field",
        "task-1": "changed on one side, deleted on the other: the change stays",
    }
    assert (told["received"], told["sent"], told["tries"]) == (2, 3, 1)
    assert synced(ann)["tasks"] == ["task-0", "task-1"]
    assert ann.files() == ben.files()
    doc = ann.doc("task-0")
    assert (doc["tags"], doc["title"], "By ann" in str(doc["journal"])) == (["a", "b"], "By ben", True)
    assert ann.head() == ben.head()
    for store in pair:
        assert store.git("status", "--porcelain") == ""
        store.do("check")
        assert store.leftovers() == []


def test_what_git_would_merge_cleanly_and_wrongly_is_merged_by_fields(pair: list[Own]) -> None:
    """Two `due` lines in two places are one merged field, where Git would keep both without a conflict."""
    ann, ben = pair
    text = "title: T\n\ntags: [a]\n\n# one\n\n# two\n\nestimate: 3h\n"
    for number, store in enumerate(pair):
        store.file("task-0").write_text(text, encoding="utf-8")
        if not number:
            store.do("sync")
            continue
        store.do("sync")
    ann.file("task-0").write_text(text.replace("\ntags", "\ndue: 2026-12-01\n\ntags"), encoding="utf-8")
    ben.file("task-0").write_text(text + "\ndue: 2026-12-05\n", encoding="utf-8")
    for store in (ann, ben, ann):
        store.do("sync")
    assert ann.files() == ben.files()
    assert ann.doc("task-0")["due"] == "2026-12-01"


def test_a_move_here_and_a_change_there_meet(pair: list[Own]) -> None:
    """A task is found by its id, wherever it lies: archived on one side and reopened on the other, it is open."""
    ann, ben = pair
    ann.as_("complete", "task-0", "task-1")
    synced(ann)
    synced(ben)
    ann.as_("archive", "task-0", "task-1")
    ben.as_("comment", "task-0", "By the way")
    ben.as_("reopen", "task-1")
    for store in (ann, ben, ann):
        synced(store)
    assert ann.files() == ben.files()
    (path,) = [name for name in ann.files() if name.endswith("task-0.yaml")]
    assert path.startswith("archive/")
    assert b"By the way" in ann.files()[path]
    assert ann.doc("task-1").get("status", "pending") == "pending"


def test_two_tasks_under_one_id_are_two_in_all_clones(pair: list[Own]) -> None:
    """One gets a new id, the same whoever settles it, and what its side said of it follows."""
    ann, ben = pair
    for store in pair:
        store.as_("add", f"New by {store.name}", "--id", "new")
        store.as_("dep", "add", "task-0" if store is ann else "task-1", "new")
    other = Own(ann.path.parent / "other", ann.path.parent / "origin.git")
    other.git("fetch", "--quiet", str(ben.path / ".tasks"), "main")
    other.git("reset", "--quiet", "--hard", "FETCH_HEAD")
    synced(ann)
    told = synced(ben)
    assert len([one for one in told["settled"] if "two tasks under one id" in one["how"]]) == 2
    synced(other)
    synced(ann)
    assert ann.files() == ben.files() == other.files()
    titles = {one["title"]: one["id"] for one in json.loads(ann.do("list", "--json").out)["data"]}
    assert ann.doc("task-0")["depends_on"] == [titles["New by ann"]]
    assert ann.doc("task-1")["depends_on"] == [titles["New by ben"]]


def test_a_cycle_of_two_sound_sides_is_told(pair: list[Own]) -> None:
    """It is synced, exit 1, with the commits that made it and the commands of which one mends it."""
    ann, ben = pair
    ann.as_("dep", "add", "task-0", "task-1")
    ben.as_("dep", "add", "task-1", "task-0")
    synced(ann)
    told = synced(ben, code=1)
    (trouble,) = told["troubles"]
    assert trouble["rule"] == "cycle"
    assert len(trouble["commits"]) == 2
    ben.as_(*trouble["commands"][0].split()[1:])
    assert synced(ben)["troubles"] == []


def test_hand_edits_are_committed_first_or_refused_by_name(pair: list[Own]) -> None:
    """A sound edit goes along in a commit of its own; a broken one stops the sync before anything is done."""
    ann, ben = pair
    ann.as_("start", "task-0")
    synced(ann)
    with ben.file("task-0").open("a", encoding="utf-8") as file:
        file.write("# a note\n")
    done = ben.as_("sync")
    assert "committed first what was edited: task-0" in done.err
    assert b"# a note" in ben.file("task-0").read_bytes()
    ann.as_("start", "task-1")
    synced(ann)
    broken = b"title: [\n"
    ben.file("task-1").write_bytes(broken)
    before = ben.head()
    refused = ben.as_("sync", code=1)
    assert ".tasks/task-1.yaml" in refused.err
    assert (ben.file("task-1").read_bytes(), ben.head()) == (broken, before)


def test_files_that_are_gone_are_no_deletions(pair: list[Own]) -> None:
    """What vanished from the disk is not pushed as deleted: refused, with the way back."""
    ann, _ = pair
    there = ann.git("ls-remote", "origin")
    for name in ("config.yaml", "task-0.yaml", "task-1.yaml"):
        (ann.path / ".tasks" / name).unlink()
    refused = ann.as_("sync", code=1)
    assert "deleted by no command: config.yaml, task-0.yaml, task-1.yaml" in refused.err
    assert "tm restore --all" in refused.err
    assert ann.git("ls-remote", "origin") == there


def test_ignored_files_are_not_overwritten(pair: list[Own]) -> None:
    """A file that Git does not look at stands in the way of one that comes: refused by name, bytes kept."""
    ann, ben = pair
    (ben.path / ".tasks/.git/info/exclude").write_text("mine.yaml\n", encoding="utf-8")
    ben.file("mine").write_bytes(b"title: Mine alone\n")
    ann.as_("add", "Other", "--id", "mine")
    synced(ann)
    refused = ben.as_("sync", code=1)
    assert ".tasks/mine.yaml" in refused.err
    assert ben.file("mine").read_bytes() == b"title: Mine alone\n"


def test_a_dry_run_changes_nothing(pair: list[Own]) -> None:
    """It tells what would come, be settled and go, and leaves both sides as they are."""
    ann, ben = pair
    ann.as_("update", "task-0", "--title", "By ann")
    synced(ann)
    ben.as_("update", "task-0", "--title", "By ben")
    before = ben.head(), ben.files(), ann.git("ls-remote", "origin")
    done = ben.as_("sync", "--dry-run")
    assert done.out == (
        "would get 1 commit from origin/main: task-0\n"
        "task-0  merged field by field\n"
        "  title: By ben; By ann is in the journal\n"
        "would send 1 commit to origin/main\n"
    )
    assert (ben.head(), ben.files(), ann.git("ls-remote", "origin")) == before


def test_versions_that_are_no_tasks_are_merged_by_lines_or_refused(pair: list[Own]) -> None:
    """Where one side committed a broken file, lines that do not meet are merged, and others left to a person."""
    ann, ben = pair
    for store, text in ((ann, "title: [\n"), (ben, "title: Fine\n")):
        store.file("task-0").write_text(text, encoding="utf-8")
        store.git("commit", "--quiet", "--all", "--message", "by hand")
    ann.git("push", "--quiet", "origin", "main")
    before = ben.head(), ben.files()
    assert ".tasks/task-0.yaml" in ben.as_("sync", code=1).err
    assert (ben.head(), ben.files()) == before


def test_settings_of_both_sides_are_merged_by_lines(pair: list[Own]) -> None:
    """`config.yaml` is no task: distant lines both stay, the same line in two ways is refused."""
    ann, ben = pair
    config = ann.path / ".tasks/config.yaml"
    config.write_text(config.read_text(encoding="utf-8") + "\nlayout: flat\n", encoding="utf-8")
    synced(ann)
    mine = ben.path / ".tasks/config.yaml"
    mine.write_text("# ours\n\n\n" + mine.read_text(encoding="utf-8"), encoding="utf-8")
    synced(ben)
    assert b"# ours" in mine.read_bytes()
    assert b"layout: flat" in mine.read_bytes()
    synced(ann)
    config.write_text(config.read_text(encoding="utf-8").replace("flat", "auto"), encoding="utf-8")
    mine.write_text(mine.read_text(encoding="utf-8").replace("flat", "sharded"), encoding="utf-8")
    synced(ann)
    assert ".tasks/config.yaml" in ben.as_("sync", code=1).err


def test_it_pushes_without_the_projects_hooks(pair: list[Own]) -> None:
    """A pre-push hook that refuses everything is not asked, unless the settings say so; the remote's own is."""
    ann, _ = pair
    hook = ann.path / ".tasks/.git/hooks/pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    ann.as_("start", "task-0")
    synced(ann)
    ann.git("config", "tm.runHooks", "true")
    ann.as_("start", "task-1")
    refused = ann.as_("sync", code=7)
    assert "not today" in refused.err
    ann.git("config", "--unset", "tm.runHooks")
    there = ann.path.parent / "origin.git/hooks/pre-receive"
    there.write_text("#!/bin/sh\necho closed for today >&2\nexit 1\n", encoding="utf-8")
    there.chmod(0o755)
    refused = ann.as_("sync", code=7)
    assert "closed for today" in refused.err
    assert "committed here" in refused.err


def test_who_is_always_slower_is_told_in_the_end(pair: list[Own], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every push finds the remote changed, sync gives up with exit 5 and nothing is lost."""
    ann, ben = pair
    quicker = f"env -u GIT_DIR git -C '{ben.path}/.tasks'"
    hook = ann.path / ".tasks/.git/hooks/pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f"#!/bin/sh\n{quicker} commit -q --allow-empty -m x && {quicker} push -q origin main\n", encoding="utf-8"
    )
    hook.chmod(0o755)
    ann.git("config", "tm.runHooks", "true")
    monkeypatch.setattr(meetings, "TRIES", 3)
    ann.as_("start", "task-0")
    head = ann.head()
    assert "others kept pushing to origin/main first, 3 times" in ann.as_("sync", code=5).err
    assert head in ann.git("rev-list", "HEAD")


REFUSALS = {
    "no remote": ((("remote", "remove", "origin"),), "there is no remote", 7),
    "several": (
        (("remote", "rename", "origin", "one"), ("remote", "add", "two", "x"), ("branch", "--unset-upstream")),
        "several remotes: one, two",
        7,
    ),
    "unknown remote": ((("config", "branch.main.remote", "gone"),), "gone, which is no remote", 7),
    "unreachable": ((("remote", "set-url", "origin", "../../nowhere.git"),), "there is no repository", 7),
    "no network": ((("remote", "set-url", "origin", "git://localhost:1/x"),), "nothing answers there", 7),
    "detached": ((("checkout", "--quiet", "--detach"),), "head is detached", 1),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_synced_is_told(pair: list[Own], name: str) -> None:
    """Each state in which there is nothing to sync with has words of its own."""
    commands, words, code = REFUSALS[name]
    for command in commands:
        pair[0].git(*command)
    done = pair[0].as_("sync", code=code)
    assert words in done.err.lower()


def test_a_rebase_in_progress_is_told(pair: list[Own]) -> None:
    """Nothing is merged into the middle of another operation."""
    ann, _ = pair
    (ann.path / ".tasks/.git/rebase-merge").mkdir()
    assert "a rebase is in progress" in ann.as_("sync", code=1).err


def test_unrelated_histories_are_not_joined(pair: list[Own]) -> None:
    """A store that was begun apart is refused, with a way to bring its tasks over."""
    other = Own(pair[0].path.parent / "other")
    other.git("remote", "add", "origin", "../../origin.git")
    done = other.do("sync", code=7)
    assert "no commit in common" in done.err
    assert "tm export" in done.err


def test_a_remote_that_was_emptied_is_filled_again(tmp_path: Path, pair: list[Own]) -> None:
    """Where the remote has no such branch any more, all there is goes there, and nothing is taken for deleted."""
    ann, _ = pair
    shutil.rmtree(tmp_path / "origin.git")
    bare(tmp_path / "origin.git")
    files = ann.files()
    assert synced(ann)["sent"] == ann_commits(ann)
    assert ann.files() == files


def ann_commits(store: Own) -> int:
    """Count the commits of a store."""
    return int(store.git("rev-list", "--count", "HEAD"))


def test_a_claim_that_was_pushed_first_wins(pair: list[Own]) -> None:
    """An earlier claim that stayed in its clone gives way to one that all could see, and its owner is told."""
    ann, ben = pair
    ben.do("--as", "ben", "claim", "task-0")
    ann.as_("claim", "task-0", "--push")
    done = ben.as_("sync")
    assert "was claimed by ann first: your claim gave way" in done.out
    assert ben.doc("task-0")["claim"]["by"] == "ann"
    synced(ann)
    assert ann.files() == ben.files()


def test_a_claim_is_pushed_or_refused(pair: list[Own]) -> None:
    """With --push the others see it at once; who comes later gets exit 5 and the holder's name."""
    ann, ben = pair
    ann.as_("claim", "task-0", "--push")
    refused = ben.as_("claim", "task-0", "--push", code=5)
    assert "task-0 is claimed by ann until" in refused.err
    assert ben.as_("next", "--claim", "--push").out.startswith("task-1")
    assert "claimed by others: ann, ben" in ben.do("--as", "cem", "next", "--claim", "--push", code=5).err
    assert ann.as_("claim", "task-1", "--push", "--no-commit", code=2).err
    assert ann.as_("next", "--push", code=2).err


def test_a_store_on_a_branch_of_its_own_is_synced_from_any_work_tree(tmp_path: Path, repo: GitRepo) -> None:
    """It moves the branch of the tasks and nothing of the code, and claims can be pushed there."""
    origin = bare(tmp_path / "origin.git")
    repo.commit("code", {"main.py": "one\n"})
    repo.git("remote", "add", "origin", str(origin))
    repo.git("push", "--quiet", "--set-upstream", "origin", "main")
    first = Store(repo, init=False)
    first.do("init", "--branch", "tasks")
    first.add("One", "--id", "one")
    repo.commit("code that stays here", {"main.py": "two\n"})
    first.do("sync")
    assert repo.git("rev-parse", "origin/main") == repo.git("rev-parse", "main~1")
    repo.git("clone", "--quiet", str(origin), str(tmp_path / "other"))
    other = Store(GitRepo(tmp_path / "other"))
    other.do("--as", "ben", "claim", "one", "--push")
    repo.git("worktree", "add", "--quiet", str(tmp_path / "tree"))
    refused = first.tm("-C", str(tmp_path / "tree"), "--as", "ann", "claim", "one", "--push", code=5)
    assert "one is claimed by ben" in refused.err
    assert repo.git("rev-parse", "tasks") == other.git("rev-parse", "tasks")
    assert (repo.git("status", "--porcelain"), other.status()) == ("", "")


def test_a_claim_in_a_projects_branch_is_not_pushed(repo: GitRepo) -> None:
    """There it would take the code along: refused, and nothing is claimed."""
    store = Store(repo)
    store.add("One", "--id", "one")
    repo.git("remote", "add", "origin", "nowhere")
    refused = store.do("claim", "one", "--push", code=2)
    assert "in a project's branch" in refused.err
    assert "claim" not in store.doc("one")
