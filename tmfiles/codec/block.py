"""Edits of block mappings and lists, line by line; knows no flow and no scalars."""

from __future__ import annotations

from typing import Any

from tmfiles.codec import dump, scalar
from tmfiles.codec.page import Page, Unsafe, is_block
from tmfiles.codec.plan import Edit, Inner, Plan, Spot, fingerprint, in_order, predecessor, steps
from tmfiles.codec.plan import same as is_same
from tmfiles.codec.tree import Branch

Pairs = list[tuple[Any, Any]]


def plan_map(
    page: Page, branch: Branch, old: dict[str, Any], new: dict[str, Any], shape: Any, root: bool = False
) -> Plan:
    """Plan the edits of a block mapping; `root` is the one whose entries blank lines divide."""
    pairs = branch.pairs()
    column = branch.start_mark.column
    shape_of = shape.get if isinstance(shape, dict) else {}.get
    edits: list[Edit] = []
    inner: list[Inner] = []
    gone = [i for i, (key, _) in enumerate(pairs) if key.value in old and key.value not in new]
    if len(gone) == len(pairs):
        raise Unsafe("nothing would be left of it")
    for key, node in pairs:
        name = key.value
        if name in new and not is_same(old.get(name), new[name]):
            spot = Spot(name, page.colon_end(key), column)
            inner.append(Inner(spot, node, old.get(name), new[name], shape_of(name)))
    edits += [_cut(page, pairs, i, root) for i in gone]
    present = {key.value for key, _ in pairs}
    for name in in_order([name for name in new if name not in present], shape):
        edits.append(_add(page, pairs, name, new[name], shape, root))
    return edits, inner


def _cut(page: Page, pairs: Pairs, i: int, root: bool) -> Edit:
    """Take an entry's own lines away; at the root also the blank line that set it apart."""
    key, node = pairs[i]
    begin: int = key.start_mark.index
    start, stop = page.line_start(begin), page.next_line(page.end(node, keep=not root))
    if page.begins_line(begin):
        return (*_with_blank(page, pairs, i, start, stop), "") if root else (start, stop, "")
    # The entry shares its line with a dash: the next one moves up to it.
    if "?" in page.text[start:begin] or i + 1 == len(pairs):
        raise Unsafe("its key is written in the long form, with '?'")
    following: int = pairs[i + 1][0].start_mark.index
    if not page.is_blank(stop, following):
        raise Unsafe("a comment stands in the way")
    return begin, following, ""


def _with_blank(page: Page, pairs: Pairs, i: int, start: int, stop: int) -> tuple[int, int]:
    """Widen a removal by one blank line, if two would be left in a row or one at the very top."""
    open_below = stop >= len(page.text) or page.blank_line_at(stop)
    above = page.blank_line_before(start)
    if i and page.next_line(page.end(pairs[i - 1][1])) == start and above is not None:
        # The blank line above is text of a block that keeps its last lines: those below would join it.
        while page.blank_line_at(stop):
            stop = page.next_line(stop)
        return start, stop
    if open_below and above is not None:
        return above, stop
    if start == 0 and page.blank_line_at(stop):
        return start, page.next_line(stop)
    return start, stop


def _add(page: Page, pairs: Pairs, name: str, value: Any, shape: Any, root: bool) -> Edit:
    """Write a new entry after the one it belongs after, or before it if the page says so."""
    column = pairs[0][0].start_mark.column
    lines = fresh(page, name, value, column)
    place = predecessor([key.value for key, _ in pairs], name, shape)
    if place < 0 or page.early:
        begin: int = pairs[max(place, 0)][0].start_mark.index
        if not page.begins_line(begin):
            if "?" in page.text[page.line_start(begin) : begin]:
                raise Unsafe("the key before it is written in the long form, with '?'")
            return begin, begin, page.newline.join([*lines, " " * column]).lstrip(" ")
        at = page.line_start(begin)
    else:
        at = page.next_line(page.end(pairs[place][1]))
        while root and _is_deeper_comment(page, at, column):
            at = page.next_line(at)
    if root:
        lines = _set_apart(page, pairs, name, at, lines)
    return at, at, page.newline.join([*lines, ""])


def _is_deeper_comment(page: Page, at: int, column: int) -> bool:
    """Say whether a line is a comment indented below the root, so that it belongs to what is above."""
    line = page.text[at : page.line_end(at)]
    return line.lstrip(" \t").startswith("#") and not line[: column + 1].strip(" \t")


def _set_apart(page: Page, pairs: Pairs, name: str, at: int, lines: list[str]) -> list[str]:
    """Put blank lines around a new top-level entry where the canonical text has them."""
    above = next((p for p in reversed(pairs) if page.next_line(page.end(p[1])) <= at), None)
    below = next((p for p in pairs if page.line_start(p[0].start_mark.index) >= at), None)
    if above is not None and dump.apart(above[0].value, name) and page.blank_line_before(at) is None:
        keeps = is_block(above[1]) and "+" in page.text[slice(*page.header(above[1]))]
        lines = lines if keeps else ["", *lines]
    if at < len(page.text) and not page.blank_line_at(at) and lines[-1]:
        touching = below is not None and page.line_start(below[0].start_mark.index) == at
        if not (touching and below and not dump.apart(name, below[0].value)) and not _is_edge(page, at):
            lines = [*lines, ""]
    return lines


def _is_edge(page: Page, at: int) -> bool:
    return page.text.startswith(("...", "---"), at)


def fresh(page: Page, name: str, value: Any, column: int) -> list[str]:
    """Write a new entry as lines, without block scalars if the page forbids them."""
    if not page.quoted:
        return dump.entry(name, value, column)
    flat = isinstance(value, (dict, list))
    return [f"{' ' * column}{dump.key_text(name)}: {dump.flow(value) if flat else scalar.inline(value, key=name)}"]


def fresh_item(page: Page, value: Any, column: int) -> list[str]:
    """Write a new item of a list as lines, without block scalars if the page forbids them."""
    if not page.quoted:
        return dump.item(value, column)
    flat = isinstance(value, (dict, list))
    return [f"{' ' * column}- {dump.flow(value) if flat else scalar.inline(value)}"]


def plan_list(page: Page, branch: Branch, old: list[Any], new: list[Any], shape: Any) -> Plan:
    """Plan the edits of a block list: items that stay keep their lines, those that move take theirs along."""
    if not new:
        raise Unsafe("nothing would be left of it")
    dashes = page.dashes(branch)
    column = dashes[0] - page.line_start(dashes[0])
    after = [page.next_line(page.end(node)) for node in branch.items]
    edits: list[Edit] = []
    inner: list[Inner] = []
    moved: dict[str, list[str]] = {}
    added: list[tuple[int, Any]] = []
    one_shape = shape[0] if isinstance(shape, list) else None
    for i1, i2, j1, j2 in steps(old, new):
        both = min(i2 - i1, j2 - j1)
        for i, j in zip(range(i1, i1 + both), range(j1, j1 + both), strict=True):
            spot = Spot("", dashes[i] + 1, column, item=True)
            inner.append(Inner(spot, branch.items[i], old[i], new[j], one_shape))
        for i in range(i1 + both, i2):
            start = _own_line(page, dashes[i])
            edits.append((start, after[i], ""))
            moved.setdefault(fingerprint(old[i]), []).append(page.text[start : after[i]])
        added += [(i1 + both, value) for value in new[j1 + both : j2]]
    for i, value in added:
        at = after[i - 1] if i else _own_line(page, dashes[0])
        lines = moved.get(fingerprint(value))
        text = lines.pop() if lines else page.newline.join([*fresh_item(page, value, column), ""])
        edits.append((at, at, text))
    return edits, inner


def _own_line(page: Page, dash: int) -> int:
    if not page.begins_line(dash):
        raise Unsafe("its list begins in the middle of a line")
    return page.line_start(dash)
