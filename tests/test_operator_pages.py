"""The operator's page of questions: behind its key, safe to show what strangers typed, closed with a note."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from held_people import answer, people_in, refusal
from web_server import KeywordDesk, running, small_corpus

from bot.people.store import People
from corpus.store import Corpus
from settings import Settings

KEY = "mật-khẩu-vận-hành-2026"
PAGE = "/operator/questions"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    with small_corpus(tmp_path_factory.mktemp("corpus")) as opened:
        yield opened


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    with people_in(tmp_path) as opened:
        asker = opened.asker("telegram", "1")
        opened.remember(asker, "", "<script>alert('hỏi')</script> phí bao nhiêu?", refusal())
        opened.remember(asker, "", '=HYPERLINK("http://x")', refusal())
        opened.feedback(opened.remember(asker, "", "Thời hạn?", answer()), False, "<b>sai</b>")
        yield opened


@pytest.fixture
def http(corpus: Corpus, people: People) -> Iterator[httpx.Client]:
    settings = Settings.model_validate({"operator_key": KEY})
    with running(KeywordDesk(corpus), settings, people) as url:
        auth = httpx.BasicAuth("bất kỳ", KEY)
        with httpx.Client(base_url=url, timeout=60, auth=auth, headers={"Accept": "text/html"}) as client:
            yield client


def test_without_a_key_in_the_settings_there_is_no_such_page(corpus: Corpus, people: People) -> None:
    with running(KeywordDesk(corpus), Settings(), people) as url:
        for path in (PAGE, f"{PAGE}.csv"):
            assert httpx.get(url + path, auth=("x", ""), timeout=60).status_code == 404
        assert httpx.post(f"{url}{PAGE}/1/close", auth=("x", ""), timeout=60).status_code == 404


@pytest.mark.parametrize("key", [None, "", "sai", KEY + " ", KEY.upper()])
def test_without_the_right_key_nothing_is_shown_or_closed(
    http: httpx.Client, people: People, key: str | None
) -> None:
    auth = None if key is None else httpx.BasicAuth("x", key)
    with httpx.Client(base_url=http.base_url, timeout=60, auth=auth) as stranger:
        for reply in (stranger.get(PAGE), stranger.get(f"{PAGE}.csv"), stranger.post(f"{PAGE}/1/close")):
            assert reply.status_code == 401
            assert reply.headers["www-authenticate"].startswith("Basic ")
            assert "phí" not in reply.text
    assert all(one.is_open for one in people.questions())


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic /w==", "Bearer " + KEY])
def test_a_header_that_is_no_password_is_refused(http: httpx.Client, header: str) -> None:
    reply = httpx.get(f"{http.base_url}{PAGE}", headers={"Authorization": header.encode()}, timeout=60)
    assert reply.status_code == 401


def test_the_page_lists_what_waits_and_escapes_it(http: httpx.Client) -> None:
    page = http.get(PAGE)
    assert page.status_code == 200 and page.headers["cache-control"] == "no-store"
    assert "&lt;script&gt;alert(&#39;hỏi&#39;)&lt;/script&gt; phí bao nhiêu?" in page.text
    assert "&lt;b&gt;sai&lt;/b&gt;" in page.text and "<b>sai" not in page.text
    assert "Có 3 câu hỏi" in page.text and "1 lần bị cho là chưa đúng" in page.text
    assert answer().text in page.text


def test_a_question_is_closed_with_a_note_and_leaves_the_list(http: httpx.Client, people: People) -> None:
    one = next(one for one in people.questions() if "phí" in one.question)
    reply = http.post(f"{PAGE}/{one.id}/close", data={"note": "Đã trả lời <i>qua điện thoại</i> 0912345678"})
    assert (reply.status_code, reply.headers["location"]) == (303, PAGE)
    assert f"{PAGE}/{one.id}/close" not in http.get(PAGE).text
    everything = http.get(PAGE, params={"all": "true"}).text
    assert "Đã trả lời &lt;i&gt;qua điện thoại&lt;/i&gt; [số điện thoại]" in everything
    assert http.post(f"{PAGE}/{10**30}/close").status_code == 422
    assert http.post(f"{PAGE}/12345/close").status_code == 404


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://noi-khac.vn"}, {"Origin": "null"}]
)
def test_a_form_of_another_site_closes_nothing(
    http: httpx.Client, people: People, headers: dict[str, str]
) -> None:
    one = people.questions()[0]
    assert http.post(f"{PAGE}/{one.id}/close", headers=headers).status_code == 403
    assert all(one.is_open for one in people.questions())


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "own"}])
def test_our_own_form_does(http: httpx.Client, people: People, headers: dict[str, str]) -> None:
    own = {
        name: str(http.base_url).rstrip("/") if value == "own" else value for name, value in headers.items()
    }
    one = people.questions()[0]
    assert http.post(f"{PAGE}/{one.id}/close", headers=own).status_code == 303


def test_the_file_opens_in_a_spreadsheet_without_computing_anything(http: httpx.Client) -> None:
    reply = http.get(f"{PAGE}.csv")
    assert reply.content.startswith("\ufeffMã,Câu hỏi,".encode())
    assert "cau-hoi.csv" in reply.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(reply.content.decode("utf-8-sig"))))
    assert {row[1] for row in rows[1:]} >= {'\'=HYPERLINK("http://x")', "Thời hạn?"}
    assert len(rows) == 4 and all(len(row) == len(rows[0]) for row in rows)


def test_the_pages_are_not_part_of_the_public_description(http: httpx.Client) -> None:
    assert PAGE not in http.get("/openapi.json").text
