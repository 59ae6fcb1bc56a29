"""Personal data are masked by their form; figures that officials need are left alone."""

import json

import pytest
from conftest import SHARED

from bot.masking import ACCOUNT, EMAIL, IDENTITY, PHONE, SERIES, masked


@pytest.mark.parametrize(
    "number",
    [
        "0912345678",
        "0912 345 678",
        "091.234.5678",
        "091-234-5678",
        "+84912345678",
        "+84 912 345 678",
        "(+84) 912345678",
        "84912345678",
        "02438223344",
        "024 3822 3344",
        "(024) 3822 3344",
        "0258.3822.123",
    ],
)
def test_a_telephone_number_is_masked_however_it_is_written(number: str) -> None:
    assert masked(f"Gọi cho tôi số {number} nhé, cảm ơn.") == f"Gọi cho tôi số {PHONE} nhé, cảm ơn."
    assert masked(f"SĐT:{number}.") == f"SĐT:{PHONE}."


@pytest.mark.parametrize(
    "number",
    ["001085012345", "001 085 012 345", "0010 8501 2345", "001.085.012.345", "079301004567", "123456789"],
)
def test_the_number_of_an_identity_card_is_masked(number: str) -> None:
    assert masked(f"CCCD {number} của tôi hết hạn") == f"CCCD {IDENTITY} của tôi hết hạn"


def test_an_email_address_is_masked() -> None:
    said = masked("Trả lời về nguyen.van-a+cchc@so-noi-vu.khanhhoa.gov.vn, hoặc A_B@gmail.com.")
    assert said == f"Trả lời về {EMAIL}, hoặc {EMAIL}."


@pytest.mark.parametrize(
    "text",
    [
        "Nghị định 61/2018/NĐ-CP ngày 23/4/2018, Điều 14 khoản 2",
        "từ ngày 01/07/2025 đến 31-12-2030",
        "giai đoạn 2021-2030, 2021 - 2025",
        "mức 1.500.000 đồng, 123.456.789 đồng, 250000000 đồng, 100000000đ",
        "1.234.567.890 đồng",
        "tổng đài 1900 1234, 18001234 và 19008198",
        "905/QĐ-BNV, 66.7/2025/NQ-CP, 1718",
        "mã thủ tục 1.012345, 2.001234.000.00.00.H32",
        "95% hồ sơ, 12,5 điểm",
    ],
)
def test_document_numbers_days_and_amounts_are_left_alone(text: str) -> None:
    assert masked(text) == text


def test_several_kinds_in_one_question_are_all_masked() -> None:
    said = masked("Tôi là A, CCCD 001085012345, ĐT 0912345678, a@b.vn: Điều 14 nói gì?")
    assert said == f"Tôi là A, CCCD {IDENTITY}, ĐT {PHONE}, {EMAIL}: Điều 14 nói gì?"


@pytest.mark.parametrize(
    "text",
    [
        "STK {} Techcombank",
        "stk vietcombank: {}.",
        "Số tài khoản của tôi là {}, ngân hàng A",
        "chuyen vao tai khoan so {} nhe",
        "số thẻ: {}",
    ],
)
@pytest.mark.parametrize(
    "number", ["19034567890123", "0071000123456", "1234567", "1234 5678 9012", "9704-1234-5678-9012"]
)
def test_the_number_of_an_account_is_masked_after_the_word(text: str, number: str) -> None:
    assert masked(text.format(number)) == text.format(ACCOUNT)


@pytest.mark.parametrize(
    "text", ["CMND 123 456 789", "số CCCD: 079 301 004 567", "hộ chiếu B1234567", "passport số C12345678"]
)
def test_a_paper_named_by_its_word_is_masked_in_groups_too(text: str) -> None:
    assert masked(f"{text} hết hạn").endswith(f"{IDENTITY} hết hạn")


@pytest.mark.parametrize(
    "number", ["0101234567890", "7912345678", "9704 1234 5678 9012", "1234567890123456789"]
)
def test_a_long_number_that_nothing_announces_is_masked(number: str) -> None:
    assert masked(f"tra giúp {number} với") == f"tra giúp {SERIES} với"


@pytest.mark.parametrize(
    "text",
    [
        "tài khoản thanh toán theo Nghị định 52/2024/NĐ-CP, Điều 14",
        "tài khoản năm 2021-2025, tài khoản 2024 2025",
        "tài khoản định danh điện tử mức độ 2 theo Nghị định 69/2024/NĐ-CP",
        "nộp vào tài khoản 12.000.000 đồng, tài khoản 123456789 đồng",
        "căn cước công dân từ ngày 01/07/2024, căn cước 2023 2024",
        "phạt 1500000000 hay 250000000, chi 1234567890 đồng",
        "Quyết định 1234567, công văn 123456/BNV-CCHC",
        "thẻ đảng viên, thẻ công chức số 12/2024",
    ],
)
def test_clauses_years_and_amounts_beside_those_words_are_left_alone(text: str) -> None:
    assert masked(text) == text


def test_what_a_source_makes_public_stays() -> None:
    hotline = "Đường dây nóng 0243 556 7890, hotro@mic.gov.vn"
    assert masked(f"{hotline}; của tôi: 0912345678", public=hotline) == f"{hotline}; của tôi: {PHONE}"


@pytest.mark.shared
def test_no_question_of_the_suite_changes() -> None:
    lines = (SHARED / "evals" / "cchc-dev.jsonl").read_text("utf-8").splitlines()
    asked = [
        words for case in map(json.loads, lines) for words in (case["question"], *case.get("history", []))
    ]
    assert len(asked) > 100
    assert [words for words in asked if masked(words) != words] == []
