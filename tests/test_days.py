"""The day that a question is about, and the days and years in questions that are none."""

from datetime import date

import pytest

from bot.days import day_asked

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("Trước 1/7/2025, cấp huyện có thẩm quyền gì?", date(2025, 6, 30)),
        ("truoc ngay 1/7/2025 thi ai giai quyet", date(2025, 6, 30)),
        ("Trước ngày 01 tháng 7 năm 2025 thời hạn là bao lâu?", date(2025, 6, 30)),
        ("Sau ngày 01/3/2026 thì nộp ở đâu?", date(2026, 3, 2)),
        ("thế trước 2025 thì sao?", date(2024, 12, 31)),
        ("Trước năm 2021 thủ tục này làm thế nào?", date(2020, 12, 31)),
        ("Tại thời điểm 15/8/2024 văn bản này còn hiệu lực không?", date(2024, 8, 15)),
        ("Hồi tháng 3/2024 thời hạn giải quyết là mấy ngày?", date(2024, 3, 31)),
        ("Quy định này còn dùng được vào tháng 8/2026 không?", date(2026, 8, 31)),
        ("Năm ngoái công chức bị kỷ luật theo văn bản nào?", date(2025, 12, 31)),
        ("Thời hiệu kỷ luật năm ngoái là bao lâu?", date(2025, 12, 31)),
        ("Năm 2020, khiếu nại lần đầu giải quyết trong bao lâu?", date(2020, 12, 31)),
        ("thế năm 2020 thì sao", date(2020, 12, 31)),
        ("Thời hạn giải quyết tố cáo hồi năm 2017 là bao lâu?", date(2017, 12, 31)),
        ("Cuối năm 2021 việc này do ai quyết định?", date(2021, 12, 31)),
        ("Giữa năm 2025, người tiếp công dân được hưởng chế độ gì?", date(2025, 6, 30)),
        ("Trước khi sáp nhập, thủ tục này nộp ở đâu?", date(2025, 6, 30)),
        ("Sau sáp nhập tỉnh thì ai cấp?", date(2025, 7, 1)),
        ("Hiện nay thời hạn là bao lâu?", TODAY),
        ("bay gio ap dung van ban nao", TODAY),
    ],
)  # fmt: skip
def test_a_day_said_of_the_law_is_the_day_asked_about(question: str, day: date) -> None:
    assert day_asked(question, TODAY) == day


@pytest.mark.parametrize(
    "question",
    [
        "Quyết định 282/QĐ-TTg ngày 12/02/2026 nêu mục tiêu gì?",
        "Luật Thanh tra năm 2019 quy định gì?",
        "Luật Cán bộ, công chức năm 2008 hết hiệu lực khi nào?",
        "Kế hoạch cải cách hành chính năm 2024 có bao nhiêu nhiệm vụ?",
        "Chương trình tổng thể giai đoạn 2021-2030 gồm mấy nội dung?",
        "Đến năm 2025 bao nhiêu phần trăm hồ sơ trực tuyến?",
        "Mục tiêu cuối năm 2025 là gì?",
        "Cuối năm 2023 phấn đấu bồi dưỡng bao nhiêu lãnh đạo?",
        "Trước ngày 31/12/2025 phải hoàn thành những việc gì?",
        "Nghị định 61/2018 có hiệu lực từ năm 2018 à?",
        "Giấy tờ cấp trước ngày 01/7/2014 xử lý thế nào?",
        "Người được tuyển dụng trước 1/7/2003 có phải thi không?",
        "PAR INDEX năm 2024 của Hải Phòng là bao nhiêu?",
        "Quyết định 2015 của UBND tỉnh quy định gì?",
        "6 tháng đầu năm 2026 GRDP tăng bao nhiêu?",
        "Trước ngày 31/02/2025 thì sao?",
        "Tại ngày 99/99/9999 thì sao?",
        "Thời hạn giải quyết khiếu nại lần đầu là bao lâu?",
    ],
)
def test_a_day_of_a_document_a_goal_or_an_event_is_not_the_day_asked_about(question: str) -> None:
    assert day_asked(question, TODAY) is None
