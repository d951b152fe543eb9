"""Arguments and options that several commands share, declared once."""

from __future__ import annotations

from typing import Annotated

import typer

Id = Annotated[str, typer.Argument(metavar="ID", help="A task's id, or the beginning of it.")]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Tasks' ids, or the beginnings of them.")]
Json = Annotated[bool, typer.Option("--json", help="Print a JSON document.")]
Plain = Annotated[bool, typer.Option("--plain", help="Print one tab-separated line a task.")]
NoCommit = Annotated[bool, typer.Option("--no-commit", help="Change the files and leave the commit to you.")]
Message = Annotated[str, typer.Option("-m", "--message", metavar="TEXT", help="The commit's message.")]
Force = Annotated[bool, typer.Option("--force", help="Do it although it is blocked.")]
Limit = Annotated[int | None, typer.Option("--limit", "-n", metavar="N", help="Show at most N; 0 shows all.")]
Sort = Annotated[
    str,
    typer.Option("--sort", metavar="KEY", help="priority, created, updated, due, title, status or id; -KEY turns it."),
]
Priority = Annotated[str, typer.Option("-p", "--priority", metavar="P", help="critical, high, medium or low.")]
Priorities = Annotated[list[str], typer.Option("-p", "--priority", metavar="P", help="Of this priority.")]
Types = Annotated[list[str], typer.Option("--type", metavar="TYPE", help="Of this type.")]
Tags = Annotated[list[str], typer.Option("-t", "--tag", metavar="TAG", help="With this tag.")]
Assignees = Annotated[list[str], typer.Option("-a", "--assignee", metavar="NAME", help="Of this person.")]
