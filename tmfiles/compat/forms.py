"""What was typed in Task Orchestrator's forms, as commands of `tm`: one table, one pure function."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tmfiles.compat import admin, hyphenated
from tmfiles.errors import TmError


class Order(namedtuple("Order", "name argvs values", defaults=((), {}))):
    """A command of the predecessor's: its name, what `tm` is to run for it in turn, and what was said in it.

    `values` has the positional words by name, the options that only the wording needs, and `ignored`.
    """

    __slots__ = ()

    name: str
    argvs: tuple[tuple[str, ...], ...]
    values: dict[str, Any]


class Form(namedtuple("Form", "command words options rest", defaults=("",))):
    """How a command is typed: the new command, its positional words, its options, and what further words belong to."""

    __slots__ = ()

    command: str
    words: tuple[str, ...]
    options: Mapping[str, Option]
    rest: str


class Option(namedtuple("Option", "takes target make", defaults=("", None))):
    """One option: `takes` is "one" word, "many" words each for itself, "text" of several words, or "none".

    `target` is the new option, empty for one that is kept in `values` alone; `make` turns a word into its value.
    """

    __slots__ = ()

    takes: str
    target: str
    make: Callable[[str], str] | None


def hours(word: str) -> str:
    """Give a number of hours as a span of time; raises TmError when it is none."""
    try:
        number = float(word)
    except ValueError:
        raise TmError(f"{word!r} is not a number of hours", "for example 2.5", "usage") from None
    if not 0 <= number < 1e6:
        raise TmError(f"{word} hours are no time to work", "for example 2.5", "usage")
    return f"{number:.4f}".rstrip("0").rstrip(".") + "h" if round(number * 3600) else ""


def moment(word: str) -> str:
    """Give a deadline as `tm` takes it: a time without a zone was meant in UTC."""
    plain = word.strip()
    if len(plain) > 10 and plain[:10].replace("-", "").isdigit() and plain[10] in "T ":
        time = plain[11:]
        if not time.upper().endswith("Z") and "+" not in time and "-" not in time:
            return f"{plain[:10]}T{time}Z"
    return plain


def number(word: str) -> str:
    """Give a limit as `tm` takes it; what is not above 0 was none."""
    try:
        return str(max(int(word), 0))
    except ValueError:
        raise TmError(f"limit {word!r} is not a whole number", "for example 20", "usage") from None


def lines(word: str) -> str:
    """Give a file with its lines as `tm` writes them: `a.py:10:20` is `a.py:10-20`."""
    path, first, last = ([*word.rsplit(":", 2), "", ""])[:3]
    return f"{path}:{first}-{last}" if first.isdigit() and last.isdigit() else word


_ONE, _TEXT, _FLAG = Option("one"), Option("text"), Option("none")
_META = Option("many")  # kept in the description, as it was
_EXTRAS = {
    name: Option("one")
    for name in ("--role", "--type", "--section", "--impact", "--tags", "--ready-for", "--content", "--shared")
}
_SAID = Form("", ("id",), {**_EXTRAS}, "text")

FORMS: dict[str, Form] = {
    "init": Form("init", (), {}),
    "add": Form(
        "add",
        ("title",),
        {
            "-d": Option("one", "--description"),
            "--description": Option("one", "--description"),
            "-p": Option("one", "--priority", str.lower),
            "--priority": Option("one", "--priority", str.lower),
            "--depends-on": Option("many", "--depends-on"),
            "--file": Option("many", "--file", lines),
            "--tag": Option("many", "--tag"),
            "--meta": _META,
            "--criteria": Option("one", "--criteria"),
            "--deadline": Option("one", "--due", moment),
            "--estimated-hours": Option("one", "--estimate", hours),
            "--assignee": Option("one", "--assignee"),
            "--phase": Option("one", "--phase"),
            "--context": Option("one", "--context"),
            "--with-context": _FLAG,  # every task has a shared log
        },
    ),
    "list": Form(
        "list",
        (),
        {
            "--status": Option("one", "--status", str.lower),
            "--assignee": Option("one", "--assignee"),
            "-p": Option("one", "--priority", str.lower),
            "--priority": Option("one", "--priority", str.lower),
            "--limit": Option("one", "", number),
            "--meta": _META,
            "--has-deps": _FLAG,
            "--format": _ONE,
        },
    ),
    "show": Form("show", ("id",), {}),
    "update": Form(
        "update",
        ("id",),
        {
            "--status": Option("one", "--status", str.lower),
            "--assignee": Option("one", "--assignee"),
            "-p": Option("one", "--priority", str.lower),
            "--priority": Option("one", "--priority", str.lower),
            "-d": Option("one", "--set-description"),
            "--description": Option("one", "--set-description"),
            "--deadline": Option("one", "--due", moment),
            "--estimated-hours": Option("one", "--estimate", hours),
            "--tag": Option("many", "--tag"),
            "--file": Option("many", "--file", lines),
            "--meta": _META,
            "--impact": _TEXT,
        },
    ),
    "complete": Form(
        "complete",
        ("id",),
        {
            "--summary": Option("text", "--summary"),
            "--actual-hours": Option("one", "--actual", hours),
            "--validate": Option("none", "--validate"),
            "--impact-review": Option("none", "--impact-review"),
            "--force": Option("none", "--force"),
        },
    ),
    "delete": Form("delete", ("id",), {"--force": Option("none", "--force")}),
    "assign": Form("assign", ("id", "name"), {}),
    "export": Form("export", (), {"--format": _ONE, "--output": _ONE, "-o": _ONE}),
    "watch": Form("watch", (), {"--limit": Option("one", "", number)}),
    "join": Form("join", ("id",), {**_EXTRAS}),
    "share": _SAID._replace(command="share"),
    "note": _SAID._replace(command="note"),
    "discover": _SAID._replace(command="discover"),
    "sync": _SAID._replace(command="checkpoint"),
    "progress": _SAID._replace(command="progress"),
    "context": Form("show", ("id",), {**_EXTRAS, "--shared": _TEXT}),
    "participants": Form("show", ("id",), {**_EXTRAS}),
    "feedback": Form(
        "feedback",
        ("id",),
        {
            "--quality": Option("one", "--quality"),
            "--timeliness": Option("one", "--timeliness"),
            "--note": Option("text", "--note"),
        },
    ),
    "config": Form(
        "config",
        (),
        {
            **dict.fromkeys(("--show", "--minimal-mode", "--reset", "--show-enforcement"), _FLAG),
            **dict.fromkeys(("--enable", "--disable", "--enforcement-level"), _ONE),
            **dict.fromkeys(("--enforce-usage", "--enforce-orchestration"), _ONE),
        },
    ),
    "validate-orchestration": Form("check", (), {}),
    "fix-orchestration": Form("check", (), {"--interactive": _FLAG}),
    "migrate": Form("list", (), {f"--{step}": _FLAG for step in ("status", "apply", "rollback", "dry-run")}),
    "metrics": Form("metrics", (), {"--feedback": Option("none", "--feedback"), "--period": Option("one", "--period")}),
}
# `context VERB ID …` is the command of its own that does it.
_VERBS = {"join": "join", "update": "share", "read": "context", "discover": "discover", "sync": "sync"}
_VERBS |= {"participants": "participants", "note": "note", "share": "share", "progress": "progress"}
# These take what stands before the command in `tm`, and may stand anywhere.
_BEFORE = {"-C": True, "--as": True, "--color": True, **dict.fromkeys(("-q", "--quiet", "-v", "--verbose"), False)}


def normalised(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Give what `--agent-id` and the like say, as options before the command, and all other words.

    Raises TmError when `--agent-id` has no value.
    """
    before: list[str] = []
    rest: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        if word == "--agent-id" or (word in _BEFORE and not rest):
            takes = _BEFORE.get(word, True)
            if takes and (at + 1 == len(words) or not words[at + 1].strip()):
                raise TmError(f"{word} requires a value", f"for example {word} maria", "usage")
            before += ["--as" if word == "--agent-id" else word, *words[at + 1 : at + 1 + takes]]
            at += 1 + takes
        else:
            rest.append(word)
            at += 1
    more, rest = hyphenated.parted(rest)
    return [*before, *more], rest


def ordered(words: Sequence[str], known: Callable[[str], Mapping[str, bool]]) -> Order | None:
    """Read a command of the predecessor's, given without what stands before it; None for any other.

    `known` gives the options that the new command has beside these, and whether each takes a value: they pass.
    Raises TmError for what cannot be meant. Any other option is ignored, as it was, and named in `values`.
    """
    if not words:
        return None
    name, rest = words[0], list(words[1:])
    if name == "context" and len(rest) > 1 and rest[0] in _VERBS:
        name = _VERBS[rest.pop(0)]
    form = FORMS.get(name)
    if form is None or {"-h", "--help"} & {*rest}:
        return None
    plain = [word for word in rest if not word.startswith("-")]
    rest = [part for word in rest for part in _parted(word, form)]
    own = {"config": form.options, "metrics": ("--feedback",)}.get(name)
    if (name == "sync" and not plain) or (own is not None and not {*own} & {*rest}):
        return None  # those of `tm`
    values, argv = _read(form, rest, known(form.command))
    return Order(name, tuple(_argvs(name, form, values, argv)), values)


def _parted(word: str, form: Form) -> list[str]:
    """Give `--tag=web` as two words, where it is an option of the form that takes any."""
    name, sign, value = word.partition("=")
    option = form.options.get(name)
    return [name, value] if sign and option is not None and option.takes != "none" else [word]


def _read(form: Form, rest: list[str], passing: Mapping[str, bool]) -> tuple[dict[str, Any], list[str]]:
    """Sort the words of a command: what is said in it, and the options that the new command gets."""
    values: dict[str, Any] = {"ignored": []}
    argv: list[str] = []
    spare: list[str] = []
    at = 0
    while at < len(rest):
        word = rest[at]
        at += 1
        option = form.options.get(word)
        if option is not None:
            taken = _taken(option, rest[at:], form)
            at += len(taken)
            _keep(option, word, taken, values, argv)
        elif word == "--json":
            values["json"] = True
        elif word.partition("=")[0] in passing:
            more = passing.get(word, 0)
            argv += [word, *rest[at : at + more]]
            at += more
        elif word.startswith("-") and len(word) > 1 and " " not in word and not word[1].isdigit():
            values["ignored"].append(word)
        elif len(spare) < len(form.words) or form.rest:
            spare.append(word)
        else:
            values["ignored"].append(word)
    values.update(zip(form.words, spare, strict=False))
    if form.rest:
        values[form.rest] = " ".join(spare[len(form.words) :])
    return values, argv


def _taken(option: Option, rest: list[str], form: Form) -> list[str]:
    """Give the words that belong to an option."""
    if option.takes == "none" or not rest or rest[0] in form.options:
        return []
    if option.takes == "one":
        return rest[:1]
    ends = (at for at, word in enumerate(rest) if word.startswith("--" if option.takes == "text" else "-"))
    return rest[: next(ends, len(rest))]


def _keep(option: Option, word: str, taken: list[str], values: dict[str, Any], argv: list[str]) -> None:
    if option.takes == "none":
        values[word.lstrip("-")] = True
        argv += [option.target] * bool(option.target)
        return
    if not taken:
        values["ignored"].append(word)
        return
    made = [" ".join(taken)] if option.takes == "text" else taken
    if word == "--depends-on":
        made = [part for one in made for part in one.split(",")]
        if twice := sorted({one for one in made if made.count(one) > 1}):
            raise TmError(f"duplicate dependency ID: {twice[0]}", "name each task once", "usage")
    if option.make is not None:
        made = [option.make(one) for one in made]
    if option.target:
        argv += [f"{option.target}={one}" for one in made if one or option.make is None]
    key = word.lstrip("-")
    values[key] = [*values.get(key, ()), *made] if option.takes == "many" else made[0]


def _argvs(name: str, form: Form, values: dict[str, Any], argv: list[str]) -> list[tuple[str, ...]]:
    """Give what is to be run: `--json` asks for the document that is then worded."""
    id_ = values.get("id", "")
    given = [values[word] for word in form.words if word in values]
    if len(given) < len(form.words):
        return []  # the wording tells how it is used
    run = [form.command, *_described(name, values, argv)]
    if name == "list":
        return [("list", *argv, "--json", "--limit", "0", *_all(values, argv), *_sorted(argv))]
    if name in ("config", "fix-orchestration"):
        return admin.settings(values) if name == "config" else admin.mending(values)
    if name == "migrate":
        return [("list", "--limit", "1", "--json")] if form.options.keys() & {f"--{key}" for key in values} else []
    if name == "export":
        return [("list", "--all", "--sort", "created", "--limit", "0", "--json")]
    if name == "watch":
        return [("watch", "--mine", "--json", "--limit", values.get("limit", "10"))]
    if name == "context":
        shared = [("share", "--json", "--", id_, values["shared"])] if values.get("shared") else []
        private = [("note", "--json", "--", id_)] if values.get("type", "all") in ("all", "private") else []
        return [*shared, ("show", "--json", "--", id_), *private]
    if name == "update":
        impact = [("share", "--json", "--", id_, f"Impact: {values['impact']}")] if values.get("impact") else []
        own = [(*run, "--force", "--json", "--", id_)] if len(run) > 1 else []
        return [*own, *impact]
    if "text" in values:
        return [(*run, "--json", "--", id_, _said(values))]
    if name == "join" and values.get("role"):
        return [(*run, "--json", "--", id_), ("share", "--json", "--", id_, f"Joined as {values['role']}")]
    if name == "assign":
        return [("show", "--json", "--", id_), (*run, "--json", "--", *given)]
    return [(*run, "--json", *(["--", *given] if given else []))]


def _described(name: str, values: Mapping[str, Any], argv: Sequence[str]) -> list[str]:
    """Give the options with `--meta` as the last paragraph of the description, which is where it was kept."""
    if name not in ("add", "update") or not values.get("meta"):
        return list(argv)
    meta = f"Meta: {', '.join(values['meta'])}"
    text = values.get("d", values.get("description"))
    target = "--description" if name == "add" or text is None else "--set-description"
    others = [word for word in argv if not word.startswith(f"{target}=")]
    return [*others, f"{target}={text}\n\n{meta}" if text else f"{target}={meta}"]


def _said(values: Mapping[str, Any]) -> str:
    """Give what is said, with what was said beside it as options."""
    words = " ".join(part for part in (values["text"], values.get("content", ""), values.get("shared", "")) if part)
    if not words.strip() and values.get("ready-for"):
        return f"Ready for {values['ready-for']}"
    beside = [f"{key}: {values[key]}" for key in ("type", "section", "impact", "tags", "ready-for") if key in values]
    return f"{words} ({'; '.join(beside)})" if beside and words.strip() else words


def _all(values: Mapping[str, Any], argv: Sequence[str]) -> list[str]:
    return [] if values.get("status") or "--all" in argv else ["--all"]


def _sorted(argv: Sequence[str]) -> list[str]:
    return [] if any(word.startswith("--sort") for word in argv) else ["--sort", "-created"]
