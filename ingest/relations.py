"""What a document says about others: căn cứ, amends, replaces, repeals, guides. Called by the header reader.

A number in a sentence is an object of the sentence's verb only where the grammar makes it one: "bãi bỏ Thông tư số A
hướng dẫn Nghị định số B" ends A and leaves B alone; "Nghị định số A, được sửa đổi bởi Nghị định số B, hết hiệu lực" too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from corpus import number as numbers
from corpus.document import Relation, RelationKind
from corpus.provision import Level, Provision
from corpus.spelling import fold
from ingest.amendments import amendments, expiry
from ingest.dates import first_date
from ingest.reading import BlockKind, Reading

_FACTS = {
    "can cu": RelationKind.BASED_ON,
    "sua doi": RelationKind.AMENDS,
    "thay the": RelationKind.REPLACES,
    "bai bo": RelationKind.REPEALS,
    "huong dan": RelationKind.GUIDES,
}
_ACT = (
    r"(?:Hiến pháp|Bộ luật|Luật|Pháp lệnh|Nghị quyết liên tịch|Nghị quyết|Nghị định|Quyết định|Thông tư liên tịch|Thông tư"
    r"|Chỉ thị|Kế hoạch|Chương trình|Quy chế|Quy định|Văn bản|Thông báo|Công văn|Hướng dẫn)"
)
_NAMED = re.compile(rf"\b{_ACT}\b(?! này)")
#: The full stop of a clause's own number, "2. Bãi bỏ …", ends no sentence.
_SENTENCE = re.compile(r"[^;\n]+?(?:(?<!\n\d)(?<!\n\d\d)\.(?=\s|$)|;|\n|$)")
_QUOTED = re.compile(r"“[^“”]*”")
#: What stands before the words of a clause: its mark, "Điều 2.", the day from which it holds.
_OPENING = re.compile(
    rf"\s*(?:Điều \d+[a-zđ]?\s*[.:]|\d{{1,2}}\s*[.)]|[a-zđ]\)|[-–+•*])?\s*(?:Đồng thời,?\s+)?"
    rf"(?:(?:Kể từ|Từ) ngày (?:{_ACT} này có hiệu lực[^,;]{{0,30}}|[\d/]+|\d+ tháng \d+ năm \d+),\s*)?"
)
_MARK = re.compile(r"\s*(?:(?P<letter>[a-zđ]\))|(?P<number>\d{1,2}(?:\.\d+)*[.)])|(?P<dash>[-–+•*])\s)")
_ITEM = re.compile(
    rf"\s*(?:và\s+)?(?:{_ACT}\b|(?:Toàn bộ|Các|Những|Một phần|Điều|Điểm|Khoản|Chương|Mục|Phụ lục)\b)"
)
_WORDS = r"(?:sửa đổi|bổ sung|thay thế|bãi bỏ|hủy bỏ|huỷ bỏ)"
_ORDERS = re.compile(rf"{_WORDS}(?:(?:\s*,\s*|\s+và\s+){_WORDS})*", re.IGNORECASE)
_VERB = re.compile(r"\b(?:thay thế|bãi bỏ|hủy bỏ|huỷ bỏ)\b(?! bằng)", re.IGNORECASE)
#: "các văn bản sửa đổi, bổ sung, thay thế", "thủ tục bị bãi bỏ": the words name something, they order nothing.
_NO_ORDER = re.compile(
    r"(?:văn bản|bị|được|sửa đổi|bổ sung|thay thế|bãi bỏ|hủy bỏ|huỷ bỏ|hoặc|đã|để|việc|(?<!ký )ban hành)\s*,?\s*(?:và\s+)?$",
    re.IGNORECASE,
)
_AMENDED_BY = re.compile(
    r"được\s+(?:sửa đổi|bổ sung|thay thế)[^;]*?(?:bởi|theo|tại|bằng)\s*(?:các\s+)?$", re.IGNORECASE
)
_MORE_ACTS = re.compile(r"[^;()]{0,60}?(?:,|\bvà)\s*(?:các\s+)?$")
#: Words that may stand between the verb and an act that is ended wholly.
_WHOLLY = re.compile(
    r"[\s:,\-–]*(?:(?:cho|đối với|toàn bộ(?: nội dung)?|hiệu lực của|các|những|và|văn bản|sau đây|sau|là|của)\b[\s:]*)*",
    re.IGNORECASE,
)
_SCOPE = re.compile(
    r"(?:các |những |một số |toàn bộ )?(?:khoản|điểm|điều|chương|mục|phụ lục|quy định|nội dung)\b(?! chi tiết)",
    re.IGNORECASE,
)
_PART_OF_LIST = re.compile(
    r"\b(?:quy định (?:về|liên quan)|nội dung|cụm từ|(?:một số|các) (?:điều|khoản|điểm))\b", re.IGNORECASE
)
_CIRCUMSTANCE = re.compile(
    r"(?:\btrái với|(?<!kèm )\btheo|\bcăn cứ|\bngày|\bkhi|\btrước|\bsau|\btrừ)\s*(?:các\s+)?(?:quy định\s+)?(?:tại|của)?\s*$"
)
#: "Luật sửa đổi, bổ sung một số điều của Luật Viên chức số 52/2019/QH14": the number is the amending law's.
_AMENDING_LAW = re.compile(
    r"(?:Bộ luật|Luật|Pháp lệnh) sửa đổi, bổ sung (?:một số điều )?(?:của )?(?:các )?$", re.IGNORECASE
)
_GUIDES = re.compile(
    r"quy định chi tiết|hướng dẫn (?:thi hành|thực hiện)|biện pháp (?:thi hành|tổ chức)", re.IGNORECASE
)
_PHRASES = re.compile(r"\s*(?:một số )?(?:các )?(?:cụm )?từ\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Object:
    """An act that a sentence's verb is about."""

    number: str
    end: int  # offset in the sentence behind the number
    whole: bool


def relations(
    reading: Reading, provisions: Sequence[Provision], own: str, title: str
) -> tuple[Relation, ...]:
    """Relations stated by the text and by front matter, each once; `own` is the document's number."""
    found: dict[tuple[RelationKind, str], Relation] = {}
    titled = [*_from_title(title), *_guided_by_name(reading, title)]
    for relation in (*_bases(reading), *_ordered(reading, provisions), *titled, *_from_facts(reading)):
        if numbers.key(relation.number) != numbers.key(own or "-"):
            found.setdefault((relation.kind, numbers.key(relation.number)), relation)
    amended = [one.number for one in titled if one.kind is RelationKind.AMENDS]
    single = [_itself(one, own) for one in amendments(reading, provisions, amended)]
    return (*(one for one in found.values() if not _told_singly(one, single, reading.text)), *single)


def _itself(relation: Relation, own: str) -> Relation:
    """A document that names its own number speaks of itself."""
    is_own = own and numbers.key(relation.number) == numbers.key(own)
    return replace(relation, number="") if is_own else relation


def _told_singly(relation: Relation, single: Sequence[Relation], text: str) -> bool:
    """Whether the provisions that a relation only hints at ("một số điều") are named elsewhere."""
    if relation.whole or relation.kind not in (
        RelationKind.AMENDS,
        RelationKind.REPLACES,
        RelationKind.REPEALS,
    ):
        return False
    said = [
        one for one in single if numbers.key(one.number) == numbers.key(relation.number) and one.provisions
    ]
    if relation.kind is RelationKind.AMENDS or re.search(r"\bmột số\b", text[relation.start : relation.end]):
        return bool(said)
    return any(one.start < relation.end and relation.start < one.end for one in said)


def fact_key(key: str) -> str:
    """A fact's key as compared: "so_hieu", "Số hiệu:" → "so hieu"."""
    return fold(key.replace("_", " ")).strip(" :")


def _from_facts(reading: Reading) -> Iterator[Relation]:
    for key, value in reading.facts:
        kind = _FACTS.get(fact_key(key))
        if kind is not None:
            for mention in numbers.numbers_in(value):
                yield Relation(kind, mention.number, whole=kind is not RelationKind.AMENDS)


def _bases(reading: Reading) -> Iterator[Relation]:
    for block in reading.blocks[:120]:
        line = reading.text[block.start : block.end]
        if block.kind is BlockKind.PARAGRAPH and line.startswith("Căn cứ"):
            for one in _objects(line, len("Căn cứ"), len(line)):
                yield Relation(RelationKind.BASED_ON, one.number, block.start, block.end)


def _from_title(title: str) -> Iterator[Relation]:
    orders = re.match(r"(?:về việc\s+)?" + _ORDERS.pattern, title, re.IGNORECASE)
    if orders and re.search("sửa đổi|bổ sung", orders[0], re.IGNORECASE):
        for one in _objects(title, orders.end(), len(title)):
            yield Relation(RelationKind.AMENDS, one.number, whole=False)
    elif guides := _GUIDES.search(title):
        mentions = numbers.numbers_in(title)
        if mentions and guides.end() <= mentions[0].start:
            yield Relation(RelationKind.GUIDES, mentions[0].number)


def _guided_by_name(reading: Reading, title: str) -> Iterator[Relation]:
    """The law that the title details by its name alone ("thi hành Luật Tiếp công dân"), by its number in the căn cứ."""
    guides = _GUIDES.search(title)
    named = (
        re.search(r"\b(?:Bộ luật|Luật|Pháp lệnh) (?!sửa đổi)[^\d,;.]{4,120}$", title.strip(' .“”"'))
        if guides
        else None
    )
    if named is None or numbers.numbers_in(title):
        return
    name = fold(named[0])
    for block in reading.blocks[:120]:
        line = reading.text[block.start : block.end]
        for mention in numbers.numbers_in(line) if line.startswith("Căn cứ") else ():
            before = fold(re.sub(r"\s*(?:số)?\s*:?\s*$", "", line[: mention.start]))
            if before.endswith(name):
                yield Relation(RelationKind.GUIDES, mention.number, block.start, block.end)
                return


def _ordered(reading: Reading, provisions: Sequence[Provision]) -> Iterator[Relation]:
    """What the document's own articles amend, replace and repeal; what they quote is not theirs."""
    for article in provisions:
        if article.level is not Level.ARTICLE or "." in article.path:
            continue
        text = reading.text[article.start : article.end]
        text = _QUOTED.sub(lambda m: f"“{' ' * (len(m[0]) - 2)}”", text)
        if not (_VERB.search(text) or "hiệu lực" in text or _ORDERS.search(text)):
            continue
        listing: _Listing | None = None
        for match in _SENTENCE.finditer(text):
            sentence = match[0]
            if listing is not None and not listing.goes_on(sentence):
                listing = None
            stated = list(_stated(sentence))
            if not stated and listing is not None:
                stated = listing.item(sentence)
            listing = _Listing.opened_by(sentence) or listing
            clause = re.match(r"\s*(?:\d{1,2}\.\s+)?", sentence)
            start = article.start + match.start() + (clause.end() if clause else 0)
            for kind, one in stated:
                day = _effect(sentence, one.end) if kind is not RelationKind.AMENDS else None
                yield Relation(kind, one.number, start, article.start + match.end(), day, one.whole)


def _stated(sentence: str) -> Iterator[tuple[RelationKind, _Object]]:
    """The acts a sentence itself amends, replaces or repeals."""
    expires = expiry(sentence)
    if expires:
        opening = _OPENING.match(sentence)
        begin = opening.end() if opening else 0
        colon = sentence.find(":", expires.end())
        for one in _objects(sentence, begin, expires.start()):
            yield RelationKind.REPEALS, one
        if colon >= 0:
            for one in _objects(sentence, colon + 1, len(sentence)):
                yield RelationKind.REPEALS, one
        return
    verbs = _verbs(sentence)
    stops = [start for start, _, _ in verbs[1:]] + [len(sentence)]
    for (_, end, kinds), stop in zip(verbs, stops, strict=False):
        for one in _objects(sentence, end, stop):
            for kind in kinds:
                whole = one.whole and len(kinds) == 1 and kind is not RelationKind.AMENDS
                yield kind, _Object(one.number, one.end, whole)


def _verbs(sentence: str) -> list[tuple[int, int, list[RelationKind]]]:
    """Start, end and meaning of the verbs by which a sentence orders something."""
    opening = _OPENING.match(sentence)
    begin = opening.end() if opening else 0
    verbs = []
    orders = _ORDERS.match(sentence, begin)
    if orders:
        verbs.append((orders.start(), orders.end(), _meant(orders[0], sentence[orders.end() :])))
    own = re.match(rf"{_ACT} này\b", sentence[begin:])
    for verb in _VERB.finditer(sentence, orders.end() if orders else begin):
        before = sentence[: verb.start()]
        if orders:
            applies = bool(re.search(r"(?:,|\bvà)\s*$", before))
        else:
            applies = bool(own) or "có hiệu lực" in before
        if applies and not _NO_ORDER.search(before):
            verbs.append((verb.start(), verb.end(), _meant(verb[0], sentence[verb.end() :])))
    return verbs


def _meant(words: str, after: str) -> list[RelationKind]:
    words = words.lower()
    if _PHRASES.match(after):  # words are exchanged, the act stays
        return [RelationKind.AMENDS]
    kinds = []
    if "sửa đổi" in words or "bổ sung" in words:
        kinds.append(RelationKind.AMENDS)
    if "thay thế" in words:
        kinds.append(RelationKind.REPLACES)
    if "bãi bỏ" in words or "bỏ" in words.split():
        kinds.append(RelationKind.REPEALS)
    return kinds


@dataclass(frozen=True, slots=True)
class _Listing:
    """A sentence that ends with a colon and whose objects follow as items."""

    kind: RelationKind
    whole: bool
    mark: str  # kind of mark of the sentence itself: its items have another one

    @classmethod
    def opened_by(cls, sentence: str) -> "_Listing | None":
        if not sentence.rstrip().endswith(":"):
            return None
        verbs = _verbs(sentence)
        if expiry(sentence):
            kind = RelationKind.REPEALS
        elif verbs:
            kind = verbs[-1][2][-1]
        else:
            return None
        return cls(kind, not _PART_OF_LIST.search(sentence), _mark(sentence))

    def goes_on(self, sentence: str) -> bool:
        mark = _mark(sentence)
        if mark:
            return mark != self.mark
        return not sentence.strip() or _ITEM.match(sentence) is not None

    def item(self, sentence: str) -> list[tuple[RelationKind, _Object]]:
        opening = _MARK.match(sentence)
        return [
            (self.kind, _Object(one.number, one.end, one.whole and self.whole))
            for one in _objects(sentence, opening.end() if opening else 0, len(sentence))
        ]


def _mark(sentence: str) -> str:
    found = _MARK.match(sentence)
    return next((name for name, value in found.groupdict().items() if value), "") if found else ""


def _objects(sentence: str, begin: int, stop: int) -> list[_Object]:
    """The acts in `sentence[begin:stop]` that stand in the row of objects, not in the name of another act."""
    found: list[_Object] = []
    behind = begin
    amended_by = False
    for mention in numbers.numbers_in(sentence):
        if not begin <= mention.start < stop:
            continue
        between = sentence[behind : mention.start]
        behind = mention.end
        named = list(_NAMED.finditer(between))
        if not named:
            lead = re.sub(r"\s*số\s*:?\s*$", "", between)
        else:
            lead = _AMENDING_LAW.sub("", between[: named[-1].start()])
        amended_by = bool(_AMENDED_BY.search(lead)) or (amended_by and bool(_MORE_ACTS.fullmatch(lead)))
        if amended_by:
            continue
        if not found:
            if not _CIRCUMSTANCE.search(lead):
                found.append(_Object(mention.number, mention.end, bool(_WHOLLY.fullmatch(lead))))
            continue
        joined = re.search(r"^(?:.*?)(?:,|\bvà\b|\bhoặc\b|:|\))([^,]*)$", lead, re.DOTALL)
        if joined is None:
            continue
        tail = re.split(r"\bvà\b|\bhoặc\b", joined[1])[-1].strip()
        if not tail or _WHOLLY.fullmatch(tail):
            whole = found[-1].whole or tail.lower().startswith("toàn bộ")
            found.append(_Object(mention.number, mention.end, whole))
        elif _SCOPE.match(tail):
            found.append(_Object(mention.number, mention.end, False))
    return found


def _effect(sentence: str, at: int) -> date | None:
    """The day a repeal takes effect, where the sentence names it: the text ends with the day before."""
    found = re.search(r"hết hiệu lực[^;.]{0,40}?(?:kể )?từ\s+(?:ngày\s+)?(?=\d)", sentence, re.IGNORECASE)
    if found:
        return first_date("ngày " + sentence[found.end() :][:40])
    until = re.search(r"(?:đến hết|hết)\s+ngày\s+", sentence[at:], re.IGNORECASE)
    if until:
        last = first_date(sentence[at:][until.start() :][:60])
        return last + timedelta(days=1) if last else None
    return None
