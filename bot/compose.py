"""Seventh step: the answer in the documents' own words, with its citations and notices.

Extractive: what is not a fixed sentence of the catalogue, a name or a date of the document is quoted verbatim.
"""

from bot.amended import amended_paragraph, amending_clause
from bot.answer import Status
from bot.evidence import with_items
from bot.holdings import Holdings
from bot.notices import add_notices
from bot.quoting import beside, body, citation, introduction
from bot.standing import ended_answer, identity_answer, validity_answer
from bot.turn import Evidence, Turn
from corpus.provision import Level
from corpus.spelling import fold
from corpus.validity import ValidityStatus

#: Words of an answer that is no list; what comes second is left out beyond it.
WORDS_MAX = 170
#: A list up to this long (characters) is quoted whole though one of its items would answer: the others qualify it.
SHORT_LIST = 700
#: A further provision is added when it fits nearly as well as the first.
NEARLY = 0.78
FURTHER_MAX = 3


def compose(turn: Turn, holdings: Holdings) -> None:
    """Fill paragraphs, citations and notices from the evidence; sets the status."""
    if turn.asked.ends_others and ended_answer(turn, holdings):
        return
    if turn.asked.validity and not turn.asked.ends_others and validity_answer(turn, holdings):
        return
    if turn.asked.identity and identity_answer(turn, holdings):
        return
    chosen = _chosen(turn, holdings)
    turn.quoted = tuple(chosen)
    around: list[Evidence] = []
    for evidence in chosen:
        if amended_paragraph(turn, evidence, holdings):
            continue
        tree = holdings.tree(evidence.document.id, evidence.revision)
        turn.paragraphs.append(f"{introduction(evidence)}\n{body(evidence, tree)}")
        turn.citations.append(citation(evidence, holdings, turn.as_of))
        around += beside(evidence, tree)
        amending_clause(turn, evidence, holdings)
    turn.citations += [citation(evidence, holdings, turn.as_of) for evidence in around]
    turn.status = Status.ANSWERED
    add_notices(turn, chosen, holdings)
    turn.suggestions = _suggestions(chosen[0], holdings)


def _chosen(turn: Turn, holdings: Holdings) -> list[Evidence]:
    if not turn.evidence:
        return []
    first = _widened(turn, turn.evidence[0], holdings)
    chosen = [first]
    if turn.reference is not None and turn.documents:
        chosen += [_widened(turn, e, holdings) for e in turn.evidence[1:4]]
        return chosen
    if len(turn.documents) > 1:
        for document in turn.documents[:4]:
            best = next((e for e in turn.evidence if e.document.id == document.id), None)
            if best is not None and all(c.document.id != document.id for c in chosen):
                chosen.append(_widened(turn, best, holdings))
        return chosen
    words = len(first.text.split())
    standing = _in_force(first, turn, holdings)
    for evidence in turn.evidence[1:8]:
        if len(chosen) > FURTHER_MAX or evidence.score < NEARLY * turn.evidence[0].score:
            break
        wider = _widened(turn, evidence, holdings)
        if standing and not _in_force(wider, turn, holdings):
            continue  # what no longer holds adds nothing to what does
        if any(_overlap(wider, other) for other in chosen):
            continue
        more = len(wider.text.split())
        if words + more > WORDS_MAX:
            continue
        words += more
        chosen.append(wider)
    return chosen


def _in_force(evidence: Evidence, turn: Turn, holdings: Holdings) -> bool:
    status = holdings.status(evidence.document.id, evidence.provision.path, turn.as_of).status
    return status not in (ValidityStatus.EXPIRED, ValidityStatus.NOT_YET)


def _overlap(one: Evidence, other: Evidence) -> bool:
    """Whether one lies in the other, or both say the same."""
    if one.document.id == other.document.id and one.start < other.end and other.start < one.end:
        return True
    return fold(one.quote) == fold(other.quote)


def _widened(turn: Turn, evidence: Evidence, holdings: Holdings) -> Evidence:
    """The whole place where a place is named; a point with its siblings where they are short."""
    tree = holdings.tree(evidence.document.id, evidence.revision)
    provision = evidence.provision
    if evidence.items or not provision.path or provision.level is Level.ROW:
        return evidence
    if turn.reference is not None and turn.documents:
        return with_items(tree, evidence, provision)
    parent = tree.parent(provision)
    if parent is not None and evidence.lead and parent.level in (Level.CLAUSE, Level.HEADING, Level.ARTICLE):
        whole = with_items(tree, evidence, parent)
        if len(whole.quote) <= SHORT_LIST:
            return whole
    return evidence


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
