"""Documents named by their title: "Luật Khiếu nại", "Nghị định về công tác văn thư"."""

import re
from functools import lru_cache

from corpus.spelling import fold
from index.search import Search

_OPENING = re.compile(
    r"^(?:ve viec|ve|quy dinh chi tiet|quy dinh ve|quy dinh|ban hanh|phe duyet|huong dan)\s+"
)
#: "Kỷ luật cán bộ, công chức" is not "Luật Cán bộ, công chức".
_NO_LAW = re.compile(r"\b(?:ky|phap) luat\b")
#: Titles of fewer words than this name a document only with a kind that is known by its title, a law.
_FEW = 3
_KNOWN_BY_TITLE = {"luat", "bo luat", "phap lenh"}


def named_by_title(question: str, search: Search) -> list[str]:
    """Ids of the documents whose kind and title stand in the question, those of the longest title."""
    text = _NO_LAW.sub("", " ".join(re.findall(r"\w+", fold(question))))
    found: list[tuple[int, str]] = []
    for phrases, document in _titles(search):
        if any(f" {phrase} " in f" {text} " for phrase in phrases):
            found.append((max(len(p) for p in phrases), document))
    longest = max((length for length, _ in found), default=0)
    return [document for length, document in found if length == longest]


@lru_cache(maxsize=2)
def _titles(search: Search) -> list[tuple[tuple[str, ...], str]]:
    """(spellings of kind and title, document) of every document that a title can name."""
    titles: list[tuple[tuple[str, ...], str]] = []
    for header in search.documents:
        kind = fold(header.kind)
        title = _OPENING.sub("", " ".join(re.findall(r"\w+", fold(header.title)))).removeprefix(kind).strip()
        words = title.split()
        enough = 1 if kind in _KNOWN_BY_TITLE else _FEW
        if kind and enough <= len(words) <= 14:
            titles.append(((f"{kind} {title}", f"{kind} ve {title}"), header.id))
    return titles
