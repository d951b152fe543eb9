"""What every meeting with the remote begins and ends with: whose turn it is, hand edits, waiting, what to tell."""

from __future__ import annotations

import random
import time
from collections import namedtuple

from tmfiles.actions import aftermath
from tmfiles.actions.gathering import gather, mended
from tmfiles.errors import TmError
from tmfiles.git import joining, remote
from tmfiles.git.differences import between
from tmfiles.git.maintenance import maintain
from tmfiles.git.repository import head
from tmfiles.store import id_of, is_task
from tmfiles.workspace.join import refuse_busy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tmfiles.actions.aftermath import Trouble
    from tmfiles.actions.settling import Verdict
    from tmfiles.git.remote import Tell, Upstream
    from tmfiles.git.repository import Repository
    from tmfiles.workspace import Workspace
    from tmfiles.workspace.write import How

# How often, and for how long at most between two (seconds), a meeting begins anew because others came first.
TRIES = 100
# Who waits for long while others come anew is never first.
_LONGEST = 1.0


class Synced(namedtuple("Synced", "upstream received sent tasks settled lost troubles tries notes")):
    """What a meeting came to, or would come to.

    `received` and `sent` count commits; `tasks` are the ids that others changed; `settled` what became of those
    that both sides changed; `lost` claims that others had pushed first, as (id, holder); `troubles` what is wrong
    in the graph now; `tries` how often it was begun.
    """

    __slots__ = ()

    upstream: str
    received: int
    sent: int
    tasks: tuple[str, ...]
    settled: tuple[Verdict, ...]
    lost: tuple[tuple[str, str], ...]
    troubles: tuple[Trouble, ...]
    tries: int
    notes: tuple[str, ...]


class Meeting:
    """One meeting: who meets whom, and what has come of it so far."""

    def __init__(self, workspace: Workspace, how: How, up: Upstream, tell: Tell | None, *, dry_run: bool) -> None:
        self.workspace = workspace
        self.place: Repository = workspace.home
        self.how = how
        self.up = up
        self.tell = tell
        self.dry_run = dry_run
        self.theirs = ""
        self.received = self.sent = 0
        self.tries = 0
        self.tasks: dict[str, None] = {}
        self.settled: dict[str, Verdict] = {}
        self.lost: dict[str, str] = {}
        self.notes: list[str] = []

    @property
    def alone(self) -> bool:
        """Whether the repository holds nothing but the store."""
        return self.workspace.repository_path("") == ""

    @property
    def ours(self) -> str:
        """The commit of HEAD; raises TmError where nothing was ever committed."""
        commit = head(self.place).commit
        if commit is None:
            raise TmError("nothing is committed here yet", "make a store: tm init", "git")
        return commit

    def fetch(self) -> None:
        """Learn what the remote has now."""
        self.tries += 1
        self.theirs = remote.fetch(self.place, self.up, self.tell)

    def base(self, ours: str) -> str:
        """Give the last commit that both sides have, the least of several; raises TmError where there is none."""
        if found := joining.bases(self.place, ours, self.theirs):
            return found[0]
        if joining.is_shallow(self.place):
            raise TmError("this clone is shallow, and has not the history both share", "git fetch --unshallow", "git")
        raise TmError(
            f"{self.up.branch} and {self.up.name} have no commit in common: they were begun apart",
            "clone that one elsewhere, and bring your tasks there: tm export, then tm import tasks",
            "git",
        )

    def arrived(self, ours: str, base: str) -> None:
        """Note which tasks others changed, and in how many commits."""
        self.received += joining.commits(self.place, ours, self.theirs)
        top = self.workspace.repository_path("")
        for path in between(self.place, base, self.theirs, top.rstrip("/")):
            if path.startswith(top) and is_task(path[len(top) :]):
                self.tasks[id_of(path)] = None

    def push(self, *, hooks: bool) -> bool:
        """Give what the remote has not; False when somebody else's came first."""
        ours = self.ours
        if ours == self.theirs:
            return True
        count = joining.commits(self.place, self.theirs, ours)
        if self.dry_run:
            self.sent = count
            return True
        if not remote.push(self.place, self.up, ours, self.tell, hooks=hooks):
            return False
        self.sent = count
        return True

    def wait(self) -> None:
        """Pause before another try, longer each time; raises TmError when it was tried often enough."""
        if self.tries >= TRIES:
            raise TmError(
                f"others kept pushing to {self.up.name} first, {TRIES} times",
                "nothing is lost, and nothing of yours was pushed: try again with tm sync",
                "race",
            )
        # By chance, so that those who came at one moment do not come at one moment again.
        time.sleep(min(0.05 * 1.3**self.tries, _LONGEST) * random.uniform(0.3, 1.0))  # noqa: S311 - no secret

    def synced(self) -> Synced:
        """Give what came of it."""
        troubles = aftermath.troubles(self.workspace) if self.received and not self.dry_run else []
        if (self.received or self.sent) and not self.dry_run:
            maintain(self.place)
        return Synced(
            self.up.name,
            self.received,
            self.sent,
            tuple(self.tasks),
            tuple(self.settled.values()),
            tuple(self.lost.items()),
            tuple(troubles),
            self.tries,
            tuple(self.notes),
        )


def prepared(workspace: Workspace, how: How, tell: Tell | None = None, *, dry_run: bool = False) -> Meeting:
    """Begin a meeting: tell who is met, refuse what cannot go on, and commit what was edited by hand."""
    if workspace.commit:
        raise TmError(f"the store of {workspace.commit[:10]} is past, and cannot be synced", "leave --at out", "usage")
    refuse_busy(workspace)
    up = remote.upstream(workspace.home, workspace.git_settings)
    meeting = Meeting(workspace, how, up, tell, dry_run=dry_run)
    if not dry_run:
        meeting.notes += mended(workspace, how)
    gathered = gather(workspace, (), how, dry_run=True)
    _refuse_gone([item.path for item in gathered.items if item.kind == "delete"])
    if gathered.items:
        if not dry_run:
            gathered = gather(workspace, (), how)
            meeting.notes += gathered.notes
        names = ", ".join(dict.fromkeys(item.id or item.path for item in gathered.items[:5]))
        more = f" and {len(gathered.items) - 5} more" if len(gathered.items) > 5 else ""
        meeting.notes.append(f"{'would commit' if dry_run else 'committed'} first what was edited: {names}{more}")
    return meeting


def _refuse_gone(paths: list[str]) -> None:
    """Refuse to tell others that what is not there was deleted: files also go by accident, all at once."""
    if paths:
        more = f" and {len(paths) - 5} more" if len(paths) > 5 else ""
        raise TmError(
            f"gone from the disk, and deleted by no command: {', '.join(paths[:5])}{more}",
            "bring them back: tm restore --all; if it was meant: tm commit, then tm sync",
        )
