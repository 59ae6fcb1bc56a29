"""RTF: text, tables and bold type, with the code page and the font of every run.

`ingest.read` calls it. Libraries for RTF drop the fonts' names and character sets, which tell how Vietnamese bytes are meant.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ingest.legacy_fonts import scheme_of
from ingest.readers.word_text import End, Run, WordParagraph, reading_of
from ingest.reading import ReadFailure, Reading

MEDIA_TYPE = "application/rtf"
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|([^\\{}\r\n]+)|[\r\n\\]",
    re.DOTALL,
)
#: Groups whose text is not the document's.
_ASIDE = frozenset(
    b"""colortbl stylesheet info pict object themedata colorschememapping listtable listoverridetable rsidtbl
    generator xmlnstbl datastore latentstyles header headerl headerr headerf footer footerl footerr footerf filetbl
    revtbl annotation atnid atnauthor atrfstart atrfend bkmkstart bkmkend fldinst pntxta pntxtb pntxtl mmathPr ftnsep
    ftnsepc aftnsep aftnsepc wgrffmtfilter operator nonshppict nonesttables sp pgptbl listpicture""".split()
)
_LITERAL = {
    b"tab": " ", b"line": "\n", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•",
    b"endash": "–", b"emdash": "—", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_CHARSETS = {0: "cp1252", 128: "cp932", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254", 163: "cp1258", 204: "cp1251", 238: "cp1250"}  # fmt: skip
_CODE_PAGES = {
    1258: "cp1258",
    1252: "cp1252",
    65001: "utf-8",
    1250: "cp1250",
    1251: "cp1251",
    936: "gbk",
    932: "cp932",
}
_MAX_DEPTH = 500


@dataclass(frozen=True, slots=True)
class _State:
    """What a group passes on to the groups within it."""

    font: int = -1
    bold: bool = False
    hidden: bool = False
    skip: int = 1  # characters that follow a \\u for readers without Unicode
    aside: bool = False
    place: str = "body"  # body, fonts, note


@dataclass(slots=True)
class _Font:
    name: str = ""
    encoding: str = ""


@dataclass(slots=True)
class _Text:
    """Where runs go: the body or a note."""

    paragraphs: list[WordParagraph] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)


def read_rtf(data: bytes) -> Reading:
    """Reading of an RTF file. Raises `ReadFailure`."""
    paragraphs = _Parser(data).paragraphs()
    if not paragraphs:
        raise ReadFailure(
            "broken", "Tệp RTF bị hỏng hoặc tải chưa hết; hãy mở bằng Word, lưu lại rồi nộp lại."
        )
    return reading_of(paragraphs, MEDIA_TYPE)


class _Parser:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._fonts: dict[int, _Font] = {}
        self._encoding = "cp1252"
        self._default_font = -1
        self._body, self._note = _Text(), _Text()
        self._bytes = bytearray()  # bytes of one run that wait for their code page
        self._in_table = False
        self._state = _State()

    def paragraphs(self) -> list[WordParagraph]:
        """The body's paragraphs, then the notes."""
        stack: list[_State] = []
        skip = 0
        for match in _TOKEN.finditer(self._data):
            word, number, code, sign, brace, plain = match.groups()
            if brace == b"{":
                self._flush()
                if len(stack) >= _MAX_DEPTH:
                    raise ReadFailure(
                        "broken",
                        "Tệp RTF hỏng (nhóm lồng nhau quá sâu); hãy mở bằng Word, lưu lại rồi nộp lại.",
                    )
                stack.append(self._state)
                skip = 0
            elif brace:
                self._flush()
                if self._state.place == "note" and stack and stack[-1].place != "note":
                    self._end_note()
                self._state = stack.pop() if stack else self._state
                skip = 0
            elif word:
                skip = self._word(word, int(number) if number else None, skip)
            elif code is not None:
                if skip:
                    skip -= 1
                else:
                    self._bytes += bytes.fromhex(code.decode())
            elif sign is not None:
                self._sign(sign)
            elif plain:
                taken = min(skip, len(plain))
                skip -= taken
                self._bytes += plain[taken:]
        self._flush()
        if self._body.runs:
            self._end(End.PARAGRAPH)
        notes = [replace(one, number=f"[{place}] ") for place, one in enumerate(self._note.paragraphs, 1)]
        return [*self._body.paragraphs, *notes]

    def _word(self, word: bytes, number: int | None, skip: int) -> int:
        """Obeys a control word; gives how many characters to skip after it."""
        state = self._state
        if word == b"u" and number is not None:
            self._flush()
            self._add(chr(number % 65536))
            return state.skip
        if word in (b"par", b"cell", b"row", b"nestcell", b"nestrow", b"sect", b"page"):
            self._flush()
            self._end({b"cell": End.CELL, b"row": End.ROW}.get(word, End.PARAGRAPH))
            return 0
        if word in _LITERAL:
            self._flush()
            self._add(_LITERAL[word])
            return 0
        self._flush()
        if word in _ASIDE:
            self._state = replace(state, aside=True)
        elif word == b"fonttbl":
            self._state = replace(state, place="fonts")
        elif word in (b"footnote", b"endnote"):
            self._state = replace(state, place="note")
        elif word == b"f" and number is not None:
            self._state = replace(state, font=number)
            if state.place == "fonts":
                self._fonts.setdefault(number, _Font())
        elif word == b"fcharset" and state.place == "fonts":
            self._fonts.setdefault(state.font, _Font()).encoding = _CHARSETS.get(number or 0, "")
        elif word == b"cpg" and state.place == "fonts":
            self._fonts.setdefault(state.font, _Font()).encoding = _CODE_PAGES.get(number or 0, "")
        elif word == b"b":
            self._state = replace(state, bold=number != 0)
        elif word in (b"v", b"deleted"):
            self._state = replace(state, hidden=number != 0)
        elif word == b"plain":
            self._state = replace(state, font=self._default_font, bold=False, hidden=False)
        elif word == b"uc":
            self._state = replace(state, skip=max(0, min(number or 0, 8)))
        elif word == b"pard":
            self._in_table = False
        elif word in (b"intbl", b"itap") and number != 0:
            self._in_table = True
        elif word == b"ansicpg":
            self._encoding = _CODE_PAGES.get(number or 0, self._encoding)
        elif word == b"deff":
            self._default_font = number if number is not None else -1
            self._state = replace(state, font=self._default_font)
        return skip if word in (b"lang", b"langnp") else 0

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._flush()
            self._state = replace(self._state, aside=True)  # a group this reader need not know
            return
        text = {b"~": " ", b"_": "-", b"-": "\u00ad", b"\n": "\n", b"\r": "\n"}.get(sign)
        if text is None and sign in (b"\\", b"{", b"}"):
            self._bytes += sign
        elif text is not None:
            self._flush()
            self._add(text)

    def _flush(self) -> None:
        """The waiting bytes as text, by the font's character set or else the document's code page."""
        if not self._bytes:
            return
        raw = bytes(self._bytes)
        self._bytes.clear()
        if self._state.place == "fonts":
            font = self._fonts.setdefault(self._state.font, _Font())
            if not self._state.aside:
                font.name = (font.name + raw.decode("cp1252", "replace")).split(";")[0].strip()
            return
        font = self._fonts.get(self._state.font, _Font())
        encoding = "cp1252" if scheme_of(font.name) else font.encoding or self._encoding
        if font.encoding == "cp1252" and not scheme_of(font.name):
            encoding = self._encoding  # character set 0 is what writers put when they do not know
        self._add(raw.decode(encoding, "replace"))

    def _add(self, text: str) -> None:
        state = self._state
        if state.aside or state.hidden or state.place == "fonts":
            return
        font = self._fonts.get(state.font, _Font()).name
        target = self._note if state.place == "note" else self._body
        if target.runs and target.runs[-1].font == font and target.runs[-1].bold == state.bold:
            target.runs[-1] = Run(target.runs[-1].text + text, font, state.bold)
        else:
            target.runs.append(Run(text, font, state.bold))

    def _end(self, end: End) -> None:
        if self._state.aside or self._state.place == "fonts":
            return
        if self._state.place == "note":
            self._add(" ")
            return
        in_table = self._in_table or end is not End.PARAGRAPH
        self._body.paragraphs.append(WordParagraph(tuple(_joined(self._body.runs)), end, in_table))
        self._body.runs = []

    def _end_note(self) -> None:
        if any(run.text.strip() for run in self._note.runs):
            self._note.paragraphs.append(WordParagraph(tuple(_joined(self._note.runs))))
        self._note.runs = []


def _joined(runs: list[Run]) -> Iterator[Run]:
    """Runs whose halves of a character beyond 16 bits stand together again."""
    for run in runs:
        yield replace(run, text=run.text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
