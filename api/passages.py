"""Full-text search for the list of documents: clauses that hold the words, each with its words marked.

The index finds and ranks; here is what a person expects of a search box on top: all words before some words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from api.fulltext import Run
from corpus.spelling import fold, fold_aligned, has_diacritics, nfc
from index.segment import Segment

#: Characters of a clause that a result shows.
EXCERPT_MAX = 320
_BLANKS = re.compile(r"[^\S\n]+")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A clause that was found, cut around the words."""

    segment: Segment
    runs: tuple[Run, ...]
    cut_before: bool
    cut_after: bool


def with_all_words(words: str, found: Sequence[Segment]) -> list[Segment]:
    """Those of the segments in which, or in whose headings above, every word stands; in their order."""
    wanted = set(_WORD.findall(fold(words)))
    return [one for one in found if wanted <= set(_WORD.findall(fold(f"{one.context} {one.text}")))]


def passage(words: str, segment: Segment) -> Passage:
    """The part of a segment where most of the words stand, with the words marked.

    Words typed with Vietnamese marks are marked only with the same marks. Of several words those that stand beside
    another one are marked where there are any: "của" alone says nothing.
    """
    text = _BLANKS.sub(" ", nfc(segment.text)).strip()
    marks = _marks(words, text)
    start, end = _window(text, marks)
    runs: list[Run] = []
    at = start
    for a, b in [(a, b) for a, b in marks if start <= a and b <= end]:
        runs += [Run(text[at:a], False), Run(text[a:b], True)]
        at = b
    runs.append(Run(text[at:end], False))
    return Passage(segment, tuple(run for run in runs if run.text), start > 0, end < len(text))


def _marks(words: str, text: str) -> list[tuple[int, int]]:
    """Spans of runs of searched words in `text`; of single ones where there is no run."""
    if has_diacritics(words):
        wanted, searched, places = nfc(words).lower(), text.lower(), list(range(len(text) + 1))
        if len(searched) != len(text):  # a letter whose small form is longer
            searched = text
    else:
        wanted = fold(words)
        searched, places = fold_aligned(text)
    known = set(_WORD.findall(wanted))
    runs: list[list[re.Match[str]]] = []
    beside = False
    for word in _WORD.finditer(searched):
        if word[0] in known:
            if beside and not _breaks(searched[runs[-1][-1].end() : word.start()]):
                runs[-1].append(word)
            else:
                runs.append([word])
        beside = word[0] in known
    longer = [run for run in runs if len(run) > 1]
    return [(places[run[0].start()], places[run[-1].end() - 1] + 1) for run in longer or runs]


def _breaks(between: str) -> bool:
    return any(char in ".;:!?\n" for char in between)


def _window(text: str, marks: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The stretch of at most `EXCERPT_MAX` characters, cut between words, that holds most marked characters."""
    if len(text) <= EXCERPT_MAX:
        return 0, len(text)
    room = EXCERPT_MAX

    def inside(start: int) -> int:
        return sum(b - a for a, b in marks if start <= a and b <= start + room)

    starts = [max(0, a - 60) for a, _ in marks] or [0]
    start = min(max(starts, key=inside), len(text) - room)
    end = start + room
    if start:
        start = text.find(" ", start, end) + 1
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + 1)
    return start, end
