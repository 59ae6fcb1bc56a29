"""The numbers Word counts by itself and does not keep in the text: "1.", "a)", "II.", "1.1.".

The DOCX and DOC readers call it with what the file says about its lists.
"""

from collections.abc import Mapping
from dataclasses import dataclass

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ROMAN = (
    (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_MAX_NUMBER = 5000  # a larger one comes from a damaged file


@dataclass(frozen=True, slots=True)
class ListLevel:
    """One level of a list; `text` is what Word prints, "%1" standing for the number of the first level."""

    form: str  # decimal, decimalZero, lowerLetter, upperLetter, lowerRoman, upperRoman, bullet, none
    text: str
    start: int


class ListNumbers:
    """Counts the items of a document's lists."""

    def __init__(self) -> None:
        self._counts: dict[str, dict[int, int]] = {}  # list -> level -> last number

    def next(self, name: str, levels: Mapping[int, ListLevel], level: int) -> str:
        """The number of the next item at this level (from 0) of the list, with a blank after it; "" where none is printed."""
        if level not in levels:
            return ""
        counts = self._counts.setdefault(name, {})
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        here = levels[level]
        if here.form == "bullet":
            return "- "
        if here.form == "none" or not here.text:
            return ""
        text = here.text
        for place in range(level + 1):
            other = levels.get(place, ListLevel("decimal", "", 1))
            text = text.replace(f"%{place + 1}", _shape(other.form, counts.get(place, other.start)))
        return text.strip() + " "


def _shape(form: str, value: int) -> str:
    if form in ("lowerLetter", "upperLetter") and 1 <= value <= 26:
        letter = _LETTERS[value - 1]
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman") and 0 < value < _MAX_NUMBER:
        roman = _roman(value)
        return roman if form == "upperRoman" else roman.lower()
    return f"{value:02d}" if form == "decimalZero" else str(value)


def _roman(value: int) -> str:
    done = ""
    for number, sign in _ROMAN:
        while value >= number:
            done, value = done + sign, value - number
    return done
