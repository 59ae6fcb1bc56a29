"""The containers of a text: the main text, attached quy chế or đề án, appendices and forms. Called by `structure`.

Each of them counts its articles and sections anew, so the same "Điều 1" or "I." may stand in several of them.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.provision import Level
from corpus.spelling import fold
from ingest import marks
from ingest.lines import Line
from ingest.tables import table_rows

_ATTACHED_KINDS = (
    "QUY CHẾ", "QUY ĐỊNH", "QUY TRÌNH", "QUY CHUẨN", "ĐỀ ÁN", "KẾ HOẠCH", "CHƯƠNG TRÌNH", "PHƯƠNG ÁN", "DANH MỤC",
    "ĐIỀU LỆ", "NỘI QUY", "HƯỚNG DẪN", "CHIẾN LƯỢC", "BỘ CHỈ SỐ", "BỘ TIÊU CHÍ", "TIÊU CHÍ", "BẢNG", "DỰ ÁN",
)  # fmt: skip
_KIND = re.compile("(" + "|".join(_ATTACHED_KINDS) + r")(?![^\W\d_])")
#: Words that also begin a title inside an appendix: they open an attachment only with a "(kèm theo …)" note.
_NOTED_KIND = re.compile(r"(THỦ TỤC HÀNH CHÍNH|DANH SÁCH|BỘ QUY TẮC|KHUNG|LỘ TRÌNH)(?![^\W\d_])")
_WITH = re.compile(r"\(?\s*(?:Phê duyệt|Ban hành|Công bố|Được)?[^.;:]{0,30}\b[Kk]èm theo\b")
_APPENDIX = re.compile(
    r"(PHỤ LỤC|Phụ lục)(?:\s+(?:SỐ|số)?\s*([IVXLC]+|\d{1,3}|[A-Z])(?![^\W_]))?\s*[.:\-–]?\s*"
)
_FORM = re.compile(r"(?:MẪU|Mẫu)(?:\s+(?:SỐ|số))?\s*:?\s*(\d{1,3}[A-Za-zđ]?(?:[-./][A-ZĐ0-9]+)*)\s*[.:]?\s*")
#: "Bảng 2" alone on its line above a title and a "(kèm theo …)" note.
_TABLE_TITLE = re.compile(r"(BẢNG|Bảng|BIỂU|Biểu)(?:\s+(?:SỐ|số))?\s+(\d{1,2}|[IVX]{1,4})\s*[.:]?$")
_MOTTO = re.compile(r"(?:CỘNG H[OÒ][AÀ]\s+XÃ HỘI|[ĐD]ộc lập\s*[-–])", re.IGNORECASE)
#: Ends of a document: the list of recipients, the signature, "./.".
RECIPIENTS = re.compile(r"N[ơƠ][iI] [nN][hH][ậẬ][nN]\b")
SIGNATURE = re.compile(r"(?:TM|KT|TL|TUQ|Q)\s*\.\s*[A-ZĐÀ-Ỹ]")
END = re.compile(r"\./\.?\W*$")
#: A line longer than this is a sentence, not the title of a container.
_TITLE_MAX = 250


@dataclass(slots=True)
class Container:
    """Lines [first, stop) that count their provisions anew; `body` is the first line after its title."""

    level: Level | None  # None: the main text
    number: str
    label: str  # how what it holds is cited: "Quy chế kèm theo", "Phụ lục I"; "" for the main text
    path: str
    first: int
    body: int
    stop: int
    heading: str = ""
    name: str = ""  # its own label, also where what it holds is cited without it

    def __post_init__(self) -> None:
        self.name = self.name or self.label


def containers(lines: Sequence[Line]) -> list[Container]:
    """The containers in order; together they hold all lines.

    An appendix ends where the articles of the main text go on counting: some texts carry it in between.
    """
    parts = [Container(None, "", "", "", 0, 0, len(lines))]
    used: Counter[str] = Counter()
    seen_article = closed = False
    last_article = 0  # of the main text
    index = 0
    while index < len(lines):
        line = lines[index]
        found = None
        if not line.quoted:
            begun = seen_article or closed or parts[-1].level is not None
            found = _container_at(lines, index, begun=begun, seen_article=seen_article, closed=closed)
        if found is None:
            if line.table is None and not line.quoted:
                number = int(re.sub(r"\D", "", line.article.number)) if line.article else 0
                if parts[-1].level is not None and not seen_article and number == last_article + 1 > 1:
                    first = max(_title_before(lines, index), parts[-1].body)
                    parts[-1].stop = first
                    parts.append(Container(None, "", "", "", first, first, len(lines)))
                    closed = False
                if parts[-1].level is None:
                    last_article = max(last_article, number)
                seen_article = seen_article or line.article is not None
                closed = closed or _closes(line.text)
            index += 1
            continue
        used[found.path] += 1
        if used[found.path] > 1:
            found.path += f"~{used[found.path]}"
        parts[-1].stop = found.first
        parts.append(found)
        seen_article, closed = False, found.level is Level.APPENDIX
        index = max(found.body, index + 1)
    return parts


def _closes(text: str) -> bool:
    return bool(RECIPIENTS.match(text) or END.search(text) or SIGNATURE.match(text))


def _container_at(
    lines: Sequence[Line], index: int, *, begun: bool, seen_article: bool, closed: bool
) -> Container | None:
    """The container that line `index` opens. `begun`: the main text is over or a container is open already."""
    line = lines[index]
    if line.table is not None:
        rows = table_rows(line.table) if closed and seen_article and len(line.table.rows) >= 2 else ()
        if rows and rows[0].columns:
            return Container(Level.APPENDIX, "", "Phụ lục", "phu-luc", index, index, len(lines))
        return None
    with_note = any(_WITH.match(x.text) for x in lines[index + 1 : index + 7] if x.table is None)
    if found := _APPENDIX.match(line.text):
        rest = line.text[found.end() :]
        alone = not rest or (found[1].isupper() and (marks.is_capitals(rest) or len(rest) < 100))
        if alone or (with_note and len(line.text) < 200 and rest[:1].isupper()):
            number = found[2] or ""
            label = f"Phụ lục {number}".strip()
            path = f"phu-luc-{number}".strip("-")
            return _titled(
                lines, Container(Level.APPENDIX, number, label, path, index, index + 1, len(lines)), rest
            )
        return None
    if begun and (found := _FORM.match(line.text)) and _is_form_title(line.text[found.end() :]):
        number = found[1]
        path = "mau-" + re.sub(r"\W+", "-", number)
        container = Container(Level.APPENDIX, number, f"Mẫu số {number}", path, index, index + 1, len(lines))
        return _titled(lines, container, line.text[found.end() :])
    if (found := _TABLE_TITLE.match(line.text)) and (closed or index < 3) and _noted_below(lines, index):
        kind, number = found[1].capitalize(), found[2]
        path = f"{fold(kind)}-so-{number}".replace(" ", "-")
        container = Container(Level.APPENDIX, number, f"{kind} {number}", path, index, index + 1, len(lines))
        return _titled(lines, container, "")
    if (
        (seen_article or closed)
        and (found := _KIND.match(line.text))
        and marks.is_capitals(line.text)
        and (closed or with_note)
    ):
        return _attachment(lines, found[1], index, line.text)
    # a title without a known word: "PHÍ, LỆ PHÍ THUỘC PHẠM VI …" / "(Ban hành kèm theo Quyết định …)"
    titled = (
        marks.is_capitals(line.text) and marks.division(line.text) is None and not SIGNATURE.match(line.text)
    )
    if closed and titled and line.mark is None and _noted_below(lines, index):
        noted = _NOTED_KIND.match(line.text)
        return _attachment(lines, noted[1] if noted else "VĂN BẢN", index, line.text)
    restarts = seen_article and (mark := line.article) is not None and mark.number == "1"
    if restarts and (closed or with_note or _title_before(lines, index) < index):
        first = _title_before(lines, index)
        named = next((m[1] for x in lines[first:index] if (m := _KIND.match(x.text))), "")
        container = _attachment(
            lines, named or "VĂN BẢN", first, " ".join(x.text for x in lines[first:index])
        )
        container.body = index
        return container
    return None


def _is_form_title(rest: str) -> bool:
    """What may follow "Mẫu số 02" on its line: nothing or a title in capitals."""
    return not rest or marks.is_capitals(rest)


def _noted_below(lines: Sequence[Line], index: int) -> bool:
    """Whether "(kèm theo …)" follows, with nothing but more title between."""
    for line in lines[index + 1 : index + 5]:
        if line.table is not None or SIGNATURE.match(line.text) or END.search(line.text):
            return False
        if _WITH.match(line.text):
            return True
        if not marks.is_capitals(line.text):
            return False
    return False


def _attachment(lines: Sequence[Line], kind: str, index: int, title: str) -> Container:
    label = f"{kind.capitalize()} kèm theo"
    path = re.sub(r"\W+", "-", fold(kind))
    container = Container(Level.ATTACHMENT, "", label, path, index, index + 1, len(lines))
    return _titled(lines, container, title)


def _titled(lines: Sequence[Line], container: Container, title: str) -> Container:
    """Take the title lines and the "(Kèm theo …)" note below the first line of a container."""
    parts = [title] if title else []
    index = container.body
    while index < len(lines) and index < container.first + 8:
        line = lines[index]
        if line.table is not None or line.mark is not None:
            break
        if _WITH.match(line.text):
            index += 1
            if parts:
                break
            continue  # "Mẫu số 02" / "(kèm theo …)" / the title
        noted = any(_WITH.match(x.text) for x in lines[index + 1 : index + 5] if x.table is None)
        if _MOTTO.match(line.text) or line.text.startswith("TÊN CƠ QUAN"):
            break  # the letterhead of a form
        if not (marks.is_capitals(line.text) or (noted and len(line.text) < _TITLE_MAX)):
            break
        parts.append(line.text)
        index += 1
    container.body = index
    container.heading = " ".join(parts)
    return container


def _title_before(lines: Sequence[Line], index: int) -> int:
    """First of the title lines (capitals, "kèm theo" note, chapter) right above line `index`."""
    first = index
    while first > 0 and index - first < 8:
        line = lines[first - 1]
        if line.table is not None or line.quoted or END.search(line.text):
            break
        if not (marks.is_capitals(line.text) or _WITH.match(line.text) or marks.division(line.text)):
            break
        if line.article or SIGNATURE.match(line.text):
            break
        first -= 1
    return first
