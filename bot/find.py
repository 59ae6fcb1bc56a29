"""Sixth step: the segments that may hold the answer, in the documents that may give it."""

from collections.abc import Mapping
from dataclasses import replace

from bot.holdings import Holdings
from bot.places import renamed, speaks_for
from bot.turn import Turn
from bot.words import content_words, tokens, with_digits
from corpus.store import NotHeldError, StoredDocument
from corpus.validity import ValidityStatus
from index.search import Filters, Hit, Search

#: Segments taken from the search; more only adds time.
CANDIDATES = 40
#: What a hit keeps of its score by the standing of its document: what no longer holds, or is only somebody's words
#: about a regulation, must be clearly better to go ahead of regulation in force.
EXPIRED_SHARE = 0.8
NOT_YET_SHARE = 0.7
NO_REGULATION_SHARE = 0.95
#: Where a day is asked about, what did not hold yet on it is no answer.
LATER_SHARE = 0.4
#: In a conversation the document that answered the earlier question is likely meant again.
SAME_DOCUMENT_BONUS = 0.25
#: Segments taken from it: those that fit this question alone, and those that fit the conversation.
FROM_SAME_DOCUMENT = 8

_EFFECT = "có hiệu lực thi hành kể từ ngày"


def find(turn: Turn, search: Search, holdings: Holdings) -> None:
    """Search inside the documents the question names, or everywhere; order by score and standing."""
    variants = [f"{turn.query} {_EFFECT}"] if turn.asked.effect else []
    if turn.query != turn.text and not turn.subject:
        variants.append(turn.text)  # documents abbreviate too
    if turn.typed.lower() != turn.text.lower():
        variants.append(turn.typed)  # in case it was no slip
    if with_digits(turn.query) != turn.query.lower():
        variants.append(with_digits(turn.query))
    if renamed(turn.query) != turn.query:
        variants.append(renamed(turn.query))
    hits: list[Hit] = []
    if turn.documents:
        share = max(8, CANDIDATES // len(turn.documents))
        for document in turn.documents[:5]:
            within = Filters(documents=frozenset({document.id}))
            hits += search.search(turn.query, share, within, variants)
    if not turn.documents or turn.asked.validity:
        hits += search.search(turn.query, CANDIDATES, Filters(), variants)
    own = frozenset(content_words(turn.query.removeprefix(turn.subject)))
    hits += [hit for hit in _talked_of(turn, search) if _says(hit, own)]
    hits = [hit for hit in hits if _is_document(hit, holdings) and _counts(hit, turn, holdings)]
    held = {hit.segment.document: holdings.document(hit.segment.document) for hit in hits}
    turn.standing = _standing(turn, held, holdings)
    scored = [
        replace(
            hit,
            score=hit.score * turn.standing[id]
            + (SAME_DOCUMENT_BONUS if id in turn.preferred and _says(hit, own) else 0.0),
        )
        for hit in hits
        for id in [hit.segment.document]
    ]
    turn.hits = sorted(scored, key=lambda hit: -hit.score)


def _counts(hit: Hit, turn: Turn, holdings: Holdings) -> bool:
    """Whether a document counts where the question is asked for: one province's decisions do not in another."""
    document = holdings.document(hit.segment.document)
    return document in turn.documents or speaks_for(document.header.issuer, turn.places)


def _is_document(hit: Hit, holdings: Holdings) -> bool:
    """Whether the corpus still has the document; between an ingest and its index it may not."""
    try:
        holdings.document(hit.segment.document)
    except NotHeldError:
        return False
    return True


def _talked_of(turn: Turn, search: Search) -> list[Hit]:
    """Segments of the documents that the conversation is about."""
    if not turn.preferred:
        return []
    within = Filters(documents=turn.preferred)
    own = turn.query.removeprefix(turn.subject)
    return [
        *search.search(own, FROM_SAME_DOCUMENT, within),
        *search.search(turn.query, FROM_SAME_DOCUMENT, within),
    ]


def _says(hit: Hit, own: frozenset[str]) -> bool:
    """Whether a segment has half of the words that a follow-up adds to the conversation: "còn khiếu nại?" leaves the
    law on something else."""
    found = tokens(hit.segment.text) | tokens(hit.segment.context)
    return 2 * len(own & found) >= len(own)


def _standing(turn: Turn, held: Mapping[str, StoredDocument], holdings: Holdings) -> dict[str, float]:
    named = {document.id for document in turn.documents}
    validities = holdings.validities(held, turn.as_of)
    shares = {}
    for document_id, document in held.items():
        share = 1.0
        if document_id not in named:
            status = validities[document_id].status
            not_yet = LATER_SHARE if turn.day is not None else NOT_YET_SHARE
            share *= {ValidityStatus.EXPIRED: EXPIRED_SHARE, ValidityStatus.NOT_YET: not_yet}.get(status, 1.0)
            share *= 1.0 if document.header.authority.is_regulation else NO_REGULATION_SHARE
        shares[document_id] = share
    return shares
