"""The conversation in a real browser: asking, citations, memory, feedback, keyboard, errors, accessibility."""

import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import DESKTOP, NARROW, ZOOMED, ask, chromium, document_url, opened, serious_findings
from own_minute import within_a_minute
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect
from web_server import PLAN, KeywordDesk, add, running, small_corpus

from corpus.store import Corpus
from settings import Settings

pytestmark = pytest.mark.browser

QUESTION = "Thời hạn trả kết quả là bao lâu?"


NEXT = "Còn trường hợp thẩm tra tại hiện trường thì sao?"
DATE = "Tính đến ngày"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeywordDesk]:
    with small_corpus(tmp_path_factory.mktemp("corpus")) as corpus:
        yield KeywordDesk(corpus)


@pytest.fixture(scope="module")
def server(desk: KeywordDesk) -> Iterator[str]:
    with running(desk, Settings(contact="Vụ Cải cách hành chính")) as url:
        yield url


def reset(desk: KeywordDesk) -> None:
    """As it was made: what one test asked of the desk is over with it."""
    desk.trouble, desk.crash, desk.held, desk.sentences = None, False, None, []
    desk.asked.clear()


@pytest.fixture(params=[DESKTOP, NARROW], ids=["desktop", "narrow"])
def page(request: pytest.FixtureRequest, browser: Browser, server: str, desk: KeywordDesk) -> Iterator[Page]:
    reset(desk)
    with opened(browser, server, request.param) as page:
        yield page


@pytest.fixture
def wide_page(browser: Browser, server: str, desk: KeywordDesk) -> Iterator[Page]:
    reset(desk)
    with opened(browser, server, DESKTOP) as page:
        yield page


def heard(page: Page, path: str, status: int = 200) -> list[dict[str, Any]]:
    """Answers POSTs to a path in the server's place; gives what was sent, as it comes in."""
    sent: list[dict[str, Any]] = []

    def answer(route: Route) -> None:
        body = route.request.post_data
        sent.append({"headers": route.request.headers, "body": json.loads(body) if body else None})
        route.fulfill(status=status, json={})

    page.route(f"**{path}", answer)
    return sent


def kept(page: Page, id: str) -> None:
    """From now on answers come with this id, "" as from a server that keeps nothing."""

    def answer(route: Route) -> None:
        reply = route.fetch()
        before, _, last = reply.text().rpartition("data: ")
        said = json.loads(last) | {"id": id}
        route.fulfill(response=reply, body=f"{before}data: {json.dumps(said)}\n\n")

    page.unroute("**/v1/ask")
    page.route("**/v1/ask", answer)


def test_from_question_to_the_highlighted_clause(page: Page) -> None:
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".turn-asked")).to_contain_text(QUESTION)
    cited = page.locator(".citation")
    expect(cited).to_contain_text("Điều 2 khoản 2 · Nghị định 61/2018/NĐ-CP")
    expect(cited.locator(".badge")).to_have_text("Hết hiệu lực toàn bộ")
    expect(cited.locator("blockquote")).to_contain_text("ba ngày làm việc")
    if page.viewport_size == {"width": 1280, "height": 900}:
        page.locator(".answer-text .footnote").click()
        document: Page | FrameLocator = page.frame_locator("#panel-frame")
    else:
        with page.context.expect_page() as opening:
            page.locator(".answer-text .footnote").click()
        document = opening.value
    expect(document.locator("#dieu-2\\.khoan-2:target")).to_be_in_viewport()
    expect(document.locator("mark")).to_have_text(re.compile("^2. Thời hạn trả kết quả.*sau:$"))


def test_the_answer_is_shown_while_it_streams(page: Page, desk: KeywordDesk) -> None:
    desk.held = go_on = threading.Event()
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".progress")).to_be_visible()
    expect(page.get_by_role("button", name="Dừng")).to_be_visible()
    expect(page.locator(".turn-answer[aria-busy=true]")).to_be_visible()
    go_on.set()
    expect(page.locator(".citation")).to_be_visible()
    expect(page.locator(".turn-answer[aria-busy]")).to_have_count(0)
    expect(page.get_by_role("button", name="Gửi")).to_be_visible()


def test_sentences_of_a_model_are_a_preview_that_the_answer_replaces(page: Page, desk: KeywordDesk) -> None:
    desk.held, desk.sentences = (go_on := threading.Event()), ["Câu nháp <b>một</b>.", "Câu nháp hai."]
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".preview")).to_have_text("Câu nháp <b>một</b>. Câu nháp hai.")
    go_on.set()
    expect(page.locator(".citation")).to_be_visible()
    expect(page.locator(".log")).not_to_contain_text("Câu nháp")


def test_stopping_leaves_the_question_ready_to_be_asked_again(page: Page, desk: KeywordDesk) -> None:
    desk.held = threading.Event()
    page.goto("/")
    ask(page, QUESTION)
    page.get_by_role("button", name="Dừng").click()
    expect(page.locator(".turn-answer")).to_contain_text("Đã dừng theo yêu cầu")
    desk.held = None
    page.get_by_role("button", name="Hỏi lại câu này").click()
    expect(page.locator(".citation")).to_be_visible()


def test_earlier_questions_and_the_day_go_with_the_next_one(page: Page, desk: KeywordDesk) -> None:
    page.goto("/")
    page.get_by_label(DATE).fill("2019-03-01")
    ask(page, QUESTION)
    expect(page.locator(".citation .badge")).to_have_text("Còn hiệu lực")
    page.get_by_role("button", name=NEXT).click()
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


def test_a_document_with_a_hostile_title_stays_text_in_answer_and_panel(
    browser: Browser, tmp_path: Path
) -> None:
    title = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"
    text = PLAN.replace("Phê duyệt Đề án tăng cường", title.replace('"', "'")).replace(
        "Bộ Nội vụ", "<b>Bộ</b>"
    )
    with Corpus.open(f"sqlite:///{tmp_path / 'corpus.db'}") as corpus:
        add(corpus, "<i>x</i>.md", text)
        with (
            running(KeywordDesk(corpus), Settings(contact="<i>Phòng</i>")) as url,
            opened(browser, url, DESKTOP) as page,
        ):
            page.goto("/")
            ask(page, "Đến năm 2030 bao nhiêu cán bộ, công chức được bồi dưỡng?")
            expect(page.locator(".citation-title")).to_contain_text("<img src=x onerror=")
            page.locator(".footnote").click()
            expect(page.frame_locator("#panel-frame").locator("main h1")).to_be_visible()
            ask(page, "zzz qqq")
            expect(page.locator(".nearest")).to_contain_text("<img src=x")
            expect(page.locator(".contact")).to_contain_text("<i>Phòng</i>")
            expect(page).to_have_title("Hỏi đáp cải cách hành chính")
            assert page.locator(".log img, .log script, .log b, .log i, .panel b, .panel img").count() == 0


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
        opened(browser, url, DESKTOP) as page,
    ):
        page.goto("/")
        within_a_minute()
        ask(page, QUESTION)
        expect(page.locator(".citation")).to_be_visible()
        ask(page, QUESTION)
        expect(page.locator(".turn-answer").last).to_contain_text(re.compile(r"thử lại sau \d+ giây"))


def test_a_failed_answer_is_shown_as_one(page: Page, desk: KeywordDesk) -> None:
    desk.crash = True
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".turn-answer")).to_contain_text("Lỗi hệ thống")


def test_a_reload_keeps_the_conversation_and_its_history(page: Page, desk: KeywordDesk) -> None:
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".citation")).to_be_visible()
    page.reload()
    expect(page.locator(".turn-asked")).to_contain_text(QUESTION)
    expect(page.locator(".citation")).to_contain_text("Điều 2 khoản 2")
    expect(page.locator("#welcome")).to_be_hidden()
    page.get_by_role("button", name=NEXT).click()
    expect(page.locator(".answer-foot")).to_have_count(2)
    assert desk.asked[-1][1] == (QUESTION,)


def test_a_conversation_ends_a_day_after_the_last_question(page: Page) -> None:
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".citation")).to_be_visible()
    page.clock.set_system_time(time.time() + 25 * 3600)
    page.reload()
    expect(page.locator("#welcome")).to_be_visible()
    expect(page.locator(".turn-asked")).to_have_count(0)
    assert page.evaluate("localStorage.length") == 0


def test_what_another_script_left_in_the_browser_breaks_nothing_and_stays_text(page: Page) -> None:
    page.goto("/")
    old = {"session": "ab" * 16, "until": 9e15, "turns": [{"question": "cũ", "answer": {"citations": []}}]}
    for left in ('{"turns": [1]', json.dumps(old), json.dumps(old | {"session": "x", "turns": []})):
        page.evaluate("left => localStorage.setItem('cchc-conversation', left)", left)
        page.reload()
        expect(page.locator("#welcome")).to_be_visible()
        expect(page.locator(".turn-asked")).to_have_count(0)
    ask(page, "hồ sơ chứa <img src=x onerror=\"document.title='hacked'\">")
    expect(page.locator(".answer-foot")).to_be_visible()
    page.reload()
    expect(page.locator(".turn-asked p")).to_contain_text("<img src=x")
    expect(page).to_have_title("Hỏi đáp cải cách hành chính")
    assert page.locator(".log img, .log script").count() == 0


def test_at_most_ten_earlier_questions_go_with_the_next(page: Page, desk: KeywordDesk) -> None:
    page.goto("/")
    for turn in range(12):
        ask(page, f"câu {turn}")
        expect(page.locator(".answer-foot")).to_have_count(turn + 1)
    assert desk.asked[-1][1] == tuple(f"câu {turn}" for turn in range(1, 11))


def test_erasing_forgets_here_and_on_the_server(page: Page, desk: KeywordDesk) -> None:
    sent = heard(page, "/v1/forget")
    page.goto("/")
    with page.expect_request("**/v1/ask") as asking:
        ask(page, QUESTION)
    session = asking.value.headers["x-cchc-session"]
    expect(page.locator(".citation")).to_be_visible()
    page.locator("#erase").click()
    page.get_by_role("button", name="Giữ lại").click()
    expect(page.locator(".citation")).to_be_visible()
    page.locator("#erase").click()
    page.get_by_role("dialog").get_by_role("button", name="Xóa", exact=True).click()
    expect(page.locator("#said")).to_have_text("Đã xóa cuộc trò chuyện trên trình duyệt này và trên máy chủ.")
    assert re.fullmatch("[0-9a-f]{32}", session) and sent[0]["headers"]["x-cchc-session"] == session
    page.reload()
    expect(page.locator("#welcome")).to_be_visible()
    with page.expect_request("**/v1/ask") as asking:
        ask(page, QUESTION)
    assert asking.value.headers["x-cchc-session"] != session
    expect(page.locator(".citation")).to_be_visible()
    assert desk.asked[-1][1] == ()


def test_erasing_says_so_when_the_server_did_not_and_can_be_done_again(page: Page) -> None:
    sent = heard(page, "/v1/forget", status=503)
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".citation")).to_be_visible()
    for _ in range(2):
        page.locator("#erase").click()
        page.get_by_role("dialog").get_by_role("button", name="Xóa", exact=True).click()
        expect(page.locator("#said")).to_contain_text("Máy chủ chưa xác nhận xóa")
    expect(page.locator(".turn-asked")).to_have_count(0)
    first, second = (one["headers"]["x-cchc-session"] for one in sent)
    assert first == second


def test_feedback_is_offered_only_for_an_answer_that_is_kept(page: Page) -> None:
    kept(page, "")
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".answer-foot")).to_be_visible()
    expect(page.get_by_role("button", name="Đúng", exact=True)).to_have_count(0)
    kept(page, "abc123")
    ask(page, QUESTION)
    expect(page.get_by_role("button", name="Đúng", exact=True)).to_be_visible()


def test_right_is_said_at_once_and_remembered(page: Page) -> None:
    kept(page, "abc123")
    sent = heard(page, "/v1/feedback")
    page.goto("/")
    ask(page, QUESTION)
    page.get_by_role("button", name="Đúng", exact=True).click()
    expect(page.locator(".feedback")).to_contain_text("Đã ghi nhận: câu trả lời đúng")
    assert [one["body"] for one in sent] == [{"id": "abc123", "right": True, "why": ""}]
    page.reload()
    expect(page.locator(".feedback")).to_contain_text("Đã ghi nhận: câu trả lời đúng")


def test_wrong_asks_why_and_a_failure_to_send_is_said(page: Page) -> None:
    kept(page, "abc123")
    heard(page, "/v1/feedback", status=500)
    page.goto("/")
    ask(page, QUESTION)
    page.get_by_role("button", name="Chưa đúng").click()
    why = page.get_by_label("Chưa đúng ở đâu?")
    expect(why).to_be_focused()
    why.fill("Nghị định này đã <b>hết</b> hiệu lực")
    page.get_by_role("button", name="Gửi nhận xét").click()
    expect(page.locator(".feedback")).to_contain_text("Chưa gửi được")
    page.unroute("**/v1/feedback")
    sent = heard(page, "/v1/feedback")
    page.get_by_role("button", name="Gửi nhận xét").click()
    expect(page.locator(".feedback")).to_contain_text("Đã ghi nhận: chưa đúng")
    assert sent[0]["body"] == {"id": "abc123", "right": False, "why": "Nghị định này đã <b>hết</b> hiệu lực"}


def test_a_copied_answer_carries_its_citations_in_legal_style(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/")
    ask(page, QUESTION)
    page.get_by_role("button", name="Sao chép câu trả lời").click()
    expect(page.get_by_role("button", name="Đã sao chép")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"Hỏi: {QUESTION}")
    assert "[1] khoản 2 Điều 2 Nghị định số 61/2018/NĐ-CP ngày 23/4/2018 của Chính phủ về thực hiện" in copied
    assert re.search(r"Hết hiệu lực toàn bộ\. http://\S+#dieu-2\.khoan-2", copied)


def test_the_day_is_that_of_viet_nam_wherever_the_browser_stands(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, timezone_id="America/Los_Angeles")
    page = context.new_page()
    page.clock.set_fixed_time("2026-03-01T18:00:00Z")
    page.goto("/")
    expect(page.get_by_label(DATE)).to_have_value("2026-03-02")
    context.close()


def test_another_day_than_today_stands_out_and_is_left_with_one_button(page: Page, desk: KeywordDesk) -> None:
    page.goto("/")
    page.get_by_label(DATE).fill("2019-01-03")
    expect(page.locator("#as-of-words")).to_have_text("03/01/2019")
    page.get_by_role("button", name="Về hôm nay").click()
    expect(page.get_by_role("button", name="Về hôm nay")).to_be_hidden()
    ask(page, QUESTION)
    expect(page.locator(".citation")).to_be_visible()
    assert desk.asked[-1][2] is None  # today is the server's to know


def test_the_panel_keeps_the_conversation_and_gives_the_focus_back(wide_page: Page) -> None:
    page = wide_page
    page.goto("/")
    ask(page, QUESTION)
    note = page.locator(".footnote")
    note.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Đóng")).to_be_focused()
    document = page.frame_locator("#panel-frame")
    expect(document.locator(".masthead")).to_have_count(0)
    expect(document.locator(".ties a").first).to_have_attribute("target", "_blank")
    expect(page.locator("#panel-page")).to_have_attribute("href", re.compile("#dieu-2.khoan-2$"))
    assert not serious_findings(page)
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(note).to_be_focused()
    expect(page.locator(".citation")).to_be_visible()
    assert page.evaluate("history.length") <= 2


def test_the_whole_way_by_keyboard_alone(page: Page) -> None:
    kept(page, "abc123")
    sent = heard(page, "/v1/feedback")
    page.goto("/")

    def tab_to(name: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            # not `:focus`, which no element matches while a part of the date field has it
            if name in page.evaluate(
                "(a => [a.id, a.ariaLabel, a.textContent].join(' '))(document.activeElement)"
            ):
                return
        raise AssertionError(f"no way to {name} by Tab")

    tab_to("question")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".answer-foot")).to_be_visible()
    page.locator("#main").focus()
    tab_to("Căn cứ 1")
    tab_to("Sao chép câu trả lời")
    tab_to("Đúng")
    page.keyboard.press("Enter")
    expect(page.locator(".feedback")).to_contain_text("Đã ghi nhận")
    assert sent
    tab_to("as-of")
    tab_to("Xóa")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#erase")).to_be_focused()


def test_at_400_percent_zoom_everything_is_there_and_nothing_is_cut(browser: Browser, server: str) -> None:
    with opened(browser, server, ZOOMED) as page:
        page.goto("/")
        ask(page, QUESTION)
        expect(page.locator(".citation")).to_have_count(1)
        assert page.evaluate("getComputedStyle(document.querySelector('.composer')).position") == "static"
        for path in (None, "/documents", document_url(page, "61/2018/NĐ-CP")):
            if path:
                page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_nothing_is_wider_than_the_screen(page: Page) -> None:
    page.goto("/")
    ask(page, QUESTION)
    expect(page.locator(".citation")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_conversation(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)

    page.goto("/")
    assert not serious_findings(page)
    kept(page, "abc123")
    ask(page, QUESTION)
    page.get_by_role("button", name="Chưa đúng").click()
    assert not serious_findings(page)
    ask(page, "zzz qqq")
    expect(page.locator(".nearest")).to_be_visible()
    assert not serious_findings(page)
    page.get_by_label(DATE).fill("2019-03-01")
    page.locator("#erase").click()
    assert not serious_findings(page)
