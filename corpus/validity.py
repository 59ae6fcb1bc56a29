"""Validity (hiệu lực): the status of a document on a day, in the official vocabulary, with who says so.

Derived from the documents themselves, never from a portal's label. The store calls it with what it holds;
it touches no database and no clock.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

from corpus.address import covers, spoken
from corpus.agency import agency_of
from corpus.correction import STATUS, Correction
from corpus.document import Authority, Document, Relation, RelationKind
from corpus.number import key, numbers_in, parts_of
from corpus.spelling import fold, nfc

#: Law begins and ends at midnight in Việt Nam, wherever the server stands; the country has one zone and no summer time.
VIETNAM = timezone(timedelta(hours=7))


def today() -> date:
    """The day it is in Việt Nam."""
    return datetime.now(VIETNAM).date()


class ValidityStatus(StrEnum):
    IN_FORCE = "in_force"
    PARTLY_EXPIRED = "partly_expired"
    EXPIRED = "expired"
    NOT_YET = "not_yet_in_force"
    SUSPENDED = "suspended"
    PARTLY_SUSPENDED = "partly_suspended"
    UNKNOWN = "unknown"

    @property
    def vietnamese(self) -> str:
        return {
            ValidityStatus.IN_FORCE: "Còn hiệu lực",
            ValidityStatus.PARTLY_EXPIRED: "Hết hiệu lực một phần",
            ValidityStatus.EXPIRED: "Hết hiệu lực toàn bộ",
            ValidityStatus.NOT_YET: "Chưa có hiệu lực",
            ValidityStatus.SUSPENDED: "Ngưng hiệu lực",
            ValidityStatus.PARTLY_SUSPENDED: "Ngưng hiệu lực một phần",
            ValidityStatus.UNKNOWN: "Chưa xác định hiệu lực",
        }[self]


@dataclass(frozen=True, slots=True)
class Validity:
    status: ValidityStatus
    on: date  # the day asked about
    since: date | None = None  # day the status began, where known
    by: str = ""  # số hiệu of the document that ended or amended it
    by_id: str = ""  # its document id, where held
    evidence: str = ""  # the sentence that says so, verbatim; of a correction who made it
    check: str = ""  # what a person has to check, in Vietnamese: the documents held do not settle it
    corrected: bool = False  # an operator says so


@dataclass(frozen=True, slots=True)
class Incoming:
    """What another document says about the one asked about."""

    relation: Relation
    header: Document  # the document that says it
    id: str = ""  # its document id
    evidence: str = ""  # its sentence, verbatim
    ended_on: date | None = None  # first day on which the document that says it is no longer in force itself
    sure: bool = True  # whether the number it names is this document's and no namesake's

    @property
    def day(self) -> date | None:
        """First day on which it holds; None where that document tells no date at all, or may mean another document.

        A document that is silent on its effect is not taken to work before the day it was issued.
        """
        return (self.known_day or self.header.issued_on) if self.sure else None

    @property
    def known_day(self) -> date | None:
        """The same, only where the document says it."""
        return self.relation.effective_on or self.header.effective_from


_ENDS = (RelationKind.REPLACES, RelationKind.REPEALS)
_AMENDS = (RelationKind.AMENDS, RelationKind.ADDS)
_CHANGES = (*_ENDS, *_AMENDS, RelationKind.SUSPENDS, RelationKind.KEEPS)
_DATED = re.compile(
    r"\s*,?\s*ngày\s+(\d{1,2})\s*(?:[/.-]|tháng)\s*(\d{1,2})\s*(?:[/.-]|năm)\s*(\d{4})", re.IGNORECASE
)
_EFFECT = re.compile(r"[^.;\n]*\bnày\b[^.;\n]{0,60}\bcó hiệu lực\b(?:[^.;\n]|\.(?=\d))*[.;]?", re.IGNORECASE)
_NOT_ITS_EFFECT = re.compile(
    r"\bngày\s+[^\d,;]{3,25}\bnày\s+có hiệu lực|\btrước (?:khi|ngày)\b", re.IGNORECASE
)
#: Codes of agencies that every province has, and of those whose numbers begin anew with a term and not with a year.
_LOCAL, _OF_A_TERM = re.compile("UBND|HĐND"), re.compile(r"QH\d+")
_PLACE = re.compile(r"\b(?i:tỉnh|thành phố|tp\.?|quận|huyện|thị xã|xã|phường|đặc khu)\s+(.+)$")


def validity(
    header: Document, on: date, incoming: Iterable[Incoming] = (), corrections: Sequence[Correction] = ()
) -> Validity:
    """The status of a document on the day `on`, given what other documents say about its number.

    Silence on the effective date means unknown, not "from today"; a repeal ends a document all the same.
    """
    if by_hand := _by_hand(on, corrections):
        return by_hand
    begins = header.effective_from
    dates = [one for one in corrections if one.field in ("effective_from", "effective_to")]
    said = _telling(incoming, header)
    dated = _dated(said, on)
    ended = _ended(header, on, dated, corrections)
    if ended is not None:
        kept = _kept(said, dated, on)
        if not kept:
            return ended
        if any(one.relation.whole for one in kept):
            return _by(ValidityStatus.IN_FORCE, on, kept[0], begins)
        return _by(ValidityStatus.PARTLY_EXPIRED, on, kept[0], ended.since)
    if (begins or header.issued_on or on) > on:
        return _corrected(Validity(ValidityStatus.NOT_YET, on), dates)
    undated = [one for one in said if one.day is None and one.relation.kind in _ENDS and one.relation.whole]
    if undated and not dates:
        found = _by(ValidityStatus.UNKNOWN, on, undated[0], None)
        return found if undated[0].sure else replace(found, check=_namesakes(undated[0]))
    suspended = [
        one for one in dated if one.relation.kind is RelationKind.SUSPENDS and _lasts(one.relation, on)
    ]
    if any(one.relation.whole for one in suspended):
        return _by(ValidityStatus.SUSPENDED, on, suspended[-1], suspended[-1].known_day)
    partly = [one for one in dated if _ends_a_part(one.relation)]
    own = [one for one in own_changes(header, on) if one.kind is RelationKind.REPEALS]
    if partly:
        return _by(ValidityStatus.PARTLY_EXPIRED, on, partly[-1], partly[0].known_day)
    if own:
        return Validity(ValidityStatus.PARTLY_EXPIRED, on, own[0].effective_on)
    if begins is None:
        return Validity(ValidityStatus.UNKNOWN, on)
    if suspended:
        return _by(ValidityStatus.PARTLY_SUSPENDED, on, suspended[-1], suspended[-1].known_day)
    amended = [one for one in dated if one.relation.kind in _AMENDS]
    if amended:
        return _by(ValidityStatus.IN_FORCE, on, amended[-1], begins)
    return _corrected(Validity(ValidityStatus.IN_FORCE, on, begins), dates)


def _ended(
    header: Document, on: date, dated: Sequence[Incoming], corrections: Sequence[Correction]
) -> Validity | None:
    """The end of the whole document before or on a day: by its own words, by another document, by an operator."""
    last = header.effective_to
    own_end = last + timedelta(days=1) if last and last < on else None
    for one in corrections:
        if one.field == "effective_to":  # the operator knows of an end, or that there is none
            return _corrected(Validity(ValidityStatus.EXPIRED, on, own_end), [one]) if own_end else None
    wholly = [one for one in dated if one.relation.kind in _ENDS and one.relation.whole]
    if wholly and (own_end is None or (wholly[0].day or on) <= own_end):
        return _by(ValidityStatus.EXPIRED, on, wholly[0], wholly[0].known_day)
    return Validity(ValidityStatus.EXPIRED, on, own_end) if own_end else None


def _kept(said: Sequence[Incoming], dated: Sequence[Incoming], on: date) -> list[Incoming]:
    """What keeps an ended document or a part of it in force: said by what ended it last, or later than that."""
    last = next((one for one in reversed(dated) if one.relation.kind in _ENDS and one.relation.whole), None)
    return [
        one
        for one in said
        if one.relation.kind is RelationKind.KEEPS
        and _lasts(one.relation, on)
        and (
            (last is not None and one.id == last.id)
            or (
                one.day is not None
                and (last is None or last.day is None or last.day <= one.day)
                and one.day <= on
            )
        )
    ]


def _by_hand(on: date, corrections: Sequence[Correction]) -> Validity | None:
    """The status that an operator set for a day."""
    for one in corrections:
        if one.field == STATUS and one.value and (one.since is None or one.since <= on):
            return Validity(ValidityStatus(one.value), on, one.since, evidence=one.evidence, corrected=True)
    return None


def _corrected(found: Validity, corrections: Sequence[Correction]) -> Validity:
    return replace(found, evidence=corrections[-1].evidence, corrected=True) if corrections else found


def _dated(said: Iterable[Incoming], on: date) -> list[Incoming]:
    """What works on a day, the earliest first; of one day what binds more goes first."""
    working = [
        (one.day, one.header.authority.rank, at, one)
        for at, one in enumerate(said)
        if one.day and one.day <= on
    ]
    return [one for *_, one in sorted(working, key=lambda entry: entry[:3])]


def _lasts(relation: Relation, on: date) -> bool:
    return relation.until is None or on <= relation.until


def _ends_a_part(relation: Relation) -> bool:
    """Whether the old words of some provisions end: repealed, replaced or amended ones that are named."""
    if relation.kind in _ENDS:
        return not relation.whole
    return relation.kind is RelationKind.AMENDS and bool(relation.provisions)


def own_changes(header: Document, on: date) -> list[Relation]:
    """What a document says of its own provisions and holds on a day: which ended; which have not begun."""
    return [
        one
        for one in header.relations
        if not one.number
        and one.effective_on
        and ((one.kind is RelationKind.STARTS) is (one.effective_on > on))
        and one.kind in (RelationKind.STARTS, RelationKind.REPEALS)
    ]


def own_words(header: Document, line: Sequence[str]) -> Relation | None:
    """What a document itself says of when a provision of its own begins or ends."""
    kinds = (RelationKind.STARTS, RelationKind.REPEALS)
    said = [one for one in header.relations if not one.number and one.kind in kinds and _touches(one, line)]
    return said[-1] if said else None


def effect_sentence(text: str) -> str:
    """The sentence of a text that says when it takes effect, the last one where there are several; "" without one."""
    found = [match[0] for match in _EFFECT.finditer(text) if not _NOT_ITS_EFFECT.search(match[0])]
    return found[-1].strip() if found else ""


def provision_validity(
    header: Document,
    line: Sequence[str],
    on: date,
    incoming: Iterable[Incoming] = (),
    corrections: Sequence[Correction] = (),
    known: Collection[str] = (),
) -> Validity:
    """The status of one provision. `line`: its address and those of all it stands in (`corpus.address.line_of`).

    `known`: the addresses that the held text has. A chapter that is repealed and that this text does not show may
    hold the provision: that is said as something to check.
    """
    said = _telling(incoming, header)
    whole = validity(header, on, said, corrections)
    if by_hand := _by_hand(on, corrections):
        return by_hand
    dated = _dated(said, on)
    if _ended(header, on, dated, corrections):
        kept = [one for one in _kept(said, dated, on) if _touches(one.relation, line)]
        if kept:
            return _by(ValidityStatus.IN_FORCE, on, kept[0], header.effective_from)
        return _ended(header, on, dated, corrections) or whole
    starts = [
        one
        for one in header.relations
        if one.kind is RelationKind.STARTS and _touches(one, line) and one.effective_on
    ]
    begins = starts[-1].effective_on if starts else None
    if begins and begins > on:
        return Validity(ValidityStatus.NOT_YET, on, None)
    if whole.status is ValidityStatus.SUSPENDED or (whole.status is ValidityStatus.NOT_YET and not begins):
        return whole
    begins = begins or header.effective_from
    own = [one for one in own_changes(header, on) if one.kind is RelationKind.REPEALS and _touches(one, line)]
    if own:
        return Validity(ValidityStatus.EXPIRED, on, own[0].effective_on)
    found = _of_changes(line, on, dated, begins)
    check = unsettled(dated, known)
    if found is None:
        if begins is None:
            return replace(whole, check=check)
        unnamed = whole.status is ValidityStatus.PARTLY_EXPIRED and (
            _unnamed(dated) or _unshown(dated, known)
        )
        found = whole if unnamed else Validity(ValidityStatus.IN_FORCE, on, begins, corrected=whole.corrected)
    elif found.status is ValidityStatus.IN_FORCE and _unnamed(dated):
        found = whole
    return replace(found, check=check) if found.status is not ValidityStatus.EXPIRED else found


def _of_changes(
    line: Sequence[str], on: date, dated: Sequence[Incoming], begins: date | None
) -> Validity | None:
    """What the changes up to a day make of a provision, the last one deciding; None: they leave it alone."""
    found: Validity | None = None
    for one in dated:
        relation = one.relation
        if _touches(relation, line):
            if relation.kind is RelationKind.SUSPENDS:
                if _lasts(relation, on):
                    return _by(ValidityStatus.SUSPENDED, on, one, one.known_day)
            elif relation.kind in _ENDS:
                found = _by(ValidityStatus.EXPIRED, on, one, one.known_day)
            elif relation.kind in _AMENDS:
                found = _by(ValidityStatus.IN_FORCE, on, one, one.known_day or begins)
        elif (
            relation.kind in (*_ENDS, RelationKind.AMENDS)
            and _below(relation, line)
            and (found is None or found.status is not ValidityStatus.EXPIRED)
        ):
            found = _by(ValidityStatus.PARTLY_EXPIRED, on, one, one.known_day)
    return found


def _touches(relation: Relation, line: Sequence[str]) -> bool:
    return any(covers(address, at) for address in relation.provisions for at in line)


def _below(relation: Relation, line: Sequence[str]) -> bool:
    return any(address.startswith(f"{line[0]}.") for address in relation.provisions)


def changes_of(
    header: Document, line: Sequence[str], on: date, incoming: Iterable[Incoming]
) -> list[Incoming]:
    """What works on a provision, on what it stands in or on what stands in it on a day, the earliest first."""
    return [
        one
        for one in _dated(_telling(incoming, header), on)
        if one.relation.provisions and (_touches(one.relation, line) or _below(one.relation, line))
    ]


def _unnamed(dated: Iterable[Incoming]) -> list[Incoming]:
    """Repeals of provisions that they do not name."""
    return [
        one
        for one in dated
        if one.relation.kind in _ENDS and not one.relation.whole and not one.relation.provisions
    ]


def _unshown(dated: Iterable[Incoming], known: Collection[str]) -> list[Incoming]:
    """Repeals of a chapter or part that the held text does not show."""
    return [
        one
        for one in dated
        if known
        and one.relation.kind in _ENDS
        and any(
            address.startswith(("chuong-", "muc-", "phan-")) and not any(covers(address, at) for at in known)
            for address in one.relation.provisions
        )
    ]


def unsettled(dated: Iterable[Incoming], known: Collection[str] = ()) -> str:
    """What has to be checked because a later document changes provisions that it, or what is held of it, does not name."""
    told = list(dated)
    if ends := _unnamed(told):
        return f"{ends[-1].header.number} bãi bỏ hoặc thay thế một phần văn bản này mà không nêu điều, khoản"
    if hidden := _unshown(told, known):
        places = ", ".join(spoken(address) for address in hidden[-1].relation.provisions)
        return f"{hidden[-1].header.number} bãi bỏ {places}; bản trong kho không chia chương nên không rõ điều này có thuộc đó không"
    vague = [one for one in told if one.relation.kind is RelationKind.AMENDS and not one.relation.provisions]
    if vague:
        return f"{vague[-1].header.number} sửa đổi văn bản này; kho không có phần nêu rõ điều, khoản nào được sửa"
    return ""


def guiding(own: Validity, header: Document, ends: Mapping[str, Validity]) -> Validity:
    """The status of a document that details others, of which some have ended (`ends`: their status by number key).

    The law ends what details an ended document with it, unless the new one keeps it; whether it was kept, in whole
    or in part, is seldom in the documents held. So it is never called ended for that, but to be checked.
    """
    guided = [key(one.number) for one in header.relations if one.kind is RelationKind.GUIDES]
    over = [ends[one] for one in guided if one in ends and ends[one].status is ValidityStatus.EXPIRED]
    if not over or own.corrected or own.status in (ValidityStatus.EXPIRED, ValidityStatus.NOT_YET):
        return own
    numbers = [one.number for one in header.relations if one.kind is RelationKind.GUIDES]
    named = [n for n in numbers if ends.get(key(n)) in over]
    check = (
        f"văn bản được quy định chi tiết, hướng dẫn là {', '.join(named)} đã hết hiệu lực"
        f"{f' theo {over[0].by}' if over[0].by else ''}; văn bản này có thể cũng hết hiệu lực"
    )
    if len(over) < len(guided):
        return replace(own, check=check)
    return Validity(ValidityStatus.UNKNOWN, own.on, None, over[0].by, over[0].by_id, over[0].evidence, check)


def interval(
    header: Document, incoming: Iterable[Incoming] = (), corrections: Sequence[Correction] = ()
) -> tuple[date | None, date | None]:
    """First and last day in force, None where unknown or open; the last day by its own words or a repeal."""
    if any(one.field == "effective_to" for one in corrections):
        return header.effective_from, header.effective_to
    ends = [
        one.day - timedelta(days=1)
        for one in _telling(incoming, header)
        if one.relation.kind in _ENDS and one.relation.whole and one.day is not None
    ]
    if header.effective_to:
        ends.append(header.effective_to)
    return header.effective_from, min(ends, default=None)


def speaks_of(one: Incoming, header: Document) -> bool:
    """Whether what is said about a number means this document, and changes it.

    Numbers without a year are used again every year and in every province, so the dates and the place must
    not contradict. A press item does not end a regulation: it only reports.
    """
    relation, says = one.relation, one.header
    if relation.kind not in _CHANGES or says.authority is Authority.PRESS:
        return False
    if (
        not header.number
        or key(relation.number) != key(header.number)
        or key(says.number) == key(header.number)
    ):
        return False
    if one.ended_on and one.day and one.ended_on <= one.day:
        return False  # it was ended itself before it could work
    if says.issued_on and header.issued_on and says.issued_on < header.issued_on:
        return False
    if (
        header.issued_on
        and (named := _named_dates(one.evidence, header.number))
        and header.issued_on not in named
    ):
        return False
    if _place(says.issuer) and agency_of(header.number):
        return False  # no province changes what a central agency issued: it was misread, or reports
    place = _place(header.issuer)
    return not place or place in fold(f"{says.issuer} {one.evidence}")


def _telling(incoming: Iterable[Incoming], header: Document) -> list[Incoming]:
    """What counts of all that is said about a document.

    Of a decree and a summary of it the one that knows the day is heard, then the one that binds more.
    """
    heard: dict[tuple[str, RelationKind, bool], list[Incoming]] = {}
    for one in incoming:
        if speaks_of(one, header):
            group = key(one.header.number) or one.id, one.relation.kind, one.relation.whole
            heard.setdefault(group, []).append(one)
    told = []
    for told_alike in heard.values():
        best = min(told_alike, key=lambda one: (one.known_day is None, one.header.authority.rank))
        told += [replace(one, sure=_is_sure(one, header)) for one in told_alike if one.id == best.id]
    return told


def _is_sure(one: Incoming, header: Document) -> bool:
    """Whether a number means this document: what each province or each year gives anew needs the place or the day."""
    if header.issued_on and header.issued_on in _named_dates(one.evidence, header.number):
        return True
    if header == Document(number=header.number):
        return True  # not held: whoever asks means what has this number
    parts = parts_of(header.number)
    if parts and _LOCAL.search(parts.agency) and not _place(header.issuer):
        return False
    return bool(header.issued_on or parts is None or parts.year or _OF_A_TERM.search(parts.agency))


def _namesakes(one: Incoming) -> str:
    return (
        f"{one.header.number} bãi bỏ hoặc thay thế một văn bản số {one.relation.number}; văn bản này chưa rõ ngày hoặc nơi "
        "ban hành nên chưa chắc là văn bản đó"
    )


def _by(status: ValidityStatus, on: date, one: Incoming, since: date | None) -> Validity:
    return Validity(status, on, since, one.header.number, one.id, one.evidence)


def _named_dates(sentence: str, number: str) -> list[date]:
    """The dates of issue that a sentence gives with this number: "905/QĐ-BNV ngày 17/11/2022"."""
    wanted = key(number)
    dates = []
    for mention in numbers_in(sentence):
        match = _DATED.match(sentence, mention.end) if key(mention.number) == wanted else None
        if match:
            day, month, year = map(int, match.groups())
            with suppress(ValueError):  # a misprinted date contradicts nothing
                dates.append(date(year, month, day))
    return dates


def _place(issuer: str) -> str:
    """The place of a local agency, folded: "UBND tỉnh Khánh Hòa" → "khanh hoa"; "" for a central one."""
    match = _PLACE.search(nfc(issuer))
    return fold(match[1]) if match and match[1][0].isupper() else ""
