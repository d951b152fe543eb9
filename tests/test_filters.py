"""What the cache's SQL lets pass is what a plain reading of the documents lets pass, opposites included."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from conftest import NOW, GitRepo
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.main import get_command
from writing import Store

from tmfiles import codec, dates
from tmfiles.actions.asking import asked
from tmfiles.actions.groups import KEYS, grouped
from tmfiles.cli.app import _app
from tmfiles.cli.filters import FILTERS, OF_STATUS, query
from tmfiles.config import Environment
from tmfiles.errors import TmError
from tmfiles.query import OPEN, Query, checked
from tmfiles.task import PRIORITIES, STATUSES, TYPES, Task, about
from tmfiles.workspace import View, Workspace

PEOPLE = ("maria", "li", "Agent 7")
TAGS = ("api", "web", "ui")
PHASES = ("design", "build")
DATES = ("2026-11-20", "2026-11-21T23:30:00+02:00", "2026-11-22", "2026-11-22T11:00:00Z", "2026-12-01")
FILES = ("src/auth.py:10-50", "./src/auth.py", "src/web/page.py:3", "docs", "src-old/a.py")
FIELDS: tuple[Any, ...] = ("ACME", 7, True, ["a", "b"], {"of": "ACME"})
IDS = [f"t{n:02}" for n in range(60)]


def document(chance: random.Random, number: int) -> dict[str, Any]:
    """Make one task, with anything that filters look at."""
    doc: dict[str, Any] = {"title": f"Task {number}"}
    some: dict[str, Any] = {
        "status": chance.choice(STATUSES),
        "priority": chance.choice(PRIORITIES),
        "type": chance.choice(TYPES),
        "assignee": chance.choice(PEOPLE),
        "due": chance.choice(DATES),
        "phase": chance.choice(PHASES),
        "order": chance.choice(("a", "a5", "B", "b")),
        "parent": chance.choice([one for one in IDS if one != IDS[number]]),
        "tags": sorted(chance.sample(TAGS, 2)),
        "depends_on": sorted(chance.sample(IDS[:number], min(number, 2))),
        "files": chance.sample(FILES, 2),
        "description": chance.choice(("Lorem ipsum", "Lorem", "Dolor, ipsum!")),
        "fields": {chance.choice(("customer", "size")): chance.choice(FIELDS)},
        "claim": {"by": chance.choice(PEOPLE), "at": DATES[0], "until": chance.choice(DATES)},
    }
    return doc | {key: value for key, value in some.items() if value and chance.random() < 0.5}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, View]]:
    """A store of sixty tasks, a third of them committed two weeks ago, a third today, the rest not yet."""
    repo = GitRepo(tmp_path_factory.mktemp("store"))
    repo.git("init", "--quiet")
    chance = random.Random(7)
    for number, task_id in enumerate(IDS):
        folder = "" if number % 3 else "archive/2026/"
        repo.write(f".tasks/{folder}{task_id}.yaml", codec.dumps(document(chance, number)))
        if number in (19, 39):
            with pytest.MonkeyPatch.context() as patch:
                at = dates.stamp(NOW - timedelta(days=14) if number == 19 else NOW)
                patch.setenv("GIT_AUTHOR_DATE", at)
                patch.setenv("GIT_COMMITTER_DATE", at)
                repo.commit()
    workspace = Workspace.find(str(repo.path), Environment(now=dates.stamp(NOW), actor="agent 7"))
    yield workspace, workspace.read()
    workspace.close()


def holds(view: View, task: Task, one: str, value: Any, query: Query) -> bool:
    """Tell whether one filter with one value lets a task pass, by its document."""
    doc, now = task.doc, dates.instant(query.now or dates.stamp(NOW))
    due = doc.get("due", "")
    end = dates.instant(due, end=True) if due else now
    claim = doc.get("claim", {})
    return {
        "statuses": lambda: view.status(task) == value,
        "priorities": lambda: task.get("priority") == value,
        "types": lambda: task.get("type") == value,
        "tags": lambda: value in doc.get("tags", ()),
        "assignees": lambda: doc.get("assignee", "") == value,
        "phases": lambda: doc.get("phase", "") == value,
        "parents": lambda: doc.get("parent", "") == value,
        "due": lambda: dates.canonical(due)[:10] == value,
        "due_before": lambda: bool(due) and end < dates.instant(value),
        "due_after": lambda: bool(due) and end > dates.instant(value, end=True),
        "depends_on": lambda: value in doc.get("depends_on", ()),
        "files": lambda: any(f"{about(name)}/".startswith(f"{value}/") for name in doc.get("files", ())),
        "fields": lambda: any(
            name == value[0] and value[1] in ("", text) for name, text in flat("", doc.get("fields", {}))
        ),
        "text": lambda: value in str(doc).lower(),
        "recent": lambda: (
            not view.change(task.id)[0] or dates.instant(view.change(task.id)[0]) >= now - timedelta(days=value)
        ),
        "mine": lambda: (
            doc.get("assignee", "").lower() == query.actor.lower()
            or (claim.get("by", "").lower() == query.actor.lower() and dates.instant(claim["until"]) > now)
        ),
        "assigned": lambda: bool(doc.get("assignee")),
        "with_deps": lambda: bool(doc.get("depends_on")),
        "archived": lambda: task.path.startswith("archive/") and task.status not in OPEN,
        "overdue": lambda: bool(due) and task.status in OPEN and end < now,
    }[one]()


def flat(name: str, value: Any) -> list[tuple[str, str]]:
    """Give custom fields as pairs of text."""
    if isinstance(value, dict):
        return [pair for key, below in value.items() for pair in flat(f"{name}.{key}".strip("."), below)]
    if isinstance(value, list):
        return [pair for item in value for pair in flat(name, item)]
    return [(name, {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value))]


# Of these a task has several, and all that are asked for must be there.
SETS = ("tags", "depends_on", "files")


def passes(view: View, task: Task, query: Query) -> bool:
    """Tell whether a query lets a task pass, by its document."""
    for one, value in query._asdict().items():
        if value and one not in ("unless", "sort", "limit", "awake", "now", "actor"):
            each = value if isinstance(value, tuple) else (value,)
            groups = [each]
            if one in SETS:
                groups = [(item,) for item in each]
            if one == "fields":
                groups = [tuple(pair for pair in each if pair[0] == name) for name in {name for name, _ in each}]
            if not all(any(holds(view, task, one, item, query) for item in group) for group in groups):
                return False
    return True


def refused(view: View, task: Task, query: Query) -> bool:
    """Tell whether anything that must not hold does."""
    for one, value in query.barred._asdict().items():
        if value and one not in ("unless", "sort", "limit", "awake", "now", "actor"):
            for item in value if isinstance(value, tuple) else (value,):
                if holds(view, task, one, item, query):
                    return True
    return False


def some(values: tuple[Any, ...]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Give none, one or two of these values."""
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


flag = st.sampled_from((False, False, True))
pairs = (*itertools.product(("customer", "size"), ("", "ACME", "7", "true", "a")), ("customer.of", "ACME"))
parts = st.builds(
    Query,
    statuses=some(STATUSES),
    priorities=some(PRIORITIES),
    types=some(TYPES),
    tags=some(TAGS),
    assignees=some(PEOPLE),
    parents=some(tuple(IDS[:10])),
    phases=some(PHASES),
    due=some(("2026-11-21", "2026-11-22", "2026-12-01")),
    due_before=st.sampled_from(("", "", "2026-11-22", "2026-11-22T12:00:00Z")),
    due_after=st.sampled_from(("", "", "2026-11-20", "2026-11-21")),
    depends_on=some(tuple(IDS[:10])),
    files=some(("src", "src/auth.py", "docs", "src/web/page.py")),
    fields=some(pairs),
    text=st.sampled_from(("", "", "lorem", "ipsum")),
    recent=st.sampled_from((0, 0, 7, 30)),
    mine=flag,
    assigned=flag,
    with_deps=flag,
    overdue=flag,
    archived=flag,
)


def thinned(query: Query, keep: set[str]) -> Query:
    """Give the query with a few of its filters only: with all of them nothing would ever pass."""
    return Query(**{key: value for key, value in query._asdict().items() if key in keep})


names = st.sets(st.sampled_from([one.field for one in FILTERS.values()]), max_size=3)


@settings(deadline=None, max_examples=300)
@given(parts, names, parts, names)
def test_the_cache_filters_as_the_documents_say(
    store: tuple[Workspace, View], own: Query, keep: set[str], barred: Query, out: set[str]
) -> None:
    """Any filters with any opposites let pass what a plain reading of the documents lets pass."""
    view = store[1]
    wanted = thinned(own, keep)._replace(unless=thinned(barred, out), now=dates.stamp(NOW), actor="agent 7")
    try:
        checked(wanted, view.config.all_types)
    except TmError:
        return  # contradictory: no task could pass
    found = {row.id for row in view.rows(wanted)}
    assert found == {task.id for task in view.tasks() if passes(view, task, wanted) and not refused(view, task, wanted)}


@settings(deadline=None, max_examples=150)
@given(parts, names)
def test_what_is_called_contradictory_is_empty(store: tuple[Workspace, View], own: Query, keep: set[str]) -> None:
    """A filter refused beside its own opposite lets nothing pass by the documents, so no answer was withheld."""
    view = store[1]
    wanted = thinned(own, keep)
    both = wanted._replace(unless=wanted, now=dates.stamp(NOW), actor="agent 7")
    if wanted == Query():
        return
    with pytest.raises(TmError, match="contradict each other"):
        checked(both, view.config.all_types)
    assert not [task for task in view.tasks() if passes(view, task, both) and not refused(view, task, both)]


VALUES = {
    "status": ["blocked"],
    "priority": ["high,low"],
    "type_": ["bug"],
    "tag": ["web"],
    "assignee": ["maria"],
    "parent": ["t0"],
    "phase": ["design"],
    "due": ["2026-12-01"],
    "due_before": "2026-11-22",
    "due_after": "2026-11-22",
    "depends_on": ["t01"],
    "file": ["./src/"],
    "field": ["customer"],
    "text": "lorem",
    "recent": 7,
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_and_its_opposite_share_out_the_store(store: tuple[Workspace, View], name: str) -> None:
    """Every option and its opposite let each task pass once, and neither lets all pass."""
    workspace, view = store
    value = VALUES.get(name, True)
    if name == "parent":
        value = [next(task.doc["parent"] for task in view.tasks() if "parent" in task.doc)]
    if name == "depends_on":
        value = [next(task.doc["depends_on"][0] for task in view.tasks() if "depends_on" in task.doc)]
    nothing: Any = {int: None, list: [], str: "", bool: False}[type(value)]
    shares = []
    for words in ({name: value, f"not_{name}": nothing}, {name: nothing, f"not_{name}": value}):
        rows = view.rows(asked(workspace, view, query(words)))
        shares.append([row.id for row in rows])
    assert sorted(shares[0] + shares[1]) == IDS
    assert shares[0]
    assert shares[1]


@pytest.mark.parametrize("key", [*KEYS, "fields.customer"])
def test_groups_hold_every_task(store: tuple[Workspace, View], key: str) -> None:
    """Each listed task is in the groups of its values and in no other, those without any in the last."""
    workspace, view = store
    rows = view.rows(Query())
    field = "tags" if key == "tag" else key
    groups = grouped(workspace, rows, key)
    for value, members in groups:
        for row in rows:
            task = view.task(row.id)
            if key == "status":
                has = [row.status]
            elif key == "due":
                has = [dates.canonical(task.doc.get("due", ""))[:10]]
            elif key == "fields.customer":
                has = [text for name, text in flat("", task.doc.get("fields", {})) if name == "customer"]
            else:
                got = task.get(field) or []
                has = got if isinstance(got, list) else [got]
            assert (row in members) == (value in (has or [""]))
    assert [value for value, _ in groups][-1] == "" or key in ("status", "priority", "type")


REFUSED = {
    "--tag web --not-tag web": "--tag web and --not-tag web contradict each other",
    "--mine --not-mine": "--mine and --not-mine contradict each other",
    "--has-deps --no-deps": "--has-deps and --no-deps contradict each other",
    "--unassigned --assignee li": "--assignee li and --unassigned contradict each other",
    "--due-before 2026-12-01 --due-after 2026-12-02": "--due-after 2026-12-02 and --due-before 2026-12-01",
    "--due friday --due-before friday": "--due 2026-11-27 and --due-before 2026-11-27 contradict",
    "--due 2026-12-01T12:00Z": "is a moment: --due takes a day",
    "--due soon": "'soon' is not a date",
    "--completed --is-blocked": "--is-blocked and --completed contradict each other",
    "--completed --status pending": "--status and --completed contradict each other",
    "--completed --overdue": "--overdue and --status completed contradict each other",
    "--not-status pending,in_progress,blocked": "without pending, in_progress, blocked no task is open",
    "--all --not-status pending,in_progress,blocked,completed,cancelled": "leaves no status",
    "--text ...": "'...' holds no word",
    "--recent 0": "--recent 0 is no number of days",
    "--recent 99999": "99999 days are too many",
    "--field =x": "lacks a name or a value",
    "--field size=": "lacks a name or a value",
    "--field sise": "no task has the field 'sise'",
    "--not-tag wbe": "no task has the tag 'wbe'",
    "--file nowhere.py": "no task has the file 'nowhere.py'",
    "--depends-on nowhere": "no task 'nowhere'",
    "--phase nowhere": "no task has the phase 'nowhere'",
    "--not-assignee lii": "no task has the assignee 'lii'",
    "--not-priority hgih": "unknown priority 'hgih'",
    "--group-by tags": "unknown field to group by 'tags'",
    "--format csv": "unknown format 'csv'",
    "--format id --plain": "--plain and --format id contradict each other",
    "--format": "option '--format' requires an argument",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store of two tasks."""
    repo = GitRepo(tmp_path_factory.mktemp("small"))
    repo.git("init", "--quiet")
    made = Store(repo)
    made.add("One", "--id", "one", "--tag", "web", "--assignee", "li", "--due", "2026-12-01", "--file", "src/a.py:3")
    made.file("two").write_text("title: Two\nfields: {size: 7}\n")
    return made


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_match_is_refused_with_a_hint(small: Store, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Contradictions, unknown values and nonsense end with a message that names them and one that helps."""
    monkeypatch.setenv("TM_NOW", dates.stamp(datetime(2026, 11, 22, 10, tzinfo=timezone.utc)))
    ran = small.do("list", *words.split(), code=None)
    assert ran.code in (1, 2)
    assert REFUSED[words] in ran.err.splitlines()[0]
    assert len(ran.err.splitlines()) == 2
    assert ran.out == ""


def test_an_error_is_json_where_json_was_asked_by_its_other_name(small: Store) -> None:
    """With `--format json` a refusal is a document too; a format of an export is no such thing."""
    for words in (["--format", "json"], ["--format=json"]):
        ran = small.do("list", "--status", "odd", *words, code=2)
        assert ran.out.startswith('{"version":1,"error":')
        assert small.do("list", *words).out == small.do("list", "--json").out
    assert small.do("export", "--format", "json", "--status", "odd", code=2).out == ""


def test_a_number_may_be_left_out_of_recent(small: Store) -> None:
    """`--recent` alone means seven days, wherever it stands."""
    every = small.do("list", "--format", "id").out
    for words in ("--recent", "--recent 7", "--recent=7", "--recent --all", "--all --recent"):
        assert small.do("list", "--format", "id", *words.split()).out == every


def test_the_lists_of_one_kind_take_the_same_filters() -> None:
    """What is ready or blocked has its status already; all else can be asked of every list."""
    group: Any = get_command(_app(["list", "ready", "blocked", "export"]))
    for name, command in group.commands.items():
        options = {option for param in command.params for option in param.opts}
        for key, one in FILTERS.items():
            wanted = name in ("list", "export") or key not in OF_STATUS
            assert (one.names.split()[-1] in options) == wanted
