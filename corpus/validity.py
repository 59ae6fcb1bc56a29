"""Validity (hiệu lực): the status of a document on a day, in the official vocabulary, with who says so.

Derived from the documents themselves, never from a portal's label. The store calls it with what it holds;
it touches no database and no clock.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

from corpus.document import Authority, Document, Relation, RelationKind
from corpus.number import key, numbers_in
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
    UNKNOWN = "unknown"

    @property
    def vietnamese(self) -> str:
        return {
            ValidityStatus.IN_FORCE: "Còn hiệu lực",
            ValidityStatus.PARTLY_EXPIRED: "Hết hiệu lực một phần",
            ValidityStatus.EXPIRED: "Hết hiệu lực toàn bộ",
            ValidityStatus.NOT_YET: "Chưa có hiệu lực",
            ValidityStatus.UNKNOWN: "Chưa xác định hiệu lực",
        }[self]


@dataclass(frozen=True, slots=True)
class Validity:
    status: ValidityStatus
    on: date  # the day asked about
    since: date | None = None  # day the status began, where known
    by: str = ""  # số hiệu of the document that ended or amended it
    by_id: str = ""  # its document id, where held
    evidence: str = ""  # the sentence that says so, verbatim


@dataclass(frozen=True, slots=True)
class Incoming:
    """What another document says about the one asked about."""

    relation: Relation
    header: Document  # the document that says it
    id: str = ""  # its document id
    evidence: str = ""  # its sentence, verbatim

    @property
    def day(self) -> date | None:
        """First day on which it holds; None where that document tells no date at all.

        A document that is silent on its effect is not taken to work before the day it was issued.
        """
        return self.known_day or self.header.issued_on

    @property
    def known_day(self) -> date | None:
        """The same, only where the document says it."""
        return self.relation.effective_on or self.header.effective_from


_ENDS = (RelationKind.REPLACES, RelationKind.REPEALS)
_CHANGES = (*_ENDS, RelationKind.AMENDS)
_DATED = re.compile(
    r"\s*,?\s*ngày\s+(\d{1,2})\s*(?:[/.-]|tháng)\s*(\d{1,2})\s*(?:[/.-]|năm)\s*(\d{4})", re.IGNORECASE
)
_PLACE = re.compile(r"\b(?i:tỉnh|thành phố|tp\.?|quận|huyện|thị xã|xã|phường|đặc khu)\s+(.+)$")


def validity(header: Document, on: date, incoming: Iterable[Incoming] = ()) -> Validity:
    """The status of a document on the day `on`, given what other documents say about its number.

    Silence on the effective date means unknown, not "from today"; a repeal ends a document all the same.
    """
    said = _telling(incoming, header)
    dated = sorted(
        ((one.day, one.header.authority.rank, one) for one in said if one.day and one.day <= on),
        key=lambda entry: entry[:2],
    )
    wholly = [one for _, _, one in dated if one.relation.kind in _ENDS and one.relation.whole]
    own_end = (
        header.effective_to + timedelta(days=1) if header.effective_to and header.effective_to < on else None
    )
    if wholly and (own_end is None or (wholly[0].day or on) <= own_end):
        return _by(ValidityStatus.EXPIRED, on, wholly[0], wholly[0].known_day)
    if own_end:
        return Validity(ValidityStatus.EXPIRED, on, own_end)
    begins = header.effective_from
    if (begins or header.issued_on or on) > on:
        return Validity(ValidityStatus.NOT_YET, on)
    undated = [one for one in said if one.day is None and one.relation.kind in _ENDS and one.relation.whole]
    if undated:
        return _by(ValidityStatus.UNKNOWN, on, undated[0], None)
    partly = [one for _, _, one in dated if one.relation.kind in _ENDS and not one.relation.whole]
    if partly:
        return _by(ValidityStatus.PARTLY_EXPIRED, on, partly[-1], partly[0].known_day)
    if begins is None:
        return Validity(ValidityStatus.UNKNOWN, on)
    amended = [one for _, _, one in dated if one.relation.kind is RelationKind.AMENDS]
    if amended:
        return _by(ValidityStatus.IN_FORCE, on, amended[-1], begins)
    return Validity(ValidityStatus.IN_FORCE, on, begins)


def interval(header: Document, incoming: Iterable[Incoming] = ()) -> tuple[date | None, date | None]:
    """First and last day in force, None where unknown or open; the last day by its own words or a repeal."""
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
    if says.issued_on and header.issued_on and says.issued_on < header.issued_on:
        return False
    if (
        header.issued_on
        and (named := _named_dates(one.evidence, header.number))
        and header.issued_on not in named
    ):
        return False
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
        told += [one for one in told_alike if one.id == best.id]
    return told


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
