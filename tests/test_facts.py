"""Finding facts in an answer, and figures that nothing backs."""

import unicodedata

import pytest

from evals.facts import folded, holds, unsupported


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Thời hạn là 5 ngày.", "5 ngày"),
        ("Trong 15 ngày", "15 NGÀY"),
        ("giai đoạn 2021 – 2030", "2021 - 2030"),
        ("đạt\n 85%  trở lên", "đạt 85%"),
        (unicodedata.normalize("NFD", "Sở Nội vụ"), "sở nội vụ"),
        ("ký ngày 17/11/2022.", "17/11/2022"),
        ("theo 905/QĐ-BNV, đến", "905/QĐ-BNV"),
        ("xem caicachhanhchinh.gov.vn.", "caicachhanhchinh.gov.vn"),
        ("5, 10 và 15", "5"),
        ("15 và 5", "5"),
    ],
)
def test_case_blanks_dashes_and_composition_do_not_count(text: str, fact: str) -> None:
    assert holds(folded(text), folded(fact))


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("15 ngày", "5 ngày"),
        ("50 ngày", "5"),
        ("1,5 lần", "5 lần"),
        ("5.000 đồng", "5"),
        ("thuế môn bài", "thu"),
        ("905/QĐ-BNV", "05/QĐ-BNV"),
        ("", "5"),
    ],
)
def test_a_fact_does_not_match_inside_another_word_or_figure(text: str, fact: str) -> None:
    assert not holds(folded(text), folded(fact))


def test_a_figure_that_no_source_has_is_found() -> None:
    sources = ["Thời hạn 15 ngày kể từ 01/07/2025", "Nghị định 61/2018/NĐ-CP", "2026-03-09"]
    assert unsupported("15 ngày, từ 1/7/2025, ngày 9/3/2026, theo Nghị định 61/2018/NĐ-CP", sources) == []
    assert unsupported("20 ngày", sources) == ["20"]
    assert unsupported("5 ngày", sources) == ["5"]
    assert "62/2018/NĐ-CP" in unsupported("theo Nghị định 62/2018/NĐ-CP", sources)
    assert unsupported("1,5 lần và 15 lần", sources) == ["1,5"]
