"""Personal data are masked by their form; figures that officials need are left alone."""

import pytest

from bot.masking import EMAIL, IDENTITY, PHONE, masked


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
