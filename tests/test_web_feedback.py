"""What an asker says of an answer reaches the people behind the desk, and erasing takes it back: page, server and store."""

from pathlib import Path

from browsing import DESKTOP, ask, chromium, opened
from playwright.sync_api import expect
from web_server import KeywordDesk, running, small_corpus

from bot.people.store import People
from settings import Settings


def test_a_disputed_answer_opens_its_question_and_erasing_takes_it_back(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "people")
    people = People.open(settings)
    with (
        small_corpus(tmp_path) as corpus,
        chromium() as browser,
        running(KeywordDesk(corpus), settings, people) as url,
        opened(browser, url, DESKTOP) as page,
    ):
        page.goto("/")
        ask(page, "Thời hạn trả kết quả là bao lâu?")
        page.get_by_role("button", name="Chưa đúng").click()
        page.get_by_label("Chưa đúng ở đâu?").fill("phải là 5 ngày, gọi tôi 0912345678")
        page.get_by_role("button", name="Gửi nhận xét").click()
        expect(page.locator(".feedback")).to_contain_text("Đã ghi nhận: chưa đúng")
        (stored,) = people.questions(open_only=True)
        assert "Thời hạn trả kết quả" in repr(stored) and "0912345678" not in repr(stored)

        page.locator("#erase").click()
        page.get_by_role("dialog").get_by_role("button", name="Xóa", exact=True).click()
        expect(page.locator("#said")).to_contain_text("và trên máy chủ")
        assert people.questions() == []
    people.close()
