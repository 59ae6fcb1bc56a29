"""The provisions in the found segments that fit a question, best first. Called by the judge, the seventh step."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from bot.asked import Asked
from bot.holdings import Holdings
from bot.tree import Tree, preamble
from bot.turn import Evidence, Turn
from bot.words import QuestionWords, content_words, tokens
from corpus.provision import Level, Provision
from corpus.store import NotHeldError, StoredDocument
from index.search import Hit

#: Segments that are opened to look for the provision that answers.
OPENED = 12
#: A provision longer than this (characters) is quoted by its best sentences.
LONG = 900
#: Weights of what makes a provision fit, before the bonus for the form asked for.
COVERAGE_WEIGHT, HIT_WEIGHT = 0.4, 0.35
FORM_BONUS = 0.08
#: A defining clause of just the term asked for, and a clause on effect where that is asked, are the answer.
DEFINING_BONUS, EFFECT_BONUS = 0.5, 0.3
#: Of a list and one of its items that fit alike, the list answers what asks for a list.
LIST_BONUS = 0.02
#: An article or section headed by the words of the question is about it.
HEADING_WEIGHT = 0.12
#: A clause for a special case goes behind the one for the ordinary case, as far as the question names no such case.
SPECIAL_PENALTY = 0.05
#: What only repeats the conversation and has nothing of what a follow-up adds keeps this share of its score.
OLD_WORDS_SHARE = 0.5
#: The title block names everything and answers little: it must fit far better than a provision.
TITLE_BLOCK_SHARE = 0.6

_DURATION = re.compile(
    r"\d+\s*(?:giờ|ngày|tháng|năm|tuần|phút)|ngày\s+\d+|\d+/\d+/\d{4}|(?:quý|tuần|hằng|hàng)\s+\w+",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d")
_BODY = re.compile(
    r"\b(?:Bộ|Sở|Ủy ban|UBND|Chủ tịch|Giám đốc|Thủ tướng|Chính phủ|Hội đồng|Văn phòng|Thanh tra|Chánh|Cục|Phòng|Trưởng|Người|Cơ quan|Trung tâm|Ban)\b"
)
_IN_EFFECT = re.compile(r"có hiệu lực (?:thi hành )?(?:kể )?(?:từ|sau)", re.IGNORECASE)
_ENUMERATES = re.compile(r"\b(?:gồm|đó là|sau đây|như sau|các \w+ sau)\b|:\s*(?:\n|$)", re.IGNORECASE)
_DEFINED = re.compile(
    r"^\W*(?:\d+[.)]\s*|[a-zđ]\)\s*)?[“\"]?([^“”\".;:]{2,80}?)[”\"]?\s+(?:là|được hiểu là)\s"
)
_CONDITION = re.compile(
    r"^\W*(?:\d+[.)]\s*|[a-zđ]\)\s*)?(?:Trường hợp|Trong trường hợp|Đối với|Khi)\b(.{5,240}?)(?:\bthì\b|[,;.]|$)",
    re.DOTALL,
)
_DEFINES = re.compile(r"[“\"][^”\"]{2,80}[”\"]\s+là\b|^[^.;]{2,90}?\slà\s|được hiểu là|\(sau đây gọi")
#: Sentences end with a full stop or a line; a semicolon inside a line parts the items of one list.
_SENTENCE = re.compile(r"[^.\n]+(?:\.(?!\s|$)[^.\n]*)*(?:\.(?=\s|$)|\n|$)\s*")


def gathered(turn: Turn, holdings: Holdings, words: QuestionWords, whole: int = LONG) -> tuple[Evidence, ...]:
    """The evidence in the best hits, best first. Provisions longer than `whole` characters give their sentences."""
    held = list(islice((hit for hit in turn.hits if _still_held(hit, holdings)), OPENED))
    opened = _with_best_of_each(turn, held, holdings)
    documents = {hit.segment.document: holdings.document(hit.segment.document) for hit in opened}
    found: list[Evidence] = []
    for hit in opened:
        document = documents[hit.segment.document]
        tree = holdings.tree(document.id, hit.segment.revision)
        standing = turn.standing.get(document.id, 1.0)
        found += _candidates(hit, document, tree, words, turn.asked, standing, whole)
    return tuple(_distinct(found))


def _with_best_of_each(turn: Turn, opened: list[Hit], holdings: Holdings) -> list[Hit]:
    """Of several named documents each has its say."""
    for document in turn.documents[1:]:
        if not any(hit.segment.document == document.id for hit in opened):
            own = [hit for hit in turn.hits if hit.segment.document == document.id][:2]
            opened += [hit for hit in own if _still_held(hit, holdings)]
    return opened


def _still_held(hit: Hit, holdings: Holdings) -> bool:
    """Whether the corpus still has what the index was made from; between an ingest and its index it may not."""
    segment = hit.segment
    try:
        tree = holdings.tree(segment.document, segment.revision)
    except NotHeldError:
        return False
    provision = tree.by_path.get(segment.path)
    if provision is not None and provision.level is Level.ROW:  # its text has the column heads in it
        return (provision.start, provision.end) == (segment.start, segment.end)
    return segment.text == tree.text[segment.start : segment.end]


def _candidates(
    hit: Hit,
    document: StoredDocument,
    tree: Tree,
    words: QuestionWords,
    asked: Asked,
    standing: float,
    whole: int,
) -> list[Evidence]:
    """The leaves of a hit, sentences of long ones, and the lists they stand in where a list is asked for."""
    segment, header = hit.segment, document.header
    about = tokens(f"{header.kind} {header.number} {header.title} {header.issuer}")
    above = about | tokens(segment.context)

    def scored(evidence: Evidence, own: str, context: frozenset[str], share: float = 1.0) -> Evidence:
        # words of the document's name are as good in its title as anywhere: they tell no provision from another
        coverage = words.coverage(tokens(own) | about, context)
        answers = OLD_WORDS_SHARE + (1 - OLD_WORDS_SHARE) * words.added(tokens(own) | context)
        form = _fits_form(asked, evidence.quote, words)
        form -= SPECIAL_PENALTY * _special(evidence.quote, words)
        heading = HEADING_WEIGHT * headed(tree, evidence.provision, words)
        # the form asked for counts in full: the one clause that defines a term may stand in a text that is replaced
        score = standing * (COVERAGE_WEIGHT * coverage + HIT_WEIGHT * hit.score + heading) + form
        return replace(evidence, score=share * answers * score, of_revision=segment.revision)

    if segment.path == "":
        start, end = segment.start, segment.end
        block = preamble(start, end)
        evidence = Evidence(document, block, start, end, tree.text[start:end])
        return [scored(evidence, evidence.quote, above, TITLE_BLOCK_SHARE)]
    found = []
    holders: dict[str, Provision] = {}
    for leaf in tree.leaves(segment.start, segment.end):
        for start, end in _spans(tree, leaf, segment.start, segment.end, whole):
            evidence = evidence_at(document, tree, leaf, 0.0, start, end)
            own = f"{evidence.lead} {evidence.quote} {' '.join(evidence.columns)}"
            found.append(scored(evidence, own, above))
        if asked.list:
            holders.update({p.path: p for p in tree.holders(leaf)})
    for holder in holders.values():
        evidence = with_items(tree, evidence_at(document, tree, holder, 0.0), holder)
        # a list is found by what it is a list of: its lead and heading, then its items
        context = about | tokens(" ".join(evidence.items)) | tokens(segment.context)
        whole_list = scored(evidence, f"{evidence.lead} {holder.heading}", context)
        found.append(replace(whole_list, score=whole_list.score + LIST_BONUS))
    return found


def with_items(tree: Tree, evidence: Evidence, holder: Provision) -> Evidence:
    """Evidence widened to a whole list or place: its lead and every item, verbatim."""
    raw = tree.text[holder.start : holder.end]
    start = holder.start + len(raw) - len(raw.lstrip())
    end = holder.end - (len(raw) - len(raw.rstrip()))
    children = tree.children(holder)
    lead = tree.lead(holder) if children else ""
    items = tuple(tree.item(child) for child in children)
    return replace(
        evidence, provision=holder, start=start, end=end, quote=tree.text[start:end], lead=lead, items=items,
        columns=holder.columns,
    )  # fmt: skip


def _spans(tree: Tree, leaf: Provision, first: int, last: int, whole: int) -> list[tuple[int, int]]:
    """The leaf as a whole, or the sentences of a long one that lie in the segment."""
    if leaf.end - leaf.start <= whole or leaf.level is Level.ROW:
        return [(leaf.start, leaf.end)]
    start, end = max(leaf.start, first), min(leaf.end, last)
    spans = [
        (start + m.start(), start + m.end())
        for m in _SENTENCE.finditer(tree.text[start:end])
        if len(m[0].split()) >= 4
    ]
    return spans or [(start, end)]


def evidence_at(
    document: StoredDocument,
    tree: Tree,
    provision: Provision,
    score: float,
    start: int | None = None,
    end: int | None = None,
) -> Evidence:
    begin = provision.start if start is None else start
    stop = provision.end if end is None else end
    raw = tree.text[begin:stop]
    begin += len(raw) - len(raw.lstrip())
    stop -= len(raw) - len(raw.rstrip())
    lead = ""
    parent = tree.parent(provision)
    if (
        parent is not None
        and provision.level in (Level.POINT, Level.DASH)
        and parent.level is not Level.APPENDIX
    ):
        lead = tree.lead(parent)
    return Evidence(
        document, provision, begin, max(begin, stop), tree.text[begin : max(begin, stop)],
        columns=provision.columns, lead=lead, score=score,
    )  # fmt: skip


def _fits_form(asked: Asked, quote: str, words: QuestionWords) -> float:
    """The bonus of a quote that has the form of the answer asked for."""
    if asked.definition:
        if defines(quote, words):
            return DEFINING_BONUS
        return FORM_BONUS if _DEFINES.search(quote[:300]) else 0.0
    if asked.effect and _IN_EFFECT.search(quote):
        return EFFECT_BONUS
    fits = (
        (asked.when and _DURATION.search(quote))
        or (asked.number and _FIGURE.search(re.sub(r"^\W*\d+[.)]", "", quote)))
        or (asked.who and _BODY.search(quote))
        or (asked.list and _ENUMERATES.search(quote))
    )
    return FORM_BONUS if fits else 0.0


def defines(quote: str, words: QuestionWords) -> bool:
    """Whether a clause defines a term of the question, and nothing more special."""
    defined = _DEFINED.match(quote)
    term = set(content_words(defined[1])) if defined else set()
    return bool(term) and term <= words.weights.keys()


def _special(quote: str, words: QuestionWords) -> float:
    """Share of the words of a clause's condition ("Trường hợp … thì") that the question does not speak of."""
    condition = _CONDITION.match(quote)
    told = content_words(condition[1]) if condition else []
    return sum(word not in words.weights for word in told) / len(told) if told else 0.0


def headed(tree: Tree, provision: Provision, words: QuestionWords) -> float:
    """Share of the word pairs of the nearest heading that the question has."""
    for one in (provision, *tree.ancestors(provision)):
        if one.heading and one.level in (Level.ARTICLE, Level.HEADING):
            pairs = {token for token in tokens(one.heading) if "_" in token}
            return len(pairs & words.weights.keys()) / len(pairs) if pairs else 0.0
    return 0.0


def _distinct(found: Sequence[Evidence]) -> list[Evidence]:
    """Each span once, best first."""
    best: dict[tuple[str, int, int], Evidence] = {}
    for evidence in found:
        key = (evidence.document.id, evidence.start, evidence.end)
        if key not in best or best[key].score < evidence.score:
            best[key] = evidence
    return sorted(best.values(), key=lambda e: -e.score)
