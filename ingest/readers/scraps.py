"""Tables that a crawler flattened to lines holding only "|": rows and cells back from the scraps.

The plain-text reader calls it. Two dialects: *framed* (a "|" opens and closes each row, so "||" is a row boundary or
an empty cell) and *open* (a "|" only closes each cell, rows are known by their count and ordinals alone). The cut
into rows is the cheapest one: full rows that begin with an ordinal cost nothing, odd rows cost something.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.readers.letterhead import holds_letterhead, holds_signature
from ingest.readers.paragraphs import Line, starts_structure

PIPE = "|"
_HEAD_CELL = re.compile(r"(?:STT|TT|Stt|Tt|SỐ TT|Số TT|Số thứ tự|S\.TT|STT/.*)\.?$")
_ORDINAL = re.compile(
    r"(?:\d{1,3}(?:\.\d{1,3}){0,4}[.)]?|[IVXLC]{1,6}[.)]?|[A-ZĐ][.)]?|[a-zđ][.)]|\(\d{1,2}\))$"
)
_GROUP_ORDINAL = re.compile(r"(?:[IVXLC]{1,6}|[A-ZĐ])[.)]?$")
_PROSE_START = re.compile(
    r"(?:PHỤ LỤC|Phụ lục [IVX\d]|Điều \d+\.|Chương [IVX]|CHƯƠNG|PHẦN [IVX]|FILE ĐƯỢC|QUYẾT ĐỊNH ?:?$|NGHỊ QUYẾT$|NGHỊ ĐỊNH$"
    r"|THÔNG TƯ$|LUẬT$|KẾ HOẠCH$|ĐỀ ÁN$|QUY CHẾ$|QUY ĐỊNH$|THÔNG BÁO$|CHƯƠNG TRÌNH$)"
)
_LABEL = re.compile(r"[^.;:]{2,30}:$")
_MAX_COLUMNS = 18
_SAMPLE = 500  # scraps by which the number of columns is chosen; keeps long tables quick

Cell = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """Lines outside of any table; the cells of letterheads and signatures too, a blank line after each."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of cells."""

    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Label:
    """A portal's attribute: "Số hiệu:" and its value."""

    key: str
    value: str


Part = Prose | Grid | Label


def split_scraps(lines: Sequence[Line]) -> list[Part]:
    """The document in order: prose, tables, attributes. Lines of "|" alone separate cells."""
    chunks: list[Cell | None] = []  # None: two adjacent pipes
    chunk: list[Line] = []
    for line in lines:
        if line.text == PIPE:
            chunks.append(tuple(chunk) if chunk else None)
            chunk = []
        else:
            chunk.append(line)
    if not chunks:
        return [Prose(tuple(lines))]
    first, rest = chunks[0], [*chunks[1:], tuple(chunk) if chunk else None]
    adjacent = sum(1 for item in rest[:-1] if item is None)
    framed = first is None or not _words(first) or adjacent * 12 >= len(chunks)
    return _framed(first, rest) if framed else _open(first, rest)


def _words(cell: Cell | None) -> str:
    return " ".join(line.text for line in cell or () if line.text)


def _framed(first: Cell | None, items: list[Cell | None]) -> list[Part]:
    parts: list[Part] = []
    region: list[Cell | None] = []
    if first and _LABEL.match(first[-1].text):
        first, region = first[:-1], [first[-1:]]
    if first:
        parts.append(Prose(first))
    for place, item in enumerate(items):
        after = items[place + 1] if place + 1 < len(items) else None
        if place == len(items) - 1 or (item is not None and _is_prose(item, after, region)):
            parts += _region(region, framed=True)
            region = []
            if item:
                parts.append(Prose(item))
        else:
            region.append(item)
    return parts


def _is_prose(item: Cell, after: Cell | None, region: Sequence[Cell | None]) -> bool:
    """Whether a chunk between two pipes stands between two tables rather than in a cell."""
    words = _words(item)
    if not words:
        return False
    if any(not line.text for line in item) and len(item) > 2:
        return True
    if _HEAD_CELL.match(_words(after)) or _PROSE_START.match(words):
        return True
    lengths = [len(row) for row in _by_boundary(region)]
    open_row = lengths[-1] if region and region[-1] is not None and lengths else 0
    if not open_row:
        return False
    if any(holds_letterhead(_words(cell)) for cell in region) and not any(map(_is_head, region)):
        return open_row >= 2
    return open_row >= max(lengths) and len(lengths) > 2 and (item[0].bold > 0.9 or starts_structure(words))


def _open(first: Cell | None, items: list[Cell | None]) -> list[Part]:
    parts: list[Part] = []
    before, cell = _first_cell(first or ())
    if before:
        parts.append(Prose(before))
    region: list[Cell | None] = [cell]
    for place, item in enumerate(items):
        if place == len(items) - 1:
            parts += _region(region, framed=False)
            if item:
                parts.append(Prose(item))
        elif item is not None and _holds_prose(item):
            parts += _region(region, framed=False)
            before, cell = _first_cell(item)
            parts.append(Prose(before))
            region = [cell]
        else:
            region.append(item)
    return parts


def _holds_prose(item: Cell) -> bool:
    texts = [line.text for line in item if line.text]
    return len(texts) > 1 and (
        bool(_HEAD_CELL.match(texts[-1]))
        or any(text.startswith(("Nơi nhận", "NƠI NHẬN")) for text in texts[1:])
        or (len(texts) > 6 and any(_PROSE_START.match(text) for text in texts))
    )


def _first_cell(item: Cell) -> tuple[Cell, Cell]:
    """A chunk before the first pipe of an open table, cut into the prose and the first cell."""
    for place, line in enumerate(item):
        if line.text.startswith(("Nơi nhận", "NƠI NHẬN")):
            return item[:place], item[place:]
    if len(item) <= 4 and not any(_HEAD_CELL.match(line.text) for line in item[1:]):
        return (), item
    return item[:-1], item[-1:]


def _is_head(cell: Cell | None) -> bool:
    return bool(_HEAD_CELL.match(_words(cell)))


def _region(items: list[Cell | None], framed: bool) -> list[Part]:
    """One run of scraps as attributes, letterhead or table."""
    parts: list[Part] = []
    items = list(items)
    while items:  # attributes come first: "label:" | value
        filled = [place for place, item in enumerate(items) if _words(item)]
        if (
            len(filled) < 2
            or not _LABEL.match(_words(items[filled[0]]))
            or holds_letterhead(_words(items[filled[0]]))
        ):
            break
        if filled[1] - filled[0] > 1 or _LABEL.match(_words(items[filled[1]])):
            del items[: filled[0] + 1]  # a label without a value
            continue
        parts.append(Label(_words(items[filled[0]]).rstrip(" :"), _words(items[filled[1]])))
        del items[: filled[1] + 1]
    while items and not _words(items[0]):
        items.pop(0)
    head = next((place for place, item in enumerate(items) if _is_head(item)), len(items))
    if head and (
        any(holds_letterhead(_words(item)) or holds_signature(_words(item)) for item in items[:head])
        or (head == len(items) and sum(1 for item in items if _words(item)) < 4)
    ):
        flat: list[Line] = []
        for item in items[:head]:
            flat += [*(item or ()), Line("")]
        if any(line.text for line in flat):
            parts.append(Prose(tuple(flat)))
        items = items[head:]
    if any(_words(item) for item in items):
        parts.append(Grid(tuple(_rows(items, framed))))
    return parts


def _by_boundary(items: Sequence[Cell | None]) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[]]
    for item in items:
        if item is None:
            rows.append([])
        else:
            rows[-1].append(item)
    return [row for row in rows if row]


def _rows(items: list[Cell | None], framed: bool) -> list[tuple[Cell, ...]]:
    """The cheapest cut of the scraps into rows, over every plausible number of columns."""
    while items and items[-1] is None:
        items.pop()
    longest = max((len(row) for row in _by_boundary(items)), default=1)
    candidates = range(2, max(2, min(longest + 3 if framed else _MAX_COLUMNS, _MAX_COLUMNS)) + 1)
    texts = [None if item is None else _words(item) for item in items]
    numbered = _is_head(items[0]) or sum(1 for t in texts if t and _ORDINAL.match(t)) >= 3
    # columns beyond the longest run of filled cells are always partly empty: only many rows make that likely
    sample = texts[:_SAMPLE]
    costs = {
        width: _cut(sample, width, framed, numbered)[0] + (3.0 if framed and width > longest else 0.0)
        for width in candidates
    }
    cut = _cut(texts, min(costs, key=lambda width: costs[width]), framed, numbered)[1]
    return [tuple(items[place] or () for place in range(start, end)) for start, end in cut]


def _cut(
    texts: Sequence[str | None], width: int, framed: bool, numbered: bool
) -> tuple[float, list[tuple[int, int]]]:
    """Cost and row spans of the best cut into rows of `width` columns."""
    size = len(texts)
    best: list[tuple[float, int, int]] = [(0.0, 0, 0)] + [(1e9, 0, 0)] * size  # cost, row start, row end
    for start in range(size):
        cost = best[start][0]
        if cost >= 1e9:
            continue
        if texts[start] is None and framed and start == 0:
            best[1] = min(best[1], (cost, 0, 0))
        for end in range(start + 1, min(size, start + width + 2) + 1):
            total = cost + _row_cost(texts[start:end], width, numbered)
            if not framed or end == size:
                best[end] = min(best[end], (total, start, end))
            else:  # a framed row ends at "||"
                if texts[end] is None:
                    best[end + 1] = min(best[end + 1], (total, start, end))
                best[end] = min(best[end], (total + 5, start, end))
    spans: list[tuple[int, int]] = []
    place = size
    while place > 0:
        _, start, end = best[place]
        if end > start:
            spans.append((start, end))
        place = start
    return best[size][0], spans[::-1]


def _row_cost(row: Sequence[str | None], width: int, numbered: bool) -> float:
    """How unlikely these cells are one row of a table with `width` columns; 0 = a perfect row."""
    first = row[0] or ""
    ordinal = bool(_ORDINAL.match(first)) or bool(_HEAD_CELL.match(first))
    empties = sum(1 for cell in row[1:] if cell is None)
    cost = 0.35 * empties
    if not any(row):
        return cost + 0.5
    if len(row) > width:
        cost += 8.0
    elif len(row) < width:
        if len(row) == 1:
            cost += 1.2 if not ordinal else 3.0
        elif len(row) == 2 and ordinal:
            cost += 0.7 if _GROUP_ORDINAL.match(first) else 1.2
        else:
            cost += 2.0
    if numbered:
        if first and not ordinal and len(row) > 1:
            cost += 2.0
        elif not first:
            cost += 0.8
        # an ordinal after an empty cell, or a roman one anywhere, begins another row
        inner = [cell or "" for cell in row]
        for place in range(1, len(row)):
            if _ORDINAL.match(inner[place]) and (not inner[place - 1]) and ordinal:
                cost += 1.5
            elif _GROUP_ORDINAL.match(inner[place]) and len(inner[place]) > 1:
                cost += 1.0
            elif _ORDINAL.match(inner[place]):
                cost += 0.6
    return cost
