"""Settings: the order of the places that say them, that each one does something, and `tm config`."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store, command, environment

from tmfiles import codec, person, rules
from tmfiles.errors import TmError
from tmfiles.settings import PERSON, SHARED, STORE, TABLE, known


@pytest.fixture
def store(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Give a store, and a person whose own file is nowhere yet."""
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return Store(repo)


def own() -> Path:
    """Give the person's file."""
    return Path(person.path(os.environ))


def said(store: Store, key: str, *before: str) -> tuple[object, str]:
    """Give a setting's value, and who says so."""
    got = json.loads(store.do(*before, "config", "get", key, "--json").out)["data"]
    return got["value"], got["source"]


def on_a_terminal(store: Store, *args: str, **variables: str) -> str:
    """Run tm with a pseudo-terminal as its output."""
    import pty

    master, slave = pty.openpty()
    env = environment({"COLUMNS": "80", "TERM": "xterm", **variables})
    done = subprocess.run(command(*args), cwd=store.path, stdout=slave, stderr=slave, env=env, check=False)
    os.close(slave)
    text = os.read(master, 50_000).decode()
    os.close(master)
    assert done.returncode == 0, text
    return text


def test_the_order_of_places(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """With any of the places saying it, the one that counts is the first in the order."""
    places = ("variable", "clone", "store", "person")
    for number, chosen in enumerate(itertools.product((True, False), repeat=4)):
        for at, (place, there) in enumerate(zip(places, chosen, strict=True)):
            value = str(10 + at)
            if place == "variable":
                monkeypatch.setenv("TM_LIMIT", value) if there else monkeypatch.delenv("TM_LIMIT", raising=False)
            elif place == "store":
                text = f"version: 1\n{f'limit: {value}' if there else f'# {number}'}\n"
                (store.path / ".tasks/config.yaml").write_text(text, encoding="utf-8")
            elif place == "clone":
                store.git("config", "tm.limit", value, check=False) if there else store.git(
                    "config", "--unset", "tm.limit", check=False
                )
            else:
                own().parent.mkdir(parents=True, exist_ok=True)
                own().write_text(f"limit: {value}\n" if there else "", encoding="utf-8")
        first = next((at for at, there in enumerate(chosen) if there), None)
        sources = ["TM_LIMIT", "git config tm.limit", ".tasks/config.yaml", str(own()), "default"]
        assert said(store, "limit") == ((50, "default") if first is None else (10 + first, sources[first])), chosen


def test_options_come_first(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command line says goes before all else."""
    monkeypatch.setenv("TM_AGENT_ID", "variable")
    monkeypatch.setenv("TM_COLOR", "never")
    assert said(store, "actor", "--as", "joe") == ("joe", "--as")
    assert said(store, "color", "--color", "always") == ("always", "--color")
    assert said(store, "actor") == ("variable", "TM_AGENT_ID")


def test_the_actor_is_who_the_settings_say(store: Store) -> None:
    """The person's file, then this clone's configuration, name who makes a task."""
    assert store.doc(store.add("One"))["created_by"] == "Maria"
    store.do("config", "set", "actor", "maria at home", "--person")
    assert store.doc(store.add("Two"))["created_by"] == "maria at home"
    store.do("config", "set", "actor", "agent-7", "--clone")
    assert store.doc(store.add("Three"))["created_by"] == "agent-7"
    assert store.doc(store.add("Four", "--as", "joe"))["created_by"] == "joe"


def test_the_editor_is_the_persons(store: Store) -> None:
    """`tm edit` opens the editor of the person's file, and never one that the store names."""
    one = store.add("One")
    store.do("config", "set", "editor", "sed -i s/One/Uno/", "--person")
    store.do("edit", one)
    assert store.doc(one)["title"] == "Uno"
    assert "cannot be set there" in store.do("config", "set", "editor", "vim", code=2).err
    (store.path / ".tasks/config.yaml").write_text("version: 1\neditor: touch pwned\n", encoding="utf-8")
    assert "unknown-key" in store.do("check").out
    store.do("edit", one)
    assert not (store.path / "pwned").exists()


def test_a_clone_may_keep_its_edits(store: Store) -> None:
    """`commit` in Git's configuration leaves edits of this clone uncommitted, whatever the store says."""
    store.do("config", "set", "commit", "manual", "--clone")
    commits = store.commits()
    one = store.add("One")
    assert (store.commits(), store.status()) == (commits, f"?? .tasks/{one}.yaml")
    store.do("config", "unset", "commit", "--clone")
    store.do("start", one)
    assert store.status() == ""


def test_a_clone_may_run_the_hooks(store: Store) -> None:
    """`run_hooks` in Git's configuration makes the project's hooks run for tm's commits."""
    hook = store.path / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch ran\n", encoding="utf-8")
    hook.chmod(0o755)
    store.add("One")
    assert not (store.path / "ran").exists()
    store.do("config", "set", "run_hooks", "yes", "--clone")
    store.add("Two")
    assert (store.path / "ran").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="the lock is held by fcntl here")
def test_the_wait_is_as_set(store: Store) -> None:
    """A writer waits for another as long as the person's file says."""
    import fcntl

    store.do("config", "set", "lock_timeout", "0.2", "--person")
    with (store.private / "lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        store.do("add", "One", code=6)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_lists_on_a_terminal_are_as_set(store: Store) -> None:
    """The limit of the store, of the clone and of the option cut a terminal's list, and never a pipe's."""
    for title in ("One", "Two", "Three", "Four"):
        store.add(title)
    store.do("config", "set", "limit", "3")
    assert "showing 3 of 4" in on_a_terminal(store, "list")
    store.do("config", "set", "limit", "2", "--clone")
    assert "showing 2 of 4" in on_a_terminal(store, "list")
    assert "showing 2 of 4" in on_a_terminal(store, "list", "--status", "pending")
    assert "showing" not in on_a_terminal(store, "list", "--limit", "0")
    assert len(store.do("list").out.splitlines()) == 4


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_colour_on_a_terminal_is_as_set(store: Store) -> None:
    """`never` of the person takes the colour from a terminal, and the option brings it back."""
    store.add("One", "--priority", "critical", "--due", "2020-01-01")
    assert "\x1b[" in on_a_terminal(store, "show", store.add("Late", "--due", "2020-01-01"))
    store.do("config", "set", "color", "never", "--person")
    assert "\x1b[3" not in on_a_terminal(store, "list")
    assert "\x1b[" in on_a_terminal(store, "--color", "always", "list")


def test_a_store_that_git_names(store: Store, tmp_path: Path) -> None:
    """Where no store lies above, `tm.store` of Git's configuration leads to one; a wrong one is told."""
    one = store.add("One")
    code = GitRepo(tmp_path / "code")
    code.path.mkdir()
    code.git("init", "--quiet")
    there = Store(code, init=False)
    assert "no .tasks/" in there.do("list", code=1).err
    code.git("config", "tm.store", os.path.relpath(store.path / ".tasks", code.path))
    assert one in there.do("list").out
    code.git("config", "tm.store", "nowhere")
    assert "which git config tm.store names" in there.do("list", code=1).err


def test_setting_the_store_is_one_small_commit(store: Store) -> None:
    """Comments and other keys keep their bytes; the commit holds this file alone; undo takes it back."""
    config = store.path / ".tasks/config.yaml"
    text = "# ours\nversion: 1   # the format\nlayout: flat\npolicies:\n  wip: {total: 3}  # not more\n"
    config.write_text(text, encoding="utf-8")
    store.git("commit", "--quiet", "-m", "settings", "--", ".tasks/config.yaml")
    (store.path / "code.py").write_text("staged\n", encoding="utf-8")
    store.git("add", "code.py")
    store.do("config", "set", "policies.wip.total", "4")
    assert config.read_text(encoding="utf-8") == text.replace("total: 3", "total: 4")
    assert store.git("show", "--format=%s", "--name-only", "HEAD") == "tm: set policies.wip.total\n\n.tasks/config.yaml"
    assert store.status() == "A  code.py"
    store.do("undo")
    assert config.read_text(encoding="utf-8") == text
    store.do("config", "unset", "policies")
    assert codec.loads(config.read_bytes(), shapes={}) == {"version": 1, "layout": "flat"}
    store.assert_sound()


def test_what_would_not_hold_is_refused(store: Store) -> None:
    """A value, a declaration or a place that cannot be changes nothing anywhere."""
    before = store.files()
    for words, code in (
        ("limit many", 2),
        ("limits 3", 2),
        ("limit -1", 2),
        ("version 2", 2),
        ("layout nested", 2),
        ("layout flat --person", 2),
        ("run_hooks yes --person", 2),
        ("types [spike] --clone", 2),
        ("limit 3 --person --clone", 2),
        ("fields.x {type: odd}", 1),
        ("fields.x {type:", 2),
        ("policies.wip {}", 1),
        ("types Spike", 1),
    ):
        key, _, rest = words.partition(" ")
        value, *options = rest.split(" --")
        store.do("config", "set", key, value, *(f"--{one}" for one in options), code=code)
    for words in ("limit", "policies.wip", "limit --person", "limit --clone"):
        store.do("config", "unset", *words.split(), code=1)
    assert (store.files(), own().exists(), store.git("config", "--get-regexp", "^tm", check=False)) == (
        before,
        False,
        "",
    )


def test_a_broken_file_of_the_person_is_told(store: Store) -> None:
    """A slip or nonsense in the person's file is refused with its line, where one of its settings is needed."""
    own().parent.mkdir(parents=True)
    own().write_text("color: auto\nlimt: 3\n", encoding="utf-8")
    said = store.do("add", "One", code=1).err
    assert "config.yaml:2: unknown key 'limt'; did you mean 'limit'?" in said
    own().write_text("limit: some\n", encoding="utf-8")
    assert f"{own()}: limit: 'some' is not a number" in store.do("config", code=2).err
    assert store.do("list").err == "no tasks\n"


def test_the_persons_file_is_edited_in_place(store: Store) -> None:
    """Comments of the person's file stay, and the last key taken away leaves a file without settings."""
    own().parent.mkdir(parents=True)
    own().write_text("# mine\nlimit: 3  # few\n", encoding="utf-8")
    store.do("config", "set", "limit", "4", "--person")
    store.do("config", "set", "color", "never", "--person")
    assert own().read_text(encoding="utf-8").startswith("# mine\nlimit: 4  # few\n")
    store.do("config", "unset", "limit", "--person")
    store.do("config", "unset", "color", "--person")
    assert person.load(str(own())) == {}


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, "/home/m/.config/tm/config.yaml"),
        ("linux", {"XDG_CONFIG_HOME": "/etc/m"}, "/etc/m/tm/config.yaml"),
        ("linux", {"XDG_CONFIG_HOME": "relative"}, "/home/m/.config/tm/config.yaml"),
        ("darwin", {}, "/home/m/Library/Application Support/tm/config.yaml"),
        ("win32", {"APPDATA": "/roaming"}, "/roaming/tm/config.yaml"),
        ("win32", {}, "/home/m/AppData/Roaming/tm/config.yaml"),
    ],
)
def test_where_the_persons_file_lies(platform: str, variables: dict[str, str], expected: str) -> None:
    """Each platform has its own place for a person's settings."""
    assert person.path(variables, platform, "/home/m").replace(os.sep, "/") == expected


def test_the_table_is_whole() -> None:
    """Each setting can be said somewhere, none that names a program by the store, and config.yaml knows the rest."""
    for key, one in TABLE.items():
        assert one.git or STORE in one.places
        assert (STORE in one.places) == (key in rules.CONFIG_KEYS)
        assert not (SHARED in one.places and PERSON in one.places)
        assert one.about
        assert not one.about.endswith(".")
        if one.default not in ("",):
            assert one.read(one.default, "x") == one.default
        assert known(one.git or key) == key
    assert STORE not in TABLE["editor"].places
    with pytest.raises(TmError, match="no setting"):
        known("colour-scheme")


def test_one_more_type_leaves_the_others(store: Store) -> None:
    """A type that is set on its own keeps the others, whether they stand in a list or say what they need."""
    config = store.path / ".tasks/config.yaml"
    config.write_text("version: 1\ntypes: [spike, story]\n", encoding="utf-8")
    store.do("config", "set", "types.spike", "{require: [estimate]}")
    assert codec.loads(config.read_bytes(), shapes={}) == {
        "version": 1,
        "types": {"spike": {"require": ["estimate"]}, "story": {}},
    }
    issue = {"id": "x-1", "title": "T", "issue_type": "odd", "status": "open", "created_at": "2026-01-01T00:00:00Z"}
    store.repo.write("issues.jsonl", json.dumps(issue) + "\n")
    store.do("import", "beads", str(store.path / "issues.jsonl"))
    assert codec.loads(config.read_bytes(), shapes={})["types"] == {
        "spike": {"require": ["estimate"]},
        "story": {},
        "odd": {},
    }


def test_a_step_into_what_is_no_mapping_is_refused(store: Store) -> None:
    """A key below a list is refused, and the list stays."""
    store.do("config", "set", "policies.require", "[{keys: [due]}]")
    ran = store.do("config", "set", "policies.require.level", "warning", code=2)
    assert ran.err == (
        "tm: policies.require is a list in .tasks/config.yaml, and has no level\n"
        "To see it: tm config get policies.require\n"
    )
    assert store.do("config", "get", "policies.require").out


def test_the_version_stays_the_first_line(store: Store) -> None:
    """A declaration is written below what is there, not where a task would have that key."""
    store.do("config", "set", "fields.size", "{type: text}")
    assert (
        (store.path / ".tasks/config.yaml")
        .read_text(encoding="utf-8")
        .endswith("version: 1\n\nfields:\n  size:\n    type: text\n")
    )


def test_the_schema_has_the_stores_own_words(store: Store) -> None:
    """`tm schema` gives the task's schema with types and fields worked in, which judges tasks as tm does."""
    from jsonschema import Draft7Validator

    store.do("config", "set", "types.spike", "{description: Try it}")
    store.do("config", "set", "fields.size", "{type: enum, choices: [s, m], required: true}")
    made = json.loads(store.do("schema").out)
    Draft7Validator.check_schema(made)
    judge = Draft7Validator(made).is_valid
    assert made["properties"]["type"]["description"].endswith(" spike: Try it.")
    assert judge({"title": "x", "type": "spike", "fields": {"size": "s", "other": 1}})
    assert not judge({"title": "x", "type": "epik", "fields": {"size": "s"}})
    assert not judge({"title": "x", "fields": {"size": "l"}})
    assert not judge({"title": "x"})
    assert json.loads(store.do("schema", "custom").out)["properties"]["size"]["enum"] == ["s", "m"]
    for kind in ("config", "output"):
        file = Path(__file__).parent.parent / "schemas" / f"{kind}.schema.json"
        assert json.loads(store.do("schema", kind).out) == json.loads(file.read_text(encoding="utf-8"))
    assert "unknown schema 'tasks'" in store.do("schema", "tasks", code=2).err


@pytest.mark.parametrize("place", ["none", "clone", "worktree", "home", "xdg", "include", "variable"])
def test_git_is_asked_wherever_it_may_say(
    store: Store, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever of Git's files says it, it is found; where none does, no process is started to find out."""
    monkeypatch.delenv("GIT_CONFIG_GLOBAL")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    (tmp_path / ".config/git").mkdir(parents=True)
    text = "[TM]\n\tLimit = 7\n"
    if place == "clone":
        store.git("config", "tm.limit", "7")
    elif place == "worktree":
        store.git("config", "extensions.worktreeConfig", "true")
        store.git("config", "--worktree", "tm.limit", "7")
    elif place == "home":
        (tmp_path / ".gitconfig").write_text(text, encoding="utf-8")
    elif place == "xdg":
        (tmp_path / ".config/git/config").write_text(text, encoding="utf-8")
    elif place == "include":
        (tmp_path / "more").write_text(text, encoding="utf-8")
        (tmp_path / ".gitconfig").write_text("[include]\n\tpath = more\n", encoding="utf-8")
    elif place == "variable":
        for name, value in (("COUNT", "1"), ("KEY_0", "tm.limit"), ("VALUE_0", "7")):
            monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    code = (
        "import sys; from tmfiles.git.own import own; from tmfiles.git.repository import discover;"
        "print(own(discover('.')).get('tm.limit'), 'subprocess' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=store.path, env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == (["None", "False"] if place == "none" else ["7", "True"])


def test_a_persons_settings_need_no_store(store: Store, tmp_path: Path) -> None:
    """Outside any store a person's own settings can be set and seen; the store's and the clone's cannot."""
    away = tmp_path / "away"
    away.mkdir()
    here = Store(GitRepo(away), init=False)
    here.do("config", "set", "limit", "7", "--person")
    assert said(here, "limit") == (7, str(own()))
    assert len(here.do("config").out.splitlines()) == len(TABLE)
    for words in ("limit 3", "limit 3 --clone"):
        assert "no .tasks/" in here.do("config", "set", *words.split(), code=1).err
    assert said(store, "limit") == (7, str(own()))


def test_a_broken_configuration_is_told(store: Store) -> None:
    """While config.yaml has an error, `tm config` shows what holds without it, and says why."""
    (store.path / ".tasks/config.yaml").write_text("version: 1\nlimit: 5\nlayout: odd\n", encoding="utf-8")
    done = store.do("config")
    assert ".tasks/config.yaml:3:1: layout 'odd' is not one of" in done.err
    assert "limit         50" in done.out
