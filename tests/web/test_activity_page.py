"""What was done, as pages: of one task field by field, of the store by day, and taken back from there."""

from __future__ import annotations

import re
import time

import httpx
import pytest
from conftest import GitRepo
from writing import Store

from tmfiles.history.events import events
from tmfiles.workspace import Workspace
from web.browsing import Window
from web.serving import serving


@pytest.fixture
def store(store: Store) -> Store:
    """Give a store in which several have done something to a task."""
    store.do("add", "Sessions", "--id", "sess", "--description", "One\nTwo\nThree", "--assignee", "jo")
    store.do("--as", "agent-7", "update", "sess", "--priority", "high", "--tag", "web")
    store.do("update", "sess", "--set-description", "One\nZwei\nThree", "--assignee", "li")
    store.do("--as", "agent-7", "start", "sess")
    return store


def test_a_task_s_history_is_told_field_by_field(window: Window) -> None:
    """Newest first: who, what became of which field, and the lines of long text that changed."""
    page = window.go("/tasks/sess/history")
    rows = page.locator(".past > li").all_inner_texts()
    assert len(rows) == 4
    assert ["agent-7" in rows[0], "in_progress" in rows[0]] == [True, True]
    assert page.locator(".past > li").nth(1).locator(".diff ins").all_inner_texts() == ["Zwei"]
    assert page.locator(".past > li").nth(1).locator(".diff del").all_inner_texts() == ["Two"]
    assert "added: Sessions" in rows[3]
    names, values = (page.locator(f".facts {tag}").all_inner_texts() for tag in ("dt", "dd"))
    facts = dict(zip(names, values, strict=True))
    assert facts["Priority"].startswith("agent-7")
    assert facts["Assignee"].startswith("Maria")


def test_one_field_s_history_alone(window: Window) -> None:
    """Chosen in a list, or by a click on the field's name."""
    page = window.go("/tasks/sess/history")
    page.get_by_label("Show").select_option(label="Assignee")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/history?field=assignee*")
    rows = page.locator(".past > li").all_inner_texts()
    assert len(rows) == 2
    assert ["jo → li" in " ".join(rows[0].split()), "Priority" in rows[0]] == [True, False]
    page.locator(".facts").get_by_role("link", name="Tags").click()
    page.wait_for_url("**field=tags")
    assert page.locator(".past > li").count() == 1


def test_an_earlier_value_is_set_again(window: Window, store: Store) -> None:
    """One field goes back, and all that came after stays."""
    page = window.go("/tasks/sess/history")
    page.locator("dd", has_text="jo").get_by_role("button", name="Set it back").click()
    page.locator(".notice.green").wait_for()
    doc = store.doc("sess")
    assert (doc["assignee"], doc["status"], doc["description"]) == ("jo", "in_progress", "One\nZwei\nThree")


def test_an_earlier_version_is_restored(window: Window, store: Store) -> None:
    """The whole file as it was after a commit, by a new commit."""
    was = store.git("show", f"{store.git('rev-list', '--all', '--grep=tm: add sess')}:.tasks/sess.yaml")
    page = window.go("/tasks/sess/history")
    page.locator(".past > li").last.get_by_role("button", name="Restore this version").click()
    page.locator(".notice.green").wait_for()
    assert store.file("sess").read_text().removesuffix("\n") == was
    store.assert_sound()


def test_another_s_change_is_undone_or_refused(window: Window, store: Store) -> None:
    """The last can be taken back; one that later ones built upon is refused, with the reason."""
    page = window.go("/tasks/sess/history")
    page.locator(".past > li").first.get_by_role("button", name="Undo this change").click()
    page.locator(".notice.green").wait_for()
    assert "started_at" not in store.doc("sess")
    page = window.go("/tasks/sess/history")
    page.locator(".past > li").nth(3).get_by_role("button", name="Undo this change").click()
    assert "has changed since" in page.locator(".notice.red").inner_text()


def test_the_history_of_what_is_gone(http: httpx.Client, store: Store) -> None:
    """A deleted task still has its history, and is brought back from there or from its page."""
    store.do("delete", "sess")
    answer = http.get("/tasks/sess/history")
    assert (answer.status_code, "deleted: Sessions" in answer.text) == (200, True)
    assert http.get("/tasks/sess").status_code == 410


def test_activity_is_told_by_day_and_person(window: Window, store: Store) -> None:
    """Everything, or one person's, or of one task; a click on a name is enough."""
    page = window.go("/activity")
    assert page.locator(".day h2").count() == 1
    assert page.locator(".past > li").count() == store.commits()
    page.locator(".past").get_by_role("link", name="agent-7").first.click()
    page.wait_for_url("**/activity?by=agent-7")
    assert page.locator(".past > li").count() == 2
    page.get_by_label("Who").fill("nobody")
    page.get_by_role("button", name="Show").click()
    assert "nothing was done here by 'nobody'" in page.get_by_role("alert").inner_text().lower()
    assert page.get_by_label("Who").input_value() == "nobody"
    page.get_by_role("link", name="Show everything").click()
    page.get_by_label("Task", exact=True).fill("design")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**task=design")
    assert page.locator(".past > li").count() == 1


def many(repo: GitRepo, count: int) -> None:
    """Give a repository a history of so many commits, each of which says one word more in one of a hundred tasks."""
    lines = ["reset refs/heads/main"]
    for at in range(count):
        body = f"title: Task {at % 100}\nestimate: {at + 1}m\n"
        lines += [
            "commit refs/heads/main",
            f"mark :{at + 1}",
            f"committer Maria <maria@example.org> {1700000000 + 600 * at} +0000",
            f"data <<END\ntm: update t{at % 100}\nEND",
            *([f"from :{at}"] if at else []),
            f"M 644 inline .tasks/t{at % 100:02}.yaml",
            f"data {len(body)}\n{body}",
        ]
    repo.git("fast-import", "--quiet", stdin="\n".join(lines).encode() + b"\ndone\n")
    repo.git("reset", "--quiet", "--hard", "main")


@pytest.fixture
def busy(repo: GitRepo) -> Store:
    """Give a store with a history of 120 commits."""
    many(repo, 120)
    return Store(repo, init=False)


def test_pages_of_activity_leave_nothing_out(busy: Store) -> None:
    """Page by page every commit is told once, in order, and the last page leads on no further."""
    seen: list[str] = []
    path = "/activity"
    with serving(busy) as served, httpx.Client(base_url=served.address, timeout=30, trust_env=False) as client:
        while path:
            text = client.get(path).text
            seen += re.findall(r'class="subject">([^<]+)', text)
            found = re.search(r'rel="next" href="([^"]+)"', text)
            path = found[1].replace("&amp;", "&") if found else ""
    assert seen == [f"update t{at % 100}" for at in range(119, -1, -1)]


@pytest.mark.slow
def test_activity_is_quick_with_twenty_thousand_commits(repo: GitRepo) -> None:
    """The first page costs no more than a small history's; the last is there within seconds."""
    many(repo, 20_000)
    with Workspace.find(str(repo.path)) as workspace:
        workspace.read()
        began = time.perf_counter()
        first = list(events(workspace, limit=51))
        took = time.perf_counter() - began
        began = time.perf_counter()
        commits = repo.git("rev-list", "HEAD").split()
        last = list(events(workspace, after=commits[-40], limit=51))
        deep = time.perf_counter() - began
    assert (len(first), len(last)) == (51, 39)
    assert took < 1
    assert deep < 10
