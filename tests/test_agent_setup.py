"""What agents are told, and what is put into their files and taken out of them again."""

from __future__ import annotations

import json
import os
import subprocess
import warnings
from pathlib import Path

import pytest
from conftest import GitRepo
from hypothesis import given
from hypothesis import strategies as st
from writing import Store, environment, program

from tmfiles.actions.insertions import Entry, Section, Whole
from tmfiles.actions.setup import TOOLS
from tmfiles.errors import TmError

LINES = st.text(st.sampled_from("ab# \n\t<>-"), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "hooks", 'x"{']), inner, max_size=3)
    ),
    max_leaves=8,
)
ENTRY = Entry("a.json", ("hooks", "Start"), "", {"run": "tm prime"})
MEMBER = Entry("b.json", ("servers",), "tm", {"command": "tm"})


@pytest.fixture
def store(repo: GitRepo) -> Store:
    """Give a store in a repository with a committed file."""
    return Store(repo)


def everything(path: Path) -> dict[str, bytes]:
    """Give every file of the work tree with its bytes, and every folder."""
    files = [one for one in path.rglob("*") if ".git" not in one.relative_to(path).parts]
    return {str(one.relative_to(path)): one.read_bytes() if one.is_file() else b"" for one in files}


def cost(text: str) -> int:
    """Count tokens by a real tokenizer; where it is not installed, by a bound: three bytes each."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it reads its vocabulary in a way that Python will do without
            import bpe_openai
    except ImportError:
        return len(text.encode()) // 3
    return len(bpe_openai.get_encoding("cl100k_base").encode(text))


@given(LINES, st.booleans(), LINES)
def test_a_section_goes_in_once_and_out_to_the_byte(text: str, crlf: bool, later: str) -> None:
    """Whatever is there: put twice is put once, an update changes the section alone, and taken out nothing is left."""
    old = text.replace("\n", "\r\n") if crlf else text
    first, second = Section("A.md", "## One\n\nwords\n"), Section("A.md", "## Two\n")
    put = first.put(old)
    assert put.startswith(old)
    assert first.put(put) == put
    assert second.put(put) == second.put(old)
    assert second.take(second.put(put)) == old
    assert first.take(first.put(None)) is None
    more = put + later
    kept = first.take(more) or ""
    assert kept.startswith(old)
    assert kept.endswith(later)


@given(VALUES, VALUES, st.sampled_from([None, 0, 2, "\t"]), st.sampled_from([ENTRY, MEMBER]), st.booleans())
def test_an_entry_goes_in_and_out_to_the_byte(
    other: object, beside: object, indent: int | str | None, entry: Entry, deep: bool
) -> None:
    """Into any JSON object with room for it, the entry adds itself alone, and leaves as if it had never been."""
    inner: object = [beside] if entry is ENTRY else {"x": beside}
    place: dict[str, object] = {entry.keys[0]: {entry.keys[1]: inner} if entry is ENTRY else inner} if deep else {}
    old = json.dumps({"first": other, **place, "last": other}, indent=indent)
    put = entry.put(old)
    assert entry.put(put) == put
    assert entry.take(put) == old
    at = json.loads(put)
    for key in entry.keys:
        at = at[key]
    assert entry.value in at if entry is ENTRY else at["tm"] == entry.value


@pytest.mark.parametrize(
    "text", ["{}", "{ }", '{"servers": {}}', '{"servers": { }}', '{"servers":{\n}}', ' {"a": 1}\n']
)
def test_empty_objects_stay_a_persons_own(text: str) -> None:
    """An empty object that was there is there again, blanks and all."""
    assert MEMBER.take(MEMBER.put(text)) == text
    assert MEMBER.take(MEMBER.put(None)) is None


def test_what_a_person_changed_is_left_alone() -> None:
    """A section, a file or an entry that is no longer as it was put is refused, not overwritten."""
    section, whole = Section("A.md", "one\n"), Whole("S.md", "body\n")
    with pytest.raises(TmError, match=r"A\.md: the section was changed by hand"):
        Section("A.md", "new\n").put(section.put("x\n").replace("one", "mine"))
    with pytest.raises(TmError, match="a mark of the section is missing"):
        section.take(section.put("x\n").replace("<!-- tm setup end -->", ""))
    with pytest.raises(TmError, match="not tm's"):
        whole.put("somebody's\n")
    with pytest.raises(TmError, match="changed by hand"):
        whole.take(whole.put(None).replace("body", "mine"))
    with pytest.raises(TmError, match="an entry 'tm' of its own"):
        MEMBER.put('{"servers": {"tm": {"command": "other"}}}')
    with pytest.raises(TmError, match="no place for an entry"):
        MEMBER.put('{"servers": []}')
    with pytest.raises(TmError, match="not plain JSON"):
        MEMBER.put("{} // mine")
    with pytest.raises(TmError, match="written anew"):
        MEMBER.take('{"servers": {"tm": {"command":"tm"}}}')
    assert MEMBER.take('{"servers": {"tm": 3}}') == '{"servers": {"tm": 3}}'


@pytest.mark.parametrize("tool", TOOLS)
def test_set_up_and_taken_out(tool: str, store: Store) -> None:
    """Shown first, then written, then nothing more to do, then gone to the last byte and folder."""
    store.repo.write("AGENTS.md", "# Ours\r\n\r\nno end")
    store.repo.write("CLAUDE.md", "# Ours\n")
    store.repo.write(".claude/settings.json", '{\n  "permissions": {"allow": []}\n}\n')
    before = everything(store.path)
    shown = store.do("setup", tool, "--mcp", "--dry-run")
    assert "+++ b/" in shown.out
    assert everything(store.path) == before
    wrote = store.do("setup", tool, "--mcp", "--yes")
    after = everything(store.path)
    assert [line.split()[1] for line in wrote.err.splitlines()] == sorted(
        (name for name in after if after[name] != before.get(name) and (store.path / name).is_file()),
        key=wrote.err.index,
    )
    assert store.do("setup", tool, "--mcp", "--yes").err == f"{tool}: nothing to change\n"
    assert b"git push" not in b"".join(after.values())
    store.do("setup", tool, "--remove", "--yes")
    assert everything(store.path) == before
    assert store.do("setup", tool, "--remove", "--yes").err == f"{tool}: nothing to change\n"


def test_nobody_to_ask_writes_nothing(store: Store) -> None:
    """In a pipe it shows, refuses, and says which option writes."""
    before = everything(store.path)
    done = store.tm("setup", "agents", code=2)
    assert "--yes" in done.err
    assert "+## Tasks" in done.out
    assert everything(store.path) == before
    assert "Did you mean 'claude'" in store.do("setup", "claud", "--yes", code=2).err
    store.do("setup", "agents", "--yes", "--dry-run", code=2)
    store.do("setup", "agents", "--mcp", "--remove", code=2)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_links_are_followed_only_inside(store: Store, tmp_path: Path) -> None:
    """A link within the project is written through and stays a link; one that leads out is refused."""
    store.repo.write("AGENTS.md", "# Ours\n").chmod(0o755)
    (store.path / "CLAUDE.md").symlink_to("AGENTS.md")
    store.do("setup", "claude", "--yes")
    assert (store.path / "CLAUDE.md").is_symlink()
    assert "tm prime" in (store.path / "AGENTS.md").read_text(encoding="utf-8")
    assert (store.path / "AGENTS.md").stat().st_mode & 0o777 == 0o755
    outside = tmp_path / "outside"
    outside.mkdir()
    (store.path / ".cursor").symlink_to(outside)
    assert "leads out of the project" in store.do("setup", "cursor", "--yes", code=1).err
    assert list(outside.iterdir()) == []


def test_prime_tells_the_state_in_few_words(store: Store) -> None:
    """State, own work and ready tasks are there, whatever the titles are, and cost under a thousand tokens."""
    assert "Now: 0 ready, 0 in progress, 0 blocked." in store.do("prime").out
    for number in range(12):
        store.do("add", f"{number} \u65e5\u672c\u8a9e " * 40, "--id", f"task-{number}", "-p", "high")
    store.do("add", "Waits", "--id", "waits", "--depends-on", "task-3")
    store.repo.write(".tasks/later.yaml", "title: Later\nwait_until: 2999-01-01\n")
    store.do("--as", "agent-7", "claim", "task-1")
    store.do("--as", "other", "claim", "task-2")
    store.repo.write(".tasks/broken.yaml", "title: [")
    text = store.do("--as", "agent-7", "prime").out
    assert "You act as agent-7." in text
    assert "Now: 10 ready, 0 in progress, 1 blocked, 1 put off. Problems that hide tasks: 1; see `tm check`" in text
    assert text.count("task-1 (high, pending)") == 1
    assert "task-2 (" not in text
    assert "git push" not in text
    assert cost(text) < 1000
    found = json.loads(store.do("--as", "agent-7", "prime", "--json").out)["data"]
    assert [row["id"] for row in found["mine"]] == ["task-1"]
    assert len(found["ready"]) == 5


@pytest.mark.skipif(os.name == "nt", reason="written for a shell")
def test_nothing_is_done_while_the_store_has_errors(store: Store, tmp_path: Path) -> None:
    """The hook for task completion refuses with the problems, where tm finds any, and never without tm or a store."""
    store.tm("setup", "claude", "--yes")
    settings = json.loads((store.path / ".claude/settings.json").read_text(encoding="utf-8"))
    assert settings["hooks"]["SessionStart"][0]["hooks"][0]["command"] == "tm prime"
    words = settings["hooks"]["TaskCompleted"][0]["hooks"][0]["command"]
    path = f"{program(tmp_path).parent}{os.pathsep}{os.environ['PATH']}"

    def ended(folder: Path, path: str) -> tuple[int, str]:
        done = subprocess.run(
            ["/bin/sh", "-c", words],
            cwd=folder,
            env=environment({"PATH": path}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == ""
        return done.returncode, done.stderr

    assert ended(store.path, path) == (0, "")
    store.file("bad").write_text("title: [\n", encoding="utf-8")
    code, told = ended(store.path, path)
    assert code == 2
    assert ".tasks/bad.yaml:" in told
    assert ended(store.path, str(tmp_path))[0] == 0
    assert ended(tmp_path, path) == (0, "")
    store.tm("setup", "claude", "--remove", "--yes")
    assert not (store.path / ".claude").exists()
