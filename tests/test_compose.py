"""The answer in the documents' own words: whole lists, what a document is, whether it holds, and the notices."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from small_desk import cited, decree, desk_of, desk_over, hold, settings_in

from bot.answer import Status
from bot.desk import HelpDesk
from bot.messages import say
from corpus.document import Authority
from corpus.store import Corpus
from evals.suite import load_suite
from index.publishing import publish
from settings import Settings

SUITE = Path(__file__).resolve().parents[1] / "evals" / "suites" / "samples.jsonl"


@pytest.fixture(scope="module")
def desk(sample_desk_settings: Settings) -> Iterator[HelpDesk]:
    opened = desk_of(sample_desk_settings)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("question", "items"),
    [
        (
            "Sáu nội dung cải cách hành chính giai đoạn 2021 - 2030 là gì?",
            ["thể chế", "thủ tục hành chính", "tổ chức bộ máy", "chế độ công vụ", "tài chính công",
             "Chính phủ điện tử"],
        ),
        (
            "Bốn mức xếp loại PAR INDEX là gì?",
            ["từ 90% trở lên", "từ 80% đến dưới 90%", "từ 70% đến dưới 80%", "dưới 70%"],
        ),
        (
            "Tám chỉ số nội dung của PAPI gồm những gì?",
            ["Sự tham gia của người dân ở cơ sở", "Trách nhiệm giải trình", "Kiểm soát tham nhũng",
             "Cung ứng dịch vụ công", "Quản trị môi trường", "Quản trị điện tử"],
        ),
        (
            "Nguyên tắc thực hiện cơ chế một cửa gồm những gì?",
            ["sự hài lòng", "về một mối", "nhanh, thuận tiện", "kiểm tra, giám sát", "không phải trả thêm",
             "phải giải trình", "điều ước quốc tế"],
        ),
    ],
)  # fmt: skip
def test_a_list_question_gets_the_whole_list(desk: HelpDesk, question: str, items: list[str]) -> None:
    text = desk.ask(question).text
    assert [item for item in items if item not in text] == []


def test_a_very_long_list_is_cut_and_says_where_the_rest_is(tmp_path: Path) -> None:
    items = "\n\n".join(f"{i}. Kiểm kê kho số {i} của chi cục dự trữ." for i in range(1, 60))
    text = f"Điều 1. Nhiệm vụ kiểm kê kho dự trữ\n\n{items}\n"
    with desk_over(tmp_path, (decree("12/2024/NĐ-CP", "Về kiểm kê kho dự trữ"), text)) as desk:
        answer = desk.ask("Điều 1 Nghị định 12/2024/NĐ-CP quy định gì?")
    assert say("rest") in answer.text
    assert "kho số 1 " in answer.text and "kho số 59 " not in answer.text
    assert "kho số 59 " in answer.citations[0].quote


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Ai ký Nghị quyết 76/NQ-CP?", ["Trương Hòa Bình", "15/7/2021"]),
        ("Quyết định 905/QĐ-BNV ban hành ngày nào?", ["17/11/2022", "Bộ Nội vụ"]),
        ("Quyết định 1718/QĐ-UBND do ai ký?", ["Nguyễn Tấn Tuân", "21/7/2023", "Khánh Hòa"]),
    ],
)
def test_a_question_about_a_document_gets_its_number_day_issuer_and_signer(
    desk: HelpDesk, question: str, said: list[str]
) -> None:
    answer = desk.ask(question)
    assert answer.status is Status.ANSWERED
    assert [part for part in said if part not in answer.text] == []


@pytest.mark.parametrize(
    ("question", "number", "by"),
    [
        ("Nghị định 61/2018/NĐ-CP còn hiệu lực không?", "61/2018/NĐ-CP", "118/2025/NĐ-CP"),
        ("Nghị định nào thay thế Nghị định 61/2018/NĐ-CP?", "61/2018/NĐ-CP", "118/2025/NĐ-CP"),
        ("nghi dinh 61/2018 con hieu luc khong", "61/2018/NĐ-CP", "118/2025/NĐ-CP"),
        ("Nghị định 47/2020/NĐ-CP đã bị bãi bỏ chưa?", "47/2020/NĐ-CP", "278/2025/NĐ-CP"),
        ("Nghị định 47/2020/NĐ-CP còn hiệu lực không?", "47/2020/NĐ-CP", "278/2025/NĐ-CP"),
    ],
)
def test_a_repealed_document_is_named_as_repealed_with_what_ended_it(
    desk: HelpDesk, question: str, number: str, by: str
) -> None:
    answer = desk.ask(question)
    assert answer.status is Status.NOT_IN_FORCE
    assert f"Nghị định {number} đã hết hiệu lực" in answer.text
    assert by in answer.text


def test_the_day_on_which_a_document_ended_is_said(desk: HelpDesk) -> None:
    assert "từ ngày 22/10/2025" in desk.ask("Nghị định 47/2020/NĐ-CP còn hiệu lực không?").text


@pytest.mark.parametrize("number", ["61/2018/NĐ-CP", "47/2020/NĐ-CP"])
def test_as_of_an_earlier_day_the_repealed_document_was_in_force(desk: HelpDesk, number: str) -> None:
    then = desk.ask(f"Nghị định {number} còn hiệu lực không?", as_of=date(2021, 1, 1))
    assert then.status is Status.ANSWERED
    assert then.as_of == date(2021, 1, 1)
    assert "đã hết hiệu lực" not in then.text
    own = [c.document.validity for c in then.citations if c.document.number == number]
    assert own and all(validity.status == "in_force" for validity in own)


def test_the_content_of_a_repealed_document_comes_with_the_notice_that_it_ended(desk: HelpDesk) -> None:
    question = "Điều 15 Nghị định 61/2018/NĐ-CP quy định gì?"
    now, then = desk.ask(question), desk.ask(question, as_of=date(2020, 1, 1))
    assert now.status is Status.NOT_IN_FORCE and then.status is Status.ANSWERED
    assert cited(now) == cited(then)
    assert "đã hết hiệu lực, theo 118/2025/NĐ-CP; nội dung trên chỉ để tham khảo" in now.text
    assert "hết hiệu lực" not in then.text


def test_a_document_that_does_not_hold_yet_is_said_not_to(tmp_path: Path) -> None:
    text = "Điều 1. Phạm vi điều chỉnh\n\nNghị định này quy định việc kiểm kê kho dự trữ.\n"
    header = decree("9/2026/NĐ-CP", "Về kiểm kê kho dự trữ", year=2026, effective_from=date(2027, 3, 1))
    with desk_over(tmp_path, (header, text)) as desk:
        said = desk.ask("Điều 1 Nghị định 9/2026/NĐ-CP quy định gì?").text
    assert "chưa có hiệu lực tại ngày 22/11/2026" in said


def test_an_answer_from_a_summary_says_that_it_is_one_and_whose(desk: HelpDesk) -> None:
    answer = desk.ask("Giá trị pháp lý của bản sao y?")
    assert answer.citations[0].document.authority == "summary"
    assert "bản tóm lược do Dự án Trợ lý CCHC soạn về Nghị định 30/2020/NĐ-CP" in answer.text
    assert "không phải nguyên văn văn bản" in answer.text


PLACE = "Điều 3. Kiểm kê kho dự trữ\n\nKho dự trữ được kiểm kê {} lần mỗi năm.\n"
ASKED = "Kho dự trữ được kiểm kê mấy lần mỗi năm?"


def test_an_answer_from_the_press_says_that_it_is_press(tmp_path: Path) -> None:
    press = decree(
        "12/2024/NĐ-CP", "Về kiểm kê kho dự trữ", authority=Authority.PRESS, publisher="Báo Điện tử"
    )
    with desk_over(tmp_path, (press, PLACE.format(2))) as desk:
        answer = desk.ask(ASKED)
    assert answer.citations[0].document.authority == "press"
    assert say("notice_press", document="Nghị định 12/2024/NĐ-CP") in answer.text


def test_an_answer_from_the_document_itself_carries_no_such_notice(tmp_path: Path) -> None:
    with desk_over(tmp_path, (decree("12/2024/NĐ-CP", "Về kiểm kê kho dự trữ"), PLACE.format(2))) as desk:
        answer = desk.ask(ASKED)
    assert answer.status is Status.ANSWERED
    assert "Lưu ý" not in answer.text


@pytest.mark.parametrize("question", [ASKED, "Điều 3 Nghị định 12/2024/NĐ-CP quy định gì?"])
def test_the_document_itself_goes_ahead_of_the_sample_of_the_same_number(
    tmp_path: Path, question: str
) -> None:
    settings = settings_in(tmp_path)
    sample = decree("12/2024/NĐ-CP", "Về kiểm kê kho dự trữ", authority=Authority.SUMMARY, publisher="Dự án")
    real = decree("12/2024/NĐ-CP", "Về kiểm kê kho dự trữ")
    with Corpus.open(settings.dsn) as corpus:
        hold(corpus, sample, PLACE.format(2), sample=True)
        publish(corpus, settings, None)
        desk = desk_of(settings)
        assert "kiểm kê 2 lần" in desk.ask(question).text
        hold(corpus, real, PLACE.format(4))
        publish(corpus, settings, None)
    answer = desk.ask(question)
    desk.close()
    assert {citation.document.authority for citation in answer.citations} == {"official"}
    assert "kiểm kê 4 lần" in answer.text and "kiểm kê 2 lần" not in answer.text
    assert "Lưu ý" not in answer.text


def test_old_words_about_districts_carry_the_notice_that_there_are_none_any_more(desk: HelpDesk) -> None:
    question = "Điều 11 Nghị định 61/2018/NĐ-CP quy định gì?"
    assert "cấp huyện" in desk.ask(question).citations[0].quote
    assert say("notice_district") in desk.ask(question).text
    assert say("notice_district") not in desk.ask(question, as_of=date(2024, 1, 1)).text
    assert say("notice_district") not in desk.ask("Điều 15 Nghị định 61/2018/NĐ-CP quy định gì?").text


def test_every_suggestion_over_the_samples_is_a_question_that_the_desk_answers(desk: HelpDesk) -> None:
    rows = load_suite([SUITE]).rows
    suggested: dict[str, str] = {}  # suggestion -> the document it was suggested for
    for row in rows:
        answer = desk.ask(row.question, row.history)
        assert row.question not in answer.suggestions
        assert len(answer.suggestions) <= 3
        assert bool(answer.suggestions) <= bool(answer.citations)
        for question in answer.suggestions:
            suggested[question] = answer.citations[0].document.number
    assert len(suggested) > 60
    for question, number in suggested.items():
        answer = desk.ask(question)
        assert answer.status in (Status.ANSWERED, Status.NOT_IN_FORCE), question
        assert number in [citation.document.number for citation in answer.citations], question


@pytest.mark.parametrize(
    ("question", "suggested"),
    [
        ("Thời hạn giải quyết tố cáo theo Luật 25/2018/QH14?", "Luật 25/2018/QH14 còn hiệu lực không?"),
        ("Luật 25/2018/QH14 còn hiệu lực không?", "Luật 25/2018/QH14 do ai ban hành và ban hành ngày nào?"),
    ],
)
def test_what_was_just_asked_is_not_suggested(desk: HelpDesk, question: str, suggested: str) -> None:
    suggestions = desk.ask(question).suggestions
    assert suggested in suggestions and question not in suggestions
    assert not any(s.startswith("Thời hạn giải quyết tố cáo theo") for s in suggestions)


def test_a_plan_without_articles_suggests_its_sections(desk: HelpDesk) -> None:
    answer = desk.ask("Kỹ năng cần bồi dưỡng theo Quyết định 1718/QĐ-UBND gồm những gì?")
    assert [
        s for s in answer.suggestions if "theo Quyết định 1718/QĐ-UBND (Khánh Hòa) quy định thế nào?" in s
    ]


def test_a_source_is_listed_once(desk: HelpDesk) -> None:
    for row in load_suite([SUITE]).rows[:30]:
        citations = desk.ask(row.question, row.history).citations
        places = [(c.document.id, c.path, c.span) for c in citations]
        assert len(places) == len(set(places)), row.question


def test_a_signer_that_no_text_names_is_said_to_be_unknown(desk: HelpDesk) -> None:
    answer = desk.ask("Ai ký Quyết định 905/QĐ-BNV?")
    assert say("signer_unknown", document="Quyết định 905/QĐ-BNV") in answer.text
    known = desk.ask("Ai ký Nghị quyết 76/NQ-CP?")
    assert "Trương Hòa Bình" in known.text and "không nêu người ký" not in known.text
