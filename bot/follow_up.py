"""Fifth step: a question that leans on the conversation takes its document, subject, place and day from the turn before.

The desk keeps no conversation: what the earlier questions were about is found again by asking them once more.
"""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from bot.abbreviations import written_out
from bot.asked import Asked, asked_for
from bot.aspects import names_subject
from bot.find import find
from bot.guard import guard
from bot.holdings import Holdings
from bot.judge import weigh
from bot.places import speaks_for
from bot.turn import ProvisionReference, Turn
from bot.understand import understand
from bot.words import content_words, question_words, tokens
from corpus import number as numbers
from corpus.document import RelationKind
from corpus.spelling import has_diacritics
from corpus.store import StoredDocument
from index.search import Filters, Search

_WORD = re.compile(r"\w+")
#: Openings and words that point back: "thế còn …", "còn cấp xã?", "văn bản đó", "mức này".
_OPENING = re.compile(r"^(?:thế|vậy|còn|rồi|nếu vậy|nhưng|và|the|vay|con|roi|neu vay|nhung)\b")
_CLOSING = re.compile(r"^(?:[^\s,]+ ){1,4}(?:thì sao|thi sao)\W*$")
_POINTS_BACK = re.compile(
    r"\b(?<!trước )(?<!sau )(?<!trong )(?<!theo )(?<!tại )(?<!từ )(?<!ở )(?<!do )đó\b"
    r"|\b(?:này|kia|nó|vừa rồi|ở trên|trên đây|như trên|vừa nêu|vừa nói)\b"
    r"|^(?:điều|khoản|điểm|mục|chương) (?:\d|[a-zđ]\b|[ivx]+\b)"
)
#: The same typed without marks, where "do" and "nay" may be other words: only behind what they can point at.
_POINTS_BACK_BARE = re.compile(
    r"^(?:dieu|khoan|diem|muc|chuong) (?:\d|[a-z]\b|[ivx]+\b)"
    r"|\b(?:van ban|nghi dinh|quyet dinh|thong tu|luat|de an|ke hoach|cai|viec|dieu|muc|truong hop|thu tuc|noi dung)"
    r" (?:do|nay|kia)\b"
)
#: "Thế trước đó?": what held before the document talked of.
_BEFORE_IT = re.compile(r"\b(?:trước|truoc) (?:đó|do|đây|day|kia|nữa|nua)\b")
#: A question of more content words than this says its subject itself.
_SHORT = 9
#: A question belongs to the document talked of where that holds its words as well as the best place elsewhere does:
#: shares of its weight (0…1). Chosen by hand over made-up conversations.
_HELD_THERE, _AS_WELL, _HELD_IN_PART = 0.6, 0.9, 0.45
#: Earlier turns that are asked again: the last that stands alone, and these many after it.
_SINCE = 2


def follow_up(turn: Turn, search: Search, holdings: Holdings) -> None:
    """Complete a question that cannot stand alone from the question before it."""
    if not turn.history:
        return
    another = bool(turn.documents or turn.missing)
    if another and not _only_another(turn.text):
        return
    earlier = _earlier(turn, search, holdings)
    if earlier is not None and (
        leans_back(turn.text) or another or _belongs(turn, earlier, search, holdings)
    ):
        _take_over(turn, earlier, holdings)


def leans_back(text: str) -> bool:
    """Whether a question by its form needs the conversation to be understood."""
    if numbers.numbers_in(text) or any(p.year or p.kind for p in numbers.partial_mentions(text)):
        return False
    lowered = text.lower()
    points = _POINTS_BACK if has_diacritics(text) else _POINTS_BACK_BARE
    return bool(
        _OPENING.search(lowered)
        or _CLOSING.search(lowered)
        or points.search(lowered)
        or _BEFORE_IT.search(lowered)
    ) or not names_subject(text)


def relevant(history: tuple[str, ...]) -> tuple[str, ...]:
    """Of the earlier questions the last that stands alone by its form, and the last ones after it."""
    since: list[str] = []
    for question in reversed(history):
        since.insert(0, question)
        if not leans_back(question):
            break
    return tuple(since[:1] + since[1:][-_SINCE:])


def _only_another(text: str) -> bool:
    """Whether a question asks the same of another document: "thế Nghị định 30/2020 thì sao?"."""
    spans = [(m.start, m.end) for m in numbers.numbers_in(text)]
    spans += [(m.start, m.end) for m in numbers.partial_mentions(text)]
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return bool(spans) and bool(_OPENING.search(text.strip().lower())) and not names_subject(text)


def _earlier(turn: Turn, search: Search, holdings: Holdings) -> Turn | None:
    """The last earlier question that asked something of the documents, understood and answered again."""
    history = relevant(turn.history)
    for at in range(len(history) - 1, -1, -1):
        said = history[at]
        before = Turn(
            said,
            history[:at],
            turn.as_of if turn.day is None else turn.today,
            turn.today,
            typed=said,
            text=said,
        )
        guard(before)
        if before.status is not None:
            continue
        before.query = written_out(said)
        before.asked = asked_for(before.query)
        understand(before, holdings, search)
        follow_up(before, search, holdings)
        if before.reference is not None and not before.reference.article:
            before.reference = None
        find(before, search, holdings)
        weigh(before, search, holdings)
        return before
    return None


def _belongs(turn: Turn, earlier: Turn, search: Search, holdings: Holdings) -> bool:
    """Whether a short question is one about the document talked of: that holds its words as well as any other does, or
    holds a good part of them where nothing answers the question alone."""
    if not earlier.evidence or len(content_words(turn.text)) > _SHORT:
        return False
    talked_of = earlier.evidence[0].document
    if turn.places and not speaks_for(talked_of.header.issuer, turn.places):
        return False
    words = question_words(" ".join(content_words(turn.query)), search.frequency, search.size)

    def held(filters: Filters) -> float:
        hits = search.search(turn.query, 5, filters)
        return max(
            (words.coverage(tokens(h.segment.text), tokens(h.segment.context)) for h in hits), default=0.0
        )

    there = held(Filters(documents=frozenset({talked_of.id})))
    if there >= _HELD_THERE:
        return there >= _AS_WELL * held(Filters()) or not _answered_alone(turn, search, holdings)
    return there >= _HELD_IN_PART and not _answered_alone(turn, search, holdings)


def _answered_alone(turn: Turn, search: Search, holdings: Holdings) -> bool:
    alone = replace(turn, history=(), timings={}, fixed=[])
    if alone.reference is not None and not alone.reference.article:
        alone.reference = None
    find(alone, search, holdings)
    weigh(alone, search, holdings)
    return alone.status is None


def _take_over(turn: Turn, earlier: Turn, holdings: Holdings) -> None:
    turn.earlier = earlier
    if turn.asked == Asked():  # "thế trước 1/1/2020?" asks the same again
        turn.asked = earlier.asked
    turn.places = turn.places or earlier.places
    another = bool(turn.documents or turn.missing)  # the same is asked of another document
    talked_of = [evidence.document for evidence in earlier.evidence[:1]]
    if turn.day is None:
        turn.day, turn.as_of = earlier.day, earlier.as_of
        if _BEFORE_IT.search(turn.text.lower()) and talked_of and talked_of[0].header.effective_from:
            turn.day = turn.as_of = talked_of[0].header.effective_from - timedelta(days=1)
    meant = [] if another else _holding(talked_of, turn, holdings)
    turn.preferred = frozenset(one.id for one in meant if speaks_for(one.header.issuer, turn.places))
    if not another and meant == talked_of:
        turn.documents, turn.missing = earlier.documents, earlier.missing
        if _of_the_document(turn) and not turn.documents and not turn.missing:
            turn.documents = tuple(talked_of)
    if turn.reference is not None and not turn.reference.article:
        turn.reference = _completed(turn.reference, earlier)
    if _of_the_document(turn) and turn.documents:
        names = ", ".join(document.header.name for document in turn.documents)
        turn.query = f"{turn.query.rstrip(' ?.')} {names}"
    else:
        turn.subject = _without_replaced(earlier.query, turn.text)
        turn.query = f"{turn.subject} {turn.query}"


def _without_replaced(subject: str, text: str) -> str:
    """The earlier question without what a short one puts something else in place of: "lần đầu" before "còn lần hai?"."""
    if not _OPENING.search(text.lower()) and not _CLOSING.search(text.lower()):
        return subject
    instead = dict(pairwise(_WORD.findall(text.lower())))
    words = list(_WORD.finditer(subject))
    for first, second in reversed(list(pairwise(words))):
        now = instead.get(first[0].lower(), "")
        if now and content_words(now) and now != second[0].lower():
            subject = subject[: first.start()] + subject[second.end() :]
    return " ".join(subject.split())


def _of_the_document(turn: Turn) -> bool:
    """Whether a document itself is asked about, or a place in it, rather than a matter."""
    asked = turn.asked
    of_it = asked.identity or asked.effect or asked.validity or asked.ends_others
    return of_it or turn.reference is not None


def _holding(talked_of: list[StoredDocument], turn: Turn, holdings: Holdings) -> list[StoredDocument]:
    """The documents talked of, or what they took the place of where they did not hold yet on the day asked about."""
    found: list[StoredDocument] = []
    for document in talked_of:
        begins = document.header.effective_from
        if turn.day is None or begins is None or begins <= turn.as_of:
            found.append(document)
            continue
        for relation in document.header.relations:
            if relation.kind in (RelationKind.REPLACES, RelationKind.REPEALS) and relation.number:
                found += holdings.corpus.find(relation.number)
    return found


def _completed(named: ProvisionReference, earlier: Turn) -> ProvisionReference | None:
    """ "Còn khoản 3?": that clause of the article spoken of before; by its name, or by where the answer stood."""
    before = earlier.reference
    if before is None and earlier.evidence:
        before = _address(earlier.evidence[0].provision.path)
    if before is None or not before.article:
        return None
    return replace(named, article=before.article, clause=named.clause or before.clause)


def _address(path: str) -> ProvisionReference:
    found = dict(re.findall(r"\b(dieu|khoan|diem)-(\w+)", path))
    return ProvisionReference(found.get("dieu", ""), found.get("khoan", ""), found.get("diem", ""))
