"""Word 97–2003 (.doc): text, tables and bold type from the binary format; Word 6/95 through antiword or catdoc.

`ingest.read` calls it. It reads the format itself, because the tools lose TCVN3's "ư" (a soft hyphen to them), the cells
of tables, and the names of the fonts, without which old Vietnamese files cannot be read.
"""

import io
import re
import shutil
import struct
import subprocess
import tempfile
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import olefile

from ingest.legacy_fonts import mended
from ingest.readers.list_numbers import ListLevel, ListNumbers
from ingest.readers.plain import read_plain
from ingest.readers.word_text import End, Run, WordParagraph, reading_of
from ingest.reading import ReadFailure, Reading

MEDIA_TYPE = "application/msword"
NEEDS_TOOL = "needs_doc_tool"
#: The tools for what is older than Word 97, the better one first.
TOOLS = {"antiword": ("antiword", "-w", "0", "-m", "UTF-8.txt"), "catdoc": ("catdoc", "-w", "-d", "utf-8")}
INSTALL = "sudo apt-get install -y antiword catdoc"
_OTHERS = {  # streams that tell other programs' files
    "Workbook": ("binary", "Đây là bảng tính Excel (.xls), chưa đọc được; hãy lưu thành PDF hoặc chép bảng vào tệp DOCX rồi nộp lại."),
    "PowerPoint Document": ("binary", "Đây là bản trình chiếu PowerPoint (.ppt), chưa đọc được; hãy lưu thành PDF rồi nộp lại."),
    "__properties_version1.0": ("binary", "Đây là thư Outlook (.msg), không phải văn bản; hãy lưu tệp đính kèm ra ngoài rồi nộp."),
    "EncryptedPackage": ("encrypted", "Tệp có mật khẩu; hãy mở bằng Word, bỏ mật khẩu rồi nộp lại."),
}  # fmt: skip
_OTHERS["Book"] = _OTHERS["Workbook"]
_WORD_97 = 0x00C1  # nFib of the first version with the format read here
_MAX_CHARACTERS = 50_000_000
_TOOL_SECONDS = 60

# places in the file information block (bytes)
_CCP = (
    76,
    80,
    84,
    88,
    92,
    96,
    100,
)  # characters: text, notes, headers, macros, comments, end notes, text boxes
# numbers of the pairs (place, length) in the table stream
_STSHF, _CHPX, _PAPX, _FONTS, _CLX, _LISTS, _OVERRIDES = 1, 12, 13, 15, 33, 73, 74
# property codes
_IN_TABLE, _ROW_END, _BOLD, _FONT, _STYLE = 0x2416, 0x2417, 0x0835, 0x4A4F, 0x4A30
_LIST, _LIST_LEVEL = 0x460B, 0x260A
_DELETED, _HIDDEN = 0x0800, 0x083C
_FORMS = {
    0: "decimal",
    1: "upperRoman",
    2: "lowerRoman",
    3: "upperLetter",
    4: "lowerLetter",
    22: "decimalZero",
    23: "bullet",
    255: "none",
}
_MAX_LISTS = 2000
_OPERAND = (1, 1, 2, 4, 2, 2, 0, 3)  # bytes by the code's upper three bits; 0: told by the first byte
_CONTROL = {
    0x0B: "\n",
    0x0C: "\n",
    0x0E: "\n",
    0x1E: "-",
    0x09: " ",
    0x1F: "\u00ad",
    0x01: "",
    0x05: "",
    0x08: "",
}


def read_doc(data: bytes) -> Reading:
    """Reading of an OLE file. Raises `ReadFailure`; `needs_doc_tool` names the command that installs one."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            for stream, (code, reason) in _OTHERS.items():
                if ole.exists(stream):
                    raise ReadFailure(code, reason)
            if not ole.exists("WordDocument"):
                raise ReadFailure(
                    "binary", "Tệp không phải văn bản Word; hãy nộp bản PDF, DOCX, DOC, HTML hoặc TXT."
                )
            word = ole.openstream("WordDocument").read()
            if len(word) < 34:
                raise _broken()
            flags = struct.unpack_from("<H", word, 10)[0]
            if flags & 0x0100:
                raise ReadFailure("encrypted", "Tệp có mật khẩu; hãy mở bằng Word, bỏ mật khẩu rồi nộp lại.")
            if struct.unpack_from("<H", word, 2)[0] < _WORD_97:
                return _by_tool(data)
            name = "1Table" if flags & 0x0200 else "0Table"
            table = ole.openstream(name).read() if ole.exists(name) else b""
        document = _Document(word, table)
        return reading_of(document.paragraphs(), MEDIA_TYPE)
    except ReadFailure:
        raise
    except (
        OSError,
        struct.error,
        IndexError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise _broken() from error


def missing_tool() -> bool:
    """Whether no tool for Word 6/95 is installed here."""
    return not any(map(shutil.which, TOOLS))


def _broken() -> ReadFailure:
    return ReadFailure("broken", "Tệp Word bị hỏng hoặc tải chưa hết; hãy mở bằng Word, lưu lại rồi nộp lại.")


@dataclass(frozen=True, slots=True)
class _Look:
    """Properties of a stretch of characters."""

    font: int = -1
    bold: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class _Style:
    look: _Look = _Look()
    heading: bool = False
    paragraph: tuple[tuple[int, bytes], ...] = ()  # codes and operands of its paragraphs


class _Document:
    """One Word 97 file: pieces of text, and the pages of properties that point into them by their place in the file."""

    def __init__(self, word: bytes, table: bytes) -> None:
        self._word, self._table = word, table
        self._fonts = self._font_names()
        self._styles: dict[int, _Style] = {}
        self._read_styles()
        self._chpx = self._bins(_CHPX)
        self._papx = self._bins(_PAPX)
        self._counter = ListNumbers()
        self._lists = self._read_lists()
        self._pages: dict[tuple[int, int], list[tuple[int, bytes]]] = {}

    def paragraphs(self) -> Iterator[WordParagraph]:
        """The text's paragraphs, then its notes and text boxes; page heads and comments are left out."""
        lengths = [struct.unpack_from("<i", self._word, place)[0] for place in _CCP]
        if any(length < 0 for length in lengths) or sum(lengths) > _MAX_CHARACTERS:
            raise ValueError("lengths")
        signs = self._signs()
        text, notes = lengths[0], lengths[1]
        boxes = sum(lengths[:6])
        yield from self._split(signs[:text])
        for number, note in enumerate(self._notes(signs[text : text + notes]), 1):
            yield replace(note, number=f"[{number}] ")
        yield from self._split(signs[boxes : boxes + lengths[6]])

    def _notes(self, signs: list[tuple[int, int]]) -> Iterator[WordParagraph]:
        """Each note as one paragraph; it begins with the sign of its mark."""
        note: list[Run] = []
        for one in self._split(signs):
            if one.runs and one.runs[0].text.startswith("\x02") and note:
                yield WordParagraph(tuple(note))
                note = []
            note += [replace(run, text=run.text.replace("\x02", "")) for run in one.runs] + [Run(" ")]
        if any(run.text.strip() for run in note):
            yield WordParagraph(tuple(note))

    def _pair(self, number: int) -> bytes:
        """A part of the table stream."""
        place, length = struct.unpack_from("<II", self._word, 154 + 8 * number)
        return self._table[place : place + length]

    def _signs(self) -> list[tuple[int, int]]:
        """Every character code of the file in reading order, with its place in the file."""
        clx = self._pair(_CLX)
        place = 0
        while clx[place] == 1:  # properties of fast saves
            place += 3 + struct.unpack_from("<H", clx, place + 1)[0]
        if clx[place] != 2:
            raise ValueError("piece table")
        size = struct.unpack_from("<I", clx, place + 1)[0]
        plc = clx[place + 5 : place + 5 + size]
        count = (len(plc) - 4) // 12
        ends = struct.unpack_from(f"<{count + 1}I", plc)
        signs: list[tuple[int, int]] = []
        for piece in range(count):
            start = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * piece + 2)[0]
            length = ends[piece + 1] - ends[piece]
            if length < 0 or length > len(self._word) or len(signs) + length > _MAX_CHARACTERS:
                raise ValueError("piece")
            if start & 0x40000000:
                start = (start & 0x3FFFFFFF) // 2
                codes = self._word[start : start + length].decode("cp1252", "replace")
                signs += [(ord(code), start + offset) for offset, code in enumerate(codes)]
            else:
                raw = self._word[start : start + 2 * length]
                units = struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) // 2 * 2])
                signs += [(unit, start + 2 * offset) for offset, unit in enumerate(units)]
        return signs

    def _split(self, signs: list[tuple[int, int]]) -> Iterator[WordParagraph]:
        """Paragraphs of a stretch of text: fields give their result, what is deleted or hidden nothing."""
        start = 0
        for place, (code, _) in enumerate(signs):
            if code in (0x0D, 0x07, 0x0C) or place == len(signs) - 1:
                yield self._paragraph(signs[start : place + 1])
                start = place + 1

    def _paragraph(self, signs: list[tuple[int, int]]) -> WordParagraph:
        mark, at = signs[-1]
        style, sprms = self._paragraph_properties(at)
        own = self._styles.get(style, _Style())
        sprms = dict(own.paragraph) | sprms
        in_table = bool(sprms.get(_IN_TABLE, b"\0")[0])
        end = End.PARAGRAPH
        if mark == 0x07:
            end = End.ROW if sprms.get(_ROW_END, b"\0")[0] else End.CELL
        runs: list[Run] = []
        letters: list[int] = []
        look, until = own.look, -1
        depth, shown = 0, [True]  # nested fields: between their code and their result nothing is shown
        for code, at in signs:
            if not 0 <= at < until:
                _flush(letters, look, self._fonts, runs)
                look, until = self._look(at, own.look)
            if code == 0x13:
                depth += 1
                shown.append(False)
            elif code == 0x14 and depth:
                shown[-1] = True
            elif code == 0x15 and depth:
                depth -= 1
                shown.pop()
            elif all(shown) and not look.hidden:
                letters.append(code)
        _flush(letters, look, self._fonts, runs)
        number = self._number(sprms) if any(run.text.strip() for run in runs) else ""
        return WordParagraph(tuple(runs), end, in_table or mark == 0x07, own.heading, number)

    def _number(self, sprms: dict[int, bytes]) -> str:
        place = struct.unpack("<h", sprms.get(_LIST, b"\0\0")[:2].ljust(2, b"\0"))[0]
        if not 0 < place <= len(self._lists):
            return ""
        name, levels = self._lists[place - 1]
        return self._counter.next(name, levels, (sprms.get(_LIST_LEVEL) or b"\0")[0])

    def _read_lists(self) -> list[tuple[str, dict[int, ListLevel]]]:
        """The lists paragraphs name by their place, each with the name it counts under and its levels."""
        raw = self._table[struct.unpack_from("<I", self._word, 154 + 8 * _LISTS)[0] :]
        overrides = self._pair(_OVERRIDES)
        if not self._pair(_LISTS) or len(overrides) < 4:
            return []
        shapes: dict[int, dict[int, ListLevel]] = {}
        count = min(struct.unpack_from("<H", raw)[0], _MAX_LISTS)
        place = 2 + 28 * count
        for number in range(count):
            head = 2 + 28 * number
            levels = shapes.setdefault(struct.unpack_from("<i", raw, head)[0], {})
            for level in range(1 if raw[head + 26] & 1 else 9):
                levels[level], place = _list_level(raw, place)
        known: list[tuple[str, dict[int, ListLevel]]] = []
        count = min(struct.unpack_from("<I", overrides)[0], _MAX_LISTS)
        place = 4 + 16 * count
        for number in range(count):
            identifier = struct.unpack_from("<i", overrides, 4 + 16 * number)[0]
            name, levels = str(identifier), dict(shapes.get(identifier, {}))
            place += 4
            for _ in range(overrides[4 + 16 * number + 12]):
                start, flags = struct.unpack_from("<iI", overrides, place)
                place += 8
                level = flags & 15
                if flags & 0x20:
                    levels[level], place = _list_level(overrides, place)
                elif flags & 0x10 and level in levels:
                    levels[level] = replace(levels[level], start=start)
                name = f"{identifier}/{number}"  # a restarted list counts for itself
            known.append((name, levels))
        return known

    def _bins(self, number: int) -> list[tuple[int, int, int]]:
        """Stretches of the file and the page (of 512 bytes) that holds their properties."""
        plc = self._pair(number)
        count = max(0, (len(plc) - 4) // 8)
        limits = struct.unpack_from(f"<{count + 1}I", plc) if count else ()
        pages = struct.unpack_from(f"<{count}I", plc, 4 * (count + 1)) if count else ()
        return [(limits[n], limits[n + 1], pages[n] & 0x3FFFFF) for n in range(count)]

    def _entry(self, bins: list[tuple[int, int, int]], at: int, width: int) -> tuple[int, bytes]:
        """Where the stretch around a place of the file ends, and its property bytes; `width`: bytes per entry."""
        found = bisect_right(bins, at, key=lambda one: one[0]) - 1
        if found < 0 or at >= bins[found][1]:
            return at + 1, b""
        page = self._page(bins[found][2], width)
        inner = bisect_right(page, at, key=lambda one: one[0]) - 1
        if inner < 0:
            return at + 1, b""
        end = page[inner + 1][0] if inner + 1 < len(page) else bins[found][1]
        return end, page[inner][1]

    def _page(self, number: int, width: int) -> list[tuple[int, bytes]]:
        known = self._pages.get((number, width))
        if known is not None:
            return known
        page = self._word[512 * number : 512 * number + 512]
        count = page[511]
        limits = struct.unpack_from(f"<{count + 1}I", page)
        done = []
        for entry in range(count):
            offset = 2 * page[4 * (count + 1) + width * entry]
            size = page[offset] if offset else 0
            if width == 1:
                value = page[offset + 1 : offset + 1 + size] if offset else b""
            elif offset and not size:
                value = page[offset + 2 : offset + 2 + 2 * page[offset + 1]]
            else:
                value = page[offset + 1 : offset + 2 * size] if offset else b""
            done.append((limits[entry], value))
        self._pages[number, width] = done
        return done

    def _paragraph_properties(self, at: int) -> tuple[int, dict[int, bytes]]:
        _, value = self._entry(self._papx, at, 13)
        if len(value) < 2:
            return 0, {}
        return struct.unpack_from("<H", value)[0], dict(_properties(value[2:]))

    def _look(self, at: int, style: _Look) -> tuple[_Look, int]:
        end, value = self._entry(self._chpx, at, 1)
        return self._changed(style, value), end

    def _changed(self, look: _Look, value: bytes) -> _Look:
        for code, operand in _properties(value):
            if code == _STYLE and len(operand) > 1:
                style = self._styles.get(struct.unpack("<H", operand[:2])[0])
                if style is not None:
                    font = style.look.font if style.look.font >= 0 else look.font
                    look = replace(style.look, font=font)
            elif code == _FONT and len(operand) > 1:
                look = replace(look, font=struct.unpack("<H", operand[:2])[0])
            elif code == _BOLD and operand:
                look = replace(
                    look, bold=look.bold != (operand[0] == 0x81) if operand[0] > 1 else operand[0] == 1
                )
            elif code in (_DELETED, _HIDDEN) and operand:
                look = replace(look, hidden=look.hidden or operand[0] in (1, 0x81))
        return look

    def _font_names(self) -> list[str]:
        raw = self._pair(_FONTS)
        if len(raw) < 4:
            return []
        count, place = struct.unpack_from("<H", raw)[0], 4
        names: list[str] = []
        while place + 40 < len(raw) and len(names) < count:
            size = raw[place] + 1
            names.append(raw[place + 40 : place + size].decode("utf-16-le", "ignore").split("\0")[0])
            place += size
        return names

    def _read_styles(self) -> None:
        """Every style's font and boldness, those it is based on included."""
        raw = self._pair(_STSHF)
        if len(raw) < 18:
            return
        size, count, base_size = struct.unpack_from("<HHH", raw)
        default = struct.unpack_from("<H", raw, 14)[0] if size >= 14 else -1
        place = 2 + size
        entries: dict[int, tuple[int, int, str, bytes, bytes]] = {}
        for number in range(min(count, 4096)):
            if place + 2 > len(raw):
                break
            length = struct.unpack_from("<H", raw, place)[0]
            entry = raw[place + 2 : place + 2 + length]
            place += 2 + length
            if len(entry) > base_size + 2:
                entries[number] = _style_entry(entry, base_size)
        for number in entries:
            chain: list[int] = []
            at = number
            while at in entries and at not in chain and len(chain) < 20:
                chain.append(at)
                at = entries[at][1]
            look = _Look(font=default if entries[number][0] == 1 else -1)
            paragraph: dict[int, bytes] = {}
            for one in reversed(chain):
                look = self._changed(look, entries[one][3])
                paragraph |= dict(_properties(entries[one][4]))
            heading = bool(re.match(r"(?i)heading|title", entries[number][2]))
            self._styles[number] = _Style(look, heading, tuple(paragraph.items()))


def _list_level(raw: bytes, place: int) -> tuple[ListLevel, int]:
    """A level of a list, and where it ends."""
    start, form = struct.unpack_from("<iB", raw, place)
    characters, paragraphs = raw[place + 24], raw[place + 25]
    place += 28 + characters + paragraphs
    length = struct.unpack_from("<H", raw, place)[0]
    text = raw[place + 2 : place + 2 + 2 * length].decode("utf-16-le", "ignore")
    text = "".join(f"%{ord(sign) + 1}" if ord(sign) < 9 else sign for sign in text)
    return ListLevel(_FORMS.get(form, "decimal"), text, start), place + 2 + 2 * length


def _style_entry(entry: bytes, base_size: int) -> tuple[int, int, str, bytes, bytes]:
    """Kind (1: paragraph, 2: character), number of the base style, name, character and paragraph properties of a style."""
    second, third = struct.unpack_from("<HH", entry, 2)
    kind, base, parts = second & 15, second >> 4, third & 15
    length = struct.unpack_from("<H", entry, base_size)[0]
    place = base_size + 2
    name = entry[place : place + 2 * length].decode("utf-16-le", "ignore")
    place += 2 * length + 2
    value = paragraph = b""
    for part in range(parts):
        if place + 2 > len(entry):
            break
        size = struct.unpack_from("<H", entry, place)[0]
        if (kind, part) in ((1, 1), (2, 0)):
            value = entry[place + 2 : place + 2 + size]
        elif (kind, part) == (1, 0):
            paragraph = entry[place + 4 : place + 2 + size]
        place += 2 + size + size % 2
    return kind, base, name, value, paragraph


def _properties(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Codes and operands of a list of properties."""
    place = 0
    while place + 2 < len(raw):
        code = struct.unpack_from("<H", raw, place)[0]
        place += 2
        size = _OPERAND[code >> 13]
        if not size:
            size = raw[place]
            if code == 0xD608 and place + 2 <= len(raw):  # the definition of a table's row has a longer count
                size = struct.unpack_from("<H", raw, place)[0] - 1
                place += 1
            place += 1
        yield code, raw[place : place + size]
        place += size


def _flush(letters: list[int], look: _Look, fonts: list[str], runs: list[Run]) -> None:
    """Ends a run: control signs in their plain form, signs of symbol fonts as a dash."""
    if not letters:
        return
    units = bytearray()
    for code in letters:
        text = _CONTROL.get(code)
        if text is None:
            text = (
                ""
                if code in (0x0D, 0x07, 0x03, 0x04, 0x13, 0x14, 0x15)
                else "-"
                if 0xF000 <= code < 0xF100
                else None
            )
        units += struct.pack("<H", code) if text is None else text.encode("utf-16-le")
    letters.clear()
    font = fonts[look.font] if 0 <= look.font < len(fonts) else ""
    runs.append(Run(units.decode("utf-16-le", "ignore"), font, look.bold))


def _by_tool(data: bytes) -> Reading:
    """A Word 6/95 file through the first tool that is installed."""
    name = next((name for name in TOOLS if shutil.which(name)), None)
    if name is None:
        raise ReadFailure(
            NEEDS_TOOL, f"Tệp Word 6/95 cần chương trình chuyển đổi; hãy cài bằng lệnh: {INSTALL}"
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "old.doc"
        with _may_write(len(data)):
            path.write_bytes(data)
        try:
            done = subprocess.run(
                [*TOOLS[name], str(path)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_TOOL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ReadFailure(
                "timeout", "Chuyển đổi tệp Word cũ mất quá nhiều thời gian; hãy lưu thành DOCX rồi nộp lại."
            ) from None
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode or not text.strip():
        raise _broken()
    return read_plain(mended(text), MEDIA_TYPE)


@contextmanager
def _may_write(size: int) -> Iterator[None]:
    """Lifts the reading child's ban on writing files for one copy of `size` bytes; the tool itself writes nothing."""
    try:
        import resource
    except ImportError:  # not on Windows, where there is no such ban
        yield
        return
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    if limits[0] != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_FSIZE, (max(limits[0], size), limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
