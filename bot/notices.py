"""Notices under an answer: what no longer holds, what is only somebody's words, offices that are no more."""

import re
from collections.abc import Sequence
from datetime import date

from bot.answer import Status
from bot.holdings import Holdings
from bot.messages import say
from bot.quoting import day_text, place_name
from bot.turn import Evidence, Turn
from corpus.document import Authority
from corpus.store import StoredDocument
from corpus.validity import ValidityStatus

#: The district level of government ended on this day (Law 72/2025/QH15).
NO_DISTRICTS_FROM = date(2025, 7, 1)

_DISTRICT = re.compile(
    r"\bcấp huyện\b|\bUBND huyện\b|\bỦy ban nhân dân (?:các )?huyện\b|\bcác huyện\b", re.IGNORECASE
)


def add_notices(turn: Turn, chosen: Sequence[Evidence], holdings: Holdings) -> None:
    seen = set()
    for evidence in chosen:
        document = evidence.document
        whole = holdings.validity(document.id, turn.as_of)
        if whole.status is not ValidityStatus.EXPIRED:
            _of_provision(turn, evidence, holdings, first=evidence is chosen[0])
        if document.id in seen:
            continue
        seen.add(document.id)
        header = document.header
        status = whole
        if status.corrected:
            _add(turn, say("notice_corrected", document=header.name, evidence=status.evidence))
        if status.check:
            _add(turn, say("notice_check", document=header.name, check=status.check))
        since = since_text("since", status.since)
        by = say("by", number=status.by) if status.by else ""
        if status.status is ValidityStatus.EXPIRED:
            _add(turn, say("notice_expired", document=header.name, since=since, by=by))
            if evidence is chosen[0]:
                turn.status = Status.NOT_IN_FORCE
        elif status.status is ValidityStatus.NOT_YET:
            begins = since_text("from_day", header.effective_from)
            _add(turn, say("notice_not_yet", document=header.name, on=day_text(status.on), begins=begins))
        elif status.status is ValidityStatus.SUSPENDED:
            _add(turn, say("notice_suspended", document=header.name, on=day_text(status.on), by=by))
        elif status.status is ValidityStatus.PARTLY_EXPIRED:
            _add(turn, say("notice_partly", document=header.name, since=since, by=by))
        authority_notice(turn, document)
    old = [
        e for e in chosen if e.document.header.issued_on and e.document.header.issued_on < NO_DISTRICTS_FROM
    ]
    if turn.as_of >= NO_DISTRICTS_FROM and any(_DISTRICT.search(e.text) for e in old):
        _add(turn, say("notice_district"))


def _of_provision(turn: Turn, evidence: Evidence, holdings: Holdings, first: bool) -> None:
    """What is to be said of the provision quoted and not of its whole document."""
    path = evidence.provision.path
    found = holdings.as_of(evidence.document.id, path, turn.as_of) if path else None
    if found is None:
        return
    name, place, status = evidence.document.header.name, place_name(evidence.provision.label), found.validity
    if status.status is ValidityStatus.EXPIRED:
        since, by = since_text("since", status.since), say("by", number=status.by) if status.by else ""
        _add(turn, say("notice_provision_expired", provision=place, document=name, since=since, by=by))
        if first:
            turn.status = Status.NOT_IN_FORCE
    elif status.status is ValidityStatus.NOT_YET:
        _add(turn, say("notice_provision_not_yet", provision=place, document=name, on=day_text(status.on)))
    elif found.notice:
        _add(turn, say("notice_as_of", text=found.notice))


def authority_notice(turn: Turn, document: StoredDocument) -> None:
    """Says that a text is somebody's summary or a news item, once for each document."""
    header = document.header
    if header.authority is Authority.SUMMARY:
        publisher = header.publisher or say("own_publisher")
        name = header.name if header.number else say("document_of_press")
        _add(turn, say("notice_summary", publisher=publisher, document=name))
    elif header.authority is Authority.PRESS:
        name = header.name if header.number else say("document_of_press")
        _add(turn, say("notice_press", document=name))


def since_text(key: str, day: date | None) -> str:
    """A phrase of the catalogue with its day; "" where the day is not known."""
    return say(key, day=day_text(day)) if day else ""


def _add(turn: Turn, notice: str) -> None:
    if notice not in turn.fixed:
        turn.fixed.append(notice)
