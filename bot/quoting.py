"""How evidence is quoted: the line that names its place, the words themselves, and the citation.

Called by the composer and by the answers on a document's standing.
"""

import re
from dataclasses import replace
from datetime import date

from bot.excerpt import excerpt
from bot.holdings import Holdings
from bot.messages import say
from bot.tree import Tree, preamble, row_text
from bot.turn import Evidence, Turn
from bot.words import tokens
from corpus.citation import Citation, CitedDocument, document_url
from corpus.provision import Level, Provision
from corpus.store import StoredDocument

#: A list is given whole up to these; beyond, the reader is sent to the full text.
ITEMS_MAX, LIST_CHARS_MAX = 30, 3500
#: A document without a number is called by this much of its title, characters.
NAME_MAX = 110
#: A heading is said up to this length (characters), that of the article where it adds this share of the question.
HEADING_MAX, HEADING_ADDS = 120, 0.06

_FIGURES = re.compile(r"\d")
_MARK = re.compile(r"^\W*(?:Điều \d+\w?|[\dIVXLC.]{1,8}|[a-zđ]\d?)[.):]\s*")


def place_name(label: str) -> str:
    """A label in the order of speech: "Điều 14 khoản 2 điểm a" → "điểm a khoản 2 Điều 14"."""
    container, _, inner = label.rpartition(", ")
    parts = re.findall(r"(?:Điều|khoản|điểm) \S+", inner)
    if parts and " ".join(parts) == inner:
        spoken = " ".join(reversed(parts))
        return f"{spoken} {container}" if container else spoken
    return label


def introduction(evidence: Evidence, heading: str = "", whose: str = "", opening: str = "") -> str:
    """The line that names a place: "Theo khoản 2 Điều 8 (Các hành vi bị nghiêm cấm), Luật 25/2018/QH14:"."""
    name = _short(evidence.document.header.name)
    name = f"{name} ({whose})" if whose else name
    label = place_name(evidence.provision.label)
    own = evidence.provision.heading if evidence.provision.level is not Level.ARTICLE else ""
    place = f"{label} {own}".strip() if own and len(own) < HEADING_MAX and evidence.items else label
    place = f"{place} ({heading})" if place and heading else place
    opening = opening or "Theo"
    return f"{opening} {place}, {name}:" if place else f"{opening} {name}:"


def heading_needed(turn: Turn, evidence: Evidence, tree: Tree) -> str:
    """The heading of the article above a clause, where it says something of the question that the clause leaves out."""
    above = next((p for p in tree.ancestors(evidence.provision) if p.level is Level.ARTICLE), None)
    if above is None or not above.heading or len(above.heading) >= HEADING_MAX:
        return ""
    own = tokens(f"{evidence.document.header.title} {evidence.text}")
    gain = turn.words.coverage(own | tokens(above.heading)) - turn.words.coverage(own)
    return above.heading if gain >= HEADING_ADDS else ""


def _short(name: str) -> str:
    """A document without a number is called by its title: enough of it to know it by."""
    return name if len(name) <= NAME_MAX else name[:NAME_MAX].rsplit(" ", 1)[0] + "…”"


def body(evidence: Evidence, tree: Tree, turn: Turn) -> str:
    """What is shown of evidence: a whole list, a row with its column heads, or the sentences that answer."""
    if evidence.items:
        return _whole_list(evidence)
    if evidence.provision.level is Level.ROW:
        group = next(
            (p for p in tree.ancestors(evidence.provision) if p.level is Level.HEADING and p.heading), None
        )
        head = f"{group.heading}\n" if group is not None and not _FIGURES.search(group.heading) else ""
        return head + row_text(evidence.quote, evidence.columns)
    shown = excerpt(evidence.quote, turn.words, turn.asked)
    if evidence.lead and evidence.lead not in evidence.quote:
        return f"{evidence.lead}\n{shown}"
    return shown


def _whole_list(evidence: Evidence) -> str:
    lines = [evidence.lead] if evidence.lead else []
    for index, item in enumerate(evidence.items):
        if index >= ITEMS_MAX or (sum(map(len, lines)) + len(item) > LIST_CHARS_MAX and index):
            lines.append(say("rest"))
            break
        lines.append(item)
    return "\n".join(lines)


def citation(evidence: Evidence, holdings: Holdings, on: date) -> Citation:
    """The citation of a piece of evidence; its quote is the verbatim text of its span."""
    document = evidence.document
    header = document.header
    cited = CitedDocument(
        document.id, header.number, header.kind, header.issuer, header.issued_on, header.title, header.authority,
        holdings.status(document.id, evidence.provision.path, on),
    )  # fmt: skip
    span = (evidence.start, evidence.end)
    return Citation(
        cited, evidence.revision, document.file, evidence.provision.label, evidence.provision.path, evidence.quote,
        span, evidence.provision.page,
        document_url(document.id, evidence.provision.path, evidence.revision, on, span),
    )  # fmt: skip


def beside(evidence: Evidence, tree: Tree) -> list[Evidence]:
    """What is said beside the quote and holds figures has a citation of its own: the lead above a point, the head
    of a table."""
    if evidence.items:
        return []
    provision = evidence.provision
    parent = tree.parent(provision)
    if evidence.lead and parent is not None and _FIGURES.search(_MARK.sub("", evidence.lead)):
        start, end = trimmed(tree.text, parent.start, parent.lead_end)
        return [
            replace(evidence, provision=parent, start=start, end=end, quote=tree.text[start:end], lead="")
        ]
    if parent is not None and _FIGURES.search(" ".join(evidence.columns)):
        start, end = _head_of_table(provision, tree)
        if start < end:
            return [
                replace(
                    evidence, provision=parent, start=start, end=end, quote=tree.text[start:end], columns=()
                )
            ]
    return []


def _head_of_table(row: Provision, tree: Tree) -> tuple[int, int]:
    """The span of the lines of cells above the first row of a row's table; a head may have several."""
    parent = tree.by_path[row.parent] if row.parent else row
    rows = [one for one in tree.children(parent) if one.columns == row.columns and one.start <= row.start]
    end = start = min((one.start for one in rows), default=row.start)
    while start > 0:
        line = tree.text.rfind("\n", 0, start - 1) + 1
        if "|" not in tree.text[line:start]:
            break
        start = line
    return trimmed(tree.text, start, end)


def spanned(document: StoredDocument, tree: Tree, start: int, end: int) -> Evidence:
    start, end = trimmed(tree.text, start, end)
    provision = tree.at(start, end) or preamble(start, end)
    return Evidence(document, provision, start, end, tree.text[start:end])


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    inner = text[start:end]
    return start + len(inner) - len(inner.lstrip()), end - (len(inner) - len(inner.rstrip()))


def day_text(day: date | None) -> str:
    """A day as Decree 30/2020 writes it: 0 before the days below 10 and the months 1 and 2."""
    if day is None:
        return ""
    return (
        f"{day.day:02d}/{day.month:02d}/{day.year}"
        if day.month <= 2
        else f"{day.day:02d}/{day.month}/{day.year}"
    )
