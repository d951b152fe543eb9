"""The law of edits in place, on files as people write them: the change is there, and nothing else is."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, assume, event, example, given, settings
from hypothesis import strategies as st

from tmfiles.codec import loads, patch
from tmfiles.errors import TmError
from tmfiles.task import SHAPES

EXAMPLES = int(os.environ.get("TM_TEST_EXAMPLES", "200"))

WORDS = st.sampled_from(
    [
        "a",
        "no",
        "2024",
        "1e3",
        "x:y",
        "fix-login",
        "2026-12-01",
        "~",
        "maria",
        "null",
        "#7",
        "true",
        "12:30:45",
        "été",
        "日本",
        "🙂",
        "it's",
        "a\\b",
        "[x]",
        "{y}",
        "-z",
        "@q",
    ]
)
NOTES = st.sampled_from(["", "", "", "  # note", " # a: b", "   #", " # 'x' \"y\""])
PLAIN = st.sampled_from(
    ["hello", "two words", "a-b c", "no", "2024", "1e3", "x:y", "it's", "été 🙂", "true", "~a", "-5"]
)
TEXTS = st.one_of(
    WORDS,
    st.lists(WORDS, min_size=1, max_size=4).map(" ".join),
    st.sampled_from(
        ["one\ntwo\n", "one\n\n  two", "a\n\n", "a\n\n\n", " lead\nx\n", "\nx", "x\r\ny", "a\u2028b\nc", "\ttab",
         "a\n \n", "end \nx\n", "# not a comment\nx\n", "- a\n- b\n", "a: b # c", "---\n...\n",
         "x\n\ty\n", "\x07", "\ufeff", "'\"\\",
         "tail\n   ", "NEL\x85x", "", " ", "\n"]
    ),
    st.text(max_size=12),
)  # fmt: skip
STRINGS = ("title", "status", "assignee", "due", "created_at", "created_by", "context", "description", "result", "note")
LISTS = ("tags", "depends_on", "files", "labels")
MAPS = ("fields", "feedback", "claim", "extra")
ROWS = ("criteria", "journal")
INNER = {"criteria": ("text", "measurable", "met"), "journal": ("at", "by", "kind", "text")}
INNER |= {"feedback": ("quality", "text", "by"), "claim": ("by", "at", "until")}
OTHER = ("customer", "x-1", "n", "a b")


@st.composite
def scalar(draw, indent):
    """Write a text as a person might: (rest of the key's line, lines below)."""
    pad = " " * indent
    plain = draw(PLAIN)
    kind = draw(st.integers(0, 9))
    note = draw(NOTES)
    if kind == 0:
        return f" '{plain.replace(chr(39), chr(39) * 2)}'{note}", []
    if kind == 1:
        return f' "{plain}\\n\\u00e9"{note}', []
    if kind == 2:
        return f" {plain} and", [f"{pad}more{note}"]
    if kind == 3:
        return f' "{plain}', [f"{pad}  folded \\", "", f'{pad}end"{note}']
    if kind == 4:
        return note, [f"{pad}{plain}{draw(NOTES)}"]
    if kind in (5, 6):
        head = draw(st.sampled_from("|>")) + draw(st.sampled_from(["", "-", "+"]))
        body = draw(
            st.lists(st.sampled_from(["word", "word  ", "", "  deeper", "# text", "key: v"]), min_size=1, max_size=4)
        )
        body = ["first", *body]
        if "+" not in head:
            while not body[-1]:
                body.pop()
        return f" {head}{note}", [pad + line if line else "" for line in body]
    return f" {plain}{note}", []


@st.composite
def listing(draw, column):
    """Write a list as a person might."""
    pad = " " * (column + draw(st.sampled_from([0, 2, 3])))
    items = draw(st.lists(PLAIN, min_size=1, max_size=5))
    note = draw(NOTES)
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return f" [{', '.join(items)}]{note}", []
    if kind == 1:
        last = draw(st.sampled_from(["", ","]))
        lines = [f"{pad}  {item},{draw(NOTES)}" for item in items[:-1]]
        return f" [{note}", [*lines, f"{pad}  {items[-1]}{last}{draw(NOTES)}", f"{pad} ]{draw(NOTES)}"]
    if kind == 2:
        return draw(st.sampled_from([" []", "", " ~"])) + note, []
    lines = []
    for item in items:
        if lines and draw(st.integers(0, 5)) == 0:
            lines.append(draw(st.sampled_from(["", f"{pad}# between", "# at the edge"])))
        first, rest = draw(scalar(len(pad) + 2)) if draw(st.booleans()) else (f" {item}", [])
        lines += [f"{pad}-{first}{draw(NOTES) if not rest and '#' not in first else ''}", *rest]
        if "+" in first[:4] and first[1:2] in ("|", ">"):
            assume(lines[-1])
    return note, lines


@st.composite
def mapping(draw, key, column):
    """Write a mapping as a person might."""
    names = draw(st.lists(st.sampled_from(INNER.get(key, OTHER)), min_size=1, max_size=3, unique=True))
    note = draw(NOTES)
    if draw(st.integers(0, 2)) == 0:
        inside = ", ".join(f"{name}: {draw(PLAIN)}" for name in names)
        return f" {{{inside}}}{note}", []
    pad = " " * (column + draw(st.sampled_from([1, 2, 4])))
    lines = []
    for name in names:
        if lines and draw(st.integers(0, 5)) == 0:
            lines.append(draw(st.sampled_from(["", f"{pad}# between"])))
        first, rest = draw(scalar(len(pad) + 2))
        lines += [f"{pad}{name}:{first}", *rest]
    return note, lines


@st.composite
def rows(draw, key, column):
    """Write a list of mappings as a person might."""
    pad = " " * (column + draw(st.sampled_from([0, 2])))
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        if lines and draw(st.integers(0, 4)) == 0:
            lines.append(draw(st.sampled_from(["", f"{pad}# between", "# edge"])))
        for i, name in enumerate(draw(st.lists(st.sampled_from(INNER[key]), min_size=1, max_size=3, unique=True))):
            first, rest = draw(scalar(len(pad) + 4))
            lines += [f"{pad}{'  ' if i else '- '}{name}:{first}", *rest]
    return draw(NOTES), lines


def value(key, column):
    """Choose how the value of a key is written."""
    if key in LISTS:
        return listing(column)
    if key in MAPS:
        return mapping(key, column)
    return rows(key, column) if key in ROWS else scalar(column + 2)


@st.composite
def files(draw):
    """Make a file: its lines with the key each belongs to (None: to nobody), its newline, and its ends."""
    column = draw(st.sampled_from([0, 0, 0, 2]))
    pad = " " * column
    lines = [(None, line) for line in draw(st.sampled_from([[], [], ["# head"], ["---"], ["# head", "---", ""], [""]]))]
    for key in draw(st.permutations(STRINGS + LISTS + MAPS + ROWS))[: draw(st.integers(1, 6))]:
        void = draw(st.sampled_from([[], [], [""], [""], ["# why"], ["", "# why"], ["", ""], ["# a", "", "# b"]]))
        lines += [(None, pad + line if line else "") for line in void]
        first, rest = draw(value(key, column))
        name = draw(st.sampled_from([key, key, key, f'"{key}"', f"'{key}' "]))
        lines += [(key, f"{pad}{name}:{first}"), *((key, line) for line in rest)]
    lines += [(None, line) for line in draw(st.sampled_from([[], [], [""], ["# end"], ["..."], ["", "# end", ""]]))]
    return lines, draw(st.sampled_from(["\n", "\n", "\r\n", "\r"])), draw(st.booleans()), draw(st.integers(0, 3)) > 0


def text_of(file):
    """Put a file's lines together."""
    lines, newline, bom, ended = file
    text = newline.join([*(line for _, line in lines), ""])
    return ("\ufeff" if bom else "").encode() + (text if ended else text[: -len(newline)]).encode()


@st.composite
def nearby(draw, key, old):
    """Choose a new value for a key, often one close to what it has."""
    atoms = st.one_of(TEXTS, st.integers(-9, 9), st.booleans()) if key in ("fields", "extra", "labels") else TEXTS
    if key in STRINGS:
        return draw(TEXTS)
    if key in MAPS:
        new = dict(old) if isinstance(old, dict) else {}
        for name in draw(st.lists(st.sampled_from(INNER.get(key, OTHER)), min_size=1, max_size=2)):
            new[name] = draw(atoms)
        if draw(st.booleans()):
            new.pop(draw(st.sampled_from(sorted(new))))
        return new
    one = atoms
    if key in ROWS:
        one = st.dictionaries(st.sampled_from(INNER[key]), TEXTS, min_size=1)
    new = list(old) if isinstance(old, list) else []
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(new)))
        what = draw(st.integers(0, 3))
        if what == 0 and at < len(new):
            del new[at]
        elif what == 1 and at < len(new):
            new[at] = {**new[at], "text": draw(TEXTS)} if isinstance(new[at], dict) else draw(one)
        else:
            new.insert(at, draw(one))
    return new


@st.composite
def cases(draw):
    """Make a file and some changes to it."""
    file = draw(files())
    try:
        doc = loads(text_of(file))
    except TmError:
        assume(False)
    keys = draw(st.lists(st.sampled_from(sorted({*doc, *STRINGS, *LISTS, *MAPS, *ROWS})), min_size=1, max_size=3))
    return file, {key: None if draw(st.integers(0, 3)) == 0 else draw(nearby(key, doc.get(key))) for key in keys}


def expected(doc, changes):
    """Say what the file must say afterwards."""
    new = {**doc, **changes}
    return {
        k: v for k, v in new.items() if not (v is None and k in changes) and not (k in SHAPES and v in ("", [], {}))
    }


def lost_lines(kept, lines):
    """Return what is left of `kept` without its weightiest common part with `lines` (blank lines weigh little)."""
    length = [[0] * (len(lines) + 1) for _ in range(len(kept) + 1)]
    for i in reversed(range(len(kept))):
        for j in reversed(range(len(lines))):
            here = length[i + 1][j + 1] + (1000 if kept[i].strip() else 1) if kept[i] == lines[j] else 0
            length[i][j] = max(here, length[i + 1][j], length[i][j + 1])
    i = j = 0
    lost = []
    while i < len(kept):
        if j < len(lines) and length[i][j + 1] == length[i][j]:
            j += 1
        elif length[i + 1][j] == length[i][j]:
            lost.append(kept[i])
            i += 1
        else:
            i, j = i + 1, j + 1
    return lost


def note_refusal(error, changes):
    """Count a refusal; only half characters make a value one that cannot be written at all."""
    halves = any(0xD800 <= ord(char) < 0xE000 for char in str(changes))
    assert error.code == "refused" or halves, error.message
    event(f"refused: {error.message.partition(': ')[2]}")


@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(cases())
@example((([("title", "title: x"), (None, ""), ("tags", "tags: [a]  # c")], "\r\n", True, False), {"tags": ["a", "b"]}))
def test_an_edit_does_what_it_says_and_nothing_else(case):
    """The document is the old one with the changes, and every line without a changed key keeps its bytes."""
    file, changes = case
    data = text_of(file)
    doc = loads(data)
    try:
        result = patch(data, changes)
    except TmError as error:
        note_refusal(error, changes)
        return
    assert loads(result) == expected(doc, changes)
    lines, newline, _, _ = file
    newline = newline if newline.encode() in data else "\n"  # a single line without an end shows none
    changed = {key for key in changes if expected(doc, {key: changes[key]}) != doc}
    kept = [line for owner, line in lines if owner not in changed]
    lost = lost_lines(kept, result.decode("utf-8-sig").split(newline))
    assert not any(line.strip() for line in lost), lost
    # Blank lines that would become text of a block above, one that keeps them, go with the key between.
    assert len(lost) <= len(changed) or any("|+" in line or ">+" in line for _, line in lines)
    if not changed:
        assert result == data


@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(files(), st.data())
def test_an_item_added_to_lines_leaves_all_lines_as_they_are(file, data):
    """Adding to a list of lines, at any place, keeps every line of the list and every comment among them."""
    text = text_of(file)
    try:
        doc = loads(text)
    except TmError:
        assume(False)
    keys = [key for key in (*LISTS, *ROWS) if isinstance(doc.get(key), list)]
    assume(keys)
    key = data.draw(st.sampled_from(keys))
    new = list(doc[key])
    row = st.dictionaries(st.sampled_from(INNER.get(key, ("text",))), TEXTS, min_size=1)
    new.insert(data.draw(st.integers(0, len(new))), data.draw(row if key in ROWS else TEXTS))
    assume("[" not in next(line for owner, line in file[0] if owner == key))
    changes = {key: new}
    try:
        result = patch(text, changes)
    except TmError as error:
        note_refusal(error, changes)
        return
    newline = file[1] if file[1].encode() in text else "\n"
    assert lost_lines([line for _, line in file[0]], result.decode("utf-8-sig").split(newline)) == []


@st.composite
def flow_files(draw):
    """Make a file that is one `{…}`: its text, and the text of each entry by its key."""
    keys = draw(st.permutations(STRINGS + LISTS + MAPS))[: draw(st.integers(1, 5))]
    as_json = draw(st.booleans())
    values = {}
    for key in keys:
        inner = "[hello, 'no']" if key in LISTS else "{text: 'a', by: b}" if key in MAPS else draw(PLAIN)
        if as_json:
            inner = '["a", "b"]' if key in LISTS else '{"text": "a"}' if key in MAPS else f'"{inner}"'
        values[key] = f'"{key}":{inner}' if as_json else f"{key}: {inner}"
    end = draw(st.sampled_from(["", "", ","]))
    if draw(st.booleans()):
        return draw(st.sampled_from(["", "--- ", "# c\n"])) + f"{{{', '.join(values.values())}{end}}} # end\n", values
    lines = [f"  {value},{draw(NOTES)}" for value in values.values()]
    lines[-1] = f"  {list(values.values())[-1]}{end}{draw(NOTES)}"
    return "\n".join(["{" + draw(NOTES), *lines, "}" + draw(NOTES), ""]), values


@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_flow_root_keeps_flow_and_the_text_of_every_other_entry(data):
    """In a file that is one mapping in braces the law holds entry by entry, and no foreign comment goes."""
    text, values = data.draw(flow_files())
    doc = loads(text.encode())
    key = data.draw(st.sampled_from(sorted({*STRINGS, *LISTS, *MAPS, *values})))
    changes = {key: None if data.draw(st.integers(0, 3)) == 0 else data.draw(nearby(key, doc.get(key)))}
    try:
        result = patch(text.encode(), changes).decode()
    except TmError as error:
        note_refusal(error, changes)
        return
    assert loads(result.encode()) == expected(doc, changes)
    assert "{" in result.split("}")[0]
    assert all(value in result for name, value in values.items() if name != key)
    own = next((line for line in text.split("\n") if values.get(key, "\n") in line), "")
    for line in text.split("\n"):
        note = line.partition(" #")[2]
        assert line == own or note in result
