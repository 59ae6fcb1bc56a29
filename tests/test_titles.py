"""Documents named by their title: "Luật Khiếu nại", "Nghị định về công tác văn thư"."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from small_desk import cited, decree, desk_of, desk_over

from bot.desk import HelpDesk
from bot.titles import named_by_title
from corpus.document import Relation, RelationKind
from index.search import Search, open_current
from settings import Settings


@pytest.fixture(scope="module")
def search(sample_desk_settings: Settings) -> Search:
    return open_current(sample_desk_settings)


@pytest.fixture(scope="module")
def desk(sample_desk_settings: Settings) -> Iterator[HelpDesk]:
    opened = desk_of(sample_desk_settings)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("Luật Khiếu nại quy định thời hiệu bao lâu?", "02-2011-qh13"),
        ("luat to cao quy dinh gi ve rut to cao", "25-2018-qh14"),
        ("Theo Luật Cán bộ, công chức thì công chức là ai?", "80-2025-qh15"),
        ("Nghị định về công tác văn thư có mấy loại văn bản?", "30-2020-nd-cp"),
    ],
)
def test_a_title_names_its_document(search: Search, question: str, document: str) -> None:
    (found,) = named_by_title(question, search)
    assert found.startswith(document)


@pytest.mark.parametrize(
    "question",
    ["Khiếu nại lần đầu gửi cho ai?", "Luật quy định thế nào?", "văn thư làm gì", "", "Luật Đất đai"],
)
def test_words_without_kind_and_title_name_no_document(search: Search, question: str) -> None:
    assert named_by_title(question, search) == []


def test_a_place_in_a_document_named_by_title_is_gone_to_straight(desk: HelpDesk) -> None:
    assert cited(desk.ask("khoản 2 điều 30 Luật Tố cáo")) == [("25/2018/QH14", "dieu-30.khoan-2")]


def test_of_two_laws_of_one_title_the_one_in_force_answers_and_the_old_one_as_of_its_time(
    tmp_path: Path,
) -> None:
    text = "Điều 1. Phạm vi điều chỉnh\n\nLuật này quy định về lưu trữ tài liệu năm {}.\n"
    old = decree("01/2011/QH13", "Luật Lưu trữ", year=2012, kind="Luật", issuer="Quốc hội")
    new = decree(
        "33/2024/QH15", "Luật Lưu trữ", year=2025, kind="Luật", issuer="Quốc hội",
        relations=(Relation(RelationKind.REPLACES, "01/2011/QH13"),),
    )  # fmt: skip
    with desk_over(tmp_path, (old, text.format(2011)), (new, text.format(2024))) as desk:
        assert cited(desk.ask("Điều 1 Luật Lưu trữ quy định gì?")) == [("33/2024/QH15", "dieu-1")]
        then = desk.ask("Điều 1 Luật Lưu trữ năm 2012 quy định gì?", as_of=date(2020, 1, 1))
        assert cited(then) == [("01/2011/QH13", "dieu-1")]
