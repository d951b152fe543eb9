"""`tm resolve`: whatever git left unmerged among the tasks is settled, and nothing else is touched."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import GitRepo
from test_merge_driver import OURS, TASK, THEIRS
from test_output_schema import valid
from writing import Store

from tmfiles.actions.settling import sides_of


def doc(title: str, more: str = "") -> str:
    """Give a task's text."""
    return f"title: {title}\n\ncreated_at: 2026-11-20T10:00:00Z\ncreated_by: Maria\n{more}"


class Fork:
    """A store on two branches, and the merge of the other into ours, without the driver."""

    def __init__(self, repo: GitRepo) -> None:
        self.store = Store(repo)
        self.repo = repo
        repo.git("config", "--remove-section", "merge.tm")

    def sides(self, base: dict[str, str], ours: dict[str, str | None], theirs: dict[str, str | None]) -> None:
        """Commit a beginning and two edits of it, by paths below `.tasks/`; None deletes."""
        self._save("base", base)
        self.repo.git("checkout", "--quiet", "-b", "other")
        self._save("theirs", theirs)
        self.repo.git("checkout", "--quiet", "main")
        self._save("ours", ours)

    def _save(self, message: str, files: Any) -> None:
        for path, text in files.items():
            if text is None:
                (self.repo.path / ".tasks" / path).unlink()
            else:
                self.repo.write(f".tasks/{path}", text)
        self.repo.commit(message)

    def merge(self) -> None:
        """Merge the other branch, conflicts or not."""
        self.repo.git("merge", "--no-edit", "other", check=False)

    def unmerged(self) -> str:
        """Give what git still holds for unmerged."""
        return self.repo.git("ls-files", "--unmerged")

    def resolve(self, *args: str, code: int = 0) -> dict[str, Any]:
        """Run `tm resolve`, and give its data."""
        document = json.loads(self.store.do("resolve", "--json", *args, code=code).out)
        if "data" in document:
            valid(document, "resolve")
        data: dict[str, Any] = document["data"]
        return data


@pytest.fixture
def fork(repo: GitRepo) -> Fork:
    """Give a store to fork."""
    return Fork(repo)


def test_a_task_changed_on_both_sides(fork: Fork) -> None:
    """Markers go, both sides' words stay, the index is settled, and what was done is told field by field."""
    fork.sides({"login.yaml": TASK}, {"login.yaml": OURS}, {"login.yaml": THEIRS})
    fork.merge()
    assert "<<<<<<<" in fork.store.file("login").read_text()
    before = fork.store.files()
    dry = fork.resolve("--dry-run")
    assert fork.store.files() == before
    assert fork.unmerged()
    told = fork.resolve()
    assert told["settled"] == dry["settled"]
    fields = {field["key"]: field["rule"] for field in told["settled"][0]["fields"]}
    assert fields == {"status": "rank", "tags": "both", "description": "both"}
    assert told["next"] == "git commit"
    assert fork.unmerged() == ""
    fork.repo.git("commit", "--quiet", "--no-edit")
    assert fork.store.doc("login")["description"] == "One.\nTwo of ours.\nTwo of theirs.\n"
    fork.store.assert_sound()


def test_words_for_people(fork: Fork) -> None:
    """On a terminal or in a pipe, each field says what was kept and over what."""
    fork.sides({"login.yaml": TASK}, {"login.yaml": OURS}, {"login.yaml": THEIRS})
    fork.merge()
    said = fork.store.do("resolve").out
    assert "login  merged field by field\n  status: completed, over in_progress\n" in said
    assert said.endswith("staged; to go on: git commit\n")
    assert "no task is unmerged" in fork.store.do("resolve").out


@pytest.mark.parametrize("ours", [True, False])
def test_a_change_wins_over_a_deletion(fork: Fork, ours: bool) -> None:
    """A task deleted on one side and changed on the other stays, and that is told."""
    edits: list[Any] = [{"login.yaml": None}, {"login.yaml": THEIRS}]
    fork.sides({"login.yaml": TASK}, *(edits if ours else edits[::-1]))
    fork.merge()
    told = fork.resolve()["settled"][0]
    assert "the change stays" in told["how"]
    assert fork.store.file("login").read_text() == THEIRS
    assert fork.unmerged() == ""


def test_moved_here_and_changed_there(fork: Fork) -> None:
    """A file that one side moved and rewrote is the same task: it lies where it was moved, with both edits."""
    long = THEIRS.replace("Two of theirs.", "\n  ".join(f"Line {n} of theirs." for n in range(40)))
    fork.sides(
        {"login.yaml": TASK, "xx.yaml": doc("X")},
        {"login.yaml": None, "web/login.yaml": long.replace("completed", "pending")},
        {"login.yaml": OURS},
    )
    fork.merge()
    assert fork.unmerged()
    fork.resolve()
    assert fork.unmerged() == ""
    assert not fork.store.file("login").exists()
    text = (fork.store.path / ".tasks/web/login.yaml").read_text()
    assert "Line 39 of theirs." in text
    assert "Two of ours." in text
    assert "status: in_progress" in text
    fork.store.do("check")


def test_moved_on_both_sides(fork: Fork) -> None:
    """Moved to two places, a task lies in the greater one, once."""
    fork.sides(
        {"login.yaml": TASK}, {"login.yaml": None, "aa/login.yaml": OURS}, {"login.yaml": None, "bb/login.yaml": THEIRS}
    )
    fork.merge()
    fork.resolve()
    assert fork.unmerged() == ""
    assert sorted(path for path in fork.store.files() if "login" in path) == ["bb/login.yaml"]
    fork.store.do("check")


def test_a_folder_archived_on_one_side(fork: Fork) -> None:
    """Tasks archived here and changed there are merged where they lie now; one that was reopened comes back."""
    done = TASK.replace("pending", "completed")
    names = [f"web/task-{n}.yaml" for n in range(4)]
    archived = {f"archive/2026/{name.rpartition('/')[2]}": done for name in names}
    fork.sides(
        dict.fromkeys(names, done),
        {**dict.fromkeys(names), **archived},
        {
            names[0]: done.replace("Two.", "Two of theirs."),
            names[1]: done.replace("completed", "pending"),
            "web/fresh.yaml": doc("Fresh"),
        },
    )
    fork.merge()
    fork.resolve()
    assert fork.unmerged() == ""
    files = fork.store.files()
    assert b"Two of theirs." in files["archive/2026/task-0.yaml"]
    assert {"archive/2026/task-2.yaml", "archive/2026/task-3.yaml"} <= files.keys()
    assert [path for path in files if "fresh" in path] != []
    fork.store.do("check")


def test_two_tasks_under_one_id(fork: Fork) -> None:
    """Two tasks that by chance have one id become two; what each side said of its own follows it."""
    fork.sides(
        {"user.yaml": doc("User")},
        {"same.yaml": doc("Of ours"), "ours.yaml": doc("Waits for ours", "\ndepends_on: [same]\n")},
        {
            "same.yaml": doc("Of theirs").replace("Maria", "Jo"),
            "theirs.yaml": doc("Waits for theirs", "\ndepends_on: [same]\n"),
        },
    )
    fork.merge()
    told = fork.resolve()["settled"]
    assert told[0]["id"] == "same"
    other = told[1]["id"]
    titles = {"same": fork.store.doc("same")["title"], other: fork.store.doc(other)["title"]}
    assert sorted(titles.values()) == ["Of ours", "Of theirs"]
    for name, title in (("ours", "Of ours"), ("theirs", "Of theirs")):
        assert titles[fork.store.doc(name)["depends_on"][0]] == title
    assert fork.unmerged() == ""
    fork.store.do("check")


def test_markers_that_were_staged(fork: Fork) -> None:
    """A file whose markers somebody committed is settled from what stands between them."""
    fork.sides({"login.yaml": TASK}, {"login.yaml": OURS}, {"login.yaml": THEIRS})
    fork.merge()
    fork.repo.commit("markers and all")
    fork.resolve()
    text = fork.store.file("login").read_text()
    assert "<<<<<<<" not in text
    assert fork.store.doc("login")["description"] == "One.\nTwo of ours.\nTwo of theirs.\n"
    assert fork.store.doc("login")["status"] == "completed"


def test_what_a_person_settled_is_kept(fork: Fork) -> None:
    """A file that was settled in an editor is staged as it is; words among markers are never overwritten."""
    both = {"login.yaml": TASK, "other.yaml": TASK}
    fork.sides(both, dict.fromkeys(both, OURS), dict.fromkeys(both, THEIRS))
    fork.merge()
    fork.store.file("login").write_text(doc("Mine"))
    marked = fork.store.file("other").read_text().replace("One.", "One, as I say.")
    fork.store.file("other").write_text(marked)
    told = fork.resolve(code=1)
    assert told["settled"][0]["how"] == "as you settled it"
    assert fork.store.file("login").read_text() == doc("Mine")
    assert fork.store.file("other").read_text() == marked
    assert "words of your own" in told["left"][0]["message"]
    assert "login" not in fork.unmerged()


def test_a_version_that_is_no_task_is_left(fork: Fork) -> None:
    """What breaks a rule is told with its line and left unmerged; the others are settled."""
    both = {"login.yaml": TASK, "other.yaml": TASK}
    bad = THEIRS.replace("completed", "finished")
    fork.sides(both, dict.fromkeys(both, OURS), {"login.yaml": THEIRS, "other.yaml": bad})
    fork.merge()
    told = fork.resolve(code=1)
    assert [one["id"] for one in told["settled"]] == ["login"]
    assert told["left"][0]["rule"] == "schema"
    assert "other.yaml" in fork.unmerged()
    assert "login.yaml" not in fork.unmerged()


def test_nothing_else_is_touched(fork: Fork) -> None:
    """Code that is unmerged stays so, and staged work, changes and ignored files are as they were."""
    fork.repo.commit("code", {"a.py": "one\n", "b.py": "b\n", "c.py": "c\n"})
    fork.sides({"login.yaml": TASK}, {"login.yaml": OURS}, {"login.yaml": THEIRS})
    fork.repo.git("checkout", "--quiet", "other")
    fork.repo.commit("their code", {"a.py": "theirs\n"})
    fork.repo.git("checkout", "--quiet", "main")
    fork.repo.commit("our code", {"a.py": "ours\n"})
    fork.merge()
    fork.repo.write("b.py", "changed\n")
    fork.repo.write("c.py", "staged\n")
    fork.repo.git("add", "c.py")
    told = fork.resolve()
    assert told["others"] == ["a.py"]
    assert told["next"] is None
    assert fork.store.status().splitlines() == ["M  .tasks/login.yaml", "UU a.py", " M b.py", "M  c.py"]


@pytest.mark.parametrize("how", ["rebase", "cherry-pick"])
def test_in_a_rebase_and_a_cherry_pick(fork: Fork, how: str) -> None:
    """It says how git goes on, and git goes on."""
    fork.sides({"login.yaml": TASK}, {"login.yaml": OURS}, {"login.yaml": THEIRS})
    fork.repo.git(how, "other", check=False)
    told = fork.resolve()
    assert told["next"] == f"git {how} --continue"
    fork.repo.git("-c", "core.editor=true", *told["next"].split()[1:])
    assert fork.store.doc("login")["status"] == "completed"
    assert fork.store.status() == ""


def test_a_cycle_that_two_sides_made(fork: Fork) -> None:
    """Each side added a dependency, and together they are a circle: told with both commits and a way out."""
    fork.sides(
        {"aa.yaml": doc("A"), "bb.yaml": doc("B")},
        {"aa.yaml": doc("A", "\ndepends_on: [bb]\n")},
        {"bb.yaml": doc("B", "\ndepends_on: [aa]\n")},
    )
    fork.merge()
    told = fork.resolve(code=1)["troubles"][0]
    assert told["rule"] == "cycle"
    assert {commit.rpartition(" ")[2] for commit in told["commits"]} == {"ours", "theirs"}
    assert told["commands"] == ["tm dep remove aa bb", "tm dep remove bb aa"]
    fork.store.do(*told["commands"][0].split()[1:])
    fork.store.do("check")


def test_a_task_that_the_other_side_deleted(fork: Fork) -> None:
    """A dependency on a task that is gone by the merge names both commits."""
    fork.sides(
        {"aa.yaml": doc("A"), "bb.yaml": doc("B")},
        {"aa.yaml": doc("A", "\ndepends_on: [bb]\n")},
        {"bb.yaml": None},
    )
    fork.merge()
    told = fork.resolve(code=1)["troubles"][0]
    assert told["message"] == "aa depends on bb, which does not exist"
    assert len(told["commits"]) == 2
    assert told["commands"] == ["tm dep remove aa bb"]


def test_only_the_named(fork: Fork) -> None:
    """With ids only these are settled; one that is not unmerged is refused."""
    both = {"login.yaml": TASK, "other.yaml": TASK}
    fork.sides(both, dict.fromkeys(both, OURS), dict.fromkeys(both, THEIRS))
    fork.merge()
    fork.resolve("log")
    assert "other.yaml" in fork.unmerged()
    assert "login.yaml" not in fork.unmerged()
    assert "is no unmerged task" in fork.store.do("resolve", "nowhere", code=1).err


def test_markers_taken_apart() -> None:
    """Git's markers, with and without the base, give back the sides; what is no pair of markers gives nothing."""
    text = b"a\n<<<<<<< x\nb\n||||||| y\nc\n=======\nd\n>>>>>>> z\ne\n"
    assert sides_of(text) == (b"a\nc\ne\n", b"a\nb\ne\n", b"a\nd\ne\n")
    assert sides_of(b"a\n<<<<<<< x\nb\n") is None
