"""Which evidence is quoted and which is only named: no more than helps. Called by the composer."""

import re
from dataclasses import dataclass

from bot.evidence import with_items
from bot.excerpt import excerpt, has_form
from bot.holdings import Holdings
from bot.turn import Evidence, Turn
from bot.words import tokens
from corpus.provision import Level
from corpus.spelling import fold
from corpus.store import StoredDocument
from corpus.validity import ValidityStatus

#: What comes second is quoted, not only named, where the whole stays within these words: what helps, what helps a
#: list that is asked for, what is short; a line of a few words always.
HELPING_TO, LIST_TO, SHORT_TO = 150, 300, 130
#: Words of a short passage, and of a line.
SHORT, LINE = 40, 20
#: A list up to this long (characters) is quoted whole though one of its items would answer: the others qualify it.
SHORT_LIST = 450
#: The same where the list is longer but the other items add no more than this (characters).
FEW_MORE = 250
#: A further provision is looked at when it fits nearly as well as the first …
NEARLY = 0.78
#: … and quoted when it adds this share of the question's weight, has the form asked for where the first has not,
#: or fits almost as well.
ADDS, ALMOST = 0.1, 0.93
QUOTED_MAX, NAMED_MAX = 4, 3

#: A defining clause: its term must cover this share of the question.
_DEFINES = re.compile(r"^\W*(?:\w{1,3}[.)]\s*)?(.{2,120}?)\s(?:là|được hiểu là|bao gồm|gồm)\s")
TERM = 0.6


@dataclass(frozen=True, slots=True)
class Chosen:
    quoted: list[Evidence]  # best first, or in the order in which the question names their documents
    named: list[Evidence]  # fit nearly as well, and are worth reading
    silent: tuple[StoredDocument, ...] = ()  # named in the question, and nothing in them fits


def choose(turn: Turn, holdings: Holdings) -> Chosen:
    """What of the evidence is shown; `turn.evidence` is not empty."""
    first = widened(turn, turn.evidence[0], holdings)
    if turn.reference is not None and turn.documents:
        return Chosen([first, *(widened(turn, e, holdings) for e in turn.evidence[1:4])], [])
    if len(turn.documents) > 1:
        each = _of_each(turn, first, holdings)
        spoken = {_named_at(turn, evidence.document) for evidence in each}
        silent = [d for d in turn.documents[:4] if _named_at(turn, d) not in {*spoken, len(turn.text)}]
        return Chosen(each, [], tuple(silent))
    quoted, named = [first], list[Evidence]()
    if turn.asked.definition and _defines(turn, first):
        return Chosen(quoted, named)
    standing = in_force(first, turn, holdings)
    for evidence in turn.evidence[1:8]:
        if len(quoted) >= QUOTED_MAX or evidence.score < NEARLY * turn.evidence[0].score:
            break
        wider = widened(turn, evidence, holdings)
        if standing and not in_force(wider, turn, holdings):
            continue  # what no longer holds adds nothing to what does
        if standing and wider.document.id != first.document.id and _is_unsettled(wider, turn, holdings):
            continue
        if any(_overlap(wider, other) for other in (*quoted, *named)):
            continue
        (quoted if _is_worth_quoting(turn, wider, quoted) else named).append(wider)
    return Chosen(quoted, named[:NAMED_MAX])


def _defines(turn: Turn, evidence: Evidence) -> bool:
    """Whether a clause defines what the question asks for, and not a part of it."""
    found = _DEFINES.match(evidence.quote)
    return found is not None and turn.words.coverage(tokens(found[1])) >= TERM


def _is_worth_quoting(turn: Turn, evidence: Evidence, quoted: list[Evidence]) -> bool:
    length = _length(turn, evidence)
    total = length + sum(_length(turn, one) for one in quoted)
    if length <= LINE or (length <= SHORT and total <= SHORT_TO):
        return True
    lists = turn.asked.list and bool(evidence.items) and not any(one.items for one in quoted)
    return (lists and total <= LIST_TO) or (total <= HELPING_TO and _helps(turn, evidence, quoted))


def _helps(turn: Turn, evidence: Evidence, quoted: list[Evidence]) -> bool:
    shown = {token for one in quoted for token in words_of(one)}
    gain = turn.words.coverage(shown | words_of(evidence)) - turn.words.coverage(shown)
    if gain >= ADDS or evidence.score >= ALMOST * turn.evidence[0].score:
        return True
    asks_form = turn.asked.when or turn.asked.number
    return asks_form and has_form(turn.asked, evidence.text) and not any(
        has_form(turn.asked, one.text) for one in quoted
    )  # fmt: skip


def words_of(evidence: Evidence) -> frozenset[str]:
    """The words of what is shown of it and of the name of its document."""
    header = evidence.document.header
    return tokens(f"{header.name} {header.title} {' '.join(evidence.columns)} {evidence.text}")


def _length(turn: Turn, evidence: Evidence) -> int:
    """Words that are shown of it."""
    if evidence.items:
        return len(evidence.text.split())
    return len(evidence.lead.split()) + len(excerpt(evidence.quote, turn.words, turn.asked).split())


def _of_each(turn: Turn, first: Evidence, holdings: Holdings) -> list[Evidence]:
    """The best of each document the question names, in the order in which it names them.

    Of several documents that one number may mean ("Nghị quyết 76") the one that fits best is meant.
    """
    best: dict[str, Evidence] = {}
    for evidence in (first, *(widened(turn, e, holdings) for e in turn.evidence[1:])):
        best.setdefault(evidence.document.id, evidence)
    named: dict[int, Evidence] = {}
    for id, evidence in best.items():  # best first
        document = next((d for d in turn.documents[:5] if d.id == id), None)
        if document is not None:
            at = _named_at(turn, document)
            named.setdefault(at if at < len(turn.text) else at + len(named), evidence)
    return [named[at] for at in sorted(named)] or [first]


def _named_at(turn: Turn, document: StoredDocument) -> int:
    """Where the question names a document by its number; its end where by other words."""
    serial = document.header.number.split("/")[0]
    found = re.search(rf"\b0*{re.escape(serial.lstrip('0'))}\b", turn.text) if serial else None
    return found.start() if found else len(turn.text)


def in_force(evidence: Evidence, turn: Turn, holdings: Holdings) -> bool:
    status = holdings.status(evidence.document.id, evidence.provision.path, turn.as_of).status
    return status not in (ValidityStatus.EXPIRED, ValidityStatus.NOT_YET)


def _is_unsettled(evidence: Evidence, turn: Turn, holdings: Holdings) -> bool:
    """Ended in part, and nobody can say whether this part."""
    status = holdings.status(evidence.document.id, evidence.provision.path, turn.as_of)
    return status.status is ValidityStatus.PARTLY_EXPIRED and bool(status.check)


def _overlap(one: Evidence, other: Evidence) -> bool:
    """Whether one lies in the other, or both say the same."""
    if one.document.id == other.document.id and one.start < other.end and other.start < one.end:
        return True
    return fold(one.quote) == fold(other.quote)


def widened(turn: Turn, evidence: Evidence, holdings: Holdings) -> Evidence:
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
        more = len(whole.quote) - len(evidence.text)
        if len(whole.quote) <= SHORT_LIST or more <= FEW_MORE:
            return whole
    return evidence
