"""The help desk as a channel sees it: any text in, an answer out; steps, threads and newly published documents."""

import hashlib
import string
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_desk import TODAY, cited, decree, desk_of, desk_over, hold, settings_in

from bot.answer import Answer, Composer, Status
from bot.desk import HelpDesk
from corpus.document import Source
from corpus.store import Corpus
from index.problem import IndexProblem
from index.publishing import publish
from ingest.read import read_bytes
from ingest.structure import parse
from settings import Settings

STEPS = [
    "normalise",
    "respell",
    "guard",
    "understand",
    "follow_up",
    "ask_back",
    "search",
    "judge",
    "ask_which",
    "compose",
    "verify",
]
TEXT = """Điều 1. Kiểm kê kho dự trữ

1. Kho dự trữ được kiểm kê 2 lần mỗi năm.

2. Thủ kho ký biên bản kiểm kê.

Điều 2. Thời hạn báo cáo

Kết quả kiểm kê kho dự trữ được báo cáo trong 05 ngày làm việc.
"""
HEADER = decree("12/2024/NĐ-CP", "Về kiểm kê kho dự trữ")


@pytest.fixture(scope="module")
def desk(sample_desk_settings: Settings) -> Iterator[HelpDesk]:
    opened = desk_of(sample_desk_settings)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HelpDesk]:
    with desk_over(tmp_path_factory.mktemp("small"), (HEADER, TEXT)) as opened:
        yield opened


def without_timings(answer: Answer) -> Answer:
    return answer.model_copy(update={"timings": {}})


def test_an_answer_says_how_sure_it_is_who_composed_it_and_for_which_day(desk: HelpDesk) -> None:
    answer = desk.ask("Thời hiệu khiếu nại là bao nhiêu ngày?")
    assert answer.status is Status.ANSWERED
    assert answer.composer is Composer.EXTRACTIVE
    assert 0 < answer.confidence <= 1
    assert answer.as_of == TODAY


def test_a_citation_says_document_place_quote_validity_and_where_to_open_it(desk: HelpDesk) -> None:
    (citation,) = desk.ask("Điều 26 Nghị định 30/2020/NĐ-CP quy định gì?").citations
    assert (citation.document.number, citation.document.kind) == ("30/2020/NĐ-CP", "Nghị định")
    assert (citation.provision, citation.path) == ("Điều 26", "dieu-26")
    assert citation.document.validity.status == "in_force"
    assert citation.document.validity.on == TODAY
    assert citation.file == "30-2020-ND-CP.md"
    assert citation.url.startswith(f"/documents/{citation.document.id}?")
    assert citation.url.endswith("#dieu-26")


def test_the_steps_are_told_in_order_as_they_end_and_stand_in_the_timings(desk: HelpDesk) -> None:
    told: list[tuple[str, float]] = []
    answer = desk.ask(
        "Thời hiệu khiếu nại là bao nhiêu ngày?", on_step=lambda step, ms: told.append((step, ms))
    )
    assert [step for step, _ in told] == STEPS
    assert list(answer.timings) == [*STEPS, "total"]
    for step, ms in told:
        assert answer.timings[step] == pytest.approx(ms, abs=0.01)
    assert answer.timings["total"] >= sum(ms for _, ms in told) - 0.1


def test_the_steps_after_the_one_that_ends_a_question_do_not_run(desk: HelpDesk) -> None:
    told: list[str] = []
    answer = desk.ask("xin chào", on_step=lambda step, ms: told.append(step))
    assert told == STEPS[:3]
    assert list(answer.timings) == [*STEPS[:3], "total"]


def test_a_listener_that_fails_does_not_break_the_desk(desk: HelpDesk) -> None:
    def failing(step: str, ms: float) -> None:
        raise OSError("the asker is gone")

    assert desk.ask("xin chào", on_step=failing).status is Status.ERROR
    assert desk.ask("xin chào").status is Status.GREETING


def test_a_newly_published_index_is_picked_up_by_an_open_desk(tmp_path: Path) -> None:
    folder = settings_in(tmp_path)
    question = "Điều 2 Nghị định 30/2025/NĐ-CP quy định gì?"
    with Corpus.open(folder.dsn) as corpus:
        hold(corpus, HEADER, TEXT)
        publish(corpus, folder, None)
        desk = desk_of(folder)
        assert desk.ask(question).status is Status.NO_EVIDENCE
        hold(corpus, decree("30/2025/NĐ-CP", "Về xe công"), TEXT.replace("kho dự trữ", "xe công"))
        publish(corpus, folder, None)
        assert cited(desk.ask(question)) == [("30/2025/NĐ-CP", "dieu-2")]
        found = desk.ask("Kết quả kiểm kê xe công được báo cáo trong mấy ngày?")
        assert cited(found)[0] == ("30/2025/NĐ-CP", "dieu-2")
        desk.close()


def test_concurrent_questions_get_the_answers_they_get_one_after_the_other(desk: HelpDesk) -> None:
    questions = [
        "Thời hiệu khiếu nại là bao nhiêu ngày?",
        "xin chào",
        "Nghị định 61/2018/NĐ-CP còn hiệu lực không?",
        "Điều 26 Nghị định 30/2020/NĐ-CP quy định gì?",
        "Cách nấu phở bò ngon?",
        "Sáu nội dung cải cách hành chính giai đoạn 2021 - 2030 là gì?",
        "Điều 14",
        "Giá trị pháp lý của bản sao y?",
    ] * 2
    alone = [without_timings(desk.ask(question)) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        together = [without_timings(answer) for answer in pool.map(desk.ask, questions)]
    assert together == alone


def test_the_same_question_gets_the_same_answer_from_a_desk_opened_anew(
    desk: HelpDesk, sample_desk_settings: Settings
) -> None:
    other = desk_of(sample_desk_settings)
    for question in ("Thời hiệu khiếu nại là bao nhiêu ngày?", "Tố cáo là gì?"):
        assert without_timings(other.ask(question)) == without_timings(desk.ask(question))
    other.close()


ODD = [
    "",
    "   \n\t ",
    "?!… --- ,,, ;;;",
    "👍🎉👨‍👩‍👧",
    "a" * 5000,
    "thời hạn " * 600,
    "khiếu\x00 nại\x00",
    "\x01\x02\x1b[31m khiếu nại \x7f",
    "\u202ekhiếu nại\u200b\ufeff",
    "SELECT * FROM documents WHERE 1=1 --",
    "' OR ''='",
    "<b>khiếu nại</b><img src=x onerror=alert(1)>",
    "%s %d {0} {number} {}",
    "{document}",
    "\\ \\x \\u0000 $(ls) `id`",
    "điều điều điều khoản khoản điểm",
    "Điều 99999999999999999999 Nghị định 61/2018/NĐ-CP quy định gì?",
    "ngày 99/99/9999 trước ngày 00/00/0000",
    "٣٤ Ⅻ ½ 十二",
    "K̷h̷i̷ế̷u̷ n̷ạ̷i̷",
    "AND OR NOT NEAR(khiếu nại) *",
    '"khiếu nại" + (tố cáo) - [x] ^2 ~ /a/',
]


@pytest.mark.parametrize("text", ODD, ids=[f"odd{i}" for i in range(len(ODD))])
def test_odd_input_gets_an_ordinary_answer(desk: HelpDesk, text: str) -> None:
    for history in ((), (text,) * 50):
        answer = desk.ask(text, history)
        assert answer.status is not Status.ERROR
        assert Answer.model_validate_json(answer.model_dump_json()) == answer


def test_a_question_far_too_long_is_refused_with_the_limit(desk: HelpDesk) -> None:
    answer = desk.ask("thời hạn " * 600)
    assert answer.status is Status.BLOCKED
    assert "5400" in answer.text and str(desk.settings.question_max_chars) in answer.text


@given(
    question=st.one_of(
        st.text(max_size=300), st.text(alphabet=string.printable + "điều khoản ngày", max_size=80)
    ),
    history=st.lists(st.text(max_size=60), max_size=50),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_the_desk(small: HelpDesk, question: str, history: list[str]) -> None:
    answer = small.ask(question, history)
    assert answer.status is not Status.ERROR
    assert answer.text
    assert Answer.model_validate_json(answer.model_dump_json()) == answer


def test_a_desk_without_an_index_says_which_command_makes_one(tmp_path: Path) -> None:
    folder = settings_in(tmp_path)
    with Corpus.open(folder.dsn) as corpus:
        hold(corpus, HEADER, TEXT)
        with pytest.raises(IndexProblem, match="cchc "):
            HelpDesk.open(folder)
        publish(corpus, folder, None)
    desk = HelpDesk.open(folder)
    assert desk.problem() is None
    assert desk.ask("Điều 1 Nghị định 12/2024/NĐ-CP quy định gì?").citations
    desk.close()


def test_a_file_stored_but_not_yet_indexed_leaves_the_published_answers_standing(tmp_path: Path) -> None:
    header = decree("12/2024/NĐ-CP", "Về kiểm kê kho dự trữ")
    old = "Điều 1. Kiểm kê kho dự trữ\n\nKho dự trữ được kiểm kê 2 lần mỗi năm.\n\nĐiều 2. Báo cáo\n\nKết quả được báo cáo.\n"
    question = "Kho dự trữ được kiểm kê mấy lần mỗi năm?"
    with desk_over(tmp_path, (header, old)) as desk:
        before = desk.ask(question)
        data = old.replace("2 lần", "4 lần").encode()
        reading = read_bytes(data, "van-ban.txt")
        held = desk.corpus.documents(on=TODAY)[0]
        digest = hashlib.sha256(data).hexdigest()
        desk.corpus.add(
            header, reading.text, parse(reading), Source("test:new", digest, "text/plain"), data,
            root=held.files[0].root, file=held.file, size=len(data), mtime_ns=1,
        )  # fmt: skip
        between = desk.ask(question)
    assert before.status is between.status is Status.ANSWERED
    assert "2 lần" in between.text and between.citations[0].quote == before.citations[0].quote


@pytest.mark.parametrize(
    "question", ["Nghị định 12 còn hiệu lực trước ngày 01/01/0001 không?", "tại ngày 31/12/9999"]
)
def test_a_day_no_document_knows_is_no_error(tmp_path: Path, question: str) -> None:
    with desk_over(tmp_path, (decree("12/2024/NĐ-CP", "Về kho"), "Điều 1. Kho\n\nKho mở cửa.\n")) as desk:
        assert desk.ask(question).status is not Status.ERROR
