"""What kind of answer a question asks for, by its form, with and without diacritics."""

import pytest

from bot.asked import Asked, asked_for
from corpus.spelling import fold

EXAMPLES = [
    ("list", "Hồ sơ gồm những giấy tờ gì?"),
    ("list", "Sáu nội dung cải cách hành chính là gì?"),
    ("list", "Liệt kê các nguyên tắc thực hiện cơ chế một cửa"),
    ("list", "Công chức bị kỷ luật bằng những hình thức nào?"),
    ("number", "Chỉ số SIPAS năm 2024 đạt bao nhiêu?"),
    ("number", "Mức phí là bao nhiêu?"),
    ("when", "Thời hạn giải quyết khiếu nại lần đầu là bao lâu?"),
    ("when", "Báo cáo phải gửi chậm nhất ngày nào?"),
    ("who", "Ai ban hành quyết định?"),
    ("who", "Cơ quan nào chủ trì đề án?"),
    ("who", "Thẩm quyền sao văn bản?"),
    ("definition", "Một cửa liên thông là gì?"),
    ("definition", "Thế nào là tố cáo trong công vụ?"),
    ("validity", "Nghị định 61/2018/NĐ-CP còn hiệu lực không?"),
    ("validity", "Nghị định nào thay thế Nghị định 61/2018/NĐ-CP?"),
    ("effect", "Nghị định 30/2020/NĐ-CP có hiệu lực từ ngày nào?"),
    ("ends_others", "Nghị định 30/2020/NĐ-CP thay thế những văn bản nào?"),
    ("identity", "Nghị quyết 76/NQ-CP do ai ký?"),
    ("identity", "Quyết định 905/QĐ-BNV ban hành ngày nào?"),
    ("whole", "điều 14 nghị định 61/2018 quy định gì"),
]


@pytest.mark.parametrize(("form", "question"), EXAMPLES)
def test_the_form_is_recognised(form: str, question: str) -> None:
    assert getattr(asked_for(question), form)


@pytest.mark.parametrize("question", [question for _, question in EXAMPLES])
def test_the_forms_are_the_same_without_diacritics(question: str) -> None:
    assert asked_for(fold(question)) == asked_for(question)


@pytest.mark.parametrize("text", ["", "hồ sơ hoàn công", "12345", "👍"])
def test_a_text_that_asks_for_nothing_in_particular_has_no_form(text: str) -> None:
    assert asked_for(text) == Asked()


def test_a_deadline_is_no_question_of_validity() -> None:
    asked = asked_for("Thời hạn giải quyết khiếu nại lần đầu là bao lâu?")
    assert not (asked.validity or asked.identity or asked.ends_others)
