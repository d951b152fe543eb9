"""Edits of `[…]` and `{…}`, item by item; knows no lines but those that hold one item each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from tmfiles.codec import dump
from tmfiles.codec.page import Page, Unsafe, is_missing
from tmfiles.codec.plan import Edit, Inner, Plan, Spot, in_order, predecessor, same, steps
from tmfiles.codec.tree import Branch

Span = tuple[int, int]
_COMMENT = re.compile("#[^\r\n\x85\u2028\u2029]*")


def plan_map(page: Page, branch: Branch, old: dict[str, Any], new: dict[str, Any], shape: Any) -> Plan:
    """Plan the edits of a flow mapping."""
    pairs = branch.pairs()
    style = quote_of(branch)
    shape_of = shape.get if isinstance(shape, dict) else {}.get
    spans = [(key.start_mark.index, _pair_end(page, key, node)) for key, node in pairs]
    inner = [
        Inner(Spot(key.value, span[1], 0, True, False, style), node, old.get(key.value), new[key.value],
              shape_of(key.value))
        for (key, node), span in zip(pairs, spans, strict=True)
        if key.value in new and not same(old.get(key.value), new[key.value])
    ]  # fmt: skip
    gone = {i for i, (key, _) in enumerate(pairs) if key.value in old and key.value not in new}
    alive = [i for i in range(len(pairs)) if i not in gone]
    present = {key.value for key, _ in pairs}
    added: list[tuple[int, str]] = []
    for name in in_order([name for name in new if name not in present], shape):
        place = predecessor([pairs[i][0].value for i in alive], name, shape)
        text = f"{dump.key_text(name, True, style)}: {dump.flow(new[name], key=name, style=style)}"
        added.append((alive[place] + 1 if place >= 0 else 0, text))
    return _restructure(page, branch, spans, gone, added), inner


def plan_list(page: Page, branch: Branch, old: list[Any], new: list[Any], shape: Any) -> Plan:
    """Plan the edits of a flow list."""
    style = quote_of(branch)
    spans = [(node.start_mark.index, page.end(node)) for node in branch.items]
    one_shape = shape[0] if isinstance(shape, list) else None
    inner: list[Inner] = []
    gone: set[int] = set()
    added: list[tuple[int, str]] = []
    for i1, i2, j1, j2 in steps(old, new):
        both = min(i2 - i1, j2 - j1)
        for i, j in zip(range(i1, i1 + both), range(j1, j1 + both), strict=True):
            spot = Spot("", spans[i][0], 0, True, True, style)
            inner.append(Inner(spot, branch.items[i], old[i], new[j], one_shape))
        gone.update(range(i1 + both, i2))
        added += [(i1 + both, dump.flow(value, style=style)) for value in new[j1 + both : j2]]
    return _restructure(page, branch, spans, gone, added), inner


def quote_of(branch: Branch) -> str:
    """Tell the double quote where a collection is written as JSON, else nothing."""
    first = branch.items[0] if branch.items else None
    return '"' if getattr(first, "style", "") == '"' else ""


def _pair_end(page: Page, key: Any, node: Any) -> int:
    if not is_missing(node):
        return page.end(node)
    try:
        return page.colon_end(key)
    except Unsafe:
        return int(key.end_mark.index)


def _restructure(
    page: Page, branch: Branch, spans: Sequence[Span], gone: set[int], added: Iterable[tuple[int, str]]
) -> list[Edit]:
    """Take items away and put new ones in; `added` says before which old item each stands."""
    added = list(added)
    if not gone and not added:
        return []
    alive = [i for i in range(len(spans)) if i not in gone]
    if not alive:
        raise Unsafe("nothing would be left of it")
    _check_shape(page, branch, spans)
    runs = groupby(sorted(gone), key=lambda i: sum(1 for j in alive if j < i))
    edits = [_cut(page, branch, spans, run[0], run[-1] + 1) for run in (list(g) for _, g in runs)]
    for place, text in added:
        before = [i for i in alive if i < place]
        if before:
            at = spans[before[-1]][1]
            edits.append((at, at, ", " + text))
        else:
            at = spans[alive[0]][0]
            edits.append((at, at, text + ", "))
    return edits


def _check_shape(page: Page, branch: Branch, spans: Sequence[Span]) -> None:
    at = branch.start_mark.index
    if page.text[at] not in "[{":
        raise Unsafe("it is a pair without brackets of its own")
    for start, end in spans:
        if "?" in _COMMENT.sub("", page.text[at:start]):
            raise Unsafe("its key is written in the long form, with '?'")
        at = end


def _cut(page: Page, branch: Branch, spans: Sequence[Span], i: int, j: int) -> Edit:
    """Take the items from `i` to before `j` away, as lines if they have lines of their own."""
    start, end = spans[i][0], spans[j - 1][1]
    limit = spans[j][0] if j < len(spans) else branch.end_mark.index - 1
    stop = page.next_line(end)
    if page.begins_line(start) and stop <= limit and (j < len(spans) or "," in _own(page, end, stop)):
        return page.line_start(start), stop, ""
    if j < len(spans):
        if page.has_comment(end, limit):
            raise Unsafe("a comment stands in the way")
        return start, limit, ""
    if i and not page.has_comment(spans[i - 1][1], start):
        return spans[i - 1][1], end, ""
    # The comma before a comment stays, as YAML allows; an own one goes.
    rest = page.text[end:limit]
    return start, end + (len(rest) - len(rest.lstrip(" \t,")) if rest.lstrip(" \t").startswith(",") else 0), ""


def _own(page: Page, end: int, stop: int) -> str:
    return page.text[end:stop].split("#")[0]
