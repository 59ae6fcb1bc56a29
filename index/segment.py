"""Cuts a document into segments along its provision tree. Called by the builder, one document at a time.

A segment is one provision, a run of small siblings or a piece of a long one; it never crosses an article, an
attachment or an appendix, and a table row stands alone. Its context says where it stands, so that a clause
"2. Sở Nội vụ chủ trì" is found by the words of its article and its document.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.document import Document
from corpus.provision import Level, Provision

#: Changes whenever the rules below do: an index cut by other rules is rebuilt.
SEGMENT_VERSION = 1

#: Characters up to which an article (or any provision) stays whole. With its context it fits the 512 tokens that
#: the embedder reads: Vietnamese official text has about 3.3 characters a token.
WHOLE_MAX = 1200
#: Characters up to which small siblings are gathered and to which an over-long provision is cut: about three
#: clauses, little enough that one subject prevails.
RUN_MAX = 900
#: Characters of a document's title and of any other crumb of the context.
TITLE_MAX = 200
CRUMB_MAX = 160
#: Characters of context that go before the text into the embedder; more would drown a short clause.
EMBEDDED_CONTEXT_MAX = 400

CRUMB = " › "
#: Stands between the cells of a table row in the read text.
CELL = " | "
#: The same where the first or the last cell is empty and the blank at the edge was trimmed.
_BETWEEN_CELLS = re.compile(r"(?:^| )\|(?: |$)")
#: Nodes that hold articles or sections of their own: never whole, never merged with a sibling.
_CONTAINERS = {Level.PART, Level.CHAPTER, Level.SECTION, Level.SUBSECTION, Level.ATTACHMENT}
#: Nodes that no segment may cross.
_BORDERS = {*_CONTAINERS, Level.ARTICLE, Level.APPENDIX, Level.ROW}
#: Where an over-long text may be cut: after a line, after a sentence, between words.
_CUTS = (re.compile(r"\n+"), re.compile(r"(?<=[.;:!?…])\s+"), re.compile(r"\s+"))


@dataclass(frozen=True, slots=True)
class Segment:
    """What is searched: a provision, a run of small siblings, or a piece. Never crosses an article."""

    id: str  # stable: hash of document id, path, span and text
    document: str  # document id
    revision: str  # sha256 of the source bytes
    path: str  # path of the provision it stands in
    label: str  # its citation label
    start: int  # span in the read text
    end: int
    text: str  # == read text[start:end]; for a table row the cells with their column heads
    context: str  # breadcrumb: document › chapter › article


def segments(
    document_id: str, revision: str, header: Document, text: str, provisions: Sequence[Provision]
) -> list[Segment]:
    """The segments of one revision in document order. Spans are characters of `text`."""
    return _Cutter(document_id, revision, header, text, provisions).segments()


def embedding_input(segment: Segment) -> str:
    """What the embedder reads of a segment: its context, shortened in the middle, and its text."""
    crumbs = segment.context.split(CRUMB)
    while len(crumbs) > 2 and len(CRUMB.join(crumbs)) > EMBEDDED_CONTEXT_MAX:
        del crumbs[1]
    return f"{CRUMB.join(crumbs)}\n{segment.text}"


@dataclass(frozen=True, slots=True)
class _Piece:
    """A span that becomes a segment, alone or in a run; `at` is the provision it stands in, None the preamble."""

    at: Provision | None
    start: int
    end: int
    joins: bool  # whether it may be gathered with its neighbours under the same parent


class _Cutter:
    def __init__(
        self, document_id: str, revision: str, header: Document, text: str, provisions: Sequence[Provision]
    ) -> None:
        self._document_id = document_id
        self._revision = revision
        self._text = text
        self._title = _document_crumb(header)
        self._by_path = {provision.path: provision for provision in provisions}
        self._children: dict[str | None, list[Provision]] = {}
        for provision in sorted(provisions, key=lambda p: p.ordinal):
            self._children.setdefault(provision.parent, []).append(provision)

    def segments(self) -> list[Segment]:
        roots = self._children.get(None, [])
        # title block and căn cứ stand before the first provision; what follows the last one is signatures
        body = min((root.start for root in roots), default=len(self._text))
        pieces = list(self._cut(None, 0, body))
        pieces += self._gather(None, [piece for root in roots for piece in self._pieces(root)])
        return [self._segment(piece) for piece in pieces]

    def _pieces(self, node: Provision) -> list[_Piece]:
        if node.level is Level.ROW:
            return [_Piece(node, node.start, node.end, joins=False)]
        if node.end - node.start <= WHOLE_MAX and self._undivided(node):
            joins = node.level not in _BORDERS and node.end - node.start <= RUN_MAX
            return [_Piece(node, node.start, node.end, joins)]
        children = self._children.get(node.path, [])
        if not children:
            return list(self._cut(node, node.start, node.end))
        units: list[_Piece] = []
        if not self._only_heading(node):
            units += self._cut(node, node.start, node.lead_end)
        at = node.lead_end
        for child in children:
            units += self._between(node, at, child.start)
            units += self._pieces(child)
            at = max(at, child.end)
        units += self._between(node, at, node.end)
        return self._gather(node, units)

    def _undivided(self, node: Provision) -> bool:
        if node.level in _CONTAINERS:
            return False
        return all(
            child.level not in _BORDERS and self._undivided(child)
            for child in self._children.get(node.path, [])
        )

    def _only_heading(self, node: Provision) -> bool:
        """Whether the lead says no more than mark and heading, which the context of every child repeats.

        A mark is up to three words: "Điều 14.", "Phụ lục I".
        """
        return bool(node.heading) and len(self._lead(node).split()) <= len(node.heading.split()) + 3

    def _lead(self, node: Provision) -> str:
        """What a node says before its first child, on one line, without the head of a table."""
        lines = self._text[node.start : node.lead_end].splitlines()
        return " ".join(line for line in lines if CELL not in line)

    def _between(self, node: Provision, start: int, end: int) -> Iterator[_Piece]:
        """Text of a node that belongs to none of its children; the head of a table is in each of its rows."""
        if end > start and CELL not in self._text[start:end]:
            yield from self._cut(node, start, end)

    def _cut(self, node: Provision | None, start: int, end: int) -> Iterator[_Piece]:
        """Pieces of about `RUN_MAX`, cut at the best place there is; none for a span without words."""
        start, end = self._trim(start, end)
        if not re.search(r"\w", self._text[start:end]):
            return
        if end - start <= WHOLE_MAX:
            yield _Piece(node, start, end, joins=end - start <= RUN_MAX and node is not None)
            return
        while end - start > RUN_MAX:
            cut = self._cut_place(start, start + RUN_MAX)
            yield _Piece(node, *self._trim(start, cut), joins=False)
            start, _ = self._trim(cut, end)
        if start < end:
            yield _Piece(node, start, end, joins=False)

    def _cut_place(self, start: int, limit: int) -> int:
        for pattern in _CUTS:
            ends = [match.end() for match in pattern.finditer(self._text, start, limit)]
            # a cut in the first half would leave crumbs: a lesser cut further on is better
            if ends and ends[-1] - start > RUN_MAX // 2:
                return ends[-1]
        return limit

    def _gather(self, parent: Provision | None, units: list[_Piece]) -> list[_Piece]:
        """Neighbouring small units become runs; a run stands in the parent, a single unit where it stood."""
        gathered: list[_Piece] = []
        for unit in units:
            last = gathered[-1] if gathered else None
            if last and last.joins and unit.joins and unit.end - last.start <= RUN_MAX:
                gathered[-1] = _Piece(parent or last.at, last.start, unit.end, joins=True)
            else:
                gathered.append(unit)
        # the level above gathers only provisions that are whole
        return [_Piece(piece.at, piece.start, piece.end, joins=False) for piece in gathered]

    def _trim(self, start: int, end: int) -> tuple[int, int]:
        inner = self._text[start:end]
        return start + len(inner) - len(inner.lstrip()), max(start, end - (len(inner) - len(inner.rstrip())))

    def _segment(self, piece: _Piece) -> Segment:
        start, end = self._trim(piece.start, piece.end)
        text = self._text[start:end]
        if piece.at is not None and piece.at.level is Level.ROW:
            text = _row_text(text, piece.at.columns)
        path = piece.at.path if piece.at else ""
        key = "\0".join([self._document_id, path, str(start), str(end), text])
        return Segment(
            id=hashlib.sha256(key.encode()).hexdigest()[:20],
            document=self._document_id,
            revision=self._revision,
            path=path,
            label=piece.at.label if piece.at else "",
            start=start,
            end=end,
            text=text,
            context=self._context(piece),
        )

    def _context(self, piece: _Piece) -> str:
        trail: list[Provision] = []
        node = piece.at
        while node is not None:
            trail.insert(0, node)
            node = self._by_path[node.parent] if node.parent is not None else None
        crumbs = [self._title]
        for place, provision in enumerate(trail):
            above = trail[place - 1].label if place else ""
            # its own lead is in the text of a segment that starts with it
            crumbs.append(self._crumb(provision, above, with_lead=piece.start > provision.start))
        return CRUMB.join(filter(None, crumbs))

    def _crumb(self, node: Provision, above: str, with_lead: bool) -> str:
        """ "Điều 14 Trách nhiệm của Bộ Nội vụ", "khoản 2 Sở Nội vụ có trách nhiệm:"."""
        rest = node.label.removeprefix(above)
        # "Mục II.1" under "Mục II" keeps its name, "Điều 14 khoản 2" under "Điều 14" is "khoản 2"
        name = rest.strip(" ,") if above and rest.startswith((" ", ",")) else node.label
        lead = ""
        if with_lead and node.lead_end < node.end and not self._only_heading(node):
            lead = _without_mark(self._lead(node))
        said = lead if lead.startswith(node.heading) else f"{node.heading} {lead}"
        return _shorten(f"{name} {said}", CRUMB_MAX)


def _document_crumb(header: Document) -> str:
    name = " ".join(filter(None, [header.kind, header.number]))
    return " – ".join(filter(None, [name, _shorten(header.title, TITLE_MAX)]))


def _row_text(raw: str, columns: tuple[str, ...]) -> str:
    """ "Cơ quan chủ trì: Sở Nội vụ; Thời hạn: 2025": the cells with their column heads, empty ones left out."""
    cells = [cell.strip() for cell in _BETWEEN_CELLS.split(raw)]
    if len(cells) != len(columns):
        return raw
    said = [(head.strip(" :"), cell) for head, cell in zip(columns, cells, strict=True) if cell]
    return "; ".join(f"{head}: {cell}" if head else cell for head, cell in said)


def _without_mark(lead: str) -> str:
    """The lead without "Điều 14.", "2.", "a)", "-" before it."""
    return re.sub(r"^\s*(?:Điều\s+\w+[.:]?|[\w.]{1,8}[.)]|[-+–])\s+", "", lead)


def _shorten(text: str, limit: int) -> str:
    """On one line, cut between words, with "…" where something is left out."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rsplit(" ", 1)[0] + "…"
