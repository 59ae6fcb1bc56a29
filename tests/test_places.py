"""Provinces and ministries in questions, by their names of today and of before the mergers of 2025."""

import pytest

from bot.abbreviations import written_out
from bot.places import province_of, provinces, provinces_in, renamed, speaks_for


def names(text: str) -> list[str]:
    return [province.name for province in provinces_in(text)]


def test_there_are_34_provinces_that_63_became() -> None:
    assert len({province.today for province in provinces()}) == 34
    assert len(provinces()) == 63


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Đề án 1718 của Khánh Hòa", ["Khánh Hòa"]),
        ("de an 1718 cua khanh hoa", ["Khánh Hòa"]),
        ("Đề án của Khánh Hoà và kế hoạch TP.HCM", ["Khánh Hòa", "Hồ Chí Minh"]),
        ("ở phú yên hồi đó ai làm", ["Phú Yên"]),
        ("UBND tỉnh Bà Rịa – Vũng Tàu", ["Bà Rịa - Vũng Tàu"]),
        ("tỉnh cao bằng phân cấp gì", ["Cao Bằng"]),
        ("tai thanh hoa uy quyen cho ai", ["Thanh Hóa"]),
        ("Thanh Hóa ủy quyền cho ai?", ["Thanh Hóa"]),
        ("THÀNH PHỐ CẦN THƠ", ["Cần Thơ"]),
    ],
)
def test_a_province_is_known_with_and_without_marks(text: str, named: list[str]) -> None:
    assert names(text) == named


@pytest.mark.parametrize(
    "text",
    [
        "Mức lương có được cao bằng mức cũ không?",
        "giữ gìn hòa bình là nhiệm vụ gì",
        "xuat thanh hoa don thi lam sao",
        "Việt Nam định hướng gì về chuyển đổi số?",
        "viet nam dinh huong gi",
        "Thời hạn giải quyết khiếu nại là bao lâu?",
    ],
)
def test_words_that_sound_like_a_province_are_none(text: str) -> None:
    assert names(text) == []


def test_a_decision_counts_in_its_province_and_in_what_was_merged_into_it() -> None:
    dak_lak, phu_yen = "Ủy ban nhân dân tỉnh Đắk Lắk", "Ủy ban nhân dân tỉnh Phú Yên"
    assert speaks_for(dak_lak, provinces_in("ở Đắk Lắk"))
    assert speaks_for(dak_lak, provinces_in("ở Phú Yên"))
    assert speaks_for(phu_yen, provinces_in("ở Đắk Lắk"))
    assert not speaks_for(dak_lak, provinces_in("ở Khánh Hòa"))
    assert speaks_for("Chính phủ", provinces_in("ở Khánh Hòa"))
    assert speaks_for(dak_lak, ())


def test_the_province_of_an_issuer() -> None:
    assert (found := province_of("Hội đồng nhân dân thành phố Hà Nội")) and found.name == "Hà Nội"
    assert province_of("Bộ Nội vụ") is None


def test_a_ministry_that_was_taken_over_is_asked_about_under_its_new_name() -> None:
    assert renamed("Bộ Thông tin và Truyền thông quy định gì?") == "Bộ Khoa học và Công nghệ quy định gì?"
    assert renamed(written_out("BKHĐT công bố thủ tục nào")) == "Bộ Tài chính công bố thủ tục nào"
    assert renamed("Bộ Nội vụ quy định gì?") == "Bộ Nội vụ quy định gì?"
