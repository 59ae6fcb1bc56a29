"""Fourth step: which documents, which place in them, which provinces and which day the question itself names."""

import re

from bot.days import day_asked
from bot.holdings import Holdings
from bot.places import province_of, provinces_in
from bot.titles import named_by_title
from bot.turn import ProvisionReference, Turn
from corpus import number as numbers
from corpus.spelling import fold, fold_aligned
from corpus.store import StoredDocument
from corpus.validity import ValidityStatus
from index.search import Search

_ARTICLE = re.compile(r"\b(?:điều|dieu|đ)\s*(\d{1,3}[a-zđ]?)\b(?!\s*(?:ngày|ngay|kiện|%))", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(?:khoản|khoan|k)\s*(\d{1,3}[a-zđ]?)\b", re.IGNORECASE)
_POINT = re.compile(r"\b(?:điểm|diem)\s+([a-zđ])\b", re.IGNORECASE)
#: A number with nothing of a số hiệu beside it: "1718 khánh hòa", "so sánh 905 và 1718".
_BARE = re.compile(r"(?<![\w/.,-])(\d{2,5})(?![\w/%-])(?![.,]\d)")
#: What a bare number counts or belongs to where it is none of a document.
_COUNTED = re.compile(
    r"^\s*(?:%|phan tram|ngay|thang|nam|gio|phut|tuan|lan|nguoi|noi dung|don vi|muc|buoc|diem|dieu|khoan|trieu|ty|nghin|dong|tinh"
    r"|thanh pho|xa|huyen|chi so|chi tieu|nhiem vu|thu tuc|truong hop|co quan|tuoi|trang|ban|tieu chi|nhom|loai|cap|so|bo(?! noi| tu| tai| y))\b"
)
_BELONGS = re.compile(
    r"\b(?:dieu|khoan|diem|muc|nam|thang|ngay|tu|den|toi|duoi|tren|hon|khoang|phu luc|chuong|bang|mau|cap|thu|so luong)\s*$"
)
_COMPARES = re.compile(r"\b(?:so sanh|so voi|khac (?:nhau|gi|the nao)|giong nhau)\b")


def understand(turn: Turn, holdings: Holdings, search: Search) -> None:
    """Find the documents, the provision, the provinces and the day that the question names."""
    turn.reference = _reference(turn.text)
    turn.places = provinces_in(turn.text)
    turn.day = day_asked(turn.text, turn.as_of)
    turn.as_of = turn.day or turn.as_of
    held, missing = _documents(turn.query, holdings)
    if not held and not missing:
        held = _titled(turn.query, holdings, search, turn)
    turn.documents, turn.missing = tuple(held), tuple(missing)


def _reference(text: str) -> ProvisionReference | None:
    """The place the question names; its article may be missing ("điểm b nói gì?")."""
    article, clause, point = (_last(pattern, text) for pattern in (_ARTICLE, _CLAUSE, _POINT))
    return ProvisionReference(article, clause, point) if article or clause or point else None


def _last(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.findall(text)
    return found[-1].lower() if found else ""


def _documents(text: str, holdings: Holdings) -> tuple[list[StoredDocument], list[str]]:
    """(documents named and held, numbers named and not held)."""
    held: dict[str, StoredDocument] = {}
    missing: list[str] = []
    mentions = numbers.numbers_in(text)
    for mention in mentions:
        found = holdings.corpus.find(mention.number)
        held.update({document.id: document for document in _of_place(_best(found), text)})
        if not found:
            missing.append(mention.number)
    spans = [(m.start, m.end) for m in mentions]
    for partial in numbers.partial_mentions(text):
        if any(partial.start < end and start < partial.end for start, end in spans):
            continue
        spans.append((partial.start, partial.end))
        found = holdings.corpus.find(text[partial.start : partial.end])
        held.update({document.id: document for document in _of_place(_best(found), text)})
        if not found and partial.kind and partial.year:
            typed = " ".join(text[partial.start : partial.end].split())
            missing.append(numbers.canonical(typed) or typed)
    for document in _by_bare_number(text, spans, holdings):
        held.setdefault(document.id, document)
    return list(held.values()), missing


def _by_bare_number(text: str, spans: list[tuple[int, int]], holdings: Holdings) -> list[StoredDocument]:
    """Documents of numbers that stand alone, where their issuer is named or several are compared."""
    folded, _ = fold_aligned(text)
    bare: list[list[StoredDocument]] = []
    for match in _BARE.finditer(folded):
        inside = any(start < match.end() and match.start() < end for start, end in spans)
        if inside or _COUNTED.match(folded, match.end()) or _BELONGS.search(folded[: match.start()]):
            continue
        if found := _best(holdings.corpus.find(match[1])):
            bare.append(found)
    together = bool(_COMPARES.search(folded)) and len(bare) + len(spans) > 1
    named: list[StoredDocument] = []
    for found in bare:
        of_issuer = [one for one in found if _issuer_named(one, text)]
        named += of_issuer or (found if together else [])
    return named


def _titled(text: str, holdings: Holdings, search: Search, turn: Turn) -> list[StoredDocument]:
    """The document a title names: of several versions the one of the year named, else those in force."""
    found = [holdings.document(id) for id in named_by_title(text, search)]
    years = {int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", text)}
    of_year = [d for d in found if d.header.issued_on and d.header.issued_on.year in years]
    if of_year:
        return of_year
    validities = holdings.validities([d.id for d in found], turn.as_of)
    holding = [
        d for d in found if validities[d.id].status not in (ValidityStatus.EXPIRED, ValidityStatus.NOT_YET)
    ]
    return holding or found


def _best(found: list[StoredDocument]) -> list[StoredDocument]:
    """Regulation goes ahead of what is only written about it; "nghị quyết 76" may mean several numbers."""
    regulation = {
        numbers.key(document.header.number) for document in found if document.header.authority.is_regulation
    }
    return [
        document
        for document in found
        if document.header.authority.is_regulation or numbers.key(document.header.number) not in regulation
    ]


def _of_place(found: list[StoredDocument], text: str) -> list[StoredDocument]:
    """Of documents with one number those whose province, agency or year the question names."""
    if len(found) < 2:
        return found
    named = [d for d in found if _issuer_named(d, text)] or found
    of_year = [d for d in named if d.header.issued_on and str(d.header.issued_on.year) in text]
    return of_year or named


def _issuer_named(document: StoredDocument, text: str) -> bool:
    """Whether a question names the province or the agency that issued a document, in full or by its code."""
    issuer = document.header.issuer
    province = province_of(issuer)
    if province is not None:
        return province in provinces_in(text)
    words = " ".join(["", *re.findall(r"[^\W_]+", fold(text)), ""])
    parts = numbers.parts_of(document.header.number)
    code = fold(parts.agency) if parts else ""
    name = " ".join(re.findall(r"[^\W_]+", fold(issuer)))
    return bool(name and f" {name} " in words) or (len(code) > 2 and f" {code} " in words)
