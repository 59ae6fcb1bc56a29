"""Agencies by code and by letterhead."""

import pytest

from corpus.agency import agency_name, agency_of


@pytest.mark.parametrize(
    ("number", "agency"),
    [("905/QĐ-BNV", "Bộ Nội vụ"), ("61/2018/NĐ-CP", "Chính phủ"), ("282/QĐ-TTg", "Thủ tướng Chính phủ"),
     ("80/2025/QH15", "Quốc hội"), ("398/NQ-UBTVQH16", "Ủy ban Thường vụ Quốc hội"), ("365/TB-VPCP", "Văn phòng Chính phủ"),
     ("01/2030/TT-BGDĐT", "Bộ Giáo dục và Đào tạo")],
)  # fmt: skip
def test_a_code_names_its_agency(number: str, agency: str) -> None:
    assert agency_of(number) == agency


@pytest.mark.parametrize("number", ["1718/QĐ-UBND", "07/NQ-HĐND", "12/KH-XYZ"])
def test_a_code_that_needs_a_place_or_is_unknown_names_none(number: str) -> None:
    assert agency_of(number) == ""


@pytest.mark.parametrize(
    ("letterhead", "name"),
    [("ỦY BAN NHÂN DÂN TỈNH KHÁNH HÒA", "Ủy ban nhân dân tỉnh Khánh Hòa"),
     ("UỶ BAN NHÂN DÂN TỈNH KHÁNH HOÀ", "Ủy ban nhân dân tỉnh Khánh Hòa"),
     ("UBND THÀNH PHỐ CẦN THƠ", "Ủy ban nhân dân thành phố Cần Thơ"),
     ("CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH LÀO CAI", "Ủy ban nhân dân tỉnh Lào Cai"),
     ("HỘI ĐỒNG NHÂN DÂN THÀNH PHỐ HÀ NỘI", "Hội đồng nhân dân thành phố Hà Nội"),
     ("BỘ TRƯỞNG BỘ NỘI VỤ", "Bộ Nội vụ"), ("BỘ NỘI VỤ", "Bộ Nội vụ"), ("SỞ NỘI VỤ", "Sở Nội vụ"),
     ("Ủy ban nhân dân tỉnh An Giang", "Ủy ban nhân dân tỉnh An Giang")],
)  # fmt: skip
def test_a_letterhead_becomes_a_name_as_written(letterhead: str, name: str) -> None:
    assert agency_name(letterhead) == name
