"""No file of any content makes a check raise, or take for ever; nor what mends and forms it."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_codec_patch_law import files, text_of

from tmfiles import codec
from tmfiles.check import check
from tmfiles.check.mending import mended
from tmfiles.config import Environment
from tmfiles.errors import TmError
from tmfiles.rules import RULES
from tmfiles.task import SHAPES, TYPES
from tmfiles.workspace import Workspace

EXAMPLES = int(os.environ.get("TM_TEST_EXAMPLES", "150"))
LIMIT = 20  # seconds for one file, on a machine that has other things to do

SIGNS = st.sampled_from([*"[]{}:,-#&*!|>'\"%@`?~<= \n\t\r\\.0a\x00\x85\u2028\ufeffé", "---", "...", "<<", ": ", "- "])
WORDS = st.one_of(SIGNS, st.sampled_from([*SHAPES, "2026-12-01", "null", "true", "99" * 30, "1e9", "one", "x"]))
YAMLISH = st.lists(WORDS, max_size=40).map("".join).map(lambda text: text.encode("utf-8", "surrogatepass"))
KEYS = st.lists(st.tuples(st.sampled_from([*SHAPES, "policies", "fields", "types"]), YAMLISH), max_size=6).map(
    lambda pairs: b"\n".join(key.encode() + b": " + value for key, value in pairs)
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Take a file as people write them, and cut, double or overwrite a piece of it."""
    data = text_of(draw(files()))
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, min(len(data), start + 30)))
    return data[:start] + draw(st.one_of(st.just(b""), YAMLISH, st.just(data[start:end] * 3))) + data[end:]


ANY = st.one_of(st.binary(max_size=200), YAMLISH, KEYS, damaged())


@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(st.lists(ANY, min_size=1, max_size=3), ANY)
@example([b"[" * 5000], b"{" * 5000)
@example([b"a: " + b"[" * 30 + b"]" * 30], b"policies: {transitions: {allowed: []}}")
@example([b"depends_on: [one, one, one]\nparent: one\ntitle: x"], b"types: {x: {require: 3}}")
@example([b"- " * 20000], b"? " * 20000)
@example([b'title: "' + b"\\" * 50000], b"fields: {a: {type: text, pattern: '(a+)+$'}}")
@example([b"&a [*a, *a]", b"title: x\ndue: 9999-99-99T99:99:99Z\ncreated_at: 0000-00-00"], b"\xff\xfe")
@example([b"title: " + b"x" * 1_000_000], b"version: " + b"9" * 4000)
def test_any_content(contents: list[bytes], config: bytes) -> None:
    """Every file is judged in time: it is a task, or a problem with a rule of the table says why not."""
    with tempfile.TemporaryDirectory() as folder:
        tasks = Path(folder) / ".tasks"
        tasks.mkdir()
        (tasks / "config.yaml").write_bytes(config)
        for name, data in zip(("one", "two", "three"), contents, strict=False):
            (tasks / f"{name}.yaml").write_bytes(data)
        began = time.monotonic()
        workspace = Workspace(folder, Environment())
        try:
            problems = check(workspace)
            view = workspace.view()
            unread = {f".tasks/{path}" for path in view.index.paths() if view.index.files(path[:-5])[0][1] is None}
        finally:
            workspace.close()
        assert time.monotonic() - began < LIMIT
        assert {problem.rule for problem in problems} <= RULES.keys()
        assert unread <= {problem.path for problem in problems if problem.severity == "error"}
        assert all(problem.message.isprintable() for problem in problems)


@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(ANY)
@example(b"\xff\xfea\x00:\x00 \x00b\x00")
def test_any_content_mended_and_formed(data: bytes) -> None:
    """What mends never raises, and what forms refuses in words."""
    new, words = mended(data, "one", TYPES)
    assert bool(words) == (new != data)
    with suppress(TmError):
        codec.tidied(data)
