"""What Word's older formats (DOC, RTF) have in common: runs with fonts, paragraphs and cells, and how they become text.

The DOC and RTF readers give paragraphs as they stand in the file; here legacy fonts become Unicode, rows become tables.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ingest.legacy_fonts import LegacyText, from_runs
from ingest.readers.draft import Draft, clean
from ingest.readers.letterhead import is_layout
from ingest.readers.paragraphs import Line, join_lines
from ingest.reading import Reading

_MAX_CELLS = 64  # Word's own limit of cells in a row is 63


class End(StrEnum):
    """What closes a paragraph."""

    PARAGRAPH = "paragraph"
    CELL = "cell"
    ROW = "row"  # the mark behind a row's last cell; it holds no text


@dataclass(frozen=True, slots=True)
class Run:
    text: str  # as the file has it; "\n" is a line break within the paragraph
    font: str = ""
    bold: bool = False


@dataclass(frozen=True, slots=True)
class WordParagraph:
    runs: tuple[Run, ...]
    end: End = End.PARAGRAPH
    in_table: bool = False
    heading: bool = False
    number: str = ""  # what Word counts by itself: "1. "


def reading_of(paragraphs: Iterable[WordParagraph], media_type: str) -> Reading:
    """The paragraphs in order as a reading; tables that only lay a letterhead out become paragraphs."""
    known = list(paragraphs)
    whole = "\n".join(from_runs([(run.text, run.font) for run in one.runs]) for one in known)
    legacy = LegacyText.of(whole)
    draft = Draft()
    rows: list[list[list[Line]]] = []
    row: list[list[Line]] = []
    cell: list[Line] = []

    def end_table() -> None:
        nonlocal row, cell
        if cell:
            row.append(cell)
        if row:
            rows.append(row)
        row, cell = [], []
        _table(rows, draft)
        rows.clear()

    for one in known:
        if not one.in_table and (rows or row or cell):
            end_table()
        own = _lines(one, legacy)
        if not one.in_table:
            _prose(own, draft)
            continue
        cell += own
        if one.end is not End.PARAGRAPH and len(row) < _MAX_CELLS and (cell or one.end is End.CELL):
            row.append(cell)
            cell = []
        if one.end is End.ROW:
            rows.append(row)
            row = []
    end_table()
    return draft.reading(media_type)


def _lines(paragraph: WordParagraph, legacy: LegacyText) -> list[Line]:
    text = paragraph.number + from_runs([(run.text, run.font) for run in paragraph.runs])
    printed = [run for run in paragraph.runs if run.text.strip()]
    bold = bool(printed) and all(run.bold for run in printed)
    return [
        Line(" ".join(part.split()), float(bold), bold, paragraph.heading)
        for part in clean(legacy.mend(text)).split("\n")
        if part.strip()
    ]


def _prose(lines: Sequence[Line], draft: Draft) -> None:
    for paragraph in join_lines(lines):
        draft.paragraph(paragraph.text, strong=paragraph.strong)


def _table(rows: Sequence[Sequence[Sequence[Line]]], draft: Draft) -> None:
    texts = [["\n".join(line.text for line in cell) for cell in row] for row in rows]
    if is_layout(texts):
        for row in rows:
            for cell in row:
                _prose(cell, draft)
    else:
        draft.table(texts)
