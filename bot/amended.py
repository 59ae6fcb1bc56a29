"""Answers from a provision that was amended: in the wording of the day asked about. Called by the composer.

The wording stands in the amending document and is quoted from there; where it is not given word for word, the old
words are quoted with the clause that amends them beside them.
"""

from bot.holdings import Holdings
from bot.messages import say
from bot.quoting import LIST_CHARS_MAX, citation, place_name, spanned
from bot.turn import Evidence, Turn
from corpus.as_of import Piece
from corpus.document import RelationKind
from corpus.validity import Incoming, ValidityStatus


def amended_paragraph(turn: Turn, evidence: Evidence, holdings: Holdings) -> bool:
    """Quote a provision as amended, naming both documents; False where its own words hold on the day asked about."""
    document = evidence.document
    found = holdings.as_of(document.id, evidence.provision.path, turn.as_of)
    if found is None or not found.amended or found.validity.status is ValidityStatus.EXPIRED:
        return False
    if evidence.revision != document.revision:
        return False
    givers = {piece.by.id: piece.by for piece in found.pieces if piece.by is not None}
    names = ", ".join(one.header.name for one in givers.values())
    place = place_name(evidence.provision.label)
    lead = say("as_amended", provision=place, document=document.header.name, by=names)
    lines: list[str] = []
    for piece in found.pieces:
        if lines and sum(map(len, lines)) + len(piece.text) > LIST_CHARS_MAX:
            lines.append(say("rest"))
            break
        lines.append(piece.text)
        turn.citations.append(citation(_evidence(piece, holdings), holdings, turn.as_of))
    turn.paragraphs.append("\n".join([lead, *lines]))
    for one in givers.values():
        turn.citations.append(citation(_clause(one, holdings), holdings, turn.as_of))
    return True


def amending_clause(turn: Turn, evidence: Evidence, holdings: Holdings) -> None:
    """The clause that amends a quoted provision without giving its new wording, beside the old words."""
    found = holdings.as_of(evidence.document.id, evidence.provision.path, turn.as_of)
    if found is None or found.validity.status is ValidityStatus.EXPIRED:
        return
    silent = [
        one for one in found.changes if one.relation.kind is RelationKind.AMENDS and not one.relation.wording
    ]
    for change in silent[-1:]:
        clause = _clause(change, holdings)
        if clause.quote:
            turn.paragraphs.append(
                f"{say('amended_by_clause', document=clause.document.header.name)}\n{clause.quote}"
            )
            turn.citations.append(citation(clause, holdings, turn.as_of))


def _evidence(piece: Piece, holdings: Holdings) -> Evidence:
    document = holdings.document(piece.document_id)
    tree = holdings.tree(document.id, document.revision)
    return spanned(document, tree, piece.start, piece.end)


def _clause(change: Incoming, holdings: Holdings) -> Evidence:
    document = holdings.document(change.id)
    tree = holdings.tree(document.id, document.revision)
    return spanned(document, tree, change.relation.start, change.relation.end)
