"""Notices under an answer: what no longer holds, what is only somebody's words, institutions that are no more.

Called by the composer and by the answers on a document's standing. One sentence says all there is of one document.
"""

import re
from collections.abc import Sequence
from datetime import date

from bot.answer import Status
from bot.holdings import Holdings
from bot.institutions import gone_in
from bot.messages import say
from bot.quoting import day_text, place_name
from bot.turn import Evidence, Turn
from corpus.document import Authority
from corpus.store import StoredDocument
from corpus.validity import Validity, ValidityStatus

#: The district level of government ended on this day (Law 72/2025/QH15).
NO_DISTRICTS_FROM = date(2025, 7, 1)
#: Of the merged institutions that a quote names, this many are told of.
MERGED_MAX = 4

_DISTRICT = re.compile(
    r"\bcấp huyện\b|\bUBND huyện\b|\bỦy ban nhân dân (?:các )?huyện\b|\bcác huyện\b", re.IGNORECASE
)


def add_notices(turn: Turn, chosen: Sequence[Evidence], holdings: Holdings) -> None:
    """Add the notices on what is quoted; an answer led by what has ended gets that status."""
    by_document: dict[str, list[Evidence]] = {}
    for evidence in chosen:
        by_document.setdefault(evidence.document.id, []).append(evidence)
    for quoted in by_document.values():
        whole = holdings.validity(quoted[0].document.id, turn.as_of)
        said, ended = _of_document(quoted, whole, holdings, turn.as_of)
        if whole.status is not ValidityStatus.EXPIRED:
            for evidence in quoted:
                more, provision_ended = _of_provision(evidence, holdings, turn.as_of)
                said += more
                ended = ended or (provision_ended and evidence is chosen[0])
        if ended and quoted[0] is chosen[0]:
            turn.status = Status.NOT_IN_FORCE
        add_notice(turn, [*said, *authority_notice(quoted[0].document)])
    add_notice(turn, _institutions(turn, chosen))


def add_notice(turn: Turn, parts: Sequence[str]) -> None:
    """One fixed sentence of several parts; each is said once in an answer."""
    told = "\n".join(turn.fixed)
    new = [part for part in dict.fromkeys(parts) if part and part not in told]
    if new:
        turn.fixed.append(say("notices", parts="; ".join(new)))


def _of_document(
    quoted: Sequence[Evidence], status: Validity, holdings: Holdings, on: date
) -> tuple[list[str], bool]:
    """(what is to be said of a document as a whole, whether it has ended)."""
    header = quoted[0].document.header
    since = since_text("since", status.since)
    by = say("by", number=status.by) if status.by else ""
    said = []
    if status.status is ValidityStatus.EXPIRED:
        said.append(say("notice_expired", document=header.name, since=since, by=by))
    elif status.status is ValidityStatus.NOT_YET:
        begins = since_text("from_day", header.effective_from)
        said.append(say("notice_not_yet", document=header.name, on=day_text(status.on), begins=begins))
    elif status.status is ValidityStatus.SUSPENDED:
        said.append(say("notice_suspended", document=header.name, on=day_text(status.on), by=by))
    elif (
        status.status is ValidityStatus.PARTLY_EXPIRED
        and not status.check
        and not _hold(quoted, holdings, on)
    ):
        said.append(say("notice_partly", document=header.name, since=since, by=by))
    if status.corrected:
        said.append(say("notice_corrected", document=header.name, evidence=status.evidence))
    if status.check:
        said.append(say("notice_check", document=header.name, check=status.check))
    return said, status.status is ValidityStatus.EXPIRED


def _hold(quoted: Sequence[Evidence], holdings: Holdings, on: date) -> bool:
    """Whether every quoted provision is known to hold though its document ended in part."""
    statuses = [holdings.status(e.document.id, e.provision.path, on) for e in quoted]
    return all(one.status is ValidityStatus.IN_FORCE and not one.check for one in statuses)


def _of_provision(evidence: Evidence, holdings: Holdings, on: date) -> tuple[list[str], bool]:
    """(what is to be said of the provision quoted and not of its whole document, whether it has ended)."""
    path = evidence.provision.path
    found = holdings.as_of(evidence.document.id, path, on) if path else None
    if found is None:
        return [], False
    name, place, status = evidence.document.header.name, place_name(evidence.provision.label), found.validity
    if status.status is ValidityStatus.EXPIRED:
        since, by = since_text("since", status.since), say("by", number=status.by) if status.by else ""
        said = say("notice_provision_expired", provision=place, document=name, since=since, by=by)
        return [said], True
    if status.status is ValidityStatus.NOT_YET:
        return [
            say("notice_provision_not_yet", provision=place, document=name, on=day_text(status.on))
        ], False
    # that a provision was amended is said where its new words are quoted
    own = [] if found.amended else re.split(r"(?<=\.)\s*(?=Cần kiểm tra)", found.notice)[:1]
    said_of_it = [part.rstrip(".") for part in own if part and not part.startswith("Cần kiểm tra")]
    check = [say("notice_check", document=name, check=status.check)] if status.check else []
    return [*said_of_it, *check], False


def authority_notice(document: StoredDocument) -> list[str]:
    """Says that a text is somebody's summary or a news item."""
    header = document.header
    name = header.name if header.number else say("document_of_press")
    if header.authority is Authority.SUMMARY:
        return [say("notice_summary", publisher=header.publisher or say("own_publisher"), document=name)]
    if header.authority is Authority.PRESS:
        return [say("notice_press", document=name)]
    return []


def _institutions(turn: Turn, chosen: Sequence[Evidence]) -> list[str]:
    """What has become of the institutions that the quoted texts name and that are no more on the day asked about."""
    said = []
    written = [(e.document.header.issued_on, e.text) for e in chosen]
    dated = [(day, text) for day, text in written if day is not None]
    old = [text for day, text in dated if day < NO_DISTRICTS_FROM]
    if turn.as_of >= NO_DISTRICTS_FROM and any(_DISTRICT.search(text) for text in old):
        said.append(say("notice_district"))
    gone = dict.fromkeys(one for day, text in dated for one in gone_in(text, day, turn.as_of))
    said += [say("notice_merged", old=one.old, present=one.present) for one in list(gone)[:MERGED_MAX]]
    return said


def since_text(key: str, day: date | None) -> str:
    """A phrase of the catalogue with its day; "" where the day is not known."""
    return say(key, day=day_text(day)) if day else ""
