"""Keystrokes that were left in a word: Telex ("thur tujc", "dduwowcj") and VNI ("thu3 tu5c") to Vietnamese letters.

Called by `bot.respelling`, which decides whether the result is a word at all.
"""

import re
import unicodedata
from functools import lru_cache

TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONES = {"1": "s", "2": "f", "3": "r", "4": "x", "5": "j"}
_HATS = (
    ("dd", "đ"), ("uow", "ươ"), ("uwow", "ươ"), ("uwo", "ươ"), ("ưow", "ươ"), ("ưo", "ươ"), ("uơ", "ươ"),
    ("aa", "â"), ("aw", "ă"), ("ee", "ê"), ("oo", "ô"), ("ow", "ơ"), ("uw", "ư"),
)  # fmt: skip
_VNI_HATS = {"a6": "â", "e6": "ê", "o6": "ô", "o7": "ơ", "u7": "ư", "a8": "ă", "d9": "đ"}
_VOWELS = "aăâeêioôơuưy"


@lru_cache(maxsize=4096)
def decoded(word: str) -> str | None:
    """What the keystrokes of a word in small letters come to; None where it has none left."""
    if any(c.isdigit() for c in word):
        word = _from_vni(word)
    plain, tone = split_tone(word)
    hatted = plain
    for keys, letter in _HATS:
        hatted = hatted.replace(keys, letter)
    if "d" in hatted[1:] and hatted.startswith("d"):  # the second d of đ may come last: "dduocwj", "duowcjd"
        at = hatted.rfind("d")
        hatted = "đ" + hatted[1:at] + hatted[at + 1 :]
    if "w" in hatted:  # the w may come after the coda: "truongwf", "duocjw"
        bare = hatted.replace("w", "", 1)
        hatted = next(
            (
                bare.replace(a, b, 1)
                for a, b in (("uo", "ươ"), ("o", "ơ"), ("u", "ư"), ("a", "ă"))
                if a in bare
            ),
            hatted,
        )
    doubled = re.fullmatch(rf"(.*?)([aeo])([^{_VOWELS}]+)\2([sfrxj]?)", hatted)
    if doubled:  # the second letter of a hat may come after the coda: "thoongs", "capas" → "cấp"
        hat = {"a": "â", "e": "ê", "o": "ô"}[doubled[2]]
        hatted = doubled[1] + hat + doubled[3] + doubled[4]
    first = next((at for at, letter in enumerate(hatted) if letter in _VOWELS), None)
    if first is None:
        return None
    places = [at for at in range(first + 1, len(hatted)) if hatted[at] in TONES]
    if len(places) > 1 or (places and tone):
        return None
    for at in places:
        tone = TONES[hatted[at]]
        hatted = hatted[:at] + hatted[at + 1 :]
    result = with_tone(hatted, tone)
    return None if result == word else result


def with_tone(plain: str, tone: str) -> str:
    """A syllable with its tone (a combining mark, "" = level) where it is written: "hoa" + grave → "hòa"."""
    if not tone:
        return plain
    found = _nucleus(plain)
    if found is None:
        return plain
    start, end = found
    at = next((i for i in reversed(range(start, end)) if plain[i] in "ăâêôơư"), None)
    if at is None:
        at = start + 1 if end - start > 2 or (end - start == 2 and end < len(plain)) else start
    return plain[:at] + unicodedata.normalize("NFC", plain[at] + tone) + plain[at + 1 :]


def split_tone(word: str) -> tuple[str, str]:
    """(the word without its tone, the tone as a combining mark or "")."""
    letters = unicodedata.normalize("NFD", word)
    tones = [c for c in letters if c in TONES.values()]
    plain = unicodedata.normalize("NFC", "".join(c for c in letters if c not in TONES.values()))
    return plain, tones[0] if tones else ""


def _nucleus(plain: str) -> tuple[int, int] | None:
    """Where the vowels that can bear the tone stand."""
    start = next((at for at, letter in enumerate(plain) if letter in _VOWELS), None)
    if start is None:
        return None
    end = start
    while end < len(plain) and plain[end] in _VOWELS:
        end += 1
    if (
        end - start > 1
        and plain[:start].endswith(("q", "g"))
        and plain[start] in ("u" if plain[:start].endswith("q") else "i")
    ):
        start += 1
    return start, end


def _from_vni(word: str) -> str:
    for keys, letter in _VNI_HATS.items():
        word = word.replace(keys, letter)
    return "".join(_VNI_TONES.get(letter, letter) for letter in word)
