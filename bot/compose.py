"""Seventh step: the answer in the documents' own words, with its citations and notices.

Extractive: what is not a fixed sentence of the catalogue, a name or a date of the document is quoted verbatim.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.answer import Status
from bot.messages import say
from bot.tree import CELL, Tree, Trees
from bot.turn import Evidence, Turn
from bot.words import tokens
from corpus.citation import Citation, CitedDocument, document_url
from corpus.document import Authority, Document
from corpus.provision import Level, Provision
from corpus.spelling import fold
from corpus.store import Corpus, StoredDocument
from corpus.validity import Validity, ValidityStatus, validity

#: Words of an answer that is no list; what comes second is left out beyond it.
WORDS_MAX = 150
#: A list is given whole up to these; beyond, the reader is sent to the full text.
ITEMS_MAX, LIST_CHARS_MAX = 30, 3500
#: A further provision is added when it fits nearly as well as the first.
NEARLY = 0.82
FURTHER_MAX = 3
#: The district level of government ended on this day (Law 72/2025/QH15).
NO_DISTRICTS_FROM = date(2025, 7, 1)

_FIGURES = re.compile(r"\d")
_MARK = re.compile(r"^\W*(?:Điều \d+\w?|[\dIVXLC.]{1,8}|[a-zđ]\d?)[.):]\s*")
_DISTRICT = re.compile(
    r"\bcấp huyện\b|\bUBND huyện\b|\bỦy ban nhân dân (?:các )?huyện\b|\bcác huyện\b", re.IGNORECASE
)


def compose(turn: Turn, corpus: Corpus, trees: Trees) -> None:
    """Fill paragraphs, citations and notices from the evidence; sets the status."""
    if turn.asked.validity and _validity_answer(turn, corpus, trees):
        return
    chosen = _chosen(turn, trees)
    beside: list[Evidence] = []
    for evidence in chosen:
        tree = trees.get(evidence.document.id, evidence.document.revision)
        turn.paragraphs.append(f"{_introduction(evidence)}\n{_body(evidence, tree)}")
        turn.citations.append(citation(evidence, corpus, turn.as_of))
        beside += _beside(evidence, tree)
    turn.citations += [citation(evidence, corpus, turn.as_of) for evidence in beside]
    turn.status = Status.ANSWERED
    _notices(turn, chosen, corpus)
    turn.suggestions = _suggestions(chosen[0], trees)


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


def _chosen(turn: Turn, trees: Trees) -> list[Evidence]:
    if not turn.evidence:
        return []
    first = _widened(turn, turn.evidence[0], trees)
    chosen = [first]
    if turn.reference is not None and turn.documents:
        chosen += [_widened(turn, e, trees) for e in turn.evidence[1:4]]
        return chosen
    if len(turn.documents) > 1:
        for document in turn.documents[:4]:
            best = next((e for e in turn.evidence if e.document.id == document.id), None)
            if best is not None and all(c.document.id != document.id for c in chosen):
                chosen.append(_widened(turn, best, trees))
        return chosen
    words = len(_text_of(first).split())
    for evidence in turn.evidence[1:8]:
        if len(chosen) > FURTHER_MAX or evidence.score < NEARLY * turn.evidence[0].score:
            break
        wider = _widened(turn, evidence, trees)
        if any(_overlap(wider, other) for other in chosen):
            continue
        words += len(_text_of(wider).split())
        if words > WORDS_MAX:
            break
        chosen.append(wider)
    return chosen


def _overlap(one: Evidence, other: Evidence) -> bool:
    """Whether one lies in the other, or both say the same."""
    if one.document.id == other.document.id and one.start < other.end and other.start < one.end:
        return True
    return fold(one.quote) == fold(other.quote)


def _text_of(evidence: Evidence) -> str:
    return "\n".join([evidence.lead, *evidence.items] if evidence.items else [evidence.lead, evidence.quote])


def _widened(turn: Turn, evidence: Evidence, trees: Trees) -> Evidence:
    """The whole list where a list is asked for; the whole place where a place is named."""
    tree = trees.get(evidence.document.id, evidence.document.revision)
    provision = evidence.provision
    if not provision.path:
        return evidence
    if turn.reference is not None and turn.documents:
        return _with_items(tree, evidence, provision)
    if not turn.asked.list or provision.level is Level.ROW:
        return evidence
    question = tokens(turn.query)
    holder = _list_holder(tree, provision, question)
    return _with_items(tree, evidence, holder) if holder is not None else evidence


def _list_holder(tree: Tree, provision: Provision, question: set[str]) -> Provision | None:
    """The provision whose items the question asks for: the nearest one above, or the article or section whose
    heading says what is asked."""
    candidates = [provision, *tree.ancestors(provision)]
    holders = [
        p
        for p in candidates
        if tree.children(p)
        and p.level
        not in (Level.CHAPTER, Level.PART, Level.SECTION, Level.SUBSECTION, Level.ATTACHMENT, Level.APPENDIX)
    ]
    if not holders:
        return None
    headed = [p for p in holders if p.heading and len(p.heading) < 200]
    for holder in headed:
        shared = tokens(holder.heading) & question
        named = [t for t in tokens(holder.heading) if "_" in t]
        if named and sum(t in shared for t in named) >= 0.5 * len(named):
            return holder
    nearest = holders[0]
    lead = tokens(tree.lead(nearest))
    return nearest if sum("_" in t for t in lead & question) >= 2 else None


def _with_items(tree: Tree, evidence: Evidence, holder: Provision) -> Evidence:
    start, end = _trimmed(tree.text, holder.start, holder.end)
    quote = tree.text[start:end]
    lead = tree.lead(holder) if tree.children(holder) else ""
    items = tuple(_item(tree, child) for child in tree.children(holder))
    columns = evidence.columns if evidence.provision.path == holder.path else ()
    return replace(
        evidence, provision=holder, start=start, end=end, quote=quote, lead=lead, items=items, columns=columns
    )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    inner = text[start:end]
    return start + len(inner) - len(inner.lstrip()), end - (len(inner) - len(inner.rstrip()))


def _item(tree: Tree, child: Provision) -> str:
    if child.level is Level.ROW:
        return row_text(tree.whole(child), child.columns)
    return tree.whole(child)


def row_text(row: str, columns: Sequence[str]) -> str:
    """A table row with its column heads: "Cơ quan chủ trì: Sở Nội vụ; Thời gian: Hằng năm"."""
    cells = [cell.strip() for cell in row.split(CELL)]
    if len(columns) != len(cells):
        return "; ".join(filter(None, cells))
    said = [f"{head}: {cell}" if head else cell for head, cell in zip(columns, cells, strict=True) if cell]
    return "; ".join(said)


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
    name = evidence.document.header.name
    label = place_name(evidence.provision.label)
    heading = evidence.provision.heading if evidence.provision.level is not Level.ARTICLE else ""
    place = f"{label} {heading}".strip() if heading and len(heading) < 120 and evidence.items else label
    return f"Theo {place}, {name}:" if place else f"Theo {name}:"


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


def citation(evidence: Evidence, corpus: Corpus, on: date) -> Citation:
    """The citation of a piece of evidence; its quote is the verbatim text of its span."""
    document = evidence.document
    header = document.header
    cited = CitedDocument(
        document.id, header.number, header.kind, header.issuer, header.issued_on, header.title, header.authority,
        corpus.validity(document.id, on),
    )  # fmt: skip
    span = (evidence.start, evidence.end)
    return Citation(
        cited, document.revision, document.file, evidence.provision.label, evidence.provision.path, evidence.quote,
        span, evidence.provision.page,
        document_url(document.id, evidence.provision.path, document.revision, on, span),
    )  # fmt: skip


# -- validity --------------------------------------------------------------------------------------------


def _validity_answer(turn: Turn, corpus: Corpus, trees: Trees) -> bool:
    """Answer whether a named document still holds and what took its place; False where nothing is known."""
    subjects: list[tuple[str, str, Validity]] = [
        (document.header.name, document.id, corpus.validity(document.id, turn.as_of))
        for document in turn.documents[:3]
    ]
    for number in turn.missing:
        said = corpus.relations_to(number)
        if said:
            subjects.append((number, "", validity(Document(number=number), turn.as_of, said)))
    told = False
    for name, document_id, status in subjects:
        sentence = _validity_sentence(name, status)
        sources = _validity_sources(turn, corpus, trees, document_id, status)
        if status.status is ValidityStatus.UNKNOWN and not sources:
            continue
        turn.paragraphs.append(sentence)
        for evidence in sources:
            turn.paragraphs.append(f"{_introduction(evidence)}\n{evidence.quote}")
            turn.citations.append(citation(evidence, corpus, turn.as_of))
        told = told or bool(sources)
    if not told:
        turn.paragraphs.clear()
        turn.citations.clear()
        return False
    expired = any(status.status is ValidityStatus.EXPIRED for _, _, status in subjects)
    turn.status = Status.NOT_IN_FORCE if expired and turn.documents else Status.ANSWERED
    turn.confidence = 1.0
    return True


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


def _validity_sources(
    turn: Turn, corpus: Corpus, trees: Trees, document_id: str, status: Validity
) -> list[Evidence]:
    """Where it is said: the clause of the later document, or the document's own clause on its effect."""
    sources = []
    if status.by_id and status.evidence:
        document = corpus.document(status.by_id)
        tree = trees.get(document.id, document.revision)
        at = tree.text.find(status.evidence)
        if at >= 0:
            start, end = _trimmed(tree.text, at, at + len(status.evidence))
            provision = tree.at(start, end)
            if provision is not None:
                sources.append(Evidence(document, provision, start, end, tree.text[start:end]))
    if not sources and document_id:
        document = corpus.document(document_id)
        tree = trees.get(document.id, document.revision)
        own = next(
            (
                p
                for p in reversed(tree.provisions)
                if p.level in (Level.CLAUSE, Level.ARTICLE)
                and not tree.children(p)
                and "có hiệu lực" in tree.whole(p)
            ),
            None,
        )
        if own is not None:
            start, end = _trimmed(tree.text, own.start, own.end)
            sources.append(Evidence(document, own, start, end, tree.text[start:end]))
    return sources


def _day(day: date | None) -> str:
    return f"{day.day:02d}/{day.month}/{day.year}" if day else ""


# -- notices ---------------------------------------------------------------------------------------------


def _notices(turn: Turn, chosen: Sequence[Evidence], corpus: Corpus) -> None:
    seen = set()
    for evidence in chosen:
        document = evidence.document
        if document.id in seen:
            continue
        seen.add(document.id)
        header = document.header
        status = corpus.validity(document.id, turn.as_of)
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


def _suggestions(evidence: Evidence, trees: Trees) -> list[str]:
    """Questions that the desk can answer: the neighbouring articles of the one cited, by name."""
    header = evidence.document.header
    if not header.number:
        return []
    tree = trees.get(evidence.document.id, evidence.document.revision)
    articles = [a for a in tree.articles() if "." not in a.path and a.heading]
    here = next((i for i, a in enumerate(articles) if a.start <= evidence.start < a.end), None)
    around = [] if here is None else [articles[i] for i in (here + 1, here - 1) if 0 <= i < len(articles)]
    asked = [f"Điều {a.number} {header.kind} {header.number} quy định gì?" for a in around]
    return [*asked, f"{header.kind} {header.number} còn hiệu lực không?"][:3]
