"""Pages into paragraphs and tables: running heads removed, columns one after the other, tables over page breaks.

The PDF and image readers call it with what a text layer or OCR gave.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from corpus.spelling import fold
from ingest.legacy_fonts import is_syllable
from ingest.readers.draft import Draft, cell_text, one_line
from ingest.readers.page import Char, PageText, Table, TextLine, lines_of
from ingest.readers.paragraphs import Line, join_lines

_PAGE_NUMBER = re.compile(r"(?:[-–] ?)?(?:Trang )?\d{1,4}(?: ?/ ?\d{1,4})?(?: ?[-–])?$", re.IGNORECASE)
#: The same as OCR may see it: "I1", "l2", "1O".
_SCANNED_NUMBER = re.compile(r"(?:[-–.] ?)?(?:Trang )?[\dIlO|]{1,3}(?: ?[-–.])?$")
_CUT_END = re.compile(r"(?:\w[-–]|\d/)$")
_STAMP = re.compile(
    r"(?:Người ký|Ký bởi|Signature Not Verified|Được ký bởi|Cơ quan|Thời gian ký|Ngày ký|Email|Signed by)\s*:.{0,120}$|Signature Not Verified$"
)


def compose(
    pages: Sequence[PageText],
    tables: Mapping[int, Sequence[Table]],
    draft: Draft,
    mend: Callable[[str], str] = str,
) -> None:
    """Pages in order into the draft: paragraphs are joined over page breaks, so are tables (by page number).

    Running heads, page numbers and signature stamps are left out. `mend` puts text of legacy fonts into Unicode.
    """
    run: list[Line] = []
    rows: list[tuple[str, ...]] = []
    rows_page = 0
    running = _running_heads(pages)

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
        lines = [line for line in lines_of(free, mend) if not _is_running(line, page, running)]
        for table in [*ruled, None]:
            above = [line for line in lines if table is None or line.y > table.top]
            lines = lines[len(above) :]
            if above:
                if rows:
                    close_table()
                run += _paragraph_lines(above, page)
            if table is None:
                continue
            more = [tuple(mend(cell) for cell in row) for row in table.rows]
            if rows and not _same_columns(rows, more):
                close_table()
            if not rows:
                close_text()
                rows_page = page.number
                rows += more
            else:
                _continue_table(rows, more, page.scanned)
    if rows:
        close_table()
    close_text()


def is_stamp(line: str) -> bool:
    """Whether a line is what a digital signature writes onto a page."""
    return bool(_STAMP.match(line))


def _running_heads(pages: Sequence[PageText]) -> set[str]:
    """Shapes (letters only) of lines at the top or bottom of most pages."""
    if len(pages) < 3:
        return set()
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_shape(line.text) for line in lines_of(page.chars) if _at_edge(line, page)})
    return {shape for shape, times in seen.items() if times > 0.5 * len(pages) and len(shape) > 3}


def _shape(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", fold(text))  # OCR reads a mark on one page and not on the next


def _inside(char: Char, table: Table) -> bool:
    return (
        table.bottom - 1 <= char.y <= table.top
        and table.left - 1 <= (char.x0 + char.x1) / 2 <= table.right + 1
    )


def _is_running(line: TextLine, page: PageText, running: set[str]) -> bool:
    if page.scanned and len(line.text) < 4 and not any(sign.isalnum() for sign in line.text):
        return True  # specks of dust beside a table
    number = _SCANNED_NUMBER if page.scanned else _PAGE_NUMBER
    at_edge = _at_edge(line, page) and (bool(number.match(line.text)) or _shape(line.text) in running)
    return at_edge or is_stamp(line.text)


def _at_edge(line: TextLine, page: PageText) -> bool:
    return line.y > 0.88 * page.height or line.y < 0.1 * page.height


def _same_columns(rows: Sequence[Sequence[str]], more: Sequence[Sequence[str]]) -> bool:
    return max(map(len, rows)) == max(map(len, more))


def _continue_table(rows: list[tuple[str, ...]], more: Sequence[tuple[str, ...]], scanned: bool) -> None:
    """Adds the rows of the next page: a repeated head is left out, a row cut by the page break mended.

    Not in a scan: OCR loses numbers, and a row without one would be taken for the rest of the row above.
    """
    more = list(more)
    while more and any(_flat(more[0]) == _flat(head) for head in rows[:2]):
        more.pop(0)
    numbered = sum(1 for row in rows if re.match(r"[\dIVX.]+$", row[0].strip())) > len(rows) / 2
    if more and numbered and not scanned and len(more[0]) == len(rows[-1]) and not more[0][0].strip():
        rows[-1] = tuple("\n".join(filter(None, pair)) for pair in zip(rows[-1], more[0], strict=True))
        more.pop(0)
    rows += more


def _flat(row: Sequence[str]) -> list[str]:
    return [cell_text(cell.split("\n")) for cell in row]


def _paragraph_lines(lines: Sequence[TextLine], page: PageText) -> list[Line]:
    """Lines for the joiner, columns one after the other; a blank line where space or an indent starts a paragraph."""
    done: list[Line] = []
    lines = _with_cut_words_joined(lines)
    left = min(line.x0 for line in lines)
    body = [line for line in lines if not line.gaps and len(line.text) > 40]
    if body:
        left = sorted(line.x0 for line in body)[len(body) // 4]
    right = max(line.x1 for line in lines)
    pitches = [a.y - b.y for a, b in pairwise(lines) if 0 < a.y - b.y < 4 * a.size]
    pitch = median(pitches) if pitches else 0.0
    before: TextLine | None = None
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


def _with_cut_words_joined(lines: Sequence[TextLine]) -> list[TextLine]:
    """A word cut at the line end gets its rest from the next line: "57/2015/TT-" / "BCA …", "2021-" / "2030"."""
    done = list(lines)
    for place, (line, below) in enumerate(pairwise(lines)):
        text = done[place].text
        if not _CUT_END.search(text) or line.gaps or below.gaps or not below.text[:1].isalnum():
            continue
        rest, _, others = below.text.partition(" ")
        if _soft(text, rest):
            text = text[:-1]
        done[place] = replace(line, text=text + rest)
        done[place + 1] = replace(below, text=others)
    return [line for line in done if line.text]


def _soft(text: str, rest: str) -> bool:
    """Whether the hyphen at a line end only cuts a syllable in two: "phát tri-" / "ển". pdfium tells soft and hard ones alike."""
    start, end = text[:-1].rpartition(" ")[2], rest.rstrip(".,;:)")
    return start.islower() and end.islower() and is_syllable(start + end)


def _plain(line: TextLine, page: int) -> Line:
    return Line(one_line(line.text), line.bold, line.starts_bold, page=page)


def _column_groups(lines: Sequence[TextLine], width: float) -> list[TextLine | list[list[TextLine]]]:
    """Runs of lines laid out in two columns as [left lines, right lines]; other lines as they are."""
    done: list[TextLine | list[list[TextLine]]] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        if len(line.gaps) != 1:
            done.append(line)
            place += 1
            continue
        low, high, _ = line.gaps[0]
        columns: list[list[TextLine]] = [[], []]
        start = place
        while done and isinstance(done[-1], TextLine) and (done[-1].x1 < high or done[-1].x0 > low):
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


def _part(line: TextLine, start: int, end: int | None, x0: float, x1: float) -> TextLine:
    return TextLine(line.text[start:end].strip(), x0, x1, line.y, line.size, line.bold, line.starts_bold, ())
