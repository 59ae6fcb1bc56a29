"""The event stream of a desk with a language model: checked sentences go out while it still speaks."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from chat_server import Said, Script, chatting, sentences
from played_server import Heard
from small_desk import decree, desk_of, desk_over
from test_api_ask import events
from web_server import running

from bot.answer import Answer
from settings import Settings

TEXT = """Điều 1. Kiểm kê kho dự trữ

1. Kho dự trữ được kiểm kê 02 lần mỗi năm.

2. Biên bản kiểm kê kho dự trữ được lưu 10 năm.
"""
QUESTION = {"question": "Kho dự trữ được kiểm kê mấy lần mỗi năm?"}
TRUE = "Kho dự trữ được kiểm kê 02 lần mỗi năm."
LIE = "Kho dự trữ được kiểm kê 12 lần mỗi năm."
AS_EVENTS = {"Accept": "text/event-stream"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kho")
    with desk_over(folder, (decree("12/2024/NĐ-CP", "Về kiểm kê kho dự trữ"), TEXT)):
        return folder


@contextmanager
def server(folder: Path, said: Script | Said, **more: object) -> Iterator[tuple[httpx.Client, list[Heard]]]:
    with chatting(said) as (url, heard):
        named = {"llm_url": url, "llm_model": "m", "llm_deadline_s": 120, **more}
        settings = Settings(data_dir=folder, embedder="off", **named)  # type: ignore[arg-type]
        desk = desk_of(settings)
        with running(desk, settings) as base, httpx.Client(base_url=base, timeout=60) as http:
            yield http, heard
        desk.close()


def test_checked_sentences_are_events_and_the_text_and_answer_that_follow_hold(folder: Path) -> None:
    with server(folder, Said(sentences((LIE, [1]), (TRUE, [1])))) as (http, _):
        seen = events(http.post("/v1/ask", json=QUESTION, headers=AS_EVENTS))
    assert [data["text"] for kind, data in seen if kind == "sentence"] == [f"{TRUE} [1]"]
    kinds = [kind for kind, _ in seen if kind != "step"]
    assert kinds[0] == "sentence" and kinds[-1] == "answer" and set(kinds[1:-1]) == {"text"}
    answer = Answer.model_validate(seen[-1][1])
    assert answer.composer == "llm"
    assert "\n\n".join(str(data["text"]) for kind, data in seen if kind == "text") == answer.text


def test_a_sentence_goes_out_while_the_model_still_speaks(folder: Path) -> None:
    more = "Biên bản kiểm kê kho dự trữ được lưu 10 năm."
    last_word = threading.Event()
    with (
        server(folder, Said(sentences((TRUE, [1]), (more, [1])), held=last_word)) as (http, _),
        http.stream("POST", "/v1/ask", json=QUESTION, headers=AS_EVENTS) as reply,
    ):
        came: list[str] = []
        for line in reply.iter_lines():
            if line == "event: sentence":  # it is here though the model is not at its end
                last_word.set()
            came.append(line)
    assert last_word.is_set() and "event: answer" in came
    assert '"composer":"llm"' in "".join(came)


def test_where_the_model_breaks_off_the_stream_ends_with_the_quotes(folder: Path) -> None:
    said = Said(sentences((TRUE, [1]), (TRUE, [1])), cut_after=18)
    with server(folder, said) as (http, _):
        seen = events(http.post("/v1/ask", json=QUESTION, headers=AS_EVENTS))
        plain = http.post("/v1/ask", json=QUESTION).json()
    assert ("sentence", {"text": f"{TRUE} [1]"}) in seen  # a preview, true as it was
    kind, answer = seen[-1]
    assert (kind, answer["composer"], plain["composer"]) == ("answer", "llm_failed", "llm_failed")
    assert answer["text"] == plain["text"] and "[1]" not in str(answer["text"])


def test_without_a_model_the_stream_has_no_sentences(folder: Path) -> None:
    settings = Settings(data_dir=folder, embedder="off")
    desk = desk_of(settings)
    with running(desk, settings) as base:
        seen = events(httpx.post(f"{base}/v1/ask", json=QUESTION, headers=AS_EVENTS, timeout=60))
    desk.close()
    assert {kind for kind, _ in seen} == {"step", "text", "answer"}
    assert seen[-1][1]["composer"] == "extractive"


def test_a_slow_model_holds_up_no_other_question(folder: Path) -> None:
    together = threading.Barrier(6)

    def once_all_six_ask(heard: Heard) -> Said:
        together.wait(60)
        return Said(sentences((TRUE, [1])))

    with server(folder, once_all_six_ask) as (http, _), ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda _: http.post("/v1/ask", json=QUESTION).json(), range(6)))
    assert {reply["composer"] for reply in replies} == {"llm"}


def test_the_key_is_in_no_answer_and_in_no_page(folder: Path) -> None:
    with server(folder, Said(status=401), llm_key="khoa-bi-mat") as (http, heard):
        bodies = [
            http.post("/v1/ask", json=QUESTION).text,
            http.get("/openapi.json").text,
            http.get("/").text,
        ]
    assert heard and "khoa-bi-mat" not in "".join(bodies)


def test_the_description_of_the_stream_names_the_event(folder: Path) -> None:
    with server(folder, Said()) as (http, _):
        ask = json.loads(http.get("/openapi.json").text)["paths"]["/v1/ask"]["post"]
    assert "`sentence`" in ask["description"]
    assert "event: sentence" in ask["responses"]["200"]["content"]["text/event-stream"]["example"]
