"""A reading in the making: readers add paragraphs, tables and facts, the spans into the text fall out.

Every reader uses it, so that cleaning of characters and the invariants of `Reading` live in one place.
"""

import re
from collections.abc import Iterable, Sequence

from corpus.spelling import nfc
from ingest.reading import Block, BlockKind, Reading, Row

CELL_SEPARATOR = " | "
#: Soft hyphen, zero-width characters, direction marks, byte-order mark and control characters.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\x00-\x08\x0e-\x1f\x7f]")
_LIGATURES = {
    "Ð": "Đ",
    "ð": "đ",
    "ﬀ": "ff",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
    "ﬅ": "st",
    "ﬆ": "st",
}
#: Word's bullets: signs of the fonts Symbol and Wingdings as private characters. Others below U+F0FF mark items too.
_BULLETS = {chr(code): "•" for code in range(0xF020, 0xF0FF)} | {"\uf02d": "-", "\uf02b": "+", "\uf0d8": "-"}
_SIGNS = str.maketrans(_LIGATURES | _BULLETS)
_ITEM = re.compile(r"^(?:[-–+•▪·*] ?\S|\(?\d{1,2}\) |[a-zđ]\) |\d{1,2}\. )")


def clean(text: str) -> str:
    """NFC text without invisible characters and ligatures; line ends become `\\n`."""
    text = nfc(text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\x0c", "\n"))
    return _INVISIBLE.sub("", text).translate(_SIGNS)


def one_line(text: str) -> str:
    """Cleaned text on one line, blanks collapsed."""
    return " ".join(clean(text).split())


def cell_text(lines: Iterable[str]) -> str:
    """The lines of a table cell as one line: separate list items get "; " between them, wraps a blank."""
    text = ""
    for line in (one_line(raw) for raw in lines):
        if not line:
            continue
        if not text:
            text = line
        elif _ITEM.match(line) and text[-1] not in ";,:-–" and not text.endswith((" số", " ngày")):
            text += ("" if text[-1] in "." else ";") + " " + line
        else:
            text += " " + line
    return text.replace("|", "/")  # the separator of cells must stay unambiguous


class Draft:
    """Collects blocks in order; `reading()` gives the finished `Reading`."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._facts: list[tuple[str, str]] = []

    def paragraph(self, text: str, page: int | None = None, strong: bool = False) -> None:
        """Adds one paragraph; nothing happens when it is blank."""
        line = one_line(text)
        if line:
            start, end = self._line(line)
            self._blocks.append(Block(BlockKind.PARAGRAPH, start, end, page=page, strong=strong))

    def table(self, rows: Iterable[Sequence[str]], page: int | None = None) -> None:
        """Adds a table, one line a row; rows without any text are left out."""
        done: list[Row] = []
        for cells in rows:
            kept = tuple(cell_text(cell.split("\n")) for cell in cells)
            if sum(map(bool, kept)) <= 2 < len(kept) and all(kept[: sum(map(bool, kept))]):
                kept = tuple(filter(None, kept))  # a group row: its merged cells arrive as empty ones
            line = CELL_SEPARATOR.join(kept)
            if any(kept):
                start, end = self._line(line)
                done.append(Row(kept, start, end))
        if done:
            self._blocks.append(
                Block(BlockKind.TABLE, done[0].start, done[-1].end, page=page, rows=tuple(done))
            )

    def fact(self, key: str, value: str) -> None:
        """Notes what the source says about the document outside of its text."""
        key, value = one_line(key).strip(" :"), one_line(value)
        if key and value and (key, value) not in self._facts:
            self._facts.append((key, value))

    def reading(self, media_type: str, pages: int = 0) -> Reading:
        """The finished reading."""
        return Reading(
            "\n".join(self._text), tuple(self._blocks), media_type, pages, facts=tuple(self._facts)
        )

    def _line(self, line: str) -> tuple[int, int]:
        start = self._length + (1 if self._text else 0)
        self._text.append(line)
        self._length = start + len(line)
        return start, self._length
