"""Answers about a document itself: which it is, whether it holds, what it ends. Called by the composer.

They come from what is stored of documents and their relations; where a sentence says it, that sentence is cited.
"""

import re

from bot.answer import Status
from bot.holdings import Holdings
from bot.messages import say
from bot.notices import add_notice, add_notices, authority_notice, since_text
from bot.quoting import citation, day_text, introduction, place_name, spanned, trimmed
from bot.tree import Tree
from bot.turn import Evidence, Turn
from bot.words import tokens
from corpus.document import Authority, Document, Relation, RelationKind
from corpus.provision import Level, Provision
from corpus.spelling import fold
from corpus.store import StoredDocument
from corpus.validity import Validity, ValidityStatus, validity

_SIGNER_ASKED = re.compile(r"\bai (?:da )?ky\b|\bnguoi ky\b|\bky boi\b")
_ENDS = re.compile(r"thay thế|hết hiệu lực|bãi bỏ", re.IGNORECASE)
_SAYING = (Level.CLAUSE, Level.ARTICLE, Level.HEADING, Level.POINT)
_OWN_EFFECT = re.compile(r"\bnày\b[^.;]{0,40}\bcó hiệu lực\b", re.IGNORECASE)


def identity_answer(turn: Turn, holdings: Holdings) -> bool:
    """Answer which decision it is, of which day and whose; False where no title fits the question."""
    named = list(turn.documents[:3]) or _by_title(turn)
    for document in named:
        tree = holdings.tree(document.id, document.revision)
        header = document.header
        evidence = spanned(document, tree, *_head(tree, header))
        day = say("of_day", day=day_text(header.issued_on)) if header.issued_on else ""
        issuer = say("of_issuer", issuer=header.issuer) if header.issuer else ""
        signer = say("of_signer", signer=header.signer) if header.signer else ""
        about = evidence.quote if header.authority is Authority.PRESS else header.title
        turn.paragraphs.append(f"{header.name}{day}{issuer}{signer}: {about}".rstrip(" :"))
        turn.citations.append(citation(evidence, holdings, turn.as_of))
        if not signer and _SIGNER_ASKED.search(fold(turn.query)):
            turn.fixed.append(say("signer_unknown", document=header.name))
    if not turn.citations:
        return False
    turn.status = Status.ANSWERED
    add_notices(turn, [Evidence(d, _NOWHERE, 0, 0, "") for d in named], holdings)
    return True


_NOWHERE = Provision("", None, Level.PARAGRAPH, "", "", "", 0, 0, 0, 0)
#: Share of a title's word pairs that a question must hold to mean that document.
_TITLE_NAMED = 0.45


def _by_title(turn: Turn) -> list[StoredDocument]:
    """The found document whose title the question repeats best."""
    asked = {t for t in tokens(turn.query) if "_" in t}
    best: tuple[float, StoredDocument] | None = None
    for document in dict.fromkeys(e.document for e in turn.evidence):
        title = {t for t in tokens(f"{document.header.title} {document.header.issuer}") if "_" in t}
        share = len(title & asked) / len(title) if title else 0.0
        if share >= _TITLE_NAMED and (best is None or share > best[0]):
            best = (share, document)
    return [best[1]] if best else []


def _head(tree: Tree, header: Document) -> tuple[int, int]:
    """The span of the head that says number and day: from the number's line to the day's, or one line of both.

    The first line of a text that does not say its number.
    """
    first = max(0, tree.text.find(header.number)) if header.number else 0
    start = tree.text.rfind("\n", 0, first) + 1
    end = _line_end(tree.text, first)
    if header.issued_on and str(header.issued_on.year) not in tree.text[start:end]:
        dated = tree.text.find(str(header.issued_on.year), end)
        if 0 <= dated < end + 400:
            end = _line_end(tree.text, dated)
    return trimmed(tree.text, start, min(end, start + 1200))


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def validity_answer(turn: Turn, holdings: Holdings) -> bool:
    """Answer whether a named document still holds and what took its place; False where nothing is known."""
    subjects = [(d.header.number, d, _asked_status(turn, d, holdings)) for d in turn.documents[:3]]
    told = False
    for number, document, status in [*subjects, *_not_held(turn, holdings)]:
        sources = _validity_sources(holdings, number, document, status)
        if not sources or (status.status is ValidityStatus.UNKNOWN and not status.by):
            continue
        told = True
        turn.paragraphs.append(
            _validity_sentence(number, document, status, _asked_place(turn, document, holdings))
        )
        name = document.header.name if document else number
        said = [say("notice_corrected", document=name, evidence=status.evidence)] if status.corrected else []
        said += [say("notice_check", document=name, check=status.check)] if status.check else []
        for evidence in sources:
            turn.paragraphs.append(f"{introduction(evidence)}\n{evidence.quote}")
            turn.citations.append(citation(evidence, holdings, turn.as_of))
            said += authority_notice(evidence.document)
        add_notice(turn, said)
        if document is not None and all(evidence.document.id != document.id for evidence in sources):
            # the sentence also tells of the document itself: its number and days stand in its own head
            tree = holdings.tree(document.id, document.revision)
            turn.citations.append(
                citation(spanned(document, tree, *_head(tree, document.header)), holdings, turn.as_of)
            )
    if not told:
        return False
    expired = any(status.status is ValidityStatus.EXPIRED for _, _, status in subjects)
    turn.status = Status.NOT_IN_FORCE if expired else Status.ANSWERED
    turn.confidence = 1.0
    return True


def _not_held(turn: Turn, holdings: Holdings) -> list[tuple[str, StoredDocument | None, Validity]]:
    """Documents that are not held but of which held ones speak: "hết hiệu lực" can be said of them too."""
    return [
        (number, None, validity(Document(number=number), turn.as_of, said))
        for number in turn.missing
        if (said := holdings.corpus.relations_to(number))
    ]


def ended_answer(turn: Turn, holdings: Holdings) -> bool:
    """Answer which documents a named document ends: its own clauses that say so."""
    told = False
    for document in turn.documents[:3]:
        tree = holdings.tree(document.id, document.revision)
        ends = [
            r
            for r in document.header.relations
            if r.number and r.kind in (RelationKind.REPLACES, RelationKind.REPEALS)
        ]
        clauses: dict[str, Evidence] = {}
        for relation in ends:
            evidence = _clause_of(document, tree, relation)
            if evidence is not None:
                clauses.setdefault(evidence.provision.path, evidence)
        if not clauses:
            continue
        told = True
        numbers = ", ".join(dict.fromkeys(relation.number for relation in ends))
        turn.paragraphs.append(say("ends", document=document.header.name, numbers=numbers))
        for evidence in list(clauses.values())[:5]:
            turn.paragraphs.append(f"{introduction(evidence)}\n{evidence.quote}")
            turn.citations.append(citation(evidence, holdings, turn.as_of))
        add_notice(turn, authority_notice(document))
    if told:
        turn.status, turn.confidence = Status.ANSWERED, 1.0
    return told


def _clause_of(document: StoredDocument, tree: Tree, relation: Relation) -> Evidence | None:
    """The clause that states a relation; one known from front matter is looked for by the number."""
    if relation.end > relation.start:
        provision = tree.at(*trimmed(tree.text, relation.start, relation.end))
    else:
        provision = _telling(tree, relation.number)
    if provision is None:
        return None
    if provision.level in (Level.POINT, Level.DASH):
        provision = tree.parent(provision) or provision
    return spanned(document, tree, provision.start, provision.end)


def _telling(tree: Tree, number: str) -> Provision | None:
    """The provision that names a number, one that speaks of an end before others."""
    naming = [p for p in tree.provisions if number and number in tree.whole(p) and not tree.children(p)]
    return next((p for p in naming if _ENDS.search(tree.whole(p))), naming[0] if naming else None)


def _asked_place(turn: Turn, document: StoredDocument | None, holdings: Holdings) -> Provision | None:
    """The provision that the question names, where the document has it."""
    asked = turn.reference
    if asked is None or document is None or not asked.article:
        return None
    steps = (("dieu", asked.article), ("khoan", asked.clause), ("diem", asked.point))
    path = ".".join(f"{unit}-{number}" for unit, number in steps if number)
    return holdings.tree(document.id, document.revision).by_path.get(path)


def _asked_status(turn: Turn, document: StoredDocument, holdings: Holdings) -> Validity:
    """The status of the document, or of the one provision that is asked about."""
    place = _asked_place(turn, document, holdings)
    return holdings.status(document.id, place.path if place else "", turn.as_of)


def _validity_sentence(
    number: str, document: StoredDocument | None, status: Validity, place: Provision | None = None
) -> str:
    name = document.header.name if document else number
    name = f"{place_name(place.label)} {name}" if place else name
    key = {
        ValidityStatus.EXPIRED: "validity_expired",
        ValidityStatus.PARTLY_EXPIRED: "validity_partly",
        ValidityStatus.IN_FORCE: "validity_in_force",
        ValidityStatus.NOT_YET: "validity_not_yet",
        ValidityStatus.SUSPENDED: "validity_suspended",
        ValidityStatus.PARTLY_SUSPENDED: "validity_partly_suspended",
        ValidityStatus.UNKNOWN: "validity_unknown",
    }[status.status]
    by = say("by", number=status.by) if status.by else ""
    begins = since_text("from_day", document.header.effective_from if document else None)
    since = since_text("since", status.since)
    return say(key, document=name, on=day_text(status.on), since=since, by=by, begins=begins)


def _validity_sources(
    holdings: Holdings, number: str, document: StoredDocument | None, status: Validity
) -> list[Evidence]:
    """Where it is said: the clause of the later document, or the document's own clause on its effect, or its head."""
    if status.by_id:
        later = holdings.document(status.by_id)
        tree = holdings.tree(later.id, later.revision)
        at = tree.text.find(status.evidence) if status.evidence else -1
        if at >= 0:
            return [spanned(later, tree, at, at + len(status.evidence))]
        telling = _telling(tree, number)
        return [spanned(later, tree, telling.start, telling.end)] if telling else []
    if document is None:
        return []
    tree = holdings.tree(document.id, document.revision)
    if status.corrected:
        return [spanned(document, tree, *_head(tree, document.header))]
    for provision in reversed(tree.provisions):
        if provision.level in _SAYING and not tree.children(provision):
            text = tree.whole(provision)
            if _OWN_EFFECT.search(text) and not _ENDS.search(text):
                return [spanned(document, tree, provision.start, provision.end)]
    return [spanned(document, tree, *_head(tree, document.header))]
