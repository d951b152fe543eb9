"""How near two words are, and which was meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tmfiles import words
from tmfiles.cli.app import ALIASES, COMMANDS
from tmfiles.task import JOURNAL_KINDS, PRIORITIES, SHAPES, STATUSES, TYPES


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("", "", 0),
        ("due", "due", 0),
        ("dew", "due", 2),
        ("tilte", "title", 1),
        ("depend_on", "depends_on", 1),
        ("statsu", "status", 1),
        ("prioritty", "priority", 1),
        ("labels", "tags", 3),
    ],
)
def test_counts_letters(one: str, other: str, count: int) -> None:
    """Inserting, dropping, changing a letter and swapping two neighbours count one each."""
    assert words.distance(one, other) == count


@given(st.text("abc", max_size=7), st.text("abc", max_size=7), st.integers(0, 4))
@settings(deadline=None)
def test_distance_is_the_plain_recursion(one: str, other: str, most: int) -> None:
    """The quick count is the definition of the distance, cut at its limit, and has no direction."""

    def plain(a: str, b: str) -> int:
        table = {(i, 0): i for i in range(len(a) + 1)} | {(0, j): j for j in range(len(b) + 1)}
        for i in range(1, len(a) + 1):
            for j in range(1, len(b) + 1):
                ways = [table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a[i - 1] != b[j - 1])]
                if i > 1 and j > 1 and (a[i - 1], a[i - 2]) == (b[j - 2], b[j - 1]):
                    ways.append(table[i - 2, j - 2] + 1)
                table[i, j] = min(ways)
        return table[len(a), len(b)]

    assert words.distance(one, other, most) == min(plain(one, other), most + 1)
    assert words.distance(other, one, most) == words.distance(one, other, most)


@pytest.mark.parametrize(
    ("word", "choices", "meant"),
    [
        ("complted", STATUSES, ["completed"]),
        ("In Progress", STATUSES, ["in_progress"]),
        ("comp", STATUSES, ["completed"]),
        ("x", STATUSES, []),
        ("", STATUSES, []),
        ("taks", TYPES, ["task"]),
    ],
)
def test_guesses_what_was_meant(word: str, choices: tuple[str, ...], meant: list[str]) -> None:
    """A slip or a beginning leads to its word; anything else to none."""
    assert words.did_you_mean(word, choices) == meant


def test_aliases_lead_to_words_there_are() -> None:
    """What other trackers call a value is known, and every alias leads to a value of ours."""
    fields = {"status": STATUSES, "priority": PRIORITIES, "type": TYPES, "kind": JOURNAL_KINDS, "key": SHAPES}
    assert words.ALIASES.keys() == {*fields, "command", "part"}
    assert set(words.ALIASES["command"].values()) <= set(COMMANDS)
    assert not words.ALIASES["command"].keys() & {*COMMANDS, *ALIASES}
    for field, values in fields.items():
        aliases = words.ALIASES[field]
        assert set(aliases.values()) <= set(values)
        assert not aliases.keys() & set(values)
    assert words.did_you_mean("done", STATUSES, aliases=words.ALIASES["status"]) == ["completed"]
    assert words.suggestion("wip", STATUSES, words.ALIASES["status"]) == "; did you mean 'in_progress'?"
    assert words.suggestion("nonsense", STATUSES) == ""
