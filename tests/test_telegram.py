"""Telegram: real HTTP between the desk and a stand-in for the Bot API that refuses what the real one refuses."""

import json
import re
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from channel_desk import PUBLIC, START_S, Office, office, started
from standins.server import until
from standins.telegram import Telegram

from bot.messages import say
from settings import Settings

QUESTION = "Thời hạn giải quyết khiếu nại lần đầu là bao lâu?"
GROUP = -100200


@pytest.fixture
def here(sample_desk_settings: Settings, tmp_path: Path) -> Iterator[Office]:
    with office(sample_desk_settings, tmp_path) as one:
        yield one


def said(here: Office, *updates: dict[str, Any]) -> list[dict[str, Any]]:
    """Deliver updates one after the other; gives all the bubbles that came of them."""
    before = len(here.telegram.calls("sendMessage"))
    for update in updates:
        assert here.telegram.deliver(here.url, update).status_code == 200
        here.settled()
    return here.telegram.calls("sendMessage")[before:]


def data_of(bubble: dict[str, Any], label: str) -> str:
    rows = bubble["markup"]["inline_keyboard"]
    return next(str(one["callback_data"]) for row in rows for one in row if one["text"] == label)


def test_a_question_is_answered_with_its_citation_notice_link_and_buttons(here: Office) -> None:
    (bubble,) = said(here, here.telegram.write(QUESTION))
    assert bubble["chat_id"] == "7" and bubble["parse_mode"] == "HTML"
    assert "tối đa 30 ngày kể từ ngày thụ lý" in bubble["shown"]
    assert "[1] Điều 28, Luật 02/2011/QH13 (Còn hiệu lực)" in bubble["shown"]
    assert f'<a href="{PUBLIC}/documents/' in bubble["text"]
    assert say("notice") in bubble["shown"]
    labels = [one["text"] for row in bubble["markup"]["inline_keyboard"] for one in row]
    assert labels == ["Nguồn", "Đúng", "Chưa đúng"]
    page = re.search(rf'{PUBLIC}/a/([\w-]+)"', bubble["text"])
    assert page is not None
    kept = here.people.kept(page[1])
    assert kept is not None and kept.question == QUESTION and kept.channel == "telegram"


def test_typing_is_shown_before_the_answer(here: Office) -> None:
    said(here, here.telegram.write(QUESTION))
    order = [one.who for one in here.telegram.log if one.who in ("sendChatAction", "sendMessage")]
    # more than once where the answer takes its time, and never after it
    assert order[-1] == "sendMessage" and set(order[:-1]) == {"sendChatAction"}
    assert here.telegram.calls("sendChatAction")[0]["action"] == "typing"


def test_start_says_that_a_machine_answers_and_names_the_commands(here: Office) -> None:
    (bubble,) = said(here, here.telegram.write("/start"))
    assert "máy trả lời, không phải cán bộ" in bubble["shown"]
    for command in ("/nguon", "/ngay 01/7/2025", "/xoa", "/gopy"):
        assert command in bubble["shown"]


def test_sources_come_with_their_quotes_by_button_and_by_command(here: Office) -> None:
    (answer,) = said(here, here.telegram.write(QUESTION))
    (pressed,) = said(here, here.telegram.press(data_of(answer, "Nguồn")))
    (typed,) = said(here, here.telegram.write("/nguon"))
    assert (
        "“Điều 28. Thời hạn giải quyết khiếu nại lần đầu\nKhiếu nại lần đầu được giải quyết"
        in pressed["shown"]
    )
    assert typed["text"] == pressed["text"]
    assert len(here.telegram.calls("answerCallbackQuery")) == 1


def test_every_press_is_acknowledged_also_of_what_is_gone(here: Office) -> None:
    for data in ("s:khong-con", "r:khong-con", "c:1:khong-con", "c:x", "?", "🤖"):
        assert here.telegram.deliver(here.url, here.telegram.press(data)).status_code == 200
    here.settled()
    assert len(here.telegram.calls("answerCallbackQuery")) == 6 and not here.telegram.open_presses


def test_feedback_by_button_is_stored_and_opens_the_question(here: Office) -> None:
    (answer,) = said(here, here.telegram.write(QUESTION))
    assert said(here, here.telegram.press(data_of(answer, "Đúng"))) == []
    assert here.telegram.calls("answerCallbackQuery")[0]["text"] == say("feedback_right")
    id = data_of(answer, "Đúng").partition(":")[2]
    kept = here.people.kept(id)
    assert kept is not None and kept.right is True
    assert here.people.questions(open_only=True) == []
    said(here, here.telegram.press(data_of(answer, "Chưa đúng")))
    said(here, here.telegram.write("/gopy chưa đúng: gọi 0912345678"))
    (question,) = here.people.questions(open_only=True)
    assert question.question == QUESTION
    assert "0912345678" not in "".join(question.reasons) and "gọi" in "".join(question.reasons)


def test_the_day_asked_about_is_set_by_command_kept_and_taken_back(here: Office) -> None:
    (confirmed,) = said(here, here.telegram.write("/ngay 01/7/2025"))
    assert "01/7/2025" in confirmed["shown"]
    (answer,) = said(here, here.telegram.write(QUESTION))
    assert here.desk.asked[-1][2] == date(2025, 7, 1)
    assert say("as_of_note", day="01/7/2025") in answer["shown"]
    said(here, here.telegram.write("/ngay hôm nay"), here.telegram.write(QUESTION))
    assert here.desk.asked[-1][2] is None


@pytest.mark.parametrize("typed", ["31/2/2025", "mai", "1/7", "01/07/0999", "99999/1/1"])
def test_a_day_that_is_none_is_answered_with_how_to_write_one(here: Office, typed: str) -> None:
    (bubble,) = said(here, here.telegram.write(f"/ngay {typed}"))
    assert bubble["shown"] == say("as_of_wrong", typed=typed)


def test_a_follow_up_is_asked_with_what_came_before_and_forgetting_ends_that(here: Office) -> None:
    said(here, here.telegram.write(QUESTION), here.telegram.write("Còn lần hai thì sao?"))
    assert here.desk.asked[-1][1] == (QUESTION,)
    (forgotten,) = said(here, here.telegram.write("/xoa"))
    assert forgotten["shown"] == say("forgotten")
    said(here, here.telegram.write(QUESTION))
    assert here.desk.asked[-1][1] == ()


def test_forgetting_erases_the_answers_kept_for_their_page_too(here: Office) -> None:
    (answer,) = said(here, here.telegram.write(QUESTION))
    id = data_of(answer, "Nguồn").partition(":")[2]
    said(here, here.telegram.write("/xoa"))
    assert here.people.kept(id) is None
    (gone,) = said(here, here.telegram.press(f"s:{id}"))
    assert gone["shown"] == say("nothing_asked")


@pytest.mark.parametrize(
    ("text", "more", "meant"),
    [
        (QUESTION, {}, False),
        (f"@cchc_bot {QUESTION}", {}, True),
        (f"@CCHC_Bot {QUESTION}", {}, True),
        (f"@ai_khac {QUESTION}", {}, False),
        (f"@cchc_bot_khac {QUESTION}", {}, False),
        ("/start", {}, True),
        ("/start@cchc_bot", {}, True),
        ("/start@bot_khac", {}, False),
        ("/lenh_cua_bot_khac", {}, False),
        (QUESTION, {"reply": "cchc_bot"}, True),
        (QUESTION, {"reply": "bot_khac"}, False),
    ],
)
def test_in_a_group_only_who_addresses_the_desk_is_answered(
    here: Office, text: str, more: dict[str, str], meant: bool
) -> None:
    fields: dict[str, Any] = {}
    if more:
        author = {"id": 1, "is_bot": True, "first_name": "x", "username": more["reply"]}
        chat = {"id": GROUP, "type": "supergroup"}
        earlier = {"message_id": 5, "date": 1, "chat": chat, "from": author, "text": "…"}
        fields["reply_to_message"] = earlier
    in_group = said(here, here.telegram.write(text, chat=GROUP, **fields))
    assert [one["chat_id"] for one in in_group] == [str(GROUP)] * meant
    if meant:
        assert json.loads(in_group[0]["reply_parameters"])["message_id"] > 1000
        if QUESTION in text:
            assert here.desk.asked[-1][0] == QUESTION


def test_what_is_no_text_is_told_so_one_to_one_and_passed_over_in_a_group(here: Office) -> None:
    assert said(here, here.telegram.write("", chat=GROUP)) == []
    (bubble,) = said(here, here.telegram.write(""))
    assert bubble["shown"] == say("channel_text_only")


def test_hostile_words_come_back_as_words(here: Office) -> None:
    hostile = "<b>Điều 28</b> <script>alert(1)</script> &lt; Luật 99/2099/QH99 quy định gì?"
    (bubble,) = said(here, here.telegram.write(hostile))
    assert not re.search(r"<(?!/?b>|/?a\b)", bubble["text"])


def test_after_a_429_the_desk_waits_as_long_as_it_was_told_and_sends_once(here: Office) -> None:
    here.telegram.flood(1)
    started = time.monotonic()
    (bubble,) = said(here, here.telegram.write(QUESTION))
    assert time.monotonic() - started >= 1
    assert len(here.telegram.calls("refused")) == 1
    assert "30 ngày" in bubble["shown"]


def test_other_chats_do_not_wait_for_one_that_has_to(here: Office) -> None:
    here.telegram.flood(3600)
    here.telegram.deliver(here.url, here.telegram.write("/start", user=7))
    here.telegram.wait_for("refused")
    here.telegram.deliver(here.url, here.telegram.write("/start", user=8))
    (bubble,) = here.telegram.wait_for("sendMessage")
    assert bubble["chat_id"] == "8"


def test_who_blocked_the_bot_is_given_up_and_nothing_of_the_address_is_kept(here: Office) -> None:
    here.telegram.blocked.add(7)
    assert said(here, here.telegram.write("/start")) == []
    assert len(said(here, here.telegram.write("/start", user=8))) == 1
    assert len(here.telegram.calls("refused")) == 1
    assert here.people.due("telegram") == []


def test_the_same_update_twice_is_answered_once(here: Office) -> None:
    update = here.telegram.write(QUESTION)
    for _ in range(3):
        assert here.telegram.deliver(here.url, update).status_code == 200
    here.settled()
    assert said(here, update) == []  # once more, now that it is answered
    assert len(here.telegram.calls("sendMessage")) == len(here.desk.asked) == 1


def test_a_replayed_update_is_not_answered_after_its_asker_was_forgotten(here: Office) -> None:
    update = here.telegram.write(QUESTION)
    said(here, update)
    said(here, here.telegram.write("/xoa"))
    assert said(here, update) == []
    assert len(here.desk.asked) == 1


@pytest.mark.parametrize("secret", [None, "", "sai", "bi-mat-telegramm"])
def test_without_the_secret_an_update_is_forged(here: Office, secret: str | None) -> None:
    assert here.telegram.deliver(here.url, here.telegram.write(QUESTION), secret).status_code == 401
    here.settled()
    assert here.desk.asked == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"null",
        b"{}",
        b'{"update_id": "x", "message": 5}',
        b'{"update_id": 1, "message": {"message_id": 1}}',
        b'{"update_id": 1, "callback_query": {}}',
        b'{"update_id": 1, "edited_message": {}}',
        b"\xff\xfe",
        b"[" * 30_000,
    ],
    ids=str,
)
def test_what_is_no_update_is_refused_without_a_trace(here: Office, body: bytes) -> None:
    reply = here.telegram.deliver(here.url, body[:60_000])
    assert reply.status_code in (200, 400)
    assert ("Traceback" not in reply.text and "error" in reply.text) or reply.json() == {"ok": True}


def test_polling_answers_and_confirms_what_it_took(sample_desk_settings: Settings, tmp_path: Path) -> None:
    with Telegram() as telegram:
        telegram.webhook = {"url": "https://old.example"}  # polling must take it away first
        env = {
            "CCHC_TELEGRAM_TOKEN": "4242:stand-in",
            "CCHC_TELEGRAM_URL": telegram.url,
        }
        update = telegram.write(QUESTION)
        telegram.queue(update)
        with started("telegram", sample_desk_settings, tmp_path, env):
            (bubble,) = telegram.wait_for("sendMessage", seconds=START_S)
            assert "30 ngày" in bubble["shown"]
            until(lambda: telegram.confirmed == update["update_id"] + 1)
            telegram.queue(telegram.write("/nguon"))
            telegram.wait_for("sendMessage", 2)
