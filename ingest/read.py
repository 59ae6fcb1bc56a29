"""From a file's bytes to its `Reading`: the type by content, the right reader, plain reasons when it cannot be read.

The ingest pipeline keeps a few `ConfinedReader`s, `read_safely` is one for a single file; it runs `python -m ingest.read`
as its child process, which starts in a fraction of a second because it imports a format's reader only on demand.
"""

import io
import os
import re
import sys
import zipfile
from email.parser import BytesParser
from pathlib import Path
from typing import TYPE_CHECKING

from charset_normalizer import from_bytes

from corpus.spelling import nfc
from ingest.confined import ConfinedReader, serve
from ingest.legacy_fonts import mended, syllable_share
from ingest.readers.plain import read_plain
from ingest.reading import ReadFailure, Reading
from ingest.recognition import Ocr

if TYPE_CHECKING:
    from settings import Settings

_OCR = Ocr()
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")  # PNG, JPEG, TIFF
_HTML = re.compile(
    rb"^\s*(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|\?xml[^>]*\?>\s*<(?:!doctype html|html))",
    re.I | re.S,
)
_VIETNAMESE = ("cp1258", "cp1252", "utf-16-le", "utf-16-be")  # cp1252: what TCVN3 and VNI are laid over
_MIN_SYLLABLES = (
    0.6  # share of the words beyond ASCII that must be syllables; texts in other encodings stay below 0.2
)
_SAMPLE = 200_000  # characters
#: Pages in UTF-16, and pieces of pages.
_HTML_TEXT = re.compile(
    r"\s*<(?:!doctype html|html|meta|title|style|div|p|table|center|font|span|article)\b[^>]*>", re.IGNORECASE
)
#: A page with its pictures in one file, which Word and portals also name ".doc".
_ARCHIVED = re.compile(
    rb"^MIME-Version:.*^Content-Type:\s*multipart/|^Content-Type:\s*multipart/.*^MIME-Version:",
    re.I | re.M | re.S,
)


def read_safely(path: Path, settings: "Settings") -> Reading:
    """Reads a file in a child process with limits of time and memory. Raises `ReadFailure`, also on crash and hang."""
    with ConfinedReader(settings) as reader:
        return reader.read(path)


def read(path: Path, settings: "Settings") -> Reading:
    """Reads a file in this process. Raises `ReadFailure`."""
    ocr = Ocr(settings.ocr == "auto", settings.ocr_page_timeout_s)
    return _read_file(path, settings.read_max_bytes, ocr)


def _read_file(path: Path, max_bytes: int, ocr: Ocr) -> Reading:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ReadFailure("missing", "Không mở được tệp; hãy kiểm tra đường dẫn và quyền đọc.") from error
    if size > max_bytes:
        limit = max_bytes / 1_000_000
        raise ReadFailure(
            "too_large",
            f"Tệp nặng {size / 1_000_000:.0f} MB, quá mức cho phép {limit:.0f} MB; hãy tách tệp hoặc nâng read_max_bytes.",
        )
    return read_bytes(path.read_bytes(), path.name, ocr)


def read_bytes(data: bytes, name: str, ocr: Ocr = _OCR) -> Reading:
    """Reads bytes by their content; `name` only tells Markdown from plain text. Raises `ReadFailure`."""
    if not data.strip(b"\x00 \t\r\n"):
        raise ReadFailure("empty", "Tệp rỗng; hãy kiểm tra lại bản gốc.")
    reading = _reader(data, name, ocr)
    if not reading.blocks:
        raise ReadFailure("empty", "Tệp không có nội dung văn bản; hãy kiểm tra lại bản gốc.")
    return reading


def _reader(data: bytes, name: str, ocr: Ocr) -> Reading:
    # a format's reader is imported only when it is needed: the child process starts light
    if b"%PDF-" in data[:1024]:
        from ingest.readers.pdf import read_pdf

        return read_pdf(data, ocr)
    if data.startswith(_PICTURES):
        from ingest.readers.image_file import read_image

        return read_image(data, ocr)
    if data.startswith(b"PK\x03\x04"):
        return _read_zip(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        from ingest.readers.doc_file import read_doc

        return read_doc(data)
    if data[:64].lstrip().startswith(b"{\\rtf"):
        from ingest.readers.rtf_file import read_rtf

        return read_rtf(data)
    if _ARCHIVED.search(data[:2048]):
        data = _archived_page(data)
    text = decode(data)
    if _HTML.search(data[:4096]) or _HTML_TEXT.match(text[:4096]):  # the second finds pages in UTF-16
        from ingest.readers.html_page import read_html

        return read_html(text)
    media_type = "text/markdown" if name.lower().endswith((".md", ".markdown")) else "text/plain"
    return read_plain(mended(text), media_type)


def _archived_page(data: bytes) -> bytes:
    """The page within a web archive (MHTML)."""
    for part in BytesParser().parsebytes(data).walk():
        if part.get_content_type() == "text/html":
            page = part.get_payload(decode=True)
            if isinstance(page, bytes) and page.strip():
                return page
    raise ReadFailure(
        "empty", "Tệp lưu trang web không có nội dung văn bản; hãy lưu lại thành PDF rồi nộp lại."
    )


def _read_zip(data: bytes) -> Reading:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
    except (
        zipfile.BadZipFile,
        NotImplementedError,
    ):  # the latter: a list that asks for a ZIP not yet invented
        raise ReadFailure(
            "broken", "Tệp bị hỏng hoặc tải chưa hết; hãy tải lại bản gốc rồi nộp lại."
        ) from None
    if "word/document.xml" not in names:
        raise ReadFailure(
            "binary", "Tệp nén hoặc loại tệp chưa đọc được; hãy nộp từng văn bản PDF, DOCX, HTML hoặc TXT."
        )
    from ingest.readers.docx_file import read_docx

    return read_docx(data)


def decode(data: bytes) -> str:
    """Text of unknown encoding: BOM, UTF-8, UTF-16, the encodings of Vietnam, else the best guess.

    TCVN3 and VNI stay as they are, as letters of Windows-1252. Raises `ReadFailure` for binary data.
    """
    for bom, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(bom):
            return data.decode(encoding, errors="replace")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        text = _vietnamese(data) or _almost_utf8(data, error) or _guessed(data)
    if len(re.findall(r"[\x00-\x08\x0e-\x1f]", text[:100_000])) > len(text[:100_000]) / 200:
        raise _binary()
    return text


def _vietnamese(data: bytes) -> str:
    """The text where one of the encodings used in Vietnam makes nearly every word a syllable, else ""."""
    best, text = _MIN_SYLLABLES, ""
    for encoding in _VIETNAMESE:
        decoded = data.decode(encoding, errors="replace")
        share = syllable_share(
            mended(nfc(decoded)[:_SAMPLE]) if encoding == "cp1252" else nfc(decoded)[:_SAMPLE]
        )
        if share > best:
            best, text = share, decoded
    return text


def _almost_utf8(data: bytes, error: UnicodeDecodeError) -> str:
    """UTF-8 with a few bad bytes: cut off in the middle of a letter, or pasted together by a crawler."""
    text = data.decode("utf-8", errors="replace")
    letters = sum(1 for letter in text[:_SAMPLE] if letter > "\x7f")
    return text if text[:_SAMPLE].count("\ufffd") <= letters * 0.05 and error.start > 0 else ""


def _guessed(data: bytes) -> str:
    guess = from_bytes(data).best()
    if guess is None:
        raise _binary()
    return str(guess)


def _binary() -> ReadFailure:
    return ReadFailure("binary", "Không phải tệp văn bản đọc được; hãy nộp bản PDF, DOCX, HTML hoặc TXT.")


if __name__ == "__main__":
    # answers go to a copy of stdout; whatever a library prints goes to stderr
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers, _read_file)
