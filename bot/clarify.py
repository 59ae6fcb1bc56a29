"""Sixth step: what has to be asked back before anything is searched: a place without a document, a number of several."""

import re
from collections.abc import Iterable

from bot.answer import Status
from bot.messages import say
from bot.turn import Turn
from corpus import number as numbers
from corpus.spelling import fold
from corpus.store import StoredDocument

_THIS_DOCUMENT = re.compile(
    r"\b(?:quyet dinh|nghi dinh|thong tu|luat|van ban|nghi quyet|ke hoach|de an|thu tuc|quy dinh|dieu|khoan) (?:nay|do|kia|tren)\b"
    r"|^(?:no|cai nay|cai do)\b"
)
#: A question longer than this (words) says more of its subject than "này".
_SHORT = 14
#: Choices that a clarifying question offers.
CHOICES = 5
_NO_CONTENT = frozenset(
    (  # noqa: SIM905  a list of literals would be read by nobody
        "dieu khoan diem muc chuong quy dinh noi dung gi ve nhung cai the nao ra sao la cho hoi toi xin "
        "hay neu trich o trong cua va theo"
    ).split()
)


def ask_back(turn: Turn) -> None:
    """Finish a turn that cannot be understood without one more word of the asker."""
    if not turn.documents and not turn.missing and turn.earlier is None:
        folded = fold(turn.text)
        if _THIS_DOCUMENT.search(folded) and len(folded.split()) <= _SHORT:
            turn.finish(
                Status.CLARIFY, say("which_document", example=turn.text.rstrip("?. ") + " (905/QĐ-BNV)?")
            )
        elif turn.reference is not None and not _content_words(folded):
            example = turn.text.rstrip("?. ") + " Nghị định 61/2018/NĐ-CP"
            turn.finish(Status.CLARIFY, say("which_document", example=example))
    if turn.reference is not None and not turn.reference.article:
        turn.reference = None
    if same := _same_number(turn.documents):
        turn.finish(
            Status.CLARIFY,
            say("which_of"),
            *(say("which_choice", name=_told_apart(d)) for d in same[:CHOICES]),
        )
        turn.suggestions = [_asked_of(turn.text, document) for document in same[:CHOICES]]


def _content_words(folded: str) -> list[str]:
    return [
        w for w in re.findall(r"\w+", folded) if w not in _NO_CONTENT and not re.fullmatch(r"\d+\w?|[a-z]", w)
    ]


def _same_number(held: Iterable[StoredDocument]) -> list[StoredDocument]:
    """Documents among the named ones that share a number, as 1718/QĐ-UBND of many provinces does."""
    by_number: dict[str, list[StoredDocument]] = {}
    for document in held:
        by_number.setdefault(document.header.number, []).append(document)
    for same in by_number.values():
        issuers = {d.header.issuer for d in same}
        days = {d.header.issued_on for d in same} - {None}
        if len(issuers) > 1 or len(days) > 1:
            return same
    return []


def _told_apart(document: StoredDocument) -> str:
    header = document.header
    return f"{header.name}: {header.title}" if header.title else header.name


def _asked_of(question: str, document: StoredDocument) -> str:
    """The question about one of the documents: its number written out with the issuer."""
    header = document.header
    day = (
        f" năm {header.issued_on.year}"
        if header.issued_on and not re.search(r"/\d{4}/", header.number)
        else ""
    )
    named = f"{header.number} của {header.issuer}{day}" if header.issuer else f"{header.number}{day}"
    for mention in numbers.numbers_in(question):
        if numbers.key(mention.number) == numbers.key(header.number):
            return question[: mention.start] + named + question[mention.end :]
    for partial in numbers.partial_mentions(question):
        if partial.matches(header.number):
            return question[: partial.start] + f"{header.kind} {named}".strip() + question[partial.end :]
    return f"{question.rstrip('?. ')} ({header.kind} {named})?"
