"""The widget in a real browser, on a page of another site: asking, keyboard, small screens, hostile pages and answers."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import PATIENCE_MS, ask, chromium, serious_findings
from own_minute import within_a_minute
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect
from web_server import KeywordDesk, running, small_corpus
from widget_host import another_site

from api.desk import OnSentence, OnStep
from bot.answer import Answer, Composer, Status
from settings import Settings

pytestmark = pytest.mark.browser

QUESTION = "Thời hạn trả kết quả là bao lâu?"
MARKUP = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"


class WidgetDesk(KeywordDesk):
    """The small desk, which also asks back and gives markup for text where it is asked to."""

    def ask(
        self,
        question: str,
        history: tuple[str, ...] = (),  # type: ignore[override]
        as_of: object = None,
        on_step: OnStep | None = None,
        on_sentence: OnSentence | None = None,
    ) -> Answer:
        answer = super().ask(question, history, as_of, on_step, on_sentence)  # type: ignore[arg-type]
        more: dict[str, object] = {}
        if question == "văn bản nào":
            text = "Anh/chị muốn hỏi văn bản nào?\n\n- Nghị định 61/2018/NĐ-CP\n\n- Quyết định 905/QĐ-BNV"
            more = {"status": Status.CLARIFY, "text": text, "citations": (), "suggestions": ()}
        if question == "nhiều dấu":
            cited = answer.model_copy(update={"text": f"{MARKUP} [1] [9]"})
            more = {"text": cited.text, "suggestions": [MARKUP], "notice": MARKUP}
        if question == "mô hình":
            more = {"text": "Thời hạn là ba ngày làm việc. [1]", "composer": Composer.LLM}
        return Answer.model_validate(answer.model_dump() | more)

    def _search(self, question: str) -> tuple[str, str] | None:
        return super()._search(QUESTION if question in ("nhiều dấu", "mô hình") else question)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WidgetDesk, str, str]]:
    """The desk, its address and the address of the site that embeds it."""
    with small_corpus(tmp_path_factory.mktemp("corpus")) as corpus, another_site() as (site, handler):
        desk = WidgetDesk(corpus)
        with running(desk, Settings(widget_origins=(site,))) as url:
            handler.desk = url
            yield desk, url, site


@pytest.fixture
def desk(served: tuple[WidgetDesk, str, str]) -> WidgetDesk:
    served[0].trouble, served[0].crash, served[0].held = None, False, None
    served[0].asked.clear()
    return served[0]


@pytest.fixture
def context(
    browser: Browser, served: tuple[WidgetDesk, str, str], desk: WidgetDesk
) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=served[2], viewport={"width": 1024, "height": 768}, locale="vi-VN")
    made.set_default_timeout(PATIENCE_MS)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    opened = context.new_page()
    broken: list[str] = []
    opened.on("pageerror", lambda error: broken.append(str(error)))
    opened.on("console", lambda said: broken.append(said.text) if "Content Security" in said.text else None)
    yield opened
    assert not broken


def sent_to(page: Page, path: str, served: tuple[WidgetDesk, str, str], status: int = 200) -> list[Request]:
    """What is sent to that path from now on; the server answers, or the test with another `status`."""
    requests: list[Request] = []

    def answer(route: Route) -> None:
        requests.append(route.request)
        if status == 200:
            route.continue_()
            return
        route.fulfill(status=status, headers={"Access-Control-Allow-Origin": served[2]}, body="{}")

    page.route(f"**{path}", answer)
    return requests


def open_widget(page: Page, path: str = "/") -> None:
    page.goto(path)
    page.get_by_role("button", name="Hỏi đáp CCHC").click()


def focused(page: Page) -> str:
    """Id or tag of what has the focus, in the widget's shadow root where it is there."""
    return str(
        page.evaluate(
            "(() => { let at = document.activeElement; while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;"
            " return at.getAttribute('aria-label') || at.id || at.className || at.tagName; })()"
        )
    )


@pytest.mark.parametrize("path", ["/", "/hostile"])
def test_from_question_to_citation_to_feedback(
    page: Page, served: tuple[WidgetDesk, str, str], path: str
) -> None:
    rated = sent_to(page, "/v1/feedback", served)
    open_widget(page, path)
    ask(page, QUESTION)
    expect(page.locator(".asked")).to_contain_text(QUESTION)
    expect(page.locator(".sources li")).to_contain_text("Nghị định 61/2018/NĐ-CP · Điều 2 khoản 2")
    expect(page.locator(".sources .badge")).to_have_text("Hết hiệu lực toàn bộ")
    note = page.locator(".text .footnote")
    expect(note).to_have_accessible_name("Căn cứ 1: Nghị định 61/2018/NĐ-CP · Điều 2 khoản 2 (mở thẻ mới)")
    expect(note).to_have_attribute("rel", "noopener")
    with page.context.expect_page() as opening:
        note.click()
    assert opening.value.url.startswith(f"{served[1]}/documents/")
    expect(opening.value.locator("#dieu-2\\.khoan-2")).to_be_in_viewport()
    opening.value.close()
    page.get_by_role("button", name="Chưa đúng").click()
    page.get_by_label("Chưa đúng ở điểm nào?").fill("Thiếu trường hợp ngoại lệ")
    page.get_by_role("button", name="Gửi góp ý").click()
    expect(page.locator(".said")).to_have_text("Cảm ơn anh/chị đã góp ý.")
    sent = json.loads(rated[0].post_data or "")
    assert len(sent.pop("id")) == 16
    assert sent == {"right": False, "why": "Thiếu trường hợp ngoại lệ"}


def test_a_hostile_page_changes_neither_look_nor_words(page: Page, desk: WidgetDesk) -> None:
    looks = []
    for path in ("/", "/hostile"):
        open_widget(page, path)
        page.get_by_label("Câu hỏi của bạn").press_sequentially("Thời hạn ")
        ask(page, QUESTION)
        expect(page.locator(".sources li")).to_be_visible()
        ask(page, "Còn thẩm tra tại hiện trường thì sao?")
        expect(page.locator(".foot")).to_have_count(2)
        expect(page.locator(".answer[aria-busy]")).to_have_count(0)
        assert desk.asked[-1][1] == (QUESTION,)
        expect(page.locator("#question")).to_have_css("font-size", "16px")
        expect(page.locator("#question")).to_have_css("direction", "ltr")
        boxes = [page.locator(part).bounding_box() for part in ("dialog", "header", ".log")]
        looks.append((boxes, page.locator(".log").screenshot(), page.locator(".row").screenshot()))
    assert looks[0] == looks[1]
    # neither its fetch nor its keyboard shortcuts were called
    assert page.locator("html").get_attribute("data-stolen") is None


def test_the_answer_is_shown_while_it_streams_and_can_be_stopped(page: Page, desk: WidgetDesk) -> None:
    desk.held = threading.Event()
    open_widget(page)
    ask(page, QUESTION)
    expect(page.locator(".answer[aria-busy=true] .progress")).to_be_visible()
    page.get_by_role("button", name="Dừng").click()
    expect(page.locator(".answer")).to_contain_text("Đã dừng theo yêu cầu")
    desk.held = None
    page.get_by_role("button", name="Hỏi lại câu này").click()
    expect(page.locator(".sources")).to_be_visible()
    expect(page.locator(".answer[aria-busy]")).to_have_count(0)


def test_everything_is_done_by_keyboard(page: Page, desk: WidgetDesk) -> None:
    page.goto("/")
    for _ in range(3):  # the page's own link and button come first
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Hỏi đáp CCHC")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Hỏi đáp cải cách hành chính")).to_be_visible()
    assert focused(page) == "question"
    page.keyboard.type("Thời hạn trả")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("kết quả?")
    assert not desk.asked
    page.keyboard.press("Enter")
    expect(page.locator(".sources")).to_be_visible()
    assert desk.asked[-1][0] == "Thời hạn trả\nkết quả?"
    seen = []
    for _ in range(24):
        page.keyboard.press("Tab")
        seen.append(focused(page))
    assert not {"first", "own"} & set(seen), "focus left the dialog for the page behind it"
    round_trip = seen[seen.index("Xóa cuộc trò chuyện") :]
    order = [
        "Xóa cuộc trò chuyện",
        "Đóng",
        "Cuộc trò chuyện",
        "Căn cứ 1: Nghị định 61/2018/NĐ-CP · Điều 2 khoản 2 (mở thẻ mới)",
    ]
    assert round_trip[:4] == order
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Hỏi đáp CCHC")).to_be_focused()
    expect(page.locator("cchc-help-desk")).not_to_have_attribute("open", "")


def test_a_press_beside_the_panel_closes_it(page: Page) -> None:
    open_widget(page)
    page.mouse.click(20, 400)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_screen_readers_are_told_what_is_what(page: Page) -> None:
    open_widget(page)
    expect(page.get_by_role("dialog", name="Hỏi đáp cải cách hành chính")).to_be_visible()
    log = page.get_by_role("log", name="Cuộc trò chuyện")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(page.get_by_label("Câu hỏi của bạn")).to_have_accessible_description(
        re.compile("^Máy trả lời tự động")
    )
    ask(page, QUESTION)
    expect(log.get_by_role("heading", name="Trả lời")).to_be_attached()
    expect(page.locator(".text")).to_have_attribute("lang", "vi")


def test_nothing_but_text_comes_out_of_an_answer(page: Page) -> None:
    open_widget(page)
    ask(page, MARKUP)
    expect(page.locator(".foot")).to_have_count(1)
    expect(page.locator(".asked")).to_contain_text(MARKUP)
    ask(page, "nhiều dấu")
    expect(page.locator(".foot")).to_have_count(2)
    expect(page.locator(".text").last).to_contain_text(f"{MARKUP} [1]")
    expect(page.locator(".choice").last).to_have_text(MARKUP)
    assert page.locator(".log :is(img, script)").count() == 0
    expect(page).to_have_title("Cổng thông tin")


def test_a_number_in_the_words_of_a_model_becomes_the_footnote(page: Page) -> None:
    open_widget(page)
    ask(page, "mô hình")
    expect(page.locator(".text .footnote")).to_have_count(1)
    expect(page.locator(".text")).to_have_text(
        re.compile(r"^Thời hạn là ba ngày làm việc. \[1\] \(mở thẻ mới\)$")
    )


def test_choices_and_suggestions_are_asked_by_a_press(page: Page, desk: WidgetDesk) -> None:
    open_widget(page)
    ask(page, "văn bản nào")
    expect(page.locator(".verdict")).to_have_text("Cần hỏi rõ thêm")
    page.get_by_role("button", name="Quyết định 905/QĐ-BNV").click()
    expect(page.locator(".foot")).to_have_count(2)
    assert desk.asked[-1][0] == "văn bản nào (Quyết định 905/QĐ-BNV)"
    page.get_by_role("button", name="Còn trường hợp thẩm tra tại hiện trường thì sao?").click()
    expect(page.locator(".foot")).to_have_count(3)
    assert desk.asked[-1][0] == "Còn trường hợp thẩm tra tại hiện trường thì sao?"


def test_the_conversation_stays_with_the_page_until_it_is_erased(
    page: Page, served: tuple[WidgetDesk, str, str]
) -> None:
    forgotten = sent_to(page, "/v1/forget", served)
    asked: list[Request] = []
    page.on("request", lambda one: asked.append(one) if one.url.endswith("/v1/ask") else None)
    open_widget(page)
    ask(page, QUESTION)
    expect(page.locator(".foot")).to_be_visible()
    open_widget(page)
    expect(page.locator(".asked")).to_contain_text(QUESTION)
    expect(page.locator(".sources")).to_be_visible()
    open_widget(page, "/other")
    expect(page.locator(".welcome")).to_be_visible()
    open_widget(page)
    page.get_by_role("button", name="Xóa cuộc trò chuyện").click()
    expect(page.locator(".told")).to_have_text("Đã xóa cuộc trò chuyện.")
    expect(page.locator(".asked")).to_have_count(0)
    session = [one.headers["x-cchc-session"] for one in (asked[0], forgotten[0])]
    assert session[0] == session[1] and re.fullmatch("[0-9a-f]{32}", session[0])
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    assert not page.context.cookies()
    ask(page, QUESTION)
    expect(page.locator(".foot")).to_be_visible()
    assert asked[-1].headers["x-cchc-session"] != session[0]


def test_erasing_says_when_the_server_was_not_reached(
    page: Page, served: tuple[WidgetDesk, str, str]
) -> None:
    sent_to(page, "/v1/forget", served, status=503)
    open_widget(page)
    page.get_by_role("button", name="Xóa cuộc trò chuyện").click()
    expect(page.locator(".told")).to_contain_text("chưa báo được cho máy chủ")


def test_feedback_that_did_not_arrive_can_be_sent_again(
    page: Page, served: tuple[WidgetDesk, str, str]
) -> None:
    sent_to(page, "/v1/feedback", served, status=500)
    open_widget(page)
    ask(page, QUESTION)
    page.get_by_role("button", name="Đúng", exact=True).click()
    expect(page.locator(".said")).to_contain_text("Chưa gửi được góp ý")
    sent_to(page, "/v1/feedback", served)
    page.get_by_role("button", name="Đúng", exact=True).click()
    expect(page.locator(".said")).to_have_text("Cảm ơn anh/chị đã góp ý.")
    expect(page.get_by_role("button", name="Đúng", exact=True)).to_be_hidden()


def test_attributes_set_language_day_and_state(page: Page, desk: WidgetDesk) -> None:
    page.goto("/?lang=en&as-of=2019-03-01&open")
    expect(page.get_by_role("dialog", name="Administrative reform help desk")).to_be_visible()
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".sources .badge")).to_have_text("In force")
    expect(page.locator(".foot")).to_contain_text("Validity as of 2019-03-01")
    assert str(desk.asked[-1][2]) == "2019-03-01"
    page.evaluate("document.querySelector('cchc-help-desk').lang = 'vi'")
    expect(page.get_by_role("dialog", name="Hỏi đáp cải cách hành chính")).to_be_visible()
    expect(page.locator(".asked")).to_contain_text(QUESTION)
    page.evaluate("document.querySelector('cchc-help-desk').removeAttribute('open')")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_server_that_is_no_web_address_is_not_asked(page: Page, desk: WidgetDesk) -> None:
    open_widget(page, "/?server=javascript:alert(1)")
    ask(page, QUESTION)
    expect(page.locator(".sources")).to_be_visible()
    assert desk.asked


def test_variables_and_parts_give_it_the_portals_look(page: Page) -> None:
    page.goto("/themed")
    launcher = page.get_by_role("button", name="Hỏi đáp CCHC")
    expect(launcher).to_have_css("background-color", "rgb(90, 20, 90)")
    expect(launcher).to_have_css("border-radius", "3px")
    expect(launcher).to_have_css("bottom", "80px")
    launcher.click()
    expect(page.locator("dialog header")).to_have_css("background-color", "rgb(90, 20, 90)")


def test_motion_is_left_out_where_it_is_not_wanted(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_widget(page)
    expect(page.locator("dialog")).to_have_css("animation-name", "none")
    expect(page.locator(".launcher")).to_have_css("transition-duration", "0s")


def test_being_offline_and_failures_are_said_in_words(page: Page, desk: WidgetDesk) -> None:
    open_widget(page)
    page.context.set_offline(True)
    ask(page, QUESTION)
    expect(page.locator(".answer").last).to_contain_text("Hãy kiểm tra mạng rồi bấm")
    page.context.set_offline(False)
    page.get_by_role("button", name="Hỏi lại câu này").click()
    expect(page.locator(".sources")).to_be_visible()
    desk.trouble = "Chưa có chỉ mục. Hãy chạy: cchc ingest"
    ask(page, QUESTION)
    expect(page.locator(".answer").last).to_contain_text("Chưa có chỉ mục")
    desk.trouble, desk.crash = None, True
    ask(page, QUESTION)
    expect(page.locator(".answer").last).to_contain_text("Lỗi hệ thống")


def test_asking_too_fast_waits_and_offers_the_question_again(browser: Browser, tmp_path: Path) -> None:
    with small_corpus(tmp_path) as corpus, another_site() as (site, handler):
        settings = Settings(widget_origins=(site,), rate_limit_per_minute=1)
        with running(WidgetDesk(corpus), settings) as handler.desk:
            page = browser.new_page(base_url=site)
            page.set_default_timeout(PATIENCE_MS)
            open_widget(page)
            within_a_minute()
            ask(page, QUESTION)
            expect(page.locator(".sources")).to_be_visible()
            ask(page, QUESTION)
            expect(page.locator(".answer").last).to_contain_text(re.compile(r"Hãy hỏi lại sau \d+ giây"))
            expect(page.get_by_role("button", name="Hỏi lại câu này")).to_be_disabled()
            page.close()


def test_a_site_that_is_not_listed_gets_no_widget_and_no_answer(browser: Browser, tmp_path: Path) -> None:
    with small_corpus(tmp_path) as corpus, another_site() as (site, handler):
        desk = WidgetDesk(corpus)
        with running(desk, Settings(widget_origins=("https://xa.example.vn",))) as handler.desk:
            page = browser.new_page(base_url=site)
            page.goto("/")
            fetching = (
                "desk => fetch(`${desk}/v1/ask`, {method: 'POST', headers: {'Content-Type': 'application/json'}, "
                'body: \'{"question": "x"}\'}).then(r => r.text(), error => error.name)'
            )
            assert page.evaluate(fetching, handler.desk) == "TypeError"
            expect(page.get_by_role("button", name="Hỏi đáp CCHC")).to_have_count(0)
            page.close()
        assert not desk.asked


@pytest.mark.parametrize("size", [(320, 640), (320, 256)], ids=["320px", "zoom-400"])
@pytest.mark.parametrize("path", ["/", "/demo"])
def test_small_screens_scroll_one_way_only(
    page: Page, served: tuple[WidgetDesk, str, str], size: tuple[int, int], path: str
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    open_widget(page, served[1] + path if path == "/demo" else path)
    for question in (QUESTION, "zzz qqq", "mot" * 200):
        ask(page, question)
        expect(page.locator(".send.quiet")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for part in ("dialog", ".log", "form"):
        assert page.locator(part).first.evaluate("e => e.scrollWidth <= e.clientWidth"), part
    field = page.get_by_label("Câu hỏi của bạn")
    field.scroll_into_view_if_needed()
    expect(field).to_be_in_viewport()
    page.get_by_role("button", name="Đóng").click()
    expect(page.get_by_role("button", name="Hỏi đáp CCHC")).to_be_in_viewport()


@pytest.mark.parametrize("where", ["/", "/?lang=en", "/demo"])
def test_axe_finds_nothing_serious(page: Page, served: tuple[WidgetDesk, str, str], where: str) -> None:
    def check(state: str) -> None:
        assert not serious_findings(page), state

    page.emulate_media(reduced_motion="reduce")  # what fades in has its colours at once
    page.goto(served[1] + where if where == "/demo" else where)
    check("closed")
    page.locator(".launcher").click()
    check("welcome")
    field: Callable[[str], None] = page.locator("#question").fill
    for question in (QUESTION, "zzz qqq", "văn bản nào"):
        field(question)
        page.keyboard.press("Enter")
        expect(page.locator(".send.quiet")).to_be_hidden()
    page.locator(".rate").nth(1).click()
    page.locator("summary").first.click()
    check("answers")
