"""`tm config editor`: what is written for an editor, after it was shown, and beside what is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store

SETTINGS = ".vscode/settings.json"


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store that declares a type of its own."""
    made = Store(repo)
    repo.commit("types", {".tasks/config.yaml": "version: 1\ntypes: [spike]\n"})
    return made


def test_it_shows_before_it_writes(store: Store) -> None:
    """Without --write nothing is written; with it, just what was shown; then there is nothing more to do."""
    shown = store.do("config", "editor", "vscode").out
    assert not (store.path / ".vscode").exists()
    assert f"+++ b/{SETTINGS}" in shown
    assert ".tasks/.schemas/task.json: what tm schema task prints" in shown
    ran = store.do("config", "editor", "vscode", "--write").out
    assert ran == f"wrote .tasks/.schemas/task.json\nwrote .tasks/.schemas/config.json\nwrote {SETTINGS}\n"
    assert store.do("config", "editor", "vscode").err == "the editor knows this store already\n"
    assert json.loads((store.path / ".tasks/.schemas/task.json").read_text()) == json.loads(store.do("schema").out)
    assert store.do("check").err == "no problems\n"
    store.repo.write(".tasks/config.yaml", "version: 1\ntypes: [spike, idea]\n")
    assert store.do("config", "editor", "vscode").out == ".tasks/.schemas/task.json: what tm schema task prints\n"


def test_the_schemas_are_where_the_settings_say(store: Store) -> None:
    """Each association names a schema that is there, for tasks and for settings, and for no template."""
    store.do("config", "editor", "vscode", "--write")
    told = json.loads((store.path / SETTINGS).read_text())["yaml.schemas"]
    for name, files in told.items():
        schema = json.loads((store.path / name).read_text())
        assert ("version" in schema["properties"]) == (files == [".tasks/config.yaml"])
    assert "!.tasks/templates/**" in told["./.tasks/.schemas/task.json"]


@pytest.mark.parametrize("old", ['{\n  "a": {"b": [1]}\n}\n', "{}", "", '{"a": 1}', '{\r\n\t"a": "}"\r\n}\r\n'])
def test_settings_that_are_there_stay(old: str, store: Store) -> None:
    """The key is added before the last brace, and all else keeps its bytes."""
    path = store.repo.write(SETTINGS, old)
    store.do("config", "editor", "vscode", "--write")
    new = path.read_bytes().decode()
    assert new.startswith(old.rstrip().removesuffix("}").rstrip())
    settings = json.loads(new)
    assert settings.pop("yaml.schemas")
    assert settings == json.loads(old or "{}")


@pytest.mark.parametrize("old", ['{\n  // why\n  "a": 1\n}\n', '{"yaml.schemas": {"x.json": "*.yaml"}}', "[]"])
def test_settings_that_cannot_be_added_to(old: str, store: Store) -> None:
    """Comments, and associations of a person's own, are left as they are; the lines to add are shown."""
    path = store.repo.write(SETTINGS, old)
    ran = store.do("config", "editor", "vscode", "--write", code=1)
    assert "Add this to it yourself" in ran.err
    assert '"./.tasks/.schemas/task.json"' in ran.err
    assert path.read_text() == old
    assert not (store.path / ".tasks/.schemas").exists()


def test_neovim(store: Store) -> None:
    """The block stands between markers, behind what is there, and is renewed in its place."""
    path = store.repo.write(".nvim.lua", "vim.o.number = true")
    store.do("config", "editor", "neovim", "--write")
    text = path.read_text()
    assert text.startswith("vim.o.number = true\n-- >>> tm config editor >>>\n")
    assert "/.tasks/.schemas/task.json" in text
    path.write_text(text.replace("templates", "other") + "-- mine\n")
    store.do("config", "editor", "neovim", "--write")
    assert path.read_text() == text + "-- mine\n"


def test_a_link_is_not_followed(store: Store, tmp_path: Path) -> None:
    """What a link leads to is somebody else's."""
    (tmp_path / "theirs").write_text("{}")
    (store.path / ".vscode").mkdir()
    (store.path / SETTINGS).symlink_to(tmp_path / "theirs")
    assert "symbolic link" in store.do("config", "editor", "vscode", "--write", code=1).err
    assert (tmp_path / "theirs").read_text() == "{}"


def test_other_places_and_editors(repo: GitRepo) -> None:
    """The files lie where people open the project, and an editor that is not known is told."""
    below = Store(GitRepo(repo.path / "sub"), init=False)
    (below.path / ".tasks").mkdir(parents=True)
    below.do("config", "editor", "vscode", "--write")
    told = json.loads((repo.path / SETTINGS).read_text())["yaml.schemas"]
    assert told["./sub/.tasks/.schemas/config.json"] == ["sub/.tasks/config.yaml"]
    assert "vscode" in below.do("config", "editor", "emacs", code=2).err
