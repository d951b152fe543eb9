"""The page of the reference: its examples are run, and it tells of every operation."""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path
from typing import Any

import httpx
from conftest import GitRepo
from writing import Store

from tmfiles.config import Environment
from web.serving import serving

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
METHODS = {"-X": "method", "-d": "data"}


def curl(http: httpx.Client, line: str) -> str:
    """Do what curl would do of a line, and give what it prints."""
    words = shlex.split(line)
    assert words.pop(0) == "curl"
    address, options, headers = words.pop(0), {"method": "", "data": ""}, {}
    while words:
        option, value = words.pop(0), words.pop(0)
        if option == "-H":
            name, _, text = value.partition(": ")
            headers[name] = text
        else:
            options[METHODS[option]] = value
    method = options["method"] or ("POST" if options["data"] else "GET")
    path = address.removeprefix("localhost:8642")
    body = {"content": options["data"]} if options["data"] else {}
    return http.request(method, path, headers=headers, **body).text


def run(page: str, http: httpx.Client) -> str:
    """Give the page with what its examples print now."""

    def block(found: re.Match[str]) -> str:
        lines = [line for line in found[1].splitlines() if line.startswith("$ ")]
        return "```console\n" + "".join(f"{line}\n{curl(http, line[2:])}" for line in lines) + "```"

    return BLOCK.sub(block, page)


def without_ids(text: str) -> str:
    """Give a text without what depends on the commits before."""
    return re.sub(r"\b[0-9a-f]{40}\b", "…", text)


def test_the_examples_do_what_the_page_says(repo: GitRepo) -> None:
    """Each line is sent, and answers what stands below it; run with UPDATE_TRANSCRIPTS=1 to write that anew."""
    page = PAGE.read_text(encoding="utf-8")
    environment = Environment(now="2026-11-22T10:00:00Z", seed="reference")
    with (
        serving(Store(repo), environment) as served,
        httpx.Client(base_url=served.address, trust_env=False, timeout=30) as http,
    ):
        now = run(page, http)
        served.store.assert_sound()
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        PAGE.write_text(now, encoding="utf-8")
    assert "internal" not in now
    assert without_ids(page) == without_ids(now)


def test_every_operation_is_told_of(http: httpx.Client) -> None:
    """The table has the operations that the description has, each with its method, and no other."""
    described: dict[str, Any] = json.loads(http.get("/api/v1/openapi.json").text)
    there = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in described["paths"].items()
        for method in methods
    }
    rows = re.findall(r"^\| ([A-Z, ]+) \| (.+?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    told = {
        f"{method} {path}"
        for methods, paths in rows
        for method in methods.split(", ")
        for path in re.findall(r"`(/[^`]+)`", paths)
    }
    assert told == there
