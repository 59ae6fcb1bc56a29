"""How Vietnamese text is compared: NFC, tone placement, diacritics. Used for matching, never for a quote."""

import re
import unicodedata

#: Old placement of the tone mark -> new one: "hoà" → "hòa", "thuỷ" → "thủy". "qu" is a consonant, so "quý" stays.
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


def has_diacritics(text: str) -> bool:
    """Whether the text was typed with Vietnamese marks."""
    return any(c in "đĐ" or unicodedata.combining(c) for c in unicodedata.normalize("NFD", text))
