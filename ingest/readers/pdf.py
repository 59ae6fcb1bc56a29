"""PDF with a text layer: lines by position, letterheads by columns, ruled tables, running heads removed.

`ingest.read` calls it. pypdfium2 gives the characters with their places (its own order throws accented letters of
fallback fonts to the line end), pdfplumber the ruled tables, pypdf the encryption.
"""

import ctypes
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium_c

from ingest.readers.draft import Draft, cell_text, clean, one_line
from ingest.readers.letterhead import is_layout
from ingest.readers.paragraphs import Line, join_lines
from ingest.reading import ReadFailure, Reading

MEDIA_TYPE = "application/pdf"
MAX_PAGES = 3000
#: A page with fewer letters holds no readable text: a signature stamp alone has about 148 characters, half of them letters.
_MIN_PAGE_LETTERS = 100
_MIN_RULES = 6  # drawn paths on a page below which it cannot hold a table
_BLANK = (
    0.13  # a gap wider than this share of the font size is a blank; justified blanks shrink to about 0.18
)
_COMMON = re.compile(r"\b(?:và|của|các|có|theo|được|trong|là|the|and|of)\b", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"(?:[-–] ?)?(?:Trang )?\d{1,4}(?: ?/ ?\d{1,4})?(?: ?[-–])?$", re.IGNORECASE)
_STAMP = re.compile(
    r"(?:Người ký|Ký bởi|Signature Not Verified|Được ký bởi|Cơ quan|Thời gian ký|Ngày ký|Email|Signed by)\s*:.{0,120}$|Signature Not Verified$"
)


def read_pdf(data: bytes) -> Reading:
    """Reading of a PDF. Raises `ReadFailure`: encrypted, broken, needs_ocr."""
    document = _opened(data)
    try:
        count = len(document)
        if count > MAX_PAGES:
            raise ReadFailure("too_large", f"Tệp PDF có {count} trang, quá mức {MAX_PAGES}; hãy tách tệp.")
        pages = [_page(document[number], number + 1) for number in range(count)]
    except pypdfium2.PdfiumError as error:
        raise _broken() from error
    finally:
        document.close()
    _require_text(pages)
    tables = _tables(data, [page for page in pages if page.rules >= _MIN_RULES])
    draft = Draft()
    blank = [str(page.number) for page in pages if page.letters < 10]
    if blank:
        draft.fact("trang không có chữ", ", ".join(blank))
    running = _running_heads(pages)
    _compose(pages, tables, running, draft)
    return draft.reading(MEDIA_TYPE, count)


def _broken() -> ReadFailure:
    return ReadFailure("broken", "Tệp PDF bị hỏng hoặc tải chưa hết; hãy tải lại bản gốc rồi nộp lại.")


def _opened(data: bytes) -> Any:
    if b"startxref" not in data[-4096:]:
        raise _broken()
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if _encrypted(data):
            raise ReadFailure("encrypted", "Tệp PDF có mật khẩu; hãy bỏ mật khẩu rồi nộp lại.") from error
        raise _broken() from error


def _encrypted(data: bytes) -> bool:
    import pypdf  # only needed for files that pdfium refuses

    try:
        return bool(pypdf.PdfReader(io.BytesIO(data)).is_encrypted)
    except Exception:  # a damaged file: pypdf raises many kinds
        return b"/Encrypt" in data


@dataclass(frozen=True, slots=True)
class _Char:
    text: str
    x0: float
    x1: float
    y: float  # baseline, from the bottom
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class _TextLine:
    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: float
    starts_bold: bool
    gaps: tuple[tuple[float, float, int], ...]  # wide gaps: left edge, right edge, offset in the text


@dataclass(frozen=True, slots=True)
class _PageText:
    number: int
    width: float
    height: float
    chars: tuple[_Char, ...]
    rules: int
    letters: int


@dataclass(frozen=True, slots=True)
class _Table:
    top: float  # from the bottom, like baselines
    bottom: float
    left: float
    right: float
    rows: tuple[tuple[str, ...], ...]


def _page(page: Any, number: int) -> _PageText:
    text = page.get_textpage()
    chars: list[_Char] = []
    raw = text.raw
    x, y = ctypes.c_double(), ctypes.c_double()
    box = pdfium_c.FS_RECTF()
    weights: dict[tuple[float, int], bool] = {}
    for place in range(text.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(raw, place)
        if code < 32 or pdfium_c.FPDFText_IsGenerated(raw, place) == 1 or code in (0xFFFE, 0xFFFF):
            continue
        pdfium_c.FPDFText_GetCharOrigin(raw, place, x, y)
        pdfium_c.FPDFText_GetLooseCharBox(raw, place, box)
        size = pdfium_c.FPDFText_GetFontSize(raw, place)
        size = max(abs(box.top - box.bottom) * 0.85, 1.0) if size < 2 else size
        if abs(pdfium_c.FPDFText_GetCharAngle(raw, place)) > 0.2:
            continue  # watermarks and stamps set aslant
        weight = pdfium_c.FPDFText_GetFontWeight(raw, place)
        bold = weights.setdefault((round(size, 1), weight), weight >= 600)
        chars.append(_Char(chr(code), box.left, box.right, y.value, size, bold or _bold_name(raw, place)))
    rules = sum(1 for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH], max_depth=2))
    letters = sum(1 for char in chars if char.text.isalpha())
    width, height = page.get_size()
    text.close()
    page.close()
    return _PageText(number, width, height, tuple(chars), rules, letters)


def _bold_name(raw: Any, place: int) -> bool:
    """Whether the font's name says bold; many PDFs carry no weight."""
    flags = ctypes.c_int()
    buffer = ctypes.create_string_buffer(80)
    length = pdfium_c.FPDFText_GetFontInfo(raw, place, buffer, 80, flags)
    return length > 0 and b"bold" in buffer.raw[:80].lower()


def _require_text(pages: Sequence[_PageText]) -> None:
    """Refuses scans and unreadable fonts, so that nothing is silently empty."""
    poor = sum(1 for page in pages if page.letters < _MIN_PAGE_LETTERS)
    total = sum(page.letters for page in pages)
    if not pages or (poor > len(pages) / 2 and total < 400 * len(pages)):
        raise ReadFailure(
            "needs_ocr",
            "Tệp PDF là bản quét (không có lớp chữ); hãy nhận dạng chữ (OCR) hoặc nộp bản DOCX, PDF có chữ.",
        )
    text = "".join(char.text for page in pages for char in page.chars)
    odd = sum(1 for c in text if c == "\ufffd" or "\ue000" <= c <= "\uf8ff")
    spaced = " ".join(line.text for page in pages[:5] for line in _lines(page.chars))
    if odd > 0.05 * len(text) or (total > 500 and len(_COMMON.findall(spaced)) < 3):
        raise ReadFailure(
            "needs_ocr",
            "Lớp chữ của tệp PDF không đọc được (phông chữ cũ hoặc hỏng); hãy nộp bản DOCX hoặc nhận dạng chữ (OCR).",
        )


def _lines(chars: Sequence[_Char]) -> list[_TextLine]:
    """Characters gathered by baseline and sorted by place."""
    rows: list[list[_Char]] = []
    for char in sorted(chars, key=lambda one: -one.y):
        if rows and abs(rows[-1][0].y - char.y) <= 0.35 * max(rows[-1][0].size, 4.0):
            rows[-1].append(char)
        else:
            rows.append([char])
    return [line for line in map(_line, rows) if line.text]


def _line(row: list[_Char]) -> _TextLine:
    row = sorted(row, key=lambda one: one.x0)
    size = median(char.size for char in row)
    text = ""
    gaps: list[tuple[float, float, int]] = []
    right = row[0].x0
    visible = [char for char in row if not char.text.isspace()]
    spaced = False
    for char in row:
        if char.text.isspace():
            spaced = True
            continue
        gap = char.x0 - right
        if text and (spaced or gap > _BLANK * size):
            text += " "
        if text and gap > 2.2 * size:
            gaps.append((right, char.x0, len(text)))
        text += char.text
        right = max(right, char.x1)
        spaced = False
    letters = [char for char in visible if char.text.isalpha()]
    bold = sum(char.bold for char in letters) / len(letters) if letters else 0.0
    starts = bool(letters) and letters[0].bold
    x0 = visible[0].x0 if visible else 0.0
    return _TextLine(clean(text).strip(), x0, right, row[0].y, size, bold, starts, tuple(gaps))


def _tables(data: bytes, pages: Sequence[_PageText]) -> dict[int, list[_Table]]:
    """Ruled tables by page number."""
    if not pages:
        return {}
    import pdfplumber  # heavy: only for files with rules

    found: dict[int, list[_Table]] = {}
    with pdfplumber.open(io.BytesIO(data), pages=[page.number for page in pages]) as document:
        for page in document.pages:
            for table in page.find_tables():
                rows = [_row(row) for row in table.extract()]
                rows = [row for row in rows if any(cell.strip() for cell in row)]
                if len(rows) < 1 or is_layout(rows):
                    continue
                left, top, right, bottom = table.bbox
                height = float(page.height)
                found.setdefault(page.page_number, []).append(
                    _Table(height - top, height - bottom, left, right, tuple(rows))
                )
            page.close()
    return found


def _row(cells: Sequence[str | None]) -> tuple[str, ...]:
    """A row; cells merged sideways give a short row, cells merged downwards leave ""."""
    filled = [place for place, cell in enumerate(cells) if cell is not None]
    if filled and filled == list(range(len(filled))) and len(filled) <= 2 < len(cells):
        return tuple(clean(cells[place] or "") for place in filled)
    return tuple(clean(cell or "") for cell in cells)


def _running_heads(pages: Sequence[_PageText]) -> set[str]:
    """Shapes (letters only) of lines at the top or bottom of most pages."""
    if len(pages) < 3:
        return set()
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_shape(line.text) for line in _lines(page.chars) if _at_edge(line, page)})
    return {shape for shape, times in seen.items() if times > 0.5 * len(pages) and len(shape) > 3}


def _shape(text: str) -> str:
    return re.sub(r"[\d\W_]+", "", text)


def _compose(
    pages: Sequence[_PageText], tables: dict[int, list[_Table]], running: set[str], draft: Draft
) -> None:
    """Pages in order: lines between tables are joined over page breaks, so are tables."""
    run: list[Line] = []
    rows: list[tuple[str, ...]] = []
    rows_page = 0

    def close_text() -> None:
        for paragraph in join_lines(run):
            draft.paragraph(paragraph.text, paragraph.page, paragraph.strong)
        run.clear()

    def close_table() -> None:
        draft.table(rows, rows_page or None)
        rows.clear()

    for page in pages:
        ruled = sorted(tables.get(page.number, []), key=lambda one: -one.top)
        free = [c for c in page.chars if not any(_inside(c, table) for table in ruled)]
        lines = [line for line in _lines(free) if not _is_running(line, page, running)]
        for table in [*ruled, None]:
            above = [line for line in lines if table is None or line.y > table.top]
            lines = lines[len(above) :]
            if above:
                if rows:
                    close_table()
                run += _paragraph_lines(above, page)
            if table is None:
                continue
            if rows and not _same_columns(rows, table.rows):
                close_table()
            if not rows:
                close_text()
                rows_page = page.number
                rows += table.rows
            else:
                _continue_table(rows, table.rows)
    if rows:
        close_table()
    close_text()


def _inside(char: _Char, table: _Table) -> bool:
    return (
        table.bottom - 1 <= char.y <= table.top
        and table.left - 1 <= (char.x0 + char.x1) / 2 <= table.right + 1
    )


def _is_running(line: _TextLine, page: _PageText, running: set[str]) -> bool:
    at_edge = _at_edge(line, page) and (bool(_PAGE_NUMBER.match(line.text)) or _shape(line.text) in running)
    return at_edge or bool(_STAMP.match(line.text))


def _at_edge(line: _TextLine, page: _PageText) -> bool:
    return line.y > 0.88 * page.height or line.y < 0.1 * page.height


def _same_columns(rows: Sequence[Sequence[str]], more: Sequence[Sequence[str]]) -> bool:
    return max(map(len, rows)) == max(map(len, more))


def _continue_table(rows: list[tuple[str, ...]], more: Sequence[tuple[str, ...]]) -> None:
    """Adds the rows of the next page: a repeated head is left out, a row cut by the page break mended."""
    more = list(more)
    while more and any(_flat(more[0]) == _flat(head) for head in rows[:2]):
        more.pop(0)
    numbered = sum(1 for row in rows if re.match(r"[\dIVX.]+$", row[0].strip())) > len(rows) / 2
    if more and numbered and len(more[0]) == len(rows[-1]) and not more[0][0].strip():
        rows[-1] = tuple("\n".join(filter(None, pair)) for pair in zip(rows[-1], more[0], strict=True))
        more.pop(0)
    rows += more


def _flat(row: Sequence[str]) -> list[str]:
    return [cell_text(cell.split("\n")) for cell in row]


def _paragraph_lines(lines: Sequence[_TextLine], page: _PageText) -> list[Line]:
    """Lines for the joiner, columns one after the other; a blank line where space or an indent starts a paragraph."""
    done: list[Line] = []
    left = min(line.x0 for line in lines)
    body = [line for line in lines if not line.gaps and len(line.text) > 40]
    if body:
        left = sorted(line.x0 for line in body)[len(body) // 4]
    right = max(line.x1 for line in lines)
    pitches = [a.y - b.y for a, b in pairwise(lines) if 0 < a.y - b.y < 4 * a.size]
    pitch = median(pitches) if pitches else 0.0
    before: _TextLine | None = None
    for group in _column_groups(lines, page.width):
        if isinstance(group, list):  # two columns: the left one, then the right one
            for column in group:
                done += [Line(""), *(_plain(line, page.number) for line in column)]
            done.append(Line(""))
            before = None
            continue
        centred = (
            abs((group.x0 - left) - (right - group.x1)) < 2.5 * group.size and group.x0 - left > group.size
        )
        spaced = before is not None and pitch and before.y - group.y > 1.6 * pitch
        indented = group.x0 - left > 0.9 * group.size and not centred
        begins = indented and before is not None and before.x0 - left < 0.9 * group.size
        after_short = indented and before is not None and before.x1 < right - 3 * group.size
        if spaced or begins or after_short:
            done.append(Line(""))
        done.append(_plain(group, page.number))
        before = group
    return done


def _plain(line: _TextLine, page: int) -> Line:
    return Line(one_line(line.text), line.bold, line.starts_bold, page=page)


def _column_groups(lines: Sequence[_TextLine], width: float) -> list[_TextLine | list[list[_TextLine]]]:
    """Runs of lines laid out in two columns as [left lines, right lines]; other lines as they are."""
    done: list[_TextLine | list[list[_TextLine]]] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        if len(line.gaps) != 1:
            done.append(line)
            place += 1
            continue
        low, high, _ = line.gaps[0]
        columns: list[list[_TextLine]] = [[], []]
        start = place
        while done and isinstance(done[-1], _TextLine) and (done[-1].x1 < high or done[-1].x0 > low):
            previous = done[-1]
            if previous.y - lines[place].y > 4 * previous.size or (previous.x0 < low and previous.x1 > high):
                break
            if previous.x1 >= high and previous.x0 <= low:
                break
            columns[0 if previous.x1 < high else 1].insert(0, previous)
            done.pop()
        while place < len(lines):
            one = lines[place]
            if not one.gaps and abs(one.x0 + one.x1 - width) < 4 * one.size and one.x1 > high:
                break  # centred on the page: the text below the columns
            inner = [gap for gap in one.gaps if gap[0] < high and gap[1] > low]
            if inner:
                low, high = max(low, inner[0][0]), min(high, inner[0][1])
                columns[0].append(_part(one, 0, inner[0][2], one.x0, inner[0][0]))
                columns[1].append(_part(one, inner[0][2], None, inner[0][1], one.x1))
            elif one.x1 < high:
                columns[0].append(one)
            elif one.x0 > low:
                columns[1].append(one)
            else:
                break
            place += 1
        if place == start:
            done.append(line)
            place += 1
        else:
            done.append(columns)
    return done


def _part(line: _TextLine, start: int, end: int | None, x0: float, x1: float) -> _TextLine:
    return _TextLine(line.text[start:end].strip(), x0, x1, line.y, line.size, line.bold, line.starts_bold, ())
