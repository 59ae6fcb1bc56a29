"""A question as its writer meant to type it: capitals, missing marks, wrong marks, Telex and VNI keys, slips of the hand.

Third step. What a word may have been is weighed against how far it is from what was typed; the corpus itself is
the language model: how many segments have a word, and have it after another. Behind it stand law texts at large
(texts/words.tsv.gz) and how people ask, which neither can know (texts/asking.txt).
"""

import gzip
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise, product

from bot.abbreviations import abbreviations, written_out
from bot.asked import asked_for
from bot.telex import TONES, decoded, split_tone, with_tone
from bot.turn import Turn
from corpus import number as numbers
from corpus.spelling import fold, has_diacritics, modern_tones
from index.search import Search

#: A text with fewer of its words marked than this was typed without marks: Vietnamese has marks on three of four.
MARKED_SHARE = 0.25
#: Capitals: more of the letters than this, in so many words at least.
CAPITALS_SHARE, CAPITALS_WORDS = 0.7, 3

#: Distances, in nats: a change must make the sentence this much likelier. Assumed, and checked on
#: questions with slips made on purpose (`cchc eval answers --perturb`): dearer leaves slips, cheaper changes right words.
KEYS_LEFT = 1.0  # "chuwsc": no word, and the keys say which
MARKS_MISSING = 0.0  # in a text typed without marks
MARKS_FORGOTTEN = 4.5  # on a word of a text that has marks
MARKS_WRONG = 5.5
LETTER_WRONG = 7.0  # one letter lost, doubled, swapped
TONE_TOO = 2.0  # more, where the tone is another too
WELL_FORMED = 3.5  # more, where the word typed could be Vietnamese: the corpus does not know all words
NAME = 6.0  # more, where it is written as a name inside the sentence

#: A phrase of asking counts as if this share of all segments had it.
ASKING_SHARE = 0.04
#: Law texts at large count as this many segments.
LAWS_WEIGHT = 3000
#: Share of what follows a word that is told by the pair; the rest by the word alone.
PAIR_SHARE = 0.8
#: An unknown word counts as seen in this many segments.
UNKNOWN = 0.1
#: Longer than any syllable of Vietnamese with its keys left in, letters.
LONGEST = 10
#: Candidates of one word that are looked at, the most frequent first.
CANDIDATES = 14

#: Hats of letters, which come before their tone: hands type "ê" over a tone too.
_HATS = {"\u0302", "\u0306", "\u031b"}
_TOKEN = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
_VNI = re.compile(r"[^\W\d_]{1,5}\d[^\W_]{1,4}|[^\W\d_]{2,5}\d")
_LETTERS = {
    "a": "aăâ", "e": "eê", "o": "oôơ", "u": "uư", "d": "dđ",
}  # fmt: skip
_ONSET = "ngh|ng|gh|gi|kh|nh|ph|th|tr|ch|qu|[bcdđghklmnpqrstvx]"
_SYLLABLE = re.compile(rf"(?:{_ONSET})?[aăâeêioôơuưy]{{1,3}}(?:ch|ng|nh|[cmnpt])?")
_VOWEL = re.compile("[aeiouy]")
_ALPHABET = "abcdeghiklmnopqrstuvxy"


@dataclass(frozen=True, slots=True)
class _Option:
    """A word that one may have meant, and how far it is from what stands there."""

    word: str
    distance: float


class _Counts:
    """How often words are seen: in the segments of the corpus, in law texts at large, and in what people ask."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._laws = _laws()
        # a small corpus leans on law texts at large, a large one on itself
        self._share = LAWS_WEIGHT / self._laws["articles"]
        self._asked = ASKING_SHARE * (search.size + LAWS_WEIGHT)
        self.total = search.size + LAWS_WEIGHT + self._asked

    def word(self, word: str) -> float:
        """How often a word is seen, in segments; or a pair joined by "_"."""
        own = self._search.frequency(word, marked=True) + self._share * self._laws.get(word, 0)
        return own + (self._asked if word in _asking() else 0.0)

    def pair(self, first: str, second: str) -> float:
        return self.word(f"{first}_{second}")

    def variants(self, base: str) -> tuple[str, ...]:
        """The known words that are `base` without their marks."""
        known = base.isalpha() and (self._search.frequency(base) or base in _known_bases())
        return tuple(one for one in _spellings(base) if self.word(one)) if known else ()


@cache
def _laws() -> dict[str, int]:
    """Words and pairs of law texts with the number of articles that have them; made by `evals.word_counts`."""
    packed = resources.files("bot").joinpath("texts/words.tsv.gz").read_bytes()
    lines = gzip.decompress(packed).decode().splitlines()
    return {token: int(count) for token, _, count in (line.partition("\t") for line in lines)}


@cache
def _asking() -> frozenset[str]:
    """Words and pairs (joined by "_") of the phrases of asking."""
    text = resources.files("bot").joinpath("texts/asking.txt").read_text(encoding="utf-8")
    phrases = [modern_tones(line).split() for line in text.splitlines() if line and not line.startswith("#")]
    words = {word for phrase in phrases for word in phrase}
    return frozenset(words | {f"{a}_{b}" for phrase in phrases for a, b in pairwise(phrase)})


@cache
def _known_bases() -> frozenset[str]:
    return frozenset(fold(word) for word in (*_asking(), *_laws()) if "_" not in word)


@lru_cache(maxsize=1 << 13)
def _spellings(base: str) -> tuple[str, ...]:
    """All ways to put marks on a bare word."""
    lettered = map("".join, product(*(_LETTERS.get(letter, letter) for letter in base)))
    spelled = {with_tone(letters, tone) for letters in lettered for tone in ("", *TONES.values())}
    return tuple(sorted(map(modern_tones, spelled)))


def respell(turn: Turn, search: Search) -> None:
    """Mend the question and the conversation before it, then write out what is abbreviated."""
    turn.text = respelled(turn.text, search)
    turn.history = tuple(respelled(earlier, search) for earlier in turn.history)
    turn.query = written_out(turn.text)
    turn.asked = asked_for(turn.query)


def respelled(text: str, search: Search) -> str:
    """`text` (NFC, modern tones) in small letters where it is in capitals, its slips mended where the corpus is sure.

    Numbers of documents, abbreviations, addresses and words of other languages stay as they are.
    """
    text = _composed(text.lower() if _in_capitals(text) else text)
    spans = [m.span() for m in _TOKEN.finditer(text)]
    if not spans:
        return text
    counts = _Counts(search)
    kept = _kept(text)
    bare = _typed_bare(text, spans, kept)
    options = [_options(text, start, end, kept, bare, counts) for start, end in spans]
    if all(len(one) == 1 for one in options):
        return text
    parts, at = [], 0
    for (start, end), word in zip(spans, _likeliest(options, counts), strict=True):
        parts += [text[at:start], _cased(text[start:end], word)]
        at = end
    return "".join([*parts, text[at:]])


def _composed(text: str) -> str:
    """NFC with hats before tones, each mark once: "kiè̂n" → "kiền"."""
    found: list[str] = []
    for letter in unicodedata.normalize("NFD", text):
        after_tone = letter in _HATS and bool(found) and found[-1] in TONES.values()
        at = len(found) - 1 if after_tone else len(found)
        if not (at and unicodedata.combining(letter) and found[at - 1] == letter):
            found.insert(at, letter)
    return unicodedata.normalize("NFC", "".join(found))


def _in_capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    return len(text.split()) >= CAPITALS_WORDS and capitals > CAPITALS_SHARE * len(letters)


def _kept(text: str) -> list[tuple[int, int]]:
    """Spans that are no words: numbers of documents, addresses of pages and mail."""
    found = [(m.start, m.end) for m in numbers.numbers_in(text)]
    for mention in numbers.partial_mentions(text):  # "nđ 61"; but "đề án 905" has words in it
        inner = _TOKEN.finditer(text, mention.start, mention.end)
        found += [word.span() for word in inner if not (word[0].isalpha() and _VOWEL.search(fold(word[0])))]
    found += [m.span() for m in re.finditer(r"\S*(?:://|@|www\.)\S*|\w+(?:\.\w+)+", text)]
    return found


def _typed_bare(text: str, spans: list[tuple[int, int]], kept: list[tuple[int, int]]) -> bool:
    words = [text[a:b] for a, b in spans if text[a:b].isalpha() and not _inside(a, b, kept)]
    return sum(map(has_diacritics, words)) < MARKED_SHARE * len(words)


def _inside(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(a <= start and end <= b for a, b in spans)


def _options(
    text: str, start: int, end: int, kept: list[tuple[int, int]], bare: bool, counts: _Counts
) -> list[_Option]:
    """What the word at a span may be; itself first."""
    typed = text[start:end]
    word = typed.lower()
    itself = _Option(word, 0.0)
    short = word in _shorts() and not bare
    if _inside(start, end, kept) or len(word) > LONGEST or short or (len(typed) > 1 and typed.isupper()):
        return [itself]
    if not word.isalpha():
        meant = decoded(word) if _VNI.fullmatch(word) else None
        return [itself, _Option(meant, KEYS_LEFT)] if meant and counts.word(meant) else [itself]
    if len(word) == 1 and not bare:
        return [itself]
    name = NAME if typed[0].isupper() and text[:start].strip() and not bare else 0.0
    found: dict[str, float] = {}
    for candidate, distance in _meant(word, bare, counts):
        found[candidate] = min(distance + name, found.get(candidate, math.inf))
    found.pop(word, None)
    ranked = sorted(found, key=lambda one: found[one] - math.log(counts.word(one) + UNKNOWN))
    return [itself, *(_Option(one, found[one]) for one in ranked[:CANDIDATES])]


def _meant(word: str, bare: bool, counts: _Counts) -> Iterator[tuple[str, float]]:
    """Known words that may have been meant by `word`, with their distance."""
    marked = has_diacritics(word)
    unknown = not counts.word(word)
    well_formed = bool(_SYLLABLE.fullmatch(split_tone(word)[0]))
    # the corpus does not know every word: one that could be Vietnamese is believed longer
    extra = WELL_FORMED if well_formed and not bare else 0.0
    for candidate in counts.variants(fold(word)):
        if marked:
            yield candidate, MARKS_WRONG + extra
        else:
            yield candidate, MARKS_MISSING if bare else MARKS_FORGOTTEN
    keys = decoded(word) if unknown or not bare else None
    if keys is not None:
        for candidate in counts.variants(fold(keys)):
            yield candidate, KEYS_LEFT if candidate == keys else KEYS_LEFT + MARKS_WRONG
    if unknown and len(word) > 2:
        spelled = keys or word
        for base in _slips(fold(spelled)):
            for candidate in counts.variants(base):
                same = not has_diacritics(spelled) or split_tone(candidate)[1] == split_tone(spelled)[1]
                yield candidate, LETTER_WRONG + extra + (0.0 if same else TONE_TOO)


@cache
def _shorts() -> frozenset[str]:
    return frozenset(short.lower() for short, _ in abbreviations())


def _slips(word: str) -> Iterator[str]:
    """What is one slip away: a letter too many, one lost, two swapped, one wrong."""
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
        if at + 1 < len(word):
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    for at in range(len(word) + 1):
        for letter in _ALPHABET:
            yield word[:at] + letter + word[at:]
            if at < len(word):
                yield word[:at] + letter + word[at + 1 :]


def _likeliest(options: list[list[_Option]], counts: _Counts) -> list[str]:
    """One word of each, by Viterbi over pairs."""
    paths: dict[str, tuple[float, list[str]]] = {"": (0.0, [])}
    for here in options:
        step: dict[str, tuple[float, list[str]]] = {}
        for option in here:
            alone = (counts.word(option.word) + UNKNOWN) / counts.total
            cost, path = min(
                (
                    (spent - math.log(_follows(before, option.word, alone, counts)), path)
                    for before, (spent, path) in paths.items()
                ),
                key=lambda one: one[0],
            )
            step[option.word] = (cost + option.distance, [*path, option.word])
        paths = step
    return min(paths.values(), key=lambda one: one[0])[1]


def _follows(before: str, word: str, alone: float, counts: _Counts) -> float:
    """How likely a word is after another."""
    first = counts.word(before) if before else 0.0
    if not first:
        return alone
    return PAIR_SHARE * min(1.0, counts.pair(before, word) / first) + (1 - PAIR_SHARE) * alone


def _cased(typed: str, word: str) -> str:
    if typed.lower() == word:
        return typed
    return word[0].upper() + word[1:] if typed[0].isupper() else word
