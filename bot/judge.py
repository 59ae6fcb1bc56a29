"""Seventh step: whether the evidence suffices to answer, by a small fitted model over named features."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from bot.answer import Status
from bot.evidence import defines, gathered, headed
from bot.holdings import Holdings
from bot.messages import say
from bot.named_place import answer_from_place
from bot.turn import Evidence, Turn
from bot.words import QuestionWords, question_words, tokens
from corpus import number as numbers
from index.search import Hit, Search

#: What a wrong answer and a needless refusal cost an official, beside each other: the one quotes a provision beside the
#: point, verbatim and with its place, for him to see; the other keeps from him what is there. An answer goes out where
#: it is expected to cost less than a refusal.
WRONG_ANSWER_COST, NEEDLESS_REFUSAL_COST = 1.2, 1.0
ENOUGH = WRONG_ANSWER_COST / (WRONG_ANSWER_COST + NEEDLESS_REFUSAL_COST)
#: The confidence takes it that five of six questions have an answer here (`evals.calibration`). Where a document is
#: named that is held, or an earlier question gone on from, the odds of an answer are taken to be so many times higher.
ODDS_IN_KNOWN = 3.0
ENOUGH_IN_KNOWN = WRONG_ANSWER_COST / (WRONG_ANSWER_COST + ODDS_IN_KNOWN * NEEDLESS_REFUSAL_COST)

#: Of the hits the first, that the judgement looks at.
FIRST_HITS = 5
#: Further ahead than this is ahead without a doubt: in BM25 for each unit of the question's weight, and in cosine.
FAR_AHEAD_IN_WORDS, FAR_AHEAD_IN_SENSE = 1.5, 0.06


@dataclass(frozen=True, slots=True)
class Judgement:
    """How well the question is covered by the best evidence and the segment it stands in. More of any of them speaks for
    an answer: the fit allows no weight below 0. All are shares, 0…1, but the cosine."""

    coverage: float  # of the question's weight, what segment and headings have
    headed: float  # of the heading above the evidence, what the question has
    defines: float  # 1 where a definition is asked for and the evidence is that of the very term
    agreed: (
        float  # 1 where keywords and vectors (or the first two hits) find one place, half for one document
    )
    alike: float  # of the first hits, those in the document of the evidence
    ahead: float  # by how much its document is found better by keywords than any other
    nearer: float | None = None  # the same by vectors; None without them
    cosine: float | None = None  # of the question and the segment; None without vectors

    def features(self) -> list[float]:
        """In the order of the coefficients; those of the vectors last, and absent where there are none."""
        told = [self.coverage, self.headed, self.defines, self.agreed, self.alike, self.ahead]
        by_vectors = (self.nearer, self.cosine)
        return told + [value for value in by_vectors if value is not None]

    @property
    def probability(self) -> float:
        """That the evidence answers the question."""
        model = coefficients()["words" if self.cosine is None else "vectors"]
        weights = model["weights"].values()
        z = model["bias"] + sum(w * x for w, x in zip(weights, self.features(), strict=True))
        return 1 / (1 + math.exp(-z))


@cache
def coefficients() -> dict[str, Any]:
    """The fitted judge, as `evals.calibration` wrote it."""
    text = resources.files("bot").joinpath("texts/judge.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def weigh(turn: Turn, search: Search, holdings: Holdings) -> None:
    """Fill `turn.evidence`, best first, or finish the turn where nothing suffices."""
    if turn.reference is not None and turn.documents:
        answer_from_place(turn, holdings)
        if turn.evidence or turn.status is not None:
            return
    words = question_words(turn.query.removeprefix(turn.subject), search.frequency, search.size, turn.subject)
    turn.words = words
    turn.evidence = gathered(turn, holdings, words)
    _judge(turn, words, holdings)


def best_judgement(turn: Turn, search: Search, holdings: Holdings, words: QuestionWords) -> Judgement | None:
    """The features of the best evidence for a question; None where nothing was found."""
    found = gathered(turn, holdings, words)
    return judgement(turn, found, words, holdings) if found else None


def _judge(turn: Turn, words: QuestionWords, holdings: Holdings) -> None:
    """Set the confidence, and finish the turn where the evidence does not suffice."""
    if turn.missing and not turn.documents:
        # what others say of a document that is not held is whether it still holds; never what stands in it
        speaking = [e for e in turn.evidence if turn.asked.validity and _speaks_of(e, turn.missing)]
        if not speaking:
            _refuse(turn, say("not_held", number=", ".join(turn.missing)))
            return
        turn.evidence = tuple(speaking)
    best = turn.evidence[0] if turn.evidence else None
    if best is None:
        _refuse(turn, say("no_evidence"))
        return
    turn.confidence = judgement(turn, turn.evidence, words, holdings).probability
    known = best.document.id in {*(document.id for document in turn.documents), *turn.preferred}
    if turn.confidence < (ENOUGH_IN_KNOWN if known or turn.subject else ENOUGH):
        _refuse(turn, say("no_evidence"))


def judgement(
    turn: Turn, evidence: Sequence[Evidence], words: QuestionWords, holdings: Holdings
) -> Judgement:
    """What the decision to answer rests on; `evidence` is not empty, best first."""
    best = evidence[0]
    near = [
        h for h in turn.hits
        if h.segment.document == best.document.id and h.segment.start < best.end and best.start < h.segment.end
    ]  # fmt: skip
    hit = near[0] if near else turn.hits[0] if turn.hits else None
    header = best.document.header
    segment = hit.segment if hit else None
    about = (
        f"{header.kind} {header.number} {header.title} {header.issuer} {segment.context if segment else ''}"
    )
    own = tokens(f"{segment.text if segment else ''} {best.lead} {best.quote}")
    tree = holdings.tree(best.document.id, best.revision)
    # the law that this one replaced speaks of the same matter: it is no rival
    hits = [
        h
        for h in turn.hits
        if h.segment.document == best.document.id or turn.standing.get(h.segment.document, 1.0) >= 1.0
    ]
    first = hits[:FIRST_HITS]
    by_vectors = hit is not None and any(h.vector for h in hits)
    weight = max(words.total, 1e-6)
    return Judgement(
        coverage=words.coverage(own, tokens(about)),
        headed=headed(tree, best.provision, words),
        defines=float(turn.asked.definition and defines(best.quote, words)),
        agreed=_agreed(hits),
        alike=sum(h.segment.document == best.document.id for h in first) / max(1, len(first)),
        ahead=_ahead([h.keyword / weight for h in hits], hits, best.document.id, FAR_AHEAD_IN_WORDS),
        nearer=_ahead([h.vector for h in hits], hits, best.document.id, FAR_AHEAD_IN_SENSE)
        if by_vectors
        else None,
        cosine=hit.vector if hit is not None and by_vectors else None,
    )


def _agreed(hits: Sequence[Hit]) -> float:
    """How far both sides of the search, or the first two hits, lead to the same place."""
    if any(hit.vector for hit in hits):
        pair = [max(hits, key=lambda h: h.keyword), max(hits, key=lambda h: h.vector)]
    else:
        pair = list(hits[:2])
    if len(pair) < 2 or pair[0].segment.document != pair[1].segment.document:
        return 0.0
    return 1.0 if pair[0].segment.id == pair[1].segment.id else 0.5


def _ahead(scores: Sequence[float], hits: Sequence[Hit], document: str, far: float) -> float:
    """How far the best score in a document is above the best elsewhere, in units of `far`, at most 1. Where every hit
    lies in it, above its own worst."""
    inside = [score for score, hit in zip(scores, hits, strict=True) if hit.segment.document == document]
    outside = [score for score, hit in zip(scores, hits, strict=True) if hit.segment.document != document]
    if not inside:
        return 0.0
    return min(1.0, max(0.0, max(inside) - max(outside, default=min(inside))) / far)


def _speaks_of(evidence: Evidence, missing: Sequence[str]) -> bool:
    """Whether a quote mentions one of the numbers."""
    named = {numbers.key(m.number) for m in numbers.numbers_in(evidence.quote + " " + evidence.lead)}
    for text in missing:
        full = numbers.canonical(text)
        partial = next(iter(numbers.partial_mentions(text)), None)
        if full and numbers.key(full) in named:
            return True
        if partial and any(partial.matches(numbers.canonical(n) or n) for n in named):
            return True
    return False


def _refuse(turn: Turn, sentence: str) -> None:
    turn.nearest = list(dict.fromkeys(e.document for e in turn.evidence))[:3]
    turn.evidence = ()
    turn.finish(Status.NO_EVIDENCE, sentence)
