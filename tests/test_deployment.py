"""Asking a deployment: the desk here and the desk over HTTP give an evaluator the same, and a bad one is survived."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from held_people import people_in
from own_port import own_port
from played_server import Heard, Play, Played, in_turn, playing
from small_desk import TODAY, decree, desk_of, desk_over
from web_server import running

from api.desk import OnSentence, OnStep
from bot.answer import Answer
from bot.desk import HelpDesk
from corpus.document import Document, Relation, RelationKind, Source
from corpus.store import Corpus
from evals.deployment import DeskHere, DeskOverHttp
from evals.facts import unsupported
from evals.problem import EvalProblem
from evals.reply import Asked
from index.publishing import publish
from index.search import open_current
from ingest.read import read_bytes
from ingest.structure import parse
from settings import Settings

DECREE = """Điều 1. Phạm vi điều chỉnh
Nghị định này quy định về việc tiếp nhận hồ sơ.

Điều 2. Thời hạn trả kết quả
1. Thời hạn trả kết quả hồ sơ là mười hai ngày làm việc.
2. Lệ phí cấp lại giấy phép là 45.000 đồng.

Phụ lục I

DANH MỤC THỦ TỤC

| STT | Tên thủ tục | Mức 2026 |
|---|---|---|
| 1 | Cấp giấy phép khai thác nước ngầm | 70.000 đồng |
"""
QUESTION = "Thời hạn trả kết quả hồ sơ là bao lâu?"
ROW_QUESTION = "Cấp giấy phép khai thác nước ngầm mức bao nhiêu?"


def header() -> Document:
    relations = (Relation(RelationKind.BASED_ON, "76/2015/QH13", effective_on=date(2016, 1, 1)),)
    return decree("12/2024/NĐ-CP", "Quy định về tiếp nhận hồ sơ", signer="Nguyễn Văn A", relations=relations)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HelpDesk]:
    with desk_over(tmp_path_factory.mktemp("kho"), (header(), DECREE)) as desk:
        yield desk


@pytest.fixture(scope="module")
def url(desk: HelpDesk) -> Iterator[str]:
    with running(desk, Settings()) as url:
        yield url


@pytest.fixture
def over_http(url: str) -> Iterator[DeskOverHttp]:
    system = DeskOverHttp(url, today=TODAY)
    yield system
    system.close()


def told(asked: Asked) -> tuple[object, ...]:
    """All that does not depend on the clock."""
    return asked.question, asked.history, asked.reply, asked.sources, asked.error


# Both ways give the same


@pytest.mark.parametrize(
    "question",
    [
        QUESTION,
        ROW_QUESTION,
        "Nghị định 12/2024/NĐ-CP còn hiệu lực không?",
        "Điều 2 Nghị định 12/2024/NĐ-CP",
        "Giá vàng hôm nay?",
        "xin chào",
        "",
    ],
)
@pytest.mark.parametrize("as_of", [None, date(2023, 5, 1)])
def test_here_and_over_http_give_the_same_reply_and_sources(
    desk: HelpDesk, over_http: DeskOverHttp, question: str, as_of: date | None
) -> None:
    here, there = DeskHere(desk).ask(question, (), as_of), over_http.ask(question, (), as_of)
    assert told(here) == told(there)
    assert here.ms > 0 and there.ms > 0
    assert len(here.sources) == len(here.reply.citations)


def test_samples_are_measured_alike_both_ways(sample_desk_settings: Settings) -> None:
    desk = desk_of(sample_desk_settings)
    here = DeskHere(desk)
    with running(desk, Settings()) as url:
        there = DeskOverHttp(url, today=TODAY)
        for question in (
            "Sáu nội dung cải cách hành chính giai đoạn 2021-2030 là gì?",
            "Nghị định 61/2018/NĐ-CP còn hiệu lực không?",
            "Thời hiệu khiếu nại là bao nhiêu ngày?",
        ):
            asked = here.ask(question, (), None)
            assert asked.reply.citations and told(asked) == told(there.ask(question, (), None))
            assert not unsupported(
                "\n".join(cited.quote for cited in asked.reply.citations),
                [source.stored or "" for source in asked.sources],
            )
        there.close()
    here.close()


def test_history_goes_along(desk: HelpDesk, over_http: DeskOverHttp) -> None:
    history = ("Lệ phí cấp lại giấy phép theo Nghị định 12/2024/NĐ-CP là bao nhiêu?",)
    for system in (DeskHere(desk), over_http):
        asked = system.ask("Điều 1 của nghị định đó quy định gì?", history, None)
        assert asked.history == history
        assert "việc tiếp nhận hồ sơ" in asked.reply.text
        assert "việc tiếp nhận" not in system.ask("Điều 1 của nghị định đó quy định gì?", (), None).reply.text


def test_a_question_without_a_day_is_asked_over_http_for_the_day_of_the_run(over_http: DeskOverHttp) -> None:
    assert over_http.ask(QUESTION, (), None).reply.as_of == TODAY
    assert over_http.ask(QUESTION, (), date(2025, 3, 4)).reply.as_of == date(2025, 3, 4)


# Sources


def test_a_run_leaves_nothing_for_the_people_behind_the_desk(desk: HelpDesk, tmp_path: Path) -> None:
    with people_in(tmp_path) as people, running(desk, Settings(), people) as url:
        system = DeskOverHttp(url, today=TODAY)
        system.ask("Giá vàng hôm nay?", (), None)
        assert len(people.questions()) == 1
        system.close()
        assert people.questions() == []


def test_a_right_quote_is_what_is_stored(desk: HelpDesk) -> None:
    asked = DeskHere(desk).ask(QUESTION, (), None)
    assert [source.stored for source in asked.sources] == [cited.quote for cited in asked.reply.citations]
    assert "mười hai ngày" in str(asked.sources[0].stored)


def test_metadata_names_number_dates_signer_relations_and_place(
    desk: HelpDesk, over_http: DeskOverHttp
) -> None:
    for system in (DeskHere(desk), over_http):
        said = system.ask(QUESTION, (), None).sources[0].metadata
        assert {
            "12/2024/NĐ-CP", "Nghị định 12/2024/NĐ-CP", "Quy định về tiếp nhận hồ sơ", "Chính phủ", "Nguyễn Văn A",
            "2024-01-01", TODAY.isoformat(), "76/2015/QH13", "2016-01-01", "Điều 2 khoản 1",
        } <= set(said)  # fmt: skip
        row = system.ask(ROW_QUESTION, (), None)
        assert any("Mức 2026" in source.metadata for source in row.sources)


class AlteredDesk(HelpDesk):
    """Quotes with one character changed, or says it stands elsewhere, or cites what nobody holds."""

    change: Callable[[dict[str, object]], dict[str, object]]

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        as_of: date | None = None,
        on_step: OnStep | None = None,
        on_sentence: OnSentence | None = None,
    ) -> Answer:
        answer = super().ask(question, history, as_of, on_step, on_sentence)
        changed = [
            cited.model_copy(update=self.change(cited.model_dump(mode="json"))) for cited in answer.citations
        ]
        return answer.model_copy(update={"citations": changed})


def altered(desk: HelpDesk, change: Callable[[dict[str, object]], dict[str, object]]) -> HelpDesk:
    other = AlteredDesk(desk.corpus, open_current(desk.settings), desk.settings, today=lambda: TODAY)
    other.change = change
    return other


def sources_of(desk: HelpDesk) -> Iterator[Asked]:
    yield DeskHere(desk).ask(QUESTION, (), None)
    with running(desk, Settings()) as url:
        system = DeskOverHttp(url, today=TODAY)
        yield system.ask(QUESTION, (), None)
        system.close()


def test_an_altered_quote_is_seen_by_the_stored_text(desk: HelpDesk) -> None:
    other = altered(desk, lambda cited: {"quote": str(cited["quote"]).replace("mười hai", "mười ba")})
    for asked in sources_of(other):
        stored, quote = asked.sources[0].stored, asked.reply.citations[0].quote
        assert stored and "mười hai" in stored and "mười ba" in quote and quote not in stored


def test_a_right_quote_with_a_wrong_span_is_found_where_it_stands(desk: HelpDesk) -> None:
    for span in ((0, 5), (0, 10_000_000), (-7, 3)):
        for asked in sources_of(altered(desk, lambda cited, span=span: {"span": span})):  # type: ignore[misc]
            assert asked.sources[0].stored == asked.reply.citations[0].quote


@pytest.mark.parametrize(
    "change",
    [
        lambda cited: {"url": str(cited["url"]).replace("revision=", "revision=0123")},
        lambda cited: {"url": "/documents/x?revision=khong-co"},
    ],
)
def test_a_revision_that_is_not_held_has_no_stored_text(
    desk: HelpDesk, change: Callable[[dict[str, object]], dict[str, object]]
) -> None:
    for asked in sources_of(altered(desk, change)):
        assert asked.sources[0].stored is None and not asked.error
        assert "12/2024/NĐ-CP" in asked.sources[0].metadata


def test_a_document_that_is_not_held_has_neither_text_nor_metadata(desk: HelpDesk) -> None:
    def elsewhere(cited: dict[str, object]) -> dict[str, object]:
        return {"document": desk.ask(QUESTION).citations[0].document.model_copy(update={"id": "bịa/đặt"})}

    for asked in sources_of(altered(desk, elsewhere)):
        assert asked.sources[0].stored is None and asked.sources[0].metadata == () and not asked.error


def test_the_revision_that_was_cited_is_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("kho")
    with desk_over(folder, (header(), DECREE)) as desk:
        cited = desk.ask(QUESTION).citations[0]
        with Corpus.open(desk.settings.dsn) as corpus:
            # the file is replaced by one that says something else
            changed = DECREE.replace("mười hai ngày", "mười lăm ngày")
            first = corpus.document(cited.document.id).files[0]
            hold_again(corpus, header(), changed, first.root, first.path)
            publish(corpus, desk.settings, None)
        old = altered(desk, lambda now: {"quote": cited.quote, "span": cited.span, "url": cited.url})
        new = DeskHere(desk).ask(QUESTION, (), None)
        assert "mười lăm ngày" in str(new.sources[0].stored)
        for asked in sources_of(old):
            assert asked.sources[0].stored == cited.quote and "mười hai ngày" in cited.quote


def hold_again(corpus: Corpus, header: Document, text: str, root: str, file: str) -> None:
    """Replace the file of a held document."""
    data = text.encode()
    reading = read_bytes(data, "van-ban.txt")
    source = Source("test:new", hashlib.sha256(data).hexdigest(), "text/plain")
    corpus.add(
        header, reading.text, parse(reading), source, data, root=root, file=file, size=len(data), mtime_ns=1
    )


def test_reading_the_sources_is_not_counted_as_time_of_the_answer(desk: HelpDesk) -> None:
    def play(heard: Heard) -> Played:
        slow = 0.4 if heard.path.endswith(("/text", "/d1")) else 0.0
        return Played(RIGHT(heard).body, after_s=slow)

    with playing(play) as (url, _):
        started = time.perf_counter()
        asked = DeskOverHttp(url).ask("hỏi", (), None)
        assert (time.perf_counter() - started) * 1000 - asked.ms > 800


def test_a_text_is_fetched_once_for_all_questions() -> None:
    with playing(RIGHT) as (url, heard):
        system = DeskOverHttp(url)
        for _ in range(3):
            assert system.ask("hỏi", (), None).sources[0].stored == "ba ngày"
        paths = [one.path for one in heard if one.method == "GET"]
        assert paths.count("/v1/documents/d1/text") == paths.count("/v1/documents/d1") == 1
        assert paths.count("/v1/documents/d1/provisions/dieu-1") == 1


# A deployment that is busy, broken or strange

ANSWER = {
    "status": "answered",
    "text": "Thời hạn là ba ngày.",
    "as_of": "2026-11-22",
    "mood": "sunny",  # a newer deployment says more
    "citations": [
        {
            "document": {"id": "d1", "number": "12/2024/NĐ-CP", "colour": "red"},
            "path": "dieu-1",
            "provision": "Điều 1",
            "quote": "ba ngày",
            "span": [12, 19],
            "url": "/documents/d1?revision=abc123",
            "stars": 5,
        }
    ],
}


def RIGHT(heard: Heard) -> Played:
    """A deployment of one document."""
    path = heard.path.removeprefix("/tro-ly")
    bodies: dict[str, object] = {
        "/v1/documents": {"total": 1, "items": []},
        "/v1/ask": ANSWER,
        "/v1/documents/d1/text": {"text": "Thời hạn là ba ngày.", "font": "serif"},
        "/v1/documents/d1": {
            "number": "12/2024/NĐ-CP",
            "mood": 1,
            "relations_of": [{"number": "1/2020/NĐ-CP"}],
        },
        "/v1/documents/d1/provisions/dieu-1": {"label": "Điều 1", "columns": []},
        "/health/ready": {"status": "ok"},
    }
    return Played(bodies[path]) if path in bodies else Played({"error": {"message": "không có"}}, 404)


def asking(play: Play) -> Play:
    """The deployment of one document, which answers questions as `play` does."""
    return lambda heard: play(heard) if heard.path.endswith("/v1/ask") else RIGHT(heard)


def asked_of(play: Play, **options: object) -> tuple[Asked, list[Heard], list[float]]:
    """One question to a played deployment; also what was asked for it, and the waits."""
    waits: list[float] = []
    with playing(asking(play)) as (url, heard):
        system = DeskOverHttp(url, sleep=waits.append, **options)  # type: ignore[arg-type]
        asked = system.ask("hỏi", (), None)
        system.close()
    return asked, [one for one in heard if one.path.endswith("/v1/ask")], waits


def test_unknown_fields_are_passed_over() -> None:
    asked, _, _ = asked_of(RIGHT)
    assert asked.reply.status == "answered" and asked.reply.citations[0].quote == "ba ngày"
    assert asked.sources[0].stored == "ba ngày" and "1/2020/NĐ-CP" in asked.sources[0].metadata


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_deployment_is_asked_again_after_the_seconds_it_names(status: int) -> None:
    busy = Played(status=status, headers={"Retry-After": "7"})
    asked, posts, waits = asked_of(in_turn(busy, busy, Played(ANSWER)))
    assert asked.reply.status == "answered" and len(posts) == 3 and waits == [7, 7]


def test_retry_after_as_a_day_is_counted_by_the_clock_of_the_server() -> None:
    now = datetime(2031, 5, 1, 12, 0, 0, tzinfo=UTC)
    headers = {"Retry-After": format_datetime(now + timedelta(seconds=9), usegmt=True)}
    busy = Played(status=429, headers=headers)
    # http.server sends its own Date: today; the other clock is years ahead, which is cut to a minute
    assert asked_of(in_turn(busy, Played(ANSWER)))[2] == [60]

    def in_half_a_minute(heard: Heard) -> Played:
        soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
        return Played(status=503, headers={"Retry-After": soon})

    waits = asked_of(in_half_a_minute)[2]
    assert waits and all(25 <= wait <= 31 for wait in waits)


@pytest.mark.parametrize("said", ["", "soon", "-5", "1e9", "Mon, 99 Foo 2026"])
def test_without_a_usable_retry_after_the_pauses_grow(said: str) -> None:
    busy = Played(status=429, headers={"Retry-After": said} if said else {})
    asked, posts, waits = asked_of(in_turn(busy))
    assert len(posts) == 6 and waits == [1, 2, 4, 8, 16]
    assert asked.reply.status == "error" and "429" in asked.error and asked.sources == ()


def test_nobody_is_waited_for_longer_than_a_minute() -> None:
    busy = Played(status=503, headers={"Retry-After": "86400"})
    assert asked_of(in_turn(busy, Played(ANSWER)))[2] == [60]


def test_time_spent_waiting_is_not_time_of_the_answer() -> None:
    busy = Played(status=429, headers={"Retry-After": "1"}, after_s=0.5)
    started = time.perf_counter()
    asked, posts, _ = asked_of(in_turn(busy, Played(ANSWER)))
    assert len(posts) == 2 and 0 < asked.ms < (time.perf_counter() - started) * 1000 - 500


def test_a_connection_that_breaks_is_tried_twice_more() -> None:
    cut = Played(hangs_up=True)
    asked, posts, _ = asked_of(in_turn(cut, cut, Played(ANSWER)))
    assert asked.reply.status == "answered" and len(posts) == 3
    asked, posts, _ = asked_of(in_turn(cut))
    assert asked.reply.status == "error" and "không trả lời" in asked.error and len(posts) == 3


@pytest.mark.parametrize(
    ("played", "why"),
    [
        (Played(b"<html>"), "không đúng dạng"),
        (Played(b'{"status": "answered", '), "không đúng dạng"),
        (Played({"status": "answered"}), "trường text"),
        (Played({"status": "answered", "text": "a", "citations": [{"quote": 1}]}), "citations.0"),
        (Played([1, 2]), "không đúng dạng"),
        (Played({"error": {"message": "Câu hỏi quá dài."}}, 422), "HTTP 422: Câu hỏi quá dài."),
        (Played(b"oops", 500), "HTTP 500"),
        (Played(status=302, headers={"Location": "http://127.0.0.1:1/"}), "HTTP 302"),
        (Played(ANSWER, after_s=120), "quá thời gian chờ"),
    ],
)
def test_one_bad_answer_is_an_error_and_the_next_question_is_asked(played: Played, why: str) -> None:
    with playing(asking(in_turn(Played(ANSWER), played, Played(ANSWER)))) as (url, _):
        system = DeskOverHttp(url, timeout_s=5 if played.after_s else 60, sleep=lambda _: None)
        first, bad, last = (system.ask("hỏi", ("trước",), None) for _ in range(3))
        assert (bad.reply.status, bad.reply.text, bad.history) == ("error", "", ("trước",))
        assert why in bad.error
        assert first.reply == last.reply and last.reply.status == "answered"


def test_an_answer_of_status_error_is_kept_as_it_was_said() -> None:
    failed = {"status": "error", "text": "Hệ thống gặp lỗi.", "citations": []}
    asked, posts, _ = asked_of(in_turn(Played(failed, 500)))
    assert (asked.reply.status, asked.reply.text) == ("error", "Hệ thống gặp lỗi.")
    assert asked.error and len(posts) == 1


def test_an_answer_whose_sources_cannot_be_read_is_an_error_and_no_misquote() -> None:
    def play(heard: Heard) -> Played:
        return Played(b"oops", 500) if heard.path.endswith("/text") else RIGHT(heard)

    with playing(play) as (url, _):
        asked = DeskOverHttp(url).ask("hỏi", (), None)
    assert asked.reply.status == "error" and "đối chiếu" in asked.error and "HTTP 500" in asked.error


def test_half_a_character_in_a_question_stops_nothing(url: str, desk: HelpDesk) -> None:
    system = DeskOverHttp(url)
    assert "HTTP 422" in system.ask("nửa \ud83d", (), None).error
    system.close()


# Before the first question


def test_the_key_is_sent_as_bearer_and_a_path_in_front_is_kept() -> None:
    for tail in ("", "/"):
        with playing(RIGHT) as (url, heard):
            system = DeskOverHttp(f"{url}/tro-ly{tail}", api_key="mat-khau")
            assert system.ask("hỏi", (), None).sources[0].stored == "ba ngày"
            assert {one.headers.get("Authorization") for one in heard} == {"Bearer mat-khau"}
            assert all(one.path.startswith("/tro-ly/") for one in heard)
            system.close()


def test_without_a_key_nothing_is_authorised_and_the_environment_is_not_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    asked, posts, _ = asked_of(RIGHT)
    assert asked.reply.status == "answered" and "Authorization" not in posts[0].headers


def test_a_question_names_its_day_only_where_there_is_one() -> None:
    assert asked_of(RIGHT)[1][0].json == {"question": "hỏi", "history": []}
    assert asked_of(RIGHT, today=TODAY)[1][0].json["as_of"] == "2026-11-22"


def test_a_deployment_that_cannot_be_reached_is_a_problem_with_its_address() -> None:
    with own_port() as port:
        url = f"http://127.0.0.1:{port}"
        with pytest.raises(EvalProblem, match=rf"{url} không trả lời.*cchc serve"):
            DeskOverHttp(url, sleep=lambda _: None)


@pytest.mark.parametrize("url", ["", "localhost:8000", "ftp://x", "http://", "http://x:99999", "kho/văn bản"])
def test_what_is_no_address_is_said(url: str) -> None:
    with pytest.raises(EvalProblem, match="không phải địa chỉ web"):
        DeskOverHttp(url)


def test_a_key_that_cannot_be_sent_is_said() -> None:
    with pytest.raises(EvalProblem, match="ký tự không dùng được"):
        DeskOverHttp("http://127.0.0.1:9", api_key="khóa ệ")


def test_a_password_in_the_address_is_not_shown() -> None:
    with playing(RIGHT) as (url, _):
        system = DeskOverHttp(url.replace("//", "//an:mat-khau@"))
        assert system.describe()["url"] == url
    with pytest.raises(EvalProblem) as problem:
        DeskOverHttp(url.replace("//", "//an:mat-khau@"), sleep=lambda _: None)
    assert "mat-khau" not in str(problem.value)


@pytest.mark.parametrize(
    ("path", "played", "why"),
    [
        ("/v1/documents", Played(status=401), "khóa"),
        ("/v1/documents", Played(status=403), "khóa"),
        ("/v1/documents", Played(b"<html>welcome</html>"), "không thấy trợ lý CCHC"),
        ("/v1/documents", Played(status=404), "HTTP 404"),
        ("/v1/documents", Played(status=301, headers={"Location": "https://moi.vn/"}), "https://moi.vn/"),
        (
            "/health/ready",
            Played({"error": {"message": "Chạy cchc index."}}, 503),
            "chưa trả lời.*Chạy cchc index",
        ),
        ("/openapi.json", Played({"paths": {"/v1/ask": {}, "/v1/documents/{id}": {}}}), "bản cũ"),
    ],
)
def test_a_deployment_that_cannot_be_measured_is_a_problem(path: str, played: Played, why: str) -> None:
    with (
        playing(lambda heard: played if heard.path == path else RIGHT(heard)) as (url, _),
        pytest.raises(EvalProblem, match=why),
    ):
        DeskOverHttp(url)


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_refused_at_the_first_question_stops_the_run_and_later_only_the_question(status: int) -> None:
    with pytest.raises(EvalProblem, match="khóa"):
        asked_of(in_turn(Played(status=status)))
    with playing(asking(in_turn(Played(ANSWER), Played(status=status)))) as (url, _):
        system = DeskOverHttp(url)
        assert system.ask("hỏi", (), None).reply.status == "answered"
        assert f"HTTP {status}" in system.ask("<script>", (), None).error


def test_a_desk_here_that_cannot_answer_is_a_problem(desk: HelpDesk, tmp_path: object) -> None:
    class Unready(HelpDesk):
        def problem(self) -> str | None:
            return "Chạy `cchc index`."

    with pytest.raises(EvalProblem, match="cchc index"):
        DeskHere(Unready(desk.corpus, open_current(desk.settings), desk.settings))


def test_both_ways_describe_what_was_measured(desk: HelpDesk, over_http: DeskOverHttp, url: str) -> None:
    here = DeskHere(desk).describe()
    assert (here["documents"], here["embedder"]) == (1, "off")
    assert here["generation"] == open_current(desk.settings).generation
    assert over_http.describe() == {"url": url, "documents": 1, "version": "1"}


def test_metadata_names_who_changed_the_document_later(tmp_path: Path) -> None:
    text = "Điều 1. Kiểm kê\n\nKho sách được kiểm kê mười hai ngày một lần.\n"
    repeal = Relation(RelationKind.REPEALS, "12/2020/NĐ-CP", 0, 5, date(2024, 3, 1), False)
    later = decree("5/2024/NĐ-CP", "Về kho tranh", relations=(repeal,))
    earlier = decree("12/2020/NĐ-CP", "Về kho sách", year=2020)
    with desk_over(tmp_path, (earlier, text), (later, "Điều 1. Phạm vi\n\nVề kho tranh.\n")) as desk:
        asked = DeskHere(desk).ask("Kho sách được kiểm kê mấy ngày một lần?", (), None)
        with running(desk, desk.settings) as url:
            over = DeskOverHttp(url).ask("Kho sách được kiểm kê mấy ngày một lần?", (), None)
    for source in (asked.sources[0], over.sources[0]):
        assert {"5/2024/NĐ-CP", "2024-03-01"} <= set(source.metadata)
    assert asked.sources == over.sources
