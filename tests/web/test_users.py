"""Users, tokens and sessions: kept where nobody else reads, as digests, and gone when they are taken back."""

from __future__ import annotations

import io
import json
import os
import stat
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import GitRepo
from test_output_schema import valid
from writing import Store

from tmfiles.errors import TmError
from tmfiles.web import passwords, users
from tmfiles.web.state import SESSION_SECONDS, State, digest
from tmfiles.workspace import Workspace

SENTENCE = "a sentence is easy to keep"


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    """Give a clock that a test sets."""
    return Clock()


@pytest.fixture
def state(tmp_path: Path, clock: Clock) -> State:
    """Give a state with two users."""
    made = State(str(tmp_path / "server"), clock)
    made.add(users.user("maria", "Maria Lopez", "maria@example.org", "admin"))
    made.add(users.user("li", role_name="reader"))
    return made


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Pipe text into the next command."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_a_user_is_made_changed_and_removed(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands of a user's life do what they say, and their documents are those of the schema."""
    store = Store(repo)
    assert "one person at this machine" in store.do("user", "list").err
    told = store.do("user", "add", "maria", "--name", "Maria Lopez", "--email", "maria@example.org").err
    assert told == "added maria; next: tm user passwd maria, or tm user token maria\n"
    assert store.do("user", "list").out == "maria  editor  Maria Lopez <maria@example.org>  no password\n"
    typed(monkeypatch, f"{SENTENCE}\n")
    document = json.loads(store.do("user", "passwd", "maria", "--json").out)
    valid(document, "user")
    assert document["data"]["password"] is True
    secret = store.do("user", "token", "maria", "--label", "laptop", "--role", "reader").out
    assert secret.startswith("tm_")
    assert secret.count("\n") == 1
    listed = store.do("user", "list").out
    assert "reader  laptop" in listed
    assert secret.strip() not in listed
    assert store.do("user", "update", "maria", "--role", "admin").err == "changed maria\n"
    assert store.do("user", "revoke", "maria").err == "took back 1 token of maria and ended 0 sessions\n"
    told = store.do("user", "remove", "maria").err
    assert told.startswith("removed maria, with all tokens and sessions\nnobody is left:")
    assert store.status() == ""
    assert store.commits() == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("add Maria", "no name to log in with"),
        ("add ../x", "no name to log in with"),
        ("add a*b", "no name to log in with"),
        ("add li", "there is a user 'li' already"),
        ("add other --name LI", "another user is called 'LI'"),
        ("add other --role owner", "no role 'owner'"),
        ("add other --role edtor", "did you mean 'editor'"),
        ("add other --email nobody", "no address for commits"),
        ("add other --email a@b<c", "no address for commits"),
        ("add other --name <script>", "no name for commits"),
        ("update li", "nothing to change"),
        ("update nobody --role admin", "no user 'nobody'"),
        ("token li --role admin", "li is editor, and a token may not do more"),
        ("token li --days 0", "no time for a token"),
        ("token nobody", "no user 'nobody'"),
        ("revoke li --token 1234", "li has no token '1234'"),
        ("remove nobody", "no user 'nobody'"),
        ("passwd nobody", "no user 'nobody'"),
    ],
)
def test_what_cannot_be_is_refused(repo: GitRepo, words: str, said: str) -> None:
    """A wrong name, role, address or token is told, and nobody is changed."""
    store = Store(repo)
    store.do("user", "add", "li")
    before = store.do("user", "list", "--json").out
    done = store.do("user", *words.split(), code=None)
    assert done.code in (1, 2)
    assert said in done.err
    assert store.do("user", "list", "--json").out == before


@pytest.mark.parametrize("password", ["", "short", "            ", "aaaaaaaaaaaaaa", "maria1234567890", "x" * 300])
def test_a_weak_password_is_refused(repo: GitRepo, monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    """What protects nothing is no password, and the one there was still holds."""
    store = Store(repo)
    store.do("user", "add", "maria")
    typed(monkeypatch, f"{password}\n")
    assert store.do("user", "passwd", "maria", code=2).err.startswith("tm: ")
    assert "no password" in store.do("user", "list").out


def test_no_password_is_typed_where_others_see_it(repo: GitRepo) -> None:
    """There is no way to say a password on the command line, which every process of the machine can read."""
    store = Store(repo)
    store.do("user", "add", "maria")
    assert "--password" in store.do("user", "passwd", "maria", "--password", SENTENCE, code=2).err
    store.do("user", "passwd", "maria", SENTENCE, code=2)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are Unix's")
def test_the_file_is_its_owners_alone(state: State) -> None:
    """Folder and file are readable by their owner, also when somebody opened them to others meanwhile."""
    assert stat.S_IMODE(os.stat(state.folder).st_mode) == 0o700
    assert stat.S_IMODE(os.stat(state.path).st_mode) == 0o600
    os.chmod(state.path, 0o644)
    state.key()
    assert stat.S_IMODE(os.stat(state.path).st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    """Where the file should be and a link lies, nothing is read or written through it."""
    (tmp_path / "server").mkdir()
    (tmp_path / "elsewhere").write_text("")
    (tmp_path / "server" / "state.sqlite").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TmError, match="no file of the server's"):
        State(str(tmp_path / "server")).add(users.user("li"))
    assert (tmp_path / "elsewhere").read_text() == ""


def test_no_secret_is_kept_and_nothing_leaves_the_clone(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords, tokens and session secrets stand in no file, and a bundle or a clone has nobody in it."""
    store = Store(repo)
    store.do("user", "add", "maria", "--name", "Maria Lopez of Town")
    typed(monkeypatch, SENTENCE)
    store.do("user", "passwd", "maria")
    token = store.do("user", "token", "maria").out.strip()
    with Workspace.find(str(store.path)) as workspace:
        session = State.of(workspace).begin("maria")
    store.do("backup", "create", "--to", str(store.path.parent / "backups"))
    store.git("clone", "--quiet", ".", "../clone")
    kept = {path: path.read_bytes() for path in store.path.parent.rglob("*") if path.is_file()}
    for secret in (SENTENCE, token, token.removeprefix("tm_"), session):
        assert [path for path, data in kept.items() if secret.encode() in data] == []
    named = [path for path, data in kept.items() if b"Maria Lopez of Town" in data]
    assert named == [store.private / "server" / "state.sqlite"]


def test_a_session_ends_by_time_logout_password_and_removal(state: State, clock: Clock) -> None:
    """After each of them the same secret leads to nobody; a role that was changed holds at once."""

    def ended(secret: str) -> bool:
        return state.by_session(digest(secret)) is None

    first = state.begin("maria")
    assert state.by_session(digest(first)) == state.user("maria")
    assert ended(digest(first)), "what is kept opens nothing"
    state.change(state.user("maria")._replace(role="reader"))
    found = state.by_session(digest(first))
    assert found is not None
    assert found.role == "reader"
    state.end(digest(first))
    assert ended(first)
    second = state.begin("maria")
    third = state.begin("maria", instead_of=digest(second))
    assert (ended(second), ended(third)) == (True, False)
    state.set_password("maria", "hash")
    assert ended(third)
    fourth = state.begin("maria")
    clock.at += SESSION_SECONDS
    assert ended(fourth)
    fifth = state.begin("maria")
    state.remove("maria")
    assert ended(fifth)


def test_a_token_ends_by_time_and_by_being_taken_back(state: State, clock: Clock) -> None:
    """It is known by its whole text alone, and its last use is kept."""
    short, _ = state.make_token("maria", days=1)
    long, made = state.make_token("maria", "laptop")
    for wrong in ("", "tm_", long[:-1], f"{long}x", long.upper(), digest(long), made.id, "' OR 1=1 --"):
        assert state.by_token(wrong) is None
    found = state.by_token(long)
    assert found is not None
    assert found[0].name == "maria"
    clock.at += 86400
    assert state.by_token(short) is None
    assert [one.used for one in state.tokens("maria") if one.id == made.id] == [clock.at - 86400]
    assert state.revoke("maria", made.id) == (1, 0)
    assert state.by_token(long) is None
    again, _ = state.make_token("maria")
    state.remove("maria")
    assert state.by_token(again) is None


def test_attempts_are_counted_before_they_are_made(state: State, clock: Clock) -> None:
    """However many come at once, no more than the limit pass; the rest are told how long to wait."""
    ready = threading.Barrier(8)

    def one(_: int) -> int:
        ready.wait()
        return state.attempt({"name:maria": 5, "address:1": 30}, 900)

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(one, range(8)))
    assert sorted(waits) == [0, 0, 0, 0, 0, 900, 900, 900]
    assert state.attempt({"name:li": 5, "address:1": 30}, 900) == 0
    clock.at += 600
    assert state.attempt({"name:maria": 5}, 900) == 300
    clock.at += 300
    assert state.attempt({"name:maria": 5}, 900) == 0
    state.forgive("name:maria")
    assert [state.attempt({"name:maria": 1}, 900) for _ in range(2)] == [0, 900]


def test_the_key_is_one_whoever_asks_first(tmp_path: Path) -> None:
    """Workers that start together sign with the same key, and find it again."""
    ready = threading.Barrier(8)

    def key(_: int) -> bytes:
        ready.wait()
        return State(str(tmp_path / "server")).key()

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(key, range(8)))
    assert len(found) == 1
    assert len(found.pop()) == 32


def test_a_state_of_a_newer_tm_is_left_alone(state: State) -> None:
    """What cannot be understood is not guessed at."""
    import sqlite3

    with sqlite3.connect(state.path) as db:
        db.execute("PRAGMA user_version = 9")
    db.close()
    with pytest.raises(TmError, match="version 9"):
        state.users()


def test_a_hash_is_argon2s_and_of_its_own_salt() -> None:
    """Two hashes of one password differ, both let it in, and nothing else."""
    one, other = passwords.hashed(SENTENCE), passwords.hashed(SENTENCE)
    assert one != other
    assert one.startswith("$argon2id$")
    assert passwords.matches(one, SENTENCE)
    assert passwords.matches(other, SENTENCE)
    assert not passwords.matches(one, f"{SENTENCE} ")
    assert not passwords.matches("", SENTENCE)
    assert not passwords.matches("no hash", SENTENCE)
    assert not passwords.outdated(one)
