"""Markdown on a page: what a text may become, and that no text becomes more, whoever wrote it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

pytest.importorskip("markdown_it")
pytest.importorskip("nh3")

from tmfiles.web.markdown import inline, rendered

TITLES = {"a1b2c3d4": "Sessions expire", "fix-login": 'A "quoted" <b>title</b>', "docs": "Docs", "42": "Number"}
TAGS = {
    *("a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s"),
    *("strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {"href", "title", "class", "rel", "start"}

# What scripts have been smuggled in as, a way a line.
PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<style>@import 'https://example.org/x'</style>",
    "<link rel=stylesheet href=https://example.org/x>",
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
    "<base href=https://example.org>",
    "<form action=https://example.org><input name=q></form>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<p style='background:url(https://example.org)'>x</p>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea></textarea><script>alert(1)</script>",
    "</main></body><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](//example.org/x)",
    "[x](/logout)",
    "[x](../../logout)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    "![x](https://example.org/track.png)",
    "[![x](https://example.org/track.png)](javascript:alert(1))",
    "[x](https://example.org \"' onmouseover=alert(1) '\")",
    '![x" onerror="alert(1)](https://example.org/x.png)',
    "```<script>alert(1)</script>\nx\n```",
    "`<script>alert(1)</script>`",
    "| <script>alert(1)</script> | x |\n|:--|--:|\n| <img src=x onerror=alert(1)> | y |",
    "# <script>alert(1)</script>",
    'a1b2c3d4"onmouseover=alert(1)',
    "fix-login",
    "{{7*7}} {% include '/etc/passwd' %}",
]


def titles(ids: Collection[str]) -> Mapping[str, str]:
    """Give the titles of those that are tasks."""
    return {one: TITLES[one] for one in ids if one in TITLES}


class Seen(HTMLParser):
    """What a browser would make of a page: its tags with their attributes, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words = ""
        self.others: list[str] = []
        self.feed(str(html))  # a part of Markup would be escaped when it is joined
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def assert_inert(html: str) -> Seen:
    """Nothing but the tags of prose, and no address but of the web, of mail, and of tasks."""
    seen = Seen(html)
    assert not seen.others
    for tag, attributes in seen.tags:
        assert tag in TAGS, html
        assert set(attributes) <= ATTRIBUTES, html
        if "href" in attributes:
            address = attributes["href"]
            assert address.lower().startswith(("http://", "https://", "mailto:")) or (
                address in {f"/tasks/{one}" for one in TITLES}
            ), html
            assert attributes["rel"] == "noopener noreferrer"
        assert attributes.get("class", "task") in ("task", "picture", "center", "right")
    return seen


@pytest.mark.parametrize("text", PAYLOADS)
def test_no_way_to_smuggle_a_script_works(text: str) -> None:
    """Every known way ends as words, or as a link that is one."""
    assert_inert(rendered(text, titles))
    assert_inert(rendered(f"- > {text}\n\n{text * 3}", titles))


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.sampled_from([*PAYLOADS, *TITLES, "\n", "\n\n", "- [x] ", "**", "`", "~~", "[", "](", ")", "<", "&lt;", "|"])
        | st.text(max_size=12)
    ).map("".join)
)
@example("\x00<script>")
@example("￾a1b2c3d4")
def test_no_text_becomes_more_than_prose(text: str) -> None:
    """Whatever is put together of such ways, the page is inert."""
    assert_inert(rendered(text, titles))
    assert_inert(f"<p>{inline(text, titles)}</p>".replace('class="task"', 'class="task" rel="noopener noreferrer"'))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\u2028\u2029")))
def test_a_line_keeps_its_words(text: str) -> None:
    """A line that is no Markdown has on the page the very words it has in the file."""
    assert Seen(str(inline(text, titles))).words == text


def test_tags_stay_words() -> None:
    """Who writes about HTML sees what was written."""
    assert Seen(rendered("Use <br> and <script>x</script>.")).words.strip() == "Use <br> and <script>x</script>."


def test_the_ids_of_tasks_become_links() -> None:
    """In words and in code, and nowhere within a longer word or a path."""
    html = rendered("See a1b2c3d4, `a1b2c3d4` and fix-login. Not a1b2c3d4x, src/a1b2c3d4 or a1b2c3d4.py.", titles)
    assert [a["href"] for tag, a in Seen(html).tags if tag == "a"] == [
        "/tasks/a1b2c3d4",
        "/tasks/a1b2c3d4",
        "/tasks/fix-login",
    ]
    assert 'title="Sessions expire"' in html


def test_a_word_is_no_id() -> None:
    """A task may be called `docs` or `42`, and not every such word means it; what is no task is no link."""
    assert "<a" not in rendered("the docs, 42 times, b1b2c3d4", titles)


def test_a_link_keeps_its_own_address() -> None:
    """An id within a link's words does not make another link of it."""
    html = rendered("[about a1b2c3d4](https://example.org/a1b2c3d4)", titles)
    assert [a["href"] for tag, a in Seen(html).tags if tag == "a"] == ["https://example.org/a1b2c3d4"]


def test_addresses_in_words_become_links() -> None:
    """What begins as an address of the web is one, without a sign more."""
    html = rendered("See https://example.org/x?a=1&b=2.")
    assert [a["href"] for tag, a in Seen(html).tags if tag == "a"] == ["https://example.org/x?a=1&b=2"]


def test_a_picture_is_a_link_to_it() -> None:
    """Nothing is loaded from elsewhere by looking at a page."""
    html = rendered("![A chart](https://example.org/chart.png)")
    assert "<img" not in html
    assert Seen(html).tags[-1] == (
        "a",
        {"href": "https://example.org/chart.png", "class": "picture", "rel": "noopener noreferrer"},
    )
    assert Seen(html).words.strip() == "A chart"


def test_what_prose_has_is_shown() -> None:
    """Headings stand below the page's own; lists, boxes, tables, code and quotes are what they are elsewhere."""
    text = "# Why\n\n1. *one*\n2. **two**\n\n- [ ] open\n- [x] done\n\n| a |\n|--:|\n| 1 |\n\n> said\n\n"
    text += "```\ncode\n```\n\n~~no~~"
    seen = Seen(rendered(text))
    assert {tag for tag, _ in seen.tags} >= {"h3", "ol", "em", "strong", "ul", "table", "blockquote", "pre", "s"}
    assert "☐ open" in seen.words
    assert "☑ done" in seen.words


def test_a_huge_text_is_shown_as_it_is() -> None:
    """A text that would take seconds is plain, whole and inert."""
    text = "![" * 60_000 + "<script>"
    html = rendered(text)
    assert html.startswith('<pre class="plain">')
    assert Seen(html).words == text
