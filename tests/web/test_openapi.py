"""The interface describes itself: every operation with the schemas of its answers, and with examples that are so."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.config import Environment
from tmfiles.task import SHAPES
from tmfiles.web.api import examples as kept
from tmfiles.web.api import shapes
from web.examples import NOW, made
from web.serving import serving

UPDATE = "UPDATE_EXAMPLES"


@pytest.fixture
def described(http: httpx.Client) -> dict[str, Any]:
    """Give the description as the server gives it."""
    found: dict[str, Any] = http.get("/api/v1/openapi.json").json()
    return found


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every operation with its name."""
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            yield f"{method.upper()} {path}", one


def judged(schema: Any, described: dict[str, Any], value: Any) -> None:
    """Judge a value by a schema of the description."""
    whole = {**schema, "components": described["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)


def test_the_examples_are_what_the_server_answers(repo: GitRepo) -> None:
    """Each example was given by this program; run with UPDATE_EXAMPLES=1 to keep what it gives now."""
    with (
        serving(Store(repo), Environment(now=NOW, seed="examples")) as served,
        httpx.Client(base_url=served.address, trust_env=False, timeout=30) as http,
    ):
        text = json.dumps(made(http), indent=1, ensure_ascii=False) + "\n"
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8642", text)
    if os.environ.get(UPDATE):
        kept.FILE.write_text(text, encoding="utf-8")

    def without_commits(text: str) -> str:
        return re.sub(r"\b[0-9a-f]{16,64}\b|\b[0-9a-f]{10}\b", "…", text)

    assert without_commits(kept.FILE.read_text(encoding="utf-8")) == without_commits(text)


def test_every_operation_says_what_it_answers(described: dict[str, Any]) -> None:
    """Each has a summary, a schema for every answer, and an example that its schema takes."""
    found = list(operations(described))
    assert len(found) > 50
    for name, one in found:
        assert one["summary"], name
        assert one["description"] if "description" in one else one["summary"].endswith("."), name
        for status, answer in one["responses"].items():
            for media, part in answer.get("content", {}).items():
                assert part["schema"], (name, status, media)
                of_document = status < "300" and "properties" in part["schema"]
                assert not of_document or "example" in part, (name, status)
                if "example" in part:
                    judged(part["schema"], described, part["example"])
        for part in one.get("requestBody", {}).get("content", {}).values():
            judged(part["schema"], described, part["example"])


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    """No part of the description is named that is not there."""
    names = set(re.findall(r"#/components/schemas/([a-z_]+)\"", json.dumps(described)))
    assert names <= set(described["components"]["schemas"])
    assert "#/definitions" not in json.dumps(described)
    assert "#/$defs" not in json.dumps(described)


def test_a_patch_takes_every_field_that_is_said_rather_than_done() -> None:
    """No field of the format is left out of patches, but for those that come about by what is done."""
    assert set(shapes.PATCH["properties"]) | set(shapes.KEPT) == set(SHAPES)
