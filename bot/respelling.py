"""A question as its writer meant to type it: capitals, missing marks, wrong marks, Telex and VNI keys, slips of the hand.

Second step. What a word may have been and how far that is from what was typed (`bot.slips`) is weighed against how
likely the words are, one after another (`bot.language`).
"""

import math
import re
import unicodedata
from functools import cache

from bot.abbreviations import abbreviations, written_out
from bot.asked import asked_for
from bot.language import Language, language
from bot.slips import LONGEST_JOINED, Option, shorthand, slips
from bot.telex import TONES
from bot.turn import Turn
from corpus import number as numbers
from corpus.spelling import fold, has_diacritics
from index.search import Search

#: Vietnamese has marks on this share of its words; a text with fewer than the second was typed without them.
MARKED_SHARE, BARE_SHARE = 0.72, 0.25
#: Of the words that have marks, one who types them leaves out so many; and how many words that is believed against.
FORGOTTEN_SHARE, FORGOTTEN_WORDS = 0.004, 6
#: Capitals: more of the letters than this, in so many words at least.
CAPITALS_SHARE, CAPITALS_WORDS = 0.7, 3
#: A change is so much dearer, in nats, where the word is written as a name inside the sentence.
NAME = 6.0
#: Beginnings of a sentence that are followed up, word after word: so many, and no more nats behind the best.
BEAM, BEAM_WIDTH = 16, 11.0

#: Words in order; what one typed word was meant to be.
_Words = tuple[str, ...]
#: Hats of letters, which come before their tone: hands type "ê" over a tone too.
_HATS = {"\u0302", "\u0306", "\u031b"}
_TOKEN = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
_VOWEL = re.compile("[aeiouy]")
#: Behind a word that names what is numbered: "k 3", "tt 01", "điêu 5".
_NUMBER = re.compile(r"\s*\d")


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
    capitals = _in_capitals(text)
    text = _composed(text.lower() if capitals else text)
    spans = [m.span() for m in _TOKEN.finditer(text)]
    if not spans:
        return text
    spoken = language(search)
    kept = _kept(text)
    forgotten = _forgotten(text, spans, kept)
    options = [_options(text, span, kept, forgotten, capitals, spoken) for span in spans]
    if all(len(one) == 1 for one in options):
        return text
    parts, at = [], 0
    for (start, end), words in zip(spans, _likeliest(options, spoken), strict=True):
        parts += [text[at:start], _cased(text[start:end], " ".join(words))]
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


def _forgotten(text: str, spans: list[tuple[int, int]], kept: list[tuple[int, int]]) -> float:
    """How far, in nats, a word without marks is from the same with its marks: the more stand without, the nearer."""
    words = [text[a:b] for a, b in spans if text[a:b].isalpha() and not _inside((a, b), kept)]
    marked = sum(map(has_diacritics, words))
    if marked < BARE_SHARE * len(words):
        return 0.0
    missing = max(0.0, MARKED_SHARE * len(words) - marked)
    return -math.log(FORGOTTEN_SHARE + missing / (len(words) + FORGOTTEN_WORDS))


def _inside(span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    return any(a <= span[0] and span[1] <= b for a, b in spans)


def _options(
    text: str,
    span: tuple[int, int],
    kept: list[tuple[int, int]],
    forgotten: float,
    capitals: bool,
    spoken: Language,
) -> list[Option]:
    """What the word at a span may be; itself first."""
    typed = text[slice(*span)]
    word = typed.lower()
    short = word in _shorts() and forgotten > 0
    if _inside(span, kept) or len(word) > LONGEST_JOINED or short or (len(typed) > 1 and typed.isupper()):
        return [Option((word,), 0.0)]
    named = typed[0].isupper() and bool(text[: span[0]].strip()) and forgotten > 0
    numbered = bool(_NUMBER.match(text, span[1]))
    return slips(spoken).options(
        word, forgotten, NAME if named else 0.0, short=not (capitals or numbered), numbered=numbered
    )


@cache
def _shorts() -> frozenset[str]:
    """Abbreviations of terms; those of the chat, in small letters, are words to mend."""
    found = frozenset(short.lower() for short, _ in abbreviations() if not short.islower())
    return found - shorthand().keys()


def _likeliest(options: list[list[Option]], spoken: Language) -> list[_Words]:
    """One option of each, by Viterbi over triples in a beam."""
    follows = spoken.follows
    states: dict[tuple[str, str], tuple[float, tuple[object, tuple[str, ...]] | None]] = {
        ("", ""): (0.0, None)
    }
    for here in options:
        step: dict[tuple[str, str], tuple[float, tuple[object, tuple[str, ...]] | None]] = {}
        for (earlier, before), (spent, path) in states.items():
            for option in here:
                first, second, cost = earlier, before, spent + option.distance
                for word in option.words:
                    cost -= follows(word, second, first)
                    first, second = second, word
                known = step.get((first, second))
                if known is None or cost < known[0]:
                    step[first, second] = (cost, (path, option.words))
        ranked = sorted(step.items(), key=lambda one: one[1][0])[:BEAM]
        states = {state: path for state, path in ranked if path[0] <= ranked[0][1][0] + BEAM_WIDTH}
    _, path = min(states.values(), key=lambda one: one[0])
    chosen = []
    while path is not None:
        path, words = path  # type: ignore[assignment]
        chosen.append(words)
    return chosen[::-1]


def _cased(typed: str, word: str) -> str:
    if typed.lower() == word:
        return typed
    return word[0].upper() + word[1:] if typed[0].isupper() else word
