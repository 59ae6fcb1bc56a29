"""Eighth step: a question without a subject of its own, which fits many documents, is asked back with choices."""

from bot.answer import Status
from bot.aspects import asks_aspect_only
from bot.clarify import CHOICES
from bot.holdings import Holdings
from bot.messages import say
from bot.turn import Turn
from bot.words import QuestionWords, question_words, tokens
from corpus.store import StoredDocument
from corpus.validity import ValidityStatus
from index.search import Search

#: A document fits about as well as the best one from this share of its coverage.
_ABOUT_AS_WELL = 0.75


def ask_which(turn: Turn, search: Search, holdings: Holdings) -> None:
    """Ask which document is meant, in place of an answer from any of them or a refusal."""
    if turn.status not in (None, Status.NO_EVIDENCE) or not turn.hits:
        return
    if (
        turn.documents
        or turn.missing
        or turn.reference is not None
        or turn.earlier is not None
        or turn.places
    ):
        return
    if not asks_aspect_only(turn.query):
        return
    fitting = _fitting(turn, question_words(turn.query, search.frequency, search.size), holdings)
    if len(fitting) < 2:
        return
    turn.evidence, turn.nearest, turn.fixed = (), [], []
    names = [say("which_choice", name=f"{one.header.name}: {one.header.title}") for one in fitting]
    turn.finish(Status.CLARIFY, "\n".join([say("which_matter"), *names]))
    asked = turn.text.rstrip("?. ")
    turn.suggestions = [say("asked_of", question=asked, name=one.header.name) for one in fitting]


def _fitting(turn: Turn, words: QuestionWords, holdings: Holdings) -> list[StoredDocument]:
    """Numbered documents in force that have about as much of the question as the best one; of a refused question all
    that were found."""
    covered: dict[str, float] = {}
    for hit in turn.hits:
        share = words.coverage(tokens(hit.segment.text), tokens(hit.segment.context))
        covered[hit.segment.document] = max(share, covered.get(hit.segment.document, 0.0))
    least = 0.0 if turn.status is Status.NO_EVIDENCE else _ABOUT_AS_WELL * max(covered.values())
    documents = [
        holdings.document(id) for id in sorted(covered, key=lambda id: -covered[id]) if covered[id] >= least
    ]
    return [
        one
        for one in documents
        if one.header.number and holdings.validity(one.id, turn.as_of).status is not ValidityStatus.EXPIRED
    ][:CHOICES]
