"""How Vietnamese text is compared: NFC, tone placement, diacritics. Used for matching, never for a quote."""

import re
import unicodedata

#: Old placement of the tone mark -> new one: "hoà" → "hòa", "thuỷ" → "thủy"; qu is a consonant: "quý" stays.
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_OPEN_PAIRS = {"oa", "oe", "uy"}


def nfc(text: str) -> str:
    """Text in NFC with no-break blanks made plain; the form in which everything is stored."""
    return unicodedata.normalize("NFC", text).replace("\u00a0", " ").replace("\u202f", " ")


def modern_tones(text: str) -> str:
    """NFC text with the tone mark on the first vowel of a final oa, oe, uy: "hoà" → "hòa", "uỷ" → "ủy"."""
    return re.sub(r"[^\W\d_]+", lambda m: _modern_syllable(m[0]), text)


def _modern_syllable(syllable: str) -> str:
    if len(syllable) < 2:
        return syllable
    base, marks = _split_tone(syllable[-1])
    if not marks:
        return syllable
    first = syllable[-2]
    pair = (first + base).lower()
    if pair not in _OPEN_PAIRS or (pair == "uy" and syllable[-3:-2].lower() == "q"):
        return syllable
    return syllable[:-2] + unicodedata.normalize("NFC", first + marks) + base


def _split_tone(letter: str) -> tuple[str, str]:
    parts = unicodedata.normalize("NFD", letter)
    tone = "".join(c for c in parts if c in _TONES)
    rest = "".join(c for c in parts if c not in _TONES)
    return unicodedata.normalize("NFC", rest), tone


def fold(text: str) -> str:
    """Lower case without diacritics, blanks collapsed: "Quyết định  ĐỀ ÁN" → "quyet dinh de an"."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(plain.split())


def fold_aligned(text: str) -> tuple[str, list[int]]:
    """`text` in lower case without diacritics, blanks as they are, and where each letter stood in `text`.

    The list of places has one entry more than the folded text: the end of `text`.
    """
    letters: list[str] = []
    offsets: list[int] = []
    for place, letter in enumerate(text):
        for part in unicodedata.normalize("NFD", letter.lower().replace("đ", "d")):
            if not unicodedata.combining(part):
                letters.append(part)
                offsets.append(place)
    return "".join(letters), [*offsets, len(text)]


def has_diacritics(text: str) -> bool:
    """Whether the text was typed with Vietnamese marks."""
    return any(c in "đĐ" or unicodedata.combining(c) for c in unicodedata.normalize("NFD", text))
