"""Looking documents up and reading one, in a real browser: search, filters, choosing and citing a clause."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from browsing import DESKTOP, NARROW, chromium, document_url, opened, serious_findings
from playwright.sync_api import Browser, Page, expect
from web_server import KeywordDesk, running, small_corpus

from settings import Settings

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with (
        small_corpus(tmp_path_factory.mktemp("corpus")) as corpus,
        running(KeywordDesk(corpus), Settings()) as url,
    ):
        yield url


@pytest.fixture(params=[DESKTOP, NARROW], ids=["desktop", "narrow"])
def page(request: pytest.FixtureRequest, browser: Browser, server: str) -> Iterator[Page]:
    with opened(browser, server, request.param) as page:
        yield page


def copied(page: Page) -> str:
    page.get_by_role("button", name="Sao chép trích dẫn").click()
    expect(page.locator("#copied")).to_contain_text("Đã sao chép")
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_copying_a_citation_speaks_the_legal_style(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(document_url(page, "61/2018/NĐ-CP") + "#dieu-2.khoan-2.diem-a")
    words = copied(page)
    assert words.startswith(
        "điểm a khoản 2 Điều 2 Nghị định số 61/2018/NĐ-CP ngày 23/4/2018 của Chính phủ về thực hiện cơ chế một cửa"
    )
    assert words.endswith("#dieu-2.khoan-2.diem-a)")


def test_a_summary_is_not_cited_as_the_decision_itself(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(document_url(page, "905/QĐ-BNV") + "#phu-luc-I.dong-2")
    assert copied(page).startswith(
        "dòng 2 Phụ lục I Quyết định số 905/QĐ-BNV ngày 17/11/2022 của Bộ Nội vụ phê duyệt Đề án"
    )
    assert "(theo bản tóm lược)" in copied(page)


def test_a_citation_is_copied_without_the_clipboard_of_secure_pages(page: Page) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(document_url(page, "61/2018/NĐ-CP") + "#dieu-1")
    page.get_by_role("button", name="Sao chép trích dẫn").click()
    expect(page.locator("#copied")).to_contain_text("Đã sao chép: Điều 1 Nghị định số 61/2018/NĐ-CP")
    field = page.locator("#find-words")
    field.focus()
    page.keyboard.press("Control+V")
    expect(field).to_have_value(re.compile("^Điều 1 Nghị định số 61/2018/NĐ-CP"))


def test_a_clause_is_chosen_by_a_click_and_gets_an_address(page: Page) -> None:
    page.goto(document_url(page, "61/2018/NĐ-CP") + "#dieu-2.khoan-1")
    expect(page.locator("#copied")).to_contain_text("Đang chọn: khoản 1 Điều 2 · Văn bản hết hiệu lực")
    page.get_by_text("Hồ sơ phải thẩm tra tại hiện trường").click()
    expect(page.locator("#copied")).to_contain_text("Đang chọn: điểm a khoản 2 Điều 2")
    expect(page).to_have_url(re.compile("#dieu-2.khoan-2.diem-a$"))
    expect(page.locator(".is-chosen")).to_have_count(1)


def test_words_are_found_inside_the_document_with_or_without_marks(page: Page) -> None:
    page.goto(document_url(page, "61/2018/NĐ-CP"))
    field = page.get_by_role("searchbox", name="Tìm trong văn bản này")
    field.fill("nghi dinh nay")
    expect(page.locator("#find-count")).to_have_text("2 chỗ")
    page.keyboard.press("Enter")
    expect(page.locator("#find-count")).to_have_text("1/2")
    expect(page.locator("#dieu-1")).to_have_class(re.compile("is-chosen"))
    page.keyboard.press("Enter")
    expect(page.locator("#dieu-3")).to_be_in_viewport()
    page.keyboard.press("Shift+Enter")
    expect(page.locator("#find-count")).to_have_text("1/2")
    assert page.evaluate("CSS.highlights.get('found').size") == 2
    field.fill("không có chữ này")
    expect(page.locator("#find-count")).to_have_text("Không có")
    field.fill("<SCRIPT>document")
    expect(page.locator("#find-count")).to_have_text("1 chỗ")


def test_a_broken_place_in_the_address_breaks_nothing(page: Page) -> None:
    page.goto(document_url(page, "61/2018/NĐ-CP") + "#%E0%A4%A")
    expect(page.locator("#copy")).to_be_visible()


def test_a_quote_before_the_first_clause_is_scrolled_to(page: Page) -> None:
    url = document_url(page, "905/QĐ-BNV")
    text = page.request.get(f"/v1{url}/text").json()["text"]
    start = text.index("Vận hành")
    page.goto(f"{url}?span={start}-{start + 8}")
    expect(page.locator("mark")).to_be_in_viewport()


def test_a_search_is_narrowed_and_widened_again_by_keyboard(page: Page) -> None:
    page.goto("/documents")
    page.get_by_label("Từ khóa, số hiệu hoặc trích yếu").fill("mot cua")
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_have_count(2)
    if page.viewport_size and page.viewport_size["width"] == NARROW[0]:
        expect(page.get_by_label("Năm ban hành")).to_be_hidden()  # the script of the page has made room
        page.locator(".filters-more summary").focus()
        page.keyboard.press("Enter")
    page.get_by_label("Năm ban hành").select_option("2018")
    page.get_by_role("button", name="Tìm").click()
    expect(page.locator(".card")).to_have_count(1)
    expect(page).to_have_url(re.compile("year=2018"))
    page.get_by_role("link", name="Bỏ điều kiện năm 2018").press("Enter")
    expect(page.locator(".card")).to_have_count(2)


def test_a_clause_found_by_its_words_opens_at_its_place(page: Page) -> None:
    page.goto("/documents?text=ba+ngày+làm+việc&within=clauses")
    expect(page.locator(".excerpt mark").first).to_have_text("ba ngày làm việc")
    page.locator(".card-name a").first.click()
    expect(page.locator(".is-chosen")).to_be_in_viewport()
    expect(page.locator(".is-chosen")).to_contain_text("ba ngày làm việc")


def test_a_printed_document_is_the_text_and_its_validity(page: Page) -> None:
    page.goto(document_url(page, "61/2018/NĐ-CP"))
    page.emulate_media(media="print")
    for gone in (".masthead", ".outline", "#find", "#copy", ".validity-day"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator(".fulltext")).to_be_visible()
    expect(page.locator(".validity-status")).to_be_visible()


def test_nothing_is_wider_than_the_screen(page: Page) -> None:
    for path in (
        "/documents",
        "/documents?text=hồ+sơ&within=clauses",
        document_url(page, "905/QĐ-BNV"),
        document_url(page, "61/2018/NĐ-CP"),
        "/nope",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    for path in (
        "/documents",
        "/documents?text=zzzz&year=2018",
        "/documents?text=hồ+sơ&within=clauses",
        document_url(page, "905/QĐ-BNV") + "#dieu-1.khoan-1",
        document_url(page, "61/2018/NĐ-CP") + "?on=2026-01-01&span=300-340#dieu-2.khoan-2",
        "/nope",
    ):
        page.goto(path)
        assert not serious_findings(page), path
