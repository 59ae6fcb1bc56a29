"""Cuts a text into pieces, some of them marked: found facts, loose figures, words that differ. Called by the report.

Only for the eye: whether a fact was found is decided by `evals.scoring`. The pieces joined are the text itself.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

#: Longest text whose differing words are looked for, in words: beyond it the search takes too long.
COMPARED_WORDS = 3000

_DASH = "[-\u2010-\u2015\u2212]"
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


class Piece(NamedTuple):
    text: str
    mark: str  # "" or the name of the mark


def marked(text: str, marks: Iterable[tuple[str, Iterable[str]]]) -> list[Piece]:
    """The text with every occurrence of the wanted words marked; `marks` = (name of the mark, words), first wins.

    The text comes back in NFC.
    """
    text = unicodedata.normalize("NFC", text)
    spans: list[tuple[int, int, str]] = []
    for name, wanted in marks:
        for words in wanted:
            for found in _pattern(words).finditer(text):
                if all(found.end() <= start or end <= found.start() for start, end, _ in spans):
                    spans.append((found.start(), found.end(), name))
    pieces, at = [], 0
    for start, end, name in sorted(spans):
        pieces += [Piece(text[at:start], ""), Piece(text[start:end], name)]
        at = end
    pieces.append(Piece(text[at:], ""))
    return [piece for piece in pieces if piece.text]


def differing(text: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts, with the words of each marked "changed" that the other does not have at that place."""
    mine, theirs = _WORD.findall(text), _WORD.findall(other)
    if len(mine) > COMPARED_WORDS or len(theirs) > COMPARED_WORDS:
        return [Piece(text, "")], [Piece(other, "")]
    blocks = SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes()
    left = [Piece("".join(mine[a:b]), "" if what == "equal" else "changed") for what, a, b, _, _ in blocks]
    right = [Piece("".join(theirs[c:d]), "" if what == "equal" else "changed") for what, _, _, c, d in blocks]
    return [piece for piece in left if piece.text], [piece for piece in right if piece.text]


def _pattern(words: str) -> re.Pattern[str]:
    """Whole words, whatever their case, blanks and dashes."""
    return re.compile(rf"(?<!\w){''.join(_loose(words))}(?!\w)", re.IGNORECASE)


def _loose(words: str) -> Iterator[str]:
    for part in re.findall(rf"\s+|{_DASH}|[^\s]", unicodedata.normalize("NFC", words.strip())):
        yield r"\s+" if part.isspace() else _DASH if re.fullmatch(_DASH, part) else re.escape(part)
