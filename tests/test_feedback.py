"""What the web keeps of its askers: an id on every answer, feedback, forgetting, and nothing without a wish."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from held_people import bytes_of, people_in
from sqlalchemy import create_engine, text
from standins.server import until
from web_server import KeywordDesk, running, small_corpus

from bot.people.store import People
from settings import Settings

KNOWN = "Thời hạn trả kết quả là bao lâu?"
UNKNOWN = "Giá vàng Sài Gòn?"


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    with people_in(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def http(tmp_path: Path, people: People) -> Iterator[httpx.Client]:
    with (
        small_corpus(tmp_path / "corpus") as corpus,
        running(KeywordDesk(corpus), Settings(), people) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        yield client


def session() -> dict[str, str]:
    return {"X-CCHC-Session": str(uuid.uuid4())}


def test_an_answer_has_an_id_under_which_it_is_kept(http: httpx.Client, people: People) -> None:
    said = http.post("/v1/ask", json={"question": KNOWN}).json()
    kept = people.kept(said["id"])
    assert kept is not None
    assert (kept.question, kept.channel, kept.answer.text) == (KNOWN, "web", said["text"])


def test_a_streamed_answer_has_one_too(http: httpx.Client, people: People) -> None:
    reply = http.post("/v1/ask", json={"question": KNOWN}, headers={"Accept": "text/event-stream"})
    (line,) = [
        line for line in reply.text.splitlines() if line.startswith("data: {") and '"composer"' in line
    ]
    assert people.kept(line.split('"id":"', 1)[1].split('"', 1)[0]) is not None


def test_a_refused_question_is_kept_masked_with_what_it_followed(http: httpx.Client, people: People) -> None:
    asked = {"question": f"{UNKNOWN} Gọi 0912345678", "history": ["Nghị định 61 còn hiệu lực không?"]}
    http.post("/v1/ask", json=asked)
    (one,) = people.questions(open_only=True)
    assert (one.question, one.after) == (f"{UNKNOWN} Gọi [số điện thoại]", (asked["history"][0],))


def test_feedback_reaches_the_answer_and_a_wrong_one_a_person(http: httpx.Client, people: People) -> None:
    id = http.post("/v1/ask", json={"question": KNOWN}).json()["id"]
    reply = http.post("/v1/feedback", json={"id": id, "right": False, "why": "Gọi a@b.vn"})
    assert (reply.status_code, reply.content) == (204, b"")
    (one,) = people.questions()
    assert (one.question, one.reasons) == (KNOWN, ("Gọi [thư điện tử]",))
    assert http.post("/v1/feedback", json={"id": id, "right": True}).status_code == 204
    assert people.questions() == []


def test_feedback_on_what_is_not_kept_is_404_in_words(http: httpx.Client) -> None:
    reply = http.post("/v1/feedback", json={"id": "khong-co", "right": True})
    assert reply.status_code == 404 and "không ghi nhận được" in reply.json()["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [{}, {"id": "x"}, {"id": "", "right": True}, {"id": "x", "right": True, "why": "y" * 1001}, {"id": "a/b", "right": 1}],
)  # fmt: skip
def test_broken_feedback_is_refused(http: httpx.Client, body: dict[str, object]) -> None:
    assert http.post("/v1/feedback", json=body).status_code == 422


def test_characters_that_nothing_stores_break_nothing(http: httpx.Client, people: People) -> None:
    id = http.post("/v1/ask", json={"question": KNOWN}).json()["id"]
    for why, status in (("\\ud800 sai", 422), ("sai \\u0000", 204)):
        body = f'{{"id": "{id}", "right": false, "why": "{why}"}}'
        reply = http.post("/v1/feedback", content=body, headers={"Content-Type": "application/json"})
        assert reply.status_code == status
    assert people.questions()[0].reasons == ("sai ",)


def test_a_session_is_forgotten_on_its_wish_and_no_other(http: httpx.Client, people: People) -> None:
    mine, other = session(), session()
    ids = [http.post("/v1/ask", json={"question": UNKNOWN}, headers=mine).json()["id"] for _ in range(2)]
    his = http.post("/v1/ask", json={"question": UNKNOWN}, headers=other).json()["id"]
    reply = http.post("/v1/forget", headers=mine)
    assert (reply.status_code, reply.json()) == (200, {"turns": 2})
    assert [people.kept(id) for id in ids] == [None, None] and people.kept(his) is not None
    assert http.post("/v1/forget", headers=mine).json() == {"turns": 0}


def test_a_session_is_stored_as_a_hash(http: httpx.Client, people: People, tmp_path: Path) -> None:
    mine = session()
    http.post("/v1/ask", json={"question": KNOWN}, headers=mine)
    assert mine["X-CCHC-Session"].encode() not in bytes_of(tmp_path / "data")
    talk = people.conversation(people.asker("web", mine["X-CCHC-Session"]))
    assert talk.history == (KNOWN,)


@pytest.mark.parametrize("word", ["ngắn".encode(), b"short", b"a b c d e f g h i j k l m n o p", b"x" * 101])
def test_a_session_that_could_be_guessed_or_is_no_word_is_refused(http: httpx.Client, word: bytes) -> None:
    headers = {b"X-CCHC-Session": word}
    assert http.post("/v1/ask", json={"question": KNOWN}, headers=headers).status_code == 422
    assert http.post("/v1/forget", headers=headers).status_code == 422


def test_forgetting_without_a_session_is_refused(http: httpx.Client) -> None:
    assert http.post("/v1/forget").status_code == 422


def test_no_cookie_is_set(http: httpx.Client) -> None:
    for reply in (http.get("/"), http.post("/v1/ask", json={"question": KNOWN}, headers=session())):
        assert "set-cookie" not in reply.headers


def test_an_asker_is_answered_though_nothing_can_be_kept(http: httpx.Client, tmp_path: Path) -> None:
    with create_engine(f"sqlite:///{tmp_path / 'data' / 'people.db'}").begin() as connection:
        connection.execute(text("DROP TABLE turns"))
    reply = http.post("/v1/ask", json={"question": KNOWN})
    assert reply.status_code == 200
    assert reply.json()["id"] == "" and reply.json()["citations"]


def test_what_is_too_old_goes_while_the_server_runs(tmp_path: Path) -> None:
    """The server purges when it starts, and then every hour."""
    from datetime import UTC, datetime, timedelta

    from held_people import Clock, answer

    clock = Clock(datetime.now(UTC) - timedelta(days=100))
    with people_in(tmp_path / "data", clock) as people, small_corpus(tmp_path / "corpus") as corpus:
        id = people.remember(people.asker("web", ""), "", "cũ", answer())
        clock.turn(days=100)
        with running(KeywordDesk(corpus), Settings(), people):
            until(lambda: people.kept(id) is None)
