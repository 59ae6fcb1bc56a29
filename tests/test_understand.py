"""Which documents, which place in them and which day a question names; what is not clear is asked back."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from small_desk import CONTACT, TODAY, cited, decree, desk_of, desk_over

from bot.answer import Status
from bot.desk import HelpDesk
from bot.messages import say
from bot.titles import named_by_title
from settings import Settings


@pytest.fixture(scope="module")
def desk(sample_desk_settings: Settings) -> Iterator[HelpDesk]:
    opened = desk_of(sample_desk_settings)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("question", "path"),
    [
        ("điều 15 nghị định 61/2018 quy định gì", "dieu-15"),
        ("dieu 15 nghi dinh 61/2018 quy dinh gi", "dieu-15"),
        ("Điều 15 NĐ 61/2018/NĐ-CP?", "dieu-15"),
        ("Nghị định 61/2018/ND-CP, khoản 2 Điều 15 nói gì?", "dieu-15.khoan-2"),
        ("k2 đ15 nđ 61/2018/nđ-cp", "dieu-15.khoan-2"),
    ],
)
def test_a_named_place_is_gone_to_straight(desk: HelpDesk, question: str, path: str) -> None:
    assert cited(desk.ask(question)) == [("61/2018/NĐ-CP", path)]


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("điều 14 nghị định 61/2018 quy định gì", "Điều 14"),
        ("Điều 99 Luật Tố cáo quy định gì?", "Điều 99"),
        ("Khoản 9 Điều 30 Luật 25/2018/QH14 quy định gì?", "Điều 30 khoản 9"),
    ],
)
def test_a_place_that_does_not_exist_is_said_not_to_exist(desk: HelpDesk, question: str, place: str) -> None:
    answer = desk.ask(question)
    assert answer.status is Status.NO_EVIDENCE
    assert f"không có {place}." in answer.text
    assert not answer.citations
    assert answer.nearest[0].number in ("61/2018/NĐ-CP", "25/2018/QH14")


@pytest.mark.parametrize("question", ["điều 14", "Điều 14 quy định gì?", "khoản 2 điều 14 nói gì", "dieu 14"])
def test_a_place_without_a_document_is_asked_back(desk: HelpDesk, question: str) -> None:
    answer = desk.ask(question)
    assert answer.status is Status.CLARIFY
    assert "Anh/chị muốn hỏi văn bản nào?" in answer.text
    assert not answer.citations


def test_this_document_without_a_conversation_is_asked_back(desk: HelpDesk) -> None:
    assert desk.ask("Nghị định này có hiệu lực từ ngày nào?").status is Status.CLARIFY


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("Nghị định 999/2024/NĐ-CP quy định gì?", "999/2024/NĐ-CP"),
        ("Thông tư 77/2023/TT-BNV quy định mức chi bao nhiêu?", "77/2023/TT-BNV"),
        ("nghi dinh 999/2024/nd-cp quy dinh gi", "999/2024/NĐ-CP"),
    ],
)
def test_a_document_that_is_not_held_is_refused_by_its_number(
    desk: HelpDesk, question: str, number: str
) -> None:
    answer = desk.ask(question)
    assert answer.status is Status.NO_EVIDENCE
    assert say("not_held", number=number) in answer.text
    assert CONTACT in answer.text
    assert not answer.citations


def test_what_stands_in_a_document_that_is_not_held_is_not_told_from_one_that_names_it(
    tmp_path: Path,
) -> None:
    amending = (
        decree("10/2025/NĐ-CP", "Quy định về dịch vụ công trực tuyến"),
        "Điều 1. Bãi bỏ\n\nBãi bỏ khoản 9 Điều 1 Nghị định số 999/2024/NĐ-CP sửa đổi quy định về cơ chế một cửa.\n\n"
        "Điều 2. Hiệu lực\n\nNghị định số 999/2024/NĐ-CP hết hiệu lực kể từ ngày 01/7/2025.\n",
    )
    with desk_over(tmp_path, amending) as desk:
        content = desk.ask("Nghị định 999/2024/NĐ-CP sửa những điểm nào của cơ chế một cửa?")
        assert content.status is Status.NO_EVIDENCE
        assert say("not_held", number="999/2024/NĐ-CP") in content.text
        standing = desk.ask("Nghị định 999/2024/NĐ-CP còn hiệu lực không?")
        assert standing.status is not Status.NO_EVIDENCE
        assert "999/2024/NĐ-CP" in standing.citations[0].quote


def test_a_number_of_several_provinces_is_asked_back_with_their_names(tmp_path: Path) -> None:
    provinces = ("Khánh Hòa", "Đồng Tháp")
    documents = [
        (
            decree("1718/QĐ-UBND", f"Kế hoạch cải cách hành chính tỉnh {name}", kind="Quyết định",
                   issuer=f"Ủy ban nhân dân tỉnh {name}"),
            f"Điều 1. Kế hoạch\n\nBan hành Kế hoạch cải cách hành chính tỉnh {name}.\n\n"
            f"Điều 2. Kinh phí\n\nKinh phí do ngân sách tỉnh {name} bảo đảm.\n",
        )
        for name in provinces
    ]  # fmt: skip
    with desk_over(tmp_path, *documents) as desk:
        answer = desk.ask("Điều 2 Quyết định 1718/QĐ-UBND quy định gì?")
        assert answer.status is Status.CLARIFY
        assert say("which_of") in answer.text
        for name in provinces:
            assert f"1718/QĐ-UBND ({name})" in answer.text
        assert len(answer.suggestions) == len(provinces)
        for name in provinces:
            chosen = desk.ask(next(choice for choice in answer.suggestions if name in choice))
            assert chosen.status is Status.ANSWERED and f"({name})" in chosen.text
        assert "Khánh Hòa" in desk.ask("1718 khánh hòa nói về kinh phí thế nào?").text
        assert desk.ask("Kinh phí kế hoạch cải cách hành chính tỉnh Lào Cai?").citations == []


def test_the_day_of_the_question_is_the_day_of_the_answer(desk: HelpDesk) -> None:
    question = "Trước ngày 01/6/2025, Nghị định 61/2018/NĐ-CP còn hiệu lực không?"
    assert desk.ask(question).as_of == date(2025, 5, 31)  # the last day before it
    assert desk.ask("Nghị định 61/2018/NĐ-CP còn hiệu lực không?").as_of == TODAY


def test_a_date_in_the_name_of_a_document_is_not_the_day_asked_about(desk: HelpDesk) -> None:
    assert desk.ask("Quyết định 282/QĐ-TTg ngày 12/02/2026 nêu mục tiêu gì?").as_of == TODAY


@pytest.mark.parametrize("day", ["31/02/2025", "00/00/2025", "99/99/9999"])
def test_a_day_that_does_not_exist_is_passed_over(desk: HelpDesk, day: str) -> None:
    answer = desk.ask(f"Trước ngày {day}, Nghị định 61/2018/NĐ-CP còn hiệu lực không?")
    assert answer.as_of == TODAY
    assert answer.status is not Status.ERROR


@pytest.mark.parametrize(
    "question",
    ["Thời hạn là bao lâu?", "thoi han giai quyet bao lau", "Hồ sơ gồm những gì?", "Ai có thẩm quyền?"],
)
def test_a_question_without_a_subject_is_asked_back_with_choices_that_can_be_sent(
    desk: HelpDesk, question: str
) -> None:
    answer = desk.ask(question)
    assert answer.status is Status.CLARIFY
    assert say("which_matter") in answer.text
    assert 2 <= len(answer.suggestions) <= 5
    assert not answer.citations
    assert desk.ask(answer.suggestions[0]).status is not Status.CLARIFY


@pytest.mark.parametrize(
    "question",
    ["Thời hạn giải quyết khiếu nại lần đầu là bao lâu?", "Sao y là gì?", "Nghĩa vụ của người tố cáo là gì?"],
)
def test_a_question_that_says_its_subject_is_not_asked_back(desk: HelpDesk, question: str) -> None:
    assert desk.ask(question).status is not Status.CLARIFY


def test_it_without_a_conversation_is_asked_back(desk: HelpDesk) -> None:
    assert desk.ask("Nó thay cho cái nào?").status is Status.CLARIFY


@pytest.mark.parametrize("question", ["nđ 61 điều 15", "Điều 15 NĐ 61", "dieu 15 nd 61"])
def test_a_decree_by_its_bare_number_and_article_is_gone_to_straight(desk: HelpDesk, question: str) -> None:
    assert cited(desk.ask(question)) == [("61/2018/NĐ-CP", "dieu-15")]


def test_discipline_of_officials_is_not_the_law_on_officials(desk: HelpDesk) -> None:
    assert named_by_title("Thời hiệu xử lý kỷ luật cán bộ, công chức là bao lâu?", desk._search) == []
