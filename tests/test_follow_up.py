"""A question that leans on the conversation takes its document and subject from the turns before."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from small_desk import TODAY, cited, decree, desk_of, desk_over

from bot.answer import Status
from bot.desk import HelpDesk
from bot.follow_up import leans_back, relevant
from corpus.document import Relation, RelationKind
from settings import Settings


@pytest.fixture(scope="module")
def desk(sample_desk_settings: Settings) -> Iterator[HelpDesk]:
    opened = desk_of(sample_desk_settings)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "text",
    [
        "còn khoản 2?",
        "con khoan 2 thi sao",
        "thế lần hai thì sao?",
        "Vậy cấp xã thì sao?",
        "văn bản đó còn hiệu lực không?",
        "Điều 5 quy định gì?",
    ],
)
def test_a_question_that_points_back_leans_on_the_conversation(text: str) -> None:
    assert leans_back(text)


@pytest.mark.parametrize(
    "text",
    [
        "Nghị định 61/2018/NĐ-CP còn hiệu lực không?",
        "Điều 5 Nghị định 61/2018 quy định gì?",
        "Thời hạn giải quyết khiếu nại lần đầu đối với vụ việc phức tạp là bao lâu?",
        "Điều kiện đăng ký dự tuyển công chức là gì?",
    ],
)
def test_a_question_that_says_its_subject_stands_alone(text: str) -> None:
    assert not leans_back(text)


def test_the_subject_is_the_last_question_that_stands_alone_and_what_followed() -> None:
    history = (
        "Điều 15 Nghị định 61/2018/NĐ-CP quy định gì?",
        "Điều 25 Nghị định 30/2020/NĐ-CP quy định gì?",
        "còn khoản 2?",
    )
    said = " ".join(relevant(history))
    assert "30/2020" in said and "khoản 2" in said and "61/2018" not in said


@pytest.mark.parametrize(
    "text", ["còn khoản 2?", "thế khoản 2 thì sao?", "con khoan 2", "Khoản 2 quy định gì?"]
)
def test_another_clause_is_taken_from_the_article_talked_of(desk: HelpDesk, text: str) -> None:
    answer = desk.ask(text, ["Điều 15 Nghị định 61/2018/NĐ-CP quy định gì?"])
    assert cited(answer) == [("61/2018/NĐ-CP", "dieu-15.khoan-2")]


def test_another_article_is_taken_from_the_document_talked_of(desk: HelpDesk) -> None:
    answer = desk.ask("Thế Điều 26?", ["Điều 25 Nghị định 30/2020/NĐ-CP quy định gì?"])
    assert cited(answer) == [("30/2020/NĐ-CP", "dieu-26")]


def test_the_second_complaint_is_found_from_the_question_about_the_first(desk: HelpDesk) -> None:
    answer = desk.ask("thế lần hai thì sao?", ["Thời hạn giải quyết khiếu nại lần đầu là bao lâu?"])
    assert answer.status is Status.ANSWERED
    assert ("02/2011/QH13", "dieu-37") in cited(answer)


@pytest.mark.parametrize(
    ("before", "number"),
    [
        ("Thời hạn giải quyết khiếu nại lần đầu là bao lâu?", "02/2011/QH13"),
        ("Thời hạn giải quyết tố cáo là bao nhiêu ngày?", "25/2018/QH14"),
    ],
)
def test_the_same_follow_up_is_answered_from_the_document_of_each_conversation(
    desk: HelpDesk, before: str, number: str
) -> None:
    answer = desk.ask("còn vụ phức tạp thì sao?", [before])
    assert answer.status is Status.ANSWERED
    assert cited(answer)[0][0] == number
    assert "phức tạp" in answer.text


def test_whether_it_still_holds_is_asked_of_the_document_talked_of(desk: HelpDesk) -> None:
    answer = desk.ask("Văn bản đó còn hiệu lực không?", ["Điều 15 Nghị định 61/2018/NĐ-CP quy định gì?"])
    assert answer.status is Status.NOT_IN_FORCE
    assert "61/2018/NĐ-CP đã hết hiệu lực" in answer.text and "118/2025/NĐ-CP" in answer.text


def test_a_question_with_its_own_document_forgets_the_conversation(desk: HelpDesk) -> None:
    answer = desk.ask("Điều 26 Nghị định 30/2020/NĐ-CP quy định gì?", ["Nghị định 61/2018/NĐ-CP là gì?"])
    assert cited(answer) == [("30/2020/NĐ-CP", "dieu-26")]


def test_a_history_of_fifty_turns_is_no_trouble(desk: HelpDesk) -> None:
    history = [
        "Điều 15 Nghị định 61/2018/NĐ-CP quy định gì?",
        *["còn khoản 1?", "thế còn khoản 3 thì sao?"] * 25,
    ]
    answer = desk.ask("Điều 26 Nghị định 30/2020/NĐ-CP quy định gì?", history[:50])
    assert cited(answer) == [("30/2020/NĐ-CP", "dieu-26")]
    assert desk.ask("còn khoản 2?", history[:50]).status is not Status.ERROR


def test_a_question_without_a_subject_is_one_about_the_document_talked_of(desk: HelpDesk) -> None:
    answer = desk.ask("Áp dụng từ ngày nào?", ["Sao y có những hình thức nào theo Nghị định 30/2020/NĐ-CP?"])
    assert cited(answer)[0] == ("30/2020/NĐ-CP", "dieu-37")


def test_a_short_question_whose_words_the_document_talked_of_holds_is_one_about_it(desk: HelpDesk) -> None:
    answer = desk.ask("Gia hạn được mấy lần?", ["Thời hạn giải quyết tố cáo là bao lâu?"])
    assert answer.status is Status.ANSWERED
    assert cited(answer)[0][0] == "25/2018/QH14"


def test_a_complete_question_does_not_drag_the_old_subject_along(desk: HelpDesk) -> None:
    question = "Nghĩa vụ của người tố cáo là gì?"
    alone = desk.ask(question)
    assert cited(alone)[0][0] == "25/2018/QH14"
    assert cited(desk.ask(question, ["Sao y có những hình thức nào theo Nghị định 30/2020/NĐ-CP?"])) == cited(
        alone
    )


def test_the_same_is_asked_of_another_document(desk: HelpDesk) -> None:
    answer = desk.ask(
        "Thế còn Nghị định 30/2020/NĐ-CP?", ["Nghị định 61/2018/NĐ-CP có hiệu lực từ ngày nào?"]
    )
    assert {number for number, _ in cited(answer)} == {"30/2020/NĐ-CP"}


def test_a_clause_is_taken_from_the_article_that_answered(desk: HelpDesk) -> None:
    answer = desk.ask("Khoản 2 nói gì?", ["Thời hạn giải quyết tố cáo là bao lâu?"])
    assert cited(answer) == [("25/2018/QH14", "dieu-30.khoan-2")]


def test_the_day_talked_of_stays_and_another_day_moves_it(desk: HelpDesk) -> None:
    history = ["Trước ngày 01/6/2025, Nghị định 61/2018/NĐ-CP còn hiệu lực không?"]
    assert desk.ask("Văn bản đó còn hiệu lực không?", history).as_of == date(2025, 5, 31)
    now = desk.ask("Thế hiện nay văn bản đó còn hiệu lực không?", history)
    assert (now.as_of, now.status) == (TODAY, Status.NOT_IN_FORCE)


def test_before_it_is_the_day_before_the_document_talked_of_and_what_held_then(tmp_path: Path) -> None:
    older = decree("12/2015/NĐ-CP", "Về quản lý kho lưu trữ", year=2015)
    newer = decree(
        "34/2024/NĐ-CP", "Về quản lý kho lưu trữ", year=2024,
        relations=(Relation(RelationKind.REPLACES, "12/2015/NĐ-CP"),),
    )  # fmt: skip
    text = "Điều 1. Thời hạn bảo quản\n\nHồ sơ giấy trong kho lưu trữ được bảo quản {} năm.\n"
    with desk_over(tmp_path, (older, text.format(10)), (newer, text.format(20))) as both:
        question = "Hồ sơ giấy trong kho lưu trữ được bảo quản bao nhiêu năm?"
        assert "20 năm" in both.ask(question).text
        before = both.ask("Thế trước đó?", [question])
        assert before.as_of == date(2023, 12, 31)
        assert cited(before)[0][0] == "12/2015/NĐ-CP" and "10 năm" in before.text


def test_greetings_in_the_conversation_are_passed_over(desk: HelpDesk) -> None:
    history = ["Điều 25 Nghị định 30/2020/NĐ-CP quy định gì?", "cảm ơn bạn nhé"]
    assert cited(desk.ask("Thế Điều 26?", history)) == [("30/2020/NĐ-CP", "dieu-26")]


@pytest.mark.parametrize(
    ("before", "then", "answer"),
    [
        ("Thời hạn giải quyết khiếu nại lần đầu là bao lâu?", "còn lần hai?", ("02/2011/QH13", "dieu-37")),
        (
            "Thời hạn giải quyết khiếu nại lần đầu là bao lâu?",
            "thời hiệu thì sao?",
            ("02/2011/QH13", "dieu-9"),
        ),
        ("Bản sao y có giá trị pháp lý không?", "sao lục thì sao", ("30/2020/NĐ-CP", "dieu-25.khoan-2")),
    ],
)
def test_what_a_follow_up_adds_goes_ahead_of_what_was_asked_before(
    desk: HelpDesk, before: str, then: str, answer: tuple[str, str]
) -> None:
    assert cited(desk.ask(then, [before]))[0] == answer


def test_another_matter_leaves_the_document_talked_of(desk: HelpDesk) -> None:
    answer = desk.ask("thế còn khiếu nại?", ["Thời hạn giải quyết tố cáo là bao lâu?"])
    assert cited(answer)[0][0] == "02/2011/QH13"


def test_a_follow_up_that_names_only_a_day_asks_the_same_of_that_day(desk: HelpDesk) -> None:
    answer = desk.ask("thế trước 1/1/2020?", ["Nghị định 61/2018/NĐ-CP còn hiệu lực không?"])
    assert answer.as_of == date(2019, 12, 31)
    assert answer.status is Status.ANSWERED and "còn hiệu lực tại ngày 31/12/2019" in answer.text
