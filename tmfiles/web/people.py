"""Who is asking: by a session's cookie, by a token, or on the machine's own address the one whose machine it is."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple

from itsdangerous import BadSignature, Signer, TimestampSigner
from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser

from tmfiles.errors import TmError
from tmfiles.web.state import SESSION_SECONDS, State, digest
from tmfiles.web.users import ROLES, User, lesser

if TYPE_CHECKING:
    from starlette.types import Scope

    from tmfiles.workspace import Workspace

# Failed logins that are let pass within so many seconds: for one name from one address, from one address, for one name.
SECONDS = 900
FOR_BOTH, FOR_ADDRESS, FOR_NAME = 5, 30, 100
# The field of a form that says that it is one of ours.
FIELD = "form_token"
_BEARER = "bearer "


class Person(NamedTuple):
    """Someone who asks: `name` and `email` stand in what they write; without the latter Git's own identity does.

    `by` is `session`, `token`, `local` or `nobody`; `session` is the digest that names the session.
    """

    name: str
    email: str = ""
    role: str = "admin"
    login: str = ""
    by: str = "local"
    session: str = ""

    def may(self, role: str) -> bool:
        """Tell whether this person may do what takes that role."""
        return ROLES.index(self.role) >= ROLES.index(role)


def owner(workspace: Workspace) -> Person:
    """Give the person whose machine this is: as the settings say, or as Git does."""
    return Person(workspace.actor())


NOBODY = Person("", role="reader", by="nobody")


def who(request: Request) -> Person:
    """Give the person who sent a request; NOBODY where a page is open to all."""
    person: Person | None = request.scope.get("tm.person")
    return person or NOBODY


def still(request: Request) -> bool:
    """Tell whether the person who sent a request, which lasts, would still be let in with the same role."""
    people: People = request.app.state.people
    return people.find(request.scope) == who(request)


def unknown() -> TmError:
    """Word that nobody is logged in."""
    return TmError("log in first", "with a token: Authorization: Bearer TOKEN, from tm user token NAME", "unauthorized")


class People:
    """Those who are let in: the users there are, or where there are none and `alone` says so, the owner."""

    def __init__(self, state: State, owner: Person, *, alone: bool = True) -> None:
        self.state = state
        self._owner = owner
        self._alone = alone

    def find(self, scope: Scope) -> Person | None:
        """Give who sends a request; None for nobody who is let in."""
        headers = Headers(scope=scope)
        if not self.state.has_users():
            return self._owner if self._alone else None
        if (said := headers.get("authorization")) is not None:
            return self._by_token(said[len(_BEARER) :].strip()) if said.lower().startswith(_BEARER) else None
        named = self._session(headers)
        user = self.state.by_session(named) if named else None
        return _person(user, user.role, "session", named) if user else None

    def _by_token(self, secret: str) -> Person | None:
        found = self.state.by_token(secret)
        return _person(found[0], lesser(found[0].role, found[1].role), "token") if found else None

    def log_in(self, scope: Scope, name: str, password: str) -> str:
        """Give the cookie of a new session; raises TmError (`unauthorized`, `too_many`).

        A name that is nobody's takes as long and says the same as a password that is wrong. The session that this
        browser had before ends, so that nobody can hand it one to share.
        """
        from tmfiles.web import passwords

        address = (scope.get("client") or ("",))[0]
        both = f"both {name} {address}"
        limits = {both: FOR_BOTH, f"address {address}": FOR_ADDRESS, f"name {name}": FOR_NAME}
        if wait := self.state.attempt(limits, SECONDS):
            raise TmError("too many failed logins", f"try again in {wait} seconds", "too_many")
        kept = self.state.password(name)
        if not passwords.matches(kept, password):
            raise TmError("name or password is wrong", "try again", "unauthorized")
        self.state.forgive(*limits)
        if passwords.outdated(kept):
            self.state.set_password(name, passwords.hashed(password))
        secret = self.state.begin(name, self._session(Headers(scope=scope)))
        return self._signer().sign(secret).decode("ascii")

    def log_out(self, scope: Scope) -> None:
        """End the session of a request: its cookie opens nothing any more, wherever it is kept."""
        if named := self._session(Headers(scope=scope)):
            self.state.end(named)

    def cookie(self) -> str:
        """Name the cookie: two servers on one machine share its cookies, and each has one of its own."""
        return f"tm-{digest(self.state.key().hex())[:8]}"

    def form(self, person: Person) -> str:
        """Give what a form of this person's pages sends back; nothing where no session is to be guarded."""
        if person.by != "session":
            return ""
        return Signer(self.state.key(), salt="tm form").get_signature(person.session).decode("ascii")

    def is_form(self, person: Person, sent: str) -> bool:
        """Tell whether what a form sent back is what this person's form was given."""
        return secrets.compare_digest(self.form(person).encode(), sent.encode("utf-8", "replace"))

    def _session(self, headers: Headers) -> str:
        """Give the digest that names the session of a cookie; "" where there is none that this server signed."""
        sent = [cookie_parser(one) for one in headers.getlist("cookie")]
        values = [one[self.cookie()] for one in sent if self.cookie() in one]
        if len(values) != 1:
            return ""
        try:
            return digest(self._signer().unsign(values[0], SESSION_SECONDS).decode("ascii"))
        except (BadSignature, UnicodeError):
            return ""

    def _signer(self) -> TimestampSigner:
        import hashlib

        return TimestampSigner(self.state.key(), salt="tm session", digest_method=hashlib.sha256)


def _person(user: User, role: str, by: str, session: str = "") -> Person:
    return Person(user.full_name, user.email, role, user.name, by, session)
