"""Who may do what, and what was tried against it: forged, replayed and planted cookies, guesses, other sites' forms."""

from __future__ import annotations

import hashlib
import re
import statistics
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from itsdangerous import TimestampSigner
from starlette.routing import Route
from writing import Store

from tmfiles.actions.talk import say
from tmfiles.errors import TmError
from tmfiles.web import app as web
from tmfiles.web import gate, users
from tmfiles.web.pages.page import FOLDER
from tmfiles.web.people import FIELD, FOR_BOTH, SECONDS, People, Person
from tmfiles.web.running import Place
from tmfiles.web.state import SESSION_SECONDS, State
from web.serving import Served, serving
from web.team import SENTENCE, TEAM, client, form_token, gathered, leave, logged_in, posted, state


@pytest.fixture(autouse=True)
def _left() -> Iterator[None]:
    yield
    leave()


@pytest.fixture
def team(store: Store) -> Iterator[Served]:
    """Give a server that the team uses."""
    gathered(store)
    with serving(store) as served:
        yield served


def works(browser: httpx.Client) -> bool:
    """Tell whether a client is let in."""
    return browser.get("/api/v1/me").status_code == 200


def cookie(browser: httpx.Client) -> tuple[str, str]:
    """Give name and value of a browser's one cookie."""
    ((name, value),) = browser.cookies.items()
    return name, value


def with_cookie(served: Served, name: str, value: str) -> httpx.Client:
    """Give a client that sends a cookie it was never given."""
    made = client(served)
    made.headers["Cookie"] = f"{name}={value}"
    return made


def test_a_user_logs_in_and_out(team: Served) -> None:
    """Without a session a browser is asked to log in and led back; with one it is let in; after the end it is not."""
    browser = client(team)
    asked = browser.get("/?q=1")
    assert (asked.status_code, asked.headers["location"]) == (303, "/login?next=/%3Fq%3D1")
    page = browser.get(asked.headers["location"])
    assert page.status_code == 200
    assert 'value="/?q=1"' in page.text
    went = posted(browser, "/login", {"name": " Ed ", "password": SENTENCE, "next": "/?q=1"})
    assert (went.status_code, went.headers["location"]) == (303, "/?q=1")
    assert browser.get("/").status_code == 200
    assert browser.get("/api/v1/me").json()["data"] == {
        "name": "Ed Writer",
        "email": "ed@example.org",
        "login": "ed",
        "role": "editor",
        "by": "session",
    }
    assert browser.get("/login").headers["location"] == "/"
    out = posted(browser, "/logout", {FIELD: form_token(team, browser)})
    assert (out.status_code, out.headers["location"]) == (303, "/login")
    assert not works(browser)


def test_the_cookie_is_for_this_server_alone(team: Served) -> None:
    """No script reads it, no other site's request carries it, it ends, and another server's has another name."""
    answer = posted(client(team), "/login", {"name": "ed", "password": SENTENCE})
    parts = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert parts == {"httponly", "path=/", "samesite=lax", f"max-age={SESSION_SECONDS}"}
    assert answer.headers["set-cookie"].startswith(f"{team.app.state.people.cookie()}=")
    assert SENTENCE not in answer.text


def test_behind_https_the_cookie_is_secure(store: Store) -> None:
    """The trusted proxy says that the browser speaks https; anybody else saying so is not believed."""
    gathered(store)
    form = {"name": "ed", "password": SENTENCE}
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9", "Host": "tasks.example.org"}
    behind = Place(proxy="https://tasks.example.org/")
    with serving(store, how=behind) as served:
        answer = posted(client(served), "/login", form, **{**said, "Origin": "https://tasks.example.org"})
        assert "secure" in answer.headers["set-cookie"].lower()
    with serving(store, how=behind._replace(trusted=("192.0.2.1",))) as served:
        answer = posted(client(served), "/login", form, **{**said, "Origin": "https://tasks.example.org"})
        assert "secure" not in answer.headers["set-cookie"].lower()
    with serving(store) as served:
        assert "secure" not in posted(client(served), "/login", form).headers["set-cookie"].lower()
        refused = posted(client(served), "/login", form, **said)
        assert refused.status_code == 403


def test_a_replayed_cookie_opens_nothing(team: Served) -> None:
    """After logout, a new password, a removed user or a revocation, the cookie that was kept is worthless."""
    for end in ("logout", "password", "revoke", "remove"):
        browser = logged_in(team, "rea")
        kept = with_cookie(team, *cookie(browser))
        assert works(kept)
        if end == "logout":
            posted(browser, "/logout", {FIELD: form_token(team, browser)})
        elif end == "password":
            team.store.do("user", "list")
            state(team.store).set_password("rea", state(team.store).password("rea"))
        else:
            team.store.do("user", end, "rea")
        assert not works(kept), end


def test_forged_cookies_open_nothing(team: Served) -> None:
    """Neither a changed one, nor one signed by another key, nor one that is signed and of no session."""
    browser = logged_in(team, "ada")
    name, value = cookie(browser)
    secret, stamp, signed = value.rsplit(".", 2)
    people: People = team.app.state.people

    def sign(what: str, key: bytes, salt: str = "tm session") -> str:
        return TimestampSigner(key, salt=salt, digest_method=hashlib.sha256).sign(what).decode()

    key = state(team.store).key()
    forged = [
        "",
        secret,
        f"{secret}.{stamp}",
        f"{secret}.{stamp}.",
        f"{secret}.{stamp}.{signed[:-2]}",
        f"{secret[:-1]}.{stamp}.{signed}",
        f"{secret}.AAAA.{signed}",
        f"{secret}.{stamp}.{signed}".upper(),
        sign(secret, b"0" * 32),
        sign(secret, key, "tm form"),
        sign("ada", key),
        sign("nobody's session", key),
        sign(people._session(httpx_headers(name, value)), key),
        "é",
    ]
    for one in forged:
        asked = client(team)
        asked.headers.update([(b"Cookie", f"{name}={one}".encode())])
        assert not works(asked), one
    twice = client(team)
    twice.headers["Cookie"] = f"{name}={value}; {name}={value}"
    assert works(browser)
    assert not works(with_cookie(team, "tm-00000000", value))


def httpx_headers(name: str, value: str) -> Any:
    """Give headers with one cookie as the server sees them."""
    from starlette.datastructures import Headers

    return Headers({"cookie": f"{name}={value}"})


def test_a_planted_session_is_not_taken_over(team: Served) -> None:
    """Who logs in gets a new session; the one that somebody planted, or that was there before, has ended."""
    attacker = logged_in(team, "rea")
    name, planted = cookie(attacker)
    victim = with_cookie(team, name, planted)
    answer = posted(victim, "/login", {"name": "ada", "password": SENTENCE})
    assert answer.status_code == 303, answer.text
    mine = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    assert mine != planted
    assert not works(attacker)
    assert works(with_cookie(team, name, mine))


def test_tokens_open_by_their_header_alone(team: Served) -> None:
    """A token may do what it was made for; in an address or a cookie, or in part, it is nothing."""
    store = team.store
    secret = store.do("user", "token", "ed").out.strip()
    assert client(team, secret).get("/api/v1/me").json()["data"]["by"] == "token"
    less = store.do("user", "token", "ada", "--role", "reader").out.strip()
    assert client(team, less).get("/api/v1/me").json()["data"]["role"] == "reader"
    nobody = client(team)
    for path in (f"/api/v1/me?token={secret}", f"/api/v1/me?access_token={secret}"):
        assert nobody.get(path).status_code == 401
    assert not works(with_cookie(team, team.app.state.people.cookie(), secret))
    for said in (f"Basic {secret}", secret, f"Bearer {secret[:-1]}", "Bearer", "Bearer tm_", f"Bearer {secret} x"):
        answer = nobody.get("/api/v1/me", headers={"Authorization": said})
        assert answer.status_code == 401, said
        assert answer.headers["www-authenticate"] == 'Bearer realm="tm"'
        assert secret not in answer.text
    both = logged_in(team, "ed")
    assert both.get("/api/v1/me", headers={"Authorization": "Bearer tm_wrong"}).status_code == 401
    store.do("user", "update", "ada", "--role", "reader")
    store.do("user", "revoke", "ed")
    assert not works(client(team, secret))


def routes(served: Served) -> list[tuple[str, str]]:
    """Give every operation of the application, with an id in place of each parameter."""
    found = [(method.upper(), path) for path, some in served.app.openapi()["paths"].items() for method in some]
    pages = [one for router in web.PAGES for one in router.routes if isinstance(one, Route)]
    found += [("POST", "/files/config.yaml"), ("GET", "/metrics")]
    found += [(method, one.path) for one in pages for method in sorted((one.methods or set()) - {"HEAD"})]
    return [
        (method, re.sub("{[^}]*}", "design", path)) for method, path in [*found, ("GET", f"{web.API}/openapi.json")]
    ]


def test_every_route_asks_for_its_role(team: Served) -> None:
    """Nobody gets anything but the way in; a reader changes nothing; an editor does nothing that takes an admin."""
    operations = routes(team)
    assert ("GET", "/api/v1/tasks") in operations
    tokens = {name: state(team.store).make_token(name)[0] for name in TEAM}
    before = team.store.commits()
    for method, path in operations:
        if path in ("/login", "/healthz"):
            continue
        answer = client(team).request(method, path)
        assert answer.status_code in ((303, 401) if method == "GET" else (401,)), (method, path, answer.status_code)
        assert "Design" not in answer.text
        needed = gate.needed(method, path)
        for name, role in (("rea", "reader"), ("ed", "editor")):
            if users.ROLES.index(role) >= users.ROLES.index(needed):
                continue
            answer = client(team, tokens[name]).request(method, path, json={})
            assert answer.status_code == 403, (method, path, name, answer.status_code)
            assert needed in answer.text
        if method not in ("GET", "HEAD", "OPTIONS"):
            assert needed in ("editor", "admin") or (method, path) in gate.RIGHTS, (method, path)
    assert team.store.commits() == before


def test_another_sites_form_does_nothing_in_a_session(team: Served) -> None:
    """A session changes nothing without a sign that its own page asks: origin, and in forms the session's token."""
    browser = logged_in(team, "ed")
    token = form_token(team, browser)
    other = form_token(team, logged_in(team, "ed"))
    here = str(browser.base_url).rstrip("/")
    tries: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {FIELD: token}),
        ({"Origin": "https://evil.example"}, {FIELD: token}),
        ({"Origin": "null"}, {FIELD: token}),
        ({"Sec-Fetch-Site": "cross-site"}, {FIELD: token}),
        ({"Sec-Fetch-Site": "none"}, {FIELD: token}),
        ({"Origin": here}, {}),
        ({"Origin": here}, {FIELD: ""}),
        ({"Origin": here}, {FIELD: "x"}),
        ({"Origin": here}, {FIELD: other}),
        ({"Origin": f"{here}.evil.example"}, {FIELD: token}),
    ]
    for headers, data in tries:
        answer = browser.post("/logout", data=data, headers=headers)
        assert answer.status_code == 403, (headers, data)
        assert works(browser)
    plain = browser.post("/api/v1/tasks", json={"title": "Theirs"})
    assert plain.status_code == 403
    assert posted(browser, "/logout", {FIELD: token}).status_code == 303


def test_every_form_is_guarded() -> None:
    """Each form of a page that changes anything sends its session's token back; only logging in has no session yet."""
    for path in sorted((FOLDER / "templates").glob("*.html")):
        for form in re.findall(r'<form\b[^>]*method="post".*?</form>', path.read_text(encoding="utf-8"), re.DOTALL):
            assert "form_field(" in form or "{{ sent }}" in form or path.name == "login.html", (path.name, form[:80])


def test_another_site_logs_nobody_in(team: Served) -> None:
    """Nobody is logged in as somebody else without noticing."""
    for headers in ({}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = client(team).post("/login", data={"name": "ed", "password": SENTENCE}, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "elsewhere",
    ],
)
def test_the_way_back_leads_nowhere_else(team: Served, to: str) -> None:
    """What would lead to another site leads to the first page."""
    browser = client(team)
    assert posted(browser, "/login", {"name": "ed", "password": SENTENCE, "next": to}).headers["location"] == "/"
    assert browser.get("/login", params={"next": to}).headers["location"] == "/"
    assert to not in client(team).get("/login", params={"next": to}).text


def test_guessing_is_slowed_down(team: Served) -> None:
    """After some failures even the right password waits; another name from the same place does not, nor a token."""
    browser = client(team)
    for _ in range(FOR_BOTH):
        answer = posted(browser, "/login", {"name": "ada", "password": "not this one"})
        assert answer.status_code == 401
        assert "name or password is wrong" in answer.text
        assert "not this one" not in answer.text
    answer = posted(browser, "/login", {"name": "ada", "password": SENTENCE})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= SECONDS
    assert "set-cookie" not in answer.headers
    assert works(logged_in(team, "ed"))


def test_who_succeeds_is_forgiven(team: Served) -> None:
    """Failures before a success are not counted on."""
    for _ in range(3):
        for _ in range(FOR_BOTH - 1):
            posted(client(team), "/login", {"name": "ed", "password": "not this one"})
        logged_in(team, "ed")


def test_a_name_that_is_nobodys_takes_as_long(team: Served) -> None:
    """Neither the answer nor its time tells which names there are, or who has a password."""
    people: People = team.app.state.people
    state(team.store).add(users.user("new"))

    def spent(name: str, number: int) -> float:
        scope = {"type": "http", "headers": [], "client": (f"192.0.2.{number}", 1)}
        began = time.process_time()
        with pytest.raises(TmError, match="name or password is wrong"):
            people.log_in(scope, name, "not this one")
        return time.process_time() - began

    names = ("ada", "nobody", "new")
    for name in names:
        spent(name, 1)
    times = {name: statistics.median(spent(name, number) for number in range(2, 9)) for name in names}
    assert max(times.values()) < 1.5 * min(times.values()), times


def test_each_writes_in_their_own_name(team: Served) -> None:
    """What two users change is committed with the name and the address of each."""
    desk = team.app.state.desk
    for name in ("ed", "ada"):
        one = TEAM[name]
        person = Person(one.full_name, one.email, one.role, name, "session")
        desk.ask(person, lambda workspace, name=name: say(workspace, "comment", "design", f"Words of {name}"))
    said = team.store.git("log", "-2", "--format=%an <%ae> %(trailers:key=Tm-Actor,valueonly,separator=%x2C)")
    assert said.splitlines() == ["Ada Min <ada@example.org> Ada Min", "Ed Writer <ed@example.org> Ed Writer"]
    assert [one["by"] for one in team.store.doc("design")["journal"]] == ["Ed Writer", "Ada Min"]


def test_alone_at_this_machine_nobody_logs_in(server: Served) -> None:
    """Without users the owner is let in; with the first user everybody has to log in, from that moment on."""
    assert client(server).get("/api/v1/me").json()["data"]["by"] == "local"
    assert client(server).get("/").status_code == 200
    server.store.do("user", "add", "ed")
    assert client(server).get("/api/v1/me").status_code == 401
    assert client(server).get("/").status_code == 303


def test_where_others_can_ask_nobody_is_let_in_without_users(store: Store) -> None:
    """A server that was for a team stays closed when its last user is removed."""
    with serving(store, how=Place(proxy="https://tasks.example.org/")) as served:
        answer = client(served).get("/api/v1/me", headers={"Host": "tasks.example.org"})
        assert answer.status_code == 401


def test_it_listens_for_others_with_users_alone(store: Store) -> None:
    """An address that others reach, or a proxy, is refused as long as nobody can log in."""
    for words in (("--host", "0.0.0.0"), ("--proxy", "https://tasks.example.org")):  # noqa: S104 it is refused
        said = store.do("serve", "--port", "0", *words, code=2).err
        assert "there is nobody to log in" in said
        assert "tm user add" in said
    assert "is no address" in store.do("serve", "--proxy", "tasks.example.org", code=2).err
    assert "--trust says where a proxy is" in store.do("serve", "--trust", "192.0.2.1", code=2).err
    assert "are no crew" in store.do("serve", "--workers", "0", code=2).err


def test_guessed_sessions_and_tokens_are_as_many_as_chance_has(store: Store) -> None:
    """What would have to be guessed has 256 bits of chance, and no two are alike."""
    found = gathered(store)
    secrets = {found.begin("ed") for _ in range(20)} | {found.make_token("ed")[0] for _ in range(20)}
    assert len(secrets) == 40
    assert min(len(secret) for secret in secrets) >= 43
    assert isinstance(found, State)
