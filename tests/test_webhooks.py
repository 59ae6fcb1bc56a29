"""The webhooks that are not configured, and the page of a kept answer."""

from collections.abc import Iterator

import httpx
import pytest
from bs4 import BeautifulSoup
from pydantic import SecretStr
from web_server import KeywordDesk, running, small_corpus

from bot.people.store import People
from settings import Settings


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, People, KeywordDesk]]:
    folder = tmp_path_factory.mktemp("people")
    # a token without a secret polls: its webhook stays off
    settings = Settings(data_dir=folder, telegram_token=SecretStr("1:x"), telegram_url="http://127.0.0.1:9")
    with small_corpus(tmp_path_factory.mktemp("corpus")) as corpus, People.open(settings) as people:
        desk = KeywordDesk(corpus)
        with running(desk, settings, people) as url, httpx.Client(base_url=url, timeout=60) as http:
            yield http, people, desk


@pytest.mark.parametrize("name", ["telegram", "zalo-oa", "zalo-bot", "khac", "telegram/x"])
def test_a_channel_that_is_not_configured_is_not_found(
    kept: tuple[httpx.Client, People, KeywordDesk], name: str
) -> None:
    reply = kept[0].post(f"/webhooks/{name}", json={})
    assert reply.status_code == 404
    assert reply.json()["error"]["code"] == "not_found"


def test_a_kept_answer_is_shown_in_full_with_its_sources_and_escaped(
    kept: tuple[httpx.Client, People, KeywordDesk],
) -> None:
    http, people, desk = kept
    question = "Hồ sơ phải thẩm tra tại hiện trường <script>alert(1)</script> chứa img?"
    answer = desk.ask(question)
    id = people.remember(people.asker("zalo-oa", "an"), "", question, answer)
    reply = http.get(f"/a/{id}")
    assert reply.status_code == 200
    assert reply.headers["X-Robots-Tag"] == "noindex"
    page = BeautifulSoup(reply.text, "lxml")
    heading = page.select_one("h1")
    assert heading is not None and heading.get_text() == question
    text = page.get_text()
    for words in (answer.notice, answer.citations[0].quote, *answer.text.split("\n\n")):
        assert words in text
    assert [one["href"] for one in page.select(".sources a")] == [one.url for one in answer.citations]
    assert not page.select("main script, main img")


@pytest.mark.parametrize("id", ["khong-co", "x" * 33, "%00", "<b>"])
def test_an_answer_that_is_not_kept_is_not_found(
    kept: tuple[httpx.Client, People, KeywordDesk], id: str
) -> None:
    reply = kept[0].get(f"/a/{id}", headers={"Accept": "text/html"})
    assert reply.status_code in (404, 422)
    assert "Traceback" not in reply.text


def test_an_answer_is_gone_when_its_asker_is_forgotten(
    kept: tuple[httpx.Client, People, KeywordDesk],
) -> None:
    http, people, desk = kept
    asker = people.asker("zalo-oa", "binh")
    id = people.remember(asker, "", "Thời hạn trả kết quả?", desk.ask("Thời hạn trả kết quả?"))
    assert http.get(f"/a/{id}").status_code == 200
    people.forget(asker)
    assert http.get(f"/a/{id}").status_code == 404
