"""PDF: each page by its text layer where that is legible, else by OCR; then one layout for both.

`ingest.read` calls it. pypdfium2 gives characters and pictures of pages, pdfplumber the ruled tables, pypdf says
whether a file is encrypted.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2

from ingest.legacy_fonts import LegacyText
from ingest.readers.draft import Draft
from ingest.readers.legibility import Legibility
from ingest.readers.page import PageText, Table, lines_of
from ingest.readers.page_layout import compose, is_stamp
from ingest.readers.pdf_tables import ruled_tables
from ingest.readers.pdf_text import page_text
from ingest.reading import ReadFailure, Reading
from ingest.recognition import Ocr, Recognition

MEDIA_TYPE = "application/pdf"
MAX_PAGES = 3000
#: A page with fewer letters under a picture is a scan: a signature stamp has about 148 characters, half of them letters.
_MIN_LETTERS = 100
_SCAN = 0.3  # share of a page under pictures from which it may be a scan
_OUTLINES = 300  # drawn shapes on a page without letters from which they may be its letters
_MIN_RULES = 6  # drawn shapes on a page below which it cannot hold a table
_ODD_SHARE = 0.05  # characters without a meaning from which a text layer is useless
_LONGEST = 4000  # pixels of the longer side of a picture for OCR; a scan may call itself a page of one metre


def read_pdf(data: bytes, ocr: Ocr | None = None) -> Reading:
    """Reading of a PDF. Raises `ReadFailure`: encrypted, broken, too_large, needs_ocr, empty."""
    document = _opened(data)
    try:
        count = len(document)
        if count > MAX_PAGES:
            raise ReadFailure("too_large", f"Tệp PDF có {count} trang, quá mức {MAX_PAGES}; hãy tách tệp.")
        pages = [page_text(document[number], number + 1) for number in range(count)]
        mended = LegacyText.of("\n".join(line.text for page in pages for line in lines_of(page.chars)))
        pages, recognition, scanned = _recognised(document, pages, mended, ocr or Ocr())
    except pypdfium2.PdfiumError as error:
        raise _broken() from error
    finally:
        document.close()
    tables = ruled_tables(
        data, [page.number for page in pages if page.rules >= _MIN_RULES and not page.scanned]
    )
    draft = Draft()
    tables |= scanned
    blank = [str(page.number) for page in pages if not page.chars]
    if blank:
        draft.fact("trang không có chữ", ", ".join(blank))
    compose(pages, tables, draft, mended.mend)
    return replace(draft.reading(MEDIA_TYPE, count), recognition=recognition)


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
class _Layer:
    """What a page's text layer is worth."""

    page: PageText
    legibility: Legibility
    stamp_only: bool  # too little text beside its pictures to be the page's text
    odd: bool  # characters without a meaning

    @property
    def is_scan(self) -> bool:
        return self.stamp_only and (self.page.picture >= _SCAN or self.page.rules >= _OUTLINES)

    @property
    def is_garbage(self) -> bool:
        return not self.stamp_only and (self.odd or self.legibility.is_garbage)


def _layer(page: PageText, mended: LegacyText) -> _Layer:
    lines = [line.text for line in lines_of(page.chars, mended.mend) if not is_stamp(line.text)]
    text = "\n".join(lines)
    odd = sum(char == "\ufffd" or "\ue000" <= char <= "\uf8ff" for char in text)
    letters = sum(char.isalpha() for char in text)
    return _Layer(
        page,
        Legibility.of(text),
        letters < _MIN_LETTERS and odd < _MIN_LETTERS,
        odd > _ODD_SHARE * max(len(text), 1),
    )


#: All pages, what OCR did, the tables of recognised pages by their number.
_Pages = tuple[list[PageText], Recognition | None, dict[int, Sequence[Table]]]


def _recognised(document: Any, pages: Sequence[PageText], mended: LegacyText, ocr: Ocr) -> _Pages:
    """The pages, those without a usable text layer from OCR. Raises `ReadFailure` where no text is left."""
    layers = [_layer(page, mended) for page in pages]
    legible = sum(not (layer.is_scan or layer.is_garbage or layer.stamp_only) for layer in layers)
    # in a file that is legible otherwise, a page without a picture is a table of names or codes, not garbage
    wanted = [
        layer
        for layer in layers
        if layer.is_scan or (layer.is_garbage and (layer.odd or layer.page.picture >= _SCAN or not legible))
    ]
    if not wanted:
        return list(pages), None, {}
    problem = ocr.problem()
    if problem:
        if not legible:
            what = "là bản quét, không có lớp chữ" if wanted[0].is_scan else "có lớp chữ không đọc được"
            raise ReadFailure("needs_ocr", f"Tệp PDF {what}: {problem}.")
        waiting = tuple(layer.page.number for layer in wanted)
        kept = [replace(page, chars=(), letters=0) if page.number in waiting else page for page in pages]
        return kept, Recognition(waiting=waiting), {}
    return _with_ocr(document, pages, wanted, ocr)


def _with_ocr(document: Any, pages: Sequence[PageText], wanted: Sequence[_Layer], ocr: Ocr) -> _Pages:
    from ingest.readers.ocr import Recogniser  # heavy: only for scans

    ocr.on_pages(len(wanted))
    done = list(pages)
    recogniser = Recogniser(ocr)
    for layer in wanted:
        number = layer.page.number
        found = recogniser.page(_picture(document[number - 1]), number)
        if found is None:
            done[number - 1] = replace(layer.page, chars=(), letters=0)
        elif layer.is_garbage and found.legibility.is_garbage:
            recogniser.drop(found)  # an odd text, but OCR reads it no better
        else:
            done[number - 1] = found.page
    if not any(page.letters for page in done):
        raise ReadFailure(
            "empty", "Tệp PDF chỉ có ảnh, không nhận dạng được chữ nào; hãy kiểm tra lại bản gốc."
        )
    return done, recogniser.recognition(), recogniser.tables


def _picture(page: Any) -> Any:
    from ingest.readers.ocr import DPI

    scale = min(DPI / 72, _LONGEST / max(page.get_size()))
    picture = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    page.close()
    return picture
