"""Every row of Task Orchestrator's command line and of the contract its users' scripts rely on, tried one by one.

A row is what is typed, the exit code, and what standard output and standard error must hold, as regular expressions;
`=` before one means all of the stream. `{a}`, `{b}` and so on are ids of tasks: `> a` keeps what a row prints.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest
from conftest import GitRepo
from writing import Store, run

Row = tuple[str, int, str, str]

INVOCATION: list[Row] = [
    ("", 1, r"^Usage: tm <command> \[args\]\nCommands: init, add", "="),
    ("--help", 0, "Usage", "="),
    ("-h", 0, "Usage", "="),
    ("help", 0, "Usage", "="),
    ("--version", 0, r"^tm \d", "="),
    ("frobnicate", 1, "=", "frobnicate"),
    ("list --agent-id", 1, "=", r"^Error: --agent-id requires a value"),
    ("list --agent-id zoe --surplus", 0, "=No tasks found\n", "surplus"),
]
CORE: list[Row] = [
    ("init", 0, r"=Task database initialized\n", "="),
    ("list", 0, r"=No tasks found\n", "="),
    ("watch", 0, r"=No new notifications\n", "="),
    ("add One -d Text -p high > a", 0, r"^[0-9a-f]{8}\n$", r"=Task created\n"),
    ("add Two --depends-on {a} > b", 0, r"^[0-9a-f]{8}\n$", r"=Task created\n"),
    ("add Three --depends-on {a} {b} --file a.py:1:2 b.py --meta k:v m:n > c", 0, "", "Task created"),
    ("add Four --deadline 2027-01-01T10:00:00 --estimated-hours 2.5 --assignee bob --phase p1 > d", 0, "", "created"),
    ("add Five --context 'WHY: it must' --criteria '[{\"criterion\": \"All tests pass\"}]' > e", 0, "", "created"),
    ("add Six --priority critical --description W --tag x --with-context > f", 0, "", "created"),
    ("add", 1, "=", "Usage: tm add <title>"),
    ("add ''", 1, "=", "empty"),
    ("add x -p urgent", 1, "=", "Invalid priority"),
    (f"add {'x' * 501}", 1, "=", "too long"),
    ("add x --depends-on nowhere", 1, "=", "Failed to add task: Invalid dependency ID: nowhere"),
    ("add x --depends-on {a},{a}", 1, "=", "Error"),
    ("add x --criteria {{", 1, "=", "Invalid JSON in success criteria"),
    ("add x --criteria '{{}}'", 1, "=", "must be a JSON array"),
    ("add x --criteria '[3]'", 1, "=", "must be a JSON object"),
    ("add x --criteria '[{{}}]'", 1, "=", "must have a 'criterion' field"),
    ("add x --estimated-hours many", 1, "=", "not a number of hours"),
    ("list", 0, r"(?m)^\[{d}\] Four - pending \(bob\)$", "="),
    ("list --status blocked --limit 1", 0, r"^\[({c}|{b})\] T\w+ - blocked\n$", "="),
    ("list --assignee bob", 0, r"^\[{d}\]", "="),
    ("list --has-deps", 0, r"^\[({c}\].*\n\[{b}|{b}\].*\n\[{c})\]", "="),
    ("list -p high", 0, r"^\[{a}\]", "="),
    ("list --meta k:v", 0, r"^\[{c}\]", "="),
    ("list --limit 0", 0, r"(?s)One", "="),
    ("list --limit x", 1, "=", "not a whole number"),
    ("list --assignee nobody", 0, r"=No tasks found\n", "="),
    ("show {a}", 0, r"(?m)^title: One$", "="),
    ("show {b}", 0, r"(?m)^status: blocked$(?s:.*)^dependencies: \['{a}'\]$", "="),
    ("show {a}", 0, r"(?m)^completed_at: None$", "="),
    ("show nowhere", 1, "=", "not found"),
    ("show", 1, "=", "Usage: tm show <task_id>"),
    ("show {e} --json", 0, r'(?m)^  "success_criteria": .*All tests pass', "="),
    ("update {d} --status in_progress", 0, "=", "updated"),
    ("update {d} --status blocked", 0, "=", "updated"),
    ("update {d} --status pending --assignee amy --meta z:1 --impact 'much to do'", 0, "=", "updated"),
    ("update {d} --status odd", 1, "=", "Invalid status"),
    ("update nowhere --status completed", 1, "=", "Invalid task ID: nowhere"),
    ("update {d}", 1, "=", "Usage: tm update <task_id> --status <status>"),
    ("assign {d} zoe", 0, "=", "assigned"),
    ("assign {d}", 1, "=", "Usage: tm assign <task_id> <assignee>"),
    ("assign nowhere zoe", 1, "=", "Failed to assign task nowhere"),
    ("delete {a}", 1, "=", "depend"),
    ("delete nowhere", 1, "=", "not found"),
    ("complete {a} --summary All is done --actual-hours 3", 0, "=", "Task {a} completed"),
    ("complete {a}", 0, "=", "completed"),
    ("show {a}", 0, r"(?m)^completion_summary: All is done$(?s:.*)^actual_hours: 3.0$", "="),
    ("show {b}", 0, r"(?m)^status: pending$", "="),
    ("complete {c}", 1, "=", "blocked"),
    ("complete nowhere", 1, "=", "not found"),
    ("complete", 1, "=", "Usage: tm complete"),
    ("complete {e} --validate", 0, r"^=== Success Criteria Validation Report ===\nOverall: ", "completed"),
    ('add Seven --criteria \'[{{"criterion": "No", "measurable": "false"}}]\' > g', 0, "", "created"),
    ("complete {g} --validate", 1, "=", "(?s)criteria unmet.*not completed"),
    ("complete {g} --validate --force", 0, "Overall: 0/1", "completed"),
    ("complete {b}", 0, "=", "completed"),
    ("complete {c} --impact-review", 0, "^\n=== Impact Review ===", "completed"),
    ("--agent-id bob watch", 0, r"(?s)New Notification\(s\) ===.*impact review", "="),
    ("delete {f}", 0, "=", "deleted"),
    ("export --format json", 0, r'(?s)^\[(?=.*"id": "{a}").*"dependencies": \[\n', "="),
    ("export --format markdown", 0, r"(?s)^# Task Orchestrator Export.*## Pending Tasks.*## Completed Tasks", "="),
    ("export --format tsv", 0, r"^id\ttitle\tstatus\tassignee\n", "="),
    ("export --format json --output out.json", 0, "=", "="),
]
TOGETHER: list[Row] = [
    ("add One > a", 0, "", "created"),
    ("join {a}", 0, r"=Joined task: {a}\n", "="),
    ("join", 1, "=", "Usage: tm join <task_id>"),
    ("join nowhere", 1, "=", "Failed to join task nowhere"),
    ("share {a} it is half done", 0, "=", "Shared update"),
    ("share {a}", 1, "=", ""),
    ("share nowhere words", 1, "=", "Failed to share update for task nowhere"),
    ("note {a} mine alone", 0, "=", "Note added: Added private note for task {a}"),
    ("note nowhere words", 1, "=", "not found"),
    ("discover {a} a cave", 0, "=", "Discovery shared"),
    ("discover nowhere words", 1, "=", "Failed to share discovery"),
    ("sync {a} all agree", 0, "=", "Sync: Created sync point for task {a}"),
    ("sync nowhere words", 1, "=", "Failed to create sync point"),
    ("progress {a} half", 0, "=", "Progress update added"),
    ("progress nowhere half", 1, "=", "not found"),
    ("context {a}", 0, r"(?s)^Task: {a}\n.*Created: .*\[update\] ann: it is half done.*\[discovery\].*\[sync\]", "="),
    ("context {a}", 0, "Your Notes:(?s:.*)mine alone", "="),
    ("context {a} --agent-id bob", 0, r"(?s)^(?!.*mine alone)Task: {a}", "="),
    ("context nowhere", 1, "=", "not found"),
    ("context", 1, "=", "Usage: tm context <task_id>"),
    ("context read {a} --type shared", 0, "Task: {a}", "="),
    ("context update {a} more words --section s --impact high", 0, "=", "Shared update"),
    ("context join {a} --role tester", 0, "Joined task: {a}", "="),
    ("context discover {a} another cave --tags x", 0, "=", "Discovery shared"),
    ("context sync {a} ready --ready-for bob", 0, "=", "Sync"),
    ("context participants {a}", 0, "(?m)^ann$", "="),
    ("context {a} --shared words", 0, r"\[update\] ann: words", "="),
    ("watch --limit 3 --agent-id bob", 0, "DISCOVERY in {a}: a cave", "="),
    ("feedback {a} --quality 4", 1, "=", "not completed"),
    ("complete {a}", 0, "=", "completed"),
    ("feedback {a} --quality 6", 1, "=", "between 1 and 5"),
    ("feedback {a} --quality good", 1, "=", ""),
    (f"feedback {{a}} --note {'x' * 501}", 1, "=", ""),
    ("feedback {a} --quality 4 --timeliness 5 --note well done", 0, "=", "Feedback recorded"),
    ("feedback {a} --quality 4", 1, "=", "already has feedback"),
    ("metrics --feedback", 0, r"(?s)^Feedback metrics:.*Average Quality: 4.0/5\n  Average Timeliness: 5.0/5", "="),
    ("metrics --feedback --period week", 0, "week", "="),
]
ADMIN: list[Row] = [
    ("config --show", 0, r"(?s)^Current configuration:.*success-criteria: enabled", "="),
    ("config --disable feedback", 0, "=", "Feature 'feedback' disabled"),
    ("config --enable feedback", 0, "=", "Feature 'feedback' enabled"),
    ("config --enable nothing", 1, "=", "Unknown feature: nothing"),
    ("config --minimal-mode", 0, "=", "Minimal mode enabled"),
    ("config --show", 0, "minimal_mode: True", "="),
    ("config --reset", 0, "=", "reset"),
    ("config --help", 0, "config", "="),
    ("config --enforcement-level strict", 0, "✅ Enforcement level set to: strict", ""),
    ("config --enforcement-level mild", 1, "=", "Invalid level - use: strict, standard, or advisory"),
    ("config --enforce-usage false", 0, "✅ Enforcement disabled", ""),
    ("config --enforce-orchestration true", 0, "✅ Enforcement enabled", ""),
    ("config --show-enforcement", 0, r"(?s)^Enforcement Level: standard\nCurrently Active: Yes\n.*Context: Valid", "="),
    ("validate-orchestration", 0, "✅ Orchestration context is valid", "="),
    ("fix-orchestration", 1, "=", "--interactive"),
    ("fix-orchestration --interactive", 0, "✅ Orchestration context is valid", "="),
    ("migrate --status", 0, r"(?s)Applied migrations: .*Pending migrations: None\nUp to date: Yes", "="),
    ("migrate --apply", 0, "=", "No pending migrations: already up to date"),
    ("migrate --rollback", 1, "=", "No backups"),
    ("migrate --dry-run", 0, "would", "="),
    ("migrate --help", 0, "migrate", "="),
    ("add One --estimated-hours 1 > a", 0, "", ""),
    ("add Two --depends-on {a} > b", 0, "", ""),
    ("critical-path", 0, "(?s){a}.*{b}", ""),
    ("critical-path --dot", 0, "digraph", "="),
    ("report --assessment", 0, "completion rate", "="),
    ("report --weekly", 0, "", "="),
    ("hooks report", 1, "=", ""),
    ("hooks alerts", 1, "=", ""),
    ("template list", 0, "feature", "="),
    ("template show feature", 0, "variables", "="),
    ("template apply feature --var feature=Dark --var owner=li", 0, "", ""),
    ("template create own {a} {b}", 0, "", ""),
    ("phase-create design", 0, "", ""),
    ("phase-create build", 0, "", ""),
    ("phase-add-dependency build design", 0, "", ""),
    ("phase-add-gate build approved", 0, "", ""),
    ("phase-update build --description Walls", 0, "", ""),
    ("phase-show build", 0, "(?m)^gate: approved$", "="),
    ("phase-list", 0, "(?s)design.*build", "="),
    ("agent-register ann Ann --type developer --capabilities python,web", 0, "", ""),
    ("agent-list --type developer --status idle", 0, "^ann", "="),
    ("agent-list --status active --type developer", 0, "^ann", "="),
    ("agent-status ann", 0, "(?m)^name: Ann$", "="),
    ("agent-workload", 0, "^ann", "="),
    ("agent-message ann bob Look here --priority high", 0, "", ""),
    ("agent inbox --agent-id bob", 0, "Look here", "="),
    ("agent-redistribute --threshold 2", 0, "", ""),
    ("assign {b} ann", 0, "=", "assigned"),
    ("agent-metrics ann --range monthly", 0, "ann: 1 open", "="),
    ("add 'Quick one #web @zoe !high' --quick", 0, "^[0-9a-f]{8}$", ""),
]
# What was promised, in the words of `tm`.
PROMISED: list[Row] = [
    ("add --help", 0, "Usage: tm add", "="),
    ("--version", 0, r"^tm \d", "="),
    ("add One -p critical --tag web --id one", 0, "=one\n", "="),
    ("add Two --id two --depends-on one --file src/a.py --assignee bob", 0, "", "="),
    ("add Three --id three --due 2020-01-01 --estimate 2h", 0, "", "="),
    ("update one two --title Renamed --priority low --assignee ann --due 2027-01-01 --estimate 3h --tag x", 0, "=", ""),
    (
        "update one --description W --context C --link https://example.org --file b.py --type bug --related two",
        0,
        "=",
        "",
    ),
    ("update on --clear due", 0, "=", ""),
    ("cancel three --reason 'No time'", 0, "=", "cancelled three"),
    ("reopen three", 0, "=", ""),
    ("list --format json", 0, r'^{{"version":1', "="),
    ("list --json", 0, r'^{{"version":1', "="),
    ("list --format id", 0, "(?m)^one$", "="),
    ("list --priority low --format id", 0, "one\ntwo|two\none", "="),
    ("list --tag web --format id", 0, "=one\n", "="),
    ("list --unassigned --format id", 0, "=three\n", "="),
    ("list --has-assignee --format id", 0, "^(one|two)", "="),
    ("list --no-deps --format id", 0, "one", "="),
    ("list --is-blocked --format id", 0, "=two\n", "="),
    ("list --overdue --format id", 0, "=three\n", "="),
    ("list --recent --format id", 0, "two", "="),
    ("list --depends-on one --format id", 0, "=two\n", "="),
    ("list --file src --format id", 0, "=two\n", "="),
    ("list --group-by priority", 0, "low", "="),
    ("dep add one two", 1, "=", "one.*two"),
    ("dep remove two one", 0, "=", ""),
    ("dep add two one", 0, "=", ""),
    ("graph", 0, "two", ""),
    ("graph --critical-path", 0, "one", ""),
    ("join one", 0, "=", ""),
    ("show one", 0, "(?m)^participants: ", "="),
    ("log one", 0, "title", "="),
    ("blame one", 0, "title", "="),
    ("start one", 0, "=", ""),
    ("complete one --actual 4h --summary Done", 0, "=", "ready now: two"),
    ("list --completed --format id", 0, "=one\n", "="),
    ("list --all --format id", 0, "one", "="),
    ("metrics --period week --completion-rate --cycle-time", 0, "133%|estimate", "="),
    ("metrics --by-assignee --bottlenecks --format json", 0, '"by_assignee"', "="),
    ("report --weekly", 0, "Renamed", "="),
    ("report --velocity", 0, "", "="),
    ("export --format csv --output out.csv", 0, "=", ""),
    ("import csv out.csv --dry-run", 0, "", ""),
    ("backup create --to copies/one.bundle", 0, "", ""),
    ("backup restore copies/one.bundle elsewhere", 0, "", ""),
    ("archive one", 0, "=", ""),
    ("template list", 0, "(?s)bug.*feature.*incident.*release.*research", "="),
    ("phase add design --gate approved", 0, "", ""),
    ("triggers list", 0, "", ""),
    ("watch --mine", 0, "", ""),
    ("undo", 0, "", ""),
    ("check", 0, "", ""),
]


@pytest.fixture
def store(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store spoken to in the old way, by an agent called ann, from within its folder."""
    monkeypatch.setenv("TM_COMPAT", "1")
    monkeypatch.setenv("TM_AGENT_ID", "ann")
    monkeypatch.chdir(repo.path)
    made = Store(repo, init=False)
    made.do("init")
    return made


@pytest.mark.parametrize(
    "rows", [INVOCATION, CORE, TOGETHER, ADMIN], ids=["invocation", "core", "collaboration", "admin"]
)
def test_every_row(store: Store, rows: list[Row]) -> None:
    """Same names, options and exit codes, and on each stream what scripts look for."""
    assert store.path.exists()
    assert _tried(rows) == ""


def _tried(rows: list[Row]) -> str:
    """Type every row in turn, and tell those that came out otherwise."""
    names: dict[str, str] = {}
    wrong = []
    for typed, code, out, err in rows:
        line, _, name = typed.partition(" > ")
        ran = run(*shlex.split(_filled(line, names)))
        if name:
            names[name] = ran.out.strip()
        seen = [ran.code == code, _holds(ran.out, _filled(out, names)), _holds(ran.err, _filled(err, names))]
        if not all(seen):
            wrong.append(f"{typed}\n  wanted {code} {out!r} {err!r}\n  got {ran!r}")
    return "\n".join(wrong)


def _filled(text: str, names: dict[str, str]) -> str:
    """Put ids in the place of their names; doubled braces become single ones."""
    found = re.sub(r"(?<!\{)\{([a-z])\}", lambda part: names.get(part[1], part[0]), text)
    return found.replace("{{", "{").replace("}}", "}")


def _holds(text: str, wanted: str) -> bool:
    if wanted.startswith("="):
        return text == "" if wanted == "=" else re.fullmatch(wanted[1:], text) is not None
    return re.search(wanted, text) is not None


def test_every_promise(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """What its documents promised and it never had is there, in the words of `tm`."""
    monkeypatch.setenv("TM_AGENT_ID", "ann")
    monkeypatch.chdir(repo.path)
    Store(repo)
    assert _tried(PROMISED) == ""
