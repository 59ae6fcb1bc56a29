"""Hard-wrapped lines back into paragraphs, by the marks of Vietnamese administrative documents.

The plain-text and PDF readers call it. A line that begins with a structural mark starts a paragraph, unless the
line above is cut off in the middle of a reference ("khoản 2" / "Điều 5 của Luật này"); otherwise the width of the
lines, their last sign, capitals and bold type decide.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Line:
    """One source line, blanks collapsed; an empty text is a blank line."""

    text: str
    bold: float = 0.0  # share of its letters in bold, 0–1
    starts_bold: bool = False
    heading: bool = False  # marked as a heading in the source
    open_end: bool = False  # bold or italic goes on into the next line
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    strong: bool = False
    page: int | None = None


#: Capitals of Vietnamese, for a character class (from U+1EA0 on capitals and small letters alternate).
UPPER = "A-ZÀ-ÃÈ-ÊÌÍÒ-ÕÙÚÝĂĐĨŨƠƯ" + "".join(map(chr, range(0x1EA0, 0x1EFA, 2)))
#: The words of a reference, not those of "tài khoản", "thời điểm", "danh mục", "hằng năm".
_KHOAN, _MUC, _NAM = "(?<!tài )khoản", "(?<!danh )(?<!hạng )mục", "(?<!hằng )(?<!hàng )năm"
_DIEM = "(?<!thời )(?<!địa )(?<!quan )(?<!trọng )(?<!đặc )(?<!ưu )(?<!tính )điểm"
#: Words after which a sentence goes on: a line ending in one of them is never the end of a paragraph.
_OPEN_END = re.compile(
    rf"(?:[,(“/–-]|\b(?:tại|của|theo|và|hoặc|các|những|với|về|số|ngày|tháng|{_NAM}|{_KHOAN}|{_DIEM}|điều|chương|{_MUC}|phần"
    rf"|phụ lục|đến|từ|cho|do|bởi|là|để|trong|trên|thuộc|giữa|như|khi|một|hay|bằng|vào|ở|tới|mẫu|cùng|đối với"
    rf"|sửa đổi|bổ sung|thay thế|luật|nghị định|quyết định số|thông tư số|cấp|được|không|có|việc|bộ|sở|tỉnh|huyện|xã"
    rf"|(?:điều|khoản|mục|chương|phần) [\divxlc]+[a-zđ]?|điểm [a-zđ]))$",
    re.IGNORECASE,
)
#: Ends at which a structural mark on the next line is part of a reference.
_REFERENCE_END = re.compile(
    rf"(?:[(,/]|\b(?:tại|của|theo|và|hoặc|các|với|về|số|ngày|tháng|{_NAM}|{_KHOAN}|{_DIEM}|điều|chương|{_MUC}|phần|phụ lục|đến|từ"
    rf"|bởi|là|trong|thuộc|giữa|như|mẫu|đối với|sửa đổi|bổ sung|bãi bỏ|thay thế|hướng dẫn|quy định|thực hiện|căn cứ"
    rf"|(?:điều|khoản|mục|chương|phần) [\divxlc]+[a-zđ]?|điểm [a-zđ]))$",
    re.IGNORECASE,
)
#: Ends at which a title goes on with a name, "… của" / "Bộ Nội vụ".
_TITLE_GOES_ON = re.compile(
    r"(?:[,(“/–-]|\b(?:tại|của|theo|và|hoặc|các|những|với|về|đến|từ|cho|do|bởi|là|để|trong|trên|thuộc|giữa|như|khi|hay|bằng"
    r"|vào|ở|tới|cùng|số|Bộ|Sở|Luật|Nghị định|Nghị quyết|Thông tư|Quyết định|Ủy ban|tỉnh|thành phố|Điều|khoản \d+))$"
)
#: Ends at which even "14." is part of a reference.
_NUMBER_AWAITED = re.compile(
    rf"(?:[(/]|\b(?:số|ngày|tháng|{_NAM}|{_KHOAN}|{_DIEM}|điều|chương|{_MUC}|phần|phụ lục|mẫu|đến|từ|và|hoặc"
    rf"|(?:điều|khoản|mục) \d+,|điểm [a-zđ],))$",
    re.IGNORECASE,
)
_IN_TEXT = r"(?:này|của|Luật|Bộ luật|Nghị|Thông tư|Quyết|Quy|Pháp lệnh|Hiến|và|hoặc|đến|tại|thì|được|trên|nêu|là|kèm|ban hành|[,;.)])"
_ARTICLE = re.compile(r"Điều \d{1,3}[a-zđ]?(?: ?[.:/]|$)")
_ARTICLE_TITLED = re.compile(rf"Điều \d{{1,3}}[a-zđ]?[ -]+(?!{_IN_TEXT}|Chương|Mục|khoản)[{UPPER}“]")
_DIVISION = re.compile(
    r"(?:(?:Chương|CHƯƠNG|Mục|MỤC|Tiểu mục|TIỂU MỤC|Phần|PHẦN) (?:thứ [^\W\d_]+|THỨ [^\W\d_]+|[IVXLC]+|\d{1,2})\b"
    rf"(?!,? (?:{_IN_TEXT}|Chương|Mục|Phần|Điều|khoản))(?! ?[,;)])"
    rf"|(?:Phụ lục|PHỤ LỤC|Mẫu số|MẪU SỐ|Biểu mẫu|BIỂU MẪU)\b(?! (?:{_IN_TEXT}|\S+ (?:{_IN_TEXT}|Điều|khoản))))"
)
_NUMBER = re.compile(
    rf"(?:[IVXLC]{{1,6}}[.)]|\d{{1,2}}/(?= [{UPPER}])|\d{{1,3}}(?:\.\d{{1,3}}){{0,4}}[.)]|[A-ZĐ]\.|\d{{1,2}}\.\d{{1,2}}(?= [{UPPER}]))(?= ?[^\W\d_“\"(]|$)"
)
_POINT = re.compile(r"[a-zđ]\d?(?:[.)] ?|- )(?=\S|$)")
_DASH = re.compile(r"(?:[-–—−+•▪·●○◦*¨Ø] ?(?=[^\s\d]|\d)|-$|\+$)")
_LEAD = re.compile(
    r"(?:Căn cứ|CĂN CỨ|Xét đề nghị|Xét Tờ trình|Theo đề nghị|Số ?:|Luật số ?:|Nghị quyết số ?:|Nơi nhận|NƠI NHẬN|Kính gửi"
    r"|Độc lập ?[-–]|ĐỘC LẬP ?[-–]|\((?:Kèm|Ban hành|Đính kèm|Phụ lục|Đã ký|Ký|Dùng)|TM\.|KT\.|TL\.|TUQ\.|T/M|K/T"
    r"|\[\d{1,3}\]|Ghi chú ?:|“?Điều \d|\.{6})"
)
_PLACE_DATE = re.compile(rf"[{UPPER}][\w.]*(?: [{UPPER}][\w.]*){{0,5}}, ?(?:ngày|Ngày)\b")
_RANK = re.compile(
    r"(?:PHÓ |QUYỀN )?(?:CHỦ TỊCH|BỘ TRƯỞNG|THỨ TRƯỞNG|GIÁM ĐỐC|CHÁNH VĂN PHÒNG|CHÁNH ÁN|TỔNG (?:THANH TRA|GIÁM ĐỐC|KIỂM TOÁN)"
    r"|CHỦ NHIỆM|VỤ TRƯỞNG|CỤC TRƯỞNG|TRƯỞNG BAN|THỦ TƯỚNG|VIỆN TRƯỞNG|HIỆU TRƯỞNG|THỐNG ĐỐC)\b"
)
_AGENCY = re.compile(
    r"(?:[ỦU][YỶỲ] BAN|ỦY BAN|UỶ BAN|UBND|HỘI ĐỒNG|BỘ|SỞ|CHÍNH PHỦ|THỦ TƯỚNG|QUỐC HỘI|VĂN PHÒNG|TỈNH ỦY|BAN|CỤC|THANH TRA)\b"
)
_KINDS = (
    "QUYẾT ĐỊNH|NGHỊ ĐỊNH|NGHỊ QUYẾT|QUYẾT NGHỊ|THÔNG TƯ(?: LIÊN TỊCH)?|LUẬT|BỘ LUẬT|PHÁP LỆNH|HIẾN PHÁP|LỆNH|CHỈ THỊ"
    "|KẾ HOẠCH|ĐỀ ÁN|QUY CHẾ|QUY ĐỊNH|QUY CHUẨN|ĐIỀU LỆ|NỘI QUY|CHƯƠNG TRÌNH|THÔNG BÁO|BÁO CÁO|TỜ TRÌNH|HƯỚNG DẪN"
    "|CÔNG VĂN|CÔNG ĐIỆN|KẾT LUẬN|DANH MỤC|PHƯƠNG ÁN|QUY TRÌNH|CHIẾN LƯỢC|DỰ ÁN|THÔNG TRI|GIẤY MỜI|BIÊN BẢN"
)
_KIND_LINE = re.compile(rf"(?:{_KINDS}) ?:?$")
_DIVISION_LINE = re.compile(
    r"(?:Chương|CHƯƠNG|Mục|MỤC|Tiểu mục|TIỂU MỤC|Phần|PHẦN|Phụ lục|PHỤ LỤC)(?: (?:thứ|THỨ) [^\W\d_]+| số| SỐ| [IVXLC]+| \d{1,2}[a-zđ]?)*[.:]?$"
)
_LONE_MARK = re.compile(
    r"(?:Điều|Chương|CHƯƠNG|Mục|[-+•–]|\d{1,3}(?:\.\d{1,2})*[.)]|[a-zđ]\)|[IVX]+\.|\[\d{1,3}\]|Căn)$"
)
_TERMINAL = re.compile(r"[.!?;:…][”\"’)]?$")
_RULE = re.compile(r"[\W_]{2,}$")
_TWO_COLUMNS = re.compile(
    rf"(?P<left>[{UPPER}][{UPPER} ,.-]{{3,70}}?|Số ?: ?[^ ]*\d*[^ ]*/[^ ]+) [—–_-]*(?P<right>CỘNG H[ÒO][AÀ] XÃ HỘI CHỦ NGHĨA VIỆT NAM|(?:[{UPPER}][^\W\d]+[ .]?){{1,5}}, ngày .*\d{{4}})$"
)
_MOTTO = re.compile(r"(?:CỘNG ?HÒA|CỘNG HOÀ) XÃ|Độc lập", re.IGNORECASE)


def join_lines(lines: Sequence[Line]) -> list[Paragraph]:
    """Paragraphs of consecutive lines. A blank line always ends a paragraph, a rule ("-----") too."""
    lines = _with_lone_marks_joined(_with_letterheads_split(lines))
    layout = _Layout.of(lines)
    done: list[Paragraph] = []
    run: list[Line] = []
    for position, line in enumerate(lines):
        if not line.text or _RULE.match(line.text):
            _close(run, done)
            continue
        following = next((other.text for other in lines[position + 1 :] if other.text), "")
        if run and not _continues(run, line, following, layout):
            _close(run, done)
        run.append(line)
    _close(run, done)
    return _over_gaps(done)


def _over_gaps(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Joins a sentence that a page break or a stray blank line cut in two."""
    done: list[Paragraph] = []
    for paragraph in paragraphs:
        text = paragraph.text
        if (
            done
            and len(done[-1].text) > 40
            and not _TERMINAL.search(done[-1].text)
            and not _is_caps(done[-1].text)
        ):
            goes_on = text[:1].islower() and not starts_structure(text)
            refers = bool(re.match(rf"(?:Điều|khoản|Khoản) \d+[a-zđ]? {_IN_TEXT}", text))
            if goes_on or (refers and _REFERENCE_END.search(done[-1].text)):
                before = done.pop()
                done.append(replace(before, text=f"{before.text} {text}"))
                continue
        done.append(paragraph)
    return done


def _with_letterheads_split(lines: Sequence[Line]) -> list[Line]:
    """Two columns run together on one line, "CHÍNH PHỦ CỘNG HÒA …" or "Số: … Hà Nội, ngày …", become two lines."""
    done: list[Line] = []
    for line in lines:
        match = _TWO_COLUMNS.match(line.text)
        if match:
            done += [replace(line, text=match["left"]), Line(""), replace(line, text=match["right"])]
        else:
            done.append(line)
    return done


def _with_lone_marks_joined(lines: Sequence[Line]) -> list[Line]:
    """A mark alone on its line ("Điều", "2.", "-") is put before the line that follows it."""
    done: list[Line] = []
    for line in lines:
        if done and line.text and _LONE_MARK.match(done[-1].text):
            mark = done.pop()
            text = f"{mark.text} {line.text}"
            bold = (mark.bold * len(mark.text) + line.bold * len(line.text)) / len(text)
            line = replace(line, text=text, bold=bold, starts_bold=mark.starts_bold, page=mark.page)
        done.append(line)
    return done


def starts_structure(text: str) -> bool:
    """Whether a paragraph of its own begins with a structural mark."""
    bare = text.lstrip("“\"'")
    return bool(
        _ARTICLE.match(bare)
        or _ARTICLE_TITLED.match(bare)
        or _DIVISION.match(bare)
        or _NUMBER.match(bare)
        or _POINT.match(bare)
        or _DASH.match(bare)
        or _LEAD.match(text)
        or _PLACE_DATE.match(text)
    )


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a source breaks its lines."""

    width: int  # the width at which lines are wrapped, characters; 0: lines are whole paragraphs
    blank_separated: bool  # blank lines stand between paragraphs
    first_word_breaks: bool  # the first word of a paragraph often stands alone on its line

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "_Layout":
        texts = [line.text for line in lines if line.text]
        letters = sum(map(len, texts))
        long = sum(len(text) for text in texts if len(text) > 150)
        lengths = sorted(len(text) for text in texts if 40 <= len(text) <= 150)
        width = lengths[int(len(lengths) * 0.95)] if lengths and long < 0.4 * letters else 0
        pairs = list(pairwise(lines))
        blanks = sum(1 for one, two in pairs if one.text and not two.text)
        stubs = sum(
            1
            for one, two in pairs
            if one.text and two.text[:1].islower() and len(one.text) < 12 and " " not in one.text
        )
        ends = sum(1 for text in texts if _TERMINAL.search(text))
        return cls(
            width=width,
            blank_separated=blanks > 10 and blanks >= 0.6 * ends,
            first_word_breaks=stubs >= 4,
        )


def _continues(run: Sequence[Line], line: Line, following: str, layout: _Layout) -> bool:
    """Whether `line` belongs to the paragraph that `run` holds so far."""
    last, text = run[-1].text, line.text
    whole = " ".join(part.text for part in run)
    if _alone(whole) or (line.heading and run[-1].heading != line.heading):
        return False
    if run[0].heading and not line.heading:
        return text[:1].islower() and not _TERMINAL.search(last) and not starts_structure(text)
    if _is_caps(text) and _AGENCY.match(text) and following.startswith(("Căn cứ", "Theo đề nghị", "Xét")):
        return bool(_REFERENCE_END.search(last)) and not last.endswith(")")
    if _KIND_LINE.match(text) and not _is_caps(last):
        return False
    terminal = bool(_TERMINAL.search(last))
    reference = bool(_REFERENCE_END.search(last)) and not terminal
    if starts_structure(text):
        # "… ĐIỆN TỪ" ends a title, not a sentence with "từ"
        refers = reference and not _is_caps(last)
        return _is_reference(last, text, line, run[-1], refers, terminal, layout)
    if run[-1].open_end and not terminal and not _KIND_LINE.match(last):
        return True
    if _MOTTO.match(text) or (_MOTTO.match(whole) and len(whole) > 36):
        return False
    if _is_caps(last) and _is_caps(text):
        return not terminal and (not _RANK.match(text) or reference) and not _RANK.fullmatch(last)
    first = text.lstrip("“\"'(")[:1]
    if first.islower():
        return not terminal or layout.width > 0
    if first.isdigit() and not terminal:
        return True
    if not first.isalnum() and text[:1] in ").,;:%”":
        return True
    if _is_caps(last) != _is_caps(text) and len(last) < 150 and not _OPEN_END.search(last):
        if _is_caps(last) and len(last) >= 6:
            return False
        if (
            _is_caps(text)
            and len(text) >= 12
            and " " in text
            and (terminal or len(last) < 0.7 * (layout.width or 80))
        ):
            return False
    if (
        run[-1].bold > 0.9
        and not line.starts_bold
        and line.bold < 0.5
        and len(last) < 0.9 * (layout.width or 80)
    ):
        return bool(_OPEN_END.search(last))
    if len(run) == 1 and not terminal and run[0].starts_bold and run[0].bold < 0.9:
        return True  # "Điều 4." in bold before running text
    return _wrapped(last, text, run, terminal, layout, following)


def _alone(text: str) -> bool:
    """Whether the text is a line of its own whatever follows: the kind of document, "Chương I"."""
    return bool(_KIND_LINE.match(text) or _DIVISION_LINE.match(text))


def _is_reference(
    last: str, text: str, line: Line, before: Line, reference: bool, terminal: bool, layout: _Layout
) -> bool:
    """Whether a line that looks like a structural start goes on with a sentence ("… tại" / "Điều 14.")."""
    if re.match(r"[-–] ?\d{4}\b", text) and last[-1:].isdigit():
        return True
    if _DASH.match(text) or _LEAD.match(text):
        return bool(re.match(r"“?Điều \d", text)) and reference and not line.starts_bold
    if terminal:
        return False
    if line.starts_bold and not before.starts_bold and before.bold < 0.9:
        return False
    if _NUMBER.match(text) or _POINT.match(text):
        if _ARTICLE.match(last) and re.match(r"(?:1[.)]|a\))", text):
            return False  # "Điều 5. Cấp lại biểu mẫu" / "1. Người …": the text of the article begins
        if re.search(r"[;,] (?:và|hoặc)$", last):
            return False  # "…; hoặc" / "b) …": the next item of a list
        return bool(_NUMBER_AWAITED.search(last)) and not (_is_caps(last) and starts_structure(last))
    short = len(last) < 0.55 * layout.width and starts_structure(last)
    return reference and not short


def _wrapped(
    last: str, text: str, run: Sequence[Line], terminal: bool, layout: _Layout, following: str
) -> bool:
    """Whether the break between two lines with no other sign is a wrap: by punctuation and width."""
    word = len(text.split(" ", 1)[0])
    titled = len(run) == 1 and re.match(rf"Điều \d{{1,3}}[a-zđ]?\. ?[{UPPER}]", last)
    if (
        titled
        and text[:1].isupper()
        and last[-1] not in ",(–-"
        and len(last) + word < 0.7 * (layout.width or 200)
    ):
        return False  # a title that ends well before the margin, whatever its last word
    whole = " ".join(line.text for line in run)
    begun = re.match(rf"Điều \d{{1,3}}[a-zđ]?\. ?[{UPPER}]", whole) and not re.search(r"[.;:]\s", whole[12:])
    if begun and text[:1].isupper() and not terminal and not _TITLE_GOES_ON.search(last):
        # a full line: "Điều 5. … của" / "Bộ Nội vụ" / "1. …" is one title, else the text of the article begins
        return starts_structure(following) and not _TERMINAL.search(text)
    if not layout.width or len(last) > 1.6 * layout.width:
        return not terminal and bool(_OPEN_END.search(last)) and len(last) < 150
    if terminal:
        if last[-1] in ";:":
            return False
        return len(last) + word > (0.85 if layout.blank_separated else 0.97) * layout.width
    if _OPEN_END.search(last) or layout.blank_separated:
        return True
    if layout.first_word_breaks and len(run) == 1 and len(last) < 14:
        return True
    return len(last) + word > 0.6 * layout.width


def _is_caps(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 1 and sum(c.isupper() for c in letters) >= 0.9 * len(letters)


def _close(run: list[Line], done: list[Paragraph]) -> None:
    if run:
        text = " ".join(line.text for line in run)
        letters = sum(len(line.text) for line in run)
        bold = sum(len(line.text) * line.bold for line in run)
        done.append(Paragraph(text, run[0].heading or bold > 0.85 * letters, run[0].page))
        run.clear()
