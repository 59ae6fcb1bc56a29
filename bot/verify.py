"""Last step: what is not backed by a citation is not sent.

Quotes are compared with the stored text; every number, date and số hiệu of the answer must stand in a cited quote,
in the stored metadata of a cited document, or in the question. Fixed sentences of the catalogue are exempt.
"""

import logging
import re
from collections.abc import Iterable, Sequence

from bot.answer import Composer
from bot.holdings import Holdings
from bot.turn import Turn
from corpus import number as numbers
from corpus.address import spoken
from corpus.citation import Citation
from corpus.spelling import nfc

log = logging.getLogger("cchc.desk")

#: Of a language model's sentence: which citations bear it.
_MARK = re.compile(r" \[\d+\](?=$| \[)", re.MULTILINE)
_FIGURE = re.compile(r"\d+(?:[.,/]\d+)*")


class UnsupportedAnswer(Exception):
    """An answer that its citations do not back; `args` name what is not backed."""


def verify(turn: Turn, holdings: Holdings) -> None:
    """Leaves out paragraphs with a figure that has no source.

    Raises `UnsupportedAnswer` if a quote is not verbatim, or if the first paragraph, which answers, has such a figure.
    """
    for citation in turn.citations:
        # read again: the quote was cut from a copy in memory
        text = holdings.corpus.text(citation.document.id, citation.revision)
        if text[citation.span[0] : citation.span[1]] != citation.quote or not citation.quote.strip():
            raise UnsupportedAnswer(f"quote of {citation.document.id} {citation.path} is not verbatim")
    questions, about = [turn.question, *turn.history], _about(turn, holdings)
    kept = []
    for paragraph in turn.paragraphs:
        said = _MARK.sub("", paragraph) if turn.composer is Composer.LLM else paragraph
        loose = unsupported(said, turn.citations, questions, about)
        if not loose:
            kept.append(paragraph)
        elif not kept:
            raise UnsupportedAnswer(f"no source for {', '.join(sorted(loose))}")
        else:
            log.error("a paragraph is left out: no source for %s", ", ".join(sorted(loose)))
    turn.paragraphs = kept


def unsupported(
    answer: str, citations: Sequence[Citation], questions: Iterable[str], metadata: Iterable[str] = ()
) -> set[str]:
    """Figures and numbers of documents in `answer` that no quote, metadata or question holds."""
    sources = "\n".join([*(c.quote for c in citations), *map(nfc, questions), *metadata])
    known_figures = {_bare(f) for f in _FIGURE.findall(sources)}
    known_numbers = {numbers.key(m.number) for m in numbers.numbers_in(sources)}
    said_numbers = {numbers.key(m.number): m.number for m in numbers.numbers_in(answer)}
    loose = {number for key, number in said_numbers.items() if key not in known_numbers}
    return loose | {f for f in _FIGURE.findall(answer) if _bare(f) not in known_figures}


def _bare(figure: str) -> str:
    """Zero padding does not count: "01/7/2025" is "1/7/2025"."""
    return "/".join(part.lstrip("0") or "0" for part in figure.split("/"))


def _about(turn: Turn, holdings: Holdings) -> list[str]:
    """The stored metadata of the cited documents, and the day asked about, as text."""
    said = [_day_text(turn.as_of)]
    for citation in turn.citations:
        document = holdings.document(citation.document.id)
        header, status = document.header, citation.document.validity
        days = [header.issued_on, header.effective_from, header.effective_to, status.since, status.on]
        said += [header.name, header.title, header.number, citation.provision, status.by]
        said += [_day_text(day) for day in days if day]
        said += [relation.number for relation in header.relations]
        said += [_day_text(relation.effective_on) for relation in header.relations if relation.effective_on]
        said += [spoken(address) for relation in header.relations for address in relation.provisions]
        tree = holdings.tree(citation.document.id, citation.revision)
        provision = tree.by_path.get(citation.path)
        said += (
            [one.heading for one in (provision, *tree.ancestors(provision))] if provision is not None else []
        )
    return said


def _day_text(day: object) -> str:
    year, month, date = str(day).split("-")
    return f"{date}/{month}/{year} {int(date)}/{int(month)}/{year} {date} {month} {year}"
