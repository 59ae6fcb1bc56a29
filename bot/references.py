"""Places that a quoted provision refers to ("thực hiện theo khoản 2 Điều 5"), followed one hop. Called by the composer.

A reference is followed only where the quoted words do not answer without it; elsewhere the quote names the place.
"""

import re
from collections.abc import Sequence

from bot.evidence import with_items
from bot.excerpt import excerpt, has_form
from bot.holdings import Holdings
from bot.tree import Tree
from bot.turn import Evidence, Turn
from corpus import number as numbers
from corpus.address import ATTACHED, Named, address_of, at_address, named_in
from corpus.provision import Level
from corpus.spelling import fold
from corpus.store import StoredDocument
from corpus.validity import ValidityStatus

#: What is referred to is quoted up to this many words.
WORDS_MAX = 120
#: Sentences that leave what is asked to another place.
_LEAVES_IT_TO = re.compile(
    r"\b(?:thực hiện|áp dụng|được quy định|được tính|xử lý|giải quyết|tiến hành)\s+(?:theo|như|tại)\b[^.;,]{0,40}$",
    re.IGNORECASE,
)
_THIS = re.compile(
    r"\s*(?:của\s+)?(?:Luật|Bộ luật|Nghị định|Thông tư|Nghị quyết|Quyết định|Quy chế|Quy định|Pháp lệnh)\s+này\b"
)
_OTHER = re.compile(
    r"\s*,?\s*(?:của\s+|tại\s+)?(?:(?:Bộ luật|Luật|Pháp lệnh|Nghị định|Thông tư(?: liên tịch)?|Nghị quyết|Quyết định)\b)"
)
_LAW = re.compile(r"\s*,?\s*(?:của\s+|tại\s+)?((?:Bộ luật|Luật)\s+[^.;,()\d]{3,80})")


def followed(turn: Turn, quoted: Evidence, shown: str, holdings: Holdings) -> Evidence | None:
    """The place that `shown`, the words shown of `quoted`, leaves the answer to; None where it needs none, or where
    that place is not held, has ended or was amended."""
    if quoted.items or quoted.provision.level is Level.ROW or not quoted.provision.path:
        return None
    asks_form = turn.asked.when or turn.asked.number
    lacks_form = asks_form and not has_form(turn.asked, _without_references(shown))
    for named in named_in(shown, inside=_article_of(quoted)):
        before = shown[: named.start]
        if not (lacks_form or _LEAVES_IT_TO.search(before[-120:])):
            continue
        target = _target(turn, quoted, shown, named, holdings)
        if target is not None and (not lacks_form or has_form(turn.asked, target.text)):
            return target
    return None


def reference_text(turn: Turn, target: Evidence) -> str:
    """What is shown of a place referred to."""
    if target.items and len(target.text.split()) <= WORDS_MAX:
        return target.text
    return excerpt(target.quote, turn.words, turn.asked)


def _target(turn: Turn, quoted: Evidence, shown: str, named: Named, holdings: Holdings) -> Evidence | None:
    document = _document(turn, quoted.document, shown[named.end :], holdings)
    if document is None:
        return None
    same = document.id == quoted.document.id
    tree = holdings.tree(document.id, quoted.revision if same else document.revision)
    attached = same and address_of(quoted.provision.path).startswith(ATTACHED)
    for address in named.addresses[:1]:
        spelled = [f"{ATTACHED}.{address}", address] if attached else [address, f"{ATTACHED}.{address}"]
        provision = next(
            (
                p
                for one in spelled
                if (p := at_address(one.replace(f"{ATTACHED}.{ATTACHED}", ATTACHED), tree.provisions))
            ),
            None,
        )
        if provision is None or (same and provision.start <= quoted.start < provision.end):
            continue
        found = holdings.as_of(document.id, provision.path, turn.as_of)
        status = holdings.status(document.id, provision.path, turn.as_of).status
        if status in (ValidityStatus.EXPIRED, ValidityStatus.NOT_YET) or (found and found.amended):
            continue
        evidence = _whole(document, tree, provision.path)
        if len(reference_text(turn, evidence).split()) <= WORDS_MAX:
            return evidence
    return None


def _whole(document: StoredDocument, tree: Tree, path: str) -> Evidence:
    provision = tree.by_path[path]
    return with_items(tree, Evidence(document, provision, 0, 0, "", of_revision=""), provision)


def _document(turn: Turn, own: StoredDocument, behind: str, holdings: Holdings) -> StoredDocument | None:
    """The document that a reference speaks of by the words behind it; the quoted one where they name none."""
    if _THIS.match(behind) or not _OTHER.match(behind):
        return own
    mention = next(iter(numbers.numbers_in(behind[:120])), None)
    between = behind[: mention.start] if mention else ""
    if mention is not None and len(between) < 40 and "." not in between:
        found: Sequence[StoredDocument] = holdings.corpus.find(mention.number)
    elif law := _LAW.match(behind):
        found = _law(law[1], turn, holdings)
    else:
        return None
    return next(iter(found), None)


def _law(words: str, turn: Turn, holdings: Holdings) -> list[StoredDocument]:
    """Laws in force whose title begins `words`, the longest title first: "Luật Tố cáo thì …" begins with one."""
    said = f"{fold(words)} "
    first = " ".join(words.split()[:3])
    held = holdings.corpus.documents(on=turn.as_of, text=first, limit=20)
    titled = [d for d in held if d.header.title and said.startswith(f"{fold(d.header.title)} ")]
    return sorted(titled, key=lambda d: -len(d.header.title))


def _article_of(evidence: Evidence) -> str:
    """The address of the article (and clause) in which the words stand, for "khoản 2 Điều này" and "điểm a khoản này"."""
    return address_of(evidence.provision.path)


def _without_references(text: str) -> str:
    """Figures of places and of documents are no figures that answer."""
    for named in reversed(named_in(text)):
        text = text[: named.start] + text[named.end :]
    for mention in reversed(numbers.numbers_in(text)):
        text = text[: mention.start] + text[mention.end :]
    return re.sub(r"^\W*\d+[.)]", "", text)
