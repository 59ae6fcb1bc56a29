"""Follow-up questions that the desk can answer, made from what surrounds the place cited. Called by the composer."""

import re
from collections.abc import Iterator

from bot.holdings import Holdings
from bot.messages import say
from bot.tree import CELL, Tree
from bot.turn import Turn
from corpus import number as numbers
from corpus.provision import Level, Provision
from corpus.spelling import fold
from corpus.store import StoredDocument

SUGGESTED = 3
#: Of them about what the document says; the rest is about the document itself.
OF_CONTENT = 2
#: Headings and cells of a table between these lengths (words) can be asked about.
WORDS_MIN, WORDS_MAX = 3, 22
#: A document without a number can be named by a title of up to this many words.
TITLE_MAX = 14

_MARK = re.compile(r"^\W*(?:Điều\s+\d+\w?|[\dIVXLC.]{1,8}|[a-zđ]\d?)[.):]\s*")
#: "Thời hạn giải quyết tố cáo là không quá 30 ngày": what a clause sets a time for.
_DEADLINE = re.compile(
    r"\b(Thời (?:hạn|hiệu) [^,.;:()\d\n]{8,90}?) (?:là|không quá|tối đa|chậm nhất)\b[^.;]{0,30}\d"
)
#: A section headed by an agency alone says what that agency does.
_AGENCY = re.compile(
    r"^(?:Các\s+)?(?:[Bb]ộ|[Ss]ở|Ủy ban|UBND|Văn phòng|Cục|Thanh tra|Trung tâm|[Cc]ơ quan|[Đđ]ơn vị)\b"
    r"(?!\s+(?:phận|máy|tiêu|chỉ|công cụ))(?:[\s,;-]+\S+){0,9}$"
)
#: Headings under which every document says the same of itself.
_OF_ITSELF = re.compile(
    r"\b(?:hieu luc|to chuc thuc hien|thi hanh|pham vi dieu chinh|doi tuong ap dung|chuyen tiep|giai thich tu ngu)\b"
)


def suggestions(
    turn: Turn, document: StoredDocument, at: int, holdings: Holdings, revision: str = ""
) -> list[str]:
    """Up to three questions on what stands beside place `at` of a document (characters), and on the document."""
    header = document.header
    name = header.name if header.number else f"{header.kind} {header.title}"
    if not header.kind or not (header.number or len(header.title.split()) <= TITLE_MAX):
        return []  # nothing it can be called by
    tree = holdings.tree(document.id, revision or document.revision)
    told = fold(turn.text)
    content = [q for q in dict.fromkeys(_content(tree, at, name)) if not _is_told(q, told)]
    of_itself = [] if turn.asked.validity or turn.asked.effect else [say("ask_validity", document=name)]
    of_itself += [] if turn.asked.identity else [say("ask_identity", document=name)]
    asked = [*content[:OF_CONTENT], *of_itself, *content[OF_CONTENT:]]
    return asked[:SUGGESTED]


def _is_told(question: str, told: str) -> bool:
    """Whether a question is, but for its ending, the one just asked."""
    subject = fold(question).split(" theo ")[0]
    return subject in told


def _content(tree: Tree, at: int, name: str) -> Iterator[str]:
    """Questions on the article, section or table around a place, the nearest first."""
    deepest = tree.at(at, at)
    line = [deepest, *tree.ancestors(deepest)] if deepest is not None else []
    article = next((p for p in line if p.level is Level.ARTICLE), None)
    if article is not None:
        for found in _DEADLINE.finditer(tree.whole(article)):
            yield say("ask_deadline", subject=found[1], document=name)
        yield from filter(None, (_of_heading(p, name) for p in _around(tree.articles(), article.start)))
        return
    if deepest is not None and deepest.level is Level.ROW:
        rows = [p for p in tree.provisions if p.level is Level.ROW]
        yield from filter(None, (_of_row(tree, p, name) for p in _around(rows, deepest.start)))
    headed = [p for p in tree.provisions if p.level in (Level.HEADING, Level.ARTICLE) and p.heading]
    yield from filter(None, (_of_heading(p, name) for p in _around(headed, at)))


def _around(provisions: list[Provision], at: int) -> list[Provision]:
    """The provisions near a place without that which holds it, following before preceding."""
    outside = [p for p in provisions if not p.start <= at < p.end]
    following = [p for p in outside if p.start > at][:4]
    preceding = [p for p in outside if p.start < at][::-1][:4]
    return [*following, *preceding]


def _of_heading(provision: Provision, name: str) -> str:
    heading = _subject(provision.heading)
    if not heading or _OF_ITSELF.search(fold(heading)) or numbers.numbers_in(heading):
        return ""
    if _AGENCY.match(heading):
        return say("ask_tasks", subject=heading, document=name)
    return say("ask_provision", subject=heading, document=name)


def _of_row(tree: Tree, row: Provision, name: str) -> str:
    cells = [cell.strip(" -;.") for cell in tree.whole(row).split(CELL)]
    subject = _subject(max(cells[:3], key=len, default=""))
    return say("ask_provision", subject=subject, document=name) if subject else ""


def _subject(text: str) -> str:
    """A heading or cell as the subject of a question; "" where it makes none."""
    subject = " ".join(_MARK.sub("", text).split()).rstrip(" .:;,/")
    if not WORDS_MIN <= len(subject.split()) <= WORDS_MAX or "\n" in subject:
        return ""
    subject = subject.capitalize() if subject.isupper() else subject
    return subject[0].upper() + subject[1:]
