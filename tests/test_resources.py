"""Finding the files that come with the program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tmfiles import resources
from tmfiles.errors import TmError


@pytest.mark.parametrize("name", ["task", "config", "output"])
def test_finds_the_schemas(name: str) -> None:
    """The schemas are found from wherever this package was imported."""
    assert json.loads(resources.find(f"schemas/{name}.schema.json").read_bytes())["title"]


def test_a_wheel_wins_over_a_neighbour(tmp_path: Path) -> None:
    """In a wheel the files are the package's own, whatever else lies beside it in site-packages."""
    package = tmp_path / "tmfiles"
    for folder in (package / "data" / "schemas", tmp_path / "schemas"):
        folder.mkdir(parents=True)
        (folder / "task.schema.json").write_text("{}")
    assert resources.find("schemas/task.schema.json", package).is_relative_to(package)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A broken installation is named as such."""
    with pytest.raises(TmError, match=r"'schemas/task.schema.json' is missing") as caught:
        resources.find("schemas/task.schema.json", tmp_path / "tmfiles")
    assert "pip install" in caught.value.hint
