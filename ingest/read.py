"""From a file's bytes to its `Reading`: the type by content, the right reader, plain reasons when it cannot be read.

The ingest pipeline calls `read_safely`; tests and small tools may call `read_bytes`.
"""

import re
from pathlib import Path

from charset_normalizer import from_bytes

from ingest.reading import Reading, ReadFailure
from ingest.readers.plain import read_plain
from settings import Settings

_MIN_LETTERS = 1


def read(path: Path, settings: Settings) -> Reading:
    """Reads a file in this process. Raises `ReadFailure`."""
    size = path.stat().st_size
    if size > settings.read_max_bytes:
        limit = settings.read_max_bytes / 1_000_000
        raise ReadFailure(
            "too_large",
            f"Tệp nặng {size / 1_000_000:.0f} MB, quá mức cho phép {limit:.0f} MB; hãy tách tệp hoặc nâng read_max_bytes.",
        )
    return read_bytes(path.read_bytes(), path.name)


def read_bytes(data: bytes, name: str) -> Reading:
    """Reads bytes; `name` only helps to tell Markdown from plain text. Raises `ReadFailure`."""
    if not data.strip():
        raise ReadFailure("empty", "Tệp rỗng; hãy kiểm tra lại bản gốc.")
    text = decode(data)
    media_type = "text/markdown" if name.lower().endswith((".md", ".markdown")) else "text/plain"
    reading = read_plain(text, media_type)
    if not reading.blocks:
        raise ReadFailure("empty", "Tệp không có nội dung văn bản; hãy kiểm tra lại bản gốc.")
    return reading


def decode(data: bytes) -> str:
    """Text of unknown encoding: BOM, UTF-8, UTF-16, else the best guess. Raises `ReadFailure` for binary data."""
    for bom, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(bom):
            return data.decode(encoding, errors="replace")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        guess = from_bytes(data).best()
        if guess is None:
            raise _binary() from None
        text = str(guess)
    if len(re.findall(r"[\x00-\x08\x0e-\x1f]", text[:100_000])) > len(text[:100_000]) / 200:
        raise _binary()
    return text


def _binary() -> ReadFailure:
    return ReadFailure("binary", "Không phải tệp văn bản đọc được; hãy nộp bản PDF, DOCX, HTML hoặc TXT.")
