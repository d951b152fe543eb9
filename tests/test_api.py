"""The names for programs in Python: what the page says runs, and is what the command line does."""

from __future__ import annotations

import doctest
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store

import tmfiles
from tmfiles import Query, TmError, Workspace, api

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "python.md"


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store with two tasks, one waiting for the other."""
    made = Store(repo)
    made.do("add", "Design", "--id", "design", "--tag", "web")
    made.do("add", "Build", "--id", "build", "--depends-on", "design")
    return made


def test_the_page_is_what_happens(repo: GitRepo) -> None:
    """Every example of the page prints what the page shows."""
    text = "".join(re.findall(r"(?<=^```pycon\n).*?(?=^```$)", PAGE.read_text(encoding="utf-8"), re.M | re.S))
    parsed = doctest.DocTestParser().get_doctest(text, {"folder": str(repo.path)}, PAGE.name, str(PAGE), 0)
    said: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(parsed, out=said.append)
    assert result.failed == 0, "".join(said)
    assert result.attempted > 20


def test_the_page_names_every_name() -> None:
    """The tables have the public names, and no other."""
    tables = PAGE.read_text(encoding="utf-8").partition("## The names")[2].partition("A verb heeds")[0]
    ours, verbs = tables.split("| of `tmfiles.api`")
    assert {*re.findall(r"`(\w+)`", ours.replace("`tmfiles`", ""))} >= {*tmfiles.__all__} - {"__version__"}
    assert {*re.findall(r"`(\w+)`", verbs)} == {*api.__all__}


def test_every_name_is_there_and_no_other() -> None:
    """What is promised can be imported; what is not is refused as Python refuses it."""
    assert [name for name in tmfiles.__all__ if not hasattr(tmfiles, name)] == []
    assert [name for name in api.__all__ if not hasattr(api, name)] == []
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = tmfiles.Nothing


@pytest.mark.parametrize("words", ["list", "ready", "blocked", "show build", "search des*", "context build"])
def test_a_document_is_what_the_command_prints(words: str, store: Store) -> None:
    """A look through Python and one through the command line give one document."""
    printed = json.loads(store.do(*words.split(), "--json").out)
    with Workspace.find(str(store.path)) as workspace:
        looks = {
            "list": lambda: api.listing(workspace, Query()),
            "ready": lambda: api.ready(workspace, Query()),
            "blocked": lambda: api.blocked(workspace, Query()),
            "show": lambda: api.details(workspace, ["build"]),
            "search": lambda: api.search(workspace, "des*", Query()),
            "context": lambda: api.context(workspace, "build"),
        }
        name = words.split()[0]
        searched = "des*" if name == "search" else ""
        assert api.document(workspace, looks[name](), searched) == printed


def test_a_write_is_what_the_command_does(store: Store) -> None:
    """A write through Python has the document of the command, but for its commit, and a refusal has it whole."""
    with Workspace.find(str(store.path)) as workspace:
        with pytest.raises(TmError) as refused:
            api.start(workspace, ["build"])
        mine = api.document(workspace, refused.value)
        assert mine == json.loads(store.do("start", "build", "--json", code=1).out)
        done = api.document(workspace, api.start(workspace, ["design"]))
        taken = api.document(workspace, api.undo(workspace))
        assert [one["subject"] for one in taken["data"]["took_back"]] == ["tm: start design Design"]
    again = json.loads(store.do("start", "design", "--json").out)
    for one in (done, again):
        one["data"].pop("commit")
        one["data"]["tasks"][0].pop("started_at")
    assert done == again
    with Workspace.find(str(store.path)) as workspace, pytest.raises(TypeError, match="no document is made of int"):
        api.document(workspace, 3)


def test_a_type_checker_sees_the_names() -> None:
    """The package says that it has types, and the names are declared where a checker looks for them."""
    folder = Path(tmfiles.__file__).parent
    assert (folder / "py.typed").exists()
    source = (folder / "__init__.py").read_text(encoding="utf-8")
    declared = set(re.findall(r"^    from tmfiles\S* import (.+)$", source, re.M))
    assert {name for line in declared for name in line.split(", ")} == {*tmfiles.__all__} - {"__version__"}


def test_the_names_load_alone(tmp_path: Path) -> None:
    """Asking for a value loads that value's module, not the verbs."""
    code = "import sys, tmfiles; tmfiles.Query; sys.exit('tmfiles.api' in sys.modules or 'git' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == 0
