"""The sample documents that ship with the product: complete front matter, plain facts, nothing said twice."""

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from corpus.spelling import nfc

SAMPLES = Path(__file__).parents[1] / "corpus" / "samples"
FILES = sorted(SAMPLES.iterdir())

#: What a reader of a summary must always be able to see, also of a table without a number.
ALWAYS = {"loai_van_ban", "trich_yeu", "tinh_chat", "don_vi_bien_soan", "ngay_bien_soan", "nguon"}
SOMETIMES = {"so_hieu", "co_quan_ban_hanh", "ngay_ban_hanh", "ngay_hieu_luc", "ngay_het_hieu_luc", "nguoi_ky"}
RELATIONS = {"can_cu", "sua_doi", "thay_the", "bai_bo", "huong_dan"}
NUMBER = re.compile(r"\d+(\.\d+)?(/\d{4})?/[A-ZĐ]+\d*(-[A-ZĐ]+[a-z]?|-TTg)?")
DATES = ("ngay_ban_hanh", "ngay_hieu_luc", "ngay_het_hieu_luc", "ngay_bien_soan")


def parts(file: Path) -> tuple[dict[str, Any], str]:
    """Front matter and body of a sample."""
    head, body = re.fullmatch(r"---\n(.*?)\n---\n(.*)", file.read_text("utf-8"), re.S).groups()  # type: ignore[union-attr]
    return yaml.safe_load(head), body.strip()


def statements(body: str) -> list[str]:
    """The sentences and table rows of a body that state something, without outline marks and headings."""
    found = []
    for line in body.splitlines():
        if line.startswith(("#", "| ---", "Điều ", "| Năm |")):
            continue
        text = re.sub(r"^(\d+\.|[a-zđ]\)|-)\s+", "", line.strip())
        found += [s for s in re.split(r"(?<=[.!?]) (?=[A-ZĐ])", text) if len(s.split()) >= 8]
    return found


def test_there_are_samples_and_nothing_else_in_the_folder() -> None:
    assert len(FILES) >= 16
    assert {file.suffix for file in FILES} == {".md"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
class TestASample:
    def test_has_complete_front_matter_of_known_keys(self, file: Path) -> None:
        head, _ = parts(file)
        assert set(head) >= ALWAYS
        assert set(head) <= ALWAYS | SOMETIMES | RELATIONS
        if "so_hieu" in head:
            assert "co_quan_ban_hanh" in head
        for key in set(head) - RELATIONS:
            assert isinstance(head[key], str) and head[key].strip(), key

    def test_says_that_it_is_a_summary_and_whose(self, file: Path) -> None:
        head, _ = parts(file)
        assert head["tinh_chat"] == "tom_luoc"
        assert head["don_vi_bien_soan"] == "Dự án Trợ lý CCHC"

    def test_has_dates_that_follow_each_other(self, file: Path) -> None:
        head, _ = parts(file)
        days = [date.fromisoformat(head[key]) for key in DATES[:3] if key in head]
        assert days == sorted(days)
        assert all(day <= date.fromisoformat(head["ngay_bien_soan"]) for day in days)

    def test_names_other_documents_by_a_well_formed_number(self, file: Path) -> None:
        head, _ = parts(file)
        numbers = [n for key in RELATIONS for n in head.get(key, [])]
        for number in [*numbers, *([head["so_hieu"]] if "so_hieu" in head else [])]:
            assert NUMBER.fullmatch(number), number
        assert head.get("so_hieu") not in numbers

    def test_opens_with_a_heading_that_names_it(self, file: Path) -> None:
        head, body = parts(file)
        first = body.splitlines()[0]
        assert first.startswith("# ")
        assert head.get("so_hieu", "") in first

    def test_is_written_in_nfc_and_with_decimal_commas(self, file: Path) -> None:
        text = file.read_text("utf-8")
        assert text == nfc(text)
        assert not re.search(r"\d\.\d+ ?(%|điểm)", text)

    def test_quotes_no_passage(self, file: Path) -> None:
        _, body = parts(file)
        assert not re.search(r"[“\"«][^”\"»]{60,}[”\"»]", body)

    def test_has_tables_whose_rows_fill_their_columns(self, file: Path) -> None:
        _, body = parts(file)
        for table in re.findall(r"(?:^\|.*\n?)+", body, re.M):
            rows = [row.strip().strip("|").split("|") for row in table.strip().splitlines()]
            assert len({len(row) for row in rows}) == 1
            assert len(rows) >= 3 and set("".join(rows[1]).strip()) <= {"-", " "}
            assert all(cell.strip() for row in rows for cell in row)


def test_no_two_samples_are_the_same_document() -> None:
    heads = [parts(file)[0] for file in FILES]
    keys = [
        (h.get("so_hieu") or h["trich_yeu"], h.get("co_quan_ban_hanh"), h.get("ngay_ban_hanh")) for h in heads
    ]
    assert len(set(keys)) == len(FILES)


def test_no_statement_stands_twice() -> None:
    count = Counter(s.casefold() for file in FILES for s in statements(parts(file)[1]))
    assert [s for s, n in count.items() if n > 1] == []


def test_a_document_that_replaced_another_is_newer() -> None:
    heads = {h["so_hieu"]: h for h in (parts(file)[0] for file in FILES) if "so_hieu" in h}
    for head in heads.values():
        for number in [n for key in ("thay_the", "sua_doi", "bai_bo") for n in head.get(key, [])]:
            older = heads.get(number, {}).get("ngay_ban_hanh")
            if older:
                assert older < head.get("ngay_ban_hanh", "9"), (number, head["so_hieu"])
