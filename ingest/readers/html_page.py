"""HTML: the article of a page without menus, scripts, forms and advertisements; tables as tables.

`ingest.read` calls it. A legal document is the smallest element around all its marks (letterhead, articles, recipients);
any other article is found by following the child that holds most of the text outside of links.
"""

import re
from typing import Any

from bs4 import BeautifulSoup, Comment, Tag
from bs4.element import NavigableString

from ingest.legacy_fonts import LegacyText, from_runs, scheme_of
from ingest.readers.draft import Draft, clean, one_line
from ingest.readers.letterhead import is_layout
from ingest.readers.paragraphs import Line, join_lines
from ingest.readers.portal import is_attribute, is_known, without_furniture
from ingest.reading import ReadFailure, Reading

_DROPPED = """script style noscript iframe object svg canvas template nav footer aside button input select
    textarea option label""".split()  # noqa: SIM905
_BLOCKS = frozenset(
    """address article blockquote body center dd div dl dt figure figcaption form h1 h2 h3 h4 h5 h6 header hr li
    main ol p pre section table tbody thead tfoot tr td th ul details summary fieldset""".split()  # noqa: SIM905
)
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BOLD = {"b", "strong", "th", *_HEADINGS}
_FURNITURE = (
    "menu",
    "breadcrumb",
    "sidebar",
    "advert",
    "banner",
    "popup",
    "modal",
    "cookie",
    "comment",
    "share",
    "social",
    "toolbar",
)
_FONT_FAMILY = re.compile(r"(?is).*?font-family\s*:\s*[\"']?([^\"';,]*).*")
_SHARE = 0.6  # a child with this share of the text is where the article is
_MAX_DEPTH = 500  # elements within elements; pages saved by Word reach about 100
_MENU_LINKS, _MENU_SHARE = 3, 0.7
_MIN_MARKS = 3
_SHORT = 2000  # characters; a page that refuses says little more
_FACT_LENGTH = 160  # characters of an attribute and its value
_INNER = frozenset("p tr tbody b strong i em u span font h1 h2 h3 h4 h5 h6 a".split())  # noqa: SIM905
#: What stands at the beginning of a line of a legal document, and nowhere else on a portal's page.
_MOTTO = re.compile(r"\s*(?:CỘNG ?H[ÒO][AÀ] XÃ HỘI|ĐẢNG CỘNG SẢN VIỆT NAM)")
_ARTICLE = re.compile(r"\s*Điều \d+")
_MARK = re.compile(
    rf"^(?:{_MOTTO.pattern}|{_ARTICLE.pattern}[.:]|\s*(?:Điều \d+\s*$|Chương [IVXLC\d]+|CHƯƠNG [IVXLC\d]+|Nơi nhận|NƠI NHẬN|Căn cứ "
    r"|PHỤ LỤC|Phụ lục|DANH MỤC|BIỂU MẪU|Biểu số|Mẫu số|\(?Kèm theo|\(?Ban hành kèm|(?:QUYẾT ĐỊNH|NGHỊ ĐỊNH|NGHỊ QUYẾT|THÔNG TƯ|KẾ HOẠCH|LUẬT) ?:?\s*$))",
    re.MULTILINE,
)
_REFUSALS = (
    (re.compile(r"captcha|Checking your browser|Just a moment|Verify you are (?:a )?human|Access denied|không phải (?:là )?(?:robot|người máy)", re.I), "trang kiểm tra truy cập"),
    (re.compile(r"^(?:Error )?(?:4\d\d|50\d)\b|404 Not Found|Bad Gateway|Service Unavailable|Internal Server Error|[Kk]hông tìm thấy (?:trang|nội dung|văn bản)|[Tt]rang (?:bạn|này).{0,30}không tồn tại|Page [Nn]ot [Ff]ound|Runtime Error", re.M), "trang báo lỗi của máy chủ"),
    (re.compile(r"enable JavaScript|bật JavaScript|need(?:s)? JavaScript", re.I), "trang chỉ hiện nội dung khi chạy mã lệnh"),
    (re.compile(r"^Đăng nhập\b|[Bb]ạn (?:cần|phải|chưa) đăng nhập|[Vv]ui lòng đăng nhập", re.M), "trang đăng nhập"),
)  # fmt: skip
_TABLE_MARK = "\ue000"  # stands for a table among the lines
MEDIA_TYPE = "text/html"


def read_html(text: str) -> Reading:
    """Reading of a web page or of a document saved as HTML. Raises `ReadFailure` for pages that are no document."""
    soup = BeautifulSoup(text, "lxml")
    _refuse_depth(soup)
    _mend(soup)
    draft = Draft()
    if soup.title and soup.title.string:
        draft.fact("tiêu đề trang", soup.title.string)
    for meta in soup.find_all("meta"):
        if meta.get("property") == "article:published_time" or meta.get("name") == "pubdate":
            draft.fact("ngày đăng", str(meta.get("content") or ""))
    refusal = _refusal(soup)
    _prune(soup)
    body = soup.body or soup
    root = _document(body) or _article(body)
    _attributes(body, root, draft)
    page = _Page(draft)
    page.walk(root, bold=False)
    page.flush()
    lines, facts = without_furniture(page.lines)
    for key, value in facts:
        draft.fact(key, value)
    run: list[Line] = []
    for line in [*lines, Line(_TABLE_MARK)]:
        if not line.text.startswith(_TABLE_MARK):
            run.append(line)
            continue
        for paragraph in join_lines(run):
            draft.paragraph(paragraph.text, strong=paragraph.strong)
        run = []
        if line.text != _TABLE_MARK:
            draft.table(page.tables[int(line.text[1:])])
    reading = draft.reading(MEDIA_TYPE)
    if refusal and len(reading.text) < _SHORT and not _MARK.search(reading.text):
        raise ReadFailure("not_a_document", refusal)
    return reading


def _refuse_depth(soup: BeautifulSoup) -> None:
    """Pages nested without end only exist to hurt; what follows takes time in proportion to the depth."""
    depths = {id(soup): 0}
    for element in soup.find_all(True):
        depth = depths[id(element)] = depths.get(id(element.parent), 0) + 1
        if depth > _MAX_DEPTH:
            raise ReadFailure(
                "broken",
                "Trang web lồng quá nhiều lớp nên không đọc được; hãy lưu lại thành PDF rồi nộp lại.",
            )


def _mend(soup: BeautifulSoup) -> None:
    """Text typed for legacy fonts as Unicode."""
    for element in soup.find_all(["font", "span", "p", "b", "td"]):
        font = str(element.get("face") or _FONT_FAMILY.sub(r"\1", str(element.get("style") or "")))
        if scheme_of(font):
            for node in element.find_all(string=True):
                node.replace_with(NavigableString(from_runs([(str(node), font)])))
    legacy = LegacyText.of(soup.get_text("\n"))
    if legacy.schemes:
        for node in soup.find_all(string=True):
            if type(node) is NavigableString:
                node.replace_with(NavigableString(legacy.mend(str(node))))


def _refusal(soup: BeautifulSoup) -> str:
    """What the page is instead of a document, for the operator, or "" where nothing says so."""
    title = one_line(soup.title.get_text()) if soup.title else ""
    words = f"{title}\n{one_line(soup.get_text(' '))[:_SHORT]}"
    if soup.find("input", type="password"):
        return "Đây là trang đăng nhập, không phải văn bản; hãy đăng nhập trên trình duyệt, tải tệp văn bản rồi nộp lại."
    for pattern, what in _REFUSALS:
        if pattern.search(words):
            return f"Đây là {what}, không phải văn bản; hãy mở trang trên trình duyệt, tải tệp văn bản rồi nộp lại."
    return ""


def _prune(soup: BeautifulSoup) -> None:
    for element in soup.find_all(_DROPPED):
        element.decompose()
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for element in soup.find_all(True):
        if element.decomposed or element.name in ("html", "body", "table", "form"):
            continue
        style = str(element.get("style") or "").replace(" ", "").lower()
        names = " ".join([str(element.get("id") or ""), *(element.get("class") or [])]).lower()
        furniture = any(word in names for word in _FURNITURE) and len(element.get_text()) < 3000
        hidden = "display:none" in style or "visibility:hidden" in style or element.has_attr("hidden")
        if hidden or furniture or _is_link_list(element):
            element.decompose()


def _is_link_list(element: Tag) -> bool:
    """Whether an element is a menu or a list of other pages: three links or more, and hardly any text beside them."""
    if element.name not in ("ul", "ol", "div", "header", "section"):
        return False
    links = [len(one_line(link.get_text())) for link in element.find_all("a", href=True)]
    if len(links) < _MENU_LINKS or element.find("p"):
        return False
    return sum(links) >= _MENU_SHARE * len(one_line(element.get_text()))


def _document(body: Tag) -> Tag | None:
    """The smallest element around all marks of a legal document, None where the page does not look like one."""
    marked: list[Tag] = []
    motto = articles = 0
    for node in body.find_all(string=_MARK):
        if node.parent is not None and not node.find_parent("a", href=True):
            marked.append(node.parent)
            motto += bool(_MOTTO.match(node.strip()))
            articles += bool(_ARTICLE.match(node.strip()))
    if len(marked) < _MIN_MARKS or not (motto or articles > 1):
        return None
    around: Tag = marked[0]
    others = {id(one) for one in marked}
    while around is not body and around.parent is not None:
        inside = {id(around)} | {id(one) for one in around.find_all(True)}
        if others <= inside and around.name not in _INNER:
            return around
        around = around.parent
    return body


def _attributes(body: Tag, root: Tag, draft: Draft) -> None:
    """Facts the portal states beside the document: "Hiệu lực: Còn hiệu lực"."""
    within = {id(one) for one in root.find_all(True)} | {id(root)}
    for element in body.find_all(["li", "p", "div", "tr"]):
        if id(element) in within or element.find(["li", "p", "div", "tr", "table"]):
            continue
        cells = [one_line(cell.get_text(" ")) for cell in element.find_all(["td", "th"])]
        pairs = list(zip(cells[::2], cells[1::2], strict=False)) if element.name == "tr" else []
        if not pairs:
            key, _, value = one_line(element.get_text(" ")).partition(":")
            pairs = [(f"{key}:", value.strip())] if len(key) + len(value) < _FACT_LENGTH else []
        for key, value in pairs:
            if key.endswith(":") and value and is_known(value) and is_attribute(key):
                draft.fact(key, value)


def _article(root: Tag) -> Tag:
    """The smallest element that still holds most of the page's text outside of links, with the page's heading."""
    heading = root.find("h1")
    found = _heaviest(root)
    if isinstance(heading, Tag) and found is not root and id(heading) not in map(id, found.find_all("h1")):
        for around in found.parents:
            if around is root or _plain(around) > 2 * _plain(found):
                break
            if any(one is heading for one in around.find_all("h1")):
                return around
    return found


def _heaviest(root: Tag) -> Tag:
    while True:
        total = _plain(root)
        best = max((child for child in root.children if isinstance(child, Tag)), key=_plain, default=None)
        if best is None or best.name not in _BLOCKS | {"span", "font"} or _plain(best) < _SHARE * total:
            return root
        if best.name in ("p", "tr", "tbody", "ul", "ol", *_HEADINGS) and best.name != "tbody":
            return root if best.name != "tr" else best
        if (
            best.name == "table"
            and not is_layout(_cells(best))
            and not best.find("table")
            and _longest(best) < 1500
        ):
            return root
        root = best


def _plain(element: Tag) -> int:
    """Characters outside of links."""
    cached = getattr(element, "_plain_length", None)
    if isinstance(cached, int):
        return cached
    links = (len(link.get_text()) for link in element.find_all("a", href=True))
    length = len(element.get_text()) - sum(links)
    element._plain_length = length  # type: ignore[attr-defined]
    return length


def _longest(table: Tag) -> int:
    return max((len(cell.get_text()) for cell in table.find_all(["td", "th"])), default=0)


def _cells(table: Tag) -> list[list[str]]:
    """Texts of the table's own cells."""
    return [
        [_with_breaks(cell) for cell in row.find_all(["td", "th"]) if cell.find_parent("tr") is row]
        for row in table.find_all("tr")
        if row.find_parent("table") is table
    ]


def _with_breaks(element: Tag) -> str:
    parts: list[str] = []
    for node in element.descendants:
        if isinstance(node, NavigableString):
            words = one_line(node)
            parts.append(" " * node[:1].isspace() + words + " " * node[-1:].isspace() if words else " ")
        elif isinstance(node, Tag) and (node.name == "br" or node.name in _BLOCKS):
            parts.append("\n")
    return "\n".join(line for line in ("".join(parts)).split("\n") if line.strip())


class _Page:
    """Lines of the article, a blank line between blocks; tables aside."""

    def __init__(self, draft: Draft) -> None:
        self.lines: list[Line] = []
        self.tables: list[list[list[str]]] = []
        self._draft = draft
        self._parts: list[tuple[str, bool]] = []
        self._heading = False

    def walk(self, element: Tag, bold: bool) -> None:
        for node in element.children:
            if isinstance(node, NavigableString):
                self._parts.append((clean(str(node)).replace("\n", " "), bold))
            elif not isinstance(node, Tag):
                continue
            elif node.name == "br":
                self.flush(blank=False)
            elif node.name == "table":
                self._table(node)
            elif node.name in _BLOCKS:
                self.flush()
                self._heading = node.name in _HEADINGS
                self.walk(node, bold or node.name in _BOLD)
                self.flush()
                self._heading = False
            else:
                style = str(node.get("style") or "").replace(" ", "")
                self.walk(
                    node,
                    bold or node.name in _BOLD or "font-weight:bold" in style or "font-weight:700" in style,
                )

    def flush(self, blank: bool = True) -> None:
        """Ends the current line; `blank`: and the block."""
        text = " ".join("".join(part for part, _ in self._parts).split())
        if text:
            letters = sum(len(part.strip()) for part, _ in self._parts)
            bold = sum(len(part.strip()) for part, is_bold in self._parts if is_bold)
            first = next((is_bold for part, is_bold in self._parts if part.strip()), False)
            self.lines.append(Line(text, bold / letters if letters else 0.0, first, self._heading))
        self._parts = []
        if blank and self.lines and self.lines[-1].text:
            self.lines.append(Line(""))

    def _table(self, table: Tag) -> None:
        self.flush()
        rows = _cells(table)
        filled = [[cell for cell in row if cell.strip()] for row in rows]
        if any(filled) and all(
            len(row) % 2 == 0 and all(key.strip().endswith(":") for key in row[::2]) for row in filled
        ):
            for row in filled:  # the portal's attributes of the document
                for key, value in zip(row[::2], row[1::2], strict=True):
                    if is_known(value) and is_attribute(key):
                        self._draft.fact(key, value)
        elif table.find("table") or is_layout(rows) or _longest(table) > 4000:
            for cell in table.find_all(["td", "th"]):
                if cell.find_parent("table") is table:
                    self.flush()
                    self.walk(cell, bold=False)
                    self.flush()
        else:
            self.lines += [Line(f"{_TABLE_MARK}{len(self.tables)}"), Line("")]
            self.tables.append(_merged(table))


def _merged(table: Tag) -> list[list[str]]:
    """Rows of a data table; cells merged downwards leave "" below them, so that columns keep their place."""
    rows: list[list[str]] = []
    pending: dict[int, int] = {}  # column -> rows still covered
    for row in table.find_all("tr"):
        if row.find_parent("table") is not table:
            continue
        cells: list[str] = []
        column = 0
        for cell in row.find_all(["td", "th"]):
            while pending.get(column, 0) > 0:
                pending[column] -= 1
                cells.append("")
                column += 1
            cells.append(_with_breaks(cell))
            span = _number(cell.get("rowspan"))
            wide = _number(cell.get("colspan"))
            if span > 1:
                pending.update(dict.fromkeys(range(column, column + wide), span - 1))
            column += wide
        rows.append(cells)
    return rows


def _number(value: Any) -> int:
    return min(int(value), 200) if str(value or "").isdigit() else 1
