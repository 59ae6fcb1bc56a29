"""Whether a text reads as Vietnamese, by how its words are built: a good text layer or OCR result against garbage.

The PDF reader asks it about every page, the OCR about every direction of a scan. It knows no words, only how
syllables are spelt, so that names and terms of any field count.
"""

import re
from dataclasses import dataclass

from ingest.legacy_fonts import is_syllable

_WORD = re.compile(r"[^\W_]+")
#: Words that stand in every English text and rarely in another; an English page is no garbage.
_ENGLISH = {"the", "of", "and", "to", "in", "for", "is", "that", "with", "by", "are", "on", "each", "this"}
_MIN_WORDS = 20  # fewer say nothing
#: Pages of 2,000 signs of laws and news: at least 0.96 syllables and 0.69 marked ones. OCR with an English model: 0.65 and 0.0.
_MIN_SHARE = 0.85
_MIN_MARKED = 0.4
_MIN_ENGLISH = 0.08


@dataclass(frozen=True, slots=True)
class Legibility:
    """How the words of a text are built. Numbers, single letters and abbreviations are not counted."""

    words: int
    syllables: int  # of the words, those that are Vietnamese syllables in a usual case
    marked: int  # of the syllables, those with a diacritic
    english: int

    @classmethod
    def of(cls, text: str) -> "Legibility":
        """Looks at the words of a text."""
        words = syllables = marked = english = 0
        for word in _WORD.findall(text):
            if len(word) < 2 or not any(letter.isalpha() for letter in word):
                continue
            in_case = word.islower() or word.isupper() or word.istitle()
            if in_case and is_syllable(word):
                syllables += 1
                marked += not word.isascii()
            elif word.isupper() and len(word) <= 6:
                continue  # UBND, CCHC
            words += 1
            english += word.lower() in _ENGLISH
        return cls(words, syllables, marked, english)

    @property
    def share(self) -> float:
        """Share of the words that are Vietnamese syllables, 0–1; 1 where there is no word."""
        return self.syllables / self.words if self.words else 1.0

    @property
    def is_garbage(self) -> bool:
        """Whether there are words enough to judge and they are neither Vietnamese nor English."""
        if self.words < _MIN_WORDS or self.english >= _MIN_ENGLISH * self.words:
            return False
        return self.share < _MIN_SHARE or self.marked < _MIN_MARKED * self.syllables
