"""DOCX: paragraphs, automatic numbers, tables and notes in document order.

`ingest.read` calls it. It walks the XML itself (opened by python-docx), because python-docx leaves out tracked
insertions, content controls, text boxes and the numbers Word computes.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn

from ingest.legacy_fonts import LegacyText, from_runs, scheme_of
from ingest.readers.draft import Draft, clean
from ingest.readers.letterhead import is_layout
from ingest.readers.list_numbers import ListLevel, ListNumbers
from ingest.readers.paragraphs import Line, join_lines
from ingest.reading import ReadFailure, Reading

_MAX_UNPACKED = 400_000_000  # bytes; a larger package is a zip bomb
_HIDDEN = {
    qn("w:del"),
    qn("w:moveFrom"),
    qn("w:txbxContent"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
_FOOTNOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def read_docx(data: bytes) -> Reading:
    """Reading of a DOCX package. Raises `ReadFailure`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(item.file_size for item in package.infolist()) > _MAX_UNPACKED:
                raise ReadFailure("too_large", "Tệp DOCX bung ra quá lớn; hãy tách tệp rồi nộp lại.")
        document = docx.Document(io.BytesIO(data))
        walker = _Walker(document)
        walker.body(document.element.body)
        walker.footnotes()
    except (ReadFailure, MemoryError):
        raise
    except Exception as error:  # python-docx and zipfile raise many kinds on damaged packages, and their XML may lack any part
        raise ReadFailure(
            "broken", "Tệp DOCX bị hỏng hoặc tải chưa hết; hãy mở bằng Word, lưu lại rồi nộp lại."
        ) from error
    return walker.draft.reading(MEDIA_TYPE)


class _Walker:
    def __init__(self, document: Any) -> None:
        self.draft = Draft()
        self._document = document
        self._numbers = _Numbers(document)
        self._styles = {style.style_id: style for style in document.styles}
        default = next(
            (
                s
                for s in document.styles
                if s.element.get(qn("w:default")) and s.type == WD_STYLE_TYPE.PARAGRAPH
            ),
            None,
        )
        self._default_font = _font(None if default is None else default.element) or _font(
            document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}")
        )
        self._legacy = LegacyText((), False)
        self._legacy_fonts = self._has_legacy_fonts()
        self._legacy = LegacyText.of("\n".join(map(self._words, document.element.body.iter(qn("w:p")))))

    def body(self, parent: Any) -> None:
        for element in _blocks(parent):
            if element.tag == qn("w:p"):
                self._emit(self._lines(element))
            else:
                self._table(element)

    def footnotes(self) -> None:
        """Notes stand at the end, as "[1] …"; Word keeps them in a part of their own."""
        for relation in self._document.part.rels.values():
            if relation.reltype == _FOOTNOTES:
                root = docx.oxml.parse_xml(relation.target_part.blob)
                for note in root.iterchildren(qn("w:footnote")):
                    text = " ".join(self._words(p) for p in note.iter(qn("w:p"))).strip()
                    if text and not note.get(qn("w:type")):
                        self.draft.paragraph(f"[{note.get(qn('w:id'))}] {text}")

    def _emit(self, lines: list[Line]) -> None:
        for paragraph in join_lines(lines):
            self.draft.paragraph(paragraph.text, strong=paragraph.strong)

    def _lines(self, paragraph: Any) -> list[Line]:
        """A paragraph's lines (more than one where it holds line breaks), its number in front; its text boxes after."""
        text = self._numbers.next(paragraph) + self._words(paragraph)
        bold = self._bold(paragraph)
        lines = [
            Line(" ".join(part.split()), float(bold), bold, self._is_heading(paragraph))
            for part in clean(text).split("\n")
            if part.strip()
        ]
        for box in paragraph.iter(qn("w:txbxContent")):
            if not any(parent.tag in _HIDDEN - {qn("w:txbxContent")} for parent in box.iterancestors()):
                for inner in box.iterchildren(qn("w:p")):
                    lines += [Line(""), *self._lines(inner)]
        return lines

    def _table(self, table: Any) -> None:
        rows = [[self._cell(cell) for cell in row] for row in _rows(table)]
        if is_layout([["\n".join(cell) for cell in row] for row in rows]):
            for row in _rows(table):
                for cell in row:
                    if cell is not None:
                        self._cell_lines(cell)
        else:
            self.draft.table([["\n".join(cell) for cell in row] for row in rows])

    def _cell(self, cell: Any) -> list[str]:
        if cell is None:
            return [""]
        texts = (clean(self._words(p)) for p in cell.iter(qn("w:p")))
        return [line for text in texts for line in text.split("\n") if line.strip()]

    def _words(self, paragraph: Any) -> str:
        """A paragraph's text in Unicode, whatever fonts it was typed for."""
        if not self._legacy_fonts:
            return self._legacy.mend(_text(paragraph))
        named = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        above = self._style_font(named) or self._default_font
        runs = [
            (text, (_font(run) or self._style_font(run.find(f"{qn('w:rPr')}/{qn('w:rStyle')}")) or above))
            if run is not None
            else (text, above)
            for text, run in _pieces(paragraph)
        ]
        return self._legacy.mend(from_runs(runs))

    def _style_font(self, mark: Any) -> str:
        """The font of the style a mark names, or of the styles that one is based on; "" where none says."""
        style = self._styles.get(mark.get(qn("w:val"))) if mark is not None else None
        for _ in range(20):
            if style is None:
                break
            font = _font(style.element)
            if font:
                return font
            style = style.base_style
        return ""

    def _has_legacy_fonts(self) -> bool:
        parts = (self._document.element, self._document.styles.element)
        return any(scheme_of(_name(mark)) for part in parts for mark in part.iter(qn("w:rFonts")))

    def _cell_lines(self, cell: Any) -> None:
        """A layout cell: its paragraphs joined where a name was wrapped by hand."""
        lines: list[Line] = []
        for element in _blocks(cell):
            if element.tag == qn("w:p"):
                lines += self._lines(element) or [Line("")]
            else:
                self._emit(lines)
                lines = []
                self._table(element)
        self._emit(lines)

    def _style(self, paragraph: Any) -> Any:
        found = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        return self._styles.get(found.get(qn("w:val"))) if found is not None else None

    def _is_heading(self, paragraph: Any) -> bool:
        style = self._style(paragraph)
        return style is not None and bool(re.match(r"(?i)heading|title", style.name or ""))

    def _bold(self, paragraph: Any) -> bool:
        style = self._style(paragraph)
        default = bool(style is not None and getattr(style, "font", None) is not None and style.font.bold)
        runs = [
            run
            for run in paragraph.iter(qn("w:r"))
            if "".join(t.text or "" for t in run.iter(qn("w:t"))).strip()
        ]
        return bool(runs) and all(_is_bold(run, default) for run in runs)


def _is_bold(run: Any, default: bool) -> bool:
    mark = run.find(f"{qn('w:rPr')}/{qn('w:b')}")
    return default if mark is None else mark.get(qn("w:val")) not in ("0", "false", "none")


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, through content controls and insertions."""
    for element in parent.iterchildren():
        if element.tag in (qn("w:p"), qn("w:tbl")):
            yield element
        elif element.tag in (
            qn("w:sdt"),
            qn("w:sdtContent"),
            qn("w:ins"),
            qn("w:customXml"),
            qn("w:smartTag"),
        ):
            yield from _blocks(element)


def _text(element: Any) -> str:
    """Text of a paragraph without deleted parts and text boxes; line breaks as `\\n`."""
    return "".join(text for text, _ in _pieces(element))


def _pieces(element: Any, run: Any = None) -> Iterator[tuple[str, Any]]:
    """The pieces of text below an element in order, each with the run it stands in."""
    for child in element.iterchildren():
        if child.tag in _HIDDEN:
            continue
        if child.tag == qn("w:t"):
            yield child.text or "", run
        elif child.tag in (qn("w:tab"), qn("w:ptab")) and element.tag == qn("w:r"):
            yield " ", run
        elif child.tag in (qn("w:br"), qn("w:cr")):
            yield "\n", run
        elif child.tag == qn("w:noBreakHyphen"):
            yield "-", run
        elif child.tag == qn("w:softHyphen"):
            yield "\u00ad", run
        else:
            yield from _pieces(child, child if child.tag == qn("w:r") else run)


def _font(element: Any) -> str:
    """The font an element with run properties names, or ""."""
    return _name(element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")) if element is not None else ""


def _name(mark: Any) -> str:
    return "" if mark is None else str(mark.get(qn("w:ascii")) or mark.get(qn("w:hAnsi")) or "")


def _rows(table: Any) -> Iterator[list[Any]]:
    """Rows of cells; a cell merged into the one above is None."""
    for row in table.iter(qn("w:tr")):
        if next(row.iterancestors(qn("w:tbl"))) is not table:
            continue
        cells: list[Any] = []
        for cell in row.iter(qn("w:tc")):
            if next(cell.iterancestors(qn("w:tr"))) is not row:
                continue
            merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
            cells.append(None if merge is not None and merge.get(qn("w:val")) != "restart" else cell)
        yield cells


class _Numbers:
    """What the package says about lists, and the numbers Word would print."""

    def __init__(self, document: Any) -> None:
        self._levels: dict[str, dict[int, ListLevel]] = {}  # numId -> its levels
        self._names: dict[str, str] = {}  # numId -> the list it counts in
        self._counter = ListNumbers()
        self._by_style = {
            style.style_id: style.element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            for style in document.styles
            if style.element.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None
        }
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):  # a document without lists
            return
        shapes = {
            item.get(qn("w:abstractNumId")): {
                int(level.get(qn("w:ilvl"))): _level(level) for level in item.iterchildren(qn("w:lvl"))
            }
            for item in root.iterchildren(qn("w:abstractNum"))
        }
        for number in root.iterchildren(qn("w:num")):
            abstract = number.find(qn("w:abstractNumId")).get(qn("w:val"))
            identifier = number.get(qn("w:numId"))
            levels = dict(shapes.get(abstract, {}))
            for override in number.iterchildren(qn("w:lvlOverride")):
                place = int(override.get(qn("w:ilvl")))
                start = override.find(qn("w:startOverride"))
                if start is not None and place in levels:
                    levels[place] = replace(levels[place], start=int(start.get(qn("w:val"))))
                    abstract = f"{abstract}/{identifier}"  # a restarted list counts for itself
            self._levels[identifier], self._names[identifier] = levels, abstract

    def next(self, paragraph: Any) -> str:
        """The number of this paragraph with a blank after it, or ""."""
        mark = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if mark is None:
            style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            mark = self._by_style.get(style.get(qn("w:val"))) if style is not None else None
        if mark is None or mark.find(qn("w:numId")) is None:
            return ""
        identifier = mark.find(qn("w:numId")).get(qn("w:val"))
        at = mark.find(qn("w:ilvl"))
        level = int(at.get(qn("w:val"))) if at is not None else 0
        if identifier not in self._levels or not _text(paragraph).strip():
            return ""
        return self._counter.next(self._names[identifier], self._levels[identifier], level)


def _level(level: Any) -> ListLevel:
    def value(name: str, default: str) -> str:
        found = level.find(qn(name))
        return default if found is None else str(found.get(qn("w:val")) or default)

    return ListLevel(value("w:numFmt", "decimal"), value("w:lvlText", ""), int(value("w:start", "1")))
