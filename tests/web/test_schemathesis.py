"""The server is what its description says, whatever is sent: asked by schemathesis with all of its checks."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import GitRepo
from writing import Store

from web.serving import serving

HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
# What fits the description may name what is not there (404), clash with what is (409, 412), or be no day (422).
CONFIG = f"""
hooks = "{HOOKS}"
[checks]
positive_data_acceptance.expected-statuses = ["2xx", 304, 401, 403, 404, 409, 412, 422]
"""
EXAMPLES = os.environ.get("TM_SCHEMATHESIS", "2")
# Events end when the client has enough, and have tests of their own.
EVENTS = "/api/v1/events"


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.skipif(find_spec("schemathesis") is None, reason="needs schemathesis: pip install --group web")
def test_no_request_makes_the_server_other_than_it_says(repo: GitRepo, tmp_path: Path) -> None:
    """Thousands of requests, right and wrong, get answers that are described, and the store is sound afterwards.

    TM_SCHEMATHESIS says how many each operation gets beside those that its schema calls for.
    """
    store = Store(repo)
    for name in ("a1b2", "c3d4"):
        store.do("add", f"Task {name}", "--id", name, "--tag", "auth", "--criterion", "One", "--assignee", "maria")
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    with serving(store) as served:
        words = ["--config-file", "config.toml", "run", f"{served.address}/api/v1/openapi.json", "--checks", "all"]
        words += ["--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", "1"]
        words += ["--exclude-path", EVENTS, "--request-timeout", "60", "--max-response-time", "45"]
        done = subprocess.run(
            [sys.executable, "-m", "schemathesis.cli", *words],
            cwd=tmp_path,
            env={**os.environ, "NO_COLOR": "1", "PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            check=False,
            timeout=1400,
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    store.assert_sound()
