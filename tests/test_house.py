"""The shape of the house: who may import whom, who owns which library, what the hot commands may load."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "tmfiles"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__main__.py")

# The rows of the house, nearest the ground first: a module imports from rows before its own, or from its own.
ROWS = (
    ("errors",),
    (
        "task",
        "ids",
        "graph",
        "query",
        "merge",
        "dates",
        "words",
        "terms",
        "changes",
        "measure",
        "settings",
        "phases",
        "repeats",
        "formats",
        "layout",
        "folds",
        "schedule",
    ),
    ("codec", "schema", "rules", "custom", "policies", "_accept", "resources"),
    ("store", "index", "git", "config", "person", "lock", "plugins"),
    ("workspace",),
    ("actions", "check", "sync", "history", "metrics", "interop"),
    ("render",),
    ("cli", "web", "mcp_server", "merge_driver", "compat", "api"),
)
# Each knows one kind of place, and none of its neighbours.
PLACES = ROWS[3]
# In the row of values stands nothing that is not the standard library's.
OWNERS = {
    "yaml": ("codec",),
    "jsonschema": ("schema",),
    "fastjsonschema": ("schema",),
    "referencing": ("schema",),  # comes with jsonschema, and belongs to it
    "git": ("git",),
    "gitdb": ("git",),
    "typer": ("cli",),
    "click": ("cli",),
    "rich": ("render",),
    "pluggy": ("plugins",),
    "icalendar": ("interop",),
    "mcp": ("mcp_server",),
    "mcp_types": ("mcp_server",),  # these three come with it
    "anyio": ("mcp_server",),
    "uvicorn": ("mcp_server", "web"),
    "fastapi": ("web",),
    "starlette": ("web",),  # these two come with fastapi
    "pydantic": ("web",),
    "jinja2": ("web",),
    "markupsafe": ("web",),  # comes with jinja2
    "markdown_it": ("web",),
    "nh3": ("web",),
    "watchfiles": ("web",),
    "argon2": ("web",),
    "itsdangerous": ("web",),
    "prometheus_client": ("web",),
}
GROUND = (
    "errors",
    "task",
    "ids",
    "graph",
    "query",
    "merge",
    "dates",
    "words",
    "terms",
    "changes",
    "measure",
    "phases",
    "store",
    "index",
)
HEAVY = {"dataclasses", "typing", "re", "json", "pathlib", "subprocess", "enum", "inspect"}


def _part(module: str) -> str:
    """Give the part of the house that a dotted module of ours belongs to."""
    return module.split(".")[1] if "." in module else ""


def _imports(path: Path) -> list[str]:
    """Give the dotted names of all that a file imports anywhere, also for type checkers alone."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            module = node.module or ""
            found += [f"{module}.{alias.name}" for alias in node.names] if module == "tmfiles" else [module]
    return found


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def _row(part: str) -> int:
    return next(number for number, row in enumerate(ROWS) if part in row)


@pytest.mark.parametrize("path", [pytest.param(path, id=_name(path)) for path in MODULES if _part(_name(path))])
def test_a_module_imports_only_what_lies_below_it(path: Path) -> None:
    """Every import, lazy and typing ones too, goes to a row nearer the ground, or stays in its own."""
    here = _part(_name(path))
    for name in _imports(path):
        there = _part(name) if name.split(".")[0] == "tmfiles" else ""
        if not there or there == here or there == "__version__":
            continue
        assert _row(there) <= _row(here), f"{_name(path)} imports {name}"
        if here in PLACES:
            assert there not in PLACES, f"{_name(path)} imports its neighbour {name}"


@pytest.mark.parametrize("path", [pytest.param(path, id=_name(path)) for path in MODULES])
def test_a_library_has_one_owner(path: Path) -> None:
    """What is not the standard library's is imported by the one part that knows it."""
    here = _part(_name(path))
    for name in _imports(path):
        top = name.split(".")[0]
        if top in ("tmfiles", "__future__") or top in sys.stdlib_module_names:
            continue
        assert here in OWNERS.get(top, ()), f"{_name(path)} imports {name}"


def test_the_parts_are_all_in_the_plan() -> None:
    """No module stands outside the rows."""
    parts = {_part(_name(path)) for path in MODULES} - {""}
    assert parts <= {part for row in ROWS for part in row}


@pytest.mark.parametrize("folder", ["tmfiles", "tests", "hooks"])
def test_no_file_is_too_long(folder: str) -> None:
    """A file of over 400 lines holds more than one thing."""
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / folder).rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
        and path.name != "_accept.py"  # made by a program, read by none
    }
    assert long == {}


def test_no_name_says_nothing() -> None:
    """No module is called after having no subject."""
    empty = {"utils", "util", "helpers", "helper", "manager", "service", "services", "common", "misc"}
    assert [path for path in MODULES if {*path.relative_to(PACKAGE).with_suffix("").parts} & empty] == []


def test_every_module_says_what_it_knows() -> None:
    """A module opens with a sentence; it names no person's machine."""
    for path in MODULES:
        words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        assert words, path
        assert words.split("\n")[0].endswith((".", ":")), path


def _loaded(code: str, folder: Path, *, libraries: bool = False) -> set[str]:
    """Give the modules that some code loads, in a process of its own that starts with nothing extra."""
    source = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); before = set(sys.modules)\n"
        f"{code}\nsys.stderr.write('\\n'.join(sorted(set(sys.modules) - before)))"
    )
    # With -S there are no site packages: what is to have them gets their path.
    paths = [path for path in sys.path if "site-packages" in path] if libraries else []
    start = f"import sys; sys.path += {paths!r}\n"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", start + source], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split("\n"))


@pytest.mark.parametrize("name", GROUND)
def test_the_ground_needs_no_library(name: str, tmp_path: Path) -> None:
    """The values, the store and the index load with nothing but the standard library."""
    _loaded(f"import tmfiles.{name}", tmp_path)


def test_the_read_path_is_light(tmp_path: Path) -> None:
    """Reading, asking and rendering text load nothing that a small command should not pay for."""
    code = "import tmfiles.workspace, tmfiles.index, tmfiles.query, tmfiles.actions.lists, tmfiles.render.text"
    assert HEAVY & _loaded(code, tmp_path) == set()


@pytest.fixture
def settled(tmp_path: Path) -> Path:
    """Give a store whose cache knows its two tasks."""
    import time

    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    (tmp_path / ".tasks").mkdir()
    (tmp_path / ".tasks/aa11.yaml").write_text("title: one\n", encoding="utf-8")
    (tmp_path / ".tasks/bb22.yaml").write_text("title: zwei ☕ 日本\ndepends_on: [aa11]\n", encoding="utf-8")
    time.sleep(0.03)
    _loaded("from tmfiles.workspace import Workspace; Workspace.find('.').read()", tmp_path, libraries=True)
    return tmp_path


@pytest.mark.parametrize(
    "words", ["list", "list --all --tag x", "ready", "next", "blocked", "show aa11", "list --json"]
)
def test_a_hot_command_loads_little(words: str, settled: Path) -> None:
    """With nothing changed, no parser, no schema, no Git library and no process is loaded."""
    code = (
        "from tmfiles.cli.boundary import main; import io; out, sys.stdout = sys.stdout, io.StringIO();"
        f" sys.stderr, err = io.StringIO(), sys.stderr; main({words.split()!r}); sys.stderr = err"
    )
    loaded = _loaded(code, settled, libraries=True)
    heavy = {"git", "yaml", "jsonschema", "fastjsonschema", "rich", "pydantic", "hashlib"}
    ours = {"tmfiles.codec", "tmfiles.schema", "tmfiles.rules", "tmfiles.git.process", "tmfiles.workspace.refresh"}
    assert (heavy | ours) & loaded == set()


def test_the_package_alone_is_nothing(tmp_path: Path) -> None:
    """`import tmfiles` loads no module of ours: it is for the version."""
    assert {name for name in _loaded("import tmfiles", tmp_path) if name.startswith("tmfiles.")} == set()
