"""The whole text of a document as nested blocks that a template can print, every provision with its id.

Made for the document page from the read text and the provision tree; nothing of the text is left out, also
where no provision covers it, and the quoted span is marked wherever it falls.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from corpus.provision import Level, Provision

#: Levels whose first line is a title of its own; the others are running text that starts with their mark.
_TITLED = {
    Level.PART,
    Level.CHAPTER,
    Level.SECTION,
    Level.SUBSECTION,
    Level.ARTICLE,
    Level.HEADING,
    Level.ATTACHMENT,
    Level.APPENDIX,
}
_CELL_JOINT = " | "

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Run:
    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Line:
    type: ClassVar[str] = "line"
    runs: tuple[Run, ...]
    title: bool
    run_in: bool = False  # a title that the text goes on behind, on the same line


@dataclass(frozen=True, slots=True)
class Row:
    path: str
    label: str
    cells: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    type: ClassVar[str] = "table"
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One provision with what stands in it; `depth` from 1."""

    type: ClassVar[str] = "section"
    path: str
    label: str
    level: Level
    depth: int
    blocks: tuple["Block", ...]


Block = Line | Table | Section


def full_text(text: str, provisions: Iterable[Provision], mark: Span | None = None) -> tuple[Block, ...]:
    """All of `text` as blocks in document order; `mark` is the quoted span, characters of `text`."""
    children: dict[str | None, list[Provision]] = {}
    for provision in sorted(provisions, key=lambda p: (p.start, p.ordinal)):
        children.setdefault(provision.parent, []).append(provision)
    return _Page(text, children, mark or (0, 0)).blocks(None, 0, len(text), 0, 0)


class _Page:
    def __init__(self, text: str, children: dict[str | None, list[Provision]], mark: Span) -> None:
        self._text = text
        self._children = children
        self._mark = mark
        rows = (one for some in children.values() for one in some if one.columns)
        self._heads = {_CELL_JOINT.join(row.columns) for row in rows}

    def blocks(
        self, parent: str | None, start: int, end: int, title_end: int, depth: int
    ) -> tuple[Block, ...]:
        """What stands in `text[start:end]`: the children of `parent` and the lines between them."""
        return tuple(self._blocks(self._children.get(parent, []), start, end, title_end, depth))

    def _blocks(
        self, children: Sequence[Provision], start: int, end: int, title_end: int, depth: int
    ) -> Iterator[Block]:
        cursor, index = start, 0
        while index < len(children):
            child = children[index]
            run = _table_from(self._text, children, index)
            yield from self._lines(cursor, child.start, title_end)
            if run:
                yield Table(child.columns, tuple(self._row(row) for row in run))
                index, cursor = index + len(run), run[-1].end
            else:
                yield self._section(child, depth + 1)
                index, cursor = index + 1, max(cursor, child.end)
        yield from self._lines(cursor, end, title_end)

    def _section(self, provision: Provision, depth: int) -> Section:
        title_end = _title_end(self._text, provision)
        blocks = self.blocks(provision.path, provision.start, provision.end, title_end, depth)
        return Section(provision.path, provision.label, provision.level, depth, blocks)

    def _lines(self, start: int, end: int, title_end: int) -> Iterator[Line]:
        """The lines of `text[start:end]`; those before `title_end` are titles. A line of column heads is
        left to the table, which shows it itself."""
        while start < end:
            stop = self._text.find("\n", start, end)
            stop = end if stop < 0 else stop
            if start < title_end < stop:
                stop = title_end
            line = self._text[start:stop].strip()
            if line and line not in self._heads:
                title = stop <= title_end
                yield Line(
                    self._runs(start, stop), title, title and self._text[stop : stop + 1] not in ("", "\n")
                )
            start = stop + 1 if self._text[stop : stop + 1] == "\n" else stop

    def _row(self, row: Provision) -> Row:
        cells, start = [], row.start
        for cell in self._text[row.start : row.end].rstrip("\n").split(_CELL_JOINT):
            cells.append(self._runs(start, start + len(cell)))
            start += len(cell) + len(_CELL_JOINT)
        return Row(row.path, row.label, tuple(cells))

    def _runs(self, start: int, end: int) -> tuple[Run, ...]:
        """`text[start:end]` cut at the borders of the mark."""
        first, last = (min(max(border, start), end) for border in self._mark)
        pieces = [(start, first, False), (first, last, True), (last, end, False)]
        return tuple(Run(self._text[a:b], marked) for a, b, marked in pieces if a < b)


def _table_from(text: str, children: Sequence[Provision], index: int) -> list[Provision]:
    """The rows of one table that begin at `index`: neighbours with the same column heads."""
    rows: list[Provision] = []
    for child in children[index:]:
        if child.level is not Level.ROW:
            break
        if rows and (child.columns != rows[0].columns or text[rows[-1].end : child.start].strip()):
            break
        rows.append(child)
    return rows


def _title_end(text: str, provision: Provision) -> int:
    """Where the provision's title ends in `text`; its start where it has none."""
    if provision.level not in _TITLED:
        return provision.start
    lead = text[provision.start : provision.lead_end]
    words = provision.heading.split()
    if words:
        found = re.search(r"\s+".join(map(re.escape, words)), lead)
        return provision.start + found.end() if found else provision.start
    # "Điều 1. Phê duyệt …" has no title, only its label stands out
    label = re.match(r"(?:Điều|Khoản|Mục|Chương|Phần|Phụ lục)\s+[\w.]+?[.:]?(?=\s|$)", lead, re.IGNORECASE)
    return provision.start + label.end() if label else provision.start
