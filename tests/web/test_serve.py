"""The server starts, answers programs and browsers, refuses other sites, and stops."""

from __future__ import annotations

import re
import signal
import socket
import subprocess

import httpx
import pytest
from writing import Store, command, environment

from web.serving import Served


def test_serve_runs_until_interrupted(store: Store) -> None:
    """The command says its address, answers there, and ends quietly when it is told to."""
    process = subprocess.Popen(
        command("serve", "--port", "0"), cwd=store.path, env=environment(), stderr=subprocess.PIPE, text=True
    )
    with process:
        assert process.stderr is not None
        try:
            said = process.stderr.readline()
            found = re.fullmatch(r"serving (http://127\.0\.0\.1:\d+/)  \(stop: Ctrl-C\)\n", said)
            assert found, said + process.stderr.read()
            assert httpx.get(found[1], trust_env=False).status_code == 200
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 130
        finally:
            process.kill()


def test_a_port_in_use_is_one_line(store: Store) -> None:
    """What cannot be listened on is refused, with what to type."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = store.do("serve", "--port", str(port), code=2)
    assert done.err == (f"tm: cannot listen on port {port}: Address already in use\nAny free one: tm serve --port 0\n")
    assert "cannot listen on port 70000" in store.do("serve", "--port", "70000", code=2).err


def test_a_program_gets_the_documents_of_the_command_line(http: httpx.Client, store: Store) -> None:
    """A list and a task are what --json prints."""
    import json

    assert http.get("/api/v1/tasks").json() == json.loads(store.do("list", "--json").out)
    assert http.get("/api/v1/tasks/des").json() == json.loads(store.do("show", "des", "--json").out)


def test_a_browser_gets_a_page(http: httpx.Client, store: Store) -> None:
    """The first page names every open task, escaped, and its style is there."""
    store.do("add", "<script>alert(1)</script>", "--id", "evil")
    got = http.get("/")
    assert got.headers["content-type"] == "text/html; charset=utf-8"
    assert "Design" in got.text
    assert "<script>" not in got.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in got.text
    assert http.get("/static/tm.css").headers["content-type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "media"), [("/api/v1/tasks/nope", "application/problem+json"), ("/nope", "text/html")]
)
def test_what_is_not_there_is_told_in_the_askers_form(http: httpx.Client, path: str, media: str) -> None:
    """A program gets problem details, a browser a page."""
    got = http.get(path)
    assert got.status_code == 404
    assert got.headers["content-type"].startswith(media)


def test_problem_details_say_what_json_says(http: httpx.Client, store: Store) -> None:
    """Type, title, status, detail, hint and code are there, in the words of the command line."""
    got = http.get("/api/v1/tasks/nope").json()
    assert (got["type"], got["status"], got["code"]) == ("about:blank", 404, "not_found")
    said = store.do("show", "nope", code=1).err
    assert got["detail"] in said
    assert got["hint"][1:] in said


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost@evil.example", ""]
)
def test_a_name_made_to_point_here_gets_nothing(server: Served, host: str) -> None:
    """A page whose own name was rebound to this address is refused everything, reading too."""
    got = httpx.get(f"{server.address}/api/v1/tasks", headers={"Host": host}, trust_env=False)
    assert got.status_code == 403
    assert "Design" not in got.text


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_another_site_changes_nothing(http: httpx.Client, headers: dict[str, str]) -> None:
    """What a page of elsewhere sends with a method that could change anything is refused, whatever it is for."""
    got = http.post("/api/v1/tasks", headers=headers, json={"title": "Theirs"})
    assert (got.status_code, got.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("path", ["/", "/api/v1/tasks", "/nope", "/static/tm.css"])
def test_every_answer_forbids_what_no_page_needs(http: httpx.Client, path: str) -> None:
    """No answer lets a script or a style of elsewhere, or one in the page itself, run."""
    headers = http.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
