"""An answer as bubbles of a channel: cut at sentence ends, every citation kept, never longer than the channel takes.

Called by `talk`. What must not get lost (notices on validity, the sources, who wrote it) is laid out first; the
quoted text has the room that remains, and a link to the whole answer where that is too little.
"""

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.answer import Answer, CitationShape
from bot.channels.channel import Bubble, Button, Style
from bot.messages import say

#: A source is named by at most so many characters of its title or place.
LABEL_MAX = 160
#: Sources that are listed below an answer; the page of the answer has them all.
SOURCES_MAX = 12

_LEAD = re.compile(r"^Theo [^\n]*:$")
#: A sentence ends here, unless what stands before is the mark of a list, an abbreviation or an initial.
_END = re.compile(r"(?<=[.!?…;])\s+(?=[\"“(\[]?[A-ZÀ-ỸĐ0-9])")
_NO_END = re.compile(r"(?:^|[\s(])(?:Điều \w+|\d{1,3}|[IVXLC]+|[a-zđ]|[A-ZĐ][a-z]{0,2}|TP|TS|v\.v|tr|st)\.$")


class Plain:
    """Text without markup."""

    @staticmethod
    def length(text: str) -> int:
        return len(text)

    @staticmethod
    def words(text: str) -> str:
        return text

    @staticmethod
    def strong(text: str) -> str:
        return text

    @staticmethod
    def link(label: str, url: str) -> str:
        return label


class Html:
    """The HTML that Telegram reads. Lengths count the markup too: what fits with it fits without."""

    @staticmethod
    def length(text: str) -> int:
        return len(text.encode("utf-16-le")) // 2

    @staticmethod
    def words(text: str) -> str:
        return html.escape(text)

    @staticmethod
    def strong(text: str) -> str:
        return f"<b>{html.escape(text)}</b>"

    @staticmethod
    def link(label: str, url: str) -> str:
        return f'<a href="{html.escape(url)}">{html.escape(label)}</a>'


Markup = type[Plain] | type[Html]


@dataclass(frozen=True, slots=True)
class Block:
    """What belongs together: a line that says where the words come from, and the words."""

    lead: str
    text: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """The smallest thing that is moved to the next bubble: about a sentence."""

    before: str  # what parts it from the piece before in the same bubble
    shown: str
    again: str = ""  # said first where a bubble begins with this piece, in markup


def markup_of(style: Style) -> Markup:
    return Html if style.html else Plain


def sentences(text: str) -> list[tuple[str, str]]:
    """(what parts it from the one before, sentence), so that all of them joined are the text."""
    found: list[tuple[str, str]] = []
    for number, line in enumerate(text.split("\n")):
        start, gap = 0, "\n" if number else ""
        for end in _END.finditer(line):
            if _NO_END.search(line[start : end.start()]):
                continue
            found.append((gap, line[start : end.start()]))
            start, gap = end.end(), end.group()
        found.append((gap, line[start:]))
    return found


def blocks(text: str) -> tuple[list[Block], list[str]]:
    """What an answer quotes, and the notices below it."""
    paragraphs = text.split("\n\n")
    led = [i for i, one in enumerate(paragraphs) if _LEAD.match(one.partition("\n")[0])]
    last = led[-1] if led else len(paragraphs) - 1
    quoted = []
    for paragraph in paragraphs[: last + 1]:
        lead, _, words = paragraph.partition("\n")
        quoted.append(Block(lead, words) if words and _LEAD.match(lead) else Block("", paragraph))
    return quoted, paragraphs[last + 1 :]


def source_line(number: int, citation: CitationShape, markup: Markup, base: str) -> str:
    """[1] khoản 1 Điều 30, Luật 25/2018/QH14 (Còn hiệu lực)"""
    document = citation.document
    name = " ".join(filter(None, [document.kind, document.number])) or document.title
    label = shortened(", ".join(filter(None, [citation.provision, name])), LABEL_MAX)
    shown = markup.link(label, base + citation.url) if base else markup.words(label)
    return f"[{number}] {shown} ({markup.words(document.validity.label)})"


def answer_bubbles(
    answer: Answer, style: Style, page: str, base: str, notes: Iterable[str] = (), hints: Iterable[str] = ()
) -> list[Bubble]:
    """The answer as the channel shows it.

    `page`: URL of the whole answer; `base`: URL before a citation's own; both "" where the server has no public
    address. `notes` come first (the day asked about), `hints` last (what may be typed next).
    """
    markup = markup_of(style)
    quoted, notices = blocks(answer.text)
    body = list(_pieces([*(Block("", note) for note in notes), *quoted], style))
    tail = [_Piece("\n\n", markup.words(notice)) for notice in notices]
    for number, citation in enumerate(answer.citations[:SOURCES_MAX], 1):
        head = markup.strong(say("sources")) + "\n" if number == 1 else ""
        line = source_line(number, citation, markup, base)
        tail.append(_Piece("\n\n" if head else "\n", head + line))
    more = len(answer.citations) - SOURCES_MAX
    if more > 0:
        tail.append(_Piece("\n", markup.words(say("more_sources", count=more))))
    if page and answer.citations:
        tail.append(_Piece("\n\n", _linked(say("whole_answer"), page, markup)))
    tail.append(_Piece("\n\n", markup.words(answer.notice)))
    tail += [_Piece("\n\n", markup.words(hint)) for hint in hints]
    rest = _Piece("\n", markup.words(say("cut_with_page" if page else "cut")))
    return [Bubble(text) for text in _laid_out(body, tail, rest, style, markup)]


def source_bubbles(answer: Answer, style: Style, page: str, base: str) -> list[Bubble]:
    """The sources of an answer with their quotes."""
    markup = markup_of(style)
    pieces: list[_Piece] = []
    for number, citation in enumerate(answer.citations, 1):
        line = source_line(number, citation, markup, base)
        pieces += _of_block(line, f"[{number}] {say('continued')}", f"“{citation.quote}”", style)
    tail = [_Piece("\n\n", _linked(say("whole_answer"), page, markup))] if page else []
    rest = _Piece("\n", markup.words(say("cut_with_page" if page else "cut")))
    return [Bubble(text) for text in _laid_out(pieces, tail, rest, style, markup)]


def text_bubbles(text: str, style: Style) -> list[Bubble]:
    """Sentences of the catalogue."""
    markup = markup_of(style)
    rest = _Piece("\n", markup.words(say("cut")))
    return [
        Bubble(one) for one in _laid_out(list(_pieces([Block("", text)], style)), [], rest, style, markup)
    ]


def with_buttons(bubbles: list[Bubble], rows: Iterable[Iterable[Button]]) -> list[Bubble]:
    """The buttons stand under the last bubble."""
    kept = tuple(tuple(row) for row in rows)
    return [*bubbles[:-1], Bubble(bubbles[-1].text, kept)]


def _linked(label: str, url: str, markup: Markup) -> str:
    return markup.link(label, url) if markup is Html else f"{label}: {url}"


def shortened(text: str, most: int) -> str:
    """At most so many characters, cut behind a word."""
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + "…"


def _pieces(blocks: Iterable[Block], style: Style) -> Iterator[_Piece]:
    markup = markup_of(style)
    for block in blocks:
        lead = markup.strong(block.lead) if block.lead else ""
        again = markup.strong(f"{block.lead.removesuffix(':')} {say('continued')}:") if block.lead else ""
        yield from _of_block(lead, again, block.text, style)


def _of_block(lead: str, again: str, text: str, style: Style) -> Iterator[_Piece]:
    """The sentences of a block; its lead goes with the first, and is said again where the others are parted."""
    markup = markup_of(style)
    room = style.length_max - max(markup.length(lead), markup.length(again)) - 1
    first = True
    for gap, sentence in sentences(text):
        parts = _broken(sentence, max(room, 1), markup) if style.length_max else [sentence]
        for part in parts:
            shown = markup.words(part)
            if first:
                yield _Piece("\n\n", f"{lead}\n{shown}" if lead else shown)
            else:
                yield _Piece(gap, shown, again)
            first, gap = False, " "


def _broken(sentence: str, room: int, markup: Markup) -> Iterator[str]:
    """A sentence in parts that fit, broken behind a blank where there is one."""
    while markup.length(markup.words(sentence)) > room:
        cut = bisect_right(
            range(len(sentence)), room, key=lambda end: markup.length(markup.words(sentence[:end]))
        )
        end = sentence.rfind(" ", cut // 2, cut) + 1 or max(cut - 1, 1)
        yield sentence[:end].rstrip()
        sentence = sentence[end:]
    yield sentence


def _laid_out(
    body: list[_Piece], tail: list[_Piece], rest: _Piece, style: Style, markup: Markup
) -> list[str]:
    """Bubbles with all of the body, or as much of it as leaves room for the tail, which is never cut."""
    whole = _packed([*body, *tail], style, markup)
    if not style.bubbles_max or len(whole) <= style.bubbles_max:
        return whole

    def too_many(kept: int) -> bool:
        return len(_packed([*body[:kept], rest, *tail], style, markup)) > style.bubbles_max

    kept = max(bisect_left(range(1, len(body) + 1), True, key=too_many), 1)
    return _packed([*body[:kept], rest, *tail], style, markup)


def _packed(pieces: Iterable[_Piece], style: Style, markup: Markup) -> list[str]:
    """As many pieces into each bubble as fit."""
    full: list[str] = []
    filling = ""
    for piece in pieces:
        longer = f"{filling}{piece.before}{piece.shown}"
        if not filling or (style.length_max and markup.length(longer) > style.length_max):
            full += [filling] if filling else []
            longer = f"{piece.again}\n{piece.shown}" if piece.again and full else piece.shown
        filling = longer
    return [*full, filling]
