"""The provision that answers is found in the found segments, or the desk says that nothing suffices."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from small_desk import CONTACT, cited, decree, desk_of, desk_over

from bot.answer import Status
from bot.desk import HelpDesk
from bot.messages import say
from corpus.document import Relation, RelationKind
from corpus.spelling import fold
from settings import Settings

#: Questions about the samples with the most specific provision that answers each.
SPECIFIC = [
    ("Thời hạn giải quyết khiếu nại lần đầu là bao lâu?", "02/2011/QH13", "dieu-28"),
    ("Thời hiệu khiếu nại là bao nhiêu ngày?", "02/2011/QH13", "dieu-9"),
    ("Thời hạn giải quyết tố cáo tối đa bao nhiêu ngày?", "25/2018/QH14", "dieu-30.khoan-1"),
    ("Báo cáo cải cách hành chính định kỳ phải gửi chậm nhất ngày nào?", "581/BNV-CCHC", "muc-I-1"),
    ("Giá trị pháp lý của bản sao y?", "30/2020/NĐ-CP", "dieu-26"),
    ("Tiếp công dân trực tuyến là gì?", "154/2026/NĐ-CP", "dieu-3.khoan-3"),
    ("Người dự tuyển công chức phải từ đủ bao nhiêu tuổi?", "80/2025/QH15", "dieu-19.khoan-1"),
    ("Thời hiệu xử lý kỷ luật công chức là bao nhiêu năm?", "80/2025/QH15", "dieu-37.khoan-1"),
    ("Thông báo từ chối tiếp công dân được ban hành trong mấy ngày?", "154/2026/NĐ-CP", "dieu-4.khoan-3"),
    ("Hồ sơ nhận sau 15 giờ được chuyển khi nào?", "61/2018/NĐ-CP", "dieu-18.khoan-2"),
    ("Công chức vi phạm bị kỷ luật bằng những hình thức nào?", "80/2025/QH15", "dieu-36"),
    ("Nguyên tắc thực hiện cơ chế một cửa gồm những gì?", "61/2018/NĐ-CP", "dieu-4"),
]


@pytest.fixture(scope="module")
def desk(sample_desk_settings: Settings) -> Iterator[HelpDesk]:
    opened = desk_of(sample_desk_settings)
    yield opened
    opened.close()


@pytest.mark.parametrize(("question", "number", "path"), SPECIFIC)
def test_cites_the_most_specific_provision_first(
    desk: HelpDesk, question: str, number: str, path: str
) -> None:
    assert cited(desk.ask(question))[0] == (number, path)


@pytest.mark.parametrize(("question", "number", "path"), SPECIFIC)
def test_a_question_without_diacritics_finds_the_same_provision(
    desk: HelpDesk, question: str, number: str, path: str
) -> None:
    assert cited(desk.ask(fold(question)))[0] == (number, path)


@pytest.mark.parametrize(
    ("question", "number", "path"),
    [
        ("Tố cáo là gì?", "25/2018/QH14", "dieu-2.khoan-1"),
        ("Sao lục là gì?", "30/2020/NĐ-CP", "dieu-25.khoan-2"),
        ("Công chức là gì?", "80/2025/QH15", "dieu-1.khoan-2"),
        ("Điểm cầu trung tâm là gì?", "154/2026/NĐ-CP", "dieu-3.khoan-4"),
    ],
)
def test_a_definition_is_answered_by_the_defining_clause(
    desk: HelpDesk, question: str, number: str, path: str
) -> None:
    assert cited(desk.ask(question))[0] == (number, path)


@pytest.mark.parametrize(
    ("with_words", "with_digits"),
    [
        ("Sáu nội dung cải cách hành chính là gì?", "6 nội dung cải cách hành chính là gì?"),
        ("Mười chỉ số thành phần của PCI là gì?", "10 chỉ số thành phần của PCI là gì?"),
    ],
)
def test_a_number_word_finds_what_the_digit_finds(desk: HelpDesk, with_words: str, with_digits: str) -> None:
    spoken, written = desk.ask(with_words), desk.ask(with_digits)
    assert spoken.status is written.status is Status.ANSWERED
    assert cited(spoken)[0] == cited(written)[0]


@pytest.mark.parametrize(
    "question",
    [
        "Cách nấu phở bò ngon?",
        "Giá cà phê hôm nay bao nhiêu?",
        "Mực nước hồ Ba Bể hôm nay là bao nhiêu?",
        "Lịch thi đấu bóng đá tối nay",
        "Khách hàng khi mở thẻ tín dụng cần những giấy tờ gì?",
    ],
)
def test_what_the_corpus_does_not_know_is_refused_with_nearest_documents_and_contact(
    desk: HelpDesk, question: str
) -> None:
    answer = desk.ask(question)
    assert answer.status is Status.NO_EVIDENCE
    assert say("no_evidence") in answer.text
    assert not answer.citations and answer.confidence == 0
    assert 1 <= len(answer.nearest) <= 3
    for near in answer.nearest:
        assert near.title in answer.text and near.url.startswith("/documents/")
    assert say("contact", contact=CONTACT) in answer.text


@pytest.mark.parametrize("question", ["asdfgh qwerty zxcvb", "xyzzy", "blah blah blah", "12345 67890"])
def test_nonsense_is_refused(desk: HelpDesk, question: str) -> None:
    answer = desk.ask(question)
    assert answer.status is Status.NO_EVIDENCE
    assert not answer.citations
    assert say("contact", contact=CONTACT) in answer.text


def test_without_a_contact_in_the_settings_no_contact_is_offered(sample_desk_settings: Settings) -> None:
    desk = HelpDesk.open(sample_desk_settings)
    assert say("contact", contact="").split(":")[0] not in desk.ask("Cách nấu phở bò ngon?").text
    desk.close()


OLD = "Điều 5. Thời hạn trả kết quả hồ sơ đất đai\n\nThời hạn trả kết quả hồ sơ đất đai là 30 ngày.\n"
NEW = "Điều 8. Thời hạn trả kết quả hồ sơ đất đai\n\nThời hạn trả kết quả hồ sơ đất đai là 15 ngày.\n"


@pytest.mark.parametrize(
    "question",
    [
        "Thời hạn trả kết quả hồ sơ đất đai là bao nhiêu ngày?",
        "hồ sơ đất đai bao lâu có kết quả",
        "Điều nào quy định thời hạn trả kết quả hồ sơ đất đai?",
    ],
)
def test_expired_law_never_goes_ahead_of_law_in_force_on_the_same_matter(
    tmp_path: Path, question: str
) -> None:
    old = decree("10/2015/NĐ-CP", "Về trả kết quả hồ sơ đất đai", year=2015)
    new = decree(
        "20/2024/NĐ-CP", "Về trả kết quả hồ sơ đất đai",
        relations=(Relation(RelationKind.REPLACES, "10/2015/NĐ-CP"),),
    )  # fmt: skip
    with desk_over(tmp_path, (old, OLD), (new, NEW)) as desk:
        now = desk.ask(question)
        assert now.status is Status.ANSWERED
        assert cited(now)[0] == ("20/2024/NĐ-CP", "dieu-8")
        assert all(citation.document.validity.status != "expired" for citation in now.citations)
        then = desk.ask(question, as_of=date(2020, 1, 1))
        assert cited(then)[0] == ("10/2015/NĐ-CP", "dieu-5")


def test_the_clause_for_the_ordinary_case_goes_ahead_of_those_for_cases_the_question_does_not_name(
    tmp_path: Path,
) -> None:
    text = (
        "Điều 4. Kiểm tra kho dự trữ\n"
        "1. Trong thời hạn 07 ngày làm việc kể từ ngày nhận được báo cáo, cơ quan quản lý phải kiểm tra kho dự trữ.\n"
        "2. Trường hợp kho đặt ở vùng ngập lũ thì trong thời hạn 03 ngày làm việc kể từ ngày nhận được báo cáo của "
        "kho dự trữ, cơ quan quản lý phải kiểm tra ngay.\n"
    )
    with desk_over(tmp_path, (decree("12/2024/NĐ-CP", "Về dự trữ"), text)) as desk:
        usual = desk.ask(
            "Nhận được báo cáo của kho dự trữ thì cơ quan phải kiểm tra trong mấy ngày làm việc?"
        )
        special = desk.ask("Kho dự trữ ở vùng ngập lũ phải được kiểm tra trong mấy ngày?")
    assert cited(usual)[0] == ("12/2024/NĐ-CP", "dieu-4.khoan-1")
    assert cited(special)[0] == ("12/2024/NĐ-CP", "dieu-4.khoan-2")


def test_a_defined_term_may_hold_words_that_say_little_elsewhere(tmp_path: Path) -> None:
    text = (
        "Điều 2. Giải thích từ ngữ\n1. Kho dự trữ là nơi giữ hàng.\n2. Quy chế nội bộ là văn bản của kho về việc chi "
        "tiêu.\nĐiều 3. Xây dựng quy chế nội bộ\n1. Kho xây dựng quy chế nội bộ.\n2. Quy chế nội bộ của kho là căn cứ "
        "để chi, được gửi cơ quan quản lý.\n"
    )
    with desk_over(tmp_path, (decree("12/2024/NĐ-CP", "Về kho dự trữ"), text)) as desk:
        answer = desk.ask("Quy chế nội bộ theo Nghị định 12/2024/NĐ-CP là gì?")
    assert cited(answer)[0] == ("12/2024/NĐ-CP", "dieu-2.khoan-2")
