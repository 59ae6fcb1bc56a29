"""How alike two texts are, and which of two readings of one text is the better one.

Finds versions of one document among many: a portal's page and the PDF, clean text and OCR. Called by the store.
"""

import re
import unicodedata
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from corpus.provision import Level, Provision

#: Words in a shingle: enough that boilerplate of two lines does not make texts alike.
_SHINGLE = 5
#: Hash functions, in bands of `_ROWS`: two texts of which 80 % of the shingles agree share a band with p > 0.999,
#: two with 30 % with p < 0.13 (1 - (1 - s^4)^16).
_HASHES, _ROWS = 64, 4
#: Of so many texts made from one template only the first are compared with each other.
_CROWD = 300
#: Share of equal hashes from which two texts are versions of one document. Twenty words in a thousand may differ.
ALIKE = 0.8
#: Share of figures and of names that may differ: decisions on two persons made from one template differ in them.
_DIFFERING = 0.02

_WORD = re.compile(r"[^\W_]+")
_FIGURE = re.compile(r"\d+")
_NAME = re.compile(r"(?<=[^\W\d_] )[A-ZĐÀ-Ỹ][^\W\d_]+")
#: Characters of a text by which its quality is judged, and the share of words with marks that clean text has.
_SAMPLE, _MARKED = 20_000, 0.6
_MARKS_OUT = {code: " " for code in range(128) if not chr(code).isalnum()}
_PRIME = np.uint64(4_294_967_311)
_GENERATOR = np.random.default_rng(20261122)
_FACTORS = _GENERATOR.integers(1, 2**31, _HASHES, dtype=np.uint64)
_SHIFTS = _GENERATOR.integers(0, 2**31, _HASHES, dtype=np.uint64)
#: One Vietnamese syllable without its marks: what a garbled text has few of.
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|th|tr|qu|[bcdđghklmnpqrstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?"
)


class _Codes(dict[str, int]):
    """The number of each word, worked out once."""

    def __missing__(self, word: str) -> int:
        code = self[word] = zlib.crc32(word.encode())
        return code


def _plain(text: str) -> str:
    """Lower case letters and figures without marks, as fast as a large corpus needs it."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return bare.encode("ascii", "ignore").decode("ascii")


def fingerprint(text: str) -> bytes:
    """What is kept of a text to compare it: the least values of `_HASHES` hash functions over its shingles.

    Marks, case and blanks do not count, so that OCR that lost a tone is still alike. b"" for a text of a few words.
    """
    known = _Codes()
    words = [known[word] for word in _plain(text).translate(_MARKS_OUT).split()]
    if len(words) < 3 * _SHINGLE:
        return b""
    codes = np.array(words, dtype=np.uint64)
    shingles = np.zeros(len(codes) - _SHINGLE + 1, dtype=np.uint64)
    for at in range(_SHINGLE):
        shingles = (shingles * np.uint64(1_000_003) + codes[at : at + len(shingles)]) % np.uint64(2**31 - 1)
    shingles = np.unique(shingles)
    least = [int(((shingles * a + b) % _PRIME).min()) for a, b in zip(_FACTORS, _SHIFTS, strict=True)]
    return np.array(least, dtype="<u4").tobytes()


def alike(one: bytes, other: bytes) -> float:
    """Estimated share of shingles that two texts have in common, 0…1."""
    if not one or not other:
        return 0.0
    equal = np.frombuffer(one, "<u4") == np.frombuffer(other, "<u4")
    return float(equal.mean())


def candidates(fingerprints: Mapping[str, bytes], wanted: Collection[str]) -> Iterator[tuple[str, str]]:
    """Pairs of ids worth comparing, each once, without looking at every pair; one of each is `wanted`."""
    seen: set[tuple[str, str]] = set()
    for band in range(_HASHES // _ROWS):
        shelf: dict[bytes, list[str]] = {}
        for id, print_ in fingerprints.items():
            if print_:
                shelf.setdefault(print_[band * _ROWS * 4 : (band + 1) * _ROWS * 4], []).append(id)
        for ids in shelf.values():
            for one in [id for id in ids if id in wanted][:_CROWD]:
                for other in ids[:_CROWD]:
                    pair = (min(one, other), max(one, other))
                    if one != other and pair not in seen:
                        seen.add(pair)
                        yield pair


def same_particulars(one: str, other: str, beside: str = "") -> bool:
    """Whether two texts give the same figures and names: else they only share a template.

    Those in `beside` do not count: the number and day that one of them lost.
    """
    for found in (_FIGURE, _NAME):
        here, there = (set(found.findall(text)) - set(found.findall(beside)) for text in (one, other))
        if len(here ^ there) > _DIFFERING * len(here | there):
            return False
    return True


def quality(text: str, provisions: Sequence[Provision]) -> float:
    """How good a reading is: its articles as whole numbers, and behind the point how clean its words are, 0…1.

    Clean words are Vietnamese syllables, most of them with marks. Compared only between readings of one document,
    by `clearly_better`.
    """
    words = [word for word in _WORD.findall(text[:_SAMPLE].lower()) if word.isalpha()]
    plain = _plain(" ".join(words)).split()
    whole = sum(_SYLLABLE.fullmatch(word) is not None for word in plain) / len(plain) if plain else 0.0
    marked = sum(not word.isascii() for word in words) / len(words) if words else 0.0
    articles = {one.path for one in provisions if one.level is Level.ARTICLE}
    return len(articles) + min((whole + min(marked / _MARKED, 1.0)) / 2, 0.999)


def clearly_better(new: float, old: float) -> bool:
    """Whether a reading is so much better that it takes the place of the one held: more articles, or fewer broken words."""
    articles, before = int(new), int(old)
    if articles != before:
        return articles > before * 1.02 and new % 1 > old % 1 - 0.05
    return new % 1 > old % 1 + 0.02
