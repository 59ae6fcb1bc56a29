"""How likely words are, and one after another: counted in the segments of the corpus, in law texts at large
(texts/words.tsv.gz), and in how people ask (texts/asking.txt), which no law text shows. Called by `bot.respelling`.
"""

import gzip
import math
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise, product

from bot.telex import TONES, with_tone
from corpus.spelling import fold, modern_tones
from index.search import Search

#: A phrase of asking counts as if this share of all segments had it.
ASKING_SHARE = 0.04
#: This share of questions opens with the first word of one of them.
OPENING_SHARE = 0.5
#: Law texts at large count as this many segments.
LAWS_WEIGHT = 6000
#: Words that a segment has, roughly: what turns "in how many segments" into a probability.
SEGMENT_WORDS = 60
#: A word that fewer than this share of segments have is rare: it may be another with a slip.
RARE_SHARE = 0.003
#: An unknown word counts as seen in this many segments.
UNKNOWN = 0.02
#: What is known of a word alone counts as much as so many segments in which a pair could have stood; what is known of
#: a pair, as so many articles in which three could have.
PAIR_PRIOR, TRIPLE_PRIOR = 60.0, 40.0
#: Questions are no law texts: this share of what follows a word is as if nothing were known of the word.
OTHER_TEXTS = 0.1

#: Words and pairs that are remembered; above this the rarest asked are looked up again.
_REMEMBERED = 1 << 16
_LETTERS = {"a": "aăâ", "e": "eê", "o": "oôơ", "u": "uư", "d": "dđ"}


class Language:
    """Counts over one published index; "" stands for what comes before a first word. May be shared by threads."""

    def __init__(self, search: Search) -> None:
        self._search = search
        # a small corpus leans on law texts at large, a large one on itself
        self._share = LAWS_WEIGHT / _laws()["articles"]
        segments = search.size + LAWS_WEIGHT
        self._rare = RARE_SHARE * segments
        self._asked = ASKING_SHARE * segments
        self._total = SEGMENT_WORDS * segments
        self.count = lru_cache(_REMEMBERED)(self._count)
        self.spellings = lru_cache(_REMEMBERED)(self._spellings)
        self.follows = lru_cache(_REMEMBERED)(self._follows)

    def _count(self, token: str) -> float:
        """How often a word is seen, in segments; or a pair joined by "_"."""
        own = self._search.frequency(token, marked=True) + self._share * _laws().get(token, 0)
        return own + (self._asked if token in _asking() else 0.0)

    def rare(self, word: str) -> bool:
        """Whether a word is so rare that it may be another one with a slip."""
        return self.count(word) < self._rare

    def _spellings(self, base: str) -> tuple[str, ...]:
        """The known words that are `base` without their marks."""
        known = base.isalpha() and (base in _bases() or self._search.frequency(base))
        return tuple(one for one in _marked(base) if self.count(one)) if known else ()

    def _follows(self, word: str, before: str, earlier: str) -> float:
        """The logarithm of the probability that `word` comes after `before`, which came after `earlier`."""
        likely = (self.count(word) + UNKNOWN) / self._total
        if not before and word in _openings():
            likely = (likely + OPENING_SHARE / len(_openings())) / (1 + OPENING_SHARE)
        pair = f"{before}_{word}"
        if before:
            likely = _backed(self.count(pair), self.count(before), PAIR_PRIOR, likely)
        # no law text knows what comes before a question's own words
        if earlier and pair not in _asking() and (seen := _laws().get(f"{earlier}_{before}", 0)):
            likely = _backed(_laws().get(f"{earlier}_{pair}", 0), seen, TRIPLE_PRIOR, likely)
        return math.log(min(1.0, likely))


def _backed(together: float, before: float, prior: float, likely: float) -> float:
    """The probability that was counted, leaning on one that looks less far back."""
    counted = (together + prior * likely) / (max(before, together) + prior)
    return (1 - OTHER_TEXTS) * counted + OTHER_TEXTS * likely


@lru_cache(
    maxsize=2
)  # the generation that is searched, and the one before it for the turns that began with it
def language(search: Search) -> Language:
    """The language of what a search can find."""
    return Language(search)


@cache
def _laws() -> dict[str, int]:
    """Words, pairs and triples of law texts with the number of times they stand there; made by `evals.word_counts`."""
    packed = resources.files("bot").joinpath("texts/words.tsv.gz").read_bytes()
    lines = gzip.decompress(packed).decode().splitlines()
    return {token: int(count) for token, _, count in (line.partition("\t") for line in lines)}


@cache
def _phrases() -> tuple[list[str], ...]:
    text = resources.files("bot").joinpath("texts/asking.txt").read_text(encoding="utf-8")
    return tuple(
        modern_tones(line).split() for line in text.splitlines() if line and not line.startswith("#")
    )


@cache
def _openings() -> frozenset[str]:
    return frozenset(phrase[0] for phrase in _phrases())


@cache
def _asking() -> frozenset[str]:
    """Words and pairs (joined by "_") of the phrases of asking."""
    phrases = _phrases()
    words = {word for phrase in phrases for word in phrase}
    return frozenset(words | {f"{a}_{b}" for phrase in phrases for a, b in pairwise(phrase)})


@cache
def _bases() -> frozenset[str]:
    return frozenset(fold(word) for word in (*_asking(), *_laws()) if "_" not in word)


@lru_cache(maxsize=1 << 13)
def _marked(base: str) -> tuple[str, ...]:
    """All ways to put marks on a bare word."""
    lettered = map("".join, product(*(_LETTERS.get(letter, letter) for letter in base)))
    spelled = {with_tone(letters, tone) for letters in lettered for tone in ("", *TONES.values())}
    return tuple(sorted(map(modern_tones, spelled)))
