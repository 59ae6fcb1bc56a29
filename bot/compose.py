"""Seventh step: the answer in the documents' own words, with its citations and notices.

Extractive: what is not a fixed sentence of the catalogue, a name or a date of the document is quoted verbatim.
"""

from collections.abc import Sequence

from bot.amended import amended_paragraph, amending_clause
from bot.answer import Status
from bot.choosing import choose
from bot.holdings import Holdings
from bot.messages import say
from bot.notices import add_notices
from bot.quoting import beside, body, citation, introduction, place_name
from bot.standing import ended_answer, identity_answer, validity_answer
from bot.turn import Evidence, Turn


def compose(turn: Turn, holdings: Holdings) -> None:
    """Fill paragraphs, citations and notices from the evidence; sets the status."""
    if turn.asked.ends_others and ended_answer(turn, holdings):
        return
    if turn.asked.validity and not turn.asked.ends_others and validity_answer(turn, holdings):
        return
    if turn.asked.identity and identity_answer(turn, holdings):
        return
    chosen = choose(turn, holdings)
    around: list[Evidence] = []
    for evidence in chosen.quoted:
        if amended_paragraph(turn, evidence, holdings):
            continue
        tree = holdings.tree(evidence.document.id, evidence.revision)
        turn.paragraphs.append(f"{introduction(evidence)}\n{body(evidence, tree, turn)}")
        turn.citations.append(citation(evidence, holdings, turn.as_of))
        around += beside(evidence, tree)
        amending_clause(turn, evidence, holdings)
    _see_also(turn, chosen.named)
    turn.citations += [citation(evidence, holdings, turn.as_of) for evidence in (*around, *chosen.named)]
    turn.citations = list(dict.fromkeys(turn.citations))
    turn.status = Status.ANSWERED
    add_notices(turn, chosen.quoted, holdings)
    turn.suggestions = _suggestions(chosen.quoted[0], holdings)


def _see_also(turn: Turn, named: Sequence[Evidence]) -> None:
    """One line that names what fits nearly as well, by document."""
    places: dict[str, list[str]] = {}
    for evidence in named:
        places.setdefault(evidence.document.header.name, []).append(place_name(evidence.provision.label))
    if places:
        told = "; ".join(f"{', '.join(filter(None, of))} {name}".strip() for name, of in places.items())
        turn.paragraphs.append(say("see_also", places=told))


def _suggestions(evidence: Evidence, holdings: Holdings) -> list[str]:
    """Questions that the desk can answer: the neighbouring articles of the one cited, by name."""
    header = evidence.document.header
    if not header.number:
        return []
    tree = holdings.tree(evidence.document.id, evidence.revision)
    articles = [a for a in tree.articles() if "." not in a.path and a.heading]
    here = next((i for i, a in enumerate(articles) if a.start <= evidence.start < a.end), None)
    around = [] if here is None else [articles[i] for i in (here + 1, here - 1) if 0 <= i < len(articles)]
    asked = [f"Điều {a.number} {header.kind} {header.number} quy định gì?" for a in around]
    return [*asked, f"{header.kind} {header.number} còn hiệu lực không?"][:3]
