"""Abbreviations of officials are written out; document numbers and ordinary words stay."""

import pytest

from bot.abbreviations import shortened_in_documents, written_out


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("CCHC là gì", "cải cách hành chính là gì"),
        ("thời hạn giải quyết TTHC", "thời hạn giải quyết thủ tục hành chính"),
        ("tthc", "thủ tục hành chính"),
        ("CBCCVC làm CCHC", "cán bộ, công chức, viên chức làm cải cách hành chính"),
        ("UBND tỉnh", "Ủy ban nhân dân tỉnh"),
        ("kế hoạch của TP.HCM", "kế hoạch của Thành phố Hồ Chí Minh"),
        ("DVCTT toàn trình", "dịch vụ công trực tuyến toàn trình"),
        ("có đc ko", "có được không"),
    ],
)
def test_abbreviations_are_written_out(typed: str, written: str) -> None:
    assert written_out(typed) == written


@pytest.mark.parametrize(
    "typed",
    [
        "Nghị định 61/2018/NĐ-CP",
        "nđ 61 quy định gì",
        "Nghị quyết 76/NQ-CP",
        "Quyết định 1718/QĐ-UBND",
        "Quyết định 905/QĐ-BNV",
        "Công văn 581/BNV-CCHC",
        "Quyết định 282/QĐ-TTg",
    ],
)
def test_document_numbers_are_untouched(typed: str) -> None:
    assert written_out(typed) == typed


def test_an_abbreviation_beside_a_number_is_still_written_out() -> None:
    assert written_out("CCHC theo 581/BNV-CCHC") == "cải cách hành chính theo 581/BNV-CCHC"


@pytest.mark.parametrize("typed", ["Tổ chức một cửa", "kn của tôi là gì", "Hà Nội", "thủ tục hành chính", ""])
def test_ordinary_words_are_untouched(typed: str) -> None:
    assert written_out(typed) == typed


def test_writing_out_twice_changes_nothing_more() -> None:
    once = written_out("CBCC làm CCHC ở UBND, TTHC, CSDL, CĐS")
    assert written_out(once) == once


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("ND nộp hồ sơ ở đâu?", "người dân nộp hồ sơ ở đâu?"),
        ("TT đăng ký khai sinh", "thủ tục đăng ký khai sinh"),
        ("TT 01/2018 quy định gì?", "TT 01/2018 quy định gì?"),
        ("ND 61 quy dinh gi", "ND 61 quy dinh gi"),
        ("ng đứng đầu CQ nộp HS trc ngày nào", "người đứng đầu cơ quan nộp hồ sơ trước ngày nào"),
    ],
)
def test_what_letters_mean_is_told_by_what_stands_beside_them(text: str, meant: str) -> None:
    assert written_out(text) == meant


def test_letters_of_numbers_and_table_heads_stand_for_nothing_in_documents() -> None:
    assert shortened_in_documents("người dân làm thủ tục") == []
