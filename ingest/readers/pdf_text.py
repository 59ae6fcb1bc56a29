"""The text layer of a PDF page: characters with their places, by pypdfium2, whose own order nobody relies on.

The PDF reader calls it: text order in a file throws accented letters of fallback fonts to the line end.
"""

import ctypes
import unicodedata
from dataclasses import replace
from typing import Any

import pypdfium2.raw as pdfium_c

from ingest.readers.page import Char, PageText

_LINE_HYPHEN = 2  # how pdfium reports a hyphen at a line end
_NO_CHARACTERS = (0xFFFE, 0xFFFF)
_ASLANT = 0.2  # radians; watermarks and stamps


def page_text(page: Any, number: int) -> PageText:
    """The characters of a pypdfium2 page and what else it shows. Closes the page."""
    text = page.get_textpage()
    chars: list[Char] = []
    raw = text.raw
    x, y = ctypes.c_double(), ctypes.c_double()
    box = pdfium_c.FS_RECTF()
    for place in range(text.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(raw, place)
        if code == _LINE_HYPHEN:
            code = ord("-")
        if code < 32 or pdfium_c.FPDFText_IsGenerated(raw, place) == 1 or code in _NO_CHARACTERS:
            continue
        pdfium_c.FPDFText_GetCharOrigin(raw, place, x, y)
        pdfium_c.FPDFText_GetLooseCharBox(raw, place, box)
        size = pdfium_c.FPDFText_GetFontSize(raw, place)
        size = max(abs(box.top - box.bottom) * 0.85, 1.0) if size < 2 else size
        if unicodedata.combining(chr(code)) and _carries(chars, x.value, y.value):
            letter = chars[-1]
            chars[-1] = replace(letter, text=unicodedata.normalize("NFC", letter.text + chr(code)))
            continue
        angle = pdfium_c.FPDFText_GetCharAngle(raw, place)
        if abs(angle) > _ASLANT:
            continue
        bold = pdfium_c.FPDFText_GetFontWeight(raw, place) >= 600 or _bold_name(raw, place)
        chars.append(Char(chr(code), box.left, box.right, y.value, size, bold))
    letters = sum(1 for char in chars if char.text.isalpha())
    width, height = page.get_size()
    rules, picture = 0, 0.0
    for item in page.get_objects(
        filter=[pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3
    ):
        if item.type == pdfium_c.FPDF_PAGEOBJ_PATH:
            rules += 1
        else:
            picture += _share(item, width, height)  # scanners cut a page into strips
    text.close()
    page.close()
    return PageText(number, width, height, tuple(chars), letters, rules, min(picture, 1.0))


def _carries(chars: list[Char], x: float, y: float) -> bool:
    """Whether the last character is the letter that a combining mark at this place belongs to."""
    if not chars or not chars[-1].text[0].isalpha():
        return False
    letter = chars[-1]
    return abs(letter.y - y) < 0.5 * letter.size and abs(letter.x1 - x) < 1.2 * letter.size


def _bold_name(raw: Any, place: int) -> bool:
    """Whether the font's name says bold; many PDFs carry no weight."""
    flags = ctypes.c_int()
    buffer = ctypes.create_string_buffer(80)
    length = pdfium_c.FPDFText_GetFontInfo(raw, place, buffer, 80, flags)
    return length > 0 and b"bold" in buffer.raw[:80].lower()


def _share(picture: Any, width: float, height: float) -> float:
    """Share of the page that a picture covers."""
    left, bottom, right, top = picture.get_bounds()
    across = min(right, width) - max(left, 0.0)
    down = min(top, height) - max(bottom, 0.0)
    return max(across, 0.0) * max(down, 0.0) / (width * height) if width * height > 0 else 0.0
