"""The lines of a reading as the structure parser walks them. Called by `structure` and `containers`.

A line is a paragraph or a table. Headings that a scan glued into the middle of a paragraph get a line of their own
here, but only where the count of articles has a hole that they fill.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.provision import Level
from ingest import marks
from ingest.marks import Mark
from ingest.quotation import quoted_lines
from ingest.reading import Block, BlockKind, Reading

#: So many articles in a row may have lost their line; a larger hole is a text that holds only some articles.
_LOST_MAX = 4
_DIVISION_WORD = re.compile(r"(?:PHẦN|CHƯƠNG|MỤC|Phần|Chương|Mục|PHỤ LỤC|Phụ lục)(?: (?:SỐ|số|THỨ|thứ))?$")
_SECTION_BEHIND = re.compile(r"(?<=[^\W\d_]\s)[IA]\.\s+(?=[A-ZĐÀ-Ỹ]{2})")
_COUNT = re.compile(r"(?:[IVXLC]+|\d{1,2})(?=[\s.:\-–]|$)")
_CAPITAL = "[A-ZĐÀ-Ỹ“]"
_THIS_ACT = r"(?:Bộ luật|Luật|Pháp lệnh|Nghị định|Nghị quyết|Quyết định|Thông tư|Quy chế|Quy định) này\b"


@dataclass(slots=True)
class Line:
    """A paragraph or table of the text; `text` is `reading.text[start:end]`."""

    text: str
    start: int
    end: int
    page: int | None
    strong: bool
    table: Block | None = None
    quoted: bool = False
    article: Mark | None = None  # the mark of an article that may begin here

    def part(self, start: int, end: int) -> "Line":
        """A piece of this line, offsets within it, without blanks at its ends."""
        text = self.text[start:end]
        begin = start + len(text) - len(text.lstrip())
        text = text.strip()
        return replace(
            self,
            text=text,
            start=self.start + begin,
            end=self.start + begin + len(text),
            article=marks.article(text),
        )

    @property
    def mark(self) -> Mark | None:
        """The structural mark at its start, whatever it turns out to mean."""
        return marks.division(self.text) or self.article or marks.outline(self.text)


def lines_of(reading: Reading) -> list[Line]:
    """All lines in order, those inside a quotation marked."""
    lines = []
    for block in reading.blocks:
        text = reading.text[block.start : block.end]
        table = block if block.kind is BlockKind.TABLE else None
        article = marks.article(text) if table is None else None
        lines.append(Line(text, block.start, block.end, block.page, block.strong, table, article=article))
    for line, quoted in zip(lines, quoted_lines(["" if x.table else x.text for x in lines]), strict=True):
        line.quoted = quoted
    lines = _with_whole_divisions(lines)
    return [piece for line in _with_lost_articles(lines) for piece in _unglued(line)]


def _with_whole_divisions(lines: list[Line]) -> list[Line]:
    """ "PHẦN" alone on its line gets the "II. NỘI DUNG" below it: the line break between them becomes a blank."""
    done: list[Line] = []
    for line in lines:
        above = done[-1] if done else None
        if (
            above is not None and above.table is None and line.table is None and line.start == above.end + 1
            and _DIVISION_WORD.match(above.text) and _COUNT.match(line.text)
        ):  # fmt: skip
            done[-1] = replace(above, text=f"{above.text} {line.text}", end=line.end)
        else:
            done.append(line)
    return done


def _with_lost_articles(lines: list[Line]) -> list[Line]:
    """Finds "… tuyến, Điều 24. Lưu trữ" and "Điều 139 Luật này …" where articles 24 and 139 are missing."""
    counted = [
        (index, int(line.article.number))
        for index, line in enumerate(lines)
        if line.article is not None and not line.quoted and line.article.number.isdigit()
    ]
    pieces: dict[int, list[Line]] = {}
    for (index, number), (after, above) in pairwise(counted):
        if not 1 < above - number <= _LOST_MAX + 1:
            continue
        for lost in range(number + 1, above):
            for at in range(index, after):
                line = pieces.get(at, [lines[at]])[-1]
                if line.table is not None or line.quoted:
                    continue
                if found := re.match(rf"Điều {lost}\s+(?={_THIS_ACT})", line.text):
                    line.article = Mark(Level.ARTICLE, str(lost), marks.RANK[Level.ARTICLE], found.end())
                    break
                if found := re.search(rf"(?<=[,.;:]\s)Điều {lost}\.\s+(?={_CAPITAL})", line.text):
                    parts = [line.part(0, found.start()), line.part(found.start(), len(line.text))]
                    pieces[at] = [*pieces.get(at, [lines[at]])[:-1], *parts]
                    break
    return [piece for index, line in enumerate(lines) for piece in pieces.get(index, [line])]


def _unglued(line: Line) -> Iterator[Line]:
    """An article whose clauses 1., 2. … follow its title on the same line is taken apart, its points too."""
    if line.quoted or line.table is not None:
        yield line
        return
    if line.article is None:
        # "PHẦN II. NỘI DUNG CỤ THỂ I. THỦ TỤC CẤP TỈNH": two titles on one line
        division = marks.division(line.text)
        cut = _SECTION_BEHIND.search(line.text, division.length + 4) if division else None
        yield from [line.part(0, cut.start()), line.part(cut.start(), len(line.text))] if cut else [line]
        return
    title, *clauses = _split(line, [f"{n}." for n in range(1, 40)])
    yield title
    for clause in clauses:
        yield from _split(clause, [f"{letter})" for letter in marks.POINT_LETTERS])


def _split(line: Line, signs: Sequence[str]) -> list[Line]:
    """Pieces that begin with these marks, each behind the end of a sentence; none if only the first is there."""
    cuts: list[int] = []
    at = line.article.length if line.article else 0
    for sign in signs:
        # the first mark may follow a title, which has no full stop
        ends = r"(?<=\S\s)" if not cuts else r"(?<=[.;:,]\s)"
        found = re.compile(rf"{ends}{re.escape(sign)}\s+(?=[^\W\d_])").search(line.text, at)
        if found is None:
            break
        cuts.append(found.start())
        at = found.end()
    if len(cuts) < 2:
        return [line]
    first = line.part(0, cuts[0])
    if first.text.endswith(":") and line.article is not None:
        first = first.part(0, len(first.text) - 1)
    return [first, *(line.part(a, b) for a, b in pairwise([*cuts, len(line.text)]))]
