"""Seventh step: whether the evidence suffices to answer, by a small fitted model over named features."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from bot.answer import Status
from bot.evidence import gathered, headed
from bot.holdings import Holdings
from bot.messages import say
from bot.named_place import answer_from_place
from bot.turn import Evidence, Turn
from bot.words import QuestionWords, question_words, tokens
from corpus import number as numbers
from index.search import Hit, Search

#: Whether the best evidence suffices: a logistic model over the features of `Judgement`, fitted by
#: `python -m evals.calibration` on law questions with and without an answer in the corpus; bot/texts/judge.json
#: holds the coefficients with the figures of that fit.
ENOUGH = 0.5
#: Where the question names a document that is held, it is no longer asked whether the corpus knows the matter.
ENOUGH_IN_NAMED = 0.2

#: Of the hits the first, that the judgement looks at.
FIRST_HITS = 5


@dataclass(frozen=True, slots=True)
class Judgement:
    """How well the question is covered by the best evidence and the segment it stands in."""

    coverage: float  # share of the question's weight in segment and headings, 0…1
    strange: float  # share of its pairs of words that no document has
    headed: float  # share of the heading above the evidence that the question has
    agreed: float  # 1 where keywords and vectors (or the first two hits) point to one document, else 0
    alike: float  # share of the first hits that lie in the document of the evidence, 0…1
    ahead: float  # by how much the evidence fits better than that of any other document
    cosine: float | None  # of the question and the evidence or its segment; None without vectors

    def features(self) -> list[float]:
        """In the order of the coefficients; the cosine last, and absent where there is none."""
        told = [
            self.coverage, self.strange, self.headed, self.agreed, self.alike, self.ahead,
        ]  # fmt: skip
        return told if self.cosine is None else [*told, self.cosine]

    @property
    def probability(self) -> float:
        """That the evidence answers the question."""
        model = coefficients()["words" if self.cosine is None else "vectors"]
        z = model["bias"] + sum(w * x for w, x in zip(model["weights"], self.features(), strict=True))
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
        speaking = [e for e in turn.evidence if _speaks_of(e, turn.missing)]
        if not speaking:
            _refuse(turn, say("not_held", number=", ".join(turn.missing)))
            return
        turn.evidence = tuple(speaking)
    best = turn.evidence[0] if turn.evidence else None
    if best is None:
        _refuse(turn, say("no_evidence"))
        return
    turn.confidence = judgement(turn, turn.evidence, words, holdings).probability
    named = best.document.id in {*(document.id for document in turn.documents), *turn.preferred}
    if turn.confidence < (ENOUGH_IN_NAMED if named else ENOUGH):
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
    by_vectors = hit is not None and any(h.vector for h in turn.hits)
    cosine = hit.vector if hit is not None and by_vectors else None
    tree = holdings.tree(best.document.id, best.revision)
    first = turn.hits[:FIRST_HITS]
    other = next((e.score for e in evidence if e.document.id != best.document.id), 0.0)
    return Judgement(
        coverage=words.coverage(own, tokens(about)),
        strange=words.strange,
        headed=headed(tree, best.provision, words),
        agreed=_agreed(turn.hits),
        alike=sum(h.segment.document == best.document.id for h in first) / max(1, len(first)),
        ahead=max(0.0, best.score - other),
        cosine=cosine,
    )


def _agreed(hits: Sequence[Hit]) -> float:
    """Whether both sides of the search, or the first two hits, lead to the same document."""
    if any(hit.vector for hit in hits):
        pair = [max(hits, key=lambda h: h.keyword), max(hits, key=lambda h: h.vector)]
    else:
        pair = list(hits[:2])
    return float(len({hit.segment.document for hit in pair}) == 1 and len(pair) == 2)


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
