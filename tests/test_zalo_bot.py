"""The Zalo Bot Platform: webhook and polling against a stand-in that behaves as documented."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from channel_desk import START_S, Office, office, started
from standins.zalo_bot import NAME, ZaloBot

from bot.messages import say
from settings import Settings

QUESTION = "Thời hạn giải quyết khiếu nại lần đầu là bao lâu?"


@pytest.fixture
def here(sample_desk_settings: Settings, tmp_path: Path) -> Iterator[Office]:
    with office(sample_desk_settings, tmp_path) as one:
        yield one


def delivered(here: Office, event: object) -> list[str]:
    """All that comes of an event."""
    before = len(here.bot.calls("sendMessage"))
    assert here.bot.deliver(here.url, event).status_code == 200
    here.settled()
    return [str(one["text"]) for one in here.bot.calls("sendMessage")[before:]]


def said(here: Office, text: str) -> str:
    (one,) = delivered(here, here.bot.write(text))
    return one


def test_a_question_is_answered_after_typing_in_plain_text(here: Office) -> None:
    text = said(here, QUESTION)
    assert "tối đa 30 ngày" in text and say("notice") in text and say("typed_feedback") in text
    order = [one.who for one in here.bot.log if one.who in ("sendChatAction", "sendMessage")]
    # more than once where the answer takes its time, and never after it
    assert order[-1] == "sendMessage" and set(order[:-1]) == {"sendChatAction"}
    assert here.bot.calls("sendChatAction")[0] == {"chat_id": "u7", "action": "typing"}


def test_feedback_is_typed_as_1_or_2(here: Office) -> None:
    said(here, QUESTION)
    assert said(here, "2") == say("feedback_wrong")
    assert len(here.people.questions(open_only=True)) == 1
    assert said(here, "1") == say("feedback_right")


def test_an_event_may_come_wrapped_in_a_result(here: Office) -> None:
    (text,) = delivered(here, {"ok": True, "result": here.bot.write(QUESTION)})
    assert "30 ngày" in text


@pytest.mark.parametrize(
    ("text", "meant"),
    [(QUESTION, False), (f"@{NAME} {QUESTION}", True), (f"@An {QUESTION}", False), ("/start", True)],
)
def test_a_group_is_answered_only_when_it_addresses_the_bot(here: Office, text: str, meant: bool) -> None:
    delivered(here, here.bot.write(text, group="g1"))
    assert [one["chat_id"] for one in here.bot.calls("sendMessage")] == ["g1"] * meant


@pytest.mark.parametrize("secret", [None, "", "sai"])
def test_without_the_secret_an_event_is_forged(here: Office, secret: str | None) -> None:
    assert here.bot.deliver(here.url, here.bot.write(QUESTION), secret).status_code == 401
    here.settled()
    assert here.desk.asked == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"7", b"{}", b'{"event_name": "message.text.received"}', b'{"result": null}']
)
def test_what_is_no_event_is_refused_without_a_trace(here: Office, body: bytes) -> None:
    reply = here.bot.deliver(here.url, body)
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "malformed"


def test_replays_and_other_bots_are_not_answered(here: Office) -> None:
    event = here.bot.write(QUESTION)
    robot = here.bot.write(QUESTION)
    robot["message"]["from"]["is_bot"] = True
    for one in (event, event, robot):
        assert here.bot.deliver(here.url, one).status_code == 200
    here.settled()
    assert delivered(here, event) == []  # once more, now that it is answered
    assert len(here.bot.calls("sendMessage")) == len(here.desk.asked) == 1


def test_a_picture_is_answered_with_what_the_desk_reads(here: Office) -> None:
    event = here.bot.write("")
    event["event_name"] = "message.image.received"
    assert delivered(here, event) == [say("channel_text_only")]


def test_it_waits_as_long_as_it_is_told_and_gives_up_what_is_refused_for_good(here: Office) -> None:
    here.bot.fail(429, "Too many requests", parameters={"retry_after": 1})
    assert "máy trả lời" in said(here, "/start")
    here.bot.fail(403, "user has blocked the bot")
    assert delivered(here, here.bot.write("/start")) == []
    said(here, "/start")
    assert len(here.bot.calls("refused")) == 2


def test_polling_goes_on_after_empty_polls_and_takes_one_event_at_a_time(
    sample_desk_settings: Settings, tmp_path: Path
) -> None:
    with ZaloBot() as bot:
        bot.webhook = {"url": "https://old.example"}  # polling must take it away first
        env = {"CCHC_ZALO_BOT_TOKEN": "9876:stand-in", "CCHC_ZALO_BOT_URL": bot.url}
        with started("zalo-bot", sample_desk_settings, tmp_path, env):
            bot.wait_for("empty poll", seconds=START_S)
            bot.queue(bot.write(QUESTION))
            bot.queue({"event_name": "message.text.received"})  # nonsense stops nothing
            bot.queue(bot.write("/start", user="u8"))
            texts = [one["text"] for one in bot.wait_for("sendMessage", 2)]
            assert any("30 ngày" in text for text in texts)
