"""Seventh step: the answer in the documents' own words, with its citations and notices.

Extractive: what is not a fixed sentence of the catalogue, a name or a date of the document is quoted verbatim.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.amended import amended_paragraph, amending_clause
from bot.answer import Status
from bot.choosing import choose, widened
from bot.comparing import before_day, differing, held_before, said_of_both, whose
from bot.covering import uncovered
from bot.holdings import Holdings
from bot.messages import say
from bot.notices import add_notices
from bot.quoting import beside, body, citation, heading_needed, introduction, place_name
from bot.references import followed, reference_text
from bot.standing import ended_answer, identity_answer, validity_answer
from bot.suggesting import suggestions
from bot.turn import Evidence, Turn
from corpus import number as numbers


def compose(turn: Turn, holdings: Holdings) -> None:
    """Fill paragraphs, citations and notices from the evidence; sets the status."""
    if not _of_documents(turn, holdings):
        _from_evidence(turn, holdings)
    turn.citations = list(
        dict.fromkeys(turn.citations)
    )  # one place is one source, however often it is quoted
    if turn.citations:
        first = turn.citations[0]
        document = holdings.document(first.document.id)
        turn.suggestions = suggestions(turn, document, first.span[0], holdings, first.revision)


def _of_documents(turn: Turn, holdings: Holdings) -> bool:
    """Answer what is asked of a document itself: what it ends, whether it holds, which it is."""
    if turn.asked.ends_others and ended_answer(turn, holdings):
        return True
    if turn.asked.validity and not turn.asked.ends_others and validity_answer(turn, holdings):
        return True
    return turn.asked.identity and identity_answer(turn, holdings)


def _from_evidence(turn: Turn, holdings: Holdings) -> None:
    """Answer from the provisions that fit."""
    chosen = choose(turn, holdings)
    quoted = [Passage(evidence) for evidence in chosen.quoted]
    if other := differing(turn, quoted[0].evidence, holdings):
        first = quoted[0].evidence
        quoted = [Passage(first, whose(first)), Passage(other, whose(other))]
        turn.fixed.append(said_of_both(first, other))
    elif before := held_before(turn, quoted[0].evidence, holdings):
        day = before_day(turn, before, holdings)
        quoted = [quoted[0], Passage(before, opening=day)]
    missing, further = uncovered(turn, [passage.evidence for passage in quoted])
    quoted += [Passage(widened(turn, evidence, holdings)) for evidence in further]
    turn.quoted = tuple(passage.evidence for passage in quoted)
    shown = {(passage.evidence.document.id, passage.evidence.provision.path) for passage in quoted}
    named = [one for one in chosen.named if (one.document.id, one.provision.path) not in shown]
    around = [beside for passage in quoted for beside in _quote(turn, passage, holdings)]
    _see_also(turn, named)
    turn.citations += [citation(evidence, holdings, turn.as_of) for evidence in (*around, *named)]
    turn.status = Status.ANSWERED
    turn.fixed += [say("partly_covered", part=part) for part in missing]
    turn.fixed += [say("nothing_of", document=document.header.name) for document in chosen.silent]
    unheld = [number for number in turn.missing if numbers.canonical(number)]
    if unheld:
        turn.fixed.append(say("also_not_held", number=", ".join(unheld)))
    if missing or chosen.silent or (unheld and turn.documents):
        turn.status = Status.PARTIAL
    add_notices(turn, [passage.evidence for passage in quoted], holdings)


@dataclass(frozen=True, slots=True)
class Passage:
    """Evidence that is quoted, with what is said of it in the line above."""

    evidence: Evidence
    whose: str = ""
    opening: str = ""


def _quote(turn: Turn, passage: Passage, holdings: Holdings) -> list[Evidence]:
    """Add the paragraph of a passage with its citation, and of the place it leaves the answer to; gives what else
    of it is cited."""
    evidence = passage.evidence
    if amended_paragraph(turn, evidence, holdings):
        return []
    tree = holdings.tree(evidence.document.id, evidence.revision)
    shown = body(evidence, tree, turn)
    line = introduction(evidence, heading_needed(turn, evidence, tree), passage.whose, passage.opening)
    turn.paragraphs.append(f"{line}\n{shown}")
    turn.citations.append(citation(evidence, holdings, turn.as_of))
    amending_clause(turn, evidence, holdings)
    around = beside(evidence, tree)
    leads = not turn.citations[1:]
    if leads and turn.reference is None and (target := followed(turn, evidence, shown, holdings)):
        place, name = place_name(target.provision.label), target.document.header.name
        told = reference_text(turn, target)
        turn.paragraphs.append(f"{say('refers_to', place=place, document=name)}\n{told}")
        turn.citations.append(citation(target, holdings, turn.as_of))
        turn.quoted = (*turn.quoted, target)
    return around


def _see_also(turn: Turn, named: Sequence[Evidence]) -> None:
    """One line that names what fits nearly as well, by document."""
    places: dict[str, list[str]] = {}
    for evidence in named:
        places.setdefault(evidence.document.header.name, []).append(place_name(evidence.provision.label))
    if places:
        told = "; ".join(f"{', '.join(filter(None, of))} {name}".strip() for name, of in places.items())
        turn.paragraphs.append(say("see_also", places=told))
