"""Rows of a table as provisions: its column heads, its group rows ("I | Kiện toàn tổ chức") and its numbers."""

import re
from dataclasses import dataclass

from corpus.spelling import fold
from ingest.marks import roman_value
from ingest.reading import Block, Row

_COUNT_HEADS = {"stt", "tt", "so tt", "so thu tu", "st t", "so t t"}
_ORDINAL = re.compile(r"\d{1,4}(?:\.\d{1,3})*[a-zđ]?\.?$")
_GROUP_MARK = re.compile(r"([IVXLC]+|[A-HĐ])(?:\s*[.)\-–/]|$)")
_COUNTING = re.compile(r"\(?\d{1,2}\)?(?:\s*=.*)?$")
#: Column heads are words, not sentences.
_HEAD_MAX = 120


@dataclass(frozen=True, slots=True)
class TableRow:
    number: str  # ordinal in the first cell, else its count within the group
    columns: tuple[str, ...]  # column heads, as many as cells where known
    start: int
    end: int
    is_group: bool = False
    heading: str = ""  # of a group row


def table_rows(table: Block) -> list[TableRow]:
    """The rows below the head, in order; none for an empty form that has only a head."""
    columns, body = _head(table.rows)
    rows: list[TableRow] = []
    count = groups = 0
    for row in body:
        cells = [cell.strip() for cell in row.cells]
        filled = [cell for cell in cells if cell]
        if not filled or _is_counting(filled):
            continue
        group = _group(cells, filled, len(columns) or max(len(r.cells) for r in table.rows))
        if group is not None:
            groups += 1
            count = 0
            number, heading = group
            rows.append(
                TableRow(number or str(groups), columns, row.start, row.end, is_group=True, heading=heading)
            )
            continue
        count += 1
        number = cells[0].rstrip(".") if _ORDINAL.match(cells[0]) else str(count)
        rows.append(TableRow(number, _fit(columns, cells), row.start, row.end))
    if rows or columns:
        return rows
    return [TableRow(str(i), (), row.start, row.end) for i, row in enumerate(table.rows, 1)]


def _head(rows: tuple[Row, ...]) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    if len(rows) < 2:
        return (), rows
    for index, row in enumerate(rows[:4]):
        if any(fold(cell).strip(". ") in _COUNT_HEADS for cell in row.cells):
            return _merged_head(rows, index)
    first = rows[0].cells
    named = all(cell.strip() and len(cell) <= _HEAD_MAX and cell.strip()[-1] not in ".;:" for cell in first)
    if (
        len(first) >= 2
        and named
        and not _ORDINAL.match(first[0].strip())
        and not any(c.isdigit() for c in first[0])
    ):
        return tuple(cell.strip() for cell in first), rows[1:]
    return (), rows


def _merged_head(rows: tuple[Row, ...], index: int) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """A head of one row, or of two where the second only splits columns of the first."""
    head = [cell.strip() for cell in rows[index].cells]
    after = index + 1
    if after < len(rows):
        below = [cell.strip() for cell in rows[after].cells]
        splits = len(below) == len(head) and (not below[0] or below[0] == head[0]) and any(below)
        if splits and all(len(cell) <= _HEAD_MAX for cell in below):
            head = [
                a if not b or a == b else f"{a} – {b}" if a else b for a, b in zip(head, below, strict=True)
            ]
            after += 1
    return tuple(head), rows[after:]


def _is_counting(cells: list[str]) -> bool:
    """The row "(1) (2) (3)" under a head."""
    return len(cells) >= 3 and all(_COUNTING.match(cell) for cell in cells)


def _group(cells: list[str], filled: list[str], width: int) -> tuple[str, str] | None:
    """(number, heading) of a row that heads the rows below it."""
    if width < 3 or len(filled) > 2:
        return None
    if len(filled) == 2 and cells[0]:
        mark = _GROUP_MARK.fullmatch(filled[0])
        if mark and (roman_value(mark[1]) or len(mark[1]) == 1):
            return mark[1], filled[1]
        return None
    if len(filled) == 1 and not _ORDINAL.match(filled[0]):
        text = filled[0]
        mark = _GROUP_MARK.match(text)
        if mark and (roman_value(mark[1]) or len(mark[1]) == 1):
            return mark[1], text[mark.end() :].strip()
        return "", text
    return None


def _fit(columns: tuple[str, ...], cells: list[str]) -> tuple[str, ...]:
    """Column heads of a row; unknown where the row has another number of cells than the head."""
    return columns if len(columns) == len(cells) else ()
