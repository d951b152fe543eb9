"""Edits of a task file in place: only what changes is written, and it is read back before it is believed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tmfiles.codec import block, dump, flow, scalar
from tmfiles.codec.load import BOM, MAX_BYTES, decoded, loads
from tmfiles.codec.page import Page, Unsafe, is_block, is_missing
from tmfiles.codec.plan import Edit, Inner, Spot, apply, same
from tmfiles.codec.tree import Branch, tree
from tmfiles.errors import TmError
from tmfiles.task import SHAPES, without_empty

# What is tried, in this order, until a result reads back as it should: (quoted, early) of Page.
_WAYS = ((False, False), (True, False), (False, True), (True, True))


def patch(data: bytes, changes: Mapping[str, Any], path: str = "", shapes: Mapping[str, Any] = SHAPES) -> bytes:
    """Change top-level keys in place; None, or an empty value of a known key, takes the key away.

    `shapes` are those that `loads` reads by, in the order in which keys are written: `{}` for what is no task.
    Lists are written in the order given. What does not change keeps its bytes, and a change of nothing
    returns the same bytes. A removed key takes its lines, the comments inside its value, one blank line
    where two would be left in a row, and those that would become text of a `|+` block above it.
    Raises TmError: `invalid` for a file that cannot be read or a value that cannot be written, `refused`
    where an edit in place would lose a comment or change anything else.
    """
    doc = loads(data, path, shapes)
    before, _ = decoded(data)
    text = before
    for key in sorted(changes, key=lambda key: (_is_empty(key, changes[key], shapes), dump.rank(key))):
        want = _changed(doc, key, changes[key], shapes)
        if not same(doc, want):
            text = _edited(text, key, doc, want, path, shapes)
            doc = want
    if text == before:
        return data
    return (BOM if data.startswith(BOM) else b"") + text.encode()


def _is_empty(key: str, value: Any, shapes: Mapping[str, Any]) -> bool:
    return value is None or (key in shapes and value in ("", [], {}, ()))


def _changed(doc: dict[str, Any], key: str, value: Any, shapes: Mapping[str, Any]) -> dict[str, Any]:
    if _is_empty(key, value, shapes):
        return {name: old for name, old in doc.items() if name != key}
    changed = {**doc, key: _plain(value)}
    return without_empty(changed) if shapes is SHAPES else changed


def _plain(value: Any) -> Any:
    """Make dicts and lists of what only behaves like them."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _edited(
    text: str, key: str, doc: dict[str, Any], want: dict[str, Any], path: str, shapes: Mapping[str, Any]
) -> str:
    """Make the change of one key in the first way that reads back."""
    ended = text.endswith(("\n", "\r"))
    work = text if ended else text + Page(text).newline
    root, _ = tree(work)
    reason, result = "the text around it does not allow it", ""
    for quoted, early in _WAYS:
        page = Page(work, quoted, early)
        try:
            result = apply(work, _root_edits(page, root, doc, want, shapes))
        except Unsafe as unsafe:
            reason = str(unsafe)
            continue
        if not ended and _reads_back(result[: -len(page.newline)], want, shapes):
            return result[: -len(page.newline)]
        if _reads_back(result, want, shapes):
            return result
    where = f"{path}: " if path else ""
    if (size := len(result.encode())) > MAX_BYTES:
        raise TmError(
            f"{where}'{key}' would make the file {size:,} bytes long, and {MAX_BYTES:,} is the most",
            "keep the bulk in a file of its own, and link to it",
        )
    raise TmError(f"{where}'{key}' cannot be changed in place: {reason}", "edit the file by hand", "refused")


def _reads_back(text: str, want: dict[str, Any], shapes: Mapping[str, Any]) -> bool:
    try:
        return same(loads(text.encode(), shapes=shapes), want)
    except TmError:
        return False


def _root_edits(
    page: Page, root: Branch, doc: dict[str, Any], want: dict[str, Any], shapes: Mapping[str, Any]
) -> list[Edit]:
    start, end = root.start_mark.index, page.end(root)
    if not root.items or (not want and len(root.items) == 2):
        if root.flow and page.comments_in(root):
            raise Unsafe("a comment inside the braces would be lost")
        return [(start, end, dump.flow(want))]
    if root.flow:
        edits, inner = flow.plan_map(page, root, doc, want, shapes)
    else:
        edits, inner = block.plan_map(page, root, doc, want, shapes, root=True)
    return _with_inner(page, edits, inner)


def _with_inner(page: Page, edits: list[Edit], inner: list[Inner]) -> list[Edit]:
    for one in inner:
        edits += _value_edits(page, *one)
    return edits


def _value_edits(page: Page, spot: Spot, node: Any, old: Any, new: Any, shape: Any) -> list[Edit]:
    """Change a value from within if it stays of its kind, else write it anew."""
    if isinstance(node, Branch):
        if isinstance(new, dict if node.is_map else list) and old and not _has_grown(page, spot, node, old, new):
            try:
                return _branch_edits(page, node, old, new, shape)
            except Unsafe:
                return _anew(page, spot, node, new)
        return _anew(page, spot, node, new)
    if is_missing(node) or isinstance(new, (dict, list)):
        return _anew(page, spot, node, new)
    as_block = not spot.flow and not page.quoted and isinstance(new, str) and scalar.can_be_block(new)
    if is_block(node) or (as_block and "\n" in new):
        return _anew(page, spot, node, new)
    style = node.style or ""
    return [(node.start_mark.index, node.end_mark.index, scalar.inline(new, spot.flow, spot.key, style))]


def _branch_edits(page: Page, node: Branch, old: Any, new: Any, shape: Any) -> list[Edit]:
    kind = flow if node.flow else block
    plan = kind.plan_map if node.is_map else kind.plan_list
    return _with_inner(page, *plan(page, node, old, new, shape))


def _has_grown(page: Page, spot: Spot, node: Branch, old: Any, new: Any) -> bool:
    """Say whether a short `[…]` would become longer than the writer's own, and may be written as lines."""
    if node.is_map or not node.flow or spot.flow or page.quoted or page.comments_in(node):
        return False
    taken = spot.after - page.line_start(spot.after) - spot.column + 1
    short, long = (dump.layout(value, spot.column, spot.key, taken)[0] for value in (old, new))
    return bool(short) and not long


def _anew(page: Page, spot: Spot, node: Any, new: Any) -> list[Edit]:
    """Write a value anew on its spot; comments beside it stay, one inside it forbids the edit."""
    if page.comments_in(node):
        raise Unsafe("a comment inside its value would be lost")
    if spot.flow:
        return [_anew_in_flow(page, spot, node, new)]
    first, lines = _layout(page, spot, node, new)
    if isinstance(node, Branch) and not node.flow:
        return _instead_of_lines(page, spot, node, first, lines)
    if is_missing(node):
        return [(spot.after, spot.after, " " + first if first else ""), _below(page, spot.after, lines)]
    if is_block(node):
        start, end = page.header(node)
        below = page.next_line(end)
        own_end = page.end(node, keep="+" in first)
        stop = page.next_line(own_end) if own_end > end else below
        start = start if first else spot.after
        return [(start, end, first), (below, max(below, stop), _joined(page, lines))]
    start, end = node.start_mark.index, node.end_mark.index
    if not first or (lines and page.line_start(start) != page.line_start(spot.after)):
        if not page.is_blank(spot.after, start):
            raise Unsafe("a comment stands between the key and its value")
        start, first = spot.after, " " + first if first else ""
    return [(start, end, first), _below(page, end, lines)]


def _anew_in_flow(page: Page, spot: Spot, node: Any, new: Any) -> Edit:
    text = dump.flow(new, key=spot.key, style=spot.style)
    if not is_missing(node):
        return node.start_mark.index, page.end(node), text
    colon = "" if spot.item or page.text[spot.after - 1] == ":" else ":"
    return spot.after, spot.after, f"{colon} {text}"


def _layout(page: Page, spot: Spot, node: Any, new: Any) -> tuple[str, list[str]]:
    """Lay a value out for its spot; a one-line text stays in the block it was in."""
    if spot.item:
        lines = block.fresh_item(page, new, spot.column)
        return lines[0][spot.column + 2 :], lines[1:]
    if isinstance(new, str) and is_block(node) and not page.quoted and scalar.can_be_block(new):
        return scalar.block(new, spot.column + 2)
    if page.quoted:
        return (dump.flow(new) if isinstance(new, (dict, list)) else scalar.inline(new, key=spot.key)), []
    taken = spot.after - page.line_start(spot.after) - spot.column + 1
    return dump.layout(new, spot.column, spot.key, taken)


def _instead_of_lines(page: Page, spot: Spot, node: Branch, first: str, lines: list[str]) -> list[Edit]:
    start, end = node.start_mark.index, page.end(node)
    if page.line_start(start) == page.line_start(spot.after):
        return [(start, end, page.newline.join([first, *lines]))]
    below = page.next_line(spot.after)
    if not page.is_blank(below, start):
        raise Unsafe("a comment inside its value would be lost")
    inline = (spot.after, spot.after, " " + first if first else "")
    return [inline, (below, page.next_line(end), _joined(page, lines))]


def _below(page: Page, at: int, lines: list[str]) -> Edit:
    place = page.next_line(at)
    return place, place, _joined(page, lines)


def _joined(page: Page, lines: list[str]) -> str:
    return page.newline.join([*lines, ""]) if lines else ""
