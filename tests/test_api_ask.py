"""POST /v1/ask on a real server: JSON, events, limits and what happens when the asker leaves."""

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from urllib.parse import urlsplit

import httpx
import pytest
from standins.server import until
from web_server import KeywordDesk, running, small_corpus

from api.admission import FIRST_GUESS_S, WAIT_MAX_S
from api.app import WORKERS
from bot.answer import Answer
from settings import Settings

QUESTION = "Thời hạn trả kết quả là bao lâu?"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeywordDesk]:
    with small_corpus(tmp_path_factory.mktemp("corpus")) as corpus:
        yield KeywordDesk(corpus)


@pytest.fixture(scope="module")
def server(desk: KeywordDesk) -> Iterator[str]:
    with running(desk, Settings()) as url:
        yield url


@pytest.fixture
def http(server: str, desk: KeywordDesk) -> Iterator[httpx.Client]:
    desk.trouble, desk.crash, desk.held = None, False, None
    for kept in (desk.asked, desk.finished, desk.left):
        kept.clear()
    with httpx.Client(base_url=server, timeout=60) as client:
        yield client


def events(response: httpx.Response) -> list[tuple[str, dict[str, object]]]:
    found = []
    for block in response.text.replace("\r\n", "\n").strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


def test_answers_as_json_with_a_citation_that_resolves(http: httpx.Client) -> None:
    reply = http.post("/v1/ask", json={"question": QUESTION})
    assert reply.status_code == 200
    answer = Answer.model_validate_json(reply.content)
    (cited,) = answer.citations
    assert cited.path == "dieu-2.khoan-2" and cited.quote in answer.text
    page = http.get(cited.url)
    assert page.status_code == 200 and f"<mark>{cited.quote}</mark>" in page.text


def test_history_and_day_reach_the_desk(http: httpx.Client, desk: KeywordDesk) -> None:
    body = {"question": QUESTION, "history": ["một", "hai"], "as_of": "2019-05-01"}
    answer = http.post("/v1/ask", json=body).json()
    assert desk.asked == [(QUESTION, ("một", "hai"), date(2019, 5, 1))]
    assert answer["citations"][0]["document"]["validity"]["status"] == "in_force"


def test_streams_steps_then_paragraphs_then_the_whole_answer(http: httpx.Client) -> None:
    reply = http.post("/v1/ask", json={"question": QUESTION}, headers={"Accept": "text/event-stream"})
    assert reply.status_code == 200 and reply.headers["content-type"].startswith("text/event-stream")
    seen = events(reply)
    kinds = [kind for kind, _ in seen]
    assert kinds == ["step"] * 3 + ["text"] * 2 + ["answer"]
    assert seen[0][1] == {"step": "normalise", "ms": 1.5}
    answer = Answer.model_validate(seen[-1][1])
    assert "\n\n".join(str(data["text"]) for kind, data in seen if kind == "text") == answer.text


def test_steps_are_sent_while_the_desk_works(http: httpx.Client, desk: KeywordDesk) -> None:
    desk.held = go_on = threading.Event()
    headers = {"Accept": "text/event-stream"}
    with http.stream("POST", "/v1/ask", json={"question": QUESTION}, headers=headers) as reply:
        lines = reply.iter_lines()
        first = next(line for line in lines if line.startswith("data"))
        assert "normalise" in first and not desk.finished
        go_on.set()
        assert any(line == "event: answer" for line in lines)


@pytest.mark.parametrize("question", ["", "x" * 2001, "zzz qqq"])
def test_refusals_are_answers_with_status_200(http: httpx.Client, question: str) -> None:
    reply = http.post("/v1/ask", json={"question": question})
    assert reply.status_code == 200
    assert reply.json()["status"] in ("clarify", "no_evidence")


def test_a_failed_answer_is_a_500_in_the_shape_of_an_answer(http: httpx.Client, desk: KeywordDesk) -> None:
    desk.crash = True
    reply = http.post("/v1/ask", json={"question": QUESTION})
    assert reply.status_code == 500
    assert Answer.model_validate_json(reply.content).status == "error"


def test_a_desk_that_cannot_answer_is_a_503_that_says_why(http: httpx.Client, desk: KeywordDesk) -> None:
    desk.trouble = "Chưa có chỉ mục. Hãy chạy: cchc ingest"
    for accept in ("application/json", "text/event-stream"):
        reply = http.post("/v1/ask", json={"question": QUESTION}, headers={"Accept": accept})
        assert reply.status_code == 503 and int(reply.headers["retry-after"]) > 0
        assert reply.json() == {"error": {"code": "not_ready", "message": desk.trouble}}
    assert not desk.asked
    assert http.get("/health/ready").status_code == 503
    assert http.get("/health/live").json() == {"status": "ok"}
    desk.trouble = None
    assert http.get("/health/ready").json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "không phải JSON"),
        (b"[]", "đối tượng JSON"),
        (b'"x"', "đối tượng JSON"),
        (b"{}", "Thiếu trường “question”"),
        (b'{"question": 5}', "“question”"),
        (b'{"question": "a", "model": "x"}', "Không nhận trường “model”"),
        (b'{"question": "a", "as_of": "hom nay"}', "NĂM-THÁNG-NGÀY"),
        (json.dumps({"question": "a", "history": ["x"] * 51}).encode(), "quá 50"),
        (b'{"question": "\\ud800"}', "“question”"),
    ],
)
def test_a_malformed_question_is_a_422_in_vietnamese(
    http: httpx.Client, desk: KeywordDesk, body: bytes, says: str
) -> None:
    reply = http.post("/v1/ask", content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 422, reply.text
    assert reply.json()["error"]["code"] == "invalid"
    assert says in reply.json()["error"]["message"]
    assert not desk.asked


def test_json_nested_without_end_is_refused(http: httpx.Client) -> None:
    reply = http.post("/v1/ask", content=b"[" * 60_000, headers={"Content-Type": "application/json"})
    assert reply.status_code in (400, 422) and "message" in reply.json()["error"]


def test_a_question_that_is_not_declared_as_json_is_refused(http: httpx.Client) -> None:
    reply = http.post("/v1/ask", content=b'{"question": "a"}', headers={"Content-Type": "text/plain"})
    assert reply.status_code == 422 and "application/json" in reply.json()["error"]["message"]


def test_a_body_over_64_kb_is_a_413_announced_or_not(http: httpx.Client, desk: KeywordDesk) -> None:
    body = json.dumps({"question": "x" * 70_000}).encode()
    for content in (body, iter([body[:30_000], body[30_000:60_000], body[60_000:]])):
        reply = http.post("/v1/ask", content=content, headers={"Content-Type": "application/json"})
        assert reply.status_code == 413
        assert reply.json()["error"]["code"] == "too_large"
    assert not desk.asked


def test_who_leaves_a_stream_stops_the_work(http: httpx.Client, desk: KeywordDesk) -> None:
    desk.held = threading.Event()
    headers = {"Accept": "text/event-stream"}
    with http.stream("POST", "/v1/ask", json={"question": QUESTION}, headers=headers) as reply:
        next(reply.iter_lines())
    until(lambda: desk.left == [QUESTION])
    assert not desk.finished


def test_who_hangs_up_stops_the_work(server: str, http: httpx.Client, desk: KeywordDesk) -> None:
    desk.held = threading.Event()
    with socket.create_connection((urlsplit(server).hostname, urlsplit(server).port), 60) as connection:
        body = json.dumps({"question": QUESTION}).encode()
        head = f"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        connection.sendall(head.encode() + b"\r\n\r\n" + body)
        until(lambda: bool(desk.asked))
    until(lambda: desk.left == [QUESTION])
    assert not desk.finished


def test_a_slow_answer_holds_up_no_other_page(http: httpx.Client, desk: KeywordDesk) -> None:
    desk.held = go_on = threading.Event()
    with ThreadPoolExecutor(WORKERS) as pool:
        waiting = [pool.submit(http.post, "/v1/ask", json={"question": QUESTION}) for _ in range(WORKERS)]
        until(lambda: len(desk.asked) == WORKERS)
        assert http.get("/health/live").status_code == http.get("/documents").status_code == 200
        assert not desk.finished
        go_on.set()
        assert all(one.result().status_code == 200 for one in waiting)


def test_who_comes_when_the_wait_is_too_long_is_told_so_at_once(
    desk: KeywordDesk, http: httpx.Client
) -> None:
    let_in = int(WAIT_MAX_S * WORKERS / FIRST_GUESS_S)  # and a few more: those at work do not wait
    desk.held = go_on = threading.Event()
    with (
        running(desk, Settings()) as url,
        httpx.Client(base_url=url, timeout=60, limits=httpx.Limits(max_connections=60)) as crowd,
        ThreadPoolExecutor(60) as pool,
    ):
        asked = [pool.submit(crowd.post, "/v1/ask", json={"question": QUESTION}) for _ in range(60)]
        until(lambda: sum(one.done() for one in asked) >= 60 - let_in - 2 * WORKERS)
        refused = [one.result() for one in asked if one.done()]  # while nobody is answered yet
        go_on.set()
        answered = [one for one in (one.result() for one in asked) if one.status_code == 200]
        assert crowd.post("/v1/ask", json={"question": QUESTION}).status_code == 200
    assert {one.status_code for one in refused} == {503}
    assert all(5 <= int(one.headers["retry-after"]) < 60 for one in refused)
    assert len(answered) >= let_in
