"""What is shown side by side: provisions that differ, and the old beside the new. Called by the composer.

Which of two provisions goes ahead is never decided here; it is left to the reader, with whose they are and since when.
"""

import re

from bot.choosing import in_force, widened, words_of
from bot.excerpt import excerpt
from bot.holdings import Holdings
from bot.messages import say
from bot.notices import since_text
from bot.turn import Evidence, Turn
from bot.words import tokens
from corpus.spelling import fold
from corpus.validity import ValidityStatus

#: Provisions of two documents differ only if both fit about equally well and say nearly the same but for the figure.
EQUALLY, ALIKE = 0.88, 0.55
#: What held before is told when it fits this well beside what holds now.
BEFORE = 0.6

_VALUE = re.compile(
    r"(\d+(?:[.,]\d+)*)\s*(?:\([^)]{2,20}\)\s*)?(ngày làm việc|ngày|giờ|tháng|năm|%|đồng|triệu|tỷ|điểm|lần)",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:truoc day|truoc kia|truoc do|thay doi|khac (?:gi|nhau|voi)|so voi (?:quy dinh |luat |nghi dinh )?(?:cu|truoc)"
    r"|(?:quy dinh|luat|nghi dinh|thong tu|quyet dinh|van ban) (?:cu|moi))\b"
)


def differing(turn: Turn, first: Evidence, holdings: Holdings) -> Evidence | None:
    """A provision in force of another document that says the same as `first` with another figure."""
    if not (turn.asked.when or turn.asked.number) or turn.asked.list or turn.documents:
        return None
    if not _binds(first, turn, holdings) or not first.document.header.authority.is_regulation:
        return None
    mine = excerpt(first.quote, turn.words, turn.asked)
    for other in turn.evidence[1:8]:
        if other.document.id == first.document.id or other.score < EQUALLY * turn.evidence[0].score:
            continue
        if not other.document.header.authority.is_regulation or not _binds(other, turn, holdings):
            continue
        if turn.words.coverage(words_of(other)) < turn.words.coverage(words_of(first)) - 0.01:
            continue  # it speaks of somebody or something else
        theirs = excerpt(other.quote, turn.words, turn.asked)
        if _differ(mine, theirs) and _alike(mine, theirs) >= ALIKE:
            return widened(turn, other, holdings)
    return None


def held_before(turn: Turn, first: Evidence, holdings: Holdings) -> Evidence | None:
    """What held before `first`, where the question speaks of a change: the text that its document replaced."""
    if not _CHANGE.search(fold(turn.text)) or turn.documents or not in_force(first, turn, holdings):
        return None
    for other in turn.evidence[1:]:
        ended = holdings.validity(other.document.id, turn.as_of)
        if ended.status is ValidityStatus.EXPIRED and ended.since and other.score >= BEFORE * first.score:
            return widened(turn, other, holdings)
    return None


def whose(evidence: Evidence) -> str:
    """Who issued a document and since when it holds: "Chính phủ, có hiệu lực từ ngày 01/7/2025"."""
    header = evidence.document.header
    return ", ".join(filter(None, [header.issuer, since_text("in_force_from", header.effective_from)]))


def before_day(turn: Turn, evidence: Evidence, holdings: Holdings) -> str:
    """The words that open what held before: "Trước ngày 01/7/2025"."""
    return since_text("before_day", holdings.validity(evidence.document.id, turn.as_of).since)


def said_of_both(one: Evidence, other: Evidence) -> str:
    """The notice under provisions that differ; what one document says of the other is said, nothing is concluded."""
    for later, earlier in ((one, other), (other, one)):
        if any(r.number == earlier.document.header.number for r in later.document.header.relations):
            return say(
                "differ_related", later=later.document.header.name, earlier=earlier.document.header.name
            )
    return say("differ")


def _binds(evidence: Evidence, turn: Turn, holdings: Holdings) -> bool:
    """In force and not changed by a later document, which would be no contradiction."""
    found = holdings.as_of(evidence.document.id, evidence.provision.path, turn.as_of)
    return in_force(evidence, turn, holdings) and not (found and (found.amended or found.changes))


def _differ(one: str, other: str) -> bool:
    """Whether both have figures of one unit and none in common."""
    mine, theirs = _values(one), _values(other)
    units = {unit for _, unit in mine} & {unit for _, unit in theirs}
    return bool(units) and not any((n, u) in theirs for n, u in mine if u in units)


def _values(text: str) -> set[tuple[str, str]]:
    return {(m[1].lstrip("0"), m[2].lower()) for m in _VALUE.finditer(text)}


def _alike(one: str, other: str) -> float:
    """Share of the word pairs that two texts have in common."""
    mine, theirs = ({t for t in tokens(text) if "_" in t} for text in (one, other))
    return len(mine & theirs) / min(len(mine), len(theirs)) if mine and theirs else 0.0
