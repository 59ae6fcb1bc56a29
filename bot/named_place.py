"""The place in a document that a question names: "điều 14 nghị định 61". Called by the judge."""

from bot.answer import Status
from bot.evidence import evidence_at
from bot.holdings import Holdings
from bot.messages import say
from bot.tree import Tree
from bot.turn import ProvisionReference, Turn
from corpus.provision import Level, Provision
from corpus.spelling import fold


def answer_from_place(turn: Turn, holdings: Holdings) -> None:
    """Answer "điều 14 nghị định 61" from that place, or say that the document has none."""
    assert turn.reference is not None
    found = []
    for document in turn.documents:
        tree = holdings.tree(document.id, document.revision)
        provision = provision_named(tree, turn.reference)
        if provision is not None:
            found.append(evidence_at(document, tree, provision, 1.0))
    if found:
        turn.evidence, turn.confidence = tuple(found), 1.0
    elif len(turn.documents) == 1 and turn.asked.whole:
        place = _place(turn.reference)
        turn.nearest = list(turn.documents)
        turn.finish(
            Status.NO_EVIDENCE,
            say("no_such_provision", document=turn.documents[0].header.name, provision=place),
        )


def provision_named(tree: Tree, reference: ProvisionReference) -> Provision | None:
    """The article, clause or point a reference names; of the main text before an attachment."""
    same = [a for a in tree.articles() if fold(a.number) == fold(reference.article)]
    if not same:
        return None
    # a decision of three articles only puts its regulation into force: "Điều 2" of it is rarely what is meant
    attached = [a for a in same if "." in a.path]
    main = [a for a in tree.articles() if "." not in a.path]
    article = attached[0] if attached and len(main) <= 5 and len(same) > 1 else same[0]
    if not reference.clause and not reference.point:
        return article
    inside = [p for p in tree.provisions if p.path.startswith(article.path + ".")]
    clause = next((p for p in inside if p.level is Level.CLAUSE and p.number == reference.clause), None)
    if reference.clause and clause is None:
        return None
    if not reference.point:
        return clause
    within = clause.path if clause else article.path
    return next(
        (
            p
            for p in inside
            if p.level is Level.POINT and p.number == reference.point and p.path.startswith(within)
        ),
        None,
    )


def _place(reference: ProvisionReference) -> str:
    parts = [f"Điều {reference.article}"]
    parts += [f"khoản {reference.clause}"] if reference.clause else []
    parts += [f"điểm {reference.point}"] if reference.point else []
    return " ".join(parts)
