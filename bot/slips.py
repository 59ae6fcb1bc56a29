"""What a typed word may have been, and how far the hand went astray. Called by `bot.respelling`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from bot.abbreviations import abbreviations
from bot.language import Language
from bot.telex import TONES, decoded, split_tone, with_tone
from corpus.spelling import fold, has_diacritics, modern_tones

#: Distances, in nats: a change must make the sentence this much likelier. Assumed, and checked on questions with slips
#: made on purpose (`cchc eval answers --perturb`): dearer leaves slips, cheaper changes right words.
KEYS_LEFT = 1.0  # "chuwsc": the keys say which
TONE_FORGOTTEN = 5.5  # "quyên" for "quyền"
TONE_WRONG = 8.0
TONE_CONFUSED = 5.5  # hỏi and ngã sound alike to many
HAT_WRONG = 8.0  # "hơp" for "hộp"
LETTER_TWICE = 5.0
LETTERS_SWAPPED = 6.0
LETTER_LOST = 7.0
LETTER_WRONG = 8.5
SOUNDS_ALIKE = 6.0  # ch and tr, s and x, l and n, gi, d and r
I_OR_Y = 3.0  # "lí" and "lý"
CHAT_LETTER = 2.0  # "fải", "jải"
JOINED = 5.0  # "hànhchính"
SHORTHAND, NOT_SHORT = 0.5, 6.0  # "hs" for "hồ sơ", and for itself
KNOWN = 4.0  # more, where what was typed is a word itself or could be one: the corpus does not know all words
TONE_TOO = 2.0  # more, where the tone is another too

#: Longer than two syllables typed as one, letters.
LONGEST_JOINED = 14
#: Candidates of one word that are looked at, the likeliest first.
CANDIDATES = 14

_ONSET = "ngh|ng|gh|gi|kh|nh|ph|th|tr|ch|qu|[bcdđghklmnpqrstvx]"
_CODA = "ch|ng|nh|[cmnpt]"
_VOWELS = (
    "iêu yêu oai oay oao oeo uây uôi ươi ươu uya uyê uyu ai ao au ay âu ây eo êu ia iê iu oa oă oe oi oo ôi ơi ua uâ "
    "uê ui uô uơ uy ưa ưi ươ ưu yê a ă â e ê i o ô ơ u ư y"
)
_SYLLABLE = re.compile(rf"(?:{_ONSET})?(?:{_VOWELS.replace(' ', '|')})(?:{_CODA})?")
_BARE_SYLLABLE = re.compile(rf"(?:{_ONSET})?(?:{fold(_VOWELS).replace(' ', '|')})(?:{_CODA})?")
_STOPPED = re.compile(r".*(?:c|ch|p|t)")
#: "lí" and "lý", but not "tai" and "tay".
_I_OR_Y = re.compile(r"(?:[bhklmst]|qu)[iy]")
_VNI = re.compile(r"(?=.{3})[^\W\d_]+[1-9][^\W_]*")
#: "điều5", "cấp2": a word and the number of what it names.
_ORDINAL = re.compile(
    r"(?:dieu|khoan|diem|muc|chuong|phan|bang|cap|lop|hang|bac|nhom|loai|quy|thang|nam|ngay|so)\d+"
)
_STUCK = re.compile(r"([^\W\d_])\1{2,}")
_ALPHABET = "abcdeghiklmnopqrstuvxy"
_CONFUSED = (("ch", "tr"), ("s", "x"), ("l", "n"), ("gi", "d"), ("gi", "r"), ("d", "r"))
_CHAT = (("j", "gi"), ("z", "d"), ("z", "gi"), ("f", "ph"), ("w", "qu"))
_ALIKE = (
    *((one, other, SOUNDS_ALIKE) for pair in _CONFUSED for one, other in (pair, pair[::-1])),
    *((typed, meant, CHAT_LETTER) for typed, meant in _CHAT),
)
_HOOK, _TILDE = TONES["r"], TONES["x"]


@dataclass(frozen=True, slots=True)
class Option:
    """What one may have meant, one word or more, and how far it is from what stands there."""

    words: tuple[str, ...]
    distance: float


@lru_cache(maxsize=2)
def slips(spoken: Language) -> "Slips":
    """The slips that end in words of a language."""
    return Slips(spoken)


class Slips:
    """The options for words of one language. May be shared by threads."""

    def __init__(self, spoken: Language) -> None:
        self._spoken = spoken
        self._likely = lru_cache(1 << 14)(self._ranked)

    def options(self, word: str, forgotten: float, name: float, short: bool, numbered: bool) -> list[Option]:
        """What a word in small letters may be, itself first. `forgotten` = distance of a word whose marks were all left
        out; `name` = more for any change, where the word is written as a name; `short` = whether it may be shorthand,
        `numbered` = whether a number follows."""
        meant = [(Option(words, SHORTHAND), False) for words in shorthand().get(word, ())] if short else []
        found: dict[tuple[str, ...], float] = {(word,): NOT_SHORT if meant else 0.0}
        for option, marks in (*meant, *self._likely(word, forgotten == 0, numbered)):
            distance = option.distance + (forgotten if marks else 0.0) + name
            found[option.words] = min(distance, found.get(option.words, distance))
        return [Option(words, distance) for words, distance in found.items()]

    def _ranked(self, word: str, bare: bool, numbered: bool) -> tuple[tuple[Option, bool], ...]:
        """The likeliest options of a word, and whether it is one whose marks were left out."""
        ranked: list[tuple[float, Option, bool]] = []
        for words, distance, marks in self._meant(word, bare, numbered):
            rarity = -sum(self._spoken.follows(one, "", "") for one in words)
            ranked.append((distance + rarity, Option(words, distance), marks))
        ranked.sort(key=lambda one: one[0])
        return tuple((option, marks) for _, option, marks in ranked[:CANDIDATES])

    def _meant(self, word: str, bare: bool, numbered: bool) -> Iterator[tuple[tuple[str, ...], float, bool]]:
        spoken = self._spoken
        if not word.isalpha():
            if _VNI.fullmatch(word) and not _ORDINAL.fullmatch(fold(word)):
                keys = decoded(word)
                if keys and spoken.count(keys):
                    yield (keys,), KEYS_LEFT, False
            return
        if len(word) > LONGEST_JOINED or len(word) < 2:
            if len(word) == 1 and (bare or word in "yo"):
                for one in spoken.spellings(word):
                    yield (one,), 0.0, True
            return
        unknown = not spoken.count(word)
        marked = has_diacritics(word)
        plain, tone = split_tone(word)
        well_formed = _well_formed(plain, tone)
        extra = KNOWN if well_formed and not bare and not numbered else 0.0
        for one in spoken.spellings(fold(word)):
            if not marked:
                yield (one,), 0.0, True
            elif one != word:
                distance = _marks(plain, tone, one)
                yield (one,), distance + (extra if unknown and distance > TONE_CONFUSED else 0.0), False
        keys = decoded(_STUCK.sub(r"\1", word))
        if keys is not None and (unknown or not bare):
            for one in spoken.spellings(fold(keys)):
                yield (one,), KEYS_LEFT if one == keys else KEYS_LEFT + TONE_WRONG, False
        spelled = keys or word
        letters, tone = fold(spelled), split_tone(spelled)[1]
        toneless = not has_diacritics(spelled)
        # a frequent word is right; but what is numbered is hardly anything but a place or a document
        doubted = unknown or (len(word) > 2 and (numbered or spoken.rare(word)))
        slipped = _slips(letters) if doubted else ()
        for base, distance in slipped:
            for one in spoken.spellings(base):
                same = toneless or split_tone(one)[1] == tone
                yield (one,), distance + extra + (0.0 if same else TONE_TOO), False
        for alike, distance in _alike(spelled):
            for one in spoken.spellings(alike) if bare else (alike,):
                if spoken.count(one):
                    yield (one,), distance + (extra if unknown else 0.0), False
        if unknown and not (well_formed and marked):
            yield from self._joined(word, bare)

    def _joined(self, word: str, bare: bool) -> Iterator[tuple[tuple[str, ...], float, bool]]:
        """Two words typed as one."""
        for at in range(1, len(word)):
            parts = word[:at], word[at:]
            if not all(_BARE_SYLLABLE.fullmatch(fold(part)) for part in parts):
                continue
            choices = [
                self._spoken.spellings(part)
                if not has_diacritics(part)
                else (part,)
                if self._spoken.count(part)
                else ()
                for part in parts
            ]
            best = max(
                ((a, b) for a in choices[0] for b in choices[1]),
                key=lambda pair: (
                    self._spoken.follows(pair[0], "", "") + self._spoken.follows(pair[1], pair[0], "")
                ),
                default=None,
            )
            if best and self._spoken.count("_".join(best)):
                yield best, JOINED, False


def _well_formed(plain: str, tone: str) -> bool:
    """Whether a word could be Vietnamese; before a stop it has one of two tones."""
    stopped = _STOPPED.fullmatch(plain) and tone not in ("", TONES["s"], TONES["j"])
    return not stopped and bool(_SYLLABLE.fullmatch(plain))


def _marks(plain: str, tone: str, meant: str) -> float:
    """How far the marks of a word are from those of another of the same letters."""
    other, other_tone = split_tone(meant)
    if other != plain:
        return HAT_WRONG + (0.0 if tone == other_tone else TONE_TOO)
    if not tone:
        return TONE_FORGOTTEN
    return TONE_CONFUSED if {tone, other_tone} == {_HOOK, _TILDE} else TONE_WRONG


@lru_cache(maxsize=1 << 12)
def _slips(word: str) -> tuple[tuple[str, float], ...]:
    """The syllables that are one slip away from a bare word, with their distance."""
    found: dict[str, float] = {}

    def slip(meant: str, distance: float) -> None:
        if meant != word and _BARE_SYLLABLE.fullmatch(meant):
            found[meant] = min(distance, found.get(meant, distance))

    slip(_STUCK.sub(r"\1", word), LETTER_TWICE)
    for at in range(len(word)):
        twice = at > 0 and word[at] == word[at - 1]
        slip(word[:at] + word[at + 1 :], LETTER_TWICE if twice else LETTER_WRONG)
        if at + 1 < len(word):
            slip(word[:at] + word[at + 1] + word[at] + word[at + 2 :], LETTERS_SWAPPED)
    for at in range(len(word) + 1):
        for letter in _ALPHABET:
            slip(word[:at] + letter + word[at:], LETTER_LOST)
            if at < len(word):
                slip(word[:at] + letter + word[at + 1 :], LETTER_WRONG)
    return tuple(found.items())


@lru_cache(maxsize=1 << 12)
def _alike(word: str) -> tuple[tuple[str, float], ...]:
    """What sounds like a word to many, or is written like it in a chat, with its distance."""
    plain, tone = split_tone(word)
    found = {
        onset + plain[len(typed) :]: distance for typed, onset, distance in _ALIKE if plain.startswith(typed)
    }
    if _I_OR_Y.fullmatch(plain):
        found[plain[:-1] + ("y" if plain[-1] == "i" else "i")] = I_OR_Y
    syllables = ((one, near) for one, near in found.items() if _SYLLABLE.fullmatch(one))
    return tuple((modern_tones(with_tone(one, tone)), near) for one, near in syllables)


@cache
def shorthand() -> dict[str, tuple[tuple[str, ...], ...]]:
    """What is written short in haste -> what it may stand for, in words (`texts/shorthand.tsv`)."""
    text = resources.files("bot").joinpath("texts/shorthand.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if "\t" in line and not line.startswith("#")]
    lines += [[short, full] for short, full in abbreviations() if short.islower()]
    return {short: tuple(tuple(one.split()) for one in meant.split("|")) for short, meant in lines}
