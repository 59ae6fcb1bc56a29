"""A page as characters with their places, whoever read them: a PDF's text layer or OCR. Also its lines.

The PDF and image readers make pages, `page_layout` turns them into paragraphs and tables. Lengths are points, y counts
from the bottom.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from ingest.readers.draft import clean

#: A gap wider than this share of the font size is a blank; justified blanks shrink to about 0.18.
_BLANK = 0.13


@dataclass(frozen=True, slots=True)
class Char:
    """A character, or from OCR a word."""

    text: str
    x0: float
    x1: float
    y: float  # baseline
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class TextLine:
    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: float
    starts_bold: bool
    gaps: tuple[tuple[float, float, int], ...]  # wide gaps: left edge, right edge, offset in the text


@dataclass(frozen=True, slots=True)
class PageText:
    number: int
    width: float
    height: float
    chars: tuple[Char, ...]
    letters: int
    rules: int = 0  # drawn lines and shapes
    picture: float = 0.0  # share of the page under pictures, 0–1
    scanned: bool = False  # by OCR


@dataclass(frozen=True, slots=True)
class Table:
    top: float
    bottom: float
    left: float
    right: float
    rows: tuple[tuple[str, ...], ...]


def lines_of(chars: Sequence[Char], mend: Callable[[str], str] = str) -> list[TextLine]:
    """Characters gathered by baseline and sorted by place. `mend`: puts text of legacy fonts into Unicode."""
    rows: list[list[Char]] = []
    for char in sorted(chars, key=lambda one: -one.y):
        if rows and abs(rows[-1][0].y - char.y) <= 0.35 * max(rows[-1][0].size, 4.0):
            rows[-1].append(char)
        else:
            rows.append([char])
    return [line for line in (_line(row, mend) for row in rows) if line.text]


def _line(row: list[Char], mend: Callable[[str], str]) -> TextLine:
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
    text = clean(mend(text)).strip()
    return TextLine(text, x0, right, row[0].y, size, bold, starts, tuple(gaps))
