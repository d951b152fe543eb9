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
Force = Annotated[bool, typer.Option("--force", help="Although it is blocked, claimed by another or against a policy.")]
Push = Annotated[bool, typer.Option("--push", help="In every clone, by pushing it; whoever is first has it.")]
Forced = Annotated[bool, typer.Option("--force", help="Although another claims it, or it breaks a policy.")]
Limit = Annotated[int | None, typer.Option("--limit", "-n", metavar="N", help="Show at most N; 0 shows all.")]
Sort = Annotated[
    str,
    typer.Option(
        "--sort", metavar="KEY", help="priority, created, updated, due, title, status, order or id; -KEY turns it."
    ),
]
Group = Annotated[str, typer.Option("--group-by", metavar="FIELD", help="status, assignee, tag, due, fields.NAME …")]
Form = Annotated[str, typer.Option("--format", metavar="FORM", help="json, plain or id: bare ids.")]
Priority = Annotated[str, typer.Option("-p", "--priority", metavar="P", help="critical, high, medium or low.")]
