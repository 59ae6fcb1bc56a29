"""The pages in a real browser: asking, citations, keyboard, errors, small screens and accessibility."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from web_server import KeywordDesk, running, small_corpus

from settings import Settings

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
QUESTION = "Thời hạn trả kết quả là bao lâu?"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("needs Chromium (Debian package chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeywordDesk]:
    with small_corpus(tmp_path_factory.mktemp("corpus")) as corpus:
        yield KeywordDesk(corpus)


@pytest.fixture(scope="module")
def server(desk: KeywordDesk) -> Iterator[str]:
    with running(desk, Settings(contact="Vụ Cải cách hành chính")) as url:
        yield url


@pytest.fixture(params=[(1280, 900), (320, 640)], ids=["desktop", "narrow"])
def page(request: pytest.FixtureRequest, browser: Browser, server: str, desk: KeywordDesk) -> Iterator[Page]:
    desk.trouble, desk.crash, desk.step_s = None, False, 0.0
    desk.asked.clear()
    width, height = request.param
    context = browser.new_context(
        base_url=server, viewport={"width": width, "height": height}, locale="vi-VN"
    )
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    broken: list[str] = []
    opened.on("pageerror", lambda error: broken.append(str(error)))
    yield opened
    context.close()
    assert not broken


def ask(page: Page, question: str) -> None:
    page.get_by_label("Câu hỏi của bạn").fill(question)
    page.keyboard.press("Enter")


def document_url(page: Page, number: str) -> str:
    items = page.request.get("/v1/documents").json()["items"]
    return str(next(item["url"] for item in items if item["number"] == number))


def test_from_question_to_the_highlighted_clause(page: Page) -> None:
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".turn-asked")).to_contain_text(QUESTION)
    cited = page.locator(".citation")
    expect(cited).to_contain_text("Nghị định 61/2018/NĐ-CP · Điều 2 khoản 2")
    expect(cited.locator(".badge")).to_have_text("Hết hiệu lực toàn bộ")
    expect(cited.locator("blockquote")).to_contain_text("ba ngày làm việc")
    page.locator(".answer-text .footnote").click()
    expect(page).to_have_url(re.compile("#turn-1-note-1$"))
    with page.context.expect_page() as opening:
        cited.get_by_role("link").click()
    document = opening.value
    clause = document.locator("#dieu-2\\.khoan-2")
    expect(clause).to_be_in_viewport()
    assert clause.evaluate("element => element.matches(':target')")
    expect(document.locator("mark")).to_have_text(re.compile("^2. Thời hạn trả kết quả.*sau:$"))
    document.close()


def test_the_answer_is_shown_while_it_streams(page: Page, desk: KeywordDesk) -> None:
    desk.step_s = 0.4
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".progress")).to_be_visible()
    expect(page.get_by_role("button", name="Dừng")).to_be_visible()
    expect(page.locator(".turn-answer[aria-busy=true]")).to_be_visible()
    expect(page.locator(".citation")).to_be_visible()
    expect(page.locator(".turn-answer[aria-busy]")).to_have_count(0)
    expect(page.get_by_role("button", name="Gửi")).to_be_visible()


def test_stopping_leaves_the_question_ready_to_be_asked_again(page: Page, desk: KeywordDesk) -> None:
    desk.step_s = 0.5
    page.goto("/")
    ask(page, QUESTION)
    page.get_by_role("button", name="Dừng").click()
    expect(page.locator(".turn-answer")).to_contain_text("Đã dừng theo yêu cầu")
    desk.step_s = 0.0
    page.get_by_role("button", name="Hỏi lại câu này").click()
    expect(page.locator(".citation")).to_be_visible()


def test_earlier_questions_and_the_day_go_with_the_next_one(page: Page, desk: KeywordDesk) -> None:
    page.goto("/")
    page.get_by_label("Theo hiệu lực tại ngày").fill("2019-03-01")
    ask(page, QUESTION)
    expect(page.locator(".citation .badge")).to_have_text("Còn hiệu lực")
    page.get_by_role("button", name="Còn trường hợp thẩm tra tại hiện trường thì sao?").click()
    expect(page.locator(".citation")).to_have_count(2)
    assert desk.asked[-1][1] == (QUESTION,)
    assert str(desk.asked[-1][2]) == "2019-03-01"


def test_a_long_conversation_never_grows_too_large_to_send(page: Page, desk: KeywordDesk) -> None:
    page.goto("/")
    for turn in range(1, 17):
        ask(page, f"câu {turn}: " + "ệộậ " * 470)  # 4.7 KB each, 75 KB in all
        expect(page.locator(".answer-foot")).to_have_count(turn)
    sent = desk.asked[-1][1]
    assert len(sent) > 3 and sum(len(turn.encode()) for turn in sent) < 40_000
    assert sent[-1].startswith("câu 15:")


def test_shift_enter_starts_a_line_and_enter_sends(page: Page, desk: KeywordDesk) -> None:
    page.goto("/")
    page.get_by_label("Câu hỏi của bạn").focus()
    page.keyboard.type("Thời hạn")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("trả kết quả?")
    assert not desk.asked
    page.keyboard.press("Enter")
    expect(page.locator(".citation")).to_be_visible()
    assert desk.asked[-1][0] == "Thời hạn\ntrả kết quả?"


def test_an_example_question_is_asked_by_keyboard(page: Page, desk: KeywordDesk) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Tới nội dung chính")).to_be_focused()
    example = page.locator(".example").first
    words = example.inner_text()
    example.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".answer-foot")).to_be_visible()
    assert desk.asked[-1][0] == words


def test_a_refusal_offers_the_nearest_documents_and_the_contact(page: Page) -> None:
    page.goto("/")
    ask(page, "zzz qqq")
    expect(page.locator(".turn-answer")).to_contain_text("Chưa tìm thấy căn cứ")
    expect(page.locator(".nearest a").first).to_have_attribute("href", re.compile("^/documents/"))
    expect(page.locator(".contact")).to_have_text("Liên hệ: Vụ Cải cách hành chính")


def test_hostile_questions_and_documents_stay_text(page: Page) -> None:
    page.goto("/")
    hostile = "zz <script>document.title='hacked'</script><img src=x onerror=\"document.title='hacked'\">"
    ask(page, hostile)
    expect(page.locator(".answer-foot")).to_have_count(1)
    expect(page.locator(".turn-asked p")).to_have_text(hostile)
    ask(page, "hồ sơ chứa document title hacked onerror")
    expect(page.locator(".answer-foot")).to_have_count(2)
    expect(page.locator("blockquote").last).to_contain_text("<script>document.title='hacked'</script>")
    expect(page).to_have_title("Hỏi đáp cải cách hành chính")
    assert page.locator(".log script, .log img").count() == 0
    page.goto(document_url(page, "61/2018/NĐ-CP"))
    expect(page.locator(".fulltext")).to_contain_text("<img src=x onerror=")
    expect(page).to_have_title(re.compile("^Nghị định 61/2018/NĐ-CP"))


def test_a_desk_that_is_not_ready_says_so_in_the_chat(page: Page, desk: KeywordDesk) -> None:
    desk.trouble = "Chưa có chỉ mục. Hãy chạy: cchc ingest"
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".turn-answer")).to_contain_text("Chưa có chỉ mục")
    expect(page.get_by_role("button", name="Hỏi lại câu này")).to_be_visible()


def test_being_offline_is_said_in_the_chat(page: Page) -> None:
    page.goto("/")
    page.context.set_offline(True)
    ask(page, QUESTION)
    expect(page.locator(".turn-answer")).to_contain_text("mất kết nối mạng")


def test_asking_too_fast_says_how_long_to_wait(browser: Browser, tmp_path: Path) -> None:
    with (
        small_corpus(tmp_path) as corpus,
        running(KeywordDesk(corpus), Settings(rate_limit_per_minute=1)) as url,
    ):
        context = browser.new_context(base_url=url)
        page = context.new_page()
        page.goto("/")
        ask(page, QUESTION)
        expect(page.locator(".citation")).to_be_visible()
        ask(page, QUESTION)
        expect(page.locator(".turn-answer").last).to_contain_text(re.compile(r"thử lại sau \d+ giây"))
        context.close()


def test_a_failed_answer_is_shown_as_one(page: Page, desk: KeywordDesk) -> None:
    desk.crash = True
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".turn-answer")).to_contain_text("Lỗi hệ thống")


def test_copying_a_citation_names_the_clause_and_its_address(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(document_url(page, "61/2018/NĐ-CP") + "#dieu-2.khoan-1")
    page.get_by_role("button", name="Sao chép trích dẫn").click()
    expect(page.locator("#copied")).to_contain_text("Đã sao chép")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Điều 2 khoản 1, Nghị định 61/2018/NĐ-CP ngày 23/04/2018 của Chính phủ")
    assert copied.endswith("#dieu-2.khoan-1)")


def test_nothing_is_wider_than_the_screen(page: Page) -> None:
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".citation")).to_be_visible()
    paths = ["/documents", document_url(page, "905/QĐ-BNV"), document_url(page, "61/2018/NĐ-CP"), "/nope"]
    for path in [None, *paths]:
        if path:
            page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)

    def check(where: str) -> None:
        found = Axe().run(page).response["violations"]
        serious = [one for one in found if one["impact"] in ("serious", "critical")]
        assert not serious, (where, [(one["id"], [node["html"] for node in one["nodes"]]) for one in serious])

    page.goto("/")
    check("/")
    ask(page, QUESTION)
    expect(page.locator(".citation")).to_be_visible()
    check("an answer")
    ask(page, "zzz qqq")
    expect(page.locator(".nearest")).to_be_visible()
    check("a refusal")
    cited = page.locator(".citation-head a").first.get_attribute("href")
    for path in ("/documents", document_url(page, "905/QĐ-BNV"), cited, "/nope"):
        page.goto(str(path))
        check(str(path))
