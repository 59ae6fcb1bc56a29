"""Seventh step: the answer in the documents' own words, with its citations and notices.

Extractive: what is not a fixed sentence of the catalogue, a name or a date of the document is quoted verbatim.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.answer import Status
from bot.evidence import with_items
from bot.library import Library
from bot.messages import say
from bot.tree import CELL, Tree, row_text
from bot.turn import Evidence, Turn
from bot.words import tokens
from corpus.citation import Citation, CitedDocument, document_url
from corpus.document import Authority, Document, RelationKind
from corpus.provision import Level, Provision
from corpus.spelling import fold
from corpus.store import StoredDocument
from corpus.validity import Validity, ValidityStatus, validity

#: Words of an answer that is no list; what comes second is left out beyond it.
WORDS_MAX = 170
#: A list is given whole up to these; beyond, the reader is sent to the full text.
ITEMS_MAX, LIST_CHARS_MAX = 30, 3500
#: A list up to this long (characters) is quoted whole though one of its items would answer: the others qualify it.
SHORT_LIST = 700
NAME_MAX = 110
#: A further provision is added when it fits nearly as well as the first.
NEARLY = 0.78
FURTHER_MAX = 3
#: The district level of government ended on this day (Law 72/2025/QH15).
NO_DISTRICTS_FROM = date(2025, 7, 1)

_ENDS = re.compile(r"thay thế|hết hiệu lực|bãi bỏ", re.IGNORECASE)
_OWN_EFFECT = re.compile(r"\bnày\b[^.;]{0,40}\bcó hiệu lực\b", re.IGNORECASE)
_FIGURES = re.compile(r"\d")
_MARK = re.compile(r"^\W*(?:Điều \d+\w?|[\dIVXLC.]{1,8}|[a-zđ]\d?)[.):]\s*")
_DISTRICT = re.compile(
    r"\bcấp huyện\b|\bUBND huyện\b|\bỦy ban nhân dân (?:các )?huyện\b|\bcác huyện\b", re.IGNORECASE
)


def compose(turn: Turn, library: Library) -> None:
    """Fill paragraphs, citations and notices from the evidence; sets the status."""
    if turn.asked.ends_others and _ended_by(turn, library):
        return
    if turn.asked.validity and not turn.asked.ends_others and _validity_answer(turn, library):
        return
    if turn.asked.identity and _identity_answer(turn, library):
        return
    chosen = _chosen(turn, library)
    beside: list[Evidence] = []
    for evidence in chosen:
        tree = library.tree(evidence.document.id, evidence.document.revision)
        turn.paragraphs.append(f"{_introduction(evidence)}\n{_body(evidence, tree)}")
        turn.citations.append(citation(evidence, library, turn.as_of))
        beside += _beside(evidence, tree)
    turn.citations += [citation(evidence, library, turn.as_of) for evidence in beside]
    turn.status = Status.ANSWERED
    _notices(turn, chosen, library)
    turn.suggestions = _suggestions(chosen[0], library)


def _beside(evidence: Evidence, tree: Tree) -> list[Evidence]:
    """What is said beside the quote and holds figures has a citation of its own: the lead above a point, the head
    of a table."""
    if evidence.items:
        return []
    provision = evidence.provision
    parent = tree.parent(provision)
    if evidence.lead and parent is not None and _FIGURES.search(_MARK.sub("", evidence.lead)):
        start, end = _trimmed(tree.text, parent.start, parent.lead_end)
        return [
            replace(evidence, provision=parent, start=start, end=end, quote=tree.text[start:end], lead="")
        ]
    if parent is not None and _FIGURES.search(" ".join(evidence.columns)):
        head = tree.text.rfind(CELL.join(evidence.columns), 0, provision.start)
        if head >= 0:
            end = head + len(CELL.join(evidence.columns))
            return [
                replace(
                    evidence, provision=parent, start=head, end=end, quote=tree.text[head:end], columns=()
                )
            ]
    return []


# -- what is quoted --------------------------------------------------------------------------------------


def _chosen(turn: Turn, library: Library) -> list[Evidence]:
    if not turn.evidence:
        return []
    first = _widened(turn, turn.evidence[0], library)
    chosen = [first]
    if turn.reference is not None and turn.documents:
        chosen += [_widened(turn, e, library) for e in turn.evidence[1:4]]
        return chosen
    if len(turn.documents) > 1:
        for document in turn.documents[:4]:
            best = next((e for e in turn.evidence if e.document.id == document.id), None)
            if best is not None and all(c.document.id != document.id for c in chosen):
                chosen.append(_widened(turn, best, library))
        return chosen
    words = len(_text_of(first).split())
    standing = _in_force(first, turn, library)
    for evidence in turn.evidence[1:8]:
        if len(chosen) > FURTHER_MAX or evidence.score < NEARLY * turn.evidence[0].score:
            break
        wider = _widened(turn, evidence, library)
        if standing and not _in_force(wider, turn, library):
            continue  # what no longer holds adds nothing to what does
        if any(_overlap(wider, other) for other in chosen):
            continue
        more = len(_text_of(wider).split())
        if words + more > WORDS_MAX:
            continue
        words += more
        chosen.append(wider)
    return chosen


def _in_force(evidence: Evidence, turn: Turn, library: Library) -> bool:
    status = library.validity(evidence.document.id, turn.as_of).status
    return status not in (ValidityStatus.EXPIRED, ValidityStatus.NOT_YET)


def _overlap(one: Evidence, other: Evidence) -> bool:
    """Whether one lies in the other, or both say the same."""
    if one.document.id == other.document.id and one.start < other.end and other.start < one.end:
        return True
    return fold(one.quote) == fold(other.quote)


def _text_of(evidence: Evidence) -> str:
    return "\n".join([evidence.lead, *evidence.items] if evidence.items else [evidence.lead, evidence.quote])


def _widened(turn: Turn, evidence: Evidence, library: Library) -> Evidence:
    """The whole place where a place is named; a point with its siblings where they are short."""
    tree = library.tree(evidence.document.id, evidence.document.revision)
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


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    inner = text[start:end]
    return start + len(inner) - len(inner.lstrip()), end - (len(inner) - len(inner.rstrip()))


# -- how it reads ----------------------------------------------------------------------------------------


def place_name(label: str) -> str:
    """A label in the order of speech: "Điều 14 khoản 2 điểm a" → "điểm a khoản 2 Điều 14"."""
    container, _, inner = label.rpartition(", ")
    parts = re.findall(r"(?:Điều|khoản|điểm) \S+", inner)
    if parts and " ".join(parts) == inner:
        spoken = " ".join(reversed(parts))
        return f"{spoken} {container}" if container else spoken
    return label


def _introduction(evidence: Evidence) -> str:
    name = _short(evidence.document.header.name)
    label = place_name(evidence.provision.label)
    heading = evidence.provision.heading if evidence.provision.level is not Level.ARTICLE else ""
    place = f"{label} {heading}".strip() if heading and len(heading) < 120 and evidence.items else label
    return f"Theo {place}, {name}:" if place else f"Theo {name}:"


def _short(name: str) -> str:
    """A document without a number is called by its title: enough of it to know it by."""
    return name if len(name) <= NAME_MAX else name[:NAME_MAX].rsplit(" ", 1)[0] + "…”"


def _body(evidence: Evidence, tree: Tree) -> str:
    if evidence.items:
        return _whole_list(evidence)
    if evidence.provision.level is Level.ROW:
        group = next(
            (p for p in tree.ancestors(evidence.provision) if p.level is Level.HEADING and p.heading), None
        )
        head = f"{group.heading}\n" if group is not None and not _FIGURES.search(group.heading) else ""
        return head + row_text(evidence.quote, evidence.columns)
    if evidence.lead and evidence.lead not in evidence.quote:
        return f"{evidence.lead}\n{evidence.quote}"
    return evidence.quote


def _whole_list(evidence: Evidence) -> str:
    lines = [evidence.lead] if evidence.lead else []
    for index, item in enumerate(evidence.items):
        if index >= ITEMS_MAX or (sum(map(len, lines)) + len(item) > LIST_CHARS_MAX and index):
            lines.append(say("rest"))
            break
        lines.append(item)
    return "\n".join(lines)


def citation(evidence: Evidence, library: Library, on: date) -> Citation:
    """The citation of a piece of evidence; its quote is the verbatim text of its span."""
    document = evidence.document
    header = document.header
    cited = CitedDocument(
        document.id, header.number, header.kind, header.issuer, header.issued_on, header.title, header.authority,
        library.validity(document.id, on),
    )  # fmt: skip
    span = (evidence.start, evidence.end)
    return Citation(
        cited, document.revision, document.file, evidence.provision.label, evidence.provision.path, evidence.quote,
        span, evidence.provision.page,
        document_url(document.id, evidence.provision.path, document.revision, on, span),
    )  # fmt: skip


# -- what a document is --------------------------------------------------------------------------------------


def _identity_answer(turn: Turn, library: Library) -> bool:
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
        day = say("of_day", day=_day(header.issued_on)) if header.issued_on else ""
        issuer = say("of_issuer", issuer=header.issuer) if header.issuer else ""
        signer = say("of_signer", signer=header.signer) if header.signer else ""
        about = evidence.quote if header.authority is Authority.PRESS else header.title
        turn.paragraphs.append(f"{header.name}{day}{issuer}{signer}: {about}".rstrip(" :"))
        turn.citations.append(citation(evidence, library, turn.as_of))
    if not turn.citations:
        return False
    turn.status = Status.ANSWERED
    _notices(turn, [Evidence(d, _NOWHERE, 0, 0, "") for d in named], library)
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
    return _trimmed(tree.text, start, min(end, start + 1200))


# -- validity --------------------------------------------------------------------------------------------


def _validity_answer(turn: Turn, library: Library) -> bool:
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
            turn.paragraphs.append(f"{_introduction(evidence)}\n{evidence.quote}")
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


def _ended_by(turn: Turn, library: Library) -> bool:
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
            provision = tree.at(*_trimmed(tree.text, relation.start, relation.end))
            if provision is None:
                continue
            if provision.level in (Level.POINT, Level.DASH):
                provision = tree.parent(provision) or provision
            start, end = _trimmed(tree.text, provision.start, provision.end)
            spans[document.id, provision.path] = Evidence(
                document, provision, start, end, tree.text[start:end]
            )
    for evidence in list(spans.values())[:5]:
        turn.paragraphs.append(f"{_introduction(evidence)}\n{evidence.quote}")
        turn.citations.append(citation(evidence, library, turn.as_of))
    if spans:
        turn.status, turn.confidence = Status.ANSWERED, 1.0
    return bool(spans)


def _validity_sentence(name: str, status: Validity) -> str:
    since = say("since", day=_day(status.since)) if status.since else ""
    by = say("by", number=status.by) if status.by else ""
    key = {
        ValidityStatus.EXPIRED: "validity_expired",
        ValidityStatus.PARTLY_EXPIRED: "validity_partly",
        ValidityStatus.IN_FORCE: "validity_in_force",
        ValidityStatus.NOT_YET: "validity_not_yet",
        ValidityStatus.UNKNOWN: "validity_unknown",
    }[status.status]
    if status.status is ValidityStatus.NOT_YET:
        since = _day(status.since) if status.since else ""
    return say(key, document=name, on=_day(status.on), since=since, by=by)


def _validity_sources(turn: Turn, library: Library, document_id: str, status: Validity) -> list[Evidence]:
    """Where it is said: the clause of the later document, or the document's own clause on its effect."""
    if status.by_id:
        document = library.document(status.by_id)
        tree = library.tree(document.id, document.revision)
        at = tree.text.find(status.evidence) if status.evidence else -1
        if at >= 0:
            return [_spanned(document, tree, at, at + len(status.evidence))]
        subject = library.document(document_id).header.number if document_id else ""
        naming = [p for p in tree.provisions if subject and subject in tree.whole(p) and not tree.children(p)]
        telling = [p for p in naming if _ENDS.search(tree.whole(p))] or naming
        return [_spanned(document, tree, p.start, p.end) for p in telling[:1]]
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
    return [_spanned(document, tree, p.start, p.end) for p in own[:1]]


def _spanned(document: StoredDocument, tree: Tree, start: int, end: int) -> Evidence:
    start, end = _trimmed(tree.text, start, end)
    provision = tree.at(start, end) or Provision("", None, Level.PARAGRAPH, "", "", "", start, end, end, 0)
    return Evidence(document, provision, start, end, tree.text[start:end])


def _day(day: date | None) -> str:
    return f"{day.day:02d}/{day.month}/{day.year}" if day else ""


# -- notices ---------------------------------------------------------------------------------------------


def _notices(turn: Turn, chosen: Sequence[Evidence], library: Library) -> None:
    seen = set()
    for evidence in chosen:
        document = evidence.document
        if document.id in seen:
            continue
        seen.add(document.id)
        header = document.header
        status = library.validity(document.id, turn.as_of)
        since = say("since", day=_day(status.since)) if status.since else ""
        by = say("by", number=status.by) if status.by else ""
        if status.status is ValidityStatus.EXPIRED:
            turn.fixed.append(say("notice_expired", document=header.name, since=since, by=by))
            if evidence is chosen[0]:
                turn.status = Status.NOT_IN_FORCE
        elif status.status is ValidityStatus.NOT_YET:
            turn.fixed.append(
                say("notice_not_yet", document=header.name, on=_day(status.on), since=_day(status.since))
            )
        elif status.status is ValidityStatus.PARTLY_EXPIRED:
            turn.fixed.append(say("notice_partly", document=header.name, since=since, by=by))
        _authority_notice(turn, document)
    old = [
        e for e in chosen if e.document.header.issued_on and e.document.header.issued_on < NO_DISTRICTS_FROM
    ]
    if turn.as_of >= NO_DISTRICTS_FROM and any(_DISTRICT.search(_text_of(e)) for e in old):
        turn.fixed.append(say("notice_district"))


def _authority_notice(turn: Turn, document: StoredDocument) -> None:
    header = document.header
    if header.authority is Authority.SUMMARY:
        publisher = header.publisher or say("own_publisher")
        name = header.name if header.number else say("document_of_press")
        turn.fixed.append(say("notice_summary", publisher=publisher, document=name))
    elif header.authority is Authority.PRESS:
        name = header.name if header.number else say("document_of_press")
        turn.fixed.append(say("notice_press", document=name))


def _suggestions(evidence: Evidence, library: Library) -> list[str]:
    """Questions that the desk can answer: the neighbouring articles of the one cited, by name."""
    header = evidence.document.header
    if not header.number:
        return []
    tree = library.tree(evidence.document.id, evidence.document.revision)
    articles = [a for a in tree.articles() if "." not in a.path and a.heading]
    here = next((i for i, a in enumerate(articles) if a.start <= evidence.start < a.end), None)
    around = [] if here is None else [articles[i] for i in (here + 1, here - 1) if 0 <= i < len(articles)]
    asked = [f"Điều {a.number} {header.kind} {header.number} quy định gì?" for a in around]
    return [*asked, f"{header.kind} {header.number} còn hiệu lực không?"][:3]
