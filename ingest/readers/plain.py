"""Plain text and Markdown, as offices save it and as crawlers leave it: wrapped lines, flattened tables, front matter.

`ingest.read` calls it with decoded text. The order of the steps is the order of the functions below.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import replace

import yaml

from ingest.readers.draft import Draft, clean, one_line
from ingest.readers.paragraphs import UPPER, Line, Paragraph, join_lines
from ingest.readers.portal import is_attribute, is_known, without_furniture
from ingest.readers.scraps import PIPE, Grid, Label, Prose, split_scraps
from ingest.reading import Reading

_MARKDOWN = re.compile(r"^#{1,6} \S|\*\*|^\|? ?:?-{3,}:? ?\|", re.MULTILINE)
_HEADING = re.compile(r"(#{1,6})(?: (.*))?$")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\(([^()\s]*)(?: \"[^\"]*\")?\)")
_DELIMITER_ROW = re.compile(r"\|? ?:?-{2,}:? ?(?:\| ?:?-{2,}:? ?)*\|?$")
_SOURCE_NOTE = re.compile(
    r"\[(?:Nguồn:|(?:Điều|Khoản|Chương|Mục|Phần|Phụ lục) .{0,60}(?:Nghị định|Thông tư|Luật|Quyết định|Pháp lệnh|Nghị quyết|Bộ luật|Hiến pháp)"
    r"|.{0,200}(?:có hiệu lực|pháp điển)).*\]$"
)
_DIVIDER = re.compile(
    r"(?:VĂN BẢN|NỘI DUNG|NỘI DUNG VĂN BẢN|TOÀN VĂN|NỘI DUNG TOÀN VĂN|TOÀN VĂN VĂN BẢN)$", re.IGNORECASE
)
_INFORMATION = re.compile(r"THÔNG TIN (?:VĂN BẢN|CHUNG)|THUỘC TÍNH(?: VĂN BẢN)?$", re.IGNORECASE)
_INFORMATION_REACH = 200  # lines between the information section and the text itself
_EDITORIAL = re.compile(
    r"(?:NGUỒN|NGUỒN THAM KHẢO|TÀI LIỆU THAM KHẢO|GHI CHÚ(?: BIÊN TẬP)?|LIÊN KẾT)(?:(?: ?:)|$)", re.IGNORECASE
)
_FACT_HEADS = {"trường", "thuộc tính", "thông tin", "mục", ""}
_FACT_VALUES = {"giá trị", "nội dung", "chi tiết", ""}
#: "**Chương I****QUY ĐỊNH CHUNG**": a lost line break; some crawlers then repeat the second part.
_GLUED_BOLD = re.compile(
    rf"^(\*\*(?:[{UPPER}]{{3,6}}(?: [{UPPER}]{{2,6}}){{0,3}}|(?:Chương|Mục|Phần|Phụ lục) [\dIVXLC]+))\*{{4}}([^\s*][^*\n]+)\*\*\n"
    r"(?:\s*\*\*([^*\n]+)\*\*\n)?",
    re.MULTILINE,
)
_PAIR = re.compile(r"(?:- )?([^:|]{2,40}): ?(.*)$")
_BOLD, _ITALIC = "**", "*"


class _PlainLoader(yaml.BaseLoader):
    """Every scalar stays the string it is; references, which let a few lines grow without end, are refused."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("references are not read")
        return super().compose_node(parent, index)


def read_plain(text: str, media_type: str) -> Reading:
    """Reading of decoded plain text or Markdown."""
    draft = Draft()
    body = _front_matter(clean(text), draft)
    markdown = len(_MARKDOWN.findall(body)) >= 2
    lines = _lines(body, markdown)
    lines = _editorial_sections(lines, draft) if markdown else lines
    lines, facts = without_furniture(_source_notes(lines, draft))
    for key, value in facts:
        draft.fact(key, value)
    for part in split_scraps(_split_inline_pipes(_mend_rows(lines))):
        if isinstance(part, Label):
            if is_known(part.value) and is_attribute(part.key):
                draft.fact(part.key, part.value)
        elif isinstance(part, Grid):
            draft.table([["\n".join(line.text for line in cell) for cell in row] for row in part.rows])
        else:
            _prose(part, draft)
    return draft.reading(media_type)


def _front_matter(text: str, draft: Draft) -> str:
    """Notes the YAML between two `---` lines at the top; gives the text below it."""
    match = re.match(r"\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|$)", text, re.DOTALL)
    if not match:
        return text
    try:
        loaded = yaml.load(match[1], Loader=_PlainLoader)
    except yaml.YAMLError:
        loaded = dict(line.split(":", 1) for line in match[1].splitlines() if re.match(r"[\w -]+:", line))
    if not isinstance(loaded, dict):
        return text
    for key, value in loaded.items():
        for item in value if isinstance(value, list) else [value]:
            draft.fact(str(key).replace("_", " "), str(item).strip(" \"'"))
    return text[match.end() :]


def _lines(text: str, markdown: bool) -> list[Line]:
    """Lines without Markdown's marks; what was bold or a heading is noted on the line."""
    if "&nbsp;" in text or "&amp;" in text or "&lt;" in text:
        text = clean(html.unescape(text))
    done: list[Line] = []
    bold = italic = False
    if markdown:
        text = _GLUED_BOLD.sub(_unglued, text)
    for raw in text.split("\n"):
        line = " ".join(raw.split())
        if line in (_BOLD, _ITALIC):  # a stray mark is neither text nor a blank line
            bold, italic = bold != (line == _BOLD), italic != (line == _ITALIC)
            continue
        if not line or line == PIPE:
            bold = italic = False
            done.append(Line(line))
            continue
        if not markdown:
            done.append(Line(re.sub(r"^_+ (?=\w)", "", line)))
            continue
        heading = _HEADING.match(line)
        if heading:
            line = (heading[2] or "").rstrip("# ")
        line = re.sub(r"^> ?", "", _LINK.sub(lambda m: m[1] or m[2], line))
        line = re.sub(r"<(https?://[^>]+)>", r"\1", re.sub(r"<br ?/?>", " ", line))
        plain, marked, bold, italic = _emphasis(line, bold, italic)
        letters = [place for place, c in enumerate(plain) if c.isalpha()]
        share = sum(1 for place in letters if marked[place]) / len(letters) if letters else 0.0
        starts = bool(letters) and marked[letters[0]]
        text_only = re.sub(r"^_+ (?=\w)", "", " ".join(plain.split()))
        done.append(Line(text_only, share, starts, heading is not None, bold or italic))
    return done


def _unglued(match: re.Match[str]) -> str:
    parts = [f"{match[1]}**", f"**{match[2]}**"]
    if match[3] and match[3].strip() != match[2].strip():
        parts.append(f"**{match[3]}**")
    return "\n\n".join(parts) + "\n"


def _emphasis(line: str, bold: bool, italic: bool) -> tuple[str, list[bool], bool, bool]:
    """The line without emphasis marks, whether each character is bold, and the state at its end."""
    plain: list[str] = []
    marked: list[bool] = []
    place = 0
    if line.startswith("* ") and not italic and line.count(_ITALIC) % 2:
        plain, marked, place = ["*"], [False], 1  # a bullet
    while place < len(line):
        literal = re.compile(r"\(\*+\)|\\\*").match(line, place)
        if literal:
            plain += literal[0].replace("\\", "")
            marked += [bold] * len(literal[0].replace("\\", ""))
            place = literal.end()
        elif line.startswith(_BOLD, place):
            bold, place = not bold, place + 2
        elif line.startswith(_ITALIC, place):
            italic, place = not italic, place + 1
        else:
            plain.append(line[place])
            marked.append(bold)
            place += 1
    return "".join(plain), marked, bold, italic


def _source_notes(lines: Sequence[Line], draft: Draft) -> list[Line]:
    """Takes out the bracketed source notes of codified texts and the label lines under their title."""
    done: list[Line] = []
    for place, line in enumerate(lines):
        if _SOURCE_NOTE.match(line.text):
            draft.fact("ghi chú nguồn", line.text.strip("[]"))
            if re.search(r"pháp điển", line.text, re.IGNORECASE):
                draft.fact("tính chất", "consolidated")
            done.append(Line(""))
            continue
        label = re.match(
            r"(Cơ quan ban hành|Ngày ban hành|Ngày hiệu lực|Người ký|Số hiệu|Loại văn bản): ?(.+)$", line.text
        )
        if label and place < 20:
            draft.fact(label[1], label[2])
            continue
        done.append(line)
    return done


def _editorial_sections(lines: list[Line], draft: Draft) -> list[Line]:
    """Moves the information section, summaries above a "VĂN BẢN" divider and notes at the end to the facts."""
    information = next(
        (p for p, line in enumerate(lines) if line.heading and _INFORMATION.match(line.text)), None
    )
    start = 0
    if information is not None:
        below = range(information, min(len(lines), information + _INFORMATION_REACH))
        divider = next((p for p in below if lines[p].heading and _DIVIDER.match(lines[p].text)), None)
        if divider is not None:
            _note(lines[:divider], draft)
            start = divider + 1
        else:
            stop = next(
                (p for p in range(information + 1, len(lines)) if lines[p].heading or lines[p].text == "---"),
                len(lines),
            )
            _note(lines[information:stop], draft)
            lines = lines[:information] + lines[stop:]
    body = lines[start:]
    body = [line for line in body if not (line.heading and _DIVIDER.match(line.text))]
    for place in range(len(body) - 1, max(0, len(body) - 40), -1):
        rest = [line for line in body[place + 1 :] if line.text]
        if body[place].text in ("---", "***", "") and rest and _EDITORIAL.match(rest[0].text):
            for line in rest:
                draft.fact("ghi chú biên tập", line.text)
            body = body[:place]
    return body


def _note(lines: Sequence[Line], draft: Draft) -> None:
    """Pairs of an information section become facts, other lines editor's notes."""
    key = ""
    for line in lines:
        text = line.text
        if not text or line.heading or text == "---" or _DELIMITER_ROW.match(text):
            continue
        if text.startswith(PIPE):
            cells = [cell.strip() for cell in text.strip("| ").split(PIPE)]
            if len(cells) == 2 and not _is_fact_head(cells) and is_known(cells[1]):
                draft.fact(cells[0], cells[1])
            continue
        pair = _PAIR.match(text) if line.starts_bold else None
        if pair:
            key = pair[1]
            if pair[2]:
                draft.fact(key, pair[2])
        elif text.startswith("- ") and key:
            draft.fact(key, text[2:])
        else:
            draft.fact("ghi chú biên tập", text)


def _is_fact_head(cells: Sequence[str]) -> bool:
    return len(cells) == 2 and cells[0].lower() in _FACT_HEADS and cells[1].lower() in _FACT_VALUES


def _mend_rows(lines: Sequence[Line]) -> list[Line]:
    """Markdown rows that a crawler broke over lines: a row without its last bar goes on, lone bars below a row go."""
    done: list[Line] = []
    for line in lines:
        before = done[-1].text if done else ""
        in_table = before.startswith(PIPE) and len(before) > 1
        if in_table and line.text == PIPE:
            continue
        if (
            in_table
            and line.text
            and before.count(PIPE) > 1
            and not before.endswith(PIPE)
            and PIPE in line.text
        ):
            done[-1] = replace(done[-1], text=f"{before} {line.text}")
        else:
            done.append(line)
    return done


def _split_inline_pipes(lines: Sequence[Line]) -> list[Line]:
    """Letterheads whose cells stand on one line, "CHÍNH PHỦ___ Số: … | CỘNG HÒA …", as lines of their own."""
    done: list[Line] = []
    for line in lines:
        text = line.text
        if PIPE not in text or text == PIPE or text.startswith(PIPE):
            done.append(line)
            continue
        for cell in text.split(PIPE):
            for piece in re.split(
                r"[_—]{3,}|-{5,}|(?=Số ?: ?\d)|(?=Độc lập [-–])|(?<=[;.]) (?=- [^\W\d_])", cell
            ):
                pieces = _glued(piece.strip())
                for one in pieces:
                    done += [Line(one), Line("")]
    return done


def _glued(text: str) -> list[str]:
    """Lines that lost their breaks: "TM. CHÍNH PHỦKT. THỦ TƯỚNG(Đã ký)Nguyễn Văn A" in parts."""
    text = re.sub(
        r"(?<=[^\s.])(?=(?:KT|TM|TL|TUQ)\. ?[^\W\d_])|(?<=[^\W\d_])(?=\((?:Đã ký|đã ký)\))|(?<=\))(?=[^\W\d_])",
        "\n",
        text,
    )
    text = re.sub(
        r"(?<=[A-ZĐƯỚÓỦÀÂÊÔ])(?=(?:PHÓ|CHỦ TỊCH|BỘ TRƯỞNG|THỨ TRƯỞNG|GIÁM ĐỐC) ?)(?<! )", "\n", text
    )
    return [part.strip() for part in text.split("\n") if part.strip()]


def _prose(part: Prose, draft: Draft) -> None:
    """Paragraphs and Markdown tables of lines without scraps."""
    run: list[Line] = []
    table: list[Line] = []
    for line in [*part.lines, Line("")]:
        if line.text.startswith(PIPE) and line.text.count(PIPE) > 1:
            table.append(line)
            continue
        if table and line.text:  # a row whose first cell lost its opening bar goes on with the table
            pass
        if table:
            _paragraphs(run, draft)
            run = []
            _markdown_table(table, draft)
            table = []
        run.append(line)
    _paragraphs(run, draft)


def _paragraphs(lines: Sequence[Line], draft: Draft) -> None:
    for paragraph in join_lines(lines):
        _paragraph(paragraph, draft)


def _paragraph(paragraph: Paragraph, draft: Draft) -> None:
    text = re.sub(r"^(?:[-—–_=]{2,} ?)+|(?: ?[—_=]{3,})+$", "", one_line(paragraph.text))
    draft.paragraph(text, paragraph.page, paragraph.strong)


def _markdown_table(lines: Sequence[Line], draft: Draft) -> None:
    rows = [
        [cell.strip() for cell in line.text.strip().removeprefix(PIPE).removesuffix(PIPE).split(PIPE)]
        for line in lines
    ]
    marks = [bool(_DELIMITER_ROW.match(line.text)) for line in lines]
    if len(rows[0]) == 2 and _is_fact_head(rows[0]) and any(marks):
        for row, is_mark in zip(rows[1:], marks[1:], strict=True):
            if not is_mark and len(row) == 2 and is_known(row[1]):
                draft.fact(row[0], row[1])
        return
    draft.table(row for row, is_mark in zip(rows, marks, strict=True) if not is_mark)
