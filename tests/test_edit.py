"""`tm edit`: what a person types is written to the byte, judged first, and never lost, whatever the editor does."""

from __future__ import annotations

import os
import pty
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store, command, environment

from tmfiles import codec
from tmfiles.actions.editing import TEMPLATE
from tmfiles.lock import Lock
from tmfiles.rules import file_problems

TYPED = "# why: the fair\ntitle:   Write *all* the docs\nstatus: pending   # soon\n\npriority: high\n"

Editor = Callable[[str], None]


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store of two tasks."""
    made = Store(repo)
    made.add("Write the docs", "--id", "docs")
    made.add("Print the docs", "--id", "print", "--depends-on", "docs")
    return made


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Editor:
    """Give an editor in which somebody types a whole text."""

    def types(text: str) -> None:
        wanted = tmp_path / "wanted"
        wanted.write_bytes(text.encode())
        monkeypatch.setenv("TM_EDITOR", f"cp {shlex.quote(str(wanted))}")

    return types


def scripted(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Make a shell script, which gets the file as $1, the editor."""
    monkeypatch.setenv("TM_EDITOR", f"sh -c {shlex.quote(script)} editor")


def left(store: Store) -> list[str]:
    """Give the texts that were kept."""
    return sorted(path.name for path in (store.private / "edit").glob("*.yaml"))


def kept(store: Store, name: str = "docs") -> str:
    """Give a text that was kept."""
    return (store.private / "edit" / f"{name}.yaml").read_text(encoding="utf-8")


def test_what_was_typed_is_written_to_the_byte(store: Store, typing: Editor) -> None:
    """Comments, order and spaces stand in the file as typed; it is one commit, and nothing is left over."""
    typing(TYPED)
    assert "edited docs" in store.do("edit", "docs").err
    assert store.file("docs").read_text(encoding="utf-8") == TYPED
    assert store.subjects("HEAD~1..") == ["tm: edit docs Write *all* the docs"]
    assert list((store.private / "edit").glob("*")) == []
    store.assert_sound()


def test_an_untouched_text_changes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a change there is no write, no commit, nothing kept, and it is said."""
    monkeypatch.setenv("TM_EDITOR", "true")
    before = store.files(), store.commits()
    assert store.do("edit", "docs", "print").err == "nothing was changed\n"
    assert (store.files(), store.commits(), left(store)) == (*before, [])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("title: [\n", ":3:1: "),
        ("title: Docs\nstatus: donne\n", ":2:1: "),
        ("title: Docs\ndepend_on: [print]\n", ":2:1: "),
        ("title: Docs\ndepends_on: [print]\n", "docs would depend on itself: docs → print → docs"),
        ("title: Docs\ndepends_on: [nowhere]\n", "names 'nowhere', and there is no such task"),
        ("\x00\xff nonsense", ""),
    ],
)
def test_nonsense_is_refused_and_kept(store: Store, typing: Editor, text: str, place: str) -> None:
    """What breaks a rule does not reach the task; the text is kept, and how to go on is said."""
    before = store.files(), store.commits()
    typing(text)
    ran = store.do("edit", "docs", code=1)
    assert place.removeprefix(":2").removeprefix(":3") in ran.err
    assert "tm edit --resume docs" in ran.err
    assert (store.files(), store.commits()) == before
    assert kept(store).endswith(text)
    typing(TYPED)
    store.do("edit", "--resume")
    assert store.file("docs").read_text(encoding="utf-8") == TYPED
    assert left(store) == []


def test_problems_stand_at_the_top_of_the_text(store: Store, typing: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines told agree with the lines of the text as it is kept, and are not read back."""
    typing("title: Docs\nstatus: donne\n")
    ran = store.do("edit", "docs", code=1)
    assert "docs.yaml:4:1: status 'donne' is not one of" in ran.err
    lines = kept(store).splitlines()
    assert lines[1].startswith("#tm: line 4: status 'donne' is not one of")
    assert lines[3] == "status: donne"
    scripted(monkeypatch, 'sed -i s/donne/pendin/ "$1"')
    assert "docs.yaml:4:1: status 'pendin'" in store.do("edit", "--resume", code=1).err
    scripted(monkeypatch, 'sed -i s/pendin/pending/ "$1"')
    store.do("edit", "--resume")
    assert store.file("docs").read_text(encoding="utf-8") == "title: Docs\nstatus: pending\n"


def test_a_killed_editor_loses_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor that saves and is killed leaves its text, and the task as it was."""
    before = store.files()
    scripted(monkeypatch, 'echo "# half a thought" >> "$1"; kill -9 $$')
    ran = store.do("edit", "docs", code=1)
    assert "nothing was changed" in ran.err
    assert kept(store).endswith("# half a thought\n")
    assert store.files() == before
    monkeypatch.setenv("TM_EDITOR", "true")
    assert "an earlier text was not saved: tm edit --resume docs" in store.do("edit", "docs").err
    store.do("edit", "--resume", "docs")
    assert store.file("docs").read_text(encoding="utf-8").endswith("# half a thought\n")


def test_a_killed_editor_that_saved_nothing_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing was typed, nothing is kept; the exit code says that it went wrong."""
    scripted(monkeypatch, "kill -9 $$")
    assert "--resume" not in store.do("edit", "docs", code=1).err
    monkeypatch.setenv("TM_EDITOR", "no-such-editor")
    assert "cannot be started" in store.do("edit", "docs", code=1).err
    assert left(store) == []


def test_an_emptied_text_is_no_wish(store: Store, typing: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty file changes no task; where it empties what was typed before, that comes back."""
    before = store.files()
    monkeypatch.setenv("TM_EDITOR", "truncate -s 0")
    assert "empty" in store.do("edit", "docs", code=1).err
    assert (store.files(), left(store)) == (before, [])
    typing("title: An hour's work\nstatus: nearly\n")
    store.do("edit", "docs", code=1)
    for emptied in ("truncate -s 0", "rm"):
        monkeypatch.setenv("TM_EDITOR", emptied)
        store.do("edit", "--resume", code=1)
        assert "title: An hour's work\nstatus: nearly\n" in kept(store)
    assert store.files() == before


def test_a_text_that_cannot_be_saved_now_is_kept(store: Store, typing: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that stays locked for too long costs no text."""
    typing(TYPED)
    monkeypatch.setenv("TM_LOCK_TIMEOUT", "0")
    with Lock(str(store.private / "lock"), "a test", 0):
        assert "tm edit --resume docs" in store.do("edit", "docs", code=6).err
    assert kept(store).endswith(TYPED)


def test_on_a_terminal_it_offers_to_go_on(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A mistake is shown and asked about; who goes on has the text as it was typed, who does not finds it kept."""
    first = f': > {tmp_path}/2; cp {tmp_path}/1 "$1"'
    script = f'if [ -e {tmp_path}/2 ]; then sed -i s/donne/pending/ "$1"; else {first}; fi'
    (tmp_path / "1").write_text("title: Docs\nstatus: donne  # soon\n", encoding="utf-8")
    scripted(monkeypatch, script)
    said = answered(store, b"\n", 0)
    assert "status 'donne' is not one of" in said
    assert "Go on editing? [Y/n]" in said
    assert store.file("docs").read_text(encoding="utf-8") == "title: Docs\nstatus: pending  # soon\n"
    (tmp_path / "2").unlink()
    said = answered(store, b"n\n", 1)
    assert said.count("status 'donne'") == 1
    assert said.count("tm edit --resume docs") == 2
    assert "status: donne  # soon\n" in kept(store)


def test_the_end_of_the_input_is_a_no(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Ctrl-D at the question goes no further, as when the terminal is gone; the text is kept."""
    log = tmp_path / "times"
    scripted(monkeypatch, f"echo x >> {log}; printf 'title: [x' > $1")
    said = answered(store, b"\x04\x04", 1)
    assert "tm edit --resume docs" in said
    assert log.read_text(encoding="utf-8") == "x\n"


def answered(store: Store, answer: bytes, code: int) -> str:
    """Run `tm edit docs` on a terminal, type an answer, and give what stood there."""
    ours, theirs = pty.openpty()
    words, env = command("edit", "docs"), environment()
    with subprocess.Popen(words, cwd=store.path, env=env, stdin=theirs, stderr=theirs) as child:
        os.close(theirs)
        os.write(ours, answer)
        assert child.wait(timeout=30) == code
    said = os.read(ours, 65536).decode()
    os.close(ours)
    return said


@pytest.mark.parametrize("committed", [False, True])
def test_a_broken_file_is_mended(store: Store, typing: Editor, committed: bool) -> None:
    """A file that is no task can be opened and mended, whether the damage is in a commit or not."""
    store.file("docs").write_text("title: [\n", encoding="utf-8")
    if committed:
        store.repo.commit("break it")
    typing(TYPED)
    store.do("edit", "docs")
    assert store.file("docs").read_text(encoding="utf-8") == TYPED
    assert store.status() == ""
    store.assert_sound()


def test_what_lay_there_by_hand_is_a_version_of_its_own(store: Store, typing: Editor) -> None:
    """A sound edit by hand that was in no commit is committed first, as with every command."""
    store.file("docs").write_text("title: By hand\n", encoding="utf-8")
    typing(TYPED)
    store.do("edit", "docs")
    assert store.subjects("HEAD~2..") == ["tm: edit docs Write *all* the docs", "tm: edit docs By hand (by hand)"]


def test_several_tasks_are_one_text_and_one_commit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each task stands below a line of its own; all that changed goes into one commit."""
    scripted(monkeypatch, 'sed -i "s/^priority:.*/priority: low/" "$1"')
    before = store.commits()
    store.do("edit", "docs", "print")
    assert [store.doc(one)["priority"] for one in ("docs", "print")] == ["low", "low"]
    assert store.commits() == before + 1
    scripted(monkeypatch, 'sed -i "s/^--- # task print/--- # task prnt/; s/^priority: low/priority: high/" "$1"')
    ran = store.do("edit", "docs", "print", code=1)
    assert "the task prnt was not opened" in ran.err
    assert "the line '--- # task print' is gone" in ran.err
    assert store.doc("docs")["priority"] == "low"
    scripted(monkeypatch, 'sed -i "s/^--- # task prnt/--- # task print/" "$1"')
    store.do("edit", "--resume", "docs+1")
    assert [store.doc(one)["priority"] for one in ("docs", "print")] == ["high", "high"]
    store.assert_sound()


def test_a_new_task_from_the_template(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was filled in is the task; the template's own words are not, a person's comments are."""
    script = (
        "s/^title:/title: New/; s/^# due/due/; s/^# depends_on:.*/depends_on: [pri]  # the printer first/;"
        " s/^# tags/tags/"
    )
    monkeypatch.setenv("TM_EDITOR", f"sed -i {shlex.quote(script)}")
    task_id = store.do("edit", "--add", "--json").out.partition('"id":"')[2][:8]
    assert (
        store.file(task_id)
        .read_text(encoding="utf-8")
        .startswith(
            "title: New\n\nstatus: pending\n\npriority: medium\n\ntags: [auth, web]\n"
            "depends_on: [print]  # the printer first\ndue: 2026-12-01\n"
        )
    )
    assert store.subjects("HEAD~1..") == [f"tm: add {task_id} New"]
    store.assert_sound()


@pytest.mark.parametrize("script", ["true", "truncate -s 0", "sed -i 's/^# A new/# My new/;d'", "sed -i /^#/d"])
def test_a_template_left_as_it_is_makes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Nothing filled in means no task, and the exit code says so."""
    before = store.files()
    monkeypatch.setenv("TM_EDITOR", script)
    store.do("edit", "--add", code=1)
    assert (store.files(), left(store)) == (before, [])


def test_a_new_task_without_a_title_is_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was filled in without a title is no task yet, and no word of it is lost."""
    monkeypatch.setenv("TM_EDITOR", "sed -i 's/^# assignee: maria/assignee: jo/'")
    assert "title is missing" in store.do("edit", "--add", code=1).err
    assert "assignee: jo" in kept(store, "new")
    monkeypatch.setenv("TM_EDITOR", "sed -i 's/^title:/title: Now/'")
    store.do("edit", "--resume", "new")
    assert store.subjects("HEAD~1..")[0].endswith(" Now")


def test_the_template_is_right() -> None:
    """Every line of the template, its # taken away, is a field that may stand in a task."""
    whole = TEMPLATE.replace("title:\n", "title: A task\n").split("\n", 2)[2]
    doc = codec.loads(whole.replace("\n# ", "\n").replace("\n#  ", "\n ").encode())
    assert [problem.message for problem in file_problems(doc, "")] == []
    assert len(doc) > 12


def test_without_a_terminal_no_editor_is_guessed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that forgot to name an editor is refused at once; vi would wait for a key for ever."""
    for name in ("TM_EDITOR", "GIT_EDITOR", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    with subprocess.Popen(
        command("edit", "docs"), cwd=store.path, env=environment(), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as child:
        assert b"nobody named an editor" in child.communicate(timeout=60)[1]
        assert child.returncode == 1


def test_wrong_words_are_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """No task named, a task that is not there, contradictions: each is told."""
    monkeypatch.setenv("TM_EDITOR", "true")
    assert "say which task" in store.do("edit", code=2).err
    assert "no task" in store.do("edit", "zzz", code=1).err
    assert "--add" in store.do("edit", "--add", "docs", code=2).err
    assert "no text was left unsaved" in store.do("edit", "--resume", code=1).err
    assert "no unfinished edit 'docs'" in store.do("edit", "--resume", "docs", code=1).err


def test_what_is_odd_but_allowed_is_told(store: Store, typing: Editor) -> None:
    """A key that the format does not know is kept, and told."""
    typing("title: Docs\ncolour: blue\n")
    assert ".tasks/docs.yaml:2:1: unknown key 'colour' (unknown-key)" in store.do("edit", "docs").err
    assert store.doc("docs")["colour"] == "blue"


def test_what_could_not_be_saved_is_not_begun(store: Store, typing: Editor) -> None:
    """Where no commit can be made now, no editor opens, unless the commit is left to the user."""
    store.git("checkout", "--quiet", "--detach")
    typing(TYPED)
    assert "HEAD is detached" in store.do("edit", "docs", code=1).err
    assert left(store) == []
    store.do("edit", "docs", "--no-commit")
    assert store.file("docs").read_text(encoding="utf-8") == TYPED
