"""Rows of a table as provisions: its column heads, its group rows ("I | Kiện toàn tổ chức") and its numbers."""

import re
from collections import Counter
from dataclasses import dataclass, replace

from corpus.spelling import fold
from ingest.marks import is_capitals, roman_value
from ingest.reading import Block, Row

_COUNT_HEADS = {"stt", "tt", "so tt", "so thu tu", "st t", "so t t"}
_ORDINAL = re.compile(r"\d{1,4}(?:\.\d{1,3})*[a-zđ]?\.?$")
_LETTER = re.compile(r"([a-zđ])[.)]?")
_GROUP_MARK = re.compile(r"([IVXLC]+|[A-HĐ])(?:\s*[.)\-–/]|$)")
_MOTTO = re.compile(r"CỘNG H[OÒ][AÀ]\s+XÃ HỘI|[ĐD]ộc lập\s*[-–]\s*[Tt]ự do", re.IGNORECASE)
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


def is_letterhead(table: Block) -> bool:
    """Whether a table is the head of a document or form, agency on the left and motto on the right."""
    cells = (cell for row in table.rows[:6] for cell in row.cells)
    return len(table.rows) <= 6 and any(_MOTTO.search(cell) for cell in cells)


def table_rows(table: Block) -> list[TableRow]:
    """The rows below the head, in order; none for an empty form that has only a head."""
    columns, body = _head(table.rows)
    rows: list[TableRow] = []
    count = groups = 0
    ordinal = ""  # number of the last row that has one
    for row in body:
        cells = [cell.strip() for cell in row.cells]
        filled = [cell for cell in cells if cell]
        if not filled or _is_counting(filled):
            continue
        if _goes_on(cells, filled) and rows and not rows[-1].is_group:
            rows[-1] = replace(rows[-1], end=row.end)
            continue
        group = _group(cells, filled, len(columns) or max(len(r.cells) for r in table.rows))
        if group is not None:
            groups += 1
            count, ordinal = 0, ""
            number, heading = group
            rows.append(
                TableRow(number or str(groups), columns, row.start, row.end, is_group=True, heading=heading)
            )
            continue
        count += 1
        if _ORDINAL.match(cells[0]):
            number = ordinal = cells[0].rstrip(".")
        elif ordinal and (letter := _LETTER.fullmatch(cells[0])):
            number = f"{ordinal}.{letter[1]}"  # "a)" under 3 is 3.a
        else:
            number = str(count)
        rows.append(TableRow(number, _fit(columns, cells), row.start, row.end))
    if rows or columns:
        return rows
    return [TableRow(str(i), (), row.start, row.end) for i, row in enumerate(table.rows, 1)]


def _head(rows: tuple[Row, ...]) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Column heads and the rows below them; no heads where the first rows do not look like any."""
    if len(rows) < 2:
        return (), rows
    for index, row in enumerate(rows[:4]):
        if any(fold(cell).strip(". ") in _COUNT_HEADS for cell in row.cells):
            return _merged_head(rows, index)
    first = [cell.strip() for cell in rows[0].cells]
    if len(first) >= 3 and all(_is_name(cell) for cell in first) and not _ORDINAL.match(first[0]):
        return _merged_head(rows, 0)
    # two columns are a head only where the rows below are longer than it: "Nội dung | Mức chi"
    if len(first) == 2 and all(_is_name(cell) for cell in first) and not any(c.isdigit() for c in first[0]):
        below = [len(row.cells[0]) for row in rows[1:] if len(row.cells) == 2]
        if below and all(len(cell) < 40 for cell in first) and not _are_labels(rows):
            return tuple(first), rows[1:]
    return (), rows


def _is_name(cell: str) -> bool:
    """Whether a cell can name a column: words, no item of a list and no sentence."""
    return bool(
        sum(c.isalpha() for c in cell) >= 2
        and len(cell) <= _HEAD_MAX
        and cell[0] not in "-+•"
        and cell[-1] not in ".;:"
    )


def _are_labels(rows: tuple[Row, ...]) -> bool:
    """Whether the first column names what stands beside it ("Thời hạn giải quyết | 05 ngày"), the first row too."""
    pairs = [row.cells for row in rows if len(row.cells) == 2]
    return all(_is_name(left.strip() or "-") for left, _ in pairs) and any(
        len(right) > 60 for _, right in pairs
    )


def _merged_head(rows: tuple[Row, ...], index: int) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """A head of one row, or of two where the second only splits columns of the first."""
    head = [cell.strip() for cell in rows[index].cells]
    after = index + 1
    if after < len(rows):
        below = [cell.strip() for cell in rows[after].cells]
        width = Counter(len(row.cells) for row in rows[after + 1 :]).most_common(1)
        if all(len(cell) <= _HEAD_MAX for cell in below):
            merged = _split_columns(head, below) or (width and _split_last(head, below, width[0][0]))
            if merged:
                return tuple(merged), rows[after + 1 :]
    return tuple(head), rows[after:]


def _split_columns(head: list[str], below: list[str]) -> list[str] | None:
    """The heads of both rows together; None where the lower row is no part of the head.

    A head cell over several columns has empty cells behind it, or it stands once and the lower row is longer.
    """
    blanks = next((i for i, cell in enumerate(below) if cell and cell != head[min(i, len(head) - 1)]), None)
    if not blanks or any(_ORDINAL.match(cell) for cell in below):
        return None
    if len(below) == len(head):
        upper = head
        for i in range(1, len(head)):
            if not upper[i] and below[i]:
                upper = [*upper[:i], upper[i - 1], *upper[i + 1 :]]
    elif len(below) > len(head) > blanks and (len(below) - blanks) % (len(head) - blanks) == 0:
        each = (len(below) - blanks) // (len(head) - blanks)
        upper = head[:blanks] + [cell for cell in head[blanks:] for _ in range(each)]
    else:
        return None
    return [a if not b or a == b else f"{a} – {b}" if a else b for a, b in zip(upper, below, strict=True)]


def _split_last(head: list[str], below: list[str], width: int) -> list[str] | None:
    """The same where the lower row lost its empty cells: its words and the head together make `width` columns."""
    if len(head) + len(below) - 1 != width or len(below) < 2 or not all(_is_name(cell) for cell in below):
        return None
    split = len(head) - 2 if fold(head[-1]) == "ghi chu" else len(head) - 1
    return [*head[:split], *(f"{head[split]} – {cell}" for cell in below), *head[split + 1 :]]


def _is_counting(cells: list[str]) -> bool:
    """The row "(1) (2) (3)" under a head; a scan may have spoilt one of its cells."""
    others = [cell for cell in cells if not _COUNTING.match(cell)]
    spoilt = len(others) == 1 and len(others[0]) <= 3 and all(cell.startswith("(") for cell in cells)
    return len(cells) >= 3 and (not others or spoilt)


def _goes_on(cells: list[str], filled: list[str]) -> bool:
    """Whether a row only says more about the one above: no number and one cell of text, "Đủ hồ sơ: 0,5"."""
    return (
        len(filled) == 1 and not cells[0] and not is_capitals(filled[0]) and not _GROUP_MARK.match(filled[0])
    )


def _group(cells: list[str], filled: list[str], width: int) -> tuple[str, str] | None:
    """(number, heading) of a row that heads the rows below it."""
    if width < 3:
        return None
    if len(filled) > 2:  # "II | KẾT QUẢ THỰC HIỆN NHIỆM VỤ | 80"
        mark = _GROUP_MARK.fullmatch(cells[0])
        titled = mark and roman_value(mark[1]) and cells[1] and is_capitals(cells[1])
        return (mark[1], cells[1]) if mark and titled else None
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
    """Column heads of a row. One that lost an empty last cell fits too, any other number of cells does not."""
    short = len(columns) - 1 == len(cells) >= 3 and _ORDINAL.match(cells[0])
    return columns[: len(cells)] if len(columns) == len(cells) or short else ()
