"""Header and structure of twelve real documents of different kinds against truths written by hand.

A truth is a JSON file in `truth/`: the header's fields, the number of articles of the main text ("") and of each
attachment, the outline above articles and lists in order, titles, how the text of some places begins, and places that
must not be there. Fields that the document does not state are not in the truth, or empty where nothing may be found.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from conftest import SHARED

from corpus.document import Document
from corpus.provision import Level, Provision
from corpus.spelling import fold
from ingest.header import header
from ingest.read import read_bytes
from ingest.structure import parse

pytestmark = pytest.mark.shared

TRUTHS = sorted((Path(__file__).parent / "truth").glob("*.json"))
_OUTLINE = {
    Level.PART, Level.CHAPTER, Level.SECTION, Level.SUBSECTION, Level.HEADING, Level.ATTACHMENT, Level.APPENDIX,
}  # fmt: skip

truths = pytest.mark.parametrize(
    "truth", [json.loads(f.read_text()) for f in TRUTHS], ids=[f.stem for f in TRUTHS]
)


@cache
def read(file: str) -> tuple[str, tuple[Provision, ...], Document]:
    path = SHARED / "documents" / file
    reading = read_bytes(path.read_bytes(), path.name)
    provisions = parse(reading)
    return reading.text, provisions, header(reading, provisions, path.name)


def words(text: str) -> str:
    """Without marks and signs: "b) Xét tuyển" and "2 | Xét tuyển" begin with the same words."""
    bare = re.sub(r"^(?:Điều \w+[.:]|[\w.]{1,8}[.)]|[\d.]+ \||[-+•|])\s*", "", text.strip())
    return re.sub(r"[\W_]+", " ", bare).strip()


def test_there_are_twelve_of_different_kinds() -> None:
    assert len(TRUTHS) == 12


def test_header_fields_are_right_in_95_of_100() -> None:
    told = []
    for file in TRUTHS:
        truth: dict[str, Any] = json.loads(file.read_text())
        document = read(truth["file"])[2]
        for name, wanted in truth["header"].items():
            got = getattr(document, name)
            got = "" if got is None else str(got)
            same = got.startswith(wanted) if name == "title" else fold(got) == fold(wanted)
            told.append((same, f"{file.stem} {name}: {got!r} for {wanted!r}"))
    misses = [what for same, what in told if not same]
    print(f"{len(told) - len(misses)} of {len(told)} fields right", *misses, sep="\n  ")
    assert len(misses) <= 0.05 * len(told), misses


@truths
def test_articles_count_apart_in_the_main_text_and_every_attachment(truth: dict[str, Any]) -> None:
    provisions = read(truth["file"])[1]
    homes = [p for p in provisions if p.level in (Level.ATTACHMENT, Level.APPENDIX)]
    counts: dict[str, int] = {}
    for one in (p for p in provisions if p.level is Level.ARTICLE):
        home = next((h.label for h in homes if one.path.startswith(h.path + ".")), "")
        counts[home] = counts.get(home, 0) + 1
    assert counts == truth["articles"]


@truths
def test_the_outline_stands_in_its_order(truth: dict[str, Any]) -> None:
    wanted = truth["outline"]
    got = [p.label for p in read(truth["file"])[1] if p.level in _OUTLINE]
    left = iter(got)
    assert all(label in left for label in wanted), got


@truths
def test_titles_and_places_are_where_the_document_has_them(truth: dict[str, Any]) -> None:
    text, provisions, _ = read(truth["file"])
    by_label: dict[str, list[Provision]] = {}
    for one in provisions:
        by_label.setdefault(one.label, []).append(one)
    for label, title in truth["headings"].items():
        assert any(words(p.heading) == words(title) for p in by_label.get(label, [])), label
    for label, begins in truth["places"].items():
        found = [words(text[p.start : p.end]) for p in by_label.get(label, [])]
        assert any(one.startswith(words(begins)) for one in found), (label, [one[:60] for one in found])
    for label in truth.get("without", []):
        assert label not in by_label
    for label, columns in truth.get("columns", {}).items():
        (row,) = by_label[label]
        assert list(row.columns[: len(columns)]) == columns
