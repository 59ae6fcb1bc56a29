"""Which lines an amending document quotes."""

from ingest.quotation import quoted_lines


def test_lines_between_curly_marks_are_quoted() -> None:
    lines = ["1. Sửa đổi Điều 3 như sau:", "“Điều 3. Kho", "1. Có kho.", "2. Có sách.”.", "2. Bãi bỏ Điều 4."]
    assert quoted_lines(lines) == [False, True, True, True, False]


def test_a_quotation_may_open_in_the_middle_of_a_line() -> None:
    assert quoted_lines(["Sửa đổi như sau: “Kho gồm", "a) Sách;", "b) Báo”;", "Hết."]) == [
        False,
        True,
        True,
        False,
    ]


def test_a_quotation_within_one_line_quotes_no_line() -> None:
    assert quoted_lines(["Thay cụm từ “sách” bằng “báo”.", "Hết."]) == [False, False]


def test_straight_marks_quote_too() -> None:
    assert quoted_lines(["Sửa đổi như sau:", '"Điều 3. Kho', 'Có kho."', "Hết."]) == [
        False,
        True,
        True,
        False,
    ]


def test_a_mark_that_is_never_closed_quotes_nothing() -> None:
    assert quoted_lines(["Sửa đổi: “Kho", *["1. Có kho."] * 20]) == [False] * 21


def test_quotations_inside_a_quotation_stay_inside() -> None:
    lines = ["Như sau:", "“Điều 3. Kho", "1. “Sách” là giấy in.", "2. Hết.”", "3. Ngoài."]
    assert quoted_lines(lines) == [False, True, True, True, False]


def test_a_quote_that_a_scan_strewed_opens_nothing() -> None:
    assert quoted_lines(['"ÔNG TIN', "Điều 1. Kho", "Có kho.", 'Sách gọi là "sách', "Hết."]) == [False] * 5
