"""The command user: add, list, update, passwd, token, revoke, remove."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Annotated, Any

import typer

from tmfiles.cli import options as o
from tmfiles.cli import streams
from tmfiles.cli.parse import Command, Group
from tmfiles.cli.session import Session
from tmfiles.errors import TmError
from tmfiles.render import users as render
from tmfiles.web import users
from tmfiles.web.state import State
from tmfiles.web.users import User

user = typer.Typer(
    cls=Group, help="Who may use the server, and how they log in.", no_args_is_help=True, rich_markup_mode=None
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The name to log in with.")]
Full = Annotated[str | None, typer.Option("--name", metavar="NAME", help="The name in commits and tasks.")]
Email = Annotated[str | None, typer.Option("--email", metavar="ADDRESS", help="The address in commits.")]
Role = Annotated[str | None, typer.Option("--role", metavar="ROLE", help="reader, editor or admin.")]


@user.command("add", cls=Command)
def add(
    context: typer.Context,
    name: Name,
    full_name: Full = None,
    email: Email = None,
    role: Role = None,
    json: o.Json = False,
) -> None:
    """Let somebody use the server; give a password or a token next.

    From the first user on the server asks everybody to log in. Without --role a user is an editor: reads and writes
    tasks; a reader only looks, an admin also changes the store's settings.

    tm user add maria --name "Maria Lopez" --email maria@example.org
    """
    session: Session = context.obj
    state = State.of(session.workspace())
    state.add(users.user(name, full_name or "", email or "", role or "editor"))
    _tell(session, state, name, f"added {name}; next: tm user passwd {name}, or tm user token {name}", json=json)


@user.command("list", cls=Command)
def list_(context: typer.Context, json: o.Json = False) -> None:
    """List the users with their roles and tokens, and no secret.

    tm user list
    """
    session: Session = context.obj
    state = State.of(session.workspace())
    found = [_told(state, one) for one in state.users()]
    if json:
        session.document([render.document(*one) for one in found])
        return
    session.rows("".join(render.rows(*one) for one in found))
    if not found:
        session.tell("no users: the server is for the one person at this machine")


@user.command("update", cls=Command)
def update(
    context: typer.Context,
    name: Name,
    full_name: Full = None,
    email: Email = None,
    role: Role = None,
    json: o.Json = False,
) -> None:
    """Change the role of a user, or the name and address in commits.

    What a role allows holds from the next request on, for sessions and tokens there are, too.

    tm user update maria --role admin
    """
    session: Session = context.obj
    state = State.of(session.workspace())
    if full_name is None and email is None and role is None:
        raise TmError("nothing to change", "one or more of --name, --email, --role", "usage")
    was = state.user(name)
    state.change(
        users.user(
            name,
            was.full_name if full_name is None else full_name,
            was.email if email is None else email,
            was.role if role is None else role,
        )
    )
    _tell(session, state, name, f"changed {name}", json=json)


@user.command("passwd", cls=Command)
def passwd(context: typer.Context, name: Name, json: o.Json = False) -> None:
    """Set the password of a user: you are asked for it, or pipe it in.

    Sessions that were begun with an earlier one end. What is kept is a hash (Argon2id), in the clone's git directory.

    tm user passwd maria
    """
    session: Session = context.obj
    state = State.of(session.workspace())
    state.user(name)
    if find_spec("argon2") is None:
        raise TmError(
            "tm user passwd needs the package argon2-cffi, which is not installed",
            "install it: pip install 'tmfiles[web]'",
            "usage",
        )
    from tmfiles.web import passwords

    password = _password()
    passwords.refuse_weak(password, name)
    state.set_password(name, passwords.hashed(password))
    _tell(session, state, name, f"{name} has a new password, and begins anew wherever logged in", json=json)


@user.command("token", cls=Command)
def token(
    context: typer.Context,
    name: Name,
    label: Annotated[str, typer.Option("--label", metavar="TEXT", help="What it is for.")] = "",
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help="Less than the user's own role.")] = "",
    days: Annotated[int | None, typer.Option("--days", metavar="N", help="How long it holds; else for ever.")] = None,
    json: o.Json = False,
) -> None:
    """Make a token for a program of a user, and print it this once.

    It is sent as "Authorization: Bearer TOKEN"; only a digest of it is kept.

    tm user token maria --label laptop --days 90
    """
    session: Session = context.obj
    state = State.of(session.workspace())
    if days is not None and not 0 < days <= 3650:
        raise TmError(f"--days {days} is no time for a token", "1 to 3650, or leave it out", "usage")
    secret, made = state.make_token(name, label, users.role(role) if role else "", days or 0)
    if json:
        session.document({"token": secret, **render.token(made._asdict())})
        return
    session.write(f"{secret}\n")
    session.tell(f"token {made.id} of {name} ({made.role}); it is shown this once")


@user.command("revoke", cls=Command)
def revoke(
    context: typer.Context,
    name: Name,
    token_id: Annotated[str, typer.Option("--token", metavar="ID", help="Only this one, as tm user list says.")] = "",
    json: o.Json = False,
) -> None:
    """Take back the tokens of a user, and end all sessions.

    tm user revoke maria
    """
    session: Session = context.obj
    state = State.of(session.workspace())
    tokens, sessions = state.revoke(name, token_id)
    if token_id and not tokens:
        raise TmError(f"{name} has no token {token_id!r}", "which there are: tm user list", "not_found")
    ended = "" if token_id else f" and ended {sessions} session{'' if sessions == 1 else 's'}"
    words = f"took back {tokens} token{'' if tokens == 1 else 's'} of {name}{ended}"
    _tell(session, state, name, words, json=json)


@user.command("remove", cls=Command)
def remove(context: typer.Context, name: Name, json: o.Json = False) -> None:
    """Let a user in no more; what was written stays as it was.

    tm user remove maria
    """
    session: Session = context.obj
    state = State.of(session.workspace())
    was = _told(state, state.user(name))
    state.remove(name)
    if json:
        session.document(render.document(*was))
        return
    session.tell(f"removed {name}, with all tokens and sessions")
    if not state.has_users():
        session.tell("nobody is left: from now on the server is for the one person at this machine")


def _tell(session: Session, state: State, name: str, words: str, *, json: bool) -> None:
    if json:
        session.document(render.document(*_told(state, state.user(name))))
    else:
        session.tell(words)


def _told(state: State, one: User) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    return one._asdict(), [token._asdict() for token in state.tokens(one.name)]


def _password() -> str:
    """Ask for a password twice where somebody types, else take the one line that is piped in."""
    if not sys.stdin.isatty():
        given = streams.heard(sys.stdin.read)
        if not given.strip():
            raise TmError("standard input is empty", "pipe the password in, or type it at a terminal", "usage")
        return given.removesuffix("\n").removesuffix("\r")
    from getpass import getpass

    first = getpass("Password: ")
    if getpass("Once more: ") != first:
        raise TmError("the two passwords differ", "nothing was changed: try again", "usage")
    return first
