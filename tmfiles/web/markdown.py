"""Markdown of tasks as safe HTML: no tag, address or picture of the text's own; knows no page."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup, escape

Titles = Callable[[Collection[str]], Mapping[str, str]]

# A text longer than this is shown as it was typed: to make a page of it would take the time of all others.
_LONGEST = 100_000
# Where a task is to be found.
_PAGE = "/tasks/{}"
# What a page has above a task's text: the text's own headings stand below them.
_ABOVE = 2
_ADDRESSES = ("http://", "https://", "mailto:")
_TAGS = {
    *("a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s"),
    *("strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_CLASSES = {"a": {"task", "picture"}, "th": {"center", "right"}, "td": {"center", "right"}}
# An id in running text; one that is a plain word or number (`docs`, `42`) is taken for that.
_ID = re.compile(r"(?<![\w./#-])[a-z0-9]+(?:[._-][a-z0-9]+)*(?![\w/]|[.-]\w)")
_TELLING = re.compile(r"(?=.*[a-z])(?=.*[0-9._-])")
_BOX = re.compile(r"\[([ xX])\](?= )")


def rendered(text: str, titles: Titles | None = None, page: str = _PAGE) -> Markup:
    """Make HTML of a text that anybody may have written.

    `titles` gives the titles of those of some ids that are tasks: such words become links to `page`. Tags of HTML stay
    words, pictures become links to them, and addresses are those of the web and of mail alone.
    """
    if len(text) > _LONGEST:
        return Markup('<pre class="plain">{}</pre>').format(text)
    env = {"titles": titles, "page": page}
    clean = nh3.clean(
        _PARSER.render(text, env),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return Markup(clean)  # noqa: S704 it was cleaned in the line above


def inline(text: str, titles: Titles) -> Markup:
    """Make HTML of a line that is no Markdown: its words, and links where they are ids of tasks."""
    found = titles({match[0] for match in _ids(text)})
    out, at = [], 0
    for match in _ids(text):
        if match[0] in found:
            link = Markup('<a class="task" href="/tasks/{}" title="{}">{}</a>')
            out += [escape(text[at : match.start()]), link.format(match[0], found[match[0]], match[0])]
            at = match.end()
    return Markup("").join([*out, escape(text[at:])])


def _ids(text: str) -> Iterator[re.Match[str]]:
    """Give the words that may be ids."""
    return (match for match in _ID.finditer(text) if 2 <= len(match[0]) <= 64 and _TELLING.match(match[0]))


def _is_address(url: str) -> bool:
    return url.lower().startswith(_ADDRESSES)


def _reshaped(state: StateCore) -> None:
    """Put headings below the page's, boxes into lists of things to do, links in the place of pictures and ids."""
    for at, token in enumerate(state.tokens):
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + _ABOVE, 6)}"
        elif token.type in ("th_open", "td_open"):
            align = str(token.attrs.pop("style", "")).removeprefix("text-align:")
            token.attrs = {"class": align} if align in ("center", "right") else {}
        elif token.type == "inline" and token.children:
            if at > 1 and state.tokens[at - 2].type == "list_item_open":
                _boxed(token.children[0])
            token.children = list(_linked(token.children, state.env["titles"], state.env["page"]))


def _boxed(token: Token) -> None:
    if token.type == "text" and (match := _BOX.match(token.content)):
        token.content = ("☐" if match[1] == " " else "☑") + token.content[3:]


def _linked(tokens: list[Token], titles: Titles | None, page: str) -> Iterator[Token]:
    words = {match[0] for one in tokens if one.type in ("text", "code_inline") for match in _ids(one.content)}
    found = titles(words) if titles is not None and words else {}
    inside = 0
    for token in tokens:
        inside += (token.type == "link_open") - (token.type == "link_close")
        if token.type == "image":
            yield from _picture(token, inside > 0)
        elif token.type == "text" and not inside:
            yield from _named(token.content, found, page)
        elif token.type == "code_inline" and not inside and token.content in found:
            yield from _link(token, page.format(token.content), "task", found[token.content])
        else:
            yield token


def _named(text: str, found: Mapping[str, str], page: str) -> Iterator[Token]:
    at = 0
    for match in _ids(text):
        if match[0] in found:
            yield _text(text[at : match.start()])
            yield from _link(_text(match[0]), page.format(match[0]), "task", found[match[0]])
            at = match.end()
    yield _text(text[at:])


def _picture(token: Token, inside: bool) -> Iterator[Token]:
    address = str(token.attrs.get("src", ""))
    words = _text(token.content or address)
    if inside or not _is_address(address):
        yield words
    else:
        yield from _link(words, address, "picture", str(token.attrs.get("title", "")))


def _link(words: Token, href: str, kind: str, title: str) -> Iterator[Token]:
    yield Token("link_open", "a", 1, {"href": href, "class": kind, **({"title": title} if title else {})})
    yield words
    yield Token("link_close", "a", -1)


def _text(words: str) -> Token:
    return Token("text", "", 0, content=words)


def _made() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True})
    parser.enable(["table", "strikethrough", "linkify"])
    if parser.linkify is not None:
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    parser.validateLink = _is_address  # type: ignore[method-assign]  # what the library offers it for
    parser.core.ruler.push("reshaped", _reshaped)
    return parser


_PARSER = _made()
