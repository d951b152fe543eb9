"""`tm add --plan`: many tasks that name each other, in one commit, and every mistake told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store

PLAN = """\
tasks:
- name: login
  title: The login
  type: epic
  depends_on: [build]   # a parent may wait for its child
  children:
  - name: build
    title: Build it
    depends_on: [design, old]
    criteria: [It runs]
  - title: Test it
    depends_on: build
- name: design
  title: Design it
  due: tomorrow
  related: [login]
  fields: {customer: 12}
"""


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store of one task."""
    made = Store(repo)
    made.add("Old", "--id", "oldest")
    return made


def planned(store: Store, text: str, *options: str, code: int = 0) -> str:
    """Hand a plan in, and give what was said."""
    path = Path(store.path, "plan.yaml")
    path.write_text(text, encoding="utf-8")
    ran = store.do("add", "--plan", str(path), *options, code=code)
    return ran.err if code else ran.out


def test_a_plan_is_one_commit(store: Store) -> None:
    """Names become ids, children get their parent, what stands further down may be named, ids are told."""
    before = store.commits()
    out = planned(store, PLAN)
    (_, login), (_, build), (unnamed, test), (_, design) = (line.split() for line in out.splitlines())
    assert [line.split()[0] for line in out.splitlines()] == ["login", "build", "-", "design"]
    assert unnamed == "-"
    assert store.doc(login)["depends_on"] == [build]
    assert (store.doc(build)["parent"], store.doc(test)["parent"]) == (login, login)
    assert store.doc(build)["depends_on"] == sorted([design, "oldest"])
    assert store.doc(test)["depends_on"] == [build]
    assert store.doc(design)["related"] == [login]
    assert store.doc(design)["fields"] == {"customer": 12}
    assert store.commits() == before + 1
    store.assert_sound()


def test_a_plan_may_be_json_and_a_trial(store: Store) -> None:
    """JSON is read as YAML is; a dry run judges it, names no commit and makes nothing."""
    text = '{"tasks": [{"name": "a", "title": "A"}, {"title": "B", "depends_on": ["a"], "id": "bee"}]}'
    before = store.files()
    assert planned(store, text, "--dry-run") == ""
    assert store.files() == before
    planned(store, text)
    assert store.doc("bee")["title"] == "B"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "[design, old]",
            "[desing, old]",
            ":9:18: no task here or in the store is called 'desing'; did you mean 'design'?",
        ),
        ("[design, old]", "[design, login]", ":9:5: build depends on itself: build → login → build"),
        ("- name: design", "- name: build", ":13:3: the name 'build' is given twice"),
        ("- name: design", "- name: oldest", ":13:3: the name 'oldest' is the id of a task"),
        ("- name: design", "- name: de sign", ":13:3: the name 'de sign' is no word"),
        ("  type: epic", "  typo: epic", ":4:3: a task of a plan takes no 'typo'; did you mean 'type'?"),
        ("  type: epic", "  priority: hihg", ":2:3: priority 'hihg' is not one of"),
        ("  title: Design it", "", ":13:3: 'title' is missing"),
        ("due: tomorrow", "due: someday", ":13:3: "),
        ("criteria: [It runs]", "parent: design", ":10:5: a child has its parent above it already"),
        ("  children:\n", "  children: x\n  chldren:\n", "children must be a list of tasks"),
        ("tasks:", "task:", "a plan has no 'task'; did you mean 'tasks'?"),
        (PLAN, "- title: A list\n", "a plan is 'tasks:' and a list of tasks below it"),
        (PLAN, "tasks: []\n", "'tasks' must be a list of tasks"),
        (PLAN, "", "the plan is empty"),
        ("tasks:", "tasks: [", ":"),
    ],
)
def test_a_mistake_is_told_with_its_line(store: Store, old: str, new: str, told: str) -> None:
    """A plan with a mistake makes nothing, and says where it is."""
    before = store.files(), store.commits()
    assert old in PLAN
    said = planned(store, PLAN.replace(old, new), code=1)
    assert told in said
    assert "plan.yaml" in said
    assert (store.files(), store.commits()) == before


def test_all_mistakes_are_told_at_once(store: Store) -> None:
    """Two mistakes are two lines."""
    said = planned(store, PLAN.replace("type: epic", "typo: epic").replace("title: Build it", "titel: B"), code=1)
    assert "the plan has 3 mistakes" in said
    said = planned(store, PLAN.replace("type: epic", "typo: epic").replace("[design, old]", "[nobody, login]"), code=1)
    assert [line.split(":")[1] for line in said.splitlines()[1:-1]] == ["4", "9", "9"]


def test_a_plan_stands_alone(store: Store) -> None:
    """Nothing else can be said beside a plan, and a trial is for plans; a title is still wanted otherwise."""
    assert "leave the rest out" in store.do("add", "Title", "--plan", "x", code=2).err.lower()
    assert "leave the rest out" in store.do("add", "--plan", "x", "--tag", "y", code=2).err.lower()
    assert "--dry-run is for plans" in store.do("add", "Title", "--dry-run", code=2).err
    assert "missing argument 'TITLE'" in store.do("add", code=2).err
    assert "cannot read nowhere.yaml" in store.do("add", "--plan", "nowhere.yaml", code=2).err
