"""Provinces and ministries in a question, under their names of today and of before the mergers of 2025.

Called by the reader of questions and by the search, which keeps other provinces' decisions out of the answer.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from bot.institutions import merged
from corpus.spelling import fold, has_diacritics, modern_tones, nfc

#: When 63 provinces became 34.
MERGED_ON = date(2025, 7, 1)
#: Names that are words of every day too: written small they count only behind a word that places go with.
_WORDS_TOO = {"Cao Bằng", "Hòa Bình", "Thái Bình", "Long An"}
#: The same of texts without marks: "sơn là", "thành hóa đơn".
_WORDS_TOO_BARE = {
    "Sơn La",
    "Thanh Hóa",
    "Gia Lai",
    "Cà Mau",
    "Huế",
    "Hà Nam",
    "Nam Định",
    "Phú Thọ",
    "Hưng Yên",
}
_CUE = r"(?:tinh|thanh pho|tp\.?|ubnd|hdnd|o|tai|cua|so \w+(?: \w+)?|\d{2,5})"
#: What people call them besides.
_ALSO = {
    "Hồ Chí Minh": ("TP.HCM", "TPHCM", "TP HCM", "HCM", "HCMC", "Sài Gòn"),
    "Hà Nội": ("HN",),
    "Huế": ("Thừa Thiên Huế", "Thừa Thiên - Huế"),
    "Bà Rịa - Vũng Tàu": ("Vũng Tàu", "BRVT"),
    "Đắk Lắk": ("Đắc Lắc", "Dak Lak", "Đăk Lăk"),
    "Đắk Nông": ("Đắc Nông", "Dak Nong", "Đăk Nông"),
}


@dataclass(frozen=True, slots=True)
class Province:
    """A province of today, or one of those merged into it."""

    name: str
    today: str  # name of the province that it belongs to since 1/7/2025

    @property
    def merged(self) -> bool:
        return self.name != self.today


@cache
def provinces() -> tuple[Province, ...]:
    """The 34 provinces of today, each followed by those merged into it in 2025."""
    text = resources.files("bot").joinpath("texts/provinces.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    found = []
    for kind, name in lines:
        parts = [one.old for one in merged() if one.present == f"{kind} {name}" and one.since == MERGED_ON]
        found += [Province(name, name), *(Province(part.removeprefix("tỉnh "), name) for part in parts)]
    return tuple(found)


def provinces_in(text: str) -> tuple[Province, ...]:
    """The provinces that a text names, in its order."""
    plain = modern_tones(nfc(text))
    marked = has_diacritics(plain)
    words = _spaced(plain)
    folded = fold(words)
    found: dict[Province, int] = {}
    for province, names in _spellings():
        for name in names:
            at = _place_of(name, words, folded, marked, province.name)
            if at >= 0:
                found[province] = min(at, found.get(province, at))
    return tuple(sorted(found, key=lambda province: found[province]))


def province_of(issuer: str) -> Province | None:
    """The province whose authority an issuer is: "Ủy ban nhân dân tỉnh Khánh Hòa"; None for authorities of the state."""
    folded = fold(_spaced(issuer))
    if not re.search(r"\b(?:tinh|thanh pho|ubnd|hdnd|so|uy ban nhan dan|hoi dong nhan dan)\b", folded):
        return None
    held = [one for one in provinces() if folded.endswith(" " + fold(_spaced(one.name)))]
    return held[0] if held else None


def speaks_for(issuer: str, asked: tuple[Province, ...]) -> bool:
    """Whether what an issuer decides counts in one of the provinces asked about.

    The state's law counts everywhere; a province's decisions count there, and in what was merged with it.
    """
    own = province_of(issuer)
    return (
        own is None
        or not asked
        or any(
            own == one or own.name == one.today or (not one.merged and own.today == one.name) for one in asked
        )
    )


def renamed(text: str) -> str:
    """The text with the ministry of today for one that was taken over; as it is where none is named."""
    for one in merged():
        if one.kind == "ministry":
            pattern = rf"\b{re.escape(one.old)}\b".replace(r"\ \-\ ", r"\s*[-–,]?\s*")
            text = re.sub(pattern, one.present, text, flags=re.IGNORECASE)
    return text


@cache
def _spellings() -> tuple[tuple[Province, tuple[str, ...]], ...]:
    return tuple((one, (one.name, *_ALSO.get(one.name, ()))) for one in provinces())


def _place_of(name: str, words: str, folded: str, marked: bool, known_as: str) -> int:
    """Where a name stands in the text; -1: nowhere, or as other words."""
    spaced = _spaced(name)
    pattern = rf"(?<!\w){re.escape(spaced)}(?!\w)"
    typed = re.search(pattern, words)  # as a name is written
    if typed:
        return typed.start()
    loose = re.search(rf"(?<!\w)(?<!viet ){re.escape(fold(spaced))}(?!\w)", folded)
    if loose is None or (marked and has_diacritics(spaced) and spaced.lower() not in words.lower()):
        return -1
    doubtful = _WORDS_TOO if marked else _WORDS_TOO | _WORDS_TOO_BARE
    capitals = all(word[:1].isupper() for word in words[loose.start() : loose.end()].split())
    cued = re.search(rf"\b{_CUE} $", folded[: loose.start()])
    return loose.start() if known_as not in doubtful or capitals or cued else -1


def _spaced(text: str) -> str:
    """Words and dots of abbreviations with single blanks between, so that folding keeps the places."""
    return " ".join(re.findall(r"[^\W_]+(?:\.[^\W_]+)*", nfc(text)))
