"""Comparing the place a system cites with the place where the answer stands."""

import pytest

from evals.place import HIT, NEAR, compare, is_address


@pytest.mark.parametrize(
    ("cited", "gold", "result"),
    [
        ("Điều 14 khoản 2", "Điều 14 khoản 2", HIT),
        ("Điều 14 khoản 2 điểm a", "Điều 14 khoản 2", HIT),
        ("Điều 14", "Điều 14 khoản 2", NEAR),
        ("Điều 14", "Điều 14 khoản 2 điểm a", ""),
        ("Điều 14 khoản 2", "Điều 14 khoản 2 điểm a", NEAR),
        ("Điều 14 khoản 3", "Điều 14 khoản 2", ""),
        ("Điều 1", "Điều 14", ""),
        ("Điều 14", "Điều 1", ""),
        ("Điều 3a", "Điều 3", ""),
        ("Điều 5 khoản 1 điểm đ", "Điều 5 khoản 1 điểm d", ""),
        ("Mục V.1.2 điểm a gạch đầu dòng 3", "Mục V.1.2 điểm a", HIT),
        ("Mục V.1", "Mục V.1.2", NEAR),
        ("Mục V.1", "Mục V.1.2 điểm a", ""),
        ("Mục II.1", "Mục I.1", ""),
        ("Đoạn 2", "Bài tin, đoạn 2", HIT),
        ("Đoạn 12", "Đoạn 2", ""),
        ("Phần mở đầu", "Phần đầu văn bản", HIT),
        ("", "Điều 1", ""),
        ("", "Điều 1 khoản 2", ""),
    ],
)
def test_a_place_inside_the_gold_hits_its_parent_is_near_everything_else_misses(
    cited: str, gold: str, result: str
) -> None:
    assert compare(cited, gold) == result


def test_article_2_of_the_decision_is_not_article_2_of_what_was_issued_with_it() -> None:
    assert compare("Điều 2", "Quy định kèm theo, Điều 2") == ""
    assert compare("Quy chế kèm theo, Điều 2", "Điều 2") == ""
    assert compare("Quy chế kèm theo, Điều 2 khoản 1", "Quy chế, Điều 2") == HIT


@pytest.mark.parametrize(
    ("cited", "gold"),
    [
        ("Phụ lục, Phần II, mục I.1", "Phần II, mục I.1"),
        ("Mục I dòng 5", "Quy trình mục I"),
        ("Mục 1 dòng 1", "Danh mục mục 1, dòng 1"),
        ("Phụ lục, mục 1 dòng 1", "Phụ lục, mục 1 bước 1"),
        ("Bảng, dòng 1.3.1", "Bảng 2, dòng 1.3.1"),
        ("Phụ lục, mục II dòng 01", "Phụ lục, mục II dòng 1"),
        ("Điều 1 khoản 2", "Điều 1 (Điều 4 mới, khoản 1)"),
        ("Mục B, mục I dòng 2", "Phần II, mục B.I".removeprefix("Phần II, ")),
    ],
)
def test_the_same_place_in_other_words_hits(cited: str, gold: str) -> None:
    assert compare(cited, gold) == HIT


def test_numbered_appendices_are_told_apart() -> None:
    assert compare("Phụ lục I, mục II", "Phụ lục II, mục II") == ""
    assert compare("Phụ lục II, mục II.3", "Phụ lục II, mục II") == HIT
    assert compare("Phụ lục II", "Phụ lục II, mục II") == NEAR
    assert compare("Phụ lục 02, dòng 4", "Phụ lục 02, dòng 4") == HIT


@pytest.mark.parametrize(
    ("label", "address"),
    [
        ("Điều 14 khoản 2", True),
        ("Phụ lục, dòng 1", True),
        ("Quy định kèm theo, Điều 6 khoản 1", True),
        ("Phần mở đầu", True),
        ("Nhiệm vụ", False),
        ("Mục tiêu cụ thể, đoạn 1", False),
        ("Đoạn lớp tập huấn", False),
        ("Thời gian thực hiện", False),
        ("", False),
    ],
)
def test_a_description_in_words_is_not_compared(label: str, address: bool) -> None:
    assert is_address(label) is address
