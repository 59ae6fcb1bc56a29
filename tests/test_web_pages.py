"""The pages as the server sends them: headers, escaping, documents complete and linked."""

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import httpx
import pytest
from bs4 import BeautifulSoup, Tag
from web_server import PLAN, KeywordDesk, add, running, small_corpus

import api
from corpus.store import Corpus
from settings import Settings

STATIC = Path(api.__file__).parent / "static"
HOSTILE = """---
so_hieu: "99/QĐ-<img src=x onerror=alert(1)>"
trich_yeu: "<script>alert(1)</script> </title><img src=x onerror=alert(2)>"
co_quan_ban_hanh: "<b onclick=alert(3)>Bộ Nội vụ</b>"
ngay_ban_hanh: "2024-01-01"
---

Điều 1. <script>alert(4)</script>

1. "><img src=x onerror=alert(5)>

| <i>STT</i> | <script>alert(6)</script> |
|---|---|
| 1 | <img src=x onerror=alert(7)> |
"""


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with small_corpus(tmp_path_factory.mktemp("corpus")) as corpus:
        add(corpus, "<script>alert(8)</script>.md", HOSTILE)
        settings = Settings(contact="Phòng <script>alert(9)</script>")
        with running(KeywordDesk(corpus), settings) as url:
            headers = {"Accept": "text/html"}
            with httpx.Client(base_url=url, timeout=60, headers=headers) as client:
                yield client


@pytest.fixture(scope="module")
def urls(http: httpx.Client) -> dict[str, str]:
    return {item["number"]: item["url"] for item in http.get("/v1/documents").json()["items"]}


def soup(http: httpx.Client, url: str) -> BeautifulSoup:
    reply = http.get(url)
    assert reply.status_code == 200, reply.text
    return BeautifulSoup(reply.text, "lxml")


def element(page: BeautifulSoup, selector: str) -> Tag:
    found = page.select_one(selector)
    assert found is not None, selector
    return found


@pytest.mark.parametrize(
    "url", ["/", "/documents", "/documents/nope", "/static/chat.js", "/v1/documents", "/nope"]
)
def test_every_response_carries_the_security_headers(http: httpx.Client, url: str) -> None:
    headers = http.get(url).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'self'" in policy and "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-cache"


def test_pages_hold_no_script_or_style_of_their_own_and_load_nothing_from_elsewhere(
    http: httpx.Client, urls: dict[str, str]
) -> None:
    for url in ("/", "/documents", *urls.values(), "/nope"):
        page = BeautifulSoup(http.get(url).text, "lxml")
        assert all(script.get("src") and not script.get_text() for script in page.find_all("script")), url
        assert not page.find_all("style") and not page.select("[style]")
        handlers = [name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]
        assert not handlers, url
        loaded = [tag.get("src") or tag.get("href") for tag in page.select("script, link, img")]
        assert loaded and all(str(source).startswith("/static/") for source in loaded), url


def test_data_enters_the_page_scripts_as_text_only() -> None:
    for script in STATIC.glob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script.read_text()
        )


def test_hostile_documents_stay_text_on_every_page(http: httpx.Client) -> None:
    (hostile,) = [one["url"] for one in http.get("/v1/documents?text=script").json()["items"]]
    for url in (
        hostile,
        hostile + "?panel=1",
        "/documents",
        "/documents?text=script&within=clauses",
        "/documents?text=%3Cscript%3Ealert(1)%3C/script%3E",
        "/",
    ):
        reply = http.get(url)
        assert reply.status_code == 200
        assert not re.search(
            r"<(script|img|b|i)\b(?! (src|type)=\"/?(static|module))[^>]*alert", reply.text
        ), url
        assert "<script>alert" not in reply.text and "<img src=x" not in reply.text
    assert "<script>alert(4)</script>" in unescape(http.get(hostile).text)


def test_chat_page_is_titled_says_a_machine_answers_and_offers_four_questions(http: httpx.Client) -> None:
    page = soup(http, "/")
    assert element(page, "title").get_text() == "Hỏi đáp cải cách hành chính"
    assert element(page, "html")["lang"] == "vi"
    assert "tự động" in element(page, ".machine").get_text()
    assert len(page.select(".example")) == 4
    assert element(page, "#log")["aria-live"] == "polite"


def test_document_page_shows_every_provision_as_an_element_of_its_own(
    http: httpx.Client, urls: dict[str, str]
) -> None:
    page = soup(http, urls["61/2018/NĐ-CP"])
    ids = [str(tag["id"]) for tag in page.select(".fulltext [id]")]
    assert ids == [
        "chuong-I",
        "dieu-1",
        "dieu-2",
        "dieu-2.khoan-1",
        "dieu-2.khoan-2",
        "dieu-2.khoan-2.diem-a",
        "dieu-2.khoan-2.diem-b",
        "chuong-II",
        "dieu-3",
    ]
    assert "Căn cứ Luật Tổ chức Chính phủ" in element(page, ".fulltext").get_text()
    links = [str(link["href"]) for link in page.select(".outline a")]
    assert links == ["#chuong-I", "#dieu-1", "#dieu-2", "#chuong-II", "#dieu-3"]


def test_document_page_says_who_ended_it_and_links_there(http: httpx.Client, urls: dict[str, str]) -> None:
    page = soup(http, urls["61/2018/NĐ-CP"] + "?on=2026-01-01")
    banner = element(page, ".validity")
    assert "Hết hiệu lực toàn bộ" in banner.get_text() and "01/01/2026" in banner.get_text()
    link = element(page, ".validity a")
    assert link.get_text() == "118/2025/NĐ-CP" and urls["118/2025/NĐ-CP"] in str(link["href"])
    assert (
        "Còn hiệu lực"
        in element(soup(http, urls["61/2018/NĐ-CP"] + "?on=2019-01-01"), ".validity").get_text()
    )


def test_document_page_of_a_corrected_document_says_who_corrected_it(tmp_path: Path) -> None:
    with small_corpus(tmp_path) as corpus:
        corrected = corpus.documents(on=date(2026, 1, 1))[0].id
        corpus.correct(corrected, {"status": "suspended"}, by="Trần Thị Kho")
        with (
            running(KeywordDesk(corpus), Settings()) as url,
            httpx.Client(base_url=url, timeout=60) as client,
        ):
            said = element(soup(client, f"/documents/{corrected}"), ".validity-words").get_text()
    assert "Ngưng hiệu lực" in said and "Theo đính chính của Trần Thị Kho" in said
    assert "Theo ngày ghi trong chính văn bản" not in said


def test_quoted_span_is_marked_and_nothing_else(http: httpx.Client, urls: dict[str, str]) -> None:
    plain = soup(http, urls["61/2018/NĐ-CP"])
    assert not plain.select("mark")
    text = http.get(f"/v1{urls['61/2018/NĐ-CP']}/provisions/dieu-2.khoan-1").json()
    start, end = text["span"][0] + 3, text["span"][0] + 20
    marked = soup(http, f"{urls['61/2018/NĐ-CP']}?span={start}-{end}")
    assert [mark.get_text() for mark in marked.select("mark")] == [text["text"][3:20]]
    assert element(marked, "#dieu-2\\.khoan-1 mark")


@pytest.mark.parametrize("span", ["9-1", "0-999999999", "5-5"])
def test_a_span_outside_the_text_breaks_nothing(http: httpx.Client, urls: dict[str, str], span: str) -> None:
    page = soup(http, f"{urls['118/2025/NĐ-CP']}?span={span}")
    assert "trung tâm phục vụ hành chính công" in element(page, ".fulltext").get_text()


@pytest.mark.parametrize("query", ["span=a-b", "revision=xyz", "on=hom-nay"])
def test_a_broken_link_is_a_readable_page(http: httpx.Client, urls: dict[str, str], query: str) -> None:
    reply = http.get(f"{urls['118/2025/NĐ-CP']}?{query}")
    assert reply.status_code == 422
    assert query.split("=")[0] in BeautifulSoup(reply.text, "lxml").get_text()
    assert "Traceback" not in reply.text


def test_tables_are_tables_and_a_summary_says_that_it_is_one(
    http: httpx.Client, urls: dict[str, str]
) -> None:
    page = soup(http, urls["905/QĐ-BNV"])
    heads = [head.get_text() for head in page.select("table th")]
    assert heads == ["STT", "Nhiệm vụ", "Cơ quan chủ trì"]
    row = element(page, "#phu-luc-I\\.dong-2")
    assert [cell.get_text() for cell in row.select("td")] == [
        "2",
        "Vận hành kênh hỏi đáp tự động",
        "Trung tâm Thông tin",
    ]
    assert "bản tóm lược của Ban biên tập thử nghiệm" in page.get_text()


def test_the_list_filters_and_keeps_what_was_asked(http: httpx.Client) -> None:
    page = soup(http, "/documents?text=mot+cua&kind=Nghị+định&issuer=&year=2018&status=expired")
    assert [name.get_text() for name in page.select(".card-name")] == ["Nghị định 61/2018/NĐ-CP"]
    assert element(page, "#text")["value"] == "mot cua"
    assert element(page, "#kind option[selected]")["value"] == "Nghị định"
    assert element(page, "#year option[selected]")["value"] == "2018"
    assert element(page, "#status option[selected]")["value"] == "expired"
    assert "Không có văn bản nào khớp" in soup(http, "/documents?text=zzzzz").get_text()


def test_clauses_are_found_by_their_words_and_filters(http: httpx.Client) -> None:
    page = soup(http, "/documents?text=hồ+sơ+hiện+trường&within=clauses")
    assert [name.get_text() for name in page.select(".card-name")] == ["Điều 2 · Nghị định 61/2018/NĐ-CP"]
    link = str(element(page, ".card-name a")["href"])
    assert link.endswith("#dieu-2") and "revision=" in link
    assert "hiện trường" in [mark.get_text() for mark in page.select(".excerpt mark")]
    narrowed = soup(http, "/documents?text=hồ+sơ+hiện+trường&within=clauses&year=2025")
    assert not narrowed.select(".excerpt") or "chứa một số từ" in narrowed.get_text()


def test_clauses_with_only_some_of_the_words_are_said_to_be_that(http: httpx.Client) -> None:
    page = soup(http, "/documents?text=hồ+sơ+vũ+trụ&within=clauses")
    assert page.select(".excerpt") and "Không có điều khoản nào chứa đủ các từ này" in page.get_text()


def test_a_desk_without_an_index_says_so_on_the_search_page(tmp_path: Path) -> None:
    with small_corpus(tmp_path) as corpus:
        desk = KeywordDesk(corpus)
        desk.trouble = "Chưa có chỉ mục. Hãy chạy: cchc ingest"
        with running(desk, Settings()) as url, httpx.Client(base_url=url, timeout=60) as client:
            assert "Hãy chạy: cchc ingest" in soup(client, "/documents?text=hồ&within=clauses").get_text()


def test_the_six_contents_are_a_filter_and_a_badge(http: httpx.Client) -> None:
    page = soup(http, "/documents?content=thu-tuc")
    assert len(page.select(".card")) == 2
    assert {one.get_text() for one in page.select(".badge.content")} == {"Cải cách thủ tục hành chính"}
    assert len(page.select("#content option")) == 8
    only = http.get("/v1/documents?content=cong-vu").json()
    assert [one["number"] for one in only["items"]] == ["905/QĐ-BNV"] and only["total"] == 1
    assert only["items"][0]["content"] == "cong-vu"


def test_each_filter_in_force_has_a_link_that_takes_it_away(http: httpx.Client) -> None:
    page = soup(http, "/documents?kind=Nghị+định&year=2018&content=thu-tuc")
    links = {link.get_text(" ", strip=True): str(link["href"]) for link in page.select(".chosen a")}
    assert len(links) == 4 and "/documents" in links.values()
    without_year = next(href for words, href in links.items() if "năm 2018" in words)
    assert "year" not in without_year and "thu-tuc" in without_year and "kind=" in without_year


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("/documents?text=zzzz", "trong nội dung điều khoản"),
        ("/documents?text=zzzz&year=2018", "bỏ tất cả"),
        ("/documents?text=zzzz&within=clauses", "tìm theo số hiệu, trích yếu"),
        ("/documents?offset=500", "Về trang đầu"),
    ],
)
def test_an_empty_list_says_what_to_do(http: httpx.Client, url: str, advice: str) -> None:
    assert advice in element(soup(http, url), ".empty").get_text()


def test_an_empty_corpus_says_how_documents_get_there(tmp_path: Path) -> None:
    with (
        Corpus.open(f"sqlite:///{tmp_path / 'corpus.db'}") as corpus,
        running(KeywordDesk(corpus), Settings()) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        assert "cchc ingest" in element(soup(client, "/documents"), ".empty").get_text()


def test_pages_of_a_long_list_are_turned_with_the_filters_kept(tmp_path: Path) -> None:
    with small_corpus(tmp_path) as corpus:
        for number in range(25):
            add(
                corpus,
                f"{number}.md",
                PLAN.replace("905/QĐ-BNV", f"{number}/QĐ-BNV").replace("2022-11", "2024-11"),
            )
        with (
            running(KeywordDesk(corpus), Settings()) as url,
            httpx.Client(base_url=url, timeout=60) as client,
        ):
            first = soup(client, "/documents?year=2024")
            following = str(element(first, "a[rel=next]")["href"])
            second = soup(client, following)
    assert len(first.select(".card")) == 20 and len(second.select(".card")) == 5
    assert "year=2024" in following and second.select("a[rel=prev]") and not second.select("a[rel=next]")


def test_beside_the_conversation_a_document_comes_without_the_frame_of_the_site(
    http: httpx.Client, urls: dict[str, str]
) -> None:
    page = soup(http, urls["61/2018/NĐ-CP"] + "?panel=1")
    assert not page.select(".masthead, .foot, .crumbs") and page.select("main h1")
    assert element(page, ".validity-day input[name=panel]")["value"] == "1"


def test_the_validity_banner_quotes_the_sentence_it_rests_on(
    http: httpx.Client, urls: dict[str, str]
) -> None:
    page = soup(http, urls["61/2018/NĐ-CP"] + "?on=2019-01-01")
    assert (
        "có hiệu lực thi hành từ ngày 21 tháng 6 năm 2018" in element(page, ".validity blockquote").get_text()
    )


def test_a_missing_page_is_a_vietnamese_page(http: httpx.Client) -> None:
    reply = http.get("/documents/nope")
    assert reply.status_code == 404
    assert "Không có văn bản này trong kho" in reply.text
