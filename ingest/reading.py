"""What a reader gives: the text of a file as blocks, with pages. Readers produce it, header and structure use it."""

from dataclasses import dataclass
from enum import StrEnum

from ingest.recognition import Recognition


class ReadFailure(Exception):
    """The file cannot be read; `reason` says why and what to do, in Vietnamese. Permanent for these bytes."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code  # empty, too_large, binary, encrypted, needs_ocr, legacy_doc, broken, timeout …
        self.reason = reason


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Row:
    """One table row; it is one line of the text, cells joined by " | "."""

    cells: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (one line of the text, hard wraps joined) or a table (a line a row)."""

    kind: BlockKind
    start: int
    end: int
    page: int | None = None
    rows: tuple[Row, ...] = ()
    strong: bool = False  # set in bold or as a heading in the source


@dataclass(frozen=True, slots=True)
class Reading:
    """The read text and its blocks, in order. `text` is NFC; block texts are `text[start:end]`, lines of `text`."""

    text: str
    blocks: tuple[Block, ...]
    media_type: str
    pages: int = 0  # 0: the source has no pages
    facts: tuple[tuple[str, str], ...] = ()  # front matter and header tables: ("số hiệu", "65/2026/TT-BTC")
    recognition: Recognition | None = None  # where OCR was needed
