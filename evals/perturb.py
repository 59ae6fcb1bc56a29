"""Variants of a question as other hands would type it, to see what an answer owes to the spelling.

Every variant keeps what is asked. Called by `cchc eval answers --perturb`, which asks each turn again in each variant.
"""

import random
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from hashlib import sha256

from bot.abbreviations import abbreviations
from corpus.number import numbers_in
from corpus.spelling import modern_tones, nfc
from evals.problem import EvalProblem

#: Of the words that can be mistyped, one in so many is.
WORDS_PER_TYPO = 5

#: Tone mark -> its key on a Telex keyboard.
_TONE_KEYS = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
#: Mark of a vowel -> its key; None: the vowel's own key once more.
_VOWEL_KEYS = {"\u0302": None, "\u0306": "w", "\u031b": "w"}
_CHUNK = re.compile(r"\S+")
_WORD = re.compile(r"[^\W\d_]+")
_OPEN_NEW = re.compile(
    r"(?:(o)([\u0300\u0301\u0303\u0309\u0323])([ae])|(?<!q)(u)([\u0300\u0301\u0303\u0309\u0323])(y))$", re.I
)


def perturbed(text: str, name: str, seed: str) -> str:
    """The variant `name` (a key of `PERTURBATIONS`) of a question; `text` itself where there is nothing to vary.

    The same text and seed give the same variant on every machine. Raises `EvalProblem` for an unknown name.
    """
    try:
        vary = PERTURBATIONS[name]
    except KeyError:
        known = ", ".join(PERTURBATIONS)
        raise EvalProblem(f"Không có cách biến đổi “{name}”. Hãy dùng: {known}.") from None
    chance = random.Random(sha256("\n".join((name, seed, text)).encode()).digest())
    plain = nfc(text)
    varied = vary(plain, chance)
    return text if varied == plain else varied


def _no_diacritics(text: str, _: random.Random) -> str:
    """All marks gone, đ too, case kept: "Quyết định 905/QĐ-BNV" → "Quyet dinh 905/QD-BNV"."""
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return unicodedata.normalize("NFC", "".join(c for c in letters if not unicodedata.combining(c)))


def _old_tone(text: str, _: random.Random) -> str:
    """Every final oa, oe, uy with the tone where this text does not put it: "hòa" → "hoà", "thuỷ" → "thủy".

    Officials and documents use both placements, often in one page, so neither is the plain one. Which way to go is
    decided syllable by syllable by what stands there; what the text writes the new way comes out the old way and the
    other way round. Syllables with a coda ("toàn") have one spelling only, and u after q belongs to the consonant ("quý").
    """
    return _WORD.sub(lambda word: _other_placement(word[0]), text)


def _other_placement(syllable: str) -> str:
    modern = modern_tones(syllable)
    if modern != syllable:
        return modern
    older = _OPEN_NEW.sub(
        lambda m: f"{m[1] or m[4]}{m[3] or m[6]}{m[2] or m[5]}", unicodedata.normalize("NFD", syllable)
    )
    return unicodedata.normalize("NFC", older)


def _upper(text: str, _: random.Random) -> str:
    """All capitals, as with Caps Lock on."""
    return text.upper()


def _nfd(text: str, _: random.Random) -> str:
    """Letters and marks apart, as macOS and some PDF readers hand text over; it looks the same."""
    return unicodedata.normalize("NFD", text)


def _abbreviated(text: str, chance: random.Random) -> str:
    """Terms of the project's own table as officials shorten them: "thủ tục hành chính" → "TTHC".

    The longest term wins, whole words only, whatever the case; marks and commas must stand as in the table, so that
    an abbreviation of many meanings ("TC") comes only from the one that it has there.
    """
    terms, shorts = _terms()
    return terms.sub(lambda term: chance.choice(shorts[_term_key(term[0])]), text)


@cache
def _terms() -> tuple[re.Pattern[str], dict[str, list[str]]]:
    """What finds a term of the table, and its abbreviations."""
    shorts: dict[str, list[str]] = {}
    for short, full in abbreviations():
        shorts.setdefault(_term_key(full), []).append(short)
    longest_first = sorted(shorts, key=len, reverse=True)
    terms = "|".join(re.escape(full).replace(r"\ ", r"\s+") for full in longest_first)
    return re.compile(rf"(?<!\w)(?:{terms})(?!\w)", re.IGNORECASE), shorts


def _term_key(term: str) -> str:
    return " ".join(nfc(term).lower().split())


def _telex_typos(text: str, chance: random.Random) -> str:
    """Slips of a hand on a Telex keyboard, in about one word of five: "thủ tục cấp giấy" → "thur tục cấp giấy".

    Words with digits, document numbers, addresses and abbreviations in capitals stay, and so does every first letter:
    a person still reads what was meant.
    """
    words = _words_to_mistype(text)
    wanted = max(1, round(len(words) / WORDS_PER_TYPO))
    chance.shuffle(words)
    slips: list[tuple[int, int, str]] = []
    for start, end in words:
        if len(slips) == wanted:
            break
        word = text[start:end]
        slipped = _slipped(word, chance)
        if slipped != word:
            slips.append((start, end, slipped))
    for start, end, slipped in sorted(slips, reverse=True):
        text = text[:start] + slipped + text[end:]
    return text


def _words_to_mistype(text: str) -> list[tuple[int, int]]:
    numbers = [(number.start, number.end) for number in numbers_in(text)]
    found = []
    for chunk in _CHUNK.finditer(text):
        words = list(_WORD.finditer(chunk[0]))
        if len(words) != 1 or any(c.isdigit() for c in chunk[0]):  # a date, an address, a compound
            continue
        start, end = chunk.start() + words[0].start(), chunk.start() + words[0].end()
        in_number = any(start < last and first < end for first, last in numbers)
        if not in_number and not (words[0][0].isupper() and end - start > 1):
            found.append((start, end))
    return found


def _slipped(word: str, chance: random.Random) -> str:
    """The word with the first slip, in an order drawn by how common they are, that it can suffer."""
    order = sorted(_SLIPS, key=lambda slip: chance.random() ** (1 / _SLIPS[slip]), reverse=True)
    return next((slipped for slip in order if (slipped := slip(word, chance)) != word), word)


def _left_as_keystrokes(word: str, chance: random.Random) -> str:
    """The keyboard did not compose: "thủ" → "thur", "được" → "dduwowcj" or "dduwowjc"."""
    keys: list[str] = []
    tone = ""
    after_vowels = 0
    for letter in word:
        parts = unicodedata.normalize("NFD", letter)
        base, marks = parts[0], parts[1:]
        keys.append({"đ": "dd", "Đ": "Dd"}.get(base, base))
        for mark in marks:
            if mark in _TONE_KEYS:
                tone = _TONE_KEYS[mark]
            elif mark in _VOWEL_KEYS:
                keys.append(_VOWEL_KEYS[mark] or base.lower())
        if base.lower() in "aeiouy":
            after_vowels = len(keys)
    keys.insert(chance.choice((after_vowels, len(keys))), tone)
    return "".join(keys)


def _without_tone(word: str, _: random.Random) -> str:
    return _toned(word, lambda tone: "")


def _wrong_tone(word: str, chance: random.Random) -> str:
    return _toned(word, lambda tone: chance.choice([other for other in _TONE_KEYS if other != tone]))


def _toned(word: str, change: Callable[[str], str]) -> str:
    letters = (change(c) if c in _TONE_KEYS else c for c in unicodedata.normalize("NFD", word))
    return unicodedata.normalize("NFC", "".join(letters))


def _swapped(word: str, chance: random.Random) -> str:
    places = [i for i in range(1, len(word) - 1) if word[i] != word[i + 1]]
    if not places:
        return word
    i = chance.choice(places)
    return word[:i] + word[i + 1] + word[i] + word[i + 2 :]


def _doubled(word: str, chance: random.Random) -> str:
    # twice a, e, o or d composes to another letter, and w is a mark
    places = [i for i, c in enumerate(word) if c.lower() in "bcghiklmnpqtuvy"]
    if not places:
        return word
    i = chance.choice(places)
    return word[: i + 1] + word[i].lower() + word[i + 1 :]


def _lost(word: str, chance: random.Random) -> str:
    if len(word) < 4:  # what is left of a shorter word could be anything
        return word
    i = chance.randrange(1, len(word))
    return word[:i] + word[i + 1 :]


#: How often each slip happens beside the others; a rough mix of what is seen in questions typed in a hurry.
_SLIPS: dict[Callable[[str, random.Random], str], int] = {
    _left_as_keystrokes: 3,
    _without_tone: 3,
    _wrong_tone: 2,
    _swapped: 2,
    _doubled: 1,
    _lost: 1,
}

#: Name of a variant, as `--perturb` takes it -> what makes it of NFC text.
PERTURBATIONS: dict[str, Callable[[str, random.Random], str]] = {
    "no-diacritics": _no_diacritics,
    "telex-typos": _telex_typos,
    "abbreviations": _abbreviated,
    "old-tone": _old_tone,
    "upper": _upper,
    "nfd": _nfd,
}
