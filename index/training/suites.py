"""Keeps questions of suites and benches out of the training data. Called by `python -m index.training pairs`."""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from corpus.spelling import fold
from index.training.pairs import Drawn

#: Share of the different words that two questions have in common from which they count as the same question.
SAME = 0.8
T = TypeVar("T")


def questions_of(files: Sequence[Path]) -> list[str]:
    """The questions of JSONL files: every string under "question" or "text", in "turns" or "history".

    Raises `ValueError` that names the line that is none, or the file that holds no question.
    """
    found: list[str] = []
    for file in files:
        before = len(found)
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            try:
                row = json.loads(line) if line.strip() else {}
            except ValueError as error:
                raise ValueError(f"{file} line {number} is no JSON: {error}") from error
            if not isinstance(row, dict):
                raise ValueError(f"{file} line {number} is no JSON object: {line[:80]}")
            said = [
                row.get("question"),
                row.get("text"),
                *(row.get("turns") or []),
                *(row.get("history") or []),
            ]
            found += [one for one in said if isinstance(one, str)]
        if len(found) == before:  # else a suite with other keys would be kept out in name only
            raise ValueError(f'{file} holds no question: none of its rows has "question", "text" or "turns"')
    return found


class Kept:
    """Says whether a question is one of those to be kept out, whatever its spelling or the order of its words."""

    def __init__(self, questions: Iterable[str]) -> None:
        self._words = [frozenset(_words(question)) for question in questions]
        self._often = Counter(word for words in self._words for word in words)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for place, words in enumerate(self._words):
            # two sets that share 80 % of their words share one of the rarest 20 % of each
            for word in self._prefix(words):
                self._by_word[word].append(place)

    def __contains__(self, question: str) -> bool:
        words = frozenset(_words(question))
        near = {place for word in self._prefix(words) for place in self._by_word.get(word, ())}
        return any(len(words & self._words[p]) >= SAME * len(words | self._words[p]) for p in near)

    def _prefix(self, words: frozenset[str]) -> list[str]:
        ranked = sorted(words, key=lambda word: (self._often[word], word))
        return ranked[: len(words) - math.ceil(SAME * len(words)) + 1]


def without(drawn: Iterable[Drawn], kept: Kept) -> tuple[list[Drawn], int]:
    """The questions that are none of those kept out, neither as they are put nor before that, and how many were."""
    clean, dropped = [], 0
    for one in drawn:
        if one.question in kept or one.plain in kept:
            dropped += 1
        else:
            clean.append(one)
    return clean, dropped


def _words(text: str) -> list[str]:
    return list("".join(c if c.isalnum() else " " for c in fold(text)).split())
