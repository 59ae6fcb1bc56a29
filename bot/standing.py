"""Answers about a document itself: which it is, whether it holds, what it ends. Called by the composer.

They come from what is stored of documents and their relations; where a sentence says it, that sentence is cited.
"""

import re

from bot.answer import Status
from bot.library import Library
from bot.messages import say
from bot.notices import add_notices
from bot.quoting import citation, day_text, introduction, spanned, trimmed
from bot.tree import Tree
from bot.turn import Evidence, Turn
from bot.words import tokens
from corpus.document import Authority, Document, RelationKind
from corpus.provision import Level, Provision
from corpus.store import StoredDocument
from corpus.validity import Validity, ValidityStatus, validity

_ENDS = re.compile(r"thay thế|hết hiệu lực|bãi bỏ", re.IGNORECASE)
_OWN_EFFECT = re.compile(r"\bnày\b[^.;]{0,40}\bcó hiệu lực\b", re.IGNORECASE)


def identity_answer(turn: Turn, library: Library) -> bool:
    """Answer which decision it is, of which day and whose; False where no title fits the question."""
    named = list(turn.documents[:3]) or _by_title(turn)
    for document in named:
        tree = library.tree(document.id, document.revision)
        header = document.header
        head = _head(tree, header)
        if head is None:
            continue
        start, end = head
        provision = tree.at(start, end) or Provision(
            "", None, Level.PARAGRAPH, "", "Phần mở đầu", "", start, end, end, 0
        )
        evidence = Evidence(document, provision, start, end, tree.text[start:end])
        day = say("of_day", day=day_text(header.issued_on)) if header.issued_on else ""
        issuer = say("of_issuer", issuer=header.issuer) if header.issuer else ""
        signer = say("of_signer", signer=header.signer) if header.signer else ""
        about = evidence.quote if header.authority is Authority.PRESS else header.title
        turn.paragraphs.append(f"{header.name}{day}{issuer}{signer}: {about}".rstrip(" :"))
        turn.citations.append(citation(evidence, library, turn.as_of))
    if not turn.citations:
        return False
    turn.status = Status.ANSWERED
    add_notices(turn, [Evidence(d, _NOWHERE, 0, 0, "") for d in named], library)
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


def _head(tree: Tree, header: Document) -> tuple[int, int] | None:
    """The span of the head that says number and day: from the number's line to the day's, or one line of both."""
    first = tree.text.find(header.number) if header.number else -1
    if first < 0:
        return None
    start = tree.text.rfind("\n", 0, first) + 1
    end = tree.text.find("\n", first)
    end = len(tree.text) if end < 0 else end
    if header.issued_on and str(header.issued_on.year) not in tree.text[start:end]:
        following = tree.text.find("\n", tree.text.find(str(header.issued_on.year), end))
        if 0 < following - end < 400:
            end = following
    return trimmed(tree.text, start, min(end, start + 1200))


def validity_answer(turn: Turn, library: Library) -> bool:
    """Answer whether a named document still holds and what took its place; False where nothing is known."""
    subjects: list[tuple[str, str, Validity]] = [
        (document.header.name, document.id, library.validity(document.id, turn.as_of))
        for document in turn.documents[:3]
    ]
    for number in turn.missing:
        said = library.corpus.relations_to(number)
        if said:
            subjects.append((number, "", validity(Document(number=number), turn.as_of, said)))
    told = False
    for name, document_id, status in subjects:
        sentence = _validity_sentence(name, status)
        sources = _validity_sources(turn, library, document_id, status)
        if status.status is ValidityStatus.UNKNOWN and not sources:
            continue
        turn.paragraphs.append(sentence)
        for evidence in sources:
            turn.paragraphs.append(f"{introduction(evidence)}\n{evidence.quote}")
            turn.citations.append(citation(evidence, library, turn.as_of))
        told = told or bool(sources)
    if not told:
        turn.paragraphs.clear()
        turn.citations.clear()
        return False
    expired = any(status.status is ValidityStatus.EXPIRED for _, _, status in subjects)
    turn.status = Status.NOT_IN_FORCE if expired and turn.documents else Status.ANSWERED
    turn.confidence = 1.0
    return True


def ended_answer(turn: Turn, library: Library) -> bool:
    """Answer which documents a named document ends: its own clauses that say so."""
    spans: dict[tuple[str, str], Evidence] = {}
    for document in turn.documents[:3]:
        tree = library.tree(document.id, document.revision)
        for relation in document.header.relations:
            if (
                relation.kind not in (RelationKind.REPLACES, RelationKind.REPEALS)
                or relation.end <= relation.start
            ):
                continue
            provision = tree.at(*trimmed(tree.text, relation.start, relation.end))
            if provision is None:
                continue
            if provision.level in (Level.POINT, Level.DASH):
                provision = tree.parent(provision) or provision
            start, end = trimmed(tree.text, provision.start, provision.end)
            spans[document.id, provision.path] = Evidence(
                document, provision, start, end, tree.text[start:end]
            )
    for evidence in list(spans.values())[:5]:
        turn.paragraphs.append(f"{introduction(evidence)}\n{evidence.quote}")
        turn.citations.append(citation(evidence, library, turn.as_of))
    if spans:
        turn.status, turn.confidence = Status.ANSWERED, 1.0
    return bool(spans)


def _validity_sentence(name: str, status: Validity) -> str:
    since = say("since", day=day_text(status.since)) if status.since else ""
    by = say("by", number=status.by) if status.by else ""
    key = {
        ValidityStatus.EXPIRED: "validity_expired",
        ValidityStatus.PARTLY_EXPIRED: "validity_partly",
        ValidityStatus.IN_FORCE: "validity_in_force",
        ValidityStatus.NOT_YET: "validity_not_yet",
        ValidityStatus.UNKNOWN: "validity_unknown",
    }[status.status]
    if status.status is ValidityStatus.NOT_YET:
        since = day_text(status.since) if status.since else ""
    return say(key, document=name, on=day_text(status.on), since=since, by=by)


def _validity_sources(turn: Turn, library: Library, document_id: str, status: Validity) -> list[Evidence]:
    """Where it is said: the clause of the later document, or the document's own clause on its effect."""
    if status.by_id:
        document = library.document(status.by_id)
        tree = library.tree(document.id, document.revision)
        at = tree.text.find(status.evidence) if status.evidence else -1
        if at >= 0:
            return [spanned(document, tree, at, at + len(status.evidence))]
        subject = library.document(document_id).header.number if document_id else ""
        naming = [p for p in tree.provisions if subject and subject in tree.whole(p) and not tree.children(p)]
        telling = [p for p in naming if _ENDS.search(tree.whole(p))] or naming
        return [spanned(document, tree, p.start, p.end) for p in telling[:1]]
    if not document_id:
        return []
    document = library.document(document_id)
    tree = library.tree(document.id, document.revision)
    own = [
        p
        for p in reversed(tree.provisions)
        if p.level in (Level.CLAUSE, Level.ARTICLE, Level.HEADING)
        and not tree.children(p)
        and _OWN_EFFECT.search(tree.whole(p))
    ]
    return [spanned(document, tree, p.start, p.end) for p in own[:1]]
