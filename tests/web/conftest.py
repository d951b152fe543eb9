"""A server over a store, for as long as a test lasts; without the extra every file here is skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import GitRepo
from writing import Store

if TYPE_CHECKING:
    import httpx

    from web.browsing import Window
    from web.serving import Served

MISSING = [name for name in ("fastapi", "uvicorn", "jinja2", "httpx") if find_spec(name) is None]


class Skipped(pytest.Module):
    """A file that cannot be imported here, and needs not."""

    def collect(self) -> Any:
        """Say why."""
        pytest.skip(f"needs {', '.join(MISSING)}: pip install --group web", allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: Any) -> Any:
    """Skip files whose libraries are not installed."""
    return Skipped.from_parent(parent, path=module_path) if MISSING else None


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store with two tasks, one waiting for the other."""
    made = Store(repo)
    made.do("add", "Design", "--id", "design", "--tag", "web", "--priority", "high")
    made.do("add", "Build", "--id", "build", "--depends-on", "design")
    return made


@pytest.fixture
def server(store: Store) -> Iterator[Served]:
    """Give a server over that store: its address and its application."""
    from web.serving import serving

    with serving(store) as served:
        yield served


@pytest.fixture
def http(server: Served) -> Iterator[httpx.Client]:
    """Give a client of that server, that follows nothing and tells no origin."""
    import httpx

    with httpx.Client(base_url=server.address, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Give a browser for all tests of a file, which are skipped where there is none.

    For no longer: while it runs, no test can have a loop of asyncio of its own.
    """
    from web.browsing import chromium

    with chromium() as started:
        yield started


@pytest.fixture
def window(browser: Any, server: Served) -> Iterator[Window]:
    """Give a page of a browser at that server, which must have had no complaint in the end."""
    from web.browsing import Window

    made = Window(browser, server.address)
    yield made
    made.close()


@pytest.fixture
def faults() -> Callable[[Any], list[str]]:
    """Give what finds faults of accessibility in a page; skips where axe-core is not there."""
    from web.browsing import AXE, faults

    if not AXE.is_file():
        pytest.skip("needs axe-core: npm pack axe-core, and TM_AXE naming its axe.min.js")
    return faults
