"""Fifth step: which documents, which place in them and which day the question names."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from bot.answer import Status
from bot.holdings import Holdings
from bot.messages import say
from bot.titles import named_by_title
from bot.turn import ProvisionReference, Turn
from corpus import number as numbers
from corpus.spelling import fold
from corpus.store import StoredDocument
from corpus.validity import ValidityStatus
from index.search import Search
from ingest.dates import first_date

_ARTICLE = re.compile(r"\b(?:điều|dieu|đ)\s*(\d{1,3}[a-zđ]?)\b(?!\s*(?:ngày|ngay|kiện|%))", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(?:khoản|khoan|k)\s*(\d{1,3}[a-zđ]?)\b", re.IGNORECASE)
_POINT = re.compile(r"\b(?:điểm|diem)\s+([a-zđ])\b", re.IGNORECASE)
_THIS_DOCUMENT = re.compile(
    r"\b(?:quyet dinh|nghi dinh|thong tu|luat|van ban|nghi quyet|ke hoach|de an|thu tuc|quy dinh|dieu|khoan) (?:nay|do|kia|tren)\b"
)
#: Days that a question about documents can mean.
_YEARS = (1945, 2100)
_AT_DAY = re.compile(r"\b(?:(?:tại|vào) thời điểm|tính đến|tại|vào|trước)(?: ngày)?\s+(?=\d)", re.IGNORECASE)


def understand(turn: Turn, holdings: Holdings, search: Search) -> None:
    """Find the documents, the provision and the day that the question names."""
    said = turn.query
    turn.reference = _reference(turn.text, turn.subject)
    held, missing = _documents(said, holdings)
    if not held and not missing:
        held = _titled(said, holdings, search, turn.as_of)
    turn.documents, turn.missing = tuple(held), tuple(missing)
    day = _day_asked(turn.text)
    if day is not None:
        turn.as_of = day
    if not held and not missing and not turn.history:
        folded = fold(turn.text)
        if _THIS_DOCUMENT.search(folded) and len(folded.split()) <= 14:
            turn.finish(
                Status.CLARIFY, say("which_document", example=turn.text.rstrip("?. ") + " (905/QĐ-BNV)?")
            )
        elif turn.reference is not None and len(_content_words(folded)) == 0:
            turn.finish(
                Status.CLARIFY,
                say("which_document", example=turn.text.rstrip("?. ") + " Nghị định 61/2018/NĐ-CP"),
            )
    if same := _same_number(held):
        names = [say("which_choice", name=document.header.name) for document in same[:6]]
        turn.finish(Status.CLARIFY, say("which_of"), *names)


def _reference(text: str, before: str) -> ProvisionReference | None:
    """The place the question names; "còn khoản 3?" means that clause of the article spoken of before."""
    article, clause, point = (_last(pattern, text) for pattern in (_ARTICLE, _CLAUSE, _POINT))
    if not article and (clause or point):
        article = _last(_ARTICLE, before)
        clause = clause or _last(_CLAUSE, before)
    return ProvisionReference(article, clause, point) if article else None


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
    for partial in numbers.partial_mentions(text):
        if any(partial.start < m.end and m.start < partial.end for m in mentions):
            continue
        found = holdings.corpus.find(text[partial.start : partial.end])
        held.update({document.id: document for document in _of_place(_best(found), text)})
        if not found and partial.kind and partial.year:
            typed = " ".join(text[partial.start : partial.end].split())
            missing.append(numbers.canonical(typed) or typed)
    return list(held.values()), missing


def _titled(text: str, holdings: Holdings, search: Search, as_of: date) -> list[StoredDocument]:
    """The document a title names: of several versions the one of the year named, else those in force."""
    found = [holdings.document(id) for id in named_by_title(text, search)]
    years = {int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", text)}
    of_year = [d for d in found if d.header.issued_on and d.header.issued_on.year in years]
    if of_year:
        return of_year
    validities = holdings.validities([d.id for d in found], as_of)
    holding = [d for d in found if validities[d.id].status is not ValidityStatus.EXPIRED]
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
    """Of documents with one number those whose province or agency the question names."""
    if len(found) < 2:
        return found
    folded = " ".join(["", *re.findall(r"[^\W_]+", fold(text)), ""])
    named = [d for d in found if (place := _place(d.header.issuer)) and f" {place} " in folded]
    return named or found


def _place(issuer: str) -> str:
    """What tells an issuer from others of its kind, folded: "khanh hoa" of the people's committee there."""
    folded = fold(issuer)
    found = re.search(r"\b(?:tinh|thanh pho|huyen|quan|thi xa|xa|phuong|dac khu) (?!pho\b)(.+)$", folded)
    return found[1] if found else folded


def _same_number(held: Iterable[StoredDocument]) -> list[StoredDocument]:
    """Documents among the named ones that share a number, as 1718/QĐ-UBND of many provinces does."""
    by_number: dict[str, list[StoredDocument]] = {}
    for document in held:
        by_number.setdefault(document.header.number, []).append(document)
    return next((same for same in by_number.values() if len({d.header.issuer for d in same}) > 1), [])


_NO_CONTENT = frozenset(
    (  # noqa: SIM905  a list of literals would be read by nobody
        "dieu khoan diem muc chuong quy dinh noi dung gi ve nhung cai the nao ra sao la cho hoi toi xin "
        "hay neu trich o trong cua va theo"
    ).split()
)


def _content_words(folded: str) -> list[str]:
    return [
        w for w in re.findall(r"\w+", folded) if w not in _NO_CONTENT and not re.fullmatch(r"\d+\w?|[a-z]", w)
    ]


def _day_asked(text: str) -> date | None:
    """The day a question is about: "tại thời điểm 01/7/2025", "trước 1/7/2025" (the day before it)."""
    marker = _AT_DAY.search(text)
    day = first_date(text[marker.end() :][:40]) if marker else None
    if marker is None or day is None or not _YEARS[0] <= day.year <= _YEARS[1]:
        return None
    return day - timedelta(days=1) if "trước" in marker[0].lower() else day
