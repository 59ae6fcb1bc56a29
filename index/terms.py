"""The tokens of keyword search, the same for what is indexed and what is asked.

Called by the builder for segments and by the search for questions. Tokens contain no blanks, so a text's tokens
joined by blanks are what the keyword index is fed (it splits at blanks and changes nothing).
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from corpus.number import key, numbers_in, partial_mentions, parts_of
from corpus.spelling import fold, modern_tones, nfc

#: A run of words without punctuation between them; bigrams do not reach across its ends.
_RUN = re.compile(r"[^\W_]+(?:[ \t\n]+[^\W_]+)*")


def terms(text: str) -> list[str]:
    """Tokens of `text` with their diacritics: syllables, adjacent pairs, document numbers.

    "Theo nđ 61/2018, thủ tục" → theo, nđ, 61, theo_nđ, …, thủ, tục, thủ_tục, nd:61, 61/2018. Document numbers come
    folded and canonical: whole ("61/2018/nd-cp") and in the parts people type ("nd:61", "61/2018").
    """
    return both_terms(text)[0]


def folded_terms(text: str) -> list[str]:
    """The same tokens without diacritics: what a question typed without them is compared with."""
    return both_terms(text)[1]


def both_terms(text: str) -> tuple[list[str], list[str]]:
    """`terms` and `folded_terms` at the price of one."""
    text = nfc(text)
    accented: list[str] = []
    folded: list[str] = []
    for run in _RUN.finditer(text):
        syllables = [_modern(syllable) for syllable in run[0].lower().split()]
        plain = [_folded(syllable) for syllable in syllables]
        for found, words in ((accented, syllables), (folded, plain)):
            found += words
            found += [f"{first}_{second}" for first, second in pairwise(words)]
    numbers = list(_numbers(text))
    return accented + numbers, folded + numbers


# Vietnamese has some seven thousand syllables: remembering them makes a big build several times faster.
_modern = lru_cache(maxsize=1 << 16)(modern_tones)
_folded = lru_cache(maxsize=1 << 16)(fold)


def _numbers(text: str) -> Iterator[str]:
    for mention in numbers_in(text):
        yield key(mention.number)
        if parts := parts_of(mention.number):
            yield from _parts(parts.kind, parts.first, parts.year)
    for partial in partial_mentions(text):
        yield from _parts(partial.kind, partial.first, partial.year)


def _parts(kind: str | None, first: str, year: int | None) -> Iterator[str]:
    first = first.lower().lstrip("0")
    if kind:
        yield f"{fold(kind)}:{first}"
    if year:
        yield f"{first}/{year}"
