"""Marks at the start of a line: what counts as one and what is running text."""

import pytest

from corpus.provision import Level
from ingest import marks


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("I", 1), ("IV", 4), ("XIX", 19), ("XL", 40), ("IIII", None), ("", None), ("VX", None)],
)
def test_roman_numerals_have_a_value_or_are_none(numeral: str, value: int | None) -> None:
    assert marks.roman_value(numeral) == value


@pytest.mark.parametrize(
    ("line", "number"),
    [("Điều 14. Thẻ", "14"), ("ĐIỀU 2: Thẻ", "2"), ("Điều 9a. Thẻ", "9a"), ("Điều 7", "7"), ("Điều 3 - Thẻ", "3"),
     ("Điều 131 Trong trường hợp", "131")],
)  # fmt: skip
def test_an_article_is_opened_by_its_number(line: str, number: str) -> None:
    mark = marks.article(line)
    assert mark is not None and mark.number == number and mark.level is Level.ARTICLE


@pytest.mark.parametrize(
    "line", ["Điều 3 của Luật này", "Điều 3 Luật Khiếu nại", "Điều kiện", "Điều 5, Điều 6", "điều 4. x"]
)
def test_a_reference_opens_no_article(line: str) -> None:
    assert marks.article(line) is None


@pytest.mark.parametrize(
    ("line", "level", "number"),
    [("Chương IV", Level.CHAPTER, "IV"), ("CHƯƠNG 2: KHO", Level.CHAPTER, "2"), ("Mục 1. SÁCH", Level.SECTION, "1"),
     ("Tiểu mục 3", Level.SUBSECTION, "3"), ("PHẦN THỨ BA", Level.PART, "3"), ("Phần thứ nhất", Level.PART, "1")],
)  # fmt: skip
def test_divisions_are_numbered_in_roman_arabic_or_words(line: str, level: Level, number: str) -> None:
    mark = marks.division(line)
    assert mark is not None and (mark.level, mark.number) == (level, number)


@pytest.mark.parametrize(
    "line", ["Mục 2 Chương này quy định", "Chương III Luật này", "Phần mềm kho sách", "Mục tiêu"]
)
def test_a_division_named_in_a_sentence_is_none(line: str) -> None:
    assert marks.division(line) is None


@pytest.mark.parametrize(
    ("line", "level", "number", "rank"),
    [("1. Một", Level.HEADING, "1", marks.ARABIC_RANK), ("05. Một", Level.HEADING, "5", marks.ARABIC_RANK),
     ("2) Hai", Level.HEADING, "2", marks.BRACKET_RANK), ("3.1. Ba", Level.HEADING, "3.1", marks.DECIMAL_RANK),
     ("3.1.2 Ba", Level.HEADING, "3.1.2", marks.DECIMAL_RANK + 1), ("I. SỰ CẦN THIẾT", Level.HEADING, "I", marks.ROMAN_RANK),
     ("đ) Điểm", Level.POINT, "đ", marks.POINT_RANK), ("i) Điểm", Level.POINT, "i", marks.POINT_RANK),
     ("- Gạch", Level.DASH, "-", marks.DASH_RANK), ("+ Cộng", Level.DASH, "+", marks.PLUS_RANK)],
)  # fmt: skip
def test_outline_marks_have_a_rank(line: str, level: Level, number: str, rank: int) -> None:
    mark = marks.outline(line)
    assert mark is not None and (mark.level, mark.number, mark.rank) == (level, number, rank)


@pytest.mark.parametrize(
    "line", ["01.01.2020 là ngày mở", "Kho sách", "2020", "1,5 triệu", "(1) Một", "1.000.000 đồng"]
)
def test_numbers_in_running_text_are_no_marks(line: str) -> None:
    assert marks.outline(line) is None


def test_capitals_are_seen_through_digits_and_signs() -> None:
    assert marks.is_capitals("KẾ HOẠCH NĂM 2025 (LẦN 1)")
    assert not marks.is_capitals("Kế hoạch năm 2025") and not marks.is_capitals("A1")
