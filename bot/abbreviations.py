"""Abbreviations that officials type, written out (`texts/abbreviations.tsv`): "CCHC" → "cải cách hành chính"."""

import re
from functools import cache
from importlib import resources
from itertools import pairwise

from corpus import number as numbers
from corpus.spelling import fold

_WORD = re.compile(r"[^\W\d_]+(?:[&.][^\W\d_]+)*")


@cache
def abbreviations() -> tuple[tuple[str, str], ...]:
    """(abbreviation as typed, what it stands for), in the order of the table."""
    text = resources.files("bot").joinpath("texts/abbreviations.tsv").read_text(encoding="utf-8")
    return tuple(
        (line[0], line[1]) for line in (line.split("\t") for line in text.splitlines()) if len(line) > 1
    )


@cache
def _asked_only() -> frozenset[str]:
    """Those that mean this in questions only: in documents "TT" and "ND" are parts of numbers and heads of tables."""
    text = resources.files("bot").joinpath("texts/abbreviations.tsv").read_text(encoding="utf-8")
    return frozenset(line.split("\t")[0].lower() for line in text.splitlines() if line.count("\t") == 2)


@cache
def _small() -> frozenset[str]:
    """Those that are written in small letters."""
    return frozenset(short for short, _ in abbreviations() if short.islower())


@cache
def _expansions() -> dict[str, str]:
    return {short.lower(): full for short, full in abbreviations()}


def written_out(text: str) -> str:
    """The text with its abbreviations written out; document numbers ("61/2018/NĐ-CP", "nđ 61") stay as they are.

    In a text typed without marks an abbreviation is known by its folded form in capitals only.
    """
    kept = [(m.start, m.end) for m in numbers.numbers_in(text)]
    kept += [(m.start, m.end) for m in numbers.partial_mentions(text)]

    def expand(match: re.Match[str]) -> str:
        if any(start <= match.start() < end for start, end in kept):
            return match[0]
        word = match[0]
        full = _expansions().get(word.lower())
        # short ones are words of their own in small letters: "tc", "kn", "vc" count in capitals only
        if full is None or (len(word) <= 2 and word.islower() and word not in _small()):
            return word
        return full

    expanded = _WORD.sub(expand, text)
    return expanded if fold(expanded) != fold(text) else text


@cache
def _spelled() -> list[tuple[str, frozenset[str], frozenset[str]]]:
    """(written out, folded; words of the abbreviation; words and pairs of what it stands for)."""
    found = []
    for short, full in _expansions().items():
        words = re.findall(r"[^\W_]+", fold(full))
        if len(words) > 1 and short not in _asked_only():
            pairs = {f"{a}_{b}" for a, b in pairwise(words)}
            letters = frozenset(re.findall(r"[^\W_]+", fold(short)))
            found.append((" ".join(words), letters, frozenset(words) | pairs))
    return found


def shortened_in_documents(question: str) -> list[tuple[frozenset[str], frozenset[str]]]:
    """For what the question spells out: the words of its abbreviation, which documents may use instead, and the
    words and pairs that they stand for."""
    text = " ".join(["", *re.findall(r"[^\W_]+", fold(question)), ""])
    return [(letters, words) for full, letters, words in _spelled() if f" {full} " in text]
