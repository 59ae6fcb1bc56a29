"""Several held texts of one document: which belong together and which of them is canonical. Called by the store.

Files with one identity are one document from the start; here are those whose identities differ because one of them
lost its number, date or issuer, or came from another publisher. A different number is always a different document.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from corpus.held import StoredDocument
from corpus.likeness import ALIKE, alike, candidates, same_particulars
from corpus.number import key
from corpus.rows import issuer_key
from corpus.spelling import fold

#: With the same number, this much likeness tells a version from an attachment that is filed on its own.
SAME_NUMBER_ALIKE = 0.4


#: Cleanliness (the part of the quality behind the point) below which a text is garbled; the worst of 108 real clean
#: texts has 0.95.
GARBLED = 0.9


@dataclass(frozen=True, slots=True)
class Reading:
    """What versions are judged by."""

    fingerprint: bytes
    quality: float


def other_versions(
    documents: Sequence[StoredDocument], readings: Mapping[str, Reading], text_of: Callable[[str], str]
) -> dict[str, str]:
    """The canonical document of every one that is only another version of it, by id. `text_of` is asked seldom."""
    by_id = {one.id: one for one in documents if one.header.authority.is_regulation}
    groups = {id: id for id in by_id}

    def head(id: str) -> str:
        while groups[id] != id:
            id = groups[id]
        return id

    def join(one: str, other: str) -> None:
        first, second = sorted((head(one), head(other)), key=lambda id: _order(by_id[id], readings))
        groups[second] = first

    numbered: dict[str, list[str]] = {}
    for id, document in by_id.items():
        if document.header.number:
            numbered.setdefault(key(document.header.number), []).append(id)
    for ids in numbered.values():
        for at, one in enumerate(ids):
            for other in ids[at + 1 :]:
                if (
                    _compatible(by_id[one], by_id[other])
                    and _alike(one, other, readings) >= SAME_NUMBER_ALIKE
                ):
                    join(one, other)
    bare = {id for id, document in by_id.items() if not document.header.number}
    for one, other in candidates({id: readings[id].fingerprint for id in by_id}, bare):
        pair = by_id[one], by_id[other]
        if (
            _compatible(*pair)
            and _alike(one, other, readings) >= ALIKE
            and same_particulars(text_of(one), text_of(other), " ".join(map(_number_and_day, pair)))
        ):
            join(one, other)
    return {id: head(id) for id in by_id if head(id) != id}


def _order(one: StoredDocument, readings: Mapping[str, Reading]) -> tuple[int, bool, bool, int, float, str]:
    """The canonical one first: what binds more, an office's own file before a sample, a clean text before a garbled
    one, what says its number, day and issuer, then the better reading."""
    good, header = readings[one.id].quality, one.header
    missing = sum(not value for value in (header.number, header.issued_on, header.issuer))
    return (header.authority.rank, one.is_sample, good % 1 < GARBLED, missing, -good, one.id)


def _number_and_day(one: StoredDocument) -> str:
    day = one.header.issued_on
    return f"{one.header.number} {f'{day:%d %m %Y} {day.day} {day.month}' if day else ''}"


def _alike(one: str, other: str, readings: Mapping[str, Reading]) -> float:
    return alike(readings[one].fingerprint, readings[other].fingerprint)


def _compatible(one: StoredDocument, other: StoredDocument) -> bool:
    """Whether nothing that both headers state contradicts."""
    here, there = one.header, other.header
    stated = (
        (issuer_key(here.issuer), issuer_key(there.issuer)),
        (here.issued_on, there.issued_on),
        (fold(here.kind), fold(there.kind)),
    )
    return all(a == b for a, b in stated if a and b)
