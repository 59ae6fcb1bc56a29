"""Header and structure over the real documents beside the checkout, against what their list says of them."""

import csv
import re
from functools import cache

import pytest
from conftest import SHARED

from corpus.document import Document
from corpus.number import canonical, key
from corpus.provision import Level, Provision
from corpus.spelling import fold
from ingest.header import header
from ingest.read import read_bytes
from ingest.structure import parse

pytestmark = pytest.mark.shared

DOCUMENTS = SHARED / "documents"
#: Articles the list counts otherwise than the text, with the reason.
_COUNTED_OTHERWISE = {
    "115_2020_ND-CP.txt": 67,  # Điều 40a was inserted and stands between 40 and 41
}


@cache
def read() -> dict[str, tuple[Document, tuple[Provision, ...]]]:
    """Header and provisions of every text file, by its path in the list."""
    found = {}
    for path in sorted(DOCUMENTS.rglob("*")):
        if path.suffix in (".txt", ".md"):
            reading = read_bytes(path.read_bytes(), path.name)
            provisions = parse(reading)
            found[path.relative_to(DOCUMENTS).as_posix()] = header(reading, provisions), provisions
    return found


def rows() -> list[dict[str, str]]:
    with (DOCUMENTS / "index.tsv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if row["file"] in read()]


def _right(told: list[tuple[str, bool, str]], share: float) -> None:
    misses = [f"{file}: {got}" for file, right, got in told if not right]
    print(f"{len(told) - len(misses)} of {len(told)} right", *misses, sep="\n  ")
    assert len(told) > 50
    assert len(misses) <= (1 - share) * len(told), misses


def test_numbers_are_right() -> None:
    stated = [
        row for row in rows() if row["number"] and canonical(row["number"]) and "(" not in row["number"]
    ]
    told = []
    for row in stated:
        got = read()[row["file"]][0].number
        told.append((row["file"], key(got or "-") == key(canonical(row["number"]) or ""), got))
    _right(told, 0.97)


def test_issuers_are_right() -> None:
    told = []
    for row in rows():
        got = fold(read()[row["file"]][0].issuer)
        if wanted := fold(row["issuer"].replace("UBTV Quốc hội", "Ủy ban Thường vụ Quốc hội")):
            told.append((row["file"], bool(got) and (wanted in got or got in wanted), got))
    _right(told, 0.95)


def test_dates_are_right() -> None:
    stated = [row for row in rows() if re.fullmatch(r"\d{4}-\d\d-\d\d", row["date"])]
    _right([(r["file"], str(d := read()[r["file"]][0].issued_on) == r["date"], str(d)) for r in stated], 0.95)


def test_articles_are_all_found() -> None:
    misses = []
    for row in rows():
        noted = re.search(r"(\d+)/\1 điều", row["note"]) or re.search(r"(?<!/)\b(\d+) điều", row["note"])
        provisions = read()[row["file"]][1]
        if noted is None or any(p.level is Level.ATTACHMENT for p in provisions):
            continue
        wanted = _COUNTED_OTHERWISE.get(row["file"].rsplit("/", 1)[-1], int(noted[1]))
        own = sum(p.level is Level.ARTICLE and "." not in p.path for p in provisions)
        if own != wanted:
            misses.append(f"{row['file']}: {own} of {wanted}")
    assert misses == []


def test_every_tree_is_sound() -> None:
    for file, (_, provisions) in read().items():
        by_path = {p.path: p for p in provisions}
        assert len(by_path) == len(provisions), file
        for one in provisions:
            above = by_path.get(one.parent or "")
            assert above is None or above.start <= one.start <= one.end <= above.end, (file, one.path)


def test_no_title_holds_a_chapter_or_is_set_in_capitals() -> None:
    for file, (document, _) in read().items():
        assert document.title == "" or not document.title.isupper(), file
        assert "Chương I" not in document.title, file


def test_signers_are_people() -> None:
    for file, (document, _) in read().items():
        words = document.signer.split()
        assert not words or all(word[:1].isupper() for word in words), (file, document.signer)
