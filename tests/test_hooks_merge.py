"""Hooks in a merge, a switch and a rebase: what is refused before the commit, and what is told afterwards."""

from __future__ import annotations

import subprocess

from test_hooks import ONE, commit, everything, program, pytestmark, store
from writing import Store

__all__ = ["program", "pytestmark", "store"]


def test_a_merge_that_breaks_the_graph_is_reported(store: Store) -> None:
    """Two sound sides make a cycle; one line says so after the merge, the switch and the rebase, and no other does."""
    store.git("switch", "--quiet", "-c", "side")
    store.repo.commit("one waits", {ONE: "title: One\ndepends_on: [three]\n", ".tasks/three.yaml": "title: Three\n"})
    store.git("switch", "--quiet", "main")
    store.git("branch", "other")
    store.repo.commit("three waits", {".tasks/three.yaml": "title: Three\ndepends_on: [two]\n"})
    store.do("hooks", "install")

    def said(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=store.path, capture_output=True, text=True, check=False)
        return "".join(line + "\n" for line in done.stderr.split("\n") if "tm" in line)

    assert said("switch", "other") == ""
    told = "tm: 1 problem in the task store; what and where: tm check\n"
    assert said("merge", "--no-edit", "-X", "theirs", "side") == ""
    assert said("merge", "--no-edit", "--no-verify", "-X", "theirs", "main") == told
    assert said("switch", "side") == ""
    assert said("rebase", "-X", "ours", "main") == told
    assert said("switch", "main") == ""
    assert said("switch", "side") == told
    assert said("checkout", "HEAD", "--", "code.py") == ""


def test_a_merge_that_breaks_the_graph_is_refused(store: Store) -> None:
    """A cycle of two sound sides stops the merge before its commit; what the other side broke alone does not."""
    store.git("switch", "--quiet", "-c", "side")
    store.repo.commit("one waits", {ONE: "title: One\ndepends_on: [three]\n", ".tasks/three.yaml": "title: Three\n"})
    store.repo.commit("broken", {".tasks/four.yaml": "title: [\n"})
    store.git("switch", "--quiet", "main")
    store.do("hooks", "install")
    store.repo.commit("code", {"code.py": "pass\n"})
    store.git("merge", "--quiet", "--no-edit", "side~")
    store.git("reset", "--quiet", "--hard", "HEAD~")
    store.repo.commit("three waits", {".tasks/three.yaml": "title: Three\ndepends_on: [two]\n"})
    words = ("git", "merge", "--no-edit", "-X", "ours", "side")
    done = subprocess.run(words, cwd=store.path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0].endswith("(cycle)")
    assert "four" not in done.stderr
    store.repo.write(ONE, "title: One\n")
    store.git("add", ONE)
    assert commit(store, "--no-edit") == ""


def test_during_a_rebase(store: Store) -> None:
    """In the middle of a rebase the hooks judge what is committed, and go out as they came in."""
    store.git("switch", "--quiet", "-c", "side")
    store.repo.commit("side", {ONE: "title: Side\n"})
    store.git("switch", "--quiet", "main")
    store.repo.commit("main", {ONE: "title: Main\n"})
    before = everything(store.path / ".git/hooks")
    store.git("-c", "merge.tm.driver=false", "rebase", "main", "side", check=False)
    store.do("hooks", "install")
    store.repo.write(ONE, "title: [\n")
    store.git("add", ONE)
    assert "(yaml)" in commit(store, code=1)
    store.repo.write(ONE, "title: Both\n")
    store.git("add", ONE)
    store.git("-c", "core.editor=true", "rebase", "--continue")
    store.do("hooks", "uninstall")
    assert everything(store.path / ".git/hooks") == before
    assert store.status() == ""
