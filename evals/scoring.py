"""The verdict on one answer: its row of the suite against what was said, cited and stored. Pure, no asking."""

import re
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from bot.answer import Composer
from corpus.number import canonical, key
from evals.facts import folded, holds, unsupported
from evals.place import HIT, NEAR, compare, is_address
from evals.reply import Asked, Cited, Source
from evals.suite import RIGHT_STATUSES, Expect, Gold, Row

#: Only these many citations count, as nobody reads the sixth.
CITATIONS = 5


class Verdict(BaseModel):
    """None: the question does not ask for it. Shares are 0…1."""

    model_config = ConfigDict(frozen=True)

    status_right: bool
    answered_wrongly: bool | None = None  # it should have abstained
    refused_wrongly: bool | None = None  # it should have answered
    document_first: bool | None = None  # the first citation is of a gold document
    document_any: bool | None = None  # every gold document is cited
    provision_hit: bool | None = None  # every gold provision is cited, or a place inside it
    provision_near: bool | None = None  # every gold provision or its parent is cited
    golds: tuple[str, ...] = ()  # for each gold: "hit", "near", "document", "" or "described"
    facts: tuple[bool, ...] = ()  # for each fact of the row
    fact_recall: float | None = None
    facts_all: bool | None = None
    forbidden: tuple[str, ...] = ()  # of must_not, what was said
    must_not: bool | None = None  # something of must_not was said
    quotes: int = 0
    quotes_verbatim: int = 0
    unsupported: tuple[str, ...] = ()  # figures that nothing backs
    right: bool | None = None  # of rows to answer or to abstain from: what an asker may rely on
    words: int | None = None  # of an answer


def score(row: Row, asked: Asked) -> Verdict:
    reply = asked.reply
    answers = reply.status in RIGHT_STATUSES[Expect.ANSWER]
    text = folded(reply.text)
    forbidden = tuple(words for words in row.must_not if holds(text, folded(words)))
    verbatim = [is_verbatim(*pair) for pair in zip(reply.citations, asked.sources, strict=True)]
    found: dict[str, object] = {
        "status_right": reply.status in RIGHT_STATUSES[row.expect],
        "forbidden": forbidden,
        "must_not": bool(forbidden) if row.must_not else None,
        "quotes": len(verbatim),
        "quotes_verbatim": sum(verbatim),
        "unsupported": _unsupported(asked) if answers else (),
        "words": len(reply.text.split()) if answers else None,
    }
    if row.expect is Expect.ABSTAIN:
        found |= {"answered_wrongly": answers, "right": False if answers else None}
    if row.expect is Expect.ANSWER:
        refused = reply.status in RIGHT_STATUSES[Expect.ABSTAIN]
        # a word in the titles offered beside a refusal is no fact that the asker was told
        facts = tuple(
            not refused and any(holds(text, folded(spelling)) for spelling in fact) for fact in row.facts
        )
        found |= {"refused_wrongly": refused, **_cited(row.gold, reply.citations[:CITATIONS])}
        if facts:
            found |= {"facts": facts, "fact_recall": sum(facts) / len(facts), "facts_all": all(facts)}
        found["right"] = answers and all(facts) and not forbidden
    return Verdict.model_validate(found)


def is_verbatim(cited: Cited, source: Source) -> bool:
    """Whether the quote stands in the stored text letter by letter."""
    return source.stored is not None and bool(cited.quote.strip()) and cited.quote in source.stored


def _cited(golds: Sequence[Gold], citations: Sequence[Cited]) -> dict[str, object]:
    if not golds:
        return {}
    found = tuple(_best(gold, citations) for gold in golds)
    first = bool(citations) and any(_same_document(gold, citations[0]) for gold in golds)
    places = [result for gold, result in zip(golds, found, strict=True) if is_address(gold.provision)]
    judged: dict[str, object] = {"golds": found, "document_first": first, "document_any": all(found)}
    if places:
        judged["provision_hit"] = all(result == HIT for result in places)
        judged["provision_near"] = all(result in (HIT, NEAR) for result in places)
    return judged


def _best(gold: Gold, citations: Sequence[Cited]) -> str:
    """How near the citations come to one gold: "hit", "near", "document" (another place of it), ""."""
    of_document = [cited for cited in citations if _same_document(gold, cited)]
    if not of_document:
        return ""
    if not is_address(gold.provision):
        return "described"  # the place is told in words: only the document can be compared
    results = [compare(cited.provision, gold.provision) for cited in of_document]
    return next((result for result in (HIT, NEAR) if result in results), "document")


def _same_document(gold: Gold, cited: Cited) -> bool:
    """By số hiệu, not by file: a document may be held twice. Where none is known, by file."""
    if gold.document and cited.document.number and _key(gold.document) == _key(cited.document.number):
        return True
    return bool(gold.file) and gold.file == cited.file


def _key(number: str) -> str:
    return key(canonical(number) or number)


#: Of a sentence that a language model worded: the citations that bear it.
_MARK = re.compile(r" \[\d+\](?=$| \[)", re.MULTILINE)


def _unsupported(asked: Asked) -> tuple[str, ...]:
    reply = asked.reply
    sources = [asked.question, *asked.history]
    if reply.as_of:
        sources.append(reply.as_of.isoformat())
    for cited, source in zip(reply.citations, asked.sources, strict=True):
        # what the deployment stores counts; the label it cites by is stored too, and compared with the gold
        sources += [source.stored or "", cited.provision, *source.metadata]
    for near in reply.nearest:
        sources += [near.number, near.title]
    marked = _MARK.sub("", reply.text) if reply.composer == Composer.LLM else reply.text
    return tuple(unsupported(marked, sources))
