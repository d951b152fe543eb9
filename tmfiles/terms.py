"""What a person looks for in the words of a task: terms, the words themselves, and where they stand; no index.

A word is a run of letters and digits, compared without case and without accents; of Chinese and Japanese
each character is one. Words next to each other make a phrase, which lies within one text of a task.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from tmfiles.errors import TmError

# Fields in which words are looked for, in four groups: a word in the first counts most.
GROUPS = (("title",), ("id", "tags"), ("description", "context", "result", "reason"), ("criteria", "journal"))
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(f"[{_CJK}]|[^\\W_{_CJK}]+")
# A sign of exclusion, a phrase in quotes or anything up to a blank, a star for what begins so.
_TERM = re.compile(r'(-?)(?:"([^"]*)"(\*?)|([^\s"]+))')
_BLANKS = re.compile(r"\s+")
# How many characters before a match are shown; after it, twice as many.
_AROUND = 36


class Term(NamedTuple):
    """Words that stand next to each other, the last of them perhaps only begun; or that must not be there."""

    words: tuple[str, ...]
    begun: bool = False
    barred: bool = False


class Match(NamedTuple):
    """Where a task says it: the field, the words themselves, and what stands before and after them."""

    field: str
    before: str
    words: str
    after: str


def parse(text: str) -> list[Term]:
    """Read what a person typed: words, "phrases", begin*, -without; raises TmError (code `usage`)."""
    if text.count('"') % 2:
        text += '"'  # nobody is helped by a refusal of what can only mean one thing
    found = []
    for sign, phrase, star, bare in _TERM.findall(text):
        said = phrase or bare
        words = tuple(word for word, _, _ in tokens(said))
        if not words:
            raise TmError(f"{sign + said!r} holds no word", "look for letters or digits", "usage")
        begun = star == "*" or (not phrase and bare.endswith("*"))
        found.append(Term(words, begun, sign == "-"))
    if not found:
        raise TmError("there is no word to look for", "tm search WORD", "usage")
    return found


def tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Give each word as it is compared, with where it begins and ends in the text."""
    for match in _WORD.finditer(text):
        if word := _plain(match.group()):
            yield word, match.start(), match.end()


def _plain(word: str) -> str:
    if word.isascii():
        return word.lower()
    return "".join(sign for sign in unicodedata.normalize("NFKD", word.casefold()) if sign.isalnum())


def texts(task_id: str, doc: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Give the texts of a task in which words are looked for, by field, accents joined to their letters."""
    for field in (field for group in GROUPS for field in group):
        value = task_id if field == "id" else doc.get(field)
        if value:
            several = value if isinstance(value, list) else [value]
            said = [one.get("text", "") if isinstance(one, dict) else one for one in several]
            yield field, [unicodedata.normalize("NFC", str(one)) for one in said if one]


def holds(terms: Iterable[Term], task_id: str, doc: dict[str, Any]) -> bool:
    """Tell whether a task has every term, and none of the barred ones."""
    said = [[word for word, _, _ in tokens(text)] for _, several in texts(task_id, doc) for text in several]
    return all(any(_at(term, words) >= 0 for words in said) is not term.barred for term in terms)


def _at(term: Term, words: Sequence[str]) -> int:
    """Give where a term begins among words, or -1."""
    size = len(term.words)
    *first, last = term.words
    for at in range(len(words) - size + 1):
        if list(words[at : at + size - 1]) == first:
            end = words[at + size - 1]
            if end == last or (term.begun and end.startswith(last)):
                return at
    return -1


def weight(terms: Iterable[Term], task_id: str, doc: dict[str, Any]) -> int:
    """Say how well a task fits: for each term the weight of the first group of fields that has it."""
    said = {
        field: [[word for word, _, _ in tokens(text)] for text in several] for field, several in texts(task_id, doc)
    }
    total = 0
    for term in terms:
        for group, value in zip(GROUPS, (10, 5, 1, 1), strict=True):
            if any(_at(term, words) >= 0 for field in group for words in said.get(field, ())):
                total += value
                break
    return total


def matches(terms: Iterable[Term], task_id: str, doc: dict[str, Any]) -> list[Match]:
    """Give where a task has the terms, a place a field, with some words before and after."""
    wanted = [term for term in terms if not term.barred]
    found = []
    for field, several in texts(task_id, doc):
        for text in several:
            words = list(tokens(text))
            bare = [word for word, _, _ in words]
            places = [(at, len(term.words)) for term in wanted if (at := _at(term, bare)) >= 0]
            if places:
                at, size = min(places)
                found.append(_around(field, text, words[at][1], words[at + size - 1][2]))
                break
    return found


def _around(field: str, text: str, start: int, end: int) -> Match:
    """Cut a text to what stands around a place, at the gaps between words, on one line."""
    first, last = max(0, start - _AROUND), min(len(text), end + 2 * _AROUND)
    if first:
        first = next((at + 1 for at in range(first, start) if text[at].isspace()), first)
    if last < len(text):
        last = next((at for at in range(last, end, -1) if text[at].isspace()), last)
    before, after = _BLANKS.sub(" ", text[first:start]), _BLANKS.sub(" ", text[end:last]).rstrip()
    more = " …" if last < len(text.rstrip()) else ""
    return Match(field, ("… " if first else "") + before.lstrip(), _BLANKS.sub(" ", text[start:end]), after + more)
