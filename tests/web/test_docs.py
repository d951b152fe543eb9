"""The page on the server says what works: its proxy passes everything on, its unit is one."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from writing import Store

from tmfiles.web.running import Place
from web.serving import serving
from web.team import SENTENCE, gathered

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "server.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """Give the page's block in a language."""
    found = re.search(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


@contextmanager
def proxy(folder: Path, behind: str) -> Iterator[str]:
    """Run nginx as the page says, without certificates, on a free port; give its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    site = re.sub(r"^ *ssl_.*\n", "", block("nginx"), flags=re.MULTILINE)
    site = site.replace("listen 443 ssl", f"listen 127.0.0.1:{port}").replace("http://127.0.0.1:8642", behind)
    site = site.replace("$scheme", "https")  # as with certificates
    paths = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; pid {folder}/pid; error_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{paths}{site}}}\n",
        encoding="utf-8",
    )
    with subprocess.Popen(
        ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(config)], stderr=subprocess.DEVNULL
    ) as running:
        try:
            for _ in range(200):
                with socket.socket() as tried:
                    if not tried.connect_ex(("127.0.0.1", port)):
                        break
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()


@pytest.mark.skipif(not shutil.which("nginx"), reason="there is no nginx")
def test_the_proxy_of_the_page_passes_everything_on(store: Store, tmp_path: Path) -> None:
    """Logging in, the cookie for https alone, who asks, and events at once work behind nginx as the page has it."""
    gathered(store)
    headers = {"Host": "tasks.example.org", "Origin": "https://tasks.example.org"}
    with (
        serving(store, how=Place(proxy="https://tasks.example.org/")) as served,
        proxy(tmp_path, served.address) as address,
        httpx.Client(base_url=address, headers=headers, timeout=30, trust_env=False) as browser,
    ):
        answer = browser.post("/login", data={"name": "ed", "password": SENTENCE, "next": "/"})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/"
        assert "; secure" in answer.headers["set-cookie"].lower()
        browser.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
        assert browser.get("/api/v1/me").json()["data"]["login"] == "ed"
        with browser.stream("GET", "/api/v1/events") as stream:
            lines = stream.iter_lines()
            assert "event: hello" in (next(lines) for _ in range(5))
            store.do("update", "design", "--priority", "low")
            began = time.monotonic()
            assert "event: changed" in (next(lines) for _ in range(5))
            assert time.monotonic() - began < 10
        evil = browser.get("/api/v1/me", headers={"Host": "evil.example"})
        assert evil.status_code == 403


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd")
def test_the_unit_of_the_page_is_one(tmp_path: Path) -> None:
    """systemd finds nothing to say against the unit, and the command in it is one that the program understands."""
    unit = tmp_path / "tm.service"
    unit.write_text(block("ini").replace("/opt/tm/bin/tm", "/bin/true"), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    assert "tm.service" not in done.stderr, done.stderr
    said = re.search(r"^ExecStart=\S+/tm (.*)$", block("ini"), re.MULTILINE)
    assert said
    from typer.main import get_command

    from tmfiles.cli.app import _app

    words = said[1].split()
    command = get_command(_app(["serve"])).commands["serve"]  # type: ignore[attr-defined]
    known = {name for param in command.params for name in param.opts}
    assert {word for word in words if word.startswith("--")} <= known
