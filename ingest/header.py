"""The header of a document: number, kind, issuer, dates, title, signer, authority. Called by the ingest pipeline.

The text itself is believed first; front matter and portal tables (`Reading.facts`) fill what it leaves open.
Only a summary that says so itself (front matter `tinh_chat`) is described by its front matter alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from corpus import number as numbers
from corpus.agency import agency_name, agency_of
from corpus.document import Authority, Document
from corpus.provision import Level, Provision
from corpus.spelling import fold
from ingest import marks
from ingest.casing import cased
from ingest.dates import dates_in, first_date
from ingest.reading import BlockKind, Reading
from ingest.relations import fact_key, relations
from ingest.tables import is_letterhead

#: The letterhead, the title and the căn cứ lines stand within this many paragraphs.
_HEAD_PARAGRAPHS = 70
_KINDS = (
    "Hiến pháp", "Bộ luật", "Luật", "Pháp lệnh", "Lệnh", "Nghị quyết liên tịch", "Nghị quyết", "Nghị định",
    "Quyết định", "Thông tư liên tịch", "Thông tư", "Chỉ thị", "Kế hoạch", "Thông báo", "Báo cáo", "Tờ trình",
    "Chương trình", "Hướng dẫn", "Kết luận", "Đề án", "Phương án", "Quy chế", "Quy định", "Công điện", "Công văn",
    "Văn bản hợp nhất", "Dự thảo",
)  # fmt: skip
_KIND_BY_FOLD = {fold(kind): kind for kind in _KINDS}
_KIND_START = re.compile(
    r"(" + "|".join(sorted((re.escape(k) for k in _KINDS), key=len, reverse=True)) + r")(?=\s|$)",
    re.IGNORECASE,
)
_NUMBER_LINE = re.compile(
    r"(?:(?:Luật|Nghị quyết|Nghị định|Pháp lệnh|Thông tư|Quyết định)\s+)?[Ss][ốỐ]\s*:?\s*(?=.*[-/])"
)
_NUMBER_ALONE = re.compile(r"(?:Luật\s+)?[Ss][ốỐ]\s*:\s*$")
_PLACE_DATE = re.compile(r"[^\d,.;]{2,60},\s*ngày\b", re.IGNORECASE)
_MOTTO = re.compile(r"CỘNG H[OÒ][AÀ]\s+XÃ HỘI|[ĐD]ộc lập\s*[-–]\s*[TtT]ự do", re.IGNORECASE)
_BASIS = re.compile(r"Căn cứ\b|Xét\b|Theo đề nghị\b|Thực hiện\b|Để\b", re.IGNORECASE)
_AUTHORITY_LINE = re.compile(
    r"(?:CHỦ TỊCH|BỘ TRƯỞNG|THỦ TƯỚNG|CHÍNH PHỦ|QUỐC HỘI|ỦY BAN|UỶ BAN|HỘI ĐỒNG|GIÁM ĐỐC|CHỦ NHIỆM|TỔNG THANH TRA|THỐNG ĐỐC|UBND)\b"
)
_ORGAN = re.compile(
    r"(?:CHÍNH PHỦ|QUỐC HỘI|ỦY BAN|UỶ BAN|HỘI ĐỒNG|BỘ|SỞ|BAN|THỦ TƯỚNG|VĂN PHÒNG|TRUNG TÂM|THANH TRA|TỔNG CỤC|CỤC|NGÂN HÀNG|CHỦ TỊCH|KIỂM TOÁN|TÒA ÁN|VIỆN)\b"
)
_PLACE_LINE = re.compile(r"(?:TỈNH|THÀNH PHỐ|HUYỆN|QUẬN|THỊ XÃ|XÃ|PHƯỜNG|ĐẶC KHU)\b")
_SIGNER_ROLE = re.compile(
    r"(?:TM|KT|TL|TUQ|Q)\.|(?:PHÓ )?(?:CHỦ TỊCH|BỘ TRƯỞNG|THỦ TƯỚNG|GIÁM ĐỐC|CHỦ NHIỆM|CHÁNH VĂN PHÒNG|THỨ TRƯỞNG)\b|THỨ TRƯỞNG\b"
)
_NAME = re.compile(r"[A-ZĐÀ-Ỹ][a-zà-ỹđ]+(?: [A-ZĐÀ-Ỹ][a-zà-ỹđ]+){1,4}$")
_OF_SELF = re.compile(
    r"(?P<subject>\b(?:Nghị định|Quyết định|Thông tư|Luật|Bộ luật|Nghị quyết|Pháp lệnh|Quy định|Quy chế|Chỉ thị|Kế hoạch"
    r"|Chương trình|Văn bản)(?P<this> này)?)[^.;]{0,90}?\bcó hiệu lực(?: thi hành| pháp luật)?,?\s+"
    r"(?:(?:kể\s+)?từ\s+)?(?:kể\s+)?(?:ngày\s+)?(?P<when>[^.;]{2,60})"
)
#: "… trước ngày Nghị định này có hiệu lực": a time named by the effect, not the effect itself.
_TIME_OF = re.compile(r"\b(?:ngày|khi|điểm|từ|trước|sau|đến)\s+$")
_OTHERS = re.compile(r"hết hiệu lực|thay thế|\bĐiều \d+|đến hết")
_FROM_SIGNING = re.compile(r"(?:được\s+)?(?:ký|ban hành|thông qua)\b", re.IGNORECASE)
_UNTIL = re.compile(
    r"(?P<lead>[^.;\n]{0,60}?)\b(?:Nghị định|Quyết định|Thông tư|Luật|Nghị quyết|Kế hoạch|Quy chế|Quy định|Chỉ thị) này "
    r"có hiệu lực(?: thi hành)?,?(?:\s+(?:kể\s+)?từ\s+ngày\s+(?:ký(?: ban hành)?|\d[\d/.-]+|\d+ tháng \d+ năm \d+))?,?"
    r"\s+(?:và\s+)?(?:được thực hiện\s+)?đến (?:hết )?(?:\w{2,6}\s+)?(?P<last>\d{1,2}[^.;]{4,40})"
)
_IN_FORCE = " này có hiệu lực"  # in every match of `_UNTIL`
_ENDS = re.compile(r"\bnày hết hiệu lực\b[^.;]{0,30}?\btừ\s+(?:ngày\s+)?(\d[^.;]{4,40})", re.IGNORECASE)
#: Decisions without a clause on effect end "… chịu trách nhiệm thi hành Quyết định này kể từ ngày ký".
_CARRIED_OUT = re.compile(r"thi hành [^.;]{3,40} này kể từ ngày ký", re.IGNORECASE)
_ATTACHED = re.compile(r"\(\s*(?:[Bb]an hành\s+)?[Kk]èm theo\b")
_BLANK_NUMBER = re.compile(r"\b[Ss]ố\s*:?\s*/\s*([A-ZĐ][A-Za-zĐđ]*(?:-[A-ZĐ][A-Za-zĐđ]*)+)")
#: "76_2025_UBTVQH15", "148.2020.TT_BCA" in the name of a file.
_NUMBER_IN_NAME = re.compile(
    r"(?<![^\W_])(?P<count>\d{1,5}[a-z]?)[._-](?P<year>(?:19|20)\d\d)[._-]"
    r"(?P<code>[A-ZĐ][A-Za-zĐđ]*\d{0,2}(?:[-_][A-ZĐ]{2,}\d{0,2})*)(?![^\W_])"
)
_OWN_ATTACHMENT = re.compile(
    r"\(\s*(?:[Bb]an hành\s+)?[Kk]èm theo\s+[^\d]{3,60}?số\s*:?\s*(?P<number>\S+)(?P<rest>[^)]{0,80})"
)

#: "LUẬT CỦA QUỐC HỘI NƯỚC … SỐ 15/2003/QH11 NGÀY … VỀ": how older laws open their title.
_SELF = re.compile(
    r"^CỦA (?:QUỐC HỘI|CHÍNH PHỦ|ỦY BAN|UỶ BAN)[^\d]*?SỐ \S+ NGÀY [\w ]+? NĂM \d{4}(?: VỀ)?\s*|^SỐ \S+(?: NGÀY [\w ]+? NĂM \d{4})?\s*"
)

_FACT_KEYS = {
    "number": ("so hieu", "so ky hieu", "so, ky hieu"),
    "kind": ("loai van ban",),
    "issuer": ("co quan ban hanh", "co quan", "noi ban hanh"),
    "issued_on": ("ngay ban hanh",),
    "effective_from": ("ngay hieu luc", "hieu luc", "ngay co hieu luc"),
    "effective_to": ("ngay het hieu luc",),
    "title": ("trich yeu", "title"),
    "signer": ("nguoi ky",),
    "nature": ("tinh chat",),
    "publisher": ("don vi bien soan", "nguon tin"),
    "published_on": ("ngay bien soan", "ngay dang"),
}
#: Kinds that only one body issues.
_ONLY_ISSUER = {"Nghị định": "Chính phủ", "Luật": "Quốc hội", "Bộ luật": "Quốc hội", "Hiến pháp": "Quốc hội"}
_NATURES = {
    "tom luoc": Authority.SUMMARY,
    "consolidated": Authority.CONSOLIDATED,
    "hop nhat": Authority.CONSOLIDATED,
    "tin bao": Authority.PRESS,
    "bao chi": Authority.PRESS,
}


def header(reading: Reading, provisions: Sequence[Provision], file_name: str = "") -> Document:
    """The header of a text; fields the text does not state stay empty.

    A number that is stamped on the signed file leaves a blank in the text ("Số: /QĐ-BNV"), and what a hand wrote on a
    scan is guessed by OCR; only then does the file's name have a say.
    """
    facts = _facts(reading.facts)
    nature = _NATURES.get(fact_key(facts.get("nature", "")))
    if nature is Authority.SUMMARY:
        return _from_facts(reading, facts, nature)
    head = _Head(reading)
    if not head.is_official(provisions) and not facts.get("number"):
        return _press(reading, head)
    authority = nature or (Authority.CONSOLIDATED if "VBHN" in head.number else Authority.OFFICIAL)
    number = _as_filed(head.number, reading, file_name) or numbers.canonical(facts.get("number", ""))
    number = number or _own_number(reading)
    number = number or _stamped_number(head, file_name) or _named_number(head, reading, file_name)
    kind = head.kind or _kind(facts.get("kind", "")) or _kind_of_number(number)
    issued_on = head.issued_on or first_date(facts.get("issued_on", "")) or _own_date(reading, number)
    if issued_on is None:
        issued_on = _passed_on(reading)
    title = _plain_title(head.title or facts.get("title", "") or head.named_title(number), kind, number)
    part = "" if head.has_letterhead else head.attached_title
    title = title or head.announced_title(kind) or part
    own = _effective_from(reading, provisions, issued_on)
    return Document(
        number=number,
        kind=kind,
        issuer=head.issuer
        or agency_of(number)
        or agency_name(facts.get("issuer", ""))
        or _ONLY_ISSUER.get(kind, ""),
        issued_on=issued_on,
        effective_from=own or _noted_effect(reading) or first_date(facts.get("effective_from", "")),
        effective_to=_effective_to(reading, provisions) or first_date(facts.get("effective_to", "")),
        title=title,
        signer=head.signer or _person(facts.get("signer", "")),
        authority=authority,
        part=part,
        relations=relations(reading, provisions, number, title),
    )


def _facts(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The facts under our names; the first statement counts."""
    found: dict[str, str] = {}
    for key, value in pairs:
        for name, spellings in _FACT_KEYS.items():
            if fact_key(key) in spellings and value.strip(" -—"):
                found.setdefault(name, value.strip())
    return found


def _from_facts(reading: Reading, facts: Mapping[str, str], authority: Authority) -> Document:
    number = numbers.canonical(facts.get("number", "")) or ""
    return Document(
        number=number,
        kind=_kind(facts.get("kind", "")) or facts.get("kind", "") or _kind_of_number(number),
        issuer=agency_name(facts.get("issuer", "")) or agency_of(number),
        issued_on=first_date(facts.get("issued_on", "")),
        effective_from=first_date(facts.get("effective_from", "")),
        effective_to=first_date(facts.get("effective_to", "")),
        title=facts.get("title", ""),
        signer=_person(facts.get("signer", "")),
        authority=authority,
        publisher=facts.get("publisher", ""),
        published_on=first_date(facts.get("published_on", "")),
        relations=relations(reading, (), number, ""),
    )


def _press(reading: Reading, head: "_Head") -> Document:
    """A text about a document: its number, its date and the writer's own title."""
    lead = reading.text[:1500]
    mentions = numbers.numbers_in(lead)
    number = mentions[0].number if mentions else ""
    issued_on = None
    if mentions:
        near = lead[max(0, mentions[0].start - 200) : mentions[0].end + 80]
        issued_on = first_date(near)
    title = next((line for line in head.lines if len(line) > 25), head.lines[0] if head.lines else "")
    title = cased(title, reading)
    return Document(
        number=number,
        kind=_kind_of_number(number),
        issuer=agency_of(number) if number else "",
        issued_on=issued_on,
        title=title if len(title) <= 200 else title[:200].rsplit(" ", 1)[0] + "…",
        authority=Authority.PRESS,
    )


class _Head:
    """The lines above the first article or section, read one fact at a time."""

    def __init__(self, reading: Reading) -> None:
        self.lines: list[str] = []
        for line in _first_lines(reading):
            if marks.article(line) or (
                len(self.lines) > 6 and (mark := marks.outline(line)) and mark.number == "I"
            ):
                break
            self.lines.append(line)
        self._reading = reading
        self.basis = next((i for i, x in enumerate(self.lines) if _BASIS.match(x)), len(self.lines))
        self.motto = any(_MOTTO.search(x) for x in self.lines[:20])
        self.number = self._number()
        self._kind_at, self.kind, inline_title = self._find_kind()
        self.issued_on = self._issued_on()
        self.title = self._title(inline_title)
        self.issuer = self._issuer()
        self.signer = _signer(reading)

    def is_official(self, provisions: Sequence[Provision]) -> bool:
        """Two signs of a document as issued, such as motto, number line, kind line, căn cứ, articles."""
        articles = sum(p.level is Level.ARTICLE for p in provisions)
        signs = [
            self.motto,
            any(_NUMBER_LINE.match(x) for x in self.lines[:25]),
            self._kind_at is not None,
            sum(x.startswith("Căn cứ") for x in self.lines) >= 1,
            articles >= 2,
            any(p.level is Level.ATTACHMENT for p in provisions),
            bool(self.signer),
        ]
        return sum(signs) >= 2 or bool(self.attached_title)

    @property
    def has_letterhead(self) -> bool:
        """Whether the document itself stands here, not only something attached to it."""
        return (
            self.motto or any(_NUMBER_LINE.match(x) for x in self.lines[:25]) or self.basis < len(self.lines)
        )

    @property
    def attached_title(self) -> str:
        """The title above a "(Ban hành kèm theo …)" note in the first lines: a table or regulation filed alone."""
        at = next((i for i, x in enumerate(self.lines[:6]) if _ATTACHED.match(x)), 0)
        first = at
        while first > 0 and (marks.is_capitals(self.lines[first - 1]) or len(self.lines[first - 1]) < 15):
            first -= 1
        return " ".join(self.lines[first:at])

    def _number(self) -> str:
        for line, below in zip(self.lines[:30], [*self.lines[1:31], ""], strict=False):
            if _NUMBER_ALONE.match(line) and (number := numbers.canonical(below)):
                return number
            found = _NUMBER_LINE.match(line)
            if found and (number := numbers.canonical(line[found.end() :])):
                return number
        for line in self.lines[:4]:  # "Nghị định số 30/2020/NĐ-CP" as the first line
            mentions = numbers.numbers_in(line)
            if mentions and _KIND_START.match(line) and mentions[0].start < 60:
                return mentions[0].number
        return ""

    def _find_kind(self) -> tuple[int | None, str, str]:
        """(line, kind, title on the same line)."""
        for index, line in enumerate(self.lines[: max(self.basis, 6)]):
            if marks.division(line):
                break  # "QUY ĐỊNH CHUNG" below "Chương I" is no kind
            found = _KIND_START.match(line)
            if not found:
                continue
            rest = line[found.end() :].strip(" :.*")
            kind = _KIND_BY_FOLD[fold(found[1])]
            if not rest:
                return index, kind, ""
            if found[1].isupper() and marks.is_capitals(line):
                return index, kind, _SELF.sub("", rest)
            if index < 4 and (numbered := re.match(r"số\s*:?\s*\S+[-/]\S+\s*", rest)):
                return index, kind, rest[numbered.end() :]
        return None, "", ""

    def _issued_on(self) -> date | None:
        for line in self.lines[:30]:
            dated = _PLACE_DATE.match(line) or (_NUMBER_LINE.match(line) and "ngày" in line.lower())
            if dated and (found := first_date(line[line.lower().index("ngày") :])):
                return found
        for line in self.lines[:8]:
            if fold(line).startswith("ngay ban hanh") and (found := first_date(line)):
                return found
        return None

    def _title(self, inline: str) -> str:
        if self._kind_at is None:
            return ""
        parts = [inline] if inline else []
        for line in self.lines[self._kind_at + 1 : self.basis]:
            line = _SELF.sub("", line)
            kind = _KIND_START.match(line)
            if kind and not line[kind.end() :].strip(" :.*"):
                if fold(line).startswith("quyet dinh:") or line.endswith(":"):
                    break
                parts = []  # the kind once more: what stood above it was a letterhead
                continue
            if _NUMBER_LINE.match(line) or _PLACE_DATE.match(line) or _MOTTO.search(line):
                continue
            if parts and marks.is_capitals(line) and _AUTHORITY_LINE.match(line):
                break
            folded = fold(line)
            if folded.startswith(("co quan ban hanh", "ngay ban hanh", "can cu", "quyet dinh:", "(kem theo")):
                break
            if line.startswith("(") or not any(c.isalpha() for c in line) or marks.division(line):
                break
            if len(line) > 600 or (len(parts) >= 4 and not _open_quote(parts)):
                break
            if parts and (line.endswith(":") or (line.endswith(".") and not _open_quote(parts))):
                break  # the first sentence of the text
            parts.append(line)
        return cased(" ".join(parts).strip(" .*"), self._reading)

    def named_title(self, number: str) -> str:
        """What the first lines say behind the document's own number: "Thông tư số … ban hành Nội quy …"."""
        for line in self.lines[:3]:
            mention = next((m for m in numbers.numbers_in(line) if m.number == number), None)
            if number and mention and mention.start < 60 and len(line) - mention.end > 10:
                return line[mention.end :].strip(" :-–,")
        return ""

    def announced_title(self, kind: str) -> str:
        """What the line above the first article says: "Chính phủ ban hành Nghị định quy định …"."""
        for line in reversed(self.lines[self.basis :]):
            found = re.search(rf"\bban hành {re.escape(kind or 'Văn bản')} (.{{10,500}}?)[.;:]*$", line)
            if found:
                return found[1][:1].upper() + found[1][1:]
        return ""

    def _issuer(self) -> str:
        """The authority that decides (line above căn cứ) or the letterhead; the province comes from either."""
        stated = next((x for x in self.lines[:10] if fold(x).startswith("co quan ban hanh")), "")
        if stated:
            return agency_name(stated.split(":", 1)[-1])
        letterhead = ""
        for index, line in enumerate(self.lines[: min(self.basis, 16)]):
            if self._kind_at is not None and index >= self._kind_at:
                break
            if _ORGAN.match(line) and marks.is_capitals(line) and len(line) < 120:
                letterhead = line
                below = self.lines[index + 1] if index + 1 < len(self.lines) else ""
                if _PLACE_LINE.match(below) and marks.is_capitals(below):
                    letterhead = f"{line} {below}"
                break
        decider = ""
        start = (self._kind_at or 0) + 1
        for line in self.lines[start : self.basis]:
            if _AUTHORITY_LINE.match(line) and marks.is_capitals(line) and len(line) < 120:
                decider = line
        code = agency_of(self.number) if self.number else ""
        if code and not code.startswith("Ủy ban nhân dân"):
            return code
        by_code = re.search(r"-(CT)?(UBND|HĐND)$", self.number)
        for candidate in (letterhead, decider):
            name = agency_name(candidate) if candidate else ""
            if name and (not by_code or "nhân dân" in name):
                return name
        return code


def _first_lines(reading: Reading) -> Iterator[str]:
    """The first paragraphs; a letterhead that was left a table gives its cells."""
    taken = 0
    for index, block in enumerate(reading.blocks):
        if taken >= _HEAD_PARAGRAPHS:
            return
        if block.kind is BlockKind.PARAGRAPH:
            taken += 1
            yield reading.text[block.start : block.end].strip()
        elif index < 6 and is_letterhead(block):
            for row in block.rows:
                for cell in row.cells:
                    yield from filter(None, re.split(r"\s*-{3,}\s*|\s+(?=[ĐD]ộc lập\s*[-–])", cell))


def _open_quote(parts: Sequence[str]) -> bool:
    text = " ".join(parts)
    return text.count("“") > text.count("”")


def _plain_title(title: str, kind: str, number: str) -> str:
    """A title without the document's own kind, number, date and issuer; a law keeps its name: "Luật Khiếu nại"."""
    text = title.strip(" .*")
    if kind and fold(text).startswith(fold(kind) + " "):
        text = text[len(kind) :].strip()
    text = re.sub(r"^số\s*:?\s*(?=\d)", "", text)
    own = next((m for m in numbers.numbers_in(text[:60]) if m.number == number), None)
    if own and own.start == 0:
        rest = text[own.end :]
        rest = re.sub(r"^\s*ngày\s+[\d/]+(?:\s*tháng \d+ năm \d+)?", "", rest)
        rest = re.sub(
            r"^\s*của (?:Chính phủ|Thủ tướng Chính phủ|Bộ [^:]{2,40}|Văn phòng Chính phủ)\s*(?=:|$)", "", rest
        )
        text = rest.strip(" :-–,.")
    if kind in ("Luật", "Bộ luật", "Pháp lệnh") and text:
        text = re.sub(r"^về\s+(?:việc\s+)?", "", text, flags=re.IGNORECASE)
        return f"{kind} {text[:1].upper()}{text[1:]}"
    return text[:1].upper() + text[1:]


def _kind(text: str) -> str:
    found = _KIND_START.match(text.strip())
    return _KIND_BY_FOLD[fold(found[1])] if found else ""


def _kind_of_number(number: str) -> str:
    parts = numbers.parts_of(number) if number else None
    if parts is None:
        return ""
    if parts.kind == numbers.LAW:
        return "Luật"
    return numbers.KINDS.get(parts.kind, "Công văn" if number else "")


def _signer(reading: Reading) -> str:
    """The name below the signing role, where the text carries one."""
    lines = [reading.text[b.start : b.end].strip() for b in reading.blocks if b.kind is BlockKind.PARAGRAPH]
    for index, line in enumerate(lines):
        if not _SIGNER_ROLE.match(line) or not marks.is_capitals(line.split(".")[-1] or line):
            continue
        for below in lines[index + 1 : index + 6]:
            if _NAME.match(below):
                return below
            if not (marks.is_capitals(below) or below.startswith("(")):
                break
    return ""


def _person(text: str) -> str:
    """The name of a person in "Nguyễn Văn An, Bộ trưởng"; "" where only the office is named."""
    name = text.split(",")[0].strip()
    return name if _NAME.match(name) else ""


def _stamped_number(head: _Head, file_name: str) -> str:
    """The number of a text that leaves it blank, from the one number in the file's name that can be it."""
    blank = next((found for x in head.lines[:15] if (found := _BLANK_NUMBER.search(x))), None)
    named = {
        n
        for n in re.findall(r"(?<!\d)[1-9]\d{1,4}(?!\d)", file_name)
        if not re.fullmatch(r"(?:19|20)\d\d", n)
    }
    return (numbers.canonical(f"{named.pop()}/{blank[1]}") or "") if blank and len(named) == 1 else ""


def _named_number(head: _Head, reading: Reading, file_name: str) -> str:
    """The number of a text that has no number line at all, or a scan whose line could not be read, where the file's name
    spells exactly one in full and kind, issuer and year of the text agree with it."""
    lined = any(_NUMBER_LINE.match(x) or _BLANK_NUMBER.search(x) for x in head.lines[:25])
    if not head.kind or (lined and reading.recognition is None):
        return ""
    issued_on = head.issued_on or _passed_on(reading)
    named = set()
    for found in _NUMBER_IN_NAME.finditer(file_name):
        number = numbers.canonical(f"{found['count']}/{found['year']}/{found['code'].replace('_', '-')}")
        parts = numbers.parts_of(number) if number else None
        if number is None or parts is None:
            continue
        kind = _kind_of_number(number)
        issuer = agency_of(number)
        if (
            (kind in (head.kind, "Luật", "Công văn", ""))
            and (not issuer or not head.issuer or fold(issuer) == fold(head.issuer))
            and (issued_on is None or str(issued_on.year) == found["year"])
        ):
            named.add(number)
    return named.pop() if len(named) == 1 else ""


def _as_filed(number: str, reading: Reading, file_name: str) -> str:
    """The number of a scan, which a hand wrote and OCR guessed, with the one digit that the file's name has otherwise:
    whoever named the file read the stamp."""
    count = re.match(r"\d+", number)
    if count is None or reading.recognition is None:
        return number
    named = {n for n in re.findall(r"\d+", file_name) if len(n) == len(count[0])}
    if len(named) != 1:
        return number
    filed = named.pop()
    differing = sum(a != b for a, b in zip(filed, count[0], strict=True))
    return filed + number[count.end() :] if differing == 1 and len(filed) > 1 else number


def _own_number(reading: Reading) -> str:
    """The number an attachment names as its decision's, for a head that was left blank."""
    found = _OWN_ATTACHMENT.search(reading.text)
    return (numbers.canonical(found["number"].rstrip(",.;)")) or "") if found else ""


def _own_date(reading: Reading, number: str) -> date | None:
    if not number:
        return None
    for found in _OWN_ATTACHMENT.finditer(reading.text):
        named = numbers.canonical(found["number"].rstrip(",.;)"))
        if named and numbers.key(named) == numbers.key(number):
            return first_date(found["rest"])
    return None


def _passed_on(reading: Reading) -> date | None:
    """Laws end "… được Quốc hội … thông qua ngày …"."""
    found = re.search(r"\bthông qua\s+(ngày[^.;]{5,40})", reading.text[-3000:])
    return first_date(found[1]) if found else None


def _effective_from(reading: Reading, provisions: Sequence[Provision], issued_on: date | None) -> date | None:
    """The day this document says it takes effect; None if it does not say. Looks in its own articles, last first."""
    own = [p for p in provisions if p.level is Level.ARTICLE and "." not in p.path]
    spans = [(p.start, p.end) for p in reversed(own)] or [(0, len(reading.text))]
    titled = [(p.start, p.end) for p in own if re.search("hiệu lực|thi hành", p.heading, re.IGNORECASE)]
    for start, end in titled[::-1] + spans:
        text = reading.text[start:end]
        for found in _OF_SELF.finditer(text):
            before = text[: found.start()]
            begins = not before or re.search(r"(?:\n|[.;:]\s)(?:\d+\.\s)?$", before)
            between = text[found.end("subject") : found.start("when")]
            if _TIME_OF.search(before) or not (
                found["this"] or (begins and between.startswith(" có hiệu lực"))
            ):
                continue
            if _OTHERS.search(text, found.start(), found.start("when")):
                continue
            if day := _day_of(found["when"], issued_on):
                return day
    if any(_CARRIED_OUT.search(reading.text, start, end) for start, end in spans):
        return issued_on
    return None


def _day_of(when: str, issued_on: date | None) -> date | None:
    """The day that the words behind "có hiệu lực từ ngày" name; None where another document decides it."""
    if _FROM_SIGNING.match(when):
        return issued_on
    days = dates_in(when)
    if days and days[0][0] <= 1:
        return days[0][1]
    later = re.match(r"sau\s+(\d{1,3})\s+ngày,?\s+kể từ ngày (?:ký|ban hành|thông qua)", when)
    return issued_on + timedelta(days=int(later[1])) if later and issued_on else None


def _effective_to(reading: Reading, provisions: Sequence[Provision]) -> date | None:
    """Last day in force, where the document limits itself."""
    for provision in provisions:
        if provision.level is Level.ARTICLE and "." not in provision.path:
            # the words it turns on are looked for first: the pattern alone would take most of the time of an ingest
            said = reading.text.find(_IN_FORCE, provision.start, provision.end) >= 0
            found = _UNTIL.search(reading.text, provision.start, provision.end) if said else None
            # "văn bằng cấp từ ngày Luật này có hiệu lực đến hết …" limits the papers, "thời hạn ủy quyền: từ ngày …" the act
            if found and (
                not _TIME_OF.search(found["lead"]) or re.search(r"Thời (?:hạn|gian)\b", found["lead"])
            ):
                return first_date(found["last"])
            ends = _ENDS.search(reading.text, provision.start, provision.end)
            if ends and (first_day_without := first_date(ends[1])):
                return first_day_without - timedelta(days=1)
    return None


def _noted_effect(reading: Reading) -> date | None:
    """Codified texts note the effective date under every article; the earliest is the act's."""
    noted = [
        dates_in(value[value.index("hiệu lực") :])
        for key, value in reading.facts
        if key == "ghi chú nguồn" and "hiệu lực" in value
    ]
    days = [found[0][1] for found in noted if found]
    return min(days) if days else None
